"""Recorded command lines and folders: of every version, in scripts as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.commands import line as cli
from neurosim.errors import NeurosimError
from neurosim.traces.network import Network
from neurosim.traces.recordings import files_from_words, find_traces, read_command
from neurosim.traces.shell import commands_of
from neurosim.wrappers.main import main as drop_in

NETWORK = Network([[4, 4, 16, 3, 3, 32, 0, 1], [1, 1, 128, 1, 1, 16, 0, 1]])
BITS = 2
TRAINING = "0 ./NeuroSIM/NetWork.csv 5 2 " + " ".join(
    f"./layer_record/weight{n}.csv ./layer_record/weightOld{n}.csv ./layer_record/input{n}.csv 0.3" for n in (1, 2)
)
INFERENCE = "./NeuroSIM/NetWork.csv 5 2 " + " ".join(
    f"./layer_record/weight{n}.csv ./layer_record/input{n}.csv" for n in (1, 2)
)


def write(folder, script=None, *, old=True, wider=0):
    """A folder of traces of `NETWORK`; `wider` vectors more than it needs."""
    random = np.random.default_rng(0)
    folder.mkdir(exist_ok=True)
    (folder / "NetWork.csv").write_text(NETWORK.to_csv())
    for number, layer in enumerate(NETWORK, 1):
        for role in ("weight", "weightOld") if old else ("weight",):
            weights = random.integers(-15, 16, (layer.matrix_rows, layer.outputs)) / 16
            np.savetxt(folder / f"{role}{number}.csv", weights, "%10.5f", ",")
        inputs = random.integers(0, 2, (layer.matrix_rows, (layer.vectors + wider) * BITS))
        np.savetxt(folder / f"input{number}.csv", inputs, "%d", ",")
    if script is not None:
        (folder / "trace_command.sh").write_text(script)
    return folder


# -- scripts ---------------------------------------------------------------------------------------------

SCRIPTS = {
    "plain": "./NeuroSIM/main {}",
    "shebang": "#!/bin/bash\n./NeuroSIM/main {}\n",
    "comments": "# a record, don't touch\n  # ./NeuroSIM/main 9 x.csv 1 1 a b c 0\n./NeuroSIM/main {} # done\n",
    "redirection": "./NeuroSIM/main {} > log.txt 2>&1\n",
    "appended": "./NeuroSIM/main {} >>log.txt 2> /dev/null &\nwait\n",
    "tee": "set -e -o pipefail\n./NeuroSIM/main {} 2>&1 | tee 'log of it.txt'; echo $?\n",
    "cd": "cd NeuroSIM && ../main {} && cd ..\n",
    "prefixes": "time OMP_NUM_THREADS=4 nice -n 5 timeout 3600 ./NeuroSIM/main {}\n",
    "carriage returns": "#!/bin/sh\r\n./NeuroSIM/main {}\r\n",
    "byte-order mark": "\ufeff./NeuroSIM/main {}",
    "twice the same": "./NeuroSIM/main {}\n./NeuroSIM/main {} > again.txt\n",
    "echoed": "echo running\nexport A=1\n(./NeuroSIM/main {})\n",
}


@pytest.mark.parametrize("continued", [False, True])
@pytest.mark.parametrize("words", [TRAINING, INFERENCE], ids=["training", "inference"])
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_the_call_is_found_in_a_script(tmp_path, script, words, continued):
    joined = words.replace(" ./layer", " \\\n    ./layer") if continued else words
    found = find_traces(write(tmp_path / "record", script.format(joined, joined)))
    trains = words is TRAINING
    old = "weightOld" if trains else "weight"
    record = tmp_path / "record"
    assert found.files == [
        (record / f"weight{n}.csv", record / f"{old}{n}.csv", record / f"input{n}.csv", 0.3 if trains else None)
        for n in (1, 2)
    ]
    assert found.network == record / "NetWork.csv"
    assert (found.command.epoch, found.command.synapse_bits, found.command.input_bits) == ("0", 5, 2)
    assert found.training == trains
    assert found.parameters == {"synapse_bits": 5, "input_bits": 2} | ({} if trains else {"training": False})
    assert (found.told is None) == trains


def test_variables_of_the_script_are_put_in(tmp_path):
    script = 'DIR="./layer_record"\nW=weight\nexport B=2\nmain 7 NetWork.csv 5 $B '
    script += " ".join(f'$DIR/${{W}}{n}.csv "$DIR"/weightOld{n}.csv $PWD/input{n}.csv 0' for n in (1, 2))
    found = find_traces(write(tmp_path / "record", script))
    assert [path.name for path in found.files[1][:3]] == ["weight2.csv", "weightOld2.csv", "input2.csv"]
    assert (found.command.epoch, found.command.input_bits) == ("7", 2)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("./main " + TRAINING.replace("weightOld1", "$OLD"), "has '$OLD.csv', and nothing tells what a shell makes"),
        ("./main " + TRAINING.replace("0 ./N", "$e ./N"), "has '$e', and nothing tells"),
        ("./main " + TRAINING.replace(" 5 2 ", " $S $I "), "SYNAPSE_BITS is '$S', which is no whole number"),
        ("./main " + TRAINING.rsplit(" ", 1)[0], "ends within a layer; expected EPOCH"),
        ("./main " + INFERENCE.rsplit(" ", 1)[0], "ends within a layer; expected NETWORK.csv"),
        (f"./main {TRAINING}\n./main 1{TRAINING[1:]}", "2 different calls of the program; leave the one"),
        ("./main 0 'NetWork.csv 5 8", "the quotation that ' begins here does not end"),
        ("#!/bin/bash\necho nothing here\n", "no call of the program with its traces found"),
        ("", "no call of the program"),
    ],
)
def test_what_disturbs_in_a_script_is_named(tmp_path, script, words):
    with pytest.raises(NeurosimError) as caught:
        find_traces(write(tmp_path / "record", script))
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_that_the_script_changes_to_is_where_the_network_lies(tmp_path):
    record = write(tmp_path / "layer_record", "cd NeuroSIM; ./main " + TRAINING.replace("./NeuroSIM/Net", "Net"))
    (tmp_path / "NeuroSIM").mkdir()
    (record / "NetWork.csv").rename(tmp_path / "NeuroSIM" / "NetWork.csv")
    assert find_traces(record).network.samefile(tmp_path / "NeuroSIM" / "NetWork.csv")


@given(st.text("ab'\"\\ \n\t#;|&<>()$2{}=-."))
def test_any_script_is_commands_or_one_sentence(text):
    try:
        commands = list(commands_of(text, "x.sh"))
    except NeurosimError as error:
        assert "\n" not in str(error)
    else:
        assert all(words and (folder is None or isinstance(folder, str)) for folder, words in commands)


# -- command lines of inference versions ------------------------------------------------------------------


def test_forms_of_a_command_line():
    training = read_command(["3", "net.csv", "5", "8", "w", "o", "i", "0.5"])
    assert training.training and training.parameters == {"synapse_bits": 5, "input_bits": 8}
    early = read_command(["net.csv", "5", "8", "w", "i"])
    assert (early.training, early.epoch, early.network, early.traces) == (False, "0", "net.csv", ("w", "i"))
    assert early.parameters == {"synapse_bits": 5, "input_bits": 8, "training": False}
    late = read_command(["net.csv", "5", "8", "64", "64", "w", "i"])
    assert late.traces == ("w", "i") and late.parameters == early.parameters | {"array_rows": 64}
    assert "inference version" in late.told and "at once" not in late.told
    assert "32 of 64 rows read at once" in read_command(["net.csv", "5", "8", "64", "32", "w", "i"]).told


def test_two_files_a_layer_need_that_nothing_trains():
    words = ["w1", "i1", "w2", "i2"]
    assert files_from_words(words, NETWORK, "x", training=False) == [("w1", "w1", "i1", None), ("w2", "w2", "i2", None)]
    with pytest.raises(NeurosimError, match="alone need training = false"):
        files_from_words(words, NETWORK, "x")
    with pytest.raises(NeurosimError, match=r"need 4: weight\.csv input\.csv for each layer, or 8"):
        files_from_words(words[:3], NETWORK, "x", training=False)


SMALL = ["--set", "array_rows=16", "--set", "array_columns=16", "--no-plots", "--quiet", "--correct", "all"]


def run(folder, out, *words):
    return cli.main(["run", *map(str, words), *SMALL, "--out", str(folder / out)])


@pytest.mark.parametrize("script", [None, f"./NeuroSIM/main {INFERENCE}"])
def test_a_folder_without_old_weights_is_evaluated_without_training(tmp_path, capsys, script):
    """With the numbers of the full folder, where a training is switched off."""
    bits = ["--set", "synapse_bits=5", "--set", "input_bits=2"]
    full, bare = write(tmp_path / "full"), write(tmp_path / "bare", script, old=False)
    for number in (1, 2):   # random numbers are drawn in another order
        for role in ("weight", "input"):
            (bare / f"{role}{number}.csv").write_bytes((full / f"{role}{number}.csv").read_bytes())
    assert run(tmp_path, "a", "--trace-folder", full, "--set", "training=false", *bits) == 0
    capsys.readouterr()
    assert run(tmp_path, "b", "--trace-folder", bare, *bits) == 0
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and "training = false" in captured.err
    assert (tmp_path / "a" / "results.json").read_bytes() == (tmp_path / "b" / "results.json").read_bytes()
    assert run(tmp_path, "c", "--trace-folder", bare, "--set", "training=true", *bits) == 2
    assert "no old weights" in capsys.readouterr().err and not (tmp_path / "c").exists()


def test_old_weights_that_are_missing_are_not_needed_without_training(tmp_path, capsys):
    """Whatever form the recorded command line has."""
    folder = write(tmp_path / "record", f"./main {TRAINING}", old=False)
    assert run(tmp_path, "a", "--trace-folder", folder, "--set", "training=false") == 0
    assert run(tmp_path, "b", "--trace-folder", folder) == 1
    assert "weightOld1.csv: the old weight file does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("script", [None, f"./main {INFERENCE}", f"./main {TRAINING}"])
def test_a_sweep_cannot_train_without_old_weights(tmp_path, capsys, script):
    folder = write(tmp_path / "record", script, old=False)
    words = ["sweep", "--trace-folder", str(folder), *SMALL[:4], "--set", "input_bits=2", "--quiet", "--correct", "all"]
    words += ["--set", "training=false", "--set", "wg_array_rows=4"]
    assert cli.main([*words, "--vary", "node=32,22"]) == 0
    assert cli.main([*words, "--vary", "training=false,true"]) == 2
    assert "no old weights were recorded" in capsys.readouterr().err


def test_an_audit_takes_traces_without_old_weights(tmp_path, capsys):
    folder = write(tmp_path / "record", old=False)
    words = ["--trace-folder", str(folder), *SMALL[:4], "--set", "input_bits=2", "--correct", "all", "--json"]
    assert cli.main(["audit", *words, "--out", str(tmp_path / "a")]) == 0
    assert "training = false" in capsys.readouterr().err
    assert "training = false" in (tmp_path / "a" / "design.toml").read_text()


def test_two_words_a_layer_are_evaluated_without_training(tmp_path, capsys):
    folder = write(tmp_path / "record", old=False)
    words = [folder / f"{role}{n}.csv" for n in (1, 2) for role in ("weight", "input")]
    assert run(tmp_path, "a", "--network", folder / "NetWork.csv", "--set", "input_bits=2", *words) == 0
    assert "training = false" in capsys.readouterr().err
    assert "training = false" in (tmp_path / "a" / "design.toml").read_text()


@pytest.mark.parametrize("rows", [[], ["16", "16"]])
def test_the_drop_in_takes_the_words_of_inference_versions(tmp_path, capsys, monkeypatch, rows):
    folder = write(tmp_path / "record", old=False)
    monkeypatch.chdir(folder)
    (folder / "d.csv").write_text("numRowSubArray,16\nnumColSubArray,16\n")
    words = ["NetWork.csv", "5", "2", *rows, "weight1.csv", "input1.csv", "weight2.csv", "input2.csv"]
    assert drop_in([*words, "--design", "d.csv", "--correct", "all"]) == 0
    inference = capsys.readouterr()
    assert "inference version: training = false" in inference.err and inference.err.count("\n") == 1
    full = [word for n in "12" for word in (f"weight{n}.csv", f"weight{n}.csv", f"input{n}.csv", "0")]
    (folder / "d.csv").write_text((folder / "d.csv").read_text() + "trainingEstimation,0\n")
    assert drop_in(["0", "NetWork.csv", "5", "2", *full, "--design", "d.csv", "--correct", "all"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "Run-time" not in line]
    assert lines == [line for line in inference.out.splitlines() if "Run-time" not in line]


# -- more vectors than the network has ---------------------------------------------------------------------


def test_traces_with_padded_windows_are_named(tmp_path, capsys, monkeypatch):
    """By commands and by the drop-in; a layer of 4 x 4 has 4 windows of 3 x 3, with a padding of 1 it has 16."""
    folder = write(tmp_path / "record", wider=12)
    np.savetxt(folder / "input2.csv", np.ones((NETWORK[1].matrix_rows, BITS)), "%d", ",")
    assert run(tmp_path, "a", "--trace-folder", folder, "--set", "input_bits=2", "--set", "training=false") == 0
    told = capsys.readouterr().err
    assert told.startswith("neurosim: warning: the inputs of layer 1 hold more vectors") and told.count("\n") == 1
    monkeypatch.chdir(folder)
    (folder / "d.csv").write_text("numRowSubArray,16\nnumColSubArray,16\n")
    words = [f"{role}{n}.csv" for n in "12" for role in ("weight", "input")]
    assert drop_in(["NetWork.csv", "5", "2", *words, "--design", "d.csv", "--correct", "all"]) == 0
    _, warning = capsys.readouterr().err.splitlines()
    assert warning == told.strip().replace("neurosim:", "neurosim-main:", 1)
