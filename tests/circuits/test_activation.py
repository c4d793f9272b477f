"""The sigmoid look-up table against the recorded table, and its properties."""

import math

import pytest
from golden import SAME_MATH, close, number
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import check, outline, process

from neurosim import technology
from neurosim.circuits._activation import Sigmoid


def test_sigmoid():
    """Every row; `unitarea.option` has no effect, because no outline is known when it applies."""
    def results(row):
        circuit = Sigmoid(
            process(row),
            int(row["init.numYbit"]),
            int(row["init.numEntry"]),
            int(row["init.numFunction"]),
            clock=float(row["init.clkFreq"]),
            sram=row["init.SRAM"] == "1",
            cell_height=float(row["cell.heightInFeatureSize"]),
            cell_width=float(row["cell.widthInFeatureSize"]),
            read_voltage=float(row["cell.readVoltage"]),
            on_resistance=float(row["cell.resMemCellOn"]),
            off_resistance=float(row["cell.resMemCellOff"]),
            nmos_width=float(row["cell.widthSRAMCellNMOS"]),
            pmos_width=float(row["cell.widthSRAMCellPMOS"]),
            min_sense_voltage=float(row["cell.minSenseVoltage"]),
            **outline(row),
        )
        amp = circuit.sense_amp or circuit.voltage_sense_amp
        return circuit, {
            "readLatency": circuit.latency(number(row["latency.numRead"])),
            "readDynamicEnergy": circuit.energy(number(row["power.numRead"])),
            "areaUnit": circuit.unit_area,
            "wlDecoder.area": circuit.decoder.area,
            "wlDecoder.readLatency": circuit.decoder.latency(1e20, 0, 0, 1),
            "sa.area": amp.area,
        }

    check("Sigmoid", results, 140)


TECH = technology.load(32, "LSTP", 300)
KINDS = pytest.mark.parametrize("sram", [False, True], ids=["resistive", "sram"])


def sigmoid(bits=8, entries=32, count=1, **options):
    options = {
        "clock": 1e9,
        "cell_height": 8.0,
        "cell_width": 20.0,
        "read_voltage": 0.5,
        "on_resistance": 1e5,
        "off_resistance": 1e6,
        "width": 1e-4,
    } | options
    return Sigmoid(TECH, bits, entries, count, **options)


@KINDS
@settings(max_examples=30, deadline=None)
@given(bits=st.integers(1, 16), entries=st.integers(1, 300), count=st.integers(1, 300), reads=st.integers(0, 10**6))
def test_tables_side_by_side(sram, bits, entries, count, reads):
    one, many = sigmoid(bits, entries, 1, sram=sram), sigmoid(bits, entries, count, sram=sram)
    assert close(many.area, one.area * count, SAME_MATH)
    assert close(many.energy(reads), one.energy(reads) * count, SAME_MATH)
    assert many.latency(reads) == one.latency(reads)
    # Quirk C23: the leakage is that of one table
    assert many.leakage == one.leakage


@KINDS
def test_more_entries_cost_more(sram):
    small, large = sigmoid(entries=32, sram=sram), sigmoid(entries=256, sram=sram)
    assert large.area > small.area
    assert large.latency(1) > small.latency(1)
    assert large.energy(1) > small.energy(1)


def test_cells_without_resistance_take_no_number_of_seconds():
    """Quirk U19: with SRAM as main memory, the resistances are 0 and the latency is not a number."""
    broken = sigmoid(on_resistance=0.0, off_resistance=0.0)
    assert math.isnan(broken.latency(1))
    assert broken.energy(1) == sigmoid().energy(1)


def test_without_an_outline_the_circuit_is_infinitely_wide():
    circuit = sigmoid(width=0.0)
    assert circuit.height == 0
    assert math.isinf(circuit.width)


def test_empty_tables_are_refused():
    with pytest.raises(ValueError, match="at least 1 entry of 1 bit"):
        sigmoid(entries=0)
    with pytest.raises(ValueError, match="at least 1 entry of 1 bit"):
        sigmoid(bits=0)
