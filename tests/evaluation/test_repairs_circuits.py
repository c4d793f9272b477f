"""Repairs of circuits and transistors in whole chips: each by its id, alone, and together in the corrected model."""

import functools

import pytest
from golden import REORDERED, close
from small import design, network, trace

from neurosim.design.corrections import REPAIRS
from neurosim.design.design import Design
from neurosim.design.rules import Rules
from neurosim.evaluation.flow import evaluate
from neurosim.report.plan import plan
from neurosim.technology import CircuitRules
from neurosim.traces.examples import example

SMALLER, LARGER = -1, 1
# id: (memory, what it moves, which way; where that depends on the chip, only that it does)
MOVED = {
    "T12": ("FeFET", "weight_update_energy", LARGER),
    "C2": ("RRAM", "area", LARGER),
    "C3": ("RRAM", "leakage_power", LARGER),
    "C8": ("RRAM", "forward_latency", None),
    "C11": ("SRAM", "forward_energy", None),
    "C12": ("SRAM", "weight_update_latency", LARGER),
    "C21": ("RRAM", "forward_latency", LARGER),
    "C22": ("SRAM", "forward_energy", SMALLER),
    "C26": ("RRAM", "interconnect_latency", SMALLER),
    "C28": ("RRAM", "interconnect_latency", SMALLER),
    "C31": ("SRAM", "leakage_power", LARGER),
    "C32": ("SRAM", "leakage_power", LARGER),
    "C38": ("RRAM", "forward_latency", SMALLER),
    "C44": ("SRAM", "forward_energy", None),
    "C45": ("RRAM", "weight_gradient_latency", LARGER),
    "C47": ("RRAM", "weight_gradient_energy", SMALLER),
    "C49": ("SRAM", "forward_latency", LARGER),
}


@functools.cache
def results(memory, correct="", model="2.0", without=""):
    chosen = design(memory=memory, correct=correct, model=model, without=without)
    report = evaluate(chosen, network(), trace(network(), chosen))
    return {**report.totals, "area": report.areas["total"]}


def test_every_repair_of_a_circuit_is_tried():
    circuits = set(vars(CircuitRules()))
    assert set(MOVED) | {"C42"} == {name for name, repair in REPAIRS.items() if circuits & set(repair.rules)}


@pytest.mark.parametrize("name", MOVED)
def test_a_repair_reaches_the_results(name):
    memory, result, way = MOVED[name]
    before, after = results(memory)[result], results(memory, name)[result]
    assert not close(after, before, REORDERED)
    assert way is None or (after - before) * way > 0


@pytest.mark.parametrize("name", MOVED)
def test_the_corrected_model_may_do_without_a_repair(name):
    memory, _, _ = MOVED[name]
    assert results(memory, model="corrected") != results(memory, model="corrected", without=name)


def test_even_bundles_take_less_area_in_a_tree_of_several_levels():
    vgg8 = example("vgg8")[0]
    areas = {}
    kinds = ("2.0", {}), ("2.0", {"correct": "C42"}), ("corrected", {"without": "C42"}), ("corrected", {})
    for model, rules in kinds:
        planned = plan(Design(memory="SRAM", model=model, **rules), vgg8)
        assert planned.chip.htree.levels > 2
        areas[model, *rules] = planned.areas["interconnect"]
    assert areas["2.0", "correct"] < areas["2.0",]
    assert areas["corrected",] < areas["corrected", "without"]


def test_memories_without_the_circuit_are_not_changed():
    """What is repaired in SRAM arrays leaves RRAM as it is."""
    for name in ("C22", "C31", "C32", "C44", "C49"):
        assert results("RRAM", name) == results("RRAM"), name


def test_a_process_has_the_rules_of_its_design():
    chosen = design(correct="C2 C3", model="2.1")
    assert chosen.technology.rules == CircuitRules(falling_currents=True, odd_operands=True, idle_stages_leak=True)
    assert design().technology.rules == CircuitRules() == CircuitRules.of(Rules())
    assert design().technology is design(memory="SRAM", correct="Q46").technology      # rules of circuits only


@pytest.mark.parametrize("memory", ["RRAM", "FeFET", "SRAM"])
@pytest.mark.parametrize("options", [
    {}, {"read_mode": "sequential"}, {"parallel_backward": False, "columns_per_adc": 2}, {"node": 7},
    {"columns_per_adc": 1, "rows_per_adc_ag": 1, "rows_per_adc_wg": 1}, {"training": False, "adc": "sar"},
    {"pe_buffer_sram": True, "global_buffer_sram": True, "relu": False, "global_bus_delay_tolerance": 3.0},
], ids=str)  # fmt: skip
def test_corrected_chips_are_sound(memory, options):
    """Results of chips of all kinds are finite, and none is negative."""
    chosen = design(memory=memory, model="corrected", **options)
    report = evaluate(chosen, network(), trace(network(), chosen))
    for name, value in {**report.totals, **report.areas}.items():
        assert 0 <= value < float("inf"), name
