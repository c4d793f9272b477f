"""Check this project against the recordings in a folder `golden` beside the checkout, in full.

    python scripts/check_shared.py ../shared/golden [--bin DIR]

1. The copies in `tests/data` are the recorded tables and cases, value for value.
2. The installed `neurosim-main` (in DIR, or on the path) reproduces every recorded run of every version: standard
   output, both CSV files and the results in full precision.
3. It does so for the full VGG-8 case of every version from CSV files, and in under 10 s.

A summary line for each comes last; the exit status is 0 if all agree.
"""

import argparse
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

VGG8_SECONDS = 10


def check_tables(folder, kind):
    """Problems of the copied circuit tables in a folder of `golden.TABLES`."""
    problems = []
    tables = pack_recorded.tables(folder / kind)
    copies = {path.name.removesuffix(".csv.gz"): path for path in (golden.DATA / kind).glob("*.csv.gz")}
    problems += [f"{kind}/{name}.csv has no copy in tests/data" for name in sorted(tables.keys() - copies)]
    problems += [f"tests/data/{kind}/{name}.csv.gz was not recorded" for name in sorted(copies.keys() - tables)]
    for name in sorted(tables.keys() & copies):
        if gzip.decompress(copies[name].read_bytes()) != tables[name].read_bytes():
            problems.append(f"tests/data/{kind}/{name}.csv.gz is not the recorded table")
    print(f"{len(tables)} circuit tables of {kind} compared, {len(problems)} problems")
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


def check_cases(folder, model):
    """Problems of the packed chip cases of a version."""
    problems, copies = [], golden.FOLDERS[model]
    recorded = folder / copies.name
    folders = sorted(path.parent for path in recorded.glob("*/args.txt"))
    names = {case.name for case in folders}
    for copy in sorted(copies.glob("*.tar.xz")):
        if copy.name.removesuffix(".tar.xz") not in names:
            problems.append(f"tests/data/{copies.name}/{copy.name} was not recorded")
    for case in folders:
        with tempfile.TemporaryDirectory() as scratch:
            fresh = Path(scratch) / "case.tar.xz"
            pack_recorded.pack(case, fresh)
            copy = copies / f"{case.name}.tar.xz"
            if not copy.exists() or _contents(copy) != _contents(fresh):
                problems.append(f"tests/data/{copies.name}/{case.name}.tar.xz is not the recorded case")
    for name in sorted(pack_recorded.lists(recorded)):
        copy = copies / name
        if not copy.exists() or copy.read_bytes() != (recorded / name).read_bytes():
            problems.append(f"tests/data/{copies.name}/{name} is not the recorded list")
    print(f"{len(folders)} recorded cases of {copies.name} compared, {len(problems)} problems")
    return problems


def _contents(archive):
    import tarfile

    with tarfile.open(archive) as opened:
        return {entry.name: opened.extractfile(entry).read() for entry in opened if entry.isfile()}


def check_runs(folder, binaries, model):
    """Problems of the runs of a version that come with traces, by the recordings' own checker."""
    recorded = folder / golden.FOLDERS[model].name
    command = [sys.executable, folder / "check_core.py", recorded, "--bin", binaries]
    # The recordings of the first version are for a drop-in that nobody tells of versions.
    command += ["--model", model] if golden.version_line(model) else []
    status = subprocess.run(command, check=False).returncode
    return [f"recorded runs of {recorded.name} are not reproduced"] if status else []


def check_vgg8(folder, binaries, model):
    """Problems of the full VGG-8 run of a version from CSV files."""
    case = folder / golden.FOLDERS[model].name / "vgg8_defaults"
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        subprocess.run([sys.executable, folder / "make_vgg8_trace.py", scratch, "0"], check=True)
        results, design = scratch / "results.json", scratch / "design.csv"
        design.write_text((case / "params.csv").read_text() + golden.version_line(model))
        environment = {**os.environ, "NEUROSIM_DESIGN": str(design), "NEUROSIM_RESULTS": str(results)}
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
            return [f"VGG-8 of {model}: exit status {run.returncode}: {run.stderr.strip()}"]
        printed = "".join(line for line in run.stdout.splitlines(True) if not line.startswith("Total Run-time"))
        expected = case / "expected"
        breakdown = scratch / "NeuroSim_Results_Each_Epoch" / f"NeuroSim_Breakdown_Epock_{words[0]}.csv"
        for what, got, want in (
            ("standard output", printed, "stdout.txt"),
            ("NeuroSim_Output.csv", (scratch / "NeuroSim_Output.csv").read_text(), "NeuroSim_Output.csv"),
            ("the breakdown file", breakdown.read_text(), "breakdown.csv"),
        ):
            if got != (expected / want).read_text():
                problems.append(f"VGG-8 of {model}: {what} differs")
        got, want = json.loads(results.read_text()), json.loads((expected / "full.json").read_text())
        for section in ("floorplan", "area", "chip", "layers"):
            wrong = golden.differences(got[section], want[section], golden.REORDERED, section)
            problems += [f"VGG-8 of {model}: {path} is {value}, recorded {want}" for path, value, want in wrong[:3]]
    print(f"VGG-8 of {model} from CSV files in {seconds:.1f} s, {len(problems)} problems")
    if not math.isfinite(seconds) or seconds >= VGG8_SECONDS:
        problems.append(f"VGG-8 of {model} took {seconds:.1f} s, allowed are {VGG8_SECONDS} s")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the recordings")
    parser.add_argument("--bin", type=Path, default=Path(sys.executable).parent, help="where neurosim-main is")
    options = parser.parse_args()
    folder, binaries = options.folder.resolve(), options.bin.absolute()
    problems = check_trainer(folder)
    for kind in golden.TABLES:
        problems += check_tables(folder, kind)
    for model in golden.FOLDERS:
        problems += check_cases(folder, model) + check_runs(folder, binaries, model)
        problems += check_vgg8(folder, binaries, model)
    for problem in problems:
        print(problem)
    print(f"check_shared: {len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
