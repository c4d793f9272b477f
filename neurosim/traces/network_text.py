"""The text of a `NetWork.csv` as spreadsheets, scripts and people write it: lines of fields.

Quirk D10: the C++ program reads whatever else stands there as a 0, and ignores further columns.
"""

import csv
import re
from dataclasses import dataclass

from neurosim.errors import NeurosimError

FIELDS = ("rows", "columns", "channels", "kernel_rows", "kernel_columns", "outputs", "pool", "stride")
ORDER = ", ".join(FIELDS)

_COMMENT = re.compile(r"#|//")
_TRAINERS = re.compile(r"^\s*(input|layers)\s*=", re.MULTILINE)
# How head lines call columns, and where these columns stand (from 0).
_NAMES = (
    (re.compile("strid"), (7,)),
    (re.compile("pool"), (6,)),
    (re.compile("^(out|ofm|cout|oc$)"), (5,)),
    (re.compile("kern|filter|^k_?[hwrcxy]$"), (3, 4, 5)),
    (re.compile("^(c|cin|ic|channels?|(in|input|ifm)[ _-]?ch.*)$"), (2,)),
)
_NINTH = "the ninth column, which some versions use for groups or joins, has no meaning here"


@dataclass(frozen=True)
class Rows:
    """Lines of a network file.

    Attributes
    ----------
    rows : list of (int, list of str)
        Number of each line (from 1), and its eight fields (or as many as there are: what is wrong with them is said
        where they are read).
    remarks : list of str
        Sentences about what was seen and left out.
    """

    rows: list
    remarks: list


def is_of_the_trainer(path, text):
    """Whether a network file is the TOML file of `neurosim train`."""
    return path.suffix.lower() == ".toml" or _TRAINERS.search(text) is not None


def rows_of(text, where):
    """The `Rows` of the text of a network file; `where` is its path.

    Raises
    ------
    NeurosimError
        A head line in another order, or a column that has no meaning.
    """
    lines = [(number, fields) for number, line in enumerate(text.splitlines(), 1) if (fields := fields_of(line))]
    if lines and not any(map(_is_number, lines[0][1])):
        _check_head(lines[0][1], f"{where}:{lines[0][0]}")
        del lines[0]
    remarks = []
    if lines and all(len(fields) == len(FIELDS) + 1 for _, fields in lines):
        for number, fields in lines:
            ninth = fields.pop()
            if not (_is_number(ninth) and float(ninth) in (0, 1)):
                raise NeurosimError(f"{where}:{number}: {_NINTH}, and is {ninth!r}: leave it out")
        remarks.append(f"{where}: {_NINTH}: it is left out, as by the C++ program")
    return Rows(lines, remarks)


def fields_of(line):
    """The fields of a line, separated by commas, semicolons, tabs or blanks, without quotes.

    None where there is nothing but separators and a comment, and none after the last that is not empty.
    """
    line = _COMMENT.split(line, maxsplit=1)[0].strip()
    separator = next((mark for mark in ";,\t" if mark in line), None)
    if separator is None:
        fields = line.split()
    else:
        try:
            fields = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        except csv.Error:
            fields = line.split(separator)
    fields = [field.strip().strip("'\"").strip() for field in fields]
    while fields and not fields[-1]:
        fields.pop()
    # A whole line in quotes, or one that only ends in a semicolon
    return fields_of(fields[0]) if len(fields) == 1 and re.search(r"[;,\t ]", fields[0]) else fields


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_head(names, place):
    """Refuse a head line whose columns stand in another order, as far as their names tell."""
    if len(names) not in (len(FIELDS), len(FIELDS) + 1):
        return
    for number, name in enumerate(names):
        word = name.lower()
        if "pad" in word:
            raise NeurosimError(
                f"{place}: the head line names a column {name!r}, which there is not: rows and columns count the "
                f"padding; write {ORDER}"
            )
        places = next((places for pattern, places in _NAMES if pattern.search(word)), (number,))
        if number not in places:
            raise NeurosimError(
                f"{place}: the head line calls column {number + 1} {name!r}, but the columns are {ORDER}; put them "
                "into this order"
            )
