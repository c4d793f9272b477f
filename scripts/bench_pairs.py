"""Time two builds of neurosim against each other, in turns, and tell the median of the ratios with its interval.

    python scripts/bench_pairs.py BEFORE AFTER [--pairs 30] [--case files ...] [--out FILE.md]

BEFORE and AFTER are Python interpreters, each with its own build installed. Every case is prepared in a process of
either build, then run in turns (before, after, after, before ...), so that whatever else the machine does meets both
alike. The interval is that of the median over the pairs (binomial, at least 95 %); a build is no slower if its upper
end is near 1.
"""

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = {
    "files": "VGG-8 from CSV files, a whole process",
    "memory": "VGG-8 from memory",
    "designs": "100 designs of VGG-8 at once",
    "step": "a training step of VGG-8, batch of 200",
    "help": "neurosim --help, a whole process",
}

# Runs in a process of either build: prepares a case, then runs it once for every line that it reads, and answers with
# the seconds it took. Only what all versions of the package have is used.
WORKER = """
import importlib, subprocess, sys, time
from pathlib import Path
import neurosim

def module(*names):
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            pass
    raise SystemExit(f"none of {names}")

def prepared(case, folder):
    if case == "help":
        command = [Path(sys.executable).with_name("neurosim"), "--help"]
        return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if case == "step":
        import numpy as np
        from neurosim.wrappers.wage import Model
        model, random = Model(draws=1), np.random.default_rng(1)
        images = random.uniform(-1, 1, (200, 3, 32, 32)).astype(np.float32)
        labels = random.integers(0, 10, 200)
        model.begin_epoch()
        return lambda: model.train_batch(images, labels)
    examples = module("neurosim.traces.examples", "neurosim.examples")
    if case == "files":
        words = examples.write_traces(folder)
        command = [Path(sys.executable).with_name("neurosim-main"), *map(str, words)]
        return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    network, trace = examples.vgg8()
    if case == "memory":
        return lambda: neurosim.evaluate(neurosim.Design(), network, trace)
    designs = [neurosim.Design(node=node, adc_levels=levels, temperature=temperature)
               for node in (130, 65, 32, 14, 7) for levels in (16, 32, 64, 128)
               for temperature in (300, 310, 320, 330, 340)]
    return lambda: neurosim.evaluate_many(designs, network, trace)

action = prepared(sys.argv[1], sys.argv[2])
action()
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    action()
    print(time.perf_counter() - start, flush=True)
"""


class Worker:
    """A process of one build with a prepared case."""

    def __init__(self, python, case, folder):
        self._process = subprocess.Popen(
            [python, "-P", "-c", WORKER, case, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if self._process.stdout.readline().strip() != "ready":
            raise SystemExit(f"{python}: the case {case!r} could not be prepared")

    def run(self):
        """Seconds of one more run."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait()


def interval(values):
    """(low, high) order statistics that hold the median with a probability of at least 95 %."""
    ordered, n = sorted(values), len(values)
    outside, rank = 0.0, 0
    while rank < n // 2 and outside + math.comb(n, rank) / 2**n <= 0.025:
        outside += math.comb(n, rank) / 2**n
        rank += 1
    rank = max(rank - 1, 0)
    return ordered[rank], ordered[n - 1 - rank]


def compare(before, after, case, pairs):
    """(median seconds before, after, median ratio, low, high) of a case."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        workers = Worker(before, case, one), Worker(after, case, other)
        times = [], []
        for pair in range(pairs):
            for side in (0, 1) if pair % 2 == 0 else (1, 0):
                times[side].append(workers[side].run())
        for worker in workers:
            worker.close()
    ratios = [new / old for old, new in zip(*times, strict=True)]
    return (*map(statistics.median, times), statistics.median(ratios), *interval(ratios))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", help="Python of the one build")
    parser.add_argument("after", help="Python of the other build")
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--case", choices=CASES, action="append", help="this case only (repeatable)")
    parser.add_argument("--out", type=Path, help="also write the table here")
    options = parser.parse_args()
    lines = ["| case | before [s] | after [s] | after / before | interval of the median |", "|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    for case in options.case or CASES:
        old, new, ratio, low, high = compare(options.before, options.after, case, options.pairs)
        lines.append(f"| {CASES[case]} | {old:.3f} | {new:.3f} | {ratio:.3f} | {low:.3f} to {high:.3f} |")
        print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
