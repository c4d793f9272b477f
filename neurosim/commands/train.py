"""`neurosim train`: options of a training run, and the run."""

import argparse
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from neurosim.commands.arguments import PROGRAM, read_design, warn
from neurosim.console import STATUS_HELP, told_warnings
from neurosim.errors import NeurosimError, suggestion
from neurosim.outputs import free_folder, is_empty

# Built-in starts.
EXAMPLES = {"digits": {"data": "digits", "network": "small", "epochs": 6, "batch_size": 50}}
# Pulses of a hybrid synapse are not drawn at random: they need a learning rate that suits them.
HYBRID_RATE = 1 / 32
# Built-in networks, and what the default chip needs to hold them: small arrays for a small network, with cells that are
# stretched to the width of the circuits beside them.
NETWORKS = {
    "vgg8": {},
    "small": {"array_rows": 16, "array_columns": 16, "relax_cell_height": True, "relax_cell_width": True},
}
TYPES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}
KEPT_ON_RESUME = ("epochs", "evaluate_every", "checkpoint_every", "log_every", "traces")

# Groups of (name, the reference's name, kind, meaning).
NUMBERS = {
    "training": (
        ("epochs", "epochs", int, "epochs to train"),
        ("batch_size", "batch_size", int, "images per weight update"),
        ("learning_rate", "grad_scale", float, "factor of the update; 0.03125 with --hybrid unless given"),
        ("drops", "decreasing_lr", "list", "epochs at whose start the learning rate is divided by 8"),
        ("seed", "seed", int, "seed of all random draws"),
        ("beta", None, float, "initial weights reach beta / 2^(weight bits - 1); by weight bits unless given"),
    ),
    "precision and device": (
        ("weight_bits", "wl_weight", int, "bits of a weight"),
        ("update_bits", "wl_grad", int, "bits of a weight update"),
        ("activation_bits", "wl_activate", int, "bits of an activation"),
        ("error_bits", "wl_error", int, "bits of an error; -1 for no quantisation"),
        ("levels", "max_level", int, "conductance states of a device"),
        ("ltp", "nonlinearityLTP", float, "nonlinearity label of potentiation, -9 to 9"),
        ("ltd", "nonlinearityLTD", float, "nonlinearity label of depression; negative for an asymmetric device"),
        ("cycle_variation", "c2cVari", float, "cycle-to-cycle variation, as a fraction of the weight range"),
        ("device_variation", "d2dVari", float, "device-to-device variation of the nonlinearity labels"),
    ),
    "hardware read-out of the tests": (
        ("hardware", "inference", "switch", "1: test through cells and ADC; 0: test exactly"),
        ("cell_bits", "cellBit", int, "bits of a cell"),
        ("on_off_ratio", "onoffratio", float, "highest over lowest conductance"),
        ("array_rows", "subArray", int, "rows that are summed before the ADC"),
        ("adc_bits", "ADCprecision", int, "bits of the ADC"),
        ("variation", "vari", float, "relative variation of a conductance at every read"),
    ),
    "retention": (
        ("time", "t", float, "time since the weights were written"),
        ("rate", "v", float, "drift coefficient; 0 for none"),
        ("fixed", "detect", "switch", "1: all cells drift to the target; 0: each drifts at random"),
        ("target", "target", float, "where fixed drift ends, as a fraction of the range"),
    ),
    "how often": (
        ("test_every", "test_interval", int, "test after every N-th epoch"),
        ("evaluate_every", None, int, "evaluate the chip after every N-th epoch that is tested; 0: never"),
        ("checkpoint_every", None, int, "batches between checkpoints inside an epoch; 0: only at its end"),
        ("log_every", "log_interval", int, "batches between lines of the log"),
    ),
}
# Names of settings that would be no good names of options.
FLAGS = {"array_rows": "read-rows", "time": "retention-time", "rate": "drift-rate", "fixed": "drift-fixed",
         "target": "drift-target", "variation": "read-variation", "drops": "lower-rate-at"}


