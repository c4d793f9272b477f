"""Sense amplifiers, precharger and SRAM write driver against the recorded tables, and their properties."""

import math

import numpy as np
import pytest
from golden import SAME_MATH, close, number, numbers, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import check, outline, process, shape

from neurosim import technology
from neurosim.circuits._sensing import CurrentSenseAmp, Precharger, SenseAmp, SRAMWriteDriver, VoltageSenseAmp

# Recorded tables


def test_sense_amp():
    def results(row):
        amp = SenseAmp(
            process(row),
            int(row["init.numCol"]),
            sense_voltage=float(row["init.senseVoltage"]),
            pitch=float(row["init.pitchSenseAmp"]),
            clock=float(row["init.clkFreq"]),
            cells_per_read=int(row["init.numReadCellPerOperationNeuro"]),
            **outline(row),
        )
        # Not whether it complains: the table does not say so where it is drawn narrower than it can be.
        return shape(amp) | {
            "readLatency": amp.latency(number(row["latency.numRead"])),
            "readDynamicEnergy": amp.energy(number(row["power.numRead"])),
            "capLoad": amp.cap_load,
        }

    check("SenseAmp", results, 72)


def test_voltage_sense_amp():
    def results(row):
        amp = VoltageSenseAmp(
            process(row),
            int(row["init.numReadCol"]),
            clock=float(row["init.clkFreq"]),
            width=float(row["area.layoutWidth"]),
        )
        cell = [float(row[f"cell.{name}"]) for name in ("readVoltage", "resMemCellOn", "resMemCellOff")]
        latency = amp.latency(float(row["latency.capInputLoad"]), *cell, number(row["latency.numRead"]))
        return amp, {
            "readLatency": latency,
            "readDynamicEnergy": amp.energy(number(row["power.numRead"])),
            "areaUnit": amp.unit_area,
            "resPrecharge": amp.resistance,
            "capS1": amp.cap_sense,
            "capNmosDrain": amp.cap_drain,
        }

    check("VoltageSenseAmp", results, 50)


def recorded_current_sense_amp(row):
    return CurrentSenseAmp(
        process(row),
        int(row["init.numCol"]),
        max_conductance=float(row["param.maxConductance"]),
        min_conductance=float(row["param.minConductance"]),
        read_voltage=float(row["param.readVoltage"]),
        width=float(row["area.widthArray"]),
    )


def test_current_sense_amp():
    def results(row):
        amp = recorded_current_sense_amp(row)
        columns = np.array(numbers(row["latency.columnResistance"]))
        return {
            "leakage": amp.leakage,
            "Rref": amp.reference,
            "readLatency": amp.latency(columns, number(row["latency.numColMuxed"]), number(row["latency.numRead"])),
            "readDynamicEnergy": amp.energy(columns, number(row["power.numRead"])),
        }

    check("CurrentSenseAmp", results, 84)


@pytest.mark.parametrize(
    "column, quantity", [("GetColumnLatency", "column_latency"), ("GetColumnPower", "column_power")]
)
def test_current_sense_amp_columns(column, quantity):
    for row in rows("CurrentSenseAmp"):
        evaluate = getattr(recorded_current_sense_amp(row), quantity)
        got = [evaluate(r) for r in numbers(row["latency.columnResistance"])]
        want = numbers(row[f"out.{column}"])
        assert len(got) == len(want)
        assert all(map(close, got, want, [SAME_MATH] * len(want))), f"row {row['id']}: {got} is not {want}"


def test_current_sense_amp_area_without_nmos():
    """Quirk C16: the product of two sizes never computed is 0 in zeroed memory; the recorded area shows it."""
    for row in rows("CurrentSenseAmp"):
        amp = recorded_current_sense_amp(row)
        for name, got in (shape(amp) | {"areaUnit": amp.unit_area}).items():
            assert close(got, float(row[f"out.{name}"]), SAME_MATH), f"row {row['id']}: {name}"


