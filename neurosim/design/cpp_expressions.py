"""Expressions of C++ over numbers.

An expression is evaluated while it is read, from the left to the right and without building a tree, so that its length
costs time only.
"""

from neurosim.design.cpp_numbers import PREFIXES, Number, Unknown, binary, called, converted, literal, shown

DEPTH = 25  # nested brackets; a level takes a few of Python's frames
QUALIFIERS = frozenset(("const", "constexpr", "static", "inline", "volatile", "register"))
# Types by their words in the order of the alphabet; single precision counts as double.
TYPES = {
    "int": "int", "signed": "int", "int signed": "int", "int32_t": "int",
    "unsigned": "unsigned", "int unsigned": "unsigned", "uint32_t": "unsigned",
    "long": "long", "int long": "long", "long long": "long", "int long long": "long", "int64_t": "long",
    "long unsigned": "unsigned long", "int long unsigned": "unsigned long", "long long unsigned": "unsigned long",
    "size_t": "unsigned long", "uint64_t": "unsigned long",
    "double": "double", "double long": "double", "float": "double", "bool": "bool", "auto": "auto",
}  # fmt: skip
TYPE_WORDS = frozenset(word for words in (*TYPES, "short char") for word in words.split())

ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="))
STEPS = {"++": "+", "--": "-"}
PRECEDENCE = {
    operation: rank
    for rank, operations in enumerate(
        (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"),
         ("*", "/", "%"))
    )
    for operation in operations
}  # fmt: skip


class NotPlain(Exception):
    """A source that is no expression of this reader; the text says why."""


