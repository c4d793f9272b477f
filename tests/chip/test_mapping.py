"""Floorplans: every recorded one exactly, and that the pieces of a matrix fit together."""

import numpy as np
import pytest
from golden import EXACT, case, cases, differences
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small import design

from neurosim.chip.mapping import SPEEDUP_LIMITED, floorplan
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.traces.network import Layer, Network

# The floorplan section of the recorded results by attribute of Floorplan.
RECORDED = {
    "markNM": "novel",
    "pipelineSpeedUp": "pipeline_speedup",
    "maxPESizeNM": "max_novel_pe_size",
    "maxTileSizeCM": "max_tile_size",
    "numPENM": "kernel_positions",
    "desiredNumTileNM": "novel_tiles",
    "desiredPESizeNM": "novel_pe_size",
    "desiredNumTileCM": "tiles",
    "desiredTileSizeCM": "tile_size",
    "desiredPESizeCM": "pe_size",
    "numTileRow": "grid_rows",
    "numTileCol": "grid_columns",
    "totalNumTile": "total_tiles",
    "realMappedMemory": "mapped_memory",
    "numTileEachLayerRow": "tile_rows",
    "numTileEachLayerCol": "tile_columns",
    "speedUpEachLayerRow": "speedup_rows",
    "speedUpEachLayerCol": "speedup_columns",
    "tileLocationRow": "location_rows",
    "tileLocationCol": "location_columns",
    "utilizationEachLayer": "utilization",
}
# These are sizes of circuits, not of the floorplan; the chip's tests compare them.
OF_THE_CHIP = {"numArrayWriteParallel", "numComputation", "globalBusWidth", "numBufferCore", "numInBufferCore",
               "numOutBufferCore"}  # fmt: skip
FINISHED = [name for name in [*cases(), "vgg8_defaults"] if case(name).full]


def planned(name, folder):
    """Design, network and floorplan of a recorded case."""
    recorded = case(name)
    path = folder / "params.csv"
    path.write_text(recorded.params)
    design = Design.from_file(path).replace(synapse_bits=int(recorded.args[2]), input_bits=int(recorded.args[3]))
    network = Network(recorded.rows)
    return design, network, floorplan(design, network)


def test_every_recorded_floorplan(tmp_path):
    assert len(FINISHED) == 109
    for name in FINISHED:
        _, _, plan = planned(name, tmp_path)
        want = {key: value for key, value in case(name).full["floorplan"].items() if key not in OF_THE_CHIP}
        assert want.keys() == RECORDED.keys()
        got = {key: getattr(plan, attribute) for key, attribute in RECORDED.items()}
        got = {key: list(value) if isinstance(value, tuple) else value for key, value in got.items()}
        assert differences(got, want, EXACT) == [], name


def test_tiles_are_evaluated_in_the_recorded_order(tmp_path):
    for name in FINISHED:
        _, network, plan = planned(name, tmp_path)
        got = [
            {"layer": index, "row": tile.row, "col": tile.column}
            for index, layer in enumerate(network)
            for tile in plan.layer_maps(index, layer)
        ]
        want = [{key: tile[key] for key in ("layer", "row", "col")} for tile in case(name).full["tiles"]]
        if not plan.pipeline_speedup:  # there a layer's copies count as tiles but are evaluated once
            assert got == want, name
        else:
            assert [tile for tile in got if tile in want] == want, name


def test_vgg8_as_in_the_manual(tmp_path):
    _, _, plan = planned("vgg8_defaults", tmp_path)
    assert plan.layer_tiles == (1, 1, 1, 1, 1, 1, 8, 1)
    assert round(plan.mapped_memory / plan.total_tiles * 100, 4) == 88.5938


# -- properties -----------------------------------------------------------------------------------


@st.composite
def chips(draw, pipeline=False, sides=(8, 12, 16, 32)):
    """A design and a small network that fit each other, with the floorplan."""
    side = draw(st.sampled_from(sides))
    design = Design(
        array_rows=side,
        array_columns=draw(st.sampled_from([side, 8, 16])),
        novel_mapping=draw(st.booleans()),
        synapse_bits=draw(st.sampled_from([1, 2, 5, 8])),
        cell_bits=draw(st.sampled_from([1, 2, 5])),
        pipeline=pipeline,
        pipeline_speedup=draw(st.integers(1, 8)) if pipeline else 1,
    )
    kernel = draw(st.sampled_from([1, 2, 3]))
    network = []
    for _ in range(draw(st.integers(1, 4))):
        size = draw(st.sampled_from([kernel, kernel, 1]))
        side_in = draw(st.integers(size, 12))
        channels, outputs = draw(st.integers(1, 90)), draw(st.integers(1, 160))
        network.append(Layer(side_in, side_in, channels, size, size, outputs, draw(st.booleans())))
    network = Network(network)
    try:
        return design, network, floorplan(design, network)
    except NeurosimError:
        assume(False)


often = settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@often
@given(chips())
def test_arrays_cover_each_matrix_exactly_once(chip):
    design, network, plan = chip
    for index, layer in enumerate(network):
        held = np.zeros((layer.matrix_rows, layer.outputs * design.cells_per_synapse), int)
        for tile in plan.layer_maps(index, layer):
            for pe in tile.pes:
                for part in pe.arrays:
                    held[part.rows.start : part.rows.stop, part.columns.start : part.columns.stop] += 1
        assert (held == 1).all()


