"""Measure neurosim, and compare it with any program that takes the C++ program's arguments.

    python scripts/bench.py [--baseline PATH] [--torch PATH] [--quick] [--only CASE] [--runs N] [--out FILE.md]

Every case is run several times and its median shown. With a baseline, whole processes on the same CSV files
are run in turns (ours, theirs, ours, ...) in one session and the ratio is printed; --baseline-runs says how
often (the reference takes minutes). Nothing here is a test: times belong to a machine and an hour.

The baseline of the published figures is the C++ program built with its own makefile (-O3) and the missing
return statements added, without which current compilers make it crash.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import numpy as np

VARIANTS = {
    "default": {},
    "SRAM": {"memory": "SRAM"},
    "FeFET, 22 nm HP": {"memory": "FeFET", "node": 22, "roadmap": "HP"},
    "sequential": {"read_mode": "sequential"},
    "SRAM sequential": {"memory": "SRAM", "read_mode": "sequential"},
    "7 nm": {"node": 7},
}
SCALING = {
    "vectors": ([18, 18, 128, 3, 3, 256, 0, 1], [34, 34, 128, 3, 3, 256, 0, 1]),
    "rows": ([18, 18, 64, 3, 3, 256, 0, 1], [18, 18, 256, 3, 3, 256, 0, 1]),
    "columns": ([18, 18, 128, 3, 3, 256, 0, 1], [18, 18, 128, 3, 3, 1024, 0, 1]),
    "layers": (2, 8),
}


def measured(action, runs):
    """Median, minimum and maximum of the wall time of `action()` [s]."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times), min(times), max(times)


class Table:
    """Lines of the result, printed as they come and kept for --out."""

    def __init__(self):
        self.lines = []

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def row(self, *cells):
        self.say("| " + " | ".join(str(cell) for cell in cells) + " |")

    def head(self, *cells):
        self.row(*cells)
        self.row(*("---" for _ in cells))


def machine(table):
    """What the figures belong to."""
    from neurosim.evaluation.measure import threads

    blas = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    core = os.environ.get("OPENBLAS_CORETYPE", "not set")
    left = np.ones((1500, 1500), np.float32)
    median, fastest, _ = measured(lambda: left @ left, 5)
    peak = 2 * 1500**3 / fastest / 1e9
    table.say(f"{os.cpu_count()} cores, {threads()} threads; BLAS {blas.get('name')} {blas.get('version')}, ")
    table.say(f"OPENBLAS_CORETYPE {core}; float32 matrix products {peak:.0f} GFLOP/s (median {median * 1e3:.0f} ms);")
    table.say(f"load before the run {os.getloadavg()[0]:.1f}.")
    table.say()


# Runs and waits for a program. On Linux the peak of a process begins with what its parent held when it was started,
# which for this script is more than neurosim itself needs: a bare interpreter stands between.
LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, time.perf_counter() - start, usage.ru_maxrss / 1024]))
"""

# Becomes another program: its peak does not begin with that of this script.
PASSER = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"


def spawned(words, folder, **environment):
    """Wall time [s] and peak memory [MB] of a whole process, both its own."""
    launched = subprocess.run(
        [sys.executable, "-S", "-E", "-c", LAUNCHER, *words],
        cwd=folder, capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    if launched.returncode:
        sys.exit(f"{words[0]} could not be run: {launched.stderr[-300:]}")
    status, seconds, peak = json.loads(launched.stdout)
    if status:
        sys.exit(f"{words[0]} failed with status {status}: {launched.stderr[-300:]}")
    return seconds, peak


def from_files(table, options):
    """VGG-8 from CSV files to CSV files: whole processes."""
    from neurosim.traces.examples import write_traces

    with tempfile.TemporaryDirectory() as folder:
        write_traces(folder)
        words = Path(folder, "args.txt").read_text().split()
        ours = [sys.executable, "-m", "neurosim.wrappers.main", *words]
        theirs = [str(Path(options.baseline).resolve()), *words] if options.baseline else None
        spawned(ours, folder)  # the first run reads the files from disk
        runs, base = [], []
        for number in range(max(options.runs, options.baseline_runs if theirs else 0)):
            if number < options.runs:
                runs.append(spawned(ours, folder))
            if theirs and number < options.baseline_runs:
                base.append(spawned(theirs, folder))
    table.head("VGG-8, CSV to CSV, whole process", "median", "min", "max", "peak memory")
    for name, times in (("neurosim", runs), ("baseline", base)):
        if times:
            seconds = [wall for wall, _ in times]
            table.row(name, f"{statistics.median(seconds):.2f} s", f"{min(seconds):.2f} s", f"{max(seconds):.2f} s",
                      f"{max(peak for _, peak in times):.0f} MB")  # fmt: skip
    if base:
        medians = [statistics.median(wall for wall, _ in times) for times in (base, runs)]
        table.say()
        table.say(f"Baseline over neurosim: **{medians[0] / medians[1]:.0f} times**.")
        options.baseline_seconds = medians[0]
    table.say()


def _held(network, trace):
    """A trace whose layers are in memory, ready to use."""
    layers = [trace.layer(index) for index in range(len(network))]

    class Held:
        def layer(self, index):
            return layers[index]

        def fingerprint(self, index):
            return f"layer {index}"

    return Held()


def in_memory(table, options):
    """VGG-8 from arrays: default and variants in turns; "over default" is the median of a turn's ratios."""
    from neurosim.design.design import Design
    from neurosim.evaluation.flow import evaluate
    from neurosim.traces.examples import vgg8

    network, trace = vgg8()
    held = _held(network, trace)
    designs = {name: Design(**parameters) for name, parameters in VARIANTS.items()}
    times = {name: [] for name in designs}
    for _ in range(options.runs):
        for name, design in designs.items():
            times[name].append(measured(lambda design=design: evaluate(design, network, held), 1)[0])
    table.head("VGG-8 from arrays in memory", "median", "min", "max", "over default", "baseline over neurosim")
    base = getattr(options, "baseline_seconds", None)
    for name, seconds in times.items():
        median = statistics.median(seconds)
        share = statistics.median(own / default for own, default in zip(seconds, times["default"], strict=True))
        ratio = f"{base / median:.0f} times" if base and name == "default" else ""
        table.row(name, f"{median:.3f} s", f"{min(seconds):.3f} s", f"{max(seconds):.3f} s", f"{share:.2f}", ratio)
    table.say()


