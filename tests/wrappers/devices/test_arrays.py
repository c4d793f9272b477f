"""Training on crossbars: ideal ones change nothing, others do what a slow loop over arrays says."""

import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.crossbar.tiles import gain, tile, untile
from neurosim.crossbar.transfer import SeverityWarning, transfer_matrix
from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture, WeightLayer
from neurosim.wrappers.devices.arrays import BACKWARD, FORWARD, LayerArrays, write_noise
from neurosim.wrappers.devices.crossbar import METHODS, PRESETS, Crossbar
from neurosim.wrappers.devices.curve import UpdateCurve
from neurosim.wrappers.devices.readout import Readout, Retention
from neurosim.wrappers.training.draws import Draws
from neurosim.wrappers.wage import quantize
from neurosim.wrappers.wage.convolution import Winograd, Workspace
from neurosim.wrappers.wage.model import Model
from neurosim.wrappers.wage.options import Options

SINGLE = 2.0**-19       # a few roundings of float32, in units of weight 1
IDEAL = PRESETS["ideal"]
LAYERS = [{"conv": 16, "padding": 1}, {"conv": 16, "padding": 1}, {"pool": 2}, {"conv": 5, "kernel": 2, "stride": 2},
          {"fc": 12}, {"fc": 4}]


def small(crossbar=None, draws=7, **options):
    """A network of every kind of layer for 8 x 8 images."""
    return Model(Architecture.build((8, 8, 3), LAYERS), Options(**options), draws, crossbar)


def batch(seed=0, images=6):
    generator = np.random.default_rng(seed)
    return generator.uniform(-1, 1, (images, 3, 8, 8)).astype(np.float32), generator.integers(0, 4, images)


def trained(model, steps=3):
    model.begin_epoch()
    for step in range(steps):
        model.train_batch(*batch(step))
    return model


def arrays_of(crossbar, outputs=20, inputs=30, draws=5, **options):
    """The arrays of a fully connected layer."""
    layer = WeightLayer("FC1_", 1, 1, inputs, outputs)
    return LayerArrays(layer, 0, crossbar, Options(**options), Draws(draws), Workspace())


def weights(outputs=20, inputs=30, seed=0, reach=15):
    return (np.random.default_rng(seed).integers(-reach, reach + 1, (outputs, inputs)) / 16).astype(np.float32)


def slow_digits(arrays, weight):
    """Effective digits (slices, outputs, inputs) and (M, G) of the arrays, digit by digit, with the functions of
    `neurosim.crossbar.transfer` and in double precision."""
    crossbar = arrays.crossbar
    code = np.rint(np.abs(weight.astype(float)) * arrays.grid).astype(int)
    found, pairs = [], []
    for n in range(arrays.slices):
        digit = code >> (arrays.bits * n)
        if n < arrays.slices - 1:
            digit &= arrays.top
        signs = []
        for sign, there in enumerate((weight > 0, weight < 0)):
            intended = crossbar.g_min + (digit * there).T * (crossbar.g_max - crossbar.g_min) / arrays.top
            G = tile(intended, crossbar.rows, crossbar.columns)
            intended = G.copy()
            shape = (-1, crossbar.rows, crossbar.columns)
            if arrays.variation is not None:
                G = G * arrays.variation[:, sign, n].reshape(G.shape)
            if arrays.stuck is not None:
                stuck = arrays.stuck[:, sign, n].reshape(G.shape)
                G = np.where(stuck == 1, crossbar.g_max, np.where(stuck == 2, crossbar.g_min, G))
            method = "fast" if crossbar.method == "fast" else "exact"
            M = transfer_matrix(G, **crossbar.wires.keywords, method=method).swapaxes(-1, -2)
            if crossbar.calibrate_gain:
                M = M * gain(M.swapaxes(-1, -2), intended)[..., None, None]
            pairs.append((M.reshape(shape), G.reshape(shape)))
            signs.append(untile(M, arrays.inputs, arrays.outputs).T)
        found.append((signs[0] - signs[1]) / arrays.step)
    return np.array(found), pairs


def slow_weight(arrays, weight):
    return np.tensordot(arrays.worth, slow_digits(arrays, weight)[0], 1)


