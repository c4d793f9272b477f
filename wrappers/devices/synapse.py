"""A layer of hybrid-precision synapses: pulses on the volatile part, its leak, and the transfer.

The weight is `w = (F D + x) / (F + 1)`, -1 to 1, with the charge x = 2c - 1 of the volatile part and the state D of the
non-volatile one: `D = m+ - m-` of an eNVM pair, or `D = 2p - 1` of a FeFET's polarisation p.

Source: Luo, Yu, ASP-DAC 2020; Ambrogio et al., Nature 2018 (pair and 3T1C); Sun et al., IEDM 2018 (2T-1FeFET).
"""

import numpy as np

from neurosim.wrappers.devices import _hybrid
from neurosim.wrappers.devices.crossbar import WRITE_SIGMA
from neurosim.wrappers.devices.curve import UpdateCurve
from neurosim.wrappers.training.parallel import over_slices

LEAST = 1 << 15             # weights worth a thread
LONGEST_BATCH = 1e30       # in retention times: nothing is left
SHORTEST_RETENTION = 0.05   # a spread of 30 % would leave one cell in a thousand with a negative time constant
NONE = np.zeros(0, np.float32)

# What is counted, summed over the cells of a layer.
COUNTS = (
    "batches",          # updates
    "pulses",           # pulses on the volatile part
    "clips",            # updates that met the end of its range
    "transfers",        # transfers of the array, those at the end of training included
    "writes",           # non-volatile devices written, in transfers during training
    "write_pulses",     # their pulses
    "erases",           # cells whose pair was full and was written anew
    "last_transfers",   # transfers at the end of training
    "last_writes",      # devices written by them
)
OF_CHIP = ("batches", "transfers", "last_transfers")    # the same in every layer


