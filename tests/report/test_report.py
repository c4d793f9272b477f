"""A report: totals, leakage and rates from the values of its layers."""

import math

import pytest
from golden import REORDERED, close
from small import design, network, trace

from neurosim.evaluation.flow import evaluate
from neurosim.report.plan import operations
from neurosim.report.quantities import CHIP_QUANTITIES, QUANTITIES, STEPS
from neurosim.report.report import finish_layers


def report_of(**options):
    chosen = design(**options)
    return evaluate(chosen, network(), trace(network(), chosen))


REPORT, PIPELINE, INFERENCE = report_of(), report_of(pipeline=True), report_of(training=False)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.name)
def test_totals_of_layers_one_after_the_other(quantity):
    values = [layer[quantity.name] for layer in REPORT.layer_values]
    assert close(REPORT.totals[quantity.name], math.fsum(values), REORDERED)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.name)
def test_totals_of_a_pipeline(quantity):
    """Energies, gradients, updates and DRAM add up; else the slowest layer counts; peaks of gradients do not."""
    values = [layer[quantity.name] for layer in PIPELINE.layer_values]
    step = quantity.name.rpartition("_")[0]
    want = max(values)
    if quantity.unit == "J" or step in ("weight_gradient", "weight_update", "dram"):
        want = math.fsum(values)
    elif step in ("peak_weight_gradient", "peak_weight_update"):
        want = 0.0
    assert close(PIPELINE.totals[quantity.name], want, REORDERED)


def test_layers_leak_while_others_work():
    """Quirk Q26: at the leakage of the layer that works."""
    plan = REPORT.floorplan
    for tiles, values in zip(plan.layer_tiles, REPORT.layer_values, strict=True):
        working = values["forward_latency"] + values["activation_gradient_latency"]
        idle = plan.total_tiles - tiles
        assert close(values["leakage_energy"], idle * values["leakage_power"] * working, REORDERED)
    power = math.fsum(n * v["leakage_power"] for n, v in zip(plan.layer_tiles, REPORT.layer_values, strict=True))
    assert close(REPORT.totals["leakage_power"], power, REORDERED)


def test_a_pipeline_leaks_while_it_waits_for_the_slowest():
    """The chip counts both passes, the layer only the forward one (quirk Q27)."""
    tiles, layers, totals = PIPELINE.floorplan.layer_tiles, PIPELINE.layer_values, PIPELINE.totals
    slowest = max(values["forward_latency"] for values in layers)
    for count, values in zip(tiles, layers, strict=True):
        waiting = slowest - values["forward_latency"]
        assert close(values["leakage_energy"], count * values["leakage_power"] * waiting, REORDERED)
    waits = [
        count * values["leakage_power"] * sum(totals[f"{step}_latency"] - values[f"{step}_latency"]
                                              for step in ("forward", "activation_gradient"))
        for count, values in zip(tiles, layers, strict=True)
    ]  # fmt: skip
    assert close(totals["leakage_energy"], math.fsum(waits), REORDERED)


def test_the_largest_latency_is_a_running_maximum_that_a_nan_interrupts():
    """What is no number replaces what came before it, and is replaced by what comes after (quirk S6)."""
    layers = [{"forward_latency": value, "leakage_power": 1.0} for value in (9.0, math.nan, 2.0)]
    finish_layers(type("Plan", (), {"layer_tiles": (1, 1, 1), "total_tiles": 3}), layers, True)
    assert layers[0]["leakage_energy"] == 2.0 - 9.0


@pytest.mark.parametrize("report", [REPORT, INFERENCE], ids=["training", "inference"])
def test_rates(report):
    totals, count = report.totals, operations(report.design, report.network)
    for peak in ("", "peak_"):
        time = math.fsum(totals[f"{peak}{step}_latency"] for step in STEPS)
        energy = math.fsum(totals[f"{peak}{step}_energy"] for step in STEPS)
        energy += totals["leakage_energy"] if not peak else 0.0
        assert close(totals[f"{peak}energy_efficiency"], count / energy / 1e12, REORDERED)
        assert close(totals[f"{peak}throughput"], count / time / 1e12, REORDERED)
        assert close(totals[f"{peak}epoch_rate"], 1 / time, REORDERED)


def test_tables_name_every_quantity_with_its_unit():
    table = REPORT.chip_table
    assert set(table.index) == {q.name for q in (*QUANTITIES, *CHIP_QUANTITIES)}
    assert all(f"{q.name} [{q.unit}]" in REPORT.layers for q in QUANTITIES)


def test_files_grow_and_are_named_by_the_epoch(tmp_path):
    for _ in range(2):
        output, breakdown = REPORT.to_csv(tmp_path, "7")
    assert len(output.read_text().splitlines()) == 2
    assert breakdown.name == "NeuroSim_Breakdown_Epock_7.csv"


def test_the_dictionary_holds_what_the_tables_hold():
    values = REPORT.to_dict()
    assert values["chip"] == REPORT.totals
    assert len(values["layers"]) == len(network()) and "hybrid" not in values
