"""What one subarray costs: its reads and its weight update."""

from neurosim.chip.costs import Cost
from neurosim.circuits._columns import read_vectors
from neurosim.evaluation.writes import update_of


def array_cost(chip, sensed, stats, residue, passes):
    """`Cost` of one subarray of a chip for all input vectors of an image and one weight update.

    Parameters
    ----------
    chip : Chip
    sensed : (Sensed or None, Sensed or None)
        What the converters of the forward and of the backward read-out convert, see `reading.converters_of`.
    stats : ArrayStats
    residue : Residue
    passes : Passes
    """
    array = chip.array
    forward, backward = (stats.conversions.get(key) for key in sensed)
    reads = read_vectors(array, stats.activity, forward, backward, passes.backward)
    items = {"weight_update": (0.0, 0.0)}
    if stats.writes is not None:
        items = update_of(chip.design).cost(chip, stats, reads, residue, passes)
    return Cost.of(
        forward=(reads["latency"], reads["energy"]),
        activation_gradient=(reads["latency_ag"], reads["energy_ag"]),
        adc=(reads["latency_adc"], reads["energy_adc"]),
        accumulation=(reads["latency_accumulation"], reads["energy_accumulation"]),
        array=(reads["latency_other"], reads["energy_other"]),
        **items,
    )