# -- ideal arrays ----------------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cell_bits", [1, 2, 3, 5])
def test_ideal_arrays_change_no_bit(method, cell_bits):
    want = trained(small(device_variation=0.1)).state()
    crossbar = IDEAL.replace(method=method, cell_bits=cell_bits, rows=24, columns=10, interval=2)
    got = trained(small(crossbar, device_variation=0.1)).state()
    for name, array in want.items():
        np.testing.assert_array_equal(got[name], array, err_msg=name)


@settings(max_examples=20)
@given(st.integers(0, 99), st.integers(1, 14), st.integers(2, 9), st.sampled_from(["ideal", "dac", "drift"]))
def test_ideal_arrays_hold_any_grid(seed, cell_bits, weight_bits, kind):
    options = {"weight_bits": weight_bits}
    if kind == "drift":
        options["retention"] = Retention(time=10, rate=0.01)
    crossbar = IDEAL.replace(cell_bits=cell_bits, rows=17, columns=7, dac_bits=2 if kind == "dac" else None)
    images, labels = batch(seed)
    images = quantize.activation(images, 8)     # what DACs leave as it is
    gradients = []
    for model in (small(None, seed, **options), small(crossbar, seed, **options)):
        model.forward(images)
        model.backward(labels)
        gradients.append([layer.gradient.copy() for layer in model.layers])
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_array_equal(one, other)


def test_same_convolutions_as_without_arrays():
    one, two, three = (trained(small(crossbar)) for crossbar in (None, IDEAL, PRESETS["txsim"]))
    ways = [[type(layer._way) for layer in model.layers if layer.layer.is_conv] for model in (one, two, three)]
    assert ways[0] == ways[1] == ways[2] and Winograd in ways[0]


# -- effective weights -----------------------------------------------------------------------------

@settings(max_examples=40)
@given(
    st.integers(0, 99), st.integers(1, 40), st.integers(1, 40), st.integers(1, 33), st.integers(1, 33),
    st.integers(1, 6), st.sampled_from(["fast", "exact"]), st.booleans(), st.booleans(), st.booleans(),
)
def test_effective_weights_are_those_of_a_slow_loop(seed, outputs, inputs, rows, columns, cell_bits, method, spread,
                                                    stuck, calibrate):
    crossbar = Crossbar(rows=rows, columns=columns, cell_bits=cell_bits, method=method, r_row=5, r_col=9, rt_row=70,
                        rt_col=150, r_access=8e3, variation=0.2 * spread, stuck_on=0.05 * stuck,
                        stuck_off=0.1 * stuck, calibrate_gain=calibrate)
    arrays, weight = arrays_of(crossbar, outputs, inputs, seed), weights(outputs, inputs, seed, 24)
    got = arrays.program(weight)
    scale = np.abs(weight).max() + 1
    np.testing.assert_allclose(got, slow_weight(arrays, weight), rtol=0, atol=SINGLE * scale)
    if stuck:
        assert set(np.unique(arrays.stuck)) <= {0, 1, 2}
    assert arrays.program(weight.copy()).base is got.base or np.array_equal(arrays.program(weight), got)


def test_effective_weights_tend_to_the_ideal_ones():
    weight, errors = weights(64, 100), []
    for share in (1, 0.1, 0.01, 1e-3):
        crossbar = Crossbar(r_row=20 * share, r_col=20 * share, rt_row=200 * share, rt_col=200 * share, method="exact")
        errors.append(np.abs(arrays_of(crossbar, 64, 100).program(weight) - weight).max())
    assert errors[0] > 0.01
    np.testing.assert_allclose(errors[1:], errors[0] * np.array([0.1, 0.01, 1e-3]), rtol=0.5)


@pytest.mark.parametrize("method", ["exact", "fast"])
def test_arrays_are_passive(method):
    """Without opposing cells, outputs for equal inputs never exceed the ideal ones, nor does any sum of outputs."""
    weight = np.abs(weights(50, 70))
    crossbar = Crossbar(rows=32, columns=32, r_row=20, r_col=20, r_max=1e12, method=method)
    got = arrays_of(crossbar, 50, 70).program(weight)
    assert (got.sum(axis=1) < weight.sum(axis=1)).all() and (got.sum(axis=0) < weight.sum(axis=0)).all()
    if method == "fast":
        assert (got <= weight).all() and (got >= -SINGLE).all()


