"""Variables of a constructor: members of its class, and what blocks declare."""

from dataclasses import dataclass

from neurosim.design.cpp_numbers import Number, Unknown, converted


@dataclass
class Variable:
    """A variable.

    Attributes
    ----------
    kind : str or None
        A kind of number, "bool" or "auto"; None: not known, because another file declares it.
    value : Number or Unknown
        What it holds.
    assigned : Number, Unknown or None
        What was assigned to it last, before its own type had a say; None: nothing that counts.
    line, first : int
        Of that assignment, and of the first one.
    """

    kind: str | None
    value: Number | Unknown
    assigned: Number | Unknown | None
    line: int
    first: int


class Variables:
    """What variables hold, as the scope of an `Expression`.

    Parameters
    ----------
    kinds : dict
        {member: kind} of those whose type is known.
    constants : dict
        {name: number} that other files define.
    computed : callable
        computed(name, value, number) -> whether an assignment in an inner block is one that need not count; `number`
        gives the number that a member holds, or None.

    Attributes
    ----------
    members : dict
        {name: Variable} of all that were set and not declared here.
    """

    def __init__(self, kinds, constants, computed):
        self._kinds, self._constants, self._computed = dict(kinds), constants, computed
        self.members = {}
        self._scopes = [{}]
        self._inner = 0  # conditions around what is run
        self._doubts = []  # why what is run may not be run
        self._after_break = []  # the same behind a `break` in doubt, up to the end of its switch
        self._after_return = None  # and behind a `return` in doubt

    def get(self, name, member):
        """The value of a variable."""
        found = None if member else self._local(name)
        found = found or self.members.get(name)
        if found is not None:
            return found.value
        if name in self._constants:
            return Number(self._constants[name])
        return Unknown(f"{name!r} is used before it has a value")

    def set(self, name, member, value, line, certain=True):
        """Assign to a variable; returns what it holds then."""
        doubt = self._doubt()
        if doubt is not None:
            value = Unknown(doubt)
        elif not certain:
            value = Unknown("it is set within a condition")
        local = None if member else self._local(name)
        if local is not None:
            local.value = _held(value, local.kind)
            return local.value
        kind = self._kinds.get(name)
        counts = not (self._inner and self._computed(name, value, self.number))
        variable = self.members.setdefault(name, Variable(kind, value, None, line, line))
        variable.value = _held(value, kind)
        if counts:
            variable.assigned, variable.line = value, line
        return variable.value

    def number(self, name):
        """The number that a member holds, or None."""
        value = self.members[name].value if name in self.members else None
        return value.value if isinstance(value, Number) else None

    def _local(self, name):
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), None)

    def _doubt(self):
        doubts = self._doubts or self._after_break
        return doubts[-1] if doubts else self._after_return

    def declare(self, name, kind, value, line):
        """A new variable of the innermost block."""
        self._scopes[-1][name] = Variable(kind, _held(value, kind), value, line, line)

    def enter(self):
        """Begin a block."""
        self._scopes.append({})


def _held(value, kind):
    """What a variable of this kind holds once `value` has been assigned to it."""
    if kind is not None:
        return converted(value, kind)
    if isinstance(value, Number) and value.kind != "double":
        return Number(value.value, value.kind, sure=False)
    return value
