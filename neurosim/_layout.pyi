from typing import Final, Literal

from neurosim.technology._transistor import Technology

_Fit = Literal["free", "keep-area", "exact"]

class Circuit:
    tech: Final[Technology]
    height: Final[float]
    width: Final[float]
    area: Final[float]
    leakage: Final[float]
    complaints: Final[tuple[str, ...]]

def refitted(
    fit: _Fit, area: float, height: float, width: float, given_height: float, given_width: float
) -> tuple[float, float, float]: ...
