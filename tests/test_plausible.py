"""What is hardly meant is told, whatever was made of it; what is sound is not."""

import math

import pytest
from golden import FOLDERS, case, cases

from neurosim.circuits.hybrid import HybridCell
from neurosim.design.design import Design
from neurosim.design.models import MODELS
from neurosim.evaluation.flow import evaluate
from neurosim.plausible import CLOCK, PULSE, SHARE, Plausible, told, unsound
from neurosim.traces.examples import vgg8
from neurosim.wrappers.devices.crossbar import PRESETS, Crossbar
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.devices.readout import Readout, Retention
from neurosim.wrappers.wage.options import Options
from neurosim.wrappers.wage.settings import Settings


def test_limits_are_inclusive_and_nothing_is_said_inside():
    rule = Plausible("use less", low=1, high=2)
    assert rule.doubt("x", 1) == rule.doubt("x", 2) == ""
    assert rule.doubt("x", 2.5, "V") == "x = 2.5 V is above 2, which is hardly meant: use less"
    assert rule.doubt("x", 0.5) == "x = 0.5 is below 1, which is hardly meant: use less"
    assert CLOCK.doubt("f", 1e6) == PULSE.doubt("t", 1.0) == SHARE.doubt("s", 1.0) == SHARE.doubt("s", 0) == ""


@pytest.mark.parametrize("model", MODELS)
def test_defaults_are_plausible(model):
    for memory in ("SRAM", "RRAM", "FeFET", "hybrid-3t1c", "2t1fefet"):
        assert not Design(model=model, memory=memory).doubts
    assert not Settings(model=model).doubts
    for made in (Hybrid(), HybridCell(), Readout(), Retention(), *PRESETS.values()):
        assert not made.doubts


@pytest.mark.parametrize("model", MODELS)
def test_a_chip_of_defaults_is_not_warned_of(model):
    assert not evaluate(Design(model=model), *vgg8()).warnings


@pytest.mark.parametrize("parameters, names, words", [
    ({"resistance_on": 1e6, "resistance_off": 1e5}, ["resistance_on"], "not below resistance_off = 100000 ohm"),
    ({"resistance_on": 1e6, "resistance_off": 1e6}, ["resistance_on"], "resistance_on = 1e+06 ohm"),
    ({"min_conductance": 1.0}, ["max_conductance"], "max_conductance"),
    ({"max_conductance": 1e-7}, ["max_conductance"], "not above"),
    ({"min_sense_voltage": 7.2}, ["min_sense_voltage"], "supply voltage"),
    ({"clock_frequency": 200.0}, ["clock_frequency"], "200 Hz is below 1e+06"),
    ({"write_pulse": 50}, ["write_pulse"], "50 s is above 1"),
    ({"read_pulse": 10}, ["read_pulse"], "10 s is above 1"),
    ({"read_voltage": 500}, ["read_voltage"], "500mV"), ({"write_voltage": 4000}, ["write_voltage"], "above 50"),
    ({"max_conductance": 10.0}, ["max_conductance"], "10uS"),
    ({"charge_pulse": 2}, ["charge_pulse"], "above 1"),
    ({"polarization_pulse": 3}, ["polarization_pulse"], "above 1"),
    ({"adc_levels": 3}, ["adc_levels"], "32 for 5 bits"),
    ({"adc_levels_ag": 2, "adc_levels_wg": 1}, ["adc_levels_ag", "adc_levels_wg"], "levels and not bits"),
    ({"global_bus_delay_tolerance": 10}, ["global_bus_delay_tolerance"], "25%"),
    ({"capacitor_noise": 0.9}, ["capacitor_noise"], "fraction"),
])
def test_what_is_hardly_meant_of_a_chip(parameters, names, words):
    doubts = Design(**parameters).doubts
    assert list(doubts) == names
    assert words in doubts[names[0]] and all("\n" not in sentence for sentence in doubts.values())


def test_the_cells_of_sram_have_no_range_of_resistances():
    assert not Design(memory="SRAM", resistance_on=1e6, resistance_off=1e5, max_conductance=1e-9).doubts


@pytest.mark.parametrize("made, names", [
    (Options(cycle_variation=3.5), ["cycle_variation"]), (Readout(variation=10), ["variation"]),
    (Crossbar(variation=0.6), ["variation"]), (Retention(target=50), ["target"]),
    (Settings().replace(cycle_variation=5, variation=0.7), ["cycle_variation", "variation"]),
    (Settings(crossbar=Crossbar(variation=2)), ["variation"]),
    (Settings(hybrid=Hybrid.of(capacitor_noise=0.6)), ["capacitor_noise"]),
])
def test_what_is_hardly_meant_of_a_training(made, names):
    assert list(made.doubts) == names


def test_unsound_results_are_named():
    found = unsound({"a": 1.0, "b": math.nan, "c": -1.0, "d": math.inf, "e": -math.inf, "f": 0.0, "g": math.nan})
    assert found == {"nan": ["b", "g"], "infinite": ["d", "e"], "negative": ["c", "e"]}
    sentences = told(found)
    assert sentences["nan"].startswith("b, g: no number") and list(sentences) == ["nan", "infinite", "negative"]
    assert not unsound({"a": 0.0, "b": -0.0, "c": 1e300})


@pytest.mark.parametrize("model", FOLDERS)
def test_recorded_designs_are_plausible(model, tmp_path):
    """Those that the reference finished; its own parameters, limits and oddities are no reason for a warning."""
    path = tmp_path / "params.csv"
    for recorded in (case(name, model) for name in cases(model=model)):
        if recorded.exit_status == 0:
            path.write_text(recorded.params)
            assert not Design.from_file(path).doubts, recorded.name