@often
@given(chips())
def test_nothing_is_larger_than_its_place(chip):
    design, network, plan = chip
    for index, layer in enumerate(network):
        pe_size = plan.novel_pe_size if plan.novel[index] else plan.pe_size
        for tile in plan.layer_maps(index, layer):
            assert len(tile.positions) >= len(tile.pes) and set(tile.positions) == set(range(len(tile.pes)))
            for pe in tile.pes:
                # A conventional layer that has copies in one PE may be evaluated there as a whole.
                if not pe.whole and pe.duplication == (1, 1):
                    assert len(pe.rows) <= pe_size and len(pe.columns) <= pe_size
                if not pe.whole:
                    for part in pe.arrays:
                        assert 0 < len(part.rows) <= design.array_rows and 0 < len(part.columns) <= design.array_columns


@often
@given(chips(sides=(8, 16, 32)))
def test_utilization_and_counts(chip):
    # Only with powers of two: of arrays of 12, the reference counts three copies into a PE of 32.
    _, network, plan = chip
    assert all(0 < share <= 1 for share in plan.utilization)
    assert plan.total_tiles == plan.tiles + plan.novel_tiles == sum(plan.layer_tiles)
    assert plan.grid_rows * plan.grid_columns >= plan.total_tiles
    assert 0 < plan.mapped_memory <= plan.total_tiles
    for index, layer in enumerate(network):
        assert len(plan.layer_maps(index, layer)) == plan.layer_tiles[index]
        assert plan.speedup_rows[index] >= 1 and plan.speedup_columns[index] >= 1
    if plan.novel_tiles:
        assert plan.kernel_positions in {layer.kernel_size for layer in network}


@often
@given(chips(pipeline=True))
def test_a_pipeline_evens_out_the_layers(chip):
    design, network, plan = chip
    wanted = plan.pipeline_speedup
    assert len(wanted) == len(network)
    assert max(wanted) == wanted[max(range(len(network)), key=lambda n: network[n].rows)]
    bound = network[0].rows // min([network[0].rows] + [la.rows for la in network if la.kernel_rows != 1])
    assert plan.notices == (SPEEDUP_LIMITED if design.pipeline_speedup > bound else ())
    one_by_one = floorplan(design.replace(pipeline=False), network)
    assert all(more >= less for more, less in zip(plan.layer_tiles, one_by_one.layer_tiles, strict=True))


# -- single rules -----------------------------------------------------------------------------------


def test_copies_of_a_pipeline_by_hand():
    """Ten rows four times as fast are three a copy, rounded up: (10 / 3)^2 copies, and one of the slowest layer."""
    layers = Network([[10, 10, 16, 3, 3, 32, 0, 1], [2, 2, 64, 2, 2, 64, 0, 1]])
    chosen = design(pipeline=True, pipeline_speedup=4, novel_mapping=False, array_rows=16, array_columns=16)
    assert floorplan(chosen, layers).pipeline_speedup == (12, 1)


def test_the_commonest_kernel_takes_the_novel_mapping():
    """Quirk Q6: the first size to reach the highest count wins, fully connected layers take part."""
    fives = Layer(8, 8, 32, 5, 5, 128)
    threes = Layer(8, 8, 32, 3, 3, 128)
    dense = Layer(1, 1, 512, 1, 1, 128)
    thin = Layer(8, 8, 1, 3, 3, 128)
    design = Design(array_rows=32, array_columns=32)
    for network, positions, marks in (
        ([fives, threes], 25, (True, False)),
        ([threes, fives], 9, (True, False)),
        ([fives, threes, threes], 9, (False, True, True)),
        ([dense, dense, threes], 1, (True, True, False)),
        ([threes, thin, dense], 9, (True, False, False)),  # fewer rows than an array: conventional
    ):
        plan = floorplan(design, Network(network))
        assert plan.kernel_positions == positions
        assert plan.novel == marks
    plan = floorplan(design.replace(novel_mapping=False), Network([dense, threes]))
    assert (plan.kernel_positions, plan.novel) == (0, (False, False))


def test_idle_places_repeat_the_last_element():
    """Quirk Q7: an unduplicated conventional tile counts its last PE again for every idle place."""
    design = Design(novel_mapping=False, array_rows=16, array_columns=16)
    network = Network([Layer(1, 1, 72, 1, 1, 136)])
    plan = floorplan(design, network)
    full, partly = plan.layer_maps(0, network[0])
    assert (plan.tile_size, plan.pe_size, plan.pes_per_side) == (128, 64, 2)
    assert full.positions == (0, 1, 2, 3)
    assert [pe.columns for pe in partly.pes] == [range(128, 136)] * 2
    assert [pe.rows for pe in partly.pes] == [range(64), range(64, 72)]
    assert partly.positions == (0, 0, 1, 1)


@pytest.mark.parametrize("name", ["stop_subarray_too_large", "stop_subarray_too_large_conventional",
                                  "stop_subarray_too_large_single_layer"])  # fmt: skip
def test_a_network_that_does_not_fit_gets_a_sentence(name, tmp_path):
    """U8: the reference prints its message and crashes."""
    assert case(name).exit_status == 139
    with pytest.raises(NeurosimError) as caught:
        planned(name, tmp_path)
    sentence = str(caught.value)
    assert "is too large for this network" in sentence and "use array_rows of at most " in sentence
    # The remedy works.
    rows = int(sentence.split("use array_rows of at most ")[1].split(",")[0])
    recorded = case(name)
    design = Design.from_file(tmp_path / "params.csv").replace(
        array_rows=rows, array_columns=rows, synapse_bits=int(recorded.args[2])
    )
    assert floorplan(design, Network(recorded.rows)).total_tiles > 0
