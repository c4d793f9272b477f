"""The weight-gradient unit of a design."""

from neurosim._cell_array import SRAMCells
from neurosim._training import WeightGradientUnit
from neurosim.cells import Cell


def gradient_unit_of(design, rows, columns):
    """The `WeightGradientUnit` of a design.

    Parameters
    ----------
    design : Design
    rows, columns : int
        Memory it should hold: output positions, and channels times input bits, of the widest layer.

    Quirk: only the SRAM arrays themselves are its own; converter references, voltages and the read pulse
    are those of the main memory.
    """
    technology, wires = design.technology, design.wires
    main = Cell.from_design(design)
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
        additions=design.columns_per_adc,
        at_least_one="U6" in design.corrections,
    )
