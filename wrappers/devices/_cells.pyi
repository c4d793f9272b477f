from typing import Any

import numpy as np
from numpy.typing import NDArray

def program(
    weight: NDArray[np.float32], cells: NDArray[np.float32], first: int, across: int, *, grid: float, bits: int,
    lowest: float, step: float
) -> None: ...
def collect(
    cells: NDArray[np.float32], transfer: NDArray[np.floating[Any]], out: NDArray[np.float32],
    factors: NDArray[np.float32], first: int, across: int
) -> None: ...
def add_converted(
    currents: NDArray[np.float32], total: NDArray[np.float32], scale: float, levels: float, bend: float,
    factor: float
) -> None: ...
