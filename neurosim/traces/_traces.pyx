"""Trace text to matrices, at the speed of memory and with exact errors.

A trace file is lines of numbers separated by commas. Every spelling that the C++ stream reader takes as
one number is taken (blanks around it, sign, missing digits before or after the point, exponent). Quirk Q4: an
empty field counts as 0, lines may end in CR LF, fields and lines beyond those asked for are ignored. Quirk D1:
anything else, which that reader turns into 0 in silence or reads out of bounds, is an error with its place.
"""

import numpy as np

from libc.math cimport isinf
from libc.string cimport memchr

# Exactly representable powers of ten: a mantissa below 2^53 times or over one of them is rounded once,
# which is what a correct decimal reader gives (Clinger, PLDI 1990).
cdef double[23] POWERS
cdef int _n
for _n in range(23):
    POWERS[_n] = 10.0 ** _n

cdef enum Problem:
    FINE
    NO_NUMBER
    OTHER_FORM
    LINE_TOO_SHORT
    FILE_TOO_SHORT

cdef struct Place:
    Problem problem
    Py_ssize_t row          # from 0
    Py_ssize_t column       # from 0; for LINE_TOO_SHORT the number of fields there are
    Py_ssize_t offset       # of the field in the file; where the next line begins if all is fine
    bint tight              # some line has exactly the fields needed

cdef enum Kind:
    VALUES
    FIXED
    CODES

cdef struct Target:
    Kind kind
    Py_ssize_t rows
    Py_ssize_t columns

cdef int ODD = -2147483647  # no number of five decimals

# What an input does: bit 0, it makes its row conduct (integer part 1); bit 1, it counts as active (not 0)
cpdef enum Input:
    CONDUCTS = 1
    ACTIVE = 2


cdef inline bint blank(unsigned char character) noexcept nogil:
    return character == 32 or character == 13 or 9 <= character <= 12 and character != 10


cdef double long_number(const unsigned char *start, const unsigned char *stop) noexcept with gil:
    """A number with more digits than fit a machine word, by Python's own reader."""
    try:
        return float(start[:stop - start].decode("ascii"))
    except ValueError:
        return 0.0


cdef const unsigned char *number(const unsigned char *at, const unsigned char *end, double *value) noexcept nogil:
    """Read one field; returns the position of its separator (`,`, line feed or `end`), NULL if it is no number."""
    cdef const unsigned char *start
    cdef unsigned long long mantissa = 0
    cdef int digits = 0, significant = 0, scale = 0, exponent = 0, figures = 0
    cdef bint negative = False, minus = False
    while at < end and blank(at[0]):
        at += 1
    start = at
    if at < end and (at[0] == c"-" or at[0] == c"+"):
        negative = at[0] == c"-"
        at += 1
    while at < end and c"0" <= at[0] <= c"9":
        digits += 1
        if significant or at[0] != c"0":
            significant += 1
            if significant <= 19:
                mantissa = 10 * mantissa + (at[0] - c"0")
        at += 1
    if at < end and at[0] == c".":
        at += 1
        while at < end and c"0" <= at[0] <= c"9":
            digits += 1
            if significant or at[0] != c"0":
                significant += 1
                if significant <= 19:
                    mantissa = 10 * mantissa + (at[0] - c"0")
            scale -= 1
            at += 1
    if digits and at < end and (at[0] == c"e" or at[0] == c"E"):
        at += 1
        if at < end and (at[0] == c"-" or at[0] == c"+"):
            minus = at[0] == c"-"
            at += 1
        while at < end and c"0" <= at[0] <= c"9":
            figures += 1
            if exponent < 100000:
                exponent = 10 * exponent + (at[0] - c"0")
            at += 1
        if not figures:
            return NULL
        scale += -exponent if minus else exponent
    cdef const unsigned char *stop = at
    while at < end and blank(at[0]):
        at += 1
    if at < end and at[0] != c"," and at[0] != c"\n":
        return NULL
    if not digits:
        value[0] = 0.0
        return at if start == stop else NULL
    if significant == 0:
        value[0] = -0.0 if negative else 0.0
    elif significant <= 19 and mantissa <= 9007199254740992ULL and -22 <= scale <= 22:
        value[0] = mantissa * POWERS[scale] if scale >= 0 else mantissa / POWERS[-scale]
        if negative:
            value[0] = -value[0]
    else:
        value[0] = long_number(start, stop)
        if isinf(value[0]):
            return NULL         # beyond all numbers, as 1e400 is
    return at


