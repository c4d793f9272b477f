"""Synaptic arrays against recorded values, part by part, and in their own terms."""

import dataclasses
import functools

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_cells import cell_of
from recorded_circuits import check_rows, in_numbers, process, shape

from neurosim.chip.build import subarray_of
from neurosim.circuits.arrays import SubArray, subarray
from neurosim.circuits.cells import Cell
from neurosim.errors import NeurosimError
from neurosim.technology import load

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


@functools.cache
def recorded():
    """(row of the table, row of its parts, SubArray) of every supported row."""
    modules = {row["row"]: row for row in golden.rows("SubArray_modules")}
    return [
        (row, modules[row["id"]], array_of(row)) for row in golden.rows("SubArray") if row["sub.mode"] in READ_MODES
    ]


def parts_of(array):
    """{name of a part: circuit}; those of the transposed read-out end in "_ag"."""
    return {f"{part.name}{'_ag' if part.backward else ''}": part.circuit for part in array.parts if part.role}


def array_of(row):
    value = in_numbers(row)
    assert value["param.numRowSubArray"] == value["init.numRow"]
    return subarray(
        process(row),
        cell_of(row),
        value["init.numRow"],
        value["init.numCol"],
        read_mode=READ_MODES[row["sub.mode"]],
        wire_resistance=value["init.unitWireRes"],
        clock=value["sub.clkFreq"],
        columns_per_adc=value["sub.numColMuxed"],
        adc_levels=value["sub.levelOutput"],
        cell_bits=value["sub.avgWeightBit"],
        cells_per_synapse=value["sub.numCellPerSynapse"],
        input_bits=value["sub.numReadPulse"],
        training=value["sub.trainingEstimation"],
        parallel_backward=value["sub.parallelBP"],
        rows_per_adc_ag=value["sub.numRowMuxedBP"],
        adc_levels_ag=value["sub.levelOutputBP"],
        input_bits_ag=value["sub.numReadPulseBP"],
        activity_ag=value["sub.activityBPColRead"],
        relax_height=value["sub.relaxArrayCellHeight"],
        relax_width=value["sub.relaxArrayCellWidth"],
        cells_per_read=value["sub.numReadCellPerOperationNeuro"],
        cells_per_write=value["sub.numWriteCellPerOperationNeuro"],
        spiking=value["sub.spikingMode"] == "SPIKING",
        digital_mux=value["sub.FPGA"],
        initial_column_activity=value["initsub.activityColWrite"],
        initial_write_pulses=value["initsub.numWritePulseAVG"],
    )


def check(results_of):
    """Compare what `results_of(row, modules, array)` gives for every supported row; see `check_rows`."""
    check_rows((results_of(*each) for each in recorded()), 524)


def test_layout_and_leakage():
    check(lambda row, modules, array: [(row, {
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
        "leakage": array.leakage,
    })])


def test_wires():
    check(lambda row, modules, array: [(row, {
        "lengthRow": array.cells.row_length,
        "lengthCol": array.cells.column_length,
        "capRow1": array.cap_row,
        "capRow2": array.cap_word_line,
        "capCol": array.cap_column,
        "resRow": array.cells.row_resistance,
        "resCol": array.cells.column_resistance,
    })])


def test_parts():
    def results(row, modules, array):
        found = {}
        for theirs, ours in PARTS.items():
            part = parts_of(array).get(ours)
            if part is None:
                # The reference lays the transposed bit-line drivers of an SRAM out even if they are not used.
                assert modules[f"{theirs}.area"] in ("", "0") or not array.training, theirs
                continue
            found |= {f"{theirs}.{name}": value for name, value in shape(part).items()}
        return [(modules, found, "")]

    check(results)


def test_complaints():
    for row, _, array in recorded():
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


def read(row, array):
    columns = np.array(golden.numbers(row["latency.columnResistance"]))
    return array.read_columns(float(row["sub.activityRowRead"]), columns)


def test_reads():
    def results(row, modules, array):
        cost = read(row, array)
        return [(row, {
            "readLatency": cost["latency"],
            "readLatencyAG": cost["latency_ag"],
            "readLatencyADC": cost["latency_adc"],
            "readLatencyAccum": cost["latency_accumulation"],
            "readLatencyOther": cost["latency_other"],
            "readDynamicEnergy": cost["energy"],
            "readDynamicEnergyAG": cost["energy_ag"],
            "readDynamicEnergyADC": cost["energy_adc"],
            "readDynamicEnergyAccum": cost["energy_accumulation"],
            "readDynamicEnergyOther": cost["energy_other"],
        })]

    check(results)


def test_settling_of_bit_lines():
    def results(row, modules, array):
        if row["cell.memCellType"] != "SRAM":
            resistance = array.cell.resistance_average
            if row["sub.mode"] == "conventionalParallel":
                resistance /= array.rows // 2
            delay = array.cells.settling_time(array.cap_column, resistance)
            return [(row, {"colDelay": delay * array.forward.share})]
        return []

    check(results)


def test_writes():
    def results(row, modules, array):
        cost = array.write_update(
            float(row["sub.activityRowWrite"]),
            float(row["sub.activityColWrite"]),
            total_pulses=float(row["sub.totalNumWritePulse"]),
            array_energy=float(row["sub.writeDynamicEnergyArray"]),
            vectors=int(row["calls"]),
        )
        return [(row, {"writeLatency": cost["latency"], "writeDynamicEnergy": cost["energy"]})]

    check(results)


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
    for name, value in middle.items():
        mean = (ends[0][name] + ends[1][name]) / 2
        if name.startswith("energy"):
            assert golden.close(value, mean, golden.REORDERED), name
        else:
            assert value <= mean * (1 + golden.REORDERED), name


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES, ACTIVITIES)
def test_reads_do_not_get_cheaper_with_activity(design, one, other):
    array = small_array(**design)
    low = array.read_columns(min(one, other), COLUMNS)
    high = array.read_columns(max(one, other), COLUMNS)
    for name in low:
        assert low[name] <= high[name] * (1 + golden.SAME_MATH), name


@settings(max_examples=50, deadline=None)
@given(DESIGNS, ACTIVITIES)
def test_split_adds_up(design, activity):
    """Where it goes, against the total: both directions in eNVM, the last one in SRAM (quirk Q20)."""
    array = small_array(**design)
    cost = array.read_columns(activity, COLUMNS)
    for name in ("latency", "energy"):
        total = sum(cost[f"{name}_{part}"] for part in ("adc", "accumulation", "other"))
        if design["kind"] == "sram":
            want = cost[f"{name}_ag"] if design["training"] else cost[name]
        else:
            want = cost[name] + cost[f"{name}_ag"]
        if name == "energy" and design["kind"] != "sram" and design["read_mode"] == "sequential":
            # Quirk Q21: the total misses the energy of conversion.
            converter, share = array.forward.converter, array.forward.share
            want += converter.encoding(64 * activity * share)[1] + converter.converted(COLUMNS)[1] * 64 * activity
        assert golden.close(total, want, golden.REORDERED)


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
