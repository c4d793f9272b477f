"""What several commands share: options that name a network, traces and a design, and how these are read."""

import argparse
import sys
from pathlib import Path

from neurosim import console
from neurosim.errors import NeurosimError
from neurosim.outputs import write_whole

PROGRAM = "neurosim"
USUAL = ""   # --synthetic without an activity


def add_network(parser):
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--example", metavar="NAME", help="a built-in network: vgg8")
    source.add_argument("--network", metavar="FILE", help="a NetWork.csv, or a network file of `neurosim train`")


def add_traces(parser):
    add_network(parser)
    parser.add_argument("traces", nargs="*", metavar="TRACE", help="weight, old weight, input, activity of each layer")
    parser.add_argument("--trace-folder", metavar="DIR", help="find the traces in this folder")
    parser.add_argument("--synthetic", nargs="?", const=USUAL, metavar="ACTIVITY|FILE",
                        help="make up weights and inputs for the network, with this share of ones (a number, or a file "
                        "with one for each layer)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the example's or synthetic traces (default 0)")
    parser.add_argument("--cache", metavar="DIR", help="keep what the traces mean for subarrays in this folder")
    add_fit(parser)


def add_design(parser):
    parser.add_argument("--design", metavar="FILE", help="a design: .toml, .csv of name,value or an edited Param.cpp")
    add = parser.add_argument
    add(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="change a parameter (repeatable)",
    )
    add("--correct", metavar="IDS", help="correct defects of the reference where it prints infinities: U5,U18 or all")


def add_fit(parser):
    parser.add_argument("--fit", action="store_true",
                        help="change sizes of arrays and buffers, stretch cells and, where nothing else helps, correct "
                        "defects, as the network needs it; tells what it sets")


def fit(options, design, network):
    """The design, fitted to the network if that is asked for; what is changed is told."""
    if not options.fit:
        return design
    from neurosim.chip.remedies import settings

    fitted = design.fitted(network)
    words = " ".join(settings(design, fitted))
    inform(f"--fit sets {words}" if words else "--fit changes nothing: the design fits")
    return fitted


def add_parameters(parser, parameters):
    """Give a parser an option for each parameter that stands in a section, in a group a section."""
    groups = {}
    for parameter in parameters:
        if not parameter.section:
            continue
        if parameter.section not in groups:
            groups[parameter.section] = parser.add_argument_group(parameter.section)
        groups[parameter.section].add_argument(
            *flags(parameter), dest=parameter.name,
            metavar="WORD" if parameter.kind is str else "N", type=word_of(parameter), help=_about(parameter)
        )


def flags(parameter):
    """Options that set a parameter: ours first, then the reference's."""
    theirs = [f"--{parameter.reference}"] if parameter.reference else []
    return list(dict.fromkeys([f"--{parameter.option}", *theirs]))


def word_of(parameter):
    """Reads a word of the command line as a parameter's value, for argparse."""

    def read(word):
        try:
            return parameter.parse(word)
        except NeurosimError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def _about(parameter):
    """Meaning and default of a parameter."""
    default = parameter.default
    if default is None:
        return parameter.told
    if isinstance(default, str):
        return f"{parameter.told} ({parameter.range}; default {default})"
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else f"{float(default):g}"
    return f"{parameter.told} (default {shown})"


def read_design(options, recorded=None, unless_told=None, *, quiet=False):
    """The design of `--design`, `--set` and `--correct`.

    Parameters
    ----------
    options : argparse.Namespace
    recorded : dict, optional
        Parameters that a recording knows: they win over the file, and a setting wins over them.
    unless_told : dict, optional
        Defaults of the occasion: the file wins over them.
    quiet : bool
        Do not warn of what the file holds without effect, such as at a second reading.
    """
    from neurosim.design.design import Design

    start = unless_told or {}
    told = (None, None) if quiet else (warn, None if _chooses(options, "model") else inform)
    design = Design.from_file(options.design, *told, **start) if options.design else Design(**start)
    if options.settings:
        from neurosim.commands.training_options import check_names

        check_names(options.settings, "--set")
    design = design.replace(**(recorded or {})).with_settings(options.settings)
    return design.replace(correct=options.correct) if options.correct is not None else design


def recorded_design(options, design, parameters, told, where):
    """A design with the parameters that a recording tells.

    Parameters
    ----------
    options : argparse.Namespace
    design : Design
        As it was read without them.
    parameters : dict
    told : str or None
        What else they follow from than the recording's own words.
    where : str or Path
        What was recorded.

    Raises
    ------
    NeurosimError
        A training is set, but no update was recorded.
    """
    if parameters:
        design = read_design(options, parameters, quiet=True)
    if not parameters.get("training", True) and design.training:
        raise NeurosimError(f"{where}: no old weights, so that no update can be evaluated; leave out training = true")
    if told:
        inform(f"{where}: {told}")
    return design


def _chooses(options, name):
    """Whether a design parameter is set on the command line, whatever a file says."""
    settings = (*options.settings, *getattr(options, "vary", ()))
    return any(setting.partition("=")[0].strip() == name for setting in settings)


def warn(sentence):
    console.warn(PROGRAM, sentence)


def inform(sentence):
    console.inform(PROGRAM, sentence)


def write_new(path, content, force):
    """Write a file that does not exist yet; `-` is standard output."""
    if path == "-":
        sys.stdout.write(content)
        return
    if Path(path).is_file() and not force:
        raise NeurosimError(f"{path}: the file exists; give another name, or --force to write over it")
    write_whole(path, content)


