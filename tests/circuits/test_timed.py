"""Converters of a fixed time, voltage-sensing flash and SAR: recorded tables, a slow loop, and their own terms."""

import math

import numpy as np
import pytest
from golden import SAME_MATH, close, number, numbers, rows
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recorded_circuits import LATER, check_rows, outline, process, shape, value, values, warmth

from neurosim import technology
from neurosim.circuits._flash import MultilevelEncoder
from neurosim.circuits._timed import SARConverter, VoltageFlashConverter
from neurosim.errors import NeurosimError

KINDS = {"voltage": VoltageFlashConverter, "sar": SARConverter}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
NODES = (130, 90, 65, 45, 32, 22, 14, 10, 7)


# Recorded tables


def recorded(kind, table):
    """(row, converter without an encoder) of the rows of a table of V2.1 that are of a kind."""
    for row in rows(table, LATER):
        if row.get("init.currentMode") != "1":
            yield row, KINDS[kind](
                process(row, falling=True), *values(row, "init.numCol", "init.levelOutput"), encoded=False,
                read_voltage=value(row, "param.readVoltage"), power_factor=warmth(row), **outline(row, fit=False),
            )  # fmt: skip


def columns_of(row):
    return np.array(numbers(row["latency.columnResistance"]))


def of_columns(row, column, got):
    """Assert that a list of the table holds `got`."""
    want = numbers(row[f"out.{column}"])
    assert len(got) == len(want)
    assert all(map(close, got, want, [SAME_MATH] * len(want))), f"row {row['id']}: {got} is not {want}"


def test_voltage_sensing():
    """Difference V5: another area and power, and a nanosecond whatever there is to convert."""
    def results(row, adc):
        latency, energy = adc.converted(columns_of(row))
        of_columns(row, "GetColumnPower", [adc.column_power(resistance) for resistance in columns_of(row)])
        got = shape(adc) | {
            "readLatency": latency * number(row["latency.numColMuxed"]) * number(row["latency.numRead"]),
            "readDynamicEnergy": energy * number(row["power.numRead"]),
            "writeLatency": 0.0,
            "writeDynamicEnergy": 0.0,
        }
        # The latency of a column is that of current sensing, and unused: `test_flash.py` has it.
        assert no_column_is_left_out(row, got, "GetColumnLatency", "GetColumnPower")
        return [(row, got)]

    check_rows((results(*each) for each in recorded("voltage", "MultilevelSenseAmp")), 72)


def test_sar():
    """Differences V4 and V6: area, latency and energy of every node, temperature and number of levels."""
    def results(row, adc):
        latency, energy = adc.converted(columns_of(row))
        of_columns(row, "columnEnergy", [adc.column_power(resistance) * latency for resistance in columns_of(row)])
        got = shape(adc) | {
            "areaUnit": adc.area / adc.columns,
            "readLatency": latency * number(row["latency.numRead"]),
            "readDynamicEnergy": energy * number(row["power.numRead"]),
            "writeLatency": 0.0,
            "writeDynamicEnergy": 0.0,
        }
        assert no_column_is_left_out(row, got, "columnEnergy")
        return [(row, got)]

    check_rows((results(*each) for each in recorded("sar", "SarADC")), 108)


def no_column_is_left_out(row, results, *lists):
    return {f"out.{name}" for name in (*results, *lists)} == {name for name in row if name.startswith("out.")}


# A slow loop


def slow_conversion(adc, kind, fit, read_voltage, power_factor, resistances):
    """(latency, energy), one column after the other by the equations alone."""
    bits = math.log2(adc.levels)
    time = {"voltage": 1.0, "sar": bits + 1}[kind] * 1e-9
    energy = 0.0
    for resistance in resistances:
        scaled = resistance * (0.5 / read_voltage)
        if scaled == 0 or math.isnan(scaled):
            continue
        if math.isinf(scaled):
            power = 1e-6
        else:
            floor = fit["reference"] * (adc.levels - 1) if kind == "voltage" else fit["bit"] * bits + fit["offset"]
            with np.errstate(over="ignore"):    # to infinity, as in C
                power = floor * 1e-6 + fit["column"] * float(np.exp(fit["exponent"] * math.log10(scaled)))
        energy += power * power_factor * time
    return time, energy


