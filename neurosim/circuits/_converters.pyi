from typing import Final

import numpy as np
from numpy.typing import NDArray

from neurosim._layout import Circuit
from neurosim.technology._transistor import Technology

class ColumnConverter(Circuit):
    columns: Final[int]
    levels: Final[int]
    counts_row_by_row: Final[bool]
    @property
    def parts(self) -> tuple[tuple[str, Circuit], ...]: ...
    @property
    def conversion_key(self) -> tuple[object, ...]: ...
    def check(self) -> int: ...
    def converted(self, resistances: NDArray[np.float64]) -> tuple[float, float]: ...
    def encoding(self, reads: float) -> tuple[float, float]: ...

class PythonConverter(ColumnConverter):
    on_resistance: float
    off_resistance: float
    rows: int
    read_voltage: float
    encoded: bool
    power_factor: float
    def __init__(
        self, tech: Technology, columns: int, levels: int, *, on_resistance: float, off_resistance: float, rows: int,
        read_voltage: float, encoded: bool = True, height: float = 0.0, width: float = 0.0, power_factor: float = 1.0
    ) -> None: ...
    def layout(self) -> tuple[float, float]: ...
    def conversion(self, resistances: NDArray[np.float64]) -> tuple[float, float]: ...
    def encoder(self, reads: float) -> tuple[float, float]: ...
