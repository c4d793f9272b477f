"""The device's update curve against recorded values, and its properties."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.curve import UpdateCurve, a_to_b, label_row, label_table, label_to_a, update_weights
from neurosim.wrappers.wage import quantize


def test_recorded_label_table():
    _, fields = reference.case("parameters", "paramA")
    np.testing.assert_array_equal(label_to_a(fields["NL"]), fields["A"])
    for label in ("paramA_d2d_1.75", "paramA_d2d_-1.46"):
        _, fields = reference.case("parameters", label)
        np.testing.assert_array_equal(label_to_a(fields["NL"]), fields["A"])


def test_published_table():
    published = np.loadtxt(reference.DATA / "nl_to_a.csv", delimiter=",", skiprows=1)
    digits = [float(f"{a:.6g}") for a in label_table()]
    assert np.abs(np.array(digits) - published[:, 1]).max() <= 5.1e-5  # published with four decimals
    assert len(published) == len(digits) == 900


@pytest.mark.parametrize("levels", [32, 100, 256])
def test_recorded_heights(levels):
    _, fields = reference.case("parameters", f"paramB_{levels}")
    known = fields["A"] != 0
    np.testing.assert_allclose(a_to_b(fields["A"][known], levels), fields["B"][known], rtol=1e-12)


@pytest.mark.parametrize("label", reference.labels("device_update"))
def test_recorded_updates(label):
    params, x = reference.case("device_update", label)
    curve = UpdateCurve(params["nonlinearityLTP"], params["nonlinearityLTD"], params["max_level"])
    velocity = quantize.normalise(x["v"])
    np.testing.assert_array_equal(velocity, x["v_normalised"])
    pulses = curve.pulses(velocity, params["lr"])
    np.testing.assert_array_equal(pulses, x["deltaPulse"])
    a, b = curve.parameters(np.where(pulses < 0, label_row(curve.ltp), label_row(curve.ltd)))
    np.testing.assert_array_equal(a.astype(np.float32), x["A"])
    np.testing.assert_array_equal(b.astype(np.float32), x["B"])

    offset, slope = curve.lines(params["lr"], False)
    row = np.where(pulses < 0, 0, 1), pulses + offset.shape[1] // 2
    target = offset[row] + slope[row] * x["w"]
    inside = np.abs(x["xNew"]) <= 1  # False for NaN
    near_linear = min(abs(curve.ltp), abs(curve.ltd)) < 0.5
    limit = reference.NEAR_LINEAR_CURVE if near_linear else reference.CURVE
    wide = np.abs(x["w"]) > 1  # initial weights beyond the curve, where the original's logarithm loses digits
    assert np.abs(target - x["xNew"])[inside & ~wide].max() <= limit
    assert np.abs(target - x["xNew"])[inside].max() <= max(limit, reference.WIDE_CURVE)

    weight = x["w"].copy()
    update = update_weights(weight, velocity, x["r"], curve, learning_rate=params["lr"], weight_bits=params["bits_W"],
                            update_bits=params["bits_G"])
    # Outside the convex curve the original has NaN, which its old clamp turned into the upper limit; ours is the lower.
    known = ~(np.isnan(x["xNew"]) & (x["A"] < 0))
    np.testing.assert_array_equal(update[known], x["update"][known])
    np.testing.assert_array_equal(weight, x["w"] - update)


LABELS = st.floats(0.02, 9).map(lambda label: round(label, 2))


@settings(max_examples=40)
@given(LABELS, st.booleans(), st.integers(2, 300), st.integers(-60, 60), st.floats(-0.999, 0.999))
def test_closed_form_is_the_curve(label, convex, levels, pulses, weight):
    curve = UpdateCurve(-label if convex else label, -label if convex else label, levels)
    row = label_row(curve.ltp)
    a, b = curve.parameters(np.atleast_1d(row))
    centre = curve.tables([row], 8.0)[0].shape[1] // 2
    if abs(pulses) > centre:
        pulses = centre
    offset, slope = (table[0, centre + pulses] for table in curve.tables([row], 8.0))
    position = -a * np.log1p(-(weight + 1) / b)
    exponent = (pulses - position) / a
    if abs(exponent[0]) < 600 and abs(pulses / a[0]) < 600:
        want = b * -np.expm1(exponent) - 1
        np.testing.assert_allclose(offset + slope * weight, want, rtol=1e-6, atol=1e-6 * abs(b[0]))


@settings(max_examples=40)
@given(st.one_of(st.just(0.0), LABELS, LABELS.map(lambda label: -label)), st.integers(2, 200))
def test_pulses_move_weights_the_right_way(label, levels):
    curve = UpdateCurve(label, label, levels)
    weights = np.linspace(-1, 1, 41)
    offset, slope = (table[0] for table in curve.tables([label_row(label)], 1.0))
    centre = len(offset) // 2
    for pulses in range(-centre, centre + 1):
        move = offset[centre + pulses] + slope[centre + pulses] * weights - weights
        assert np.isfinite(move).all()
        assert (np.sign(pulses) * move <= 1e-12).all()
    assert offset[centre] == 0 and slope[centre] == 1  # no pulse, no move


def test_a_label_of_zero_is_linear():
    curve = UpdateCurve(0, -0.0, 32)
    offset, slope = curve.lines(1.0, False)
    centre = offset.shape[1] // 2
    assert (slope == 1).all()
    np.testing.assert_allclose(offset[0, centre - 8], 0.5)
    nearly = UpdateCurve(0.01, 0.01, 32).lines(1.0, False)
    np.testing.assert_allclose(nearly[0] + nearly[1] * 0.25, offset + slope * 0.25, atol=0.01)


def test_varying_devices_use_their_own_labels():
    generator = np.random.default_rng(5)
    deviation = generator.normal(0, 1.5, 400).astype(np.float32)
    curve = UpdateCurve(1.75, -1.46, 32)
    weight = generator.uniform(-0.9, 0.9, 400).astype(np.float32)
    velocity = generator.uniform(-1.4, 1.4, 400).astype(np.float32)
    rounding = generator.random(400, np.float32)
    together = update_weights(weight.copy(), velocity, rounding, curve, rows=curve.rows(deviation))
    for n in range(400):
        labels = [float(np.float32(label) + deviation[n]) for label in (1.75, -1.46)]
        alone = UpdateCurve(*(np.clip(label, -9, 9) for label in labels), 32)
        one = slice(n, n + 1)
        got = update_weights(weight[one].copy(), velocity[one], rounding[one], alone)
        assert got[0] == together[n]


@pytest.mark.parametrize("labels", [(9.5, 1, 32), (1, float("nan"), 32), (1, 1, 0)])
def test_no_curve(labels):
    with pytest.raises(NeurosimError, match="label|levels"):
        UpdateCurve(*labels)


@pytest.mark.parametrize("name, value, sentence", [
    ("velocity", np.zeros(3, np.float32), "velocity has shape"),
    ("velocity", np.full(1000, 100, np.float32), "normalise the velocity first"),
    ("velocity", np.full(1000, np.nan, np.float32), "normalise the velocity first"),
    ("rounding", np.zeros(3, np.float32), "rounding has shape"),
    ("out", np.zeros(3, np.float32), "out has shape"),
    ("rows", (np.zeros(4, np.int16),) * 2, "rows has shape"),
    ("rows", (np.full(1000, 32000, np.int16),) * 2, "take rows from UpdateCurve.rows"),
    ("rows", (np.full(1000, -1, np.int16),) * 2, "take rows from UpdateCurve.rows"),
    ("weight", [0.5] * 1000, "weight must be a contiguous array of float32"),
    ("velocity", np.zeros(1000), "velocity must be a contiguous array of float32"),
])
def test_no_update(name, value, sentence):
    given = {"weight": np.zeros(1000, np.float32), "velocity": np.full(1000, 0.7, np.float32),
             "rounding": np.zeros(1000, np.float32), "curve": UpdateCurve()}
    with pytest.raises(NeurosimError, match=sentence):
        update_weights(**{**given, name: value})


def test_labels_that_are_no_numbers():
    with pytest.raises(NeurosimError, match="label is no number"):
        label_to_a(float("nan"))
    with pytest.raises(NeurosimError, match="levels = 2.5"):
        UpdateCurve(levels=2.5)
