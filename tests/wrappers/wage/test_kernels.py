"""The compiled loops and both ways of convolving against slow versions."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.traces.architecture import WeightLayer
from neurosim.wrappers.devices.curve import UpdateCurve, update_weights
from neurosim.wrappers.training.parallel import over_blocks, over_slices, own_threads, run
from neurosim.wrappers.wage import _kernels, quantize
from neurosim.wrappers.wage.convolution import Unfolded, Winograd, Workspace
from neurosim.wrappers.wage.layers import largest

SIZES = st.tuples(st.integers(1, 3), st.integers(3, 9), st.integers(3, 9), st.integers(1, 5), st.integers(1, 6))


def on_grid(generator, shape, bits, positive=False):
    top = 2 ** (bits - 1)
    return (generator.integers(0 if positive else 1 - top, top, shape) / top).astype(np.float32)


def check_convolution(way, layer, seed, images):
    """Sums and gradients of numbers on grids are exact, whatever the way."""
    generator = np.random.default_rng(seed)
    x = on_grid(generator, (images, layer.rows, layer.columns, layer.channels), 8)
    weight = on_grid(generator, layer.shape, 5)
    convolution = way(layer, Workspace())
    exact = convolution.prepare(weight, 0.25, *((1 / 16, 1 / 128) if way is Winograd else ()))
    assert exact in (None, True)
    rows, columns = convolution.size(x)
    z = np.full((images, rows, columns, layer.outputs), np.nan, np.float32)

    def keep(first, last, part):
        z[first:last] = part

    convolution.forward(x, keep)
    np.testing.assert_array_equal(z, reference.convolution(x, weight, layer.stride, layer.padding) / 4)

    e = on_grid(generator, z.shape, 8)
    gradient = np.full(layer.shape, np.nan, np.float32)
    x_gradient = np.full(x.shape, np.nan, np.float32)
    convolution.backward(x, e, gradient, x_gradient)
    want, x_want = reference.convolution_gradients(x, weight, e, layer.stride, layer.padding)
    np.testing.assert_array_equal(gradient, want)
    np.testing.assert_array_equal(x_gradient, x_want / 4)
    again = np.full(layer.shape, np.nan, np.float32)
    convolution.backward(x, e, again, None)
    np.testing.assert_array_equal(again, want)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 99))
def test_unfolded_convolutions(size, kernel, stride, padding, seed):
    images, rows, columns, channels, outputs = size
    layer = WeightLayer("x", rows, columns, channels, outputs, min(kernel, rows, columns), stride, padding)
    check_convolution(Unfolded, layer, seed, images)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 2), st.integers(0, 99))
def test_winograd_convolutions(size, padding, seed):
    images, rows, columns, channels, outputs = size
    check_convolution(Winograd, WeightLayer("x", rows, columns, channels, outputs, 3, 1, padding), seed, images)


def test_winograd_of_more_channels_than_lanes():
    check_convolution(Winograd, WeightLayer("x", 6, 5, 70, 130, 3, 1, 1), 1, 2)


def test_winograd_says_where_sums_are_not_exact():
    layer = WeightLayer("x", 4, 4, 64, 64, 3, 1, 1)
    weight = np.ones(layer.shape, np.float32)
    assert Winograd(layer, Workspace()).prepare(weight, 1.0, 1 / 16, 1 / 128)
    assert not Winograd(layer, Workspace()).prepare(weight, 1.0, 1 / 128, 1 / 128)


@settings(max_examples=50, deadline=None)
@given(st.tuples(st.integers(1, 2), st.integers(2, 7), st.integers(2, 7), st.integers(1, 5)), st.integers(2, 8),
       st.integers(2, 15), st.integers(0, 99))
def test_activation_pool_and_error(shape, bits, error_bits, seed):
    generator = np.random.default_rng(seed)
    z = (generator.integers(-40, 40, shape) / np.float32(2 ** (bits + 1))).astype(np.float32) * 4
    limit, grid = quantize.limit(bits), quantize.levels(bits)
    want = np.maximum(quantize.activation(z, bits), 0)

    y, code = np.empty_like(z), np.empty(shape, np.uint8)
    _kernels.activate(z.reshape(-1), y.reshape(-1), code.reshape(-1), limit, grid, True)
    np.testing.assert_array_equal(y, want)
    np.testing.assert_array_equal(code, np.abs(z) <= limit)

    gradient = generator.normal(size=shape).astype(np.float32) * np.float32(2.0**seed)
    passed = gradient * (want > 0)
    scale = np.float32(2.0 ** -(seed + 1))
    e = quantize.q(quantize.clamp(passed * scale, error_bits), error_bits) * (np.abs(z) <= limit)
    got = gradient.copy()
    edge, steps = quantize.limit(error_bits), quantize.levels(error_bits)
    _kernels.error(got.reshape(-1), y.reshape(-1), code.reshape(-1), scale, edge, steps)
    np.testing.assert_array_equal(got, e)
    assert largest(gradient, y) == np.abs(passed).max()

    best, which = reference.pool(want)
    pooled, codes = np.empty(best.shape, np.float32), np.empty(best.shape, np.uint8)
    _kernels.activate_pool(z, pooled, codes, limit, grid)
    np.testing.assert_array_equal(pooled, best)
    assert ((codes & 3 == which) | (best == 0)).all()  # nothing goes back to a maximum of 0
    small = generator.normal(size=best.shape).astype(np.float32)
    back = reference.unpool(small * (best > 0), which, shape)
    e = quantize.q(quantize.clamp(back, error_bits), error_bits) * (np.abs(z) <= limit)
    got = np.full(shape, np.nan, np.float32)
    _kernels.error_pool(small, pooled, codes, got, 1.0, edge, steps)
    np.testing.assert_array_equal(got, e)
    _kernels.error_pool(small, pooled, codes, got, 1.0, 0, 0)  # unquantised errors
    np.testing.assert_array_equal(got, back * (np.abs(z) <= limit))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_largest_shows_what_is_no_number(value):
    x = np.ones(70_000, np.float32)
    x[66_000] = value
    assert not np.isfinite(largest(x))
    assert largest(x, np.where(np.isfinite(x), x, 0)) == 1


@settings(max_examples=30)
@given(st.integers(0, 99), st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([1.0, 0.125, 3.0]))
def test_update_kernel(seed, ltp, ltd, rate):
    generator = np.random.default_rng(seed)
    weight = generator.uniform(-1.5, 1.5, 300).astype(np.float32)
    velocity = generator.uniform(-1.4, 1.4, 300).astype(np.float32) * generator.integers(0, 2, 300).astype(np.float32)
    draws = generator.random(300, np.float32)
    curve = UpdateCurve(ltp, ltd, 32)
    pulses = curve.pulses(velocity, rate)
    offset, slope = curve.lines(rate, False)
    place = np.where(pulses < 0, 0, 1), pulses + offset.shape[1] // 2
    target = np.where(pulses == 0, weight, (offset[place] + slope[place] * weight).astype(np.float32))
    height = weight - quantize.clamp(target, 5)
    want = quantize.stochastic_round(height, draws) / np.float32(16)
    got = update_weights(weight.copy(), velocity, draws, curve, learning_rate=rate)
    np.testing.assert_array_equal(got, want)


def test_threads_report_what_goes_wrong():
    def fail():
        raise RuntimeError("here")

    with pytest.raises(RuntimeError, match="here"):
        run([lambda: None, fail])
    seen = []
    over_slices(lambda first, last: seen.append((first, last)), 10)
    assert sorted(n for first, last in seen for n in range(first, last)) == list(range(10))
    seen = []
    over_blocks(lambda worker, first, last: seen.append((first, last)), [(n, n + 1) for n in range(7)])
    assert sorted(seen) == [(n, n + 1) for n in range(7)]
    with own_threads(), own_threads():
        assert (np.ones((50, 50)) @ np.ones((50, 50)) == 50).all()
