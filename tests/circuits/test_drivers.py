"""Row and column drivers against the recorded tables, and what must hold for any size."""

import itertools
import math

import golden
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import check, outline, process, value, values

from neurosim import technology
from neurosim.circuits._drivers import DecoderDriver, RowDecoder, WordLineDriver
from neurosim.circuits._switches import Mux, RowSwitches, SwitchMatrix

STEEP = 1e20

some = settings(max_examples=50, deadline=None)
nodes = st.builds(
    technology.load, st.sampled_from((130, 90, 65, 45, 32, 22, 14, 10, 7)), st.sampled_from(("HP", "LSTP"))
)
counts = st.integers(1, 300)
loads = st.floats(0.0, 1e-12)
resistances = st.floats(0.0, 1e5)
cells = st.floats(1e3, 1e6)
parts = st.integers(0, 128).map(lambda rows: rows / 128)


def side_of(row):
    return "row" if row["init.mode"] in ("ROW_MODE", "REGULAR_ROW") else "column"


def pass_gate(gate):
    return {
        "resTg": gate["resistance"],
        "capTgDrain": gate["cap_drain"],
        "capTgGateN": gate["cap_gate_n"],
        "capTgGateP": gate["cap_gate_p"],
    }


def pass_gate_widths(gate):
    return {"widthTgN": gate["width_n"], "widthTgP": gate["width_p"]}


def register(bank, reads):
    return {
        "dff.area": bank.area,
        "dff.height": bank.height,
        "dff.width": bank.width,
        "dff.readLatency": bank.latency(reads),
        "dff.readDynamicEnergy": bank.energy(reads, bank.count),
    }


def capacitances(**gates):
    return {
        f"cap{name}{terminal.title()}": gate[terminal]
        for (name, gate), terminal in itertools.product(gates.items(), ("input", "output"))
    }


# ---- Recorded tables


def test_row_decoder_table():
    def results(row):
        decoder = RowDecoder(
            process(row),
            value(row, "init.numAddrRow"),
            side=side_of(row),
            mux=value(row, "init.MUX"),
            parallel=value(row, "init.parallel"),
            **outline(row),
        )
        path = values(row, "latency.rampInput", "latency.capLoad1", "latency.capLoad2")
        got = {
            "readLatency": decoder.latency(*path, value(row, "latency.numRead")),
            "writeLatency": decoder.latency(*path, value(row, "latency.numWrite")),
            "rampOutput": decoder.ramp(*path),
            "readDynamicEnergy": decoder.energy(value(row, "power.numRead")),
            "writeDynamicEnergy": decoder.energy(value(row, "power.numWrite")),
            "numInv": decoder.inverters,
            "numNand": decoder.nands,
            "numNor": decoder.nors,
            "numMetalConnection": decoder.connections,
        }
        gates = {"Inv": decoder.inverter, "Nand": decoder.nand, "Nor": decoder.nor, "DriverInv": decoder.driver}
        return decoder, got | capacitances(**gates)

    check("RowDecoder", results, 216)


def test_decoder_driver_table():
    def results(row):
        driver = DecoderDriver(
            process(row),
            *values(row, "init.numOutput", "init.numLoad", "cell.resMemCellOn"),
            read_voltage=value(row, "cell.readVoltage"),
            write_voltage=value(row, "cell.writeVoltage"),
            access_transistor=row["cell.accessType"] == "CMOS",
            side=side_of(row),
            **outline(row),
        )
        line = values(row, "latency.rampInput", "latency.capLoad1", "latency.resLoad")
        write = 0.0
        for _ in range(value(row, "latency.calls")):
            write = driver.write_latency(*line, value(row, "latency.numWrite"), write)
        got = {
            "readLatency": driver.read_latency(*line, value(row, "latency.numRead")),
            "writeLatency": write,
            "rampOutput": driver.ramp(*line),
            "readDynamicEnergy": driver.read_energy(*values(row, "power.numReadCellPerOp", "power.numRead")),
            "writeDynamicEnergy": driver.write_energy(*values(row, "power.numWriteCellPerOp", "power.numWrite")),
        }
        got |= pass_gate(driver.gate) | pass_gate_widths(driver.gate)
        return driver, got | capacitances(Inv=driver.inverter)

    check("DecoderDriver", results, 137)


