from typing import Final, final

from neurosim._layout import Circuit
from neurosim.technology._transistor import Technology

@final
class Comparator(Circuit):
    bits: Final[int]
    count: Final[int]
    unit_area: Final[float]
    inverter: Final[dict[str, float]]
    nand2: Final[dict[str, float]]
    nand3: Final[dict[str, float]]
    def __init__(self, tech: Technology, bits: int, count: int, *, width: float = 0.0) -> None: ...
    def latency(self, ramp: float, load: float, reads: float) -> float: ...
    def energy(self, reads: float, active: int) -> float: ...

@final
class MaxPooling(Circuit):
    bits: Final[int]
    count: Final[int]
    comparators: Final[int]
    stages: Final[int]
    unit_area: Final[float]
    comparator: Final[Comparator]
    inverter: Final[dict[str, float]]
    nand: Final[dict[str, float]]
    nor: Final[dict[str, float]]
    wide_nor: Final[dict[str, float]]
    def __init__(self, tech: Technology, bits: int, window: int, count: int, *, width: float = 0.0) -> None: ...
    def latency(self, ramp: float, load: float, reads: float) -> float: ...
    def energy(self, reads: float) -> float: ...
