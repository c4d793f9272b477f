"""`neurosim run` and `neurosim plan`."""

import json
import os
import sys
import time
from pathlib import Path

from neurosim import text
from neurosim.cli_files import PROGRAM, read_design
from neurosim.console import warn
from neurosim.errors import NeurosimError
from neurosim.network import Network
from neurosim.outputs import RunFolder, check_writable, free_folder, write_whole
from neurosim.progress import Progress
from neurosim.recordings import check_epoch, files_from_words, find_traces

RUNS = Path("runs")


def run(options):
    """Evaluate a network on traces and fill a run folder."""
    start = time.perf_counter()
    name, design, network, trace, epoch, origin = inputs(options)
    check_epoch(epoch)
    folder = RunFolder(options.out or free_folder(RUNS / name), force=options.force)
    if options.reference_json:
        check_writable(options.reference_json)

    from neurosim.cache import Cache
    from neurosim.evaluation import evaluate

    cache = Cache(options.cache) if options.cache else None
    with Progress(network, quiet=options.quiet) as progress:
        report = evaluate(design, network, trace(), progress, cache)
    seconds = time.perf_counter() - start
    _tell_warnings(report)

    with folder as scratch:
        files = {
            "design.toml": design.to_toml(),
            "NetWork.csv": network.to_csv(),
            "stdout.txt": report.to_text() + text.runtime_text(seconds),
            "results.json": report.to_json(),
            "run.json": json.dumps(_provenance(report, origin, seconds), indent=1) + "\n",
        }
        if report.hybrid:
            from neurosim.hybrid_report import FILE_NAME

            files[FILE_NAME] = report.hybrid.to_csv()
        for file, content in files.items():
            (scratch / file).write_text(content, encoding="utf-8", newline="\n")
        report.to_csv(scratch, epoch)
        if not options.no_plots:
            from neurosim.plots import save_plots

            save_plots(report, scratch)
        if options.reference_json:
            write_whole(options.reference_json, report.to_reference_json())
    if options.json:
        sys.stdout.write(files["results.json"])
    elif not options.quiet:
        from neurosim.summary import run_summary

        print(f"{run_summary(report)}\nEvaluated in {seconds:.1f} s; everything is in {folder.path}{os.sep}")


def plan(options):
    """Show floorplan and area."""
    design = read_design(options)
    network = _network(options)[1]
    for path in (options.json, options.reference_json):
        if path:
            check_writable(path)

    from neurosim import evaluation
    from neurosim.summary import plan_summary

    result = evaluation.plan(design, network)
    _tell_warnings(result)
    if options.json:
        write_whole(options.json, result.to_json())
    if options.reference_json:
        write_whole(options.reference_json, result.to_reference_json())
    print(plan_summary(result), end="")


def _tell_warnings(plan):
    for sentence in plan.warnings.values():
        warn(PROGRAM, sentence)


def _network(options):
    """Name and network of `--example` or `--network`."""
    if options.example:
        from neurosim.examples import example

        return options.example, example(options.example)[0]
    if options.network:
        return _run_name(Path(options.network)), Network.from_file(options.network)
    raise NeurosimError("no network: give --network NetWork.csv, or --example vgg8")


def inputs(options):
    """What a run needs: name, design, network, a function that opens the trace, epoch, origin of the data."""
    ways = [bool(options.example), bool(options.traces), bool(options.trace_folder)]
    if sum(ways) != 1:
        problem = "traces are given in more than one way" if any(ways) else "no traces"
        raise NeurosimError(f"{problem}: give one of --example vgg8, --trace-folder DIR, or the trace files as words")
    # Checked before any file is read: what is wrong with the design comes first.
    design = read_design(options)
    epoch = "0" if options.epoch is None else options.epoch
    if options.example:
        from neurosim.examples import INPUT_BITS, example

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
        if found.command is not None:
            # The recording knows its bits; --set still has the last word.
            recorded = {"synapse_bits": found.command.synapse_bits, "input_bits": found.command.input_bits}
            design = read_design(options, recorded, quiet=True)
            epoch = found.command.epoch if options.epoch is None else options.epoch
        name = _run_name(Path(options.trace_folder))
        network = Network.from_file(path)
        if len(files) != len(network):
            raise NeurosimError(
                f"{options.trace_folder}: traces of {len(files)} layers, but {path} has {len(network)} layers"
            )
    else:
        name, network = _network(options)
        files = files_from_words(options.traces, network, options.network, activity_optional=True)
        path = options.network
    origin = {"network": str(Path(path).absolute()), "traces": [[*map(_absolute, f[:3]), f[3]] for f in files]}

    def trace():
        from neurosim.traces import Trace

        return Trace.from_files(files, network, design.input_bits)

    return name, design, network, trace, epoch, origin


def _run_name(path):
    """A name for a run from where its network or its traces lie."""
    path = path.absolute()
    return path.stem if path.stem.lower() != "network" else path.parent.name or "network"


def _absolute(path):
    return str(Path(path).absolute())


def _provenance(report, origin, seconds):
    """How a run came about."""
    from neurosim import __version__

    return {
        "neurosim": __version__,
        "command": ["neurosim", *sys.argv[1:]],
        "folder": os.getcwd(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 3),
        "data": origin,
        "warnings": report.warnings,
    }
