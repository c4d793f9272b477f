"""Numbers of C++: whole ones of a width, doubles, and what cannot be known from one file.

What has no value (a name of another file, a call, a division by zero) is an `Unknown` that says why, and makes
everything that depends on it unknown: who asks for the value in the end can say what is missing.
"""

import math
import operator
import re
from dataclasses import dataclass

LITERAL = 400  # characters of a literal; more is no number that anybody means
SHOWN = 60  # characters of a source that a sentence repeats

# Whole numbers, from the narrowest to the widest; an operation has the kind of its wider operand.
LIMITS = {
    "int": (-(2**31), 2**31 - 1),
    "unsigned": (0, 2**32 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsigned long": (0, 2**64 - 1),
}
RANKS = {kind: rank for rank, kind in enumerate((*LIMITS, "double"))}

_WHOLE = re.compile(r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|(?P<oct>0[0-7]*)|(?P<dec>[1-9]\d*))"
                    r"(?P<suffix>(?:[uU][lL]{0,2}|[lL]{1,2}[uU]?)?)")  # fmt: skip
_REAL = re.compile(r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFlL]?")
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}


@dataclass(frozen=True)
class Unknown:
    """No value, and why."""

    why: str


@dataclass(frozen=True)
class Number:
    """A value and its kind.

    Attributes
    ----------
    value : int or float
    kind : str
        A key of `RANKS`.
    sure : bool
        Whether it is known to be of that kind: a whole number that was assigned to a member of unknown type may be a
        double there, which matters to a division.
    """

    value: int | float
    kind: str = "double"
    sure: bool = True


