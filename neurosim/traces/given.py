"""What the library is given as traces, checked before anything is made of it."""

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError, check_kind


def check_bits(bits):
    """Refuse bit planes that are no number of them."""
    if isinstance(bits, bool) or not isinstance(bits, (int, np.integer)) or bits < 1:
        raise NeurosimError(f"input_bits = {bits!r} is no number of bit planes; give a whole number such as 8")


def files(layers):
    """(weight, old weight, input, activity) of each layer, from paths; an activity of None is not given."""
    for number, (*paths, activity) in _entries(layers):
        for path in paths:
            check_kind(path, (str, PathLike), f"layer {number}: a trace file", "give its path")
        yield *map(Path, paths), activity


def arrays(layers):
    """(weight, old weight, inputs, activity) of each layer, from arrays of numbers."""
    for number, (*matrices, activity) in _entries(layers):
        named = zip(("weights", "old weights", "inputs"), matrices, strict=True)
        yield *(_array(matrix, what, number) for what, matrix in named), activity


def _entries(layers):
    """(number, entry) of each layer."""
    for number, entry in enumerate(_listed(layers), 1):
        yield number, _entry(entry, number)


def _listed(layers):
    """The entries of layers, whatever sequence they stand in."""
    if isinstance(layers, (str, bytes, dict)) or not isinstance(layers, Iterable):
        raise NeurosimError(
            f"{layers!r} is no list of traces; give weight, old weight, input and activity of each layer"
        )
    return layers


def _entry(entry, number):
    """Weight, old weight, input and activity (None where it is left out) of a layer."""
    there = len(entry) if isinstance(entry, Sequence) and not isinstance(entry, str) else 0
    if there not in (3, 4):
        raise NeurosimError(
            f"layer {number}: {there or 'no'} things instead of 4; give weight, old weight, input and activity, or "
            "leave the activity out"
        )
    weight, old, inputs, activity = (*entry, None)[:4]
    if activity is not None:
        try:
            activity = float(activity)
        except (TypeError, ValueError):
            activity = float("nan")
        if not 0 <= activity < float("inf"):
            raise NeurosimError(
                f"layer {number}: the activity is {entry[3]!r}; give the share of ones in its input, such as 0.25"
            )
    return weight, old, inputs, activity


def _array(values, what, number):
    """An array of numbers, as it was given."""
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise NeurosimError(
            f"layer {number}: the {what} are of type {type(values).__name__}, which holds no matrix of numbers; give "
            "an array such as numpy.zeros((rows, columns))"
        )
    return array