def converter(kind, levels=32, columns=1, node=32, roadmap="LSTP", read_voltage=0.5, **options):
    return KINDS[kind](
        technology.load(node, roadmap, 300), columns, levels, read_voltage=read_voltage,
        **({"width": 1e-5, "encoded": False} | options),
    )  # fmt: skip


# Where columns are, at the ends of the tables of powers (2^-32, 2^96) and beyond, and those that are special
RESISTANCES = st.floats(1e-3, 1e12) | st.floats(1e-290, 1e300) | st.sampled_from((0.0, -0.0, math.inf, math.nan))


@EVERY_KIND
@settings(max_examples=60, deadline=None)
@given(
    levels=st.integers(1, 300) | st.just(65536),
    node=st.sampled_from(NODES),
    roadmap=st.sampled_from(("HP", "LSTP")),
    read_voltage=st.sampled_from((0.5, 0.2, 0.3, 1.0, 0.07)),
    power_factor=st.floats(1.0, 1.13),
    resistances=st.lists(RESISTANCES, max_size=40),
)
@example(50, 130, "HP", 0.5, 1.0, [])
@example(50, 7, "LSTP", 0.5, 1.13, [math.nan, 1e5, math.inf, 0.0])
@example(2, 32, "LSTP", 0.3, 1.0, [2.0**-32, 2.0**-33, 2.0**96, 2.0**97, 5e-324])
def test_a_conversion_is_the_slow_loop(kind, levels, node, roadmap, read_voltage, power_factor, resistances):
    adc = converter(kind, levels, len(resistances), node, roadmap, read_voltage, power_factor=power_factor)
    fit = technology.adc()[roadmap][str(node)][kind]
    want = slow_conversion(adc, kind, fit, read_voltage, power_factor, resistances)
    got = adc.converted(np.array(resistances))
    assert all(map(close, got, want, [SAME_MATH] * 2)), (got, want)


# In their own terms


@EVERY_KIND
@given(st.lists(st.floats(1, 1e9), min_size=2, max_size=30), st.data())
def test_columns_have_no_order_and_split(kind, columns, data):
    adc = converter(kind)
    latency, energy = adc.converted(np.array(columns))
    shuffled = adc.converted(np.array(data.draw(st.permutations(columns))))
    assert shuffled[0] == latency and close(shuffled[1], energy, SAME_MATH)
    cut = data.draw(st.integers(1, len(columns) - 1))
    parts = [adc.converted(np.array(part)) for part in (columns[:cut], columns[cut:])]
    assert [part[0] for part in parts] == [latency] * 2
    assert close(sum(part[1] for part in parts), energy, SAME_MATH)


@EVERY_KIND
@given(st.floats(1, 1e9), st.floats(1, 1e9))
def test_a_column_that_conducts_better_takes_no_less(kind, one, other):
    adc = converter(kind)
    low, high = sorted((one, other))
    assert adc.column_power(low) >= adc.column_power(high) * (1 - SAME_MATH)
    assert adc.column_power(high) > 0


@EVERY_KIND
@given(st.floats(1, 1e9), st.floats(0.05, 2))
def test_only_the_current_counts(kind, resistance, read_voltage):
    """A column at another read voltage is one with that much more resistance."""
    adc, scaled = converter(kind, read_voltage=read_voltage), resistance * read_voltage / 0.5
    assert close(adc.column_power(scaled), converter(kind).column_power(resistance), SAME_MATH)


