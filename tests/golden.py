"""Recorded values: where they are, how they are read, and the four named tolerances.

The tables in `tests/data` were recorded from the DNN+NeuroSim programs V2.0 (`core`, `circuits`) and V2.1 (`core21`,
`circuits21`); none of their values is ever changed, and no test compares with any other tolerance than these four.
"""

import csv
import functools
import gzip
import io
import json
import math
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

EXACT = 0.0
SAME_MATH = 1e-12
REORDERED = 1e-9
PRINTED = "six significant digits, byte for byte"

ROOT = Path(__file__).resolve().parent.parent    # of the checkout
DATA = ROOT / "tests" / "data"
TABLES = ("circuits", "circuits21")


def number(text):
    """A cell of a table as int, float or (if it is no number) str; None when blank."""
    if text == "":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def numbers(text):
    """A list cell (`1;2;3`) as floats."""
    return [float(word) for word in str(text).split(";") if word != ""]


def matrix(text):
    """A matrix cell (`1;2|3;4`) as a list of lists of floats."""
    return [numbers(row) for row in str(text).split("|")]


def rows(table, folder="circuits"):
    """Every row of a circuit table as a dict of texts, with two extra keys.

    `flags` is a set; `uninit` is the set of columns that depend on memory the reference never
    wrote, which are skipped by `compare`.
    """
    with gzip.open(DATA / folder / f"{table}.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(io.StringIO(file.read())):
            row["flags"] = set(row.get("flags", "").split(";")) - {""}
            row["uninit"] = set((row.get("uninit") or "").split(";")) - {""}
            yield row


def close(got, want, tolerance):
    """Equality within a relative tolerance; NaN equals NaN and an infinity itself."""
    if math.isnan(want):
        return math.isnan(got)
    return got == want or math.isclose(got, want, rel_tol=tolerance, abs_tol=0.0)


def compare(row, results, tolerance=SAME_MATH, prefix="out."):
    """Assert that `results` ({column without its prefix: value}) match the recorded columns of `row`."""
    wrong = []
    for name, got in results.items():
        column = f"{prefix}{name}"
        if column in row["uninit"] or row[column] == "":
            continue
        want = float(row[column])
        if not close(float(got), want, tolerance):
            wrong.append(f"{name}: got {got!r}, recorded {want!r}")
    assert not wrong, f"row {row['id']}: " + "; ".join(wrong)


# -- whole chips -----------------------------------------------------------------------------------

FOLDERS = {"2.0": DATA / "core", "2.1": DATA / "core21"}


def cases(default_path_only=False, model="2.0"):
    """Names of the recorded chip cases of a version that come with traces, the small ones first.

    `default_path_only` keeps those of the default path: 1T1R memory, parallel read, training.
    """
    folder = FOLDERS[model]
    if default_path_only:
        names = (folder / "default-path.txt").read_text().split()
    else:
        with open(folder / "cases.csv", newline="") as file:
            names = [row["case"] for row in csv.DictReader(file)]
    archives = {name: folder / f"{name}.tar.xz" for name in names}
    return sorted((name for name in names if case(name, model).layers), key=lambda name: archives[name].stat().st_size)


@dataclass(frozen=True)
class Case:
    """A recorded run: what the reference was given and what it printed.

    `full` holds the sections params, floorplan, area, chip, layers, subarray and tiles in full precision
    (empty for a run that the reference did not finish); `expected` the other recorded files by name.
    """

    name: str
    archive: Path
    params: str
    network: str
    args: tuple
    exit_status: int
    expected: dict
    full: dict
    files: dict
    layers: int

    @property
    def stdout(self):
        return self.expected["stdout.txt"]

    @property
    def output(self):
        """The line added to `NeuroSim_Output.csv`."""
        return self.expected["NeuroSim_Output.csv"]

    @property
    def breakdown(self):
        return self.expected["breakdown.csv"]

    @property
    def epoch(self):
        return self.args[0]

    @property
    def input_bits(self):
        return int(self.args[3])

    @property
    def rows(self):
        """The network as lists of numbers."""
        return [[float(field) for field in line.split(",")] for line in self.network.splitlines() if line.strip()]

    def arrays(self):
        """(weight, old weight, input bits, activity) of every layer, in memory.

        Not for a case with `files`: there the texts on disk say something else than the arrays.
        """
        with tarfile.open(self.archive) as archive:
            data = np.load(io.BytesIO(archive.extractfile("traces.npz").read()))
        layers = []
        for n in range(self.layers):
            shape = data[f"xshape{n}"]
            bits = np.unpackbits(data[f"x{n}"], axis=1, count=int(shape[1]))[: int(shape[0])]
            weights = [_scaled(data, f"{name}{n}") / 1e5 for name in ("w", "wold")]
            layers.append((*weights, bits, float(self.args[4 * n + 7])))
        return layers

    def write(self, folder):
        """Write network and trace files into `folder`, as they were given to the reference."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.args[1]).write_bytes(self.network.encode())
        (folder / "params.csv").write_bytes(self.params.encode())
        for n, (weight, weight_old, bits, _) in enumerate(self.arrays()):
            names = self.args[4 * n + 4 : 4 * n + 7]
            write_weights(folder / names[0], weight)
            write_weights(folder / names[1], weight_old)
            write_bits(folder / names[2], bits)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder


def version_line(model):
    """What recorded parameters of a version need in addition: nothing for the first one, which is the default."""
    return "" if model == "2.0" else f"model,{model}\n"


@functools.cache
def case(name, model="2.0"):
    """The recorded case `name`; `vgg8_defaults` has no traces (`neurosim.traces.examples` makes them).

    The recorded parameters do not say of which version they are, see `version_line`.
    """
    path = FOLDERS[model] / f"{name}.tar.xz"
    with tarfile.open(path) as archive:
        data = {entry.name: archive.extractfile(entry).read() for entry in archive}
    texts = {key.removeprefix("expected/"): data[key].decode() for key in data if key.startswith("expected/")}
    args = tuple(data["args.txt"].decode().split())
    return Case(
        name=name,
        archive=path,
        params=data["params.csv"].decode() + version_line(model),
        network=data["network.csv"].decode(),
        args=args,
        exit_status=int(texts.pop("exit_status.txt")),
        full=json.loads(texts.pop("full.json", "{}")),
        expected=texts,
        files={key.removeprefix("files/"): data[key] for key in data if key.startswith("files/")},
        layers=(len(args) - 4) // 4 if "traces.npz" in data else 0,
    )


def _scaled(data, name):
    """A packed array of weights, times 1e5."""
    return data[f"{name}_values"][data[name]] if f"{name}_values" in data else data[name]


def write_weights(path, weights):
    """A weight file in the spelling of the reference's trainer: `%10.5f`, comma separated."""
    values, index = np.unique(weights, return_inverse=True)
    texts = np.array([f"{value:10.5f}" for value in values])[index.reshape(weights.shape)]
    Path(path).write_text("".join(",".join(row) + "\n" for row in texts), newline="\n")


def write_bits(path, bits):
    """An input file: 0 or 1, comma separated, no blanks."""
    text = np.full((bits.shape[0], 2 * bits.shape[1]), ord(","), np.uint8)
    text[:, 0::2] = bits + ord("0")
    text[:, -1] = ord("\n")
    text.tofile(path)


def differences(got, want, tolerance=REORDERED, path=""):
    """Where nested results disagree with recorded ones, as (path, got, recorded); names beyond `want` are free."""
    if isinstance(want, dict):
        lacking = [(f"{path}.{key}", "missing", value) for key, value in want.items() if key not in got]
        there = (differences(got[key], want[key], tolerance, f"{path}.{key}") for key in want if key in got)
        return lacking + [difference for part in there for difference in part]
    if isinstance(want, list):
        if len(got) != len(want):
            return [(path, f"{len(got)} items", f"{len(want)} items")]
        parts = (differences(g, w, tolerance, f"{path}[{n}]") for n, (g, w) in enumerate(zip(got, want, strict=True)))
        return [difference for part in parts for difference in part]
    if isinstance(want, (int, float)) and isinstance(got, (int, float, np.number)):
        return [] if close(float(got), float(want), tolerance) else [(path, got, want)]
    return [] if got == want else [(path, got, want)]
