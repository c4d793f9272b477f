"""Synaptic arrays against recorded values, part by part, and in their own terms."""

import dataclasses
import functools
import math

import golden
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from recorded_cells import cell_of
from recorded_circuits import LATER, adc_of, check_rows, in_numbers, process, shape, value, warmth

from neurosim._circuits import ShiftAdd
from neurosim.chip.build import subarray_of
from neurosim.circuits.arrays import SubArray, subarray
from neurosim.circuits.cells import Cell
from neurosim.errors import NeurosimError
from neurosim.technology import load

STEEP = 1e20
READ = ("readLatency", "readDynamicEnergy")
# The binary modes and the mode without name miss circuits that the reference's chip then uses; they are refused.
READ_MODES = {"conventionalSequential": "sequential", "conventionalParallel": "parallel"}

PARTS = {
    "wlDecoder": "decoder",
    "wlDecoderDriver": "crossbar_driver",
    "wlNewDecoderDriver": "word_line_driver",
    "wlSwitchMatrix": "row_matrix",
    "wlNewSwitchMatrix": "row_switches",
    "slSwitchMatrix": "column_matrix",
    "mux": "mux",
    "muxDecoder": "mux_decoder",
    "precharger": "precharger",
    "senseAmp": "sense_amp",
    "sramWriteDriver": "write_driver",
    "dff": "flip_flops",
    "adder": "adder",
    "multilevelSenseAmp": "adc",
    "multilevelSAEncoder": "encoder",
    "shiftAdd": "shift_add",
    "wlDecoderBP": "column_decoder_ag",
    "wlSwitchMatrixBP": "column_matrix_ag",
    "prechargerBP": "precharger_ag",
    "senseAmpBP": "sense_amp_ag",
    "sramWriteDriverBP": "write_driver_ag",
    "muxBP": "mux_ag",
    "muxDecoderBP": "mux_decoder_ag",
    "dffBP": "flip_flops_ag",
    "adderBP": "adder_ag",
    "multilevelSenseAmpBP": "adc_ag",
    "multilevelSAEncoderBP": "encoder_ag",
    "shiftAddBP": "shift_add_ag",
}


# The table of V2.1 holds some of the parts as well, with two shift-and-adds each way and another kind of converter.
LATER_PARTS = {
    "slSwitchMatrix": "column_matrix",
    **{
        f"{theirs}{direction}{kind}": f"{ours}{'_ag' if direction else ''}"
        for theirs, kind, ours in (
            ("sarADC", "", "adc"),
            ("multilevelSenseAmp", "", "adc"),
            ("multilevelSAEncoder", "", "encoder"),
            ("adder", "", "adder"),
            ("dff", "", "flip_flops"),
            ("shiftAdd", "Input", "shift_add"),
            ("shiftAdd", "Weight", "cell_add"),
        )
        for direction in ("", "BP")
    },
    "muxBP": "mux_ag",
    "muxDecoderBP": "mux_decoder_ag",
}
# Supported rows
COUNTS = {"circuits": 524, LATER: 138}
VERSIONS = pytest.mark.parametrize("folder", COUNTS)


@functools.cache
def recorded(folder="circuits"):
    """[(row, SubArray)] of every supported row of a version's table."""
    later = folder == LATER
    return [
        (row, array_of(row, **(later_options(row) if later else {})))
        for row in golden.rows("SubArray", folder) if row["sub.mode"] in READ_MODES
    ]  # fmt: skip


def parts_of(array):
    """{name of a part: circuit}; those of the transposed read-out end in "_ag"."""
    return {f"{part.name}{'_ag' if part.backward else ''}": part.circuit for part in array.parts if part.role}


def later_options(row):
    """What is handed to the arrays of V2.1."""
    return {
        "falling": True, "adc": adc_of(row, "sub"), "converter_power_factor": warmth(row), "cells_apart": True,
        "split_adds": True,
    }  # fmt: skip