class Synapse:
    """The synapses of one layer.

    Parameters
    ----------
    layer : layers.Layer
        Its initial weight is programmed into the non-volatile part; `weight` becomes what the synapse shows.
    hybrid : hybrid.Hybrid
    options : options.Options
        The eNVM device: `levels`, `cycle_variation`.
    curve : device.UpdateCurve
        Its write curve.
    draws : draws.Draws
    gamma : float, optional
        Write noise of TxSim in place of the cycle-to-cycle variation, see `crossbar.Crossbar`.

    Attributes
    ----------
    positive, negative : ndarray of float32, of the shape of the weight
        m+ and m-, 0 to 1; for a FeFET the polarisation, and None.
    charge : ndarray of float32
        x, -1 to 1.
    kept : ndarray of float32 or None
        Share of the charge that a batch leaves.
    counts : ndarray of int64
        One for each of `COUNTS`.
    """

    def __init__(self, layer, hybrid, options, curve, draws, gamma=None):
        cell = hybrid.cell
        self.layer, self.hybrid, self.cell, self.draws = layer, hybrid, cell, draws
        self.pair = not cell.ferroelectric
        # Steps of a device from 0 to 1: an eNVM device steps through `levels` pulses, as in `UpdateCurve`.
        self.steps = options.levels if self.pair else cell.polarization_levels - 1
        self.cycle_variation, self.gamma, self.device_curve = options.cycle_variation, gamma, curve
        self.curve = UpdateCurve(cell.capacitor_nonlinearity_up, cell.capacitor_nonlinearity_down, cell.lsb_levels)
        self.counts = np.zeros(len(COUNTS), np.int64)
        self._program(layer.weight)
        self.charge = np.zeros(layer.weight.shape, np.float32)
        self.kept = self._retention(layer) if hybrid.batch_time > 0 else None
        self.show()

    def _program(self, weight):
        """Write weights into the non-volatile part, exactly on its levels."""
        state = np.clip(weight * np.float32((self.cell.msb_weight + 1) / self.cell.msb_weight), -1, 1)
        if self.pair:
            state = np.rint(state * self.steps) / np.float32(self.steps)
            self.positive, self.negative = np.maximum(state, 0), np.maximum(-state, 0)
        else:
            self.positive = np.rint((state + 1) / 2 * self.steps) / np.float32(self.steps)
            self.negative = None

    def _retention(self, layer):
        """exp(-T / tau) with a tau for each cell."""
        deviation = self.draws.leak(layer.index, layer.weight.shape, self.cell.retention_spread)
        tau = np.maximum(1 + deviation, np.float32(SHORTEST_RETENTION))
        # One ratio in double precision, cut where nothing is left: times may be of any size.
        with np.errstate(over="ignore"):
            share = min(np.float64(self.hybrid.batch_time) / self.cell.retention_time, LONGEST_BATCH)
        return np.exp(np.float32(-share) / tau)

    @property
    def state_of_devices(self):
        """D of every cell, -1 to 1."""
        return self.positive - self.negative if self.pair else 2 * self.positive - 1

    def show(self):
        """Let the layer compute with what the synapses hold."""
        share = np.float32(1 / (self.cell.msb_weight + 1))
        np.multiply(self.state_of_devices, np.float32(self.cell.msb_weight) * share, out=self.layer.weight)
        self.layer.weight += self.charge * share

    # -- one batch ---------------------------------------------------------------------------------

    def step(self, learning_rate):
        """One batch: pulses for `dw = -lr v` of the normalised velocity, leak, and a transfer where it is due."""
        layer, cell = self.layer, self.cell
        pulses = layer.workspace.array("hybrid pulses", layer.weight.shape, np.int32).reshape(-1)
        offset, slope = self.curve.lines(learning_rate * (cell.msb_weight + 1), False)
        flat = [array.reshape(-1) for array in (layer.weight, layer.update, self.charge)]
        velocity, positive = layer.velocity.reshape(-1), self.positive.reshape(-1)
        negative = self.negative.reshape(-1) if self.pair else NONE
        kept = NONE if self.kept is None else self.kept.reshape(-1)
        factor = learning_rate * cell.pulses_per_weight
        moved = {}

        def count(first, last):
            moved[first] = _hybrid.count_pulses(velocity[first:last], pulses[first:last], factor)

        over_slices(count, velocity.size, least=LEAST)
        starts = np.cumsum([0, *(moved[first] for first in sorted(moved))])
        start_of = dict(zip(sorted(moved), starts, strict=False))
        noise = self.draws.charge(layer.index, int(starts[-1])) if cell.capacitor_noise > 0 else None
        sums = []

        def move(first, last):
            start = start_of[first]
            own = _zeros(moved[first]) if noise is None else noise[start : start + moved[first]]
            sums.append(_hybrid.update(
                *(array[first:last] for array in flat), pulses[first:last], own, kept[first:last],
                positive[first:last], negative[first:last], offset, slope, 2 * cell.capacitor_noise,
                2 * cell.rest_level - 1, cell.msb_weight, 0 if self.pair else 1,
            ))

        over_slices(move, velocity.size, least=LEAST)
        clips, given = (sum(part) for part in zip(*sums, strict=True))
        self._count(batches=1, pulses=given, clips=clips)
        if self.count("batches") % cell.transfer_interval == 0:
            before = layer.weight + layer.update
            self.transfer()
            self.show()
            np.subtract(before, layer.weight, out=layer.update)

    # -- transfer ----------------------------------------------------------------------------------

    def transfer(self, last=False):
        """Carry whole steps of the volatile part into the non-volatile one; what cannot be taken stays.

        With exact writes and `residue = "keep"` no weight changes.
        """
        steps_per_state = self.steps if self.pair else self.steps / 2   # D spans 2
        charge = self.charge.reshape(-1)
        wanted = charge * np.float32(steps_per_state / self.cell.msb_weight)
        np.rint(wanted, out=wanted)
        cells = np.flatnonzero(wanted)
        wanted, positive = wanted[cells], self.positive.reshape(-1)
        if self.pair:
            negative = self.negative.reshape(-1)
            state = positive[cells] - negative[cells]
        else:
            state = 2 * positive[cells] - 1
        room = np.rint((np.clip(state + wanted / np.float32(steps_per_state), -1, 1) - state) * steps_per_state)
        taken = np.flatnonzero(room)
        cells, pulses, state = cells[taken], room[taken].astype(np.int32), state[taken]
        if self.pair:
            written, given, erased = self._write_pair(positive, negative, cells, pulses, state)
        else:
            target = np.clip(positive[cells] + pulses / np.float32(self.steps), 0, 1)
            target = np.rint(target * self.steps) / np.float32(self.steps)  # a level of its own: no drift over writes
            positive[cells] = self._noisy(target, np.abs(pulses))
            written = given = len(cells)
            erased = 0
        if self.hybrid.residue == "keep":
            charge[cells] -= (pulses * np.float32(self.cell.msb_weight / steps_per_state)).astype(np.float32)
        else:
            charge.fill(0)
        self._count(transfers=1)
        if last:
            self._count(last_transfers=1, last_writes=written)
        else:
            self._count(writes=written, write_pulses=given, erases=erased)

    def _write_pair(self, positive, negative, cells, pulses, state):
        """Pulses on the device of the sign; where one is full, both are erased and one holds the difference."""
        half = 0.5 / self.steps
        grown = np.where(pulses > 0, positive[cells], negative[cells]) + np.abs(pulses) / np.float32(self.steps)
        full = grown > 1 + half
        written = given = 0
        for devices, sign in ((positive, 1), (negative, -1)):
            simple = np.flatnonzero(~full & (sign * pulses > 0))
            places = cells[simple]
            devices[places] = self._written(devices[places], np.abs(pulses[simple]), places)
            written, given = written + len(simple), given + int(np.abs(pulses[simple]).sum())
        if full.any():
            anew = cells[full]
            goal = np.rint(state[full] * self.steps + pulses[full]).astype(np.int32)
            positive[anew], negative[anew] = 0, 0
            for devices, count in ((positive, goal), (negative, -goal)):
                positive_goal = np.flatnonzero(count > 0)
                places = anew[positive_goal]
                devices[places] = self._written(devices[places], count[positive_goal], places)
                given += int(count[positive_goal].sum())
            written += 2 * len(anew)
        return written, given, int(np.count_nonzero(full))

    def _written(self, devices, pulses, cells):
        """eNVM devices (0 to 1) after potentiating pulses, with the write curve and noise of the trainer's device."""
        rows = self.layer.rows
        offset, slope = self.device_curve.lines(2.0, rows is not None)
        row = 0 if rows is None else rows[0].reshape(-1)[cells]
        column = offset.shape[1] // 2 - pulses
        return self._noisy((offset[row, column] + slope[row, column] * (2.0 * devices - 1) + 1) / 2, pulses)

    def _noisy(self, devices, pulses):
        """Write noise, independent of the pulses or (TxSim) growing with the square root of the move."""
        sigma = self.cycle_variation
        if self.gamma is not None:
            sigma = self.gamma * WRITE_SIGMA * np.sqrt(pulses / self.steps)
        if np.any(sigma):
            devices = devices + sigma * self.draws.write(self.layer.index, len(devices))
        return np.clip(devices, 0, 1).astype(np.float32)

    def finish(self):
        """The end of training: a last transfer; then the weights are what the non-volatile part holds."""
        self.transfer(last=True)
        self.charge.fill(0)
        self.show()

    # -- counters and state ------------------------------------------------------------------------

    def _count(self, **more):
        for name, value in more.items():
            self.counts[COUNTS.index(name)] += value

    def count(self, name):
        """One of `COUNTS`."""
        return int(self.counts[COUNTS.index(name)])

    def arrays(self):
        """{name: array} of all that changes or was drawn."""
        arrays = {"positive": self.positive, "negative": self.negative, "charge": self.charge, "kept": self.kept,
                  "counts": self.counts}
        return {name: array for name, array in arrays.items() if array is not None}


def _zeros(count):
    return np.zeros(count, np.float32)
