"""The study of hybrid synapses, where training ends early."""

import pytest

from neurosim.wrappers.studies import hybrid
from neurosim.wrappers.training.algorithm import TrainingError


@pytest.mark.parametrize("synapse", ["hybrid", "envm"])
def test_training_that_ends_early_is_no_better_than_chance(synapse, monkeypatch):
    pytest.importorskip("sklearn")

    def fails(model, dataset, **options):
        from neurosim.wrappers.training.data import normalise

        model.train_batch(normalise(dataset.train_images[:40]), dataset.train_labels[:40], 1 / 32)
        raise TrainingError("FC1_: all zero")

    monkeypatch.setattr("neurosim.wrappers.studies.quick.quick_training", fails)
    memory = {"hybrid": "hybrid-3t1c", "envm": "RRAM"}[synapse]
    row = hybrid.run({"data": "digits", "epochs": 1, "seed": 0, "chip": " ".join(hybrid.CHIP),
                      **hybrid.DEFAULT, "synapse": synapse, "memory": memory})
    assert row["accuracy"] == row["accuracy_with_volatile"] == 10 and row["problem"] == "FC1_: all zero"
