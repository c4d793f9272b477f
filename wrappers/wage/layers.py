"""Layers with weights: quantised forward pass, quantised errors backward, gradient.

Inside, feature maps are (images, rows, columns, channels); weights keep the reference's order (outputs, channels,
rows, columns), and a map is flattened as (channel, row, column).

Source: Wu et al., "Training and inference with integers in deep neural networks" (WAGE), ICLR 2018.
"""

import numpy as np

from neurosim.wrappers.devices import arrays
from neurosim.wrappers.devices.readout import Reader, weight_after_drift
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.parallel import over_slices
from neurosim.wrappers.wage import _kernels, quantize
from neurosim.wrappers.wage.convolution import ThroughArrays, Unfolded, Winograd

FINITE = 0x7F800000     # bits of infinity: those of finite numbers are below
LEAST = 1 << 16         # elements worth a thread
LEAST_COLUMNS = 64      # columns of a matrix product worth a thread


def layer_scale(fan_in, weight_bits, beta):
    """Initial range of the weights and the layer's power-of-two scale.

    `W_m = beta / S(bits)`, `limit = sqrt(3 / fan_in)`, `s = max(1, 2^round(log2(W_m / limit)))`, and the weights are
    uniform in +-max(W_m, limit).

    Returns
    -------
    limit, reach, scale : float
    """
    limit = (3.0 / fan_in) ** 0.5
    least = beta / float(quantize.levels(weight_bits))
    return limit, max(least, limit), max(1.0, 2.0 ** round(float(np.log2(least / limit))))


def largest(values, gate=None):
    """Largest |value| of a contiguous float32 array, where `gate` (values of at least +0) is positive."""
    bits = values.reshape(-1).view(np.int32)
    gates = None if gate is None else gate.reshape(-1).view(np.int32)
    found = []

    def part(first, last):
        if gates is None:
            found.append(_kernels.largest(bits[first:last]))
        else:
            found.append(_kernels.largest_where(bits[first:last], gates[first:last]))

    over_slices(part, bits.size, least=LEAST)
    return np.array(max(found), np.int32).view(np.float32)[()]


