"""What the array reads: cells of a few bits, row groups, an ADC, conductance variation and drift.

Used for evaluation only; its gradient is zero almost everywhere.

Source: Peng et al., "DNN+NeuroSim: an end-to-end benchmarking framework ...", IEDM 2019; Peng et al.,
"DNN+NeuroSim V2.0", TCAD 2020.
"""

import math

import numpy as np

from neurosim.design.rules import TrainerRules
from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table
from neurosim.plausible import SHIFT, SPREAD
from neurosim.record import Record

LARGEST_DRIFT = 20.0    # natural logarithm of the factor on a value


def _retention():
    def p(name, default, meaning, reference, option, **limits):
        return Parameter(name, default, "", meaning, "retention", reference=reference, aliases=(option,), **limits)

    yield p("time", 0.0, "time since the weights were written", "t", "retention-time")
    yield p("rate", 0.0, "drift coefficient; 0 for none", "v", "drift-rate")
    yield p("fixed", False, "1: all cells drift to the target; 0: each drifts at random", "detect", "drift-fixed")
    yield p("target", 0.0, "where fixed drift ends, as a fraction of the range", "target", "drift-target",
            plausible=SHIFT)


RETENTION = Table(_retention(), "parameter of the retention", "rate=0.01")


class Retention(Record, table=RETENTION):
    """Drift of the stored values with time: `w -> t^(v s)` times its distance from the lowest state.

    t is in the unit that v was fitted with. Cells that do not drift towards a target drift down, up or not at all.
    """

    def agree(self):
        if self.rate != 0 and not self.time > 0:
            raise NeurosimError(
                f"values drift at a rate of {self.rate:g}, but the retention time is {self.time:g}; give a time above 0"
            )
        if self.rate != 0 and abs(self.rate * math.log(self.time)) > LARGEST_DRIFT:
            raise NeurosimError(
                f"a drift of {self.time:g} to the power of {self.rate:g} leaves nothing to read; give a smaller rate"
            )


def _readout():
    def p(name, default, meaning, reference, **limits):
        return Parameter(name, default, "", meaning, "hardware read-out of the tests", reference=reference, **limits)

    yield p("cell_bits", 5, "bits of a cell", "cellBit", low=1, high=16)
    yield p("on_off_ratio", 10.0, "highest over lowest conductance", "onoffratio", above=1, high=math.inf)
    yield p("array_rows", 128, "rows that are summed before the ADC", "subArray", low=1, high=1 << 20,
            aliases=("read-rows",))
    yield p("adc_bits", 5, "bits of the ADC", "ADCprecision", low=1, high=20)
    yield p("variation", 0.0, "relative variation of a conductance at every read", "vari", low=0, below=100,
            aliases=("read-variation",), plausible=SPREAD)


READOUT = Table(_readout(), "parameter of the read-out", "adc_bits=6")


class Readout(Record, table=READOUT):
    """The read-out of an array.

    A weight takes `floor(weight bits / cell bits)` cells, and where that leaves bits over the most significant ones are
    lost. Channels left over after whole groups of `array_rows` are not read; fewer channels than this make one group
    (quirk W15).
    """

    def cells(self, weight_bits):
        """Cells of a weight."""
        count = int(weight_bits) // self.cell_bits
        if count < 1:
            raise NeurosimError(
                f"cells of {self.cell_bits} bits cannot hold a weight of {weight_bits}; use cells of at most "
                f"{weight_bits} bits"
            )
        return count


def adc(x, bits):
    """Linear ADC: the lower edge of one of 2^bits equal steps between the smallest and the largest element.

    Quirk W15: the range follows the data, so a result depends on the whole batch. Quirk W5: a flat input comes back as
    it is (the original divides 0 by 0 there).
    """
    x = np.asarray(x, np.float32)
    low, high = x.min(), x.max()
    if low == high:
        return x.copy()
    step = np.float32(2.0**-bits) * (high - low)
    y = x - low
    y /= step
    np.floor(y, out=y)
    np.clip(y, 0, np.float32(2**bits - 1), out=y)
    y *= step
    y += low
    return y


