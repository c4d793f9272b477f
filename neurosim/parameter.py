"""One number, choice or switch that a user can set, and tables of them: read, checked and told the same way everywhere.

Designs, hybrid cells, crossbars and training options are all made of `Parameter`s (see `record`). What `--help`,
`neurosim params`, the glossary, the stubs and the readers of files know of a parameter, they know from here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real

from neurosim.errors import NeurosimError, suggestion
from neurosim.plausible import Plausible
from neurosim.units import in_unit, is_prefix, suffixed

NONE = "none"  # how files and command lines spell "not set"
ENDLESS = 1 << 62  # an upper limit from here on is only that of the machine
FEW = 40  # names that a sentence can list


@dataclass(frozen=True)
class Parameter:
    """One thing that can be set.

    Attributes
    ----------
    name : str
        Ours.
    default : int, float, bool, str, tuple or None
        Its type is the parameter's, unless `of` says another.
    unit, meaning, section, source : str
        For people: unit ("" for none), one sentence, the table of a file it stands in, and where the default is from.
    reference : str
        Its name in the reference ("" if it is not there).
    choices : dict, or callable that returns one, or None
        Our spelling -> the reference's number (None: not in the reference), for a parameter that selects one of a
        few things.
    low, high : number or None
        Inclusive limits of a number; only where `high` is infinite is infinity a value.
    above, below : number or None
        Exclusive limits.
    words : tuple of str
        Texts that a number may also be.
    optional : bool
        Whether it may be None, written "none".
    read : callable or None
        read(value, where) -> value, for a text with a grammar of its own; raises `NeurosimError`.
    wanted : str, or callable that returns one
        What is accepted, in words, where `read` decides.
    aliases : tuple of str
        Names of its option on a command line in place of its own.
    of : type or None
        The type, where the default does not tell it.
    plausible : Plausible or None
        Limits of what is plausible, inside of those of what is accepted; see `doubts`.
    """

    name: str
    default: object
    unit: str = ""
    meaning: str = ""
    section: str = ""
    source: str = ""
    reference: str = ""
    choices: Mapping | Callable | None = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    words: tuple = ()
    optional: bool = False
    read: Callable | None = None
    wanted: str | Callable = ""
    aliases: tuple = ()
    of: type | None = None
    plausible: Plausible | None = None

    @property
    def kind(self):
        """int, float, bool, str or tuple (of whole numbers)."""
        return self.of or type(self.default)

    @property
    def option(self):
        """Name of its option on a command line, without hyphens before it."""
        return (self.aliases[0] if self.aliases else self.name).replace("_", "-")

    @property
    def told(self):
        """`meaning`, and where the default is from if that is known."""
        return f"{self.meaning} ({self.source})" if self.source else self.meaning

    @property
    def spellings(self):
        """`choices`, as they are now."""
        return self.choices() if callable(self.choices) else self.choices

    @property
    def range(self):
        """The permitted values in words."""
        words = "".join(f', or "{word}"' for word in (*self.words, *((NONE,) if self.optional else ())))
        return self._numbers + words

    @property
    def _numbers(self):
        if self.read is not None:
            return self.wanted() if callable(self.wanted) else self.wanted
        if self.kind is bool:
            return "true or false"
        if self.choices is not None:
            return ", ".join(str(choice) for choice in self.spellings)
        if self.kind is str:
            return "any text"
        limits = self._limits
        if self.kind is tuple:
            return f"whole numbers with commas{', each ' if limits else ''}{limits}"
        return limits or "any finite number"

    @property
    def _limits(self):
        high = None if self.high is not None and ENDLESS <= self.high < math.inf else self.high
        if self.low is not None and high is not None:
            return f"{self.low:g} to {high:g}"
        words = (("greater than", self.above), ("at least", self.low), ("at most", high), ("below", self.below))
        return ", ".join(f"{word} {limit:g}" for word, limit in words if limit is not None)

    # -- values ------------------------------------------------------------------------------------

    def check(self, value, where=""):
        """`value` as this parameter's type, or a sentence that says what would be accepted."""
        value = plain(value)
        if self.read is not None:
            return self.read(value, where)
        if self.optional and (value is None or value == NONE):
            return None
        if isinstance(value, str) and value in self.words:
            return value
        return _CHECKS[self.kind](self, value, where)

    def parse(self, text, where=""):
        """The value that a text of a file or a command line means."""
        text = text.strip()
        if self.read is not None or self.kind is str or text in self.words or (self.optional and text == NONE):
            return self.check(text, where)
        if text.lower() in ("true", "false"):
            return self.check(text.lower() == "true", where)
        try:
            if self.kind is tuple:
                return self.check(tuple(number(part) for part in text.split(",") if part.strip()), where)
            value = number(text)
        except _NoNumber:
            value = text  # a number with a unit, or what it is not depends on the parameter
        return self.check(value, where)

    def measured(self, text, where=""):
        """The number that a text with a unit, such as "50ns", is in the unit of this parameter; another text stays one.

        Raises
        ------
        NeurosimError
            A unit of something else, or a prefix without a unit.
        """
        parts = suffixed(text)
        if parts is None:
            return text
        try:
            value = in_unit(*parts, self.unit)
        except ValueError:
            if is_prefix(parts[1]) and self.unit:
                raise self.refusal(text, f"has no unit, write {''.join(parts)}{self.unit}", where) from None
            return text
        if value is None:
            own = f"is in {parts[1]} and not in {self.unit}" if self.unit else f"is in {parts[1]}, but it has no unit"
            raise self.refusal(text, own, where)
        whole = value == value.to_integral_value() and abs(value) < ENDLESS
        return int(value) if whole else float(value)

    def from_text(self, text, where=""):
        """The value for a text in the reference's convention, see `from_reference`."""
        if text.lower() in ("true", "false"):
            text = "1" if text.lower() == "true" else "0"
        try:
            value = number(text, where)
        except _NoNumber:
            value = self.measured(text, where)
            if value is text:
                raise
        return self.from_reference(value, where)

    def refusal(self, value, why, where=""):
        """What to raise about a value: where, what, and what would be accepted."""
        unit = f" ({self.unit})" if self.unit else ""
        return NeurosimError(f"{_place(where)}{self.name} = {value!r} {why}; it takes {self.range}{unit}")

    # -- the reference's numbers -------------------------------------------------------------------

    def from_reference(self, value, where=""):
        """The value of this parameter for a number in the reference's convention."""
        if self.kind is str:
            known = {choice: number for choice, number in self.spellings.items() if number is not None}
            for choice, number in known.items():
                if value == number:
                    return choice
            wanted = ", ".join(f"{number} ({choice})" for choice, number in known.items())
            raise NeurosimError(
                f"{_place(where)}{self.reference} = {_short(value)} is not supported; it takes {wanted}"
            )
        if self.kind is int and isinstance(value, float) and math.isfinite(value):
            value = int(value)  # an assignment to a C++ int drops the fraction
        return self.check(value, where)

    def to_reference(self, value):
        """The reference's number for a value of this parameter."""
        if self.kind is str:
            there = self.spellings[value]
            if there is None:
                raise NeurosimError(f"{self.name} = {value} is not in the reference, so it has no number there")
            return there
        return int(value) if self.kind is bool else value