def shown(text):
    """A source as a sentence repeats it."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def literal(text):
    """The number that a literal means."""
    if len(text) > LITERAL:
        return Unknown(f"{shown(text)} is no number that C++ has")
    plain = text.replace("'", "")
    if match := _WHOLE.fullmatch(plain):
        base = next(name for name in _BASES if match[name] is not None)
        return _fitting(int(match[base], _BASES[base]), base == "dec", match["suffix"].lower(), text)
    if match := _REAL.fullmatch(plain):
        return Number(float(match[1]))
    return Unknown(f"{shown(text)!r} is no number")


def _fitting(value, decimal, suffix, text):
    """A whole number as the narrowest kind that its literal may have."""
    for kind, (_, high) in LIMITS.items():
        unsigned = kind.startswith("unsigned")
        allowed = ("l" not in suffix or "long" in kind) and (unsigned if "u" in suffix else not (unsigned and decimal))
        if allowed and value <= high:
            return Number(value, kind)
    return Unknown(f"{shown(text)} does not fit a whole number of 64 bits")


def converted(value, kind):
    """What a variable of this kind ("auto": that of the value) holds once `value` has been assigned to it."""
    if isinstance(value, Unknown) or kind == "auto":
        return value
    if kind == "bool":
        return Number(int(value.value != 0), "int")
    if kind == "double":
        return Number(float(value.value))
    if not math.isfinite(value.value):
        return Unknown(f"{value.value:g} is no whole number")
    return _whole(math.trunc(value.value), kind)


def _whole(value, kind, sure=True):
    low, high = LIMITS[kind]
    if low <= value <= high:
        return Number(value, kind, sure)
    bits = (high + 1 if low == 0 else 2 * (high + 1)).bit_length() - 1
    return Unknown(f"a result does not fit {'an unsigned' if low == 0 else 'a'} whole number of {bits} bits")


# -- operations --------------------------------------------------------------------------------------------

_COMPARISONS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le,
                ">=": operator.ge}  # fmt: skip
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_BITS = {"&": operator.and_, "|": operator.or_, "^": operator.xor}


def binary(operation, left, right):
    """`left operation right`."""
    if operation in ("&&", "||"):
        return _logical(operation, left, right)
    for operand in (left, right):
        if isinstance(operand, Unknown):
            return operand
    kind = max(left.kind, right.kind, key=RANKS.get)
    if kind != "double" and operation not in ("<<", ">>") and LIMITS[kind][0] == 0 > min(left.value, right.value):
        return Unknown("a negative number meets an unsigned one")
    if operation in _COMPARISONS:
        return Number(int(_COMPARISONS[operation](left.value, right.value)), "int")
    if kind == "double":
        return _double(operation, float(left.value), float(right.value))
    return _integer(operation, left, right, kind)


def _logical(operation, left, right):
    """Either operand alone may decide."""
    decides = operation == "||"
    for operand in (left, right):
        if isinstance(operand, Number) and bool(operand.value) == decides:
            return Number(int(decides), "int")
        if isinstance(operand, Unknown) and operand is left and isinstance(right, Unknown):
            return operand
    unknown = next((operand for operand in (left, right) if isinstance(operand, Unknown)), None)
    return unknown or Number(int(not decides), "int")


def _double(operation, left, right):
    if operation == "/":
        return Number(left / right) if right else Unknown("it divides by zero")
    if operation not in _ARITHMETIC:
        return Unknown(f"{operation} needs whole numbers")
    return Number(_ARITHMETIC[operation](left, right))


def _integer(operation, left, right, kind):
    a, b, sure = left.value, right.value, left.sure and right.sure
    if operation in _ARITHMETIC:
        return _whole(_ARITHMETIC[operation](a, b), kind, sure)
    if operation in _BITS:
        return _whole(_BITS[operation](a, b), kind)
    if operation in ("<<", ">>"):
        kind = left.kind
        if not 0 <= b < (64 if "long" in kind else 32) or a < 0:
            return Unknown(f"{a} {operation} {b} has no value")
        return _whole(a << b if operation == "<<" else a >> b, kind)
    if b == 0:
        return Unknown("it divides by zero")
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)  # towards zero
    rest = a - b * quotient
    if operation == "%":
        return _whole(rest, kind)
    if rest and not sure:
        return Unknown(
            f"whether {a}/{b} drops the fraction depends on a type that is declared in another file; write {a}.0/{b}, "
            "or declare it here"
        )
    return _whole(quotient, kind, sure)


def _negative(value):
    return Number(-value.value) if value.kind == "double" else _whole(-value.value, value.kind, value.sure)


def _complement(value):
    return Unknown("~ needs a whole number") if value.kind == "double" else _whole(~value.value, value.kind)


PREFIXES = {
    "-": _negative,
    "+": lambda value: value,
    "!": lambda value: Number(int(not value.value), "int"),
    "~": _complement,
}


# -- functions of <cmath> and <algorithm> ------------------------------------------------------------------


def _real(function):
    return lambda *values: Number(float(function(*(float(value.value) for value in values))))


def _absolute(value):
    return _negative(value) if value.value < 0 else value


def _chosen(choose):
    def function(left, right):
        kind = max(left.kind, right.kind, key=RANKS.get)
        return converted(choose(left, right, key=lambda value: value.value), kind)

    return function


FUNCTIONS = {
    ("abs", 1): _absolute, ("fabs", 1): _real(abs), ("pow", 2): _real(math.pow), ("sqrt", 1): _real(math.sqrt),
    ("exp", 1): _real(math.exp), ("log", 1): _real(math.log), ("log2", 1): _real(math.log2),
    ("log10", 1): _real(math.log10), ("ceil", 1): _real(math.ceil), ("floor", 1): _real(math.floor),
    ("trunc", 1): _real(math.trunc), ("round", 1): _real(lambda x: math.copysign(math.floor(abs(x) + 0.5), x)),
    ("max", 2): _chosen(max), ("min", 2): _chosen(min), ("fmax", 2): _real(max), ("fmin", 2): _real(min),
}  # fmt: skip


def called(name, values):
    """What a function gives."""
    function = FUNCTIONS.get((name, len(values)))
    if function is None:
        return Unknown(f"{name}() is no function that can be read; write a plain number")
    for value in values:
        if isinstance(value, Unknown):
            return value
    try:
        return function(*values)
    except (ValueError, OverflowError):
        return Unknown(f"{name}() has no value there")
