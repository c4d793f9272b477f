"""The commands of a shell script, as far as words tell them: enough to find a recorded call of a program."""

import re

from neurosim.errors import NeurosimError

_WORD = r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\;|&<>()])+"""
_TOKEN = re.compile(
    rf"""
      (?P<blank>(?:[ \t\r\f\v]|\\[ \t\r]*\n)+)
    | (?P<remark>(?<![^\s;|&()])\#[^\n]*)
    | (?P<redirection>(?:(?<![^\s;|&()])[0-9]+)?(?:&>>|&>|>>|>\||>&|<&|<<<|<<|<>|>|<)[ \t]*(?:&?{_WORD}|-)?)
    | (?P<end>\n|&&|\|\||\|&|;;|[;|&()])
    | (?P<word>{_WORD})
    | (?P<stray>.)
    """,
    re.VERBOSE,
)
_PART = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)""", re.DOTALL)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")


def commands_of(text, where):
    """The commands of a script, one after the other, each as (folder, words).

    Comments, redirections and what joins commands (pipes, `&&`, `;`) are left out, lines that end in a backslash go on.
    Variables that the script sets are put in; others stay as they are. `folder` is where the `cd`s so far lead to, or
    None where that is not known.

    Raises
    ------
    NeurosimError
        A quote that does not end.
    """
    variables, folder, words, line, at = {}, "", [], 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        kind, at = match.lastgroup, match.end()
        if kind == "stray":
            raise NeurosimError(f"{where}:{line}: the quotation that {match.group()} begins here does not end")
        if kind == "word":
            words.append(_plain(match.group(), variables))
        elif kind == "end":
            folder = _finish(words, variables, folder)
            if words:
                yield folder, words
            words = []
        line += match.group().count("\n")
    if words:
        yield _finish(words, variables, folder), words


def _plain(word, variables):
    """A word without its quotes, with the variables that are known."""

    def value(match):
        return variables.get(match[1] or match[2], match.group())

    parts = []
    for single, double, escaped, bare in _PART.findall(word):
        parts.append(single + escaped + _VARIABLE.sub(value, re.sub(r'\\(["\\$`])', r"\1", double) + bare))
    return "".join(parts)


def _finish(words, variables, folder):
    """Take in what a command changes: variables, and where the next one runs; returns the latter."""
    set_here = words[1:] if words[:1] == ["export"] else words
    assignments = [_ASSIGNMENT.fullmatch(word) for word in set_here]
    if assignments and all(assignments):
        variables.update((match[1], match[2]) for match in assignments)
    if words[:1] in (["cd"], ["pushd"]):
        target = words[-1] if len(words) > 1 else ""
        if folder is None or not target or target[0] in "~-" or "$" in target or "`" in target:
            return None
        return target if target.startswith("/") else f"{folder}/{target}".lstrip("/")
    return folder
