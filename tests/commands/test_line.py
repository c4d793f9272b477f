"""The `neurosim` command: what it prints, writes and refuses."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from golden import REORDERED, case, close, differences

import neurosim
from neurosim.commands import line as cli
from neurosim.design.design import Design
from neurosim.design.parameters import PARAMETERS, SECTIONS
from neurosim.report.quantities import AREAS, QUANTITIES
from neurosim.report.summary import AREA_TITLES, PART_TITLES

CASE = "rram_parallel"
RUNTIME = re.compile(r"Total Run-time of NeuroSim: \d+ seconds\n")
RUN_FILES = {
    "design.toml", "NetWork.csv", "run.json", "stdout.txt", "results.json", "NeuroSim_Output.csv",
    "NeuroSim_Results_Each_Epoch", "area.png", "latency.png", "energy.png",
}  # fmt: skip


@pytest.fixture(scope="module")
def recorded():
    return case(CASE)


@pytest.fixture(scope="module")
def traces(recorded, tmp_path_factory):
    return recorded.write(tmp_path_factory.mktemp("traces"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty working folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def given(traces):
    """Network and design of the recorded run as options."""
    return ["--network", str(traces / "network.csv"), "--design", str(traces / "params.csv")]


@pytest.fixture
def words(recorded, traces):
    """The traces of the recorded run as words."""
    return [str(traces / word) if word.endswith(".csv") else word for word in recorded.args[4:]]


def run(capsys, *words):
    """Standard output and standard error of a command that succeeds."""
    assert cli.main([str(word) for word in words]) == 0
    return capsys.readouterr()


def refusal(capsys, place, words, status, *parts):
    """Assert one line on standard error that contains `parts`, the status, and that nothing was written."""
    before = sorted(place.rglob("*"))
    assert cli.main([str(word) for word in words]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("neurosim: error: ") and captured.err.count("\n") == 1
    for part in parts:
        assert str(part) in captured.err
    assert sorted(place.rglob("*")) == before


# -- run ---------------------------------------------------------------------------------------------


def test_a_run_folder_holds_everything(capsys, place, given, words, recorded):
    printed = run(capsys, "run", *given, "--out", "out", "--epoch", recorded.epoch, *words)
    out = place / "out"
    assert {path.name for path in out.iterdir()} == RUN_FILES
    assert (out / "NeuroSim_Output.csv").read_text() == recorded.output
    (breakdown,) = (out / "NeuroSim_Results_Each_Epoch").iterdir()
    assert breakdown.name == f"NeuroSim_Breakdown_Epock_{recorded.epoch}.csv"
    assert breakdown.read_text() == recorded.breakdown
    assert RUNTIME.sub("", (out / "stdout.txt").read_text()) == RUNTIME.sub("", recorded.stdout)
    assert (out / "NetWork.csv").read_text() == recorded.network
    for picture in ("area.png", "latency.png", "energy.png"):
        assert (out / picture).read_bytes().startswith(b"\x89PNG")
    origin = json.loads((out / "run.json").read_text())
    assert origin["neurosim"] == neurosim.__version__
    assert origin["data"]["traces"][0] == [*words[:3], float(words[3])]
    assert printed.err == ""
    assert "out/" in printed.out


def test_results_are_in_our_names_and_full_precision(capsys, place, given, words, recorded):
    run(capsys, "run", *given, "--out", "out", "--no-plots", "--quiet", *words)
    results = json.loads((place / "out" / "results.json").read_text())
    for quantity in QUANTITIES:
        assert close(results["chip"][quantity.name], recorded.full["chip"][quantity.chip], REORDERED)
        assert results["units"][quantity.name] == quantity.unit
    assert close(results["area"]["total"], recorded.full["area"]["chipArea"], REORDERED)
    assert len(results["layers"]) == recorded.layers


def test_a_run_can_be_repeated_from_its_folder(capsys, place, given, words):
    run(capsys, "run", *given, "--set", "node=22", "--out", "one", "--no-plots", *words)
    run(
        capsys,
        "run",
        "--network",
        "one/NetWork.csv",
        "--design",
        "one/design.toml",
        "--out",
        "two",
        "--no-plots",
        *words,
    )
    for name in ("results.json", "design.toml", "NeuroSim_Output.csv"):
        assert (place / "one" / name).read_text() == (place / "two" / name).read_text()
    assert Design.from_file("one/design.toml").node == 22


def test_reference_names(capsys, place, given, words, recorded):
    run(capsys, "run", *given, "--reference-json", "reference.json", "--quiet", "--no-plots", *words)
    results = json.loads((place / "reference.json").read_text())
    assert not differences(results, {section: recorded.full[section] for section in results})
    assert set(results) == {"floorplan", "area", "chip", "layers"}


def test_the_folder_is_never_one_that_holds_something(capsys, place, given, words):
    for _ in range(3):
        run(capsys, "run", *given, "--no-plots", *words)
    assert sorted(path.name for path in (place / "runs").iterdir()) == sorted(
        [f"{Path(given[1]).parent.name}{suffix}" for suffix in ("", "-2", "-3")]
    )
    (place / "mine").mkdir()
    (place / "mine" / "notes.txt").write_text("keep")
    refusal(capsys, place, ["run", *given, "--out", "mine", *words], 2, "mine: the folder is not empty", "--force")
    run(capsys, "run", *given, "--no-plots", "--out", "mine", "--force", *words)
    line = (place / "mine" / "NeuroSim_Output.csv").read_text()
    run(capsys, "run", *given, "--no-plots", "--out", "mine", "--force", *words)
    assert (place / "mine" / "notes.txt").read_text() == "keep"
    assert (place / "mine" / "NeuroSim_Output.csv").read_text() == line  # a run folder holds one run


def test_summary_tells_the_totals(capsys, place, given, words, recorded):
    printed = run(capsys, "run", *given, "--no-plots", *words).out
    area = recorded.full["area"]["chipArea"] * 1e6
    assert f"Area      {area:.4g} mm^2" in printed
    assert f"{recorded.full['chip']['TOPSW']:>12.4g}" in printed
    for title in ("Where the area goes", "Where the energy goes", "weight update", "DRAM", "TOPS/W", "grid"):
        assert title in printed


def test_json_instead_of_the_summary(capsys, place, given, words):
    printed = run(capsys, "run", *given, "--no-plots", "--json", "--out", "out", *words)
    assert printed.out == (place / "out" / "results.json").read_text()


def test_quiet_says_nothing(capsys, place, given, words):
    assert run(capsys, "run", *given, "--no-plots", "--quiet", *words) == ("", "")


def test_inference_has_a_shorter_summary(capsys, place, given, words):
    printed = run(capsys, "run", *given, "--set", "training=false", "--out", "out", *words).out
    assert "of an image" in printed and "images per second" in printed
    assert "activation gradient" not in printed
    assert (place / "out" / "energy.png").exists()


def test_defects_of_the_reference_are_told_and_corrected(capsys, place, given, words):
    run_words = ["run", *given, "--no-plots", "--quiet", "--allow-nan", "--set", "batch_size=2", *words]
    told = run(capsys, *run_words, "--out", "as-there").err
    assert told.startswith("neurosim: warning: U5: ") and "--correct U5" in told
    assert list(json.loads((place / "as-there/run.json").read_text())["warnings"]) == ["U5"]
    assert json.loads((place / "as-there/results.json").read_text())["area"]["weight_gradient"] < 0
    assert run(capsys, *run_words, "--out", "corrected", "--correct", "U5").err == ""
    assert Design.from_file("corrected/design.toml").correct == "U5"
    assert json.loads((place / "corrected/results.json").read_text())["area"]["weight_gradient"] > 0
    refusal(capsys, place, ["plan", *given, "--correct", "Q1"], 2, "'Q1' has no correction", "U5")


# -- where traces come from ----------------------------------------------------------------------------


def output_line(folder):
    return Path(folder, "NeuroSim_Output.csv").read_text()


@pytest.fixture
def line(recorded):
    return recorded.output


def test_a_measured_activity_is_the_recorded_one(capsys, place, given, words, line):
    three = [word for n, word in enumerate(words) if n % 4 != 3]
    run(capsys, "run", *given, "--no-plots", "--out", "out", *three)
    assert output_line("out") == line


def test_a_folder_of_traces(capsys, place, given, traces, line):
    """weight0.csv, weightOld0.csv, input0.csv and so on, without a recorded command line."""
    run(capsys, "run", "--trace-folder", traces, *given[2:], "--no-plots", "--out", "out")
    assert output_line("out") == line


@pytest.fixture
def record(place, traces, recorded):
    """A trainer's folder: its names, and the command line it ran in the parent."""
    folder = place / "layer_record"
    folder.mkdir()
    names = [f"Conv{n}_" for n in range(9, 9 + recorded.layers - 2)] + ["FC1_", "FC2_"]
    words = ["./NeuroSIM/main", "12", "./NeuroSIM/NetWork.csv", *recorded.args[2:4]]
    for n, name in enumerate(names):
        for role in ("weight", "weightOld", "input"):
            (folder / f"{role}{name}.csv").write_bytes((traces / f"{role}{n}.csv").read_bytes())
            words.append(f"./layer_record/{role}{name}.csv")
        words.append(recorded.args[4 * n + 7])
    (folder / "trace_command.sh").write_text(" ".join(words) + " ")
    (place / "NeuroSIM").mkdir()
    (place / "NeuroSIM" / "NetWork.csv").write_text(recorded.network)
    return folder


