"""The network: one row a layer, as in the reference's `NetWork.csv`."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from os import PathLike
from pathlib import Path
from typing import Self, TypeAlias

from neurosim.errors import NeurosimError

FIELDS = ("rows", "columns", "channels", "kernel_rows", "kernel_columns", "outputs", "pool", "stride")


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
        made = tuple(
            layer if isinstance(layer, Layer) else _layer(layer, "layer", n) for n, layer in enumerate(layers, 1)
        )
        if not made:
            raise NeurosimError("a network needs at least one layer")
        return super().__new__(cls, made)

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Self:
        """Read a `NetWork.csv`: a line a layer, eight numbers (see `Layer`)."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise NeurosimError(
                f"{path}: the network file cannot be read ({error.strerror}); give a file with a line of eight numbers "
                "for each layer",
                status=1,
            ) from None
        layers = []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            layers.append(_layer(line.split(","), path, number))
        if not layers:
            raise NeurosimError(f"{path}: the network file is empty; it needs a line of eight numbers for each layer")
        return cls(layers)

    def to_csv(self) -> str:
        """The text of a `NetWork.csv`."""
        return "".join(",".join(str(int(value)) for value in astuple(layer)) + "\n" for layer in self)


def _layer(fields, where, line):
    """A layer from eight numbers or number texts."""
    place = f"{where}:{line}"
    fields = [field.strip() if isinstance(field, str) else field for field in fields]
    while fields and fields[-1] == "":
        fields.pop()
    if len(fields) != len(FIELDS):
        raise NeurosimError(
            f"{place}: {len(fields)} numbers instead of {len(FIELDS)} ({', '.join(FIELDS)})"
        )
    values = []
    for name, field in zip(FIELDS, fields, strict=True):
        try:
            value = float(field)
        except (TypeError, ValueError):
            raise NeurosimError(f"{place}: {name} = {field!r} is no number; write a whole number") from None
        if value != value or abs(value) > 2**31 - 1 or value != int(value):
            raise NeurosimError(f"{place}: {name} = {field!r} is no whole number below 2^31")
        low = 0 if name == "pool" else 1
        if value < low or (name == "pool" and value > 1):
            takes = "0 or 1" if low == 0 else "at least 1"
            raise NeurosimError(f"{place}: {name} = {field!r} is out of range; it takes {takes}")
        values.append(int(value))
    layer = Layer(*values[:6], bool(values[6]), values[7])
    if layer.kernel_rows > layer.rows or layer.kernel_columns > layer.columns:
        raise NeurosimError(
            f"{place}: a {layer.kernel_rows} x {layer.kernel_columns} kernel does not fit a "
            f"{layer.rows} x {layer.columns} feature map (rows and columns count the padding)"
        )
    if layer.vectors < 1:
        raise NeurosimError(f"{place}: a stride of {layer.stride} leaves no input vector; use a smaller stride")
    return layer
