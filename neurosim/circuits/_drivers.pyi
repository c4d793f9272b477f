from typing import Final, Literal, final

from neurosim._layout import Circuit, _Fit
from neurosim.technology._transistor import Technology

_Side = Literal["row", "column"]

@final
class RowDecoder(Circuit):
    address_bits: Final[int]
    mux: Final[bool]
    inverters: Final[int]
    nands: Final[int]
    nors: Final[int]
    connections: Final[int]
    inverter: Final[dict[str, float]]
    nand: Final[dict[str, float]]
    nor: Final[dict[str, float]]
    driver: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, address_bits: int, *, side: _Side = "row", mux: bool = False, parallel: bool = False,
        height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def latency(self, ramp: float, load: float, enable_load: float, accesses: float) -> float: ...
    def ramp(self, ramp: float, load: float, enable_load: float) -> float: ...
    def energy(self, accesses: float) -> float: ...

@final
class DecoderDriver(Circuit):
    outputs: Final[int]
    along_columns: Final[bool]
    access_transistor: Final[bool]
    read_voltage: Final[float]
    write_voltage: Final[float]
    gate: Final[dict[str, float]]
    inverter: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, outputs: int, cells: int, cell_resistance: float, *, read_voltage: float,
        write_voltage: float, access_transistor: bool, side: _Side = "row", height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def read_latency(self, ramp: float, load: float, resistance: float, reads: float) -> float: ...
    def write_latency(
        self, ramp: float, load: float, resistance: float, writes: float, previous: float = 0.0
    ) -> float: ...
    def ramp(self, ramp: float, load: float, resistance: float) -> float: ...
    def read_energy(self, selected: float, reads: float) -> float: ...
    def write_energy(self, selected: float, writes: float) -> float: ...

@final
class WordLineDriver(Circuit):
    rows: Final[int]
    read_voltage: Final[float]
    write_voltage: Final[float]
    gate: Final[dict[str, float]]
    inverter: Final[dict[str, float]]
    nand: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, rows: int, *, read_voltage: float, write_voltage: float, height: float = 0.0,
        width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def latency(self, ramp: float, load: float, resistance: float, accesses: float) -> float: ...
    def ramp(self, load: float, resistance: float) -> float: ...
    def read_energy(self, reads: float) -> float: ...
    def write_energy(self, writes: float) -> float: ...
