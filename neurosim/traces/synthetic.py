"""Synthetic traces: weights and inputs of a stated distribution for any network, where nothing was recorded.

Weights are normally distributed around the middle of their range with a standard deviation of a quarter of its half,
cut off at 0.87 of it, and rounded to levels; in the last update one in three has moved by up to two levels. Inputs are
as after a ReLU: zero, or exponentially distributed with a mean of a quarter of the full scale. The bits of an
exponentially distributed number are independent of each other, so that a bit plane only has a share of ones
(`plane_shares`).

Every number follows from seed, layer and place by a counter-based generator, so that any part of a matrix can be made
at any time: the matrices of large layers are never there as a whole. docs/synthetic.md says what they are good for.
"""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.texts import decoded
from neurosim.traces.traces import LayerTrace

MEAN = 4.0              # full scale over mean of the inputs that are not zero
LIVE = 0.5              # inputs that are not zero, unless an activity says otherwise
DEVIATION = 0.25        # of weights, as a share of the upper half of their range
MOVED = 3               # one weight in this many has moved, or stays by chance
STEPS = 2               # levels that a weight moves by at most
WHOLE = 64 * 2**20      # bytes of inputs that are held at a time; more are made array by array
ABOUT = (
    "weights normally distributed with a standard deviation of an eighth of their range, inputs zero or exponentially "
    "distributed with a mean of a quarter of the full scale"
)

_UNIT = 1 << 16         # a probability of one
_SUM = 2 * (_UNIT - 1)  # mean of the sum of four 16-bit numbers
_SPREAD = _UNIT * math.sqrt(4 / 12)     # and its standard deviation
_GOLDEN = 0x9E3779B97F4A7C15
_WEIGHT, _MOVE, _INPUT = range(3)


def sources(network, design, activity=None, seed=0):
    """A source of a `Trace` for each layer; see `Trace.synthetic`."""
    shares = _shares(activity, network)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise NeurosimError(f"seed = {seed!r} is no whole number; give one such as 0")
    planes = [plane_shares(design.input_bits, share) for share in shares]
    return [
        _Layer(layer, number, design.synapse_bits, tuple(share), int(seed), *design.weight_range)
        for number, (layer, share) in enumerate(zip(network, planes, strict=True))
    ]


def read_activities(path):
    """Shares of ones from a file: numbers between commas, blanks or line ends; of several lines, the last counts.

    So is `input_activity.csv` of a training run, with a line for every epoch.
    """
    try:
        text = decoded(Path(path).read_bytes())
    except OSError as error:
        raise NeurosimError(
            f"{path}: the file of activities cannot be read ({error.strerror}); give a share of ones, such as 0.2, or "
            "a file with one for each layer",
            status=1,
        ) from None
    rows = [line.replace(",", " ").replace(";", " ").split() for line in text.splitlines() if line.strip(" ,;\t")]
    if rows and all(len(row) == 1 for row in rows):
        rows = [[word for row in rows for word in row]]
    try:
        return [float(word) for word in rows[-1]] if rows else []
    except ValueError:
        raise NeurosimError(f"{path}: {' '.join(rows[-1])[:60]!r} are no numbers; give a share of ones for each layer"
                            ) from None


def _shares(activity, network):
    """An activity (or None) for each layer."""
    if activity is None or isinstance(activity, (int, float, np.number)):
        return [activity] * len(network)
    try:
        shares = [float(share) for share in activity]
    except (TypeError, ValueError):
        raise NeurosimError(
            f"activity = {activity!r} is no share of ones; give a number such as 0.2, or one for each layer"
        ) from None
    if len(shares) != len(network):
        raise NeurosimError(f"{len(shares)} activities for a network of {len(network)} layers; give one for each layer")
    return shares


def plane_shares(bits, activity=None):
    """Share of ones of each bit plane of the inputs, most significant first.

    The sign, which is the first of several planes, has none. Of the others a share q is that of numbers x between 0 and
    1 with a density proportional to exp(-c x), in whose plane of weight w (1/2, 1/4 ...)

        p = q / (1 + exp(c w)),    c = 4

    are ones. An activity sets q = activity bits / sum of 1 / (1 + exp(c w)), and where that exceeds 1 a smaller c.

    Parameters
    ----------
    bits : int
        Bit planes of an input.
    activity : float, optional
        Share of ones over all planes; unless given half of the inputs are zero (one plane: half of its bits).

    Returns
    -------
    list of float

    Raises
    ------
    NeurosimError
        An activity that these inputs cannot have.
    """
    if bits == 1:
        limit, share = 1.0, LIVE if activity is None else activity
    else:
        limit, share = (bits - 1) / bits, activity
    if share is not None and not 0 <= share <= limit:
        percent = f"; {share:g} % is {share / 100:g}" if 1 < share <= 100 else ""
        raise NeurosimError(
            f"an activity of {share:g} is out of range: the share of ones is 0 to {limit:.4g} where inputs have {bits} "
            f"bits{', of which one is the sign' if bits > 1 else ''}{percent}"
        )
    if bits == 1:
        return [share]
    weights = [2.0 ** -(number + 1) for number in range(bits - 1)]
    if share is None:
        return [0.0, *(LIVE * p for p in _digits(MEAN, weights))]
    wanted, usual = share * bits, _digits(MEAN, weights)
    if wanted <= sum(usual):
        return [0.0, *(wanted / sum(usual) * p for p in usual)]
    low, high = -64.0 / weights[-1], MEAN
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_digits(middle, weights)) > wanted else (low, middle)
    return [0.0, *_digits(high, weights)]


