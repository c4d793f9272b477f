"""The synaptic device: a nonlinear conductance curve and its variation.

A device steps through `levels` conductance states. With p pulses from the lowest state, the weight is
`w(p) = B (1 - exp(-p / A)) - 1` in [-1, 1]; A > 0 bends the curve down, A < 0 up. LTP (potentiation, the weight
grows) and LTD (depression) have a curve each. A *nonlinearity label* (the number that papers quote, -9 to 9) is
proportional to the largest distance of the unit curve from the diagonal.

Source: Chen, Peng, Yu, "NeuroSim: a circuit-level macro model ...", TCAD 2018; Peng et al., "DNN+NeuroSim V2.0",
TCAD 2020.
"""

import functools

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import _update, grid
from neurosim.wrappers.training.parallel import over_slices

LABELS = 900            # labels 0.01, 0.02 ... 9.00
LABEL_OF_DISTANCE = 10.10152544
FARTHEST_EXPONENT = 700.0  # exp() of more would be infinite
MOST_PULSES = 1 << 20


@functools.cache
def label_table():
    """Normalised A of the labels 0.01 ... 9.00, float64 with six decimals, read-only.

    A is the root of `B - A - A ln(B / A) = label / 10.10152544` with `B = 1 / (1 - exp(-1 / A))`: the left side is
    the largest vertical distance between the unit curve `B (1 - exp(-x / A))` and x.
    """
    label = np.arange(1, LABELS + 1) / 100.0

    def distance(a):
        b = -1.0 / np.expm1(-1.0 / a)
        return b - a - a * np.log(b / a)

    low, high = np.full(LABELS, 1e-3), np.full(LABELS, 1e3)
    for _ in range(100):  # bisection on a logarithmic scale; the distance falls with A
        middle = np.sqrt(low * high)
        above = distance(middle) > label / LABEL_OF_DISTANCE
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    table = np.round(np.sqrt(low * high), 6)
    table.flags.writeable = False
    return table


def label_row(label):
    """Row of a label in the tables of `UpdateCurve`: 0 is linear, n and LABELS + n are the labels n/100 and -n/100.

    Magnitudes are cut (in float32) to hundredths and limited to 0.01 ... 9.00; only 0 itself is linear. Quirk W8: the
    original makes a label of 0 no number.
    """
    label = np.asarray(label, dtype=np.float32)
    if np.isnan(label).any():
        raise NeurosimError("a nonlinearity label is no number; labels lie from -9 to 9")
    number = np.clip(np.trunc(np.abs(label) * np.float32(100)), 1, LABELS).astype(np.int16)
    return np.where(label < 0, number + np.int16(LABELS), np.where(label > 0, number, np.int16(0)))


def label_to_a(label):
    """Normalised A (float64, of the shape of `label`) of a nonlinearity label; 0 for a label of 0."""
    return np.concatenate(([0.0], label_table(), -label_table()))[label_row(label)]


