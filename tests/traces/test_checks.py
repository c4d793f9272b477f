"""What in traces is hardly meant is told with the layer, in the library, by commands and from a cache."""

import json
import re

import numpy as np
import pytest
from golden import case, cases
from small import arrays, design, network

import neurosim
from neurosim.commands import line as cli
from neurosim.errors import NeurosimError
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import evaluate
from neurosim.traces.checks import BLOCK, Seen, doubts, padding_there, planes_there, seen
from neurosim.traces.network import Layer, Network
from neurosim.traces.traces import LayerTrace, Trace


def layers(**changes):
    """Layers of the small network, of which {"weight2": function} changes the second's weights, say."""
    made = [[*layer, None] for layer in arrays(network())]
    roles = {"weight": 0, "old": 1, "inputs": 2, "activity": 3}
    for name, change in changes.items():
        layer, role = made[int(name[-1]) - 1], roles[name[:-1]]
        layer[role] = change(layer[role])
    return made


def told(made, chosen=None, **options):
    chosen = chosen or design()
    return evaluate(chosen, network(), Trace.from_arrays(made, network(), 8), **options).warnings


ODD = {
    "images of bytes": ({"inputs2": lambda bits: bits * 255}, "inputs",
                        "the inputs of layer 2 are other numbers than 0 and 1 .* write each input as 8 bit planes"),
    "shares of a byte": ({"inputs1": lambda bits: bits / 255}, "inputs", "the inputs of layer 1 are other numbers"),
    "weights of bytes": ({"weight3": lambda weight: weight * 127}, "weights",
                         r"weights of layer 3 lie far beyond the range of -1 to 1 \(.*119\.\d+ in layer 3\).*; scale"),
    "old weights of bytes": ({"old1": lambda weight: weight * 127}, "weights", "the weights of layer 1 lie far beyond"),
    "levels": ({"weight1": lambda weight: weight * 16 + 16, "weight3": lambda weight: weight * 16 + 16}, "weights",
               "the weights of layers 1 and 3 lie far beyond"),
    "all layers": ({f"inputs{n}": lambda bits: bits * 2 for n in (1, 2, 3)}, "inputs",
                   "the inputs of layers 1, 2 and 3 are other numbers"),
    "per cent": ({"activity2": lambda _: 25}, "activity",
                 r"activity of layer 2 is above 1 \(25\): .* share of ones .*, so 25 % is written 0.25"),
    "more planes": ({"inputs3": lambda bits: np.hstack([bits, bits[:, :2]])}, "planes",
                    "the inputs of layer 3 have 10 bit planes for each vector, but input_bits = 8, .* input_bits = 10"),
    "twice the planes": ({"inputs1": lambda bits: np.hstack([bits, bits])}, "planes", "layer 1 have 16 bit planes"),
}


@pytest.mark.parametrize("what", ODD)
def test_what_is_hardly_meant_is_told_with_its_layer(what):
    changes, kind, pattern = ODD[what]
    found = told(layers(**changes))
    assert list(found) == [kind]
    assert re.search(pattern, found[kind]), found[kind]
    assert "\n" not in found[kind]


def test_what_is_meant_is_not():
    assert told(layers()) == {}
    slight = layers(weight1=lambda weight: weight * 1.2, activity1=lambda _: 1.0, inputs3=lambda bits: bits > 0)
    assert told(slight) == {}
    wide = design(synapse_bits=8, cell_bits=2, weight_min=-8, weight_max=8)
    assert told(layers(weight1=lambda weight: weight * 8), wide) == {}
    assert "set weight_min and weight_max" in told(layers(weight1=lambda weight: weight * 20), wide)["weights"]


def test_windows_of_a_padded_map_are_no_other_planes():
    """The maps of 8 x 8 and 5 x 5, padded by one, have 64 and 25 windows of 3 x 3 instead of 36 and 9."""
    def padded(bits):
        return np.hstack([bits, bits[:, : 28 * 8]])

    found = told(layers(inputs1=padded, inputs2=lambda bits: np.hstack([bits, bits, bits])[:, : 25 * 8]))
    assert found == {
        "vectors": "the inputs of layers 1 and 2 hold more vectors than the network has (64 of 8 bits instead of 36 in "
        "layer 1), and the first ones are read, as in the reference; unless the others are empty, as trainers may "
        "leave them, count the padding in the network: 10,10 for layer 1 (padding 1), 7,7 for layer 2 (padding 1)"
    }
    layer = network()[0]
    assert planes_there(64 * 8, layer, 8) == 0 and planes_there(36 * 8, layer, 8) == 8
    assert planes_there(36 * 10, layer, 8) == 10 and planes_there(37 * 8, layer, 8) == 0
    assert planes_there(0, layer, 8) == 0 and planes_there(36 * 100, layer, 8) == 0
    whole = Layer(4, 4, 3, 3, 3, 8)  # padded by one it has four times the windows
    assert planes_there(16 * 8, whole, 8) == 0 and planes_there(4 * 16, whole, 8) == 16
    assert padding_there(16 * 8, whole, 8) == 1 and padding_there(4 * 16, whole, 8) == 0
    assert padding_there(9 * 8, Layer(1, 1, 16, 1, 1, 8), 8) == 0


