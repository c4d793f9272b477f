"""Every configuration: what the reference cannot do is meant, corrected or refused, never silent."""

import math
import warnings

import pytest
from random_designs import accepted, refused
from small import NETWORK, design, network, trace

from neurosim.chip.outline import divided, square
from neurosim.design.corrections import CORRECTIONS, parse_ids
from neurosim.design.design import Design
from neurosim.errors import NeurosimError, NeurosimWarning
from neurosim.evaluation.flow import evaluate
from neurosim.evaluation.reading import ArrayReader, Reading
from neurosim.report.plan import plan
from neurosim.report.text import number
from neurosim.traces.network import Network

# What brings out each defect that neurosim reproduces and can correct.
DEFECTS = {
    "U5": {"batch_size": 2},
    "U6": {"wg_array_columns": 256},
    "U16": {"input_bits": 1},
    "U17": {"columns_per_adc": 64},
    "U18": {"global_buffer_rows": 1024, "global_buffer_columns": 1024, "training": False},
    "U19": {"memory": "SRAM", "relu": False},
    "U20": {"read_mode": "sequential", "access": "none", "node": 22},
    "U22": {"array_rows": 16, "array_columns": 16},
}


def _unsound(report):
    """Names of results that are negative or no finite number."""
    values = [*report.areas.items(), *report.totals.items()]
    values += [item for layer in report.layer_values for item in layer.items()]
    return [name for name, value in values if not math.isfinite(value) or value < 0]


def _run(parameters, rows=NETWORK, **options):
    chosen, layers = Design(**parameters, **options), Network(rows)
    return evaluate(chosen, layers, trace(layers, chosen))


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_defect_is_reproduced_with_a_warning_and_corrected_on_demand(name):
    parameters = design(**DEFECTS[name]).to_dict()
    del parameters["correct"]
    report = _run(parameters)
    assert _unsound(report)
    assert name in report.warnings
    sentence = report.warnings[name]
    assert sentence.startswith(name) and "Remedy:" in sentence and "\n" not in sentence
    corrected = _run(parameters, correct="all")
    assert not _unsound(corrected)
    assert not corrected.warnings
    assert name not in _run(parameters, correct=name).warnings


def test_every_defect_has_a_design_that_shows_it():
    assert list(DEFECTS) == list(CORRECTIONS)


def test_a_sound_design_is_not_warned_of_and_not_changed_by_corrections():
    plain = evaluate(design(), network(), trace(network(), design()))
    corrected = evaluate(design(correct="all"), network(), trace(network(), design()))
    assert not plain.warnings
    assert plain.to_reference() == corrected.to_reference()


@pytest.mark.parametrize(("text", "ids"), [("all", " ".join(CORRECTIONS)), ("u18, U5", "U5 U18"), ("", "")])
def test_ids_of_corrections(text, ids):
    assert parse_ids(text) == ids
    assert Design(correct=text).correct == ids


def test_a_correction_that_is_none_is_refused():
    with pytest.raises(NeurosimError, match=r"'U7' has no correction \(did you mean 'U17'\?\); it takes all, .* U5"):
        Design(correct="U7")


