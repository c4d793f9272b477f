from collections.abc import Callable
from typing import Final, NamedTuple, final

from neurosim._circuits import AdderTree
from neurosim._layout import Circuit
from neurosim.circuits._cell_array import SRAMCells
from neurosim.circuits._converters import ColumnConverter
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._parts import Part
from neurosim.circuits._readout import ReadOut
from neurosim.circuits._switches import SwitchMatrix
from neurosim.technology._transistor import Technology

class GradientCost(NamedTuple):
    read_latency: float
    write_latency: float
    read_energy: float
    write_energy: float

@final
class WeightGradientUnit(Circuit):
    array: Final[SRAMCells]
    arrays_per_row: Final[int]
    arrays_per_column: Final[int]
    input_bits: Final[int]
    output_bits: Final[int]
    parallel: Final[bool]
    selections: Final[int]
    additions: Final[int]
    layout_activity: Final[float]
    array_area: Final[float]
    decoder: Final[RowDecoder]
    switch_matrix: Final[SwitchMatrix]
    readout: Final[ReadOut]
    accumulation: Final[AdderTree]
    def __init__(
        self, tech: Technology, array: SRAMCells, memory_rows: int, memory_columns: int, *, input_bits: int,
        parallel: bool, selections: int, levels: int, clock: float, read_pulse: float, read_voltage: float,
        write_voltage: float, access_transistor: bool, on_resistance: float, off_resistance: float,
        reference_rows: int, wire_resistance: float, additions: int, layout_activity: float = 0.0,
        least_arrays: int = 0, converter_power_factor: float = 1.0, converter: Callable[..., ColumnConverter] = ...
    ) -> None: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    def read_latencies(self, row_activity: float) -> dict[str, float]: ...
    def write_latencies(self, row_activity: float) -> dict[str, float]: ...
    def read_energies(self, row_activity: float) -> dict[str, float]: ...
    def write_energies(self, row_activity: float, column_activity: float, read_activity: float) -> dict[str, float]: ...
    def read_latency(self, reads: float, row_activity: float) -> float: ...
    def write_latency(self, row_activity: float) -> float: ...
    def read_energy(self, reads: float, row_activity: float) -> float: ...
    def write_energy(self, row_activity: float, column_activity: float, read_activity: float) -> float: ...
    def evaluate(self, reads: float, activity: float) -> GradientCost: ...
