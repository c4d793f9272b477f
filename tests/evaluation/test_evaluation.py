"""What must hold for any design: the flow from design, network and trace to a report."""

import functools
import math

import numpy as np
import pytest
from golden import REORDERED, close
from hypothesis import given, settings
from hypothesis import strategies as st
from small import NETWORK, arrays, design, network, trace

from neurosim.circuits._columns import column_resistances, convert_columns, path_conductances, read_vectors
from neurosim.design.models import MODELS
from neurosim.design.parameters import ADC_SWITCHES
from neurosim.errors import NeurosimError
from neurosim.evaluation.flow import evaluate
from neurosim.evaluation.reading import Reading
from neurosim.report.plan import plan
from neurosim.report.quantities import QUANTITIES, STEPS
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace, encode

MODES = [
    {},
    {"read_mode": "sequential"},
    {"memory": "FeFET"},
    {"memory": "SRAM"},
    {"memory": "SRAM", "read_mode": "sequential"},
    {"novel_mapping": False, "array_rows": 16},
    {"training": False},
    {"pipeline": True},
    {"parallel_backward": False, "node": 22},
]


def _same(left, right, tolerance=REORDERED):
    wrong = {name: (left[name], right[name]) for name in left if not close(left[name], right[name], tolerance)}
    assert not wrong, wrong


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_the_order_of_input_vectors_changes_nothing(mode):
    chosen, layers = design(**mode), arrays(network())
    random = np.random.default_rng(1)
    shuffled = []
    for weight, old, inputs in layers:
        planes = inputs.reshape(len(inputs), -1, chosen.input_bits)
        order = random.permutation(planes.shape[1])
        shuffled.append((weight, old, planes[:, order].reshape(len(inputs), -1)))
    reports = [evaluate(chosen, network(), Trace.from_arrays(data, network(), 8)) for data in (layers, shuffled)]
    _same(reports[0].totals, reports[1].totals)


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_area_is_positive_and_does_not_depend_on_the_trace(mode):
    chosen = design(**mode)
    planned = plan(chosen, NETWORK)
    report = evaluate(chosen, network(), trace(network(), chosen, seed=5, ones=0.9))
    assert report.areas == planned.areas
    assert all(area > 0 for name, area in planned.areas.items() if name != "weight_gradient" or chosen.training)
    assert report.to_reference()["area"] == planned.to_reference()["area"]


@settings(max_examples=12, deadline=None)
@given(st.integers(17, 400), st.integers(1, 300))
def test_batches_and_iterations_scale_reads_exactly(batch, iterations):
    first = evaluate(design(batch_size=200), network(), trace(network(), design()))
    chosen = design(batch_size=batch, iterations=iterations, buffer_overhead=1.0)
    other = evaluate(chosen, network(), trace(network(), chosen))
    factor = batch * iterations / (200 * 250)
    for name in ("forward_energy", "activation_gradient_energy", "peak_forward_latency", "adc_latency", "adc_energy"):
        assert close(other.totals[name], first.totals[name] * factor, REORDERED), name


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000), st.sampled_from(MODES[:5]))
def test_reads_add_up_over_split_traces(cut, seed, mode):
    chosen = design(**mode)
    planned = plan(chosen, NETWORK)
    chip, reading = planned.chip, Reading.of(planned)
    random = np.random.default_rng(seed)
    inputs = (random.random((32, 64)) < 0.4).astype(np.uint8)
    cells = random.uniform(chosen.conductance_min, chosen.conductance_max, (32, 32))
    resistance, activity = np.empty((64, 32)), np.empty(64)
    path = path_conductances(cells, **reading.wiring)
    column_resistances(encode(inputs), path, resistance, activity, average=reading.average)
    conversions = []
    for adc in chip.array.converters:
        pair = np.empty(64), np.empty(64)
        if adc is not None:
            convert_columns(adc, resistance, *pair)
        conversions.append(pair if adc is not None else None)
    whole = read_vectors(chip.array, activity, *conversions)
    parts = []
    for some in (slice(cut), slice(cut, None)):
        pairs = [pair and tuple(values[some] for values in pair) for pair in conversions]
        parts.append(read_vectors(chip.array, activity[some], *pairs))
    _same(whole, {name: parts[0][name] + parts[1][name] for name in whole})


def test_more_input_vectors_never_take_less_to_read():
    # A weight update may: the buffer of a wider feature map holds the gradients of more subarrays.
    chosen = design()
    larger = Network([[8, 8, *NETWORK[0][2:]], [6, 6, *NETWORK[1][2:]], NETWORK[2]])
    before = evaluate(chosen, network(), trace(network(), chosen)).totals
    after = evaluate(chosen, larger, trace(larger, chosen)).totals
    for step in STEPS[:3]:
        assert after[f"{step}_latency"] >= before[f"{step}_latency"], step


