"""What a trace means for each subarray: column conductances, row activities, write pulses.

This is the only place where traces meet the floorplan. Nothing here knows a circuit except
`array_cost`, which hands the statistics to one.
"""

from dataclasses import dataclass

import numpy as np

from neurosim.cells import conductances
from neurosim.costs import Cost


@dataclass(frozen=True)
class Writes:
    """One weight update of one subarray.

    Attributes
    ----------
    set_rows, reset_rows : int
        Rows that are written up, and rows that are only written down.
    set_columns, reset_columns : int
        Mean columns of a written row (integer division).
    set_pulses, reset_pulses : int
        Pulses, the longest of each row.
    rows, columns : int
        Cells that the array holds of the matrix.
    charge : float
        Sum over changed cells of pulses times conductance [S].
    """

    set_rows: int
    reset_rows: int
    set_columns: int
    reset_columns: int
    set_pulses: int
    reset_pulses: int
    rows: int
    columns: int
    charge: float

    @property
    def pulses(self):
        return self.reset_pulses + self.set_pulses

    @property
    def pulses_per_row(self):
        """Mean pulses of a row (integer division)."""
        return self.pulses // self.rows

    @property
    def row_activity(self):
        return (self.set_rows + self.reset_rows) / 2 / self.rows

    @property
    def column_activity(self):
        return (self.set_columns + self.reset_columns) / 2 / self.columns


def count_writes(new, old, step, binary):
    """`Writes` of one subarray from its conductances; see `neurosim._columns.write_pulses`."""
    from neurosim._columns import write_pulses

    counted = write_pulses(new, old, step, binary)
    # Quirk: all set cells are shared out over the set rows, though a set row's resets are not its own.
    sets, resets = counted.pop("set_cells"), counted.pop("reset_cells")
    return Writes(
        set_columns=sets // counted["set_rows"] if counted["set_rows"] else 0,
        reset_columns=resets // counted["reset_rows"] if counted["reset_rows"] else 0,
        rows=new.shape[0],
        columns=new.shape[1],
        **counted,
    )


def write_energy(array, writes, gate_capacitance=0.0):
    """Energy in the cells and lines of one subarray for one weight update [J].

    Parameters
    ----------
    array : SubArray
    writes : Writes
    gate_capacitance : float
        Of an FeFET [F].

    Source: Chen, Peng, Yu, "NeuroSim", IEEE TCAD 37(12), 2018, write schemes of 1T1R and cross-point arrays.
    An SRAM array counts its own write energy: 0 here.
    """
    placed = array.cell
    cell = placed.cell
    if cell.memory == "SRAM":
        return 0.0
    voltage = cell.write_voltage
    full = voltage * voltage
    in_cells = 0.0 if cell.memory == "FeFET" else full * cell.write_pulse * writes.charge
    ups, downs = writes.set_pulses, writes.reset_pulses
    if cell.has_transistor:
        supply = array.tech.vdd * array.tech.vdd
        word_lines = array.cap_word_line * supply * (ups + downs)
        if cell.memory == "FeFET":
            # The gates of all written rows hang on every selected column.
            columns = [
                (array.cap_column + gate_capacitance * rows) * full * columns * pulses
                for rows, columns, pulses in (
                    (writes.set_rows, writes.set_columns, ups),
                    (writes.reset_rows, writes.reset_columns, downs),
                )
            ]
            return in_cells + word_lines + sum(columns)
        # Set: bit lines of the selected, source lines of the other columns; reset: the other way round.
        sets = array.cap_column * _others(writes.columns, writes.set_columns) + array.cap_row * writes.set_columns
        resets = array.cap_column * writes.reset_columns + array.cap_row * _others(writes.columns, writes.reset_columns)
        return in_cells + word_lines + full * (sets * ups + resets * downs)
    # Cross-point, V/2 scheme: unselected lines at half the voltage, half-selected cells conduct.
    half = voltage / 2 * voltage / 2
    leak = half * (1 / placed.resistance_on_half_write + 1 / placed.resistance_off_half_write) / 2 * cell.write_pulse
    energy = in_cells + array.cap_row * full * ups + array.cap_column * full * downs
    for rows, columns, pulses in (
        (writes.set_rows, writes.set_columns, ups),
        (writes.reset_rows, writes.reset_columns, downs),
    ):
        idle_rows, idle_columns = _others(writes.rows, rows), _others(writes.columns, columns)
        energy += array.cap_row * half * idle_rows * writes.pulses_per_row
        energy += array.cap_column * half * idle_columns * pulses
        energy += leak * (idle_columns + idle_rows) * pulses
    return energy


def _others(lines, selected):
    """Lines that are not selected; all of them if more are selected than there are."""
    return lines - selected if lines >= selected else lines


@dataclass(frozen=True)
class ArrayStats:
    """What one subarray sees of a layer's trace.

    Attributes
    ----------
    conductance : ndarray, (bit planes of input vectors, columns)
        What each column shows to its ADC [S].
    activity : ndarray, (bit planes of input vectors,)
        Share of the mapped rows that are active.
    writes : Writes or None
        The weight update, with training.
    """

    conductance: np.ndarray
    activity: np.ndarray
    writes: Writes | None


