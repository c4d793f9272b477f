from typing import Final, final

from neurosim._layout import Circuit, _Fit
from neurosim.technology._transistor import Technology

@final
class FlipFlops(Circuit):
    count: Final[int]
    clock: Final[float]
    cap_input: Final[float]
    inverter: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, count: int, clock: float, *, height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def latency(self, reads: float) -> float: ...
    def energy(self, reads: float, active: float) -> float: ...

@final
class Adder(Circuit):
    bits: Final[int]
    count: Final[int]
    nand: Final[dict[str, float]]
    def __init__(
        self, tech: Technology, bits: int, count: int, *, height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def latency(self, ramp: float, load: float, reads: float) -> float: ...
    def ramp(self, ramp: float, load: float) -> float: ...
    def energy(self, reads: float, active: int) -> float: ...

@final
class AdderTree(Circuit):
    inputs: Final[int]
    bits: Final[int]
    count: Final[int]
    stages: Final[int]
    def __init__(
        self, tech: Technology, inputs: int, bits: int, count: int, *, height: float = 0.0, width: float = 0.0
    ) -> None: ...
    def latency(self, load: float, reads: float, adding: int = 0) -> float: ...
    def energy(self, reads: float, adding: int = 0) -> float: ...
    def leakage_when(self, adding: int) -> float: ...

@final
class ShiftAdd(Circuit):
    units: Final[int]
    read_pulse_width: Final[float]
    spiking: Final[bool]
    adder: Final[Adder | None]
    flip_flops: Final[FlipFlops]
    def __init__(
        self, tech: Technology, units: int, bits: int, clock: float, pulses: int, read_pulse_width: float, *,
        spiking: bool = False, height: float = 0.0, width: float = 0.0, fit: _Fit = "free"
    ) -> None: ...
    def latency(self, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...

@final
class BitShifter(Circuit):
    flip_flops: Final[FlipFlops]
    def __init__(
        self, tech: Technology, units: int, bits: int, clock: float, *, height: float = 0.0, width: float = 0.0,
        fit: _Fit = "free"
    ) -> None: ...
    def latency(self, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...
