"""Statements of C++, run as far as plain arithmetic decides them.

Declarations, assignments, `if`, `switch` and blocks are run; what a condition without a value decides is in doubt, and
so is every variable that is set there. Nothing is passed over in silence: a statement that is not understood is listed,
and the variables that it sets have no value any more.
"""

from typing import ClassVar

from neurosim.design.cpp_expressions import ASSIGNMENTS, STEPS, Expression, NotPlain, type_at
from neurosim.design.cpp_numbers import Number, Unknown, binary, shown
from neurosim.design.cpp_variables import Variables
from neurosim.errors import NeurosimError

NESTED = 30  # blocks within one another
BRACKETS = {"(": ")", "[": "]", "{": "}"}
# Statements that begin with one of these set nothing.
WITHOUT_EFFECT = frozenset(("printf", "puts", "fprintf", "putchar", "fflush", "cout", "cerr", "clog", "assert",
                            "static_assert", "using", "typedef"))  # fmt: skip
ENDS = frozenset(("exit", "abort", "_Exit", "quick_exit", "terminate", "throw"))


class Statements(Variables):
    """A runner of statements: the variables that there are, and where it is.

    Parameters
    ----------
    tokens : list of Token
        Of the whole file.
    where : str
        Of the file, for messages.
    kinds, constants, computed
        As of `Variables`.

    Attributes
    ----------
    unread : list of (line, text)
        Statements that are not understood.
    end : (line, text) or None
        Where the program would end.

    Raises
    ------
    NeurosimError
        A bracket or semicolon that is missing, too deeply nested blocks, a call of what may set variables.
    """

    def __init__(self, tokens, where, kinds, constants, computed):
        super().__init__(kinds, constants, computed)
        self._tokens, self._where = tokens, where
        self.unread, self.end = [], None
        self._methods = frozenset()
        self._leaving = None  # "break" or "return" while on the way out
        self._pairs = self._paired()

    def _paired(self):
        """{index of an opening bracket: index of its closing one}."""
        pairs, opened = {}, []
        for at, token in enumerate(self._tokens):
            if token.kind != "mark":
                continue
            if token.text in BRACKETS:
                opened.append(at)
            elif token.text in BRACKETS.values():
                if not opened or BRACKETS[self._tokens[opened[-1]].text] != token.text:
                    raise self._wrong(at, f"a {token.text} without its opening bracket")
                pairs[opened.pop()] = at
        if opened:
            raise self._wrong(opened[-1], f"the {self._tokens[opened[-1]].text} here has no closing bracket")
        return pairs

    def _wrong(self, at, what):
        line = self._tokens[min(at, len(self._tokens) - 1)].line
        return NeurosimError(f"{self._where}:{line}: {what}")

    def _text(self, at):
        return self._tokens[at].text if at < len(self._tokens) else ""

    def _source(self, begin, end):
        """What stands there, for a sentence."""
        words = []
        for token in self._tokens[begin : min(end, begin + 40)]:
            words.append(("" if token.glued or not words else " ") + token.text)
        return shown("".join(words))

    # -- expressions -----------------------------------------------------------------------------------

    def _evaluate(self, begin, end):
        try:
            return Expression(self._tokens, begin, end, self).value()
        except NotPlain as error:
            source = self._source(begin, end)
            why = f"{source!r} is no arithmetic expression that can be read ({error}); write a plain number"
            if not self._poison(begin, end, why) and any(self._text(at) in ASSIGNMENTS for at in range(begin, end)):
                self.unread.append((self._tokens[begin].line, source))
            return Unknown(why)

    def _poison(self, begin, end, why):
        """Take the values of all variables that are set there, or that something there refers to; True if any is."""
        refers = any(
            self._text(at) == "&" and (at == begin or not _ends_operand(self._tokens[at - 1]))
            for at in range(begin, end)
        )
        found = False
        for at in range(begin, end):
            token = self._tokens[at]
            before = self._text(at - 1) if at > begin else ""
            another = before in (".", "->", "::") and self._text(at - 2) not in ("this", "param", ")", "std")
            if token.kind != "name" or another:
                continue
            after = at + 1
            while after < end and self._text(after) == "[":
                after = self._pairs[after] + 1
            follows = self._text(after) if after < end else ""
            if (refers and follows != "(") or follows in ASSIGNMENTS or follows in STEPS or before in STEPS:
                self.set(token.text, before == "->", Unknown(why), token.line)
                found = True
        return found

    # -- blocks and ends -------------------------------------------------------------------------------

    def _run(self, at):
        """Run the statement at `at`; returns the index behind it."""
        return self._HANDLERS.get(self._tokens[at].text, Statements._simple)(self, at)

    def _statements(self, at, end):
        while at < end and self._leaving is None:
            at = self._run(at)

    def _block(self, at):
        self._enter(at)
        self._statements(at + 1, self._pairs[at])
        self._scopes.pop()
        return self._pairs[at] + 1

    def _enter(self, at):
        if len(self._scopes) > NESTED:
            raise self._wrong(at, f"blocks are nested more than {NESTED} deep")
        self.enter()

    def _body(self, at):
        """Run the statement of an `if` or a loop, with variables of its own."""
        if at >= len(self._tokens) or self._text(at) == "}":
            raise self._wrong(at, "a statement is missing")
        if self._text(at) == "{":
            return self._block(at)
        self._enter(at)
        after = self._run(at)
        self._scopes.pop()
        return after

    def _doubted(self, why, at):
        """Run the statement at `at`, which may or may not be run."""
        self._doubts.append(why)
        after = self._body(at)
        self._doubts.pop()
        return after

    def _skip(self, at):
        """The index behind the statement at `at`, which is not run."""
        open_ones = []
        while True:
            text = self._text(at)
            if text in ("if", "for", "while", "switch"):
                open_ones += ["if"] * (text == "if")
                at = self._pairs[self._head(at)] + 1
                continue
            if text == "do":
                open_ones.append("do")
                at += 1
                continue
            if text in ("case", "default"):
                at = self._label(at)
                continue
            at = self._pairs[at] + 1 if text == "{" else self._end_of(at) + 1
            while open_ones:
                if open_ones.pop() == "do":
                    at = self._end_of(at) + 1
                elif self._text(at) == "else":
                    at += 1
                    break
            else:
                return at

    def _head(self, at):
        """The index of the bracket behind `if`, `switch` and so on."""
        at += 1 + (self._text(at + 1) == "constexpr")
        if self._text(at) != "(":
            raise self._wrong(at - 1, f"'{self._text(at - 1)}' needs a condition in brackets")
        return at

    def _label(self, at):
        """The index behind `case ...:` or `default:`."""
        start, at = at, at + 1
        while at < len(self._tokens) and self._text(at) not in (":", ";", "{", "}"):
            at = self._pairs.get(at, at) + 1
        if self._text(at) != ":":
            raise self._wrong(start, f"'{self._text(start)}' has no colon")
        return at + 1

    def _end_of(self, at):
        """The index of the semicolon that ends the statement at `at`."""
        start = at
        while at < len(self._tokens):
            text = self._text(at) if self._tokens[at].kind == "mark" else ""
            if text == ";":
                return at
            if text in BRACKETS.values():
                break
            at = self._pairs.get(at, at) + 1
        raise self._wrong(start, f"{self._source(start, at)!r} has no semicolon at its end")

    # -- statements ------------------------------------------------------------------------------------

    def _if(self, at):
        decided, doubts = False, len(self._doubts)
        self._inner += 1
        while True:
            head = self._head(at)
            close = self._pairs[head]
            condition = Number(0) if decided else self._evaluate(head + 1, close)
            if isinstance(condition, Unknown):
                source = self._source(head + 1, close)
                self._doubts.append(f"it is set where {source!r} decides, and {condition.why}")
            if isinstance(condition, Unknown) or condition.value:
                decided = isinstance(condition, Number)
                after = self._body(close + 1)
            else:
                after = self._skip(close + 1)
            if self._text(after) != "else":
                break
            at = after + 1
            if self._text(at) != "if":
                after = self._skip(at) if decided else self._body(at)
                break
        self._inner -= 1
        del self._doubts[doubts:]
        return after

    def _switch(self, at):
        head = self._head(at)
        body = self._pairs[head] + 1
        if self._text(body) != "{":
            raise self._wrong(at, "a switch needs a block")
        doubts, breaks = len(self._doubts), len(self._after_break)
        self._inner += 1
        self._enter(at)
        selector = self._evaluate(head + 1, self._pairs[head])
        labels = self._labels(body)
        unknown = next((value for value in (selector, *labels.values()) if isinstance(value, Unknown)), None)
        if unknown is not None:
            self._doubts.append(f"it is set where {self._source(at, body)!r} decides, and {unknown.why}")
            chosen = body + 1
        else:
            chosen = next((place for place, value in labels.items() if value and value.value == selector.value),
                          next((place for place, value in labels.items() if value is None), None))  # fmt: skip
        if chosen is not None:
            self._statements(chosen, self._pairs[body])
        self._scopes.pop()
        self._inner -= 1
        del self._doubts[doubts:], self._after_break[breaks:]
        if self._leaving == "break":
            self._leaving = None
        return self._pairs[body] + 1

    def _labels(self, body):
        """{index behind a label of a switch: its number, None for `default`}."""
        labels, at = {}, body + 1
        while at < self._pairs[body]:
            text = self._text(at)
            if text in ("case", "default"):
                behind = self._label(at)
                labels[behind] = self._evaluate(at + 1, behind - 1) if text == "case" else None
                at = behind
            else:
                at = self._pairs.get(at, at) + 1
        return labels

    def _loop(self, at):
        """Loops are not run, but for those that run once or never: what they set has no value."""
        breaks = len(self._after_break)
        why = f"it is set in the loop of line {self._tokens[at].line}, which is not read"
        self._inner += 1
        self._enter(at)
        after = (self._do if self._text(at) == "do" else self._while)(at, why)
        self._scopes.pop()
        self._inner -= 1
        del self._after_break[breaks:]
        return after

    def _do(self, at, why):
        """`do ... while (0);` runs once."""
        behind = self._skip(at + 1)
        if self._text(behind) != "while":
            raise self._wrong(at, "a do without its while")
        head = self._head(behind)
        if self._doubt() is not None:
            self._body(at + 1)  # once is enough: a second time would double with every nest
            return self._end_of(behind) + 1
        before = len(self.unread)
        self._body(at + 1)
        left, self._leaving = self._leaving, None
        again = Number(0) if left else self._evaluate(head + 1, self._pairs[head])
        if isinstance(again, Unknown) or again.value:
            del self.unread[before:]
            self.unread.append((self._tokens[at].line, self._source(at, at + 1)))
            self._doubted(why, at + 1)
        self._leaving = left if left == "return" else None
        return self._end_of(behind) + 1

    def _while(self, at, why):
        """`while (0)` never runs."""
        head = self._head(at)
        close = self._pairs[head]
        if self._text(at) == "while":
            condition = self._evaluate(head + 1, close)
            if isinstance(condition, Number) and not condition.value:
                return self._skip(close + 1)
        found = type_at(self._tokens, head + 1, close)
        if found and self._tokens[found[1]].kind == "name":
            self._new(found[1], found[0], Unknown(why))
        self._poison(head + 1, close, why)
        self.unread.append((self._tokens[at].line, self._source(at, close + 1)))
        return self._doubted(why, close + 1)

    def _break(self, at):
        if self._doubt() is not None:
            self._after_break.append(self._doubt())
        else:
            self._leaving = "break"
        return self._end_of(at) + 1

    def _return(self, at):
        if self._doubt() is not None:
            self._after_return = self._doubt()
        else:
            self._leaving = "return"
        return self._end_of(at) + 1

    def _else(self, at):
        raise self._wrong(at, "an else without its if")

    def _include(self, at):
        self.unread.append((self._tokens[at].line, self._text(at)))
        return at + 1

    def _simple(self, at):
        """A declaration, an assignment, a call."""
        if self._tokens[at].kind == "include":
            return self._include(at)
        end = self._end_of(at)
        first = at + 2 * (self._text(at) == "std" and self._text(at + 1) == "::")
        changes = any(self._text(place) in ASSIGNMENTS or self._text(place) in STEPS for place in range(at, end))
        if self._text(first) in ENDS:
            if self._doubt() is None:  # else: a program that runs did not end here
                self.end, self._leaving = (self._tokens[at].line, self._source(at, end)), "return"
        elif at == end or (self._text(first) in WITHOUT_EFFECT and not changes):
            pass
        elif self._text(at) == "enum":
            self._enumeration(at, end)
        elif self._declares(first, end):
            self._try_to_declare(first, end)
        elif changes:
            self._evaluate(at, end)
        else:
            self._call(at, end)
        return end + 1

    def _call(self, at, end):
        """What sets nothing as far as one can see."""
        source = self._source(at, end)
        name = at + 2 * (self._text(at) in ("this", "param") and self._text(at + 1) == "->")
        if self._text(name) in self._methods and self._text(name + 1) == "(":
            raise self._wrong(
                at, f"{source!r} may set parameters and is not read; write its assignments into the constructor"
            )
        why = f"{source!r} may change it, which is not read"
        self._poison(at, end, why)
        for place in range(name + 2, end):  # a function, or a macro, can set what it is given
            token = self._tokens[place]
            if token.kind == "name" and self._text(place + 1) in (",", ")") and token.text in self.members:
                self.set(token.text, self._text(place - 1) == "->", Unknown(why), token.line)
        self.unread.append((self._tokens[at].line, source))

    # -- declarations ----------------------------------------------------------------------------------

    def _declares(self, at, end):
        """Whether a type and a name stand there."""
        found = type_at(self._tokens, at, end)
        names = self._tokens[at].kind == "name" and at + 1 < end and self._tokens[at + 1].kind == "name"
        return names if found is None else found[1] < end and self._text(found[1]) != "("

    def _try_to_declare(self, at, end):
        try:
            self._declaration(at, end)
        except NotPlain:
            self._poison(at, end, f"{self._source(at, end)!r} is not read")
            self.unread.append((self._tokens[at].line, self._source(at, end)))

    def _declaration(self, at, end):
        """A type and its names, each with or without a first value."""
        kind, at = type_at(self._tokens, at, end) or (None, at + 1)
        while True:
            reference = False
            while self._text(at) in ("*", "&", "const"):
                reference = reference or self._text(at) != "const"
                at += 1
            if at >= end or self._tokens[at].kind != "name":
                raise NotPlain("a name is missing")
            name, at = at, at + 1
            first = at
            value, at = self._initial(name, at, end)
            if reference:
                value = Unknown(f"it may be changed through {self._text(name)!r}, which is not read")
                for place in range(first, at):
                    if self._tokens[place].kind == "name":
                        self.set(self._text(place), False, value, self._tokens[place].line)
            elif kind is None:
                value = Unknown(f"the type of {self._text(name)!r} is not known")
            self._new(name, kind, value)
            if at >= end:
                return
            if self._text(at) != ",":
                raise NotPlain("it goes on where it should end")
            at += 1

    def _enumeration(self, at, end):
        """An `enum` declares constants, each one more than the one before unless it has a value."""
        while at < end and self._text(at) != "{":
            at += 1
        if at == end:
            return
        value, close = Number(-1, "int"), self._pairs[at]
        at += 1
        while at < close:
            name, stop = at, at
            while stop < close and self._text(stop) != ",":
                stop = self._pairs.get(stop, stop) + 1
            value = binary("+", value, Number(1, "int"))
            if self._text(name + 1) == "=":
                value = self._evaluate(name + 2, stop)
            self._new(name, "int", value)
            at = stop + 1

    def _new(self, at, kind, value):
        self.declare(self._text(at), kind, value, self._tokens[at].line)

    def _initial(self, name, at, end):
        """(first value of a variable, index behind it)."""
        text = self._text(at) if at < end else ""
        if text in ("(", "{"):
            close = self._pairs[at]
            return (self._evaluate(at + 1, close) if close > at + 1 else Number(0, "int")), close + 1
        stop = at
        while stop < end and self._text(stop) != ",":
            stop = self._pairs.get(stop, stop) + 1
        if text == "[":
            return Unknown(f"{self._text(name)!r} is an array"), stop
        if text == "=":
            return self._evaluate(at + 1, stop), stop
        return Unknown(f"{self._text(name)!r} is used before it has a value"), at

    _HANDLERS: ClassVar = {
        "{": _block, "if": _if, "switch": _switch, "for": _loop, "while": _loop, "do": _loop, "break": _break,
        "continue": _break, "return": _return, "else": _else, "case": _label, "default": _label,
    }  # fmt: skip


def _ends_operand(token):
    return token.kind in ("name", "number") or token.text in (")", "]")