def array_of(row, falling=False, **options):
    given = in_numbers(row)
    assert given["param.numRowSubArray"] == given["init.numRow"]
    return subarray(
        process(row, falling),
        cell_of(row),
        given["init.numRow"],
        given["init.numCol"],
        read_mode=READ_MODES[row["sub.mode"]],
        wire_resistance=given["init.unitWireRes"],
        clock=given["sub.clkFreq"],
        columns_per_adc=given["sub.numColMuxed"],
        adc_levels=given["sub.levelOutput"],
        cell_bits=given["sub.avgWeightBit"],
        cells_per_synapse=given["sub.numCellPerSynapse"],
        input_bits=given["sub.numReadPulse"],
        training=given["sub.trainingEstimation"],
        parallel_backward=given["sub.parallelBP"],
        rows_per_adc_ag=given["sub.numRowMuxedBP"],
        adc_levels_ag=given["sub.levelOutputBP"],
        input_bits_ag=given["sub.numReadPulseBP"],
        activity_ag=given["sub.activityBPColRead"],
        relax_height=given["sub.relaxArrayCellHeight"],
        relax_width=given["sub.relaxArrayCellWidth"],
        cells_per_read=given["sub.numReadCellPerOperationNeuro"],
        cells_per_write=given["sub.numWriteCellPerOperationNeuro"],
        spiking=given["sub.spikingMode"] == "SPIKING",
        digital_mux=given["sub.FPGA"],
        initial_column_activity=given["initsub.activityColWrite"],
        initial_write_pulses=given["initsub.numWritePulseAVG"],
        **options,
    )


def passed_back(row, array):
    """Whether an array is read for the activation gradient: with training, but in V2.1 not in the first layer."""
    return array.training and row.get("sub.layerNumber") != "0"


def check(results_of, folder="circuits"):
    """Compare what `results_of(row, array)` gives, {column: value}, for every supported row of a version."""
    check_rows(([(row, results_of(row, array))] for row, array in recorded(folder)), COUNTS[folder])


def layout_of(row, array):
    return {
        "height": array.height,
        "width": array.width,
        "area": array.area,
        "usedArea": array.used_area,
        "emptyArea": array.empty_area,
        "areaADC": array.area_adc,
        "areaAccum": array.area_accumulation,
        "areaOther": array.area_other,
        "areaAG": array.area_backward,
        "areaArray": array.area_array,
        "heightArray": array.cells.height,
        "widthArray": array.cells.width,
        "leakage": array.leakage if passed_back(row, array) else array.leakage_forward,
    }


@VERSIONS
def test_layout_and_leakage(folder):
    check(layout_of, folder)


def test_wires():
    check(lambda row, array: {
        "lengthRow": array.cells.row_length,
        "lengthCol": array.cells.column_length,
        "capRow1": array.cap_row,
        "capRow2": array.cap_word_line,
        "capCol": array.cap_column,
        "resRow": array.cells.row_resistance,
        "resCol": array.cells.column_resistance,
    })


def test_parts():
    modules = {row["row"]: row for row in golden.rows("SubArray_modules")}

    def results(row, array):
        parts = modules[row["id"]]
        found = {}
        for theirs, ours in PARTS.items():
            part = parts_of(array).get(ours)
            if part is None:
                # The reference lays the transposed bit-line drivers of an SRAM out even if they are not used.
                assert parts[f"{theirs}.area"] in ("", "0") or not array.training, theirs
                continue
            found |= {f"{theirs}.{name}": size for name, size in shape(part).items()}
        return [(parts, found, "")]

    check_rows((results(*each) for each in recorded()), COUNTS["circuits"])


@VERSIONS
def test_complaints(folder):
    for row, array in recorded(folder):
        complaints = array.initial_complaints or array.complaints or array.complaint_per_read
        assert bool(complaints) == (row["warned"] == "1"), row["id"]


def test_sense_amplifiers_complain_once():
    narrow = dataclasses.replace(SRAM, width=5.0)
    array = subarray(load(32), narrow, 64, 64, read_mode="sequential", training=False, **WIRES)
    assert array.initial_complaints == ("[SenseAmp] Error: pitch too small, cannot do the layout",)
    assert array.initial_complaints[0] not in array.complaints


@pytest.mark.parametrize("read_mode", ["sequential", "parallel"])
def test_missing_shift_add_complains_at_every_read(read_mode):
    """Quirk Q22: SRAM that is read backwards column by column asks for the time of the forward shift-and-add."""
    array = small_array("sram", read_mode, True, False, input_bits=1)
    assert array.complaint_per_read == "[ShiftAdd] Error: Require initialization first!"
    assert small_array("sram", read_mode, True, False, input_bits=2).complaint_per_read == ""
    assert small_array("sram", read_mode, False, False, input_bits=1).complaint_per_read == ""
    assert small_array("1t1r", read_mode, True, False, input_bits=1).complaint_per_read == ""


def columns_of(row):
    return np.array(golden.numbers(row["latency.columnResistance"]))


def reads_of(row, array):
    cost = array.read_columns(value(row, "sub.activityRowRead"), columns_of(row), passed_back(row, array))
    theirs = {"": "", "AG": "_ag", "ADC": "_adc", "Accum": "_accumulation", "Other": "_other"}
    return {
        f"{name}{kind}": cost[f"{quantity}{ours}"]
        for name, quantity in (("readLatency", "latency"), ("readDynamicEnergy", "energy"))
        for kind, ours in theirs.items()
    }