def adc_of_counts(counts, unit, bits):
    """`adc(unit * counts)` of whole numbers, with the step found in whole numbers.

    Quirk W6: the counts of active rows lie exactly on step edges whenever the largest divides 2^bits; in floating
    point rounding noise would decide which step that is.
    """
    counts = np.asarray(counts)
    low, high = int(counts.min()), int(counts.max())
    unit = np.float32(unit)
    if low == high:
        return unit * counts.astype(np.float32)
    step = np.float32(2.0**-bits) * (unit * np.float32(high) - unit * np.float32(low))
    index = np.minimum((counts.astype(np.int64) - low << bits) // (high - low), 2**bits - 1)
    return step * index.astype(np.float32) + unit * np.float32(low)


def drift(x, retention, signs=None, lowest=None, highest=None):
    """Values after retention time, and what the weight gradient is multiplied by.

    `result = clamp(2 T t^(v s) - 1, low, high)` with T = (x + 1)/2 and low, high the extremes of x.

    Parameters
    ----------
    x : array of float32
    retention : Retention
    signs : array, optional
        Directions s of random drift (-1, 0 or 1); only where it is not fixed.
    lowest, highest : float, optional
        Extremes to use instead of those of x.

    Returns
    -------
    result, factor : ndarray of float32
        `factor` is t^(v s), and 0 where the result was clamped.
    """
    x = np.asarray(x, np.float32)
    low = x.min() if lowest is None else np.float32(lowest)
    high = x.max() if highest is None else np.float32(highest)
    height = (x + np.float32(1)) / np.float32(2)
    if retention.fixed:
        signs = np.sign(((high - low) * np.float32(retention.target) + np.float32(1)) / np.float32(2) - height)
    factor = np.power(np.float32(retention.time), np.float32(retention.rate) * np.asarray(signs, np.float32))
    moved = np.float32(2) * height * factor - np.float32(1)
    return np.clip(moved, low, high), factor * ((moved >= low) & (moved <= high))


def stored(weight, weight_bits):
    """Whole numbers that the cells of quantised weights hold together: `rint((2^b - 1)/2 (w + 1))`."""
    return np.rint(np.float32((2**weight_bits - 1) / 2) * (np.asarray(weight, np.float32) + np.float32(1)))


def conductances(numbers, weight_bits, readout, digit=None, noise=None, added=False):
    """Relative conductance of every cell of the stored numbers, least significant cell first (a generator).

    Parameters
    ----------
    numbers : ndarray of float32
        From `stored`.
    weight_bits : int
    readout : Readout
    digit : callable, optional
        Drift of a digit: given the array, returns it drifted; the next digit is taken from what that leaves.
    noise : callable, optional
        Returns the error of every cell: a fraction of its conductance.
    added : bool
        Errors are conductances, in units of a digit.
    """
    base = np.float32(2**readout.cell_bits)
    ratio = readout.on_off_ratio
    for _ in range(readout.cells(weight_bits)):
        remainder = np.fmod(numbers, base)  # of weights beyond -1, too: with the sign of the number, as the reference
        if digit is not None:
            remainder = digit(remainder)
        numbers = np.rint((numbers - remainder) / base)
        cell = np.float32(1 - 1 / ratio) * remainder + np.float32((2**readout.cell_bits - 1) / ratio)
        if noise is not None and added:
            cell += noise()
        elif noise is not None:
            cell *= np.float32(1) + noise()
        yield cell


class Reader:
    """Reads the weighted sums of one layer through an array.

    Parameters
    ----------
    readout : Readout
    retention : Retention
    weight_bits, activation_bits : int
    draws : draws.Draws
    layer : int
        For the draws.
    first : bool
        The first layer: unless its channels fill a row group, its inputs are applied as voltages, without bits and
        without an ADC.
    rules : neurosim.design.models.TrainerRules, optional
        Difference V18: digits drift at every use, or the weights once, before the first. Difference V19: variation of
        a first layer is relative, or in units of a digit.
    """

    def __init__(self, readout, retention, weight_bits, activation_bits, draws, layer, first, rules=None):
        rules = TrainerRules() if rules is None else rules
        self.readout, self.retention = readout, retention
        self.weight_bits, self.activation_bits = weight_bits, activation_bits
        self.draws, self.layer, self.first = draws, layer, first
        self.analogue = False
        drifts, digits = retention.rate != 0, rules.drift_of == "digits"
        self._digits_drift, self._weights_drift = drifts and digits, drifts and not digits
        self._variation_added = rules.variation_added

    def read(self, inputs, weight):
        """Weighted sums, not yet divided by the layer scale.

        Parameters
        ----------
        inputs : sequence of callables
            For each kernel position (one, for a fully connected layer), a callable that returns the inputs
            (vectors, channels) as float32.
        weight : ndarray of float32, (outputs, channels, positions)
            Quantised weights.

        Returns
        -------
        ndarray of float32, (vectors, outputs)
        """
        if self._weights_drift:
            weight, _ = drifted(weight, self.retention, self.draws, self.layer)
        numbers = stored(weight, self.weight_bits)
        self.analogue = self.first and weight.shape[1] < self.readout.array_rows
        total = None
        for position, vectors in enumerate(inputs):
            part = self._position(vectors(), numbers, position)
            total = part if total is None else np.add(total, part, out=total)
        total /= np.float32(2**self.weight_bits)
        return total

    def _groups(self, channels):
        """Slices of the channels that are summed together."""
        rows = int(self.readout.array_rows)
        count = channels // rows
        return [slice(group * rows, (group + 1) * rows) for group in range(count)] or [slice(0, channels)]

    def _position(self, x, numbers, position):
        """Weighted sums of one kernel position."""
        if self.analogue:
            return self._plane(x, numbers, position, None)
        whole = np.rint(np.float32(2**self.activation_bits - 1) * x).astype(np.int32)
        fixed = {}  # conductances that do not change between bit planes
        total = None
        negative = whole.min() < 0      # in a first layer only: bits of the magnitude, with its sign
        magnitude = np.abs(whole)
        for bit in range(self.activation_bits):
            plane = (magnitude >> bit & 1).astype(np.float32)
            if negative:
                plane *= np.sign(whole)
            part = self._plane(plane, numbers, position, fixed)
            part *= np.float32(2**bit)
            total = part if total is None else np.add(total, part, out=total)
        total /= np.float32(2**self.activation_bits)
        return total

    def _plane(self, plane, numbers, position, fixed):
        """Sum over row groups and cells of one input plane, the dummy column taken off."""
        total = None
        for group in self._groups(plane.shape[1]):
            part = self._group(plane[:, group], numbers, group, position, fixed)
            total = part if total is None else np.add(total, part, out=total)
        return total

    def _group(self, plane, numbers, group, position, fixed):
        readout = self.readout
        dummy = (2**readout.cell_bits - 1) * (1 + 1 / readout.on_off_ratio) / 2
        below = np.float32(1 - 1 / readout.on_off_ratio)
        if self.analogue:
            reference = plane.sum(axis=1, keepdims=True, dtype=np.float32) * np.float32(dummy)
        else:
            counts = plane.sum(axis=1, keepdims=True, dtype=np.float32).astype(np.int64)
            reference = adc_of_counts(counts, dummy, readout.adc_bits)
        signal = reference_total = None
        for cell, conductance in enumerate(self._cells(numbers, group, position, fixed)):
            weight = np.float32(2**readout.cell_bits) ** np.float32(cell)
            current = plane @ conductance.T
            if not self.analogue:
                current = adc(current, readout.adc_bits)
            current *= weight
            current *= np.float32(2)
            current /= below
            signal = current if signal is None else np.add(signal, current, out=signal)
            part = reference * weight * np.float32(2) / below
            reference_total = part if reference_total is None else reference_total + part
        signal -= reference_total
        return signal

    def _cells(self, numbers, group, position, fixed):
        """Conductances (outputs, channels of the group) of every cell, least significant first."""
        random = self.readout.variation > 0 or (self._digits_drift and not self.retention.fixed)
        if fixed is not None and not random:
            if group.start not in fixed:
                fixed[group.start] = list(self._conductances(numbers, group, position))
            return fixed[group.start]
        return self._conductances(numbers, group, position)

    def _conductances(self, numbers, group, position):
        region = (slice(None), group, position)
        part = numbers[region]
        alone = part.size == numbers.size
        retention, shape = self.retention, numbers.shape

        def digit(values):
            signs = None if retention.fixed else self.draws.retention(self.layer, shape, region)
            # Outside the group the array holds zeros, which count towards the extremes.
            low, high = values.min(), values.max()
            return drift(values, retention, signs, low if alone else min(low, 0), high if alone else max(high, 0))[0]

        def noise():
            return self.draws.variation(self.layer, shape, self.readout.variation, region)

        return conductances(
            part, self.weight_bits, self.readout,
            digit if self._digits_drift else None, noise if self.readout.variation > 0 else None,
            added=self.analogue and self._variation_added,
        )


def drifted(weight, retention, draws, layer):
    """All weights of a layer after drift, and what the gradient is multiplied by; see `drift`."""
    signs = None if retention.fixed else draws.retention(layer, weight.shape)
    return drift(weight, retention, signs)


def drifts_in_training(rules):
    """Whether drift changes sums that are computed exactly (difference V17)."""
    return rules.drift_in_training


def weight_after_drift(weight, retention, draws, layer, rules=None):
    """Quantised weights of a layer as computed with (software mode), and the factor of their gradient (or None).

    `weight` itself, when there is no drift; then nothing is drawn.
    """
    if retention.rate == 0 or (rules is not None and not drifts_in_training(rules)):
        return weight, None
    return drifted(weight, retention, draws, layer)
