"""Oddities of the whole chip that docs/fidelity.md lists and no other test shows by itself."""

import math

import pytest
from golden import EXACT, REORDERED, close
from small import NETWORK, design, network, trace

from neurosim.evaluation.flow import evaluate
from neurosim.report import text
from neurosim.report.plan import plan
from neurosim.report.quantities import STEPS
from neurosim.traces.network import Network


def report_of(rows=NETWORK, **options):
    chosen, layers = design(**options), Network(rows)
    return evaluate(chosen, layers, trace(layers, chosen))


def test_operations_are_counted_over_whole_feature_maps():
    """Q28: 2 H W C k k N a layer though there are fewer output positions; threefold in training."""
    once = sum(2 * h * w * c * kh * kw * n for h, w, c, kh, kw, n, *_ in NETWORK)
    counted = plan(design(training=False), NETWORK).to_reference()["floorplan"]["numComputation"]
    assert counted == once
    counted = plan(design(batch_size=64, iterations=10), NETWORK).to_reference()["floorplan"]["numComputation"]
    assert counted == once * 3 * 64 * 10


def test_operations_of_errors_of_the_image_are_left_out():
    """Difference V9: two thirds of the first layer's operations; nothing without training."""
    counts = [2 * h * w * c * kh * kw * n for h, w, c, kh, kw, n, *_ in NETWORK]
    options = {"batch_size": 64, "iterations": 10}
    counted = plan(design(model="2.1", **options), NETWORK).to_reference()["floorplan"]["numComputation"]
    assert counted == (3 * sum(counts) - counts[0]) * 64 * 10
    counted = plan(design(model="2.1", training=False), NETWORK).to_reference()["floorplan"]["numComputation"]
    assert counted == sum(counts)


def test_the_split_of_the_dram_counts_six_times_six_moves():
    """Difference V8: 36 moves of the features of an image, 24 in the first layer, where V2.0 counts six."""
    old, new = (report_of(model=model, memory="RRAM") for model in ("2.0", "2.1"))
    dram = old.chip.dram
    for index, (before, after) in enumerate(zip(old.layer_values, new.layer_values, strict=True)):
        # Weight gradients travel as before. Quirk Q25: one channel's worth of features, of all images of an epoch.
        rows, columns = NETWORK[index][:2]
        features = rows * columns * 8 * 200 * 250
        more = (24 if index == 0 else 36) - 6
        assert close(after["dram_latency"] - before["dram_latency"], more * dram.latency(features), REORDERED)
        assert close(after["dram_energy"] - before["dram_energy"], more * dram.energy(features), REORDERED)


def test_idle_tiles_leak_at_the_rate_of_the_working_layer():
    """Q26: while a layer works, all other tiles leak as if they were its own."""
    report = report_of()
    tiles = report.floorplan.layer_tiles
    for own, values in zip(tiles, report.layer_values, strict=True):
        time = values["forward_latency"] + values["activation_gradient_latency"]
        assert values["leakage_energy"] == (sum(tiles) - own) * values["leakage_power"] * time > 0
    power = sum(own * values["leakage_power"] for own, values in zip(tiles, report.layer_values, strict=True))
    assert close(report.totals["leakage_power"], power, REORDERED)


def test_a_pipeline_forgets_the_peaks_of_gradients_and_updates():
    """Q27: two of the peak latencies are never summed, and the peak throughput is too high by them."""
    report = report_of(pipeline=True)
    for name in ("peak_weight_gradient_latency", "peak_weight_update_latency"):
        assert report.totals[name] == 0
        assert all(values[name] > 0 for values in report.layer_values)
    assert text.output_line(report).split(",")[10:12] == ["0", "0"]
    for name in ("forward_latency", "activation_gradient_latency", "buffer_latency", "adc_latency"):
        assert report.totals[name] == max(values[name] for values in report.layer_values)
    for name in ("weight_gradient_latency", "weight_update_latency", "dram_latency", "forward_energy"):
        assert close(report.totals[name], sum(values[name] for values in report.layer_values), REORDERED)


def test_the_printed_leakage_of_a_pipeline_leaves_the_backward_pass_out():
    """Q27: a layer's value waits for the forward pass only, the chip's sum for both."""
    report = report_of(pipeline=True)
    slowest = max(values["forward_latency"] for values in report.layer_values)
    for tiles, values in zip(report.floorplan.layer_tiles, report.layer_values, strict=True):
        assert values["leakage_energy"] == tiles * values["leakage_power"] * (slowest - values["forward_latency"])
    assert report.totals["leakage_energy"] > sum(values["leakage_energy"] for values in report.layer_values)


