"""Multilevel sense amplifier and its encoder against the recorded tables, and against a loop over all levels."""

import math

import numpy as np
import pytest
from golden import SAME_MATH, close, number, numbers, rows
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recorded_circuits import LATER, check, check_rows, outline, process, shape, warmth

from neurosim import technology
from neurosim.circuits._flash import MultilevelEncoder, MultilevelSenseAmp

FITTED_NODES = (130, 90, 65, 45, 32)


# Recorded tables


def recorded_sense_amp(row, falling=False, **options):
    return MultilevelSenseAmp(
        process(row, falling),
        int(row["init.numCol"]),
        int(row["init.levelOutput"]),
        on_resistance=float(row["param.resistanceOn"]),
        off_resistance=float(row["param.resistanceOff"]),
        rows=int(row["param.numRowSubArray"]) if row["init.parallel"] == "1" else 1,
        read_voltage=float(row["param.readVoltage"]),
        **outline(row, fit=False),
        **options,
    )


def recorded_sense_amps(folder):
    """(row, MultilevelSenseAmp) of a version's table; that of V2.1 has voltage sensing as well (`test_timed.py`)."""
    for row in rows("MultilevelSenseAmp", folder):
        if folder != LATER:
            yield row, recorded_sense_amp(row)
        elif row["init.currentMode"] == "1":
            yield row, recorded_sense_amp(row, falling=True, power_factor=warmth(row))


VERSIONS = pytest.mark.parametrize(("folder", "count"), [("circuits", 138), (LATER, 72)])


@VERSIONS
def test_multilevel_sense_amp(folder, count):
    def results(row, amp):
        columns = np.array(numbers(row["latency.columnResistance"]))
        return shape(amp) | {
            "readLatency": amp.latency(columns, number(row["latency.numColMuxed"]), number(row["latency.numRead"])),
            "readDynamicEnergy": amp.energy(columns, number(row["power.numRead"])),
        }

    check_rows(([(row, results(row, amp))] for row, amp in recorded_sense_amps(folder)), count)


@VERSIONS
@pytest.mark.parametrize(
    "column, quantity",
    [("GetColumnLatency", "column_latency"), ("GetColumnPower", "column_power"), ("Rref", "references")],
)
def test_multilevel_sense_amp_columns(column, quantity, folder, count):
    seen = 0
    for row, amp in recorded_sense_amps(folder):
        seen += 1
        if folder == LATER and quantity == "references":    # not recorded again
            continue
        want = numbers(row[f"out.{column}"])
        if quantity == "references":
            got = list(amp.references)
        else:
            got = [getattr(amp, quantity)(r) for r in numbers(row["latency.columnResistance"])]
        assert len(got) == len(want)
        assert all(map(close, got, want, [SAME_MATH] * len(want))), f"row {row['id']}: {got} is not {want}"
    assert seen == count


def test_the_reference_has_one_latency_of_a_column():
    """V2.1 computes it as for current sensing where it senses voltages, too, and does not use it there."""
    for row in rows("MultilevelSenseAmp", LATER):
        amp = recorded_sense_amp(row, falling=True)
        got = [amp.column_latency(r) for r in numbers(row["latency.columnResistance"])]
        want = numbers(row["out.GetColumnLatency"])
        assert all(map(close, got, want, [SAME_MATH] * len(want))), f"row {row['id']}: {got} is not {want}"


def test_multilevel_encoder():
    def results(row):
        encoder = MultilevelEncoder(
            process(row),
            int(row["init.numLevel"]),
            int(row["init.numEncoder"]),
            **outline(row),
        )
        ramp = float(row["latency.rampInput"])
        return encoder, {
            "readLatency": encoder.latency(ramp, number(row["latency.numRead"])),
            "readDynamicEnergy": encoder.energy(number(row["power.numRead"])),
            "rampOutput": encoder.ramp(ramp),
            "numInput": encoder.inputs,
            "numGate": encoder.gates,
            "capInvInput": encoder.inverter["input"],
            "capInvOutput": encoder.inverter["output"],
            "capNandInput": encoder.nand["input"],
            "capNandOutput": encoder.nand["output"],
            "capNandLgInput": encoder.wide_nand["input"],
            "capNandLgOutput": encoder.wide_nand["output"],
        }

    check("MultilevelSAEncoder", results, 131)