def test_word_line_driver_table():
    def results(row):
        driver = WordLineDriver(
            process(row),
            value(row, "init.numWLRow"),
            read_voltage=value(row, "cell.readVoltage"),
            write_voltage=value(row, "cell.writeVoltage"),
            **outline(row),
        )
        ramp, *line = values(row, "latency.rampInput", "latency.capLoad", "latency.resLoad")
        got = {
            "readLatency": driver.latency(ramp, *line, value(row, "latency.numRead")),
            "writeLatency": driver.latency(ramp, *line, value(row, "latency.numWrite")),
            "rampOutput": driver.ramp(*line),
            "readDynamicEnergy": driver.read_energy(value(row, "power.numRead")),
            "writeDynamicEnergy": driver.write_energy(value(row, "power.numWrite")),
        }
        return driver, got | pass_gate(driver.gate) | capacitances(Nand=driver.nand, Inv=driver.inverter)

    check("WLNewDecoderDriver", results, 83)


def test_mux_table():
    def results(row):
        sizes = values(row, "init.numInput", "init.numSelection", "init.resTg")
        options = {"read_voltage": value(row, "cell.readVoltage"), "digital": value(row, "init.FPGA")}
        mux = Mux(process(row), *sizes, **options, **outline(row))
        if row["area2.option"] == "OVERRIDE":
            mux = mux.resized(*values(row, "area2.newHeight", "area2.newWidth"))
        elif row["area2.option"]:
            mux = Mux(mux.tech, *sizes, **options, **outline(row, "area2"))
        got = {
            "readLatency": mux.latency(*values(row, "latency.capLoad", "latency.numRead")),
            "readDynamicEnergy": mux.energy(value(row, "power.numRead")),
            "widthTgShared": mux.width / mux.inputs,
        }
        return mux, got | pass_gate(mux.gate) | pass_gate_widths(mux.gate)

    check("Mux", results, 133)


def test_switch_matrix_table():
    def results(row):
        neuromorphic = value(row, "init.neuro")
        cells = "Neuro" if neuromorphic else "Memory"
        matrix = SwitchMatrix(
            process(row),
            *values(row, "init.numOutput", "init.resTg", "init.clkFreq"),
            read_voltage=value(row, "cell.readVoltage"),
            write_voltage=value(row, "cell.writeVoltage"),
            access_transistor=row["cell.accessType"] == "CMOS",
            side=side_of(row),
            write_pulses=value(row, "init.numWritePulse"),
            cells_per_write=value(row, f"init.numWriteCellPerOperation{cells}"),
            neuromorphic=neuromorphic,
            parallel_write=value(row, "init.parallelWrite"),
            **outline(row),
        )
        line = values(row, "latency.rampInput", "latency.capLoad", "latency.resLoad")
        reads, writes = values(row, "latency.numRead", "latency.numWrite")
        assert [reads, writes] == values(row, "power.numRead", "power.numWrite")
        got = {
            "readLatency": matrix.read_latency(*line, reads),
            "writeLatency": matrix.write_latency(*line, writes, reads),
            "rampOutput": matrix.ramp(*line),
            "readDynamicEnergy": matrix.read_energy(reads, value(row, "power.activityRowRead")),
            "writeDynamicEnergy": matrix.write_energy(writes, value(row, "power.activityColWrite"), reads),
        }
        got |= pass_gate(matrix.gate) | pass_gate_widths(matrix.gate)
        return matrix, got | register(matrix.flip_flops, reads)

    check("SwitchMatrix", results, 174)


