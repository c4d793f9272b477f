"""The built-in example: the same traces on every machine, and the ones the recorded results belong to."""

import csv
import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
from golden import FOLDERS, ROOT, case

import neurosim
from neurosim.errors import NeurosimError
from neurosim.traces.examples import INPUT_BITS, _vgg8_layers, _write_bits, _write_weights, example, vgg8, write_traces


@pytest.fixture(scope="module")
def recorded():
    """The command line of the recorded run, and {file: SHA-256} of its traces."""
    with tarfile.open(FOLDERS["2.0"] / "vgg8_defaults.tar.xz") as archive:
        table = archive.extractfile("trace_sums.csv").read().decode()
    return case("vgg8_defaults").args, {row["file"]: row["sha256"] for row in csv.DictReader(io.StringIO(table))}


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_network_is_the_recorded_one():
    assert vgg8()[0].to_csv() == case("vgg8_defaults").network


@pytest.mark.parametrize("number", [0, 4, 7])
def test_files_of_a_layer_are_the_recorded_ones(number, recorded, tmp_path):
    layer = _vgg8_layers(vgg8()[0], 0)[number]
    names = f"weight{number}.csv", f"weightOld{number}.csv", f"input{number}.csv"
    for name, level in zip(names, layer.levels(), strict=False):
        _write_weights(tmp_path / name, level)
    _write_bits(tmp_path / names[2], layer.inputs())
    assert {name: sha256(tmp_path / name) for name in names} == {name: recorded[1][name] for name in names}


def test_activities_are_the_recorded_words(recorded):
    args, _ = recorded
    network, trace = vgg8()
    assert [repr(trace.layer(n).activity) for n in (0, 7)] == [args[7], args[35]]
    assert repr(_vgg8_layers(network, 0)[2].activity) == args[15]


@pytest.mark.slow
def test_all_files_are_the_recorded_ones(recorded, tmp_path):
    args, sums = recorded
    assert tuple(write_traces(tmp_path)) == args
    assert (tmp_path / "args.txt").read_text() == " ".join(args) + "\n"
    assert (tmp_path / "network.csv").read_text() == case("vgg8_defaults").network
    assert {name: sha256(tmp_path / name) for name in sums} == sums


def test_layers_look_like_a_trained_network():
    layer = vgg8()[1].layer(7)
    assert layer.weight.shape == layer.weight_old.shape == (1024, 10)
    assert layer.inputs.shape == (1024, INPUT_BITS)
    assert np.array_equal(layer.weight * 16, np.rint(layer.weight * 16)) and abs(layer.weight).max() < 1
    assert abs(layer.weight.mean()) < 0.02
    changed = np.mean(layer.weight != layer.weight_old)
    assert 0.2 < changed < 0.4
    assert set(np.unique(layer.inputs)) == {0, 3}  # a one counts as active and conducts
    assert layer.activity == np.mean(layer.inputs == 3)
    assert not layer.inputs[:, 0].any()  # no activation is negative


def test_the_seed_decides():
    one, same, other = (vgg8(seed)[1].layer(7) for seed in (0, 0, 1))
    assert np.array_equal(one.weight, same.weight) and np.array_equal(one.inputs, same.inputs)
    assert not np.array_equal(one.weight, other.weight) and not np.array_equal(one.inputs, other.inputs)


def test_an_unknown_example_is_refused():
    with pytest.raises(NeurosimError, match=r"no example 'vgg9' \(did you mean 'vgg8'\?\)"):
        example("vgg9")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NeurosimError, match="cannot be written"):
        write_traces(tmp_path / "file" / "traces")


@pytest.mark.parametrize(
    ("words", "part"), [([], "usage"), (["--help"], "usage"), (["out", "x"], "the seed 'x' is no whole number")]
)
def test_mistakes_of_the_script(words, part, tmp_path):
    script = ROOT / "scripts" / "make_vgg8_trace.py"
    path = str(Path(neurosim.__file__).resolve().parent.parent)
    code = (
        f"import runpy, sys; sys.path.append({path!r}); del sys.argv[0]; runpy.run_path(sys.argv[0], None, '__main__')"
    )
    command = [sys.executable, "-P", "-c", code, str(script), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert part in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
