"""`neurosim-main`: the drop-in for the C++ program.

Same arguments, same standard output, same files in the working directory. Unlike the C++ program it
checks what it is given, says in one sentence what is wrong, and then writes nothing at all.
"""

import os
import sys
import time
from contextlib import suppress
from functools import partial

from neurosim.console import STATUS_HELP, guarded, inform, untold, warn
from neurosim.design.models import DEFAULT, MODELS, parse_model, versions
from neurosim.errors import NeurosimError, suggestion

PROGRAM = "neurosim-main"
OPTIONS = {
    "--design": "a file: .toml, .csv or an edited Param.cpp",
    "--model": "a version of the reference",
    "--correct": "ids such as U5,U18, or all",
}
ALONE = ("--version", "--help")

HELP = f"""\
usage: neurosim-main EPOCH NETWORK.csv SYNAPSE_BITS INPUT_BITS {{weight.csv weightOld.csv input.csv activity}}...
                     [--design FILE] [--model VERSION] [--correct IDS]
       neurosim-main NETWORK.csv SYNAPSE_BITS INPUT_BITS [ARRAY_ROWS ROWS_READ] {{weight.csv input.csv}}... [...]

Evaluates a compute-in-memory training chip on recorded traces, as the program of DNN+NeuroSim {versions()}
does: prints the report, appends a line to NeuroSim_Output.csv and a block to
NeuroSim_Results_Each_Epoch/NeuroSim_Breakdown_Epock_<EPOCH>.csv in the working directory.

  EPOCH          only names the breakdown file
  NETWORK.csv    a line a layer: rows, columns, channels, kernel rows, kernel columns, outputs, pool, stride
  SYNAPSE_BITS   precision of a weight
  INPUT_BITS     precision of an activation
  weight.csv weightOld.csv input.csv activity
                 for each layer: weights now and before the update, input bit planes, share of ones in the input

The second form is that of the inference versions (V1.0 to V1.3, V1.4 with ARRAY_ROWS ROWS_READ). It is evaluated with
training = false by the versions here, not as those versions do it.

  --design FILE  parameters of the chip: a commented .toml (neurosim params --toml), an edited Param.cpp, or a
                 .csv of name,value; without one, the defaults of the reference
  --model VERSION
                 {' or '.join(MODELS)}: what the program of this version computes, and its defaults for what the
                 design does not set; unless given what the design says (model, or the names in a Param.cpp tell
                 it), else {DEFAULT}
  --correct IDS  correct defects of the reference where it prints infinities or negative areas: U5,U18 or all
  --version, --help

environment
  NEUROSIM_DESIGN=FILE    as --design, which wins
  NEUROSIM_RESULTS=FILE   also write the results as JSON in full precision, in the reference's names

{STATUS_HELP}"""


def main(words=None, design=None):
    """Run the drop-in.

    Parameters
    ----------
    words : list of str, optional
        Arguments; those of the process unless given.
    design : str, optional
        Design file to use when neither `--design` nor NEUROSIM_DESIGN names one.

    Returns
    -------
    int
        Exit status.
    """
    words = sys.argv[1:] if words is None else list(words)
    start = time.perf_counter()
    return guarded(PROGRAM, lambda: _run(words, design, start))


def _run(words, design, start):
    words, chosen = _take_options(words)
    if words in (["--help"], ["-h"]):
        print(HELP, end="")
        return 0
    if words == ["--version"]:
        from neurosim import __version__

        print(f"{PROGRAM} {__version__}")
        return 0

    from neurosim.traces.recordings import files_from_words, read_command

    command = read_command(words)

    from neurosim.design.design import Design
    from neurosim.outputs import Outputs, check_writable
    from neurosim.report import text
    from neurosim.traces.network import Network

    path = chosen.get("--design") or os.environ.get("NEUROSIM_DESIGN") or design
    told = [partial(warn, PROGRAM), None if "--model" in chosen else partial(inform, PROGRAM)]
    design = Design.from_file(path, *told) if path else Design()
    design = design.replace(**command.parameters)
    if command.told:
        inform(PROGRAM, command.told)
    if "--model" in chosen:
        design = design.replace(model=parse_model(chosen["--model"], "--model"))
    if "--correct" in chosen:
        design = design.replace(correct=chosen["--correct"])
    network = Network.from_file(command.network, partial(warn, PROGRAM))
    files = files_from_words(command.traces, network, command.network, training=command.training)

    breakdown = os.path.join(text.BREAKDOWN_FOLDER, text.BREAKDOWN_NAME.format(epoch=command.epoch))
    results = os.environ.get("NEUROSIM_RESULTS")
    for output in (breakdown, text.OUTPUT_NAME, *([results] if results else [])):
        check_writable(output)

    from neurosim.evaluation.flow import evaluate
    from neurosim.progress import Progress
    from neurosim.traces.traces import Trace

    trace = Trace.from_files(files, network, design.input_bits)
    with Progress(network, terminal_only=True) as progress, untold():  # a captured run stays clean
        report = evaluate(design, network, trace, progress)

    for sentence in report.warnings.values():
        warn(PROGRAM, sentence)
    # Everything is rendered before the first byte goes out.
    printed = report.to_text()
    line, block = text.output_line(report), text.breakdown_csv(report)
    with Outputs() as outputs:
        if results:
            outputs.replace(results, report.to_reference_json())
        outputs.append(breakdown, block)
        outputs.append(text.OUTPUT_NAME, line)
        with suppress(BrokenPipeError):  # who stops reading still gets the files
            sys.stdout.write(printed + text.runtime_text(time.perf_counter() - start))
            sys.stdout.flush()
    return 0


def _take_options(words):
    """The words without the options, and {option: value}."""
    rest, chosen = [], {}
    words = iter(words)
    for word in words:
        option, equals, value = word.partition("=")
        if option not in OPTIONS:
            if word.startswith("--") and word not in ALONE:
                known = [*OPTIONS, *ALONE]
                near = suggestion(option, known) or f"; there are {', '.join(known)}"
                raise NeurosimError(f"there is no option {option}{near}")
            rest.append(word)
        elif not equals and (value := next(words, None)) is None:
            raise NeurosimError(f"{option} needs {OPTIONS[option]}")
        else:
            chosen[option] = value
    return rest, chosen


if __name__ == "__main__":
    sys.exit(main())
