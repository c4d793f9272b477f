"""Build neurosim: the Cython modules of `neurosim/` and `technology/`.

`technology/` and `wrappers/` sit at the top level of the checkout and are
installed as `neurosim.technology` and `neurosim.wrappers` (see `package_dir`).
Everything that is not about compiling is declared in `pyproject.toml`.

Environment switches
    NEUROSIM_CHECKED=1    compile with bounds and overflow checks (slow; for the tests)
    NEUROSIM_ANNOTATE=1   write Cython's annotated HTML beside the C files
"""

import os
import shutil
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build import build

ROOT = Path(__file__).resolve().parent
OUTSIDE = {"neurosim.technology": "technology", "neurosim.wrappers": "wrappers"}   # of the folder neurosim/


def package_dirs() -> dict[str, str]:
    """{package: folder} of every folder with an `__init__.py`."""
    found = {}
    for package, top in {"neurosim": "neurosim", **OUTSIDE}.items():
        for init in sorted((ROOT / top).rglob("__init__.py")):
            parts = init.parent.relative_to(ROOT / top).parts
            found[".".join((package, *parts))] = "/".join((top, *parts))
    return found


PACKAGE_DIR = package_dirs()
CHECKED = os.environ.get("NEUROSIM_CHECKED", "0") not in ("", "0")


def declarations() -> str:
    """Lay the `.pxd` files out by package name, because Cython finds a module by its dotted path.

    The folder is rebuilt at every call and lies under `build/`, which is never packaged.
    """
    tree = ROOT / "build" / "declarations"
    shutil.rmtree(tree, ignore_errors=True)
    for package, folder in PACKAGE_DIR.items():
        target = tree.joinpath(*package.split("."))
        target.mkdir(parents=True, exist_ok=True)
        (target / "__init__.py").touch()
        for file in sorted((ROOT / folder).glob("*.pxd")):
            shutil.copy2(file, target / file.name)
    return str(tree)


def extensions():
    """One extension module for each `.pyx` file, without the debug symbols that Python's own flags ask for (`-g`)."""
    flags = ["-O3", "-g0", "-ffp-contract=off"] if os.name != "nt" else ["/O2", "/fp:precise"]
    return [
        Extension(
            f"{package}.{file.stem}",
            [file.relative_to(ROOT).as_posix()],
            extra_compile_args=flags,
        )
        for package, folder in PACKAGE_DIR.items()
        for file in sorted((ROOT / folder).glob("*.pyx"))
    ]


class Build(build):
    """Build, then drop what an earlier build of the same checkout left, so that no wheel ever holds it."""

    def run(self):
        super().run()
        commands = [self.get_finalized_command(name) for name in self.get_sub_commands()]
        made = {Path(output).resolve() for command in commands for output in command.get_outputs()}
        for file in Path(self.build_lib).rglob("*"):
            if file.is_file() and file.resolve() not in made:
                file.unlink()


setup(
    packages=list(PACKAGE_DIR),
    package_dir=PACKAGE_DIR,
    cmdclass={"build": Build},
    options={"build_ext": {"parallel": os.cpu_count()}},
    ext_modules=cythonize(
        extensions(),
        build_dir="build/cython",
        include_path=[declarations()],
        annotate=os.environ.get("NEUROSIM_ANNOTATE", "0") not in ("", "0"),
        nthreads=0,
        compiler_directives={
            "language_level": "3",
            "binding": True,
            "cdivision": True,
            "boundscheck": CHECKED,
            "wraparound": False,
            "initializedcheck": CHECKED,
            "embedsignature": True,
        },
    ),
)