class Expression:
    """An expression, evaluated as it is read.

    Parameters
    ----------
    tokens : list of Token
    begin, end : int
        It is `tokens[begin:end]`.
    scope : object
        `get(name, member)` and `set(name, member, value, line, certain)` of variables; both return values. `member`:
        the name stands behind `this->` or `param->`.

    Raises
    ------
    NotPlain
        What stands there is no expression, or one that this reader does not know.
    """

    def __init__(self, tokens, begin, end, scope):
        self.tokens, self.at, self.end, self.scope = tokens, begin, end, scope
        self.depth = 0
        self.runs = True  # whether what is read is evaluated: True, False, or None for doubt

    def value(self):
        """Its value; it must end where the source ends."""
        value = self._sequence()
        if self.at != self.end:
            raise NotPlain("it goes on where it should end")
        return value

    def _text(self, ahead=0):
        at = self.at + ahead
        return self.tokens[at].text if at < self.end else ""

    def _take(self, text):
        found = self._text() == text
        self.at += found
        return found

    def _expect(self, text):
        if not self._take(text):
            raise NotPlain(f"a {text} is missing")

    def _sequence(self):
        while True:
            value = self._assignment()
            if not self._take(","):
                return value

    def _assignment(self):
        start = self.at
        variable = self._variable()
        operation = self._text()
        if variable is None or operation not in ASSIGNMENTS:
            self.at = start
            return self._choice()
        self.at += 1
        with self._deeper():
            value = self._assignment()
        if operation != "=":
            value = binary(operation[:-1], self.scope.get(*variable), value)
        return self._set(variable, value, start)

    def _set(self, variable, value, at):
        if self.runs is False:
            return value
        return self.scope.set(*variable, value, self.tokens[at].line, self.runs is True)

    def _run_if(self, condition, wanted):
        """Go on as C++ does where only one outcome of a condition evaluates what follows; returns `runs` as it was."""
        before = self.runs
        if isinstance(condition, Number) and bool(condition.value) != wanted:
            self.runs = False
        elif isinstance(condition, Unknown) and before:
            self.runs = None
        return before

    def _variable(self):
        """(name, whether it is a member) of the variable that stands here, or None."""
        member = self._text() in ("this", "param") and self._text(1) == "->"
        at = self.at + 2 * member
        if at >= self.end or self.tokens[at].kind != "name":
            return None
        self.at = at + 1
        return self.tokens[at].text, member

    def _choice(self):
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        with self._deeper():
            before = self._run_if(condition, True)
            first = self._assignment()
            self._expect(":")
            self.runs = before
            self._run_if(condition, False)
            second = self._assignment()
            self.runs = before
        if isinstance(condition, Unknown):
            return condition
        chosen = first if condition.value else second
        if any(isinstance(value, Number) and value.kind == "double" for value in (first, second)):
            return converted(chosen, "double")
        return chosen

    def _binary(self, lowest):
        left = self._unary()
        while PRECEDENCE.get(operation := self._text(), -1) >= lowest:
            self.at += 1
            before = self.runs
            if operation in ("&&", "||"):
                self._run_if(left, operation == "&&")
            right = self._binary(PRECEDENCE[operation] + 1)
            self.runs = before
            left = binary(operation, left, right)
        return left

    def _unary(self):
        prefixes = []
        while True:
            text = self._text()
            if text in PREFIXES:
                self.at += 1
                prefixes.append(PREFIXES[text])
            elif text == "(" and (cast := self._type(self.at + 1)) and self._ahead(cast[1]) == ")":
                self.at = cast[1] + 1
                prefixes.append(lambda value, kind=cast[0]: converted(value, kind))
            else:
                break
        value = self._step() if self._text() in STEPS else self._postfix()
        for apply in reversed(prefixes):
            value = value if isinstance(value, Unknown) else apply(value)
        return value

    def _ahead(self, at):
        return self.tokens[at].text if at < self.end else ""

    def _type(self, at):
        """(kind, index behind it) of the type whose words begin at `at`, or None."""
        found = type_at(self.tokens, at, self.end)
        return found if found and found[0] not in (None, "auto") else None

    def _step(self):
        """`++x`."""
        start, operation = self.at, STEPS[self._text()]
        self.at += 1
        variable = self._variable()
        if variable is None:
            raise NotPlain("it steps something that is no variable")
        return self._set(variable, binary(operation, self.scope.get(*variable), Number(1, "int")), start + 1)

    def _postfix(self):
        start = self.at
        variable = self._variable()
        if variable is not None and self._text() in STEPS:
            operation = STEPS[self._text()]
            self.at += 1
            before = self.scope.get(*variable)
            self._set(variable, binary(operation, before, Number(1, "int")), start)
            return before
        self.at = start
        value = self._primary()
        if self._text() in ("[", ".", "->", "::"):
            raise NotPlain(f"{self._text()} cannot be read")
        return value

    def _primary(self):
        if self.at >= self.end:
            raise NotPlain("it ends too early")
        token = self.tokens[self.at]
        if token.kind == "number":
            self.at += 1
            return literal(token.text)
        if token.kind in ("string", "char"):
            self.at += 1
            return Unknown("a text is no number")
        if token.text == "(":
            return self._bracket()
        if token.kind != "name":
            raise NotPlain(f"{shown(token.text)} stands where a number should")
        return self._named(token.text)

    def _named(self, name):
        if name == "std" and self._text(1) == "::":
            self.at += 2
            name = self._text()
        if name in ("true", "false"):
            self.at += 1
            return Number(int(name == "true"), "int")
        if name == "static_cast" and self._text(1) == "<":
            cast = self._type(self.at + 2)
            if cast is None or self._ahead(cast[1]) != ">" or self._ahead(cast[1] + 1) != "(":
                raise NotPlain("its cast cannot be read")
            self.at = cast[1] + 1
            return converted(self._bracket(), cast[0])
        if name in TYPE_WORDS:
            self.at += 1
            return converted(self._bracket(), TYPES.get(name, "auto"))
        if self._text(1) == "(" and name not in ("this", "param"):
            self.at += 2
            return called(name, self._arguments())
        variable = self._variable()
        if variable is None:
            raise NotPlain("a name is missing")
        return self.scope.get(*variable)

    def _arguments(self):
        if self._take(")"):
            return []
        values = []
        with self._deeper():
            while True:
                values.append(self._assignment())
                if self._take(")"):
                    return values
                self._expect(",")

    def _bracket(self):
        self._expect("(")
        with self._deeper():
            value = self._sequence()
        self._expect(")")
        return value

    def _deeper(self):
        return _Depth(self)


class _Depth:
    """One level of brackets; too many of them are refused before Python's own limit ends the program."""

    def __init__(self, expression):
        self.expression = expression

    def __enter__(self):
        self.expression.depth += 1
        if self.expression.depth > DEPTH:
            raise NotPlain(f"it is nested more than {DEPTH} deep")

    def __exit__(self, *_):
        self.expression.depth -= 1


def type_at(tokens, begin, end):
    """(kind or None where it is not known, index behind it) of the type whose words begin at `begin`, or None."""
    words, at = [], begin
    while at < end:
        text = tokens[at].text
        if text == "std" and at + 1 < end and tokens[at + 1].text == "::":
            at += 2
        elif text in QUALIFIERS or text in TYPE_WORDS:
            words += [text] * (text not in QUALIFIERS)
            at += 1
        else:
            break
    if words:
        return TYPES.get(" ".join(sorted(words))), at
    return None
