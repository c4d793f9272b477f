"""Traces: what a layer held and read, from files or from arrays in memory."""

import mmap
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import NeurosimError
from neurosim.traces import given
from neurosim.traces.checks import Seen, planes_there, seen
from neurosim.traces.network import Network, Rows

if TYPE_CHECKING:
    from neurosim.design.design import Design

LONGEST = 2**28     # bytes of a line whose fields are counted
BLOCK = 2 * 2**20  # bytes of a trace file that are read at a time

_Path: TypeAlias = str | PathLike[str]


@dataclass(frozen=True)
class LayerTrace:
    """One layer's data of one recorded image.

    Attributes
    ----------
    weight, weight_old : ndarray of float64 or int32, (channels * kernel size, outputs)
        Weights now and before the last update; int32 in units of 1e-5 (see `weights`).
    inputs : ndarray of uint8, (channels * kernel size, vectors * input bits)
        One column a bit plane of an input vector, most significant plane first. Bit 0 is set where the
        input makes its row conduct, bit 1 where it counts as active (they differ only for values other
        than 0 and 1, quirk Q3).
    activity : float
        Share of ones in the input, as given to the weight-gradient unit.
    """

    weight: NDArray[np.float64] | NDArray[np.int32]
    weight_old: NDArray[np.float64] | NDArray[np.int32]
    inputs: NDArray[np.uint8]
    activity: float


class Trace:
    """The traces of all layers of a network; read one layer at a time.

    Make one with `Trace.from_files`, `Trace.from_arrays` or `Trace.synthetic`.

    Attributes
    ----------
    updates : bool
        Whether the old weights are those before an update; else no design that trains can be evaluated.
    synthesis : dict or None
        Of traces that nobody recorded: how they were made; every result of theirs says it.
    """

    updates: bool = True

    def __init__(
        self, sources: Iterable[Any], network: Network, input_bits: int, synthesis: dict[str, Any] | None = None
    ) -> None:
        self._sources = tuple(sources)
        self._network = network
        self._input_bits = input_bits
        self.synthesis = synthesis

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"<Trace: {len(self)} layers, inputs of {self.input_bits} bits>"

    @property
    def input_bits(self) -> int:
        """Bit planes of an input vector."""
        return self._input_bits

    @property
    def activities(self) -> tuple[float | None, ...]:
        """Share of ones of each layer's input (None: measured when the file is read)."""
        return tuple(source.activity for source in self._sources)

    def layer(self, index: int) -> LayerTrace:
        """The `LayerTrace` of a layer.

        Raises
        ------
        NeurosimError
            A file that is missing, too short, of the wrong shape, or holds something that is no number.
        """
        layer = self._network[index]
        columns, source = layer.vectors * self._input_bits, self._sources[index]
        try:
            return source.load(layer.matrix_rows, layer.outputs, columns, f"layer {index + 1}")
        except NeurosimError as error:
            there = source.input_columns() if hasattr(source, "input_columns") else columns
            planes = planes_there(there, layer, self._input_bits) if there < columns else 0
            if not planes:
                raise
            why = f"inputs of {planes} bits have {there} columns here; use input_bits = {planes} if they are"
            raise NeurosimError(f"{error}; {why}", status=error.status) from None

    def seen(self, index: int, recorded: LayerTrace) -> Seen:
        """What is seen of a layer that was read: see `neurosim.traces.checks`."""
        there = getattr(self._sources[index], "input_columns", None)
        return seen(recorded, there() if there else 0)

    def fingerprint(self, index: int) -> str:
        """A text that changes when the content of a layer changes: a hash of its files or arrays."""
        source = self._sources[index]
        if hasattr(source, "fingerprint"):
            return source.fingerprint()
        recorded = self.layer(index)
        return _hash(recorded.weight, recorded.weight_old, recorded.inputs, recorded.activity)

    @classmethod
    def from_files(
        cls, files: Iterable[tuple[_Path, _Path, _Path, float | str | None] | tuple[_Path, _Path, _Path]],
        network: Network | Rows, input_bits: int
    ) -> Self:
        """Traces in the reference's CSV files.

        Parameters
        ----------
        files : sequence of (weight, weight_old, input) or (weight, weight_old, input, activity)
            Paths and the input activity of each layer; without one, or with None, it is measured from the input.
        network : Network or rows of eight numbers
        input_bits : int
            Bit planes of an input vector.
        """
        network = network if isinstance(network, Network) else Network(network)
        given.check_bits(input_bits)
        sources = [_Files(*entry) for entry in given.files(files)]
        _check_count(sources, network)
        for number, source in enumerate(sources, 1):
            source.check(f"layer {number}")
        return cls(sources, network, input_bits)

    @classmethod
    def from_arrays(
        cls,
        layers: Iterable[tuple[ArrayLike, ArrayLike, ArrayLike] | tuple[ArrayLike, ArrayLike, ArrayLike, float | None]],
        network: Network | Rows,
        input_bits: int,
    ) -> Self:
        """Traces in memory.

        Parameters
        ----------
        layers : sequence of (weight, weight_old, inputs) or (weight, weight_old, inputs, activity)
            Arrays shaped as in `LayerTrace`; inputs as numbers (0 and 1). Without an activity it is
            measured from the inputs.
        network : Network or rows of eight numbers
        input_bits : int
            Bit planes of an input vector.
        """
        network = network if isinstance(network, Network) else Network(network)
        given.check_bits(input_bits)
        sources = [_Arrays(*entry) for entry in given.arrays(layers)]
        _check_count(sources, network)
        return cls(sources, network, input_bits)

    @classmethod
    def synthetic(
        cls, network: Network | Rows, design: "Design", activity: float | Sequence[float] | None = None, seed: int = 0
    ) -> Self:
        """Traces that are made up, for a network of which nothing was recorded.

        Weights are normally distributed, inputs zero or exponentially distributed, with the bits of the design; see
        `neurosim.traces.synthetic` and docs/synthetic.md for the distributions, and for what these traces are good for.
        Large layers are made array by array: they are never in memory as a whole.

        Parameters
        ----------
        network : Network or rows of eight numbers
        design : Design
            Knows the bits of weights and inputs, and the range of weights.
        activity : float or sequence of float, optional
            Share of ones in the input, of all layers or of each; unless given half of the inputs are zero.
        seed : int
            Equal seeds give equal traces, on every machine.

        Raises
        ------
        NeurosimError
            A share that inputs of these bits cannot have.
        """
        from neurosim.traces.synthetic import ABOUT, sources

        network = network if isinstance(network, Network) else Network(network)
        if not hasattr(design, "weight_range"):
            raise NeurosimError(f"the design is {design!r}; give a neurosim.Design, which knows the bits of weights")
        made = sources(network, design, activity, seed)
        about = {"distribution": ABOUT, "activity": [source.activity for source in made], "seed": int(seed)}
        return cls(made, network, design.input_bits, about)


