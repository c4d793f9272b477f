"""Trace text to matrices, at the speed of memory and with exact errors.

A trace file is lines of numbers separated by commas. Every spelling that the C++ stream reader takes as
one number is taken (blanks around it, sign, missing digits before or after the point, exponent), an empty
field counts as 0, lines may end in CR LF, fields and lines beyond those asked for are ignored. Anything
else, which that reader turns into 0 in silence or reads out of bounds, is an error with its place.
"""

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
    LINE_TOO_SHORT
    FILE_TOO_SHORT

cdef struct Place:
    Problem problem
    Py_ssize_t row          # from 0
    Py_ssize_t column       # from 0; for LINE_TOO_SHORT the number of fields there are
    Py_ssize_t offset       # of the field in the file

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
    return at


cdef inline unsigned int digit(unsigned char character) noexcept nogil:
    """The value of a decimal digit; 10 or more for anything else."""
    return <unsigned int>character - c"0"


cdef inline bint five_decimals(const unsigned char *at, double *value) noexcept nogil:
    """Read a field as the reference's trainer writes weights, `%10.5f`, from -1 to 9; False if it is not one.

    The value is the same as by `number`: six digits over a power of ten, rounded once.
    """
    cdef unsigned int ones = digit(at[3]), a = digit(at[5]), b = digit(at[6])
    cdef unsigned int c = digit(at[7]), d = digit(at[8]), e = digit(at[9])
    cdef double size
    if at[0] != c" " or at[1] != c" " or at[4] != c"." or (at[2] != c" " and at[2] != c"-"):
        return False
    if ones > 9 or a > 9 or b > 9 or c > 9 or d > 9 or e > 9:
        return False
    size = (ones * 100000 + a * 10000 + b * 1000 + c * 100 + d * 10 + e) / 100000.0
    value[0] = -size if at[2] == c"-" else size
    return True


cdef inline unsigned char code(double value) noexcept nogil:
    """What an input value does (quirk Q3): 1.9 conducts, 2 and 0.5 only count as active."""
    return (ACTIVE if value != 0 else 0) | (CONDUCTS if 1 <= value < 2 else 0)


cdef const unsigned char *next_line(const unsigned char *at, const unsigned char *end) noexcept nogil:
    cdef const unsigned char *feed = <const unsigned char *>memchr(at, c"\n", end - at) if at < end else NULL
    return feed + 1 if feed != NULL else end


cdef Place read_rows(const unsigned char[::1] data, Py_ssize_t columns, double[:, ::1] values,
                     unsigned char[:, ::1] codes) noexcept nogil:
    """Fill `values` or (if it has no rows) `codes` with the leading `columns` fields of the leading lines."""
    cdef const unsigned char *begin = &data[0]
    cdef const unsigned char *end = begin + data.shape[0]
    cdef const unsigned char *at = begin
    cdef const unsigned char *separator
    cdef bint coded = values.shape[0] == 0
    cdef Py_ssize_t rows = codes.shape[0] if coded else values.shape[0]
    cdef Py_ssize_t row, column
    cdef double value = 0.0
    cdef Place place
    place.problem = FINE
    for row in range(rows):
        if at >= end:
            place.problem, place.row, place.column, place.offset = FILE_TOO_SHORT, row, 0, at - begin
            return place
        for column in range(columns):
            if coded and at + 1 < end and (at[0] | 1) == c"1" and (at[1] == c"," or at[1] == c"\n"):
                codes[row, column] = 3 * (at[0] & 1)
                separator = at + 1
            elif not coded and at + 10 < end and (at[10] == c"," or at[10] == c"\n") and five_decimals(at, &value):
                values[row, column] = value
                separator = at + 10
            else:
                separator = number(at, end, &value)
                if separator == NULL:
                    place.problem, place.row, place.column, place.offset = NO_NUMBER, row, column, at - begin
                    return place
                if coded:
                    codes[row, column] = code(value)
                else:
                    values[row, column] = value
            at = separator
            if column + 1 < columns:
                # A comma directly before the line end adds no field.
                if at >= end or at[0] == c"\n" or at + 1 >= end or at[1] == c"\n" or (
                        at[1] == c"\r" and (at + 2 >= end or at[2] == c"\n")):
                    place.problem, place.row, place.column, place.offset = LINE_TOO_SHORT, row, column + 1, at - begin
                    return place
                at += 1
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


cdef Py_ssize_t narrowest(const unsigned char[::1] data, Py_ssize_t rows) noexcept nogil:
    """The smallest number of fields in the first `rows` lines."""
    cdef const unsigned char *at = &data[0]
    cdef const unsigned char *end = at + data.shape[0]
    cdef const unsigned char *stop
    cdef Py_ssize_t row, fields, smallest = -1
    for row in range(rows):
        stop = next_line(at, end)
        fields = 1
        while at < stop:
            if at[0] == c"," and at + 1 < stop and at[1] != c"\n" and at[1] != c"\r":
                fields += 1
            at += 1
        if smallest < 0 or fields < smallest:
            smallest = fields
    return smallest


def parse(const unsigned char[::1] data, double[:, ::1] values, unsigned char[:, ::1] codes, bint exact_width):
    """Parse trace text into `values` (float64) or, if that has no rows, `codes` (see `Input`).

    Parameters
    ----------
    data : bytes-like
        The text.
    values, codes : arrays, one of them with 0 rows
        What to fill; its shape says how many rows and columns are needed.
    exact_width : bool
        Refuse text whose every line has more fields than needed.

    Returns
    -------
    None or (problem, line, field, text)
        `problem` is "number", "line", "file", "rows" or "columns"; `line` and `field` count from 1.
    """
    cdef Py_ssize_t columns = values.shape[1] if values.shape[0] else codes.shape[1]
    cdef Py_ssize_t rows = values.shape[0] if values.shape[0] else codes.shape[0]
    cdef Py_ssize_t extra, width
    cdef Place place
    if data.shape[0] == 0:
        return "file", 1, 0, ""
    with nogil:
        place = read_rows(data, columns, values, codes)
    if place.problem == NO_NUMBER:
        field = bytes(data[place.offset:place.offset + 40])
        text = field.split(b",")[0].split(b"\n")[0].decode("ascii", "backslashreplace").strip()
        return "number", place.row + 1, place.column + 1, text
    if place.problem == LINE_TOO_SHORT:
        return "line", place.row + 1, place.column, ""
    if place.problem == FILE_TOO_SHORT:
        return "file", place.row + 1, 0, ""
    with nogil:
        extra = filled_line(data, place.offset)
        width = narrowest(data, rows) if exact_width else columns
    if extra:
        return "rows", rows + extra, 0, ""
    if width > columns:
        return "columns", 1, width, ""
    return None
