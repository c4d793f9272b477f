"""The constructor of a class in a C++ source, and what stands before it."""

from contextlib import suppress

from neurosim.design.cpp_expressions import NotPlain, type_at
from neurosim.design.cpp_statements import BRACKETS, Statements
from neurosim.errors import NeurosimError


class Constructor(Statements):
    """A constructor without arguments that has been run.

    Parameters
    ----------
    tokens : list of Token
        Of the whole file.
    name : str
        Of the class.
    where, kinds, constants, computed
        As of `Statements`.

    Raises
    ------
    NeurosimError
        There is none, or a statement in it is not one of C++.
    """

    def __init__(self, tokens, name, where, kinds, constants, computed):
        super().__init__(tokens, where, kinds, constants, computed)
        self._name = name
        begin, head = self._find()
        self._methods = frozenset(
            tokens[at + 2].text
            for at in range(len(tokens) - 3)
            if tokens[at].text == name and tokens[at + 1].text == "::" and tokens[at + 3].text == "("
        )
        self._before(begin)
        self._block(self._initializers(head))

    def _find(self):
        """(where it begins, where its body or the list of members before that begins)."""
        for at in range(len(self._tokens)):
            if self._text(at) != self._name or self._text(at + 1) != "(":
                continue
            if at and self._text(at - 1) in ("~", "new", ".", "->"):
                continue
            close = self._pairs[at + 1]
            if close != at + 2 and not (close == at + 3 and self._text(at + 2) == "void"):
                continue
            head = close + 1 + (self._text(close + 1) == "noexcept")
            if self._text(head) in ("{", ":"):
                return at, head
        raise NeurosimError(
            f"{self._where}: no constructor {self._name}::{self._name}() found; give the edited {self._name}.cpp itself"
        )

    def _before(self, end):
        """Read what is declared before the constructor: constants, or members of a class around it."""
        at, members = 0, False
        while at < end:
            text = self._text(at)
            opening = self._opening(at, end) if text in ("namespace", "class", "struct") else None
            if opening is not None and (text == "namespace" or self._pairs[opening] > end):
                members = self._text(at + 1) == self._name
                at = opening
            elif text in ("public", "private", "protected"):
                at += 1
            elif self._tokens[at].kind != "include" and text not in ("{", "}", ";"):
                stop, plain = self._declared(at, end)
                if plain and text == "enum":
                    self._enumeration(at, stop)
                elif plain and type_at(self._tokens, at, stop):
                    self._keep(at, stop, members)
                at = stop
            at += 1

    def _opening(self, at, end):
        """The index of the opening bracket of a namespace or class, or None where it is only named."""
        while at < end and self._text(at) != ";":
            if self._text(at) == "{":
                return at
            at += 1
        return None

    def _declared(self, at, end):
        """(index of the last token of a declaration, whether it is a plain one and no function)."""
        start = at
        while at < end:
            text = self._text(at)
            if text == ";":
                return at, True
            if text in BRACKETS and self._tokens[at].kind == "mark":
                close = self._pairs[at]
                if text == "{" and at > start and self._text(at - 1) in (")", "const", "noexcept"):
                    return close, False
                at = close
            at += 1
        return end, False

    def _keep(self, at, stop, members):
        """Read a declaration as constants, or as members with their types."""
        self.enter()
        with suppress(NotPlain):  # what has no value then is told where it is used
            self._declaration(at, stop)
        declared = self._scopes.pop()
        if not members:
            self._scopes[-1].update(declared)
            return
        for name, variable in declared.items():
            self._kinds[name] = variable.kind
            if any(self._text(place) in ("=", "{") for place in range(at, stop)):
                self.set(name, True, variable.assigned, variable.line)

    def _initializers(self, at):
        """`: member(value), ...`; returns where the body begins."""
        while self._text(at) in (":", ","):
            name, opening = at + 1, at + 2
            if self._text(opening) not in ("(", "{") or self._tokens[name].kind != "name":
                break
            close = self._pairs[opening]
            self.set(self._text(name), True, self._evaluate(opening + 1, close), self._tokens[name].line)
            at = close + 1
        if self._text(at) != "{":
            raise self._wrong(at, "what stands before the body of the constructor cannot be read")
        return at