def _digits(rate, weights):
    """Probability of a one in the binary digits of a number between 0 and 1 with a density of exp(-rate x)."""
    return [1 / (1 + math.exp(min(rate * weight, 700.0))) for weight in weights]


@dataclass(frozen=True)
class _Layer:
    """The trace of one layer, of which any part is made when it is asked for."""

    layer: object
    number: int
    synapse_bits: int
    planes: tuple
    seed: int
    low: float
    high: float

    @property
    def limits(self):
        """Of 65536 numbers, those that mean a one in each plane."""
        return np.array([round(share * _UNIT) for share in self.planes], np.uint32)

    @property
    def activity(self):
        """Share of ones of the input."""
        return float(self.limits.sum()) / _UNIT / len(self.planes)

    def fingerprint(self):
        """The numbers follow from these."""
        return repr(self)

    def load(self, rows, outputs, columns, where):
        """The `LayerTrace`, of matrices that are made part by part."""
        bits = len(self.planes)
        if columns != self.layer.vectors * bits:
            raise NeurosimError(f"{where}: the synthetic inputs have {bits} bits; make them for the same design")
        inputs = Made((rows, columns), np.uint8, self._inputs)
        return LayerTrace(
            Made((rows, outputs), np.float64, self._weights),
            Made((rows, outputs), np.float64, self._old_weights),
            inputs[:] if rows * columns <= WHOLE else inputs,
            self.activity,
        )

    def _weights(self, rows, columns):
        return self._values(self._levels(rows, columns))

    def _old_weights(self, rows, columns):
        level, dice = self._levels(rows, columns), self._words(_MOVE, rows, columns)
        moved = (dice >> np.uint64(32)).astype(np.int64) % (2 * STEPS + 1) - STEPS
        moved[dice.astype(np.uint32) % np.uint32(MOVED) != 0] = 0
        return self._values(np.clip(level + moved, -self._most, self._most))

    @property
    def _half(self):
        """Levels of half the range."""
        return 1 << (self.synapse_bits - 1)

    @property
    def _most(self):
        return max(self._half - 1, 1)

    def _levels(self, rows, columns):
        total = self._words(_WEIGHT, rows, columns).view("<u2").reshape(len(rows), len(columns), 4).sum(2, np.int64)
        total -= _SUM
        if self.synapse_bits == 1:
            return np.where(total < 0, -1, 1)
        unit = round(_SPREAD / DEVIATION)
        return np.clip((total * self._half + unit // 2) // unit, -self._most, self._most)

    def _values(self, level):
        middle, reach = (self.low + self.high) / 2, (self.high - self.low) / 2
        return middle + reach * (level / self._half)

    def _inputs(self, rows, columns):
        """Codes of `LayerTrace.inputs`: a one counts as active and conducts."""
        bits = len(self.planes)
        first, last = columns.start // bits, -(-columns.stop // bits)
        groups = -(-bits // 4)
        words = self._words(_INPUT, rows, range(first * groups, last * groups), self.layer.vectors * groups)
        dice = words.view("<u2").reshape(len(rows), last - first, groups * 4)[:, :, :bits]
        ones = (dice < self.limits).view(np.uint8).reshape(len(rows), (last - first) * bits) * np.uint8(3)
        return ones[:, columns.start - first * bits : columns.stop - first * bits]

    def _words(self, purpose, rows, columns, width=None):
        """64 random bits for each place of a part of a matrix that is `width` places wide."""
        width = self.layer.outputs if width is None else width
        stream = hashlib.blake2b(f"{self.seed} {self.number} {purpose}".encode(), digest_size=8)
        start = int.from_bytes(stream.digest(), "little")
        places = np.arange(rows.start, rows.stop, dtype=np.uint64) * np.uint64(width)
        words = places[:, None] + np.arange(columns.start + 1, columns.stop + 1, dtype=np.uint64)
        words *= np.uint64(_GOLDEN)
        words += np.uint64(start)
        return mixed(words).astype("<u8", copy=False)


def mixed(words):
    """Words (uint64) whose bits are all independent of those of the words before and after; in place.

    The finaliser of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014):
    integers only, so that every machine agrees.
    """
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words ^= words >> np.uint64(shift)
        words *= np.uint64(factor)
    words ^= words >> np.uint64(31)
    return words


class Made:
    """A matrix of which each part is made when it is asked for, the same every time.

    Parameters
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    make : callable
        make(rows, columns) -> ndarray of a part; both are ranges.
    """

    ndim = 2

    def __init__(self, shape, dtype, make):
        self.shape, self.dtype = shape, np.dtype(dtype)
        self._make = make

    def __getitem__(self, key):
        """The part of a slice of rows, or of a pair of slices."""
        slices = key if isinstance(key, tuple) else (key, slice(None))
        ranges = (range(size)[part] for size, part in zip(self.shape, slices, strict=True))
        return np.ascontiguousarray(self._make(*ranges))

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)