# The maximum over reference levels, as a loop that looks at all of them


def slow_column_latency(amp, table, scale_of_voltage, resistance):
    """One column against every reference but the first, without bounds or skipping."""
    resistance *= scale_of_voltage
    if resistance == 0 or math.isinf(resistance):
        return 0.0
    slowest = 0.0
    for reference in amp.references[1:].tolist():
        ratio = reference / resistance
        if ratio >= 20 or ratio <= 0.05:
            time = 1e-9
        elif resistance < 0 or math.isnan(resistance):
            time = math.nan
        else:
            scale = (table["latency_scale"][0] * math.log(resistance / 1000) + table["latency_scale"][1]) * 1e-9
            square = ratio * ratio
            if ratio <= 0.9:
                a, b, c, d = table["latency_below"]
                time = scale * (a * (square * ratio) + b * square + c * ratio + d)
            else:
                a, b, c, d, e = table["latency_above"]
                time = scale * (a * (square * square) + b * (square * ratio) + c * square + d * ratio + e)
        if slowest < time:
            slowest = time
    return slowest


def sense_amp(node=32, levels=32, on=1e5, off=1e6, rows=1, voltage=0.5, columns=1, roadmap="LSTP"):
    tech = technology.load(node, roadmap, 300)
    return MultilevelSenseAmp(
        tech, columns, levels, on_resistance=on, off_resistance=off, rows=rows, read_voltage=voltage, width=1e-5
    )


AMPS = st.fixed_dictionaries(
    {
        "node": st.sampled_from(FITTED_NODES),
        "levels": st.integers(1, 300) | st.just(4096),
        "on": st.floats(1e2, 1e7),
        "off": st.floats(1e2, 1e8),
        "rows": st.sampled_from([1, 64, 128, 1000]),
        "voltage": st.sampled_from([0.5, 0.2, 0.3, 1.0, 0.07]),
    }
)
# Where the references are, wherever they are; then anywhere
RELATIVE = st.floats(0.01, 1000)
ANYWHERE = st.floats(allow_nan=True, allow_infinity=True)
DEFAULT = {"node": 32, "levels": 32, "on": 1e5, "off": 1e6, "rows": 1, "voltage": 0.5}


@settings(max_examples=50, deadline=None)
@given(options=AMPS, relative=st.lists(RELATIVE, min_size=1, max_size=15), anywhere=st.lists(ANYWHERE, max_size=5))
@example(options=DEFAULT, relative=[1.0], anywhere=[0.0, -0.0, math.inf, -math.inf, math.nan, -5.0, 5e-324, 1e308])
@example(options=DEFAULT | {"levels": 2}, relative=[1.0], anywhere=[1e5, math.nan, -1.0])
@example(options=DEFAULT | {"levels": 3, "node": 130}, relative=[0.001, 0.01], anywhere=[837.0, 836.0])
def test_few_levels_decide_like_all_levels(options, relative, anywhere):
    """The largest of the few levels that are evaluated is the largest of all, to the last bit."""
    amp = sense_amp(**options)
    table = technology.adc()["LSTP"][str(options["node"])]
    voltage = 0.5 / options["voltage"]
    last = amp.references[-1] if options["levels"] > 1 else 1.0
    for resistance in [last / voltage * r for r in relative] + anywhere:
        want = slow_column_latency(amp, table, voltage, resistance)
        assert amp.column_latency(resistance) == want, resistance
        assert amp.column_bound(resistance) >= want, resistance


@pytest.mark.parametrize("node", FITTED_NODES)
@pytest.mark.parametrize("levels, on, off, rows", [(32, 1e5, 1e6, 128), (64, 5e3, 1e5, 64), (8, 24e4, 24e5, 1)])
def test_few_levels_decide_like_all_levels_densely(node, levels, on, off, rows):
    """The same over the whole range of a converter, with every column that hits a jump of the fit exactly."""
    amp = sense_amp(node=node, levels=levels, on=on, off=off, rows=rows)
    table = technology.adc()["LSTP"][str(node)]
    references = amp.references
    columns = np.geomspace(references[0] / 25, references[-1] * 25, 3000).tolist()
    for ratio in (0.05, 0.9, 20.0):
        hits = references / ratio
        columns += [*hits, *np.nextafter(hits, 0), *np.nextafter(hits, np.inf)]
    want = [slow_column_latency(amp, table, 1.0, r) for r in columns]
    assert [amp.column_latency(r) for r in columns] == want
    assert all(amp.column_bound(r) >= t for r, t in zip(columns, want, strict=True))


