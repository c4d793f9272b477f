from typing import Final, final

from neurosim._layout import Circuit
from neurosim.circuits.cells import PlacedCell
from neurosim.technology._transistor import Technology

class CellArray(Circuit):
    cell: Final[PlacedCell]
    rows: Final[int]
    columns: Final[int]
    row_length: Final[float]
    column_length: Final[float]
    row_resistance: Final[float]
    column_resistance: Final[float]
    cap_row: Final[float]
    cap_word_line: Final[float]
    cap_column_wire: Final[float]
    cap_column: Final[float]
    def __init__(
        self, tech: Technology, cell: PlacedCell, rows: int, columns: int, *, wire_resistance: float,
        relax_height: bool = False, relax_width: bool = False
    ) -> None: ...

@final
class SRAMCells(CellArray):
    cap_storage: Final[float]
    cap_access: Final[float]
    def __init__(
        self, tech: Technology, cell: PlacedCell, rows: int, columns: int, *, wire_resistance: float,
        relax_height: bool = False, relax_width: bool = False
    ) -> None: ...
    def discharge_time(self, load: float, resistance: float, ramp: float) -> float: ...
    def flip_time(self) -> float: ...
    def flip_energy(self) -> float: ...

@final
class NVMCells(CellArray):
    resistance_on: Final[float]
    resistance_average: Final[float]
    cap_row_drains: Final[float]
    read_voltage: Final[float]
    write_pulse: Final[float]
    def __init__(
        self, tech: Technology, cell: PlacedCell, rows: int, columns: int, *, wire_resistance: float,
        relax_height: bool = False, relax_width: bool = False
    ) -> None: ...
    def settling_time(self, load: float, resistance: float) -> float: ...
    def line_energy(self, bit_lines: float, word_lines: float) -> float: ...
