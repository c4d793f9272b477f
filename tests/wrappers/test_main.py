"""The drop-in: arguments, text and files of the C++ program; one sentence and no file for a mistake."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golden import case, differences

import neurosim
from neurosim.commands import line as cli
from neurosim.wrappers.main import main

CASE = "rram_parallel"
RUNTIME = re.compile(r"Total Run-time of NeuroSim: \d+ seconds\n")
OUTPUT = "NeuroSim_Output.csv"
BREAKDOWN = "NeuroSim_Results_Each_Epoch/NeuroSim_Breakdown_Epock_{}.csv"
# What scripts look for in the text (reference-core.md, "Files").
LINE = re.compile(r"^\s*([^:]+):\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(\S+)?\s*$")


@pytest.fixture(scope="module")
def recorded():
    return case(CASE)


@pytest.fixture(scope="module")
def traces(recorded, tmp_path_factory):
    """A folder with the network, traces and parameters of a recorded run."""
    return recorded.write(tmp_path_factory.mktemp("traces"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty working folder, and an environment that does not choose a design."""
    monkeypatch.delenv("NEUROSIM_DESIGN", raising=False)
    monkeypatch.delenv("NEUROSIM_RESULTS", raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def words(recorded, traces):
    """The recorded command line with paths that hold from any folder."""
    return [str(traces / word) if word.endswith(".csv") else word for word in recorded.args]


@pytest.fixture
def design(traces):
    return ["--design", str(traces / "params.csv")]


def refusal(capsys, place, words, status, *parts):
    """Assert one line on standard error that contains `parts`, the status, and that nothing was written."""
    before = contents(place)
    assert main(words) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("neurosim-main: error: ") and captured.err.count("\n") == 1
    for part in parts:
        assert str(part) in captured.err
    assert contents(place) == before


def contents(folder):
    return {path.relative_to(folder): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def changed(words, index, word):
    return [*words[:index], str(word), *words[index + 1 :]]


# -- what a good call does ---------------------------------------------------------------------------


def test_text_and_files_are_the_recorded_ones(capsys, place, words, design, recorded):
    assert main([*words, *design]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert RUNTIME.search(captured.out)
    assert RUNTIME.sub("", captured.out) == RUNTIME.sub("", recorded.stdout)
    files = {str(name): content.decode() for name, content in contents(place).items() if content}
    assert files == {OUTPUT: recorded.output, BREAKDOWN.format(recorded.epoch): recorded.breakdown}


def test_a_second_run_appends(capsys, place, words, design, recorded):
    assert main([*design, *words]) == 0
    assert main([*design, "7", *words[1:]]) == 0
    assert main([*design, *words]) == 0
    assert (place / OUTPUT).read_text() == recorded.output * 3
    assert (place / BREAKDOWN.format(recorded.epoch)).read_text() == recorded.breakdown * 2
    assert (place / BREAKDOWN.format(7)).read_text() == recorded.breakdown


def test_results_in_the_reference_names(capsys, place, words, traces, monkeypatch, recorded):
    monkeypatch.setenv("NEUROSIM_DESIGN", str(traces / "params.csv"))
    monkeypatch.setenv("NEUROSIM_RESULTS", str(place / "new" / "results.json"))
    assert main(words) == 0
    results = json.loads((place / "new" / "results.json").read_text())
    assert sorted(results) == ["area", "chip", "floorplan", "layers"]
    assert not differences(results, {section: recorded.full[section] for section in results})


def test_the_option_wins_over_the_environment(capsys, place, words, design, monkeypatch, recorded):
    monkeypatch.setenv("NEUROSIM_DESIGN", "no such file.toml")
    assert main([*words, *design]) == 0
    assert (place / OUTPUT).read_text() == recorded.output


def test_bits_of_the_command_line_win_over_the_design(capsys, place, words, design, traces):
    """A design whose bits differ gives the same numbers, because the command line says them."""
    (place / "other.csv").write_text((traces / "params.csv").read_text() + "synapseBit,9\nnumBitInput,3\n")
    assert main([*words, *design]) == 0
    assert main([*words, "--design=other.csv"]) == 0
    first, second = (place / OUTPUT).read_text().splitlines()
    assert first == second


def test_a_script_finds_its_keys(capsys, place, words, design):
    main([*words, *design])
    matches = (LINE.match(line) for line in capsys.readouterr().out.splitlines())
    found = {match[1].strip(): (match[2], match[3]) for match in matches if match}
    assert found["ChipArea"][1] == "um^2" and float(found["ChipArea"][0]) > 0
    assert found["Chip readLatency of Forward (per epoch) is"][1] == "ns"
    assert found["Chip readDynamicEnergy of Forward (per epoch) is"][1] == "pJ"
    assert found["Chip leakage Power is"][1] == "uW"
    assert {"Energy Efficiency TOPS/W", "Throughput TOPS", "Throughput FPS"} <= set(found)


def test_help_and_version(capsys, place):
    assert main(["--help"]) == 0
    assert "EPOCH NETWORK.csv SYNAPSE_BITS INPUT_BITS" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"neurosim-main {neurosim.__version__}\n"


# Printed by the C++ program for `CASE` with these lines in its Param.cpp, and with row by row transposed read-out:
# energy of the weight gradients of layers 1 and 2 [pJ], each with its peak.
GRADIENTS = {
    "": ("2.07781e+10", "9.77148e+09", "1.21271e+11", "3.47417e+10"),
    "activityRowReadWG,0.5": ("2.07781e+10", "9.77148e+09", "1.21271e+11", "3.47417e+10"),
    "activityRowWriteWG,0.5": ("2.07781e+10", "9.77148e+09", "1.21271e+11", "3.47417e+10"),
    "activityColWriteWG,0.25": ("2.07782e+10", "9.77156e+09", "1.21271e+11", "3.47419e+10"),
    "activityColWriteWG,0.5": ("2.07783e+10", "9.77164e+09", "1.21271e+11", "3.4742e+10"),
    "activityColWriteWG,1": ("2.07784e+10", "9.7718e+09", "1.21271e+11", "3.47423e+10"),
    "parallelBP,0": ("1.30118e+10", "2.00515e+09", "9.35989e+10", "7.06993e+09"),
    "parallelBP,0\nactivityColWriteWG,0.5": ("1.30119e+10", "2.00531e+09", "9.35991e+10", "7.0702e+09"),
}


@pytest.mark.parametrize(("lines", "energies"), GRADIENTS.items(), ids=repr)
def test_activities_of_the_weight_gradient_unit_that_users_set(capsys, place, words, traces, lines, energies):
    """Quirk U11: precharger and write driver take energy by one of three members that the reference never sets."""
    (place / "p.csv").write_text((traces / "params.csv").read_text() + lines + "\n")
    assert main([*words, "--design", "p.csv"]) == 0
    printed = re.findall(r"readDynamicEnergy of Weight Gradient is: (\S+)pJ", capsys.readouterr().out)
    assert tuple(printed[:4]) == energies


# -- the version ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def later():
    """A recorded run of the later version."""
    return case("sar_fefet_parallel", "2.1")


@pytest.fixture
def later_words(later, place):
    later.write(place.parent / "later")
    return [str(place.parent / "later" / word) if word.endswith(".csv") else word for word in later.args]


def as_param_cpp(text, path):
    """A recorded parameter file as a Param.cpp."""
    lines = [line.split(",") for line in text.splitlines()[1:] if not line.startswith("model,")]
    path.write_text("Param::Param() {\n" + "".join(f"    {name} = {value};\n" for name, value in lines) + "}\n")
    return path


@pytest.mark.parametrize("way", ["line", "toml", "option", "Param.cpp"])
def test_a_run_of_the_later_version(capsys, place, later, later_words, monkeypatch, way):
    """Told by a line of the design, by an option, or by the names in a Param.cpp: text and files as recorded."""
    design, options, told = place.parent / "later" / "params.csv", [], ""
    without = later.params.replace("model,2.1\n", "")
    assert without != later.params
    if way == "toml":
        design = place.parent / "later" / "design.toml"
        design.write_text(neurosim.Design.from_file(place.parent / "later" / "params.csv").to_toml())
    elif way == "option":
        design.write_text(without)
        options = ["--model", "2.1"]
    elif way == "Param.cpp":
        design = as_param_cpp(without + "trainingEstimation,1\n", place.parent / "later" / "Param.cpp")
        line = 1 + next(n for n, text in enumerate(design.read_text().splitlines()) if "SARADC" in text)
        told = f"neurosim-main: {design}:{line}: sets SARADC, so it is a file of V2.1: model = 2.1\n"
    monkeypatch.setenv("NEUROSIM_DESIGN", str(design))
    assert main([*later_words, *options]) == 0
    captured = capsys.readouterr()
    assert captured.err == told
    assert RUNTIME.sub("", captured.out) == RUNTIME.sub("", later.stdout)
    assert (place / OUTPUT).read_text() == later.output
    assert (place / BREAKDOWN.format(later.epoch)).read_text() == later.breakdown


def test_the_option_wins_over_what_a_file_tells(capsys, place, later, later_words):
    """And then nothing is said of what the file tells."""
    design = as_param_cpp(later.params + "trainingEstimation,1\n", place.parent / "Param.cpp")
    assert main([*later_words, "--design", str(design), "--model=2.0"]) == 0
    assert capsys.readouterr().err == ""
    assert (place / OUTPUT).read_text() != later.output


def test_a_version_that_there_is_not(capsys, place, later_words):
    refusal(capsys, place, [*later_words, "--model", "2.2"], 2, "--model: model = '2.2' is unknown", "takes 2.0, 2.1")
    refusal(capsys, place, [*later_words, "--model"], 2, "--model needs a version of the reference")


def test_a_drop_in_says_which_version_its_file_is(capsys, place, later, later_words):
    as_param_cpp(later.params + "trainingEstimation,1\n", place / "Param.cpp")
    assert cli.main(["drop-in", "main", "--design", "Param.cpp"]) == 0
    assert "so it is a file of V2.1: model = 2.1" in capsys.readouterr().err
    done = subprocess.run(["./main", *later_words], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert (place / OUTPUT).read_text() == later.output


# -- what a mistake gets -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_arguments(capsys, place, words, count):
    refusal(
        capsys, place, words[:count], 2, f"{count} arguments", "EPOCH NETWORK.csv SYNAPSE_BITS INPUT_BITS {weight.csv"
    )


@pytest.mark.parametrize("drop", [1, 4])
def test_too_few_traces(capsys, place, words, design, drop):
    layers = (len(words) - 4) // 4
    refusal(capsys, place, words[:-drop] + design, 2, words[1], f"{layers} layers", f"need {4 * layers}")


def test_too_many_traces(capsys, place, words, design):
    refusal(capsys, place, [*words, "more", *design], 2, words[1], "words name traces")


def test_missing_files(capsys, place, words, design):
    refusal(capsys, place, changed(words, 1, "gone.csv") + design, 1, "gone.csv: the network file cannot be read")
    for index, what in ((4, "weight"), (5, "old weight"), (6, "input")):
        refusal(capsys, place, changed(words, index, "gone.csv") + design, 1, f"gone.csv: the {what} file", "layer 1")
    refusal(capsys, place, changed(words, 8, place) + design, 1, f"{place}: the weight file is a folder", "layer 2")
    refusal(capsys, place, [*words, "--design", "gone.toml"], 1, "gone.toml: the design file cannot be read")


def test_a_missing_design_of_the_environment(capsys, place, words, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DESIGN", "gone.csv")
    refusal(capsys, place, words, 1, "gone.csv: the design file cannot be read")


def test_design_without_its_file(capsys, place, words):
    refusal(capsys, place, [*words, "--design"], 2, "--design needs a file")
    refusal(capsys, place, [*words, "--correct"], 2, "--correct needs ids")


@pytest.mark.parametrize(
    ("index", "word", "part"),
    [
        (0, "../1", "epoch '../1'"),
        (2, "five", "SYNAPSE_BITS is 'five'"),
        (2, "5.0", "SYNAPSE_BITS is '5.0'"),
        (2, "0", "synapse_bits = 0 is out of range"),
        (2, "31", "it takes 1 to 30"),
        (3, "", "INPUT_BITS is ''"),
        (3, "-8", "input_bits = -8 is out of range"),
        (7, "much", "the activity of layer 1 is 'much'"),
        (7, "0.5.5", "the activity of layer 1"),
        (11, "nan", "the activity of layer 2 is 'nan'"),
        (11, "-0.1", "the activity of layer 2 is '-0.1'"),
        (7, "inf", "the activity of layer 1 is 'inf'"),
    ],
)
def test_words_that_make_no_sense(capsys, place, words, design, index, word, part):
    refusal(capsys, place, changed(words, index, word) + design, 2, part)


def test_mistakes_in_a_trace_name_file_and_line(capsys, place, words, design, traces):
    text = (traces / "weight0.csv").read_text()
    lines = text.splitlines(keepends=True)
    columns = lines[0].count(",") + 1
    broken = {
        "field.csv": (
            lines[0].replace(lines[0].split(",")[1], "   0.1o000", 1) + "".join(lines[1:]),
            ":1: field 2",
            "number",
        ),
        "line.csv": (
            "".join([*lines[:2], "0.5,0.5\n", *lines[3:]]),
            ":3: the line ends after 2",
            f"of {columns} numbers",
        ),
        "file.csv": ("".join(lines[:-1]), f":{len(lines)}: the file ends here", f"{len(lines)} lines of {columns}"),
        "rows.csv": (text + lines[0], ":", "more lines than expected", f"{len(lines)} lines of {columns}"),
        "columns.csv": ("".join(line.rstrip() + ",0.5\n" for line in lines), f":1: {columns + 1} numbers", "layer 1"),
        "empty.csv": ("", "the file ends here", "layer 1"),
    }
    folder = traces / "broken"
    folder.mkdir()
    for name, (content, *parts) in broken.items():
        (folder / name).write_text(content)
        refusal(capsys, place, changed(words, 5, folder / name) + design, 2, folder / name, *parts)
    bits = (traces / "input1.csv").read_text().splitlines(keepends=True)
    (folder / "bits.csv").write_text("".join(bits).replace("0,", "zero,", 1))
    refusal(capsys, place, changed(words, 10, folder / "bits.csv") + design, 2, folder / "bits.csv", "'zero'")
    (folder / "short.csv").write_text("".join(bits[:-1]))
    refusal(capsys, place, changed(words, 10, folder / "short.csv") + design, 2, f"short.csv:{len(bits)}:", "layer 2")


def test_mistakes_in_the_network_name_file_and_line(capsys, place, words, design, recorded, traces):
    lines = recorded.network.splitlines(keepends=True)
    second = lines[1].rstrip().split(",")
    folder = traces / "networks"
    folder.mkdir()
    for name, fields, parts in (
        ("word.csv", [*second[:2], "many", *second[3:]], [":2: channels = 'many'"]),
        ("short.csv", second[:-1], [":2: 7 numbers instead of 8"]),
        ("zero.csv", ["0", *second[1:]], [":2: rows = '0' is out of range"]),
    ):
        (folder / name).write_text("".join([lines[0], ",".join(fields) + "\n", *lines[2:]]))
        refusal(capsys, place, changed(words, 1, folder / name) + design, 2, folder / name, *parts)
    (folder / "empty.csv").write_text("\n")
    refusal(capsys, place, changed(words, 1, folder / "empty.csv") + design, 2, "the network file is empty")


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("a.csv", "name,value\nnumRowSubArrays,64\n", ["a.csv:2", "numRowSubArrays", "did you mean 'numRowSubArray'?"]),
        ("b.csv", "technode,28\n", ["b.csv:1", "28", "32"]),
        ("c.toml", "[technology]\nnode = 28\n", ["c.toml:2", "it takes 130, 90"]),
        ("d.toml", "[technology]\nnod = 32\n", ["d.toml:2", "did you mean 'node'?"]),
        ("e.toml", "node = \n", ["e.toml", "not valid TOML"]),
        ("f.cpp", "Param::Param() {\n  temp = 900;\n}\n", ["f.cpp:2", "300 to 400"]),
        ("g.txt", "", ["g.txt", ".toml, .csv or .cpp"]),
    ],
)
def test_mistakes_in_the_design_name_file_and_line(capsys, place, words, name, content, parts):
    (place / name).write_text(content)
    refusal(capsys, place, [*words, "--design", name], 2, *parts)


def test_a_network_that_does_not_fit(capsys, place, words, traces):
    (place / "large.csv").write_text((traces / "params.csv").read_text() + "numRowSubArray,4096\n")
    refusal(capsys, place, [*words, "--design", "large.csv"], 2, "array_rows = 4096 is too large", "at most")


def test_assignments_without_effect_are_told(capsys, place, words):
    source = "numRowSubArray = 32; numColSubArray = 32; numRowSubArrayWG = 16; numColSubArrayWG = 16;"
    source += "\nglobalBufferCoreSizeRow = 32;\nglobalBufferCoreSizeCol = 32;\nmyOwn = 3;\n"
    (place / "Param.cpp").write_text("Param::Param() {\n" + source + "}\n")
    assert main([*words, "--design", "Param.cpp"]) == 0
    captured = capsys.readouterr()
    assert re.fullmatch(r"neurosim-main: warning: Param\.cpp:5: myOwn .*\n", captured.err)


def test_defects_of_the_reference_are_told_and_corrected(capsys, place, words, traces):
    """Where the reference prints an infinity its text stays the same; standard error says why."""
    (place / "small.csv").write_text((traces / "params.csv").read_text() + "batchSize,2\n")
    assert main([*words, "--design", "small.csv"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("neurosim-main: warning: U5: ") and captured.err.count("\n") == 1
    assert "inf" in captured.out
    assert main([*words, "--design", "small.csv", "--correct", "all"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "" and "inf" not in captured.out
    refusal(capsys, place, [*words, "--correct=Q1"], 2, "'Q1' has no correction")


# -- failures while writing --------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made(capsys, place, words, design):
    (place / "NeuroSim_Results_Each_Epoch").write_text("a file where a folder should be")
    refusal(capsys, place, [*words, *design], 2, "NeuroSim_Results_Each_Epoch", "is no folder")


def test_results_that_cannot_be_written(capsys, place, words, design, monkeypatch):
    monkeypatch.setenv("NEUROSIM_RESULTS", str(place))
    refusal(capsys, place, [*words, *design], 2, "this is a folder")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("first", [True, False], ids=["first run", "second run"])
def test_a_full_disk_leaves_no_half_result(capsys, place, words, design, monkeypatch, first):
    if not first:
        assert main([*words, *design]) == 0
        (place / OUTPUT).unlink()
        capsys.readouterr()
    monkeypatch.setenv("NEUROSIM_RESULTS", str(place / "results.json"))
    (place / OUTPUT).symlink_to("/dev/full")
    before = {path: path.read_bytes() for path in place.rglob("*.csv") if not path.is_symlink()}
    assert main([*words, *design]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"neurosim-main: error: {OUTPUT}: cannot be written (No space left on device)\n"
    assert {path: path.read_bytes() for path in place.rglob("*.*") if not path.is_symlink()} == before
    assert (place / "NeuroSim_Results_Each_Epoch").exists() != first


# -- the program that `neurosim drop-in` writes --------------------------------------------------------


def environment():
    """The environment of a shell that knows nothing of this test's Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "NEUROSIM"))}


def test_an_old_script_works_unchanged(capsys, place, words, traces, recorded):
    assert cli.main(["drop-in", "NeuroSIM/main", "--design", str(traces / "params.csv")]) == 0
    script = place / "trace_command.sh"
    script.write_text(" ".join(["./NeuroSIM/main", *words]) + " ")
    done = subprocess.run(["bash", script], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert RUNTIME.sub("", done.stdout) == RUNTIME.sub("", recorded.stdout)
    assert (place / OUTPUT).read_text() == recorded.output


def test_an_edited_param_cpp_takes_effect_at_once(capsys, place, words, traces):
    """Scripts rewrite a line of Param.cpp, run make, and call the program."""
    parameters = [line.split(",") for line in (traces / "params.csv").read_text().splitlines()[1:]]
    lines = [f"    {name} = {value};" for name, value in parameters]
    source = place / "Param.cpp"
    source.write_text("Param::Param() {\n    deviceroadmap = 2;\n" + "\n".join(lines) + "\n}\n")
    assert cli.main(["drop-in", "main", "--design", "Param.cpp"]) == 0
    outputs = []
    for _ in range(2):
        done = subprocess.run(["./main", *words], env=environment(), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        outputs.append(done.stdout)
        source.write_text(source.read_text().replace("deviceroadmap = 2;", "deviceroadmap = 1;"))
    leakage = [re.search(r"Chip leakage Power is: (\S+)uW", text)[1] for text in outputs]
    assert float(leakage[1]) > 2 * float(leakage[0])  # high-performance transistors leak


def test_the_program_is_not_misled_by_its_folder(capsys, place, words, design):
    """A checkout or a module of the standard library beside the program is not imported."""
    assert cli.main(["drop-in", "main"]) == 0
    for name in ("neurosim.py", "json.py", "numpy.py"):
        (place / name).write_text("raise SystemExit('wrong module')\n")
    done = subprocess.run(["./main", "--version"], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"neurosim-main {neurosim.__version__}\n")


def test_blanks_in_the_path_of_python(capsys, place, monkeypatch):
    folder = place / "my python"
    folder.mkdir()
    (folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (folder / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    assert cli.main(["drop-in", "my programs/main"]) == 0
    program = ["./my programs/main", "0"]
    done = subprocess.run(program, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("neurosim-main: error: 1 arguments are too few")


def test_only_its_own_file_is_replaced(capsys, place, traces):
    (place / "main").write_bytes(b"\x7fELF a compiled program")
    assert cli.main(["drop-in", "main"]) == 2
    assert "main: a file that neurosim did not write; give --force" in capsys.readouterr().err
    assert (place / "main").read_bytes() == b"\x7fELF a compiled program"
    assert cli.main(["drop-in", "main", "--force"]) == 0
    assert os.access(place / "main", os.X_OK)
    assert cli.main(["drop-in", "main", "--design", str(traces / "params.csv")]) == 0
    assert str(traces / "params.csv") in (place / "main").read_text()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["drop-in"], "PATH"),
        (["drop-in", "."], "this is a folder"),
        (["drop-in", "main", "--design", "gone.toml"], "gone.toml: the design file cannot be read"),
    ],
)
def test_mistakes_of_drop_in(capsys, place, words, part):
    assert cli.main(words) in (1, 2)
    captured = capsys.readouterr()
    assert part in captured.err and captured.err.count("\n") == 1
    assert not contents(place)


BUILDS = "main: main.cpp Param.cpp\n\tcp main.cpp main\nclean:\n\trm -f main\n"


@pytest.fixture
def built(place):
    """The folder of the C++ program: make builds something else over the drop-in whenever Param.cpp is edited."""
    folder = place / "NeuroSIM"
    folder.mkdir()
    (folder / "makefile").write_text(BUILDS)
    (folder / "main.cpp").write_text("#!/bin/sh\necho compiled\n")
    (folder / "Param.cpp").write_text("Param::Param() {\n\tlevelOutput = 32;\n}\n")
    return folder


DROP_IN = ["drop-in", "NeuroSIM/main", "--design", "NeuroSIM/Param.cpp"]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("goals", [[], ["-s", "all"], ["main"], ["clean", "main"], ["-j4", "depend", "Param.o", "-k"]])
def test_make_leaves_a_drop_in_with_its_makefile_alone(capsys, place, built, goals):
    assert cli.main([*DROP_IN, "--makefile"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "" and captured.out.endswith("GNUmakefile: make leaves the program alone\n")
    program = (built / "main").read_bytes()
    os.utime(built / "Param.cpp", (2e9, 2e9))  # edited after the program was written
    done = subprocess.run(["make", "-C", "NeuroSIM", *goals], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (built / "main").read_bytes() == program
    assert sorted(path.name for path in built.iterdir()) == ["GNUmakefile", "Param.cpp", "main", "main.cpp", "makefile"]
    assert (built / "makefile").read_text() == BUILDS


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_makefile_that_builds_over_a_drop_in_is_told(capsys, place, built):
    """When the drop-in is written, and when it has happened."""
    assert cli.main(DROP_IN) == 0
    warning = capsys.readouterr().err
    assert warning.startswith("neurosim: warning: NeuroSIM/makefile: make can build the C++ program over NeuroSIM/main")
    assert "--makefile" in warning and warning.count("\n") == 1
    os.utime(built / "main", (1e9, 1e9))
    subprocess.run(["make", "-s", "-C", "NeuroSIM"], env=environment(), check=True)
    assert (built / "main").read_text() == (built / "main.cpp").read_text()
    assert cli.main(DROP_IN) == 2
    assert "if makefile built it over a drop-in, give --makefile as well" in capsys.readouterr().err
    assert cli.main([*DROP_IN, "--makefile", "--force"]) == 0
    assert cli.main(DROP_IN) == 0
    assert "warning" not in capsys.readouterr().err


def test_a_makefile_of_others_is_not_replaced(capsys, place, built):
    (built / "GNUmakefile").write_text(BUILDS)
    assert cli.main([*DROP_IN, "--makefile"]) == 2
    assert "NeuroSIM/GNUmakefile: a file that neurosim did not write; give --force" in capsys.readouterr().err
    assert (built / "GNUmakefile").read_text() == BUILDS and not (built / "main").exists()


# -- how it ends ---------------------------------------------------------------------------------------


def run_module(words, **options):
    """`neurosim-main` as a process of its own, on the neurosim under test."""
    path = str(Path(neurosim.__file__).resolve().parent.parent)
    code = f"import sys; sys.path.append({path!r}); from neurosim.wrappers.main import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", code, *words]
    return subprocess.run(command, env=environment(), stderr=subprocess.PIPE, text=True, check=False, **options)


def test_a_reader_that_stops_early(place, words, design, recorded):
    """`neurosim-main ... | head -1` is quiet, and the files are complete."""
    read, write = os.pipe()
    os.close(read)
    done = run_module([*words, *design], stdout=write)
    os.close(write)
    assert done.stderr == ""
    assert (place / OUTPUT).read_text() == recorded.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_text_that_cannot_be_written(place, words, design):
    with open("/dev/full", "w") as full:
        done = run_module([*words, *design], stdout=full)
    assert done.returncode == 2
    assert done.stderr == "neurosim-main: error: standard output: No space left on device\n"
    assert not contents(place)


def test_an_interrupt(capsys, place, words, design, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("neurosim.evaluation.flow.evaluate", interrupted)
    refusal(capsys, place, [*words, *design], 130, "interrupted")