cdef inline unsigned int digit(unsigned char character) noexcept nogil:
    """The value of a decimal digit; 10 or more for anything else."""
    return <unsigned int>character - c"0"


cdef inline int five_decimals(const unsigned char *at) noexcept nogil:
    """100000 times a field as the reference's trainer writes weights, `%10.5f`, from -9 to 9; ODD if it is not one."""
    cdef unsigned int ones = digit(at[3]), a = digit(at[5]), b = digit(at[6])
    cdef unsigned int c = digit(at[7]), d = digit(at[8]), e = digit(at[9])
    cdef int size
    if at[0] != c" " or at[1] != c" " or at[4] != c"." or (at[2] != c" " and at[2] != c"-"):
        return ODD
    if ones > 9 or a > 9 or b > 9 or c > 9 or d > 9 or e > 9:
        return ODD
    size = ones * 100000 + a * 10000 + b * 1000 + c * 100 + d * 10 + e
    return -size if at[2] == c"-" else size


cdef inline unsigned char code(double value) noexcept nogil:
    """What an input value does (quirk Q3): 1.9 conducts, 2 and 0.5 only count as active."""
    return (ACTIVE if value != 0 else 0) | (CONDUCTS if 1 <= value < 2 else 0)


cdef const unsigned char *next_line(const unsigned char *at, const unsigned char *end) noexcept nogil:
    cdef const unsigned char *feed = <const unsigned char *>memchr(at, c"\n", end - at) if at < end else NULL
    return feed + 1 if feed != NULL else end


cdef inline bint line_ends(const unsigned char *at, const unsigned char *end) noexcept nogil:
    """Whether no field follows the separator at `at`: a comma directly before the line end adds none."""
    return at >= end or at[0] == c"\n" or at + 1 >= end or at[1] == c"\n" or (
        at[1] == c"\r" and (at + 2 >= end or at[2] == c"\n"))


cdef Place fill(const unsigned char[::1] data, Py_ssize_t offset, Target *target, double[:, ::1] values,
                int[:, ::1] fixed, unsigned char[:, ::1] codes) noexcept nogil:
    """Fill the target with the leading fields of the lines from `offset`; see `read_rows`."""
    cdef const unsigned char *begin = &data[0]
    cdef const unsigned char *end = begin + data.shape[0]
    cdef const unsigned char *at = begin + offset
    cdef const unsigned char *separator
    cdef Py_ssize_t row, column
    cdef double value = 0.0
    cdef int size
    cdef Place place
    place.problem = FINE
    place.tight = False
    for row in range(target.rows):
        if at >= end:
            place.problem, place.row, place.column, place.offset = FILE_TOO_SHORT, row, 0, at - begin
            return place
        for column in range(target.columns):
            separator = NULL
            if target.kind == CODES:
                if at + 1 < end and (at[0] | 1) == c"1" and (at[1] == c"," or at[1] == c"\n"):
                    codes[row, column] = 3 * (at[0] & 1)
                    separator = at + 1
            elif at + 10 < end and (at[10] == c"," or at[10] == c"\n"):
                size = five_decimals(at)
                if size != ODD and target.kind == FIXED:
                    fixed[row, column] = size
                    separator = at + 10
                elif size > 0:      # zero may have a sign
                    values[row, column] = size / 100000.0
                    separator = at + 10
            if separator == NULL:
                separator = number(at, end, &value)
                if separator == NULL or target.kind == FIXED:
                    place.problem = NO_NUMBER if separator == NULL else OTHER_FORM
                    place.row, place.column, place.offset = row, column, at - begin
                    return place
                if target.kind == CODES:
                    codes[row, column] = code(value)
                else:
                    values[row, column] = value
            at = separator
            if column + 1 < target.columns:
                if line_ends(at, end):
                    place.problem, place.row, place.column, place.offset = LINE_TOO_SHORT, row, column + 1, at - begin
                    return place
                at += 1
        place.tight = place.tight or line_ends(at, end)
        at = next_line(at, end)
    place.offset = at - begin
    return place


