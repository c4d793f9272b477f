"""What each repair of docs/repairs.md is worth: its largest effect on VGG-8 in each version, with each memory.

    python scripts/measure_repairs.py                  every correction and repair
    python scripts/measure_repairs.py Q9 --beside U2   some of them, in designs that have others already
    python scripts/measure_repairs.py --save before.json
    python scripts/measure_repairs.py --against before.json

Prints a row an id: the largest relative change of a main result, then of any other number of the report. A change of
the code itself is measured with `--save` before and `--against` after it.
"""

import argparse
import itertools
import json
import math
from pathlib import Path

from neurosim.design.corrections import CORRECTIONS, REPAIRS
from neurosim.design.design import Design
from neurosim.evaluation.flow import evaluate_many
from neurosim.report.quantities import STEPS
from neurosim.traces.examples import vgg8

ROUNDING = 1e-12  # of sums in another order
VERSIONS = ("2.0", "2.1")
MEMORIES = ("RRAM", "FeFET", "SRAM")
MAIN = (
    "area", *(f"{step}_{what}" for what in ("latency", "energy") for step in STEPS), "latency", "energy",
    "leakage_power", "leakage_energy", "energy_efficiency", "throughput",
)  # fmt: skip


def results(report):
    """{result: value} of the whole chip; `latency` and `energy` are those of all steps, as in TOPS/W."""
    totals = report.totals
    sums = {
        "area": report.areas["total"],
        "latency": math.fsum(totals[f"{step}_latency"] for step in STEPS),
        "energy": math.fsum([totals["leakage_energy"], *(totals[f"{step}_energy"] for step in STEPS)]),
    }
    return {f"area of {part}": value for part, value in report.areas.items()} | totals | sums


def measured(names, beside, settings):
    """{id, or "" for none: {"result, memory version": value}}"""
    found = {name: {} for name in ("", *names)}
    network, trace = vgg8()
    for version, memory in itertools.product(VERSIONS, MEMORIES):
        base = Design(model=version, memory=memory, correct=beside).with_settings(settings)
        designs = [base.replace(correct=f"{base.correct} {name}") for name in found]
        for values, report in zip(found.values(), evaluate_many(designs, network, trace), strict=True):
            values |= {f"{what}, {memory} {version}": value for what, value in results(report).items()}
    return found


def change(before, after):
    """The relative change from one number to another."""
    if before == after:
        return 0.0
    return after / before - 1 if before else math.inf


def largest(changes):
    """A cell of the table: the largest of {"result, memory version": change}."""
    where, value = max(changes.items(), key=lambda item: abs(item[1]))
    return "0" if abs(value) < ROUNDING else f"{value:+.2%} {where.replace('_', ' ')}"


def row(name, before, after):
    """A row of the table: the largest changes of main and of other results."""
    changes = {where: change(value, after[where]) for where, value in before.items()}
    main_ones = {where: value for where, value in changes.items() if where.partition(",")[0] in MAIN}
    others = {where: value for where, value in changes.items() if where not in main_ones}
    return f"| {name} | {largest(main_ones)} | {largest(others)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", default=[*CORRECTIONS, *REPAIRS], metavar="ID")
    parser.add_argument("--beside", default="", metavar="IDS", help="what all designs have")
    parser.add_argument("--set", action="append", default=[], dest="settings", metavar="NAME=VALUE")
    parser.add_argument("--save", metavar="FILE", type=Path, help="keep the results without any repair")
    parser.add_argument("--against", metavar="FILE", type=Path, help="compare with results that were kept")
    options = parser.parse_args()
    names = () if options.save or options.against else options.ids
    found = measured(names, options.beside, options.settings)
    if options.save:
        options.save.write_text(json.dumps(found[""], indent=1))
    if options.against:
        print(row("code", json.loads(options.against.read_text()), found[""]))
    for name in names:
        print(row(name, found[""], found[name]))


if __name__ == "__main__":
    main()