def shift_of(values, gate, what, remedy):
    """Power of two that normalises an array; a sentence when there is none."""
    most = largest(values, gate)
    if not np.isfinite(most):
        raise TrainingError(f"{what} are no finite numbers; {remedy}")
    if most == 0:
        raise TrainingError(f"{what} are all zero; {remedy}")
    return float(quantize.shift(most))


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
    """

    def __init__(self, layer, index, options, draws, workspace, last):
        self.layer, self.index, self.options, self.draws = layer, index, options, draws
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
        if layer.is_conv:
            self._plain = Unfolded(layer, workspace)
            self._fast = Winograd(layer, workspace) if Winograd.fits(layer) and index else None

    def put_on(self, crossbar):
        """Hold the weights on arrays with these properties (`crossbar.Crossbar`)."""
        self.array = arrays.LayerArrays(
            self.layer, self.index, crossbar, self.options, self.draws, self.workspace
        )
        if self.layer.is_conv and self.array.converts:
            self._plain, self._fast = ThroughArrays(self.layer, self.workspace, self.array), None

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
            return self._finish_all(z)
        weight, self._factor = weight_after_drift(weight, self.options.retention, self.draws, self.index)
        if self.array is not None:
            intended, weight = weight, self.array.program(weight)
            self._off_grid = not np.array_equal(intended, weight)
        if not self.layer.is_conv:
            self._matrix = weight
            z = self.workspace.array(f"logits {self.index}", (len(x), self.layer.outputs))
            if self.array is not None and self.array.converts:
                arrays.multiply_all(self.array, x, z, arrays.FORWARD, 1 / self.scale)
                return self._finish_all(z)
            over_slices(lambda a, b: np.matmul(x, weight[a:b].T, out=z[:, a:b]), weight.shape[0], least=LEAST_COLUMNS)
            z *= np.float32(1 / self.scale)
            return self._finish_all(z)
        self._way = self._choose(weight)
        size = self._way.size(x)
        self._prepare_outputs(len(x), *size)
        self._way.forward(x, self._finish)
        return self.outputs

    def _choose(self, weight):
        """The way to convolve with these weights: the fast one where it is exact, or nothing is."""
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
        options, layer = self.options, self.layer
        reader = Reader(readout, options.retention, options.weight_bits, options.activation_bits, self.draws,
                        self.index, first=self.index == 0)
        if not layer.is_conv:
            z = reader.read([lambda: x], weight[:, :, None])
        else:
            pad, step = layer.padding, layer.stride
            rows, columns = self._plain.size(x)
            padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

            def window(i, j):
                part = padded[:, i : i + step * rows : step, j : j + step * columns : step]
                return np.ascontiguousarray(part[:, :rows, :columns]).reshape(-1, x.shape[3])

            positions = [(i, j) for i in range(layer.kernel) for j in range(layer.kernel)]
            inputs = [lambda i=i, j=j: window(i, j) for i, j in positions]
            z = reader.read(inputs, weight.reshape(*weight.shape[:2], -1)).reshape(len(x), rows, columns, -1)
        z /= np.float32(self.scale)
        return z

    def _prepare_outputs(self, images, rows, columns):
        """Buffers for the outputs and for what the backward pass must know of them."""
        if self.layer.pool:
            rows, columns = rows // 2, columns // 2
        shape = (images, rows, columns, self.layer.outputs)
        self.outputs = self.workspace.array(f"outputs {self.index}", shape)
        self.code = self.workspace.array(f"code {self.index}", shape, np.uint8)

    def _finish_all(self, z):
        """Quantiser, ReLU and pool of all images at once."""
        if self.last:
            self.outputs = z
            return z
        if self.layer.is_conv:
            self._prepare_outputs(*z.shape[:3])
            self._finish(0, len(z), z)
        else:
            self.outputs = self.workspace.array(f"outputs {self.index}", z.shape)
            self.code = self.workspace.array(f"code {self.index}", z.shape, np.uint8)
            self._activate(z, self.outputs, self.code)
        return self.outputs

    def _finish(self, first, last, z):
        """Quantiser, ReLU and pool of a block of images."""
        if not self.layer.pool:
            self._activate(z, self.outputs[first:last], self.code[first:last])
            return
        y, code, bits = self.outputs[first:last], self.code[first:last], self.options.activation_bits
        limit, grid = quantize.limit(bits), quantize.levels(bits)
        _kernels.activate_pool(z, y, code, limit, grid)

    def _activate(self, z, y, code):
        bits = self.options.activation_bits
        limit, grid = quantize.limit(bits), quantize.levels(bits)
        _kernels.activate(z.reshape(-1), y.reshape(-1), code.reshape(-1), limit, grid, True)

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
        x = self.inputs
        if self.layer.is_conv:
            x_gradient = self.workspace.array(f"gradient {self.index % 2}", x.shape) if wanted else None
            self._way.backward(x, e, self.gradient, x_gradient)
        else:
            gradient, weight, x_gradient = self.gradient, self._matrix, None
            over_slices(lambda a, b: np.matmul(e[:, a:b].T, x, out=gradient[a:b]), len(gradient), least=LEAST_COLUMNS)
            if wanted:
                x_gradient = self.workspace.array(f"gradient {self.index % 2}", x.shape)
                if self.array is not None and self.array.converts:
                    arrays.multiply_all(self.array, e, x_gradient, arrays.BACKWARD, 1 / self.scale)
                else:
                    over_slices(
                        lambda a, b: np.matmul(e, weight[:, a:b], out=x_gradient[:, a:b]), x.shape[1],
                        least=LEAST_COLUMNS,
                    )
                    x_gradient *= np.float32(1 / self.scale)
        if self._factor is not None:
            self.gradient *= self._factor
        return x_gradient

    def _error(self, gradient):
        """Quantised error at the weighted sums, 0 where ReLU, pool or clamp let nothing through."""
        bits = self.options.error_bits
        gate = None if self.last else self.outputs
        scale = 1.0
        if bits != -1:
            scale = 1 / shift_of(gradient, gate, f"{self.name}: the errors at its outputs", self._remedy)
        if self.last:
            return gradient if bits == -1 else quantize.q(quantize.clamp(gradient * np.float32(scale), bits), bits)
        limit, grid = (0, 0) if bits == -1 else (quantize.limit(bits), quantize.levels(bits))
        if self.layer.pool:
            rows, columns = self._way.size(self.inputs)
            e = self.workspace.array("error", (len(gradient), rows, columns, self.layer.outputs))
            over_slices(
                lambda a, b: _kernels.error_pool(
                    gradient[a:b], self.outputs[a:b], self.code[a:b], e[a:b], scale, limit, grid
                ),
                len(e),
            )
            return e
        flat, gate, code = (array.reshape(-1) for array in (gradient, self.outputs, self.code))
        over_slices(
            lambda a, b: _kernels.error(flat[a:b], gate[a:b], code[a:b], scale, limit, grid), flat.size, least=LEAST
        )
        return gradient

    _remedy = "check the data and labels, or train with another seed, a smaller learning rate or a milder nonlinearity"

    # -- step --------------------------------------------------------------------------------------

    def accelerate(self, keep, add):
        """`v = keep v + add g`, normalised in place: the stored velocity is the normalised one."""
        velocity, gradient = self.velocity.reshape(-1), self.gradient.reshape(-1)
        over_slices(
            lambda a, b: _kernels.accumulate(velocity[a:b], gradient[a:b], keep, add), velocity.size, least=LEAST
        )
        shift = shift_of(self.velocity, None, f"{self.name}: its weight gradients", self._remedy)
        over_slices(lambda a, b: _kernels.rescale(velocity[a:b], 1 / shift), velocity.size, least=LEAST)
