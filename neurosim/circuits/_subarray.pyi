from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from neurosim._layout import Circuit
from neurosim.circuits._cell_array import CellArray
from neurosim.circuits._converters import ColumnConverter
from neurosim.circuits._drivers import DecoderDriver, RowDecoder, WordLineDriver
from neurosim.circuits._parts import Part
from neurosim.circuits._readout import ReadOut
from neurosim.circuits._switches import RowSwitches, SwitchMatrix
from neurosim.circuits.cells import Cell, PlacedCell
from neurosim.technology._transistor import Technology

class SubArray(Circuit):
    cell: Final[PlacedCell]
    rows: Final[int]
    columns: Final[int]
    clock: Final[float]
    cell_bits: Final[int]
    cells_per_synapse: Final[int]
    training: Final[bool]
    parallel_backward: Final[bool]
    activity_backward: Final[float]
    cells_per_read: Final[int]
    cells_per_write: Final[int]
    spiking: Final[bool]
    digital_mux: Final[bool]
    initial_column_activity: Final[float]
    initial_write_pulses: Final[float]
    update_activity: Final[bool]
    drivers_once: Final[bool]
    transposed_lines: Final[bool]
    cells_apart: Final[bool]
    initial_complaints: Final[tuple[str, ...]]
    complaint_per_read: Final[str]
    used_area: Final[float]
    empty_area: Final[float]
    area_array: Final[float]
    area_adc: Final[float]
    area_accumulation: Final[float]
    area_other: Final[float]
    area_backward: Final[float]
    leakage_forward: Final[float]
    cap_row: Final[float]
    cap_word_line: Final[float]
    cap_column: Final[float]
    cells: Final[CellArray]
    decoder: Final[RowDecoder | None]
    crossbar_driver: Final[DecoderDriver | None]
    word_line_driver: Final[WordLineDriver | None]
    row_matrix: Final[SwitchMatrix | None]
    row_switches: Final[RowSwitches | None]
    column_decoder: Final[RowDecoder | None]
    column_matrix: Final[SwitchMatrix | None]
    forward: Final[ReadOut]
    backward: Final[ReadOut | None]
    def __init__(
        self, tech: Technology, cell: Cell, rows: int, columns: int, *, wire_resistance: float, clock: float,
        columns_per_adc: int = 8, adc_levels: int = 64, converter: Callable[..., ColumnConverter] = ...,
        converter_power_factor: float = 1.0, cell_bits: int = 1, cells_per_synapse: int = 1, input_bits: int = 8,
        training: bool = True, parallel_backward: bool = True, rows_per_adc_ag: int = 8, adc_levels_ag: int = 64,
        input_bits_ag: int = 8, activity_ag: float = 0.5, relax_height: bool = False, relax_width: bool = False,
        cells_per_read: int = 0, cells_per_write: int = 0, spiking: bool = False, digital_mux: bool = False,
        initial_column_activity: float = 0.0, initial_write_pulses: float = 0.0, split_adds: bool = False,
        cells_apart: bool = False, update_activity: bool = False, drivers_once: bool = False,
        transposed_lines: bool = False
    ) -> None: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    @property
    def converters(self) -> tuple[ColumnConverter | None, ColumnConverter | None]: ...
    def read_columns(
        self, activity: float, resistances: NDArray[np.float64], back: bool = True
    ) -> dict[str, float]: ...
    def write_update(
        self, row_activity: float, column_activity: float, total_pulses: float = 0.0, array_energy: float = 0.0,
        vectors: int = 1, previous: float = 0.0, back: bool = True, row_pulses: float = 0.0
    ) -> dict[str, float]: ...
