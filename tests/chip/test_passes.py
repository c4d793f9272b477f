"""Which passes a layer makes."""

import pytest
from small import design

from neurosim.chip.passes import Passes
from neurosim.design.models import MODELS, Model
from neurosim.design.rules import Rules


@pytest.mark.parametrize(
    ("training", "backward", "reads", "buffered", "sent"),
    [
        (True, True, ("forward", "activation_gradient"), (2, 2, 2), (1, 1)),
        (True, False, ("forward",), (2, 0, 2), (1, 0)),
        (False, False, ("forward",), (1, 0, 0), (1, 0)),
    ],
)
def test_moves_of_each_pass(training, backward, reads, buffered, sent):
    passes = Passes(training, backward)
    assert (passes.reads, passes.buffered, passes.sent) == (reads, buffered, sent)
    assert len(passes.peaks) == 2 * len(reads)
    if training:
        assert passes.stored == buffered


@pytest.mark.parametrize("index", [0, 1, 5])
def test_every_layer_of_a_training_passes_errors_on(index):
    assert Passes.of(design(), index) == Passes(True, True)
    assert Passes.of(design(training=False), index) == Passes(False, False)


def test_the_first_layer_need_not_pass_errors_on_to_the_image(monkeypatch):
    monkeypatch.setitem(MODELS, "9.9", Model(Rules(gradient_to_image=False)))
    chosen = design(model="9.9")
    assert [Passes.of(chosen, index).backward for index in range(3)] == [False, True, True]


def test_trees_in_the_split():
    """Quirk Q31: once, without training not their time; difference V16: as often as a layer is read."""
    for passes, once, often in ((Passes(True, True), (1, 1), (2, 2)), (Passes(True, False), (1, 1), (1, 1)),
                                (Passes(False, False), (0, 1), (1, 1))):  # fmt: skip
        assert passes.trees == once
        assert Passes(passes.training, passes.backward, True).trees == often


@pytest.mark.parametrize("index", [0, 1, 5])
def test_passes_of_the_versions(index):
    """Differences V7 and V16."""
    assert Passes.of(design(model="2.0"), index) == Passes(True, True, False)
    assert Passes.of(design(model="2.1"), index) == Passes(True, index > 0, True)
    assert Passes.of(design(model="2.1", training=False), index) == Passes(False, False, True)
