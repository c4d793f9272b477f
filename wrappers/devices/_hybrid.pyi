import numpy as np
from numpy.typing import NDArray

def count_pulses(velocity: NDArray[np.float32], pulses: NDArray[np.int32], factor: float) -> int: ...
def update(
    weight: NDArray[np.float32], moved: NDArray[np.float32], charge: NDArray[np.float32], pulses: NDArray[np.int32],
    noise: NDArray[np.float32], kept: NDArray[np.float32], positive: NDArray[np.float32],
    negative: NDArray[np.float32], offset: NDArray[np.float64], slope: NDArray[np.float64], sigma: float,
    rest: float, significance: float, middle: float
) -> tuple[int, int]: ...
