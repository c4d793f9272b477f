"""Weight-gradient unit and off-chip memory against recorded values, and what must hold for any of them."""

import functools
import math

import golden
import pytest
from golden import SAME_MATH
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import LATER, adc_of, check, check_rows, in_numbers, process, shape, values, warmth

from neurosim.circuits._cell_array import SRAMCells
from neurosim.circuits._dram import Dram
from neurosim.circuits._gradients import WeightGradientUnit
from neurosim.circuits.cells import Cell
from neurosim.circuits.converters import converter
from neurosim.errors import NeurosimError
from neurosim.technology import load

some = settings(max_examples=50, deadline=None)

OHM_PER_METRE = 13256578.947368421
COUNTS = {"numArrayInRow", "numArrayInCol", "outPrecision", "accumulation.numStage"}

# Our name of a part: the reference's
PARTS = {
    "decoder": "wlDecoder",
    "sense_amp": "senseAmp",
    "flip_flops": "dff",
    "adder": "adder",
    "precharger": "precharger",
    "write_driver": "sramWriteDriver",
    "shift_add": "shiftAdd",
    "accumulation": "accumulation",
    "switch_matrix": "wlSwitchMatrix",
    "mux": "mux",
    "mux_decoder": "muxDecoder",
    "adc": "multilevelSenseAmp",
    "encoder": "multilevelSAEncoder",
}


def parts_of(unit):
    """{name: circuit} of a unit."""
    return {part.name: part.circuit for part in unit.parts} | {"accumulation": unit.accumulation}


def test_dram_table():
    def results(row):
        row = in_numbers(row)
        dram = Dram({1: "GDDR5", 2: "HBM2"}[row["init.DRAMtype"]])
        return {
            "bandwidth": dram.bandwidth,
            "energyperbit": dram.energy_per_bit,
            "readLatency": dram.latency(row["latency.numRead"]),
            "readDynamicEnergy": dram.energy(row["power.numRead"]),
        }

    check("DRAM", results, 24)


def gradient_unit(row, falling=False, **options):
    tech, row = process(row, falling), in_numbers(row)
    cell = Cell(
        memory="SRAM",
        access="cmos",
        height=row["param.heightInFeatureSizeSRAM"],
        width=row["param.widthInFeatureSizeSRAM"],
        width_nmos=row["param.widthSRAMCellNMOS"],
        width_pmos=row["param.widthSRAMCellPMOS"],
        width_access=row["param.widthAccessCMOS"],
        min_sense_voltage=row["param.minSenseVoltage"],
    )
    array = SRAMCells(
        tech,
        cell.placed(tech),
        row["param.numRowSubArrayWG"],
        row["param.numColSubArrayWG"],
        wire_resistance=row["param.unitLengthWireResistance"],
    )
    return WeightGradientUnit(
        tech,
        array,
        row["init.numMemRow"],
        row["init.numMemCol"],
        input_bits=row["param.numBitInput"],
        parallel=bool(row["param.parallelBP"]),
        selections=row["param.numRowMuxedWG"],
        levels=row["param.levelOutputWG"],
        clock=row["param.clkFreq"],
        read_pulse=row["cell.readPulseWidth"],
        read_voltage=row["cell.readVoltage"],
        write_voltage=row["cell.writeVoltage"],
        access_transistor=row["cell.accessType"] == "CMOS",
        on_resistance=row["param.resistanceOn"],
        off_resistance=row["param.resistanceOff"],
        reference_rows=row["param.numRowSubArray"],
        wire_resistance=row["param.wireResistanceCol"],
        additions=row["param.numColMuxed"],
        layout_activity=row["initparam.activityColWriteWG"],
        **options,
    )


def activities(row):
    """Part of the rows read, of the rows written, of the columns written."""
    return values(row, *(f"param.activity{name}WG" for name in ("RowRead", "RowWrite", "ColWrite")))


@functools.cache
def recorded(folder="circuits"):
    """[(row, unit)] of a version's table."""
    def options(row):
        if folder != LATER:
            return {}
        return {"falling": True, "converter": converter(adc_of(row, "param")), "converter_power_factor": warmth(row)}

    return [(row, gradient_unit(row, **options(row))) for row in golden.rows("WeightGradientUnit", folder)]


def costs_of(row, unit):
    """{column: value} of what a unit takes for the reads of a row."""
    read, write, column = activities(row)
    reads, = values(row, "latency.numRead")
    assert values(row, "power.numRead") == [reads]
    energy = unit.read_energy(reads, read), unit.write_energy(write, column, read)
    latency = unit.read_latency(reads, read), unit.write_latency(write)
    if read == write == column:
        assert unit.evaluate(reads, read) == (*latency, *energy)
    return {
        f"{name}{peak}": cost
        for name, cost in (("readLatency", latency[0]), ("writeLatency", latency[1]),
                           ("readDynamicEnergy", energy[0]), ("writeDynamicEnergy", energy[1]))
        for peak in ("", "Peak")
    }  # fmt: skip


