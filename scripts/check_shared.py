"""Check this project against the recordings in a folder `golden` beside the checkout, in full.

    python scripts/check_shared.py ../shared/golden [--bin DIR]

1. The copies in `tests/data` are the recorded tables and cases, value for value.
2. The installed `neurosim-main` (in DIR, or on the path) reproduces every recorded run: standard output, both
   CSV files and the results in full precision.
3. It does so for the full VGG-8 case from CSV files, and in under 10 s.

A summary line for each comes last; the exit status is 0 if all agree.
"""

import argparse
import csv
import gzip
import io
import json
import lzma
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

import golden  # noqa: E402
import pack_recorded  # noqa: E402

# Tables of circuits that nothing uses (docs/fidelity.md) have no copy.
DEAD = {"DeMux", "NewMux", "ReadCircuit", "SramNewSA", "WLDecoderOutput"}
VGG8_SECONDS = 10


def check_tables(folder):
    """Problems of the copied circuit tables."""
    problems = []
    tables = {path.stem for path in (folder / "circuits").glob("*.csv")} - DEAD - {"index"}
    copies = {path.name.removesuffix(".csv.gz") for path in (golden.DATA / "circuits").glob("*.csv.gz")}
    problems += [f"circuits/{name}.csv has no copy in tests/data" for name in sorted(tables - copies)]
    for name in sorted(tables & copies):
        recorded = (folder / "circuits" / f"{name}.csv").read_bytes()
        if gzip.decompress((golden.DATA / "circuits" / f"{name}.csv.gz").read_bytes()) != recorded:
            problems.append(f"tests/data/circuits/{name}.csv.gz is not the recorded table")
    print(f"{len(tables)} circuit tables compared, {len(problems)} problems")
    return problems


def check_trainer(folder):
    """Problems of the copied recordings of the trainer and of crossbars."""
    problems, compared = [], 0
    for kind in ("trainer", "crossbar"):
        for copy in sorted((golden.DATA / kind).iterdir()):
            name = copy.name
            if name.endswith(".npz.xz"):
                held = folder / kind / name.removesuffix(".xz")
                held = held if held.exists() else folder / kind / name.removesuffix(".npz.xz") / "record.npz"
                same = _arrays(lzma.decompress(copy.read_bytes())) == _arrays(held.read_bytes())
            elif name.endswith(".tar.xz"):
                place = folder / kind / name.removesuffix(".tar.xz")
                same = all(content == (place / member).read_bytes() for member, content in _contents(copy).items())
            elif name == "convergence.csv":
                same = copy.read_bytes() == (folder / kind / "convergence" / "accuracy.csv").read_bytes()
            else:
                same = copy.read_bytes() == (folder / kind / name).read_bytes()
            compared += 1
            if not same:
                problems.append(f"tests/data/{kind}/{name} is not the recording")
    print(f"{compared} recordings of the trainer and of crossbars compared, {len(problems)} problems")
    return problems


def _arrays(content):
    """{name: (kind, shape, bytes)} of an .npz file."""
    with np.load(io.BytesIO(content)) as file:
        return {name: (file[name].dtype.str, file[name].shape, file[name].tobytes()) for name in file.files}


def check_cases(folder):
    """Problems of the packed chip cases."""
    problems = []
    folders = sorted(path.parent for path in (folder / "core").glob("*/args.txt"))
    for case in folders:
        with tempfile.TemporaryDirectory() as scratch:
            fresh = Path(scratch) / "case.tar.xz"
            pack_recorded.pack(case, fresh)
            copy = golden.CORE / f"{case.name}.tar.xz"
            if not copy.exists() or _contents(copy) != _contents(fresh):
                problems.append(f"tests/data/core/{case.name}.tar.xz is not the recorded case")
    for name in ("cases.csv", "default-path.txt"):
        if (golden.CORE / name).read_bytes() != (folder / "core" / name).read_bytes():
            problems.append(f"tests/data/core/{name} is not the recorded list")
    print(f"{len(folders)} recorded cases compared, {len(problems)} problems")
    return problems


def _contents(archive):
    import tarfile

    with tarfile.open(archive) as opened:
        return {entry.name: opened.extractfile(entry).read() for entry in opened if entry.isfile()}


def check_runs(folder, binaries):
    """Problems of the runs that come with traces, by the recordings' own checker."""
    command = [sys.executable, folder / "check_core.py", folder / "core", "--bin", binaries]
    return [] if subprocess.run(command, check=False).returncode == 0 else ["recorded runs are not reproduced"]


def check_vgg8(folder, binaries):
    """Problems of the full VGG-8 run from CSV files."""
    case = folder / "core" / "vgg8_defaults"
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        subprocess.run([sys.executable, folder / "make_vgg8_trace.py", scratch, "0"], check=True)
        results = scratch / "results.json"
        environment = {**os.environ, "NEUROSIM_DESIGN": str(case / "params.csv"), "NEUROSIM_RESULTS": str(results)}
        words = (scratch / "args.txt").read_text().split()
        start = time.perf_counter()
        run = subprocess.run(
            [Path(binaries) / "neurosim-main", *words],
            cwd=scratch,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if run.returncode:
            return [f"VGG-8: exit status {run.returncode}: {run.stderr.strip()}"]
        printed = "".join(line for line in run.stdout.splitlines(True) if not line.startswith("Total Run-time"))
        expected = case / "expected"
        breakdown = scratch / "NeuroSim_Results_Each_Epoch" / f"NeuroSim_Breakdown_Epock_{words[0]}.csv"
        for what, got, want in (
            ("standard output", printed, "stdout.txt"),
            ("NeuroSim_Output.csv", (scratch / "NeuroSim_Output.csv").read_text(), "NeuroSim_Output.csv"),
            ("the breakdown file", breakdown.read_text(), "breakdown.csv"),
        ):
            if got != (expected / want).read_text():
                problems.append(f"VGG-8: {what} differs")
        got, want = json.loads(results.read_text()), json.loads((expected / "full.json").read_text())
        for section in ("floorplan", "area", "chip", "layers"):
            wrong = golden.differences(got[section], want[section], golden.REORDERED, section)
            problems += [f"VGG-8: {path} is {value}, recorded {recorded}" for path, value, recorded in wrong[:3]]
    print(f"VGG-8 from CSV files in {seconds:.1f} s, {len(problems)} problems")
    if not math.isfinite(seconds) or seconds >= VGG8_SECONDS:
        problems.append(f"VGG-8 took {seconds:.1f} s, allowed are {VGG8_SECONDS} s")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the recordings")
    parser.add_argument("--bin", type=Path, default=Path(sys.executable).parent, help="where neurosim-main is")
    options = parser.parse_args()
    folder, binaries = options.folder.resolve(), options.bin.absolute()
    with open(folder / "core" / "cases.csv", newline="") as file:
        print(f"{len(list(csv.DictReader(file)))} recorded cases in {folder}")
    problems = check_tables(folder) + check_cases(folder) + check_trainer(folder)
    problems += check_runs(folder, binaries) + check_vgg8(folder, binaries)
    for problem in problems:
        print(problem)
    print(f"check_shared: {len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
