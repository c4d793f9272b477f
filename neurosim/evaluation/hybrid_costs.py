"""What hybrid-precision synapses cost an array: pulses of the update, the transfer, and the parts of a read.

The update follows from the trace. A trace does not tell what the volatile part holds when it is carried over, so the
transfer follows from the expected values `transfer_moved` and `transfer_pulses`. Luo, Yu, ASP-DAC 2020.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from neurosim.evaluation.writes import Writes, write_energy


@dataclass(frozen=True)
class HybridWrites:
    """One weight update of one subarray of hybrid cells.

    Attributes
    ----------
    written_rows : int
        Rows with a pulse.
    row_pulses : int
        Sum over the rows of the pulses of the cell that needs most.
    pulses : int
        Sum over all cells of their pulses.
    cells : int
        Cells with a pulse.
    clipped : int
        Cells whose update exceeds the range of the volatile part; they get the pulses of that range.
    rows, columns : int
        Cells that the array holds of the matrix.
    """

    written_rows: int
    row_pulses: int
    pulses: int
    cells: int
    clipped: int
    rows: int
    columns: int


def count_pulses(new, old, charges):
    """`HybridWrites` that change the weights of one array.

    Parameters
    ----------
    new, old : (rows, columns)
        Weights, from -1 to 1.
    charges : Charges

    Each cell takes `n = round(|new - old| (F + 1) Nc / 2)` pulses, at most the Nc of its whole range.
    """
    pulses = np.subtract(new, old, dtype=float)
    np.abs(pulses, out=pulses)
    pulses *= charges.pulses_per_weight
    np.rint(pulses, out=pulses)
    most = charges.lsb_levels
    clipped = int(np.count_nonzero(pulses > most))
    np.minimum(pulses, most, out=pulses)
    longest = pulses.max(axis=1)
    return HybridWrites(
        written_rows=int(np.count_nonzero(longest)),
        row_pulses=int(longest.sum()),
        pulses=int(pulses.sum()),
        cells=int(np.count_nonzero(pulses)),
        clipped=clipped,
        rows=pulses.shape[0],
        columns=pulses.shape[1],
    )


@dataclass(frozen=True)
class Transfer:
    """The expected writes of one transfer of one subarray.

    Attributes
    ----------
    moved : float
        Cells whose non-volatile part changes.
    pulses : float
        Write pulses of all of them.
    longest_up, longest_down : float
        Pulses that a row waits for: of the first and of the second device of the pair, or the program and the erase
        pulses of an FeFET.
    """

    moved: float
    pulses: float
    longest_up: float
    longest_down: float


def expected_transfer(synapse, rows, columns):
    """`Transfer` of `rows` x `columns` cells.

    hybrid-3t1c   a moved device takes 1 to 2p - 1 pulses with equal probability, p = `transfer_pulses`, never more
                  than the whole range of the capacitor is worth; up and down are equally likely. A row waits for the
                  longest in each direction, if it has any such cell.
    2t1fefet      a moved cell takes an erase and a program pulse; a row takes one erase pulse and one program pulse
                  for each voltage.
    """
    cells = rows * columns
    moved = synapse.transfer_moved * cells
    if synapse.ferroelectric:
        some = min(1.0, synapse.transfer_moved * columns)
        return Transfer(moved, 2 * moved, some * synapse.polarization_levels, some)
    mean = min(synapse.transfer_pulses, synapse.longest_transfer)
    longest = min(2 * mean - 1, synapse.longest_transfer)
    some = min(1.0, synapse.transfer_moved * columns / 2)
    return Transfer(moved, mean * moved, some * longest, some * longest)


def transfer_items(array, rows, columns, gate_capacitance=0.0):
    """One transfer of `rows` x `columns` cells of a `HybridArray`, as a dict of (latency [s], energy [J]).

    `gate_capacitance` is that of an FeFET [F].

    The volatile parts are sensed row by row (`transfer_read`), then the non-volatile parts are written as those of an
    eNVM array are: latency = rows t_read + sum over rows (longest up + longest down) t_write, and the drivers.
    `transfer_pulses` counts (pulses one after the other, all pulses).
    """
    synapse = array.synapse
    expected = expected_transfer(synapse, rows, columns)
    read = tuple(rows * value for value in array.transfer_read(columns))
    if not expected.moved:
        return {"transfer": read, "transfer_read": read}
    # Program pulses of different voltages go to different columns; an erase pulse goes to all that move.
    up = down = expected.moved / rows
    if synapse.ferroelectric:
        up /= synapse.polarization_levels
    else:
        up, down = up / 2, down / 2
    writes = Writes(
        set_rows=rows,
        reset_rows=rows,
        set_columns=up,
        reset_columns=down,
        set_pulses=rows * expected.longest_up,
        reset_pulses=rows * expected.longest_down,
        rows=rows,
        columns=columns,
        charge=expected.pulses * mean_conductance(array),
    )
    energy = write_energy(array, writes, gate_capacitance)
    written = array.write_update(
        writes.row_activity, writes.column_activity, writes.pulses, energy, row_pulses=writes.pulses_per_row()
    )
    return {
        "transfer": (read[0] + written["latency"], read[1] + written["energy"]),
        "transfer_read": read,
        "transfer_pulses": (writes.pulses, expected.pulses),
    }


def mean_conductance(array):
    """Mean conductance of the states of a non-volatile device [S]."""
    cell = array.cell.cell
    return (1 / cell.resistance_on + 1 / cell.resistance_off) / 2


def write_pulse_energy(array, gate_capacitance=0.0):
    """Energy of one write pulse of a non-volatile device [J].

    An eNVM device takes V^2 G t, its lines left out. An FeFET takes no current: its pulse charges its column with the
    gates on it.
    """
    cell = array.cell.cell
    full = cell.write_voltage**2
    if array.synapse.ferroelectric:
        return (array.cap_column + gate_capacitance * array.rows) * full
    return full * mean_conductance(array) * cell.write_pulse


def hybrid_items(array, stats, reads, gate_capacitance=0.0):
    """What `Cost.of` takes of one subarray of hybrid cells, as a dict of (latency, energy).

    Parameters
    ----------
    array : HybridArray
    stats : ArrayStats
    reads : dict
        Of `neurosim.circuits._columns.read_vectors`.
    gate_capacitance : float
        Of an FeFET [F].

    `weight_update` is the pulse update and the part 1/K of a transfer; `update` and `transfer` are these two, the
    transfer a whole one; `msb`, `lsb` and `join` add up to the forward read; see `costs.ITEMS`.
    """
    writes = stats.writes
    update = array.update(writes.written_rows, writes.row_pulses, writes.pulses, writes.cells)
    items = transfer_items(array, writes.rows, writes.columns, gate_capacitance)
    interval = array.synapse.transfer_interval
    items["weight_update"] = tuple(a + b / interval for a, b in zip(update, items["transfer"], strict=True))
    items["update"] = update
    items["update_pulses"] = writes.row_pulses, writes.pulses
    return items | read_parts(array, stats, reads)


def read_parts(array, stats, reads):
    """(latency [s], energy [J]) of the parts of all forward reads of one subarray; both passes wait alike."""
    vectors = len(stats.activity)
    own = array.part_energies(vectors, float(np.sum(stats.activity)))
    if array.passes == 1:
        whole = reads["latency"], reads["energy"]
        return {"msb": whole, "lsb": (0.0, 0.0), "join": (0.0, 0.0)}
    join = array.join_latency() * vectors
    latency = (reads["latency"] - join) / 2
    common = (reads["energy"] - own["msb"] - own["lsb"] - own["join"]) / 2
    return {
        "msb": (latency, common + own["msb"]),
        "lsb": (latency, common + own["lsb"]),
        "join": (join, own["join"]),
    }


@dataclass(frozen=True)
class Charges:
    """Hybrid cells take pulses of charge, and now and then a transfer.

    Attributes
    ----------
    pulses_per_weight, lsb_levels : float, int
        As of `HybridCell`.
    """

    record: ClassVar = HybridWrites
    pulses_per_weight: float
    lsb_levels: int

    @classmethod
    def of(cls, design):
        """Those of a `Design` with a hybrid memory."""
        return cls.of_synapse(design.synapse)

    @classmethod
    def of_synapse(cls, synapse):
        """Those of a `HybridCell`."""
        return cls(synapse.pulses_per_weight, synapse.lsb_levels)

    def count(self, arrays, part, cells):
        """`HybridWrites` of one array; see `Pulses.count`."""
        return count_pulses(arrays.held(arrays.weight, part)[0], arrays.held(arrays.weight_old, part)[0], self)

    def cost(self, chip, stats, reads, residue, passes):
        """{item of `Cost`: (latency [s], energy [J])} of one array; see `Pulses.cost`."""
        return hybrid_items(chip.array, stats, reads, chip.design.fefet_gate_capacitance)
