"""The network: one row a layer, as in the reference's `NetWork.csv`."""

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Self, TypeAlias

from neurosim.errors import NeurosimError
from neurosim.texts import decoded
from neurosim.traces.network_text import FIELDS, ORDER, is_of_the_trainer, rows_of


@dataclass(frozen=True)
class Layer:
    """One weight layer and the feature map it reads.

    Attributes
    ----------
    rows, columns, channels : int
        Size of the input feature map (padding included); 1, 1, n for a fully connected layer.
    kernel_rows, kernel_columns : int
        Kernel size; 1, 1 for a fully connected layer.
    outputs : int
        Output channels.
    pool : bool
        Whether 2 x 2 max pooling follows.
    stride : int
        Stride of the kernel.
    """

    rows: int
    columns: int
    channels: int
    kernel_rows: int
    kernel_columns: int
    outputs: int
    pool: bool = False
    stride: int = 1

    @property
    def kernel_size(self) -> int:
        return self.kernel_rows * self.kernel_columns

    @property
    def matrix_rows(self) -> int:
        """Rows of the unrolled weight matrix: n = channels kernel_rows kernel_columns."""
        return self.channels * self.kernel_size

    @property
    def weights(self) -> int:
        return self.matrix_rows * self.outputs

    @property
    def positions(self) -> int:
        """Kernel positions of a stride-1 convolution: n = (rows - kernel_rows + 1) (columns - kernel_columns + 1)."""
        return (self.rows - self.kernel_rows + 1) * (self.columns - self.kernel_columns + 1)

    @property
    def vectors(self) -> int:
        """Input vectors of one image.

        Quirk Q5: the reference divides in floating point and truncates the product once, so an uneven
        7 - 3 over a stride of 2 counts 2.5 x 2.5 = 6 vectors, not 9 or 4.
        """
        across = (self.rows - self.kernel_rows + 1) / self.stride
        return int(across * (self.columns - self.kernel_columns + 1) / self.stride)

    @property
    def operations(self) -> float:
        """Multiplications and additions for one image; quirk Q28: counted over the whole feature map.

        n = 2 rows columns matrix_rows outputs.
        """
        return 2.0 * (self.rows * self.columns * self.matrix_rows * self.outputs)

    @property
    def operations_of_vectors(self) -> float:
        """Multiplications and additions of the input vectors of one image: n = 2 vectors matrix_rows outputs."""
        return 2.0 * (self.vectors * self.matrix_rows * self.outputs)


# What a network is made from: layers, or rows of eight numbers or number texts
Rows: TypeAlias = Iterable[Layer | Sequence[float | str]]


class Network(tuple[Layer, ...]):
    """An immutable sequence of `Layer`.

    `Network(layers)` takes layers or rows of numbers; `Network.from_file("NetWork.csv")` reads a file.
    """

    def __new__(cls, layers: Rows) -> Self:
        if isinstance(layers, (str, bytes, PathLike)) or not isinstance(layers, Iterable):
            raise NeurosimError(
                f"{layers!r} is no network; give layers or rows of eight numbers, or read a file with Network.from_file"
            )
        rows = (astuple(layer) if isinstance(layer, Layer) else layer for layer in layers)
        made = tuple(_layer(row, "layer", number) for number, row in enumerate(rows, 1))
        if not made:
            raise NeurosimError("a network needs at least one layer")
        return super().__new__(cls, made)

    def __repr__(self) -> str:
        return f"<Network: {len(self)} layers, {sum(layer.weights for layer in self):,} weights>"

    @classmethod
    def from_file(cls, path: str | PathLike[str], warn: Callable[[str], object] | None = None) -> Self:
        """Read a `NetWork.csv`: a line a layer, eight numbers (see `Layer`); or the network file of `neurosim train`.

        Fields may be separated by commas, semicolons, tabs or blanks and stand in quotes; comments begin with `#`; the
        first line may name the columns.

        Parameters
        ----------
        path : str or Path
        warn : callable, optional
            Called with a sentence about what has no meaning here; `warnings.warn` unless given.

        Raises
        ------
        NeurosimError
            The file cannot be read, or a line is no layer.
        """
        path = Path(path)
        try:
            text = decoded(path.read_bytes())
        except OSError as error:
            raise NeurosimError(
                f"{path}: the network file cannot be read ({error.strerror}); give a file with a line of eight numbers "
                "for each layer",
                status=1,
            ) from None
        if is_of_the_trainer(path, text):
            from neurosim.traces.architecture import Architecture

            return cls(Architecture.from_text(text, path).network)
        read = rows_of(text, path)
        for sentence in read.remarks:
            warn(sentence) if warn else warnings.warn(sentence, stacklevel=2)
        if not read.rows:
            raise NeurosimError(f"{path}: the network file is empty; it needs a line of eight numbers for each layer")
        return cls(_layer(fields, path, number) for number, fields in read.rows)

    def to_csv(self) -> str:
        """The text of a `NetWork.csv`."""
        return "".join(",".join(str(int(value)) for value in astuple(layer)) + "\n" for layer in self)


