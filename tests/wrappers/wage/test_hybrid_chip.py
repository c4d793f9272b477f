"""The chip that trains on hybrid synapses: its time of a batch, and its cost."""

import argparse

import numpy as np
import pytest
from golden import SAME_MATH
from wage_runs import CHIP, images, settings

from neurosim.design.design import Design
from neurosim.design.models import MODELS
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.training.data import normalise
from neurosim.wrappers.wage.algorithm import Wage
from neurosim.wrappers.wage.hybrid_chip import chip_batch_time, compare_chips, design_for
from neurosim.wrappers.wage.model import Model
from neurosim.wrappers.wage.options import Options

LINEAR = Options(ltp=0.0, ltd=0.0, cycle_variation=0.0)


def test_batch_time_of_a_chip():
    architecture = Architecture.build((8, 8, 1), [{"fc": 64}, {"fc": 10}])
    generator = np.random.default_rng(0)
    data = generator.random((4, 1, 8, 8), np.float32), generator.integers(0, 10, 4)
    design = Design(array_rows=32, array_columns=32, correct="all", batch_size=4, iterations=10)
    cell = Hybrid().cell
    fast, slow = (
        chip_batch_time(architecture, cell, *data, design=design.replace(clock_frequency=clock), options=LINEAR)
        for clock in (1e9, 1e7)
    )
    assert 0 < fast < slow
    model = Model(architecture, LINEAR, 1, hybrid=Hybrid.of(transfer_interval=2))
    for _ in range(4):
        model.train_batch(*data, 1 / 16)
    counters = model.counters()
    chip = design_for(cell, design, counters)
    assert chip.transfer_moved == pytest.approx(counters["writes"] / counters["cells"] / 2, rel=SAME_MATH)
    assert chip.transfer_pulses == pytest.approx(counters["write_pulses"] / counters["writes"], rel=SAME_MATH)
    table = compare_chips(model, data[0], design)
    before = counters["pulses"]
    model.train_batch(*data, 1 / 16)
    given = model.counters()["pulses"] - before
    traced = compare_chips(model, data[0], design).loc["pulses_per_batch", "hybrid"]
    assert abs(traced - given) < 0.2 * given        # the trace shows what noise and curve made of them
    assert table.loc["batch_time", "hybrid"] > table.loc["batch_time", "envm"] > 0


def test_batch_time_is_that_of_the_version():
    """Difference V20: the chip is told a smaller activity, which the weight-gradient unit is faster by."""
    dataset, found = images(), {}
    options = argparse.Namespace(hybrid="hybrid-3t1c", hybrid_set=[], transfer_every=None)
    for model in MODELS:
        chosen, _ = Wage().joined(settings(model=model), Design(**CHIP), dataset, options)
        found[model] = chosen.hybrid.batch_time
        architecture = Architecture.from_text(chosen.network)
        want = chip_batch_time(
            architecture, chosen.hybrid.cell, normalise(dataset.train_images[:20]), dataset.train_labels[:20],
            design=Design(**CHIP), options=chosen.options, rules=MODELS[model].trainer,
        )
        assert found[model] == want
    assert found["2.1"] < found["2.0"]
