"""`neurosim import-param`: turn a Param.cpp into a design file."""

from neurosim.commands.arguments import inform, warn, write_new
from neurosim.console import STATUS_HELP
from neurosim.design.models import versions

HELP = f"""\
Reads the constructor of an edited Param.cpp of DNN+NeuroSim {versions()}, under any file name; nothing is compiled.
Assignments, own variables, if, switch, #define and #if are followed as far as plain arithmetic decides them; a
parameter whose value they leave open is refused with its line. Which version it is, its names tell; the design file
names it (model). That, names that have no effect here and statements that are not read are told on standard error.
(--design reads Param.cpp as well.)

example
  neurosim import-param NeuroSIM/Param.cpp -o design.toml

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    parser.add_argument("source", metavar="Param.cpp")
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help="design file (default: standard output)")
    parser.add_argument("--force", action="store_true", help="write over an existing FILE")


def main(options):
    """Turn a Param.cpp (or another design file) into our own format."""
    from neurosim.design.design import Design

    design = Design.from_file(options.source, warn, inform)
    write_new(options.output, design.to_toml(), options.force)
