"""The circuits of hybrid-precision synapses: cell, update, transfer and read, formulas against loops."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from golden import REORDERED, ROOT, SAME_MATH, close
from hypothesis import given, settings
from hypothesis import strategies as st
from small import design, network, trace

from neurosim.chip.build import subarray_of
from neurosim.circuits.arrays import subarray
from neurosim.circuits.cells import Cell
from neurosim.circuits.hybrid import (
    HYBRID_MEMORIES,
    HYBRID_PARAMETERS,
    HybridCell,
)
from neurosim.design.parameters import NODES
from neurosim.evaluation.flow import evaluate
from neurosim.evaluation.hybrid_costs import count_pulses, expected_transfer, transfer_items
from neurosim.evaluation.writes import Writes, write_energy
from neurosim.report.plan import plan

MEMORIES = pytest.mark.parametrize("memory", HYBRID_MEMORIES)
STEEP = 1e20


def array_of(memory="hybrid-3t1c", **options):
    return subarray_of(design(memory=memory, **options))


def report_of(memory="hybrid-3t1c", **options):
    chosen = design(memory=memory, **options)
    return evaluate(chosen, network(), trace(network(), chosen))


def all_close(got, want, tolerance):
    return all(close(a, b, tolerance) for a, b in zip(got, want, strict=True))


# -- the cell ----------------------------------------------------------------------------------------


def test_published_values():
    cell = HybridCell()
    assert close(cell.pulse_energy, 3.335e-15, SAME_MATH)  # 6.67 uA, 0.5 ns, 1 V
    assert close(cell.charge_current * cell.charge_pulse / cell.capacitor, 33.35e-3, SAME_MATH)  # V a pulse
    assert cell.outline(32e-9) == (100.0, 50.0)
    assert 19.5e-3 < cell.implied_density(32e-9) < 20.5e-3  # an MIM capacitor
    assert (cell.msb_levels, cell.lsb_levels, cell.msb_weight, cell.transfer_interval) == (32, 32, 4.0, 40)
    fefet = HybridCell(memory="2t1fefet")
    assert [round(voltage, 2) for voltage in fefet.program_voltages] == [2.0, 2.67, 3.33, 4.0]
    assert (fefet.msb_levels, fefet.lsb_levels, fefet.msb_weight) == (4, 64, 1.5)
    assert fefet.pulses_per_weight == 80  # the charge spans two of the three steps of the polarisation
    mean_square = (4.0**2 + sum(v * v for v in (2, 8 / 3, 10 / 3, 4)) / 4) / 2
    assert close(fefet.polarization_voltage, math.sqrt(mean_square), SAME_MATH)


def test_every_parameter_has_a_source():
    for parameter in HYBRID_PARAMETERS.values():
        assert parameter.source and parameter.meaning
        assert getattr(design(), parameter.name) == parameter.default == getattr(HybridCell(), parameter.name)


def test_the_documentation_lists_every_parameter():
    text = (ROOT / "docs" / "hybrid.md").read_text()
    for parameter in HYBRID_PARAMETERS.values():
        default = parameter.default if isinstance(parameter.default, str) else f"{parameter.default:g}"
        source = parameter.source.replace("MLP+NeuroSim V3.0", "V3.0")
        assert f"| `{parameter.name}` | {default} | {parameter.unit} | {source} |" in text


def test_a_cell_can_be_changed_and_sent_to_another_process():
    cell = replace(HybridCell(memory="2t1fefet"), gate_levels=16)
    assert (cell.memory, cell.lsb_levels) == ("2t1fefet", 16)
    assert pickle.loads(pickle.dumps(cell)) == cell == HybridCell(memory="2t1fefet", gate_levels=16)


def test_a_design_hands_its_parameters_on():
    chosen = design(memory="hybrid-3t1c", significance=8.0, capacitor_levels=64, levels_ltp=50, levels_ltd=40)
    cell = chosen.synapse
    assert (cell.msb_weight, cell.lsb_levels, cell.msb_levels) == (8.0, 64, 50)
    assert cell.pulses_per_weight == 9 * 64 / 2
    assert cell.longest_transfer == 7  # 50 levels over a range of 1/8


@given(st.floats(1e-15, 1e-12), st.floats(1e-3, 0.2), st.sampled_from(NODES))
def test_a_cell_drawn_by_density(capacitor, density, node):
    feature = node * 1e-9
    cell = HybridCell(capacitor=capacitor, capacitor_density=density, capacitor_layout="density")
    height, width = cell.outline(feature)
    area = height * width * feature**2
    assert close(area, capacitor / density + cell.hybrid_transistor_area * feature**2, REORDERED)
    assert close(cell.implied_density(feature), density, 1e-6)  # the transistors' area is subtracted again
    larger = HybridCell(capacitor=2 * capacitor, capacitor_density=density, capacitor_layout="density")
    denser = HybridCell(capacitor=capacitor, capacitor_density=2 * density, capacitor_layout="density")
    assert math.prod(larger.outline(feature)) > height * width > math.prod(denser.outline(feature))


def test_chip_area_follows_capacitor_and_density():
    areas = [
        plan(design(memory="hybrid-3t1c", capacitor_layout="density", **options), network()).areas["array"]
        for options in ({"capacitor": 200e-15}, {}, {"capacitor_density": 0.1}, {"capacitor": 1e-18})
    ]
    assert areas == sorted(areas, reverse=True) and len(set(areas)) == 4


# -- the update ----------------------------------------------------------------------------------------


def slow_pulses(new, old, synapse):
    """Pulse counts of one array, one cell after the other."""
    rows = row_pulses = pulses = cells = clipped = 0
    for new_row, old_row in zip(new, old, strict=True):
        longest = 0
        for a, b in zip(new_row, old_row, strict=True):
            wanted = round(abs(a - b) * (synapse.msb_weight + 1) / 2 * synapse.lsb_levels)
            count = min(wanted, synapse.lsb_levels)
            clipped += wanted > synapse.lsb_levels
            cells += count > 0
            pulses += count
            longest = max(longest, count)
        rows += longest > 0
        row_pulses += longest
    return rows, row_pulses, pulses, cells, clipped, len(new), len(new[0])


@settings(max_examples=40)
@given(
    st.integers(1, 7),
    st.integers(1, 9),
    st.integers(0, 10**6),
    st.sampled_from(HYBRID_MEMORIES),
    st.sampled_from([1.0, 2.5, 4.0, 8.0]),
)
def test_pulses_against_a_loop(rows, columns, seed, memory, significance):
    random = np.random.default_rng(seed)
    new = random.integers(-15, 16, (rows, columns)) / 16
    old = new + random.integers(-3, 4, (rows, columns)) / 16 * (random.random((rows, columns)) < 0.5)
    old[0, 0] = -new[0, 0]
    synapse = HybridCell(memory=memory, significance=significance)
    counted = count_pulses(new, old, synapse)
    names = ("written_rows", "row_pulses", "pulses", "cells", "clipped", "rows", "columns")
    assert tuple(getattr(counted, name) for name in names) == slow_pulses(new.tolist(), old.tolist(), synapse)
    assert counted == count_pulses(old, new, synapse)


@MEMORIES
def test_update_against_a_loop_over_rows(memory):
    array = array_of(memory)
    synapse = array.synapse
    counts = [[0, 3, 1], [0, 0, 0], [7, 0, 2], [1, 1, 1]]
    wire = array.cells.row_resistance, array.cells.column_resistance
    voltage = synapse.charge_voltage
    latency = energy = 0.0
    for row in counts:
        if not any(row):
            continue
        latency += array.word_matrix_lsb.write_latency(STEEP, array.cap_word_line_lsb, wire[0], 1, 1)
        latency += array.power_gates.write_latency(STEEP, array.cap_power_gate, wire[1], 1, 1)
        latency += max(row) * synapse.charge_pulse
        energy += sum(row) * synapse.charge_current * voltage * synapse.charge_pulse
        energy += array.word_matrix_lsb.read_energy(1, 1 / array.word_matrix_lsb.outputs)
        energy += array.cap_word_line_lsb * voltage**2 + array.power_gates.read_energy(1, 0)
        gate, vdd = array.power_gates.gate, array.tech.vdd
        for count in row:
            if count:
                energy += (3 * gate["cap_drain"] + array.cap_power_gate) * voltage**2
                energy += (gate["cap_gate_n"] + gate["cap_gate_p"]) * vdd**2
    flat = [count for row in counts for count in row]
    got = array.update(3, sum(map(max, counts)), sum(flat), sum(count > 0 for count in flat))
    assert all_close(got, (latency, energy), REORDERED)


@MEMORIES
@settings(max_examples=20)
@given(st.integers(1, 10**6), st.integers(1, 1000))
def test_update_is_linear_in_pulses(memory, pulses, row_pulses):
    array = array_of(memory)
    base, once = array.update(32, 0, 0, 40), array.update(32, row_pulses, pulses, 40)
    synapse = array.synapse
    assert close(once[1] - base[1], pulses * synapse.pulse_energy, 1e-6 if pulses < 100 else REORDERED)
    assert close(once[0] - base[0], row_pulses * synapse.charge_pulse, REORDERED)


# -- the transfer --------------------------------------------------------------------------------------


@MEMORIES
def test_transfer_against_a_loop_over_rows(memory):
    array = array_of(memory, transfer_moved=0.25, transfer_pulses=3.0)
    cell, synapse = array.cell.cell, array.synapse
    rows, columns = 24, 16
    read_latency, read_energy = array.transfer_read(columns)
    latency = energy = ups = downs = pulses = 0.0
    for _ in range(rows):
        latency += read_latency
        energy += read_energy
        moved = 0.25 * columns
        if memory == "2t1fefet":
            up, down, in_row = 4, 1, 2 * moved
        else:
            up = down = 5  # 1 to 5 pulses, 3 in the mean
            in_row = 3.0 * moved
        ups, downs, pulses = ups + up, downs + down, pulses + in_row
        latency += (up + down) * cell.write_pulse
    shares = (moved / 4, moved) if memory == "2t1fefet" else (moved / 2, moved / 2)
    conductance = (1 / cell.resistance_on + 1 / cell.resistance_off) / 2
    writes = Writes(rows, rows, *shares, ups, downs, rows, columns, pulses * conductance)
    drivers = array.write_update(writes.row_activity, writes.column_activity)
    items = transfer_items(array, rows, columns, 2e-18)
    assert close(items["transfer"][0], latency + drivers["latency"], REORDERED)
    assert close(items["transfer"][1], energy + drivers["energy"] + write_energy(array, writes, 2e-18), REORDERED)
    assert all_close(items["transfer_read"], (rows * read_latency, rows * read_energy), SAME_MATH)
    assert all_close(items["transfer_pulses"], (ups + downs, pulses), REORDERED)
    assert synapse.longest_transfer == (2 if memory == "2t1fefet" else 8)


def test_expected_pulses_of_a_row():
    """The longest of many devices with 1 to 2p - 1 pulses, by drawing them."""
    synapse = HybridCell(transfer_moved=0.5, transfer_pulses=3.0)
    random = np.random.default_rng(1)
    drawn = random.integers(1, 6, (2000, 32))  # 32 of 128 columns move up
    expected = expected_transfer(synapse, 1, 128)
    assert abs(drawn.mean() - expected.pulses / expected.moved) < 0.05
    assert abs(drawn.max(axis=1).mean() - expected.longest_up) < 0.01
    # Never more than the whole range of the capacitor is worth.
    many = expected_transfer(HybridCell(transfer_pulses=100.0), 4, 4)
    assert many.longest_up == many.longest_down == 8 and many.pulses == 8 * many.moved


def test_a_transfer_that_moves_nothing_only_reads():
    items = transfer_items(array_of(transfer_moved=0.0), 32, 32)
    assert items["transfer"] == items["transfer_read"] and items["transfer"][0] > 0


@MEMORIES
def test_transfer_is_amortised_over_the_interval(memory):
    reports = {interval: report_of(memory, transfer_interval=interval) for interval in (1, 7, 40, 10**9)}
    whole = reports[1].hybrid.chip["transfer"]
    for interval_, report in reports.items():
        parts = report.hybrid.chip
        assert parts["transfer"] == whole
        assert parts["update"] == reports[1].hybrid.chip["update"]
        for kind in ("latency", "energy"):
            assert parts["transfer_amortised"][kind] * interval_ == pytest.approx(whole[kind], rel=SAME_MATH)
            difference = report.totals[f"weight_update_{kind}"] - reports[10**9].totals[f"weight_update_{kind}"]
            # Buffers and wires of the update are the same in both.
            assert math.isclose(difference / 250, whole[kind] * (1 / interval_ - 1e-9), rel_tol=REORDERED, abs_tol=0.0)


# -- reading -------------------------------------------------------------------------------------------


def envm_array(array, **options):
    """An eNVM array of the same geometry as a hybrid one."""
    chosen = design(**options)
    hybrid = array.cell.cell
    names = ("access", "height", "width", "feature_size", "resistance_on", "resistance_off", "read_voltage",
             "write_voltage", "read_pulse", "write_pulse", "access_voltage", "resistance_access")  # fmt: skip
    cell = Cell(memory="RRAM", **{name: getattr(hybrid, name) for name in names})
    return subarray(
        array.tech, cell, array.rows, array.columns, read_mode="parallel", wire_resistance=chosen.wires.resistance,
        clock=chosen.clock_frequency, columns_per_adc=chosen.columns_per_adc, adc_levels=chosen.adc_levels,
        cell_bits=chosen.effective_cell_bits, cells_per_synapse=1, input_bits=chosen.input_bits,
        parallel_backward=chosen.parallel_backward, rows_per_adc_ag=chosen.rows_per_adc_ag,
        adc_levels_ag=chosen.adc_levels_ag,
    )  # fmt: skip


@pytest.mark.parametrize(("memory", "passes"), [("hybrid-3t1c", 2), ("2t1fefet", 1)])
@pytest.mark.parametrize("options", [{}, {"columns_per_adc": 1}, {"parallel_backward": False}, {"input_bits": 1}])
def test_a_read_senses_once_for_each_part(memory, passes, options):
    array = array_of(memory, **options)
    envm = envm_array(array, **options)
    resistances = np.geomspace(2e4, 2e5, array.columns)
    for activity in (0.0, 0.3, 1.0):
        got, want = (one.read_columns(activity, resistances) for one in (array, envm))
        assert close(got["latency_adc"], passes * want["latency_adc"], REORDERED)
        assert close(got["energy_adc"], passes * want["energy_adc"], REORDERED)
        # Both parts are joined behind the accumulation.
        for kind in ("latency_accumulation", "energy_accumulation"):
            if passes == 1:
                assert close(got[kind], want[kind], REORDERED)
            else:
                assert 2 * want[kind] < got[kind] < 8 * want[kind]


def selected(array):
    """(latency, energy) of choosing columns for one input vector, both parts in turn if another multiplexer does so."""
    readout, passes = array.forward, array.passes
    slots = readout.share + (passes > 1)
    stages = [(readout.mux, readout.mux_decoder, slots, passes)]
    if passes > 1:
        stages.append((array.part_mux, array.part_decoder, passes, 1))
    latency = energy = 0.0
    for mux, decoder, count, times in stages:
        gates = (mux.gate[name] * readout.count for name in ("cap_gate_n", "cap_gate_p"))
        latency += times * (mux.latency(0, count) + decoder.latency(STEEP, *gates, count))
        energy += times * (mux.energy(count) + decoder.energy(count))
    return latency, energy


@MEMORIES
@pytest.mark.parametrize("input_bits", [1, 2, 8])
@pytest.mark.parametrize("activity", [0.0, 0.3, 1.0])
def test_multiplexers_are_set_once_for_all_input_bits(memory, input_bits, activity):
    """Their time and energy are shared out over the bits of an input; drivers work for each of them."""
    array = array_of(memory, input_bits=input_bits)
    latency, energy = selected(array)
    cost = array.read_columns(activity, np.full(array.columns, 1e5), False)
    drivers = array.part_energies(1, activity)
    assert close(cost["energy_other"], drivers["msb"] + drivers["lsb"] + energy / input_bits, SAME_MATH)
    assert energy / input_bits > 1e-3 * cost["energy_other"]    # it shows
    row = array.cells.row_resistance
    drive = 0.0
    for word, bit, lines in (
        (array.word_matrix_msb, array.bit_matrix_msb, (array.cap_word_line, array.cap_row)),
        (array.word_matrix_lsb, array.bit_matrix_lsb, (array.cap_word_line_lsb, array.cap_bit_line_lsb)),
    )[: array.passes]:
        drive += max(matrix.read_latency(STEEP, line, row, array.forward.share)
                     for matrix, line in zip((word, bit), lines, strict=True))  # fmt: skip
    resistance = array.cell.resistance_average / (array.rows // 2)
    settle = array.passes * array.cells.settling_time(array.cap_column, resistance) * array.forward.share
    want = max(drive, latency / input_bits) + settle / input_bits
    assert close(cost["latency_other"], want, SAME_MATH)


@MEMORIES
@pytest.mark.parametrize("input_bits", [1, 8])
def test_sensing_a_row_for_a_transfer_sets_multiplexers_once(memory, input_bits):
    """Of one part, whatever the bits of an input are."""
    array = array_of(memory, input_bits=input_bits)
    share, row, columns = array.forward.share, array.cells.row_resistance, 24
    latency, energy = (cost / array.passes for cost in selected(array))
    bits = array.bit_matrix_lsb or array.bit_matrix_msb
    resistance = array.cell.resistance_average
    sensed, taken = array.forward.converter.converted(np.array([resistance]))
    encoded, encoding = array.forward.converter.encoding(share)
    drive = max(array.word_matrix_lsb.read_latency(STEEP, array.cap_word_line_lsb, row, 1),
                bits.read_latency(STEEP, array.cap_bit_line_lsb, row, 1))  # fmt: skip
    settle = array.cells.settling_time(array.cap_column, resistance)
    one = 1 / array.rows
    want = (
        max(drive, latency) + share * (settle + sensed) + encoded,
        array.word_matrix_lsb.read_energy(1, one) + bits.read_energy(1, one) + energy
        + array.cells.line_energy(columns, 1) + columns * taken + encoding,
    )  # fmt: skip
    assert all_close(array.transfer_read(columns), want, SAME_MATH)


def test_parts_of_a_read_add_up():
    from neurosim.circuits._columns import read_vectors
    from neurosim.evaluation.hybrid_costs import read_parts
    from neurosim.evaluation.reading import ArrayStats

    array = array_of()
    activity = np.array([0.1, 0.5, 0.9])
    conversion = np.full(3, 2e-9), np.full(3, 1e-12)
    reads = read_vectors(array, activity, conversion, conversion)
    parts = read_parts(array, ArrayStats(activity, {}, None), reads)
    assert all_close(np.sum(list(parts.values()), axis=0), (reads["latency"], reads["energy"]), SAME_MATH)
    assert parts["lsb"][1] > parts["msb"][1] > parts["join"][1] > 0
