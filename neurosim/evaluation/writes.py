"""Weight updates of arrays: how they are counted from a trace, and what they cost.

`UPDATES` has the ways; a memory names its own. To add one: a frozen dataclass with what the counting depends on, a
`record` (the dataclass of what is counted), and the methods of `Pulses`.
"""

from dataclasses import dataclass
from typing import ClassVar

from neurosim._names import resolve
from neurosim.circuits._weights import flips, polarisation_charge, write_pulses


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

    def pulses_per_row(self, of="all rows"):
        """Mean pulses of a row, cut off: of all rows, or of the "written rows" (of half of them, at least one)."""
        if of == "all rows":
            return self.pulses // self.rows
        return int(self.pulses / max(1, (self.set_rows + self.reset_rows) / 2))

    @property
    def row_activity(self):
        """Share of the rows in a mean write = (set_rows + reset_rows) / (2 rows)."""
        return (self.set_rows + self.reset_rows) / 2 / self.rows

    @property
    def column_activity(self):
        """Share of the columns in a mean write = (set_columns + reset_columns) / (2 columns)."""
        return (self.set_columns + self.reset_columns) / 2 / self.columns


def count_writes(new, old, step):
    """`Writes` of one subarray of eNVM cells from its conductances; see `neurosim.circuits._columns.write_pulses`."""
    return averaged(write_pulses(new, old, step), *new.shape)


def averaged(counted, rows, columns):
    """`Writes` from the counts of `neurosim.circuits._columns` in an array of `rows` x `columns` cells."""
    sets, resets = counted.pop("set_cells"), counted.pop("reset_cells")
    # Quirk Q13: all set cells are shared out over the set rows, though a set row's resets are not its own.
    return Writes(
        set_columns=sets // counted["set_rows"] if counted["set_rows"] else 0,
        reset_columns=resets // counted["reset_rows"] if counted["reset_rows"] else 0,
        rows=rows,
        columns=columns,
        **counted,
    )


def write_energy(array, writes, gate_capacitance=0.0, row_pulses="all rows"):
    """Energy in the cells and lines of one subarray for one weight update [J].

        cells          E = V^2 t sum over the changed cells of pulses G; none in an FeFET, which takes no current
        1T1R           E = C_word V_dd^2 pulses + V^2 pulses (C_bit selected + C_source others), or the other way round
        FeFET          E = C_word V_dd^2 pulses + V^2 pulses selected (C_column + C_gate rows)
        cross-point    E = V^2 pulses C of the selected lines + (V/2)^2 pulses (C + (G_on + G_off) t / 2) of the others

    Parameters
    ----------
    array : SubArray
    writes : Writes
    gate_capacitance : float
        Of an FeFET [F].
    row_pulses : str
        What the pulses of a mean row are counted over, see `Writes.pulses_per_row`.

    Source: Chen, Peng, Yu, "NeuroSim", IEEE TCAD 37(12), 2018, write schemes of 1T1R and cross-point arrays.
    """
    placed = array.cell
    cell = placed.cell
    voltage = cell.write_voltage
    full = voltage * voltage
    in_cells = 0.0 if cell.kind.ferroelectric else full * cell.write_pulse * writes.charge
    ups, downs = writes.set_pulses, writes.reset_pulses
    if cell.has_transistor:
        supply = array.tech.vdd * array.tech.vdd
        word_lines = array.cap_word_line * supply * (ups + downs)
        if cell.kind.ferroelectric:
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
        energy += array.cap_row * half * idle_rows * writes.pulses_per_row(row_pulses)
        energy += array.cap_column * half * idle_columns * pulses
        energy += leak * (idle_columns + idle_rows) * pulses
    return energy


def _others(lines, selected):
    """Lines that are not selected; all of them if more are selected than there are."""
    return lines - selected if lines >= selected else lines