@pytest.mark.parametrize("method", ["exact", "fast", "auto", "interpolated", "series"])
def test_order_of_arrays_does_not_matter(method):
    crossbar = Crossbar(rows=8, columns=4, r_row=50, r_col=50, method=method)
    weight = weights(20, 40)
    outputs = np.arange(20).reshape(5, 4)[[3, 0, 4, 2, 1]].reshape(-1)
    inputs = np.arange(40).reshape(5, 8)[[1, 4, 0, 3, 2]].reshape(-1)
    one, other = arrays_of(crossbar, 20, 40).program(weight), arrays_of(crossbar, 20, 40)
    np.testing.assert_array_equal(other.program(weight[outputs][:, inputs]), one[outputs][:, inputs])


def test_interpolated_is_exact_every_interval():
    crossbar = Crossbar(rows=16, columns=16, r_row=30, r_col=30, method="interpolated", interval=3)
    arrays, exact = arrays_of(crossbar), arrays_of(crossbar.replace(method="exact"))
    fast = arrays_of(crossbar.replace(method="fast"))
    weight, errors = weights(), []
    for step in range(5):
        weight = weight.copy()
        weight[step, step] = -15 / 16 if weight[step, step] > 0 else 15 / 16
        want = exact.program(weight)
        errors.append([np.sqrt(np.mean((a.program(weight) - want) ** 2)) for a in (arrays, fast)])
        assert arrays.program(weight) is not None       # unchanged weights are no rebuild
    assert errors[0][0] < SINGLE > errors[3][0]
    assert all(SINGLE < errors[n][0] < errors[n][1] for n in (1, 2, 4))


def test_calibrated_gains_undo_the_mean_loss():
    crossbar, weight = Crossbar(r_row=10, r_col=10), weights(64, 64)
    plain, calibrated = (arrays_of(crossbar.replace(calibrate_gain=on), 64, 64).program(weight) for on in (False, True))
    assert np.abs(calibrated - weight).mean() < 0.6 * np.abs(plain - weight).mean()


def test_severe_arrays_warn_once():
    crossbar = Crossbar(r_row=2000, r_col=2000)
    arrays = arrays_of(crossbar, 64, 64)
    with pytest.warns(SeverityWarning, match="FC1_: the fast crossbar model is no good at severity"):
        arrays.program(weights(64, 64))
    assert arrays.severity(weights(64, 64)) > 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        arrays.program(weights(64, 64, 1))
        arrays_of(crossbar.replace(method="auto"), 64, 64).program(weights(64, 64))


# -- converters ------------------------------------------------------------------------------------

def bent(u, gain, offset, inl):
    return gain * u + offset + inl * 1.5 * 3**0.5 * (u - u**3)


def slow_sums(arrays, digits, x, direction):
    """Weighted sums, one input vector, cycle, tile, digit and output at a time."""
    crossbar = arrays.crossbar
    size = crossbar.rows if direction == FORWARD else crossbar.columns
    dac = (crossbar.dac_gain, crossbar.dac_offset, crossbar.dac_inl)
    full = crossbar.adc_range * arrays.top * size if crossbar.adc_bits else None
    total = np.zeros((len(x), digits.shape[1] if direction == FORWARD else digits.shape[2]))
    for count, vector in enumerate(x):
        cycles = [(1.0, bent(vector, *dac))]
        if crossbar.dac_bits:
            code, width = np.rint(np.abs(np.clip(vector, -127 / 128, 127 / 128)) * 128).astype(int), crossbar.dac_bits
            cycles = []
            for first in range(0, 7, width):
                part = np.sign(vector) * ((code >> first) & (2**width - 1)) / (2**width - 1)
                cycles.append(((2**width - 1) * 2**first / 128, bent(part, *dac)))
        for worth, voltage in cycles:
            for first in range(0, len(vector), size):
                for n, matrix in enumerate(digits):
                    matrix = matrix if direction == FORWARD else matrix.T
                    current = matrix[:, first : first + size] @ voltage[first : first + size]
                    if full:
                        levels = 2 ** (crossbar.adc_bits - 1) - 1
                        seen = np.clip(bent(current / full, 1, 0, crossbar.adc_inl), -1, 1)
                        current = np.rint(seen * levels) / levels * full
                    total[count] += worth * arrays.worth[n] * current
    return total


