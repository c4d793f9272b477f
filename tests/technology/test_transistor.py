"""Transistor and gate equations against the recorded tables, and what must hold for any width."""

import math
import pickle

import golden
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim import technology
from neurosim.errors import NeurosimError
from neurosim.technology import _transistor

TRANSISTORS = {"conventional": "conventional", "FET_2D": "2d", "TFET": "tfet"}
PLANAR = (130, 90, 65, 45, 32, 22)
FIN = (14, 10, 7)

some = settings(max_examples=50, deadline=None)
planar = st.builds(technology.load, st.sampled_from(PLANAR), st.sampled_from(("HP", "LSTP")))
any_node = st.builds(technology.load, st.sampled_from(PLANAR + FIN), st.sampled_from(("HP", "LSTP")))
sizes = st.floats(0.5, 500.0)
gates = st.sampled_from(("inv", "nor", "nand"))
channels = st.sampled_from(("n", "p"))


def tech_of(row):
    temperature = float(row.get("env.temperature") or row.get("arg.temperature") or 300)
    transistor = TRANSISTORS[row["env.transistorType"]]
    return technology.load(int(row["env.node"]), row["env.roadmap"], temperature, transistor)


def channel_of(row):
    return row["arg.type"][0].lower()


def arguments(row, *names):
    return [golden.number(row[f"arg.{name}"]) for name in names]


def check(table, results):
    """Every row of a table, flagged ones too: they are where the reference's odd sizes come from."""
    wrong = []
    count = 0
    for row in golden.rows(table):
        if row.get("arg.gateType") == "OTHER":  # costs nothing in the reference, is refused here
            continue
        count += 1
        try:
            golden.compare(row, results(row))
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, f"{len(wrong)} of {count} rows differ:\n" + "\n".join(wrong[:5])
    assert count


# ---- Recorded tables


def test_gate_capacitance_table():
    check("formula_gate_cap", lambda row: {"cap": tech_of(row).gate_capacitance(*arguments(row, "width"))})


def test_gate_size_table():
    def results(row):
        inputs, *size = arguments(row, "numInput", "widthNMOS", "widthPMOS", "heightTransistorRegion")
        gate = row["arg.gateType"].lower()
        height, width = tech_of(row).gate_size(gate, inputs, *size)
        return {"height": height, "width": width, "area": width * height}

    check("formula_gate_area", results)


def test_gate_caps_table():
    def results(row):
        inputs, *size = arguments(row, "numInput", "widthNMOS", "widthPMOS", "heightTransistorRegion")
        gate = row["arg.gateType"].lower()
        cap_input, cap_output = tech_of(row).gate_caps(gate, inputs, *size)
        return {"capInput": cap_input, "capOutput": cap_output}

    check("formula_gate_capacitance", results)


def test_drain_capacitance_table():
    def results(row):
        width, height = arguments(row, "width", "heightTransistorRegion")
        return {"cap": tech_of(row).drain_capacitance(width, channel_of(row), height)}

    check("formula_drain_cap", results)


def test_gate_leakage_table():
    def results(row):
        inputs, *size = arguments(row, "numInput", "widthNMOS", "widthPMOS")
        return {"leakage": tech_of(row).gate_leakage(row["arg.gateType"].lower(), inputs, *size)}

    check("formula_gate_leakage", results)


def test_on_resistance_table():
    check(
        "formula_on_resistance",
        lambda row: {"resistance": tech_of(row).on_resistance(*arguments(row, "width"), channel_of(row))},
    )


def test_transconductance_table():
    check(
        "formula_transconductance",
        lambda row: {"gm": tech_of(row).transconductance(*arguments(row, "width"), channel_of(row))},
    )


def test_horowitz_table():
    def results(row):
        delay, ramp = _transistor.stage_delay(*arguments(row, "tr", "rampInput"))
        return {"delay": delay, "rampOutput": ramp}

    check("formula_horowitz", results)


def test_pass_gate_table():
    def results(row):
        height, width = tech_of(row).pass_gate_size(*arguments(row, "widthNMOS", "widthPMOS", "numFold"))
        return {"height": height, "width": width, "area": width * height}

    check("formula_pass_gate_area", results)


