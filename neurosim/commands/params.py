"""`neurosim params`: list the parameters of a chip."""

import csv
import io

from neurosim.commands.arguments import add_design, read_design, write_new
from neurosim.console import STATUS_HELP
from neurosim.errors import NeurosimError, suggestion

HELP = f"""\
examples
  neurosim params                      all of them
  neurosim params cell                 those of a section
  neurosim params node levelOutput     some, by our name or the reference's
  neurosim params --toml design.toml --set node=22
                                       write a commented design file

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="parameters or sections (default: all)")
    add_design(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--toml", nargs="?", const="-", metavar="FILE", help="write a commented design file")
    form.add_argument("--csv", action="store_true", help="print the table as CSV")
    parser.add_argument("--force", action="store_true", help="write over an existing FILE")


def main(options):
    """List parameters, or write a commented design file."""

    changed = options.design or options.settings or options.correct
    design = read_design(options)
    if options.toml is not None:
        if options.names:
            # argparse takes the first name for the file of --toml, and a file holds every parameter.
            raise NeurosimError("--toml writes every parameter; leave out the names")
        write_new(options.toml, design.to_toml(), options.force)
        return
    chosen = _chosen(options.names)
    header = ["name", "default", *(["value"] if changed else []), "unit", "range", "reference", "meaning"]
    rows = []
    for p in chosen:
        value = [_text(getattr(design, p.name))] if changed else []
        # A long range would push the other columns off the screen.
        limits = [p.range, p.told] if options.csv or len(p.range) <= 40 else ["", f"{p.told} ({p.range})"]
        rows.append([p.name, _text(p.default), *value, p.unit, limits[0], p.reference, limits[1]])
    if options.csv:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["section", *header])
        writer.writerows([p.section, *row] for p, row in zip(chosen, rows, strict=True))
        print(table.getvalue(), end="")
        return
    widths = [max(len(row[n]) for row in [header, *rows]) for n in range(len(header) - 1)]
    section = None
    print(_line(header, widths))
    for p, row in zip(chosen, rows, strict=True):
        if p.section != section:
            section = p.section
            print(f"\n[{section}]")
        print(_line(row, widths))


def _line(cells, widths):
    return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), cells[-1]]).rstrip()


def _chosen(names):
    """Parameters by name, reference's name or section, in their order."""
    from neurosim.design.parameters import PARAMETERS

    wanted = set()
    for name in names:
        if name in PARAMETERS.sections:
            wanted |= {p.name for p in PARAMETERS.values() if p.section == name}
        elif name in PARAMETERS or name in PARAMETERS.by_reference:
            wanted.add((PARAMETERS.get(name) or PARAMETERS.by_reference[name]).name)
        else:
            known = [*PARAMETERS, *PARAMETERS.by_reference, *PARAMETERS.sections]
            raise NeurosimError(f"{name!r} is neither a parameter nor a section{suggestion(name, known)}")
    return [p for p in PARAMETERS.values() if not names or p.name in wanted]


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