@settings(max_examples=30)
@given(
    st.integers(0, 99), st.sampled_from([None, 1, 2, 3, 7]), st.sampled_from([None, 3, 6, 8]), st.integers(1, 5),
    st.integers(3, 40), st.integers(3, 40), st.sampled_from([FORWARD, BACKWARD]), st.booleans(),
)
def test_converters_do_what_a_slow_loop_does(seed, dac_bits, adc_bits, cell_bits, rows, columns, direction, bend):
    crossbar = Crossbar(rows=rows, columns=columns, cell_bits=cell_bits, dac_bits=dac_bits, adc_bits=adc_bits,
                        adc_range=0.3, dac_gain=1.25, dac_offset=0.01 * bend, dac_inl=0.03 * bend,
                        adc_inl=0.02 * (bend and adc_bits is not None))
    arrays, weight = arrays_of(crossbar), weights(seed=seed)
    arrays.program(weight)
    digits, _ = slow_digits(arrays, weight)
    x = np.random.default_rng(seed).integers(-127, 128, (4, 30 if direction == FORWARD else 20)) / 128
    out = np.empty((4, 20 if direction == FORWARD else 30), np.float32)
    arrays.multiply(x.astype(np.float32), out, direction, arrays.ranges(x, direction), 0)
    want = slow_sums(arrays, digits, x, direction)
    if adc_bits is None:
        np.testing.assert_allclose(out, want, rtol=0, atol=SINGLE * np.abs(weight).sum(axis=direction).max())
        return
    # A current within rounding of a tie may go the other way: by one step of an ADC, in few places.
    size = (rows, columns)[direction]
    step = crossbar.adc_range * arrays.top * size / (2 ** (adc_bits - 1) - 1) * arrays.worth.max()
    off = np.abs(out - want) > SINGLE * max(1, np.abs(want).max()) * 8
    assert off.mean() <= 0.05 and np.abs(out - want).max() <= 2 * max(step, 1e-6)


def test_backward_uses_the_matrix_of_forward():
    """<e, M x> = <M^T e, x>, with and without sums array by array."""
    generator = np.random.default_rng(3)
    x = (generator.integers(-127, 128, (9, 30)) / 128).astype(np.float32)
    e = (generator.integers(-127, 128, (9, 20)) / 128).astype(np.float32)
    crossbar = Crossbar(rows=8, columns=16, r_row=30, r_col=30, variation=0.1, dac_gain=2.0)
    arrays = arrays_of(crossbar)
    linear = arrays_of(crossbar.replace(dac_gain=1.0))
    arrays.program(weights())
    effective = linear.program(weights())
    z, back = np.empty((9, 20), np.float32), np.empty((9, 30), np.float32)
    arrays.multiply(x, z, FORWARD, None, 0)
    arrays.multiply(e, back, BACKWARD, None, 0)
    np.testing.assert_allclose((e * z).sum(axis=1), (back * x).sum(axis=1), atol=SINGLE * 100)
    np.testing.assert_allclose(z, 2 * x @ effective.T, atol=SINGLE * 100)
    np.testing.assert_allclose(back, 2 * e @ effective, atol=SINGLE * 100)


def test_convolutions_through_converters():
    """Sums array by array are those of the effective weights, forward and backward, when converters are linear."""
    crossbar = Crossbar(rows=20, columns=6, r_row=30, r_col=30)
    images, _ = batch()
    one, two = small(crossbar), small(crossbar.replace(dac_gain=2.0))
    for layer in one.layers:
        layer.scale /= 2        # what a gain of 2 does
    z = one.forward(images)
    np.testing.assert_allclose(two.forward(images), z, atol=0.1 * np.abs(z).max())
    first, second = one.layers[1], two.layers[1]
    e = np.random.default_rng(1).integers(-127, 128, (6, 8, 8, 16)).astype(np.float32) / 128
    results = []
    for layer in (first, second):
        x_gradient, gradient = np.empty_like(first.inputs), np.empty_like(layer.weight)
        layer._way.backward(first.inputs, e, gradient, x_gradient)
        sums = np.empty_like(e)
        layer._way.forward(first.inputs, lambda a, b, z, sums=sums: np.copyto(sums[a:b], z))
        results.append((sums, gradient, x_gradient))
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-4 * np.abs(want).max())


