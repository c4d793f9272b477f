"""What computed a number: a text that changes when code or data do, though the version stays the same."""

import functools
import hashlib
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import neurosim.circuits
import neurosim.evaluation
import neurosim.technology

# Folders whose compiled modules, data and Python files the statistics of arrays depend on.
ROOMS = (neurosim.circuits, neurosim.evaluation, neurosim.technology)
ENDINGS = (".py", ".toml", EXTENSION_SUFFIXES[0])


@functools.cache
def fingerprint():
    """A hash of the compiled modules, the data and the code that array statistics come from."""
    digest = hashlib.blake2b(digest_size=16)
    top = Path(neurosim.__file__).parent
    found = [file for room in ROOMS for folder in room.__path__ for file in Path(folder).rglob("*")]
    for file in sorted([*found, *top.glob("_*")], key=lambda file: file.name):
        if file.name.endswith(ENDINGS) and file.is_file():
            digest.update(f"{file.name} ".encode() + file.read_bytes())
    return digest.hexdigest()
