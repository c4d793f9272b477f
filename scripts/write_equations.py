"""Write docs/equations.md from the docstrings of the modules.

    python scripts/write_equations.py            writes it anew
    python scripts/write_equations.py --check    only says whether it is up to date

What counts as an equation, and as its source, is told in CONTRIBUTING.md. Docstrings are read from the sources, because
functions that only compiled modules call have none at run time.
"""

import argparse
import re
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EQUATIONS = ROOT / "docs" / "equations.md"
INTRODUCTION = """\
# Equations

What the code computes, as its docstrings say it, with their sources: written by `scripts/write_equations.py`, and
[CONTRIBUTING.md](../CONTRIBUTING.md) says how a docstring gets here. Values are in SI units unless a unit is given.
Where the reference does something else than what is meant is in [fidelity.md](fidelity.md); [crossbar.md](crossbar.md)
and [hybrid.md](hybrid.md) derive what is said of crossbars and hybrid synapses.
"""
ROOMS = {  # title -> folders and files, in order
    "Technology": ("technology",),
    "Circuits": ("neurosim/_circuits.pyx", "neurosim/_layout.pyx", "neurosim/circuits"),
    "Designs": ("neurosim/design",),
    "Networks and traces": ("neurosim/traces",),
    "Chip": ("neurosim/chip",),
    "Results": ("neurosim/report",),
    "Evaluation": ("neurosim/evaluation",),
    "Crossbars": ("neurosim/crossbar",),
    "Devices in training": ("wrappers/devices",),
    "Training": ("wrappers/training", "wrappers/wage"),
}
SUFFIXES = (".py", ".pyx", ".pxd")
WIDTH = 120
HEADER = re.compile(r"(?P<indent> *)(?:class|def|cdef|cpdef)\b")
NAME = re.compile(r"\bclass (\w+)|(\w+)\(")
EQUATION = re.compile(r' = (?!["{]|true\b|false\b)')  # not a setting such as memory = "RRAM"
SENTENCE = re.compile(r"(?<![ (.-][A-Z]\.)(?<=\.) +(?=[A-Z`\"(])")  # no initials
SOURCE = re.compile(r"^Source|\b(19\d|20[0-3])\d\b")


@dataclass
class Told:
    """What a docstring says: its first sentence, its equations (sentences, or lists of lines) and its sources."""

    name: str
    summary: str = ""
    equations: list = field(default_factory=list)
    sources: list = field(default_factory=list)


def docstrings(text):
    """(qualified name, docstring) of a module (without a name) and of all that it defines, in order."""
    lines = text.splitlines()
    yield "", docstring_at(lines, 0)
    outer = []  # (indent, name) of what encloses a line
    for number, line in enumerate(lines):
        header = HEADER.match(line)
        if header is None:
            continue
        end = number
        while line.count("(") > line.count(")"):
            end += 1
            line += lines[end].split("#")[0].strip()
        name = NAME.search(line)
        if name and line.split("#")[0].rstrip().endswith(":"):
            indent = len(header["indent"])
            outer = [(before, known) for before, known in outer if before < indent] + [(indent, name[1] or name[2])]
            yield ".".join(known for _, known in outer), docstring_at(lines, end + 1)


def docstring_at(lines, number):
    """The docstring that begins on a line, or ""."""
    found = re.match(r'\s*?( *)"""(.*?)"""', "\n".join(lines[number:]), re.DOTALL)
    return "\n".join(line.removeprefix(found[1]).rstrip() for line in found[2].strip().splitlines()) if found else ""


def read(name, docstring):
    """What a docstring says; a block with the sentence that leads to it and the one that goes on from it."""
    told, lead, block = Told(name), "", False
    for paragraph in docstring.split("\n\n"):
        lines = paragraph.splitlines()
        section = len(lines) > 1 and set(lines[1]) == {"-"}
        if not lines or section or lines[0].startswith(("Quirk", ">>>", "* ", "- ")):
            lead, block = "", False
            continue
        if all(line.startswith(" ") for line in lines):
            block = bool(EQUATION.search(paragraph) or EQUATION.search(lead))
            if block:
                told.equations += [lead] if lead and lead not in told.equations else []
                told.equations.append(textwrap.dedent(paragraph).splitlines())
            continue
        sentences = SENTENCE.split(" ".join(line.strip() for line in lines))
        told.summary = told.summary or sentences[0]
        for sentence in sentences:
            if sentence.startswith("Quirk"):
                break  # with all that follows
            if EQUATION.search(sentence) or (block and sentence == sentences[0] and sentence[0].islower()):
                told.equations.append(sentence)
            elif SOURCE.search(sentence):
                told.sources.append(sentence)
        lead, block = "" if sentences[-1].endswith(".") else sentences[-1], False
    return told


def title(path):
    """A module's name, without the first folder where that is `neurosim`."""
    return path.relative_to(ROOT).with_suffix("").as_posix().removeprefix("neurosim/")


def anchor(text):
    """What a heading is linked by."""
    return re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-")


def module(path):
    """Lines about the equations of a module; none if it has none."""
    whole, *parts = [read(name, text) for name, text in docstrings(path.read_text(encoding="utf-8"))]
    parts = [part for part in parts if part.equations]
    if not parts and not whole.equations:
        return []
    place = path.relative_to(ROOT).as_posix()
    lines = ["", f"### {title(path)}", "", *wrapped(f"{whole.summary} Place: [{place}](../{place}).", escape=False)]
    if whole.sources:
        lines += ["", *wrapped(source(whole.sources))]
    lines += ["", *shown(whole)]
    for part in parts:
        lines += [*wrapped(f"- `{part.name}`: {part.summary}", "  "), *shown(part, "  ")]
    return lines


def shown(told, indent=""):
    """Equations and sources of a docstring as items of a list."""
    lines = []
    for equation in told.equations:
        if isinstance(equation, list):
            lines += [f"{indent}{line}" for line in ("", "```text", *equation, "```", "")]
        elif equation != told.summary:
            lines += wrapped(f"{indent}- {equation}", indent + "  ")
    if told.name and told.sources:
        lines += wrapped(f"{indent}- {source(told.sources)}", indent + "  ")
    return lines


def source(sentences):
    """Sources, marked as such."""
    text = " ".join(sentences)
    return text if text.startswith("Source") else f"Source: {text}"


def wrapped(text, indent="", escape=True):
    """Lines of running text; outside of code nothing is taken for a mark of Markdown."""
    if escape:
        plain = re.split(r"(`[^`]*`)", text)
        plain[::2] = [part.replace("*", r"\*").replace("](", r"]\(") for part in plain[::2]]
        text = "".join(plain)
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def written():
    """The text of the document."""
    contents, body = [], []
    for room, places in ROOMS.items():
        paths = []
        for place in places:
            inside = sorted(path for path in (ROOT / place).rglob("*") if path.suffix in SUFFIXES)
            paths += [ROOT / place] if (ROOT / place).is_file() else inside
        sections = {path: lines for path in paths if (lines := module(path))}
        if sections:
            links = ", ".join(f"[{title(path)}](#{anchor(title(path))})" for path in sections)
            contents += wrapped(f"- [{room}](#{anchor(room)}): {links}", "  ", escape=False)
            body += ["", f"## {room}", *(line for lines in sections.values() for line in lines)]
    text = "\n".join(line.rstrip() for line in [INTRODUCTION, "", *contents, *body])
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    new = written()
    if EQUATIONS.exists() and EQUATIONS.read_text(encoding="utf-8") == new:
        return
    if check:
        sys.exit(f"{EQUATIONS} is out of date; run python scripts/write_equations.py")
    EQUATIONS.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