@pytest.mark.parametrize(
    ("columns", "kind", "words"),
    [
        (8, None, ""),    # as many as needed
        (0, None, ""),    # nobody knows
        (32, "vectors", "(16 of 2 bits instead of 4 in layer 1), .*: 6,6 for layer 1 (padding 1)"),
        (9, "vectors", "(4 of 2 bits and 1 columns more instead of 4 in layer 1), .*; rows and columns of a layer"),
        (18, "vectors", "(9 of 2 bits instead of 4 in layer 1), .*; rows and columns of a layer"),
        (4 * 65, "vectors", "(130 of 2 bits instead of 4 in layer 1), .*; rows and columns of a layer"),
        (12, "planes", "3 bit planes for each vector"),
    ],
)
def test_columns_beyond_the_network_are_told_once(columns, kind, words):
    """Quirk Q4; a layer of 4 x 4 has 4 windows of 3 x 3, with a padding of 1 it has 16."""
    found = doubts([Seen(0.5, columns=columns)], Network([Layer(4, 4, 16, 3, 3, 32)]), neurosim.Design(input_bits=2))
    assert list(found) == ([kind] if kind else [])
    pattern = re.escape(words).replace(re.escape(".*"), ".*")
    assert all(re.search(pattern, sentence) for sentence in found.values()), found


def test_windows_and_planes_of_several_layers_are_told_apart():
    layer = Layer(4, 4, 16, 3, 3, 32)
    noted = [Seen(0.5, columns=columns) for columns in (12, 8, 18, 32)]
    found = doubts(noted, Network([layer] * 4), neurosim.Design(input_bits=2))
    assert found["planes"].startswith("the inputs of layer 1 have 3 bit planes")
    assert found["vectors"].startswith("the inputs of layers 3 and 4 hold more vectors than the network has (9 of")
    assert found["vectors"].endswith("in the network: 6,6 for layer 4 (padding 1)")


@pytest.mark.parametrize(
    ("text", "fields"), [("", 0), ("\n", 1), ("1,0\n1", 2), ("1,0,\r\n", 2), ("1,0", 2), (",,1 \n", 3)]
)
def test_columns_of_an_input_file_are_the_fields_of_its_first_line(tmp_path, text, fields):
    for name in "woi":
        (tmp_path / name).write_bytes(text.encode())
    trace = Trace.from_files([(tmp_path / "w", tmp_path / "o", tmp_path / "i", 0.5)], [[1, 1, 1, 1, 1, 1, 0, 1]], 1)
    made_up = LayerTrace(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1), np.uint8), 0.5)
    assert trace.seen(0, made_up).columns == fields


def test_a_cache_tells_what_was_seen(tmp_path):
    made = layers(inputs2=lambda bits: bits * 255)
    first, second = (told(made, cache=Cache(tmp_path)) for _ in range(2))
    assert first == second and list(first) == ["inputs"]


