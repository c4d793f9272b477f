from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_Text = bytes | memoryview | NDArray[np.uint8]

NO_VALUES: NDArray[np.float64]
NO_FIXED: NDArray[np.int32]
NO_CODES: NDArray[np.uint8]

class Input(IntEnum):
    CONDUCTS = 1
    ACTIVE = 2

def read_rows(
    data: _Text, offset: int, values: NDArray[np.float64], fixed: NDArray[np.int32],
    codes: NDArray[np.uint8]
) -> tuple[tuple[str, int, int, str] | None, int, bool]: ...
def leftover(data: _Text, offset: int) -> int: ...
def first_fields(data: _Text) -> int: ...