HELP = f"""\
examples
  neurosim train --example digits
  neurosim train --data cifar-10-python.tar.gz --out runs/vgg8 --evaluate-every 10
  neurosim train --resume runs/vgg8
  neurosim train --data cifar-10-python.tar.gz --network my.toml --design design.toml --ltp 1.0 --ltd -1.0

Every epoch: train on all images, test, record the weights and one input of every layer, and from them evaluate the
chip. The names of the reference's options (--grad_scale, --wl_weight, --nonlinearityLTP ...) are understood as well.
Unless --design says otherwise the chip's batch size, updates per epoch and bits are those of the training.

the folder of a run holds
  epochs.csv, training.png   loss, accuracy and chip cost of every epoch, and a picture of them
  PythonWrapper_Output.csv, weight_dist.csv, delta_dist.csv, input_activity.csv, NeuroSim_Output.csv,
  NeuroSim_Results_Each_Epoch/
                             the files of the reference
  results.json               the last chip evaluation in full precision
  settings.json, network.toml, NetWork.csv, design.toml, log.txt
  checkpoint.npz, best.npz   what --resume goes on from, and the weights of the best test
  layer_record/, NeuroSIM/   with --traces: traces as files, and a program for their trace_command.sh

Ctrl-C stops after the batch at hand, with a checkpoint; after a kill or a full disk --resume goes on from the last one.

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of `neurosim train`."""
    from neurosim.wrappers.devices import crossbar, hybrid
    from neurosim.wrappers.training.settings import Settings

    add = parser.add_argument
    add("--example", metavar="NAME", help="a built-in start: digits (data, small network, chip, 6 epochs)")
    add("--data", metavar="PLACE", help="CIFAR-10/100 archive or folder, IDX files, .npz file, or the word digits")
    add("--type", choices=TYPES, help="refuse data of another kind")
    add("--network", metavar="NAME|FILE", help="vgg8 (default), small, or a TOML file of layers")
    add("--out", "--logdir", metavar="DIR", help="folder of the run (default: the first free runs/train...)")
    add("--force", action="store_true", help="begin in a folder that holds something; its CSV files are added to")
    add("--resume", metavar="DIR", help="continue the run of a folder from its checkpoint")
    add("--traces", action="store_true", default=None,
        help="also write layer_record/ with trace_command.sh, and a NeuroSIM/main for it")
    add("--design", metavar="FILE", help="the chip: .toml, .csv of name,value or an edited Param.cpp")
    add("--set", metavar="NAME=VALUE", action="append", default=[], dest="settings", help="change a chip parameter")
    add("--correct", metavar="IDS", help="correct quirks: W1,W2 of the trainer's files, U5,... of the chip, or all")
    add("--quiet", action="store_true", help="no progress, no summary")
    crossbar.add_arguments(parser)
    hybrid.add_arguments(parser)
    for title, rows in NUMBERS.items():
        group = parser.add_argument_group(title)
        for name, theirs, kind, meaning in rows:
            flags = _flags(name, theirs)
            default = _default(Settings(), name)
            if default is not None:
                shown = ",".join(map(str, default)) if kind == "list" else f"{float(default):g}"
                meaning += f" (default {shown})"
            group.add_argument(*flags, dest=name, metavar="N", type=_reader(kind), help=meaning)


def _flags(name, theirs):
    own = "--" + FLAGS.get(name, name).replace("_", "-")
    return list(dict.fromkeys([own, *([f"--{theirs}"] if theirs else [])]))


def _default(settings, name):
    for holder in (settings, settings.options, settings.readout, settings.options.retention):
        if hasattr(holder, name):
            return getattr(holder, name)
    raise LookupError(name)


def _reader(kind):
    """Turns a word into a number, or says what would be one."""
    wanted = {int: "a whole number", float: "a number", "switch": "0 or 1", "list": "whole numbers with commas"}[kind]

    def read(word):
        try:
            if kind == "list":
                return tuple(int(part) for part in word.split(",") if part.strip())
            if kind is int and word.strip().lstrip("+-").isdecimal():
                return int(word)    # of any size; as a float it would be rounded
            value = float(word)
            if kind == "switch":
                if value not in (0, 1):
                    raise ValueError
                return bool(value)
            if kind is int:
                if value != int(value):
                    raise ValueError
                return int(value)
            if value != value:
                raise ValueError
            return value
        except (ValueError, OverflowError):
            raise argparse.ArgumentTypeError(f"{word!r} is not {wanted}") from None

    return read


