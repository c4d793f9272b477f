"""What several commands share: options that name a network, traces and a design, and how these are read."""

import argparse
import sys
from pathlib import Path

from neurosim import console
from neurosim.errors import NeurosimError
from neurosim.outputs import write_whole

PROGRAM = "neurosim"


def add_network(parser):
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--example", metavar="NAME", help="a built-in network: vgg8")
    source.add_argument("--network", metavar="FILE", help="a NetWork.csv")


def add_traces(parser):
    add_network(parser)
    parser.add_argument("traces", nargs="*", metavar="TRACE", help="weight, old weight, input, activity of each layer")
    parser.add_argument("--trace-folder", metavar="DIR", help="find the traces in this folder")
    parser.add_argument("--seed", type=int, default=0, help="seed of the example's traces (default 0)")
    parser.add_argument("--cache", metavar="DIR", help="keep what the traces mean for subarrays in this folder")


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


def add_parameters(parser, parameters):
    """Give a parser an option for each parameter that stands in a section, in a group a section."""
    groups = {}
    for parameter in parameters:
        if not parameter.section:
            continue
        if parameter.section not in groups:
            groups[parameter.section] = parser.add_argument_group(parameter.section)
        groups[parameter.section].add_argument(
            *flags(parameter), dest=parameter.name, metavar="N", type=word_of(parameter), help=_about(parameter)
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


def tell_warnings(plan):
    for sentence in plan.warnings.values():
        warn(sentence)


def named_network(options):
    """Name and network of `--example` or `--network`."""
    if options.example:
        from neurosim.traces.examples import example

        return options.example, example(options.example)[0]
    if options.network:
        from neurosim.traces.network import Network

        return run_name(Path(options.network)), Network.from_file(options.network)
    raise NeurosimError("no network: give --network NetWork.csv, or --example vgg8")


def inputs(options):
    """What a run needs: name, design, network, a function that opens the trace, epoch, origin of the data."""
    from neurosim.traces.network import Network
    from neurosim.traces.recordings import files_from_words, find_traces, where_missing

    ways = [bool(options.example), bool(options.traces), bool(options.trace_folder)]
    if sum(ways) != 1:
        problem = "traces are given in more than one way" if any(ways) else "no traces"
        raise NeurosimError(f"{problem}: give one of --example vgg8, --trace-folder DIR, or the trace files as words")
    # Checked before any file is read: what is wrong with the design comes first.
    design = read_design(options)
    epoch = "0" if options.epoch is None else options.epoch
    if options.example:
        from neurosim.traces.examples import INPUT_BITS, example

        if design.input_bits != INPUT_BITS:
            raise NeurosimError(
                f"input_bits = {design.input_bits}, but the example has inputs of {INPUT_BITS} bits; leave it out"
            )
        network, trace = example(options.example, options.seed)
        origin = {"example": options.example, "seed": options.seed}
        return options.example, design, network, lambda: trace, epoch, origin

    if options.trace_folder:
        found = find_traces(options.trace_folder)
        files, path = found.files, options.network or found.network
        if path is None:
            raise NeurosimError(f"no network: there is no NetWork.csv in {options.trace_folder}; give --network FILE")
        # The recording knows its bits and whether it holds updates; --set still has the last word.
        design = recorded_design(options, design, found.parameters, found.told, options.trace_folder)
        if found.command is not None:
            epoch = found.command.epoch if options.epoch is None else options.epoch
        name, updates = run_name(Path(options.trace_folder)), found.training
        network = Network.from_file(path)
        if len(files) != len(network):
            raise NeurosimError(
                f"{options.trace_folder}: traces of {len(files)} layers, but {path} has {len(network)} layers"
            )
    else:
        name, network = named_network(options)
        updates = len(options.traces) != 2 * len(network)
        if not updates:
            told = "weights and inputs alone, without old weights: training = false"
            design = recorded_design(options, design, {"training": False}, told, "TRACE")
        files = files_from_words(
            options.traces, network, options.network, training=design.training, activity_optional=True
        )
        path = options.network
    if not design.training:
        found = where_missing(files)
        files, updates = found, updates and found == files
    origin = {"network": str(Path(path).absolute()), "traces": [[*map(_absolute, f[:3]), f[3]] for f in files]}

    def trace():
        from neurosim.traces.padding import excess
        from neurosim.traces.traces import Trace

        trace = Trace.from_files(files, network, design.input_bits)
        trace.updates = updates
        for sentence in excess(files, network, design.input_bits):
            warn(sentence)
        return trace

    return name, design, network, trace, epoch, origin


def run_name(path):
    """A name for a run from where its network or its traces lie."""
    path = path.absolute()
    return path.stem if path.stem.lower() != "network" else path.parent.name or "network"


def _absolute(path):
    return str(Path(path).absolute())
