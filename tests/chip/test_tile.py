"""A tile: layout from its parts, and the cost of what it adds."""

import math

import pytest
from golden import REORDERED, close
from small import design, network

from neurosim.chip.costs import Cost, Residue
from neurosim.chip.mapping import TileMap
from neurosim.chip.passes import Passes
from neurosim.report.plan import plan

PASSES = [Passes(True, True), Passes(True, False), Passes(False, False)]
PLAN = plan(design(), network())
TILES = {"conventional": PLAN.chip.tile, "novel": PLAN.chip.novel_tile}


@pytest.mark.parametrize("kind", TILES)
def test_the_layout_is_that_of_the_parts(kind):
    tile = TILES[kind]
    areas, pe = tile.areas, tile.pe.areas
    buffers = tile.input_buffer.area * tile.cores[0] + tile.output_buffer.area * tile.cores[1]
    total = tile.pes * pe.total + tile.accumulation.area + buffers + tile.htree.area
    assert close(areas.total, total, REORDERED)
    assert close(areas.total, areas.array + areas.adc + areas.accumulation + areas.other + areas.interconnect,
                 REORDERED)  # fmt: skip
    assert close(tile.height * tile.width, areas.total, REORDERED)


def cost_of(tile, share, vectors, passes, pe_cost, pe_leakage=1e-6):
    return tile.cost(share, [(pe_cost, pe_leakage)] * len(share.pes), vectors, (1, 1), Residue(), passes)


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("kind", TILES)
def test_adders_take_part_in_every_pass(kind, passes):
    tile, layer = TILES[kind], 1 if kind == "novel" else 2
    share = PLAN.floorplan.layer_maps(layer, network()[layer])[0]
    cost, _ = cost_of(tile, share, 4, passes, Cost())
    adding = tile.pes if kind == "novel" else tile.htree.rows
    added = tile.accumulation.latency(0.0, 4 * 8, adding), tile.accumulation.energy(4 * 8, adding)
    for kind_of_cost in (0, 1):
        assert close(cost["peak_forward"][kind_of_cost], added[kind_of_cost], REORDERED)
        assert close(cost["accumulation"][kind_of_cost], added[kind_of_cost] * len(passes.reads), REORDERED)
        backward = added[kind_of_cost] if passes.backward else 0.0
        assert close(cost["peak_activation_gradient"][kind_of_cost], backward, REORDERED)


@pytest.mark.parametrize("passes", PASSES)
def test_every_pass_moves_the_same(passes):
    """What buffers and wires take is shared evenly by the passes; updates come in on top, in training."""
    tile = TILES["conventional"]
    share = PLAN.floorplan.layer_maps(2, network()[2])[0]
    cost, _ = cost_of(tile, share, 1, passes, Cost())
    for kind in (0, 1):
        a_pass = cost["forward"][kind] - cost["peak_forward"][kind]
        delta = cost["weight_update"][kind]
        whole = cost["buffer"][kind] + cost["interconnect"][kind]
        assert close(whole, a_pass * len(passes.reads) + delta, REORDERED)
        assert (delta > 0) == passes.training


def test_idle_positions_count_the_last_pe_again():
    """Quirk Q7: an unduplicated tile whose PEs are not all used."""
    tile = TILES["conventional"]
    used = PLAN.floorplan.layer_maps(2, network()[2])[0]
    share = TileMap(0, 0, used.matrix_rows, used.matrix_columns, used.pes[:1], (0, 0, 0, 0))
    cost, _ = cost_of(tile, share, 1, PASSES[2], Cost.of(forward=(0.0, 1.0)))
    alone, _ = cost_of(tile, share, 1, PASSES[2], Cost())
    assert close(cost["forward"][1] - alone["forward"][1], 4.0, REORDERED)


def test_leakage():
    tile = TILES["conventional"]
    share = PLAN.floorplan.layer_maps(2, network()[2])[0]
    _, leakage = cost_of(tile, share, 1, PASSES[0], Cost(), 1e-3)
    adding = tile.accumulation.leakage_when(tile.htree.rows)
    buffers = tile.input_buffer.leakage + tile.output_buffer.leakage
    assert close(leakage, 1e-3 * tile.pes + adding + buffers, REORDERED)


# Repairs ------------------------------------------------------------------------------------------------------------


def test_novel_tiles_have_their_own_buffers():
    """Quirk Q8 mended: cores for all PEs of a novel tile, which work as far as the H-tree is wide enough."""
    chosen = design(correct="Q8", array_columns=64)
    tiles = plan(chosen, network()).chip
    novel, conventional = tiles.novel_tile, tiles.tile
    core = chosen.tile_buffer_rows * chosen.tile_buffer_columns
    word = 6 + 8 + 1 + math.ceil(math.log2(novel.pe.size / 32))
    assert novel.cores == (math.ceil(9 * 8 * 32 / core), math.ceil(9 * word * 64 / 8 / core))
    assert conventional.cores == plan(design(array_columns=64), network()).chip.tile.cores != novel.cores
    share = PLAN.floorplan.layer_maps(1, network()[1])[0]
    cost, _ = cost_of(novel, share, 4, PASSES[2], Cost())
    moved = 0.0
    bits = share.matrix_rows * 4 * 8 / 3, share.matrix_columns * (1 + novel.accumulation.bits) * 4 / 9
    for buffer, cores, count in zip((novel.input_buffer, novel.output_buffer), novel.cores, bits, strict=True):
        ports = min(cores, math.ceil(novel.htree.bus_width / buffer.interface_width))
        lines = count / buffer.interface_width
        moved += (buffer.read_latency(lines) + buffer.write_latency(lines)) / ports
    assert close(cost["buffer"][0], moved, REORDERED)


@pytest.mark.parametrize("ids", ["", "Q33"])
def test_copies_of_a_novel_tile_are_written_at_the_peak_as_well(ids):
    tile = plan(design(correct=ids), network()).chip.novel_tile
    share = PLAN.floorplan.layer_maps(1, network()[1])[0]
    pe = Cost.of(weight_update=(0.0, 2.0)).with_peaks()
    cost, _ = tile.cost(share, [(pe, 0.0)] * 9, 1, (2, 3), Residue(), PASSES[0])
    alone, _ = tile.cost(share, [(Cost(), 0.0)] * 9, 1, (2, 3), Residue(), PASSES[0])
    assert close(cost["weight_update"][1] - alone["weight_update"][1], 9 * 2.0 * 6, REORDERED)
    assert close(cost["peak_weight_update"][1], 9 * 2.0 * (6 if ids else 1), REORDERED)


@pytest.mark.parametrize(("speedup", "rows"), [((2, 2), 1), ((1, 2), 1)])
def test_an_idle_tree_leaks_as_itself(speedup, rows):
    """Quirk Q42 mended: whatever was evaluated before."""
    tile = TILES["conventional"]
    used = PLAN.floorplan.layer_maps(2, network()[2])[0]
    share = TileMap(0, 0, rows, used.matrix_columns, used.pes[:1], (0,))
    buffers = tile.input_buffer.leakage + tile.output_buffer.leakage
    for before in ({}, {("accumulation", False): 7.0}):
        for rule, expected in ((True, tile.accumulation.leakage), (False, before.get(("accumulation", False), 0.0))):
            residue = Residue(rule)
            residue.leakage.update(before)
            _, leakage = tile.cost(share, [(Cost(), 0.0)], 1, speedup, residue, PASSES[0])
            assert close(leakage, expected + buffers, REORDERED)
