"""Moments of weights and updates, as the distribution files hold them."""

from dataclasses import dataclass

import numpy as np

PIECE = 1 << 18     # numbers that are squared at a time, so that no large temporary is needed


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation (n - 1) of the last update and of the weights, a number a layer."""

    update_mean: tuple
    update_std: tuple
    weight_mean: tuple
    weight_std: tuple


def statistics(layers):
    """`Statistics` of layers with `update` and `weight`."""
    moments = [[_moments(array) for array in (layer.update, layer.weight)] for layer in layers]
    (update_mean, update_std), (weight_mean, weight_std) = (
        zip(*(pair[kind] for pair in moments), strict=True) for kind in (0, 1)
    )
    return Statistics(update_mean, update_std, weight_mean, weight_std)


def _moments(array):
    """(mean, standard deviation with n - 1), summed in double precision and rounded to float32 as the reference's."""
    mean = array.mean(dtype=np.float64)
    return float(np.float32(mean)), float(np.float32(np.sqrt(_square_sum(array, mean) / max(array.size - 1, 1))))


def _square_sum(array, mean):
    """Sum of squared deviations."""
    flat = array.reshape(-1)
    pieces = (flat[first : first + PIECE] for first in range(0, flat.size, PIECE))
    return sum(float(np.square(piece.astype(np.float64) - mean).sum()) for piece in pieces)
