"""What a run asks of an algorithm: `Algorithm`, whose defaults keep a new one short, and the table `ALGORITHMS`.

A run (`loop.Run`) knows images, epochs, tests, checkpoints, files and the chip. How a network is held, trained and read
is a matter of its algorithm:

>>> class Signs(Algorithm):
...     \"\"\"Moves every weight by the sign of its gradient.\"\"\"
...     def model(self, settings, architecture):
...         return SignModel(architecture, settings.seed)
>>> ALGORITHMS["signs"] = Signs
>>> Run.start(Settings(algorithm="signs", ...), folder, design).go()        # or: neurosim train --algorithm signs
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from neurosim._names import resolve
from neurosim.errors import NeurosimError, suggestion
from neurosim.traces.architecture import WeightLayer
from neurosim.wrappers.training import trace
from neurosim.wrappers.training.settings import Settings

# Name -> class of `Algorithm`, or where it is, as "module:name".
ALGORITHMS = {"wage": "neurosim.wrappers.wage.algorithm:Wage"}


class TrainingError(NeurosimError):
    """Training cannot go on: errors or gradients vanished, or are no numbers."""


class TrainableLayer(Protocol):
    """A layer with weights, as files, pictures and traces read it; arrays are float32."""

    name: str               # part of the names of files
    layer: WeightLayer      # its geometry
    weight: np.ndarray      # (outputs, channels, rows, columns) or (outputs, inputs)
    update: np.ndarray      # of its shape: the last weight minus the one now
    inputs: np.ndarray      # last ones read, (images, rows, columns, channels) or (images, inputs), -1 to 1


class Trainable(Protocol):
    """A network in training, as a run drives it."""

    layers: Sequence[TrainableLayer]

    def begin_epoch(self) -> None:
        """An epoch begins."""

    def train_batch(self, images: np.ndarray, labels: np.ndarray, learning_rate: float) -> tuple[float, int]:
        """One update; (loss, number of images classified correctly).

        Images are float32 (images, channels, rows, columns), about -1 to 1. Raises `TrainingError` where training
        cannot go on.
        """

    def evaluate(self, batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
        """(loss a batch, accuracy in percent) over (images, labels); `batches` yields as the model reads."""

    def state(self) -> Mapping[str, np.ndarray]:
        """All that training continues from; arrays need not be copies."""

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state` returned; `NeurosimError` where it is of another network."""


class Algorithm:
    """What is different from algorithm to algorithm; derive from it and give at least `model`.

    Attributes
    ----------
    settings : type
        Class of its settings: `settings.Settings`, or one derived from it.
    """

    settings = Settings

    # -- the model ---------------------------------------------------------------------------------

    def model(self, settings, architecture) -> Trainable:
        """A new `Trainable` of these settings.

        Parameters
        ----------
        settings : Settings
            Of the class that the algorithm names.
        architecture : architecture.Architecture
        """
        raise NotImplementedError(f"{type(self).__name__} has no model")

    def test(self, model, batches, settings):
        """(loss a batch, accuracy in percent) of a test; as for `Trainable.evaluate`."""
        return model.evaluate(batches)

    def records(self, model, bits):
        """What the chip sees of the first image of the last forward pass, a `trace.LayerRecord` a layer.

        Parameters
        ----------
        model : Trainable
        bits : int
            Bits of an input of the chip.
        """
        return [
            trace.record(layer.layer, layer.weight, layer.weight + layer.update, layer.inputs[0], bits)
            for layer in model.layers
        ]

    def counters(self, model):
        """{column of `epochs.csv`: number} of whatever else is counted."""
        return {}

    def finish(self, model):
        """The weights become what remains of them when training is over; see `finishes`."""

    def finishes(self, settings):
        """Whether `finish` changes weights. A test is then of what it leaves, and training goes on from before."""
        return False

    # -- its state in checkpoints ------------------------------------------------------------------

    def tests_change(self, name):
        """Whether a test may change this array of the model's state; to say no saves time and memory."""
        return True

    def never_changes(self, name):
        """Whether this array of the model's state is the same from beginning to end."""
        return False

    # -- the chip, and the command line ------------------------------------------------------------

    def chip(self, settings):
        """{design parameter: value} that the settings decide, such as `synapse_bits` and `input_bits`."""
        return {}

    def add_arguments(self, parser):
        """Add options of `neurosim train` beside the parameters (with a section) of `settings`, which have options."""

    def started(self, options, values):
        """Settings of a run that starts.

        Parameters
        ----------
        options : argparse.Namespace
            With what `add_arguments` added.
        values : dict
            {setting: value} that were given, or belong to an example.
        """
        return self.settings().replace(**values)

    def remarks(self, settings, given):
        """Sentences about what was given (names of settings) but has no effect, or not the one that it says."""
        return ()

    def joined(self, settings, design, dataset, options):
        """(settings, design) of a run that starts, where each depends on the other or on the data."""
        return settings, design


def named(name, where=""):
    """The `Algorithm` of this name.

    Raises
    ------
    NeurosimError
        There is none.
    """
    if not isinstance(name, str) or name not in ALGORITHMS:
        raise NeurosimError(
            f"{where}there is no algorithm {name!r}{suggestion(str(name), ALGORITHMS)}; "
            f"there is {', '.join(ALGORITHMS)}"
        )
    found = resolve(ALGORITHMS[name])
    return found() if isinstance(found, type) else found
