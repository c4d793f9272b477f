"""What one subarray costs: its reads and its weight update."""

from neurosim.chip.costs import Cost
from neurosim.circuits._columns import read_vectors
from neurosim.evaluation.reading import converters_of
from neurosim.evaluation.writes import update_of


class ArrayCosts:
    """Costs of the subarrays of a chip, one after the other as the reference goes through them.

    Parameters
    ----------
    chip : Chip
    residue : Residue
    """

    def __init__(self, chip, residue):
        self.chip, self.residue = chip, residue
        self.update = update_of(chip.design)
        self.keys = [key for key, _ in converters_of(chip)]
        # Where columns are all alike, so are the reads of arrays beside each other, which share their activity.
        self.shared = chip.design.memory_kind.volatile
        self.known = {}

    def begin(self, passes):
        """Go on with the arrays of the next layer, whose `Passes` these are."""
        self.passes = passes
        self.known.clear()

    def of(self, stats):
        """`Cost` of one subarray for all input vectors of an image and one weight update.

        Parameters
        ----------
        stats : ArrayStats
        """
        reads = self._reads(stats)
        items = {"weight_update": (0.0, 0.0)}
        if stats.writes is not None:
            items = self.update.cost(self.chip, stats, reads, self.residue, self.passes)
        return Cost.of(
            forward=(reads["latency"], reads["energy"]),
            activation_gradient=(reads["latency_ag"], reads["energy_ag"]),
            adc=(reads["latency_adc"], reads["energy_adc"]),
            accumulation=(reads["latency_accumulation"], reads["energy_accumulation"]),
            array=(reads["latency_other"], reads["energy_other"]),
            **items,
        )

    def _reads(self, stats):
        """Sums over the input vectors; see `read_vectors`."""
        if id(stats.activity) in self.known:
            return self.known[id(stats.activity)][1]
        forward, backward = (stats.conversions.get(key) for key in self.keys)
        reads = read_vectors(self.chip.array, stats.activity, forward, backward, self.passes.backward)
        if self.shared:
            self.known[id(stats.activity)] = stats.activity, reads    # held, so that the id stays its own
        return reads