def test_row_switches_table():
    def results(row):
        switches = RowSwitches(
            process(row),
            *values(row, "init.numOutput", "init.clkFreq"),
            access_voltage=value(row, "cell.accessVoltage"),
            read_voltage=value(row, "cell.readVoltage"),
            **outline(row),
        )
        line = values(row, "latency.rampInput", "latency.capLoad", "latency.resLoad")
        reads, writes = values(row, "latency.numRead", "latency.numWrite")
        assert [reads, writes] == values(row, "power.numRead", "power.numWrite")
        got = {
            "readLatency": switches.read_latency(*line, reads),
            "writeLatency": switches.write_latency(*line, writes, reads),
            "rampOutput": switches.ramp(*line),
            "readDynamicEnergy": switches.read_energy(reads, value(row, "power.activityRowRead")),
            "writeDynamicEnergy": switches.write_energy(writes, reads),
        }
        return switches, got | pass_gate(switches.gate) | register(switches.flip_flops, reads)

    check("NewSwitchMatrix", results, 89)


# ---- Complaints and mistakes

VOLTAGES = {"read_voltage": 0.5, "write_voltage": 2.0}


def crossbar_driver(tech, outputs=128, **options):
    return DecoderDriver(tech, outputs, 128, 1e5, **VOLTAGES, access_transistor=False, **options)


def matrix(tech, outputs=128, **options):
    return SwitchMatrix(tech, outputs, 1e3, 1e9, **VOLTAGES, **{"access_transistor": True, **options})


def mux(tech, inputs=16, selections=8, **options):
    return Mux(tech, inputs, selections, 1e3, read_voltage=0.5, **options)


def row_switches(tech, outputs=128, **options):
    return RowSwitches(tech, outputs, 1e9, access_voltage=1.1, read_voltage=0.5, **options)


LOW_REGISTER = "ERROR: Height of subArray is even smaller than a single DFF !!! "
NARROW_REGISTER = "ERROR: Width of subArray is even smaller than a single DFF !!! "


@pytest.mark.parametrize(
    ("make", "sentences"),
    [
        (
            lambda tech: RowDecoder(tech, 7, height=1e-9),
            ["[Row Decoder] Error: Row Decoder width is even larger than the assigned width !"],
        ),
        (
            lambda tech: RowDecoder(tech, 7, side="column", width=1e-9),
            ["[Row Decoder] Error: Row Decoder width is even larger than the assigned width !"],
        ),
        (
            lambda tech: crossbar_driver(tech, height=5e-7),
            ["[DecoderDriver] Error: pass gate height is even larger than the assigned height"],
        ),
        (
            lambda tech: crossbar_driver(tech, side="column", width=1e-9),
            ["[DecoderDriver] Error: pass gate width is even larger than the assigned width"],
        ),
        (
            lambda tech: WordLineDriver(tech, 128, **VOLTAGES, height=5e-7),
            ["[WLNewDecoderDriver] Error: pass gate height is even larger than the array height"],
        ),
        (
            lambda tech: mux(tech, width=1e-9),
            ["[Mux] Error: Mux width is even larger than the assigned width !"],
        ),
        (
            lambda tech: mux(tech, digital=True, width=1e-9),
            ["[Mux] Error: Mux width is even larger than the assigned width !"],
        ),
        (
            lambda tech: matrix(tech, height=5e-7),
            ["[SwitchMatrix] Error: pass gate height is even larger than the array height", LOW_REGISTER],
        ),
        (
            lambda tech: matrix(tech, side="column", width=1e-9),
            ["[SwitchMatrix] Error: pass gate width is even larger than the array width", NARROW_REGISTER],
        ),
        (
            lambda tech: row_switches(tech, height=5e-7),
            ["[NewSwitchMatrix] Error: pass gate height is even larger than the array height", LOW_REGISTER],
        ),
    ],
)
def test_a_small_outline_is_complained_about(make, sentences):
    assert list(make(technology.load(32)).complaints) == sentences


