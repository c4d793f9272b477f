"""Trace matrices and files."""

import numpy as np
import pytest
import wage_reference as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neurosim.design.rules import TrainerRules
from neurosim.traces.architecture import Architecture, WeightLayer
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
    assert trace.inputs_text(np.array([[0, 1], [1, 0]], np.uint8), 3) == b"0,1,0,0,0\n1,0,0,0,0\n"


# -- Difference V20: windows of the padded map ---------------------------------------------------------

PADDED = TrainerRules(padded_windows=True)


def slow_inputs(image, layer, bits):
    """(text, share of ones) of the input file of one map, (rows, columns, channels), field by field."""
    computed = sum(1 for row in range(-layer.padding, layer.rows + layer.padding - layer.kernel + 1, layer.stride)
                   for column in range(-layer.padding, layer.columns + layer.padding - layer.kernel + 1, layer.stride))
    lines = []
    for channel in range(layer.channels):
        for kernel in np.ndindex(layer.kernel, layer.kernel):
            fields = []
            for row in range(0, layer.rows - layer.kernel + 1, layer.stride):
                for column in range(0, layer.columns - layer.kernel + 1, layer.stride):
                    value = image[row + kernel[0], column + kernel[1], channel]
                    whole = min(max(int(np.floor(float(value) * 2 ** (bits - 1))), -(2 ** (bits - 1))),
                                2 ** (bits - 1) - 1)
                    fields += list(format(whole % 2**bits, f"0{bits}b"))
            lines.append(fields + ["0"] * (computed * bits - len(fields)))
    ones = sum(line.count("1") for line in lines)
    return "".join(",".join(line) + "\n" for line in lines).encode(), ones / sum(map(len, lines))


@settings(max_examples=40)
@given(st.integers(3, 7), st.integers(3, 7), st.integers(1, 2), st.integers(1, 3), st.integers(1, 2),
       st.integers(0, 2), st.integers(0, 99))
def test_windows_that_padding_adds_are_empty(rows, columns, channels, kernel, stride, padding, seed):
    generator = np.random.default_rng(seed)
    layer = WeightLayer("Conv0_", rows, columns, channels, 2, kernel, stride, min(padding, kernel - 1))
    image = generator.uniform(-1.1, 1.1, (rows, columns, channels)).astype(np.float32)
    weight = generator.uniform(-1, 1, layer.shape).astype(np.float32)
    plain = trace.record(layer, weight, weight, image, 4)
    (padded,) = trace.as_traced([plain], [layer], PADDED)
    text, share = slow_inputs(image, layer, 4)
    assert trace.inputs_text(padded.inputs, padded.empty) == text
    assert padded.activity == share
    (again,) = trace.as_traced([padded], [layer], PADDED)
    assert (again.empty, again.activity) == (padded.empty, padded.activity)
    (same,) = trace.as_traced([plain], [layer], TrainerRules())
    assert same is plain and plain.empty == 0


def test_the_chip_reads_the_same_and_is_told_less():
    """The shares of VGG-8: 900 of 1,024 windows, 196 of 256, 36 of 64; fully connected layers as they are."""
    architecture = Architecture.default()
    plain = []
    for layer, row in zip(architecture.layers, architecture.network, strict=True):
        empty = np.zeros((1, 1), np.float32)
        plain.append(trace.LayerRecord(layer.name, empty, empty, np.ones((1, row.vectors * 8), np.uint8), 1.0))
    padded = trace.as_traced(plain, architecture.layers, PADDED)
    shares = [900 / 1024, 900 / 1024, 196 / 256, 196 / 256, 36 / 64, 36 / 64, 1, 1]
    assert [record.activity for record in padded] == shares
    for one, other, row in zip(plain, padded, architecture.network, strict=True):
        got, want = (record.load(1, 1, row.vectors * 8, "layer") for record in (other, one))
        np.testing.assert_array_equal(got.inputs, want.inputs)
        assert got.activity == other.activity
