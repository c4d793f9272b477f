"""Reading .npz files that anybody may have made: plain arrays, or a reason why not."""

import zipfile

import numpy as np


def read(path):
    """{name: ndarray} of an .npz file.

    Raises
    ------
    OSError
        It cannot be read.
    ValueError
        It is no whole .npz file of plain arrays; the text says why.
    """
    with open(path, "rb") as file:
        if not zipfile.is_zipfile(file):
            raise ValueError("it is no .npz file, or is cut short")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged file can fail in any way
        reason = str(error) or type(error).__name__
        raise ValueError("it holds objects or is damaged" if "allow_pickle" in reason else reason) from None
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise ValueError(f"{name} is no array")
    return arrays