def main(options):
    """Train, or go on training."""
    given = {name: getattr(options, name) for rows in NUMBERS.values() for name, *_ in rows}
    given = {name: value for name, value in given.items() if value is not None}
    if options.traces is not None:
        given["traces"] = options.traces
    run = _resumed(options, given) if options.resume else _started(options, given)
    from neurosim.wrappers.training.monitor import Monitor

    if run.epoch >= run.settings.epochs:
        raise NeurosimError(
            f"{run.folder}: all {run.settings.epochs} epochs are done; give a larger number with --epochs to go on"
        )
    if run.settings.evaluate_every:
        for sentence in run._plan().warnings.values():
            warn(sentence)
    if run.settings.traces:
        _write_program(run)
    with _stop_on_signals() as stop, Monitor(quiet=options.quiet) as monitor, told_warnings(PROGRAM, monitor.clear):
        run.go(monitor, stop)
    if not options.quiet:
        best = max((row.get("test_accuracy [%]", -1.0) for row in run.history), default=-1.0)
        found = f"best test accuracy {best:.2f} %; " if best >= 0 else ""
        print(f"{found}everything is in {run.folder}{'' if str(run.folder).endswith('/') else '/'}")


def _started(options, given):
    """A new run."""
    from neurosim.wrappers.devices import crossbar, hybrid
    from neurosim.wrappers.training import data
    from neurosim.wrappers.training.loop import Run
    from neurosim.wrappers.training.settings import CORRECTIONS, Settings
    from neurosim.wrappers.wage.hybrid_chip import design_for

    example = _example(options.example)
    place = options.data or example.get("data")
    if place is None:
        raise NeurosimError("no data: give --data PLACE (a CIFAR-10 archive, for instance), or --example digits")
    words = (options.correct or "").upper().replace(",", " ").split()
    mine = tuple(name for name in CORRECTIONS if name in words or "ALL" in words)
    options.correct = ",".join(word for word in words if word not in CORRECTIONS) or None
    start = {name: example[name] for name in ("epochs", "batch_size") if name in example}
    if options.hybrid:
        start["learning_rate"] = HYBRID_RATE
    network = options.network or example.get("network", "vgg8")
    settings = Settings(
        network=_network(network),
        data=_place(place), corrections=mine,
        crossbar=crossbar.from_arguments(options),
    ).replace(**{**start, **given})
    for sentence in _without_effect(settings, given):
        warn(sentence)
    folder = Path(options.out) if options.out else free_folder(Path("runs") / f"train-{options.example or 'run'}")
    _check_folder(folder, options.force)
    dataset = data.load(settings.data)
    if options.type and dataset.name != TYPES[options.type]:
        raise NeurosimError(
            f"--type {options.type}: {place} holds {dataset.name}; leave --type out, or give other --data"
        )
    design = _design(options, settings, NETWORKS.get(network, {}), len(dataset.train_images))
    synapse = hybrid.from_arguments(options, lambda cell: _batch_time(cell, settings, design, dataset), design)
    if synapse is not None:
        settings, design = settings.replace(hybrid=synapse), design_for(synapse.cell, design)
    return Run.start(settings, folder, design, dataset)


def _without_effect(settings, given):
    """What was given but changes nothing, or not what it says, in sentences."""
    readout = [name for name, *_ in NUMBERS["hardware read-out of the tests"] if name != "hardware" and name in given]
    if readout and not settings.hardware:
        yield f"{_flags(readout[0], None)[0]} has no effect: tests are exact without --hardware 1"
    cells, bits = settings.readout.cell_bits, settings.options.weight_bits
    if settings.hardware and bits % cells:
        yield (
            f"cells of {cells} bits do not fill weights of {bits}: the {bits % cells} highest bits are not read; use "
            "--cell-bits that divide --weight-bits"
        )


def _place(data):
    """A place of images that holds from any folder."""
    return data if data == "digits" else str(Path(data).absolute())