def test_a_resized_mux_keeps_its_first_complaint():
    first = mux(technology.load(32), width=1e-9)
    assert first.resized(1e-6, 2e-6).complaints == first.complaints != ()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda tech: RowDecoder(tech, -1), "cannot have -1 address bits"),
        (lambda tech: RowDecoder(tech, 7, side="diagonal"), "not 'diagonal'"),
        (lambda tech: mux(tech, fit="snug"), "'snug' is unknown"),
        (lambda tech: mux(tech).resized(0.0, 1e-6), "needs both a height and a width"),
    ],
)
def test_mistakes_are_told_in_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(technology.load(32))


def test_circuits_are_immutable():
    with pytest.raises(AttributeError):
        mux(technology.load(32)).area = 0.0


# ---- Properties


@some
@given(nodes, counts, loads, loads, resistances)
def test_delay_grows_with_load_and_the_slope_falls(tech, outputs, one, other, resistance):
    low, high = sorted((one, other))
    for circuit in (crossbar_driver(tech, outputs), matrix(tech, outputs), row_switches(tech, outputs)):
        assert circuit.read_latency(STEEP, low, resistance, 1) <= circuit.read_latency(STEEP, high, resistance, 1)
        assert circuit.write_latency(STEEP, low, resistance, 1) <= circuit.write_latency(STEEP, high, resistance, 1)
        assert circuit.ramp(STEEP, low, resistance) >= circuit.ramp(STEEP, high, resistance)
    driver = WordLineDriver(tech, outputs, **VOLTAGES)
    assert driver.latency(STEEP, low, resistance, 1) <= driver.latency(STEEP, high, resistance, 1)
    assert mux(tech).latency(low, 1) <= mux(tech).latency(high, 1)


@some
@given(nodes, st.integers(1, 12), st.booleans(), loads, loads)
def test_a_decoder_slows_with_load_and_size(tech, bits, enables, one, other):
    low, high = sorted((one, other))
    decoder = RowDecoder(tech, bits, mux=enables)
    assert decoder.latency(STEEP, low, low, 1) <= decoder.latency(STEEP, high, high, 1)
    if bits > 2:  # smaller ones lack a stage
        bigger = RowDecoder(tech, bits + 1, mux=enables)
        assert decoder.latency(STEEP, low, low, 1) < bigger.latency(STEEP, low, low, 1)
        assert decoder.energy(1) < bigger.energy(1)
        assert decoder.leakage < bigger.leakage


@some
@given(nodes, counts, st.floats(1e-6, 1e6), parts)
def test_read_cost_is_linear_in_reads(tech, outputs, reads, activity):
    for circuit in (matrix(tech, outputs), row_switches(tech, outputs)):
        assert golden.close(
            circuit.read_energy(reads, activity), circuit.read_energy(1, activity) * reads, golden.SAME_MATH
        )
        assert golden.close(
            circuit.read_latency(STEEP, 1e-14, 100, reads),
            circuit.read_latency(STEEP, 1e-14, 100, 1) * reads,
            golden.SAME_MATH,
        )
    decoder = RowDecoder(tech, 7)
    assert golden.close(decoder.energy(reads), decoder.energy(1) * reads, golden.SAME_MATH)
    assert golden.close(mux(tech).energy(reads), mux(tech).energy(1) * reads, golden.SAME_MATH)


@some
@given(nodes, counts, parts, parts)
def test_energy_grows_with_activity(tech, outputs, one, other):
    low, high = sorted((one, other))
    for circuit in (matrix(tech, outputs), row_switches(tech, outputs)):
        assert circuit.read_energy(1, low) <= circuit.read_energy(1, high)
    columns = matrix(tech, outputs, side="column", write_pulses=3, cells_per_write=outputs)
    assert columns.write_energy(1, low) <= columns.write_energy(1, high)


@some
@given(nodes, counts, parts)
def test_columns_take_no_read_energy_but_the_registers(tech, outputs, activity):
    columns = matrix(tech, outputs, side="column")
    assert columns.read_energy(5, activity) == columns.flip_flops.energy(5, outputs)