def test_calibrated_range_is_the_largest_current():
    arrays = arrays_of(Crossbar(adc_bits=8))
    arrays.program(weights())
    x = (np.random.default_rng(0).integers(-127, 128, (5, 30)) / 128).astype(np.float32)
    ranges = arrays.ranges(x, FORWARD)
    np.testing.assert_allclose(ranges, [np.abs(x @ digit.T).max() for digit in arrays.digits], rtol=1e-6)
    np.testing.assert_array_equal(arrays.ranges(0 * x, FORWARD), [arrays.top] * 2)


def test_few_bits_lose_accuracy_of_sums():
    arrays = [arrays_of(IDEAL.replace(adc_bits=bits)) for bits in (3, 5, 8, 16)]
    x = (np.random.default_rng(0).integers(-127, 128, (50, 30)) / 128).astype(np.float32)
    out, errors = np.empty((50, 20), np.float32), []
    for array in arrays:
        array.program(weights())
        array.multiply(x, out, FORWARD, array.ranges(x, FORWARD), 0)
        errors.append(np.sqrt(np.mean((out - x @ weights().T) ** 2)))
    assert errors[0] > 3 * errors[1] > 9 * errors[2] > 27 * errors[3]


# -- writing ---------------------------------------------------------------------------------------

@settings(max_examples=30)
@given(st.floats(1e-3, 20), st.integers(2, 256))
def test_write_nonlinearity_is_that_of_txsim(v, levels):
    """dG+ = (Gmin + R / (1 - e^-v) - G)(1 - e^(-v p)) and the like, with G from -1 to 1."""
    offset, slope = UpdateCurve.of_nonlinearity(v, levels).lines(1.0, False)
    centre = offset.shape[1] // 2
    w = np.linspace(-1, 1, 9)
    for count in (1, min(5, centre), centre):
        falloff, reach = -np.expm1(-v * count / levels), 2 / -np.expm1(-v)
        up, down = w + (reach - 1 - w) * falloff, w + (1 - reach - w) * falloff
        tolerance = 1e-5 * reach        # B is rounded to float32, as in the reference
        np.testing.assert_allclose(offset[0, centre - count] + slope[0, centre - count] * w, up, atol=tolerance)
        np.testing.assert_allclose(offset[1, centre + count] + slope[1, centre + count] * w, down, atol=tolerance)


def test_write_nonlinearity_of_zero_is_linear():
    linear, other = UpdateCurve(0, 0, 32), UpdateCurve.of_nonlinearity(0, 32)
    for one, two in zip(linear.lines(1.0, False), other.lines(1.0, False), strict=True):
        np.testing.assert_array_equal(one, two)
    labelled = trained(small(IDEAL, ltp=0, ltd=0, cycle_variation=0)).state()
    for name, array in trained(small(IDEAL.replace(v=0.0, gamma=0.0))).state().items():
        np.testing.assert_array_equal(array, labelled[name])


def test_write_noise_grows_with_the_root_of_the_move():
    update = np.repeat(np.array([0, 1, 4, -16], np.float32) / 16, 20000)
    moved = np.flatnonzero(update)
    noise = write_noise(Draws(1), 0, update, 5.0)(moved)
    for move in (1, 4, 16):
        found = noise[np.abs(update[moved]) * 16 == move].std()
        assert found == pytest.approx(5 * 0.01 * (2 * move / 16) ** 0.5, rel=0.03)
    assert write_noise(Draws(1), 0, update, 0.0)(moved) is None


def test_labels_cannot_spread_around_v():
    with pytest.raises(NeurosimError, match="leave out v"):
        small(PRESETS["txsim"], device_variation=0.1)