def _batch_time(cell, settings, design, dataset):
    """Time of a batch on the chip: what synapses forget depends on it."""
    from neurosim.wrappers.training import data
    from neurosim.wrappers.training.architecture import Architecture
    from neurosim.wrappers.wage.hybrid_chip import chip_batch_time
    from neurosim.wrappers.wage.layers import TrainingError

    architecture = Architecture.from_text(settings.network, "network")
    dataset.check(architecture)
    batch = slice(settings.batch_size)
    try:
        return chip_batch_time(
            architecture, cell, data.normalise(dataset.train_images[batch]), dataset.train_labels[batch],
            design=design, options=settings.options, seed=settings.seed, learning_rate=settings.learning_rate,
        )
    except TrainingError:
        raise
    except NeurosimError as error:
        raise NeurosimError(f"{error}; mend the chip, or give --hybrid-set batch_time=SECONDS") from None


def _example(name):
    if name is None:
        return {}
    if name not in EXAMPLES:
        raise NeurosimError(f"--example {name}: there is no such example{suggestion(name, EXAMPLES)}; "
                            f"there is {', '.join(EXAMPLES)}")
    return EXAMPLES[name]


def _network(word):
    """The text of a network file."""
    from importlib import resources

    from neurosim.wrappers.training.architecture import Architecture

    if word in NETWORKS:
        return resources.files("neurosim.wrappers.training").joinpath(f"{word}.toml").read_text(encoding="utf-8")
    Architecture.from_file(word)      # mistakes are told with the name of the file
    return Path(word).read_text(encoding="utf-8")


def _design(options, settings, fitting, images):
    """The chip: what is given, and what the training knows (bits, and unless a file says so, images a batch)."""
    known = {"synapse_bits": settings.options.weight_bits, "input_bits": settings.options.activation_bits}
    unless_told = {"batch_size": settings.batch_size, "iterations": -(-images // settings.batch_size)}
    if not options.design:
        unless_told |= fitting
    return read_design(options, known, unless_told)


def _check_folder(folder, force):
    """Refuse a folder that holds something else; what a killed start left behind is nothing."""
    if folder.exists() and not folder.is_dir():
        raise NeurosimError(f"{folder}: this is a file; give a folder for the run with --out")
    leftovers = folder.is_dir() and all(file.name.endswith(".part") for file in folder.iterdir())
    if folder.is_dir() and not is_empty(folder) and not leftovers and not force:
        from neurosim.wrappers.training import checkpoint

        way = f"go on with --resume {folder}, or " if (folder / checkpoint.NAME).exists() else ""
        raise NeurosimError(f"{folder}: the folder is not empty; {way}give another --out, or --force")


def _resumed(options, given):
    """A run that goes on."""
    from neurosim.wrappers.training.loop import Run

    names = ("example", "type", "network", "out", "design", "settings", "correct", "force", "crossbar",
             "crossbar_set", "hybrid", "transfer_every", "hybrid_set")
    words = {"set" if name == "settings" else name.replace("_", "-"): getattr(options, name) for name in names}
    fixed = [f"--{name}" for name, value in words.items() if value not in (None, [], False)]
    fixed += [_flags(name, None)[0] for name in given if name not in KEPT_ON_RESUME]
    if fixed:
        raise NeurosimError(
            f"{fixed[0]} cannot change in the middle of a run; --resume takes --data (the same images in another "
            "place), " + ", ".join(_flags(name, None)[0] for name in KEPT_ON_RESUME)
        )
    if options.data:
        given["data"] = _place(options.data)
    return Run.resume(options.resume, **given)


def _write_program(run):
    """What `layer_record/trace_command.sh` calls: NeuroSIM/main with this chip, and the network."""
    from neurosim.commands.drop_in import write_program
    from neurosim.outputs import write_whole

    write_whole(run.folder / "NeuroSIM" / "NetWork.csv", run.architecture.network.to_csv())
    write_program(run.folder / "NeuroSIM" / "main", run.folder / "design.toml")


@contextmanager
def _stop_on_signals():
    """An event that Ctrl-C and a polite kill set; a second Ctrl-C ends at once."""
    stop, before = threading.Event(), {}

    def ask(number, frame):
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        print("\nneurosim: stopping after this batch", file=sys.stderr)

    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            before[name] = signal.signal(name, ask)
    try:
        yield stop
    finally:
        for name, old in before.items():
            signal.signal(name, old)
