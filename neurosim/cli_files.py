"""`neurosim params`, `import-param` and `drop-in`: the commands that only list and write files."""

import csv
import io
import os
import shlex
import sys
from pathlib import Path

from neurosim import console
from neurosim.design import Design
from neurosim.errors import NeurosimError, suggestion
from neurosim.outputs import check_writable, write_whole
from neurosim.parameters import BY_REFERENCE, PARAMETERS, SECTIONS

PROGRAM = "neurosim"

# By this line a drop-in is known again.
MARK = "# Written by `neurosim drop-in`: stands in for the C++ program of DNN+NeuroSim V2.0."


# -- params ------------------------------------------------------------------------------------------


def params(options):
    """List parameters, or write a commented design file."""
    changed = options.design or options.settings or options.correct
    design = read_design(options)
    if options.toml is not None:
        if options.names:
            # argparse takes the first name for the file of --toml, and a file holds every parameter.
            raise NeurosimError("--toml writes every parameter; leave out the names")
        _write_new(options.toml, design.to_toml(), options.force)
        return
    chosen = _chosen(options.names)
    header = ["name", "default", *(["value"] if changed else []), "unit", "range", "reference", "meaning"]
    rows = []
    for p in chosen:
        value = [_text(getattr(design, p.name))] if changed else []
        # A long range would push the other columns off the screen.
        limits = [p.range, p.meaning] if options.csv or len(p.range) <= 40 else ["", f"{p.meaning} ({p.range})"]
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
    wanted = set()
    for name in names:
        if name in SECTIONS:
            wanted |= {p.name for p in PARAMETERS.values() if p.section == name}
        elif name in PARAMETERS or name in BY_REFERENCE:
            wanted.add((PARAMETERS.get(name) or BY_REFERENCE[name]).name)
        else:
            known = [*PARAMETERS, *BY_REFERENCE, *SECTIONS]
            raise NeurosimError(f"{name!r} is neither a parameter nor a section{suggestion(name, known)}")
    return [p for p in PARAMETERS.values() if not names or p.name in wanted]


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def read_design(options, recorded=None, unless_told=None, *, quiet=False):
    """The design of `--design`, `--set` and `--correct`.

    Parameters
    ----------
    options : argparse.Namespace
    recorded : dict, optional
        Parameters that a recording knows: they win over the file, and a setting wins over them.
    unless_told : dict, optional
        Defaults of the occasion: the file wins over them.
    quiet : bool
        Do not warn of what the file holds without effect, such as at a second reading.
    """
    start = unless_told or {}
    warn = None if quiet else _warn
    design = Design.from_file(options.design, warn, **start) if options.design else Design(**start)
    design = design.replace(**(recorded or {})).with_settings(options.settings)
    return design.replace(correct=options.correct) if options.correct is not None else design


def _warn(sentence):
    console.warn(PROGRAM, sentence)


# -- import-param --------------------------------------------------------------------------------------


def import_param(options):
    """Turn a Param.cpp (or another design file) into our own format."""
    design = Design.from_file(options.source, warn=_warn)
    _write_new(options.output, design.to_toml(), options.force)


def _write_new(path, content, force):
    """Write a file that does not exist yet; `-` is standard output."""
    if path == "-":
        sys.stdout.write(content)
        return
    if Path(path).is_file() and not force:
        raise NeurosimError(f"{path}: the file exists; give another name, or --force to write over it")
    write_whole(path, content)


# -- drop-in -------------------------------------------------------------------------------------------


def drop_in(options, tell=True):
    """Write an executable that behaves as `neurosim-main`, and say so unless told not to."""
    path = Path(options.path)
    check_writable(path)
    if path.exists() and not options.force and not _is_ours(path):
        raise NeurosimError(f"{path}: a file that neurosim did not write; give --force to replace it")
    design = None
    if options.design is not None:
        Design.from_file(options.design, warn=_warn)  # a mistake shows now
        design = str(Path(options.design).absolute())
    write_whole(path, _program(design))
    path.chmod(path.stat().st_mode & 0o777 | 0o111)
    if tell:
        print(f"{path}: takes the arguments of the C++ program" + (f", with {design} as its design" if design else ""))


def _is_ours(path):
    try:
        with open(path, "rb") as file:
            return MARK.encode() in file.read(4096)
    except OSError as error:
        raise NeurosimError(f"{path}: cannot be read ({error.strerror})") from None


def _program(design):
    """The text of a drop-in for this Python and this neurosim."""
    import neurosim

    package = Path(neurosim.__file__).absolute().parent
    return f"""{_first_lines(sys.executable)}
{MARK}
# The interpreter ignores this file's folder (-P), so that nothing in there is taken for a module.
import sys

sys.path.append({str(package.parent)!r})

from neurosim.wrappers.main import main  # noqa: E402

sys.exit(main(design={design!r}))
"""


def _first_lines(python):
    """How a script says which Python runs it.

    A `#!` line cannot hold blanks and is cut at 127 bytes; a path that is longer or has blanks is run by
    the shell, to which the second line is a command and to Python a string.
    """
    line = f"#!{python} -P"
    if not any(character.isspace() for character in python) and len(os.fsencode(line)) <= 127:
        return line
    return f"""#!/bin/sh
'''exec' {shlex.quote(python)} -P "$0" "$@"
' '''"""