def test_a_trainers_record(capsys, place, record, given, line):
    """Network, files, activities, bits and epoch come from its trace_command.sh."""
    run(capsys, "run", "--trace-folder", record, *given[2:], "--no-plots", "--out", "out")
    assert output_line("out") == line
    assert (place / "out/NeuroSim_Results_Each_Epoch/NeuroSim_Breakdown_Epock_12.csv").exists()


def test_a_record_without_its_command_is_sorted_by_name(capsys, place, record, given, line):
    """Conv9 comes before Conv10, and FC last."""
    (record / "trace_command.sh").unlink()
    run(capsys, "run", *given, "--trace-folder", record, "--no-plots", "--out", "out")
    assert output_line("out") == line


def test_bits_of_a_record_yield_to_a_setting(capsys, place, record, given):
    words = [
        "run",
        "--trace-folder",
        record,
        *given[2:],
        "--no-plots",
        "--quiet",
        "--set",
        "synapse_bits=4",
        "--out",
        "out",
    ]
    run(capsys, *words)
    assert Design.from_file("out/design.toml").synapse_bits == 4


def test_incomplete_records(capsys, place, record, given):
    folder = ["--trace-folder", record, *given[2:]]
    command = (record / "trace_command.sh").read_text()
    (record / "trace_command.sh").write_text(command.rsplit(maxsplit=1)[0])
    refusal(capsys, place, ["run", *folder], 2, "ends within a layer")
    (record / "trace_command.sh").write_text("./main 0 'NetWork.csv 5 8")
    refusal(capsys, place, ["run", *folder], 2, "trace_command.sh", "quotation")
    (record / "trace_command.sh").write_text(command)
    (place / "NeuroSIM" / "NetWork.csv").unlink()
    refusal(capsys, place, ["run", *folder], 2, "no network", "--network")
    (record / "trace_command.sh").unlink()
    (record / "inputFC1_.csv").unlink()
    refusal(capsys, place, ["run", *folder, *given[:2]], 1, "inputFC1_.csv", "weightFC1_.csv")
    for file in record.glob("*FC1_*"):
        file.unlink()
    refusal(capsys, place, ["run", *folder, *given[:2]], 2, "layer_record: traces of", given[1])


