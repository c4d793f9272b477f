"""`neurosim drop-in`: write a program that stands in for the C++ one."""

import os
import shlex
import sys
from pathlib import Path

from neurosim.commands.arguments import inform, warn
from neurosim.console import STATUS_HELP
from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole

# By this line a drop-in is known again.
MARK = "# Written by `neurosim drop-in`: stands in for the C++ program of DNN+NeuroSim"


HELP = f"""\
Writes a small program that takes the arguments of the C++ program and leaves the same text and files, so that
scripts which call ./NeuroSIM/main go on working.

examples
  neurosim drop-in NeuroSIM/main
  neurosim drop-in NeuroSIM/main --design NeuroSIM/Param.cpp
                                       edits to Param.cpp take effect at once, without make

The program is the same as `neurosim-main`; `neurosim-main --help` tells its arguments and environment.

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    parser.add_argument("path", metavar="PATH", help="the program to write, such as NeuroSIM/main")
    parser.add_argument("--design", metavar="FILE", help="design to use unless a call names another")
    parser.add_argument("--force", action="store_true", help="replace a file that is no drop-in of neurosim")


def main(options):
    """Write the program and say so."""
    design = write_program(options.path, options.design, force=options.force)
    told = f", with {design} as its design" if design else ""
    print(f"{options.path}: takes the arguments of the C++ program{told}")


def write_program(path, design=None, *, force=False):
    """Write an executable that behaves as `neurosim-main`; returns the absolute path of its design file, if any."""
    path = Path(path)
    check_writable(path)
    if path.exists() and not force and not _is_ours(path):
        raise NeurosimError(f"{path}: a file that neurosim did not write; give --force to replace it")
    if design is not None:
        from neurosim.design.design import Design

        Design.from_file(design, warn, inform)  # a mistake shows now
        design = str(Path(design).absolute())
    write_whole(path, _program(design))
    path.chmod(path.stat().st_mode & 0o777 | 0o111)
    return design


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
{MARK}.
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
