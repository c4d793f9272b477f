import numpy as np
from numpy.typing import NDArray

from neurosim.circuits._converters import ColumnConverter
from neurosim.circuits._subarray import SubArray

_Conversions = tuple[NDArray[np.float64], NDArray[np.float64]]

def path_conductances(
    cells: NDArray[np.float64], *, along: float, down: float, access: float, constant: bool = False
) -> NDArray[np.float64]: ...
def column_resistances(
    codes: NDArray[np.uint8], path: NDArray[np.float64], resistance: NDArray[np.float64],
    activity: NDArray[np.float64], *, start: int = 0, average: bool = False
) -> None: ...
def count_rows(codes: NDArray[np.uint8], conducting: NDArray[np.int32], activity: NDArray[np.float64]) -> None: ...
def convert_columns(
    adc: ColumnConverter, resistance: NDArray[np.float64], latency: NDArray[np.float64], energy: NDArray[np.float64],
    copies: float = 1.0
) -> None: ...
def read_vectors(
    array: SubArray, activity: NDArray[np.float64], forward: _Conversions | None,
    backward: _Conversions | None, back: bool = True
) -> dict[str, float]: ...
