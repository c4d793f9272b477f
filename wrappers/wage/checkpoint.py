"""Checkpoints: everything that a run continues from, in one file that is either whole or the one before."""

import json
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError

NAME = "checkpoint.npz"
FORMAT = 1


def save(path, arrays, facts):
    """Write a checkpoint in place of the one before.

    Parameters
    ----------
    path : str or Path
    arrays : dict of ndarray
    facts : dict
        Anything that JSON can hold.

    Raises
    ------
    NeurosimError
        It cannot be written; the one before is kept.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    text = np.frombuffer(json.dumps({"format": FORMAT, **facts}).encode(), np.uint8)
    try:
        with open(part, "wb") as file:
            np.savez(file, facts=text, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NeurosimError(
            f"{path}: the checkpoint cannot be written ({error.strerror or error}); the one before is kept: make room "
            f"and continue with --resume {path.parent}"
        ) from None


def load(path):
    """A checkpoint as (arrays, facts).

    Raises
    ------
    NeurosimError
        There is none, or it is damaged or of another version.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(file["facts"].tobytes())
            arrays = {name: file[name] for name in file.files if name != "facts"}
    except FileNotFoundError:
        raise NeurosimError(
            f"{path}: there is no checkpoint; name the folder of a run that was stopped", status=1
        ) from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise NeurosimError(f"{path}: this is no whole checkpoint ({error}); start the run again", status=1) from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NeurosimError(f"{path}: this checkpoint is of another version of neurosim; start the run again", status=1)
    return arrays, facts
