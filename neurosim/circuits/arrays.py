"""Synaptic arrays by memory and read mode."""

from typing import Any

from neurosim.circuits._subarray import SubArray
from neurosim.circuits.cells import Cell
from neurosim.circuits.converters import converter
from neurosim.errors import NeurosimError
from neurosim.technology._transistor import Technology

__all__ = ["SubArray", "subarray"]

# Quirk U15: no BNN and XNOR modes, for which the reference lacks areas and latencies, and crashes.
READ_MODES = ("sequential", "parallel")


def subarray(
    tech: Technology, cell: Cell, rows: int, columns: int, *, read_mode: str, adc: str = "flash-current", **options: Any
) -> SubArray:
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
    if read_mode not in READ_MODES:
        raise NeurosimError(
            f"read mode {read_mode!r} is not supported: use 'sequential' or 'parallel' (the reference's BNN and XNOR "
            "modes lack circuits that its chip needs)"
        )
    kind = cell.kind.array(read_mode)
    if kind is None:
        possible = " or ".join(f"read_mode = {mode}" for mode in READ_MODES if cell.kind.array(mode))
        raise NeurosimError(f"{cell.memory} cells are not read in {read_mode} mode; use {possible}, or another memory")
    return kind(tech, cell, rows, columns, converter=converter(adc), **options)
