"""Traces: numbers in every spelling bit for bit, the recorded files, arrays in memory, and what bad text gets."""

import math
import re
import struct

import numpy as np
import pytest
from golden import EXACT, case, cases, close
from hypothesis import example, given, settings
from hypothesis import strategies as st

from neurosim.errors import NeurosimError
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace, encode, parse, read_inputs, read_weights, weights


def floats(text, rows, columns):
    """Text parsed as weights."""
    values = np.full((rows, columns), math.nan)
    assert parse(text.encode(), values) is None
    return values


def codes(text, rows, columns):
    """Text parsed as inputs."""
    values = np.full((rows, columns), 77, np.uint8)
    assert parse(text.encode(), values) is None
    return values


def same_bits(got, want):
    return struct.pack("d", got) == struct.pack("d", want)


# -- spellings --------------------------------------------------------------------------------------

SPELLINGS = {
    "shortest": repr,
    "all digits": "{:.17g}".format,
    "scientific": "{:.17e}".format,
    "capital": "{:.16E}".format,
    "point": "{:.30f}".format,
    "signed": "{:+.17g}".format,
    "zeros in front": lambda value: f"{value:030.17f}",
    "blanks": lambda value: f"  {value!r}\t ",
    "no digit before the point": lambda value: re.sub(r"^(-?)0\.", r"\1.", repr(value)),
    "no digit after the point": lambda value: repr(value).removesuffix("0"),
    "trainer": "{:10.5f}".format,
}

