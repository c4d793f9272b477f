"""Latency and energy of a part of the chip, and how parts combine."""

from functools import cache

import numpy as np

# What a cost is split into. The first three are whole passes, the peaks leave buffers and wires out (quirk Q29), and
# the next five say where the time and energy of the first two went.
ITEMS = (
    "forward",
    "activation_gradient",
    "weight_update",
    "peak_forward",
    "peak_activation_gradient",
    "peak_weight_update",
    "adc",
    "accumulation",
    "array",
    "buffer",
    "interconnect",
    # Hybrid synapses only (else 0): what reading and writing their parts costs the arrays, see
    # `evaluation.hybrid_costs`.
    "msb",
    "lsb",
    "join",
    "update",
    "transfer",
    "transfer_read",
    # The same in pulses: those that follow one another, and all of them.
    "update_pulses",
    "transfer_pulses",
)
_PLACE = {name: place for place, name in enumerate(ITEMS)}
# What hybrid synapses add: items of a read (MSB: the non-volatile part), of a read and the writes (the transfer is a
# whole one, and reading the volatile parts is one part of it), and those whose second number counts pulses.
SYNAPSE_READS = ("msb", "lsb", "join")
SYNAPSE_PARTS = (*SYNAPSE_READS, "update", "transfer", "transfer_read")
SYNAPSE_COUNTS = ("update_pulses", "transfer_pulses")
# Every copy of the weights is written.
UPDATES = ("weight_update", "update", "transfer", "transfer_read", "update_pulses", "transfer_pulses")
WRITES = (*UPDATES, "peak_weight_update")
# Arrays are written one after the other, whatever lies beside what.
_ONE_BY_ONE = np.array([_PLACE[item] for item in WRITES], np.intp)
# What copies of the weights speed up.
READS = ("forward", "activation_gradient", "peak_forward", "peak_activation_gradient", "adc", "accumulation", "array",
         "buffer", "interconnect", *SYNAPSE_READS)  # fmt: skip


@cache
def _places(items):
    """Where these items stand."""
    return np.array([_PLACE[item] for item in items], np.intp)


class Cost:
    """Latency [s] and energy [J] of each of `ITEMS`; immutable.

    `Cost.beside(costs)` is side by side: the slowest one counts, energies and writes add up.
    `cost.plus(latency, energy, *items)` is in series.
    """

    __slots__ = ("energy", "latency")

    def __init__(self, latency=None, energy=None):
        self.latency = np.zeros(len(ITEMS)) if latency is None else latency
        self.energy = np.zeros(len(ITEMS)) if energy is None else energy

    @classmethod
    def of(cls, **items):
        """A cost from `item=(latency, energy)` pairs."""
        latencies, energies = [0.0] * len(ITEMS), [0.0] * len(ITEMS)
        for name, (latency, energy) in items.items():
            latencies[_PLACE[name]], energies[_PLACE[name]] = latency, energy
        return cls(np.array(latencies), np.array(energies))

    @classmethod
    def beside(cls, costs):
        """Costs side by side, in this order: for each item the largest latency (writes: the sum) and all energies."""
        if not costs:
            return cls()
        # A running sum adds from left to right, as the reference does. Quirk S6: a latency that is no number never
        # wins, as in the reference's comparison, which begins at 0; `fmax` passes over it.
        latencies = np.array([cost.latency for cost in costs])
        energies = np.array([cost.energy for cost in costs])
        latency = np.fmax.reduce(latencies, axis=0, initial=0.0)
        latency[_ONE_BY_ONE] = np.add.accumulate(latencies[:, _ONE_BY_ONE], axis=0)[-1]
        return cls(latency, np.add.accumulate(energies, axis=0)[-1])

    def __getitem__(self, item):
        """(latency, energy) of an item."""
        place = _PLACE[item]
        return float(self.latency[place]), float(self.energy[place])

    def plus(self, latency, energy, *items):
        """Add the same latency and energy to some items."""
        places = _places(items)
        total = Cost(self.latency.copy(), self.energy.copy())
        total.latency[places] += latency
        total.energy[places] += energy
        return total

    def times(self, *items, latency=1, energy=1):
        """Multiply the latency and energy of some items."""
        places = _places(items)
        total = Cost(self.latency.copy(), self.energy.copy())
        total.latency[places] *= latency
        total.energy[places] *= energy
        return total

    def with_item(self, item, latency, energy):
        """The same cost with one item replaced."""
        total = Cost(self.latency.copy(), self.energy.copy())
        total.latency[_PLACE[item]], total.energy[_PLACE[item]] = latency, energy
        return total

    def faster(self, copies):
        """Divide the latency of everything that reads by the copies that share the input vectors."""
        places = _places(READS)
        total = Cost(self.latency.copy(), self.energy)
        total.latency[places] /= copies
        return total

    def with_peaks(self):
        """The same cost, with the passes so far as their peaks."""
        total = Cost(self.latency.copy(), self.energy.copy())
        for name in ("forward", "activation_gradient", "weight_update"):
            total.latency[_PLACE["peak_" + name]] = self.latency[_PLACE[name]]
            total.energy[_PLACE["peak_" + name]] = self.energy[_PLACE[name]]
        return total


class Residue:
    """What the reference's shared circuit objects still hold from earlier calls.

    Two of these values reach a result (see docs/fidelity.md):

    leakage          quirk Q42: a fully duplicated PE or tile does not use its adder tree, yet the leakage that the
                     tree's last user left is added (0 when there was none);
    driver_latency   the row drivers of a sequential cross-point array add the write latency of the array
                     before to their own, once for every input vector (quirk U20).

    Parameters
    ----------
    idle_trees_leak : bool
        Whether a tree that is not used leaks as itself (quirk Q42).
    """

    def __init__(self, idle_trees_leak=False):
        self.leakage = {}
        self.driver_latency = 0.0
        self._idle_trees_leak = idle_trees_leak

    def leave_idle(self, name, leakage):
        """An adder tree, by its name in `leakage`, is not used; all of it leaks so much [W]."""
        if self._idle_trees_leak:
            self.leakage[name] = leakage
