"""Checkpoints: everything that a run continues from, in one file that is either whole or the one before."""

import json
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.outputs import write_whole
from neurosim.wrappers.training import npz

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
    text = np.frombuffer(json.dumps({"format": FORMAT, **facts}).encode(), np.uint8)
    try:
        write_whole(path, lambda file: np.savez(file, facts=text, **arrays), durable=True)
    except NeurosimError as error:
        remedy = "make room and start again"
        if path.exists():
            remedy = f"the one before is kept: make room and continue with --resume {path.parent}"
        raise NeurosimError(f"{error}; {remedy}") from None


def load(path):
    """A checkpoint as (arrays, facts).

    Raises
    ------
    NeurosimError
        There is none, or it is damaged or of another version.
    """
    path = Path(path)
    try:
        arrays = npz.read(path)
        facts = json.loads(arrays.pop("facts").tobytes())
    except FileNotFoundError:
        raise NeurosimError(
            f"{path}: there is no checkpoint; name the folder of a run that was stopped", status=1
        ) from None
    except (OSError, ValueError, KeyError, RecursionError) as error:
        raise damaged(path, error) from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NeurosimError(f"{path}: this checkpoint is of another version of neurosim; start the run again", status=1)
    return arrays, facts


def damaged(path, reason):
    """What to raise about a checkpoint that cannot be used."""
    if isinstance(reason, KeyError):
        reason = f"it has no {reason}"
    return NeurosimError(f"{path}: this is no whole checkpoint ({reason}); start the run again", status=1)