REFUSED = {
    "U4": ({"batch_size": 1}, "batch_size = 1 leaves no .* at least 32, or buffer_overhead = 0 and correct = U5"),
    "U6": ({"wg_array_rows": 64}, "36 output positions, fewer than the 64 rows .* wg_array_rows of at most 36"),
    "U8": ({"array_rows": 64}, "array_rows = 64 is too large .* at most 32"),
    "U17": ({"rows_per_adc_ag": 64}, "rows_per_adc_ag = 64 exceeds array_rows = 32 .* at most 32"),
    "fins": ({"node": 14, "width_1t1r": 3.0}, "3 F wide is too narrow for the fins .* at 14 nm; .* at least 4 F"),
    "cells": ({"memory": "SRAM", "synapse_bits": 30, "array_columns": 16}, "takes 30 cells, more than the 16 .*; use "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_where_the_reference_hangs_or_crashes_one_sentence_says_what_helps(name):
    parameters, sentence = REFUSED[name]
    with pytest.raises(NeurosimError, match=sentence):
        plan(design(**parameters), NETWORK)


def test_a_tile_without_an_outline_leaves_no_side_for_the_global_buffer():
    """U16: a novel tile that has none goes on without numbers; a conventional one stops the reference, too."""
    chosen = {"input_bits": 1, "columns_per_adc": 1, "array_rows": 16, "array_columns": 16}
    conventional = design(**chosen, novel_mapping=False)
    with pytest.raises(NeurosimError, match="area of a tile is negative .*stops here too.* --correct all"):
        plan(conventional, NETWORK)
    assert plan(conventional.replace(correct="all"), NETWORK).chip.area > 0
    assert math.isnan(plan(design(**chosen), NETWORK).chip.area)


def test_numbers_that_are_none_have_the_sign_that_an_x86_processor_gives_them():
    for height, width in (square(-1.0), square(-0.5)):
        assert math.isnan(height) and math.isnan(width)
        assert number(height) == number(width) == "-nan"
    assert square(4.0) == (2.0, 2.0)
    assert number(divided(0.0, 0.0)) == "-nan" and number(divided(math.nan, 0.0)) == "nan"
    assert divided(3.0, 0.0) == math.inf and divided(-3.0, 0.0) == -math.inf and divided(3.0, 2.0) == 1.5


def test_the_binary_modes_are_refused_by_name(tmp_path):
    file = tmp_path / "params.csv"
    file.write_text("name,value\noperationmode,3\n")
    sentence = r"params.csv:2: operationmode = 3 is not supported; it takes 1 \(sequential\)"
    with pytest.raises(NeurosimError, match=sentence):
        Design.from_file(file)


def test_channels_that_do_not_divide_into_tiles_are_all_used():
    """U7: the reference reads beyond its arrays; here every weight lies in exactly one subarray."""
    rows = [[8, 8, 40, 3, 3, 48, 0, 1], [6, 6, 48, 3, 3, 40, 0, 1]]
    chosen, layers = design(), Network(rows)
    planned = plan(chosen, layers)
    assert planned.floorplan.tile_rows == (1, 1) or max(planned.floorplan.tile_rows) > 1
    for index, layer in enumerate(layers):
        held = [
            (row, column)
            for share in planned.floorplan.layer_maps(index, layer)
            for pe in share.pes
            for part in pe.arrays
            for row in part.rows
            for column in part.columns
        ]
        assert len(held) == len(set(held)) == layer.weights
    assert not _unsound(evaluate(chosen, layers, trace(layers, chosen)))


def test_several_novel_tiles_share_a_layer():
    """U7 with more than one tile in both directions."""
    rows = [[8, 8, 24, 3, 3, 32, 0, 1], [6, 6, 80, 3, 3, 40, 0, 1], [1, 1, 40, 1, 1, 10, 0, 1]]
    chosen, layers = design(array_rows=16, array_columns=32), Network(rows)
    planned = plan(chosen, layers)
    assert planned.floorplan.tile_rows[1] > 1
    held = sum(
        len(part.rows) * len(part.columns)
        for share in planned.floorplan.layer_maps(1, layers[1])
        for pe in share.pes
        for part in pe.arrays
    )
    assert held == layers[1].weights


def test_cells_of_one_weight_may_lie_in_two_subarrays():
    chosen = design(synapse_bits=8, cell_bits=3, array_columns=32)
    layers = network()
    reader = ArrayReader(Reading.of(plan(chosen, layers)), {})
    data = reader.layer(trace(layers, chosen).layer(0))
    whole = reader.reading.conductances(data.weight)
    for share in plan(chosen, layers).floorplan.layer_maps(0, layers[0]):
        for pe in share.pes:
            for part in pe.arrays:
                cells = data.cells(data.weight, part)
                rows, columns = slice(part.rows.start, part.rows.stop), slice(part.columns.start, part.columns.stop)
                assert (cells == whole[rows, columns]).all()


@pytest.mark.parametrize(("count", "seed"), [(40, 7), pytest.param(1000, 11, marks=pytest.mark.slow)])
def test_random_designs_are_sound_or_warned_of_and_always_correctable(count, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", NeurosimWarning)
        for number, (parameters, rows) in enumerate(accepted(count, seed)):
            report = _run(parameters, rows)
            assert not _unsound(report) or report.warnings, (number, parameters, rows, _unsound(report))
            wrong = _unsound(_run(parameters, rows, correct="all"))
            assert not wrong, (number, parameters, rows, wrong)


@pytest.mark.parametrize(("count", "seed"), [(80, 3), pytest.param(1000, 5, marks=pytest.mark.slow)])
def test_random_mistakes_get_one_sentence(count, seed):
    for what, make in refused(count, seed):
        with pytest.raises(NeurosimError) as error:
            make()
        sentence = str(error.value)
        assert "\n" not in sentence and len(sentence.split()) >= 4, (what, sentence)
