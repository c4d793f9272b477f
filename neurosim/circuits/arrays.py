"""Synaptic arrays by memory and read mode."""

from neurosim.circuits._subarray import SubArray
from neurosim.circuits._subarray_hybrid import HybridArray
from neurosim.circuits._subarray_nvm import ParallelNVM, SequentialNVM
from neurosim.circuits._subarray_sram import ParallelSRAM, SequentialSRAM
from neurosim.circuits.converters import CONVERTERS
from neurosim.errors import NeurosimError

__all__ = ["SubArray", "subarray"]

_KINDS = {
    ("SRAM", "sequential"): SequentialSRAM,
    ("SRAM", "parallel"): ParallelSRAM,
    ("NVM", "sequential"): SequentialNVM,
    ("NVM", "parallel"): ParallelNVM,
    ("hybrid", "parallel"): HybridArray,
}


def subarray(tech, cell, rows, columns, *, read_mode, adc="flash-current", **options):
    """The `SubArray` of a memory cell.

    Parameters
    ----------
    tech : Technology
    cell : Cell
    rows, columns : int
        Cells of the array.
    read_mode : str
        "sequential" (rows one by one) or "parallel" (all at once).
    adc : str
        Kind of converter, see `neurosim.circuits.converters`.
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
    return _KINDS[memory, read_mode](tech, cell, rows, columns, converter=CONVERTERS[adc], **options)
