"""What repaired arrays and the repaired weight-gradient unit compute, derived again from their parts."""

import math

import numpy as np
import pytest
from golden import REORDERED, SAME_MATH, close

from neurosim import technology
from neurosim._circuits import AdderTree
from neurosim.circuits._cell_array import SRAMCells
from neurosim.circuits._gradients import WeightGradientUnit
from neurosim.circuits._switches import SwitchMatrix
from neurosim.circuits.arrays import subarray
from neurosim.circuits.cells import Cell

STEEP = 1e20
ROWS, COLUMNS = 32, 64
SHARE = {"columns_per_adc": 8, "rows_per_adc_ag": 4}
CELLS = {
    "SRAM": Cell(memory="SRAM", height=8.0, width=20.0, width_nmos=2.08, width_pmos=1.23, width_access=1.31),
    "RRAM": Cell(),
}


def load(**rules):
    return technology.load(32, rules=technology.CircuitRules(**rules))


def array(memory="SRAM", **rules):
    """An array that is not square."""
    return subarray(load(**rules), CELLS[memory], ROWS, COLUMNS, read_mode="parallel", wire_resistance=1.3e7, clock=1e9,
                    adc_levels=32, adc_levels_ag=32, **SHARE)  # fmt: skip


def read(chosen, activity=0.25):
    return chosen.read_columns(activity, np.full(COLUMNS, 5e3))


def parts(chosen, backward):
    return {part.name: part for part in chosen.parts if part.backward == backward}


def near(got, want, tolerance=SAME_MATH):
    assert close(got, want, tolerance), (got, want)


def others(changed, old, new):
    """Nothing but what is named has changed."""
    return {name for name in old if name not in changed and not close(new[name], old[name], SAME_MATH)} == set()


def test_a_precharged_bit_line_is_discharged():
    """One discharge more for each further line that shares a converter, in both directions."""
    old, new = array(), array(lines_discharged=True)
    cells, matrices = old.cells, (old.row_matrix, old.column_matrix)
    lines = ((cells.cap_row, cells.row_resistance), (cells.cap_column, cells.column_resistance))
    one = []
    for matrix, (driven, sensed) in zip(matrices, (lines, lines[::-1]), strict=True):
        one.append(cells.discharge_time(*sensed, matrix.ramp(STEEP, *driven)))
    before, after = read(old), read(new)
    near(after["latency"] - before["latency"], 7 * one[0], REORDERED)
    near(after["latency_ag"] - before["latency_ag"], 3 * one[1], REORDERED)
    assert others({"latency", "latency_ag", "latency_adc"}, before, after)
    assert new.area == old.area and new.leakage == old.leakage


def test_transposed_drivers_of_sram_are_as_active_as_the_columns():
    """Half of the columns, whatever rows are active; and the write drivers of the rows leak."""
    old, new = array(), array(transposed_drivers=True)
    energies = [read(new, activity)["energy_ag"] for activity in (0, 0.25, 1)]
    for energy in energies:
        near(energy, read(old, 0.5)["energy_ag"])
    assert read(old, 0)["energy_ag"] < energies[0] < read(old, 1)["energy_ag"]
    near(new.leakage - old.leakage, parts(old, True)["write_driver"].circuit.leakage, REORDERED)
    assert others({"energy_ag", "energy_other"}, read(old), read(new))


def test_the_decoder_of_the_forward_multiplexer_leaks():
    old, new = array(), array(decoders_leak=True)
    near(new.leakage - old.leakage, parts(old, False)["mux_decoder"].circuit.leakage, REORDERED)
    whole = sum(part.circuit.leakage for part in new.parts if part.name != "write_driver" or not part.backward)
    near(new.leakage, new.cells.leakage + whole)
    assert read(new) == read(old)


def test_column_drivers_of_sram_stand_along_the_width():
    old, new = array(), array(columns_along_width=True)
    drivers = parts(new, True)["column_matrix"].circuit
    assert drivers.width == new.cells.width and drivers.along_columns
    alone = SwitchMatrix(load(), COLUMNS, new.cells.column_resistance, 1e9, read_voltage=0.5, write_voltage=4.0,
                         access_transistor=True, side="column", width=new.cells.width)  # fmt: skip
    assert (drivers.height, drivers.area) == (alone.height, alone.area)
    near(new.height - old.height, drivers.height - parts(old, True)["column_matrix"].circuit.height, REORDERED)
    # What a driven line takes does not depend on which way its driver is turned, but for its drains.
    gate = drivers.gate
    line = 3 * gate["cap_drain"] * 0.25 + (gate["cap_gate_n"] + gate["cap_gate_p"]) * load().vdd**2
    near(drivers.read_energy(4, 0.5), 4 * COLUMNS / 2 * line + drivers.flip_flops.energy(4, COLUMNS))


