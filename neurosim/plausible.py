"""What can be computed with but is hardly meant: the rules of what is plausible, and their reader.

The reference takes any number. So does neurosim, which gives the same results and says what is doubtful about them;
what cannot be computed with is refused elsewhere (`parameter`). A rule belongs to one parameter
(`Parameter.plausible`), to several of a design (`design/plausibility.py`), or to all main results (`unsound`).
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Plausible:
    """Limits of what is plausible, inclusive, and what was perhaps meant by a number beyond them."""

    advice: str
    low: float = -math.inf
    high: float = math.inf

    def doubt(self, name, value, unit=""):
        """A sentence about a value beyond the limits, else an empty text (no number is `unsound`, not doubtful)."""
        if self.low <= value <= self.high or math.isnan(value):
            return ""
        limit = f"below {self.low:g}" if value < self.low else f"above {self.high:g}"
        unit = f" {unit}" if unit else ""
        return f"{name} = {value:g}{unit} is {limit}, which is hardly meant: {self.advice}"


CLOCK = Plausible("it is a frequency in Hz, write 1e9 or 1GHz for 1 GHz", low=1e6)
PULSE = Plausible("it is a time in s, write 5e-8 or 50ns for 50 ns", high=1.0)
VOLTAGE = Plausible("it is a voltage in V, write 0.5 or 500mV for 500 mV", high=50.0)
CONDUCTANCE = Plausible("it is a conductance in S, write 1e-5 or 10uS for 10 uS", high=1.0)
LEVELS = Plausible("it counts levels and not bits, write 32 for 5 bits", low=4)
SPREAD = Plausible("it is a fraction, write 0.035 or 3.5% for 3.5 %", high=0.5)
SHARE = Plausible("it is a share, write 0.25 or 25% for 25 %", low=0.0, high=1.0)
SHIFT = Plausible("it is a fraction of the range, write 0.25 or 25% for 25 %", low=-1.0, high=1.0)


def doubts(parameters, values):
    """{name: sentence} of the values that their parameters do not find plausible.

    Parameters
    ----------
    parameters : iterable of Parameter
    values : callable
        Value of a parameter by its name.
    """
    found = {
        p.name: p.plausible.doubt(p.name, value, p.unit)
        for p in parameters
        if p.plausible is not None and isinstance(value := values(p.name), (int, float))
    }
    return {name: sentence for name, sentence in found.items() if sentence}


NAN = "nan"
# What results can be instead of sound: id -> (which ones, what is said of them).
TROUBLES = {
    NAN: (math.isnan, "no number (nan), so that this result means nothing"),
    "infinite": (math.isinf, "infinite, so that this design does not work, or a number is beyond all measure"),
    "negative": (lambda value: value < 0, "negative, which no chip is"),
}


def unsound(results):
    """{id of `TROUBLES`: names} of results [SI] that are no numbers, infinite or negative."""
    found = {trouble: [name for name, value in results.items() if of(value)] for trouble, (of, _) in TROUBLES.items()}
    return {trouble: names for trouble, names in found.items() if names}


def told(found):
    """{id: sentence} of what `unsound` found."""
    return {trouble: f"{', '.join(names)}: {TROUBLES[trouble][1]}" for trouble, names in found.items()}