# -- what run and plan refuse ----------------------------------------------------------------------------


def test_mistakes_of_run(capsys, place, given, words):
    network, design = given[:2], given[2:]
    for extra, status, *parts in (
        ([], 2, "no traces", "--example", "--trace-folder"),
        ([*given], 2, "no traces"),
        ([*design, *words], 2, "no network", "--network"),
        (["--example", "vgg8", *words], 2, "more than one way"),
        (["--example", "vgg9"], 2, "did you mean 'vgg8'"),
        (["--example", "vgg8", *network], 2, "not allowed with"),
        (["--example", "vgg8", "--set", "input_bits=4"], 2, "inputs of 8 bits"),
        ([*given, *words[:-1]], 2, network[1], "words name traces"),
        ([*given, *words[:3], "dense", *words[4:]], 2, "the activity of layer 1 is 'dense'"),
        ([*given, *words[:1], "gone.csv", *words[2:]], 1, "gone.csv: the old weight file does not exist"),
        ([*design, "--network", "gone.csv", *words], 1, "gone.csv"),
        ([*network, "--design", "gone.toml", *words], 1, "gone.toml"),
        ([*given, "--trace-folder", "gone"], 1, "gone: there is no such folder"),
        ([*given, "--trace-folder", place], 1, "no traces found"),
        ([*given, "--set", "nodes=22", *words], 2, "--set nodes=22", "did you mean 'node'"),
        ([*given, "--set", "node", *words], 2, "name=value"),
        ([*given, "--set", "node=21", *words], 2, "it takes 130, 90"),
        ([*given, "--set", "temperature=warm", *words], 2, "'warm' is no number"),
        ([*given, "--set", "array_rows=4096", *words], 2, "too large"),
        ([*given, "--epoch", "a/b", *words], 2, "epoch 'a/b'"),
        ([*given, "--out", given[1], *words], 2, "this is a file"),
        ([*given, "--reference-json", place, *words], 2, "this is a folder"),
        ([*given, "--colour", *words], 2, "--colour"),
    ):
        refusal(capsys, place, ["run", *extra], status, *parts)


