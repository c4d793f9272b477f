"""Hybrid-precision synapses in training: the options, and how they are told on the command line.

A volatile part (a capacitor, or the charge on a FeFET's gate) takes the update of every batch; every K batches it is
carried over into the non-volatile part. The numbers of the cell are those of `neurosim.circuits.hybrid`; the physics
is in `synapse`.

Source: Luo, Yu, "Benchmark non-volatile and volatile memory based hybrid precision synapses for in-situ deep neural
network training", ASP-DAC 2020.
"""

import math

from neurosim.circuits.hybrid import BASELINE, HYBRID_MEMORIES, HYBRID_PARAMETERS, HybridCell
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table
from neurosim.record import Record, part

MOST_BITS = 15
# What the trainer reads of a cell; the rest of `HYBRID_PARAMETERS` is for the chip.
CELL_OPTIONS = (
    "significance", "transfer_interval", "capacitor_levels", "capacitor_nonlinearity_up", "capacitor_nonlinearity_down",
    "capacitor_noise", "retention_time", "retention_spread", "rest_level", "gate_levels", "polarization_levels",
)


def _parameters():
    p = Parameter
    yield p("batch_time", 0.0, "s", "time of a training batch, over which the volatile part leaks; 0: it does not "
            "leak, `chip_batch_time` has it of a design", low=0)
    yield p("residue", "keep", "", "what a transfer leaves in the volatile part: what the non-volatile part could "
            "not take (keep), or the middle of the range (reset)", choices=dict.fromkeys(("keep", "reset")))
    yield p("read_bits", None, "bit", "grid of the weights in the forward and backward pass; unless given as fine as "
            "one pulse of the volatile part, because the read-out joins both parts", of=int, optional=True, low=2,
            high=MOST_BITS)


WHAT = "number of a hybrid synapse that training knows", "retention_time=0.1"
HYBRID = Table(_parameters(), *WHAT)
SETTABLE = Table([*(HYBRID_PARAMETERS[name] for name in CELL_OPTIONS), *HYBRID.values()], *WHAT)


class Hybrid(Record, table=HYBRID, first=("cell",)):
    """What a training run with hybrid synapses can choose.

    Conductance steps, curve and noise of the eNVM device are those of the trainer (`Options.levels`, `ltp`,
    `cycle_variation`).

    Attributes
    ----------
    cell : neurosim.circuits.hybrid.HybridCell
        The synapse: hybrid-3t1c or 2t1fefet, F, K, levels, curve and noise of the volatile part, its leak.
    """

    cell: HybridCell = part(HybridCell)

    @classmethod
    def of(cls, **values):
        """From plain values: those of the table, and any parameter of `HybridCell`."""
        own = {name: values.pop(name) for name in HYBRID if name in values}
        return cls(HybridCell(**values), **own)

    @property
    def weight_bits(self):
        """Bits of the weights that the layers compute with."""
        if self.read_bits is not None:
            return self.read_bits
        return min(MOST_BITS, max(2, 1 + math.ceil(math.log2(self.cell.pulses_per_weight))))

    def layer_options(self, options):
        """Options of the layers: the grid is that of the synapse, initial weights and scale are as before."""
        finer = 2.0 ** (self.weight_bits - options.weight_bits)
        return options.replace(weight_bits=self.weight_bits, beta=options.beta_in_force * finer)


# -- command line ----------------------------------------------------------------------------------

MORE = 'shown by "neurosim params hybrid"'


def add_arguments(parser):
    """Options of a training command, read again by `from_arguments`."""
    group = parser.add_argument_group("hybrid-precision synapses")
    group.add_argument("--hybrid", nargs="?", const=HYBRID_MEMORIES[0], choices=HYBRID_MEMORIES, metavar="CELL",
                       help=f"train on hybrid synapses: {' or '.join(HYBRID_MEMORIES)} (default {HYBRID_MEMORIES[0]})")
    group.add_argument("--transfer-every", type=int, metavar="K",
                       help=f"batches between transfers (default {HYBRID_PARAMETERS['transfer_interval'].default})")
    group.add_argument("--hybrid-set", metavar="NAME=VALUE", action="append", default=[],
                       help=f"change a number of the synapse (repeatable): {', '.join(SETTABLE)}; most are {MORE}")
    return group


def from_arguments(arguments, batch_time=None, design=None):
    """The `Hybrid` of parsed options, or None without `--hybrid`.

    Parameters
    ----------
    arguments : argparse.Namespace
        With what `add_arguments` added.
    design : Design, optional
        The chip: its parameters of the synapse are the defaults.
    batch_time : callable, optional
        Called as batch_time(cell) for the time of a batch of the chip [s] unless `--hybrid-set batch_time=...` says
        it; without either nothing leaks.
    """
    if arguments.hybrid is None:
        for given, option in ((arguments.hybrid_set, "--hybrid-set"), (arguments.transfer_every, "--transfer-every")):
            if given not in (None, []):
                raise NeurosimError(f"{option} changes a hybrid synapse, but there is none; add --hybrid")
        return None
    values = synapse_of(design, arguments.hybrid, f"--hybrid {arguments.hybrid}")
    values |= SETTABLE.settings(arguments.hybrid_set, "--hybrid-set")
    if arguments.transfer_every is not None:
        values["transfer_interval"] = arguments.transfer_every
    hybrid = Hybrid.of(**values)
    if "batch_time" in values or batch_time is None:
        return hybrid
    return hybrid.replace(batch_time=batch_time(hybrid.cell))


def synapse_of(design, memory, where):
    """{parameter: value} of a synapse of this memory as a design has it.

    Raises
    ------
    NeurosimError
        The design has another volatile memory, or none to begin with.
    """
    if design is None:
        return {"memory": memory}
    if design.memory not in (memory, BASELINE[memory], Design(model=design.model).memory):
        raise NeurosimError(f"{where} contradicts memory = {design.memory} of the chip; leave one of them out")
    return {name: getattr(design, name) for name in HYBRID_PARAMETERS} | {"memory": memory}
