"""Pack recordings into `tests/data`: chip cases as one small archive each, circuit tables compressed.

    python scripts/pack_recorded.py ../shared/golden/core21 tests/data/core21
    python scripts/pack_recorded.py ../shared/golden/circuits21 tests/data/circuits21

An archive holds the texts of a case as they were recorded, the sections of its full-precision results that
tests use, and its traces: for each layer the distinct weights and the index of each weight and old weight
among them, and the input bits packed along the columns. `tests/golden.py` reads it. No value is changed.
Tables of circuits that nothing uses (docs/fidelity.md) are left out.
"""

import argparse
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np

TEXTS = ("params.csv", "network.csv", "args.txt", "trace_sums.csv")
# Not a table of a circuit, and circuits that nothing uses
UNUSED = {"index", "DeMux", "NewMux", "ReadCircuit", "SramNewSA", "WLDecoderOutput"}
SECTIONS = ("params", "floorplan", "area", "chip", "layers", "subarray", "tiles")


def traces(path):
    """The arrays of a recorded `traces.npz`, in a form that compresses well."""
    recorded = np.load(path)
    packed = {}
    for name in recorded.files:
        array = recorded[name]
        if name.startswith("w"):
            values, index = np.unique(array, return_inverse=True)
            if len(values) <= 256:
                packed[f"{name}_values"] = values
                array = index.reshape(array.shape).astype(np.uint8)
        packed[name] = array
    stream = io.BytesIO()
    np.savez(stream, **packed)
    return stream.getvalue()


def contents(folder):
    """{name in the archive: bytes} of a case."""
    files = {name: (folder / name).read_bytes() for name in TEXTS if (folder / name).exists()}
    for file in sorted(folder.glob("files/*")) + sorted(folder.glob("expected/*")):
        files[file.relative_to(folder).as_posix()] = file.read_bytes()
    if "expected/full.json" in files:
        full = json.loads(files["expected/full.json"])
        kept = {section: full[section] for section in SECTIONS if section in full}
        files["expected/full.json"] = json.dumps(kept, indent=1).encode()
    if (folder / "traces.npz").exists():
        files["traces.npz"] = traces(folder / "traces.npz")
    return files


def pack(folder, target):
    """Write a case as `.tar.xz`, the same bytes every time."""
    with tarfile.open(target, "w:xz", preset=9, format=tarfile.USTAR_FORMAT) as archive:
        for name, data in contents(folder).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def tables(folder):
    """{name: path} of the circuit tables in a folder of recordings."""
    return {path.stem: path for path in sorted(folder.glob("*.csv")) if path.stem not in UNUSED}


def lists(folder):
    """Names of the files of a folder of recorded cases that tell of several of them."""
    return [path.name for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".txt")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recorded", type=Path, help="folder of the recorded cases or tables")
    parser.add_argument("target", type=Path, help="folder of the copies")
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    folders = sorted(path.parent for path in options.recorded.glob("*/args.txt"))
    for folder in folders:
        pack(folder, options.target / f"{folder.name}.tar.xz")
    for name in lists(options.recorded) if folders else ():
        shutil.copyfile(options.recorded / name, options.target / name)
    found = {} if folders else tables(options.recorded)
    for name, path in found.items():
        # The same bytes everywhere and every time: without name and time, and not by zlib, of which there are several.
        packed = subprocess.run(["gzip", "-9n"], input=path.read_bytes(), stdout=subprocess.PIPE, check=True).stdout
        (options.target / f"{name}.csv.gz").write_bytes(packed)
    print(f"{len(folders)} cases and {len(found)} tables packed into {options.target}")


if __name__ == "__main__":
    main()
