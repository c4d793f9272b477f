"""Records: frozen objects whose fields are the parameters of a table."""

import dataclasses
import inspect
import textwrap
from typing import TYPE_CHECKING, Any, ClassVar

from neurosim.errors import NeurosimError
from neurosim.parameter import Table
from neurosim.plausible import doubts

WIDTH = 100     # of a line of help, beside its indentation


def part(kind, *, optional=False):
    """A field of a `Record` that is an object itself, such as another record.

    Parameters
    ----------
    kind : type
        Its default is `kind()`.
    optional : bool
        It may be None, and is unless given.
    """
    default = {"default": None} if optional else {"default_factory": kind}
    return dataclasses.field(**default, metadata={"kind": kind})


class Record:
    """Base of frozen classes whose fields are the parameters of a table.

    >>> class Wire(Record, table=Table([Parameter("width", 40e-9, "m", above=0)], "property of a wire", "width=2e-8")):
    ...     pass
    >>> Wire(2e-8).replace(width=1e-8).width
    1e-08

    Every value is checked by its parameter when an object is made, and so is what belongs together (`agree`). Fields of
    another kind are annotated in the class body, with a default or `part`; they follow those of the table. A class that
    is derived from another has its fields, too, and the later of two parameters of one name.

    Parameters (of a class)
    -----------------------
    table : Table
    first : sequence of str
        Fields of the class body that come before the table's.
    keywords : bool
        Values are given by name only.
    """

    table: ClassVar[Table] = Table((), "parameter", "name=value")

    def __init_subclass__(cls, *, table=None, first=(), keywords=False, **more):
        super().__init_subclass__(**more)
        bodies = inspect.get_annotations(cls)
        table = Table((), cls.table.what, cls.table.example) if table is None else table
        for name, parameter in table.items():
            setattr(cls, name, parameter.default)
        cls.__annotations__ = (
            {name: bodies[name] for name in first} | {name: p.kind for name, p in table.items()} | bodies
        )
        cls.table = Table([*cls.table.values(), *table.values()], table.what, table.example)
        cls.__doc__ = _documented(cls.__doc__, cls.table)
        dataclasses.dataclass(frozen=True, kw_only=keywords)(cls)

    def __new__(cls, *values, **named):
        for name in named:
            if name not in cls.__dataclass_fields__:
                raise cls.table.unknown(name, known=cls.__dataclass_fields__)
        return super().__new__(cls)

    def __post_init__(self):
        for name, parameter in self.table.items():
            object.__setattr__(self, name, parameter.check(getattr(self, name)))
        for name, kind, optional in self._parts():
            value = getattr(self, name)
            if not isinstance(value, kind) and not (optional and value is None):
                place = f"{kind.__module__}.{kind.__name__}"
                raise NeurosimError(f"{name} = {value!r} is no {kind.__name__}; give a {place}")
        self.agree()

    def agree(self):
        """Raise a `NeurosimError` about values that do not go together."""

    def replace(self, **changes):
        """The same with other values; those of parts may be given by their own names.

        Raises
        ------
        NeurosimError
            A name that there is not, or a value out of its range.
        """
        fields = self.__dataclass_fields__
        for name in changes:
            if name not in fields and name not in self.names():
                raise self.table.unknown(name, known=self.names())
        for place, kind in self._inner():
            inner = {name: changes.pop(name) for name in list(changes) if name not in fields and name in kind.names()}
            if inner:
                changes[place] = changes.get(place, getattr(self, place)).replace(**inner)
        return dataclasses.replace(self, **changes)

    def with_settings(self, settings, option="--set"):
        """The same with texts of the form NAME=VALUE applied, as after `option` on a command line."""
        return self.replace(**self.table.settings(settings, option))

    def to_dict(self):
        """{name: value}, parts as such dicts."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values):
        """From what `to_dict` returned, or what JSON made of it.

        Raises
        ------
        NeurosimError
            A name that there is not, or a value out of its range.
        """
        values = dict(values)
        for name, kind, _ in cls._parts():
            if values.get(name) is not None:
                inner = values[name]
                values[name] = kind.from_dict(inner) if issubclass(kind, Record) else kind(**inner)
        return cls(**values)

    @property
    def doubts(self):
        """{name: sentence} of values that can be computed with but are hardly meant, those of parts included."""
        found = doubts(self.table.values(), self.__getattribute__)
        for name, _, _ in self._parts():
            found |= getattr(getattr(self, name), "doubts", {})
        return found

    @classmethod
    def parameters(cls):
        """All parameters in the order of the fields, those of parts that are always there included."""
        found = []
        for name in cls.__dataclass_fields__:
            if name in cls.table:
                found.append(cls.table[name])
            found += [p for place, kind in cls._inner() if place == name for p in kind.parameters()]
        return found

    @classmethod
    def names(cls):
        """Names that `replace` takes."""
        return dict.fromkeys([*cls.__dataclass_fields__, *(parameter.name for parameter in cls.parameters())])

    @classmethod
    def _parts(cls):
        """(name, kind, whether it may be None) of the fields that are objects themselves."""
        return [(field.name, field.metadata["kind"], field.default is None)
                for field in dataclasses.fields(cls) if "kind" in field.metadata]

    @classmethod
    def _inner(cls):
        """(name, kind) of the fields that always are records."""
        return [(name, kind) for name, kind, optional in cls._parts() if not optional and issubclass(kind, Record)]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _documented(text, table):
    """The docstring of a record with a section of its parameters."""
    lines = [inspect.cleandoc(text or "")]
    if table and "\nAttributes\n" not in lines[0]:
        lines += ["", "Attributes", "----------"]
    for p in table.values():
        words = "".join(f' or "{word}"' for word in p.words) + (" or None" if p.optional else "")
        about = p.told[:1].upper() + p.told[1:] + (f" [{p.unit}]" if p.unit else "")
        lines += [f"{p.name} : {p.kind.__name__}{words}", textwrap.indent(textwrap.fill(f"{about}.", WIDTH), "    ")]
    return "\n".join(lines)
