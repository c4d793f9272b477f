"""Write the tables of docs/glossary.md from `neurosim.design.parameters` and `neurosim.report.quantities`.

    python scripts/write_glossary.py            writes the tables anew
    python scripts/write_glossary.py --check    only says whether they are up to date

The text outside the marks `<!-- begin ... -->` and `<!-- end ... -->` stays as it is.
"""

import argparse
import re
import sys
from pathlib import Path

from neurosim.design.parameters import PARAMETERS, SECTIONS
from neurosim.report.quantities import AREAS, CHIP_QUANTITIES, QUANTITIES

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"


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
    return lines[1:]


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
    if parser.parse_args().check:
        if new != old:
            sys.exit(f"{GLOSSARY} is out of date; run python scripts/write_glossary.py")
    elif new != old:
        GLOSSARY.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
