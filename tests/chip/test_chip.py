"""The chip: sizes of what its tiles share, recomputed by hand, and areas that add up."""

import math

import pytest
from golden import REORDERED, close
from small import design, network

from neurosim._circuits import AdderTree
from neurosim.design.words import word_bits
from neurosim.errors import NeurosimError
from neurosim.report.plan import plan
from neurosim.traces.network import Network


def test_areas_add_up():
    chip = plan(design(), network()).chip
    areas, tiles = chip.areas, chip.kinds_of_tiles()
    shared = chip.buffer_area + chip.htree.area + chip.pooling.area + chip.accumulation.area + chip.activation.area
    gradient = chip.gradient_unit.area + chip.gradient_adder.area
    assert close(areas.total, sum(n * tile.areas.total for n, tile in tiles) + shared + gradient, REORDERED)
    parts = areas.array + areas.adc + areas.accumulation + areas.other + areas.interconnect
    assert close(areas.total, parts + chip.weight_gradient_area, REORDERED)
    assert close(chip.height * chip.width, areas.total, REORDERED)


@pytest.mark.parametrize("batch_size", [2, 50, 200, 1000])
@pytest.mark.parametrize("overhead", [0, 1, 3.5])
def test_the_gradient_buffer_doubles_until_it_is_large_enough(batch_size, overhead):
    """A subarray's gradients take ceil(log2 batch) bits a cell; those of one more fit for every synapse_bits."""
    chip = plan(design(batch_size=batch_size, buffer_overhead=overhead), network()).chip
    features, cells = 8 * 8 * 8 * 16, 32 * 32
    gradient, together = cells * math.ceil(math.log2(batch_size)), math.ceil(math.log2(batch_size)) // 5
    while gradient < features * overhead:
        gradient, together = 2 * gradient, 2 * together
    assert chip.arrays_written_together == together
    assert chip.buffer_cores == (features + gradient) // (32 * 32)


def test_without_training_the_buffer_holds_the_widest_features():
    chip = plan(design(training=False), network()).chip
    assert chip.buffer_cores == 8 * 8 * 16 * 8 // (32 * 32)
    assert chip.gradient_unit is None and chip.weight_gradient_area == 0


def test_the_bus_is_halved_until_it_is_narrow_enough():
    wide = plan(design(max_global_bus_width=1e9), network()).chip.bus_width
    for limit in (wide, wide - 1, wide / 3, 1):
        width = plan(design(max_global_bus_width=limit), network()).chip.bus_width
        assert width <= limit < 2 * width or width == wide <= limit
        assert math.log2(wide / width).is_integer()


def test_a_pipeline_holds_half_of_all_features():
    chip = plan(design(pipeline=True, training=False), network()).chip
    features = sum(layer.rows * layer.columns * layer.channels for layer in network()) / 2
    assert chip.buffer_cores == int(8 * features) // (32 * 32)


def test_rules_set_lower_ends():
    tiny = Network([[2, 2, 32, 1, 1, 128, 0, 1]])
    options = {"training": False, "global_buffer_rows": 128, "global_buffer_columns": 128}
    assert plan(design(**options), tiny).chip.buffer_cores == 2 * 2 * 32 * 8 // 128**2 == 0
    assert plan(design(correct="U18", **options), tiny).chip.buffer_cores == 1


def test_what_cannot_be_built_gets_a_sentence():
    with pytest.raises(NeurosimError, match="Transistor width of 1T1R"):
        plan(design(resistance_on=1e3), network())


# Repairs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch_size", "overhead"), [(2, 0), (200, 1), (50, 3.5), (1000, 9)])
def test_gradients_are_buffered_with_all_their_bits(batch_size, overhead):
    """Quirk U3 mended: those of the weight-gradient unit and those that a sum over the batch adds."""
    chip = plan(design(batch_size=batch_size, buffer_overhead=overhead, correct="U3"), network()).chip
    bits = chip.gradient_unit.output_bits + math.ceil(math.log2(batch_size))
    features, gradient, together = 8 * 8 * 8 * 16, 32 * 32 * bits, bits // 5
    while gradient < features * overhead:
        gradient, together = 2 * gradient, 2 * together
    assert chip.arrays_written_together == together
    assert chip.buffer_cores == (features + gradient) // (32 * 32)
    assert chip.gradient_adder.bits == bits


def test_adders_between_tiles_take_in_the_sums_of_whole_tiles():
    """64 rows of a PE on subarrays of 24 take three of them; two PEs stand below each other: six sums are added."""
    chosen = design(novel_mapping=False, array_rows=24)
    chip = plan(chosen, [[8, 8, 64, 3, 3, 256, 0, 1]]).chip
    assert (chip.plan.pe_size, chip.plan.pes_per_side) == (64, 2)
    assert chip.accumulation.bits == math.ceil(word_bits(chosen)) + 1 + math.ceil(math.log2(3 * 2))


def test_adders_between_tiles_lie_along_a_third_of_the_buffer():
    """Quirk Q35 mended: of its width, as activations do."""
    layers = Network([*network()[:2], [1, 1, 1024, 1, 1, 10, 0, 1]])
    built, mended = (plan(design(correct=ids), layers).chip for ids in ("", "Q35"))
    for chip, side in ((built, built.buffer.height), (mended, mended.buffer_area / mended.buffer.height)):
        adders = chip.accumulation
        alike = AdderTree(chip.design.technology, adders.inputs, adders.bits, adders.count, width=side / 3)
        assert (adders.area, adders.width) == (alike.area, alike.width) and adders.area > 0


def test_all_trees_of_a_chip_follow_the_rules_of_their_wires():
    """Quirks U2 and Q9."""
    for ids in ("", "U2", "Q9"):
        chip = plan(design(correct=ids), network()).chip
        for tree in (chip.htree, chip.tile.htree, chip.novel_tile.htree):
            assert (tree.own_stages, tree.wires_by_length) == (ids == "U2", ids == "Q9")