number_texts = st.from_regex(r"[+-]?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@settings(max_examples=200)
@given(st.floats(-1e6, 1e6), st.sampled_from(list(SPELLINGS)))
@example(0.1, "all digits")
@example(5e-324, "scientific")
@example(-0.0, "shortest")
@example(9007199254740993.0, "point")
def test_a_float_is_read_as_python_reads_it(value, spelling):
    text = SPELLINGS[spelling](value)
    got = floats(f"{text},{text}\n{text},{text}", 2, 2)
    assert all(same_bits(number, float(text)) for number in got.flat), (text, got)


@settings(max_examples=300)
@given(number_texts)
@example("9007199254740993")
@example("9007199254740992e22")
@example("9007199254740992e-22")
@example("9007199254740991e23")
@example("1" + 30 * "0")
@example("0." + 30 * "0" + "1")
@example("123456789012345678901234567890e-30")
@example("00000000000000000000000000000000000001.5")
@example("-0e99")
@example("1.e5")
def test_any_decimal_text_is_read_as_python_reads_it(text):
    (got,) = floats(f"{text}\n", 1, 1).flat
    assert same_bits(got, float(text)), (text, got)


@settings(max_examples=100)
@given(st.lists(st.tuples(*3 * [number_texts]), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_lines_may_end_either_way_and_the_last_not_at_all(table, ending):
    text = ending.join(",".join(line) for line in table)
    want = np.array([[float(field) for field in line] for line in table])
    for tail in ("", ending, ending + ending, "," + ending, ending + " " + ending):
        assert np.array_equal(floats(text + tail, len(table), 3), want)


def test_empty_fields_count_as_zero():
    assert floats("1,,3\n, ,\t\n,,7\n", 3, 3).tolist() == [[1, 0, 3], [0, 0, 0], [0, 0, 7]]


@settings(max_examples=150)
@given(st.lists(number_texts, min_size=1, max_size=6))
@example(["0", "1", "1.9", "2", "-1", "0.5", "0e5", "01", "1.", "10e-1"])
def test_inputs_conduct_by_their_integer_part(fields):
    """Quirk Q3: anything but 0 is active, but only an integer part of 1 conducts."""
    (got,) = codes(",".join(fields) + "\n", 1, len(fields))
    for field, code in zip(fields, got, strict=True):
        value = float(field)
        assert bool(code & 1) == (int(value) == 1), field
        assert bool(code & 2) == (value != 0), field


@given(st.lists(st.sampled_from(["0", "1"]), min_size=1, max_size=40), st.booleans())
def test_plain_bits(bits, newline):
    text = ",".join(bits) + ("\n" if newline else "")
    assert codes(text, 1, len(bits)).tolist() == [[3 * int(bit) for bit in bits]]
    assert encode([[int(bit) for bit in bits]]).tolist() == [[3 * int(bit) for bit in bits]]
    assert encode(np.array([[bit == "1" for bit in bits]])).tolist() == [[3 * int(bit) for bit in bits]]


def test_more_columns_of_inputs_are_ignored():
    assert codes("1,0,1\n0,1,0\n", 2, 2).tolist() == [[3, 0], [0, 3]]


# -- recorded files ----------------------------------------------------------------------------------


def table(path):
    """A file as Python reads it: empty fields are 0, blank lines and a comma at a line's end add nothing."""
    lines = [line.strip().removesuffix(",") for line in path.read_text().splitlines() if line.strip()]
    return np.array([[float(field.strip() or 0) for field in line.split(",")] for line in lines])


@pytest.mark.parametrize("name", [name for name in cases() if case(name).files])
def test_recorded_spellings(name, tmp_path):
    recorded = case(name)
    recorded.write(tmp_path)
    for layer in range(recorded.layers):
        weight, weight_old, inputs = (tmp_path / word for word in recorded.args[4 * layer + 4 : 4 * layer + 7])
        for path in (weight, weight_old):
            want = table(path)
            assert np.array_equal(weights(read_weights(path, *want.shape)), want)
        want = table(inputs)
        got = read_inputs(inputs, *want.shape)
        assert np.array_equal(got, (np.trunc(want) == 1) | (want != 0).astype(np.uint8) << 1)
        assert np.array_equal(got, encode(want))


@pytest.mark.parametrize("name", ["text_spellings", "cells_3bit_of_8_conventional", "stride2_novel"])
def test_files_and_arrays_are_the_same_trace(name, tmp_path):
    recorded = case(name)
    network = Network(recorded.rows)
    recorded.write(tmp_path)
    files = [
        [tmp_path / word for word in recorded.args[4 * n + 4 : 4 * n + 7]] + [recorded.args[4 * n + 7]]
        for n in range(recorded.layers)
    ]
    from_files = Trace.from_files(files, network, recorded.input_bits)
    arrays = recorded.arrays()
    if recorded.files:
        arrays = [(*map(table, paths), float(share)) for *paths, share in files]
    from_arrays = Trace.from_arrays(arrays, network, recorded.input_bits)
    assert len(from_files) == len(from_arrays) == len(network)
    assert from_files.activities == from_arrays.activities == tuple(layer[3] for layer in arrays)
    assert from_files.input_bits == recorded.input_bits
    for n in range(len(network)):
        ours, theirs = from_files.layer(n), from_arrays.layer(n)
        assert ours.weight.shape == (network[n].matrix_rows, network[n].outputs)
        assert ours.inputs.shape == (network[n].matrix_rows, network[n].vectors * recorded.input_bits)
        for name in ("weight", "weight_old"):
            assert np.array_equal(weights(getattr(ours, name)), getattr(theirs, name))
        assert np.array_equal(ours.inputs, theirs.inputs)


def test_the_activity_of_arrays_is_measured():
    bits = np.array([[0, 1, 0, 1], [0, 0, 0, 1]])
    trace = Trace.from_arrays([(np.zeros((2, 3)), np.zeros((2, 3)), bits)], ROW, 4)
    assert close(trace.activities[0], 3 / 8, EXACT)


# -- what bad text gets --------------------------------------------------------------------------------

ROW = Network([(1, 1, 2, 1, 1, 3, 0, 1)])  # a matrix of 2 x 3; inputs of 2 x bits


def refusal(call, *arguments, **keywords):
    with pytest.raises(NeurosimError) as caught:
        call(*arguments, **keywords)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("1,2,3\n4,five,6\n", 2, "field 2 is 'five', which is no number"),
        ("1,2,3\n4,5,6x\n", 2, "field 3 is '6x', which is no number"),
        ("1,2,3\n4,5 5,6\n", 2, "field 2 is '5 5', which is no number"),
        ("1,2,3\n4,5;6,6\n", 2, "field 2 is '5;6'"),
        ("1,2,1e\n4,5,6\n", 1, "field 3 is '1e'"),
        ("1,2,nan\n4,5,6\n", 1, "field 3 is 'nan'"),
        ("1,inf,3\n4,5,6\n", 1, "field 2 is 'inf'"),
        ("1,0x10,3\n4,5,6\n", 1, "field 2 is '0x10'"),
        ("1,--2,3\n4,5,6\n", 1, "field 2 is '--2'"),
        ("1,-,3\n4,5,6\n", 1, "field 2 is '-'"),
        ("1,.,3\n4,5,6\n", 1, "field 2 is '.'"),
        ("1,1.2.3,3\n4,5,6\n", 1, "field 2 is '1.2.3'"),
        ("1,2,\ufffd\n4,5,6\n", 1, "field 3 is "),
        ("1,2,3\n4,5\n", 2, "the line ends after 2 of 3 numbers; layer of the network needs 2 lines of 3 numbers"),
        ("1,2,\n4,5,6\n", 1, "the line ends after 2 of 3 numbers"),
        ("1,2,3\n\n4,5,6\n", 2, "the line ends after 1 of 3 numbers"),
        ("1,2,3\n", 2, "the file ends here; layer of the network needs 2 lines of 3 numbers"),
        ("", 1, "the file ends here"),
        ("1,2,3\n4,5,6\n7,8,9\n", 3, "more lines than expected"),
        ("1,2,3\n4,5,6\n\n \n7\n", 5, "more lines than expected"),
        ("1,2,3,4\n4,5,6,7\n", 1, "4 numbers in each line"),
    ],
)
def test_bad_weights_get_line_and_field(tmp_path, text, where, words):
    path = tmp_path / "weight.csv"
    path.write_text(text, newline="")
    sentence = refusal(read_weights, path, 2, 3, "layer")
    assert sentence.startswith(f"{path}:{where}: ")
    assert words in sentence


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("0,1\n1,on\n", 2, "field 2 is 'on', which is no number"),
        ("0,1\n1\n", 2, "the line ends after 1 of 2 numbers"),
        ("0,1\n", 2, "the file ends here"),
        ("0,1\n1,1\n0,0\n", 3, "more lines than expected"),
    ],
)
def test_bad_inputs_get_line_and_field(tmp_path, text, where, words):
    path = tmp_path / "input.csv"
    path.write_text(text, newline="")
    sentence = refusal(read_inputs, path, 2, 2, "layer")
    assert sentence.startswith(f"{path}:{where}: ")
    assert words in sentence


