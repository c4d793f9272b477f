"""`neurosim plan`: floorplan and area without traces."""

from neurosim.commands.arguments import (
    add_allow_nan,
    add_design,
    add_fit,
    add_network,
    fit,
    named_network,
    read_design,
    refuse_nan,
    tell_warnings,
)
from neurosim.console import STATUS_HELP
from neurosim.outputs import check_writable, write_whole

HELP = f"""\
examples
  neurosim plan --example vgg8
  neurosim plan --network NetWork.csv --set array_rows=64 --set array_columns=64 --json plan.json
  neurosim plan --network NetWork.csv --fit

{STATUS_HELP}"""


def add_arguments(parser):
    """Give a parser the options of the command."""
    add_network(parser)
    add_design(parser)
    add_fit(parser)
    add_allow_nan(parser)
    parser.add_argument("--json", metavar="FILE", help="also write the plan as JSON")
    parser.add_argument("--reference-json", metavar="FILE", help="also write the plan in the reference's names")


def main(options):
    """Show floorplan and area."""
    design = read_design(options)
    network = named_network(options)[1]
    design = fit(options, design, network)
    for path in (options.json, options.reference_json):
        if path:
            check_writable(path)

    from neurosim.report.plan import Plan
    from neurosim.report.summary import plan_summary

    result = Plan.of(design, network)
    tell_warnings(result, nan=options.allow_nan)
    if options.json:
        write_whole(options.json, result.to_json())
    if options.reference_json:
        write_whole(options.reference_json, result.to_reference_json())
    print(plan_summary(result), end="")
    if not options.allow_nan:
        refuse_nan(result)