def test_nonlinear_resistance_table():
    check(
        "formula_nonlinear_resistance",
        lambda row: {"R": _transistor.cell_resistance(*arguments(row, "R", "NL", "Vw", "Vr", "V"))},
    )


# ---- Properties


@some
@given(planar, sizes, sizes)
def test_gate_capacitance_is_linear_on_planar_nodes(tech, a, b):
    a, b = a * tech.feature_size, b * tech.feature_size
    together = tech.gate_capacitance(a + b)
    assert math.isclose(together, tech.gate_capacitance(a) + tech.gate_capacitance(b), rel_tol=golden.REORDERED)


@some
@given(st.builds(technology.load, st.sampled_from(FIN)), st.integers(1, 200), st.floats(0.01, 0.99))
def test_a_fin_counts_whole(tech, fins, part):
    fin = 2 * tech.feature_size
    assert tech.gate_capacitance((fins - part) * fin) == tech.gate_capacitance((fins - 0.5) * fin)
    assert tech.gate_capacitance((fins + 0.5) * fin) > tech.gate_capacitance((fins - 0.5) * fin)


@some
@given(any_node, channels, sizes, st.floats(1.001, 100))
def test_on_resistance_falls_with_width(tech, channel, size, factor):
    narrow = tech.on_resistance(size * tech.feature_size, channel)
    wide = tech.on_resistance(size * factor * tech.feature_size, channel)
    assert wide <= narrow
    if not tech.fin_pitch:
        assert math.isclose(wide * factor, narrow, rel_tol=golden.REORDERED)


def test_no_width_resists_infinitely():
    for node in technology.nodes():
        assert technology.load(node).on_resistance(0, "n") == math.inf


@some
@given(any_node, st.integers(2, 4), sizes, sizes, sizes)
def test_leakage_of_stacks(tech, inputs, n, p, other):
    """Quirk T11: a NOR leaks through its NMOS transistors only and a NAND through its PMOS transistors only."""
    n, p, other = (x * tech.feature_size for x in (n, p, other))
    assert tech.gate_leakage("nor", inputs, n, p) == tech.gate_leakage("nor", inputs, n, other)
    assert tech.gate_leakage("nand", inputs, n, p) == tech.gate_leakage("nand", inputs, other, p)
    assert tech.gate_leakage("inv", 1, n, p) > 0


def test_any_gate_without_two_inputs_leaks_like_three():
    tech = technology.load(32)
    for gate in ("nor", "nand"):
        three = tech.gate_leakage(gate, 3, 1e-7, 1e-7)
        assert math.isclose(tech.gate_leakage(gate, 6, 1e-7, 1e-7), 2 * three, rel_tol=golden.SAME_MATH)
        assert math.isclose(tech.gate_leakage(gate, 1, 1e-7, 1e-7), three / 3, rel_tol=golden.SAME_MATH)


@some
@given(any_node, gates, st.integers(2, 6), sizes, sizes, st.floats(8, 60))
def test_a_gate_fills_its_cell_and_widens_with_inputs(tech, gate, inputs, n, p, cell):
    n, p, cell = (x * tech.feature_size for x in (n, p, cell))
    height, width = tech.gate_size(gate, inputs, n, p, cell)
    assert height == cell
    assert width > 0
    assert tech.gate_size(gate, inputs + 1, n, p, cell)[1] >= width


@some
@given(planar, sizes, st.floats(1, 50), st.floats(8, 60))
def test_folding_keeps_the_channel(tech, size, factor, cell):
    """A planar inverter gets wider, never higher, and its input sees the drawn widths whatever the folds."""
    n, cell = size * tech.feature_size, cell * tech.feature_size
    narrow, wide = tech.gate_size("inv", 1, n, n, cell)[1], tech.gate_size("inv", 1, n * factor, n, cell)[1]
    assert wide >= narrow
    assert tech.gate_caps("inv", 1, n, n, cell)[0] == 2 * tech.gate_capacitance(n)


@some
@given(planar, channels, st.floats(0.5, 10), st.floats(1.01, 10), st.floats(0, 1))
def test_drain_capacitance_grows_until_the_transistor_is_folded(tech, channel, size, factor, slack):
    width, wide = size * tech.feature_size, size * factor * tech.feature_size
    cell = wide + (3.7 + slack) * tech.feature_size
    assert tech.drain_capacitance(wide, channel, cell) > tech.drain_capacitance(width, channel, cell)


