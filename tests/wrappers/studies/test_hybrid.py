"""The study of hybrid synapses: its chip, training that ends early, and the shapes of the literature."""

import argparse

import numpy as np
import pytest

from neurosim.errors import NeurosimError
from neurosim.wrappers.studies import hybrid as hybrid_study
from neurosim.wrappers.training.algorithm import TrainingError


def test_the_study_keeps_what_it_varies():
    options = argparse.Namespace(data="digits", epochs=1, seeds=1, quick=True, settings=["transfer_interval=7"])
    for setting in ("transfer_interval=7", "memory=SRAM", "retention_time=3"):
        options.settings = [setting]
        with pytest.raises(NeurosimError, match=f"--set {setting.partition('=')[0]}: the study sets"):
            hybrid_study.runs(options)
    for setting in ("capacitor_density=0.1", "model=2.1"):
        options.settings = [setting]
        assert hybrid_study.runs(options)


def test_the_study_evaluates_the_chip_that_it_was_given():
    pytest.importorskip("sklearn")
    base = {"data": "digits", "epochs": 1, "seed": 0, **hybrid_study.DEFAULT}
    areas = []
    for more in ((), ("capacitor_layout=density", "capacitor_density=0.1")):
        row = hybrid_study.run({**base, "chip": " ".join((*hybrid_study.CHIP, *more))})
        areas.append({name: value for name, value in row.items() if "area" in name})
    assert areas[0] and areas[0].keys() == areas[1].keys() and areas[0] != areas[1]


@pytest.mark.parametrize("synapse", ["hybrid", "envm"])
def test_training_that_ends_early_is_no_better_than_chance(synapse, monkeypatch):
    pytest.importorskip("sklearn")

    def fails(model, dataset, **options):
        from neurosim.wrappers.training.data import normalise

        model.train_batch(normalise(dataset.train_images[:40]), dataset.train_labels[:40], 1 / 32)
        raise TrainingError("FC1_: all zero")

    monkeypatch.setattr("neurosim.wrappers.studies.quick.quick_training", fails)
    memory = {"hybrid": "hybrid-3t1c", "envm": "RRAM"}[synapse]
    row = hybrid_study.run({"data": "digits", "epochs": 1, "seed": 0, "chip": " ".join(hybrid_study.CHIP),
                      **hybrid_study.DEFAULT, "synapse": synapse, "memory": memory})
    assert row["accuracy"] == row["accuracy_with_volatile"] == 10 and row["problem"] == "FC1_: all zero"


@pytest.mark.parametrize("synapse", ["hybrid", "envm"])
def test_a_chip_that_means_nothing_is_told_in_the_row(synapse, recwarn):
    """And has the columns of any other."""
    pytest.importorskip("sklearn")
    rows = {}
    for chip in ("", "read_voltage=1e200"):
        rows[chip] = hybrid_study.run({
            "data": "digits", "epochs": 1, "seed": 0, "chip": " ".join((*hybrid_study.CHIP, chip)),
            **hybrid_study.DEFAULT, "synapse": synapse, "memory": {"hybrid": "hybrid-3t1c", "envm": "RRAM"}[synapse],
        })  # fmt: skip
    sound, broken = rows.values()
    assert list(sound) == list(broken) and sound["problem"] == ""
    assert "forward_energy" in broken["problem"] and "no number" in broken["problem"]
    assert np.isnan(broken["total_energy_per_batch [J]"]) and not recwarn.list


# -- shapes ----------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def shapes():
    pytest.importorskip("sklearn")
    from neurosim.wrappers.studies import hybrid as study

    base = {"data": "digits", "epochs": 20, "chip": " ".join(study.CHIP)}

    def results(**changes):
        rows = [study.run({**study.DEFAULT, **base, "seed": seed, **changes}) for seed in range(3)]
        return {name: float(np.mean([row[name] or 0 for row in rows])) for name in ("accuracy", "writes_per_cell")}

    return results


@pytest.mark.slow
def test_envm_alone_is_far_below_at_the_same_learning_rate(shapes):
    for rate, margin in ((1 / 16, 4), (1 / 32, 40)):
        alone = shapes(synapse="envm", memory="RRAM", learning_rate=rate)["accuracy"]
        assert shapes(learning_rate=rate)["accuracy"] > alone + margin


@pytest.mark.slow
def test_there_is_a_best_transfer_interval(shapes):
    often, some, seldom, never = (shapes(transfer_interval=interval) for interval in (1, 20, 350, 10**9))
    assert some["accuracy"] > 96 and some["accuracy"] > often["accuracy"] - 1
    assert some["accuracy"] > seldom["accuracy"] + 1 and seldom["accuracy"] > never["accuracy"] + 5
    writes = [result["writes_per_cell"] for result in (often, some, seldom, never)]
    assert writes[0] > 3 * writes[1] and writes[1] > 3 * writes[2] and writes[2] > writes[3] == 0


@pytest.mark.slow
def test_significance_and_rest_level(shapes):
    fine = {"learning_rate": 1 / 64, "transfer_interval": 20}
    good = shapes(**fine)["accuracy"]
    assert good > 94 and good > shapes(**fine, significance=1.0)["accuracy"] + 10
    leaking = {**fine, "retention_time": 0.0165}        # a batch takes about 0.33 ms: 2 % of it
    middle, ground = shapes(**leaking), shapes(**leaking, rest_level=0.0)
    assert middle["accuracy"] > 94 and middle["accuracy"] > ground["accuracy"] + 2
    assert ground["writes_per_cell"] > 1.5 * middle["writes_per_cell"]


@pytest.mark.slow
def test_the_quick_study(tmp_path, capsys):
    pytest.importorskip("sklearn")
    from neurosim.commands.line import main

    words = ["study", "hybrid", "--out", str(tmp_path), "--quick", "--jobs", "1"]
    assert main(words) == 0
    lines = (tmp_path / "study.csv").read_text().splitlines()
    assert {"study.csv", "comparison.csv", "study.png"} <= {path.name for path in tmp_path.iterdir()}
    assert {line.split(",")[3] for line in lines[1:]} == {"envm", "hybrid"} and "break_even" in capsys.readouterr().out
    assert main(words) == 0 and (tmp_path / "study.csv").read_text().splitlines() == lines
    assert main([*words, "--set", "clock_frequenzy=1e9"]) == 2
