from typing import Final, final

from neurosim._circuits import FlipFlops
from neurosim._layout import Circuit
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._sensing import Precharger, SRAMWriteDriver
from neurosim.technology._transistor import Technology

@final
class Buffer(Circuit):
    bits: Final[int]
    interface_width: Final[int]
    sram: Final[bool]
    memory_area: Final[float]
    line_read_latency: Final[float]
    line_write_latency: Final[float]
    bit_read_energy: Final[float]
    bit_write_energy: Final[float]
    decoder: Final[RowDecoder]
    flip_flops: Final[FlipFlops | None]
    precharger: Final[Precharger | None]
    write_driver: Final[SRAMWriteDriver | None]
    def __init__(
        self, tech: Technology, bits: int, interface_width: int, *, wire_resistance: float = 0.0, clock: float = 1e9,
        sram: bool = False, cell_height: float = 8.0, cell_width: float = 20.0, access_width: float = 1.31,
        nmos_width: float = 2.08, min_sense_voltage: float = 0.1, height: float = 0.0, width: float = 0.0
    ) -> None: ...
    def read_latency(self, reads: float) -> float: ...
    def write_latency(self, writes: float) -> float: ...
    def read_energy(self, bits: float, reads: float) -> float: ...
    def write_energy(self, bits: float, writes: float) -> float: ...