@EVERY_KIND
@given(st.integers(1, 300), st.lists(RESISTANCES, min_size=1, max_size=10), st.integers(300, 400))
def test_warm_converters_take_more_and_are_no_slower(kind, levels, resistances, temperature):
    """Difference V4: 0.13 % a kelvin on all power, that of columns without current as well; nothing on the latency."""
    factor, columns = 1 + 1.3e-3 * (temperature - 300), np.array(resistances)
    cold, warm = (converter(kind, levels, power_factor=each) for each in (1.0, factor))
    assert warm.converted(columns)[0] == cold.converted(columns)[0]
    assert close(warm.converted(columns)[1], cold.converted(columns)[1] * factor, SAME_MATH)
    assert close(warm.column_power(math.inf), 1e-6 * factor, SAME_MATH)
    assert (warm.area, warm.leakage) == (cold.area, cold.leakage)


@EVERY_KIND
def test_columns_that_are_not_read(kind):
    """Quirk C19: a column without current costs 1 uW, one that is no number, or has no resistance, nothing."""
    adc = converter(kind, levels=64)
    time = adc.conversion_time
    assert close(adc.converted(np.full(8, math.inf))[1], 8 * 1e-6 * time, SAME_MATH)
    assert adc.converted(np.array([math.nan, 0.0, -0.0])) == (time, 0.0)
    assert math.isnan(adc.column_power(math.nan))
    read = adc.converted(np.array([1e5]))[1]
    assert close(adc.converted(np.array([math.nan, 1e5, math.inf, 0.0]))[1], read + 1e-6 * time, SAME_MATH)


@EVERY_KIND
def test_converters_wait_for_nobody(kind):
    """The time is the same without columns; the flash converter with current sensing then takes none."""
    adc = converter(kind, levels=64)
    time = {"voltage": 1, "sar": 7}[kind] * 1e-9
    assert adc.converted(np.empty(0)) == (adc.conversion_time, 0.0) == (time, 0.0)
    assert adc.converted(np.array([1.0, 1e12]))[0] == time


@pytest.mark.parametrize("levels", [1, 2, 3, 5, 50, 63, 64, 65])
def test_bits_of_a_sar_are_real(levels):
    """Difference V6: 50 levels are 5.64 bits, in area, latency and power."""
    bits, tech = math.log2(levels), technology.load(32, "LSTP", 300)
    adc = converter("sar", levels, columns=3)
    fit = technology.adc()["LSTP"]["32"]["sar"]
    assert (adc.bits, adc.levels) == (bits, levels)
    assert close(adc.conversion_time, (bits + 1) * 1e-9, SAME_MATH)
    gate_n, gate_p = (math.prod(tech.gate_size("inv", 1, *widths, tech.cell_height))
                      for widths in ((tech.min_nmos, 0), (0, tech.min_pmos)))  # fmt: skip
    area = gate_n * (269 + (bits - 1) * 109) + gate_p * (209 + (bits - 1) * 73)
    assert close(adc.area, 3 * area, SAME_MATH)
    # The power of a column that hardly conducts is what it takes whatever there is to convert.
    floor = (fit["bit"] * bits + fit["offset"]) * 1e-6
    assert close(adc.column_power(1e300), floor, SAME_MATH)


@given(st.integers(1, 255))
def test_another_level_makes_every_converter_larger(levels):
    for kind in KINDS:
        few, many = (converter(kind, count) for count in (levels, levels + 1))
        assert few.area < many.area
        assert few.column_power(1e5) < many.column_power(1e5)
        assert few.conversion_time <= many.conversion_time


