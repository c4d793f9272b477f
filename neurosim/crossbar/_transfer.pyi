from typing import Any

import numpy as np
from numpy.typing import NDArray

SHORT: float

def exact(
    cells: NDArray[np.float64], out: NDArray[np.float64], start: int, stop: int, *, r_row: float, r_col: float,
    rt_row: float, rt_col: float, r_access: float
) -> None: ...
def voltages(
    cells: NDArray[np.float64], drive: NDArray[np.float64], row_nodes: NDArray[np.float64],
    column_nodes: NDArray[np.float64], *, r_row: float, r_col: float, rt_row: float, rt_col: float, r_access: float
) -> None: ...
def fast(
    cells: NDArray[np.floating[Any]], out: NDArray[np.floating[Any]], severity: NDArray[np.float64], start: int,
    stop: int, *, r_row: float, r_col: float, rt_row: float, rt_col: float, r_access: float
) -> None: ...
