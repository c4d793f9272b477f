"""Results go through pickle, and are short to look at."""

import copy
import math
import pickle

import pytest
from small import NETWORK, design, network, trace

from neurosim.design.design import Design
from neurosim.evaluation.flow import evaluate
from neurosim.report.plan import Plan, plan
from neurosim.report.report import Report
from neurosim.traces.network import Network

CHIPS = [{}, {"memory": "SRAM"}, {"pipeline": True}, {"memory": "hybrid-3t1c"}, {"model": "2.1"},
         {"resistance_on": 1e6, "resistance_off": 1e6, "correct": "all"}]


@pytest.mark.parametrize("options", CHIPS, ids=str)
@pytest.mark.filterwarnings("ignore::neurosim.errors.NeurosimWarning")
@pytest.mark.parametrize("again", [lambda made: pickle.loads(pickle.dumps(made)), copy.deepcopy, copy.copy])
def test_plans_and_reports_come_back(options, again):
    chosen = design(**options)
    for made in (plan(chosen, network()), evaluate(chosen, network(), trace(network(), chosen))):
        other = again(made)
        assert type(other) is type(made)
        assert other.to_json() == made.to_json() and other.to_reference_json() == made.to_reference_json()
        assert other.warnings == made.warnings and other.chip.area == made.chip.area
    assert other.to_text() == made.to_text()


def test_what_is_derived_comes_back_as_itself():
    class Own(Report):
        pass

    globals()["Own"] = Own
    Own.__qualname__ = "Own"
    made = evaluate(design(), network(), trace(network(), design()))
    own = Own(*(getattr(made, name) for name in ("design", "network", "floorplan", "chip", "layer_values",
                                                 "layer_complaints")))
    try:
        assert type(pickle.loads(pickle.dumps(own))) is Own
    finally:
        del globals()["Own"]


def test_a_pickle_is_small():
    """Circuits are planned again and not kept."""
    assert len(pickle.dumps(Plan.of(design(), network()))) < 2000


# -- what is seen in a session ------------------------------------------------------------------------------


def test_designs_show_what_makes_them():
    assert repr(Design()) == "Design()"
    made = Design(node=22, roadmap="HP", model="2.1", levels_ltp=60)
    assert repr(made) == "Design(model='2.1', node=22, roadmap='HP')"
    assert eval(repr(made)) == made == Design(**made.to_dict())
    assert repr(Design(**made.to_dict())) == repr(made)


def test_results_are_short():
    chosen = design(node=22)
    planned, made = plan(chosen, network()), evaluate(chosen, network(), trace(network(), chosen))
    about = f"RRAM 1T1R, 22 nm LSTP, 3 layers, {planned.floorplan.total_tiles} tiles"
    about += f", {planned.areas['total'] * 1e6:.4g} mm^2"
    assert repr(planned) == f"<Plan: {about}>"
    assert repr(made).startswith(f"<Report: {about}, ") and repr(made).endswith("J an epoch>")
    inference = chosen.replace(training=False)
    assert repr(evaluate(inference, network(), trace(network(), chosen))).endswith("J an image>")
    weights = sum(layer.weights for layer in network())
    assert repr(Network(NETWORK)) == f"<Network: 3 layers, {weights:,} weights>"
    assert repr(trace(network(), chosen)) == "<Trace: 3 layers, inputs of 8 bits>"
    assert all(len(repr(item)) < 200 for item in (planned, made, planned.chip, chosen))


def test_the_sum_of_nothing_is_no_number_of_its_own():
    """A report whose energies are no numbers can still be looked at."""
    made = evaluate(design(), network(), trace(network(), design()))
    made.totals["forward_energy"] = math.nan
    assert "nan J" in repr(made)
