"""The `neurosim` command: which commands there are, and how a command line is read.

A command is a module (or anything else) with HELP, `add_arguments(parser)` and `main(options)`; `COMMANDS` names it.
What takes long to import it imports where it runs, so that --help and mistakes are answered at once.
"""

import argparse
import re
import sys
from typing import NamedTuple

from neurosim._names import resolve
from neurosim._version import __version__
from neurosim.commands.arguments import PROGRAM
from neurosim.console import STATUS_HELP, guarded
from neurosim.errors import NeurosimError, suggestion


class Command(NamedTuple):
    """A command: the module that it is (or its name), and what it does in a few words."""

    module: object
    help: str

    @property
    def loaded(self):
        return resolve(self.module)


def _ours(module, help):
    return Command(f"neurosim.commands.{module}", help)


COMMANDS = {
    "run": _ours("run", "evaluate a network on traces"),
    "sweep": _ours("sweep", "evaluate many designs on the same traces"),
    "audit": _ours("audit", "tell what every difference of versions and every known defect is worth"),
    "train": _ours("train", "train a network with the constraints of a chip"),
    "study": _ours("study", "train a grid of networks to answer one question"),
    "plan": _ours("plan", "show floorplan and area without traces"),
    "params": _ours("params", "list the parameters of a chip"),
    "import-param": _ours("import_param", "turn a Param.cpp into a design file"),
    "drop-in": _ours("drop_in", "write a program that stands in for the C++ one"),
    "doctor": _ours("doctor", "check this installation"),
}

HELP = f"""\
first steps
  neurosim run --example vgg8              evaluate VGG-8 with built-in traces
  neurosim run --example vgg8 --set node=22 --set roadmap=HP
  neurosim plan --network NetWork.csv      floorplan and area, no traces needed
  neurosim sweep --example vgg8 --vary node=32,22,14
                                           many designs, one table
  neurosim audit --example vgg8            what each known defect does to the result
  neurosim train --example digits          train with the constraints of a chip, evaluate it every epoch
  neurosim params                          every parameter of a chip
  neurosim params --toml design.toml       a commented file to edit, for --design
  neurosim drop-in NeuroSIM/main           a program that old scripts call like the C++ one
  neurosim doctor                          check this installation

`neurosim COMMAND --help` explains a command.

{STATUS_HELP}"""


# How argparse speaks of a word that is none of a few.
CHOICE = re.compile(r".*invalid choice: '([^']*)' \(choose from (.*)\)$")


class _Parser(argparse.ArgumentParser):
    """Says a mistake in one line.

    Attributes
    ----------
    words : sequence of str
        What follows the command on the command line, for options that depend on others.
    chosen : argparse.ArgumentParser or None
        The parser of the command, or the study, that the command line begins with.
    """

    words = ()
    chosen = None

    def __init__(self, **options):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message):
        found = CHOICE.match(message)
        if found:
            message += suggestion(found[1], found[2].replace("'", "").split(", "))
        raise NeurosimError(f"{message}; see {self.prog} --help")


def main(words=None):
    """Run the command and return its exit status."""
    return guarded(PROGRAM, lambda: _run_command(words))


def _run_command(words):
    words = sys.argv[1:] if words is None else list(words)
    parser = parser_for(words)
    options, rest = parser.parse_known_args(words)
    if rest:
        raise NeurosimError(_unknown(rest, parser.chosen or parser))
    if options.command is None:
        parser.print_help()
        return 0
    return COMMANDS[options.command].loaded.main(options)


def parser_for(words=()):
    """The parser of a command line; only the command that it begins with has its options."""
    parser = _Parser(
        prog="neurosim",
        description="Area, latency and energy of compute-in-memory chips that train neural networks.",
        epilog=HELP,
    )
    parser.add_argument("--version", action="version", version=f"neurosim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for name, command in COMMANDS.items():
        about = command.help[0].upper() + command.help[1:] + "."
        wanted = name in words[:1]
        added = commands.add_parser(name, help=command.help, description=about,
                                    epilog=command.loaded.HELP if wanted else None)  # fmt: skip
        if wanted:
            added.words = tuple(words[1:])
            command.loaded.add_arguments(added)
            parser.chosen = added.chosen or added
    return parser


def _unknown(words, parser):
    """The sentence about words that a parser does not know, and the option that the first of them may be meant for."""
    option = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
    known = [name for name in parser._option_string_actions if name.startswith("--")]
    near = suggestion(option, known) if option else ""
    if option and "--set" in known:
        from neurosim.design.parameters import PARAMETERS

        name = option.strip("-").replace("-", "_")
        if name in {**PARAMETERS, **PARAMETERS.by_reference}:
            near = f" (did you mean --set {name}=...?)"
    return f"unrecognized arguments: {' '.join(words)}{near}; see {parser.prog} --help"


if __name__ == "__main__":
    sys.exit(main())
