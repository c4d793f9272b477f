"""Memory cells: what SRAM, RRAM, FeFET and hybrid cells look like and resist."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neurosim.circuits.memories import MEMORIES, Memory
from neurosim.errors import NeurosimError
from neurosim.technology._transistor import Technology, cell_resistance

if TYPE_CHECKING:
    from neurosim.circuits.hybrid import HybridCell

ACCESSES = ("cmos", "bjt", "diode", "none")

IR_DROP = 0.25              # access transistor over cell in the low-resistance state
LINEAR_REGION = 0.2         # on-resistance in the linear region over that in saturation


class CellTooNarrow(NeurosimError):
    """The access transistor of a 1T1R cell is wider than the cell: `width` [F]."""

    def __init__(self, cell: "Cell", width: float) -> None:
        super().__init__(
            f"Transistor width of 1T1R={width:.2f}F is larger than the assigned cell width={cell.width:.2f}F in layout"
        )
        self.cell, self.width = cell, width

    def __reduce__(self):
        return type(self), (self.cell, self.width)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A memory cell as its maker describes it, before it is built in a process.

    Parameters
    ----------
    memory : a name of `memories.MEMORIES`: "SRAM", "RRAM", "FeFET", "hybrid-3t1c", "2t1fefet"
    access : "cmos" (SRAM and 1T1R); "bjt", "diode" and "none" are all a cross-point without access transistor
    height, width : outline of the cell [F]
    feature_size : F of a cross-point array [m]; other arrays are drawn at the node of their process
    resistance_on, resistance_off : of the memory element at the read voltage [ohm]
    read_voltage, write_voltage : across the cell [V]
    read_pulse, write_pulse : pulse widths [s]
    access_voltage : at the gate of the 1T1R access transistor [V]
    resistance_access : of the 1T1R access transistor as column currents see it [ohm]
    nonlinear_iv, nonlinearity : whether the selector of a cross-point is nonlinear, and the current at the write
        voltage over that at half of it
    width_nmos, width_pmos, width_access : pull-down, pull-up and access transistor of an SRAM cell [F]
    min_sense_voltage : bit-line swing that an SRAM sense amplifier needs [V]
    synapse : the `HybridCell` of a hybrid memory, whose non-volatile part the other numbers describe

    Source: Chen, Peng, Yu, "NeuroSim", IEEE TCAD 37(12), 2018.
    """

    memory: str = "RRAM"
    access: str = "cmos"
    height: float = 4.0
    width: float = 4.0
    feature_size: float = 40e-9
    resistance_on: float = 100e3
    resistance_off: float = 1e6
    read_voltage: float = 0.5
    write_voltage: float = 4.0
    read_pulse: float = 10e-9
    write_pulse: float = 50e-9
    access_voltage: float = 1.1
    resistance_access: float = 15e3
    nonlinear_iv: bool = False
    nonlinearity: float = 10.0
    width_nmos: float = 0.0
    width_pmos: float = 0.0
    width_access: float = 0.0
    min_sense_voltage: float = 0.1
    synapse: "HybridCell | None" = None

    def __post_init__(self) -> None:
        if self.memory not in MEMORIES:
            *others, last = map(repr, MEMORIES)
            raise NeurosimError(f"memory {self.memory!r} is unknown: use {', '.join(others)} or {last}")
        if self.kind.hybrid != (self.synapse is not None):
            raise NeurosimError(f"a cell of {self.memory} needs its synapse, a HybridCell, and no other does")
        if self.access not in ACCESSES:
            raise NeurosimError(f"access {self.access!r} is unknown: use 'cmos', 'bjt', 'diode' or 'none'")

    @property
    def kind(self) -> Memory:
        """The `Memory` of the cell."""
        return MEMORIES[self.memory]

    @property
    def has_transistor(self) -> bool:
        """Whether the cell has an access transistor."""
        return self.access == "cmos"

    @property
    def resistance_average(self) -> float:
        """Mean of both states [ohm], for energy."""
        return (self.resistance_on + self.resistance_off) / 2

    def placed(self, tech: Technology) -> "PlacedCell":
        """The cell built in a process: a `PlacedCell`.

        Raises
        ------
        NeurosimError
            The access transistor of a 1T1R cell would be wider than the cell, or a cell narrower than a fin.
        """
        if self.kind.volatile:
            placed = self._placed_sram(tech)
        elif self.has_transistor:
            placed = self._placed_1t1r(tech)
        else:
            placed = self._placed_crosspoint(tech)
        if not (math.isfinite(placed.cap_access_drain) and math.isfinite(placed.cap_storage)):
            # The reference divides by zero.
            raise NeurosimError(
                f"a cell {self.width:g} F wide is too narrow for the fins of its transistors at {tech.node} nm; use a "
                "cell width of at least 4 F"
            )
        return placed

    def _placed_sram(self, tech):
        """A storage node holds C = three drains (access, pull-down, pull-up) + the gates of the last two [F]."""
        feature = tech.feature_size
        pitch = self.width * feature
        cap_access = tech.drain_capacitance(self.width_access * feature, "n", pitch)
        return PlacedCell(
            cell=self,
            access_width=self.width_access,
            access_resistance=tech.on_resistance(self.width_access * feature, "n"),
            cap_access_drain=cap_access,
            cap_storage=(
                cap_access
                + tech.drain_capacitance(self.width_nmos * feature, "n", pitch)
                + tech.drain_capacitance(self.width_pmos * feature, "p", pitch)
                + tech.gate_capacitance(self.width_nmos * feature)
                + tech.gate_capacitance(self.width_pmos * feature)
            ),
        )

    def _placed_1t1r(self, tech):
        """With a transistor that may drop a quarter of the voltage over the cell, in the linear region.

        R_access = R_on / 4; R ~ 1/W gives its width, W = 0.2 R(F) / R_access [F].
        """
        feature = tech.feature_size
        access = self.resistance_on * IR_DROP
        width = tech.on_resistance(feature, "n") * LINEAR_REGION / access if access else math.inf
        if width > self.width:
            raise CellTooNarrow(self, width)
        return PlacedCell(
            cell=self,
            access_width=width,
            access_resistance=access,
            cap_access_gate=tech.gate_capacitance(width * feature),
            cap_access_drain=tech.drain_capacitance(width * feature, "n", self.width * feature),
            resistance_on=access + self.resistance_on,
            resistance_off=access + self.resistance_off,
            resistance_average=access + self.resistance_average,
        )

    def _placed_crosspoint(self, tech):
        on, off, average = self.resistance_on, self.resistance_off, self.resistance_average
        values = {"resistance_on": on, "resistance_off": off, "resistance_average": average}
        for name, part in (("half_write", 2), ("write", 1)):
            if self.nonlinear_iv:
                states = [
                    cell_resistance(state, self.nonlinearity, self.write_voltage, self.read_voltage,
                                    self.write_voltage / part)
                    for state in (on, off)
                ]
                states.append((states[0] + states[1]) / 2)
            else:
                states = on, off, average
            for state, value in zip(("on", "off", "average"), states, strict=True):
                values[f"resistance_{state}_{name}"] = value
        # No transistor, but the reference still adds the drain of one without width to the rows.
        drain = tech.drain_capacitance(0.0, "n", self.width * tech.feature_size)
        return PlacedCell(cell=self, cap_access_drain=drain, **values)


@dataclass(frozen=True, kw_only=True)
class PlacedCell:
    """A memory cell in a process; make one with `Cell.placed`.

    Attributes
    ----------
    cell : Cell
    access_width : of the access transistor [F]
    access_resistance : of the access transistor [ohm]
    cap_access_gate, cap_access_drain : of the access transistor [F]
    cap_storage : of one storage node of an SRAM cell [F]
    resistance_on, resistance_off, resistance_average : of a cell with its access transistor at the read voltage [ohm]
    resistance_*_half_write, resistance_*_write : of a cross-point cell at half and at the whole write voltage [ohm]
        (0 in a 1T1R cell)
    """

    cell: Cell
    access_width: float = 0.0
    access_resistance: float = 0.0
    cap_access_gate: float = 0.0
    cap_access_drain: float = 0.0
    cap_storage: float = 0.0
    resistance_on: float = 0.0
    resistance_off: float = 0.0
    resistance_average: float = 0.0
    resistance_on_half_write: float = 0.0
    resistance_off_half_write: float = 0.0
    resistance_average_half_write: float = 0.0
    resistance_on_write: float = 0.0
    resistance_off_write: float = 0.0
    resistance_average_write: float = 0.0
