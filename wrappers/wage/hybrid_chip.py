"""The chip that trains: its cost from a model in training, and the time of a batch over which synapses leak.

The circuit core and the trainer tell each other two things: how long a batch takes, and how much a transfer moves.
"""

from neurosim.circuits.hybrid import HYBRID_PARAMETERS
from neurosim.design.design import Design
from neurosim.evaluation.flow import evaluate
from neurosim.evaluation.hybrid_comparison import compare
from neurosim.report.hybrid_report import batch_time
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.wage.model import Model
from neurosim.wrappers.wage.trace import capture, chip_trace


def design_for(cell, design=None, counters=None):
    """A `Design` with a hybrid synapse.

    Parameters
    ----------
    cell : neurosim.circuits.hybrid.HybridCell
    design : Design, optional
        Everything else; the default chip unless given.
    counters : dict, optional
        Of `Model.counters`: what transfers really moved takes the place of the expected values.
    """
    values = {name: getattr(cell, name) for name in HYBRID_PARAMETERS}
    if counters and counters["writes"]:
        cells = counters["cells"] * (counters["transfers"] - counters["last_transfers"])
        values["transfer_moved"] = min(1.0, counters["writes"] / cells)
        values["transfer_pulses"] = max(1.0, counters["write_pulses"] / counters["writes"])
    return (design or Design()).replace(memory=cell.memory, **values)


def trace_of(model, images):
    """What the chip sees of the first image (normalised, as for `Model.forward`), with the model's last update."""
    model.forward(images[:1])
    return chip_trace(capture(model), model.architecture.network, model.options.activation_bits)


def chip_batch_time(
    architecture, cell, images, labels, *, design=None, options=None, seed=117, learning_rate=1.0, rules=None
):
    """Time of a training batch on the chip [s], from a trace of the first batch; for `Hybrid.batch_time`.

    Parameters
    ----------
    architecture : wage.architecture.Architecture
    cell : neurosim.circuits.hybrid.HybridCell
    images, labels : array
        A batch, as for `Model.train_batch`.
    design : Design, optional
        The chip but for its synapses.
    options : wage.options.Options, optional
    seed : int
    learning_rate : float
    rules : neurosim.design.models.TrainerRules, optional
    """
    model = Model(architecture, options, seed, hybrid=Hybrid(cell), rules=rules)
    model.begin_epoch()
    model.train_batch(images, labels, learning_rate)
    return batch_time(evaluate(design_for(cell, design), architecture.network, trace_of(model, images)))


def compare_chips(model, images, design=None):
    """`neurosim.circuits.hybrid.compare` of a model in training, with what its transfers moved.

    Parameters
    ----------
    model : Model
        With hybrid synapses, after at least one batch; without, hybrid-3t1c as it is by default is the other side.
    images : array
        Normalised; the first is traced.
    design : Design, optional
    """
    cell = Hybrid().cell if model.hybrid is None else model.hybrid.cell
    trace = trace_of(model, images)
    return compare(design_for(cell, design, model.counters()), model.architecture.network, trace)

