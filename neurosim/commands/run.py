"""`neurosim run`: evaluate a network on traces and fill a run folder."""

import json
import os
import sys
import time
from pathlib import Path

from neurosim.commands.arguments import (
    PROGRAM,
    add_allow_nan,
    add_design,
    add_traces,
    inputs,
    refuse_nan,
    tell_warnings,
)
from neurosim.console import STATUS_HELP, untold
from neurosim.outputs import RunFolder, check_writable, free_folder, write_whole
from neurosim.progress import Progress

RUNS = Path("runs")

HELP = f"""\
examples
  neurosim run --example vgg8
  neurosim run --network NetWork.csv --trace-folder layer_record --design design.toml --out runs/first
  neurosim run --network NetWork.csv --fit --synthetic 0.2
  neurosim run --network NetWork.csv --set memory=SRAM \\
      weight1.csv weightOld1.csv input1.csv 0.25  weight2.csv weightOld2.csv input2.csv 0.11

traces
  TRACE... are four words a layer, as for the C++ program: weights, weights before the last update, input bit
  planes, share of ones in the input. Leave all the shares out (three words a layer) to have them measured.
  --trace-folder DIR finds them: if DIR holds the command line of a recording (trace_command.sh, args.txt), its
  files, shares, epoch and bits are used, and --network may be left out; else each weight<Name>.csv with
  weightOld<Name>.csv and input<Name>.csv is a layer, sorted by name (Conv2 before Conv10 before FC1), and the
  shares are measured.
  Traces of inference versions (two words a layer: weights, inputs; folders without old weights; their command lines)
  are read with training = false.
  --synthetic makes weights and inputs up, for a network of which nothing was recorded: normally distributed weights,
  inputs as after a ReLU. Its share of ones may follow, or a file with one for each layer (such as the
  input_activity.csv of a training run). Every output says so.

the run folder (--out; without it runs/<name>, runs/<name>-2 and so on) holds
  results.json            all results in full precision, SI units, with the design and the network
  design.toml             every parameter as used; give it to --design to repeat the run
  NetWork.csv             the network
  run.json                the command line, where the traces came from, how long it took, warnings
  stdout.txt, NeuroSim_Output.csv, NeuroSim_Results_Each_Epoch/
                          text and files of the C++ program, the same to the byte
  area.png, latency.png, energy.png

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    add_traces(parser)
    add_design(parser)
    add_allow_nan(parser)
    parser.add_argument("--out", metavar="DIR", help="folder of the results (default: the first free runs/<name>)")
    parser.add_argument("--force", action="store_true",
                        help="write into a folder that holds something, over older files")  # fmt: skip
    parser.add_argument("--epoch", metavar="N", help="names the breakdown file (default 0, or as recorded)")
    parser.add_argument("--reference-json", metavar="FILE", help="also write the results in the reference's names")
    parser.add_argument("--no-plots", action="store_true", help="draw nothing")
    parser.add_argument("--json", action="store_true", help="print results.json instead of the summary")
    parser.add_argument("--quiet", action="store_true", help="print neither summary nor progress")


def main(options):
    """Evaluate a network on traces and fill a run folder."""
    from neurosim.report import text
    from neurosim.traces.recordings import check_epoch

    start = time.perf_counter()
    name, design, network, trace, epoch, origin = inputs(options)
    check_epoch(epoch)
    folder = RunFolder(options.out or free_folder(RUNS / name), force=options.force)
    if options.reference_json:
        check_writable(options.reference_json)

    from neurosim.evaluation.cache import Cache
    from neurosim.evaluation.flow import evaluate

    cache = Cache(options.cache) if options.cache else None
    with Progress(network, quiet=options.quiet) as progress, untold():
        report = evaluate(design, network, trace(), progress, cache)
    seconds = time.perf_counter() - start
    tell_warnings(report, nan=options.allow_nan)

    with folder as scratch:
        files = {
            "design.toml": design.to_toml(),
            "NetWork.csv": network.to_csv(),
            "stdout.txt": report.to_text() + text.runtime_text(seconds),
            "results.json": report.to_json(),
            "run.json": json.dumps(_provenance(report, origin, seconds), indent=1) + "\n",
        }
        if report.hybrid:
            files[report.hybrid.FILE_NAME] = report.hybrid.to_csv()
        for file, content in files.items():
            (scratch / file).write_text(content, encoding="utf-8", newline="\n")
        report.to_csv(scratch, epoch)
        if not options.no_plots:
            from neurosim.report.plots import save_plots

            save_plots(report, scratch)
        if options.reference_json:
            write_whole(options.reference_json, report.to_reference_json())
    if options.json:
        sys.stdout.write(files["results.json"])
    elif not options.quiet:
        from neurosim.report.summary import run_summary

        print(f"{run_summary(report)}\nEvaluated in {seconds:.1f} s; everything is in {folder.path}{os.sep}")
    if not options.allow_nan:
        refuse_nan(report)


def _provenance(report, origin, seconds):
    """How a run came about."""
    from neurosim import __version__

    return {
        "neurosim": __version__,
        "command": [PROGRAM, *sys.argv[1:]],
        "folder": os.getcwd(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 3),
        "data": origin,
        "warnings": report.warnings,
    }
