from typing import Final, final

from neurosim._layout import Circuit, _Fit
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._sensing import SenseAmp, VoltageSenseAmp
from neurosim.technology._transistor import Technology

@final
class Sigmoid(Circuit):
    bits: Final[int]
    entries: Final[int]
    count: Final[int]
    sram: Final[bool]
    unit_area: Final[float]
    decoder: Final[RowDecoder]
    sense_amp: Final[SenseAmp | None]
    voltage_sense_amp: Final[VoltageSenseAmp | None]
    def __init__(
        self, tech: Technology, bits: int, entries: int, count: int, *, clock: float, sram: bool = False,
        cell_height: float, cell_width: float, read_voltage: float = 0.0, on_resistance: float = 0.0,
        off_resistance: float = 0.0, nmos_width: float = 2.08, pmos_width: float = 1.23,
        min_sense_voltage: float = 0.1, height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def latency(self, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...