@dataclass(frozen=True)
class Pulses:
    """eNVM cells are written by pulses, each of which changes a cell by one step of its conductance.

    Attributes
    ----------
    step : float
        [S]
    """

    record: ClassVar[type] = Writes
    step: float

    @classmethod
    def of(cls, design):
        """Those of a `Design`: step = (G_max - G_min) / pulses over the whole range."""
        return cls((design.conductance_max - design.conductance_min) / design.max_write_pulses)

    def count(self, arrays, part, cells):
        """The record of one array.

        Parameters
        ----------
        arrays : LayerReader
        part : ArrayMap
        cells : ndarray, (rows, columns)
            New conductances [S]; None where all cells conduct alike.
        """
        return count_writes(cells, arrays.cells(arrays.weight_old, part), self.step)

    def cost(self, chip, stats, reads, residue, passes):
        """{item of `Cost`: (latency [s], energy [J])} of one array, "weight_update" among them.

        Parameters
        ----------
        chip : Chip
        stats : ArrayStats
        reads : dict
            Of `neurosim.circuits._columns.read_vectors`.
        residue : Residue
        passes : Passes
        """
        array, writes = chip.array, stats.writes
        # Quirk Q41: one update; the reference repeats it for every input vector, and the last one counts.
        # Quirk U20: a driver that remembers has added its time up over the vectors since the update before.
        remembers = chip.design.rules.drivers_remember
        written = array.write_update(
            writes.row_activity,
            writes.column_activity,
            writes.pulses,
            self.energy(chip, writes),
            vectors=len(stats.activity) if remembers else 1,
            previous=residue.driver_latency if remembers else 0.0,
            back=passes.backward,
            row_pulses=writes.pulses_per_row(chip.design.rules.row_pulses),
        )
        residue.driver_latency = written["driver_latency"]
        return {"weight_update": (written["latency"], written["energy"])}

    def energy(self, chip, writes):
        """Energy in cells and lines [J]."""
        design = chip.design
        return write_energy(chip.array, writes, design.fefet_gate_capacitance, design.rules.row_pulses)


@dataclass(frozen=True)
class PolarisedWrites(Writes):
    """`Writes` of FeFETs, and the polarisation that they switch.

    Attributes
    ----------
    polarisation : float
        Sum over changed cells, erased and programmed [uC/cm^2].
    """

    polarisation: float


@dataclass(frozen=True)
class Polarisations(Pulses):
    """FeFETs whose update switches their polarisation, too: E = sum |p + P_s| V A, A = 2 F^2, erased and programmed.

    Attributes
    ----------
    levels : int
        n, from one end of the polarisation to the other.
    saturation : float
        P_s [uC/cm^2].
    """

    record: ClassVar[type] = PolarisedWrites
    levels: int
    saturation: float

    @classmethod
    def of(cls, design):
        return cls(Pulses.of(design).step, design.max_write_pulses, design.polarization)

    def count(self, arrays, part, cells):
        old = arrays.cells(arrays.weight_old, part)
        switched = polarisation_charge(cells, old, self.step, self.levels, self.saturation)
        return PolarisedWrites(**vars(count_writes(cells, old, self.step)), polarisation=switched)

    def energy(self, chip, writes):
        feature, voltage = chip.design.technology.feature_size, chip.array.cell.cell.write_voltage
        # 1 uC/cm^2 is 0.01 C/m^2.
        return writes.polarisation * 0.01 * voltage * (2 * feature * feature) + super().energy(chip, writes)


@dataclass(frozen=True)
class Flips(Pulses):
    """SRAM cells that change are written once; an SRAM array counts the energy itself."""

    step: float = 0.0

    @classmethod
    def of(cls, design):
        return cls()

    def count(self, arrays, part, cells):
        new, first = arrays.held(arrays.weight, part)
        old, _ = arrays.held(arrays.weight_old, part)
        counted = flips(new, old, first, len(part.columns), **arrays.reading.split)
        return averaged(counted, len(part.rows), len(part.columns))

    def energy(self, chip, writes):
        return 0.0


# name -> way, or "module:name" of it
UPDATES = {
    "pulses": Pulses,
    "polarisations": Polarisations,
    "flips": Flips,
    "charges": "neurosim.evaluation.hybrid_costs:Charges",
}


def update_of(design):
    """The way in which a design's weights are updated; None without training."""
    if not design.training:
        return None
    kind = design.memory_kind
    writes = kind.writes
    if writes == "pulses" and kind.ferroelectric and design.rules.fefet_write == "polarisation":
        writes = "polarisations"
    return resolve(UPDATES[writes] if isinstance(writes, str) else writes).of(design)
