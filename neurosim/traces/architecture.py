"""Networks as data: a chain of convolutions, pools and fully connected layers, and the rows the chip sees of it."""

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from neurosim.errors import NeurosimError, suggestion
from neurosim.traces.network import Layer, Network

KEYS = {"conv": ("kernel", "stride", "padding", "name"), "fc": ("name",), "pool": ()}
LARGEST = 1 << 20
DEFAULT = Path(__file__).resolve().parent.parent / "data" / "vgg8.toml"
NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class WeightLayer:
    """A layer with weights, and what follows it.

    Attributes
    ----------
    name : str
        As in the trace files: `Conv<n>_` counts convolutions and pools from 0, `FC<n>_` fully connected layers
        from 1.
    rows, columns, channels : int
        Input map without padding; 1, 1, n for a fully connected layer.
    outputs : int
        Output channels or neurons.
    kernel, stride, padding : int
        0, 1, 0 for a fully connected layer.
    pool : bool
        Whether a 2 x 2 maximum follows.
    """

    name: str
    rows: int
    columns: int
    channels: int
    outputs: int
    kernel: int = 0
    stride: int = 1
    padding: int = 0
    pool: bool = False

    @property
    def is_conv(self):
        return self.kernel > 0

    @property
    def shape(self):
        """Shape of the weights: (outputs, channels, rows, columns) or (outputs, inputs)."""
        spread = (self.kernel, self.kernel) if self.is_conv else ()
        return (self.outputs, self.channels, *spread)

    @property
    def fan_in(self):
        """Inputs of a neuron."""
        return self.channels * max(self.kernel, 1) ** 2

    @property
    def output_map(self):
        """(rows, columns, channels) of the output, after the pool."""
        if not self.is_conv:
            return 1, 1, self.outputs
        sizes = [(size + 2 * self.padding - self.kernel) // self.stride + 1 for size in (self.rows, self.columns)]
        return (*(size // 2 if self.pool else size for size in sizes), self.outputs)


@dataclass(frozen=True)
class Architecture:
    """A chain of layers.

    Attributes
    ----------
    input : tuple of int
        Rows, columns, channels of an image.
    layers : tuple of WeightLayer
    """

    input: tuple
    layers: tuple

    @classmethod
    def default(cls):
        """VGG-8."""
        return cls.from_file(DEFAULT)

    @classmethod
    def from_file(cls, path):
        """Read a TOML file; see `vgg8.toml` for the format."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise NeurosimError(
                f"{path}: the network file cannot be read ({error.strerror}); give a TOML file with input and layers",
                status=1,
            ) from None
        except UnicodeDecodeError:
            raise NeurosimError(f"{path}: the network file is no UTF-8 text; give a TOML file") from None
        return cls.from_text(text, path)

    @classmethod
    def from_text(cls, text, where="network"):
        """From the text of a TOML file."""
        try:
            content = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise NeurosimError(f"{where}: this is no TOML ({error})") from None
        for key in content:
            if key not in ("input", "layers"):
                raise NeurosimError(
                    f"{where}: unknown key {key!r}{suggestion(key, ('input', 'layers'))}; "
                    "a network has input = [rows, columns, channels] and layers = [...]"
                )
        return cls.build(content.get("input"), content.get("layers"), where)

    @classmethod
    def build(cls, size, layers, where="network"):
        """From an input size and a list of layers.

        Parameters
        ----------
        size : (rows, columns, channels)
        layers : list of dict
            `{"conv": outputs, "kernel": k, "stride": s, "padding": p}`, `{"pool": 2}` or `{"fc": outputs}`.
        where : str
            Named in error messages.

        Raises
        ------
        NeurosimError
            Something is no layer, does not fit its input map, or cannot be mapped onto the chip.
        """
        if not isinstance(size, (list, tuple)) or len(size) != 3 or not all(_whole(value, 1) for value in size):
            raise NeurosimError(f"{where}: input = {size!r} is no image size; write input = [rows, columns, channels]")
        if not isinstance(layers, (list, tuple)) or not layers:
            raise NeurosimError(f"{where}: layers is no list of layers; write layers = [{{ fc = 10 }}], for example")
        shape, flat, position, built = tuple(int(value) for value in size), False, 0, []
        for number, entry in enumerate(layers, 1):
            place = f"{where}: layer {number}"
            kind, values = _entry(entry, place)
            if kind == "pool":
                _check_pool(built, values["pool"], layers[number - 2], place)
                built[-1] = replace(built[-1], pool=True)
                position += 1
            elif kind == "conv":
                if flat:
                    raise NeurosimError(f"{place} is a convolution after a fully connected layer, which has no map")
                layer = WeightLayer(
                    values.get("name", f"Conv{position}_"), *shape, values["conv"],
                    values.get("kernel", 3), values.get("stride", 1), values.get("padding", 0),
                )
                if layer.kernel > min(shape[:2]) or min(layer.output_map[:2]) < 1:
                    raise NeurosimError(
                        f"{place} has a {layer.kernel} x {layer.kernel} kernel for a map of {shape[0]} x {shape[1]}; "
                        "the chip reads windows of the map without padding, so use a smaller kernel or fewer pools"
                    )
                built.append(layer)
                position += 1
            else:
                features = shape[0] * shape[1] * shape[2]
                count = sum(not layer.is_conv for layer in built) + 1
                built.append(WeightLayer(values.get("name", f"FC{count}_"), 1, 1, features, values["fc"]))
                flat = True
            shape = built[-1].output_map
            if min(shape) < 1:
                raise NeurosimError(f"{place} pools a map of one row or column to nothing; leave it out")
        if not flat:
            raise NeurosimError(f"{where}: the last layer is no fully connected layer; end with {{ fc = classes }}")
        names = [layer.name for layer in built]
        for name in names:
            if names.count(name) > 1:
                raise NeurosimError(f"{where}: two layers are called {name!r}; names must differ")
        return cls(tuple(int(value) for value in size), tuple(built))

    @property
    def classes(self):
        """Outputs of the last layer."""
        return self.layers[-1].outputs

    @property
    def network(self):
        """The rows of `NetWork.csv`: what the chip maps, as a `neurosim.Network`.

        Input maps count without padding, as the trace does (quirk W13). Quirk W19: the original's is kept by hand.
        """
        return Network(
            Layer(layer.rows, layer.columns, layer.channels, max(layer.kernel, 1), max(layer.kernel, 1), layer.outputs,
                  layer.pool, layer.stride)
            for layer in self.layers
        )


def _whole(value, low):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= LARGEST


def _entry(entry, place):
    """(kind, values) of one layer entry."""
    kinds = [key for key in KEYS if isinstance(entry, dict) and key in entry]
    if len(kinds) != 1:
        raise NeurosimError(
            f"{place} is {entry!r}; it takes one of {{ conv = outputs, kernel = 3, padding = 1 }}, {{ pool = 2 }} and "
            "{ fc = outputs }"
        )
    kind = kinds[0]
    for key, value in entry.items():
        if key != kind and key not in KEYS[kind]:
            raise NeurosimError(f"{place}: a {kind} layer has no {key!r}{suggestion(key, KEYS[kind])}")
        if key == "name":
            if not isinstance(value, str) or not NAME.fullmatch(value):
                raise NeurosimError(
                    f"{place}: name = {value!r} is no file name; use up to 60 letters, digits, underscores and hyphens"
                )
            if value == "draws":    # as in a checkpoint
                raise NeurosimError(f"{place}: the name 'draws' is taken; use another")
        elif not _whole(value, 0 if key == "padding" else 1):
            least = 0 if key == "padding" else 1
            raise NeurosimError(f"{place}: {key} = {value!r} is no whole number of at least {least}")
    if entry.get("padding", 0) >= entry.get("kernel", 3):
        raise NeurosimError(f"{place}: padding = {entry['padding']} is as large as the kernel; use less")
    return kind, entry


def _check_pool(built, size, before, place):
    if size != 2:
        raise NeurosimError(f"{place}: a pool of {size} cannot be mapped onto the chip, which pools by 2; use pool = 2")
    if not built or "conv" not in before:
        raise NeurosimError(f"{place}: a pool cannot be mapped onto the chip unless it follows a convolution directly")