class _NoNumber(NeurosimError):
    """A text that should be a number is none."""


def number(text, where=""):
    """The number that a text means: whole ones exactly, whatever their size."""
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            raise _NoNumber(f"{_place(where)}{text!r} is no number") from None


def _short(value):
    """A number for a sentence, however large it is."""
    try:
        return f"{value:g}"
    except OverflowError:
        return "a number beyond 1e308"


def plain(value):
    """The number, or the text, that a scalar of NumPy holds; anything else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _place(where):
    return f"{where}: " if where else ""


def _switch(parameter, value, where):
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    raise parameter.refusal(value, "is neither true nor false", where)


def _text(parameter, value, where):
    if not isinstance(value, str):
        raise parameter.refusal(value, "is no text", where)
    if parameter.choices is None:
        return value
    for choice in parameter.spellings:
        if value.lower() == choice.lower():
            return choice
    raise parameter.refusal(value, f"is not one of its choices{suggestion(value, parameter.spellings)}", where)


def _number(parameter, given, where):
    if isinstance(given, str):
        given = parameter.measured(given, where)
    if isinstance(given, bool) or not isinstance(given, Real) or given != given:
        raise parameter.refusal(given, "is no number", where)
    if parameter.kind is int:
        if abs(given) == math.inf or given != int(given):
            raise parameter.refusal(given, "is no whole number", where)
        value = int(given)
    else:
        try:
            value = float(given)
        except OverflowError:
            raise parameter.refusal(given, "is out of range", where) from None
    if parameter.choices is not None and value not in parameter.spellings:
        raise parameter.refusal(given, "is not one of its choices", where)
    if (
        (parameter.low is not None and value < parameter.low)
        or (parameter.above is not None and value <= parameter.above)
        or (parameter.high is not None and value > parameter.high)
        or (parameter.below is not None and value >= parameter.below)
        or (abs(value) == math.inf and parameter.high != math.inf)
    ):
        raise parameter.refusal(given, "is out of range", where)
    return value


def _whole_numbers(parameter, value, where):
    if getattr(value, "ndim", None) == 1:
        value = value.tolist()
    if not isinstance(value, (tuple, list)):
        raise parameter.refusal(value, "is no list of whole numbers", where)
    single = Parameter(parameter.name, 0, low=parameter.low, high=parameter.high)
    return tuple(_number(single, plain(item), where) for item in value)


_CHECKS = {bool: _switch, str: _text, int: _number, float: _number, tuple: _whole_numbers}


class Table(dict):
    """Parameters by name: {name: Parameter}.

    Parameters
    ----------
    parameters : iterable of Parameter
    what : str
        What one of them is called in a sentence, such as "design parameter".
    example : str
        A setting to show, such as "node=22".
    listed : str
        How a sentence goes on that has nothing to suggest: where they are listed.
    """

    def __init__(self, parameters, what, example, listed=""):
        super().__init__((parameter.name, parameter) for parameter in parameters)
        self.what, self.example, self.listed = what, example, listed
        self.by_reference = {p.reference: p for p in self.values() if p.reference}
        self.sections = tuple(dict.fromkeys(p.section for p in self.values()))

    def find(self, name, where="", value=None):
        """The parameter of this name (ours only); a `value` that it should have helps to suggest one.

        Raises
        ------
        NeurosimError
            There is none; the sentence suggests one.
        """
        if name not in self:
            raise self.unknown(name, where, value=value)
        return self[name]

    def unknown(self, name, where="", known=None, value=None):
        """What to raise about a name that is none: it suggests the closest one, or says where they are listed."""
        known = list(self if known is None else known)
        remedy = self.meant_by(name, value) or suggestion(name, known)
        if not remedy and 0 < len(known) <= FEW:
            remedy = f"; there are {', '.join(known)}"
        return NeurosimError(f"{_place(where)}{name!r} is no {self.what}{remedy or self.listed}")

    def meant_by(self, name, value):
        """What to say about a name that stands for something else, or an empty text."""
        return ""

    def read(self, name, text, where=""):
        """(parameter, value) that `name` (ours or the reference's) and a text mean."""
        if name in self:
            return self[name], self[name].parse(text, where)
        parameter = self.by_reference.get(name)
        if parameter is None:
            raise self.unknown(name, where, [*self, *self.by_reference], text)
        return parameter, parameter.from_text(text, where)

    def settings(self, texts, option):
        """{name: value} of texts of the form NAME=VALUE, as after `option` on a command line.

        Raises
        ------
        NeurosimError
            A text of another form, an unknown name, a value out of range.
        """
        values = {}
        for setting in texts:
            where = f"{option} {setting}"
            name, equals, text = (part.strip() for part in setting.partition("="))
            if not equals or not text:
                raise NeurosimError(f"{where}: write it as name=value, for example {option} {self.example}")
            parameter, value = self.read(name, text, where)
            values[parameter.name] = value
        return values

    def checked(self, values, where=""):
        """{name: value} with every value as its parameter's type."""
        return {name: self.find(name, where, value).check(value, where) for name, value in values.items()}
