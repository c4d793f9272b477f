"""Layers on crossbars: weights to conductances of cells, matrices and vectors cut into arrays, gains of arrays."""

import math
import operator
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from neurosim.errors import NeurosimError


def gain(M: ArrayLike, G: ArrayLike) -> np.float64 | NDArray[np.float64]:
    """The factor for each array that brings its transfer matrix closest to the ideal one: <M, Gᵀ> / <M, M>.

    Parameters
    ----------
    M : (..., columns, rows)
    G : (..., rows, columns)

    Returns
    -------
    float64, the leading axes; 1 for an array without current
    """
    M, ideal = real_numbers(M, "M", axes=2), real_numbers(G, "G", axes=2).swapaxes(-1, -2)
    if M.shape != ideal.shape:
        wanted = (*M.shape[:-2], *M.shape[:-3:-1])
        raise NeurosimError(f"M of shape {M.shape} needs G of shape {wanted}, not {np.shape(G)}")
    if not (np.isfinite(M).all() and np.isfinite(ideal).all()):
        raise NeurosimError("M and G must be finite; shorted cells have no gain")
    # In units of the largest entry, lest squares of siemens vanish in single precision.
    largest = np.abs(M).max(axis=(-2, -1), keepdims=True, initial=0)
    M, ideal = M / np.where(largest > 0, largest, 1), ideal / np.where(largest > 0, largest, 1)
    square = np.einsum("...ij,...ij", M, M, dtype=np.float64)
    product = np.einsum("...ij,...ij", M, ideal, dtype=np.float64)
    return np.divide(product, square, out=np.ones_like(square), where=square > 0)[()]


def cell_conductances(
    weight: ArrayLike, *, g_min: float, g_max: float, levels: int | None = None
) -> NDArray[np.floating[Any]]:
    """Conductances of the arrays that hold the positive and the negative weights.

    Parameters
    ----------
    weight : (...)
        From -1 to 1.
    g_min, g_max : float
        Conductances of weight 0 and of weight 1 or -1 [S].
    levels : int, optional
        Distinct conductances that a cell can hold (2 ** cell bits); any if not given.

    Returns
    -------
    ndarray, (2, ...)
        Positive and negative arrays [S]: their difference is weight * (g_max - g_min).
    """
    weight = real_numbers(weight, "weights")
    if not all(isinstance(bound, Real) for bound in (g_min, g_max)) or not 0 <= g_min < g_max < math.inf:
        raise NeurosimError(f"g_min = {g_min!r} and g_max = {g_max!r} must be siemens with 0 <= g_min < g_max")
    if not (np.abs(weight) <= 1).all():
        raise NeurosimError("weights must lie from -1 to 1; divide them by their largest magnitude")
    share = np.stack([np.maximum(weight, 0), np.maximum(-weight, 0)])
    if levels is not None:
        steps = whole_number(levels, "levels", least=2) - 1
        share = np.rint(share * steps) / steps
    return (g_min + share * (g_max - g_min)).astype(weight.dtype, copy=False)


def tile(matrix: ArrayLike, rows: int, columns: int, *, fill: float = 0.0) -> NDArray[np.floating[Any]]:
    """Cut a matrix into arrays; the last ones are filled up at their far ends.

    Parameters
    ----------
    matrix : (..., inputs, outputs)
    rows, columns : int
        Size of an array.
    fill : float
        What unused cells hold: 0 if there is no device, else the conductance of an erased one.

    Returns
    -------
    ndarray, (..., row tiles, column tiles, rows, columns)
    """
    matrix = real_numbers(matrix, "a matrix to tile", axes=2)
    rows, columns = whole_number(rows, "rows"), whole_number(columns, "columns")
    if not isinstance(fill, Real) or not fill >= 0:
        raise NeurosimError(f"fill = {fill!r} is no conductance of an unused cell; give siemens from 0 up")
    *lead, inputs, outputs = matrix.shape
    down, across = -(-inputs // rows), -(-outputs // columns)
    whole = np.full((*lead, down * rows, across * columns), fill, dtype=matrix.dtype)
    whole[..., :inputs, :outputs] = matrix
    return np.ascontiguousarray(whole.reshape(*lead, down, rows, across, columns).swapaxes(-3, -2))


def untile(tiles: ArrayLike, inputs: int, outputs: int) -> NDArray[np.floating[Any]]:
    """The matrix that `tile` cut up: (..., inputs, outputs)."""
    tiles = real_numbers(tiles, "tiles", axes=4)
    inputs, outputs = whole_number(inputs, "inputs"), whole_number(outputs, "outputs")
    *lead, down, across, rows, columns = tiles.shape
    if not (0 < inputs <= down * rows and 0 < outputs <= across * columns):
        raise NeurosimError(
            f"{down} x {across} tiles of {rows} x {columns} cells hold no matrix of {inputs} x {outputs}"
        )
    return tiles.swapaxes(-3, -2).reshape(*lead, down * rows, across * columns)[..., :inputs, :outputs]


def tile_vectors(vectors: ArrayLike, size: int) -> NDArray[np.floating[Any]]:
    """Cut vectors as `tile` cuts a matrix, so that `tile_vectors(x, rows)[:, None] @ M.mT` are the tiles' currents.

    Parameters
    ----------
    vectors : (count, inputs)
    size : int
        Rows of an array (forward), or its columns (backward).

    Returns
    -------
    ndarray, (tiles, count, size), filled up with 0
    """
    vectors = real_numbers(vectors, "vectors", axes=2)
    size = whole_number(size, "size")
    count, inputs = vectors.shape
    tiles = -(-inputs // size)
    whole = np.zeros((count, tiles * size), dtype=vectors.dtype)
    whole[:, :inputs] = vectors
    return np.ascontiguousarray(whole.reshape(count, tiles, size).swapaxes(0, 1))


def real_numbers(
    values: ArrayLike, what: str, dtype: DTypeLike | None = None, axes: int = 0
) -> NDArray[np.floating[Any]]:
    """Real numbers as a contiguous float32 or float64 array."""
    try:
        if np.ma.is_masked(values):
            raise TypeError
        values = np.asarray(values)
        if dtype is None:
            dtype = np.float32 if values.dtype == np.float32 else np.float64
        if values.dtype.kind not in "biuf":
            raise TypeError
        values = np.ascontiguousarray(values, dtype=dtype)
    except (TypeError, ValueError):
        raise NeurosimError(f"{what} must be a rectangular array of real numbers") from None
    if values.ndim < axes or (axes and 0 in values.shape[-axes:]):
        raise NeurosimError(f"{what} must have at least {axes} axes, none of them empty; this has shape {values.shape}")
    return values


def whole_number(value: Any, name: str, least: int = 1) -> int:
    """A whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise NeurosimError(f"{name} = {value!r} must be a whole number from {least} up")
    return number
