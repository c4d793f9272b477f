"""The study of crossbars: what a run gives, also where training ends early."""

import numpy as np
import pytest

from neurosim.wrappers.studies import crossbar
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.data import Dataset

POINT = {"network": "two-layer", "data": "patterns", "epochs": 1, "crossbar": "txsim", **crossbar.DEFAULT, "seed": 0}


@pytest.fixture(autouse=True)
def patterns(monkeypatch):
    chance = np.random.default_rng(0)
    images, labels = chance.integers(0, 256, (100, 1, 8, 8)).astype(np.uint8), np.arange(100) % 5
    dataset = Dataset("patterns", images, labels, images[:25], labels[:25])
    monkeypatch.setattr("neurosim.wrappers.training.data.load", lambda place: dataset)


def test_a_run():
    row = crossbar.run(POINT)
    assert list(row) == ["accuracy", "severity", "seconds", "problem"]
    assert row["accuracy"] % 4 == 0 and 0 < row["severity"] < 1 and row["problem"] == ""
    assert crossbar.run(POINT | {"crossbar": "none"})["severity"] == 0


def test_training_that_ends_early_is_no_better_than_chance(monkeypatch):
    def fails(*_, **__):
        raise TrainingError("FC1_: all zero")

    monkeypatch.setattr("neurosim.wrappers.studies.quick.quick_training", fails)
    row = crossbar.run(POINT)
    assert row["accuracy"] == 20 and row["problem"] == "FC1_: all zero"     # one of five classes
