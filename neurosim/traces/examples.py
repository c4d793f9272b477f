"""Built-in examples: networks with synthetic traces, made from a seed, the same on every machine."""

from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError, suggestion
from neurosim.traces.network import Network
from neurosim.traces.synthetic import mixed
from neurosim.traces.traces import LayerTrace, Trace

DATA = Path(__file__).resolve().parent.parent / "data"
INPUT_BITS = 8
SYNAPSE_BITS = 5
NETWORK_NAME, ARGUMENTS_NAME = "network.csv", "args.txt"

# Weights are whole numbers of 1/16 up to 15/16 in size: five bits.
LEVELS = 15
STEP = 1 / 16

# How busy each layer's input is: of 256 bits of its fullest bit plane, this many are one.
_VGG8_ONES = (60, 96, 90, 40, 45, 120, 44, 100)
# How full the planes are, in sixteenths of the fullest, sign first: small activations are frequent.
_PLANES = (0, 3, 7, 11, 14, 16, 16, 16)


def example(name, seed=0):
    """(Network, Trace) of the built-in example `name`."""
    if name not in EXAMPLES:
        known = ", ".join(EXAMPLES)
        raise NeurosimError(f"there is no example {name!r}{suggestion(name, EXAMPLES)}; there is {known}")
    return EXAMPLES[name](seed)


def vgg8(seed=0):
    """VGG-8 for CIFAR-10 with synthetic traces: weights as after training, inputs as after ReLU.

    Layers are made one at a time when they are read, so that only the largest has to fit into memory.

    Parameters
    ----------
    seed : int
        0 gives the traces that the recorded results of the tests belong to.

    Returns
    -------
    (Network, Trace)
    """
    network = Network.from_file(DATA / "vgg8.csv")
    return network, Trace(_vgg8_layers(network, seed), network, INPUT_BITS)


def synthetic(network, seed=0, ones=96):
    """A synthetic `Trace` for any network, of the same kind as that of `vgg8`.

    Parameters
    ----------
    network : Network
    seed : int
    ones : int
        Of 256 bits of the fullest bit plane, how many are one.
    """
    return Trace([_SyntheticLayer(layer, n, ones, seed) for n, layer in enumerate(network)], network, INPUT_BITS)


def _vgg8_layers(network, seed):
    return [_SyntheticLayer(layer, n, _VGG8_ONES[n], seed) for n, layer in enumerate(network)]


EXAMPLES = {"vgg8": vgg8}


class _SyntheticLayer:
    """The trace of one layer, computed when it is asked for."""

    def __init__(self, layer, number, ones, seed):
        self._layer, self._number, self._ones, self._seed = layer, number, ones, seed
        self._activity = None

    @property
    def activity(self):
        """Share of ones of the input."""
        if self._activity is None:
            self._measure(self.inputs())
        return self._activity

    def fingerprint(self):
        """The numbers follow from the seed, the layer and how busy it is."""
        return f"{type(self).__name__} {self._layer} {self._number} {self._ones} {self._seed}"

    def load(self, rows, outputs, columns, where):
        """The `LayerTrace`; the sizes follow from the network and only have to agree."""
        inputs = self.inputs()
        if inputs.shape != (rows, columns):
            raise NeurosimError(
                f"{where}: the example has {inputs.shape[1]} input columns instead of {columns}; "
                f"its inputs have {INPUT_BITS} bits"
            )
        level, old_level = self.levels()
        self._measure(inputs)
        # Codes of LayerTrace: a one both counts as active and conducts.
        return LayerTrace(level * STEP, old_level * STEP, inputs * np.uint8(3), self.activity)

    def levels(self):
        """Weights and old weights in sixteenths, as int8 arrays of (matrix rows, outputs)."""
        shape = self._layer.matrix_rows, self._layer.outputs
        # The sum of four bytes is close to a normal distribution around 510.
        dice = self._bytes(0, *shape, 4)
        total = dice[..., 0].astype(np.int16)
        for n in (1, 2, 3):
            total += dice[..., n]
        level = np.clip((total - 492) // 37, -LEVELS, LEVELS)
        # About two weights in three stay; the others have moved by up to two levels.
        dice = self._bytes(1, *shape)
        moved = np.where(dice < 166, 0, (dice % 5).astype(np.int16) - 2)
        return level.astype(np.int8), np.clip(level + moved, -LEVELS, LEVELS).astype(np.int8)

    def inputs(self):
        """Input bits as uint8 array of (matrix rows, vectors * bits), most significant plane first."""
        limits = np.array([self._ones * share // 16 for share in _PLANES], np.uint8)
        vectors = self._layer.vectors
        dice = self._bytes(2, self._layer.matrix_rows, vectors * INPUT_BITS)
        return (dice < np.tile(limits, vectors)).view(np.uint8)

    def _measure(self, inputs):
        self._activity = int(inputs.sum(dtype=np.int64)) / inputs.size

    def _bytes(self, purpose, *shape):
        return random_bytes(self._seed, 4 * self._number + purpose, np.prod(shape)).reshape(shape)


def random_bytes(seed, stream, count):
    """`count` bytes of a counter-based generator: any stream of any seed, without a state.

    `mixed` hashes 1, 2, 3 ... times an odd constant, as splitmix64 does; integers only, so every machine agrees.
    """
    golden, other = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
    start = (seed * golden + stream * other) % 2**64
    words = np.arange(1, -(-int(count) // 8) + 1, dtype=np.uint64)
    words *= np.uint64(golden)
    words += np.uint64(start)
    return mixed(words).astype("<u8", copy=False).view(np.uint8)[: int(count)]


def write_traces(folder, seed=0):
    """Write VGG-8's network and trace files (310 MB) and `args.txt`, the words of the drop-in's command line.

    Returns
    -------
    list of str
        Those words.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        network, _ = vgg8()
        (folder / NETWORK_NAME).write_text(network.to_csv(), encoding="ascii", newline="\n")
        words = ["0", NETWORK_NAME, str(SYNAPSE_BITS), str(INPUT_BITS)]
        for number, source in enumerate(_vgg8_layers(network, seed)):
            names = f"weight{number}.csv", f"weightOld{number}.csv", f"input{number}.csv"
            for name, level in zip(names, source.levels(), strict=False):
                _write_weights(folder / name, level)
            _write_bits(folder / names[2], source.inputs())
            words += [*names, repr(source.activity)]
        (folder / ARGUMENTS_NAME).write_text(" ".join(words) + "\n", encoding="ascii", newline="\n")
    except OSError as error:
        raise NeurosimError(f"{error.filename or folder}: cannot be written ({error.strerror})") from None
    return words


def _write_weights(path, level):
    """Weights as the trainer prints them, `%10.5f` between commas."""
    texts = [b"%10.5f," % (value * STEP) for value in range(-LEVELS, LEVELS + 1)]
    table = np.frombuffer(b"".join(texts), np.uint8).reshape(len(texts), -1)
    text = table[level + LEVELS].reshape(level.shape[0], -1)
    text[:, -1] = ord("\n")
    text.tofile(path)


def _write_bits(path, bits):
    """Bits as the digits 0 and 1 between commas."""
    text = np.full((bits.shape[0], 2 * bits.shape[1]), ord(","), np.uint8)
    np.add(bits, ord("0"), out=text[:, ::2])
    text[:, -1] = ord("\n")
    text.tofile(path)
