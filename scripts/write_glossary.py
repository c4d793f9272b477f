"""Write the tables of docs/glossary.md from all tables of parameters and `neurosim.report.quantities`.

    python scripts/write_glossary.py            writes the tables anew
    python scripts/write_glossary.py --check    only says whether they are up to date

The text outside the marks `<!-- begin ... -->` and `<!-- end ... -->` stays as it is. Either way every parameter must
be named somewhere in docs/.
"""

import argparse
import re
import sys
from importlib import import_module
from pathlib import Path

from neurosim.design.parameters import PARAMETERS, SECTIONS
from neurosim.parameter import Table
from neurosim.report.quantities import AREAS, CHIP_QUANTITIES, QUANTITIES

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
FOLDERS = {"neurosim": "neurosim", "neurosim.technology": "technology", "neurosim.wrappers": "wrappers"}


def tables():
    """{module: [tables of parameters that it makes]}, those of a design first."""
    found = {"neurosim.design.parameters": [PARAMETERS]}
    for package, folder in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            if " = Table(" in path.read_text(encoding="utf-8"):
                name = ".".join((package, *path.relative_to(ROOT / folder).with_suffix("").parts))
                made = [value for value in vars(import_module(name)).values() if isinstance(value, Table)]
                found.setdefault(name, made)
    return found


def table(heads, rows):
    """Lines of a Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def code(name):
    return f"`{name}`" if name else ""


def parameters():
    """Every design parameter, a table a section."""
    lines = []
    for section in SECTIONS:
        rows = [
            (code(p.name), code(p.reference), _default(p.default), p.unit, p.range.replace("|", "\\|"), p.told)
            for p in PARAMETERS.values()
            if p.section == section
        ]
        lines += ["", f"### {(section or 'whole design').capitalize()}", ""]
        lines += table(("ours", "reference", "default", "unit", "range", "meaning"), rows)
    return [*lines[1:], *other_parameters()]


def other_parameters():
    """What can be set beside a design, a table a module; a parameter that several tables share is told once."""
    lines, told = [], {id(p) for p in PARAMETERS.values()}
    for module, made in tables().items():
        for group in made:
            new = [p for p in group.values() if id(p) not in told]
            told |= {id(p) for p in new}
            if new:
                rows = [(code(p.name), _default(p.default), p.unit, p.range.replace("|", "\\|"), p.told) for p in new]
                lines += ["", f"### {group.what.capitalize()} (`{module}`)", ""]
                lines += table(("name", "default", "unit", "range", "meaning"), rows)
    return lines


def unnamed(glossary):
    """Parameters that no document names, whether as in a file (array_rows) or as an option (array-rows)."""
    documents = [path.read_text(encoding="utf-8") for path in GLOSSARY.parent.glob("*.md") if path != GLOSSARY]
    text = "\n".join([glossary, *documents])
    names = {name for made in tables().values() for group in made for name in group}
    return sorted(name for name in names if not re.search(rf"(?<!\w){name.replace('_', '[-_]')}(?!\w)", text))


def _default(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def quantities():
    """Every reported number."""
    heads = ("ours", "unit", "reference, a layer", "reference, the chip", "meaning")
    both = (*QUANTITIES, *CHIP_QUANTITIES)
    lines = table(heads, ((code(q.name), q.unit, code(q.layer), code(q.chip), q.meaning) for q in both))
    areas = ((code(q.name), code(q.chip), q.meaning) for q in AREAS)
    return [*lines, "", *table(("part of the area", "reference", "meaning"), areas)]


def fresh(text):
    """The glossary's text with new tables."""
    for name, lines in (("parameters", parameters()), ("quantities", quantities())):
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        body = "\n".join(lines) + "\n"
        text, count = re.subn(f"({begin}).*?({end})", lambda m, body=body: m[1] + body + m[2], text, flags=re.DOTALL)
        if count != 1:
            sys.exit(f"{GLOSSARY}: {count} places marked {name} instead of one")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    old = GLOSSARY.read_text(encoding="utf-8")
    new = fresh(old)
    if parser.parse_args().check and new != old:
        sys.exit(f"{GLOSSARY} is out of date; run python scripts/write_glossary.py")
    missing = unnamed(new)
    if missing:
        sys.exit(f"no document of docs/ names {', '.join(missing)}")
    if new != old:
        GLOSSARY.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
