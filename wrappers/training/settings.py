"""A training run as data: everything that its numbers depend on, written into every checkpoint."""

import json
from dataclasses import asdict, dataclass, field, fields, replace

from neurosim.circuits.hybrid import HybridCell
from neurosim.errors import NeurosimError, check_whole
from neurosim.wrappers.devices.crossbar import Crossbar
from neurosim.wrappers.devices.curve import largest_count
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.devices.readout import Readout, Retention
from neurosim.wrappers.wage.options import Options

CORRECTIONS = ("W1", "W2")      # of the trainer's files, see docs/fidelity.md


@dataclass(frozen=True)
class Settings:
    """What a run does; the defaults are those of the reference.

    Attributes
    ----------
    epochs : int
    batch_size : int
        Images per weight update.
    learning_rate : float
        Factor of the update (the reference's `grad_scale`).
    drops : tuple of int
        Epochs (from 0) at whose start the learning rate is divided by 8.
    seed : int
        Of every random draw.
    test_every : int
        Test after every such epoch (0, n, 2n ...).
    evaluate_every : int
        Evaluate the chip after every such epoch that is tested; 0 for never.
    checkpoint_every : int
        Batches between checkpoints inside an epoch; 0 for none but at its end.
    log_every : int
        Batches between lines of the log.
    traces : bool
        Write the traces of every tested epoch as files.
    hardware : bool
        Test through the hardware read-out (the reference's `inference`).
    options : Options
    readout : Readout
    crossbar : Crossbar, optional
        Arrays that are not ideal, in training and test.
    hybrid : Hybrid, optional
        Hybrid-precision synapses instead of one device a weight.
    network : str
        Text of the network file.
    data : str
        Place of the images, see `data.load`.
    corrections : tuple of str
        Ids of the corrected quirks of the files.
    """

    epochs: int = 257
    batch_size: int = 200
    learning_rate: float = 1.0
    drops: tuple = (200, 250)
    seed: int = 117
    test_every: int = 1
    evaluate_every: int = 1
    checkpoint_every: int = 100
    log_every: int = 100
    traces: bool = False
    hardware: bool = False
    options: Options = field(default_factory=Options)
    readout: Readout = field(default_factory=Readout)
    crossbar: Crossbar | None = None
    hybrid: Hybrid | None = None
    network: str = ""
    data: str = ""
    corrections: tuple = ()

    def __post_init__(self):
        least = {"epochs": 1, "batch_size": 1, "test_every": 1, "evaluate_every": 0, "checkpoint_every": 0,
                 "log_every": 1, "seed": 0}
        for name, low in least.items():
            check_whole(name, getattr(self, name), low, (1 << 63) - 1)
        for drop in self.drops:
            check_whole("drops", drop, 0, (1 << 63) - 1)
        if not 0 < self.learning_rate < 1e4:
            raise NeurosimError(f"learning_rate = {self.learning_rate!r} is out of range; it must exceed 0")
        if self.hybrid is None:
            largest_count(self.options.levels, self.learning_rate)
        if self.hardware and self.crossbar is not None:
            raise NeurosimError("a network on crossbars is tested through their own converters; leave out hardware")
        if self.hardware:
            self.readout.cells(self.options.weight_bits)
        for name in self.corrections:
            if name not in CORRECTIONS:
                raise NeurosimError(f"{name!r} is no correction of the trainer; there are {' and '.join(CORRECTIONS)}")

    def rate_of(self, epoch):
        """Learning rate of an epoch."""
        return self.learning_rate / 8 ** sum(drop <= epoch for drop in set(self.drops))

    def to_json(self):
        """As text, for a checkpoint or a reader."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text):
        """From what `to_json` returned."""
        values = json.loads(text)
        options = values["options"]
        values["options"] = Options(**{**options, "retention": Retention(**options["retention"])})
        values["readout"] = Readout(**values["readout"])
        if values.get("crossbar") is not None:
            values["crossbar"] = Crossbar(**values["crossbar"])
        if values.get("hybrid") is not None:
            values["hybrid"] = Hybrid(**{**values["hybrid"], "cell": HybridCell(**values["hybrid"]["cell"])})
        values["drops"], values["corrections"] = tuple(values["drops"]), tuple(values["corrections"])
        return cls(**{name: value for name, value in values.items() if name in {f.name for f in fields(cls)}})

    def replace(self, **changes):
        """With other values; those of `options`, `readout` and the retention by their own names."""
        groups = {"options": Options, "readout": Readout}
        mine = {name: changes.pop(name) for name in list(changes) if name in {f.name for f in fields(self)}}
        drift = {name: changes.pop(name) for name in list(changes) if name in {f.name for f in fields(Retention)}}
        for group, kind in groups.items():
            known = {f.name for f in fields(kind)}
            inner = {name: changes.pop(name) for name in list(changes) if name in known}
            if group == "options" and drift:
                inner["retention"] = replace(self.options.retention, **drift)
            if inner:
                mine[group] = replace(getattr(self, group), **inner)
        if changes:
            raise TypeError(f"no settings are called {', '.join(changes)}")
        return replace(self, **mine)