@some
@given(nodes, counts, st.floats(1.0, 100.0))
def test_the_registers_reads_are_added_to_the_writes(tech, outputs, reads):
    rows, switches = matrix(tech, outputs), row_switches(tech, outputs)
    register_energy = rows.flip_flops.energy(reads, outputs)
    assert rows.write_energy(0, 0.5, reads) == register_energy
    assert rows.write_latency(STEEP, 1e-14, 100, 0, reads) == rows.flip_flops.latency(reads)
    assert switches.write_energy(0, reads) == 0
    assert switches.write_latency(STEEP, 1e-14, 100, 0, reads) == 0
    assert golden.close(
        switches.write_energy(1, reads) - switches.write_energy(1, 0), register_energy, golden.REORDERED
    )


@some
@given(nodes, st.integers(1, 20), st.integers(1, 5))
def test_write_latency_of_a_decoder_driver_accumulates(tech, writes, calls):
    driver = crossbar_driver(tech)
    once = driver.write_latency(STEEP, 1e-14, 100, 1)
    result = 0.0
    for _ in range(calls):
        result = driver.write_latency(STEEP, 1e-14, 100, writes, result)
    expected = sum(once * writes**k for k in range(1, calls + 1))
    assert golden.close(result, expected, golden.REORDERED)


@some
@given(nodes, st.floats(2e-6, 1e-4), st.floats(1e-6, 1e-4))
def test_a_resized_mux_has_the_drains_of_unfolded_gates(tech, width, height):
    free = mux(tech, width=width)
    exact = free.resized(height, width)
    unfolded = mux(tech)
    assert (exact.height, exact.width, exact.area) == (height, width, height * width)
    assert exact.gate == unfolded.gate
    assert exact.latency(1e-15, 1) == unfolded.latency(1e-15, 1)
    assert exact.energy(1) == unfolded.energy(1)
    assert free.width == width


def horowitz(tau, ramp):
    return tau * math.sqrt(math.log(0.5) ** 2 + 0.5 / (ramp * tau))


@some
@given(nodes, st.floats(1e8, 1e11))
def test_every_logic_stage_of_a_word_line_driver_sees_the_input_slope(tech, ramp):
    driver = WordLineDriver(tech, 128, **VOLTAGES)
    nand, inverter, gate = driver.nand, driver.inverter, driver.gate
    stages = (
        nand["pull_down"] * 2 * (nand["output"] + inverter["input"]),
        inverter["pull_up"] * (inverter["output"] + nand["input"] * 2),
        nand["pull_down"] * 2 * (nand["output"] + gate["cap_gate_n"] + gate["cap_gate_p"]),
    )
    last = gate["resistance"] * gate["cap_drain"] * 2
    expected = sum(horowitz(tau, ramp) for tau in stages) + horowitz(last, STEEP)
    assert golden.close(driver.latency(ramp, 0, 0, 1), expected, golden.REORDERED)


@pytest.mark.parametrize("bits", [1, 2])
def test_a_decoder_without_nors_has_no_driver_leakage(bits):
    tech = technology.load(32)
    decoder = RowDecoder(tech, bits, height=1e-5)
    gates = decoder.inverter["leakage"] * decoder.inverters + decoder.nand["leakage"] * decoder.nands
    assert (decoder.nors, decoder.leakage) == (0, gates)
    assert decoder.latency(STEEP, 1e-14, 0, 1) > decoder.latency(STEEP, 0, 0, 1)


def test_a_decoder_of_no_bits_in_an_outline_has_a_negative_area():
    assert RowDecoder(technology.load(32), 0, height=1e-5).area < 0


@some
@given(nodes, counts, st.floats(1.0, 1e3))
def test_selected_lines_of_a_crossbar_and_of_1t1r(tech, outputs, resistance):
    """Unselected lines cost energy in a crossbar only."""
    crossbar = crossbar_driver(tech, outputs)
    selectors = DecoderDriver(tech, outputs, 128, 1e5, **VOLTAGES, access_transistor=True)
    assert crossbar.read_energy(0, 1) > 0 and crossbar.write_energy(0, 1) > 0
    assert selectors.read_energy(0, 1) == selectors.write_energy(0, 1) == 0