def _hash(*parts):
    """A hash of arrays (their bytes, kinds and shapes) and of anything else by its text."""
    import hashlib  # slow to load, and needed for caches only

    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(memoryview(np.ascontiguousarray(part)).cast("B") if part.size else b"")
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def _check_count(sources, network):
    if len(sources) != len(network):
        raise NeurosimError(
            f"traces for {len(sources)} layers but the network has {len(network)}; give weight, old weight, input "
            "and activity of every layer"
        )


class _Arrays:
    """A layer whose arrays are already in memory."""

    def __init__(self, weight, weight_old, inputs, activity=None):
        self._arrays = weight, weight_old, inputs
        self._activity = activity

    @property
    def activity(self):
        if self._activity is None:
            inputs = np.asarray(self._arrays[2])
            return float(np.count_nonzero(inputs) / inputs.size)
        return float(self._activity)

    def fingerprint(self):
        return _hash(*map(np.asarray, self._arrays), self._activity)

    def input_columns(self):
        """Columns of inputs that there are."""
        return np.shape(self._arrays[2])[-1] if np.ndim(self._arrays[2]) else 0

    def load(self, rows, outputs, columns, where):
        weight, weight_old, inputs = (np.asarray(array) for array in self._arrays)
        for name, array, shape in (("weight", weight, (rows, outputs)), ("old weight", weight_old, (rows, outputs))):
            if array.shape != shape:
                raise NeurosimError(f"{where}: the {name} array has shape {array.shape} instead of {shape}")
            if not np.isfinite(array).all():
                raise NeurosimError(f"{where}: the {name} array holds values that are no finite numbers")
        if inputs.ndim != 2 or inputs.shape[0] != rows or inputs.shape[1] < columns:
            raise NeurosimError(
                f"{where}: the input array has shape {inputs.shape} instead of {(rows, columns)} "
                "(input vectors times bits)"
            )
        return LayerTrace(
            np.ascontiguousarray(weight, dtype=np.float64),
            np.ascontiguousarray(weight_old, dtype=np.float64),
            encode(inputs[:, :columns]),
            self.activity,
        )


def encode(inputs):
    """Input values as the codes of `LayerTrace.inputs`.

    Parameters
    ----------
    inputs : array of numbers, (rows, columns)

    Returns
    -------
    ndarray of uint8, (rows, columns)
    """
    inputs = np.asarray(inputs)
    if inputs.dtype == bool:
        return inputs.astype(np.uint8) * 3
    conducts = (inputs >= 1) & (inputs < 2)
    return (conducts | (inputs != 0).astype(np.uint8) << 1).astype(np.uint8)