def test_a_trace_that_breaks_off_leaves_no_run_folder(capsys, place, given, words):
    lines = Path(words[-2]).read_text().splitlines(keepends=True)
    (place / "short.csv").write_text("".join(lines[:-1]))
    refusal(
        capsys, place, ["run", *given, *words[:-2], "short.csv", words[-1]], 2, f"short.csv:{len(lines)}", "file ends"
    )


def test_plots_that_fail_leave_no_run_folder(capsys, place, given, words, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device", "energy.png")

    monkeypatch.setattr("neurosim.report.plots.save_plots", fail)
    refusal(capsys, place, ["run", *given, "--out", "a/b/out", *words], 2, "a/b/out", "No space left on device")


def test_plan_needs_no_traces(capsys, place, given, recorded):
    printed = run(capsys, "plan", *given, "--json", "plan.json", "--reference-json", "reference.json").out
    assert f"{recorded.full['area']['chipArea'] * 1e6:.4g} mm^2" in printed
    plan = json.loads((place / "plan.json").read_text())
    assert close(plan["area"]["total"], recorded.full["area"]["chipArea"], REORDERED)
    assert [layer["tiles"] for layer in plan["floorplan"]["layers"]]
    reference = json.loads((place / "reference.json").read_text())
    assert not differences(reference, {section: recorded.full[section] for section in ("floorplan", "area")})


def test_plan_of_the_example(capsys, place):
    printed = run(capsys, "plan", "--example", "vgg8").out
    assert "88.6 % of the memory used" in printed
    rows = [line.split() for line in printed.splitlines() if "novel" in line or "conventional" in line]
    assert [int(row[-4]) for row in rows] == [1, 1, 1, 1, 1, 1, 8, 1]


def test_mistakes_of_plan(capsys, place, given):
    refusal(capsys, place, ["plan"], 2, "no network", "--example vgg8")
    refusal(capsys, place, ["plan", *given, "--json", place], 2, "this is a folder")
    refusal(capsys, place, ["plan", "--example", "vgg8", "--set", "array_rows=4096"], 2, "too large", "at most 256")
    refusal(capsys, place, ["plan", *given, "traces.csv"], 2, "traces.csv", "--help")


# -- params and import-param ---------------------------------------------------------------------------


def test_params_lists_each_parameter_once(capsys):
    printed = run(capsys, "params").out.splitlines()
    for parameter in PARAMETERS.values():
        (row,) = [line for line in printed if line.split()[:1] == [parameter.name]]
        assert all(text in row for text in (parameter.reference, parameter.meaning, parameter.range))
    assert [line for line in printed if line.startswith("[")] == [f"[{section}]" for section in SECTIONS]


def test_params_by_name_and_section(capsys):
    printed = run(capsys, "params", "levelOutput", "node", "--set", "node=22").out
    rows = [line.split() for line in printed.splitlines() if line and not line.startswith("[")]
    assert [row[:3] for row in rows] == [["name", "default", "value"], ["node", "32", "22"], ["adc_levels", "64", "64"]]
    cells = run(capsys, "params", "cell").out
    assert cells.count("\n") == 3 + sum(parameter.section == "cell" for parameter in PARAMETERS.values())


def test_params_as_csv(capsys):
    rows = list(csv.DictReader(io.StringIO(run(capsys, "params", "--csv").out)))
    assert [row["name"] for row in rows] == list(PARAMETERS)
    assert {row["reference"] for row in rows} == {parameter.reference for parameter in PARAMETERS.values()}


def test_params_writes_a_starter_file(capsys, place):
    run(capsys, "params", "--toml", "design.toml", "--set", "memory=FeFET")
    assert Design.from_file("design.toml") == Design(memory="FeFET")
    assert (place / "design.toml").read_text().count("#") > len(PARAMETERS)
    refusal(capsys, place, ["params", "--toml", "design.toml"], 2, "design.toml: the file exists", "--force")
    run(capsys, "params", "--toml", "design.toml", "--force")
    assert Design.from_file("design.toml") == Design()
    assert tomllib.loads(run(capsys, "params", "--toml").out)["array"]["memory"] == "RRAM"


def test_mistakes_of_params(capsys, place):
    refusal(capsys, place, ["params", "nodes"], 2, "did you mean 'node'")
    refusal(capsys, place, ["params", "--toml", "a.toml", "node"], 2, "leave out the names")
    refusal(capsys, place, ["params", "--toml", "--csv"], 2, "not allowed with")


def test_import_of_an_edited_param_cpp(capsys, place):
    (place / "Param.cpp").write_text("Param::Param() {\n  memcelltype = 1;\n  temp = 350;\n  mine = 4;\n}\n")
    printed = run(capsys, "import-param", "Param.cpp", "-o", "design.toml")
    assert printed.out == "" and printed.err.startswith("neurosim: warning: Param.cpp:4: mine ")
    assert Design.from_file("design.toml") == Design(memory="SRAM", temperature=350)
    assert run(capsys, "import-param", "Param.cpp").out == (place / "design.toml").read_text()
    refusal_of_overwriting = ["import-param", "design.toml", "-o", "design.toml"]
    refusal(capsys, place, refusal_of_overwriting, 2, "the file exists")


def test_mistakes_of_import_param(capsys, place):
    (place / "Param.cpp").write_text("Param::Param() {\n  temp = hot;\n}\n")
    refusal(capsys, place, ["import-param", "Param.cpp", "-o", "design.toml"], 2, "Param.cpp:2", "hot")
    (place / "other.cpp").write_text("int main() {}\n")
    refusal(capsys, place, ["import-param", "other.cpp"], 2, "other.cpp", "Param::Param()")
    refusal(capsys, place, ["import-param", "gone.cpp"], 1, "gone.cpp")
    refusal(capsys, place, ["import-param"], 2, "Param.cpp")


# -- the version -------------------------------------------------------------------------------------------


@pytest.fixture
def later(place):
    """A recorded run of the later version, as options and words."""
    recorded = case("fefet_parallel", "2.1")
    folder = recorded.write(place.parent / "later")
    words = [str(folder / word) if word.endswith(".csv") else word for word in recorded.args[4:]]
    return recorded, ["--network", folder / "network.csv"], ["--design", folder / "params.csv"], words


def test_run_and_plan_of_the_later_version(capsys, place, later):
    recorded, network, design, words = later
    run(capsys, "run", *network, *design, "--no-plots", "--quiet", "--out", "out", *words)
    assert output_line("out") == recorded.output
    assert Design.from_file("out/design.toml").model == "2.1"
    assert json.loads((place / "out" / "results.json").read_text())["design"]["model"] == "2.1"
    run(capsys, "plan", *network, *design, "--reference-json", "reference.json")
    reference = json.loads((place / "reference.json").read_text())
    assert not differences(reference, {section: recorded.full[section] for section in ("floorplan", "area")})
    # --set has the last word, and then the file's own model is not spoken of.
    run(capsys, "run", *network, *design, "--set", "model=2.0", "--no-plots", "--quiet", "--out", "two", *words)
    assert output_line("two") != recorded.output


def test_a_sweep_over_versions(capsys, place, later):
    """A column of the table, and in each row what a run with this version gives."""
    _, network, design, words = later
    printed = run(capsys, "sweep", *network, *design, "--vary", "model=2.0,2.1", "--vary", "temperature=300,350",
                  "--quiet", "--plot", "sweep.png", *words)
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert [(row["model"], row["temperature"]) for row in rows] == [
        ("2.0", "300"), ("2.0", "350"), ("2.1", "300"), ("2.1", "350")
    ]
    assert (place / "sweep.png").stat().st_size
    found = set()
    for n, row in enumerate(rows):
        settings = [f"--set={name}={row[name]}" for name in ("model", "temperature")]
        run(capsys, "run", *network, *design, *settings, "--no-plots", "--quiet", "--out", f"{n}", *words)
        chip = json.loads((place / f"{n}" / "results.json").read_text())["chip"]
        for name in ("forward_latency", "activation_gradient_energy", "weight_update_energy"):
            unit = "s" if name.endswith("latency") else "J"
            assert float(row[f"{name} [{unit}]"]) == chip[name]
        found.add(row["activation_gradient_energy [J]"])
    assert len(found) == 4


LATER = "Param::Param() {\n  temp = 350;\n  SARADC = true;\n  trainingEstimation = true;\n}\n"


def test_import_of_a_param_cpp_of_the_later_version(capsys, place):
    """The design file names the version, and reads back as what the Param.cpp means."""
    (place / "Param.cpp").write_text(LATER)
    printed = run(capsys, "import-param", "Param.cpp", "-o", "design.toml")
    assert printed.err == "neurosim: Param.cpp:3: sets SARADC, so it is a file of V2.1: model = 2.1\n"
    assert 'model = "2.1"' in (place / "design.toml").read_text()
    assert Design.from_file("design.toml") == Design(model="2.1", temperature=350, adc="sar")


def test_a_chosen_version_is_not_spoken_of(capsys, place):
    (place / "Param.cpp").write_text(LATER)
    words = ["params", "levels_ltp", "--design", "Param.cpp"]
    printed = run(capsys, *words)
    assert printed.err.count("model = 2.1") == 1 and printed.out.splitlines()[-1].split()[1:3] == ["32", "60"]
    printed = run(capsys, *words, "--set", " model = 2.0")
    assert printed.err == "" and printed.out.splitlines()[-1].split()[1:3] == ["32", "32"]
    found = run(capsys, "sweep", "--example", "vgg8", "--design", "Param.cpp", "--vary", "model=2.0", "--quiet")
    assert found.err == ""


# -- the command as a whole ------------------------------------------------------------------------------


def process(*words):
    """The command as a process of its own, on the neurosim under test."""
    path = str(Path(neurosim.__file__).resolve().parent.parent)
    code = f"import sys; sys.path.append({path!r}); from neurosim.__main__ import main; sys.exit(main())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", [[], ["run"], ["plan"], ["params"], ["import-param"], ["drop-in"]])
