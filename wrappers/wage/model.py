"""The network as a whole: forward, backward, one step, statistics, state.

>>> model = Model()                                  # VGG-8
>>> model.begin_epoch()
>>> loss = model.train_batch(images, labels)         # float32 (images, channels, rows, columns); int
"""

import numpy as np

from neurosim.design.rules import TrainerRules
from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.devices.arrays import update_curve, write_noise
from neurosim.wrappers.devices.crossbar import Crossbar
from neurosim.wrappers.devices.curve import add_noise, update_weights
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.devices.synapse import COUNTS, OF_CHIP, Synapse
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.draws import Draws
from neurosim.wrappers.training.parallel import own_threads
from neurosim.wrappers.training.statistics import Statistics, statistics
from neurosim.wrappers.wage import quantize
from neurosim.wrappers.wage.chain import Chain
from neurosim.wrappers.wage.convolution import Workspace
from neurosim.wrappers.wage.functions import REMEDY
from neurosim.wrappers.wage.layers import Layer
from neurosim.wrappers.wage.options import Options

__all__ = ["Model", "Statistics"]


class Model:
    """A network in training.

    Parameters
    ----------
    architecture : architecture.Architecture, optional
        VGG-8 unless given.
    options : options.Options, optional
    draws : draws.Draws or int, optional
        Random draws, or a seed for them.
    crossbar : crossbar.Crossbar, optional
        Arrays that are not ideal, in forward and backward pass and in the update; ideal ones unless given.
    hybrid : hybrid.Hybrid, optional
        Train on hybrid-precision synapses instead of one device a weight.
    rules : neurosim.design.models.TrainerRules, optional
        What versions of the reference do otherwise: `MODELS[name].trainer`, those of V2.0 unless given.

    Attributes
    ----------
    layers : list of layers.Layer
        From the input; each has `name`, `weight`, `scale`, `velocity`, `gradient`, `update`, `inputs`, `outputs`.
    chain : chain.Chain
        The order in which they compute.
    """

    def __init__(self, architecture=None, options=None, draws=117, crossbar=None, hybrid=None, rules=None):
        kinds = {"architecture": (architecture, Architecture), "options": (options, Options),
                 "crossbar": (crossbar, Crossbar), "hybrid": (hybrid, Hybrid), "rules": (rules, TrainerRules)}
        for name, (value, kind) in kinds.items():
            if value is not None and not isinstance(value, kind):
                raise NeurosimError(
                    f"{name} must be of {kind.__name__}, not of {type(value).__name__}; give a "
                    f"{kind.__module__}.{kind.__name__}"
                )
        self.architecture = architecture or Architecture.default()
        self.options = options or Options()
        self.draws = draws if isinstance(draws, Draws) else Draws(draws)
        self.crossbar = crossbar
        self.rules = rules or TrainerRules()
        self.curve = update_curve(self.options, crossbar)
        self._workspace = Workspace()
        layer_options = self.options if hybrid is None else hybrid.layer_options(self.options)
        last = len(self.architecture.layers) - 1
        self.layers = [
            Layer(layer, index, layer_options, self.draws, self._workspace, index == last, self.rules)
            for index, layer in enumerate(self.architecture.layers)
        ]
        self.chain = Chain(self.layers)
        if crossbar is not None:
            for layer in self.layers:
                layer.put_on(crossbar)
        if self.options.device_variation > 0:
            for layer in reversed(self.layers):
                deviation = self.draws.device(layer.index, layer.weight.shape, self.options.device_variation)
                layer.rows = tuple(np.ascontiguousarray(rows) for rows in self.curve.rows(deviation))
        self.hybrid = hybrid
        if hybrid is not None:
            gamma = None if crossbar is None else crossbar.gamma
            for layer in self.layers:
                layer.synapse = Synapse(layer, hybrid, self.options, self.curve, self.draws, gamma)
        self._logits = None

    # -- one batch ---------------------------------------------------------------------------------

    def forward(self, images, readout=None):
        """Logits, (images, classes).

        Parameters
        ----------
        images : array of float32, (images, channels, rows, columns)
            Normalised, about -1 to 1.
        readout : readout.Readout, optional
            Read every layer through the hardware; there is no backward pass after that.

        Returns
        -------
        ndarray of float32
            A copy: what `backward` goes back from cannot be changed.

        Raises
        ------
        NeurosimError
            Images of another shape, or with values that are no finite numbers.
        """
        if readout is not None and self.crossbar is not None:
            raise NeurosimError("a network on crossbars is read through their own converters; leave out the read-out")
        images = np.asarray(images, np.float32)
        rows, columns, channels = self.architecture.input
        if images.ndim != 4 or images.shape[1:] != (channels, rows, columns) or not len(images):
            raise NeurosimError(
                f"images of shape {images.shape} do not fit the network, which reads (images, {channels}, {rows}, "
                f"{columns})"
            )
        if not np.isfinite(images).all():
            raise NeurosimError("images hold values that are no finite numbers; normalise them to about -1 to 1")
        x = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        with own_threads():
            x = self.chain.forward(x, readout)
        self._logits = x if readout is None else None
        return x.copy()

    def backward(self, labels):
        """Loss of the last forward pass; fills the gradient of every layer.

        Parameters
        ----------
        labels : array of int, (images,)

        Raises
        ------
        TrainingError
            The errors at a layer are all zero or no finite numbers.
        NeurosimError
            Labels that do not fit the images or the classes.
        """
        if self._logits is None:
            raise NeurosimError("there is nothing to go back from; call forward() without a read-out first")
        loss, gradient = quantize.squared_error(self._logits, labels)
        self._logits = None
        try:
            with own_threads():
                self.chain.backward(gradient)
        except TrainingError:
            self._find_broken()     # errors may show a cause that lies elsewhere
            raise
        return loss

    def _find_broken(self):
        """Name the first layer that holds or gives what is no finite number, if there is one."""
        for layer in self.layers:
            for what, array in (("weights", layer.weight), ("outputs", layer.outputs)):
                if not np.isfinite(array).all():
                    raise TrainingError(f"{layer.name}: its {what} are no finite numbers; {REMEDY}") from None

    def step(self, learning_rate=1.0):
        """Move all weights by the gradients of the last backward pass; the updates are in `layers[n].update`."""
        options = self.options
        if self.hybrid is not None:
            for layer in reversed(self.layers):
                layer.accelerate(options.momentum, options.gradient_share)
                layer.synapse.step(learning_rate)
            return
        for layer in reversed(self.layers):
            layer.accelerate(options.momentum, options.gradient_share)
            buffer = self._workspace.array("draws", layer.weight.shape)
            rounding = self.draws.rounding(layer.index, layer.weight.shape, buffer)
            layer.update = update_weights(
                layer.weight, layer.velocity, rounding, self.curve, learning_rate=learning_rate,
                weight_bits=options.weight_bits, update_bits=options.update_bits, rows=layer.rows, out=layer.update,
            )
        for layer in reversed(self.layers):
            add_noise(layer.weight, layer.update, self._noise(layer), options.weight_bits)

    def _noise(self, layer):
        """Noise of the weights of a layer that moved, as `add_noise` asks for it."""
        if self.crossbar is not None and self.crossbar.gamma is not None:
            return write_noise(self.draws, layer.index, layer.update, self.crossbar.gamma)
        sigma = 2 * self.options.cycle_variation  # a fraction of the full range, which is 2
        return lambda moved: self.draws.cycle(layer.index, moved, sigma)

    def finish(self):
        """End of training: hybrid synapses make a last transfer, and what the volatile part held is lost.

        Without hybrid synapses there is nothing to do.
        """
        if self.hybrid is not None:
            for layer in self.layers:
                layer.synapse.finish()

    def counters(self):
        """{name: number} of pulses, clips, transfers and writes of hybrid synapses, over all layers; see `synapse`.

        `batches` and transfers count the chip's, not those of every layer; `cells` is the number of synapses.
        """
        if self.hybrid is None:
            return {}
        total = sum(layer.synapse.counts for layer in self.layers)
        chip = self.layers[0].synapse
        counts = {name: chip.count(name) if name in OF_CHIP else int(total[n]) for n, name in enumerate(COUNTS)}
        return counts | {"cells": sum(layer.weight.size for layer in self.layers)}

    def train_batch(self, images, labels, learning_rate=1.0):
        """Forward, backward and step; returns (loss, number of images classified correctly)."""
        labels = quantize.checked_labels(labels, len(images), self.architecture.classes)
        correct = int(np.count_nonzero(self.forward(images).argmax(axis=1) == labels))
        loss = self.backward(labels)
        self.step(learning_rate)
        return loss, correct

    # -- one epoch ---------------------------------------------------------------------------------

    def begin_epoch(self):
        """Reset the velocity, as the reference does at the start of every epoch (quirk W9)."""
        for layer in self.layers:
            layer.velocity.fill(0)

    def severity(self):
        """Mean severity of the arrays of all layers (see `neurosim.crossbar.severity`); 0 without a crossbar."""
        found = [layer.array.severity(layer.quantised_weight()) for layer in self.layers if layer.array is not None]
        counts = [layer.array.shape[0] for layer in self.layers if layer.array is not None]
        return float(np.average(found, weights=counts)) if found else 0.0

    def evaluate(self, batches, readout=None):
        """Test loss and accuracy.

        Parameters
        ----------
        batches : iterable of (images, labels)
            As for `train_batch`, in a fixed order.
        readout : readout.Readout, optional

        Returns
        -------
        loss : float
            Sum of the losses of the batches over the number of batches (quirk W16: it scales with the batch size).
        accuracy : float
            In percent.
        """
        total, correct, images, count = np.float32(0), 0, 0, 0
        for inputs, labels in batches:
            labels = np.asarray(labels)
            logits = self.forward(inputs, readout)
            total += quantize.squared_error(logits, labels)[0]
            correct += int(np.count_nonzero(logits.argmax(axis=1) == labels))
            images, count = images + len(labels), count + 1
        if not images:
            raise NeurosimError("there are no test images to evaluate; give at least one")
        return float(total) / count, 100.0 * correct / images

    def statistics(self):
        """`training.statistics.Statistics` of the last update and of the weights."""
        return statistics(self.layers)

    # -- state -------------------------------------------------------------------------------------

    def state(self):
        """All that a run continues from, as {name: ndarray}; arrays are not copied."""
        state = {f"draws.{name}": words for name, words in self.draws.state().items()}
        for layer in self.layers:
            state[f"{layer.name}.weight"] = layer.weight
            state[f"{layer.name}.velocity"] = layer.velocity
            state[f"{layer.name}.update"] = layer.update
            if layer.rows is not None:
                state[f"{layer.name}.ltp"], state[f"{layer.name}.ltd"] = layer.rows
            if layer.array is not None:
                state |= {f"{layer.name}.crossbar.{name}": kept for name, kept in layer.array.state().items()}
            if layer.synapse is not None:
                state.update((f"{layer.name}.hybrid.{what}", array) for what, array in layer.synapse.arrays().items())
        return state

    def restore(self, state):
        """Continue from what `state` returned (or a mapping with the same names, such as an open .npz file).

        Raises
        ------
        NeurosimError
            A name is missing, or an array has another shape: the state of another network.
        """
        for layer in self.layers:
            wanted = [(layer.weight, "weight"), (layer.velocity, "velocity"), (layer.update, "update")]
            if layer.rows is not None:
                wanted += [(layer.rows[0], "ltp"), (layer.rows[1], "ltd")]
            if layer.synapse is not None:
                wanted += [(array, f"hybrid.{what}") for what, array in layer.synapse.arrays().items()]
            for target, what in wanted:
                name = f"{layer.name}.{what}"
                if name not in state:
                    raise NeurosimError(f"the state has no {name!r}; it is of another network or of other options")
                if state[name].shape != target.shape:
                    raise NeurosimError(
                        f"{name} in the state has shape {state[name].shape} instead of {target.shape}; it is of "
                        "another network"
                    )
                target[...] = state[name]
            if layer.array is not None:
                start = f"{layer.name}.crossbar."
                layer.array.restore({name[len(start):]: state[name] for name in state if name.startswith(start)}, start)
        self.draws.restore({name[6:]: state[name] for name in state if name.startswith("draws.")})