def test_columns_of_nonvolatile_arrays_take_energy_in_a_transposed_read():
    """Half of them, as often as rows share a converter."""
    old, new = array("RRAM"), array("RRAM", columns_driven=True)
    gate = new.column_matrix.gate
    line = 3 * gate["cap_drain"] * 0.25 + (gate["cap_gate_n"] + gate["cap_gate_p"]) * load().vdd**2
    before, after = read(old), read(new)
    near(after["energy_ag"] - before["energy_ag"], SHARE["rows_per_adc_ag"] * COLUMNS / 2 * line, REORDERED)
    assert others({"energy_ag", "energy_other"}, before, after)


@pytest.mark.parametrize("memory", CELLS)
def test_an_array_shifts_its_registers_at_every_write(memory):
    """All rows, all columns: two writes a row."""
    old, new = array(memory), array(memory, registers_write=True)
    before, after = (chosen.write_update(1.0, 1.0, vectors=1, back=False) for chosen in (old, new))
    # The drivers of rows and columns work at the same time; those of rows added the reads of their register.
    most = 2 * ROWS * 0.5e-9
    assert most - 8 * 0.5e-9 <= (after["latency"] - before["latency"]) * (1 + REORDERED) <= most
    drivers = [old.column_matrix, old.row_switches if memory == "RRAM" else old.row_matrix]
    added = sum(d.flip_flops.energy(2 * ROWS, d.outputs) for d in (drivers if memory == "RRAM" else drivers[1:]))
    added -= drivers[1].flip_flops.energy(SHARE["columns_per_adc"], drivers[1].outputs)
    near(after["energy"] - before["energy"], added, REORDERED)


def test_sides_are_as_wide_as_their_stacks():
    """Prechargers and write drivers of the rows stand in columns as high as the cells."""
    old, new = array(), array(bit_lines_stack=True)
    was, now = (
        {name: part.circuit for name, part in parts(chosen, True).items() if name in ("precharger", "write_driver")}
        for chosen in (old, new)
    )
    for name, circuit in now.items():
        stacked = int(new.cells.height / was[name].height)
        assert circuit.height == new.cells.height
        near(circuit.width, was[name].width / ROWS * math.ceil(ROWS / stacked))
    near(old.width - new.width, sum(was[name].width - now[name].width for name in now), REORDERED)
    assert read(new) == read(old)


# -- weight-gradient unit ----------------------------------------------------------------------------


def unit(parallel=True, selections=8, input_bits=8, **rules):
    tech = load(**rules)
    cells = SRAMCells(tech, CELLS["SRAM"].placed(tech), 32, 64, wire_resistance=1.3e7)
    return WeightGradientUnit(
        tech, cells, 128, 192, input_bits=input_bits, parallel=parallel, selections=selections, levels=16, clock=1e9,
        read_pulse=10e-9, read_voltage=0.5, write_voltage=4.0, access_transistor=True, on_resistance=1e5,
        off_resistance=1e6, reference_rows=32, wire_resistance=2.0, additions=8,
    )  # fmt: skip


def test_bit_lines_of_the_unit_are_discharged_as_often_as_precharged():
    old, new = unit(), unit(unit_lines_discharged=True)
    before, after = old.read_latencies(0.25), new.read_latencies(0.25)
    cells = old.array
    once = cells.discharge_time(cells.cap_column, cells.column_resistance, STEEP)
    near(before["array"], 8 * once)
    near(after["array"], 8 * 8 * once)
    assert others({"array"}, before, after)
    assert unit(False, unit_lines_discharged=True).read_latencies(0.25) == unit(False).read_latencies(0.25)


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize(("selections", "input_bits"), [(8, 8), (8, 4), (2, 8), (3, 8)])
def test_the_unit_has_an_adder_tree_for_every_word(parallel, selections, input_bits):
    """A word for every converter, or (row by row) for every adder: of all arrays that lie side by side."""
    chosen = unit(parallel, selections, input_bits, trees_of_words=True)
    words = 64 // (selections if parallel else input_bits)
    assert chosen.accumulation.count == 192 // 64 * words
    tree = AdderTree(load(), 4, chosen.accumulation.bits, 3 * words, width=math.sqrt(chosen.array_area))
    assert chosen.area == 12 * chosen.array_area + tree.area


@pytest.mark.parametrize("selections", [1, 4, 8])
def test_the_unit_converts_a_column_once_a_bit(selections):
    old, new = unit(selections=selections), unit(selections=selections, unit_converts_once=True)
    before, after = old.read_energies(0.25), new.read_energies(0.25)
    conducts = 1 / (CELLS["SRAM"].placed(load()).access_resistance + 2.0)       # a cell and its wire
    (converter,) = (part.circuit for part in old.parts if part.name == "adc")
    one = converter.energy(np.array([1 / (8 * conducts)]))     # a quarter of the rows
    near(after["adc"], 64 * 8 * one, REORDERED)     # all columns, all bits
    near(before["adc"], selections * after["adc"])
    assert others({"adc"}, before, after)
