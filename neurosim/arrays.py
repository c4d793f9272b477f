"""Synaptic arrays by memory and read mode."""

from neurosim._subarray import SubArray
from neurosim._subarray_hybrid import HybridArray
from neurosim._subarray_nvm import ParallelNVM, SequentialNVM
from neurosim._subarray_sram import ParallelSRAM, SequentialSRAM
from neurosim.errors import NeurosimError
from neurosim.hybrid import check_hybrid

__all__ = ["SubArray", "subarray", "subarray_of"]

_KINDS = {
    ("SRAM", "sequential"): SequentialSRAM,
    ("SRAM", "parallel"): ParallelSRAM,
    ("NVM", "sequential"): SequentialNVM,
    ("NVM", "parallel"): ParallelNVM,
    ("hybrid", "parallel"): HybridArray,
}


def subarray(tech, cell, rows, columns, *, read_mode, **options):
    """The `SubArray` of a memory cell.

    Parameters
    ----------
    tech : Technology
    cell : Cell
    rows, columns : int
        Cells of the array.
    read_mode : str
        "sequential" (rows one by one) or "parallel" (all at once).
    **options
        As of `SubArray`; `wire_resistance` [ohm/m] and `clock` [Hz] are needed.

    Raises
    ------
    NeurosimError
        A read mode there is no array for, or a cell or array that cannot be laid out.
    """
    if read_mode not in ("sequential", "parallel"):
        raise NeurosimError(
            f"read mode {read_mode!r} is not supported: use 'sequential' or 'parallel' (the reference's BNN and XNOR "
            "modes lack circuits that its chip needs)"
        )
    memory = "SRAM" if cell.memory == "SRAM" else "NVM"
    if cell.synapse is not None:
        memory = "hybrid"
        if read_mode != "parallel":
            raise NeurosimError(
                f"{cell.memory} cells are only read in parallel; use read_mode = parallel, or another memory"
            )
    return _KINDS[memory, read_mode](tech, cell, rows, columns, **options)


def subarray_of(design):
    """The `SubArray` that a chip of this `Design` repeats.

    Raises
    ------
    NeurosimError
        More lines share a converter, or hold a weight, than the array has.
    """
    from neurosim.cells import Cell

    if design.hybrid:
        check_hybrid(design)
    if design.training and design.rows_per_adc_ag > design.array_rows:
        raise NeurosimError(
            f"rows_per_adc_ag = {design.rows_per_adc_ag} exceeds array_rows = {design.array_rows} (the reference "
            f"divides by zero); use rows_per_adc_ag of at most {design.array_rows}, or training = false"
        )
    lines = min(design.array_rows, design.array_columns) if design.training else design.array_columns
    if design.memory == "SRAM" and design.cells_per_synapse > lines:
        raise NeurosimError(
            f"a weight of {design.synapse_bits} bits takes {design.cells_per_synapse} cells, more than the {lines} of "
            "a line of the subarray; use larger arrays or fewer synapse_bits"
        )
    return subarray(
        design.technology,
        Cell.from_design(design),
        design.array_rows,
        design.array_columns,
        read_mode=design.read_mode,
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
    )
