"""The `neurosim` command: what it understands. The work is in `cli_run` and `cli_files`."""

import argparse
import sys

from neurosim.console import STATUS_HELP, guarded
from neurosim.errors import NeurosimError

PROGRAM = "neurosim"

HELP = f"""\
first steps
  neurosim run --example vgg8              evaluate VGG-8 with built-in traces
  neurosim run --example vgg8 --set node=22 --set roadmap=HP
  neurosim plan --network NetWork.csv      floorplan and area, no traces needed
  neurosim sweep --example vgg8 --vary node=32,22,14
                                           many designs, one table
  neurosim train --example digits          train with the constraints of a chip, evaluate it every epoch
  neurosim params                          every parameter of a chip
  neurosim params --toml design.toml       a commented file to edit, for --design
  neurosim drop-in NeuroSIM/main           a program that old scripts call like the C++ one
  neurosim doctor                          check this installation

`neurosim COMMAND --help` explains a command.

{STATUS_HELP}"""

RUN_HELP = f"""\
examples
  neurosim run --example vgg8
  neurosim run --network NetWork.csv --trace-folder layer_record --design design.toml --out runs/first
  neurosim run --network NetWork.csv --set memory=SRAM \\
      weight1.csv weightOld1.csv input1.csv 0.25  weight2.csv weightOld2.csv input2.csv 0.11

traces
  TRACE... are four words a layer, as for the C++ program: weights, weights before the last update, input bit
  planes, share of ones in the input. Leave all the shares out (three words a layer) to have them measured.
  --trace-folder DIR finds them: if DIR holds the command line of a recording (trace_command.sh, args.txt), its
  files, shares, epoch and bits are used, and --network may be left out; else each weight<Name>.csv with
  weightOld<Name>.csv and input<Name>.csv is a layer, sorted by name (Conv2 before Conv10 before FC1), and the
  shares are measured.

the run folder (--out; without it runs/<name>, runs/<name>-2 and so on) holds
  results.json            all results in full precision, SI units, with the design and the network
  design.toml             every parameter as used; give it to --design to repeat the run
  NetWork.csv             the network
  run.json                the command line, where the traces came from, how long it took, warnings
  stdout.txt, NeuroSim_Output.csv, NeuroSim_Results_Each_Epoch/
                          text and files of the C++ program, the same to the byte
  area.png, latency.png, energy.png

{STATUS_HELP}"""

SWEEP_HELP = f"""\
examples
  neurosim sweep --example vgg8 --vary node=32,22,14 --vary adc_levels=16,32,64 --out sweep.csv --plot sweep.png
  neurosim sweep --network NetWork.csv --trace-folder layer_record --vary batch_size=64,200,500

Writes a table with a row a combination: what was varied, area, latency and energy of each step, efficiency, throughput,
and the ids of warnings or why a design cannot be evaluated. Traces as for `neurosim run`. Designs that differ only in
node, temperature, ADC, multiplexing or buffers share most of the work; --cache keeps it for the next call.

{STATUS_HELP}"""

STUDY_HELP = f"""\
example
  neurosim study crossbar --out studies/crossbar --quick
  neurosim study hybrid --out studies/hybrid --quick

`neurosim study STUDY --help` explains a study. Each leaves a table with a row a run, and a figure.

{STATUS_HELP}"""

PLAN_HELP = f"""\
examples
  neurosim plan --example vgg8
  neurosim plan --network NetWork.csv --set array_rows=64 --set array_columns=64 --json plan.json

{STATUS_HELP}"""

PARAMS_HELP = f"""\
examples
  neurosim params                      all of them
  neurosim params cell                 those of a section
  neurosim params node levelOutput     some, by our name or the reference's
  neurosim params --toml design.toml --set node=22
                                       write a commented design file

{STATUS_HELP}"""

IMPORT_HELP = f"""\
Reads the assignments in the constructor of an edited Param.cpp of DNN+NeuroSim V2.0; nothing is compiled.
Assignments to names that have no effect here are told on standard error. (--design reads Param.cpp as well.)

example
  neurosim import-param NeuroSIM/Param.cpp -o design.toml

{STATUS_HELP}"""

DROP_IN_HELP = f"""\
Writes a small program that takes the arguments of the C++ program and leaves the same text and files, so that
scripts which call ./NeuroSIM/main go on working.

examples
  neurosim drop-in NeuroSIM/main
  neurosim drop-in NeuroSIM/main --design NeuroSIM/Param.cpp
                                       edits to Param.cpp take effect at once, without make

The program is the same as `neurosim-main`; `neurosim-main --help` tells its arguments and environment.

{STATUS_HELP}"""


TRAIN_HELP = f"""\
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

DOCTOR_HELP = f"""\
Prints versions, compiled modules, BLAS and threads, and evaluates VGG-8 against values recorded from the C++ program,
in a few seconds.

