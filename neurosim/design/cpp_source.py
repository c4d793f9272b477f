"""A C++ source as tokens: comments and strings told apart, `#` lines obeyed.

Of the preprocessor there is what a file alone decides: `#define` of names, `#undef`, `#if` with plain arithmetic,
`#ifdef` and their relatives. A name that no line of the file defines counts as undefined, which is told where it
matters, since a header may define it.
"""

import re
from typing import ClassVar, NamedTuple

from neurosim.design.cpp_expressions import Expression, NotPlain
from neurosim.design.cpp_numbers import Number, Unknown, shown
from neurosim.errors import NeurosimError

LARGEST = 1_000_000  # characters of a source
EXPANSIONS = 100_000  # tokens that macros may put in
NESTED = 50  # macros that name one another
MARKS = {"and": "&&", "or": "||", "not": "!", "not_eq": "!=", "bitand": "&", "bitor": "|", "xor": "^", "compl": "~"}

_TOKEN = re.compile(
    r"""
      (?P<blank>(?:[ \t\r\f\v]|\\[ \t\r]*\n)+)
    | (?P<newline>\n)
    | (?P<remark>//(?:[^\\\n]|\\[ \t\r]*\n|\\)*)
    | (?P<comment>/\*)
    | (?P<string>"(?:[^"\\\n]|\\(?:.|\n))*")
    | (?P<char>'(?:[^'\\\n]|\\.)+')
    | (?P<number>\.?[0-9](?:[eEpP][+-]|'(?=\w)|[\w.])*)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<mark><<=|>>=|\.\.\.|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|[-+*/%=<>!~?:;,.(){}\[\]&|^\#])
    | (?P<stray>["'].*|.)
    """,
    re.VERBOSE | re.ASCII,
)


class Token(NamedTuple):
    """A word of a source.

    Attributes
    ----------
    kind : str
        "name", "number", "string", "char", "mark", "stray", or "include" for a file that another one is put into.
    text : str
    line : int
    glued : bool
        Whether it touches the one before it.
    """

    kind: str
    text: str
    line: int
    glued: bool = False


def tokens_of(text, where, tell):
    """The tokens that a compiler would read.

    Parameters
    ----------
    text : str
    where : str
        Name of the file, for messages.
    tell : callable
        Called with a sentence about each block that a name decides which the file does not define.

    Returns
    -------
    list of Token

    Raises
    ------
    NeurosimError
        A comment or a block without an end, a file too large, macros that never end.
    """
    if len(text) > LARGEST:
        raise NeurosimError(f"{where}: {len(text)} characters are too many for a Param.cpp; give the edited one itself")
    preprocessor = _Preprocessor(where, tell)
    for line in _lines(text, where):
        preprocessor.read(line)
    return preprocessor.finish()


def _lines(text, where):
    """The tokens of each line; a line may go on after a backslash and within a comment."""
    line, at, tokens, glued = 1, 0, [], False
    while at < len(text):
        match = _TOKEN.match(text, at)
        kind, at = match.lastgroup, match.end()
        if kind == "newline":
            line += 1
            yield tokens
            tokens = []
        elif kind == "comment":
            end = text.find("*/", at)
            if end < 0:
                raise NeurosimError(f"{where}:{line}: the comment that begins here has no end; write */")
            line += text.count("\n", at, end)
            at = end + 2
        elif kind in ("blank", "remark"):
            line += match.group().count("\n")
        else:
            mark = MARKS.get(match.group())
            tokens.append(Token("mark" if mark else kind, mark or match.group(), line, glued))
            line += match.group().count("\n") if kind == "string" else 0
            glued = True
            continue
        glued = False
    yield tokens


class _Block:
    """An `#if` that has not ended yet."""

    def __init__(self, line, active):
        self.line = line
        self.active = active  # whether its lines count, were it alone
        self.done = active  # whether one of its branches has been taken
        self.last = False  # after #else
        self.undefined = []  # names that decided it
        self.holds = False  # whether there is anything in it


