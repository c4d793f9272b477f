"""Buffers against the recorded table, and their properties."""

import math

import pytest
from golden import SAME_MATH, close, number, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import check, outline, process

from neurosim import technology
from neurosim.circuits._buffers import Buffer
from neurosim.circuits._drivers import RowDecoder


def recorded_buffer(row):
    return Buffer(
        process(row),
        int(row["init.numBit"]),
        int(row["init.interface_width"]),
        wire_resistance=float(row["init.unitWireRes"]),
        clock=float(row["init.clkFreq"]),
        sram=row["init.SRAM"] == "1",
        cell_height=float(row["param.heightInFeatureSizeSRAM"]),
        cell_width=float(row["param.widthInFeatureSizeSRAM"]),
        access_width=float(row["param.widthAccessCMOS"]),
        nmos_width=float(row["param.widthSRAMCellNMOS"]),
        min_sense_voltage=float(row["param.minSenseVoltage"]),
        **outline(row, fit=False),
    )


def test_buffer():
    """Every row, with those whose areas are negative or whose latencies are infinite (see the quirks)."""
    def results(row):
        buffer = recorded_buffer(row)
        got = {
            "readLatency": buffer.read_latency(number(row["latency.numRead"])),
            "writeLatency": buffer.write_latency(number(row["latency.numWrite"])),
            "readDynamicEnergy": buffer.read_energy(
                number(row["power.numAccessBitRead"]), number(row["power.numRead"])
            ),
            "writeDynamicEnergy": buffer.write_energy(
                number(row["power.numAccessBitWrite"]), number(row["power.numWrite"])
            ),
            "memoryArea": buffer.memory_area,
            "avgBitReadLatency": buffer.line_read_latency,
            "avgBitWriteLatency": buffer.line_write_latency,
            "wlDecoder.numAddrRow": buffer.decoder.address_bits,
            "wlDecoder.area": buffer.decoder.area,
        }
        if not buffer.sram:
            got["hDff"] = buffer.flip_flops.inverter["height"]
            got["wDff"] = buffer.flip_flops.inverter["width"] * 12
            got["dffDynamicEnergy"] = buffer.flip_flops.energy(1, buffer.bits)
        return buffer, got

    check("Buffer", results, 160)
    assert sum(bool(row["flags"]) for row in rows("Buffer")) == 16


# Properties

TECH = technology.load(32, "LSTP", 300)
KINDS = pytest.mark.parametrize("sram", [False, True], ids=["registers", "sram"])


def buffer(bits=4096, interface_width=64, **options):
    options = {"wire_resistance": 1e6, "clock": 1e9, "width": 1e-4} | options
    return Buffer(TECH, bits, interface_width, **options)


@KINDS
@settings(max_examples=30, deadline=None)
@given(
    lines=st.integers(8, 512),
    interface_width=st.integers(1, 256),
    width=st.floats(1e-6, 1e-2),
    accesses=st.integers(0, 10**6),
)
def test_cost_is_linear_in_accesses_and_area_in_neither_side(sram, lines, interface_width, width, accesses):
    wide = buffer(lines * interface_width, interface_width, sram=sram, width=width)
    tall = buffer(lines * interface_width, interface_width, sram=sram, width=0.0, height=width)
    assert (wide.area, wide.leakage) == (tall.area, tall.leakage)
    assert close(wide.height * width, wide.area, SAME_MATH)
    assert close(tall.width * width, tall.area, SAME_MATH)
    assert close(wide.read_latency(accesses), wide.read_latency(1) * accesses, SAME_MATH)
    assert close(wide.write_latency(accesses), wide.write_latency(1) * accesses, SAME_MATH)
    assert close(wide.read_energy(8, accesses), wide.read_energy(1, 1) * 8 * accesses, SAME_MATH)
    assert close(wide.write_energy(8, accesses), wide.write_energy(1, 1) * 8 * accesses, SAME_MATH)


@KINDS
@settings(max_examples=30, deadline=None)
@given(log_lines=st.integers(3, 10), interface_width=st.sampled_from([8, 64, 128]))
def test_a_longer_buffer_is_larger_leaks_more_and_is_slower(sram, log_lines, interface_width):
    short = buffer(2**log_lines * interface_width, interface_width, sram=sram)
    long = buffer(2 ** (log_lines + 1) * interface_width, interface_width, sram=sram)
    assert long.area > short.area
    assert long.leakage > short.leakage
    assert long.line_read_latency > short.line_read_latency
    assert long.line_write_latency > short.line_write_latency


def test_whole_lines_cost_one_access_each():
    """The pass through the buffer is shared out: one line takes one decoding and half a clock period."""
    registers = buffer(4096, 64)
    decoder = registers.decoder.latency(1e20, registers.flip_flops.inverter["width"] * 12 * 64 * 0.2e-9, 0, 1)
    assert close(registers.line_read_latency, decoder + 0.5e-9, SAME_MATH)


def test_lines_are_counted_in_three_ways():
    """Quirk C24: 100 bits in lines of 64 are 2 in the layout, 1.5625 in the time of a pass, 1 where it is shared."""
    registers = buffer(100, 64)
    line = registers.flip_flops.inverter["height"]
    assert registers.decoder.address_bits == 1
    assert registers.decoder.area == RowDecoder(TECH, 1, height=line * 2).area
    one_access = registers.decoder.latency(1e20, registers.flip_flops.inverter["width"] * 12 * 64 * 0.2e-9, 0, 1)
    assert close(registers.line_read_latency, (one_access + 0.5e-9) * 100 / 64, SAME_MATH)


@KINDS
def test_a_line_wider_than_the_buffer_takes_forever(sram):
    """Quirk C24: the latency of a pass is divided by no line at all."""
    assert math.isinf(buffer(32, 64, sram=sram).line_read_latency)


@KINDS
def test_a_single_line_has_a_negative_area(sram):
    """Quirk U16: its decoder has no address bit and INT_MIN columns of inverters."""
    single = buffer(64, 64, sram=sram)
    assert single.decoder.address_bits == 0
    assert single.decoder.area < 0
    assert single.area < 0


def test_sram_has_no_sense_amplifiers():
    """Quirk C25: what it leaks and covers is all in the three circuits that are there."""
    sram = buffer(sram=True)
    parts = (sram.decoder, sram.precharger, sram.write_driver)
    assert close(sram.leakage, sum(part.leakage for part in parts), SAME_MATH)
    assert close(sram.area, sram.memory_area + sum(part.area for part in parts), SAME_MATH)


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"bits": 0}, "at least 1 bit"),
        ({"interface_width": 0}, "at least 1 bit"),
        ({"width": 0.0}, "needs a height or a width"),
    ],
)
def test_impossible_buffers_are_refused(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        buffer(**change)
