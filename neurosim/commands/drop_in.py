"""`neurosim drop-in`: write a program that stands in for the C++ one."""

import os
import shlex
import sys
from pathlib import Path

from neurosim.commands.arguments import inform, warn
from neurosim.console import STATUS_HELP
from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole

# By this line a drop-in is known again, and by the other the makefile beside it.
MARK = "# Written by `neurosim drop-in`: stands in for the C++ program of DNN+NeuroSim"
MAKE_MARK = "# Written by `neurosim drop-in`: keeps make from building the C++ program over the drop-in"
# In the order in which GNU make looks for them.
MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
MAKEFILE = f"""\
{MAKE_MARK}.
# GNU make reads this file and not the makefile beside it; delete it to build the C++ program again.
MAKEFLAGS += -rR
.SUFFIXES:
.PHONY: all
all:
\t@:
.DEFAULT:
\t@:
"""


HELP = f"""\
Writes a small program that takes the arguments of the C++ program and leaves the same text and files, so that
scripts which call ./NeuroSIM/main go on working.

examples
  neurosim drop-in NeuroSIM/main
  neurosim drop-in NeuroSIM/main --design NeuroSIM/Param.cpp
                                       edits to Param.cpp take effect at once, without make
  neurosim drop-in NeuroSIM/main --design NeuroSIM/Param.cpp --makefile
                                       the same for scripts that call make after every edit

A script that calls make would build the C++ program over the drop-in. Leave the call out, or give --makefile: it writes
a GNUmakefile beside the program, which GNU make reads in place of the makefile there and in which nothing is to be
done, whatever the target. The makefile itself stays as it is; delete the GNUmakefile to build the C++ program again.

The program is the same as `neurosim-main`; `neurosim-main --help` tells its arguments and environment.

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    parser.add_argument("path", metavar="PATH", help="the program to write, such as NeuroSIM/main")
    parser.add_argument("--design", metavar="FILE", help="design to use unless a call names another")
    parser.add_argument("--makefile", action="store_true",
                        help="also write a GNUmakefile, so that make leaves the program alone")  # fmt: skip
    parser.add_argument("--force", action="store_true", help="replace a file that neurosim did not write")


def main(options):
    """Write the program and say so."""
    makefile = Path(options.path).parent / MAKEFILES[0]
    if options.makefile:
        check_writable(makefile)
        _check_ours(makefile, MAKE_MARK, options.force, "; or leave the call of make out of your script")
    design = write_program(options.path, options.design, force=options.force)
    told = f", with {design} as its design" if design else ""
    print(f"{options.path}: takes the arguments of the C++ program{told}")
    if options.makefile:
        write_whole(makefile, MAKEFILE)
        print(f"{makefile}: make leaves the program alone")
    elif (found := _makefile_beside(options.path)) is not None:
        warn(
            f"{found}: make can build the C++ program over {options.path}; leave it out of your scripts, or give "
            "--makefile, which makes it do nothing"
        )


def write_program(path, design=None, *, force=False):
    """Write an executable that behaves as `neurosim-main`; returns the absolute path of its design file, if any."""
    path = Path(path)
    check_writable(path)
    overwritten = _makefile_beside(path)
    hint = f"; if {overwritten.name} built it over a drop-in, give --makefile as well" if overwritten else ""
    _check_ours(path, MARK, force, hint)
    if design is not None:
        from neurosim.design.design import Design

        Design.from_file(design, warn, inform)  # a mistake shows now
        design = str(Path(design).absolute())
    write_whole(path, _program(design))
    path.chmod(path.stat().st_mode & 0o777 | 0o111)
    return design


def _makefile_beside(path):
    """The makefile that make would read beside a program, or None where there is none or it is ours."""
    found = next((file for name in MAKEFILES if (file := Path(path).parent / name).is_file()), None)
    return None if found is None or _holds(found, MAKE_MARK) else found


def _check_ours(path, mark, force, hint):
    """Refuse to write over a file that is not ours."""
    if path.exists() and not force and not _holds(path, mark):
        raise NeurosimError(f"{path}: a file that neurosim did not write; give --force to replace it{hint}")


def _holds(path, mark):
    try:
        with open(path, "rb") as file:
            return mark.encode() in file.read(4096)
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