@EVERY_KIND
@given(st.integers(1, 300), st.integers(1, 64), st.floats(1e-7, 1e-3), st.booleans())
def test_converters_lie_along_an_edge(kind, columns, levels, edge, encoded):
    """The width wins; turned by 90 degrees they are as large. An encoder lies beside them, as every encoder does."""
    options = {"encoded": encoded, "levels": levels, "columns": columns}
    wide, tall = converter(kind, width=edge, **options), converter(kind, width=0, height=edge, **options)
    both = converter(kind, width=edge, height=2 * edge, encoded=encoded, levels=levels, columns=columns)
    assert (both.area, both.height, both.width) == (wide.area, wide.height, wide.width)
    comparators = converter(kind, width=edge, **options | {"encoded": False})
    if kind == "sar" or not encoded:
        assert (tall.area, tall.height, tall.width) == (wide.area, wide.width, wide.height)
        assert (wide.area, wide.leakage) == (comparators.area, 0)
        assert close(wide.height * edge, wide.area, SAME_MATH)
        assert wide.encoding(7) == (0, 0)
        return
    for adc, side in ((wide, {"width": edge}), (tall, {"height": edge})):
        encoder = MultilevelEncoder(adc.tech, levels, columns, **side)
        assert [name for name, _ in adc.parts] == ["adc", "encoder"]
        assert (adc.parts[0][1].area, adc.leakage) == (comparators.area, encoder.leakage)
        assert close(adc.area, comparators.area + encoder.area, SAME_MATH)
        assert adc.encoding(7) == (encoder.latency(1e20, 7), encoder.energy(7))
    assert (wide.width, tall.height) == (edge, edge)
    assert close(wide.height, sum(part.height for _, part in wide.parts), SAME_MATH)
    assert close(tall.width, sum(part.width for _, part in tall.parts), SAME_MATH)


@EVERY_KIND
def test_parts_are_listed_by_name(kind):
    """A SAR converter has a binary code, and nothing behind it even where an encoder is asked for."""
    parts = dict(converter(kind, encoded=True).parts)
    assert set(parts) == {"voltage": {"adc", "encoder"}, "sar": {"adc"}}[kind]
    assert set(dict(converter(kind, encoded=False).parts)) == {"adc"}


def test_row_by_row_only_those_count_that_the_reference_counts():
    """Quirk Q21 is one of flash converters."""
    assert converter("sar").counts_row_by_row and not converter("voltage").counts_row_by_row


def test_equal_keys_mean_equal_conversions():
    """What resistances of cells, outline and number of converters are has no part in a conversion."""
    columns, keys = np.geomspace(1e3, 1e7, 9), {}
    for kind in KINDS:
        for change in ({}, {"on_resistance": 1e5, "off_resistance": 1e6}, {"rows": 64}, {"columns": 7}, {"width": 1e-4},
                       {"levels": 31}, {"read_voltage": 0.4}, {"power_factor": 1.1}, {"node": 22},
                       {"roadmap": "HP"}):  # fmt: skip
            adc = converter(kind, **change)
            keys.setdefault(adc.conversion_key, set()).add(adc.converted(columns))
    assert len(keys) == 2 * 6
    assert all(len(conversions) == 1 for conversions in keys.values())
    assert len({next(iter(conversions)) for conversions in keys.values()}) == len(keys)


@EVERY_KIND
def test_unusable_converters_are_refused(kind):
    for change, sentence in [
        ({"levels": 0}, "a converter needs at least 1 level, not 0"),
        ({"read_voltage": 0.0}, "a converter needs a positive read voltage, not 0.0 V"),
        ({"read_voltage": -0.5}, "a converter needs a positive read voltage, not -0.5 V"),
        ({"read_voltage": math.nan}, "a converter needs a positive read voltage, not nan V"),
        ({"width": 0.0}, "a converter needs a height or a width"),
    ]:
        with pytest.raises(NeurosimError) as refused:
            converter(kind, **change)
        assert str(refused.value) == sentence


@EVERY_KIND
def test_a_node_without_a_fit_gets_a_sentence(kind, monkeypatch):
    fits = {"read_voltage": 0.5, "LSTP": {"22": {}}}
    monkeypatch.setattr(technology, "adc", lambda: fits)
    for node in (22, 32):
        with pytest.raises(NeurosimError) as refused:
            converter(kind, node=node)
        assert str(refused.value) == f"adc.toml has no {kind} in [LSTP.{node}], which a converter needs"
