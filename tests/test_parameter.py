"""Parameters and their tables: what they take, and what they say to what they do not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table

WIRES = Table(
    [
        Parameter("width", 40e-9, "m", "width of a wire", source="a book", above=0),
        Parameter("layers", 3, "", "metal layers", low=1, high=12),
        Parameter("metal", "Cu", "", "what it is made of", choices={"Cu": 1, "W": 2}),
        Parameter("barrier", None, "m", "liner", low=0, optional=True, of=float),
        Parameter("cut", (), "", "layers left out", low=1),
        Parameter("label", "", "", "any name"),
        Parameter("warm", False, "", "whether it heats up", reference="warmWire"),
    ],
    "property of a wire", "width=2e-8",
)  # fmt: skip


@pytest.mark.parametrize("limits, inside, outside, told", [
    ({"low": 0, "below": 100}, (0, 99.99), (-1e-9, 100), "at least 0, below 100"),
    ({"above": 0, "below": 1e4}, (1e-9, 9999), (0, 1e4), "greater than 0, below 10000"),
    ({"above": 1, "high": math.inf}, (1.5, math.inf), (1, -math.inf), "greater than 1, at most inf"),
    ({"low": 1}, (1, 1e300), (0.5, math.inf), "at least 1"),
    ({}, (-1e300, 1e300), (math.inf, -math.inf), "any finite number"),
])
def test_limits(limits, inside, outside, told):
    parameter = Parameter("x", 2.0, **limits)
    assert parameter.range == told
    for value in inside:
        assert parameter.check(value) == value
    for value in (*outside, math.nan):
        with pytest.raises(NeurosimError, match=f"x = {value} .*; it takes {told}"):
            parameter.check(value)


def test_limits_of_the_machine_are_not_told():
    seed = Parameter("seed", 117, low=0, high=(1 << 63) - 1)
    assert seed.range == "at least 0" and seed.check((1 << 63) - 1) == (1 << 63) - 1
    with pytest.raises(NeurosimError, match="out of range; it takes at least 0"):
        seed.check(1 << 63)
    assert Parameter("drops", (), low=0).range == "whole numbers with commas, each at least 0"


@pytest.mark.parametrize("value", [np.int64(5), np.float32(5), np.array(5), 5.0])
def test_numbers_of_numpy(value):
    checked = Parameter("n", 1).check(value)
    assert checked == 5 and type(checked) is int
    assert Parameter("on", False).check(np.True_) is True


@pytest.mark.parametrize("name, text, sentence", [
    ("warm", "yes", "warm = 'yes' is neither true nor false; it takes true or false"),
    ("width", "thin", "width = 'thin' is no number; it takes greater than 0 .m."),
    ("layers", "1.5", "layers = 1.5 is no whole number; it takes 1 to 12"),
    ("cut", "1,x", "cut = '1,x' is no list of whole numbers"),
    ("metal", "Cuu", "metal = 'Cuu' is not one of its choices .did you mean 'Cu'..; it takes Cu, W"),
    ("barrier", "x", "barrier = 'x' is no number; it takes at least 0, or \"none\""),
])
def test_texts_that_mean_nothing(name, text, sentence):
    with pytest.raises(NeurosimError, match=f"--set {name}={text}: {sentence}"):
        WIRES.settings([f"{name}={text}"], "--set")


def test_options_have_names_of_their_own():
    assert Parameter("array_rows", 1).option == "array-rows"
    assert Parameter("array_rows", 1, aliases=("read-rows",)).option == "read-rows"


# Digits, signs, prefixes and units in any order, and any text at all.
WRITTEN = st.lists(st.sampled_from([*"0123456789.eE+-/^%²µΩ ", "n", "k", "M", "s", "m", "Hz", "ohm", "F", "bit", "1e"]))


@given(st.sampled_from([*WIRES]), WRITTEN.map("".join) | st.text(max_size=80))
def test_any_text_is_a_value_or_gets_one_sentence(name, text):
    try:
        value = WIRES[name].parse(text)
    except NeurosimError as error:
        assert f"{name} = " in str(error)
    else:
        assert WIRES[name].check(value) == value