@settings(max_examples=50, deadline=None)
@given(options=AMPS, relative=st.lists(RELATIVE, max_size=40), anywhere=st.lists(ANYWHERE, max_size=3))
@example(options=DEFAULT, relative=[], anywhere=[])
@example(options=DEFAULT, relative=[], anywhere=[math.nan])
@example(options=DEFAULT | {"node": 130}, relative=[1.0, 0.05, 0.05, 1.0], anywhere=[math.nan, math.inf, 0.0])
def test_a_vector_waits_for_its_slowest_column(options, relative, anywhere):
    """Skipping columns by their bound never changes the common latency; energy = latency * sum of powers."""
    amp = sense_amp(**options)
    last = amp.references[-1] if options["levels"] > 1 else 1.0
    columns = np.array([last * r for r in relative] + anywhere)
    latencies = [amp.column_latency(r) for r in columns]
    slowest = min(max([1e-9, *latencies]), 10e-9) if columns.size else 0.0
    assert amp.latency(columns) == slowest
    assert amp.latency(columns, 8, 3) == slowest * 8 * 3
    powers = [amp.column_power(r) for r in columns]
    energy = sum(slowest * power for power in powers if power > 0)
    assert close(amp.energy(columns), energy, SAME_MATH)
    assert amp.energy(columns, 4) == amp.energy(columns) * 4


@settings(max_examples=50, deadline=None)
@given(options=AMPS, columns=st.lists(st.floats(1, 1e9), min_size=2, max_size=30), data=st.data())
def test_columns_have_no_order_and_split(options, columns, data):
    amp = sense_amp(**options)
    array = np.array(columns)
    shuffled = np.array(data.draw(st.permutations(columns)))
    assert amp.latency(shuffled) == amp.latency(array)
    assert close(amp.energy(shuffled), amp.energy(array), SAME_MATH)
    cut = data.draw(st.integers(1, len(columns) - 1))
    assert amp.latency(array) == max(amp.latency(array[:cut]), amp.latency(array[cut:]))


@settings(max_examples=50, deadline=None)
@given(
    resistance=st.floats(1e-3, 1e12) | st.floats(1e-290, 1e300),
    node=st.sampled_from((130, 90, 65, 45, 32, 22, 14, 10, 7)),
    roadmap=st.sampled_from(("HP", "LSTP")),
    levels=st.integers(1, 256),
)
def test_power_is_the_fit(resistance, node, roadmap, levels):
    amp = sense_amp(node=node, roadmap=roadmap, levels=levels)
    table = technology.adc()[roadmap][str(node)]
    column = table["power_column_multilevel"] * math.exp(table["power_exponent"] * math.log10(resistance))
    assert close(amp.column_power(resistance), table["power_reference"] * (levels - 1) * 1e-6 + column, SAME_MATH)


@pytest.mark.parametrize("node, roadmap", [(130, "HP"), (32, "HP"), (22, "LSTP"), (14, "LSTP"), (7, "LSTP")])
def test_new_nodes_and_hp_convert_in_one_nanosecond(node, roadmap):
    amp = sense_amp(node=node, roadmap=roadmap)
    assert [amp.column_latency(r) for r in (0, 1e3, 1e6, math.inf, math.nan)] == [0, 1e-9, 1e-9, 0, 1e-9]
    assert amp.latency(np.array([1e3, 1e6])) == 1e-9


def test_columns_that_are_not_read():
    """Quirk C19: a column without current costs 1 uW for the common latency; one that is no number costs nothing."""
    amp = sense_amp()
    assert amp.column_power(math.inf) == 1e-6
    assert amp.column_power(0) == 0
    assert amp.energy(np.array([math.nan, 0.0])) == 0
    assert close(amp.energy(np.array([math.inf, math.inf])), 2e-6 * 1e-9, SAME_MATH)


