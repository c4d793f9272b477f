"""Bugs in the results of sound designs: what their repair computes, derived again."""

import pytest
from golden import REORDERED, close
from small import design, network, trace

from neurosim.evaluation.flow import evaluate


@pytest.mark.parametrize(("model", "first"), [("2.0", 6), ("2.1", 4)])
def test_the_split_counts_each_move_to_the_dram_once(model, first):
    """Two moves of the features in each of three passes (two in the first layer of V2.1), two of the gradients."""
    chosen = design(model=model, memory="RRAM", correct="Q46")
    report = evaluate(chosen, network(), trace(network(), chosen))
    chip, images = report.chip, chosen.batch_size * chosen.iterations
    gradient = chip.gradient_unit.output_bits
    for layer, values, moves in zip(network(), report.layer_values, (first, 6, 6), strict=True):
        bits = moves * layer.rows * layer.columns * chosen.input_bits + 2 * layer.weights * gradient
        assert close(values["dram_energy"], images * chip.dram.energy(bits), REORDERED)
        assert close(values["dram_latency"], images * chip.dram.latency(bits), REORDERED)