class ArrayReader:
    """Turns traces into `ArrayStats` for a design.

    Parameters
    ----------
    design : Design
    array : SubArray
        For the resistance of its access device.
    """

    def __init__(self, design, array):
        self.design = design
        self.cell_resistance = array.cell.access_resistance
        self.step = (design.conductance_max - design.conductance_min) / design.max_write_pulses

    def layer(self, trace):
        """The statistics of one layer, computed array by array."""
        return _LayerReader(self, trace)

    def conductances(self, weight):
        """Conductances of all cells of a weight matrix [S]."""
        design = self.design
        return conductances(
            weight,
            linear=design.memory != "SRAM" and design.synapse_bits == design.effective_cell_bits,
            synapse_bits=design.synapse_bits,
            cell_bits=design.effective_cell_bits,
            conductance_max=design.conductance_max,
            conductance_min=design.conductance_min,
            weight_max=design.weight_max,
            weight_min=design.weight_min,
        )

    def columns(self, conducts, cells):
        """Conductance of every column for every bit plane [S].

        Parameters
        ----------
        conducts : ndarray of bool or uint8, (rows, planes)
            Which rows conduct.
        cells : ndarray, (rows, columns)
            Conductance of each cell [S].

        Returns
        -------
        ndarray, (planes, columns)
        """
        return column_conductances(
            conducts,
            cells,
            self.design.memory,
            row_wire=self.design.wires.row,
            column_wire=self.design.wires.column,
            access=self.access_resistance,
            average=not self.design.parallel_read,
        )

    @property
    def access_resistance(self):
        """Resistance in series with a cell's own, as its column shows it [ohm].

        Quirk: the current through a 1T1R cell passes `resistance_access`, not the transistor that the array's
        layout is sized for; an FeFET has none.
        """
        design = self.design
        if design.memory == "SRAM":
            return self.cell_resistance
        return design.resistance_access if design.memory == "RRAM" and design.access == "cmos" else 0.0


def column_conductances(conducts, cells, memory, *, row_wire, column_wire, access, average):
    """Conductance that each column of an array shows to its ADC [S], for every bit plane.

    Every cell is in series with the wires of its own path only: the row up to its column and the column
    down from its row (no sneak paths, no shared IR drop).

    Parameters
    ----------
    conducts : ndarray of bool or uint8, (rows, planes)
    cells : ndarray, (rows, columns)
        Conductance of each cell [S].
    memory : str
        "SRAM", "RRAM" or "FeFET".
    row_wire, column_wire : float
        Wire resistance per cell along a row and along a column [ohm].
    access : float
        Resistance in series with each cell [ohm].
    average : bool
        Row-by-row read-out: the mean over the conducting rows (no number where there are none).

    Returns
    -------
    ndarray, (planes, columns)
    """
    rows, columns = cells.shape
    selected = np.ascontiguousarray(conducts.T, dtype=np.float64)
    if memory == "SRAM":
        # Quirk: one cell and one piece of wire a row, whatever is stored and wherever it lies.
        path = np.full((rows, columns), 1.0 / (access + column_wire))
    else:
        along = (np.arange(columns) + 1) * row_wire
        down = ((rows - np.arange(rows)) * column_wire)[:, None]
        path = 1.0 / (((1.0 / cells + along) + down) + access)
    total = selected @ path
    if average and memory != "SRAM":
        with np.errstate(invalid="ignore", divide="ignore"):
            total /= selected.sum(axis=1)[:, None]
    return total


class _LayerReader:
    """The arrays of one layer."""

    def __init__(self, reader, trace):
        self.reader = reader
        self.inputs = trace.inputs
        self.new = reader.conductances(trace.weight)
        self.old = reader.conductances(trace.weight_old) if reader.design.training else None

    def measure(self, part):
        """`ArrayStats` of one `ArrayMap`."""
        rows, columns = slice(part.rows.start, part.rows.stop), slice(part.columns.start, part.columns.stop)
        inputs, cells = self.inputs[rows], np.ascontiguousarray(self.new[rows, columns])
        writes = None
        if self.old is not None:
            design = self.reader.design
            old = np.ascontiguousarray(self.old[rows, columns])
            writes = count_writes(cells, old, self.reader.step, design.memory == "SRAM")
        active = np.count_nonzero(inputs & 2, axis=0)
        return ArrayStats(self.reader.columns(inputs & 1, cells), active / len(part.rows), writes)


def array_cost(chip, stats, residue):
    """`Cost` of one subarray of a chip for all input vectors of an image and one weight update."""
    from neurosim._columns import read_vectors

    array, design = chip.array, chip.design
    reads = read_vectors(array, stats.conductance, stats.activity)
    update = 0.0, 0.0
    if stats.writes is not None:
        writes = stats.writes
        written = array.write_update(
            writes.row_activity,
            writes.column_activity,
            writes.pulses,
            write_energy(array, writes, design.fefet_gate_capacitance),
            vectors=1 if "U20" in design.corrections else len(stats.activity),
            previous=0.0 if "U20" in design.corrections else residue.driver_latency,
        )
        residue.driver_latency = written["driver_latency"]
        update = written["latency"], written["energy"]
    return Cost.of(
        forward=(reads["latency"], reads["energy"]),
        activation_gradient=(reads["latency_ag"], reads["energy_ag"]),
        weight_update=update,
        adc=(reads["latency_adc"], reads["energy_adc"]),
        accumulation=(reads["latency_accumulation"], reads["energy_accumulation"]),
        array=(reads["latency_other"], reads["energy_other"]),
    )
