"""Outlines of laid-out parts, with the numbers a processor gives where there is no outline."""

import math

# Quirk S2: what an x86 processor makes of 0/0 and of the root of a negative number, sign included (it is printed).
INVALID = math.copysign(math.nan, -1.0)


def square(area):
    """(height, width) of a square of this area [m^2]; no numbers when the area is not positive."""
    height = INVALID if area < 0 else math.sqrt(area)
    return height, divided(area, height)


def divided(value, divisor):
    """`value / divisor` as the processor does it: an infinity or no number when `divisor` is 0."""
    if divisor != 0:
        return value / divisor
    if math.isnan(value):
        return value
    return INVALID if value == 0 else math.copysign(math.inf, value)


def in_order(values):
    """A sum from left to right, as the reference adds (Python's own `sum` compensates rounding)."""
    total = 0.0
    for value in values:
        total += value
    return total
