"""What each repair of docs/repairs.md is worth: its largest effect on VGG-8 in each version, with each memory.

    python scripts/measure_repairs.py                  every correction and repair
    python scripts/measure_repairs.py Q9 --beside U2   some of them, in designs that have others already

Prints a row an id: the largest relative change of a main result, then of any other number of the report.
"""

import argparse
import itertools
import math

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


def change(before, after):
    """The relative change from one number to another."""
    if before == after:
        return 0.0
    return after / before - 1 if before else math.inf


def largest(changes):
    """A cell of the table: the largest of {(result, memory, version): change}."""
    (name, memory, version), value = max(changes.items(), key=lambda item: abs(item[1]))
    if abs(value) < ROUNDING:
        return "0"
    return f"{value:+.2%} {name.replace('_', ' ')}, {memory} {version}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", default=[*CORRECTIONS, *REPAIRS], metavar="ID")
    parser.add_argument("--beside", default="", metavar="IDS", help="what all designs have")
    options = parser.parse_args()
    network, trace = vgg8()
    changes = {name: {} for name in options.ids}
    for version, memory in itertools.product(VERSIONS, MEMORIES):
        designs = [Design(model=version, memory=memory, correct=f"{options.beside} {name}") for name in ("", *changes)]
        base, *mended = map(results, evaluate_many(designs, network, trace))
        for name, found in zip(changes, mended, strict=True):
            changes[name] |= {(what, memory, version): change(base[what], found[what]) for what in base}
    for name, found in changes.items():
        main_ones = {key: value for key, value in found.items() if key[0] in MAIN}
        others = {key: value for key, value in found.items() if key[0] not in MAIN}
        print(f"| {name} | {largest(main_ones)} | {largest(others)} |")


if __name__ == "__main__":
    main()
