"""Layers with weights: what one holds, and the order of its functions forward and backward.

Inside, feature maps are (images, rows, columns, channels); weights keep the reference's order (outputs, channels,
rows, columns), and a map is flattened as (channel, row, column). How sums are computed is a matter of the layer's way
(`convolution`, `connection`), what is done to them one of `functions`.
"""

import numpy as np

from neurosim.wrappers.devices.arrays import LayerArrays
from neurosim.wrappers.devices.readout import Reader, weight_after_drift
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.wage import functions, quantize
from neurosim.wrappers.wage.connection import Connection, ConnectionThroughArrays
from neurosim.wrappers.wage.convolution import ThroughArrays, Unfolded, Winograd
from neurosim.wrappers.wage.functions import largest, layer_scale, shift_of

__all__ = ["Layer", "TrainingError", "largest", "layer_scale", "shift_of"]

# Ways to compute sums by whether a layer is a convolution: plainly, and through arrays with converters.
PLAIN = {True: Unfolded, False: Connection}
THROUGH_ARRAYS = {True: ThroughArrays, False: ConnectionThroughArrays}


class Layer:
    """One layer of the chain: weights, weighted sums, quantiser, ReLU and, after a convolution, the pool.

    Parameters
    ----------
    layer : architecture.WeightLayer
    index : int
        Number of the layer, from the input.
    options : options.Options
    draws : draws.Draws
    workspace : convolution.Workspace
    last : bool
        Whether it gives the logits: no activation quantiser, no ReLU.
    rules : neurosim.design.models.TrainerRules, optional
    """

    def __init__(self, layer, index, options, draws, workspace, last, rules=None):
        self.layer, self.index, self.options, self.draws, self.rules = layer, index, options, draws, rules
        self.workspace, self.last, self.name = workspace, last, layer.name
        _, reach, self.scale = layer_scale(layer.fan_in, options.weight_bits, options.beta_in_force)
        self.weight = np.ascontiguousarray(draws.weights(index, layer.shape, reach), np.float32)
        self.velocity = np.zeros(layer.shape, np.float32)
        self.update = np.zeros(layer.shape, np.float32)
        self.gradient = np.zeros(layer.shape, np.float32)
        self.rows = None        # label rows of the devices, where they vary
        self.array = None       # crossbars that hold the weights, where these are not ideal
        self.synapse = None     # hybrid-precision synapses, where there are any
        self.inputs = self.outputs = self.code = None
        self._off_grid = False
        self._plain = PLAIN[layer.is_conv](layer, workspace)
        self._fast = Winograd(layer, workspace) if Winograd.fits(layer) and index else None

    def put_on(self, crossbar):
        """Hold the weights on arrays with these properties (`crossbar.Crossbar`)."""
        self.array = LayerArrays(self.layer, self.index, crossbar, self.options, self.draws, self.workspace)
        if self.array.converts:
            self._plain = THROUGH_ARRAYS[self.layer.is_conv](self.layer, self.workspace, self.array)
            self._fast = None

    # -- forward -----------------------------------------------------------------------------------

    def quantised_weight(self):
        """Weights as the layer computes with them, before drift."""
        return quantize.layer_weight(self.weight, self.scale, self.options.weight_bits)

    def forward(self, x, readout=None):
        """Output of the layer.

        Parameters
        ----------
        x : ndarray of float32, (images, rows, columns, channels) or (images, features)
        readout : readout.Readout, optional
            Read through the hardware instead of computing exactly.
        """
        weight = self.quantised_weight()
        if self.array is not None and self.index == 0:
            x = self.array.sent(x)      # what other layers read is on the grid of the DACs already
        self.inputs = x
        if readout is not None:
            z = self._read(x, weight, readout)
            self._prepare_outputs(len(z), *z.shape[1:-1])
            self._finish(0, len(z), z)
            return self.outputs
        weight, self._factor = weight_after_drift(
            weight, self.options.retention, self.draws, self.index, self.rules
        )
        if self.array is not None:
            intended, weight = weight, self.array.program(weight)
            self._off_grid = not np.array_equal(intended, weight)
        self._way = self._choose(weight)
        self._prepare_outputs(len(x), *self._way.size(x))
        self._way.forward(x, self._finish)
        return self.outputs

    def _choose(self, weight):
        """The way to compute with these weights: the fast one where it is exact, or nothing is."""
        options = self.options
        on_grids = self._factor is None and all(
            2 <= bits <= 15 for bits in (options.weight_bits, options.activation_bits, options.error_bits)
        )
        if self._fast is not None and on_grids:
            data_step = 1 / max(quantize.levels(options.activation_bits), quantize.levels(options.error_bits))
            exact = self._fast.prepare(weight, 1 / self.scale, 1 / quantize.levels(options.weight_bits), data_step)
            if exact or self._off_grid or self.synapse is not None:
                return self._fast
        self._plain.prepare(weight, 1 / self.scale)
        return self._plain

    def _read(self, x, weight, readout):
        """Weighted sums through the hardware, (images, ..., outputs)."""
        options, way = self.options, self._plain
        reader = Reader(readout, options.retention, options.weight_bits, options.activation_bits, self.draws,
                        self.index, first=self.index == 0, rules=self.rules)
        z = reader.read(way.positions(x), weight.reshape(*weight.shape[:2], -1))
        z = z.reshape(len(x), *way.size(x), -1)
        z /= np.float32(self.scale)
        return z

    def _prepare_outputs(self, images, *size):
        """Buffers for the outputs and for what the backward pass must know of them."""
        if self.last:
            return      # the sums are the outputs
        if self.layer.pool:
            size = tuple(length // 2 for length in size)
        shape = (images, *size, self.layer.outputs)
        self.outputs = self.workspace.array(f"outputs {self.index}", shape)
        self.code = self.workspace.array(f"code {self.index}", shape, np.uint8)

    def _finish(self, first, last, z):
        """Quantiser, ReLU and pool of a block of images; the logits are left as they are."""
        if self.last:
            self.outputs = z
            return
        functions.activate(
            z, self.outputs[first:last], self.code[first:last], self.options.activation_bits, pool=self.layer.pool
        )

    # -- backward ----------------------------------------------------------------------------------

    def backward(self, gradient, wanted):
        """Fill `self.gradient`; return dL/dx (None unless wanted).

        Parameters
        ----------
        gradient : ndarray of float32, of the shape of the output
            dL/d(output); overwritten.
        wanted : bool
            Whether the input gradient is needed.
        """
        e = self.error = self._error(gradient)
        x_gradient = self.workspace.array(f"gradient {self.index % 2}", self.inputs.shape) if wanted else None
        self._way.backward(self.inputs, e, self.gradient, x_gradient)
        if self._factor is not None:
            self.gradient *= self._factor
        return x_gradient

    def _error(self, gradient):
        """Quantised error at the weighted sums."""
        bits, scale = self.options.error_bits, 1.0
        if bits != -1:
            gate = None if self.last else self.outputs
            scale = 1 / shift_of(gradient, gate, f"{self.name}: the errors at its outputs")
        if self.last:
            return functions.error_of_logits(gradient, scale, bits)
        e = gradient
        if self.layer.pool:
            size = self._way.size(self.inputs)
            e = self.workspace.array("error", (len(gradient), *size, self.layer.outputs))
        functions.error(gradient, self.outputs, self.code, e, scale, bits, pool=self.layer.pool)
        return e

    # -- step --------------------------------------------------------------------------------------

    def accelerate(self, keep, add):
        """`v = keep v + add g`, normalised in place: the stored velocity is the normalised one."""
        functions.accelerate(self.velocity, self.gradient, keep, add, f"{self.name}: its weight gradients")