def layout_of(unit):
    """{column: value} of what a unit is."""
    return shape(unit) | {
        "areaSubArray": unit.array_area,
        "areaArray": unit.array.area,
        "numArrayInRow": unit.arrays_per_row,
        "numArrayInCol": unit.arrays_per_column,
        "outPrecision": unit.output_bits,
    }


def test_weight_gradient_table():
    """All rows, also those flagged because a memory narrower than an array has a negative area."""
    def results(row, unit):
        read, write, column = activities(row)
        return layout_of(unit) | costs_of(row, unit) | {
            "colDelay": unit.read_latencies(read)["array"],
            "writeDynamicEnergyArray": unit.write_energies(write, column, read)["array"],
            "capCellAccess": unit.array.cell.cap_access_drain,
            "capSRAMCell": unit.array.cell.cap_storage,
            "resCellAccess": unit.array.cell.access_resistance,
            "lengthRow": unit.array.row_length,
            "lengthCol": unit.array.column_length,
            "accumulation.numStage": unit.accumulation.stages,
        }

    check_rows(([(row, results(row, unit))] for row, unit in recorded()), 146, exact=COUNTS)


def parts_costs(row, unit, adc="multilevelSenseAmp"):
    """{part.quantity: value}, in the reference's names, of every part of a unit; `adc` is that of its converters."""
    read, write, column = activities(row)
    costs = {
        "readLatency": unit.read_latencies(read),
        "writeLatency": unit.write_latencies(write),
        "readDynamicEnergy": unit.read_energies(read),
        "writeDynamicEnergy": unit.write_energies(write, column, read),
    }
    reads, = values(row, "power.numRead")
    costs["readDynamicEnergy"]["accumulation"] = unit.accumulation.energy(reads, unit.arrays_per_row)
    found = {}
    for name, part in parts_of(unit).items():
        theirs = adc if name == "adc" else PARTS[name]
        found |= {f"{theirs}.{quantity}": value for quantity, value in shape(part).items()}
        found |= {f"{theirs}.{quantity}": cost[name] for quantity, cost in costs.items() if name in cost}
    return found


def test_weight_gradient_parts():
    """Area, latency, energy and leakage of every part of the table of modules."""
    modules = {row["row"]: row for row in golden.rows("WeightGradientUnit_modules")}
    seen = set()

    def compared():
        for row, unit in recorded():
            results, of_parts = parts_costs(row, unit), modules[row["id"]]
            seen.update(parts_of(unit))
            # A part that we do not build is blank, or zero throughout (the shift-and-add of inputs of one bit).
            built = {column.split(".")[0] for column in results}
            absent = {column for column in of_parts if "." in column and column.split(".")[0] not in built}
            assert {float(of_parts[column]) for column in absent if of_parts[column] != ""} <= {0.0}
            yield [(of_parts, results, "")]

    check_rows(compared(), 146)
    assert seen == set(PARTS)


def later_parts_of(row, unit):
    """{column without "mod.": value} of all parts in the table of V2.1; 0 for those that a unit does not have."""
    columns = [column.removeprefix("mod.") for column in row if column.startswith("mod.")]
    costs = parts_costs(row, unit, "sarADC" if adc_of(row, "param") == "sar" else "multilevelSenseAmp")
    return {column: costs.get(column, 0.0) for column in columns}


def test_weight_gradients_of_the_later_version():
    """Differences V4 to V6: converters of each kind, at each temperature."""
    def results(row, unit):
        costs = layout_of(unit) | costs_of(row, unit)
        assert {f"out.{name}" for name in costs} == {column for column in row if column.startswith("out.")}
        return [(row, costs), (row, later_parts_of(row, unit), "mod.")]

    check_rows((results(*each) for each in recorded(LATER)), 38, exact=COUNTS)


def unit(parallel=True, memory_rows=900, memory_columns=1024, size=128, **changes):
    tech = load(32, "LSTP", 301)
    cell = Cell(memory="SRAM", height=8, width=20, width_nmos=2.08, width_pmos=1.23, width_access=1.31).placed(tech)
    array = SRAMCells(tech, cell, size, size, wire_resistance=OHM_PER_METRE)
    values = {
        "input_bits": 8, "parallel": parallel, "selections": 8, "levels": 16, "clock": 1e9, "read_pulse": 1e-8,
        "read_voltage": 0.5, "write_voltage": 4.0, "access_transistor": True, "on_resistance": 1e5,
        "off_resistance": 1e6, "reference_rows": 128, "wire_resistance": 10.0, "additions": 8,
    }  # fmt: skip
    return WeightGradientUnit(tech, array, memory_rows, memory_columns, **(values | changes))


