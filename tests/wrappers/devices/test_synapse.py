"""Training on hybrid-precision synapses: pulses, leak, transfer, counters and state."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.devices.crossbar import PRESETS
from neurosim.wrappers.devices.curve import UpdateCurve
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.devices.synapse import COUNTS
from neurosim.wrappers.wage.model import Model
from neurosim.wrappers.wage.options import Options

SHAPE = Architecture.build((4, 4, 1), [{"conv": 5, "padding": 1}, {"fc": 7}, {"fc": 3}])
LINEAR = Options(ltp=0.0, ltd=0.0, cycle_variation=0.0)
FLOAT32 = 2e-6      # a few roundings of numbers up to 1
CELLS = st.sampled_from([
    {}, {"significance": 1.0}, {"significance": 2.5, "capacitor_levels": 64}, {"memory": "2t1fefet"},
    {"memory": "2t1fefet", "polarization_levels": 16},
])


def model_of(options=LINEAR, seed=3, crossbar=None, **values):
    return Model(SHAPE, options, seed, crossbar, Hybrid.of(**values))


def shake(model, generator, batches, rate=1 / 8):
    """Steps with random velocities, as a backward pass would leave them."""
    for _ in range(batches):
        for layer in model.layers:
            layer.gradient[...] = generator.standard_normal(layer.gradient.shape)
        model.step(rate)


def images(generator, count=6):
    return generator.random((count, 1, 4, 4), np.float32) * 2 - 1, generator.integers(0, 3, count)


# -- update and leak -------------------------------------------------------------------------------

@settings(max_examples=25)
@given(CELLS, st.integers(0, 1000), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.02, 0.5]))
def test_a_batch_against_a_slow_loop(values, seed, rest, batch_time):
    model = model_of(seed=seed, rest_level=rest, batch_time=batch_time, **values)
    cell, rate = model.hybrid.cell, 0.3
    curve = UpdateCurve(cell.capacitor_nonlinearity_up, cell.capacitor_nonlinearity_down, cell.lsb_levels)
    shake(model, np.random.default_rng(seed), 1)
    for layer in model.layers:
        synapse = layer.synapse
        layer.gradient[...] = np.random.default_rng(seed + 1).standard_normal(layer.gradient.shape)
        before, weight = synapse.charge.copy(), layer.weight.copy()
        noise = iter_of(model, layer)
        pulses_before, clips_before = synapse.count("pulses"), synapse.count("clips")
        layer.accelerate(model.options.momentum, model.options.gradient_share)
        synapse.step(rate)
        pulses = clips = 0
        for place in np.ndindex(layer.weight.shape):
            count = int(np.rint(-float(layer.velocity[place]) * rate * cell.pulses_per_weight))
            x = float(before[place])
            if count:
                (a_up, a_down), (b_up, b_down) = curve_parameters(curve)
                a, b = (a_up, b_up) if count > 0 else (a_down, b_down)
                x = (b - 1) - (b - 1 - x) * np.exp(-count / a)
                x += 2 * cell.capacitor_noise * np.sqrt(abs(count)) * float(next(noise))
                clips += abs(x) > 1 + 1e-6
                x = min(1.0, max(-1.0, x))
                pulses += abs(count)
            if batch_time:
                x = (2 * rest - 1) + (x - (2 * rest - 1)) * float(synapse.kept[place])
            assert abs(x - synapse.charge[place]) < 2e-5
        assert (synapse.count("pulses") - pulses_before, synapse.count("clips") - clips_before) == (pulses, clips)
        share = 1 / (cell.msb_weight + 1)
        shown = share * (cell.msb_weight * synapse.state_of_devices + synapse.charge)
        np.testing.assert_allclose(layer.weight, shown, atol=FLOAT32)
        np.testing.assert_allclose(layer.update, weight - layer.weight, atol=FLOAT32)


def curve_parameters(curve):
    from neurosim.wrappers.devices.curve import label_row

    return curve.parameters(np.array([label_row(curve.ltp), label_row(curve.ltd)]))


def iter_of(model, layer):
    """The normal draws that the next update will take, one a cell with pulses."""
    from copy import deepcopy

    generator = deepcopy(model.draws.generator("charge", layer.index))
    return iter(generator.standard_normal(layer.weight.size, np.float32))


def test_retention_differs_from_cell_to_cell():
    model = model_of(batch_time=0.1, retention_time=0.5, retention_spread=0.3)
    tau = np.concatenate([-0.1 / np.log(layer.synapse.kept.reshape(-1)) for layer in model.layers])
    assert abs(tau.mean() / 0.5 - 1) < 0.05 and abs(tau.std() / 0.5 - 0.3) < 0.05 and tau.min() > 0
    same = model_of(batch_time=0.1, retention_time=0.5, retention_spread=0.0)
    np.testing.assert_allclose(same.layers[0].synapse.kept, np.exp(-0.2), rtol=1e-6)
    assert model_of(retention_time=1e-9).layers[0].synapse.kept is None


@pytest.mark.parametrize("batch_time, retention_time, kept", [
    (1e-50, 1e-50, math.exp(-1)), (1e300, 1e300, math.exp(-1)), (1.0, 1e-300, 0.0), (1e300, 1e-300, 0.0),
])
def test_times_of_any_size(batch_time, retention_time, kept):
    hybrid = Hybrid.of(batch_time=batch_time, retention_time=retention_time, retention_spread=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        synapse = Model(Architecture.build((4, 4, 1), [{"fc": 3}]), hybrid=hybrid).layers[0].synapse
    np.testing.assert_allclose(synapse.kept, kept, rtol=1e-6)


# -- transfer --------------------------------------------------------------------------------------

@settings(max_examples=40)
@given(CELLS, st.integers(0, 1000), st.integers(1, 12))
def test_exact_writes_leave_the_weights(values, seed, batches):
    model = model_of(seed=seed, transfer_interval=10**9, **values)
    generator = np.random.default_rng(seed)
    for _ in range(3):
        shake(model, generator, batches, rate=1 / 2)
        for layer in model.layers:
            synapse, before = layer.synapse, layer.weight.copy()
            writes = synapse.count("writes")
            synapse.transfer()
            synapse.show()
            np.testing.assert_allclose(layer.weight, before, atol=FLOAT32)
            assert np.abs(synapse.charge).max() <= 1 + FLOAT32
            for devices in (synapse.positive, synapse.negative):
                if devices is not None:
                    assert devices.min() >= 0 and devices.max() <= 1
                    np.testing.assert_allclose(devices * synapse.steps, np.rint(devices * synapse.steps), atol=1e-4)
            # What is left is below half a step, unless the non-volatile part is full.
            step = model.hybrid.cell.msb_weight / (synapse.steps if synapse.pair else synapse.steps / 2)
            free = np.abs(synapse.state_of_devices) < 1 - FLOAT32
            assert np.abs(synapse.charge[free]).max(initial=0) <= step / 2 + FLOAT32
            assert synapse.count("writes") >= writes
            again = synapse.count("writes")
            synapse.transfer()
            assert synapse.count("writes") == again     # nothing is left to carry
        assert np.count_nonzero(model.layers[0].synapse.charge)


@pytest.mark.parametrize("levels", [2, 4, 7])
def test_a_polarisation_has_as_many_levels_as_it_is_told(levels):
    """From one end to the other in levels - 1 equal steps; the window of the gate charge spans two of them."""
    model = model_of(memory="2t1fefet", polarization_levels=levels, transfer_interval=10**9)
    assert model.hybrid.cell.msb_weight == (levels - 1) / 2
    every = np.arange(levels, dtype=np.float32) / np.float32(levels - 1)
    synapse = model.layers[1].synapse
    synapse._program(np.linspace(-1, 1, 1001, dtype=np.float32))
    np.testing.assert_array_equal(np.unique(synapse.positive), every)
    model = model_of(memory="2t1fefet", polarization_levels=levels, transfer_interval=1)
    shake(model, np.random.default_rng(1), 6, rate=1.0)
    for layer in model.layers:
        assert set(np.unique(layer.synapse.positive)) <= set(every)
    assert layer.synapse.count("writes") > 0


def test_a_full_pair_is_written_anew():
    model = model_of(transfer_interval=10**9)
    synapse = model.layers[1].synapse
    synapse.positive[...], synapse.negative[...], synapse.charge[...] = 1.0, 0.5, 0.5
    synapse.transfer()
    # 0.5 of the capacitor is worth 4 of 32 steps; the pair was at 32 and 16
    np.testing.assert_array_equal(synapse.positive, np.float32(20 / 32))
    np.testing.assert_array_equal(synapse.negative, 0)
    np.testing.assert_allclose(synapse.charge, 0, atol=FLOAT32)
    size = synapse.charge.size
    assert (synapse.count("erases"), synapse.count("writes"), synapse.count("write_pulses")) == (
        size, 2 * size, 20 * size
    )
    synapse.positive[...], synapse.negative[...], synapse.charge[...] = 1.0, 0.0, 1.0
    synapse.transfer()      # there is no room: the charge stays
    np.testing.assert_array_equal(synapse.charge, 1)
    assert synapse.count("writes") == 2 * size


def test_writes_follow_the_curve_and_noise_of_the_device():
    curved = Options(ltp=2.4, ltd=-4.88, cycle_variation=0.0)
    model = model_of(curved, transfer_interval=10**9)
    synapse = model.layers[1].synapse
    synapse.positive[...], synapse.negative[...], synapse.charge[...] = 0.0, 0.25, 0.5
    synapse.transfer()
    (a, _), (b, _) = curve_parameters(model.curve)
    expected = b / 2 * (1 - np.exp(-4 / a))
    np.testing.assert_allclose(synapse.positive, expected, rtol=1e-5)   # A and B of the curve are float32
    assert expected > 4 / 32 * 1.2 and (synapse.negative == 0.25).all()
    noisy = model_of(Options(ltp=0.0, ltd=0.0, cycle_variation=0.02), transfer_interval=10**9)
    synapse = noisy.layers[1].synapse
    synapse.positive[...], synapse.negative[...], synapse.charge[...] = 0.25, 0.0, 0.5
    synapse.charge[:, ::2] = 0
    synapse.transfer()
    moved = synapse.positive[:, 1::2]
    assert (synapse.positive[:, ::2] == 0.25).all() and abs(moved.mean() - 0.375) < 0.006
    assert 0.016 < moved.std() < 0.024


def test_residue_and_the_end_of_training():
    for residue in ("keep", "reset"):
        model = model_of(transfer_interval=4, residue=residue)
        shake(model, np.random.default_rng(1), 4)
        left = max(np.abs(layer.synapse.charge).max() for layer in model.layers)
        assert (left > 0) == (residue == "keep")
    model = model_of(transfer_interval=10**9)
    shake(model, np.random.default_rng(1), 5)
    model.finish()
    counters = model.counters()
    assert counters["writes"] == 0 and counters["last_writes"] > 0 and counters["transfers"] == 1
    for layer in model.layers:
        assert not layer.synapse.charge.any()
        np.testing.assert_allclose(layer.weight, 0.8 * layer.synapse.state_of_devices, atol=FLOAT32)
    plain = Model(SHAPE, LINEAR, 3)
    before = plain.layers[0].weight.copy()
    plain.finish()
    assert plain.counters() == {} and np.array_equal(before, plain.layers[0].weight)


# -- limits ----------------------------------------------------------------------------------------

@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from([1.0, 4.0, 9.0]))
def test_many_levels_tend_to_the_linear_device(seed, significance):
    fine = Options(ltp=0.0, ltd=0.0, cycle_variation=0.0, levels=65536)
    model = model_of(fine, seed, transfer_interval=1, significance=significance, capacitor_levels=60_000,
                     capacitor_nonlinearity_up=0.0, capacitor_nonlinearity_down=0.0, capacitor_noise=0.0)
    generator, rate = np.random.default_rng(seed), 0.05
    expected = [layer.weight.astype(float) for layer in model.layers]
    for _ in range(8):
        shake(model, generator, 1, rate)
        for ideal, layer in zip(expected, model.layers, strict=True):
            ideal -= rate * layer.velocity
            np.clip(ideal, -1, 1, out=ideal)
            inside = np.abs(ideal) < significance / (significance + 1)      # beyond, capacitors are not carried over
            np.testing.assert_allclose(layer.weight[inside], ideal[inside], atol=1e-4)
            ideal[~inside] = layer.weight[~inside]


def test_more_frequent_transfers_clip_less_and_write_more():
    generator = np.random.default_rng(4)
    steps = [[generator.standard_normal(layer.weight.shape) for layer in model_of().layers] for _ in range(60)]
    clips, writes = [], []
    for interval in (1, 5, 20, 10**9):
        model = model_of(transfer_interval=interval, capacitor_noise=0.0)
        for gradients in steps:
            for layer, gradient in zip(model.layers, gradients, strict=True):
                layer.gradient[...] = gradient
            model.step(1 / 16)
        counters = model.counters()
        clips.append(counters["clips"])
        writes.append(counters["writes"])
    assert clips == sorted(clips) and clips[0] < clips[-1]
    assert writes == sorted(writes, reverse=True) and writes[-1] == 0


def test_a_larger_significance_makes_a_pulse_finer():
    pulses, bits = [], []
    for significance in (1.0, 2.0, 4.0, 8.0):
        model = model_of(significance=significance)
        shake(model, np.random.default_rng(2), 1)
        pulses.append(model.counters()["pulses"])
        bits.append(model.hybrid.weight_bits)
        step = 1 / model.hybrid.cell.pulses_per_weight
        assert step >= 1 / 2 ** (bits[-1] - 1)      # the read-out resolves a pulse
    assert pulses == sorted(pulses) and pulses[0] < pulses[-1] and bits == [6, 7, 8, 9]


# -- counters, state, crossbars --------------------------------------------------------------------

def test_counters_add_up():
    model = model_of(transfer_interval=3, batch_time=0.05)
    shake(model, np.random.default_rng(0), 10)
    model.finish()
    counters = model.counters()
    for name in COUNTS:
        parts = [layer.synapse.count(name) for layer in model.layers]
        chip = name in ("batches", "transfers", "last_transfers")
        assert counters[name] == (parts[0] if chip else sum(parts)) and (not chip or len(set(parts)) == 1)
    assert (counters["batches"], counters["transfers"], counters["last_transfers"]) == (10, 4, 1)
    assert counters["cells"] == sum(layer.weight.size for layer in model.layers)
    assert 0 < counters["writes"] <= 3 * counters["cells"] and counters["write_pulses"] >= counters["writes"] - (
        2 * counters["erases"]
    )


@pytest.mark.parametrize("crossbar", [None, "txsim"])
@pytest.mark.parametrize("memory", ["hybrid-3t1c", "2t1fefet"])
def test_a_restored_run_goes_on_bit_for_bit(memory, crossbar):
    options = Options(device_variation=0.0 if crossbar else 0.2)

    def fresh(seed):
        return model_of(options, seed, crossbar and PRESETS[crossbar], memory=memory, transfer_interval=3,
                        batch_time=0.05)

    generator = np.random.default_rng(5)
    data = [images(generator) for _ in range(8)]
    straight, first, second = fresh(3), fresh(3), fresh(8)
    for batch in data:
        straight.train_batch(*batch, 1 / 16)
    for batch in data[:4]:
        first.train_batch(*batch, 1 / 16)
    state = {name: array.copy() for name, array in first.state().items()}
    assert f"{first.layers[0].name}.hybrid.charge" in state
    second.restore(state)
    for batch in data[4:]:
        second.train_batch(*batch, 1 / 16)
    straight.finish(), second.finish()
    want, got = straight.state(), second.state()
    assert want.keys() == got.keys()
    for name, array in want.items():
        np.testing.assert_array_equal(got[name], array, err_msg=name)
    assert second.counters() == straight.counters()
    with pytest.raises(NeurosimError, match="the state has no '.*hybrid.positive'"):
        second.restore({name: array for name, array in state.items() if "positive" not in name})


def test_ideal_crossbars_change_nothing():
    data = [images(np.random.default_rng(6)) for _ in range(5)]
    models = [model_of(crossbar=crossbar, transfer_interval=2) for crossbar in (None, PRESETS["ideal"])]
    for model in models:
        for batch in data:
            model.train_batch(*batch, 1 / 8)
    for ours, theirs in zip(*(model.layers for model in models), strict=True):
        np.testing.assert_array_equal(ours.weight, theirs.weight)
        np.testing.assert_array_equal(ours.gradient, theirs.gradient)


def test_the_layers_keep_scale_and_first_weights():
    plain, model = Model(SHAPE, LINEAR, 3), model_of()
    for ours, theirs in zip(model.layers, plain.layers, strict=True):
        assert ours.scale == theirs.scale
        wanted = np.clip(theirs.weight, -0.8, 0.8)
        np.testing.assert_allclose(ours.weight, wanted, atol=0.8 / 64 + FLOAT32)
        np.testing.assert_array_equal(ours.quantised_weight() * 128, np.rint(ours.quantised_weight() * 128))