@VERSIONS
def test_reads(folder):
    check(reads_of, folder)


def lines_of(row, array):
    """What the lines and cells take in the last read of a row, which is the transposed one if there is one."""
    cells, back, forward = array.cells, array.backward, array.forward
    at_once = row["sub.mode"] == "conventionalParallel"
    rows, columns = array.rows * value(row, "sub.activityRowRead"), array.columns * array.activity_backward
    operations = math.ceil(array.columns / array.cells_per_read)
    passed = passed_back(row, array)
    if row["cell.memCellType"] != "SRAM":
        adcs = math.ceil(array.columns / forward.share)
        resistance = array.cell.resistance_average / (array.rows // 2 if at_once else 1)
        if passed:
            rows, share, at_once = array.rows * array.activity_backward, back.share, at_once and array.parallel_backward
        else:
            share = forward.share
        energy = cells.line_energy(adcs, rows) if at_once else cells.line_energy(adcs, 1) * rows
        return {
            "colDelay": cells.settling_time(array.cap_column, resistance) * forward.share,
            "readDynamicEnergyArray": energy * share,
        }
    if passed:
        line = array.cap_row, cells.row_resistance
        reads = 1 if at_once and array.parallel_backward else operations * columns
        ramp = (array.column_matrix.ramp(STEEP, array.cap_column, cells.column_resistance) if at_once
                else array.column_decoder.ramp(STEEP, array.cap_column, 0))
    else:
        line = array.cap_column, cells.column_resistance
        reads = 1 if at_once else operations * rows
        ramp = (array.row_matrix.ramp(STEEP, array.cap_row, cells.row_resistance) if at_once
                else array.decoder.ramp(STEEP, array.cap_row, 0))
    return {"colDelay": cells.discharge_time(*line, ramp) * reads, "readDynamicEnergyArray": 0.0}


@VERSIONS
def test_lines(folder):
    check(lines_of, folder)


def writes_of(row, array):
    activities = value(row, "sub.activityRowWrite"), value(row, "sub.activityColWrite")
    pulses, energy = value(row, "sub.totalNumWritePulse"), value(row, "sub.writeDynamicEnergyArray")
    cost = array.write_update(*activities, pulses, energy, vectors=value(row, "calls"), back=passed_back(row, array))
    if row["cell.memCellType"] == "SRAM":
        pulses, energy = 0, array.cells.flip_energy() * array.rows * array.columns * math.prod(activities)
    return {
        "writeLatency": cost["latency"],
        "writeDynamicEnergy": cost["energy"],
        "writeLatencyArray": pulses * array.cell.cell.write_pulse,
        "writeDynamicEnergyArray": energy,
    }


@VERSIONS
def test_writes(folder):
    check(writes_of, folder)


def cell_of_array(row, array):
    latch = row["cell.memCellType"] == "SRAM"
    return {
        "resCellAccess": array.cell.access_resistance if latch else 0.0,
        "capCellAccess": array.cell.cap_access_drain if latch else 0.0,
        "cell.widthAccessCMOS": array.cell.cell.width_access if latch else array.cell.access_width,
        "cell.resMemCellAvg": 0.0 if latch else array.cell.resistance_average,
    }


def sensed(array, readout, columns, conversions, words, counted=None):
    """{part: (latency, energy)} of the read-out of one direction.

    Parameters
    ----------
    conversions : (one after the other, of every column)
    words : taken in by the shift-and-add of the cells of a weight, one after the other
    counted : (operations that take time, operations that take energy, sums, bits of a register) of adders
    """
    costs = {}
    if readout.converter is not None:
        latency, energy = readout.converter.converted(columns)
        costs["adc"] = latency * conversions[0], energy * conversions[1]
        costs["encoder"] = readout.converter.encoding(conversions[0])
    if counted is not None:
        reads, accesses, sums, bits = counted
        adder, flip_flops = readout.adder, readout.flip_flops
        costs["adder"] = adder.latency(STEEP, flip_flops.cap_input, reads), adder.energy(accesses, sums)
        costs["flip_flops"] = flip_flops.latency(reads), flip_flops.energy(accesses, sums * bits)
    for name, unit, count in (
        ("shift_add", readout.shift_add, words // array.cells_per_synapse), ("cell_add", readout.cell_add, words)
    ):  # fmt: skip
        if unit is not None:
            costs[name] = unit.latency(count), unit.energy(count)
    return costs


def sensed_forward(row, array):
    """{part: (latency, energy)} behind the columns, for the row's one input vector."""
    readout, cells = array.forward, array.cells_per_synapse
    share, rows = readout.share, array.rows * value(row, "sub.activityRowRead")
    if row["sub.mode"] == "conventionalParallel":
        return sensed(array, readout, columns_of(row), (share, 1), share)
    register = readout.adder.bits + 1
    if readout.converter is None:
        reads = math.ceil(array.columns / array.cells_per_read) * rows
        accesses = max(array.columns // array.cells_per_read, 1) * rows
        return sensed(array, readout, None, None, cells, (reads, accesses, array.cells_per_read // cells, register))
    reads = rows * share
    sums = math.ceil(array.columns / share)
    return sensed(array, readout, columns_of(row), (reads, rows), share, (reads, reads, sums, register))


def sensed_backward(row, array):
    """{part: (latency, energy)} beside the rows, for one transposed read."""
    readout, cells = array.backward, array.cells_per_synapse
    share, columns = readout.share, array.columns * array.activity_backward
    latch, at_once = row["cell.memCellType"] == "SRAM", row["sub.mode"] == "conventionalParallel"
    costs = {}
    if readout.mux is not None:
        gates = (readout.mux.gate[name] * readout.count for name in ("cap_gate_n", "cap_gate_p"))
        costs["mux"] = readout.mux.latency(0, share), readout.mux.energy(share)
        costs["mux_decoder"] = readout.mux_decoder.latency(STEEP, *gates, share), readout.mux_decoder.energy(share)
    if at_once and array.parallel_backward:
        return costs | sensed(array, readout, columns_of(row), (share, 1), share)
    if latch:
        reads = math.ceil(array.columns / array.cells_per_read) * columns
        accesses = array.rows // array.cells_per_read * columns
        register = 1 if at_once else array.forward.adder.bits + 1
        counted = reads, accesses, array.cells_per_read // cells, register
        return costs | sensed(array, readout, None, None, cells, counted)
    reads = share * columns
    counted = reads, reads, readout.count, readout.adder.bits + 1
    return costs | sensed(array, readout, columns_of(row), (reads, columns), share, counted)


def column_drivers(row, array):
    """{quantity: value} of the select lines of an eNVM array, which work in the transposed read and in updates."""
    matrix, line = array.column_matrix, (STEEP, array.cap_column, array.cells.column_resistance)
    activity, reads = value(row, "sub.activityColWrite"), 0
    if passed_back(row, array):
        at_once = row["sub.mode"] == "conventionalParallel" and array.parallel_backward
        reads = array.backward.share * (1 if at_once else array.columns * array.activity_backward)
    operations = math.ceil(array.columns * activity / array.cells_per_write)
    writes = 2 * operations * array.rows * value(row, "sub.activityRowWrite")
    return {
        "readLatency": matrix.read_latency(*line, reads),
        "writeLatency": matrix.write_latency(*line, writes, reads),
        "readDynamicEnergy": matrix.read_energy(reads, 0),
        "writeDynamicEnergy": matrix.write_energy(writes, activity, reads),
    }


def later_parts_of(row, array):
    """{column without "mod.": value} of all parts in the table of V2.1; 0 for those that an array does not have."""
    back = passed_back(row, array)
    costs = {part: dict(zip(READ, cost, strict=True)) for part, cost in sensed_forward(row, array).items()}
    if back:
        costs |= {f"{part}_ag": dict(zip(READ, cost, strict=True))
                  for part, cost in sensed_backward(row, array).items()}  # fmt: skip
        if array.backward.mux_decoder is not None:
            costs["mux_decoder_ag"]["writeDynamicEnergy"] = array.backward.mux_decoder.energy(1)
    if row["cell.memCellType"] != "SRAM":
        costs["column_matrix"] = column_drivers(row, array)
    absent = "multilevelSenseAmp" if adc_of(row, "sub") == "sar" else "sarADC"
    found = dict.fromkeys((column.removeprefix("mod.") for column in row if column.startswith("mod.")), 0.0)
    parts = parts_of(array)
    for theirs, ours in LATER_PARTS.items():
        if ours in parts and not theirs.startswith(absent):
            known = shape(parts[ours]) | costs.get(ours, {})
            if ours.endswith("_ag") and not back:
                known["leakage"] = 0.0      # it is not evaluated
            found |= {f"{theirs}.{name}": known[name] for name in known if f"{theirs}.{name}" in found}
    return found


def test_parts_of_the_later_version():
    """Differences V5, V6 and V14: each kind of converter and two shift-and-adds each way, with what each takes."""
    check_rows(([(row, later_parts_of(row, array), "mod.")] for row, array in recorded(LATER)), COUNTS[LATER])


def test_cells_of_the_later_version():
    check(cell_of_array, LATER)


def test_no_column_of_the_later_version_is_left_out():
    for row, array in recorded(LATER)[::23]:
        compared = [of(row, array) for of in (layout_of, reads_of, lines_of, writes_of, cell_of_array)]
        named = {f"out.{name}" for results in compared for name in results}
        assert named == {column for column in row if column.startswith("out.")}
        built = {column.split(".")[1] for column in row if column.startswith("mod.")}
        assert built == set(LATER_PARTS)


# In their own terms ---------------------------------------------------------------------------------------------------

WIRES = {"wire_resistance": 1.3e7, "clock": 1e9}
SRAM = Cell(memory="SRAM", height=8.0, width=20.0, width_nmos=2.08, width_pmos=1.23, width_access=1.31)
KINDS = {
    "sram": SRAM,
    "1t1r": Cell(),
    "crossbar": Cell(access="none", height=2.0, width=2.0),
    "fefet": Cell(memory="FeFET", resistance_on=240e3, resistance_off=24e6),
}
DESIGNS = st.fixed_dictionaries({
    "kind": st.sampled_from(sorted(KINDS)),
    "read_mode": st.sampled_from(["sequential", "parallel"]),
    "training": st.booleans(),
    "parallel_backward": st.booleans(),
})


@functools.cache
def small_array(kind, read_mode, training, parallel_backward, **options):
    return subarray(
        load(32), KINDS[kind], 64, 64, read_mode=read_mode, training=training, parallel_backward=parallel_backward,
        cell_bits=1 if kind == "sram" else 4, **(WIRES | options))


COLUMNS = np.geomspace(1e3, 2e4, 64)
ACTIVITIES = st.integers(0, 64).map(lambda count: count / 64)


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES, ACTIVITIES)
def test_reads_are_linear_in_activity(design, low, high):
    """Midway between two activities every energy is the mean, and every latency (a maximum) at most the mean."""
    array = small_array(**design)
    ends = [array.read_columns(activity, COLUMNS) for activity in (low, high)]
    middle = array.read_columns((low + high) / 2, COLUMNS)
    for name, cost in middle.items():
        mean = (ends[0][name] + ends[1][name]) / 2
        if name.startswith("energy"):
            assert golden.close(cost, mean, golden.REORDERED), name
        else:
            assert cost <= mean * (1 + golden.REORDERED), name


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES, ACTIVITIES)
def test_reads_do_not_get_cheaper_with_activity(design, one, other):
    array = small_array(**design)
    low = array.read_columns(min(one, other), COLUMNS)
    high = array.read_columns(max(one, other), COLUMNS)
    for name in low:
        assert low[name] <= high[name] * (1 + golden.SAME_MATH), name


ADCS = st.sampled_from(["flash-current", "flash-voltage", "sar"])


@settings(max_examples=80, deadline=None)
@given(DESIGNS, ACTIVITIES, ADCS, st.booleans())
def test_split_adds_up(design, activity, adc, both):
    """Where it goes, against the total: both directions in eNVM, in SRAM (quirk Q20) the last one.

    Difference V15: or `both` there, too.
    """
    array = small_array(**design, adc=adc, split_adds=both)
    cost = array.read_columns(activity, COLUMNS)
    for name in ("latency", "energy"):
        total = sum(cost[f"{name}_{part}"] for part in ("adc", "accumulation", "other"))
        if design["kind"] == "sram" and not both:
            want = cost[f"{name}_ag"] if design["training"] else cost[name]
        else:
            want = cost[name] + cost[f"{name}_ag"]
        if name == "energy" and design["kind"] != "sram" and design["read_mode"] == "sequential" and adc != "sar":
            # Quirk Q21: the total misses the energy of conversion; difference V6: not that of a SAR converter.
            converter, share = array.forward.converter, array.forward.share
            want += converter.encoding(64 * activity * share)[1] + converter.converted(COLUMNS)[1] * 64 * activity
        assert golden.close(total, want, golden.REORDERED)


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES, ADCS)
def test_an_array_is_read_one_way_only_if_wanted(design, activity, adc):
    """Difference V7: as the first layer; as an array without training, but for what is built."""
    design = design | {"training": True}
    array = small_array(**design, adc=adc, split_adds=True)
    there, alone = (array.read_columns(activity, COLUMNS, back) for back in (True, False))
    assert (alone["latency"], alone["energy"]) == (there["latency"], there["energy"])
    assert alone["latency_ag"] == alone["energy_ag"] == 0 < there["latency_ag"]
    without = small_array(**design | {"training": False}, adc=adc, split_adds=True).read_columns(activity, COLUMNS)
    assert all(golden.close(alone[name], without[name], golden.SAME_MATH) for name in alone)
    assert array.leakage_forward < array.leakage
    update = [array.write_update(0.5, 0.5, back=back) for back in (True, False)]
    if design["kind"] == "sram":
        assert update[0] == update[1]
    else:       # Quirk Q23: the transposed read of a register
        assert update[0]["energy"] > update[1]["energy"] and update[0]["latency"] == update[1]["latency"]


@settings(max_examples=40, deadline=None)
@given(DESIGNS, ACTIVITIES)
def test_kinds_of_converters_differ_in_what_converts(design, activity):
    """Differences V5 and V6: what stands around them is as large and does the same."""
    current, voltage, sar = (small_array(**design, adc=adc) for adc in ("flash-current", "flash-voltage", "sar"))
    reads = [array.read_columns(activity, COLUMNS) for array in (current, voltage, sar)]
    for other, cost in zip((voltage, sar), reads[1:], strict=True):
        for name in ("area_array", "area_accumulation", "area_other"):
            assert getattr(other, name) == getattr(current, name)
        for part in ("accumulation", "other"):
            for quantity in ("latency", "energy"):
                assert cost[f"{quantity}_{part}"] == reads[0][f"{quantity}_{part}"]
    if current.forward.converter is not None:
        assert len({array.area_adc for array in (current, voltage, sar)}) == 3
        # 64 levels, or 16 states of a cell: a nanosecond a bit, and one more, as often as columns follow each other.
        bits, conversions = (6, 8) if design["read_mode"] == "parallel" else (4, 8 * 64 * activity)
        want = (bits + 1) * 1e-9 * conversions
        if design["kind"] == "sram":    # and the time of its bit lines
            assert small_array(**design | {"training": False}, adc="sar").read_columns(
                activity, COLUMNS)["latency_adc"] > want  # fmt: skip
        else:
            alone = small_array(**design, adc="sar").read_columns(activity, COLUMNS, False)
            assert golden.close(alone["latency_adc"], want, golden.REORDERED)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("read_mode", ["sequential", "parallel"])
@pytest.mark.parametrize("parallel_backward", [False, True])
def test_which_directions_have_converters(kind, read_mode, parallel_backward):
    """Difference V6: SRAM that is read line by line keeps its sense amplifiers, whatever the kind of converter."""
    for adc, encoders in (("flash-current", True), ("flash-voltage", True), ("sar", False)):
        array = small_array(kind, read_mode, True, parallel_backward, adc=adc)
        forward = kind != "sram" or read_mode == "parallel"
        backward = kind != "sram" or (read_mode == "parallel" and parallel_backward)
        parts = parts_of(array)
        for ending, converts in (("", forward), ("_ag", backward)):
            assert (f"adc{ending}" in parts) == converts
            assert (f"sense_amp{ending}" in parts) == (not converts)
            assert (f"encoder{ending}" in parts) == (converts and encoders)
        if not (forward or backward):
            plain = small_array(kind, read_mode, True, parallel_backward)
            assert array.read_columns(0.3, COLUMNS) == plain.read_columns(0.3, COLUMNS)
            assert (array.area, array.leakage) == (plain.area, plain.leakage)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("read_mode", ["sequential", "parallel"])
@pytest.mark.parametrize("parallel_backward", [False, True])
@pytest.mark.parametrize("cells", [1, 3, 16])
def test_cells_are_joined_apart(kind, read_mode, parallel_backward, cells):
    """Difference V14: a shift-and-add joins the cells of a weight, if there are several; one joins the input bits,
    whose words are as many bits wider. Words before them: those of a converter, or of the counts of rows or columns.
    """
    array = small_array(kind, read_mode, True, parallel_backward, cells_per_synapse=cells, cells_apart=True,
                        adc_levels=50, adc_levels_ag=37)  # fmt: skip
    for readout, levels, at_once, edge in (
        (array.forward, 50, read_mode == "parallel", {"width": array.cells.width}),
        (array.backward, 37, read_mode == "parallel" and parallel_backward, {"height": array.cells.height}),
    ):
        code = math.log2(levels) if at_once else 6 + array.cell_bits        # of 64 lines
        units = 64 // cells if kind == "sram" and not at_once else 64 // 8  # 8 lines share a converter
        wanted = {"shift_add": (int(code + cells), 8), "cell_add": (int(code), cells) if cells > 1 else None}
        for name, size in wanted.items():
            got = getattr(readout, name)
            assert (got is None) == (size is None)
            if size is not None:
                alike = ShiftAdd(array.tech, units, size[0], 1e9, size[1], array.cell.cell.read_pulse, **edge)
                assert shape(got) == shape(alike)
                assert (got.latency(5), got.energy(5)) == (alike.latency(5), alike.energy(5))
    if read_mode == "parallel":
        # 8 columns follow one another, and a weight every `cells` of them: with more cells not a single one.
        cost, units = array.read_columns(0.5, COLUMNS, False), [(array.forward.shift_add, 8 // cells)]
        units += [(array.forward.cell_add, 8)] if cells > 1 else []
        for name in ("latency", "energy"):
            want = sum(getattr(unit, name)(words) for unit, words in units)
            assert golden.close(cost[f"{name}_accumulation"], want, golden.SAME_MATH)
    for bits in (1, 2):
        parts = parts_of(small_array(kind, read_mode, True, parallel_backward, cells_per_synapse=cells,
                                     cells_apart=True, input_bits=bits, input_bits_ag=bits))  # fmt: skip
        for ending in ("", "_ag"):
            assert (f"shift_add{ending}" in parts) == (bits > 1)
            assert (f"cell_add{ending}" in parts) == (cells > 1)


# Shares of the rows or columns of an array.
SHARES = st.integers(0, 128).map(lambda lines: lines / 128)


@settings(max_examples=50, deadline=None)
@given(DESIGNS, SHARES, SHARES, SHARES)
def test_writes_do_not_get_cheaper_with_activity(design, columns, one, other):
    if design["kind"] == "crossbar":
        design = design | {"read_mode": "parallel"}     # the other one is never reset, see below
    array = small_array(**design)
    low = array.write_update(min(one, other), columns)
    high = array.write_update(max(one, other), columns)
    assert low["latency"] <= high["latency"] * (1 + golden.SAME_MATH)
    assert low["energy"] <= high["energy"] * (1 + golden.SAME_MATH)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5), st.integers(0, 5), st.floats(0.01, 1))
def test_crossbar_driver_never_forgets(first, second, activity):
    """Quirk U20: w(k) = (w(k-1) + delay) writes over all vectors, also across updates."""
    array = small_array("crossbar", "sequential", True, True)
    before = array.write_update(activity, 0.3, vectors=first)
    after = array.write_update(activity, 0.3, vectors=second, previous=before["driver_latency"])
    at_once = array.write_update(activity, 0.3, vectors=first + second)
    assert golden.close(after["driver_latency"], at_once["driver_latency"], golden.SAME_MATH)
    assert golden.close(after["latency"], at_once["latency"], golden.SAME_MATH)
    writes = 2 * 1 * 64 * activity
    one = array.write_update(activity, 0.3, vectors=1)["driver_latency"]
    two = array.write_update(activity, 0.3, vectors=2)["driver_latency"]
    assert golden.close(two, (one + one / writes) * writes, golden.REORDERED)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("read_mode", ["sequential", "parallel"])
def test_training_only_adds(kind, read_mode):
    """The transposed read-out takes area and leaks, and leaves the forward read as it is."""
    with_training = small_array(kind, read_mode, True, True)
    without = small_array(kind, read_mode, False, True)
    assert with_training.used_area > without.used_area
    assert with_training.leakage > without.leakage
    assert without.area_backward == 0
    one, other = (array.read_columns(0.25, COLUMNS) for array in (with_training, without))
    assert (one["latency"], one["energy"]) == (other["latency"], other["energy"])
    assert other["latency_ag"] == other["energy_ag"] == 0


def test_parts_explain_the_used_area():
    for kind in KINDS:
        for read_mode in ("sequential", "parallel"):
            array = small_array(kind, read_mode, True, False)
            parts = parts_of(array)
            assert set(parts) <= set(PARTS.values())
            total = array.cells.area + sum(part.area for part in parts.values())
            split = array.area_array + array.area_adc + array.area_accumulation + array.area_other
            assert golden.close(array.used_area, total, golden.REORDERED)
            assert golden.close(array.used_area, split, golden.REORDERED)


def test_vector_without_active_rows():
    """All columns are open; nothing becomes a NaN."""
    for kind in KINDS:
        for read_mode in ("sequential", "parallel"):
            for shown in (np.inf, np.nan):
                cost = small_array(kind, read_mode, True, True).read_columns(0.0, np.full(64, shown))
                assert np.isfinite(list(cost.values())).all()


def test_no_columns_at_all():
    cost = small_array("1t1r", "parallel", True, True).read_columns(0.5, np.empty(0))
    assert np.isfinite(list(cost.values())).all()


@pytest.mark.parametrize("mode", ["BNNsequential", "XNORparallel", "none"])
def test_other_modes_are_refused(mode):
    with pytest.raises(ValueError, match="is not supported: use 'sequential' or 'parallel'"):
        subarray(load(32), Cell(), 64, 64, read_mode=mode, **WIRES)


@pytest.mark.parametrize(
    "name", ["columns_per_adc", "rows_per_adc_ag", "cells_per_synapse", "input_bits", "input_bits_ag"]
)
def test_sizes_below_one_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} = 0 must be at least 1"):
        subarray(load(32), Cell(), 64, 64, read_mode="parallel", **WIRES, **{name: 0})


def test_empty_array_is_refused():
    with pytest.raises(ValueError, match="at least one row and one column, not 0 x 64"):
        subarray(load(32), Cell(), 0, 64, read_mode="parallel", **WIRES)


def test_common_base_is_not_an_array():
    with pytest.raises(NeurosimError, match=r"make one with neurosim\.circuits\.arrays\.subarray"):
        SubArray(load(32), Cell(), 64, 64, **WIRES)


def test_array_of_a_design():
    from neurosim.design.design import Design

    design = Design()
    array = subarray_of(design)
    assert (array.rows, array.columns, array.cell_bits) == (128, 128, 5)
    narrow = subarray_of(design.replace(array_columns=4, columns_per_adc=8))
    assert narrow.forward.share == 4
    with pytest.raises(ValueError, match="Transistor width of 1T1R="):
        subarray_of(design.replace(node=130, resistance_on=10e3))


# Repairs --------------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(DESIGNS, SHARES, SHARES, st.integers(0, 20))
def test_updates_take_energy_by_what_they_write(design, rows, columns, pulses):
    """Quirk U10 mended: each circuit with the activity and pulses of the update, beside what it takes without."""
    array, mended = (small_array(**design, update_activity=update) for update in (False, True))
    before = array.write_update(rows, columns, row_pulses=pulses)
    after = mended.write_update(rows, columns, row_pulses=pulses)
    supply = array.tech.vdd**2
    written = 64 * columns
    if design["kind"] == "sram":
        # A bit line a column, and the node between the inverters of its driver, at each write of a row.
        inverter = array.forward.write_driver.inverter
        operations = max(written / 64, 1) * 64 * rows
        more = operations * written * supply * (array.cap_column + inverter["output"] + inverter["input"])
    else:
        # Set and reset, each to half of the cells by all pulses, through three drains a column.
        operations = 2 * math.ceil(written / 64) * 64 * rows
        drains = 3 * array.column_matrix.gate["cap_drain"] * array.cell.cell.write_voltage**2
        more = operations * 2 * drains * pulses * written / 2
    assert golden.close(after["energy"], before["energy"] + more, golden.REORDERED)
    assert after["latency"] == before["latency"]


@pytest.mark.parametrize("kind", ["1t1r", "crossbar", "fefet"])
@pytest.mark.parametrize("read_mode", ["parallel", "sequential"])
def test_column_drivers_leak_once(kind, read_mode):
    """Quirk Q23 mended: every circuit leaks once, and an update does not read."""
    array = small_array(kind, read_mode, True, True, drivers_once=True)
    circuits = {id(part.circuit): part.circuit for part in array.parts}
    assert golden.close(array.leakage, array.cells.leakage + sum(part.leakage for part in circuits.values()),
                        golden.REORDERED)  # fmt: skip
    updates = [array.write_update(0.5, 0.5, back=back) for back in (True, False)]
    assert updates[0] == updates[1]


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES, st.sampled_from([1, 4, 8, 64]))
def test_a_transposed_read_charges_the_lines_it_uses(design, activity, share):
    """Quirk Q44 mended: bit lines of the driven half of the columns, word lines of the rows that are sensed."""
    assume(design["kind"] != "sram")
    design = design | {"training": True}
    array, mended = (small_array(**design, rows_per_adc_ag=share, transposed_lines=lines) for lines in (False, True))
    at_once = design["read_mode"] == "parallel" and design["parallel_backward"]
    bit_line, word_line = array.cells.line_energy(1, 0), array.cells.line_energy(0, 1)
    sensed, driven = 64 // share, 32
    lines = driven * bit_line + sensed * word_line if at_once else driven * (bit_line + sensed * word_line)
    forward = 64 // 8       # lines of a forward read, by 8 columns a converter
    before = forward * bit_line + 32 * word_line if at_once else 32 * (forward * bit_line + word_line)
    reads = [one.read_columns(activity, COLUMNS) for one in (array, mended)]
    assert golden.close(reads[1]["energy_ag"] + share * before, reads[0]["energy_ag"] + share * lines, golden.REORDERED)
    settled = 0.0
    if design["read_mode"] == "parallel" and not at_once:
        # One cell of the row conducts, not half of them.
        load, resistance = array.cells.cap_row_drains, array.cells.resistance_average
        settled = array.cells.settling_time(load, resistance * (1 - 1 / 32)) * share / 8
    assert golden.close(reads[1]["latency_ag"], reads[0]["latency_ag"] + settled, golden.REORDERED)
    assert reads[1]["energy"] == reads[0]["energy"]
