"""What a layer of WAGE does to arrays: scales, quantiser with ReLU and pool, errors. It holds nothing.

Feature maps are float32 (images, rows, columns, channels), and rows of features (images, features).

Source: Wu et al., "Training and inference with integers in deep neural networks" (WAGE), ICLR 2018.
"""

import numpy as np

from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.parallel import over_slices
from neurosim.wrappers.wage import _kernels, quantize

LEAST = 1 << 16         # elements worth a thread
REMEDY = "check the data and labels, or train with another seed, a smaller learning rate or a milder nonlinearity"


def layer_scale(fan_in, weight_bits, beta):
    """Initial range of the weights and the layer's power-of-two scale.

    `W_m = beta / S(bits)`, `limit = sqrt(3 / fan_in)`, `s = max(1, 2^round(log2(W_m / limit)))`, and the weights are
    uniform in +-max(W_m, limit).

    Returns
    -------
    limit, reach, scale : float
    """
    limit = (3.0 / fan_in) ** 0.5
    least = beta / float(quantize.levels(weight_bits))
    return limit, max(least, limit), max(1.0, 2.0 ** round(float(np.log2(least / limit))))


def largest(values, gate=None):
    """Largest |value| of a contiguous float32 array, where `gate` (values of at least +0) is positive."""
    bits = values.reshape(-1).view(np.int32)
    gates = None if gate is None else gate.reshape(-1).view(np.int32)
    found = []

    def part(first, last):
        if gates is None:
            found.append(_kernels.largest(bits[first:last]))
        else:
            found.append(_kernels.largest_where(bits[first:last], gates[first:last]))

    over_slices(part, bits.size, least=LEAST)
    return np.array(max(found), np.int32).view(np.float32)[()]


def shift_of(values, gate, what):
    """Power of two that normalises an array; a sentence about `what` it is when there is none (quirk W21)."""
    most = largest(values, gate)
    if not np.isfinite(most):
        raise TrainingError(f"{what} are no finite numbers; {REMEDY}")
    if most == 0:
        raise TrainingError(f"{what} are all zero; {REMEDY}")
    return float(quantize.shift(most))


def activate(z, y, code, bits, *, pool):
    """Quantiser, ReLU and, where asked for, the 2 x 2 maximum.

    Parameters
    ----------
    z : ndarray of float32
        Weighted sums.
    y, code : ndarray of float32 and of uint8, overwritten
        Of the shape of z, or of the pooled map: activations, and what the way back must know of them.
    bits : int
        Of an activation.
    """
    limit, grid = quantize.limit(bits), quantize.levels(bits)
    if pool:
        _kernels.activate_pool(z, y, code, limit, grid)
    else:
        _kernels.activate(z.reshape(-1), y.reshape(-1), code.reshape(-1), limit, grid, True)


def error_of_logits(gradient, scale, bits):
    """Quantised error at the logits, which go through no activation; -1 bits: the gradient itself."""
    return gradient if bits == -1 else quantize.q(quantize.clamp(gradient * np.float32(scale), bits), bits)


def error(gradient, y, code, e, scale, bits, *, pool):
    """Quantised error at the weighted sums, 0 where ReLU, pool or clamp let nothing through.

    Parameters
    ----------
    gradient : ndarray of float32
        dL/dy; overwritten where there is no pool.
    y, code : ndarray
        Of `activate`.
    e : ndarray of float32, overwritten
        Of the shape of the sums; without a pool `gradient` itself.
    scale : float
        Normalises the gradient.
    bits : int
        Of an error; -1: not quantised.
    """
    limit, grid = (0, 0) if bits == -1 else (quantize.limit(bits), quantize.levels(bits))
    if pool:
        over_slices(
            lambda a, b: _kernels.error_pool(gradient[a:b], y[a:b], code[a:b], e[a:b], scale, limit, grid), len(e)
        )
        return
    flat, gate, passed = (array.reshape(-1) for array in (gradient, y, code))
    over_slices(
        lambda a, b: _kernels.error(flat[a:b], gate[a:b], passed[a:b], scale, limit, grid), flat.size, least=LEAST
    )


def accelerate(velocity, gradient, keep, add, what):
    """`v = keep v + add g`, then normalised, in place; `what` the gradient is, for a sentence when that fails.

    Quirk W9: the next step goes on from the normalised velocity.
    """
    flat, added = velocity.reshape(-1), gradient.reshape(-1)
    over_slices(lambda a, b: _kernels.accumulate(flat[a:b], added[a:b], keep, add), flat.size, least=LEAST)
    shift = shift_of(velocity, None, what)
    over_slices(lambda a, b: _kernels.rescale(flat[a:b], 1 / shift), flat.size, least=LEAST)
