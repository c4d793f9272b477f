"""docs/what-a-number-contains.md: every result stands there, and what is said of it is so."""

import re

import pytest
from golden import REORDERED, ROOT, close
from small import arrays, design, network, trace

from neurosim.evaluation.flow import evaluate
from neurosim.report.quantities import AREAS, CHIP_QUANTITIES, QUANTITIES, STEPS
from neurosim.report.text import number, summary_text
from neurosim.traces.traces import Trace

TEXT = (ROOT / "docs" / "what-a-number-contains.md").read_text()
FIDELITY = (ROOT / "docs" / "fidelity.md").read_text()


def report(**options):
    chosen = design(**options)
    return evaluate(chosen, network(), trace(network(), chosen))


@pytest.fixture(scope="module")
def whole():
    return report()


def total(made, kind, peak=""):
    return sum(made.totals[f"{peak}{step}_{kind}"] for step in STEPS)


@pytest.mark.parametrize("quantity", [*QUANTITIES, *CHIP_QUANTITIES, *AREAS], ids=lambda quantity: quantity.name)
def test_every_result_stands_there_with_the_references_name(quantity):
    both = re.sub(r"_(latency|energy)$", "_*", quantity.name)
    assert f"`{quantity.name}`" in TEXT or f"`{both}`" in TEXT
    assert f"`{quantity.chip}`" in TEXT


def test_lines_of_fidelity_that_it_names_exist():
    for name in set(re.findall(r"\b([A-Z]\d+)\b", TEXT)) - {"V2"}:
        assert f"| {name} |" in FIDELITY, name


def test_an_epoch_is_images_and_updates(whole):
    """Reads count an image each, updates a batch each."""
    twice = report(iterations=500)
    for name in [q.name for q in QUANTITIES]:
        assert close(twice.totals[name], 2 * whole.totals[name], REORDERED), name
    # Arrays written together and the adder over the batch grow with the batch; what reads does not.
    larger = report(batch_size=400, buffer_overhead=0)
    small = report(batch_size=200, buffer_overhead=0)
    for step in ("forward", "activation_gradient"):
        assert close(larger.totals[f"{step}_energy"], 2 * small.totals[f"{step}_energy"], REORDERED)
    assert close(larger.totals["weight_update_energy"], small.totals["weight_update_energy"], REORDERED)


def test_inference_is_of_one_image_and_writes_nothing():
    made, more = report(training=False), report(training=False, batch_size=10, iterations=3)
    assert made.totals == more.totals
    for step in STEPS[1:]:
        assert made.totals[f"{step}_latency"] == made.totals[f"{step}_energy"] == 0
    assert close(made.totals["epoch_rate"], 1 / made.totals["forward_latency"], REORDERED)


def test_leakage_is_in_the_efficiency_alone(whole):
    totals = whole.totals
    printed = summary_text(whole)
    assert f"Chip total Energy (per epoch) is: {number(total(whole, 'energy') * 1e12)}pJ" in printed
    assert totals["leakage_energy"] > 0
    operations = totals["throughput"] * 1e12 * total(whole, "latency")
    assert close(totals["energy_efficiency"] * 1e12 * (total(whole, "energy") + totals["leakage_energy"]), operations,
                 REORDERED)
    assert close(totals["peak_energy_efficiency"] * 1e12 * total(whole, "energy", "peak_"), operations, REORDERED)
    assert close(totals["epoch_rate"] * total(whole, "latency"), 1.0, REORDERED)


def test_an_update_takes_its_pulses_and_more(whole):
    """Longer pulses lengthen the update and nothing else; copies and moves are not in its peak."""
    longer = report(write_pulse=1e-6)
    changed = {name for name, value in whole.totals.items() if value != longer.totals[name]}
    assert {"weight_update_latency", "weight_update_energy"} <= changed
    assert not any(name.startswith(("forward", "activation", "weight_gradient", "buffer", "dram")) for name in changed)
    assert whole.totals["peak_weight_update_latency"] < whole.totals["weight_update_latency"]


def test_an_update_of_nothing_takes_next_to_none():
    """It still moves the changes over buffers and H-trees."""
    layers = [(weight, weight, inputs) for weight, _, inputs in arrays(network())]
    made = evaluate(design(), network(), Trace.from_arrays(layers, network(), 8))
    assert made.totals["peak_weight_update_energy"] < 0.05 * report().totals["peak_weight_update_energy"]
    assert made.totals["weight_update_latency"] > 0


def test_arrays_are_written_together_as_the_buffer_holds(whole):
    """Twice as many at a time halve the latency of an update, whose energy stays."""
    larger = report(buffer_overhead=3.0)
    ratio = larger.chip.arrays_written_together / whole.chip.arrays_written_together
    assert ratio > 1
    assert close(whole.totals["weight_update_latency"] / larger.totals["weight_update_latency"], ratio, REORDERED)
    assert close(whole.totals["peak_weight_update_energy"], larger.totals["peak_weight_update_energy"], REORDERED)


def test_the_dram_is_in_the_steps_but_not_in_the_peaks(whole):
    other = report(dram="GDDR5")
    changed = {name for name, value in whole.totals.items() if value != other.totals[name]}
    assert {"forward_energy", "activation_gradient_energy", "weight_gradient_energy", "dram_energy"} <= changed
    assert not any(name.startswith(("peak_forward", "peak_activation", "peak_weight_update", "weight_update"))
                   for name in changed)
    assert whole.areas == other.areas


def test_leakage_is_of_tiles(whole):
    chip, plan = whole.chip, whole.floorplan
    powers = [values["leakage_power"] for values in whole.layer_values]
    assert close(whole.totals["leakage_power"], sum(n * p for n, p in zip(plan.layer_tiles, powers, strict=True)),
                 REORDERED)
    waiting = [(plan.total_tiles - tiles) * values["leakage_power"]
               * (values["forward_latency"] + values["activation_gradient_latency"])
               for tiles, values in zip(plan.layer_tiles, whole.layer_values, strict=True)]
    assert close(whole.totals["leakage_energy"], sum(waiting), REORDERED)
    assert chip.gradient_unit.leakage > 0       # there, but in no power


def test_the_update_counts_in_the_split_as_if_for_every_image(whole):
    """The H-trees of tiles carry the changes once a batch; the parts count them for every image."""
    more = report(batch_size=100, iterations=500)       # updates of as many images
    assert close(more.totals["weight_update_energy"], 2 * whole.totals["weight_update_energy"], REORDERED)
    for kind in ("latency", "energy"):
        assert close(more.totals[f"interconnect_{kind}"], whole.totals[f"interconnect_{kind}"], REORDERED)


def test_a_pipeline_takes_as_long_as_its_slowest_layer():
    made = report(pipeline=True)
    for name in ("forward_latency", "activation_gradient_latency", "buffer_latency", "peak_forward_latency"):
        assert made.totals[name] == max(values[name] for values in made.layer_values)
    for name in ("weight_gradient_latency", "weight_update_latency", "dram_latency", "forward_energy"):
        assert close(made.totals[name], sum(values[name] for values in made.layer_values), REORDERED)


def test_areas_add_up(whole):
    areas = whole.areas
    parts = sum(areas[name] for name in ("array", "interconnect", "adc", "accumulation", "other", "weight_gradient"))
    assert close(parts, areas["total"], REORDERED)
    assert whole.chip.tile.pe.areas.interconnect == 0
