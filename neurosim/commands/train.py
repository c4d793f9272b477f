"""`neurosim train`: options of a training run, and the run."""

import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from neurosim.commands.arguments import PROGRAM, add_fit, add_parameters, fit, flags, read_design, warn, word_of
from neurosim.console import STATUS_HELP, told_warnings, untold
from neurosim.errors import NeurosimError, suggestion
from neurosim.outputs import free_folder, is_empty

# Built-in starts.
EXAMPLES = {"digits": {"data": "digits", "network": "small", "epochs": 6, "batch_size": 50}}
# Built-in networks, and what the default chip needs to hold them: small arrays for a small network, with cells that are
# stretched to the width of the circuits beside them.
NETWORKS = {
    "vgg8": {},
    "small": {"array_rows": 16, "array_columns": 16, "relax_cell_height": True, "relax_cell_width": True},
}
TYPES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}
# Options that a run which goes on may have: those about itself, and settings that change nothing that is computed.
OF_RESUME = ("command", "resume", "data", "quiet")
KEPT_ON_RESUME = ("epochs", "evaluate_every", "checkpoint_every", "log_every", "traces")


HELP = f"""\
examples
  neurosim train --example digits
  neurosim train --data cifar-10-python.tar.gz --out runs/vgg8 --evaluate-every 10
  neurosim train --resume runs/vgg8
  neurosim train --data cifar-10-python.tar.gz --network my.toml --design design.toml --ltp 1.0 --ltd -1.0

Every epoch: train on all images, test, record the weights and one input of every layer, and from them evaluate the
chip. The names of the reference's options (--grad_scale, --wl_weight, --nonlinearityLTP ...) are understood as well.
Unless --design says otherwise the chip's batch size, updates per epoch and bits are those of the training. The
training is that of the chip's version of the reference (--set model=...); --model says both.

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
    """Give a parser the options of `neurosim train`: those of every run, and of the algorithm that is asked for."""
    from neurosim.wrappers.training.algorithm import ALGORITHMS
    from neurosim.wrappers.training.settings import DEFAULT_ALGORITHM, HOW_OFTEN, RUN

    chosen = _algorithm(_word_after("--algorithm", getattr(parser, "words", ())))
    add = parser.add_argument
    add("--example", metavar="NAME", help="a built-in start: digits (data, small network, chip, 6 epochs)")
    add("--data", metavar="PLACE", help="CIFAR-10/100 archive or folder, IDX files, .npz file, or the word digits")
    add("--type", choices=TYPES, help="refuse data of another kind")
    add("--network", metavar="NAME|FILE", help="vgg8 (default), small, or a TOML file of layers")
    add("--algorithm", metavar="NAME", help=f"what trains: {', '.join(ALGORITHMS)} (default {DEFAULT_ALGORITHM}); "
        "each has options of its own")
    add("--out", "--logdir", metavar="DIR", help="folder of the run (default: the first free runs/train...)")
    add("--force", action="store_true", help="begin in a folder that holds something; its CSV files are added to")
    add("--resume", metavar="DIR", help="continue the run of a folder from its checkpoint")
    add("--traces", action="store_true", default=None,
        help="also write layer_record/ with trace_command.sh, and a NeuroSIM/main for it")
    add("--design", metavar="FILE", help="the chip: .toml, .csv of name,value or an edited Param.cpp")
    add("--set", metavar="NAME=VALUE", action="append", default=[], dest="settings", help="change a chip parameter")
    add_fit(parser)
    add("--model", metavar="VERSION", type=word_of(RUN["model"]),
        help=f"version of the reference, of trainer and chip: {RUN['model'].range} (default: what the chip says, by "
        f"--set model=... or --design, else {RUN['model'].default})")
    add("--correct", metavar="IDS", help="correct quirks: W1,W2 of the trainer's files, U5,... of the chip, or all")
    add("--quiet", action="store_true", help="no progress, no summary")
    chosen.add_arguments(parser)
    parameters = chosen.settings.parameters()
    last = [parameter for parameter in parameters if parameter.section == HOW_OFTEN]
    add_parameters(parser, [parameter for parameter in parameters if parameter not in last] + last)


def _word_after(option, words):
    """The value of an option, before a parser reads it; None where it is not given. The last one counts."""
    found = None
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == option:
            found = value if equals else next(iter(words[number + 1 :]), None)
    return found


def _algorithm(name):
    from neurosim.wrappers.training import algorithm
    from neurosim.wrappers.training.settings import DEFAULT_ALGORITHM

    return algorithm.named(name or DEFAULT_ALGORITHM, "--algorithm: ")


def main(options):
    """Train, or go on training."""
    from neurosim.wrappers.training.monitor import Monitor

    with untold():      # of a chip that is asked for its time of a batch; the run says it
        run = _resumed(options) if options.resume else _started(options)
    if run.epoch >= run.settings.epochs:
        raise NeurosimError(
            f"{run.folder}: all {run.settings.epochs} epochs are done; give a larger number with --epochs to go on"
        )
    if run.settings.evaluate_every:
        for sentence in run.plan().defects.values():
            warn(sentence)
    if run.settings.traces:
        _write_program(run)
    with _stop_on_signals() as stop, Monitor(quiet=options.quiet) as monitor, told_warnings(PROGRAM, monitor.clear):
        run.go(monitor, stop)
    if not options.quiet:
        best = max((row.get("test_accuracy [%]", -1.0) for row in run.history), default=-1.0)
        found = f"best test accuracy {best:.2f} %; " if best >= 0 else ""
        print(f"{found}everything is in {run.folder}{'' if str(run.folder).endswith('/') else '/'}")


def _given(options, algorithm):
    """{setting: value} of the options that stand on the command line."""
    names = [parameter.name for parameter in algorithm.settings.parameters() if parameter.section]
    names += ["traces", "model"]
    values = {name: getattr(options, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _started(options):
    """A new run."""
    from neurosim.wrappers.training import data
    from neurosim.wrappers.training.loop import Run
    from neurosim.wrappers.training.settings import CORRECTIONS, DEFAULT_ALGORITHM

    algorithm = _algorithm(options.algorithm)
    given = _given(options, algorithm)
    example = _example(options.example)
    place = options.data or example.get("data")
    if place is None:
        raise NeurosimError("no data: give --data PLACE (a CIFAR-10 archive, for instance), or --example digits")
    words = (options.correct or "").upper().replace(",", " ").split()
    corrections = tuple(name for name in CORRECTIONS if name in words or "ALL" in words)
    options.correct = ",".join(word for word in words if word not in CORRECTIONS) or None
    network = options.network or example.get("network", "vgg8")
    if options.model:
        options.settings.insert(0, f"model={options.model}")    # of the chip, too, unless --set says another
    settings = algorithm.started(options, {
        "network": _network(network), "data": _place(place), "corrections": corrections,
        "algorithm": options.algorithm or DEFAULT_ALGORITHM, "model": read_design(options).model, "epochs": None,
        **{name: example[name] for name in ("epochs", "batch_size") if name in example}, **given,
    })
    for sentence in algorithm.remarks(settings, given):
        warn(sentence)
    folder = Path(options.out) if options.out else free_folder(Path("runs") / f"train-{options.example or 'run'}")
    _check_folder(folder, options.force)
    dataset = data.load(settings.data)
    if options.type and dataset.name != TYPES[options.type]:
        raise NeurosimError(
            f"--type {options.type}: {place} holds {dataset.name}; leave --type out, or give other --data"
        )
    if "augment" not in given:
        settings = settings.replace(augment=dataset.augmentation)
    known = algorithm.chip(settings)
    design = _design(options, settings, known, NETWORKS.get(network, {}), len(dataset.train_images))
    settings, design = algorithm.joined(settings, design, dataset, options)
    if options.fit:
        from neurosim.traces.architecture import Architecture

        design = fit(options, design, Architecture.from_text(settings.network, "network").network)
    return Run.start(settings, folder, design, dataset)


def _place(data):
    """A place of images that holds from any folder."""
    return data if data == "digits" else str(Path(data).absolute())


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

    from neurosim.traces.architecture import DEFAULT, Architecture

    built_in = {"vgg8": DEFAULT, "small": resources.files("neurosim.wrappers.training") / "small.toml"}
    if word in NETWORKS:
        return built_in[word].read_text(encoding="utf-8")
    Architecture.from_file(word)      # mistakes are told with the name of the file
    return Path(word).read_text(encoding="utf-8-sig")


def _design(options, settings, known, fitting, images):
    """The chip: what is given, and what the training knows (bits, and unless a file says so, images a batch)."""
    unless_told = {"batch_size": settings.batch_size, "iterations": -(-images // settings.batch_size)}
    if not options.design:
        unless_told |= fitting
    return read_design(options, known, unless_told, quiet=True)


def _check_folder(folder, force):
    """Refuse a folder that holds something else; what a killed start left behind is nothing."""
    if folder.exists() and not folder.is_dir():
        raise NeurosimError(f"{folder}: this is a file; give a folder for the run with --out")
    leftovers = folder.is_dir() and all(file.name.endswith(".part") for file in folder.iterdir())
    if folder.is_dir() and not is_empty(folder) and not leftovers and not force:
        from neurosim.wrappers.training import checkpoint

        way = f"go on with --resume {folder}, or " if (folder / checkpoint.NAME).exists() else ""
        raise NeurosimError(f"{folder}: the folder is not empty; {way}give another --out, or --force")


def _resumed(options):
    """A run that goes on, with the algorithm that its checkpoint names."""
    from neurosim.wrappers.training.loop import Run
    from neurosim.wrappers.training.settings import RUN

    kept = {name: getattr(options, name) for name in KEPT_ON_RESUME if getattr(options, name) is not None}
    given = _given(options, _algorithm(options.algorithm))
    fixed = [name for name, value in vars(options).items()
             if name not in (*OF_RESUME, *KEPT_ON_RESUME) and (name in given or value not in (None, [], False))]
    if fixed:
        names = {parameter.name: parameter.option for parameter in _algorithm(options.algorithm).settings.parameters()}
        option = ({"settings": "set"} | names).get(fixed[0], fixed[0].replace("_", "-"))
        raise NeurosimError(
            f"--{option} cannot change in the middle of a run; --resume takes --data (the same images in another "
            "place), " + ", ".join(flags(RUN[name])[0] for name in KEPT_ON_RESUME)
        )
    if options.data:
        kept["data"] = _place(options.data)
    return Run.resume(options.resume, **kept)


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
