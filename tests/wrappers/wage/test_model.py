"""Forward, backward and steps against recorded networks; state and errors."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.design.models import MODELS
from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.devices.readout import Readout, Retention
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.draws import Draws, GivenDraws
from neurosim.wrappers.wage import quantize
from neurosim.wrappers.wage.convolution import Winograd
from neurosim.wrappers.wage.model import Model
from neurosim.wrappers.wage.options import Options

STEPS = [label for label in reference.labels("train_steps") if not label.endswith("modern")]


def small(draws=7, **options):
    """A network of every kind of layer for 8 x 8 images."""
    layers = [{"conv": 16, "padding": 1}, {"conv": 16, "padding": 1}, {"pool": 2},
              {"conv": 5, "kernel": 2, "stride": 2}, {"fc": 12}, {"fc": 4}]
    return Model(Architecture.build((8, 8, 3), layers), Options(**options), draws)


def batch(seed=0, images=6):
    generator = np.random.default_rng(seed)
    return generator.uniform(-1, 1, (images, 3, 8, 8)).astype(np.float32), generator.integers(0, 4, images)


@pytest.mark.parametrize("label", reference.labels("net_ideal"))
def test_recorded_gradients(label):
    params, fields = reference.case("net_ideal", label)
    model = Model(reference.architecture(params, fields["x"].shape[1:]), reference.options(params),
                  reference.draws(fields, 4))
    assert [layer.scale for layer in model.layers] == params["scales"]
    exact = params["v"] == 0
    np.testing.assert_allclose(model.forward(fields["x"]), fields["output"], atol=0 if exact else reference.DRIFT)
    for n, layer in enumerate(model.layers):
        want = reference.channels_last(fields[f"in{n}"])
        np.testing.assert_array_equal(layer.inputs, want)
    loss = model.backward(fields["label"])
    np.testing.assert_allclose(loss, fields["loss"], rtol=reference.LOSS)
    for n, layer in enumerate(model.layers):
        want = fields[f"grad_w{n}"]
        inexact = n == 0 or not exact or params["wl_error"] == -1
        np.testing.assert_allclose(layer.gradient, want, rtol=0,
                                   atol=reference.LAYER_0_GRADIENT * np.abs(want).max() if inexact else 0)
        if f"err_q{n}" in fields:
            want = reference.channels_last(fields[f"err_q{n}"])
            kept = layer.error != 0 if n < 3 else np.ones(want.shape, bool)
            np.testing.assert_array_equal(layer.error[kept], want[kept])
            raw = reference.channels_last(fields[f"err_raw{n}"])
            np.testing.assert_array_equal(quantize.qe(raw, params["wl_error"]), want)
            out = reference.channels_last(fields[f"out{n}"])
            edge = quantize.limit(params["wl_activate"])
            assert ((want == 0) | (np.abs(out) == edge))[~kept].all()  # lost only where the clamp lets nothing through


@pytest.mark.parametrize("label", STEPS)
def test_recorded_steps(label):
    params, fields = reference.case("train_steps", label)
    model = Model(reference.architecture(params, fields["s0_x"].shape[1:]), reference.options(params),
                  reference.draws(fields, 4, params["steps"]))
    model.begin_epoch()
    for k in range(params["steps"]):
        before = [layer.weight.copy() for layer in model.layers]
        np.testing.assert_array_equal(model.forward(fields[f"s{k}_x"]), fields[f"s{k}_output"])
        loss = model.backward(fields[f"s{k}_label"])
        np.testing.assert_allclose(loss, fields[f"s{k}_loss"], rtol=reference.LOSS)
        gradients = [layer.gradient.copy() for layer in model.layers]
        model.step(params["grad_scale"])
        for n, layer in enumerate(model.layers):
            want, velocity = fields[f"s{k}_grad{n}"], fields[f"s{k}_vn{n}"]
            np.testing.assert_allclose(gradients[n], want, rtol=0,
                                       atol=0 if n else reference.LAYER_0_GRADIENT * np.abs(want).max())
            np.testing.assert_allclose(layer.velocity, velocity, rtol=0,
                                       atol=0 if n else 2 * reference.LAYER_0_GRADIENT)
            # Convex curve from below its lower end: the original's NaN became the upper limit; ours is the lower.
            known = np.ones(velocity.shape, bool)
            if label == "wide_init_nan" and k == 0:
                a, b = model.curve.parameters(np.array([900 + 300]))
                falls = model.curve.pulses(layer.velocity, 1) >= 0
                known = ~(falls & (before[n] < b[0] - 1))
                assert a[0] < 0 and known.mean() > 0.5
            np.testing.assert_array_equal(layer.update[known], fields[f"s{k}_update{n}"][known])
            np.testing.assert_array_equal(layer.weight[known], fields[f"s{k}_w{n}"][known])
            layer.weight[...] = fields[f"s{k}_w{n}"]


def hashed(count, salt):
    """The recordings' draws from an integer hash, in [0, 1)."""
    word = np.uint64(0xFFFFFFFF)
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(salt * 40503)) & word
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & word
    h ^= h >> np.uint64(13)
    return (h >> np.uint64(8)).astype(np.float32) / np.float32(1 << 24)


