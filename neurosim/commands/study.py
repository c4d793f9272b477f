"""`neurosim study`: grids of training runs that answer one question each.

A study is a module with HELP, NUMBERS (results that are finite numbers in every run), `add_arguments(parser)`,
`runs(options)` -> list of dict, `run(parameters)` -> dict, `figure(table)` -> matplotlib Figure and `summary(table)` ->
text; it may have `tables(table)` -> {file name: DataFrame} of more tables to write. What takes long to import it
imports where it is used.
"""

import argparse
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from neurosim.console import STATUS_HELP, terminating
from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole
from neurosim.progress import StatusLine
from neurosim.units import duration

STUDIES = {
    "crossbar": ("neurosim.wrappers.studies.crossbar", "train on crossbars that are not ideal, one fault at a time"),
    "hybrid": ("neurosim.wrappers.studies.hybrid", "set hybrid-precision synapses against non-volatile devices only"),
}
FIGURE = "study.png"

HELP = f"""\
example
  neurosim study crossbar --out studies/crossbar --quick
  neurosim study hybrid --out studies/hybrid --quick

`neurosim study STUDY --help` explains a study. Each leaves a table with a row a run, and a figure.

{STATUS_HELP}"""


def add_arguments(parser):
    """Give the parser a command for every study."""
    commands = parser.add_subparsers(dest="study", metavar="STUDY", required=True)
    for name, (module, help) in STUDIES.items():
        module = import_module(module)
        added = commands.add_parser(
            name, help=help, description=help[0].upper() + help[1:] + ".", epilog=f"{module.HELP}\n\n{STATUS_HELP}"
        )
        add = added.add_argument
        add("--out", metavar="DIR", required=True, help="folder of the table and the figure; a study there goes on")
        add("--quick", action="store_true", help="a small grid, in less than a minute")
        add("--seeds", metavar="N", type=_count, help="runs of every point, with other random draws")
        add("--jobs", metavar="N", type=_count, help="runs at the same time (default: as many as processors)")
        add("--data", metavar="PATH", default="digits", help="data set: digits (default) or as for neurosim train")
        add("--epochs", metavar="N", type=_count, help="epochs of a run")
        add("--quiet", action="store_true", help="print neither summary nor progress")
        module.add_arguments(added)


def _count(text):
    """A whole number of at least 1."""
    with suppress(ValueError):
        if int(text) >= 1:
            return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")


def main(options):
    """Make the runs that are missing, draw the figure, print a summary."""
    from neurosim.wrappers.studies.grid import TABLE, run_grid
    from neurosim.wrappers.training.data import load

    module = import_module(STUDIES[options.study][0])
    folder = Path(options.out)
    if folder.exists() and not folder.is_dir():
        raise NeurosimError(f"{folder}: this is a file; give a folder for the study with --out")
    if options.data != "digits":
        options.data = str(Path(options.data).resolve())
    load(options.data)      # a data set that is none is told before anything is written
    check_writable(folder / TABLE)
    start = time.perf_counter()
    with _Runs(quiet=options.quiet) as progress, terminating():
        table = run_grid(module.runs(options), module.run, folder, jobs=options.jobs, progress=progress,
                         numbers=module.NUMBERS)
    for name, frame in getattr(module, "tables", lambda table: {})(table).items():
        write_whole(folder / name, frame.to_csv(index=False))
    figure = module.figure(table)
    write_whole(folder / FIGURE, lambda file: figure.savefig(file, dpi=130, format="png"))
    if not options.quiet:
        print(module.summary(table))
        seconds = duration(time.perf_counter() - start)
        print(f"{len(table)} runs in {seconds}; table and figure are {folder / TABLE} and {FIGURE}", file=sys.stderr)


class _Runs(StatusLine):
    """Tells how many runs are done and how long the rest will take."""

    def __init__(self, **options):
        super().__init__(**options)
        self._start = time.perf_counter()

    def __call__(self, done, total):
        if done == total:
            self.clear()
            return
        text = f"{done} of {total} runs done"
        if done:
            text += f", about {duration((time.perf_counter() - self._start) / done * (total - done))} left"
        self.show(text)
