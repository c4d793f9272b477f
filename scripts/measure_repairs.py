"""What repairs do to the main results of VGG-8, each alone: the largest change, and all of at least 0.1 %.

    python scripts/measure_repairs.py [--ids C2,C3] [--memory RRAM,FeFET,SRAM] [--model 2.0,2.1] [NAME=VALUE ...]
    python scripts/measure_repairs.py --save before.json
    python scripts/measure_repairs.py --against before.json

A repair is added to the default design of a memory and a model; further parameters may be given. A change of the code
itself is measured with `--save` before and `--against` after it.
"""

import argparse
import json
from pathlib import Path

from neurosim.design.corrections import REPAIRS
from neurosim.design.design import Design
from neurosim.evaluation.flow import evaluate_many
from neurosim.report.quantities import STEPS
from neurosim.traces.examples import vgg8

NOTABLE = 0.1  # [%]


def main_results(report):
    """{name: value} of area, all steps and their sums, leakage and rates."""
    totals = report.totals
    results = {"area": report.areas["total"]}
    for kind in ("latency", "energy"):
        results |= {f"{step}_{kind}": totals[f"{step}_{kind}"] for step in STEPS}
        results[f"all_{kind}"] = sum(totals[f"{step}_{kind}"] for step in STEPS)
    return results | {name: totals[name] for name in ("leakage_energy", "energy_efficiency", "throughput")}


def measured(designs, names):
    """{id, or "" for none: {result and design: value}}"""
    found = {name: {} for name in ("", *names)}
    for where, base in designs.items():
        network, trace = vgg8()
        reports = evaluate_many([base.replace(correct=f"{base.correct} {name}") for name in found], network, trace)
        for name, report in zip(found, reports, strict=True):
            found[name] |= {f"{result} of {where}": value for result, value in main_results(report).items()}
    return found


def show(name, before, after):
    """The largest change between two results, and all that are notable."""
    changes = {key: 100 * (after[key] / value - 1) for key, value in before.items() if value}
    largest = max(changes, key=lambda key: abs(changes[key]))
    print(f"{name:4} {changes[largest]:+9.4f} %  {largest}")
    for key, change in changes.items():
        if abs(change) >= NOTABLE:
            print(f"       {change:+9.3f} %  {key}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", default="RRAM,FeFET,SRAM")
    parser.add_argument("--model", default="2.0,2.1")
    parser.add_argument("--ids", default=",".join(REPAIRS))
    parser.add_argument("--save", metavar="FILE", type=Path)
    parser.add_argument("--against", metavar="FILE", type=Path)
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    chosen = parser.parse_args()
    designs = {
        f"{memory}, {model}": Design(memory=memory, model=model).with_settings(chosen.settings)
        for memory in chosen.memory.split(",")
        for model in chosen.model.split(",")
    }
    names = () if chosen.save or chosen.against else chosen.ids.split(",")
    found = measured(designs, names)
    if chosen.save:
        chosen.save.write_text(json.dumps(found[""], indent=1))
    if chosen.against:
        show("", json.loads(chosen.against.read_text()), found[""])
    for name in names:
        show(name, found[""], found[name])


if __name__ == "__main__":
    main()