def a_to_b(a, levels):
    """Height B of the curve: `2 / (1 - exp(-levels / A))`.

    Parameters
    ----------
    a : array of float64
        A in pulses: the normalised A times `levels`.
    levels : int
        Conductance states.
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return 2.0 / (1.0 - np.exp(-levels / np.asarray(a, dtype=np.float64)))


def largest_count(levels, learning_rate):
    """Most pulses that a normalised velocity (at most sqrt 2) can ask for, rounded up.

    Raises
    ------
    NeurosimError
        More than a table can hold.
    """
    count = abs(learning_rate) * np.sqrt(2.0) / 2 * levels
    if not count < MOST_PULSES:
        raise NeurosimError(
            f"a learning rate of {learning_rate:g} with {levels} levels asks for {count:.0f} pulses an update; use a "
            "smaller rate or fewer levels"
        )
    return int(np.ceil(count)) + 1


class UpdateCurve:
    """What a number of pulses does to a weight, in closed form.

    Inserting `p(w)` into `w(p - q)` leaves a straight line for each pulse count q, `w' = offset[q] + slope[q] w`
    with `slope = exp(q / A)` and `offset = (B - 1) (1 - slope)`: two small tables, no logarithm and never NaN.
    Quirk W4: the original takes a logarithm that fails beyond the height of the curve.

    Parameters
    ----------
    ltp, ltd : float
        Nonlinearity labels, -9 to 9. Equal signs retrace about the same path up and down; opposite signs are
        the usual asymmetry of devices. 0 is linear.
    levels : int
        Conductance states.
    """

    def __init__(self, ltp=1.75, ltd=1.46, levels=32):
        for name, label in (("ltp", ltp), ("ltd", ltd)):
            if not -9 <= label <= 9:
                raise NeurosimError(f"{name} = {label!r} is no nonlinearity label; it takes -9 to 9")
        if not (1 <= levels <= 65536 and levels == int(levels)):
            raise NeurosimError(f"levels = {levels!r} is out of range; a device has 1 to 65536 levels")
        self.ltp, self.ltd, self.levels = float(ltp), float(ltd), int(levels)
        self._a = label_to_a([ltp, ltd])
        self._tables = {}

    @classmethod
    def of_nonlinearity(cls, v, levels=32):
        """The curve of a write nonlinearity v of TxSim: conductance moves by 1 - exp(-v p) for a share p of the pulses.

        Up and down saturate alike: normalised A of 1/v and -1/v; 0 is linear.
        """
        if not v >= 0:
            raise NeurosimError(f"v = {v!r} is no write nonlinearity; it takes numbers from 0 up")
        curve = cls(0.0, 0.0, levels)
        if v > 0:
            curve._a = np.array([1 / v, -1 / v])
        return curve

    def parameters(self, rows):
        """(A, B) of label rows, as float64 of the float32 values the curve is computed with."""
        return self._in_pulses(np.concatenate(([0.0], label_table(), -label_table()))[rows])

    def _in_pulses(self, a):
        """(A, B) of normalised A."""
        a = a * self.levels
        return a.astype(np.float32).astype(np.float64), a_to_b(a, self.levels).astype(np.float32).astype(np.float64)

    def pulses(self, velocity, learning_rate=1.0):
        """Signed pulse counts `rint(lr v / 2 * levels)` of a normalised velocity; positive: the weight falls."""
        step = np.float32(learning_rate) * np.asarray(velocity, np.float32)
        return np.rint(step / np.float32(2) * np.float32(self.levels)).astype(np.int32)

    def tables(self, rows, learning_rate=1.0):
        """(offset, slope), float64 of shape (rows, 2 n + 1), for pulse counts -n ... n of the given label rows.

        None for `rows` stands for the two of this curve, potentiation and depression.
        """
        count = largest_count(self.levels, learning_rate)
        pulses = np.arange(-count, count + 1, dtype=np.float64)
        a, b = self.parameters(np.atleast_1d(rows)) if rows is not None else self._in_pulses(self._a)
        linear = a == 0
        a[linear], b[linear] = 1.0, 1.0
        with np.errstate(over="ignore"):
            exponent = np.clip(pulses / a[:, None], -FARTHEST_EXPONENT, FARTHEST_EXPONENT)
            offset, slope = -(b[:, None] - 1.0) * np.expm1(exponent), np.exp(exponent)
        offset[linear], slope[linear] = -2.0 / self.levels * pulses, 1.0
        return np.ascontiguousarray(offset), np.ascontiguousarray(slope)

    def lines(self, learning_rate, spread):
        """Tables for the kernel: of the two labels (LTP below q = 0, LTD from there on), or of every label.

        Kept for one learning rate at a time.
        """
        key = (float(learning_rate), bool(spread))
        if key not in self._tables:
            if spread:
                tables = self.tables(np.arange(2 * LABELS + 1), learning_rate)
            else:
                tables = self.tables(None, learning_rate)
            self._tables = {key: tables}
        return self._tables[key]

    def rows(self, deviation):
        """Label rows (LTP, LTD), int16, of devices whose labels deviate: the same deviation is added to both.

        Quirk W7: an index a weight stands for the original's copy of the table for every weight.

        Parameters
        ----------
        deviation : array of float32
            Of the shape of the weight: normal draws times the device-to-device sigma.
        """
        deviation = np.asarray(deviation, np.float32)
        return label_row(np.float32(self.ltp) + deviation), label_row(np.float32(self.ltd) + deviation)


def update_weights(weight, velocity, rounding, curve, *, learning_rate=1.0, weight_bits=5, update_bits=5, rows=None,
                   out=None):
    """Move the weights of one layer by one step, in place, without cycle-to-cycle noise (see `add_noise`).

    With `q` pulses the curve proposes w'; `h = w - C(w')` is rounded stochastically to the update
    `u = floor(h + r) / S(update bits)`, and the weight becomes `w - u`. Quirk W11: h is rounded as it is.

    Parameters
    ----------
    weight : ndarray of float32, contiguous
        Changed in place; not clipped yet.
    velocity : ndarray of float32
        Normalised velocity.
    rounding : ndarray of float32
        Uniform draws in [0, 1), one a weight.
    curve : UpdateCurve
    learning_rate : float
    weight_bits, update_bits : int
    rows : (LTP, LTD) arrays of int16, optional
        Label row of each weight, from `UpdateCurve.rows`: device-to-device variation.
    out : ndarray of float32, optional
        Array for the update.

    Returns
    -------
    ndarray of float32
        The update u.

    Raises
    ------
    NeurosimError
        An array is of another type or not contiguous, shapes differ, the velocity is not normalised (above sqrt 2, or
        no number), or a row is none of the curve's.
    """
    offset, slope = curve.lines(learning_rate, rows is not None)
    flat = [_flat(weight, "weight")]
    update = np.empty(weight.shape, np.float32) if out is None else out
    others = {"velocity": velocity, "rounding": rounding, "out": update}
    flat += [_flat(array, name, weight.shape) for name, array in others.items()]
    if rows is None:
        up = down = np.zeros(0, np.int16)
    else:
        up, down = (_flat(array, "rows", weight.shape, np.int16) for array in rows)

    def part(first, last):
        found = _update.update(
            *(array[first:last] for array in flat), up[first:last], down[first:last], offset, slope,
            np.float32(learning_rate), np.float32(curve.levels), grid.limit(weight_bits),
            grid.levels(update_bits),
        )
        if not found:
            raise NeurosimError(
                "a velocity or a label row lies outside the tables of the device; normalise the velocity first "
                "(wage.quantize.normalise), and take rows from UpdateCurve.rows"
            )

    over_slices(part, weight.size, least=1 << 15)
    return update


def _flat(array, name, shape=None, dtype=np.float32):
    """A one-dimensional view of a contiguous array of the right type and shape."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype or not array.flags.c_contiguous:
        raise NeurosimError(f"{name} must be a contiguous array of {np.dtype(dtype).name}")
    if shape is not None and array.shape != shape:
        raise NeurosimError(f"{name} has shape {array.shape}; it must be that of the weights, {shape}")
    return array.reshape(-1)


def add_noise(weight, update, noise, weight_bits):
    """Cycle-to-cycle noise on every weight that moved, then the clip of all: `C(w + n [u != 0])`, in place.

    Quirk W12: once a step, however many pulses moved the weight.

    Parameters
    ----------
    weight, update : ndarray of float32
    noise : callable
        Given the number of moved weights and their flat positions, returns their noise (or None for none).
    weight_bits : int
    """
    flat = weight.reshape(-1)
    moved = np.flatnonzero(update.reshape(-1))
    values = noise(moved)
    if values is not None:
        flat[moved] += np.asarray(values, np.float32)
    edge = grid.limit(weight_bits)
    np.clip(flat, -edge, edge, out=flat)
