"""Slow, obvious versions of compiled kernels that several tests compare with."""

import math

import numpy as np


def conductances(weight, *, linear, synapse_bits, cell_bits, conductance_max, conductance_min,
                 weight_max=1.0, weight_min=-1.0):
    """Conductance of every cell [S] that holds a matrix of weights.

    Parameters
    ----------
    weight : array of float, (rows, outputs)
    linear : one cell holds a weight from -1 to 1 on a linear scale; else a weight is rounded to an integer of
        `synapse_bits` and spread over ceil(synapse_bits / cell_bits) cells side by side
    synapse_bits, cell_bits : precision of a weight and of a cell
    conductance_max, conductance_min : range of a cell [S]
    weight_max, weight_min : range of a weight; a linear cell ignores it

    Returns
    -------
    array of float, (rows, outputs * cells)

    Quirk Q2: the full scale of the integer is 2^synapse_bits, not one less. The cells hold quotients, not digits
    (cell u of n holds the integer divided by 2^cell_bits n - u times), divided by the top level of a cell without
    remainder, so most cells end at the lowest conductance and SRAM cells may hold more than one.
    """
    weight = np.asarray(weight, dtype=np.float64)
    span = conductance_max - conductance_min
    if linear:
        return (weight + 1) / 2 * span + conductance_min
    cells = math.ceil(synapse_bits / cell_bits)
    full, levels = 2.0**synapse_bits, 2**cell_bits
    scaled = full / (weight_max - weight_min) * (weight - weight_max) + full
    value = _truncated(np.where(scaled >= 0, scaled + 0.5, scaled - 0.5))
    result = np.empty((*weight.shape, cells))
    for cell in reversed(range(cells)):
        value = _quotient(value, levels)
        result[..., cell] = _quotient(value, levels - 1) * span + conductance_min
    return result.reshape(*weight.shape[:-1], -1)


def _truncated(values):
    """`values` as C ints."""
    inside = (values > -2147483649.0) & (values < 2147483648.0)
    return np.where(inside, values, -2147483648.0).astype(np.int64)


def _quotient(values, divisor):
    """Division of integers towards zero, as in C."""
    return np.sign(values) * (np.abs(values) // divisor)
