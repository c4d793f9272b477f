"""Networks: the file, the numbers that follow from a layer, and what bad rows get."""

import pytest
from golden import case, cases
from hypothesis import assume, given
from hypothesis import strategies as st

from neurosim.errors import NeurosimError
from neurosim.traces.network import FIELDS, Layer, Network

CONVOLUTION = (8, 8, 16, 3, 3, 32, 1, 1)


@st.composite
def layers(draw):
    """Any layer that a network takes."""
    rows, columns = draw(st.integers(1, 64)), draw(st.integers(1, 64))
    kernel = draw(st.integers(1, rows)), draw(st.integers(1, columns))
    channels, outputs = draw(st.integers(1, 2048)), draw(st.integers(1, 2048))
    layer = Layer(rows, columns, channels, *kernel, outputs, draw(st.booleans()), draw(st.integers(1, 4)))
    assume(layer.vectors >= 1)
    return layer


def refusal(call, *arguments):
    with pytest.raises(NeurosimError) as caught:
        call(*arguments)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@given(st.lists(layers(), min_size=1, max_size=6))
def test_a_network_file_reads_back(tmp_path_factory, network):
    network = Network(network)
    path = tmp_path_factory.getbasetemp() / "network.csv"
    path.write_text(network.to_csv())
    assert Network.from_file(path) == network
    assert Network([line.split(",") for line in network.to_csv().splitlines()]) == network


def test_every_recorded_network_loads(tmp_path):
    for name in [*cases(), "vgg8_defaults"]:
        recorded = case(name)
        path = tmp_path / "network.csv"
        path.write_text(recorded.network)
        network = Network.from_file(path)
        assert len(network) == (len(recorded.args) - 4) // 4
        assert network == Network(recorded.rows)


def test_a_file_may_have_blanks_blank_lines_and_points(tmp_path):
    path = tmp_path / "network.csv"
    path.write_text(" 8, 8,16 ,3,3,32,1,1\r\n\n1.0,1.0,5.12e2,1,1,10,0,1,\n\n")
    assert Network.from_file(path) == Network([CONVOLUTION, (1, 1, 512, 1, 1, 10, 0, 1)])


def test_a_network_is_a_sequence_of_layers():
    network = Network([CONVOLUTION, Layer(1, 1, 512, 1, 1, 10)])
    assert [layer.outputs for layer in network] == [32, 10]
    assert network[0] == Layer(8, 8, 16, 3, 3, 32, True)
    assert network[1].pool is False and network[1].stride == 1
    with pytest.raises(AttributeError):
        network[0].outputs = 64


@given(layers())
def test_numbers_of_a_layer(layer):
    assert layer.matrix_rows == layer.channels * layer.kernel_rows * layer.kernel_columns
    assert layer.weights == layer.matrix_rows * layer.outputs
    assert layer.operations == 2 * layer.rows * layer.columns * layer.weights
    if layer.stride == 1:
        assert layer.vectors == layer.positions
    else:
        assert layer.vectors <= layer.positions


def test_uneven_strides_count_halves():
    """Quirk Q5: 7 - 3 over a stride of 2 is 2.5 x 2.5 = 6 vectors."""
    layer = Layer(7, 7, 4, 3, 3, 8, stride=2)
    assert layer.vectors == 6
    assert layer.positions == 25


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("8,8,16,3,3,32,1", "7 numbers instead of 8 (rows, columns, channels, "),
        ("8,8,16,3,3,32,1,1,1", "9 numbers instead of 8"),
        ("8,8,sixteen,3,3,32,1,1", "channels = 'sixteen' is no number"),
        ("8,8,,3,3,32,1,1", "channels = '' is no number"),
        ("8,8,16.5,3,3,32,1,1", "channels = '16.5' is no whole number"),
        ("8,8,nan,3,3,32,1,1", "channels = 'nan' is no whole number"),
        ("8,8,inf,3,3,32,1,1", "channels = 'inf' is no whole number"),
        ("8,8,3000000000,3,3,32,1,1", "channels = '3000000000' is no whole number below 2^31"),
        ("8,8,0,3,3,32,1,1", "channels = '0' is out of range; it takes at least 1"),
        ("8,8,16,3,3,32,2,1", "pool = '2' is out of range; it takes 0 or 1"),
        ("8,8,16,3,3,32,1,0", "stride = '0' is out of range"),
        ("8,8,16,9,3,32,1,1", "a 9 x 3 kernel does not fit a 8 x 8 feature map"),
        ("2,2,16,2,2,32,1,2", "a stride of 2 leaves no input vector"),
    ],
)
def test_a_bad_row_gets_its_line(tmp_path, line, words):
    path = tmp_path / "network.csv"
    path.write_text("8,8,16,3,3,32,1,1\n\n" + line + "\n")
    sentence = refusal(Network.from_file, path)
    assert sentence.startswith(f"{path}:3: ")
    assert words in sentence


def test_rows_in_memory_are_checked_as_well():
    assert refusal(Network, [CONVOLUTION, CONVOLUTION[:5]]).startswith("layer:2: 5 numbers instead of 8")
    assert "channels = None is no number" in refusal(Network, [(8, 8, None, 3, 3, 32, 1, 1)])
    assert "at least one layer" in refusal(Network, [])
    assert len(FIELDS) == 8


def test_files_that_are_no_network(tmp_path):
    assert "No such file" in refusal(Network.from_file, tmp_path / "absent.csv")
    assert "Is a directory" in refusal(Network.from_file, tmp_path)
    path = tmp_path / "empty.csv"
    path.write_text("\n  \n")
    assert "is empty; it needs a line of eight numbers for each layer" in refusal(Network.from_file, path)