def test_help_teaches(capsys, command):
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "neurosim " + " ".join([*command, ""]) in printed
    assert "exit status" in printed
    assert max(map(len, printed.splitlines())) <= 120


def test_no_command_prints_the_help(capsys):
    assert "first steps" in run(capsys).out


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"neurosim {neurosim.__version__}\n"


def test_help_and_mistakes_import_little():
    """They import neither NumPy nor pandas, and so answer at once."""
    code = "import sys; from neurosim.__main__ import main; main(['run']); print({'numpy', 'pandas'} & {*sys.modules})"
    path = str(Path(neurosim.__file__).resolve().parent.parent)
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.append({path!r}); {code}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "set()\n"


def test_an_unknown_command(capsys, place):
    refusal(capsys, place, ["evaluate"], 2, "'evaluate'", "neurosim --help")


def test_an_interrupt(capsys, place, given, words, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("neurosim.evaluation.flow.evaluate", interrupted)
    refusal(capsys, place, ["run", *given, *words], 130, "interrupted")


def test_parts_of_the_summary_are_quantities():
    assert set(AREA_TITLES) == {quantity.name for quantity in AREAS} - {"total"}
    names = {quantity.name for quantity in QUANTITIES}
    assert {f"{part}_{kind}" for part in PART_TITLES for kind in ("latency", "energy")} <= names