@pytest.mark.parametrize("dram", ["HBM2", "GDDR5"])
def test_every_layer_of_an_inference_loads_one_channel_of_the_image(dram):
    """Q25: the image of the first layer, without its channels, once for each layer."""
    report = report_of(training=False, dram=dram)
    rows, columns = NETWORK[0][:2]
    bandwidth, energy = {"HBM2": (15.2e12, 3.9e-12), "GDDR5": (4.288e12, 14e-12)}[dram]
    for values in report.layer_values:
        assert close(values["dram_latency"], rows * columns * 8 / bandwidth, REORDERED)
        assert close(values["dram_energy"], rows * columns * 8 * energy, REORDERED)


def test_the_type_of_tile_buffers_is_that_of_pe_buffers():
    """Q30: tileBufferType is never read."""
    plain = report_of()
    assert report_of(tile_buffer_sram=True).to_reference() == plain.to_reference()
    assert report_of(pe_buffer_sram=True).to_reference()["area"] != plain.to_reference()["area"]


def test_peaks_leave_out_buffers_and_interconnect():
    """Q29: a slower buffer or wire changes no peak; activation and accumulation count."""
    plain, other = report_of(), report_of(global_buffer_sram=True, max_global_bus_width=16.0, tree_folding=2.0)
    for step in STEPS[:2]:
        assert other.totals[f"{step}_latency"] != plain.totals[f"{step}_latency"]
        assert other.totals[f"peak_{step}_latency"] == plain.totals[f"peak_{step}_latency"]
        assert other.totals[f"peak_{step}_energy"] == plain.totals[f"peak_{step}_energy"]


def test_the_global_bus_is_halved_until_it_fits():
    """Q24: to a width that may be no whole number."""
    width = plan(design(max_global_bus_width=1e9), NETWORK).chip.bus_width
    for most in (1000.0, 100.0, 3.0):
        narrow = plan(design(max_global_bus_width=most), NETWORK).chip.bus_width
        halvings = math.ceil(math.log2(width / most))
        assert close(narrow, width / 2**halvings, EXACT)
        assert most / 2 < narrow <= most


def test_both_kinds_of_tiles_have_the_buffer_cores_of_a_conventional_one():
    """Q8: the conventional numbers overwrite the novel ones."""
    chip = plan(design(tile_buffer_rows=16, tile_buffer_columns=16), NETWORK).chip
    assert chip.novel_tile.cores == chip.tile.cores
    assert chip.novel_tile.input_cores != chip.tile.input_cores


def test_the_limits_of_the_algorithm_matter_with_several_cells_only():
    """Q1: one cell takes -1 ... 1 whatever the algorithm's range."""
    plain = report_of().totals
    assert report_of(weight_max=2.0, weight_min=-2.0).totals == plain
    options = {"synapse_bits": 4, "cell_bits": 2}
    assert report_of(**options, weight_max=2.0, weight_min=-2.0).totals != report_of(**options).totals


def test_products_beyond_an_int_do_not_overflow():
    """U24: the reference counts bits in a C int; here 2^32 bits of a feature map are 2^32 bits."""
    rows = [[1024, 1024, 512, 3, 3, 64, 0, 1]]
    chip = plan(design(training=False), rows).chip
    assert chip.buffer_cores == 1024 * 1024 * 512 * 8 // (32 * 32)
    assert 0 < chip.area < math.inf


def test_numbers_are_printed_as_a_stream_prints_them():
    """S1, S2: six significant digits, no padding; the sign of a nan is visible and means nothing."""
    for value, printed in (
        (0.0, "0"),
        (-0.0, "-0"),
        (1e5, "100000"),
        (1e6, "1e+06"),
        (123456.5, "123456"),  # halves to even, as the exact binary value says
        (1234567.0, "1.23457e+06"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (-math.nan, "-nan"),
    ):
        assert text.number(value) == printed


def test_the_hierarchy_needs_only_one_layer_of_each_kind():
    """A network without conventional layers still gets a tile size, and no tile of it."""
    placed = plan(design(), [NETWORK[0], NETWORK[1]]).floorplan
    assert placed.tiles == 0 and placed.tile_size == 4 * design().array_rows
    assert network()[0].kernel_size == placed.kernel_positions
