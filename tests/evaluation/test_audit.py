"""What every difference and every defect is worth."""

import json
import math

import pytest
from golden import REORDERED, SAME_MATH, case, close
from recorded_runs import inputs, undone, value_at
from small import design, network, trace

import neurosim
from neurosim.design.design import Design
from neurosim.design.models import CHIP_DIFFERENCES, MODELS, effects
from neurosim.errors import NeurosimError
from neurosim.evaluation.audit import MEASURES, Audit, changes_of
from neurosim.evaluation.flow import evaluate

UNDONE = undone()


@pytest.mark.parametrize("name", UNDONE)
def test_a_run_with_one_difference_undone_is_reproduced(name, tmp_path):
    """Each rule alone: a recorded run of V2.1 that behaves as V2.0 in one of its differences."""
    recorded = case(name, "2.1")
    audit = Audit.of(*inputs(recorded, recorded.write(tmp_path)), against="2.0")
    rules = json.loads(audit.to_json())["rules"]
    assert [*CHIP_DIFFERENCES, "all"] == [rule for rule in rules if rule != "defaults"]
    for difference, changed in UNDONE[name].items():
        assert rules[difference]["then"] == "undone"
        got, wrong = rules[difference]["results"], {}
        for path, (before, undone_) in changed.items():
            assert close(value_at(recorded.full, path), before, SAME_MATH), path
            if not close(value_at(got, path), undone_, REORDERED):
                wrong[path] = value_at(got, path), undone_
        # Nothing else changes; but rates and peak efficiencies, which follow from the rest, were not recorded again.
        for path in [f"{section}.{key}" for section in ("area", "chip") for key in recorded.full[section]]:
            derived = any(word in path for word in ("FPS", "TOPS"))
            pair = value_at(got, path), value_at(recorded.full, path)
            if path not in changed and not derived and not close(*pair, REORDERED):
                wrong[path] = pair
        assert not wrong, (difference, wrong)


def test_every_difference_has_a_run_without_it():
    assert {difference for changes in UNDONE.values() for difference in changes} == set(CHIP_DIFFERENCES)


@pytest.mark.parametrize("options", [{}, {"model": "2.1", "memory": "SRAM"}, {"model": "corrected"}], ids=str)
def test_each_row_is_the_design_with_one_thing_otherwise(options):
    chosen = design(**options)
    table = neurosim.audit(chosen, network(), trace(network(), chosen))
    assert set(table.index) == set(effects())
    here = evaluate(chosen, network(), trace(network(), chosen))
    for name in ("V12", "V13", "V7", "Q46", "U5"):
        row, there = table.loc[name], evaluate(chosen.toggled(name), network(), trace(network(), chosen))
        assert row["in_effect"] == (name in chosen.in_effect) != (name in chosen.toggled(name).in_effect)
        reports = (there, here) if row["in_effect"] else (here, there)
        for measure, (unit, read) in MEASURES.items():
            without, with_ = (read(report) for report in reports)
            assert (row[f"{measure}_without [{unit}]"], row[f"{measure}_with [{unit}]"]) == (without, with_)
            assert row[f"{measure}_change"] == (with_ / without - 1 if with_ != without else 0)
    sizes = table[[f"{measure}_change" for measure in MEASURES]].abs().max(axis=1)
    assert list(sizes) == sorted(sizes, reverse=True) and sizes.iloc[0] > 0


def test_latency_and_energy_are_those_of_the_efficiency():
    """TOPS/W and TOPS are operations over the energy and the time that an audit shows."""
    chosen = design()
    report = evaluate(chosen, network(), trace(network(), chosen))
    (_, latency), (_, energy) = MEASURES["latency"], MEASURES["energy"]
    ratio = report.totals["throughput"] / report.totals["energy_efficiency"]
    assert close(ratio, energy(report) / latency(report), REORDERED)


def test_a_model_against_another_shows_what_differs_its_defaults_and_all_of_it():
    chosen = design(node=22)
    audit = Audit.of(chosen, network(), trace(network(), chosen), against="2.1")
    table = audit.table
    assert set(table.index) == {*CHIP_DIFFERENCES, "defaults", "all"}
    assert not table["in_effect"].any()
    assert "memory = FeFET" in table.loc["defaults", "about"] and "node" not in table.loc["defaults", "about"]
    other = evaluate(Design(**{**chosen.given, "model": "2.1"}), network(), trace(network(), chosen))
    assert table.loc["all", "area_with [m^2]"] == other.areas["total"]
    assert table.loc["all", "energy_efficiency_with [TOPS/W]"] == other.totals["energy_efficiency"]
    # Given values are kept: then there are no defaults to change.
    given = {name: getattr(Design(model="2.1"), name) for name in MODELS["2.1"].defaults}
    assert "defaults" not in [change.name for change in changes_of(chosen.replace(**given), "2.1")]


def test_what_a_design_does_without_is_no_difference():
    names = [change.name for change in changes_of(design(model="2.1", without="V3 V12"), "2.0")]
    assert "V3" not in names and "V12" not in names and "V2" in names


def test_a_change_that_cannot_be_evaluated_says_why():
    chosen = design(columns_per_adc=64, correct="U17")
    report = evaluate(design(columns_per_adc=32), network(), trace(network(), chosen))
    problem = NeurosimError("no such chip")
    change = changes_of(chosen)[0]
    audit = Audit(report, None, [change], [problem])
    row = audit.table.loc[change.name]
    assert row["problem"] == "no such chip" and math.isnan(row["area_with [m^2]"])
    assert json.loads(audit.to_json())["rules"][change.name]["problem"] == "no such chip"


@pytest.mark.parametrize("name", ["2.0", "7.7", ""])
def test_an_impossible_comparison_gets_a_sentence(name):
    with pytest.raises(NeurosimError, match="audit it against|is unknown"):
        changes_of(design(), name)


# -- toggling a design -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", effects())
def test_a_thing_toggled_twice_is_as_before(model, name):
    before = Design(model=model)
    once = before.toggled(name)
    assert set(once.in_effect) ^ set(before.in_effect) == {name}
    hidden = (model, name) == ("corrected", "V8")     # its rule is Q46's, which wins
    assert (once.rules == before.rules) == hidden
    assert once.toggled(name).rules == before.rules
    assert once.toggled(name).in_effect == before.in_effect


def test_a_version_that_adopts_all_differences_has_the_rules_of_the_other():
    assert Design(adopt=" ".join(CHIP_DIFFERENCES)).rules == MODELS["2.1"].rules
    assert Design(model="2.1", without=" ".join(CHIP_DIFFERENCES)).rules == MODELS["2.0"].rules
    assert Design(adopt="v3, v12").adopt == "V3 V12"
    for word in ("U5", "V1", "X"):
        with pytest.raises(NeurosimError, match=f"adopt = '{word}': there is no '{word}'.*; it takes ids"):
            Design(adopt=word)
