"""A plan: floorplan and area in our names and in the reference's."""

import json

import pytest
from golden import EXACT, REORDERED, close
from small import design, network

import neurosim
from neurosim.report.plan import json_text, operations, plan
from neurosim.report.quantities import AREAS

PLAN = plan(design(), network())


def test_a_plan_takes_rows_of_numbers():
    assert plan(design(training=False), [[5, 5, 32, 3, 3, 64, 1, 1]]).network[0].outputs == 64


def test_areas_have_the_names_that_are_documented():
    assert list(PLAN.areas) == [quantity.name for quantity in AREAS]
    table = PLAN.area_table
    assert list(table.index) == list(PLAN.areas)
    assert close(table["share"]["total"], 1.0, EXACT)
    assert close(table["share"].drop("total").sum(), 1.0, REORDERED)


def test_the_table_of_the_floorplan():
    table = PLAN.floorplan_table
    assert list(table["matrix rows"]) == [16 * 9, 32 * 9, 64]
    assert list(table["matrix columns"]) == [32, 64, 10]
    assert list(table["mapping"]) == ["novel", "novel", "conventional"]
    assert list(table["tiles"]) == list(PLAN.floorplan.layer_tiles)


def test_json_has_everything_and_reads_back(tmp_path):
    text = PLAN.to_json(tmp_path / "plan.json")
    values = json.loads(text)
    assert (tmp_path / "plan.json").read_text() == text
    assert values["neurosim"] == neurosim.__version__
    assert neurosim.Design(**values["design"]) == PLAN.design
    assert [tuple(row) for row in values["network"]] == [tuple(map(int, row)) for row in
                                                         ([8, 8, 16, 3, 3, 32, 0, 1], [5, 5, 32, 3, 3, 64, 1, 1],
                                                          [1, 1, 64, 1, 1, 10, 0, 1])]  # fmt: skip
    assert values["area"]["total"] == PLAN.areas["total"]


def test_the_references_names():
    reference = PLAN.to_reference()
    assert reference["area"]["chipArea"] == PLAN.areas["total"]
    assert reference["floorplan"]["totalNumTile"] == PLAN.floorplan.total_tiles
    assert reference["floorplan"]["numComputation"] == operations(PLAN.design, PLAN.network)


def test_operations_are_counted_over_whole_maps_three_times_in_training():
    maps = 2 * (64 * 16 * 9 * 32 + 25 * 32 * 9 * 64 + 64 * 10)
    assert operations(design(training=False), network()) == maps
    assert operations(design(batch_size=10, iterations=7), network()) == 3 * maps * 70


def test_columns_that_are_shared_more_often_than_there_are_stay_as_they_were_given():
    """The correction acts where columns are counted; the design in the results is the one that was asked for."""
    corrected = plan(design(array_columns=16, columns_per_adc=20, correct="all"), network())
    assert corrected.design.columns_per_adc == 20
    assert corrected.areas == plan(design(array_columns=16, columns_per_adc=16, correct="all"), network()).areas


def test_notices_and_warnings():
    assert PLAN.notices == [] and PLAN.warnings == {}
    wide = plan(design(cell_bits=8), network())
    assert wide.notices[0].startswith("ERROR!: Memory precision is even higher than synapse precision")
    assert plan(design(cell_bits=8, memory="SRAM"), network()).notices == []
    assert "U17" in plan(design(array_columns=16, columns_per_adc=20), network()).warnings


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(neurosim.NeurosimError, match="of type object cannot be written"):
        json_text({"x": object()})
