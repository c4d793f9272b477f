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
def linear_conductances(weight: NDArray[np.float64], span: float, low: float) -> NDArray[np.float64]: ...
def split_conductances(
    weight: NDArray[np.float64], *, synapse_bits: int, cell_bits: int, span: float, low: float, weight_max: float,
    weight_min: float
) -> NDArray[np.float64]: ...
def convert_columns(
    adc: ColumnConverter, resistance: NDArray[np.float64], latency: NDArray[np.float64], energy: NDArray[np.float64],
    copies: float = 1.0
) -> None: ...
def read_vectors(
    array: SubArray, activity: NDArray[np.float64], forward: _Conversions | None,
    backward: _Conversions | None, back: bool = True
) -> dict[str, float]: ...
def polarisation_charge(
    new: NDArray[np.float64], old: NDArray[np.float64], step: float, levels: int, saturation: float
) -> float: ...
def write_pulses(new: NDArray[np.float64], old: NDArray[np.float64], step: float) -> dict[str, float]: ...
def flips(
    new: NDArray[np.float64], old: NDArray[np.float64], first: int, count: int, *, synapse_bits: int, cell_bits: int,
    weight_max: float, weight_min: float
) -> dict[str, float]: ...
