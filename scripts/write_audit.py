"""Write the tables and figures of docs/audit.md anew: audits of VGG-8 with each memory.

    python scripts/write_audit.py

A table stands between `<!-- audit MEMORY MODEL AGAINST -->` (AGAINST: a model, or - for all rules) and `<!-- end -->`;
its figure is docs/audit_MEMORY_MODEL.png if the page shows it.
"""

import re
from pathlib import Path

from neurosim.design.design import Design
from neurosim.evaluation.audit import MEASURES, Audit
from neurosim.report.plots import audit_figure
from neurosim.traces.examples import vgg8

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "audit.md"
TABLE = re.compile(r"(?<=<!-- audit )(\S+) (\S+) (\S+) -->\n.*?(?=<!-- end -->)", re.DOTALL)
LEAST = 5e-5  # a relative change that a table shows


def told(change):
    """A relative change in percent."""
    return f"{change * 100:+.2f} %" if abs(change) >= LEAST else "0"


def lines(table):
    """The rows of a Markdown table, and the rules that it leaves out."""
    names = [f"{measure}_change" for measure in MEASURES]
    shown = (table[names].abs() >= LEAST).any(axis=1)
    yield "| rule | what it does | area | latency | energy | TOPS/W |"
    yield "|---|---|---|---|---|---|"
    for name, row in table[shown].iterrows():
        yield f"| {name} | {row['about']} | {' | '.join(told(row[change]) for change in names)} |"
    if not shown.all():
        yield ""
        yield f"Less than 0.005 %: {', '.join(sorted(table.index[~shown], key=lambda name: (name[0], int(name[1:]))))}."


def main():
    network, trace = vgg8()
    text = PAGE.read_text(encoding="utf-8")

    def filled(match):
        memory, model, against = match.groups()
        design = Design(model=model, memory=memory)
        audit = Audit.of(design, network, trace, None if against == "-" else against)
        picture = DOCS / f"audit_{memory.lower()}_{model}.png"
        if picture.name in text:
            figure = audit_figure(audit.table, f"VGG-8, {memory}, {design.node} nm, model {model}")
            figure.savefig(picture, dpi=110)
        return f"{memory} {model} {against} -->\n" + "".join(f"{line}\n" for line in lines(audit.table))

    PAGE.write_text(TABLE.sub(filled, text), encoding="utf-8")


if __name__ == "__main__":
    main()