def test_the_first_reference_is_not_looked_at():
    """Quirk C18: with two levels no reference is left, and a conversion takes the least time."""
    amp = sense_amp(levels=2)
    assert len(amp.references) == 1
    assert amp.column_latency(amp.references[0]) == 0
    assert amp.latency(amp.references) == 1e-9


def test_unusable_sense_amps_are_refused():
    tech = technology.load(32, "LSTP", 300)
    good = {"on_resistance": 1e5, "off_resistance": 1e6, "read_voltage": 0.5, "width": 1e-5}
    for columns, levels, change, complaint in [
        (4, 0, {}, "at least 1 level"),
        (4, 8, {"rows": 0}, "at least 1 row"),
        (4, 8, {"on_resistance": 0.0}, "must be positive"),
        (4, 8, {"off_resistance": math.nan}, "must be positive"),
        (4, 8, {"width": 0.0}, "needs a height or a width"),
        (4, 8, {"read_voltage": 0.0}, "needs a positive read voltage"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            MultilevelSenseAmp(tech, columns, levels, **(good | change))
    with pytest.raises(ValueError, match="at least 1 level"):
        MultilevelEncoder(tech, 0, 4)


@settings(max_examples=30, deadline=None)
@given(levels=st.integers(2, 256), columns=st.integers(1, 300), width=st.floats(1e-7, 1e-3))
def test_area_is_linear_in_references_and_columns(levels, columns, width):
    tech = technology.load(32, "LSTP", 300)
    cell = {"on_resistance": 1e5, "off_resistance": 1e6, "read_voltage": 0.5}
    one = MultilevelSenseAmp(tech, 1, 2, width=width, **cell)
    wide = MultilevelSenseAmp(tech, columns, levels, width=width, **cell)
    tall = MultilevelSenseAmp(tech, columns, levels, height=width, **cell)
    assert close(wide.area, one.area * (levels - 1) * columns, SAME_MATH)
    assert close(wide.height * wide.width, wide.area, SAME_MATH)
    assert (tall.area, tall.height, tall.width) == (wide.area, wide.width, wide.height)


# Encoder


@settings(max_examples=30, deadline=None)
@given(levels=st.integers(4, 256), count=st.integers(1, 200), reads=st.integers(0, 10**6))
def test_encoders_scale_with_their_number(levels, count, reads):
    tech = technology.load(32, "LSTP", 300)
    one, many = MultilevelEncoder(tech, levels, 1), MultilevelEncoder(tech, levels, count)
    assert close(many.leakage, one.leakage * count, SAME_MATH)
    assert close(many.energy(reads), one.energy(reads) * count, SAME_MATH)
    assert many.latency(1e20, reads) == one.latency(1e20, reads)
    assert many.area == 0
    assert MultilevelEncoder(tech, levels + 2, 1).latency(1e20, 1) > one.latency(1e20, 1)


def test_the_encoder_counts_half_of_its_path():
    """Quirk C21: the large NAND and the output inverter shape the output slope, but take no time.

    Horowitz's output slope is 0.5 / delay of the last stage, so the whole path takes longer than what is counted
    by at least that.
    """
    tech = technology.load(32, "LSTP", 300)
    for levels in (8, 64):
        encoder = MultilevelEncoder(tech, levels, 1)
        inverter, nand, wide = encoder.inverter, encoder.nand, encoder.wide_nand
        delay, ramp, counted = 0.0, 1e20, []
        for resistance, load in [
            (inverter["pull_down"] * 2, inverter["output"] + nand["input"] * 2),
            (nand["pull_up"], nand["output"] + wide["input"] * encoder.inputs),
            (nand["pull_down"] * 2, wide["output"] + inverter["input"]),
            (inverter["pull_up"], inverter["output"]),
        ]:
            tau = resistance * load
            stage = tau * math.sqrt(math.log(0.5) ** 2 + 0.5 / (ramp * tau))
            ramp = 0.5 / stage
            delay += stage
            counted.append(delay)
        assert close(encoder.latency(1e20, 1), counted[1], SAME_MATH)
        assert close(encoder.ramp(1e20), ramp, SAME_MATH)
        assert counted[3] > 1.1 * counted[1]
