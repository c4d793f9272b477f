"""`neurosim sweep`: many designs on the same traces, as one tidy table."""

import io
import itertools
import sys
import time

from neurosim.commands.arguments import add_design, add_traces, inputs, warn
from neurosim.commands.training_options import check_names
from neurosim.console import STATUS_HELP, untold
from neurosim.errors import NeurosimError
from neurosim.outputs import check_writable, write_whole
from neurosim.plausible import NAN
from neurosim.progress import GroupProgress
from neurosim.report.quantities import CHIP_QUANTITIES, STEPS

HELP = f"""\
examples
  neurosim sweep --example vgg8 --vary node=32,22,14 --vary adc_levels=16,32,64 --out sweep.csv --plot sweep.png
  neurosim sweep --network NetWork.csv --trace-folder layer_record --vary batch_size=64,200,500
  neurosim sweep --network NetWork.csv --fit --synthetic --vary memory=RRAM,FeFET,SRAM

Writes a table with a row a combination: what was varied, area, latency and energy of each step, efficiency, throughput,
and the ids of warnings (with the results that are no numbers, infinite or negative) or why a design cannot be
evaluated. Traces as for `neurosim run`. Designs that differ only in
node, temperature, ADC, multiplexing or buffers share most of the work; --cache keeps it for the next call.

{STATUS_HELP}"""

MOST = 100_000  # designs of one sweep

COLUMNS = [f"{step}_{kind}" for step in STEPS for kind in ("latency", "energy")]


def add_arguments(parser):
    """Give a parser the options of the command."""
    add_traces(parser)
    add_design(parser)
    parser.add_argument("--vary", metavar="NAME=V1,V2,...", action="append", required=True,
                       help="values of a parameter (repeatable: all combinations)")  # fmt: skip
    parser.add_argument("--out", metavar="FILE", help="the table as CSV (default: standard output)")
    parser.add_argument("--plot", metavar="FILE", help="also draw energy efficiency against area")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.set_defaults(epoch=None)


def variations(design, settings):
    """Every combination of `NAME=V1,V2,...` settings, the last one changing fastest.

    Returns
    -------
    list of (dict, Design or NeurosimError)
        {parameter: text} of each, and the design, or why it is none.
    """
    axes = []
    for setting in settings:
        name, equals, values = setting.partition("=")
        words = [word.strip() for word in values.split(",")]
        if not equals or not all(words):
            raise NeurosimError(f"--vary {setting}: write it as NAME=VALUE,VALUE,..., for example --vary node=32,22,14")
        check_names([f"{name}={words[0]}"], "--vary")
        design.with_settings([f"{name}={words[0]}"])  # a name that is none is a mistake, not a row of the table
        axes.append([(name.strip(), word) for word in words])
    count = 1
    for axis in axes:
        count *= len(axis)
    if count > MOST:
        raise NeurosimError(f"{count} designs are too many for one sweep; vary fewer values (at most {MOST} designs)")
    found = []
    for choice in itertools.product(*axes):
        try:
            found.append((dict(choice), design.with_settings(f"{name}={word}" for name, word in choice)))
        except NeurosimError as error:
            found.append((dict(choice), error))
    return found


def main(options):
    """Evaluate every combination and write the table."""
    start = time.perf_counter()
    _, design, network, trace, _, _ = inputs(options)
    found = variations(design, options.vary)
    for path in (options.out, options.plot):
        if path:
            check_writable(path)

    from neurosim.evaluation.cache import Cache
    from neurosim.evaluation.flow import evaluate_many
    from neurosim.report.plan import Plan

    problems = {}
    for number, (_, chosen) in enumerate(found):
        try:
            if isinstance(chosen, NeurosimError):
                raise chosen
            Plan.of(chosen, network)
        except NeurosimError as error:
            problems[number] = str(error)
    sound = [chosen for number, (_, chosen) in enumerate(found) if number not in problems]
    if not sound:
        raise NeurosimError(f"none of the {len(found)} designs can be evaluated; the first: {problems[0]}")
    cache = Cache(options.cache) if options.cache else None
    with GroupProgress(network, options.quiet) as steps, untold():
        reports = evaluate_many(sound, network, trace(), steps, cache)

    table = _table(found, problems, reports)
    text = io.StringIO()
    table.to_csv(text, index=False)
    if options.out:
        write_whole(options.out, text.getvalue())
    else:
        sys.stdout.write(text.getvalue())
    if options.plot:
        from neurosim.report.plots import sweep_figure

        sweep_figure(table, [name.partition("=")[0] for name in options.vary]).savefig(options.plot, dpi=150)
    for number, problem in problems.items():
        words = " ".join(f"{name}={value}" for name, value in found[number][0].items())
        warn(f"{words}: {problem}")
    if not options.quiet:
        seconds = time.perf_counter() - start
        where = f"; the table is in {options.out}" if options.out else ""
        print(f"{len(sound)} designs evaluated in {seconds:.1f} s{where}", file=sys.stderr)


def _table(found, problems, reports):
    """A row a design: what was varied, area, latency and energy of each step, rates, warnings."""
    import pandas as pd

    remaining, rows = iter(reports), []
    for number, (varied, _) in enumerate(found):
        row = dict(varied)
        if number in problems:
            row["problem"] = problems[number]
        else:
            report = next(remaining)
            row["area [m^2]"] = report.areas["total"]
            for name in COLUMNS:
                row[f"{name} [{'s' if name.endswith('latency') else 'J'}]"] = report.totals[name]
            for quantity in CHIP_QUANTITIES:
                row[f"{quantity.name} [{quantity.unit}]"] = report.totals[quantity.name]
            if report.synthetic:
                row["traces"] = "synthetic"
            row["problem"] = " ".join(_problem(report, name) for name in [*report.warnings, *_no_numbers(report)])
        rows.append(row)
    table = pd.DataFrame(rows)
    return table[[name for name in table.columns if name != "problem"] + ["problem"]]


def _no_numbers(report):
    """The name of results that are no numbers, where it is not among the warnings."""
    return [NAN] if NAN in report.unsound and NAN not in report.warnings else []


def _problem(report, name):
    """A warning in a word, or which results are unsound."""
    return f"{name} ({', '.join(report.unsound[name])})" if name in report.unsound else name
