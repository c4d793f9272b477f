"""Whole numbers in disguise: grids of 1/2^(bits-1), on which weights, inputs and updates of devices lie.

Source: Wu, Li, Chen, Shi, "Training and inference with integers in deep neural networks" (WAGE), ICLR 2018. Arrays are
float32, of any shape, and results have the shape of the argument. Rounding is half to even.
"""

import numpy as np

from neurosim.errors import NeurosimError

UNQUANTISED_BITS = 15  # wider than this a value is left as it is


def float32(x):
    """As an array of float32."""
    return np.asarray(x, dtype=np.float32)


def levels(bits):
    """Steps of the grid between 0 and 1: `S(b) = 2^(b-1)`."""
    return np.float32(2.0 ** (bits - 1))


def limit(bits):
    """Largest magnitude that `clamp` lets through: one step below 1, and 1 where there is no grid."""
    return np.float32(1.0) if bits <= 1 or bits > UNQUANTISED_BITS else np.float32(1.0 - 1.0 / levels(bits))


def _check_bits(bits):
    if not (bits >= 1 and bits == int(bits)):
        raise NeurosimError(f"{bits!r} bits make no grid; a quantiser takes whole numbers from 1 on")


def clamp(x, bits):
    """`C(x, b)`: limit to -(1 - d) ... 1 - d with d = 1/S(b) (d = 0 for 1 bit and above 15 bits).

    Parameters
    ----------
    x : array of float32
    bits : int
        From 1.
    """
    _check_bits(bits)
    return np.clip(float32(x), -limit(bits), limit(bits))


def q(x, bits):
    """`Q(x, b) = rint(x S) / S`: round to the grid, without a limit.

    One bit keeps the sign only; above 15 bits nothing is rounded. Small negative numbers become -0.0, which
    the weight traces show.

    Parameters
    ----------
    x : array of float32
    bits : int
        From 1; a `NeurosimError` says so.
    """
    _check_bits(bits)
    x = float32(x)
    if bits > UNQUANTISED_BITS:
        return x
    if bits == 1:
        return np.sign(x)
    grid = levels(bits)
    return np.rint(x * grid) / grid


def activation(z, activation_bits):
    """Forward half of the activation quantiser: `Q(C(z, b), b)`; -1 bits: z itself."""
    return float32(z) if activation_bits == -1 else q(clamp(z, activation_bits), activation_bits)
