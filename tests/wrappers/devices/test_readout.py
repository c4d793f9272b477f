"""The hardware read-out against recorded values, and its properties."""

import math
import re

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.design.rules import TrainerRules
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.readout import Reader, Readout, Retention, adc, adc_of_counts, conductances, drift
from neurosim.wrappers.training.draws import Draws, GivenDraws
from neurosim.wrappers.wage import quantize
from neurosim.wrappers.wage.model import Model


# The original also has nonlinear ADCs with hand-tuned thresholds (nonlin_*), which it never calls.
@pytest.mark.parametrize("label", [name for name in reference.labels("readout") if name.startswith("lin_")])
def test_recorded_adc(label):
    params, fields = reference.case("readout", label)
    np.testing.assert_array_equal(adc(fields["x"], params["bits"]), fields["y"])


@pytest.mark.parametrize("label", reference.labels("adc_calls"))
def test_recorded_adc_calls(label):
    params, fields = reference.case("adc_calls", label)
    for part in ("conv", "fc"):
        got = [adc(x, params["ADCprecision"]) for x in fields[f"{part}_adc_in"]]
        want = fields[f"{part}_adc_out"]
        flat = np.array([x.min() == x.max() for x in fields[f"{part}_adc_in"]])
        np.testing.assert_array_equal(np.array(got)[~flat], want[~flat])
        np.testing.assert_array_equal(np.array(got)[flat], fields[f"{part}_adc_in"][flat])


@pytest.mark.parametrize("label", [name for name in reference.labels("readout") if name.startswith("ret_")])
def test_recorded_retention(label):
    params, fields = reference.case("readout", label)
    got, factor = drift(fields["x"], reference.retention(params), fields.get("sign"))
    if params["v"] == 0:
        np.testing.assert_array_equal(got, fields["y"])
        assert (factor == 1).all()
    np.testing.assert_allclose(got, fields["y"], rtol=reference.DRIFT, atol=reference.DRIFT)


def network_layers(label):
    """(parameters, layer, its recorded output, what it reads through the hardware)."""
    params, fields = reference.case("net_hardware", label)
    shape = fields["x"].shape[1:]
    model = Model(reference.architecture(params, shape), reference.options(params), reference.draws(fields, 4))
    for n, layer in enumerate(model.layers):
        x = reference.channels_last(fields[f"in{n}"])
        z = layer._read(x, layer.quantised_weight(), reference.readout(params))
        y = z if layer.last else quantize.activation(z, params["wl_activate"])
        yield params, n, reference.channels_last(fields[f"out{n}"]), y


@pytest.mark.parametrize("label", [name for name in reference.labels("net_hardware") if name.startswith("exact")])
def test_recorded_network_with_exact_conductances(label):
    for params, n, want, got in network_layers(label):
        if n == 0:  # analogue inputs: now and then one step
            assert np.abs(got - want).max() <= 1 / quantize.levels(params["wl_activate"])
            assert (got != want).mean() <= 0.002
        else:
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("label", [name for name in reference.labels("net_hardware") if name.startswith("hw")])
def test_recorded_network_with_any_conductances(label):
    """Here float noise decides on which side of an ADC step a sum lies; the recording's README says: loosely."""
    for _, n, want, got in network_layers(label):
        assert np.isfinite(got).all()
        if n == 0:
            assert (got != want).mean() <= 0.002
        assert np.abs(got - want).max() <= reference.LOOSE


@settings(max_examples=50)
@given(st.lists(st.integers(0, 128), min_size=1, max_size=60), st.integers(1, 8), st.sampled_from([0.5, 16.5, 1.125]))
def test_counting_equals_the_adc_where_sums_are_exact(counts, bits, unit):
    counts = np.array(counts)
    sums = np.float32(unit) * counts.astype(np.float32)
    np.testing.assert_array_equal(adc_of_counts(counts, unit, bits), adc(sums, bits))


@settings(max_examples=50)
@given(st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=60), st.integers(1, 10))
def test_adc_rounds_down_by_less_than_a_step(values, bits):
    x = np.array(values, np.float32)
    y = adc(x, bits)
    step = (x.max() - x.min()) / 2**bits
    slack = 1e-5 * max(np.abs(x).max(), 1e-30)
    assert (y <= x + slack).all() and (x - y <= step + slack).all()
    assert len(np.unique(y)) <= 2**bits
    if step == 0:
        np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize("weight_bits, cell_bits", [(4, 4), (4, 2), (4, 1), (6, 3)])