{STATUS_HELP}"""


class _Parser(argparse.ArgumentParser):
    """Says a mistake in one line."""

    def __init__(self, **options):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message):
        raise NeurosimError(f"{message}; see {self.prog} --help")


def main(words=None):
    """Run the command and return its exit status."""
    return guarded(PROGRAM, lambda: _run_command(words))


def _run_command(words):
    words = sys.argv[1:] if words is None else list(words)
    parser = _parser(words)
    options = parser.parse_args(words)
    if options.command is None:
        parser.print_help()
        return 0
    return options.action(options)


def _parser(words=()):
    """The parser; options that take a while to collect are only there for the command in `words`."""
    from neurosim import __version__

    parser = _Parser(
        prog="neurosim",
        description="Area, latency and energy of compute-in-memory chips that train neural networks.",
        epilog=HELP,
    )
    parser.add_argument("--version", action="version", version=f"neurosim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name, action, help, epilog):
        added = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".", epilog=epilog)
        added.set_defaults(action=action)
        return added

    run = command("run", _run, "evaluate a network on traces", RUN_HELP)
    _add_traces(run)
    _add_design(run)
    run.add_argument("--out", metavar="DIR", help="folder of the results (default: the first free runs/<name>)")
    run.add_argument("--force", action="store_true", help="write into a folder that holds something, over older files")
    run.add_argument("--epoch", metavar="N", help="names the breakdown file (default 0, or as recorded)")
    run.add_argument("--reference-json", metavar="FILE", help="also write the results in the reference's names")
    run.add_argument("--no-plots", action="store_true", help="draw nothing")
    run.add_argument("--json", action="store_true", help="print results.json instead of the summary")
    run.add_argument("--quiet", action="store_true", help="print neither summary nor progress")

    sweep = command("sweep", _sweep, "evaluate many designs on the same traces", SWEEP_HELP)
    _add_traces(sweep)
    _add_design(sweep)
    sweep.add_argument("--vary", metavar="NAME=V1,V2,...", action="append", required=True,
                       help="values of a parameter (repeatable: all combinations)")  # fmt: skip
    sweep.add_argument("--out", metavar="FILE", help="the table as CSV (default: standard output)")
    sweep.add_argument("--plot", metavar="FILE", help="also draw energy efficiency against area")
    sweep.add_argument("--quiet", action="store_true", help="no progress")
    sweep.set_defaults(epoch=None)

    train = command("train", _train, "train a network with the constraints of a chip", TRAIN_HELP)
    if "train" in words[:1]:
        from neurosim import cli_train

        cli_train.add_arguments(train)

    study = command("study", _study, "train a grid of networks to answer one question", STUDY_HELP)
    if "study" in words[:1]:
        from neurosim.cli_study import add_studies

        add_studies(study)

    plan = command("plan", _plan, "show floorplan and area without traces", PLAN_HELP)
    _add_network(plan)
    _add_design(plan)
    plan.add_argument("--json", metavar="FILE", help="also write the plan as JSON")
    plan.add_argument("--reference-json", metavar="FILE", help="also write the plan in the reference's names")

    params = command("params", _params, "list the parameters of a chip", PARAMS_HELP)
    params.add_argument("names", nargs="*", metavar="NAME", help="parameters or sections (default: all)")
    _add_design(params)
    form = params.add_mutually_exclusive_group()
    form.add_argument("--toml", nargs="?", const="-", metavar="FILE", help="write a commented design file")
    form.add_argument("--csv", action="store_true", help="print the table as CSV")
    params.add_argument("--force", action="store_true", help="write over an existing FILE")

    imported = command("import-param", _import_param, "turn a Param.cpp into a design file", IMPORT_HELP)
    imported.add_argument("source", metavar="Param.cpp")
    imported.add_argument("-o", "--output", metavar="FILE", default="-", help="design file (default: standard output)")
    imported.add_argument("--force", action="store_true", help="write over an existing FILE")

    drop_in = command("drop-in", _drop_in, "write a program that stands in for the C++ one", DROP_IN_HELP)
    drop_in.add_argument("path", metavar="PATH", help="the program to write, such as NeuroSIM/main")
    drop_in.add_argument("--design", metavar="FILE", help="design to use unless a call names another")
    drop_in.add_argument("--force", action="store_true", help="replace a file that is no drop-in of neurosim")

    command("doctor", _doctor, "check this installation", DOCTOR_HELP)
    return parser


def _add_network(parser):
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--example", metavar="NAME", help="a built-in network: vgg8")
    source.add_argument("--network", metavar="FILE", help="a NetWork.csv")


def _add_traces(parser):
    _add_network(parser)
    parser.add_argument("traces", nargs="*", metavar="TRACE", help="weight, old weight, input, activity of each layer")
    parser.add_argument("--trace-folder", metavar="DIR", help="find the traces in this folder")
    parser.add_argument("--seed", type=int, default=0, help="seed of the example's traces (default 0)")
    parser.add_argument("--cache", metavar="DIR", help="keep what the traces mean for subarrays in this folder")


def _add_design(parser):
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


# What a command needs is imported when it runs: --help and mistakes answer at once.


def _run(options):
    from neurosim.cli_run import run

    return run(options)


def _sweep(options):
    from neurosim.cli_sweep import sweep

    return sweep(options)


def _train(options):
    from neurosim.cli_train import train

    return train(options)


def _study(options):
    from neurosim.cli_study import study

    return study(options)


def _doctor(options):
    from neurosim.doctor import doctor

    return doctor()


def _plan(options):
    from neurosim.cli_run import plan

    return plan(options)


def _params(options):
    from neurosim.cli_files import params

    return params(options)


def _import_param(options):
    from neurosim.cli_files import import_param

    return import_param(options)


def _drop_in(options):
    from neurosim.cli_files import drop_in

    return drop_in(options)


if __name__ == "__main__":
    sys.exit(main())
