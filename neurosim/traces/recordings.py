"""Finding the trace files of a network: as words of a command line, or in a folder."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from neurosim.errors import NeurosimError
from neurosim.texts import decoded
from neurosim.traces.shell import commands_of

FORM = "EPOCH NETWORK.csv SYNAPSE_BITS INPUT_BITS {weight.csv weightOld.csv input.csv activity} for each layer"
INFERENCE_FORM = "NETWORK.csv SYNAPSE_BITS INPUT_BITS [ARRAY_ROWS ROWS_READ] {weight.csv input.csv} for each layer"
COMMAND_NAMES = ("trace_command.sh", "args.txt")
NETWORK_NAMES = ("NetWork.csv", "network.csv")
EPOCH = "0"  # of what has none
DIGITS = 18  # of a whole number on a command line

_WEIGHT_NAME = re.compile(r"weight(?!Old)(.*)\.csv")
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class Command:
    """The reference's command line, read.

    Attributes
    ----------
    epoch : str
        Names the breakdown file.
    network : str
        Path of the network file.
    synapse_bits, input_bits : int
        Precision of weights and inputs.
    traces : tuple of str
        The words that name the traces, see `files_from_words`.
    training : bool
        Whether it is one of the versions that train; else the traces are two words a layer, without old weights.
    array_rows, rows_read : int or None
        Rows of a subarray, and how many are read at once, where the command line tells them (V1.4).
    """

    epoch: str
    network: str
    synapse_bits: int
    input_bits: int
    traces: tuple
    training: bool = True
    array_rows: int | None = None
    rows_read: int | None = None

    @property
    def parameters(self):
        """{name: value} of the design parameters that it tells."""
        told = {"synapse_bits": self.synapse_bits, "input_bits": self.input_bits}
        if not self.training:
            told["training"] = False
        if self.array_rows is not None:
            told["array_rows"] = self.array_rows
        return told

    @property
    def told(self):
        """A sentence about what its form means, or None."""
        if self.training:
            return None
        partly = self.rows_read not in (None, self.array_rows)
        return (
            "the command line is one of an inference version: training = false, and the numbers are those of the "
            "versions here" + (f"; {self.rows_read} of {self.array_rows} rows read at once is not among what they do"
                               if partly else "")
        )  # fmt: skip


def read_command(words):
    """The words of the reference's command line (after the program) as a `Command`.

    Inference versions (V1.0 to V1.4) have neither an epoch nor old weights; they are known by the whole number in the
    second place. Quirk U23: the reference does not count words, and crashes where they are too few.

    Raises
    ------
    NeurosimError
        Too few words, an epoch that is no file name, or bits that are no number.
    """
    if len(words) > 2 and _is_whole(words[1]) and _is_whole(words[2]):
        network, synapse_bits, input_bits, *traces = words
        rows = []
        if len(traces) > 1 and _is_whole(traces[0]) and _is_whole(traces[1]):
            rows, traces = [int(word) for word in traces[:2]], traces[2:]
        return Command(EPOCH, network, int(synapse_bits), int(input_bits), tuple(traces), False, *rows)
    if len(words) < 4:
        raise NeurosimError(f"{len(words)} arguments are too few; expected {FORM}")
    epoch, network, synapse_bits, input_bits, *traces = words
    check_epoch(epoch)
    return Command(epoch, network, _bits("SYNAPSE_BITS", synapse_bits), _bits("INPUT_BITS", input_bits), tuple(traces))


def check_epoch(epoch):
    """Refuse an epoch that cannot be part of a file name."""
    if "/" in epoch or "\\" in epoch or "\0" in epoch:
        raise NeurosimError(f"the epoch {epoch!r} becomes part of a file name; give a number or a word without slashes")


def _is_whole(word):
    return _WHOLE.fullmatch(word) is not None and len(word) <= DIGITS


def _bits(name, word):
    if not _is_whole(word):
        raise NeurosimError(f"{name} is {word!r}, which is no whole number; expected {FORM}")
    return int(word)


def files_from_words(words, network, source, *, training=True, activity_optional=False):
    """(weight, old weight, input, activity) of each layer from the words of a command line.

    Parameters
    ----------
    words : sequence of str
        Four for each layer (three where the activity may be left out); two without training, where the weights stand
        for the old ones as well, as in the inference versions.
    network : Network
    source : str or Path
        Where the network comes from, for the message.
    training : bool
        Whether there must be old weights.
    activity_optional : bool
        Whether three words a layer are accepted; the activity is then None.
    """
    layers = len(network)
    if not training and len(words) == 2 * layers:
        return [_without_old(*words[n : n + 2]) for n in range(0, len(words), 2)]
    if activity_optional and len(words) == 3 * layers:
        return [(*words[n : n + 3], None) for n in range(0, len(words), 3)]
    if len(words) != 4 * layers:
        raise NeurosimError(
            f"{len(words)} words name traces, but the {layers} layers of {source} need {_needed(layers, training)}"
            + ("; weight.csv input.csv alone need training = false" if training and len(words) == 2 * layers else "")
        )
    return [(*words[n : n + 3], _activity(words[n + 3], n // 4 + 1)) for n in range(0, len(words), 4)]


def _needed(layers, training):
    needed = f"{4 * layers}: weight.csv weightOld.csv input.csv activity for each layer"
    return needed if training else f"{2 * layers}: weight.csv input.csv for each layer, or {needed}"


def _without_old(weight, inputs):
    """The files of a layer that no update was recorded of: the weights did not change."""
    return weight, weight, inputs, None


def _activity(word, layer):
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise NeurosimError(
            f"the activity of layer {layer} is {word!r}; give the share of ones in its input, a number such as 0.25"
        )
    return value


def where_missing(files):
    """Files of layers in which the weights stand for old ones that are not there, for a chip that does not train."""
    return [
        (weight, old if Path(old).exists() else weight, inputs, activity) for weight, old, inputs, activity in files
    ]


@dataclass(frozen=True)
class TraceFolder:
    """What a folder of traces holds.

    Attributes
    ----------
    command : Command or None
        The recorded command line.
    network : Path or None
        The network file that goes with the traces.
    files : list of (Path, Path, Path, float or None)
        Weight, old weight, input and activity of each layer, first layer first.
    training : bool
        Whether there are old weights; else the weights stand for them, and the chip cannot train.
    """

    command: Command | None
    network: Path | None
    files: list
    training: bool

    @property
    def parameters(self):
        """{name: value} of the design parameters that it tells."""
        if self.command is not None:
            return self.command.parameters
        return {} if self.training else {"training": False}

    @property
    def told(self):
        """A sentence about what these parameters follow from, or None."""
        if self.command is not None:
            return self.command.told
        return None if self.training else "there are no old weights: training = false"


def find_traces(folder):
    """The traces in a folder, as a trainer or `make_vgg8_trace.py` leaves them.

    A recorded command line (`trace_command.sh`, `args.txt`) tells files, order, activities and bits; its
    files are looked up in the folder itself. Without one, every `weight<Name>.csv` with its `weightOld<Name>.csv`
    and `input<Name>.csv` is a layer, in the order of the names with numbers by value: `Conv2` before `Conv10`
    before `FC1`. Inference versions leave no `weightOld<Name>.csv`. The network file is `NetWork.csv` in the folder,
    else the one the command line names.

    Raises
    ------
    NeurosimError
        No such folder, no traces in it, or a file that is missing from a set.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NeurosimError(f"{folder}: there is no such folder of traces", status=1)
    command, where = _recorded_command(folder)
    places = [folder / name for name in NETWORK_NAMES]
    if command is not None:
        # A trainer runs the command in the parent of its record folder.
        places += [
            place / path
            for path in (Path(where or "") / command.network, Path(command.network), Path(command.network).name)
            for place in (folder, folder.absolute().parent, Path())
        ]
    network = next((place for place in places if place.is_file()), None)
    training = command.training if command is not None else any(folder.glob("weightOld*.csv"))
    if command is not None:
        step = 4 if training else 2
        if len(command.traces) % step:
            raise NeurosimError(
                f"{folder}: the recorded command line ends within a layer; expected "
                + (FORM if training else INFERENCE_FORM)
            )
        files = [_in_folder(folder, command.traces[n : n + step], n // step + 1)
                 for n in range(0, len(command.traces), step)]  # fmt: skip
    else:
        files = [_set(folder, name, training) for name in sorted(_names(folder), key=_natural)]
    if not files:
        raise NeurosimError(
            f"{folder}: no traces found; expected weight1.csv, weightOld1.csv, input1.csv and so on", status=1
        )
    return TraceFolder(command, network, files, training)


def _in_folder(folder, words, layer):
    """The files of a layer that a recorded command line names; they lie in the folder, wherever they did then."""
    names = words[:3] if len(words) > 2 else words
    for word in names:
        _check_known(folder, Path(word).name)
    paths = [folder / Path(word).name for word in names]
    return (*paths, _activity(words[3], layer)) if len(words) > 2 else _without_old(*paths)


def _recorded_command(folder):
    """(Command or None, the folder that its script runs it in or None)."""
    for name in COMMAND_NAMES:
        path = folder / name
        if path.is_file():
            try:
                text = decoded(path.read_bytes())
            except OSError as error:
                raise NeurosimError(f"{path}: cannot be read ({error.strerror})", status=1) from None
            return _call(list(commands_of(text, path)), path)
    return None, None


def _call(commands, path):
    """The one call of the program among the commands of a script."""
    calls = {}
    for where, words in commands:
        start = _call_in(words)
        if start is not None:
            calls[tuple(words[start:])] = where
    if len(calls) > 1:
        raise NeurosimError(f"{path}: {len(calls)} different calls of the program; leave the one of these traces")
    if calls:
        ((words, where),) = calls.items()
    else:
        # The longest command was meant; what is wrong with it is told.
        where, words = max(commands, key=lambda command: len(command[1]), default=(None, []))
        words = words[1:] if path.suffix == ".sh" else words
    try:
        command = read_command(list(words))
    except NeurosimError as error:
        raise NeurosimError(f"{path}: no call of the program with its traces found: {error}") from None
    _check_known(path, command.epoch)
    return command, where


def _check_known(path, word):
    """Refuse a word that only a shell knows."""
    if "$" in word or "`" in word:
        raise NeurosimError(
            f"{path}: the recorded command line has {word!r}, and nothing tells what a shell makes of it; write it out"
        )


def _call_in(words):
    """Where the arguments of the program begin in a command, or None.

    Whatever stands before them (`time`, `nice -n 5`, the program itself), two whole numbers stand behind the network.
    Of versions that train, an epoch stands before it, and every fourth word behind is a number.
    """
    for at in range(1, len(words) - 1):
        if _is_whole(words[at]) and _is_whole(words[at + 1]) and not _is_whole(words[at - 1]):
            traces = words[at + 2 :]
            numbered = len(traces) > 3 and _is_number(traces[3]) and not _is_whole(traces[0])
            return at - 2 if at > 1 and (numbered or _is_whole(words[at - 2])) else at - 1
    return None


def _is_number(word):
    try:
        float(word)
    except ValueError:
        return False
    return True


def _names(folder):
    return [match[1] for path in folder.iterdir() if (match := _WEIGHT_NAME.fullmatch(path.name))]


def _set(folder, name, training):
    weight, old, inputs = (folder / f"{role}{name}.csv" for role in ("weight", "weightOld", "input"))
    for path in (weight, old, inputs) if training else (weight, inputs):
        if not path.is_file():
            needs = "weight, weightOld and input" if training else "weight and input"
            raise NeurosimError(f"{path}: missing beside {weight.name}; a layer needs {needs}", status=1)
    return (weight, old, inputs, None) if training else _without_old(weight, inputs)


def _natural(name):
    """A sort key in which numbers count by value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