@settings(max_examples=200)
@given(st.text(alphabet="0123456789+-.eE ,\r\n\tx", max_size=40))
def test_any_text_is_read_or_refused_but_never_guessed(text):
    """Whatever the text, a result is what a plain reading gives, or a problem with its place comes back."""
    values = np.full((2, 2), math.nan)
    problem = parse(text.encode(), values)
    if problem is not None:
        kind, line, _, _ = problem
        assert kind in ("number", "line", "file", "rows", "columns")
        assert 1 <= line <= text.count("\n") + 2  # a missing line has the number it would have had
        return
    lines = text.split("\n")[:2]
    for n, line in enumerate(lines):
        fields = line.rstrip("\r").split(",")[:2]
        assert [float(field) if field.strip() else 0.0 for field in fields] == values[n].tolist()


def test_the_shape_belongs_to_the_matrix_not_the_text():
    """A file with the numbers of another shape is refused whichever way it is wrong."""
    text = "1,2,3\n4,5,6\n"
    for rows, columns in ((3, 2), (2, 2), (1, 3), (2, 4), (6, 1)):
        assert parse(text.encode(), np.empty((rows, columns))) is not None


def test_files_that_are_missing(tmp_path):
    weight = tmp_path / "weight.csv"
    weight.write_text("1,2,3\n4,5,6\n")
    bits = tmp_path / "input.csv"
    bits.write_text("1,0\n0,1\n")
    assert len(Trace.from_files([(weight, weight, bits, 0.5)], ROW, 2)) == 1
    for files, words in (
        ((tmp_path / "absent.csv", weight, bits, 0.5), "absent.csv: the weight file does not exist"),
        ((weight, tmp_path / "absent.csv", bits, 0.5), "absent.csv: the old weight file does not exist"),
        ((weight, weight, tmp_path / "absent.csv", 0.5), "absent.csv: the input file does not exist"),
        ((weight, weight, tmp_path, 0.5), "the input file is a folder"),
    ):
        assert words in refusal(Trace.from_files, [files], ROW, 2)
    twice = 2 * [(weight, weight, bits, 0.5)]
    assert "traces for 2 layers but the network has 1" in refusal(Trace.from_files, twice, ROW, 2)


