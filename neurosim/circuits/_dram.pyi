from typing import Final, final

@final
class Dram:
    kind: Final[str]
    bandwidth: Final[float]
    energy_per_bit: Final[float]
    def __init__(self, kind: str) -> None: ...
    def latency(self, bits: float) -> float: ...
    def energy(self, bits: float) -> float: ...