@dataclass(frozen=True)
class _Files:
    """A layer whose data lies in the reference's CSV files."""

    weight: Path
    weight_old: Path
    inputs: Path
    activity: float | None

    def check(self, where):
        for path, what in ((self.weight, "weight"), (self.weight_old, "old weight"), (self.inputs, "input")):
            if not path.is_file():
                why = "is a folder" if path.is_dir() else "does not exist"
                raise NeurosimError(f"{path}: the {what} file {why}; give the CSV file of {where}", status=1)

    def fingerprint(self):
        with ThreadPoolExecutor(3) as pool:
            return _hash(*pool.map(_file_hash, (self.weight, self.weight_old, self.inputs)), self.activity)

    def input_columns(self):
        """Columns of inputs that there are: fields of the first line; 0 where it cannot be read."""
        from neurosim.traces._traces import first_fields

        try:
            with open(self.inputs, "rb") as file:
                line = file.readline(LONGEST)
        except OSError:
            return 0
        return first_fields(line) if line else 0

    def load(self, rows, outputs, columns, where):
        # The parser runs outside Python's lock, so the three files use the cores there are.
        with ThreadPoolExecutor(3) as pool:
            inputs = pool.submit(read_inputs, self.inputs, rows, columns, where)
            weight = pool.submit(read_weights, self.weight, rows, outputs, where)
            weight_old = pool.submit(read_weights, self.weight_old, rows, outputs, where)
            codes, activity = inputs.result(), self.activity
            if activity is None:
                activity = float(np.count_nonzero(codes) / codes.size)
            return LayerTrace(weight.result(), weight_old.result(), codes, activity)


def _file_hash(path):
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
    except OSError as error:
        raise NeurosimError(f"{path}: cannot be read ({error.strerror})", status=1) from None


def read_weights(path, rows, columns, where="weights"):
    """A weight file of exactly this shape.

    Returns
    -------
    ndarray, (rows, columns)
        int32 in units of 1e-5 where every number is written as the reference's trainer does (`%10.5f`), which takes
        half the memory; float64 otherwise. See `weights`.
    """
    fixed = np.empty((rows, columns), np.int32)
    if _parse(path, fixed, where):
        return fixed
    del fixed
    values = np.empty((rows, columns))
    _parse(path, values, where)
    return values


def weights(held):
    """Weights as float64 from an array as `read_weights` and `LayerTrace` hold them."""
    return held / 1e5 if held.dtype == np.int32 else held


def read_inputs(path, rows, columns, where="inputs"):
    """An input file as codes (see `LayerTrace`), shape (rows, columns); further columns are ignored."""
    codes = np.empty((rows, columns), np.uint8)
    _parse(path, codes, where)
    return codes


def parse(data, target, step=None):
    """Fill an array from the text of a trace.

    Parameters
    ----------
    data : bytes-like
        The text; a memory-mapped file gives back what has been read.
    target : ndarray of float64, int32 or uint8, (rows, columns)
        Weights, weights in units of 1e-5, or codes of inputs.
    step : int, optional
        Lines that are read at a time.

    Returns
    -------
    None or (problem, line, field, text)
        `problem` is "number", "form" (a number that int32 does not take), "line" or "file" (too short), "rows" (too
        many) or "columns" (too many in every line of weights); `line` and `field` count from 1. Quirk D2: the
        reference ignores what is too many.
    """
    from neurosim.traces._traces import NO_CODES, NO_FIXED, NO_VALUES, first_fields, leftover, read_rows

    rows = len(target)
    if not len(data):
        return "file", 1, 0, ""
    offset, done, fits = 0, 0, target.dtype == np.uint8
    while done < rows:
        block = target[done : done + (step or rows)]
        places = [block if block.dtype == none.dtype else none for none in (NO_VALUES, NO_FIXED, NO_CODES)]
        problem, offset, tight = read_rows(data, offset, *places)
        if problem is not None:
            kind, row, field, text = problem
            return kind, done + row + 1, field, text
        fits = fits or tight
        done += len(block)
        _release(data, offset)
    line = leftover(data, offset)
    if line:
        return "rows", rows + line, 0, ""
    return None if fits else ("columns", 1, first_fields(data), "")


def _parse(path, target, where):
    """Fill an array from a trace file; False if its kind does not take how the numbers are written."""
    try:
        size = Path(path).stat().st_size
        data = np.memmap(path, dtype=np.uint8, mode="r") if size else b""
        if bytes(data[:3]) == BOM_UTF8:     # as spreadsheets write it
            data = data[3:]
    except OSError as error:
        raise NeurosimError(f"{path}: cannot be read ({error.strerror})", status=1) from None
    rows, columns = target.shape
    # Block by block, so that what has been read need not stay in memory.
    problem = parse(data, target, max(BLOCK * rows // max(size, 1), 1))
    if problem is None:
        return True
    kind, line, field, text = problem
    if kind == "form":
        return False
    place = f"{path}:{line}"
    needs = f"{where} of the network needs {rows} lines of {columns} numbers"
    raise NeurosimError(
        {
            "number": f"{place}: field {field} is {text!r}, which is no number; write one such as 0.25",
            "line": f"{place}: the line ends after {field} of {columns} numbers; {needs}",
            "file": f"{place}: the file ends here; {needs}",
            "rows": f"{place}: more lines than expected; {needs}",
            "columns": f"{place}: {field} numbers in each line; {needs}",
        }[kind]
    )


def _release(data, offset):
    """Let the system take back the part of a mapped file that has been read."""
    whole = offset // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
    if whole and isinstance(data, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
        data._mmap.madvise(mmap.MADV_DONTNEED, 0, whole)