def add_allow_nan(parser):
    parser.add_argument("--allow-nan", action="store_true",
                        help="status 0, and not 3, where area, a latency, energy or rate is no number (nan)")


def tell_warnings(plan, *, nan=True):
    """Say what is doubtful about a plan or report; not that main results are no numbers, if `nan` is false."""
    from neurosim.plausible import NAN

    for name, sentence in plan.warnings.items():
        if nan or name != NAN:
            warn(sentence)


def refuse_nan(plan):
    """What ends a command, once everything is written, whose main results are no numbers.

    Raises
    ------
    NeurosimError
        There are some.
    """
    from neurosim.plausible import NAN

    if NAN in plan.unsound:
        raise NeurosimError(f"{plan.doubts[NAN]}; accept it with --allow-nan", status=console.NO_NUMBER)


def named_network(options):
    """Name and network of `--example` or `--network`."""
    if options.example:
        from neurosim.traces.examples import example

        return options.example, example(options.example)[0]
    if options.network:
        from neurosim.traces.network import Network

        return run_name(Path(options.network)), Network.from_file(options.network, warn)
    raise NeurosimError("no network: give --network NetWork.csv, or --example vgg8")


def inputs(options):
    """What a run needs: name, design, network, a function that opens the trace, epoch, origin of the data."""
    ways = {
        "example": (options.example and options.synthetic is None, _of_example),
        "synthetic": (options.synthetic is not None, _synthetic),
        "folder": (options.trace_folder, _in_folder),
        "words": (options.traces, _in_words),
    }
    chosen = [way for given, way in ways.values() if given]
    if len(chosen) != 1:
        problem = "traces are given in more than one way" if chosen else "no traces"
        raise NeurosimError(
            f"{problem}: give one of --example vgg8, --trace-folder DIR, --synthetic, or the trace files as words"
        )
    # Checked before any file is read: what is wrong with the design comes first.
    name, design, network, trace, epoch, origin = chosen[0](options, read_design(options))
    return name, fit(options, design, network), network, trace, epoch, origin


def _epoch(options):
    return "0" if options.epoch is None else options.epoch


def _of_example(options, design):
    from neurosim.traces.examples import INPUT_BITS, example

    if design.input_bits != INPUT_BITS:
        raise NeurosimError(
            f"input_bits = {design.input_bits}, but the example has inputs of {INPUT_BITS} bits; leave it out"
        )
    network, trace = example(options.example, options.seed)
    origin = {"example": options.example, "seed": options.seed}
    return options.example, design, network, lambda: trace, _epoch(options), origin


def _synthetic(options, design):
    from neurosim.traces.traces import Trace

    name, network = named_network(options)
    trace = Trace.synthetic(network, design, _activity(options.synthetic), options.seed)
    origin = {"network": str(Path(options.network).absolute())} if options.network else {"example": options.example}
    return name, design, network, lambda: trace, _epoch(options), origin | {"synthetic": trace.synthesis}


def _activity(word):
    """What follows --synthetic: nothing, a share of ones, or a file of them."""
    from neurosim.parameter import number
    from neurosim.traces.synthetic import read_activities

    if word == USUAL:
        return None
    try:
        return number(word, "--synthetic")
    except NeurosimError:
        return read_activities(word)


def _in_folder(options, design):
    from neurosim.traces.network import Network
    from neurosim.traces.recordings import find_traces

    found, epoch = find_traces(options.trace_folder), _epoch(options)
    path = options.network or found.network
    if path is None:
        raise NeurosimError(f"no network: there is no NetWork.csv in {options.trace_folder}; give --network FILE")
    # The recording knows its bits and whether it holds updates; --set still has the last word.
    design = recorded_design(options, design, found.parameters, found.told, options.trace_folder)
    if found.command is not None and options.epoch is None:
        epoch = found.command.epoch
    network = Network.from_file(path, warn)
    if len(found.files) != len(network):
        raise NeurosimError(
            f"{options.trace_folder}: traces of {len(found.files)} layers, but {path} has {len(network)} layers"
        )
    opened = _files(found.files, network, design, epoch, path, found.training)
    return run_name(Path(options.trace_folder)), design, network, *opened


def _in_words(options, design):
    from neurosim.traces.recordings import files_from_words

    name, network = named_network(options)
    updates = len(options.traces) != 2 * len(network)
    if not updates:
        told = "weights and inputs alone, without old weights: training = false"
        design = recorded_design(options, design, {"training": False}, told, "TRACE")
    files = files_from_words(
        options.traces, network, options.network, training=design.training, activity_optional=True
    )
    return name, design, network, *_files(files, network, design, _epoch(options), options.network, updates)


def _files(files, network, design, epoch, path, updates):
    """The last of what `inputs` returns for traces in files; `updates` tells whether there are old weights."""
    from neurosim.traces.recordings import where_missing

    if not design.training:
        there = where_missing(files)
        files, updates = there, updates and there == files
    origin = {"network": str(Path(path).absolute()), "traces": [[*map(_absolute, f[:3]), f[3]] for f in files]}

    def trace():
        from neurosim.traces.traces import Trace

        trace = Trace.from_files(files, network, design.input_bits)
        trace.updates = updates
        return trace

    return trace, epoch, origin


def run_name(path):
    """A name for a run from where its network or its traces lie."""
    path = path.absolute()
    return path.stem if path.stem.lower() != "network" else path.parent.name or "network"


def _absolute(path):
    return str(Path(path).absolute())
