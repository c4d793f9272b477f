"""Trace matrices and files."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neurosim.wrappers.training import trace


@pytest.mark.parametrize("label", [name for name in reference.labels("trace_functions") if name.startswith("dec2bin")])
def test_recorded_bits(label):
    params, fields = reference.case("trace_functions", label)
    np.testing.assert_array_equal(trace.bit_planes(fields["x"], params["n"]), fields["bits"])


@pytest.mark.parametrize("label", [name for name in reference.labels("trace_functions") if name.startswith("stretch")])
def test_recorded_windows(label):
    params, fields = reference.case("trace_functions", label)
    for x, want in zip(fields["x"], fields["y"], strict=True):
        np.testing.assert_array_equal(trace.windows(x, params["window"]), want)


@settings(max_examples=50)
@given(st.integers(1, 10), st.lists(st.integers(-600, 600), min_size=1, max_size=20))
def test_bits_of_whole_steps_add_up(bits, numbers):
    half = 2 ** (bits - 1)
    planes = trace.bit_planes(np.array(numbers) / half, bits).astype(int)
    places = [-half, *(2**n for n in range(bits - 2, -1, -1))]
    assert (np.tensordot(places, planes, 1) == np.clip(numbers, -half, half - 1)).all()


FLOATS = st.one_of(st.floats(-2, 2, width=32), st.floats(-12, 12, width=32), st.integers(-40, 40).map(lambda n: n / 16),
                   st.integers(-200001, 200001).map(lambda n: float(np.float32(n * 5e-6))))


@settings(max_examples=100)
@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=FLOATS))
def test_weights_are_printed_as_printf_does(matrix):
    want = "".join(",".join(f"{float(value):10.5f}" for value in row) + "\n" for row in matrix)
    assert trace.weights_text(matrix) == want.encode()


def test_input_text():
    assert trace.inputs_text(np.array([[0, 1, 1], [1, 0, 0]], np.uint8)) == b"0,1,1\n1,0,0\n"
