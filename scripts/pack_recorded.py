"""Pack the recorded chip cases into `tests/data/core`, one small archive a case.

    python scripts/pack_recorded.py ../shared/golden/core tests/data/core

An archive holds the texts of a case as they were recorded, the sections of its full-precision results that
tests use, and its traces: for each layer the distinct weights and the index of each weight and old weight
among them, and the input bits packed along the columns. `tests/golden.py` reads it. No value is changed.
"""

import argparse
import io
import json
import shutil
import tarfile
from pathlib import Path

import numpy as np

TEXTS = ("params.csv", "network.csv", "args.txt", "trace_sums.csv")
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path, help="folder of the recorded cases")
    parser.add_argument("target", type=Path, help="folder of the archives")
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    for name in ("cases.csv", "default-path.txt"):
        shutil.copyfile(options.cases / name, options.target / name)
    folders = sorted(path.parent for path in options.cases.glob("*/args.txt"))
    for folder in folders:
        pack(folder, options.target / f"{folder.name}.tar.xz")
    print(f"{len(folders)} cases packed into {options.target}")


if __name__ == "__main__":
    main()
