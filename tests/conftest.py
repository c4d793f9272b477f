"""Make the helpers of this folder importable under every import mode of pytest, and test the right neurosim."""

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from hypothesis import settings

TESTS = Path(__file__).resolve().parent
CHECKOUT = TESTS.parent

# `python -m pytest` puts the checkout first on the path; unless its modules are compiled there, the installed
# package is meant.
if not any((CHECKOUT / "neurosim" / f"_circuits{suffix}").exists() for suffix in EXTENSION_SUFFIXES):
    sys.path[:] = [folder for folder in sys.path if Path(folder or ".").resolve() != CHECKOUT]

sys.path.insert(0, str(TESTS))

# The same examples in every run, however slow the machine; `--hypothesis-profile=default` searches for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
