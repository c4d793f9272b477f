"""Finding the trace files of a network: as words of a command line, or in a folder."""

import math
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from neurosim.errors import NeurosimError

FORM = "EPOCH NETWORK.csv SYNAPSE_BITS INPUT_BITS {weight.csv weightOld.csv input.csv activity} for each layer"
COMMAND_NAMES = ("trace_command.sh", "args.txt")
NETWORK_NAMES = ("NetWork.csv", "network.csv")

_WEIGHT_NAME = re.compile(r"weight(?!Old)(.*)\.csv")


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
    """

    epoch: str
    network: str
    synapse_bits: int
    input_bits: int
    traces: tuple


def read_command(words):
    """The words of the reference's command line (after the program) as a `Command`.

    Quirk U23: the reference does not count them, and crashes where they are too few.

    Raises
    ------
    NeurosimError
        Too few words, an epoch that is no file name, or bits that are no number.
    """
    if len(words) < 4:
        raise NeurosimError(f"{len(words)} arguments are too few; expected {FORM}")
    epoch, network, synapse_bits, input_bits, *traces = words
    check_epoch(epoch)
    return Command(epoch, network, _bits("SYNAPSE_BITS", synapse_bits), _bits("INPUT_BITS", input_bits), tuple(traces))


def check_epoch(epoch):
    """Refuse an epoch that cannot be part of a file name."""
    if "/" in epoch or "\\" in epoch or "\0" in epoch:
        raise NeurosimError(f"the epoch {epoch!r} becomes part of a file name; give a number or a word without slashes")


def _bits(name, word):
    try:
        return int(word)
    except ValueError:
        raise NeurosimError(f"{name} is {word!r}, which is no whole number; expected {FORM}") from None


def files_from_words(words, network, source, *, activity_optional=False):
    """(weight, old weight, input, activity) of each layer from the words of a command line.

    Parameters
    ----------
    words : sequence of str
        Four for each layer; three where the activity may be left out.
    network : Network
    source : str or Path
        Where the network comes from, for the message.
    activity_optional : bool
        Whether three words a layer are accepted; the activity is then None.
    """
    layers = len(network)
    if activity_optional and len(words) == 3 * layers:
        return [(*words[n : n + 3], None) for n in range(0, len(words), 3)]
    if len(words) != 4 * layers:
        raise NeurosimError(
            f"{len(words)} words name traces, but the {layers} layers of {source} need {4 * layers}: "
            "weight.csv weightOld.csv input.csv activity for each layer"
        )
    return [(*words[n : n + 3], _activity(words[n + 3], n // 4 + 1)) for n in range(0, len(words), 4)]


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
    """

    command: Command | None
    network: Path | None
    files: list


def find_traces(folder):
    """The traces in a folder, as a trainer or `make_vgg8_trace.py` leaves them.

    A recorded command line (`trace_command.sh`, `args.txt`) tells files, order, activities and bits; its
    files are looked up in the folder itself. Without one, every `weight<Name>.csv` with its `weightOld<Name>.csv`
    and `input<Name>.csv` is a layer, in the order of the names with numbers by value: `Conv2` before `Conv10`
    before `FC1`. The network file is `NetWork.csv` in the folder, else the one the command line names.

    Raises
    ------
    NeurosimError
        No such folder, no traces in it, or a file that is missing from a set.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NeurosimError(f"{folder}: there is no such folder of traces", status=1)
    command = _recorded_command(folder)
    places = [folder / name for name in NETWORK_NAMES]
    if command is not None:
        # A trainer runs the command in the parent of its record folder.
        places += [folder / command.network, folder.absolute().parent / command.network, Path(command.network)]
    network = next((place for place in places if place.is_file()), None)
    if command is not None:
        words = command.traces
        if len(words) % 4:
            raise NeurosimError(f"{folder}: the recorded command line ends within a layer; expected {FORM}")
        files = [
            (*(folder / Path(word).name for word in words[n : n + 3]), _activity(words[n + 3], n // 4 + 1))
            for n in range(0, len(words), 4)
        ]
    else:
        files = [_set(folder, name) for name in sorted(_names(folder), key=_natural)]
    if not files:
        raise NeurosimError(
            f"{folder}: no traces found; expected weight1.csv, weightOld1.csv, input1.csv and so on", status=1
        )
    return TraceFolder(command, network, files)


def _recorded_command(folder):
    for name in COMMAND_NAMES:
        path = folder / name
        if path.is_file():
            try:
                words = shlex.split(path.read_text(encoding="utf-8", errors="replace"))
                # A shell script begins with the program.
                return read_command(words[1:] if name.endswith(".sh") else words)
            except OSError as error:
                raise NeurosimError(f"{path}: cannot be read ({error.strerror})", status=1) from None
            except ValueError as error:  # NeurosimError, or a quote that does not end
                raise NeurosimError(f"{path}: {error}") from None
    return None


def _names(folder):
    return [match[1] for path in folder.iterdir() if (match := _WEIGHT_NAME.fullmatch(path.name))]


def _set(folder, name):
    paths = [folder / f"{role}{name}.csv" for role in ("weight", "weightOld", "input")]
    for path in paths:
        if not path.is_file():
            raise NeurosimError(
                f"{path}: missing beside {paths[0].name}; a layer needs weight, weightOld and input", status=1
            )
    return (*paths, None)


def _natural(name):
    """A sort key in which numbers count by value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
