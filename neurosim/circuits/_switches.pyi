from typing import Final, final

from neurosim._circuits import FlipFlops
from neurosim._layout import Circuit, _Fit
from neurosim.circuits._drivers import _Side
from neurosim.technology._transistor import Technology

@final
class Mux(Circuit):
    inputs: Final[int]
    selections: Final[int]
    resistance: Final[float]
    read_voltage: Final[float]
    digital: Final[bool]
    gate: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, inputs: int, selections: int, resistance: float, *, read_voltage: float,
        digital: bool = False, height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def resized(self, height: float, width: float) -> Mux: ...
    def latency(self, load: float, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...

@final
class SwitchMatrix(Circuit):
    outputs: Final[int]
    along_columns: Final[bool]
    access_transistor: Final[bool]
    neuromorphic: Final[bool]
    parallel_write: Final[bool]
    cells_per_write: Final[int]
    write_pulses: Final[float]
    read_voltage: Final[float]
    write_voltage: Final[float]
    gate: Final[dict[str, float]]
    flip_flops: Final[FlipFlops]
    def __init__(
        self, tech: Technology, outputs: int, resistance: float, clock: float, *, read_voltage: float,
        write_voltage: float, access_transistor: bool, side: _Side = "row", write_pulses: float = 0.0,
        cells_per_write: int = 0, neuromorphic: bool = True, parallel_write: bool = False, driven: bool = False,
        height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def read_latency(self, ramp: float, load: float, resistance: float, reads: float) -> float: ...
    def write_latency(
        self, ramp: float, load: float, resistance: float, writes: float, reads: float = 0.0
    ) -> float: ...
    def ramp(self, ramp: float, load: float, resistance: float) -> float: ...
    def read_energy(self, reads: float, row_activity: float) -> float: ...
    def write_energy(
        self, writes: float, column_activity: float, reads: float = 0.0, pulses: float = -1.0
    ) -> float: ...

@final
class RowSwitches(Circuit):
    outputs: Final[int]
    access_voltage: Final[float]
    read_voltage: Final[float]
    gate: Final[dict[str, float]]
    flip_flops: Final[FlipFlops]
    def __init__(
        self, tech: Technology, outputs: int, clock: float, *, access_voltage: float, read_voltage: float,
        height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def read_latency(self, ramp: float, load: float, resistance: float, reads: float) -> float: ...
    def write_latency(
        self, ramp: float, load: float, resistance: float, writes: float, reads: float = 0.0
    ) -> float: ...
    def ramp(self, ramp: float, load: float, resistance: float) -> float: ...
    def read_energy(self, reads: float, row_activity: float) -> float: ...
    def write_energy(self, writes: float, reads: float = 0.0) -> float: ...