def test_precharger():
    def results(row):
        circuit = Precharger(
            process(row),
            int(row["init.numCol"]),
            load_resistance=float(row["init.resLoad"]),
            cells_per_read=int(row["init.numReadCellPerOperationNeuro"]),
            cells_per_write=int(row["init.numWriteCellPerOperationNeuro"]),
            **outline(row),
        )
        load = float(row["latency.capLoad"])
        activity = float(row["init.activityColWrite"])
        return circuit, {
            "readLatency": circuit.read_latency(load, number(row["latency.numRead"])),
            "writeLatency": circuit.write_latency(load, number(row["latency.numWrite"])),
            "readDynamicEnergy": circuit.read_energy(load, number(row["power.numRead"])),
            "writeDynamicEnergy": circuit.write_energy(load, activity, number(row["power.numWrite"])),
            "rampOutput": circuit.ramp(load),
            "capOutputBitlinePrecharger": circuit.cap_output,
        }

    check("Precharger", results, 82)


def test_write_driver():
    def results(row):
        circuit = SRAMWriteDriver(
            process(row),
            int(row["init.numCol"]),
            cells_per_write=int(row["init.numWriteCellPerOperationNeuro"]),
            **outline(row),
        )
        line = [float(row[f"latency.{name}"]) for name in ("rampInput", "capLoad", "resLoad")]
        activity = float(row["init.activityColWrite"])
        return circuit, {
            "writeLatency": circuit.write_latency(*line, number(row["latency.numWrite"])),
            "writeDynamicEnergy": circuit.write_energy(activity, number(row["power.numWrite"])),
            "rampOutput": circuit.ramp(*line),
            "capInvInput": circuit.inverter["input"],
            "capInvOutput": circuit.inverter["output"],
        }

    check("SRAMWriteDriver", results, 82)


# Properties

TECH = technology.load(32, "LSTP", 300)
FEATURE = 32e-9


def sense_amp(columns=8, **options):
    options = {"sense_voltage": 0.1, "pitch": 20 * FEATURE, "clock": 1e9, "cells_per_read": columns} | options
    return SenseAmp(TECH, columns, **options)


def precharger(columns=8, **options):
    options = {"load_resistance": 100.0, "cells_per_read": columns, "cells_per_write": columns} | options
    return Precharger(TECH, columns, **options)


def current_sense_amp(node=32, roadmap="LSTP", read_voltage=0.5):
    tech = technology.load(node, roadmap, 300)
    return CurrentSenseAmp(
        tech, 8, max_conductance=1e-5, min_conductance=1e-6, read_voltage=read_voltage, width=20 * FEATURE
    )


def test_leakage_of_the_sense_amp_is_in_volt_twice():
    """Quirk C14: leakage = current * V_dd^2, so that it halves twice as fast as a power would."""
    amp = sense_amp(1)
    current = technology.load(32, "LSTP", 300).off_current_n * 5 * FEATURE / 2
    assert close(amp.leakage, current * TECH.vdd * TECH.vdd, SAME_MATH)


def test_narrow_pitch_is_complained_about():
    assert sense_amp(pitch=6 * FEATURE).complaints == ("[SenseAmp] Error: pitch too small, cannot do the layout",)
    assert sense_amp(pitch=6.5 * FEATURE).complaints == ()


@pytest.mark.parametrize("make", [sense_amp, precharger])
def test_an_exact_layout_needs_both_sides(make):
    with pytest.raises(ValueError, match="needs both a height and a width"):
        make(height=1e-6, fit="exact")


@settings(max_examples=30, deadline=None)
@given(columns=st.integers(1, 300), width=st.floats(1e-7, 1e-3), reads=st.integers(0, 10**6))
def test_sense_amp_scales_with_columns(columns, width, reads):
    one, many = sense_amp(1), sense_amp(columns, width=width)
    assert close(many.area, one.area * columns, SAME_MATH)
    assert close(many.height * width, many.area, SAME_MATH)
    assert close(many.leakage, one.leakage * columns, SAME_MATH)
    assert close(many.energy(reads), one.energy(reads) * columns, SAME_MATH)
    assert many.latency(reads) == one.latency(reads)


SHARES = st.integers(0, 128).map(lambda columns: columns / 128)


