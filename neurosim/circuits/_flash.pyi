from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from neurosim._layout import Circuit, _Fit
from neurosim.circuits._converters import ColumnConverter
from neurosim.technology._transistor import Technology

@final
class MultilevelSenseAmp(Circuit):
    columns: Final[int]
    levels: Final[int]
    def __init__(
        self, tech: Technology, columns: int, levels: int, *, on_resistance: float, off_resistance: float,
        rows: int = 1, read_voltage: float, height: float = 0.0, width: float = 0.0, power_factor: float = 1.0
    ) -> None: ...
    @property
    def references(self) -> NDArray[np.float64]: ...
    @property
    def conversion_key(self) -> tuple[object, ...]: ...
    def column_latency(self, resistance: float) -> float: ...
    def column_power(self, resistance: float) -> float: ...
    def column_bound(self, resistance: float) -> float: ...
    def latency(
        self, resistances: NDArray[np.float64], columns_per_amplifier: float = 1.0, reads: float = 1.0
    ) -> float: ...
    def energy(self, resistances: NDArray[np.float64], reads: float = 1.0) -> float: ...

@final
class MultilevelEncoder(Circuit):
    levels: Final[int]
    count: Final[int]
    inputs: Final[int]
    gates: Final[int]
    inverter: Final[dict[str, float]]
    nand: Final[dict[str, float]]
    wide_nand: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, levels: int, count: int, *, height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def latency(self, ramp: float, reads: float) -> float: ...
    def ramp(self, ramp: float) -> float: ...
    def energy(self, reads: float) -> float: ...

@final
class FlashConverter(ColumnConverter):
    sense_amp: Final[MultilevelSenseAmp]
    encoder: Final[MultilevelEncoder | None]
    def __init__(
        self, tech: Technology, columns: int, levels: int, *, on_resistance: float, off_resistance: float,
        rows: int = 1, read_voltage: float, encoded: bool = True, height: float = 0.0, width: float = 0.0,
        power_factor: float = 1.0
    ) -> None: ...
