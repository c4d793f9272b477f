import numpy as np
from numpy.typing import NDArray

def update(
    weight: NDArray[np.float32], velocity: NDArray[np.float32], draws: NDArray[np.float32],
    moved: NDArray[np.float32], up: NDArray[np.int16], down: NDArray[np.int16], offset: NDArray[np.float64],
    slope: NDArray[np.float64], rate: float, levels: float, limit: float, grid: float
) -> bool: ...
