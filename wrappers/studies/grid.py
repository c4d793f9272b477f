"""Studies: many training runs in parallel processes, gathered in one table that grows row by row.

>>> runs = [{"v": v, "seed": seed} for v in (0, 0.1) for seed in range(3)]
>>> table = run_grid(runs, train, "studies/v")        # train({"v": 0, "seed": 0}) -> {"accuracy": 93.2}
"""

import csv
import io
import math
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole
from neurosim.processors import VARIABLE, threads
from neurosim.wrappers.studies.quick import quick_training

__all__ = ["quick_training", "run_grid"]

TABLE = "study.csv"
PROBLEM = "problem"     # the one result that is text
# Read by BLAS and by neurosim when they are loaded: processes that share the cores take one thread each.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", VARIABLE)


def run_grid(runs, run, folder, *, jobs=None, progress=None, numbers=()):
    """Call `run` for every set of parameters and gather the results in `folder/study.csv`.

    A row is written as soon as its run is finished. Called again with the same folder, only the runs that have no row
    yet are made, so that a study can be interrupted, and extended by more runs.

    Parameters
    ----------
    runs : list of dict
        {parameter: number, text or bool} of each run, all different. Everything that matters belongs here, the seed
        and the number of epochs as well: it is what tells one study from another.
    run : callable
        run(parameters) -> {result: number or text}, always the same names. For several jobs it must be importable
        (a function of a module, or `functools.partial` of one).
    folder : str or path
        Made if it is not there.
    jobs : int, optional
        Processes at the same time, one thread each; unless given as many as there would be threads
        (`neurosim.processors`). 1: in this process.
    progress : callable, optional
        Called as progress(done, total) of the runs still to be made.
    numbers : sequence of str, optional
        Results that every run has as finite numbers; all others but `problem` are numbers or empty then. A table
        that holds something else is refused.

    Returns
    -------
    pandas.DataFrame
        A row a run, in the order of `runs`: its parameters, then its results.

    Raises
    ------
    NeurosimError
        The folder holds another study, it cannot be written, or a process was killed. What `run` raises is passed on;
        the rows so far stay.
    """
    table = _Table(runs, Path(folder) / TABLE, numbers)
    missing = table.missing()
    if missing:
        check_writable(table.path)
        jobs = threads() if jobs is None else jobs
        if jobs < 1:
            raise NeurosimError(f"jobs = {jobs} is no number of processes; give 1 or more")
        jobs = min(jobs, len(missing))
        finished = _in_turn(runs, missing, run) if jobs == 1 else _in_processes(runs, missing, run, jobs)
        report = progress or (lambda done, total: None)
        report(0, len(missing))
        for done, (number, results) in enumerate(finished, 1):
            table.add(number, results)
            report(done, len(missing))
    return table.frame()


def _in_turn(runs, numbers, run):
    for number in numbers:
        yield number, run(dict(runs[number]))


def _in_processes(runs, numbers, run, jobs):
    """(number, results) of the runs, as they finish."""
    with _one_thread_each():
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_process, (os.getpid(),))
        try:
            waiting = {pool.submit(run, dict(runs[number])): number for number in numbers}
            while waiting:
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool:
            raise NeurosimError(
                "a process of the study was killed, perhaps for want of memory; go on with fewer jobs",
                status=1,
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _one_thread_each():
    """Processes started inside find one thread in their environment, before they load NumPy."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start_process(parent):
    """An interrupted study ends its processes at once, without a traceback of each; a killed one takes them along.

    `parent` is told, not asked for: it may be gone by now, and this process be another's child.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent):
    """End this process soon after its parent has."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


class _Table:
    """The rows of a study, in memory and on disk."""

    def __init__(self, runs, path, numbers=()):
        self.path, self.numbers = path, tuple(numbers)
        self.names = list(dict.fromkeys(name for run in runs for name in run))
        self.keys = [tuple(_text(run.get(name)) for name in self.names) for run in runs]
        if not runs or not self.names:
            raise NeurosimError("a study needs at least one run with at least one parameter")
        if len(set(self.keys)) < len(self.keys):
            raise NeurosimError("two runs of the study have the same parameters; give them different seeds")
        self.results, self.rows = None, {}
        if path.exists():
            self._read()

    def _read(self):
        try:
            with open(self.path, newline="", encoding="utf-8") as file:
                header, *rows = csv.reader(file)
        except (OSError, ValueError, csv.Error) as error:
            raise NeurosimError(f"{self.path}: this is no table of a study ({error}); give another folder") from None
        count, known = len(self.names), set(self.keys)
        if header[:count] != self.names or not {*self.numbers, *header[:1]} <= {*header}:
            raise NeurosimError(
                f"{self.path}: this table is of another study, with the columns {', '.join(header)} instead of "
                f"{', '.join((*self.names, *self.numbers))} and others; give another folder"
            )
        self.results = header[count:]
        for line, row in enumerate(rows, 2):
            if len(row) != len(header):
                raise NeurosimError(
                    f"{self.path}:{line}: the row has {len(row)} cells instead of {len(header)}; delete it, and its "
                    "run is made again"
                )
            key = tuple(row[:count])
            if key not in known:
                words = ", ".join(f"{name}={value}" for name, value in zip(self.names, key, strict=True))
                raise NeurosimError(
                    f"{self.path}:{line}: this table has a run with {words}, which was not asked for; ask for as much "
                    "as before, or give another folder"
                )
            if self.numbers:
                self._check_results(line, row[count:])
            self.rows[key] = row[count:]

    def _check_results(self, line, results):
        """Refuse what no run returned."""
        for name, text in zip(self.results, results, strict=True):
            if name == PROBLEM or (not text and name not in self.numbers):
                continue
            try:
                sound = name not in self.numbers or math.isfinite(float(text))
                float(text)
            except ValueError:
                sound = False
            if not sound:
                raise NeurosimError(
                    f"{self.path}:{line}: {name} = {text!r} is no result; delete the row, and its run is made again"
                )

    def missing(self):
        """Numbers of the runs without a row."""
        return [number for number, key in enumerate(self.keys) if key not in self.rows]

    def add(self, number, results):
        """Keep the results of a run."""
        if self.results is None:
            self.results = list(results)
        if list(results) != self.results:
            raise NeurosimError(
                f"a run returned {', '.join(results)} where the table has {', '.join(self.results)}; results must have "
                "the same names in the same order"
            )
        self.rows[self.keys[number]] = [_text(value) for value in results.values()]
        write_whole(self.path, self._content())

    def _content(self):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.names + self.results)
        writer.writerows([*key, *self.rows[key]] for key in self.keys if key in self.rows)
        return text.getvalue()

    def frame(self):
        """The rows as a pandas.DataFrame."""
        import pandas as pd

        return pd.read_csv(io.StringIO(self._content()))


def _text(value):
    """How a table spells a value: the shortest text that means the same number."""
    if value is None:
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    return repr(value) if isinstance(value, float) else str(value)
