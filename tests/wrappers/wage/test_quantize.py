"""The quantisers against recorded values, bit for bit, and their properties."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.curve import add_noise
from neurosim.wrappers.wage import quantize
from neurosim.wrappers.wage.layers import layer_scale

FLOATS = hnp.arrays(np.float32, st.integers(1, 40), elements=st.floats(-4, 4, width=32))


def same_bits(got, want):
    return np.array_equal(np.asarray(got, np.float32).view(np.int32), np.asarray(want, np.float32).view(np.int32))


def computed(params, x):
    """What each recorded function gives, as {field: array}."""
    function = params["fn"]
    if function == "C":
        return {"y": quantize.clamp(x["x"], params["bits"])}
    if function == "Q":
        return {"y": quantize.q(x["x"], params["bits"])}
    if function == "QW":
        return {"y": quantize.qw(x["x"], params["bits"], params["scale"])}
    if function == "QE":
        return {"y": quantize.qe(x["x"], params["bits"]), "normalised": quantize.normalise(x["x"])}
    if function == "shift":
        return {"y": quantize.shift(x["x"])}
    if function == "SR":
        return {"y": quantize.stochastic_round(x["x"], x["r"])}
    if function == "layer weight":
        return {"y": quantize.layer_weight(x["w"], params["scale"], params["bits"]),
                "y_direct": quantize.q(x["w"], params["bits"])}
    if function == "WAGEQuantizer_f":
        return {"y": quantize.activation(x["x"], params["bits_A"]),
                "grad_in": quantize.activation_gradient(x["grad_out"], x["x"], params["bits_A"], params["bits_E"])}
    if function == "W":
        weight, noise = x["w"].copy(), x["noise"].reshape(-1)
        add_noise(weight, x["grad"], lambda moved: noise[moved], params["bits_W"])
        return {"y": weight}
    assert function == "SSE"
    loss, gradient = quantize.squared_error(x["logits"], x["label"])
    np.testing.assert_allclose(loss, x["loss"], rtol=reference.LOSS)
    return {"grad": gradient}


@pytest.mark.parametrize("label", reference.labels("quantisers"))
def test_recorded_quantisers(label):
    params, fields = reference.case("quantisers", label)
    for name, got in computed(params, fields).items():
        if params["fn"] in ("WAGEQuantizer_f", "W"):
            np.testing.assert_array_equal(got, fields[name])  # masked zeros may have either sign
        else:
            assert same_bits(got, fields[name]), name


def test_recorded_layer_scales():
    table = reference.arrays("parameters")["init.table"]
    for bits, fan_in, limit, least, scale in table:
        got = layer_scale(int(fan_in), int(bits), reference.REFERENCE_BETA)
        assert got == (pytest.approx(limit, rel=1e-15), max(limit, least), scale)


@settings(max_examples=50)
@given(FLOATS, st.integers(2, 15))
def test_quantised_values_stay(x, bits):
    y = quantize.q(x, bits)
    assert np.array_equal(quantize.q(y, bits), y)
    assert (np.abs(y - x) <= 0.5 / quantize.levels(bits)).all()
    assert (np.abs(quantize.clamp(x, bits)) <= quantize.limit(bits)).all()


@settings(max_examples=50)
@given(FLOATS, st.integers(-30, 30))
def test_normalising_does_not_see_powers_of_two(x, power):
    if not (np.abs(x) > 1e-3).any():
        x = np.append(x, np.float32(0.75))
    normal = quantize.normalise(x)
    assert same_bits(quantize.normalise(x * np.float32(2.0**power)), normal) or (np.abs(x) < 1e-20).any()
    assert 0.7 < np.abs(normal).max() < 1.4143


@pytest.mark.parametrize("x", [[0.0, -0.0], [1.0, np.nan], [np.inf, 1.0], []])
def test_what_cannot_be_normalised(x):
    with pytest.raises(NeurosimError, match="zero|finite|empty"):
        quantize.normalise(np.array(x, np.float32))


@settings(max_examples=20)
@given(st.floats(-2, 2, width=32))
def test_stochastic_rounding_is_fair(x):
    draws = (np.arange(1000, dtype=np.float32) + np.float32(0.5)) / 1000
    mean = quantize.stochastic_round(np.full(1000, x, np.float32), draws).mean()
    assert abs(mean - x) <= 0.0011


@pytest.mark.parametrize("bits", [0, -1, 2.5, float("nan")])
def test_what_is_no_width(bits):
    for function in (quantize.q, quantize.clamp):
        with pytest.raises(NeurosimError, match="bits make no grid"):
            function([0.5], bits)


def test_what_cannot_be_shifted_or_rounded():
    for x in (0.0, -1.0, float("nan")):
        with pytest.raises(NeurosimError, match="above zero"):
            quantize.shift(x)
    with pytest.raises(NeurosimError, match="lie from 0 to 1"):
        quantize.stochastic_round(1.0, 7.0)
    with pytest.raises(NeurosimError, match="give one for each"):
        quantize.stochastic_round([1.0, 2.0], [0.5, 0.5, 0.5])
    assert (quantize.stochastic_round([1.4, 2.6], 0.5) == [1, 3]).all()


@pytest.mark.parametrize("labels", [[-1, 0], [0, 3], [0], 1, [0.5, 1.0], [True, False], [[1, 0, 0], [0, 1, 0]]])
def test_what_are_no_labels(labels):
    with pytest.raises(NeurosimError, match="labels .* do not fit"):
        quantize.squared_error(np.zeros((2, 3), np.float32), labels)