@pytest.mark.parametrize("node", FIN)
def test_widths_of_fin_gates_are_scaled_twice(node):
    """Quirk T8: the input capacitance of a gate is not that of its transistors."""
    tech = technology.load(node)
    width = 40 * tech.feature_size
    scaled = width * (tech.fin_pitch / (2 * tech.feature_size))
    assert tech.gate_caps("inv", 1, width, 0, tech.cell_height)[0] == tech.gate_capacitance(scaled)
    assert tech.gate_capacitance(scaled) != tech.gate_capacitance(width)


@pytest.mark.parametrize("node", FIN)
def test_a_cell_too_low_for_a_fin_is_infinitely_wide(node):
    """The reference divides by zero there and dies."""
    tech = technology.load(node)
    low = 3 * tech.feature_size
    assert tech.gate_size("inv", 1, tech.min_nmos, 0, low) == (low, math.inf)
    assert tech.drain_capacitance(tech.min_nmos, "n", low) == math.inf
    assert math.isfinite(tech.drain_capacitance(tech.min_nmos, "n", 4 * tech.feature_size))


def test_fin_folds_are_cut_off():
    """Quirk T7: a FinFET one fin wider than its row is as wide as one that fits; a planar transistor is folded."""
    for node, regions in ((14, 2), (22, 3)):
        tech = technology.load(node)
        cell, size = 10 * tech.feature_size, 7 * tech.feature_size
        fits, too_wide = (tech.gate_size("inv", 1, width, 0, cell)[1] for width in (2 * tech.feature_size, size))
        assert math.isclose(too_wide / fits, regions / 2, rel_tol=golden.REORDERED)


@some
@given(st.floats(1e-15, 1e-6), st.floats(1e6, 1e20), st.floats(1.01, 100))
def test_delay_grows_with_the_time_constant_and_with_a_slow_input(tau, ramp, factor):
    delay, slope = _transistor.stage_delay(tau, ramp)
    slow_stage, gentle_slope = _transistor.stage_delay(tau * factor, ramp)
    slow_input, _ = _transistor.stage_delay(tau, ramp / factor)
    assert slow_stage > delay
    assert gentle_slope < slope
    assert slow_input >= delay
    assert delay >= tau * math.log(2) * (1 - golden.SAME_MATH)


@some
@given(st.floats(1e3, 1e7), st.floats(1, 100), st.floats(0.5, 5), st.floats(0.1, 1))
def test_a_cell_shows_its_resistance_at_its_read_voltage(resistance, nonlinearity, write, read):
    shown = _transistor.cell_resistance(resistance, nonlinearity, write, read, read)
    assert math.isclose(shown, resistance, rel_tol=golden.SAME_MATH)


@some
@given(any_node, st.floats(1, 100), st.integers(1, 20))
def test_more_folds_make_a_pass_gate_wider_and_no_higher(tech, size, folds):
    width = size * tech.feature_size
    high, narrow = tech.pass_gate_size(width, width, folds)
    low, wide = tech.pass_gate_size(width, width, folds + 1)
    assert wide > narrow
    assert low <= high


@given(st.floats(-2147483648.99, 2147483647.99))
def test_truncation(x):
    assert _transistor.truncate(x) == int(x)


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, 2147483648.0, -2147483649.0, 1e300])
def test_truncation_out_of_range(x):
    assert _transistor.truncate(x) == -2147483648


# ---- Interface


def test_an_unknown_gate_or_channel_is_refused():
    tech = technology.load(32)
    with pytest.raises(NeurosimError, match="gate 'xor' is unknown: use 'inv', 'nor' or 'nand'"):
        tech.gate_size("xor", 2, 1e-7, 1e-7, 1e-6)
    with pytest.raises(NeurosimError, match="channel 'x' is unknown: use 'n' or 'p'"):
        tech.on_resistance(1e-7, "x")


def test_a_technology_is_immutable():
    tech = technology.load(32)
    with pytest.raises(AttributeError):
        tech.vdd = 1.0
    tech.__init__(22)
    assert tech.node == 32


def test_a_technology_survives_pickling():
    tech = technology.load(14, "HP", 320)
    assert pickle.loads(pickle.dumps(tech)) is tech
    assert eval(repr(tech), {"Technology": technology.load}) is tech
