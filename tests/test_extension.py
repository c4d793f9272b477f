"""What comes in several kinds can be added from outside: one class, one entry of a table, nothing else.

Each test defines its class as a user would, enters it, and checks a number that this class alone determines.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar, NamedTuple

import numpy as np
import pytest
from golden import REORDERED, close
from matplotlib.figure import Figure
from wage_runs import images

from neurosim.circuits._converters import PythonConverter
from neurosim.circuits.converters import CONVERTERS
from neurosim.circuits.memories import MEMORIES, Memory
from neurosim.commands import line
from neurosim.commands.study import STUDIES
from neurosim.design.design import Design
from neurosim.design.models import MODELS, Model
from neurosim.design.rules import Rules
from neurosim.evaluation.flow import evaluate
from neurosim.report.plan import plan
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace
from neurosim.wrappers.training.algorithm import ALGORITHMS, Algorithm
from neurosim.wrappers.training.loop import Run
from neurosim.wrappers.training.settings import Settings

# One layer on one subarray of the default size, read once for each of its 4 x 4 windows and 8 bits.
NETWORK = Network([[6, 6, 12, 3, 3, 128, 0, 1]])
SMALL = {"array_rows": 32, "array_columns": 32, "wg_array_rows": 16, "wg_array_columns": 16, "novel_mapping": False}


def trace(changed=0, seed=1):
    """Random weights and inputs; `changed` weights were elsewhere before the last update."""
    random = np.random.default_rng(seed)
    weight = np.round(random.uniform(-1, 1, (108, 128)), 5)
    old = weight.copy()
    old.reshape(-1)[:changed] *= -1
    return Trace.from_arrays([(weight, old, random.random((108, 16 * 8)) < 0.5)], NETWORK, 8)


def test_a_new_memory(monkeypatch):
    """Cells that take a fixed energy a change, whatever the change: 7 changes a batch, 250 batches an epoch."""

    class Change(NamedTuple):
        cells: int

    @dataclass(frozen=True)
    class Switched:
        record: ClassVar = Change
        energy: float = 3e-12
        pulse: float = 2e-9

        @classmethod
        def of(cls, design):
            return cls()

        def count(self, arrays, part, cells):
            return Change(int(np.count_nonzero(cells != arrays.cells(arrays.weight_old, part))))

        def cost(self, chip, stats, reads, residue, passes):
            return {"weight_update": (self.pulse, stats.writes.cells * self.energy)}

    arrays = {"parallel": "neurosim.circuits._subarray_nvm:ParallelNVM"}
    monkeypatch.setitem(MEMORIES, "switched", Memory("switched", arrays, Switched()))
    report = evaluate(Design(memory="switched", **SMALL), NETWORK, trace(changed=7))
    assert close(report.totals["peak_weight_update_energy"], 7 * 3e-12 * 250, REORDERED)


def test_a_new_converter(monkeypatch):
    """A picojoule a column: 16 vectors of 8 bits over 128 rows and columns, 4 rows of subarrays by 4 columns."""

    class Counter(PythonConverter):
        picojoules = 1

        def layout(self):
            return self.columns * 50e-12, 0.0

        def conversion(self, resistances):
            return self.levels * 1e-10, len(resistances) * self.picojoules * 1e-12

    class Idle(Counter):
        picojoules = 0

    monkeypatch.setitem(CONVERTERS, "counter", Counter)
    monkeypatch.setitem(CONVERTERS, "idle", Idle)
    design = Design(training=False, **SMALL)
    some, none = (evaluate(design.replace(adc=name), NETWORK, trace()) for name in ("counter", "idle"))
    rows_of_arrays, columns, planes = 4, 128, 16 * 8
    extra = some.totals["adc_energy"] - none.totals["adc_energy"]
    assert close(extra, rows_of_arrays * columns * planes * 1e-12, REORDERED)
    assert close(some.chip.array.forward.converter.area, 32 // 8 * 50e-12, REORDERED)


def test_a_new_rule(monkeypatch):
    """A version whose global buffer has five cores at least, and another node where none is given."""

    @dataclass(frozen=True)
    class Roomy(Rules):
        least_buffer_cores: int = 5

    monkeypatch.setitem(MODELS, "roomy", Model(Roomy(), {"node": 45}))
    small, roomy = (plan(Design(model=name, training=False, **SMALL), NETWORK).chip for name in ("2.0", "roomy"))
    assert (small.buffer_cores, roomy.buffer_cores) == (6 * 6 * 12 * 8 // 128**2, 5)
    assert close(roomy.buffer_area, 5 * roomy.buffer.area, REORDERED)
    assert roomy.design.technology.node == 45


def test_a_new_command(monkeypatch, capsys):
    """Counts the weights of a network: 12 x 3 x 3 x 128."""

    class Count:
        HELP = "Counts weights."

        def add_arguments(self, parser):
            parser.add_argument("--times", type=int, default=1)

        def main(self, options):
            print(options.times * sum(layer.weights for layer in NETWORK))

    monkeypatch.setitem(line.COMMANDS, "count", line.Command(Count(), "count weights"))
    assert line.main(["count", "--times", "2"]) == 0
    assert capsys.readouterr().out == f"{2 * 12 * 9 * 128}\n"
    with pytest.raises(SystemExit):
        line.main(["--help"])
    assert "count weights" in capsys.readouterr().out


class Countdown(Algorithm):
    """Lowers every weight by the learning rate at each batch and tells it as the loss; it is always right."""

    def model(self, settings, architecture):
        weight = np.zeros(architecture.layers[0].shape, np.float32)
        layer = SimpleNamespace(name="FC1_", layer=architecture.layers[0], weight=weight, update=0 * weight)
        return SimpleNamespace(layers=[layer], begin_epoch=lambda: None, state=lambda: {"weight": weight},
                               train_batch=lambda *batch: self.lower(layer, *batch))

    def lower(self, layer, batch, labels, learning_rate):
        layer.update[...] = learning_rate
        layer.weight -= layer.update
        return float(-layer.weight[0, 0]), len(labels)

    def test(self, model, batches, settings):
        for batch, _ in batches:
            model.layers[0].inputs = batch.reshape(len(batch), -1)
        return float(-model.layers[0].weight[0, 0]), 100.0


def test_a_new_algorithm(monkeypatch, tmp_path):
    """Two epochs of three batches, at a rate of 0.125: 6/8 lower, and every weight of the last trace is so."""
    monkeypatch.setitem(ALGORITHMS, "countdown", Countdown)
    settings = Settings(algorithm="countdown", network="input = [8, 8, 3]\nlayers = [{ fc = 10 }]\n", epochs=2,
                        batch_size=8, learning_rate=0.125, traces=True, evaluate_every=0)
    run = Run.start(settings, tmp_path, Design(), images(count=24))
    assert [row["test_loss"] for row in run.go()] == [0.375, 0.75]
    assert (np.loadtxt(tmp_path / "layer_record" / "weightFC1_.csv", delimiter=",") == -0.75).all()


class Halves:
    """Halves of numbers."""

    runs = staticmethod(lambda options: [{"number": number} for number in (3, 5)])
    run = staticmethod(lambda parameters: {"half": parameters["number"] / 2})
    figure = staticmethod(lambda table: Figure())
    summary = staticmethod(lambda table: f"halves add up to {table['half'].sum():g}")


def test_a_new_study(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(STUDIES, "halves", line.Command(Halves, "halve numbers"))
    assert line.main(["study", "halves", "--out", str(tmp_path), "--jobs", "1"]) == 0
    assert capsys.readouterr().out == "halves add up to 4\n"
    assert (tmp_path / "study.csv").read_text() == "number,half\n3,1.5\n5,2.5\n"
