"""`neurosim study`: grids of training runs that answer one question each.

A study is a module (or anything else) with `runs(options)` -> list of dict, `run(parameters)` -> dict, `figure(table)`
-> matplotlib Figure and `summary(table)` -> text; `STUDIES` names it. It may have HELP, NUMBERS (results that are
finite numbers in every run), `add_arguments(parser)`, and `tables(table)` -> {file name: DataFrame} of more tables.
`run` is called in other processes, so that it must be importable. A study imports what takes long where it is used.
"""

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path

from neurosim.commands.line import Command
from neurosim.console import STATUS_HELP, terminating
from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole
from neurosim.progress import StatusLine
from neurosim.units import duration


def _ours(module, help):
    return Command(f"neurosim.wrappers.studies.{module}", help)


STUDIES = {
    "crossbar": _ours("crossbar", "train on crossbars that are not ideal, one fault at a time"),
    "hybrid": _ours("hybrid", "set hybrid-precision synapses against non-volatile devices only"),
}
# What a study need not have.
OPTIONAL = {"HELP": "", "NUMBERS": (), "add_arguments": lambda parser: None, "tables": lambda table: {}}
FIGURE = "study.png"

HELP = f"""\
example
  neurosim study crossbar --out studies/crossbar --quick
  neurosim study hybrid --out studies/hybrid --quick

`neurosim study STUDY --help` explains a study. Each leaves a table with a row a run, and a figure.

{STATUS_HELP}"""


def add_arguments(parser):
    """Give the parser a command for every study; only the one that is asked for has its options."""
    commands = parser.add_subparsers(dest="study", metavar="STUDY", required=True)
    for name, study in STUDIES.items():
        about = study.help[0].upper() + study.help[1:] + "."
        if name not in getattr(parser, "words", ())[:1]:
            commands.add_parser(name, help=study.help, description=about)
            continue
        epilog = f"{_part(study.loaded, 'HELP')}\n\n{STATUS_HELP}"
        added = commands.add_parser(name, help=study.help, description=about, epilog=epilog)
        add = added.add_argument
        add("--out", metavar="DIR", required=True, help="folder of the table and the figure; a study there goes on")
        add("--quick", action="store_true", help="a small grid, in less than a minute")
        add("--seeds", metavar="N", type=_count, help="runs of every point, with other random draws")
        add("--jobs", metavar="N", type=_count, help="runs at the same time (default: as many as processors)")
        add("--data", metavar="PATH", default="digits", help="data set: digits (default) or as for neurosim train")
        add("--epochs", metavar="N", type=_count, help="epochs of a run")
        add("--quiet", action="store_true", help="print neither summary nor progress")
        _part(study.loaded, "add_arguments")(added)
        parser.chosen = added


def _part(study, name):
    """An attribute of a study, or what stands for it where the study has none."""
    return getattr(study, name, OPTIONAL[name])


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

    study = STUDIES[options.study].loaded
    folder = Path(options.out)
    if folder.exists() and not folder.is_dir():
        raise NeurosimError(f"{folder}: this is a file; give a folder for the study with --out")
    if options.data != "digits":
        options.data = str(Path(options.data).resolve())
    load(options.data)      # a data set that is none is told before anything is written
    check_writable(folder / TABLE)
    start = time.perf_counter()
    with _Runs(quiet=options.quiet) as progress, terminating():
        table = run_grid(study.runs(options), study.run, folder, jobs=options.jobs, progress=progress,
                         numbers=_part(study, "NUMBERS"))
    for name, frame in _part(study, "tables")(table).items():
        write_whole(folder / name, frame.to_csv(index=False))
    figure = study.figure(table)
    write_whole(folder / FIGURE, lambda file: figure.savefig(file, dpi=130, format="png"))
    if not options.quiet:
        print(study.summary(table))
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