cdef Py_ssize_t filled_line(const unsigned char[::1] data, Py_ssize_t start) noexcept nogil:
    """Number (from 1) of the first line at or after offset `start` that is not blank, 0 if there is none."""
    cdef Py_ssize_t offset, line = 1
    for offset in range(start, data.shape[0]):
        if data[offset] == c"\n":
            line += 1
        elif not blank(data[offset]):
            return line
    return 0


cdef Py_ssize_t fields_of(const unsigned char[::1] data, Py_ssize_t start) noexcept nogil:
    """Number of fields in the line that begins at `start`."""
    cdef const unsigned char *end = &data[0] + data.shape[0]
    cdef const unsigned char *at = &data[0] + start
    cdef const unsigned char *stop = next_line(at, end)
    cdef Py_ssize_t fields = 1
    while at < stop:
        fields += at[0] == c"," and not line_ends(at, end)
        at += 1
    return fields


# Stand for "not this one" in `read_rows`.
NO_VALUES, NO_FIXED, NO_CODES = np.empty((0, 0)), np.empty((0, 0), np.int32), np.empty((0, 0), np.uint8)


def read_rows(const unsigned char[::1] data, Py_ssize_t offset, double[:, ::1] values, int[:, ::1] fixed,
              unsigned char[:, ::1] codes):
    """Read the next lines of a trace.

    Parameters
    ----------
    data : bytes-like, not empty
        The whole text.
    offset : int
        Where the next line begins.
    values, fixed, codes : float64, int32 and uint8 arrays, two of them empty
        What to fill; its shape says how many lines, and how many fields of each, are needed. `fixed` takes numbers
        written as `%10.5f`, times 100000; `codes` takes what an input does (see `Input`).

    Returns
    -------
    ((problem, row, field, text) or None, offset, tight)
        Where the line after these begins, and whether any line had exactly the fields needed. `problem` is "number",
        "form" (a number that `fixed` does not take), "line" or "file"; row and field count from 0 and 1.
    """
    cdef Target target
    cdef Place place
    if values.shape[0]:
        target.kind, target.rows, target.columns = VALUES, values.shape[0], values.shape[1]
    elif fixed.shape[0]:
        target.kind, target.rows, target.columns = FIXED, fixed.shape[0], fixed.shape[1]
    else:
        target.kind, target.rows, target.columns = CODES, codes.shape[0], codes.shape[1]
    with nogil:
        place = fill(data, offset, &target, values, fixed, codes)
    if place.problem == FINE:
        return None, place.offset, place.tight
    text = ""
    if place.problem == NO_NUMBER:
        field = bytes(data[place.offset:place.offset + 40])
        text = field.split(b",")[0].split(b"\n")[0].decode("ascii", "backslashreplace").strip()
    names = {NO_NUMBER: "number", OTHER_FORM: "form", LINE_TOO_SHORT: "line", FILE_TOO_SHORT: "file"}
    short = place.problem == LINE_TOO_SHORT or place.problem == FILE_TOO_SHORT
    return (names[place.problem], place.row, place.column + (0 if short else 1), text), place.offset, place.tight


def leftover(const unsigned char[::1] data, Py_ssize_t offset):
    """How many lines after `offset` the first one that is not blank lies (from 1), 0 if there is none."""
    cdef Py_ssize_t line
    with nogil:
        line = filled_line(data, offset)
    return line


def first_fields(const unsigned char[::1] data):
    """Number of fields in the first line."""
    return fields_of(data, 0)