def many(table, options):
    """100 designs on the same traces, and known traces again."""
    from neurosim.design.design import Design
    from neurosim.evaluation.cache import Cache
    from neurosim.evaluation.flow import evaluate, evaluate_many
    from neurosim.traces.examples import vgg8

    network, trace = vgg8()
    held = _held(network, trace)
    chance = np.random.default_rng(0)
    designs = [
        Design(
            node=int(chance.choice([130, 90, 65, 45, 32, 22, 14, 10, 7])),
            roadmap=str(chance.choice(["HP", "LSTP"])),
            temperature=int(chance.integers(300, 401)),
            adc_levels=int(chance.choice([16, 32, 64, 128])),
            columns_per_adc=int(chance.choice([4, 8, 16])),
            pe_buffer_sram=bool(chance.integers(2)),
            global_buffer_sram=bool(chance.integers(2)),
        )
        for _ in range(10 if options.quick else 100)
    ]
    seconds, _, _ = measured(lambda: evaluate_many(designs, network, held), 1)
    table.head("Reuse", "time")
    table.row(f"{len(designs)} designs, each", f"{seconds / len(designs):.3f} s")
    cache = Cache()
    evaluate(Design(), network, held, cache=cache)
    median, _, _ = measured(lambda: evaluate(Design(), network, held, cache=cache), options.runs)
    table.row("the same again, from the cache in memory", f"{median:.3f} s")
    table.say()


def scaling(table, options):
    """Four times the work: at most 4.4 times the time."""
    from neurosim.design.design import Design
    from neurosim.evaluation.flow import evaluate
    from neurosim.traces.examples import synthetic
    from neurosim.traces.network import Network

    others = np.zeros(12_000_000)  # 96 MB, more than a third-level cache holds
    table.head("Scaling", "work", "median", "minimum", "median / work", "minimum / work")
    for name, sizes in SCALING.items():
        cases = []
        for spec in sizes:
            rows = [spec] if isinstance(spec, list) else [[18, 18, 128, 3, 3, 256, 0, 1]] * spec
            network = Network(rows)
            cases.append((network, _held(network, synthetic(network))))
        design = Design(array_rows=64, array_columns=64)
        times = [[], []]
        for _ in range(max(options.runs, 7)):
            for case, (network, held) in zip(times, cases, strict=True):  # in turns: a busy moment meets both
                others += 1  # nothing is left in the caches: few layers fit there, many do not
                case.append(measured(lambda d=design, n=network, h=held: evaluate(d, n, h), 1)[0])
        work = [sum(layer.vectors * layer.weights for layer in network) for network, _ in cases]
        factor = work[1] / work[0]
        spent = [[best(case) for case in times] for best in (statistics.median, min)]
        ratios = [large / small for small, large in spent]
        shown = [f"x {ratio:.2f} ({small:.3f} to {large:.3f} s)"
                 for ratio, (small, large) in zip(ratios, spent, strict=True)]  # fmt: skip
        table.row(name, f"x {factor:.2f}", *shown, *(f"{ratio / factor:.2f}" for ratio in ratios))
    table.say()


