"""`neurosim doctor`: is this installation whole, what does it run on, and does it get the recorded numbers?"""

import json
import math
import os
import platform
import time
from importlib import import_module
from pathlib import Path

from neurosim.console import STATUS_HELP
from neurosim.errors import NeurosimError
from neurosim.processors import threads

DATA = Path(__file__).resolve().parent.parent / "data"
PACKAGES = ("numpy", "pandas", "matplotlib")
# REORDERED of the tests: sums may be taken in another order.
TOLERANCE = 1e-9
THREAD_VARIABLES = ("NEUROSIM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE")


# Not by name: on the public registry it is another project's.
REINSTALL = "install this copy again from its folder or wheel, with pip install --force-reinstall PATH"

HELP = f"""\
Prints versions, compiled modules, BLAS and threads, and evaluates VGG-8 against values recorded from the C++ program,
in a few seconds.

{STATUS_HELP}"""


def add_arguments(parser):
    """It has none of its own."""


def compiled_modules():
    """Names of the compiled modules that this package should have: each has a stub beside it."""
    names = set()
    for room in ("neurosim", "neurosim.technology", "neurosim.wrappers"):
        for folder in import_module(room).__path__:
            stubs = Path(folder).rglob("_[!_]*.pyi") if (Path(folder) / "__init__.py").is_file() else ()
            names.update(".".join((room, *stub.relative_to(folder).with_suffix("").parts)) for stub in stubs)
    return sorted(names)


def report_lines():
    """(line, sound) of every check, as they are made."""
    from neurosim import __version__

    yield f"neurosim {__version__}, Python {platform.python_version()} on {platform.machine()}", True
    for name in PACKAGES:
        try:
            yield f"{name} {import_module(name).__version__}", True
        except ImportError as error:
            yield f"{name} is missing ({error}): pip install {name}", False
    broken = []
    for name in compiled_modules():
        try:
            module = import_module(name)
        except ImportError as error:
            broken.append(f"{name} ({error})")
            continue
        if str(getattr(module, "__file__", "")).endswith((".py", ".pyx")):
            broken.append(f"{name} (not compiled)")
    if broken:
        yield f"compiled modules are missing: {'; '.join(broken)}: {REINSTALL}", False
        return
    yield f"{len(compiled_modules())} compiled modules", True
    yield f"BLAS of numpy: {_blas()}", True
    settings = ", ".join(f"{name}={os.environ[name]}" for name in THREAD_VARIABLES if name in os.environ)
    yield f"{threads()} threads for evaluations{f' ({settings})' if settings else ''}", True
    yield _self_test()


def _blas():
    """Name and version of the library behind numpy's matrix products."""
    import numpy as np

    try:
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{blas['name']} {blas['version']}"
    except (KeyError, TypeError):
        return "unknown"


def _self_test():
    """VGG-8 against the values recorded from the reference."""
    from neurosim.design.design import Design
    from neurosim.evaluation.flow import evaluate
    from neurosim.traces.examples import vgg8

    start = time.perf_counter()
    recorded = json.loads((DATA / "vgg8_recorded.json").read_text(encoding="utf-8"))
    results = evaluate(Design(), *vgg8()).to_reference()
    wrong = [
        f"{name} is {results[section][name]!r} instead of {value!r}"
        for section, values in recorded.items()
        for name, value in values.items()
        if not math.isclose(results[section][name], value, rel_tol=TOLERANCE)
    ]
    count = sum(map(len, recorded.values()))
    seconds = time.perf_counter() - start
    if wrong:
        return f"VGG-8: {len(wrong)} of {count} results differ from the recorded ones; first, {wrong[0]}", False
    return f"VGG-8: all {count} recorded results reproduced in {seconds:.1f} s", True


def main(options=None):
    """Print all checks.

    Raises
    ------
    NeurosimError
        At the end, if a check failed.
    """
    failed = 0
    for line, sound in report_lines():
        print(f"{'ok  ' if sound else 'FAIL'}  {line}", flush=True)
        failed += not sound
    if failed:
        checks = "check" if failed == 1 else "checks"
        raise NeurosimError(f"{failed} {checks} failed; the lines marked FAIL say what helps")
