"""The study of crossbars: what a run gives, also where training ends early, and the study from its command."""

import numpy as np
import pytest

from neurosim.commands import line as cli
from neurosim.wrappers.studies import crossbar as crossbar_study
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.data import Dataset

POINT = {"network": "two-layer", "data": "patterns", "epochs": 1, "crossbar": "txsim", "seed": 0,
         **crossbar_study.DEFAULT}


@pytest.fixture
def patterns(monkeypatch):
    chance = np.random.default_rng(0)
    images, labels = chance.integers(0, 256, (100, 1, 8, 8)).astype(np.uint8), np.arange(100) % 5
    dataset = Dataset("patterns", images, labels, images[:25], labels[:25])
    monkeypatch.setattr("neurosim.wrappers.training.data.load", lambda place: dataset)


def test_a_run(patterns):
    row = crossbar_study.run(POINT)
    assert list(row) == ["accuracy", "severity", "seconds", "problem"]
    assert row["accuracy"] % 4 == 0 and 0 < row["severity"] < 1 and row["problem"] == ""
    assert crossbar_study.run(POINT | {"crossbar": "none"})["severity"] == 0


def test_training_that_ends_early_is_no_better_than_chance(patterns, monkeypatch):
    def fails(*_, **__):
        raise TrainingError("FC1_: all zero")

    monkeypatch.setattr("neurosim.wrappers.studies.quick.quick_training", fails)
    row = crossbar_study.run(POINT)
    assert row["accuracy"] == 20 and row["problem"] == "FC1_: all zero"     # one of five classes


def test_study_of_one_network(tmp_path, capsys):
    pytest.importorskip("sklearn")
    words = ["study", "crossbar", "--quick", "--network", "two-layer", "--epochs", "1", "--jobs", "1", "--out"]
    assert cli.main([*words, str(tmp_path / "a")]) == 0
    told = capsys.readouterr()
    assert "without any fault" in told.out and "adc_bits        3" in told.out
    table = (tmp_path / "a" / "study.csv").read_bytes()
    header, *rows = table.decode().splitlines()
    assert header == ("network,data,epochs,crossbar,rows,r_min,r_wire,adc_bits,v,gamma,seed,accuracy,severity,seconds,"
                      "problem")
    assert len(rows) == 2 + sum(len(values) for values in crossbar_study.QUICK_POINTS.values())
    assert (tmp_path / "a" / "study.png").stat().st_size > 10000
    assert cli.main([*words, str(tmp_path / "a"), "--quiet"]) == 0      # nothing is left to do
    assert (tmp_path / "a" / "study.csv").read_bytes() == table and not capsys.readouterr().out
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == ["study.csv", "study.png"]
    words[words.index("1")] = "2"
    assert cli.main([*words, str(tmp_path / "a")]) == 2
    assert "which was not asked for" in capsys.readouterr().err
    assert cli.main([*words, str(tmp_path / "b"), "--data", str(tmp_path / "none")]) == 1
    assert cli.main([*words, str(tmp_path / "b"), "--seeds", "0"]) == 2
    assert not (tmp_path / "b").exists()


@pytest.mark.slow
def test_quick_study(tmp_path):
    pytest.importorskip("sklearn")
    assert cli.main(["study", "crossbar", "--quick", "--out", str(tmp_path), "--quiet"]) == 0
    assert len((tmp_path / "study.csv").read_text().splitlines()) == 15