def test_a_precise_adc_reads_the_weighted_sums(weight_bits, cell_bits):
    """With a fine ADC the read-out is x . w times (1 - 2^-weight bits)(1 - 2^-input bits)."""
    generator = np.random.default_rng(3)
    x = (generator.integers(0, 128, (50, 12)) / 128).astype(np.float32)
    limit = 2 ** (weight_bits - 1) - 1
    weight = (generator.integers(-limit, limit + 1, (5, 12, 1)) / (limit + 1)).astype(np.float32)
    reader = Reader(Readout(cell_bits, 10, 128, 20, 0), Retention(), weight_bits, 8, Draws(1), 1, first=False)
    got = reader.read([lambda: x], weight)
    bits = np.rint(255 * x.astype(np.float64)) / 256
    held = np.rint((2**weight_bits - 1) / 2 * (weight[..., 0].astype(np.float64) + 1)) * 2 - (2**weight_bits - 1)
    np.testing.assert_allclose(got, bits @ held.T / 2**weight_bits, atol=2e-3)


@pytest.mark.parametrize("cell_bits, digits", [(1, (1, 0, 1, 0)), (2, (1, 1)), (4, (5,))])
def test_digits_of_a_weight_below_minus_one_are_negative(cell_bits, digits):
    """Weights that no update has clipped yet: -5 is held as 5 is, by cells with negative contents."""
    readout = Readout(cell_bits, 10)
    for sign in (1, -1):
        cells = conductances(np.float32([[sign * 5]]), 4, readout)
        base = (2**cell_bits - 1) / 10
        np.testing.assert_allclose([(cell.item() - base) / 0.9 for cell in cells], np.multiply(sign, digits), atol=1e-6)


def test_left_over_channels_are_not_read():
    generator = np.random.default_rng(4)
    x = (generator.integers(0, 128, (9, 10)) / 128).astype(np.float32)
    weight = quantize.q(generator.uniform(-0.9, 0.9, (3, 10, 1)), 5)
    reader = Reader(Readout(array_rows=4), Retention(), 5, 8, Draws(1), 1, first=False)
    whole = reader.read([lambda: x], weight)
    np.testing.assert_array_equal(whole, reader.read([lambda: x[:, :8]], weight[:, :8]))


@pytest.mark.parametrize("wrong", [{"cell_bits": 0}, {"on_off_ratio": 1}, {"adc_bits": 30}, {"variation": -1},
                                   {"array_rows": 0}])
def test_no_readout(wrong):
    with pytest.raises(NeurosimError, match=next(iter(wrong))):
        Readout(**wrong)
    with pytest.raises(NeurosimError, match="cannot hold"):
        Readout(cell_bits=8).cells(5)


@pytest.mark.parametrize("name, inside, outside", [
    ("cell_bits", (1, 16), (0, 17, 1.5)), ("on_off_ratio", (1.000001, math.inf), (1, -math.inf, math.nan)),
    ("array_rows", (1, 1 << 20), (0, (1 << 20) + 1)), ("adc_bits", (1, 20), (0, 21)),
    ("variation", (0, 99.999), (-1e-9, 100, math.inf)),
])
def test_limits_of_the_readout(name, inside, outside):
    for value in inside:
        assert getattr(Readout(**{name: value}), name) == value
    for value in outside:
        with pytest.raises(NeurosimError, match=f"{name} = {re.escape(str(value))} is .*; it takes "):
            Readout(**{name: value})


def test_an_infinite_ratio_reads_the_weights_themselves():
    generator = np.random.default_rng(5)
    x = (generator.integers(0, 128, (20, 12)) / 128).astype(np.float32)
    weight = (generator.integers(-7, 8, (5, 12, 1)) / 8).astype(np.float32)
    read = [Reader(Readout(4, ratio, 128, 20, 0), Retention(), 4, 8, Draws(1), 1, first=False).read([lambda: x], weight)
            for ratio in (1e9, math.inf)]
    np.testing.assert_allclose(read[0], read[1], atol=1e-3)


@pytest.mark.parametrize("values, sentence", [
    ({"rate": 0.1}, "give a time above 0"), ({"rate": 0.1, "time": -1}, "give a time above 0"),
    ({"rate": 20.1, "time": math.e}, "leaves nothing to read"), ({"rate": -20.1, "time": math.e}, "leaves nothing"),
    ({"target": math.nan}, "target = nan is no number"), ({"fixed": "yes"}, "fixed = 'yes' is neither true nor false"),
])
def test_no_retention(values, sentence):
    with pytest.raises(NeurosimError, match=sentence):
        Retention(**values)
    assert Retention(rate=19.9, time=math.e) and Retention(rate=-19.9, time=math.e) and Retention(time=-5)


# -- what versions do otherwise ----------------------------------------------------------------------


def slow_drift(values, retention, signs):
    """Values of an array after drift, one by one."""
    low, high = values.min(), values.max()
    moved = np.empty(values.shape)
    for place in np.ndindex(values.shape):
        height, sign = (values[place] + 1) / 2, signs[place]
        if retention.fixed:
            sign = np.sign(((high - low) * retention.target + 1) / 2 - height)
        moved[place] = min(max(2 * height * retention.time ** (retention.rate * sign) - 1, low), high)
    return moved


def slow_adc(values, bits):
    """One value after the other, to the lower edge of its step."""
    low, high = values.min(), values.max()
    step = (high - low) / 2**bits
    return np.array([[low + step * min(math.floor((value - low) / step), 2**bits - 1) if step else low for value in row]
                     for row in values])


