from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from neurosim._layout import Circuit, _Fit
from neurosim.technology._transistor import Technology

@final
class SenseAmp(Circuit):
    columns: Final[int]
    cells_per_read: Final[int]
    pitch: Final[float]
    sense_voltage: Final[float]
    clock: Final[float]
    cap_load: Final[float]
    def __init__(
        self, tech: Technology, columns: int, *, sense_voltage: float, pitch: float, clock: float,
        cells_per_read: int, height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def latency(self, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...

@final
class VoltageSenseAmp(Circuit):
    columns: Final[int]
    clock: Final[float]
    unit_area: Final[float]
    resistance: Final[float]
    cap_sense: Final[float]
    cap_drain: Final[float]
    def __init__(self, tech: Technology, columns: int, *, clock: float, width: float = 0.0) -> None: ...
    def latency(
        self, load: float, read_voltage: float, on_resistance: float, off_resistance: float, reads: float
    ) -> float: ...
    def energy(self, reads: float) -> float: ...

@final
class CurrentSenseAmp(Circuit):
    columns: Final[int]
    unit_area: Final[float]
    reference: Final[float]
    def __init__(
        self, tech: Technology, columns: int, *, max_conductance: float, min_conductance: float, read_voltage: float,
        width: float
    ) -> None: ...
    def column_latency(self, resistance: float) -> float: ...
    def column_power(self, resistance: float) -> float: ...
    def latency(
        self, resistances: NDArray[np.float64], columns_per_amplifier: float = 1.0, reads: float = 1.0
    ) -> float: ...
    def energy(self, resistances: NDArray[np.float64], reads: float = 1.0) -> float: ...

@final
class Precharger(Circuit):
    columns: Final[int]
    cells_per_read: Final[int]
    cells_per_write: Final[int]
    load_resistance: Final[float]
    cap_output: Final[float]
    def __init__(
        self, tech: Technology, columns: int, *, load_resistance: float, cells_per_read: int, cells_per_write: int,
        height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def read_latency(self, load: float, reads: float) -> float: ...
    def write_latency(self, load: float, writes: float) -> float: ...
    def ramp(self, load: float) -> float: ...
    def read_energy(self, load: float, reads: float) -> float: ...
    def write_energy(self, load: float, column_activity: float, writes: float) -> float: ...

@final
class SRAMWriteDriver(Circuit):
    columns: Final[int]
    cells_per_write: Final[int]
    inverter: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, columns: int, *, cells_per_write: int, height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def write_latency(self, ramp: float, load: float, load_resistance: float, writes: float) -> float: ...
    def ramp(self, ramp: float, load: float, load_resistance: float) -> float: ...
    def write_energy(self, column_activity: float, writes: float) -> float: ...
