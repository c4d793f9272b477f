"""Studies: rows as they come, going on after an interruption, refusal of another study."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from study_run import square

import neurosim
from neurosim.errors import NeurosimError
from neurosim.wrappers.studies import grid as study

RUNS = [{"ron": ron, "adc": adc, "seed": seed} for ron in (1e5, 0.1) for adc in ("none", "6") for seed in (0, 1)]


def test_rows_are_kept_and_not_made_twice(tmp_path):
    made = []

    def run(parameters):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(parameters)
        return {"accuracy": parameters["ron"] / 3}

    with pytest.raises(KeyboardInterrupt):
        study.run_grid(RUNS, run, tmp_path / "a", jobs=1)
    assert len((tmp_path / "a" / "study.csv").read_text().splitlines()) == 4
    del made[1:]  # room for the rest, in two goes
    told = []
    with pytest.raises(KeyboardInterrupt):
        study.run_grid(RUNS, run, tmp_path / "a", jobs=1, progress=lambda *numbers: told.append(numbers))
    assert told == [(0, 5), (1, 5), (2, 5)]
    made.clear()
    table = study.run_grid(RUNS, run, tmp_path / "a", jobs=1)
    assert made == RUNS[5:]
    assert list(table.columns) == ["ron", "adc", "seed", "accuracy"]
    assert table["ron"].tolist() == [run["ron"] for run in RUNS]
    np.testing.assert_array_equal(table["accuracy"], table["ron"] / 3)
    made.clear()
    more = study.run_grid([{**run, "seed": 2} for run in RUNS[::2]][:2] + RUNS, run, tmp_path / "a", jobs=1)
    assert len(made) == 2 and len(more) == len(RUNS) + 2


def test_processes_have_one_thread_each(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    table = study.run_grid(RUNS[:3], square, tmp_path, jobs=2)
    assert table["threads"].tolist() == [1, 1, 1] and table["accuracy"].tolist() == [2e5] * 3
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_as_many_processes_as_there_would_be_threads(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_THREADS", "1")
    table = study.run_grid(RUNS, lambda run: {"process": os.getpid()}, tmp_path)
    assert set(table["process"]) == {os.getpid()}


def test_another_study_is_refused(tmp_path):
    study.run_grid(RUNS, square, tmp_path, jobs=1)
    before = (tmp_path / "study.csv").read_bytes()
    for runs, sentence in [
        ([{"v": 1}], "columns ron, adc, seed"),
        (RUNS[1:], "a run with ron=100000.0, adc=none, seed=0"),
        ([], "at least one run"),
        (RUNS + RUNS[:1], "same parameters"),
    ]:
        with pytest.raises(NeurosimError, match=sentence):
            study.run_grid(runs, square, tmp_path, jobs=1)
    with pytest.raises(NeurosimError, match="jobs = 0"):
        study.run_grid(RUNS, square, tmp_path / "new", jobs=0)
    assert (tmp_path / "study.csv").read_bytes() == before
    (tmp_path / "study.csv").write_text("")
    with pytest.raises(NeurosimError, match="no table of a study"):
        study.run_grid(RUNS, square, tmp_path, jobs=1)


def test_results_of_other_names_are_refused(tmp_path):
    with pytest.raises(NeurosimError, match="returned b where the table has a"):
        study.run_grid(RUNS, lambda run: {"b" if run["seed"] else "a": 0}, tmp_path, jobs=1)


@pytest.mark.parametrize("cell", ["nan", "", "abc", "1e400"])
def test_damaged_rows_are_named(tmp_path, cell):
    runs = [{"seed": seed} for seed in range(3)]
    path = tmp_path / "study.csv"

    def run(parameters):
        return {"accuracy": 50.0, "other": None, "problem": "none"}

    study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))
    study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))      # as it was left
    whole = path.read_text()
    path.write_text(whole.replace("1,50.0,", f"1,{cell},"))
    with pytest.raises(NeurosimError, match="study.csv:3: accuracy = .* is no result; delete the row"):
        study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))
    path.write_text(whole.replace("50.0,,", "50.0,some,", 1))
    with pytest.raises(NeurosimError, match="study.csv:2: other = 'some' is no result"):
        study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))
    path.write_text(whole + "5,1\n")
    with pytest.raises(NeurosimError, match="study.csv:5: the row has 2 cells instead of 4"):
        study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))
    path.write_text(whole.replace("accuracy", "accurracy"))
    with pytest.raises(NeurosimError, match="another study, with the columns seed, accurracy"):
        study.run_grid(runs, run, tmp_path, jobs=1, numbers=("accuracy",))


LONGEST = 300       # seconds that a loaded machine may take for anything


def wait_for(condition):
    """Wait until a condition holds; what it then returns."""
    deadline = time.monotonic() + LONGEST
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def runs(process):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("kill, rows", [(signal.SIGTERM, 0), (signal.SIGKILL, 0), (signal.SIGKILL, 1)])
def test_a_killed_study_takes_its_processes_along(tmp_path, kill, rows):
    """Be it as soon as they are there, or in the middle of the work."""
    pytest.importorskip("sklearn")
    found = str(Path(neurosim.__file__).resolve().parent.parent)
    code = f"import sys; sys.path.append({found!r}); from neurosim.__main__ import main; sys.exit(main(sys.argv[1:]))"
    words = ["study", "crossbar", "--quick", "--jobs", "2", "--out", str(tmp_path / "out")]
    table = tmp_path / "out" / "study.csv"
    with subprocess.Popen([sys.executable, "-P", "-c", code, *words], stderr=subprocess.DEVNULL) as started:
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children")

        def workers():
            assert started.poll() is None
            found = children.read_text().split()
            return found if len(found) >= 3 else []     # a resource tracker and two processes

        processes = wait_for(workers)
        wait_for(lambda: not rows or (table.exists() and len(table.read_text().splitlines()) > rows))
        started.send_signal(kill)
        assert started.wait(LONGEST) == (130 if kill == signal.SIGTERM else -9)
    wait_for(lambda: not any(runs(process) for process in processes))


def die(parameters):
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_processes_are_told_in_a_sentence(tmp_path):
    with pytest.raises(NeurosimError, match="was killed, perhaps for want of memory"):
        study.run_grid(RUNS, die, tmp_path, jobs=2)
