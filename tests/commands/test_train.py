"""`neurosim train`: runs in processes of their own, killed, stopped and gone on with; options and mistakes."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from wage_runs import CHIP, same_run
from wage_runs import command_line as words

import neurosim
from neurosim.commands import line as cli
from neurosim.wrappers.training import checkpoint, loop


def command(*arguments):
    """`neurosim ...` in a process of its own, from the place that these tests import it from."""
    path = str(Path(neurosim.__file__).resolve().parent.parent)
    code = f"import sys; sys.path.append({path!r}); from neurosim.__main__ import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen([sys.executable, "-P", "-c", code, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


LONGEST = 300       # seconds that a loaded machine may take for anything


def after_checkpoints(process, path, count):
    """Wait until a process has written a checkpoint so many times, or has ended."""
    def version():
        return path.stat().st_mtime_ns if path.exists() else None

    seen, deadline = version(), time.monotonic() + LONGEST
    while count and process.poll() is None:
        assert time.monotonic() < deadline, "waited too long"
        if version() != seen:
            seen, count = version(), count - 1
        time.sleep(0.002)


def test_ten_kills_at_random_moments(tmp_path):
    """kill -9 and --resume, again and again: the files and weights of an undisturbed run."""
    longer = ["--epochs", "14"]
    done = command(*words(tmp_path, tmp_path / "whole", *longer))
    _, error = done.communicate()
    assert done.returncode == 0, error
    chance, out, kills = random.Random(7), tmp_path / "killed", 0
    path = out / checkpoint.NAME
    for checkpoints in (0, 1, 2, 0, 1, 3, 0, 2, 1, 2):      # of 28; none: a process that is still starting
        if not path.exists():
            shutil.rmtree(out, ignore_errors=True)      # killed while it began: there is nothing to go on from
        going = command("train", "--resume", out) if path.exists() else command(*words(tmp_path, out, *longer))
        after_checkpoints(going, path, checkpoints)
        time.sleep(chance.uniform(0, 0.05 if checkpoints else 1))
        kills += going.poll() is None
        going.send_signal(signal.SIGKILL)
        going.communicate()
    assert kills >= 3
    last = command("train", "--resume", out)
    _, error = last.communicate()
    assert last.returncode == 0 or "epochs are done" in error, error     # killed after the last checkpoint
    same_run(tmp_path / "whole", out)


def test_ctrl_c_stops_after_a_batch(tmp_path):
    going = command(*words(tmp_path, tmp_path / "run", "--epochs", "500", "--evaluate-every", "0"))
    deadline = time.monotonic() + LONGEST
    while not (tmp_path / "run" / "epochs.csv").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    going.send_signal(signal.SIGINT)
    _, error = going.communicate(timeout=LONGEST)
    assert going.returncode == 130
    assert f"continue with --resume {tmp_path / 'run'}" in error and "Traceback" not in error
    _, facts = checkpoint.load(tmp_path / "run" / checkpoint.NAME)
    assert facts["epoch"] >= 1


def test_hybrid_synapses_from_the_command_line(tmp_path):
    """The chip has them too, and what they forget depends on its batch time."""
    done = command(*words(tmp_path, tmp_path / "run", "--epochs", "2", "--hybrid", "--transfer-every", "3"))
    _, error = done.communicate()
    assert done.returncode == 0, error
    run = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert run["hybrid"]["batch_time"] > 0 and run["learning_rate"] == 1 / 32
    assert run["hybrid"]["cell"]["transfer_interval"] == 3
    report = json.loads((tmp_path / "run" / "results.json").read_text())
    assert report["design"]["memory"] == "hybrid-3t1c" and report["design"]["transfer_interval"] == 3
    assert (tmp_path / "run" / "hybrid_breakdown.csv").read_text().startswith("layer,part,")


def test_the_trace_command_runs(tmp_path):
    done = command(*words(tmp_path, tmp_path / "run", "--epochs", "1", "--traces"))
    _, error = done.communicate()
    assert done.returncode == 0, error
    before = (tmp_path / "run" / "NeuroSim_Output.csv").read_text().splitlines()
    subprocess.run(["bash", "layer_record/trace_command.sh"], cwd=tmp_path / "run", check=True, capture_output=True)
    after = (tmp_path / "run" / "NeuroSim_Output.csv").read_text().splitlines()
    assert len(after) == 3 and after[2] == after[1] == before[1]


@pytest.mark.parametrize("mistake, sentence", [
    ([], "no data: give --data"),
    (["--example", "digit"], "did you mean 'digits'?"),
    (["--data", "nowhere"], "there is no such file or folder"),
    (["--example", "digits", "--inference", "yes"], "--inference: hardware = 'yes' is neither true nor false;"),
    (["--example", "digits", "--epochs", "1.5"], "--epochs: epochs = 1.5 is no whole number; it takes at least 1"),
    (["--example", "digits", "--nonlinearityLTP", "high"], "--nonlinearityLTP: ltp = 'high' is no number; it takes -9"),
    (["--example", "digits", "--ltp", "12"], "ltp = 12 is out of range; it takes -9 to 9"),
    (["--example", "digits", "--algorithm", "wag"], "there is no algorithm 'wag' (did you mean 'wage'?)"),
    (["--example", "digits", "--algorithm=wag"], "there is no algorithm 'wag' (did you mean 'wage'?)"),
    (["--example", "digits", "--algorithm"], "--algorithm: expected one argument"),
    (["--example", "digits", "--network", "none.toml"], "none.toml: the network file cannot be read"),
    (["--resume", "nowhere"], "there is no checkpoint"),
    (["--resume", "nowhere", "--ltp", "1"], "--ltp cannot change in the middle of a run"),
    (["--resume", "nowhere", "--seed", "0"], "--seed cannot change in the middle of a run"),
    (["--resume", "nowhere", "--hardware", "0"], "--hardware cannot change in the middle of a run"),
    (["--resume", "nowhere", "--subArray", "8"], "--read-rows cannot change in the middle of a run"),
    (["--resume", "nowhere", "--set", "node=7"], "--set cannot change in the middle of a run"),
    (["--resume", "nowhere", "--model", "2.1"], "--model cannot change in the middle of a run"),
    (["--example", "digits", "--model", "2.2"], "--model: model = '2.2' is unknown (did you mean '2.1'?); it takes"),
    (["--example", "digits", "--set", "model=2.2"], "--set model=2.2: model = '2.2' is unknown"),
    (["--resume", "nowhere", "--force"], "--force cannot change in the middle of a run"),
    (["--resume", "nowhere", "--algorithm", "wage"], "--algorithm cannot change in the middle of a run"),
    (["--example", "digits", "--correct", "W7"], "'W7' has no correction"),
    (["--example", "digits", "--type", "cifar10"], "digits holds digits; leave --type out"),
    (["--example", "digits", "--type", "mnist"], "invalid choice: 'mnist'"),
])
def test_mistakes_on_the_command_line(tmp_path, capsys, monkeypatch, mistake, sentence):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", *mistake]) in (1, 2)
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_design_file_keeps_what_it_does_not_set(tmp_path):
    """The chip's batch is the training's, unless the file tells another."""
    given = words(tmp_path, tmp_path / "run", "--seed", "9007199254740993", "--epochs", "1")
    chip = (tmp_path / "chip.csv").read_text()
    (tmp_path / "chip.csv").write_text("".join(line for line in chip.splitlines(True) if "batch_size" not in line
                                               and "iterations" not in line))
    assert cli.main([*given, "--quiet"]) == 0
    design = neurosim.Design.from_file(tmp_path / "run" / "design.toml")
    assert (design.batch_size, design.iterations) == (20, 4)
    assert json.loads((tmp_path / "run" / "settings.json").read_text())["seed"] == 9007199254740993
    (tmp_path / "patterns.npz").rename(tmp_path / "moved.npz")
    assert cli.main(["train", "--resume", str(tmp_path / "run"), "--epochs", "2", "--quiet", "--data",
                     str(tmp_path / "moved.npz")]) == 0


@pytest.mark.parametrize("line, options, trainer, chip", [
    ("", [], "2.0", "2.0"),
    ("", ["--set", "model=2.1"], "2.1", "2.1"),
    ("", ["--model", "2.1"], "2.1", "2.1"),
    ("model,2.1\n", [], "2.1", "2.1"),
    ("model,2.1\n", ["--model", "2.0"], "2.0", "2.0"),
    ("model,2.1\n", ["--set", "model=2.0"], "2.0", "2.0"),
    ("", ["--model", "2.0", "--set", "model=2.1"], "2.0", "2.1"),
    ("", ["--set", "model=2.0", "--model=2.1"], "2.1", "2.0"),
])
def test_the_trainer_follows_the_chip_unless_told(tmp_path, monkeypatch, line, options, trainer, chip):
    """And without --epochs trains as long as its version does (difference V21)."""
    monkeypatch.setattr(loop.Run, "go", lambda run, *told: [])
    given = words(tmp_path, tmp_path / "run", "--quiet", *options)
    del given[given.index("--epochs") : given.index("--epochs") + 2]
    (tmp_path / "chip.csv").write_text((tmp_path / "chip.csv").read_text() + line)
    assert cli.main(given) == 0
    run = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert (run["model"], run["epochs"]) == (trainer, {"2.0": 257, "2.1": 32}[trainer])
    assert neurosim.Design.from_file(tmp_path / "run" / "design.toml").model == chip


def test_a_param_cpp_tells_the_version_of_a_training(tmp_path, capsys):
    """It is said once, and the run goes on as it began."""
    given = words(tmp_path, tmp_path / "run", "--quiet", "--epochs", "1", "--drift-rate", "0.1", "--retention-time=9")
    (tmp_path / "Param.cpp").write_text("Param::Param() {\n trainingEstimation = 1;\n polarization = 20;\n}\n")
    given[given.index("--design") + 1] = str(tmp_path / "Param.cpp")
    for name, value in CHIP.items():
        given += ["--set", f"{name}={str(value).lower()}"]
    assert cli.main(given) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"neurosim: {tmp_path / 'Param.cpp'}:3: sets polarization, so it is a file of V2.1: model = 2.1"
    assert told[1] == ("neurosim: warning: --retention-time has no effect: with model 2.1 weights drift in tests with "
                       "--hardware 1 only")
    assert len(told) == 2
    assert cli.main(["train", "--resume", str(tmp_path / "run"), "--epochs", "2", "--quiet"]) == 0
    assert json.loads((tmp_path / "run" / "settings.json").read_text())["model"] == "2.1"
    assert json.loads((tmp_path / "run" / "results.json").read_text())["design"]["memory"] == "FeFET"
    assert capsys.readouterr().err == ""


def test_options_without_effect_are_told(tmp_path, capsys):
    given = words(tmp_path, tmp_path / "run", "--epochs", "1", "--cell-bits", "3", "--quiet")
    assert cli.main(given) == 0
    assert "--cell-bits has no effect: tests are exact without --hardware 1" in capsys.readouterr().err
    assert cli.main([*words(tmp_path, tmp_path / "two"), "--epochs", "1", "--quiet", "--cell-bits", "3", "--hardware",
                     "1"]) == 0
    assert "cells of 3 bits do not fill weights of 5" in capsys.readouterr().err