WEIGHT, BITS = np.zeros((2, 3)), np.zeros((2, 4), int)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ((WEIGHT.T, WEIGHT, BITS), "layer 1: the weight array has shape (3, 2) instead of (2, 3)"),
        ((WEIGHT, WEIGHT[:1], BITS), "layer 1: the old weight array has shape (1, 3) instead of (2, 3)"),
        ((WEIGHT, WEIGHT, BITS[:, :3]), "layer 1: the input array has shape (2, 3) instead of (2, 4)"),
        ((WEIGHT, WEIGHT, BITS[0]), "layer 1: the input array has shape (4,) instead of (2, 4)"),
        ((WEIGHT + math.nan, WEIGHT, BITS), "layer 1: the weight array holds values that are no finite numbers"),
        ((WEIGHT, WEIGHT + math.inf, BITS), "layer 1: the old weight array holds values that are no finite numbers"),
    ],
)
def test_bad_arrays_get_a_sentence(arrays, words):
    assert words in refusal(lambda: Trace.from_arrays([arrays], ROW, 4).layer(0))


@settings(max_examples=40)
@given(st.data())
def test_input_values_of_arrays(data):
    """Arrays of any number type mean what their text means."""
    values = data.draw(st.lists(st.sampled_from([0, 1, 2, -1, 0.5, 1.9, -0.0, 1.0]), min_size=4, max_size=4))
    array = np.array([values], data.draw(st.sampled_from([np.float64, np.float32])))
    assert encode(array).tolist() == codes(",".join(map(str, values)) + "\n", 1, 4).tolist()


@settings(max_examples=60)
@given(st.lists(st.integers(-999999, 999999), min_size=4, max_size=4), st.integers(1, 3))
def test_weights_as_trained_take_half_the_memory(scaled, step):
    text = ",".join(f"{value / 1e5:10.5f}" for value in scaled[:2]) + "\n"
    text += ",".join(f"{value / 1e5:10.5f}" for value in scaled[2:]) + "\n"
    fixed, values = np.empty((2, 2), np.int32), np.empty((2, 2))
    assert parse(text.encode(), fixed, step) is None and parse(text.encode(), values, step) is None
    assert fixed.ravel().tolist() == scaled
    assert np.array_equal(weights(fixed), values)
    assert parse(b"0.5,0.25\n1,2\n", fixed, step) == ("form", 1, 1, "")


def test_a_file_that_is_not_all_fixed_is_read_as_real_numbers(tmp_path):
    path = tmp_path / "weight.csv"
    path.write_text("   0.50000,  -0.25000\n   0.00001,1e-7\n")
    held = read_weights(path, 2, 2)
    assert held.dtype == np.float64 and held.tolist() == [[0.5, -0.25], [0.00001, 1e-7]]
    path.write_text("   0.50000,  -0.25000\n   0.00001,   0.00000\n")
    assert read_weights(path, 2, 2).dtype == np.int32