UNITS = {parallel: unit(parallel) for parallel in (False, True)}
activity = st.just(0.0) | st.floats(1e-3, 1.0)


@some
@given(reads=st.integers(1, 100000), active=activity, parallel=st.booleans())
def test_costs_of_reads_add_up(reads, active, parallel):
    one, many = UNITS[parallel].evaluate(1, active), UNITS[parallel].evaluate(reads, active)
    assert math.isclose(many.read_latency, one.read_latency * reads, rel_tol=SAME_MATH)
    assert math.isclose(many.read_energy, one.read_energy * reads, rel_tol=SAME_MATH)
    assert many[1::2] == one[1::2]


@some
@given(fewer=activity, more=activity, parallel=st.booleans())
def test_more_activity_never_writes_faster_nor_cheaper(fewer, more, parallel):
    fewer, more = sorted((fewer, more))
    few, many = UNITS[parallel].evaluate(1, fewer), UNITS[parallel].evaluate(1, more)
    assert few.write_latency <= many.write_latency
    assert few.write_energy <= many.write_energy


@some
@given(fewer=activity, more=activity)
def test_row_by_row_only_active_rows_are_read(fewer, more):
    fewer, more = sorted((fewer, more))
    few, many = UNITS[False].evaluate(1, fewer), UNITS[False].evaluate(1, more)
    assert few.read_latency <= many.read_latency
    assert few.read_energy <= many.read_energy


@some
@given(rows=st.integers(128, 5000), columns=st.integers(128, 5000), parallel=st.booleans())
def test_rows_and_columns_that_fill_no_array_are_left_out(rows, columns, parallel):
    given_, whole = unit(parallel, rows, columns), unit(parallel, rows // 128 * 128, columns // 128 * 128)
    assert (given_.area, given_.leakage, given_.evaluate(3, 0.3)) == (
        whole.area, whole.leakage, whole.evaluate(3, 0.3))  # fmt: skip
    assert math.isclose(given_.leakage, UNITS[parallel].leakage / (7 * 8) * (rows // 128) * (columns // 128),
                        rel_tol=SAME_MATH)


@pytest.mark.parametrize("parallel", [False, True])
def test_multiplexers_and_adder_trees_leak_nothing(parallel):
    """Quirk C30: the leakage of the whole leaves them out, though the trees have one of their own."""
    small = unit(parallel, 128, 128)
    counted = small.array.leakage
    for name in PARTS.keys() - {"accumulation", "mux", "mux_decoder"}:
        counted += parts_of(small)[name].leakage if name in parts_of(small) else 0
    assert math.isclose(small.leakage, counted, rel_tol=SAME_MATH)
    assert UNITS[parallel].accumulation.leakage > 0


def test_a_memory_narrower_than_an_array_has_a_negative_area():
    """Quirk U6: no array is built, and adder trees for none of them are as good as infinitely wrong."""
    narrow = unit(True, 900, 100)
    assert narrow.arrays_per_column == 0
    assert narrow.area < 0
    assert narrow.leakage == 0


@pytest.mark.parametrize("parallel", [False, True])
def test_layout_activity_is_what_precharger_and_write_driver_write(parallel):
    """Quirk U11: their energy follows the activity the circuit was made for, not that of the data."""
    made_for_none, made_for_half = unit(parallel), unit(parallel, layout_activity=0.5)
    for name in ("precharger", "write_driver"):
        assert made_for_none.write_energies(0.3, 0.3, 0.3)[name] == 0
        assert made_for_half.write_energies(0.3, 0.3, 0.3)[name] == made_for_half.write_energies(0.3, 1, 0.3)[name] > 0


def test_without_active_rows_the_converters_still_take_their_shortest_time():
    reads = 8 * 8
    assert math.isclose(UNITS[True].read_latencies(0)["adc"], 1e-9 * reads, rel_tol=SAME_MATH)


def test_inputs_of_one_bit_need_no_shift_and_add():
    assert unit(True, input_bits=1).readout.shift_add is None
    assert "shift_add" not in unit(False, input_bits=1).read_latencies(0.3)


def test_messages():
    with pytest.raises(NeurosimError, match=r"127 output positions, fewer than the 128 rows .* at most 127"):
        unit(memory_rows=127)
    with pytest.raises(NeurosimError, match="129 columns share one converter; use wg_array_columns of at least 129"):
        unit(selections=129)
    with pytest.raises(NeurosimError, match="an activation has 16 bits; use wg_array_columns of at least 16"):
        unit(False, size=8, input_bits=16)
    with pytest.raises(ValueError, match="at least one input bit and one column"):
        unit(input_bits=0)
    with pytest.raises(NeurosimError, match=r"'HMB2' is unknown: use one of GDDR5, HBM2 \(did you mean 'hbm2'\?\)"):
        Dram("HMB2")