def _layer(fields, where, line):
    """A layer from eight numbers or number texts."""
    place = f"{where}:{line}"
    if not isinstance(fields, Iterable) or isinstance(fields, (str, bytes)):
        raise NeurosimError(f"{place}: {fields!r} is no layer; give a Layer, or eight numbers ({ORDER})")
    fields = [field.strip() if isinstance(field, str) else field for field in fields]
    if len(fields) != len(FIELDS):
        why = _WHY.get(len(fields), "")
        raise NeurosimError(f"{place}: {len(fields)} numbers instead of {len(FIELDS)} ({ORDER}){why}")
    layer = Layer(*(_number(name, field, place) for name, field in zip(FIELDS, fields, strict=True)))
    if layer.kernel_rows > layer.rows or layer.kernel_columns > layer.columns:
        raise NeurosimError(
            f"{place}: a {layer.kernel_rows} x {layer.kernel_columns} kernel does not fit a {layer.rows} x "
            f"{layer.columns} feature map (rows and columns count the padding); {_padded(layer)}"
        )
    if layer.vectors < 1:
        fits = math.isqrt((layer.rows - layer.kernel_rows + 1) * (layer.columns - layer.kernel_columns + 1))
        raise NeurosimError(
            f"{place}: a stride of {layer.stride} leaves no input vector; use a stride of at most {fits}"
        )
    return layer


_WHY = {
    7: "; files of old versions have no strides: write a stride of 1 at the end of each line",
    9: "; a ninth column, which some versions use for groups or joins, has no meaning here: leave it out",
}


def _number(name, field, place):
    """One field of a layer."""
    try:
        value = float(field)
    except (TypeError, ValueError):
        raise NeurosimError(f"{place}: {name} = {field!r} is no number; write a whole number") from None
    except OverflowError:
        value = float("inf")
    if value != value or abs(value) > 2**31 - 1 or value != int(value):
        raise NeurosimError(f"{place}: {name} = {field!r} is no whole number below 2^31")
    low = 0 if name == "pool" else 1
    if value < low or (name == "pool" and value > 1):
        takes = "0 or 1" if low == 0 else "at least 1"
        raise NeurosimError(f"{place}: {name} = {field!r} is out of range; it takes {takes}")
    return bool(value) if name == "pool" else int(value)


def _padded(layer):
    """What to write where the padding was left out. Quirk D11: the C++ program goes on, without numbers."""
    sizes = (layer.rows, layer.columns), (layer.kernel_rows, layer.kernel_columns)
    pads = [max((kernel - 1) // 2, -(-(kernel - size) // 2), 0) for size, kernel in zip(*sizes, strict=True)]
    if replace(layer, rows=layer.rows + 2 * pads[0], columns=layer.columns + 2 * pads[1]).vectors < 1:
        free = min(size + 2 * pad - kernel + 1 for size, pad, kernel in zip(sizes[0], pads, sizes[1], strict=True))
        pads = [pad - (free - layer.stride) // 2 for pad in pads]   # room for a stride
    down, across = (size + 2 * pad for size, pad in zip(sizes[0], pads, strict=True))
    by = str(pads[0]) if pads[0] == pads[1] else f"{pads[0]} and {pads[1]}"
    return f"write {down},{across} if the layer pads by {by}"
