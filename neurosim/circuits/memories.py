"""Kinds of memory cells, as a table: everybody asks a property, nobody a name.

To add one, add an entry to `MEMORIES`: `Memory` says what has to be told, and its methods what may be.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from neurosim._names import resolve

_SRAM = "neurosim.circuits._subarray_sram"
_NVM = "neurosim.circuits._subarray_nvm"
_HYBRID = "neurosim.circuits._subarray_hybrid"


@dataclass(frozen=True)
class Memory:
    """A kind of memory cell.

    Attributes
    ----------
    name : str
    arrays : dict
        {read mode: kind of `SubArray`, or "module:name" of it}; a mode that is missing is refused.
    writes : str or object
        How weight updates are counted and what they cost: a name of `neurosim.evaluation.writes.UPDATES`, or such an
        object.
    reference : int or None
        Its number in the reference (`memcelltype`).
    volatile : bool
        A latch (SRAM): all cells carry the same current, and it is the cell's own transistors that leak.
    ferroelectric : bool
        Written through the gate of an FeFET, without a current.
    hybrid : bool
        There is a volatile part beside the non-volatile one (`Design.synapse`).
    baseline : str or None
        The memory that a chip without the volatile part would use.
    through_access : bool
        Whether the current of a 1T1R cell passes `resistance_access` on its way to the converter.
    cell_bits : int or None
        Bits that every cell holds, whatever `cell_bits` of the design.
    selects : bool
        Whether the access device is the designer's choice.
    sized_by : tuple of str
        Parameters of the width of a cell with an access transistor, and of the resistance that decides how wide that
        transistor is ("" where the resistance is no parameter).
    """

    name: str
    arrays: dict[str, Any] = field(repr=False)
    writes: object = "pulses"
    reference: int | None = None
    volatile: bool = False
    ferroelectric: bool = False
    hybrid: bool = False
    baseline: str | None = None
    through_access: bool = False
    cell_bits: int | None = None
    selects: bool = True
    sized_by: tuple[str, str] = ("width_1t1r", "resistance_on")

    def array(self, read_mode: str) -> Any:
        """The kind of `SubArray` for a read mode, or None."""
        kind = self.arrays.get(read_mode)
        return None if kind is None else resolve(kind)

    # What follows from the parameters of a design -----------------------------------------------------

    def outline(self, values: Any) -> tuple[float, float]:
        """(height, width) of a cell [F]; `values` has the parameters as attributes."""
        if values.access == "cmos":
            return values.height_1t1r, values.width_1t1r
        return values.height_crosspoint, values.width_crosspoint

    def resistances(self, values: Any) -> tuple[float, float]:
        """(low, high) resistance of the memory element at the read voltage [ohm]."""
        return values.resistance_on, values.resistance_off

    def write(self, values: Any) -> tuple[float, float]:
        """(voltage [V], width [s]) of a write pulse, of potentiation and depression together.

        Quirk Q15: both take the same voltage and pulse; their "average" is the root of the sum of the squares for the
        voltage (1.41 times as high) but the mean for the pulse, unless a rule says that it is for both.
        """
        voltage, pulse = values.write_voltage, values.write_pulse
        if not values.rules.mean_write_voltage:
            voltage = math.sqrt(voltage * voltage + voltage * voltage)
        return voltage, (pulse + pulse) / 2

    def latch(self, values: Any) -> tuple[float, float, float]:
        """(pull-down, pull-up, access) widths of the transistors of a latch [F]; 0 where there is none."""
        return 0.0, 0.0, 0.0


class Latch(Memory):
    """SRAM: six transistors a cell."""

    def outline(self, values):
        return values.height_sram, values.width_sram

    def latch(self, values):
        return values.width_sram_nmos, values.width_sram_pmos, values.width_sram_access


class Hybrid(Memory):
    """A non-volatile part with a volatile one beside it; its numbers are those of `Design.synapse`."""

    def outline(self, values):
        return values.synapse.outline(values.technology.feature_size)


class ChargedFeFET(Hybrid):
    """2T-1FeFET: both parts live in one FeFET, whose conductances and pulses are numbers of the synapse."""

    def resistances(self, values):
        return 1 / values.fefet_conductance_max, 1 / values.fefet_conductance_min

    def write(self, values):
        pulse = values.synapse.polarization_pulse
        return values.synapse.polarization_voltage, (pulse + pulse) / 2


_NVM_ARRAYS = {"sequential": f"{_NVM}:SequentialNVM", "parallel": f"{_NVM}:ParallelNVM"}

MEMORIES: dict[str, Memory] = {
    memory.name: memory
    for memory in (
        Latch("SRAM", {"sequential": f"{_SRAM}:SequentialSRAM", "parallel": f"{_SRAM}:ParallelSRAM"}, "flips",
              reference=1, volatile=True, cell_bits=1, selects=False),
        Memory("RRAM", _NVM_ARRAYS, reference=2, through_access=True),
        # Quirk Q16: the current of an FeFET passes no access device.
        Memory("FeFET", _NVM_ARRAYS, reference=3, ferroelectric=True),
        Hybrid("hybrid-3t1c", {"parallel": f"{_HYBRID}:HybridArray"}, "charges", hybrid=True, baseline="RRAM",
               through_access=True, selects=False, sized_by=("width_hybrid", "resistance_on")),
        ChargedFeFET("2t1fefet", {"parallel": f"{_HYBRID}:HybridArray"}, "charges", hybrid=True, baseline="FeFET",
                     ferroelectric=True, selects=False, sized_by=("width_2t1fefet", "")),
    )
}  # fmt: skip
