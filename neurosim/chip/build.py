"""From designs to circuits: the only place that knows both. Circuits themselves never see a `Design`."""

import math

from neurosim._circuits import BitShifter
from neurosim.circuits._activation import Sigmoid
from neurosim.circuits._buffers import Buffer
from neurosim.circuits._cell_array import SRAMCells
from neurosim.circuits._gradients import WeightGradientUnit
from neurosim.circuits._interconnect import HTree
from neurosim.circuits.arrays import subarray
from neurosim.circuits.cells import Cell
from neurosim.circuits.converters import converter
from neurosim.design.design import ROOM
from neurosim.design.words import shared_columns
from neurosim.errors import NeurosimError


def cell_of(design):
    """The `Cell` of a design."""
    kind = design.memory_kind
    height, width = design.cell_outline
    on, off = design.cell_resistances
    write_voltage, write_pulse = kind.write(design)
    nmos, pmos, access = kind.latch(design)
    return Cell(
        memory=design.memory,
        access=design.access,
        height=height,
        width=width,
        feature_size=design.feature_size,
        resistance_on=on,
        resistance_off=off,
        read_voltage=design.read_voltage,
        write_voltage=write_voltage,
        read_pulse=design.read_pulse,
        write_pulse=write_pulse,
        access_voltage=design.access_voltage,
        resistance_access=design.resistance_access,
        nonlinear_iv=design.nonlinear_iv,
        nonlinearity=design.nonlinearity,
        width_nmos=nmos,
        width_pmos=pmos,
        width_access=access,
        min_sense_voltage=design.min_sense_voltage,
        synapse=design.synapse,
    )


WIDEST, MOST_OHMS = 1e3, 1e12   # [F], [ohm]: beyond these a cell or a resistance is no remedy


def room_for(error):
    """What makes room for an access transistor that is wider than its cell, in the names of parameters.

    Parameters
    ----------
    error : CellTooNarrow
    """
    cell, width, kind = error.cell, error.width, error.cell.kind
    of_width, of_resistance = kind.sized_by
    remedies = ["access = none"] if kind.selects else []
    least = cell.resistance_on * width / cell.width
    if of_resistance and least < MOST_OHMS:
        # Rounded up to three digits, so that what is written here fits.
        step = 10.0 ** (math.floor(math.log10(least)) - 2)
        remedies.insert(0, f"{of_resistance} of at least {math.ceil(least / step) * step:g}")
    if width < WIDEST or not remedies:
        remedies.insert(0, f"{of_width} of at least {math.ceil(width) if math.isfinite(width) else width}")
    *others, last = remedies
    return f"{', '.join(others)} or {last}" if others else last


def converter_power_factor(design):
    """What the temperature makes of the power of a converter."""
    return 1 + design.rules.converter_warming * (design.temperature - ROOM)


def check_hybrid(design):
    """Refuse what a hybrid memory cannot be combined with.

    Raises
    ------
    NeurosimError
        In one sentence, the parameter that does not fit.
    """
    wanted = {
        "training = true": (design.training, "the volatile part is only there to be trained"),
        "read_mode = parallel": (design.parallel_read, "there is no circuit that reads its rows one by one"),
        "access = cmos": (design.access == "cmos", "its devices have access transistors"),
        "relu = true": (design.relu, "there are no sigmoid tables made of its cells"),
        f"cell_bits of at least {design.synapse_bits}": (
            design.cells_per_synapse == 1, "one cell holds a whole weight"
        ),
    }  # fmt: skip
    for remedy, (fits, why) in wanted.items():
        if not fits:
            raise NeurosimError(f"memory = {design.memory}: {why}; use {remedy}, or another memory")


def array_problems(design):
    """Why no subarray can be made of a design, as {name: (cause, remedy)}; empty if one can.

    The remedies are those of the array alone; `remedies` has those that fit a network, by these names.
    """
    problems = {}
    # Quirk U17: rows are refused here, columns are cut off below.
    if design.training and design.rows_per_adc_ag > design.array_rows:
        problems["U17 rows"] = (
            f"rows_per_adc_ag = {design.rows_per_adc_ag} exceeds array_rows = {design.array_rows} (the reference "
            "divides by zero)",
            f"rows_per_adc_ag of at most {design.array_rows}, or training = false",
        )
    lines = min(design.array_rows, design.array_columns) if design.training else design.array_columns
    if design.memory_kind.volatile and design.cells_per_synapse > lines:
        problems["cells"] = (
            f"a weight of {design.synapse_bits} bits takes {design.cells_per_synapse} cells, more than the {lines} of "
            "a line of the subarray",
            f"arrays of at least {design.cells_per_synapse} rows and columns, or synapse_bits of at most {lines}",
        )
    return problems


