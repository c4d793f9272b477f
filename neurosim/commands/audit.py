"""`neurosim audit`: what every difference between versions, and every known defect, does to a result."""

import json
import math
import sys
import time

from neurosim.commands.arguments import PROGRAM, add_design, add_traces, inputs, tell_warnings, warn
from neurosim.console import STATUS_HELP
from neurosim.outputs import RunFolder
from neurosim.progress import GroupProgress
from neurosim.units import si, square_millimetres

HELP = f"""\
examples
  neurosim audit --example vgg8 --set memory=SRAM
  neurosim audit --example vgg8 --against corrected
  neurosim audit --network NetWork.csv --trace-folder layer_record --out audits/mine

Evaluates the design as it is, then once for each rule by which versions of the reference differ and for each known
defect with a correction (ids of docs/fidelity.md), with that one alone undone if it is in effect, applied if it is not.
The table shows what each changes, largest first: results with it against results without it. With --against only what
is otherwise in that model counts; the last rows then are its defaults for what was not set, and all of it together.
Traces as for `neurosim run`.

the folder of --out holds
  audit.csv     the table in full precision, SI units
  audit.json    all results in the reference's names, of the design and with each rule alone otherwise
  audit.png     the largest changes
  design.toml   every parameter as used
  run.json      the command line, where the traces came from, how long it took

{STATUS_HELP}"""

LEAST = 5e-6    # a relative change that the printed table shows


def add_arguments(parser):
    """Give a parser the options of the command."""
    add_traces(parser)
    add_design(parser)
    parser.add_argument("--model", metavar="NAME", help="model of the design, as --set model=NAME")
    parser.add_argument("--against", metavar="NAME", help="another model: audit what is otherwise there")
    parser.add_argument("--out", metavar="DIR", help="folder of table, results and figure (default: print only)")
    parser.add_argument("--force", action="store_true",
                        help="write into a folder that holds something, over older files")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print audit.json instead of the table")
    parser.add_argument("--quiet", action="store_true", help="print neither table nor progress")
    parser.set_defaults(epoch=None)


def main(options):
    """Evaluate a design and its changes, and show what they are worth."""
    start = time.perf_counter()
    if options.model is not None:
        options.settings = [*options.settings, f"model={options.model}"]
    _, design, network, trace, _, origin = inputs(options)
    folder = RunFolder(options.out, force=options.force) if options.out else None

    from neurosim.evaluation.audit import Audit, changes_of
    from neurosim.evaluation.cache import Cache

    changes_of(design, options.against)     # mistakes come before the work
    cache = Cache(options.cache) if options.cache else None
    with GroupProgress(network, options.quiet) as progress:
        audit = Audit.of(design, network, trace(), options.against, progress, cache)
    seconds = time.perf_counter() - start
    tell_warnings(audit.base)
    for name, problem in audit.table["problem"].items():
        if problem:
            warn(f"{name}: {problem}")
    if folder:
        _write(folder, audit, origin, seconds)
    if options.json:
        sys.stdout.write(audit.to_json())
    elif not options.quiet:
        print(summary(audit))
        where = f"; the results are in {folder.path}" if folder else ""
        print(f"{len(audit.changes)} changes evaluated in {seconds:.1f} s{where}")


def _write(folder, audit, origin, seconds):
    from neurosim import __version__
    from neurosim.report.plots import audit_figure

    with folder as scratch:
        audit.table.to_csv(scratch / "audit.csv")
        audit.to_json(scratch / "audit.json")
        audit_figure(audit.table, title(audit)).savefig(scratch / "audit.png", dpi=150)
        (scratch / "design.toml").write_text(audit.base.design.to_toml(), encoding="utf-8", newline="\n")
        provenance = {
            "neurosim": __version__,
            "command": [PROGRAM, *sys.argv[1:]],
            "seconds": round(seconds, 3),
            "data": origin,
            "warnings": audit.base.warnings,
        }
        (scratch / "run.json").write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8", newline="\n")


def title(audit):
    """What was audited, in a line."""
    design = audit.base.design
    against = f" against {audit.against}" if audit.against else ""
    return f"{design.memory}, {design.node} nm, model {design.model}{against}"


def summary(audit):
    """The table as text: changes that can be seen at five digits, and the names of the others."""
    from neurosim.evaluation.audit import MEASURES

    base = {name: read(audit.base) for name, (_, read) in MEASURES.items()}
    lines = [
        f"{title(audit)}: area {square_millimetres(base['area'])}, latency {si(base['latency'], 's')}, "
        f"energy {si(base['energy'], 'J')}, {base['energy_efficiency']:.4g} TOPS/W",
        "",
        f"{'':9} {'':4} {'area':>11} {'latency':>11} {'energy':>11} {'TOPS/W':>11}   with it against without it",
    ]
    silent = []
    for name, row in audit.table.iterrows():
        changes = [row[f"{measure}_change"] for measure in MEASURES]
        if row["problem"] or all(abs(change) < LEAST for change in changes):
            silent.append(name)
            continue
        cells = " ".join(f"{_percent(change):>11}" for change in changes)
        lines.append(f"{name:9} {'on' if row['in_effect'] else 'off':4} {cells}   {row['about']}")
    if silent:
        lines += ["", f"no change, or none that can be evaluated: {', '.join(silent)}"]
    return "\n".join(lines)


def _percent(change):
    if not math.isfinite(change):
        return "no number"
    return "0" if abs(change) < LEAST else f"{change * 100:+.4g} %"