@settings(max_examples=30, deadline=None)
@given(load=st.floats(1e-16, 1e-12), more=st.floats(1.01, 10), activity=SHARES, accesses=st.integers(0, 1000))
def test_bit_lines_cost_more_the_longer(load, more, activity, accesses):
    circuit = precharger()
    assert circuit.read_latency(load * more, 1) > circuit.read_latency(load, 1)
    assert circuit.write_latency(load, accesses) == circuit.read_latency(load, accesses)
    assert close(circuit.read_energy(load * more, accesses), circuit.read_energy(load, accesses) * more, SAME_MATH)
    # A read discharges one line and recharges both; the write energy of all columns is half of that
    whole = circuit.write_energy(load, 1, accesses)
    assert close(whole * 2, circuit.read_energy(load, accesses), SAME_MATH)
    assert close(circuit.write_energy(load, activity, accesses), whole * activity, SAME_MATH)

    driver = SRAMWriteDriver(TECH, 8, cells_per_write=8)
    assert driver.write_latency(1e20, load * more, 100, 1) > driver.write_latency(1e20, load, 100, 1)
    assert close(driver.write_energy(activity, accesses), driver.write_energy(1, accesses) * activity, SAME_MATH)


@pytest.mark.parametrize("height", [1e-6, 1e-3])
def test_a_height_alone_is_ignored(height):
    """Quirk C22: the precharger and write driver of back-propagation are given a height, and stand in one row."""
    assert shape(precharger(height=height)) == shape(precharger())
    driver = SRAMWriteDriver(TECH, 8, cells_per_write=8, height=height)
    assert shape(driver) == shape(SRAMWriteDriver(TECH, 8, cells_per_write=8))


def test_too_narrow_an_outline_gives_a_negative_area():
    """Quirk C22: the reference says so and goes on."""
    circuit = precharger(width=FEATURE)
    assert circuit.area < 0
    assert circuit.complaints == ("[Precharger] Error: Precharger width is even larger than the assigned width !",)
    driver = SRAMWriteDriver(TECH, 8, cells_per_write=8, width=FEATURE)
    assert driver.area < 0
    assert "SRAMWriteDriver width is even larger than the assigned width" in driver.complaints[0]


def test_a_look_up_in_cells_without_resistance_is_no_number():
    """Quirk U19: with SRAM as main memory, the cell's resistances are 0."""
    amp = VoltageSenseAmp(TECH, 8, clock=1e9)
    assert math.isnan(amp.latency(0, 0.5, 0, 0, 1))
    assert math.isinf(amp.height)


@pytest.mark.parametrize("node, roadmap", [(130, "HP"), (32, "HP"), (22, "LSTP"), (7, "LSTP")])
def test_new_nodes_and_hp_sense_in_one_nanosecond(node, roadmap):
    amp = current_sense_amp(node, roadmap)
    assert [amp.column_latency(r) for r in (0, 1e3, 1e6, math.inf, math.nan)] == [0, 1e-9, 1e-9, 0, 1e-9]


@pytest.mark.parametrize("node", [130, 90, 65, 45, 32])
def test_the_middle_of_the_fit_is_never_constant(node):
    """Quirk C17: between ratios of 0.9 and 1.1 the latency follows the quartic, not the constant that was meant."""
    amp = current_sense_amp(node)
    latencies = {amp.column_latency(amp.reference / ratio) for ratio in (0.91, 0.95, 1.0, 1.05, 1.09)}
    scale = {130: (0.2679, 0.0478), 90: (0.0586, 1.41), 65: (0.1239, 0.6642)}.get(node, (0.0714, 0.7651))
    constant = (scale[0] * math.log(amp.reference / 1000) + scale[1]) * 1e-9
    assert len(latencies) == 5
    assert not close(amp.column_latency(amp.reference), constant, SAME_MATH)


@settings(max_examples=50, deadline=None)
@given(
    columns=st.lists(st.floats(1, 1e8), max_size=20),
    voltage=st.floats(0.1, 2),
    reads=st.integers(0, 100),
    node=st.sampled_from([130, 90, 65, 45, 32, 22]),
)
def test_current_sense_amp_takes_the_slowest_column(columns, voltage, reads, node):
    amp = current_sense_amp(node, read_voltage=voltage)
    array = np.array(columns)
    latencies = [amp.column_latency(r) for r in columns]
    slowest = min(max([5e-10, *latencies]), 50e-9) if columns else 0
    assert amp.latency(array, 1, reads) == slowest * reads
    assert amp.latency(array, 4, reads) == slowest * 4 * reads
    energy = sum(t * amp.column_power(r) for t, r in zip(latencies, columns, strict=True))
    assert close(amp.energy(array, reads), energy * reads, SAME_MATH)
    # The read voltage only scales the resistance
    same = current_sense_amp(node)
    assert [amp.column_power(r) for r in columns] == [same.column_power(r * (0.5 / voltage)) for r in columns]
