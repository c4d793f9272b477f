"""Numbers for people: SI inside, prefixes only here at the edge, where they are shown and where they are read."""

import math
import re
from decimal import Decimal
from functools import lru_cache

_PREFIXES = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def si(value, unit, digits=4):
    """A value with the prefix that leaves one to three digits before the point: `si(3.2e-8, "s")` is `32 ns`."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g} {unit}"
    exponent = 3 * math.floor(math.log10(abs(value)) / 3)
    exponent = min(max(exponent, min(_PREFIXES)), max(_PREFIXES))
    return f"{value / 10.0**exponent:.{digits}g} {_PREFIXES[exponent]}{unit}"


def square_millimetres(area):
    """An area in square millimetres."""
    return f"{area * 1e6:.4g} mm^2"


def percent(share):
    """A share as a percentage."""
    return f"{share * 100:.1f} %"


def duration(seconds):
    """A time of waiting: `8 s`, `2 min 5 s`."""
    seconds = math.ceil(seconds)
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min {seconds % 60} s"


# -- numbers with a unit behind them ------------------------------------------------------------------

LONGEST = 64    # characters of a number with a unit; a longer one is none
# What units are made of: {spelling: (power of ten, {base: exponent})}. F is the farad, and also the feature size.
_UNITS = {
    "s": (0, {"s": 1}), "Hz": (0, {"s": -1}), "m": (0, {"m": 1}), "K": (0, {"K": 1}), "V": (0, {"V": 1}),
    "A": (0, {"A": 1}), "C": (0, {"A": 1, "s": 1}), "ohm": (0, {"V": 1, "A": -1}), "S": (0, {"V": -1, "A": 1}),
    "F": (0, {"F": 1}), "J": (0, {"V": 1, "A": 1, "s": 1}), "W": (0, {"V": 1, "A": 1}), "%": (-2, {}),
    "bit": (0, {"bit": 1}), "batch": (0, {"batch": 1}),
}  # fmt: skip
_SPELLINGS = {"hz": "Hz", "HZ": "Hz", "Ohm": "ohm", "OHM": "ohm", "ohms": "ohm", "Ohms": "ohm", "\N{OHM SIGN}": "ohm",
              "\N{GREEK CAPITAL LETTER OMEGA}": "ohm", "sec": "s", "bits": "bit", "batches": "batch"}
_POWERS = {text: power for power, text in _PREFIXES.items() if text} | {
    "\N{MICRO SIGN}": -6, "\N{GREEK SMALL LETTER MU}": -6, "c": -2, "K": 3,
}  # fmt: skip
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,5})?+)\s*([^\d\s.+-].*)", re.ASCII)
_FACTOR = re.compile(r"(.*?)\^?([23]?)")


def suffixed(text):
    """(number, unit) of a text such as `50ns` or `20 uC/cm^2` as texts, or None where it is no number with one."""
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return match.groups() if match else None


def is_prefix(text):
    """Whether a text is a prefix of units, with no unit behind it."""
    return text in _POWERS


def in_unit(number, unit, wanted):
    """A number (a text) in one unit as a Decimal in another: `in_unit("50", "ns", "s")` is 5.0E-8.

    Returns
    -------
    Decimal, or None where one unit cannot be converted into the other

    Raises
    ------
    ValueError
        `unit` is none.
    """
    if unit == wanted:
        return Decimal(number)
    power, base = _base(unit)
    try:
        other, same = _base(wanted)
    except ValueError:
        return None
    return Decimal(number).scaleb(power - other) if base == same else None


@lru_cache
def _base(unit):
    """(power of ten, {base: exponent}) of a unit such as `uC/cm^2`; that of "" is a number."""
    power, base = 0, {}
    for sign, factor in zip((1, -1), unit.replace("²", "2").replace("³", "3").split("/", 1), strict=False):
        symbol, exponent = _FACTOR.fullmatch(factor.strip()).groups()
        exponent = sign * int(exponent or 1)
        scale, parts = _symbol(symbol) if unit else (0, {})
        power += exponent * scale
        for name, count in parts.items():
            base[name] = base.get(name, 0) + exponent * count
    return power, {name: count for name, count in base.items() if count}


def _symbol(text):
    """The same of a unit with or without a prefix."""
    for length in (0, 1):
        prefix, name = text[:length], text[length:]
        name = _SPELLINGS.get(name, name)
        if name in _UNITS and (not prefix or prefix in _POWERS):
            scale, parts = _UNITS[name]
            return scale + (_POWERS[prefix] if prefix else 0), parts
    raise ValueError(f"{text!r} is no unit")