class _Preprocessor:
    def __init__(self, where, tell):
        self._where, self._tell = where, tell
        self._macros, self._blocks, self._tokens = {}, [], []
        self._expanded = 0

    def read(self, line):
        """Take one line in."""
        if not line:
            return
        if line[0].text == "#" and line[0].kind == "mark":
            if len(line) > 1 and (obey := self._DIRECTIVES.get(line[1].text)):
                obey(self, line)
            return
        for block in self._blocks:
            block.holds = True
        if self._active():
            for token in line:
                if token.kind == "name" and token.text in self._macros:
                    self._expand(token)
                else:
                    self._tokens.append(token)

    def finish(self):
        """All tokens."""
        if self._blocks:
            raise self._wrong(self._blocks[-1].line, "the #if that begins here has no #endif")
        return self._tokens

    def _wrong(self, line, what):
        return NeurosimError(f"{self._where}:{line}: {what}")

    def _active(self):
        return all(block.active for block in self._blocks)

    # -- macros ----------------------------------------------------------------------------------------

    def _define(self, line):
        if not self._active():
            return
        if len(line) < 3 or line[2].kind != "name":
            raise self._wrong(line[0].line, "#define needs a name")
        # One with arguments stays a call, which nothing can read.
        with_arguments = len(line) > 3 and line[3].text == "(" and line[3].glued
        self._macros[line[2].text] = None if with_arguments else line[3:]

    def _undefine(self, line):
        if self._active() and len(line) > 2:
            self._macros.pop(line[2].text, None)

    def _expand(self, token):
        todo = [(token, frozenset())]
        while todo:
            word, hidden = todo.pop()
            body = self._macros.get(word.text) if word.kind == "name" and word.text not in hidden else None
            if body is None:
                self._tokens.append(word._replace(line=token.line))
                continue
            self._expanded += len(body) + 1
            if self._expanded > EXPANSIONS or len(hidden) > NESTED:
                raise self._wrong(token.line, f"the macro {shown(token.text)} grows too large; write plain numbers")
            inner = hidden | {word.text}
            todo += [(part, inner) for part in reversed(body)]

    # -- conditions ------------------------------------------------------------------------------------

    def _if(self, line):
        block = _Block(line[0].line, False)
        block.active = block.done = self._active() and self._holds(line, block)
        self._blocks.append(block)

    def _elif(self, line):
        block = self._open(line)
        block.active = False
        if not block.done and self._active_but_last():
            block.active = block.done = self._holds(line, block)

    def _else(self, line):
        block = self._open(line)
        block.active, block.done, block.last = not block.done, True, True

    def _endif(self, line):
        block = self._open(line, ends=True)
        self._blocks.pop()
        if block.undefined and block.holds:
            names = ", ".join(dict.fromkeys(block.undefined))
            self._tell(
                f"{self._where}:{block.line}: no line of this file defines {names}, so the block counts as without it; "
                "if a header does, define it here"
            )

    def _open(self, line, ends=False):
        if not self._blocks or (self._blocks[-1].last and not ends):
            raise self._wrong(line[0].line, f"#{line[1].text} without its #if")
        return self._blocks[-1]

    def _active_but_last(self):
        return all(block.active for block in self._blocks[:-1])

    def _holds(self, line, block):
        """Whether the condition of an `#if`, `#ifdef` or one of their relatives holds."""
        word, rest = line[1].text, line[2:]
        if word.endswith("def"):
            if not rest or rest[0].kind != "name":
                raise self._wrong(line[0].line, f"#{word} needs a name")
            return self._defined(rest[0].text, block) != word.endswith("ndef")
        value = self._value(rest, block)
        if isinstance(value, Unknown):
            raise self._wrong(line[0].line, f"#{word} cannot be decided: {value.why}; write 0 or 1")
        return bool(value.value)

    def _defined(self, name, block):
        if name not in self._macros:
            block.undefined.append(name)
        return name in self._macros

    def _value(self, words, block):
        plain, at = [], 0
        while at < len(words):
            word = words[at]
            if word.text == "defined":
                bracket = at + 1 < len(words) and words[at + 1].text == "("
                at += 1 + bracket
                if at >= len(words):
                    return Unknown("'defined' needs a name")
                plain.append(Token("number", str(int(self._defined(words[at].text, block))), word.line))
                at += 1 + bracket
                continue
            mark = len(self._tokens)
            if word.kind == "name":
                self._expand(word)
                plain += self._tokens[mark:]
                del self._tokens[mark:]
            else:
                plain.append(word)
            at += 1
        try:
            return Expression(plain, 0, len(plain), _Names(block)).value()
        except NotPlain as error:
            return Unknown(str(error))

    def _error(self, line):
        if self._active():
            raise self._wrong(line[0].line, "#error: this file does not compile as it is")

    def _include(self, line):
        if self._active():
            self._tokens.append(Token("include", "".join(token.text for token in line), line[0].line))

    _DIRECTIVES: ClassVar = {
        "define": _define, "undef": _undefine, "if": _if, "ifdef": _if, "ifndef": _if, "elif": _elif,
        "elifdef": _elif, "elifndef": _elif, "else": _else, "endif": _endif, "error": _error, "include": _include,
    }  # fmt: skip


class _Names:
    """Names in a condition of the preprocessor: what is not defined is 0 there."""

    def __init__(self, block):
        self._block = block

    def get(self, name, member):
        self._block.undefined.append(name)
        return Number(0, "long")

    def set(self, name, member, value, line, certain):
        raise NotPlain("it assigns")
