"""`neurosim params`: list the parameters of a chip."""

import csv
import io

from neurosim.commands.arguments import add_design, read_design, write_new
from neurosim.console import STATUS_HELP
from neurosim.errors import NeurosimError, suggestion

LONG = 40   # characters of a range that has a column of its own

HELP = f"""\
examples
  neurosim params                      all of them
  neurosim params cell                 those of a section
  neurosim params node levelOutput     some, by our name or the reference's
  neurosim params cycle_variation      options of a training as well, where they are asked for by name
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
    chosen, trained = _chosen(options.names)
    groups = [(p.section, p, p.name, p.reference, [_text(getattr(design, p.name))] if changed else []) for p in chosen]
    for setting in trained:
        ours, *theirs = setting.words
        # Of the words that set a value only options are the reference's.
        groups.append((f"neurosim train: {setting.group}", setting.parameter, ours, " ".join(theirs),
                       [""] if changed else []))  # fmt: skip
    header = ["name", "default", *(["value"] if changed else []), "unit", "range", "reference", "meaning"]
    sections, rows = [], []
    for section, p, name, reference, value in groups:
        # A long range would push the other columns off the screen.
        limits = [p.range, p.told] if options.csv or len(p.range) <= LONG else ["", f"{p.told} ({p.range})"]
        sections.append(section)
        rows.append([name, _text(p.default), *value, p.unit, limits[0], reference, limits[1]])
    if options.csv:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["section", *header])
        writer.writerows([section, *row] for section, row in zip(sections, rows, strict=True))
        print(table.getvalue(), end="")
        return
    widths = [max(len(row[n]) for row in [header, *rows]) for n in range(len(header) - 1)]
    print(_line(header, widths))
    before = None
    for section, row in zip(sections, rows, strict=True):
        if section != before:
            before = section
            print(f"\n[{section}]")
        print(_line(row, widths))


def _line(cells, widths):
    return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), cells[-1]]).rstrip()


def _chosen(names):
    """(parameters, settings of a training) by name, reference's name, option or section, in their order."""
    from neurosim.design.parameters import PARAMETERS, SWITCHES

    wanted, trained = set(), []
    for name in names:
        section = {p.name for p in PARAMETERS.values() if p.section == name}
        own = PARAMETERS.get(name) or PARAMETERS.by_reference.get(name)
        wanted |= {own.name} if own else section
        if not own:
            from neurosim.commands.training_options import called, settings

            every = settings()
            found = called(name, every)
            trained += [setting for setting in found if setting not in trained]
            if not found and not section:
                known = [*PARAMETERS, *PARAMETERS.by_reference, *SWITCHES, *PARAMETERS.sections]
                known += [setting.parameter.name for setting in every]
                near = PARAMETERS.meant_by(name, None) or suggestion(name, known) or "; `neurosim params` lists them"
                raise NeurosimError(f"{name!r} is neither a parameter nor a section{near}")
    return [p for p in PARAMETERS.values() if not names or p.name in wanted], trained


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