def training(table, options):
    """A training step of VGG-8, in turns with PyTorch where there is one, and against bare matrix products."""
    import importlib.util

    from bench_training import GFLOP

    interpreters = dict.fromkeys(("neurosim", "crossbar-neurosim", "crossbar-txsim", "hybrid"), sys.executable)
    if options.torch:
        interpreters["pytorch"] = options.torch
    elif importlib.util.find_spec("torch"):
        interpreters["pytorch"] = sys.executable
    script = str(Path(__file__).with_name("bench_training.py"))
    found = {}
    for _ in range(1 if options.quick else 2):
        for kind, interpreter in interpreters.items():
            done = subprocess.run([sys.executable, "-S", "-E", "-c", PASSER, interpreter, script, kind],
                                  capture_output=True, text=True)  # fmt: skip
            if done.returncode:
                sys.exit(f"{kind} failed: {done.stderr[-300:]}")
            found.setdefault(kind, []).append(json.loads(done.stdout.splitlines()[-1]))
    left = np.ones((3000, 3000), np.float32)
    plain = GFLOP / (2 * 3000**3 / measured(lambda: left @ left, 5)[0] / 1e9)
    medians = {
        kind: {name: statistics.median(chain.from_iterable(run["seconds"][name] for run in runs))
               for name in runs[0]["seconds"]}
        for kind, runs in found.items()
    }  # fmt: skip
    table.head("VGG-8, 200 images", "step", "inference", "step over neurosim", "peak memory")
    own = medians["neurosim"]
    for kind, values in medians.items():
        peak = max(run["peak memory [MB]"] for run in found[kind])
        ratio = values["step"] / own["step"]
        table.row(kind, f"{values['step']:.2f} s", f"{values['inference']:.2f} s", f"{ratio:.2f}", f"{peak} MB")
    table.row(f"{GFLOP} GFLOP of plain matrix products", f"{plain:.2f} s", f"{plain / 3:.2f} s",
              f"{plain / own['step']:.2f}", "")  # fmt: skip
    table.say()
    table.say(f"Trace and chip evaluation of an epoch, in memory: {own['trace and chip']:.2f} s.")
    table.say()


def crossbars(table, options):
    """Transfer matrices of crossbars with IR drop."""
    from neurosim.crossbar.transfer import Wires, transfer_matrix

    chance = np.random.default_rng(0)

    def solve(count, size, method, dtype):
        cells = np.tile(chance.uniform(1e-6, 1e-5, (min(count, 2), size, size)).astype(dtype), (-(-count // 2), 1, 1))
        median, low, high = measured(
            lambda: transfer_matrix(cells, **Wires().keywords, method=method), max(options.runs, 5)
        )
        table.row(f"{method}, {count} of {size} x {size}", f"{median * 1e3:.1f} ms", f"{low * 1e3:.1f} ms",
                  f"{high * 1e3:.1f} ms")  # fmt: skip

    table.head("Transfer matrices", "median", "min", "max")
    solve(1, 64, "exact", np.float64)
    solve(1, 128, "exact", np.float64)
    solve(1588, 128, "fast", np.float32)    # both arrays of every weight of VGG-8
    table.say()


def starting(table, options):
    """Start-up."""
    table.head("Start-up", "median")
    for name, words in {
        "python -c 'import numpy'": ["-c", "import numpy"],
        "python -c 'import neurosim'": ["-c", "import neurosim"],
        "neurosim --help": ["-m", "neurosim", "--help"],
    }.items():
        times = [spawned([sys.executable, *words], ".")[0] for _ in range(max(options.runs, 5))]
        table.row(name, f"{statistics.median(times):.3f} s")
    table.say()


CASES = {"files": from_files, "memory": in_memory, "many": many, "scaling": scaling, "training": training,
         "crossbars": crossbars, "start": starting}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline", metavar="PATH", help="a program with the C++ program's arguments")
    parser.add_argument("--baseline-runs", type=int, default=1, help="how often to run it (default 1)")
    parser.add_argument("--torch", metavar="PATH", help="a Python with PyTorch (default: this one, if it has it)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each case (default 5)")
    parser.add_argument("--quick", action="store_true", help="fewer designs")
    parser.add_argument("--only", choices=CASES, action="append", help="this case only (repeatable)")
    parser.add_argument("--out", metavar="FILE", help="also write the tables here")
    options = parser.parse_args()
    table = Table()
    machine(table)
    for name, case in CASES.items():
        if not options.only or name in options.only:
            case(table, options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.say(json.dumps({"peak memory of this process [MB]": round(peak)}))
    if options.out:
        Path(options.out).write_text("\n".join(table.lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
