"""Numbers for people: SI inside, prefixes only here at the edge."""

import math

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
