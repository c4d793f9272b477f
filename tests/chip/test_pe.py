"""A processing element: its layout from its parts, and its cost recomputed by hand."""

import math

import pytest
from golden import REORDERED, close
from small import design

from neurosim.chip.build import subarray_of
from neurosim.chip.costs import Cost, Residue
from neurosim.chip.mapping import ArrayMap, PEMap
from neurosim.chip.passes import Passes
from neurosim.chip.pe import ProcessingElement

DESIGN = design()
ARRAY = subarray_of(DESIGN)
PE = ProcessingElement(DESIGN, ARRAY, 64, False)
TRAINING, INFERENCE = Passes(True, True), Passes(False, False)


def share(rows, columns, duplication=(1, 1), whole=False):
    """A part of a matrix of a PE of 2 x 2 subarrays of 32 x 32."""
    arrays = [ArrayMap(range(r, min(r + 32, rows)), range(c, min(c + 32, columns)))
              for r in range(0, rows, 32) for c in range(0, columns, 32)]
    return PEMap(range(rows), range(columns), duplication, tuple(arrays), whole)


def test_the_layout_is_that_of_the_parts():
    assert (PE.rows, PE.columns, PE.side) == (2, 2, 2)
    registers = PE.input_register.area + PE.output_register.area
    areas = PE.areas
    assert close(areas.total, 4 * ARRAY.used_area + PE.tree.area + registers, REORDERED)
    assert close(areas.total, areas.array + areas.adc + areas.accumulation + areas.other, REORDERED)
    assert close(areas.accumulation, 4 * ARRAY.area_accumulation + PE.tree.area, REORDERED)
    assert close(PE.height * PE.width, areas.total, REORDERED) and close(PE.height, PE.width, REORDERED)


def test_widths_of_words():
    """6 bits of the converters, 8 of the inputs, one of the sum; four read-outs a subarray."""
    assert PE.tree.bits == 6 + 8 + 1
    assert PE.output_register.count == 32 // 8 * (6 + 8 + PE.tree.stages)
    assert PE.input_register.count == 8 * 32


def moved(part, vectors):
    """(latency, energy) of registers and of buses for the vectors of one pass, from their definitions."""
    planes, rows, columns = vectors * 8, len(part.rows), len(part.columns)
    register = (
        PE.input_register.latency(planes * math.ceil(rows / 32)) + PE.output_register.latency(vectors),
        PE.input_register.energy(rows, planes) + PE.output_register.energy(columns * PE.tree.bits, vectors),
    )
    lanes = PE.output_bus.rows * PE.output_bus.bus_width
    down, up = rows * planes / PE.input_bus.bus_width, columns * 6 * planes / 8 / lanes
    bus = (
        PE.input_bus.latency(down) + PE.output_bus.latency(up),
        PE.input_bus.energy(PE.input_bus.bus_width, down) + PE.output_bus.energy(lanes, up),
    )
    return register, bus


@pytest.mark.parametrize("passes", [TRAINING, Passes(True, False), INFERENCE])
def test_reads_add_tree_registers_and_buses(passes):
    part, vectors = share(64, 32), 5
    arrays = [Cost.of(forward=(3.0, 1.0)), Cost.of(forward=(2.0, 1.0))]
    cost, _ = PE.cost(part, arrays, vectors, Residue(), passes)
    register, bus = moved(part, vectors)
    tree = PE.tree.latency(0.0, vectors * 8, 2), PE.tree.energy(vectors * 8, 2)
    for kind, arrays_alone in ((0, 3.0), (1, 2.0)):
        assert close(cost["forward"][kind], arrays_alone + tree[kind] + register[kind] + bus[kind], REORDERED)
        assert close(cost["peak_forward"][kind], arrays_alone + tree[kind], REORDERED)
        assert close(cost["buffer"][kind], register[kind] * len(passes.reads), REORDERED)
        assert close(cost["interconnect"][kind], bus[kind] * len(passes.reads), REORDERED)


def test_a_share_that_every_subarray_holds_is_read_by_all_of_them():
    part = share(16, 16, duplication=(2, 2), whole=True)
    cost, _ = PE.cost(part, [Cost.of(forward=(4.0, 1.0), weight_update=(1.0, 2.0))], 1, Residue(), TRAINING)
    assert close(cost["peak_forward"][0], 1.0, REORDERED)       # 4 copies
    assert cost["peak_forward"][1] == 1.0
    assert cost["peak_weight_update"] == (1.0, 8.0)             # every copy is written


def test_leakage():
    """Of all subarrays and registers, and of the adder tree as far as its last user needed it."""
    residue = Residue()
    _, leakage = PE.cost(share(64, 32), [Cost(), Cost()], 1, residue, TRAINING)
    registers = PE.input_register.leakage + PE.output_register.leakage
    assert close(leakage, 4 * ARRAY.leakage + PE.tree.leakage_when(2) + registers, REORDERED)
    _, forward_only = PE.cost(share(64, 32), [Cost(), Cost()], 1, residue, Passes(True, False))
    assert close(leakage - forward_only, 4 * (ARRAY.leakage - ARRAY.leakage_forward), REORDERED)
    assert ARRAY.leakage > ARRAY.leakage_forward > 0


@pytest.mark.parametrize("every_pass", [False, True])
def test_copies_take_the_trees_time_for_a_gradient_that_there_is_not(every_pass):
    part, vectors = share(64, 32, duplication=(2, 1)), 5
    cost, _ = PE.cost(part, [Cost.of(forward=(3.0, 1.0))] * 2, vectors, Residue(), Passes(True, False, every_pass))
    assert close(cost["activation_gradient"][0], PE.tree.latency(0.0, vectors * 8, 2) / 2, REORDERED)
    energy = 0.0 if every_pass else PE.tree.energy(vectors * 8, 2) * 2      # quirk Q31: of every subarray
    assert close(cost["activation_gradient"][1], energy, REORDERED)


# Repairs ------------------------------------------------------------------------------------------------------------


def test_registers_are_read_for_every_vector():
    """Quirk Q32 mended: all clocks of a register at every read, and the path of every bit that it passes."""
    pe = ProcessingElement(design(correct="Q32"), ARRAY, 64, False)
    part, vectors = share(64, 32), 5
    cost, _ = pe.cost(part, [Cost(), Cost()], vectors, Residue(), INFERENCE)
    expected = 0.0
    passed = (pe.input_register, 8 * vectors, 64), (pe.output_register, vectors, 32 * pe.tree.bits)
    for register, reads, bits in passed:
        clocks = register.energy(1, 0)
        expected += reads * (clocks + min(bits, register.count) * (register.energy(1, 1) - clocks))
    assert close(cost["buffer"][1], expected, REORDERED)
    without, _ = PE.cost(part, [Cost(), Cost()], vectors, Residue(), INFERENCE)
    assert cost["buffer"][0] == without["buffer"][0] and not close(cost["buffer"][1], without["buffer"][1], REORDERED)


def test_an_idle_tree_leaks_as_itself():
    """Quirk Q42 mended: whatever was evaluated before."""
    part = share(16, 16, duplication=(2, 2), whole=True)
    registers = PE.input_register.leakage + PE.output_register.leakage
    for before in ({}, {("tree", False): 7.0}):
        for rule, expected in ((True, PE.tree.leakage), (False, before.get(("tree", False), 0.0))):
            residue = Residue(rule)
            residue.leakage.update(before)
            _, leakage = PE.cost(part, [Cost()], 1, residue, TRAINING)
            assert close(leakage, 4 * ARRAY.leakage + expected + registers, REORDERED)
