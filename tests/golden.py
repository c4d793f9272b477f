"""Recorded values: where they are, how they are read, and the four named tolerances.

The tables in `tests/data` were recorded from the DNN+NeuroSim V2.0 program; none of their
values is ever changed, and no test compares with any other tolerance than these four.
"""

import csv
import gzip
import io
import math
from pathlib import Path

EXACT = 0.0
SAME_MATH = 1e-12
REORDERED = 1e-9
PRINTED = "six significant digits, byte for byte"

DATA = Path(__file__).resolve().parent / "data"


def number(text):
    """A cell of a table as int, float or (if it is no number) str; None when blank."""
    if text == "":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def numbers(text):
    """A list cell (`1;2;3`) as floats."""
    return [float(word) for word in str(text).split(";") if word != ""]


def matrix(text):
    """A matrix cell (`1;2|3;4`) as a list of lists of floats."""
    return [numbers(row) for row in str(text).split("|")]


def rows(table):
    """Every row of a circuit table as a dict of texts, with two extra keys.

    `flags` is a set; `uninit` is the set of columns that depend on memory the reference never
    wrote, which are skipped by `compare`.
    """
    with gzip.open(DATA / "circuits" / f"{table}.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(io.StringIO(file.read())):
            row["flags"] = set(row.get("flags", "").split(";")) - {""}
            row["uninit"] = set((row.get("uninit") or "").split(";")) - {""}
            yield row


def close(got, want, tolerance):
    """Equality within a relative tolerance; NaN equals NaN and an infinity itself."""
    if math.isnan(want):
        return math.isnan(got)
    return got == want or math.isclose(got, want, rel_tol=tolerance, abs_tol=0.0)


def compare(row, results, tolerance=SAME_MATH):
    """Assert that `results` ({column without `out.`: value}) match the recorded columns of `row`."""
    wrong = []
    for name, got in results.items():
        column = f"out.{name}"
        if column in row["uninit"] or row[column] == "":
            continue
        want = float(row[column])
        if not close(float(got), want, tolerance):
            wrong.append(f"{name}: got {got!r}, recorded {want!r}")
    assert not wrong, f"row {row['id']}: " + "; ".join(wrong)