# -- runs ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("changes", [
    {}, {"variation": 0.1, "stuck_on": 0.02, "stuck_off": 0.05}, {"method": "interpolated", "interval": 4, "r_row": 40},
    {"method": "interpolated", "adc_bits": 6}, {"dac_bits": 3, "adc_bits": 6, "dac_inl": 0.01}, {"v": 0.5, "gamma": 5},
])
def test_state_continues_bit_for_bit(changes, tmp_path):
    crossbar = PRESETS["neurosim"].replace(rows=16, columns=8, **changes)
    images, labels = batch()
    one = trained(small(crossbar), 2)
    one.evaluate([(images, labels)])
    np.savez(tmp_path / "state.npz", **one.state())
    two = small(crossbar, draws=99)
    with np.load(tmp_path / "state.npz") as state:
        two.restore(state)
    for model in (one, two):
        model.train_batch(images, labels, 0.5)
        model.train_batch(images, labels)
    assert one.state().keys() == two.state().keys()
    for name, array in one.state().items():
        np.testing.assert_array_equal(array, two.state()[name], err_msg=name)
    assert np.array_equal(one.forward(images), two.forward(images))


def test_state_of_another_crossbar():
    state = small(PRESETS["txsim"].replace(variation=0.1)).state()
    with pytest.raises(NeurosimError, match=r"no Conv0_.crossbar.stuck of shape .* another crossbar"):
        small(PRESETS["txsim"].replace(stuck_on=0.1)).restore(state)
    with pytest.raises(NeurosimError, match=r"no Conv0_.crossbar.variation of shape"):
        small(PRESETS["txsim"].replace(variation=0.1, rows=32)).restore(state)


def test_devices_differ_by_seed_and_stay():
    crossbar = Crossbar(variation=0.3, stuck_on=0.1, stuck_off=0.2)
    one, two, other = arrays_of(crossbar), arrays_of(crossbar), arrays_of(crossbar, draws=6)
    np.testing.assert_array_equal(one.variation, two.variation)
    assert (one.variation != other.variation).any() and (one.stuck != other.stuck).any()
    there = one.stuck[:, :, :, :30, :20]
    assert (there == 1).mean() == pytest.approx(0.1, abs=0.02) and (there == 2).mean() == pytest.approx(0.2, abs=0.02)
    assert not one.stuck[:, :, :, 30:].any() and not one.stuck[..., 20:].any()
    assert one.variation.std() == pytest.approx(0.3, rel=0.05) and one.variation.min() >= 0


def test_crossbars_are_read_through_their_own_converters():
    images, labels = batch()
    model = small(PRESETS["txsim"])
    loss, accuracy = model.evaluate([(images, labels)])
    assert np.isfinite(loss) and 0 <= accuracy <= 100 and 0 < model.severity() < 1 and small().severity() == 0
    with pytest.raises(NeurosimError, match="their own converters"):
        model.forward(images, Readout())
    with pytest.raises(NeurosimError, match="give error_bits"):
        small(PRESETS["txsim"], error_bits=-1)


@pytest.mark.slow
def test_vgg8_costs_little_more_on_crossbars():
    generator = np.random.default_rng(0)
    images, labels = generator.uniform(-1, 1, (50, 3, 32, 32)).astype(np.float32), generator.integers(0, 10, 50)
    seconds = {}
    for name in (None, "neurosim", "txsim"):
        model = Model(crossbar=name and PRESETS[name])
        model.begin_epoch()
        found = []
        for _ in range(3):
            start = time.process_time()
            model.train_batch(images, labels)
            found.append(time.process_time() - start)
        seconds[name] = min(found)
        if name is not None:
            matrices = [layer.quantised_weight().reshape(layer.layer.outputs, -1) for layer in model.layers]
            start = time.process_time()
            for layer, matrix in zip(model.layers, matrices, strict=True):
                layer.array._rebuild(matrix)
            rebuild = time.process_time() - start
            assert rebuild < 0.6        # of processors, two of which do it in half the time
    # Batches of 50: the arrays are rebuilt four times as often as in the usual ones of 200.
    assert max(seconds["neurosim"], seconds["txsim"]) < 1.5 * seconds[None]