def test_recorded_step_of_vgg8():
    params, fields = reference.case("vgg8_default", "vgg8_default")
    salt, batch = params["salt"], params["batch"]
    shapes = [tuple(shape) for shape in params["shapes"]]

    def drawn(shape, salt):
        return hashed(int(np.prod(shape)), salt).reshape(shape)

    weights = {n: [(2 * drawn(shape, salt + n) - 1) * np.float32(1.5)] for n, shape in enumerate(shapes)}
    rounding = {n: [drawn(shape, salt + 200 + n)] for n, shape in enumerate(shapes)}
    model = Model(options=Options(cycle_variation=0.0), draws=GivenDraws(weights=weights, rounding=rounding))
    assert [layer.scale for layer in model.layers] == params["scales"]
    assert [layer.name for layer in model.layers] == params["layers"]
    codes = np.floor(drawn((batch, 3, 32, 32), salt + 100) * 256)
    images = (codes / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
    labels = (7 * np.arange(batch) + 3) % 10
    model.begin_epoch()
    np.testing.assert_array_equal(model.forward(images), fields["output"])
    assert all(isinstance(layer._way, Winograd) for layer in model.layers[1:6])
    loss = model.backward(labels)
    np.testing.assert_allclose(loss, fields["loss"], rtol=reference.LOSS)

    def compare(name, values, exact):
        flat = values.reshape(-1)
        limit = 0 if exact else reference.LAYER_0_GRADIENT * np.abs(flat).max()
        np.testing.assert_allclose(flat[:64], fields[f"{name}_head"], rtol=0, atol=limit)
        np.testing.assert_allclose(flat[-64:], fields[f"{name}_tail"], rtol=0, atol=limit)
        total = np.abs(flat).sum(dtype=np.float64)
        np.testing.assert_allclose(total, fields[f"{name}_abs"], rtol=0 if exact else reference.LAYER_0_GRADIENT)

    for n, layer in enumerate(model.layers):
        x = layer.inputs.transpose(0, 3, 1, 2) if layer.inputs.ndim == 4 else layer.inputs
        compare(f"in{n}", x, True)
        compare(f"grad{n}", layer.gradient, n > 0)
    model.step()
    moved_otherwise = 0
    for n, layer in enumerate(model.layers):
        counts = dict(zip(*np.unique(layer.update, return_counts=True), strict=True))
        want = dict(zip(fields[f"update{n}_values"], fields[f"update{n}_counts"], strict=True))
        moved_otherwise += sum(abs(counts.get(value, 0) - want.get(value, 0)) for value in {*counts, *want}) / 2
        flat = layer.weight.reshape(-1)
        np.testing.assert_array_equal(flat[:64], fields[f"w{n}_new_head"])
        np.testing.assert_array_equal(flat[-64:], fields[f"w{n}_new_tail"])
        np.testing.assert_allclose(np.abs(flat).sum(dtype=np.float64), fields[f"w{n}_new_abs"], atol=1 / 16, rtol=0)
    # Of thirteen million weights one may round the other way: its draw lies within 1e-7 of the edge.
    assert moved_otherwise <= 1


def test_training_learns():
    """A small network learns four classes that differ in brightness."""
    generator = np.random.default_rng(1)
    labels = np.arange(240) % 4
    images = np.clip(generator.normal(0, 0.2, (240, 3, 8, 8)) + (labels / 2 - 0.75)[:, None, None, None], -1, 1)
    images = images.astype(np.float32)
    layers = [{"conv": 8, "padding": 1}, {"pool": 2}, {"fc": 16}, {"fc": 4}]
    model = Model(Architecture.build((8, 8, 3), layers), Options(ltp=0.01, ltd=0.01), 3)
    first = model.evaluate([(images, labels)])[1]
    for _ in range(8):
        model.begin_epoch()
        for start in range(0, 240, 40):
            model.train_batch(images[start : start + 40], labels[start : start + 40])
    loss, accuracy = model.evaluate([(images[:120], labels[:120]), (images[120:], labels[120:])])
    assert accuracy > max(first, 50) and loss > 0


def test_state_continues_bit_for_bit(tmp_path):
    images, labels = batch()
    one = small(device_variation=0.1, ltd=-1.46)
    one.begin_epoch()
    for _ in range(3):
        one.train_batch(images, labels)
    np.savez(tmp_path / "state.npz", **one.state())
    two = small(draws=99, device_variation=0.1, ltd=-1.46)
    with np.load(tmp_path / "state.npz") as state:
        two.restore(state)
    for model in (one, two):
        model.train_batch(images, labels, 0.5)
        model.train_batch(images, labels, 0.5)
    assert one.state().keys() == two.state().keys()
    for name, array in one.state().items():
        np.testing.assert_array_equal(array, two.state()[name])


def test_state_of_another_network():
    state = small().state()
    with pytest.raises(NeurosimError, match="has no 'FC1_.weight'"):
        small().restore({name: state[name] for name in state if name != "FC1_.weight"})
    state["FC1_.weight"] = state["FC1_.weight"][:, 1:]
    with pytest.raises(NeurosimError, match="shape"):
        small().restore(state)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_order_of_images_does_not_matter(seed):
    """Sums of exact numbers have no order; only the first layer's inputs are no whole steps."""
    images, labels = batch(seed, 5)
    images = quantize.q(images, 8)
    order = np.random.default_rng(seed).permutation(5)
    gradients = []
    for x, y in ((images, labels), (images[order], labels[order])):
        model = small(draws=seed)
        model.forward(x)
        model.backward(y)
        gradients.append([layer.gradient.copy() for layer in model.layers])
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_array_equal(one, other)


def test_epoch_statistics():
    model = small()
    images, labels = batch()
    model.begin_epoch()
    model.train_batch(images, labels)
    statistics = model.statistics()
    for n, layer in enumerate(model.layers):
        assert statistics.weight_mean[n] == pytest.approx(layer.weight.mean(dtype=np.float64), abs=1e-7)
        assert statistics.weight_std[n] == pytest.approx(layer.weight.astype(np.float64).std(ddof=1), rel=1e-7)
        assert statistics.update_std[n] == pytest.approx(layer.update.astype(np.float64).std(ddof=1), rel=1e-7)


def test_velocity_is_reset_and_normalised():
    model = small()
    images, labels = batch()
    model.begin_epoch()
    model.train_batch(images, labels)
    assert all(0.7 < np.abs(layer.velocity).max() < 1.4143 for layer in model.layers)
    model.begin_epoch()
    assert not any(layer.velocity.any() for layer in model.layers)


def test_vanished_gradients_name_the_layer():
    model = small()
    images, labels = batch()
    model.layers[1].weight.fill(0)
    model.forward(images)
    with pytest.raises(TrainingError, match=r"FC1_: the errors at its outputs are all zero; check"):
        model.backward(labels)
    model = small()
    model.forward(images)
    model.backward(labels)
    model.layers[2].gradient.fill(np.nan)
    with pytest.raises(TrainingError, match="Conv3_: its weight gradients are no finite numbers"):
        model.step()


def test_hardware_readout_evaluates():
    model = small()
    images, labels = batch()
    loss, accuracy = model.evaluate([(images, labels)], Readout(variation=0.1))
    assert np.isfinite(loss) and 0 <= accuracy <= 100
    with pytest.raises(NeurosimError, match=r"nothing to go back from; call forward\(\)"):
        model.backward(labels)
    with pytest.raises(NeurosimError, match="no test images"):
        model.evaluate([])
    with pytest.raises(NeurosimError, match="do not fit"):
        model.forward(images[:, :1])


def test_draws_are_seeded_and_given():
    one, two = Draws(5), Draws(5)
    two.rounding(3, (4,))  # other layers do not matter
    np.testing.assert_array_equal(one.rounding(0, (9,)), two.rounding(0, (9,)))
    assert (one.rounding(0, (9,)) != Draws(6).rounding(0, (9,))).any()
    given_draws = GivenDraws(rounding={0: [np.zeros(3)]})
    assert not given_draws.rounding(0, (3,)).any()
    with pytest.raises(NeurosimError, match="more often for 'rounding' than arrays were given"):
        given_draws.rounding(0, (3,))
    with pytest.raises(NeurosimError, match="no draws are called colour; there are weights"):
        GivenDraws(colour={})
    with pytest.raises(NeurosimError, match="no draws are called 'colour'"):
        one.generator("colour", 0)
    with pytest.raises(NeurosimError, match="no seed of the random draws"):
        one.restore({})


@pytest.mark.parametrize("wrong", [{"weight_bits": 0}, {"activation_bits": 16}, {"cycle_variation": -1}, {"beta": 0},
                                   {"error_bits": 1}])
def test_wrong_options(wrong):
    with pytest.raises(NeurosimError, match=next(iter(wrong))):
        Options(**wrong)
    assert Options(weight_bits=4).beta_in_force == 6 and Options().beta_in_force == 24


def test_given_draws_fit_the_weights():
    size = Architecture.build((4, 4, 1), [{"fc": 3}])
    for purpose, options in (("weights", {}), ("rounding", {}), ("device", {"device_variation": 0.1}), ("cycle", {})):
        draws = GivenDraws(**{purpose: {0: [np.zeros(2, np.float32)]}})
        with pytest.raises(NeurosimError, match=f"draws for '{purpose}' of layer 0"):
            model = Model(size, Options(**options), draws)
            model.train_batch(np.random.default_rng(0).uniform(-1, 1, (4, 1, 4, 4)), [0, 1, 2, 0])
    for seed in (-1, 2.5, True):
        with pytest.raises(NeurosimError, match="seed = "):
            Draws(seed)


def test_what_the_model_does_not_take():
    model = Model(Architecture.build((4, 4, 1), [{"fc": 3}]))
    images = np.random.default_rng(0).uniform(-1, 1, (4, 1, 4, 4)).astype(np.float32)
    with pytest.raises(NeurosimError, match="no finite numbers"):
        model.forward(images * np.nan)
    logits = model.forward(images)
    kept = logits.copy()
    logits[:] = 9
    loss = model.backward([0, 1, 2, 0])
    assert loss == quantize.squared_error(kept, [0, 1, 2, 0])[0]
    with pytest.raises(NeurosimError, match="labels from 0 to 3 do not fit 3 classes"):
        model.train_batch(images, [0, 1, 2, 3])
    with pytest.raises(NeurosimError, match="labels of shape"):
        model.train_batch(images, [0, 1])
    for name, value, kind in (("architecture", "vgg8", "Architecture"), ("options", {}, "Options"),
                              ("crossbar", "txsim", "Crossbar"), ("hybrid", True, "Hybrid")):
        sentence = rf"{name} must be of {kind}, not of {type(value).__name__}; give a neurosim.*\.{kind}"
        with pytest.raises(NeurosimError, match=sentence):
            Model(**{name: value})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("fixed", [True, False])
def test_drift_in_training(model, fixed):
    """Difference V17: V2.0 computes with drifted weights and passes errors through the drift, V2.1 draws nothing."""
    generator = np.random.default_rng(3)
    images, labels = generator.uniform(-1, 1, (6, 1, 3, 4)).astype(np.float32), generator.integers(0, 5, 6)
    signs = generator.integers(-1, 2, (5, 12))
    retention = Retention(10.0, 0.2, fixed, 0.4)
    trained = Model(Architecture.build((3, 4, 1), [{"fc": 5}]), Options(retention=retention),
                    GivenDraws(retention={0: [signs]}), rules=MODELS[model].trainer)
    (layer,) = trained.layers
    logits = trained.forward(images)
    trained.backward(labels)

    weight = np.rint(layer.weight.astype(float) * 16) / 16
    if fixed:
        span = weight.max() - weight.min()
        signs = np.sign((span * 0.4 + 1) / 2 - (weight + 1) / 2)
    factor = 10.0 ** (0.2 * signs)
    moved = (weight + 1) * factor - 1
    inside = (moved >= weight.min()) & (moved <= weight.max())
    if MODELS[model].trainer.drift_in_training:
        held, passed = np.clip(moved, weight.min(), weight.max()), factor * inside
    else:
        held, passed = weight, np.ones(weight.shape)
    x = images.reshape(6, -1).astype(float)
    want = x @ held.T / layer.scale
    np.testing.assert_allclose(logits, want, atol=1e-5)
    error = quantize.qe((logits - np.eye(5)[labels]).astype(np.float32), 8).astype(float)
    np.testing.assert_allclose(layer.gradient, error.T @ x * passed, atol=1e-4)
    if not MODELS[model].trainer.drift_in_training:      # what was given has not been asked for
        assert trained.draws.retention(0, signs.shape) is not None


def test_drift_is_read_through_the_hardware_in_all_versions():
    images, _ = batch()
    drifting = {"retention": Retention(100.0, 0.1, True, 0.2)}
    for version in MODELS.values():
        layers = [{"conv": 4, "padding": 1}, {"fc": 4}]
        one, other = (Model(Architecture.build((8, 8, 3), layers), Options(**options), 5, rules=version.trainer)
                      for options in (drifting, {}))
        readout = Readout(adc_bits=12)
        assert np.abs(one.forward(images, readout) - other.forward(images, readout)).max() > 1e-3