def test_a_run_and_a_sweep_tell_it(tmp_path, monkeypatch, capsys):
    recorded = case("rram_parallel")
    folder = recorded.write(tmp_path / "traces")
    monkeypatch.chdir(tmp_path)
    words = [str(folder / word) if word.endswith(".csv") else "25" for word in recorded.args[4:]]
    given = ["--network", str(folder / "network.csv"), "--design", str(folder / "params.csv")]
    assert cli.main(["run", *given, "--out", "out", "--no-plots", "--quiet", *words]) == 0
    printed = capsys.readouterr().err
    assert printed.startswith("neurosim: warning: the activity of layers 1, 2") and printed.count("\n") == 1
    assert "activity" in json.loads((tmp_path / "out" / "run.json").read_text())["warnings"]
    assert cli.main(["sweep", *given, "--vary", "node=32", "--quiet", *words]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(",activity")


@pytest.mark.parametrize("name", [name for name in cases() if "odd" not in name][::12])
def test_recorded_traces_are_meant(name, tmp_path):
    recorded = case(name)
    folder = recorded.write(tmp_path)
    words = recorded.args[4:]
    files = [(*(folder / word for word in words[n : n + 3]), words[n + 3]) for n in range(0, len(words), 4)]
    net = Network(recorded.rows)
    bits = int(recorded.args[3])
    trace = Trace.from_files(files, net, bits)
    noted = [trace.seen(index, trace.layer(index)) for index in range(len(net))]
    assert not doubts(noted, net, neurosim.Design(input_bits=bits, synapse_bits=int(recorded.args[2])))


def test_fewer_planes_are_named_where_the_inputs_are_too_short(tmp_path):
    weight, old, inputs = arrays(network(), input_bits=6)[0]
    few = [(weight, old, inputs), *arrays(network())[1:]]
    with pytest.raises(NeurosimError, match=r"inputs of 6 bits have 216 columns here; use input_bits = 6 if they are"):
        evaluate(design(), network(), Trace.from_arrays(few, network(), 8))
    for name, matrix in {"w": weight, "o": old, "i": inputs}.items():
        np.savetxt(tmp_path / name, matrix, fmt="%g", delimiter=",")
    trace = Trace.from_files([(tmp_path / "w", tmp_path / "o", tmp_path / "i", 0.3)] * 3, network(), 8)
    with pytest.raises(NeurosimError, match="after 216 of 288 numbers; .*; inputs of 6 bits have 216 columns"):
        trace.layer(0)


def test_large_inputs_are_looked_at_in_blocks():
    codes = np.zeros((5, BLOCK // 2 + 1), np.uint8)
    codes[4, -1] = 2
    found = seen(LayerTrace(np.zeros((5, 1)), np.array([[-3]] * 5, np.int32), codes, 0.1), 7)
    assert found == pytest.approx(Seen(0.1, -3e-5, 0.0, 1 / codes.size, 7))


NOT = {
    "a network as a path": lambda: neurosim.plan(design(), "NetWork.csv"),
    "a design as a path": lambda: neurosim.plan("design.toml", network()),
    "swapped": lambda: neurosim.plan(network(), design()),
    "a design that is none": lambda: evaluate(None, network(), Trace.from_arrays(layers(), network(), 8)),
    "a trace as arrays": lambda: evaluate(design(), network(), layers()),
    "a trace as a path": lambda: evaluate(design(), network(), "layer_record"),
    "a cache as a path": lambda: evaluate(design(), network(), Trace.from_arrays(layers(), network(), 8), None, "c"),
    "one design": lambda: neurosim.evaluate_many(design(), network(), Trace.from_arrays(layers(), network(), 8)),
    "files as a text": lambda: Trace.from_files("weight.csv", network(), 8),
    "files of one layer": lambda: Trace.from_files(["w.csv", "o.csv", "i.csv", 0.1], network(), 8),
    "files that are numbers": lambda: Trace.from_files([(1, 2, 3, 0.1)] * 3, network(), 8),
    "an activity that is a word": lambda: Trace.from_files([("w", "o", "i", "much")] * 3, network(), 8),
    "bits as text": lambda: Trace.from_arrays(layers(), network(), "8"),
    "bits of zero": lambda: Trace.from_arrays(layers(), network(), 0),
    "bits that are true": lambda: Trace.from_arrays(layers(), network(), True),
    "arrays as texts": lambda: Trace.from_arrays([("w", "o", "i")] * 3, network(), 8),
    "arrays of objects": lambda: Trace.from_arrays(layers(weight1=lambda _: [[None]]), network(), 8),
    "ragged arrays": lambda: Trace.from_arrays(layers(weight1=lambda _: [[1, 2], [3]]), network(), 8),
    "two arrays": lambda: Trace.from_arrays([layer[:2] for layer in layers()], network(), 8),
    "no layers": lambda: Trace.from_arrays(None, network(), 8),
    "an activity below 0": lambda: Trace.from_arrays(layers(activity1=lambda _: -0.1), network(), 8),
    "a design for synthetic traces": lambda: Trace.synthetic(network(), {}),
    "a layer that cannot be": lambda: Network([Layer(2, 2, 3, 5, 5, 8)]),
    "a layer of texts": lambda: Network([Layer("a", 2, 3, 1, 1, 8)]),
    "a network of numbers": lambda: Network([1, 2, 3]),
}


@pytest.mark.parametrize("what", NOT)
def test_an_argument_of_another_kind_gets_one_sentence(what):
    with pytest.raises(NeurosimError) as caught:
        NOT[what]()
    assert "\n" not in str(caught.value) and len(str(caught.value).split()) > 5
    assert any(word in str(caught.value) for word in ("give", "use", "write"))


def test_rows_are_as_good_as_a_network():
    rows = [list(map(int, line.split(","))) for line in network().to_csv().splitlines()]
    one, two = (Trace.from_arrays(layers(), net, 8) for net in (rows, network()))
    assert evaluate(design(), rows, one).totals == evaluate(design(), network(), two).totals