def slow_read(x, numbers, weight_bits, activation_bits, readout):
    """Sums of a connection whose cells hold the digits of these numbers, (outputs, inputs), in double precision."""
    base, below = 2**readout.cell_bits, 1 - 1 / readout.on_off_ratio
    lowest, middle = (base - 1) / readout.on_off_ratio, (base - 1) * (1 + 1 / readout.on_off_ratio) / 2
    count, total = max(1, x.shape[1] // readout.array_rows), 0.0
    for group in range(count):
        lines = slice(group * readout.array_rows, (group + 1) * readout.array_rows)
        for bit in range(activation_bits):
            plane = np.rint((2**activation_bits - 1) * x[:, lines]).astype(int) >> bit & 1
            for cell in range(weight_bits // readout.cell_bits):
                conductance = below * (numbers[:, lines] // base**cell % base) + lowest
                sums = slow_adc(plane @ conductance.T, readout.adc_bits)
                dummy = slow_adc(plane.sum(1, keepdims=True) * middle, readout.adc_bits)
                total += (sums - dummy) * base**cell * 2 / below * 2**bit
    return total / 2**activation_bits / 2**weight_bits


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("rows", [128, 8])
def test_weights_drift_once_before_their_digits(fixed, rows):
    """Difference V18: in one direction a weight for the whole read-out, whatever cells, bits and groups there are."""
    generator = np.random.default_rng(6)
    x = (generator.integers(0, 128, (20, 16)) / 128).astype(np.float32)
    weight = quantize.q(generator.uniform(-0.9, 0.9, (5, 16, 1)), 4)
    signs = generator.integers(-1, 2, weight.shape)
    retention, readout = Retention(1e3, 0.04, fixed, 0.3), Readout(2, 2.0, rows, 5, 0)

    def read(rules, **given):
        draws = GivenDraws(retention={1: [signs]}) if given else Draws(3)
        return Reader(readout, retention, 4, 8, draws, 1, first=False, rules=rules).read([lambda: x], weight)

    numbers = np.rint(15 / 2 * (slow_drift(weight.astype(float), retention, signs) + 1)).astype(int)[..., 0]
    still = np.rint(15 / 2 * (weight.astype(float) + 1)).astype(int)[..., 0]
    assert (numbers != still).any()
    got = read(TrainerRules(drift_of="weights"), given=True)
    np.testing.assert_allclose(got, slow_read(x, numbers, 4, 8, readout), atol=1e-6)
    assert np.abs(got - read(TrainerRules())).max() > 0.01      # digits drift elsewhere
    if not fixed:   # and are drawn for every use
        with pytest.raises(NeurosimError, match="draws more often"):
            read(TrainerRules(), given=True)


@pytest.mark.parametrize("added", [True, False])
def test_variation_of_a_first_layer_is_added(added):
    """Difference V19: in units of a digit, whatever the conductance; elsewhere variation is a fraction of it."""
    generator = np.random.default_rng(7)
    x = generator.uniform(-1, 1, (2, 20, 3)).astype(np.float32)     # two kernel positions
    weight = quantize.q(generator.uniform(-0.9, 0.9, (5, 3, 2)), 4)
    noise = generator.normal(0, 0.3, (4, *weight.shape))            # two cells each
    readout = Readout(2, 4.0, 128, 5, 0.3)
    reader = Reader(readout, Retention(), 4, 8, GivenDraws(variation={0: noise.astype(np.float32)}), 0, first=True,
                    rules=TrainerRules(variation_added=added))
    got = reader.read([lambda: x[0], lambda: x[1]], weight)
    numbers = np.rint(15 / 2 * (weight.astype(float) + 1)).astype(int)
    want = np.zeros((20, 5))
    for position in range(2):
        for cell in range(2):
            held = 0.75 * (numbers[..., position] // 4**cell % 4) + 3 / 4
            error = noise[2 * position + cell][..., position]
            held = held + error if added else held * (1 + error)
            want += (x[position] @ held.T - x[position].sum(1, keepdims=True) * 3 * 1.25 / 2) * 4**cell * 2 / 0.75
    np.testing.assert_allclose(got, want / 16, atol=1e-5)


@pytest.mark.parametrize("first, rows", [(False, 128), (True, 3)])
def test_variation_is_a_fraction_wherever_there_is_an_adc(first, rows):
    """Difference V19 is about the analogue branch alone: not about other layers, nor about a first one with bits."""
    generator = np.random.default_rng(8)
    x = (generator.integers(0, 128, (20, 3)) / 128).astype(np.float32)
    weight = quantize.q(generator.uniform(-0.9, 0.9, (5, 3, 1)), 4)
    one, other = (
        Reader(Readout(2, 4.0, rows, 5, 0.3), Retention(), 4, 8, Draws(3), 0, first=first, rules=rules)
        .read([lambda: x], weight) for rules in (TrainerRules(), TrainerRules(variation_added=True))
    )
    np.testing.assert_array_equal(one, other)
