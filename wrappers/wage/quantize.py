"""The quantisers of WAGE: integers in disguise, on grids of 1/2^(bits-1).

Source: Wu, Li, Chen, Shi, "Training and inference with integers in deep neural networks" (WAGE), ICLR 2018;
Peng et al., "DNN+NeuroSim V2.0", TCAD 2020. Arrays are float32, of any shape, and results have the shape of
the argument. Rounding is half to even.

>>> q([0.30, -0.02], 5)
array([ 0.3125, -0.    ], dtype=float32)
"""

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.grid import UNQUANTISED_BITS, activation, clamp, float32, levels, limit, q

__all__ = [
    "UNQUANTISED_BITS", "activation", "activation_gradient", "checked_labels", "clamp", "largest", "layer_weight",
    "levels", "limit", "normalise", "q", "qe", "qw", "shift", "squared_error", "stochastic_round",
]


def qw(x, bits, scale=1.0):
    """Weight quantiser of WAGE: clamp, round, and divide by the layer scale where that exceeds 1.8.

    Offered for completeness: the trainer rounds its weights with `layer_weight`.
    """
    y = q(clamp(x, bits), bits)
    return y / np.float32(scale) if scale > 1.8 else y


def shift(x):
    """Nearest power of two on a logarithmic scale: `2^rint(log2 x)`.

    Raises
    ------
    NeurosimError
        A number is not above zero.
    """
    x = float32(x)
    if not (x > 0).all():
        raise NeurosimError("only numbers above zero have a nearest power of two")
    return np.exp2(np.rint(np.log2(x)))


def normalise(x):
    """`N(x) = x / shift(max |x|)`: the whole array scaled by a power of two into [-sqrt 2, sqrt 2].

    Raises
    ------
    NeurosimError
        All elements are zero, or one is no finite number.
    """
    x = float32(x)
    return x / shift(largest(x))


def largest(x):
    """Largest magnitude of an array; it must be finite and above zero (see `normalise`)."""
    if not x.size:
        raise NeurosimError("an empty array has no largest value; give one with elements")
    value = max(x.max(), -x.min())
    if not np.isfinite(value):
        raise NeurosimError("a value is no finite number; only finite ones can be normalised")
    if value == 0:
        raise NeurosimError("all values are zero; there is nothing to normalise them by")
    return np.float32(value)


def qe(x, bits):
    """Error quantiser `QE = Q(C(N(x), b), b)`; see `normalise` for what it cannot take."""
    return q(clamp(normalise(x), bits), bits)


def stochastic_round(x, draws):
    """`floor(x + r)` with r uniform in [0, 1): rounds up with the probability of the fraction.

    Parameters
    ----------
    x : array of float32
    draws : array of float32
        r, of the shape of x, or one number for all.

    Raises
    ------
    NeurosimError
        Another shape, or draws outside of 0 ... 1.
    """
    x, draws = float32(x), float32(draws)
    if draws.shape not in (x.shape, ()):
        raise NeurosimError(f"draws of shape {draws.shape} do not round an array of shape {x.shape}; give one for each")
    if not ((draws >= 0) & (draws <= 1)).all():
        raise NeurosimError("draws of stochastic rounding lie from 0 to 1")
    return np.floor(x + draws)


def layer_weight(weight, scale, bits):
    """Weight as a layer computes with it: on the grid, not limited.

    `Q(fl(fl(w s) + fl(w - fl(w s))), b)`. Mathematically this is Q(w); quirk W10: the way over the scaled
    weight moves some weights across a rounding tie (about 1e-5 of them at a scale of 32).

    Parameters
    ----------
    weight : array
    scale : float
        Power-of-two scale of the layer.
    bits : int
    """
    weight = float32(weight)
    if scale == 1:
        return q(weight, bits)
    if bits <= 1 or bits > UNQUANTISED_BITS:
        scaled = weight * np.float32(scale)
        return q(scaled + (weight - scaled), bits)
    grid = levels(bits)
    # One temporary besides the result: a fully connected layer has eight million weights.
    scaled = weight * np.float32(scale)
    y = weight - scaled
    y += scaled
    y *= grid
    np.rint(y, out=y)
    y /= grid
    return y


def activation_gradient(gradient, z, activation_bits, error_bits):
    """Backward half of the activation quantiser.

    The error is normalised and quantised as a whole *before* it is masked where the forward pass clipped.

    Parameters
    ----------
    gradient : array
        dL/dy.
    z : array
        What the forward half was given.
    activation_bits, error_bits : int
        -1 switches a half off.
    """
    error = float32(gradient) if error_bits == -1 else qe(gradient, error_bits)
    if activation_bits == -1:
        return error
    return error * (np.abs(float32(z)) <= limit(activation_bits))


def checked_labels(labels, images, classes):
    """Labels as an array, one an image, from 0 to below `classes`; a `NeurosimError` when they are something else."""
    labels = np.asarray(labels)
    if labels.shape != (images,) or labels.dtype.kind not in "ui":
        raise NeurosimError(
            f"labels of shape {labels.shape} and type {labels.dtype} do not fit {images} images; give a whole number "
            "for each"
        )
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise NeurosimError(
            f"labels from {labels.min()} to {labels.max()} do not fit {classes} classes; labels lie from 0 to "
            f"{classes - 1}"
        )
    return labels


def squared_error(logits, labels):
    """Loss `1/2 sum (logit - onehot)^2` over batch and classes, and its gradient `logit - onehot`.

    Parameters
    ----------
    logits : array of float32, (images, classes)
    labels : array of int, (images,)

    Returns
    -------
    loss : float32
    gradient : ndarray of float32, (images, classes)

    Raises
    ------
    NeurosimError
        Labels that are no whole numbers from 0 to below the number of classes, one an image.
    """
    gradient = np.array(logits, dtype=np.float32)
    labels = checked_labels(labels, *gradient.shape)
    gradient[np.arange(len(gradient)), labels] -= np.float32(1)
    return np.float32(0.5) * np.sum(gradient * gradient, dtype=np.float32), gradient