def subarray_of(design):
    """The `SubArray` that a chip of this `Design` repeats.

    Raises
    ------
    NeurosimError
        More lines share a converter, or hold a weight, than the array has.
    """
    if design.hybrid:
        check_hybrid(design)
    for cause, remedy in array_problems(design).values():
        raise NeurosimError(f"{cause}; use {remedy}")
    return subarray(
        design.technology,
        cell_of(design),
        design.array_rows,
        design.array_columns,
        read_mode=design.read_mode,
        adc=design.adc,
        wire_resistance=design.wires.resistance,
        clock=design.clock_frequency,
        columns_per_adc=min(design.columns_per_adc, design.array_columns),
        adc_levels=design.adc_levels,
        cell_bits=design.effective_cell_bits,
        cells_per_synapse=design.cells_per_synapse,
        input_bits=design.input_bits,
        training=design.training,
        parallel_backward=design.parallel_backward,
        rows_per_adc_ag=design.rows_per_adc_ag,
        adc_levels_ag=design.adc_levels_ag,
        relax_height=design.relax_cell_height,
        relax_width=design.relax_cell_width,
        cells_apart=design.rules.cells_apart,
        split_adds=design.rules.sram_split_adds,
        converter_power_factor=converter_power_factor(design),
        update_activity=design.rules.update_activity,
        drivers_once=design.rules.column_drivers_once,
        transposed_lines=design.rules.transposed_lines,
    )


def gradient_problems(design, rows):
    """Why no weight-gradient unit can be made for `rows` output positions, as {name: cause}; empty if one can."""
    problems = {}
    # Quirk U6: too few rows hang the reference.
    if rows < design.wg_array_rows and not design.rules.least_unit_arrays:
        problems["U6"] = (
            f"the largest layer has {rows} output positions, fewer than the {design.wg_array_rows} rows of an array of "
            "the weight-gradient unit"
        )
    lines, why = design.input_bits, f"an activation has {design.input_bits} bits"
    if design.parallel_backward:
        lines, why = design.rows_per_adc_wg, f"{design.rows_per_adc_wg} columns share one converter"
    if design.wg_array_columns < lines:
        problems["gradient lines"] = (
            f"the weight-gradient unit has arrays of {design.wg_array_columns} columns, but {why}"
        )
    return problems


def gradient_unit_of(design, rows, columns):
    """The `WeightGradientUnit` of a design.

    Parameters
    ----------
    design : Design
    rows, columns : int
        Memory it should hold: output positions, and channels times input bits, of the widest layer.

    Quirk C29: only the SRAM arrays themselves are its own; converter references, voltages and the read pulse
    are those of the main memory.
    """
    technology, wires = design.technology, design.wires
    main = cell_of(design)
    own = Cell(
        memory="SRAM",
        height=design.height_sram,
        width=design.width_sram,
        width_nmos=design.width_sram_nmos,
        width_pmos=design.width_sram_pmos,
        width_access=design.width_sram_access,
        min_sense_voltage=design.min_sense_voltage,
        read_pulse=main.read_pulse,
    )
    array = SRAMCells(
        technology,
        own.placed(technology),
        design.wg_array_rows,
        design.wg_array_columns,
        wire_resistance=wires.resistance,
    )
    return WeightGradientUnit(
        technology,
        array,
        rows,
        columns,
        input_bits=design.input_bits,
        parallel=design.parallel_backward,
        selections=design.rows_per_adc_wg,
        levels=design.adc_levels_wg,
        clock=design.clock_frequency,
        read_pulse=main.read_pulse,
        read_voltage=main.read_voltage,
        write_voltage=main.write_voltage,
        access_transistor=main.has_transistor,
        on_resistance=design.cell_resistances[0],
        off_resistance=design.cell_resistances[1],
        reference_rows=design.array_rows,
        wire_resistance=wires.column,
        additions=shared_columns(design),
        layout_activity=design.activity_column_write_wg,
        least_arrays=design.rules.least_unit_arrays,
        converter=converter(design.adc),
        converter_power_factor=converter_power_factor(design),
    )


def buffer(design, bits, line, sram, **outline):
    """A buffer of `bits` in lines of `line` bits, with this design's clock, wires and SRAM cell."""
    return Buffer(
        design.technology,
        bits,
        line,
        clock=design.clock_frequency,
        sram=sram,
        wire_resistance=design.wires.resistance,
        cell_height=design.height_sram,
        cell_width=design.width_sram,
        access_width=design.width_sram_access,
        nmos_width=design.width_sram_nmos,
        min_sense_voltage=design.min_sense_voltage,
        **outline,
    )


def h_tree(design, rows, columns, bus_width, unit, **options):
    """An H-tree over `rows` x `columns` units of outline `unit` (height, width), with this design's wires."""
    return HTree(
        design.technology,
        rows,
        columns,
        bus_width,
        *unit,
        wire_width=design.wire_width,
        wire_resistance=design.wires.resistance,
        warmth=design.wires.warmth,
        own_stages=design.rules.own_tree_stages,
        wires_by_length=design.rules.tree_wires_by_length,
        **options,
    )


def activation(design, array, *, units, entries, tables, width):
    """Activation units below `width`: ReLU shifters, or sigmoid tables made of the array's own cells."""
    if design.relu:
        return BitShifter(design.technology, units, design.input_bits, design.clock_frequency, width=width)
    cell = array.cell
    # Quirk U19: with SRAM the cells of a table have no resistance, unless they are SRAM as well.
    return Sigmoid(
        design.technology,
        design.input_bits,
        entries,
        tables,
        clock=design.clock_frequency,
        sram=design.rules.sram_tables and design.memory_kind.volatile,
        cell_height=cell.cell.height,
        cell_width=cell.cell.width,
        read_voltage=cell.cell.read_voltage,
        on_resistance=cell.resistance_on,
        off_resistance=cell.resistance_off,
        nmos_width=design.width_sram_nmos,
        pmos_width=design.width_sram_pmos,
        min_sense_voltage=design.min_sense_voltage,
        width=width,
    )