def test_totals_are_sums_over_layers():
    chosen = design()
    report = evaluate(chosen, network(), trace(network(), chosen))
    for quantity in QUANTITIES:
        values = [layer[quantity.name] for layer in report.layer_values]
        assert close(report.totals[quantity.name], math.fsum(values), REORDERED), quantity.name


def test_inference_has_no_training_costs():
    chosen = design(training=False)
    totals = evaluate(chosen, network(), trace(network(), chosen)).totals
    for step in ("activation_gradient", "weight_gradient", "weight_update"):
        assert totals[f"{step}_latency"] == totals[f"{step}_energy"] == 0


def test_tables_have_a_row_a_layer_and_units_in_their_columns():
    chosen = design()
    report = evaluate(chosen, network(), trace(network(), chosen))
    assert list(report.layers.index) == [1, 2, 3]
    assert "forward_latency [s]" in report.layers.columns
    assert report.layers["forward_energy [J]"].sum() == pytest.approx(report.totals["forward_energy"], rel=REORDERED)
    assert report.chip_table.loc["throughput", "unit"] == "TOPS"
    assert report.area_table["area [m^2]"].sum() == pytest.approx(2 * report.areas["total"], rel=REORDERED)
    assert list(report.floorplan_table["mapping"]) == ["novel", "novel", "conventional"]


# -- the kind of ADC is a choice of a design, in any version -------------------------------------------


@functools.cache
def totals_of(adc, **mode):
    chosen = design(adc=adc, **mode)
    report = evaluate(chosen, network(), trace(network(), chosen))
    return {**report.totals, **{f"{name}_area": area for name, area in report.areas.items()}}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("adc", ADC_SWITCHES)
@pytest.mark.parametrize("mode", [*MODES, {"adc_levels": 50, "adc_levels_ag": 5, "adc_levels_wg": 3}], ids=str)
def test_every_kind_of_adc_gives_finite_results(mode, adc, model):
    """Differences V5 and V6 are no rules of a version: V2.0 has these converters as well."""
    memory = {"memory": "RRAM"} | mode
    totals = totals_of(adc, model=model, **memory)
    assert all(math.isfinite(value) and value >= 0 for value in totals.values())
    assert totals["adc_area"] > 0 and totals["adc_energy"] > 0


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode.get("memory") != "SRAM"], ids=str)
def test_the_kind_of_adc_shows_in_the_results(mode):
    """64 levels: a nanosecond for a flash ADC with voltage sensing, seven for a SAR ADC, whatever is converted."""
    current, voltage, sar = (totals_of(adc, **mode) for adc in ADC_SWITCHES)
    assert len({totals["adc_area"] for totals in (current, voltage, sar)}) == 3
    assert len({totals["adc_energy"] for totals in (current, voltage, sar)}) == 3
    assert voltage["adc_latency"] <= current["adc_latency"] < sar["adc_latency"]


@pytest.mark.parametrize("model", MODELS)
def test_sram_that_is_read_line_by_line_has_no_adc(model):
    """Difference V6: with parallel_backward = false not even the weight-gradient unit; else that alone."""
    mode = {"memory": "SRAM", "read_mode": "sequential", "model": model}
    alike = [totals_of(adc, parallel_backward=False, **mode) for adc in ADC_SWITCHES]
    assert alike[0] == alike[1] == alike[2]
    unlike = [totals_of(adc, **mode) for adc in ADC_SWITCHES]
    changed = {name for name in unlike[0] if len({totals[name] for totals in unlike}) > 1}
    assert {"weight_gradient_area", "weight_gradient_energy", "weight_gradient_latency"} <= changed
    assert not {name for name in changed if name.startswith(("forward", "activation_gradient", "adc_", "array"))}


def test_a_batch_of_one_is_refused_where_the_reference_hangs():
    with pytest.raises(NeurosimError, match="batch_size = 1 .* at least 32, or buffer_overhead = 0 and correct = U5"):
        plan(design(batch_size=1), NETWORK)
    assert plan(design(batch_size=1, buffer_overhead=0), NETWORK).areas["total"] != 0


def test_a_subarray_too_large_for_the_hierarchy_is_refused():
    with pytest.raises(NeurosimError, match="array_rows = 128 is too large .* at most 32"):
        plan(design(array_rows=128, array_columns=128), NETWORK)


def test_a_trace_with_another_number_of_layers_is_refused():
    with pytest.raises(NeurosimError, match="traces for 2 layers but the network has 3"):
        Trace.from_arrays(arrays(network())[:2], network(), 8)


def test_progress_is_told_layer_by_layer():
    seen = []
    chosen = design()
    evaluate(chosen, network(), trace(network(), chosen), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
