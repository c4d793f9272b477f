"""What a trace means for each subarray: column conductances, row activities, write pulses.

This is the only place where traces meet the floorplan. Nothing here knows a circuit except
`array_cost`, which hands the statistics to one.
"""

from dataclasses import dataclass

import numpy as np

from neurosim.chip.costs import Cost
from neurosim.evaluation.hybrid_costs import count_pulses, hybrid_items
from neurosim.evaluation.writes import Writes, averaged, count_writes, write_energy
from neurosim.traces.traces import weights

# Column resistances that are held at a time: what the second-level cache holds.
BLOCK = 32768


@dataclass(frozen=True)
class ArrayStats:
    """What one subarray sees of a layer's trace.

    Attributes
    ----------
    activity : ndarray, (bit planes of input vectors,)
        Share of the mapped rows that are active.
    conversions : dict
        {key of an ADC: (latency, energy) of converting all columns once, for every bit plane}.
    writes : Writes, HybridWrites or None
        The weight update, with training.
    """

    activity: np.ndarray
    conversions: dict
    writes: Writes | None


class ArrayReader:
    """Turns traces into `ArrayStats` for a design and the ADCs that look at its columns.

    Parameters
    ----------
    design : Design
    cell : PlacedCell
        For the resistance of its access device.
    adcs : dict
        {key: ColumnConverter}
    """

    def __init__(self, design, cell, adcs):
        self.design = design
        self.cell = cell
        self.adcs = adcs
        self.step = (design.conductance_max - design.conductance_min) / design.max_write_pulses
        # Quirk: the current through a 1T1R cell passes `resistance_access`, not the transistor that the array's
        # layout is sized for; an FeFET has none. An SRAM cell is one transistor and one piece of wire.
        sram = design.memory == "SRAM"
        behind_transistor = design.memory in ("RRAM", "hybrid-3t1c") and design.access == "cmos"
        self.wiring = {
            "along": design.wires.row,
            "down": design.wires.column,
            "access": cell.access_resistance if sram else design.resistance_access if behind_transistor else 0.0,
            "constant": sram,
        }
        self.average = not (design.parallel_read or sram)

        self.synapse = cell.cell.synapse
        self.span = design.conductance_max - design.conductance_min
        self.linear = not sram and design.synapse_bits == design.effective_cell_bits
        self.split = {
            "synapse_bits": design.synapse_bits,
            "cell_bits": design.effective_cell_bits,
            "weight_max": design.weight_max,
            "weight_min": design.weight_min,
        }

    def layer(self, trace):
        """The arrays of one layer."""
        return LayerReader(self, trace)

    def conductances(self, weight):
        """Conductances of all cells of a weight matrix [S]."""
        from neurosim.circuits._columns import linear_conductances, split_conductances

        if self.linear:
            return linear_conductances(weight, self.span, self.design.conductance_min)
        return split_conductances(weight, span=self.span, low=self.design.conductance_min, **self.split)


class LayerReader:
    """The arrays of one layer; `measure` may be called from several threads."""

    def __init__(self, reader, trace):
        self.reader = reader
        self.inputs = trace.inputs
        self.weight = trace.weight
        self.weight_old = trace.weight_old
        self._alike = {}  # what arrays of columns that are all alike make of their inputs, by rows and columns

    def held(self, weight, part):
        """The weights with cells in one array, and which of these cells is its first."""
        width = self.reader.design.cells_per_synapse
        first, last = part.columns.start // width, -(-part.columns.stop // width)
        return weights(weight[part.rows.start : part.rows.stop, first:last]), part.columns.start - first * width

    def cells(self, weight, part):
        """Conductances of one array's cells [S]."""
        held, first = self.held(weight, part)
        return self.reader.conductances(held)[:, first : first + len(part.columns)]

    def measure(self, part):
        """`ArrayStats` of one `ArrayMap`."""
        reader = self.reader
        writes = None
        if reader.wiring["constant"]:
            activity, conversions = self._read_alike(part.rows, len(part.columns))
            if reader.design.training:
                writes = self._flips(part)
        else:
            cells = self.cells(self.weight, part)
            activity, conversions = self._read(self.inputs[part.rows.start : part.rows.stop], cells)
            if reader.synapse is not None:
                writes = count_pulses(self.held(self.weight, part)[0], self.held(self.weight_old, part)[0],
                                      reader.synapse)
            elif reader.design.training:
                writes = count_writes(cells, self.cells(self.weight_old, part), reader.step)
        return ArrayStats(activity, conversions, writes)

    def _read_alike(self, rows, columns):
        """Activity and conversions of an SRAM array, whose cells all carry the same current, whatever they hold.

        One column stands for all, and the number of conducting rows for the input vector. Arrays beside each other
        see the same inputs.
        """
        from neurosim.circuits._columns import count_rows

        known = self._alike.get((rows, columns))
        if known is None:
            inputs = self.inputs[rows.start : rows.stop]
            count, activity = np.empty(inputs.shape[1], np.int32), np.empty(inputs.shape[1])
            count_rows(inputs, count, activity)
            # Vector k of these has k conducting rows.
            counts = np.tri(len(rows) + 1, len(rows), -1, np.uint8).T.copy()
            _, conversions = self._read(counts, np.zeros((len(rows), 1)), columns)
            conversions = {key: tuple(values[count] for values in pair) for key, pair in conversions.items()}
            known = self._alike[rows, columns] = activity, conversions
        return known

    def _read(self, inputs, cells, copies=1):
        """Activity, and every ADC's conversions, of columns that are there `copies` times."""
        from neurosim.circuits._columns import column_resistances, convert_columns, path_conductances

        reader, planes = self.reader, inputs.shape[1]
        path = path_conductances(cells, **reader.wiring)
        activity = np.empty(planes)
        conversions = {key: (np.empty(planes), np.empty(planes)) for key in reader.adcs}
        scratch = np.empty((min(max(BLOCK // cells.shape[1], 1), planes), cells.shape[1]))
        for start in range(0, planes, len(scratch)):
            some = slice(start, min(start + len(scratch), planes))
            resistance = scratch[: some.stop - start]
            column_resistances(inputs, path, resistance, activity[some], start=start, average=reader.average)
            for key, adc in reader.adcs.items():
                convert_columns(adc, resistance, *(values[some] for values in conversions[key]), copies)
        return activity, conversions

    def _flips(self, part):
        from neurosim.circuits._columns import flips

        new, first = self.held(self.weight, part)
        old, _ = self.held(self.weight_old, part)
        counted = flips(new, old, first, len(part.columns), **self.reader.split)
        return averaged(counted, len(part.rows), len(part.columns))


def conversion_key(adc):
    """The key of a converter in `ArrayStats.conversions`; None without one."""
    return None if adc is None else adc.conversion_key


def array_cost(chip, stats, residue):
    """`Cost` of one subarray of a chip for all input vectors of an image and one weight update."""
    from neurosim.circuits._columns import read_vectors

    array, design = chip.array, chip.design
    # Quirk: the transposed read-out sees the columns of the forward one.
    forward, backward = (stats.conversions.get(conversion_key(adc)) for adc in array.converters)
    reads = read_vectors(array, stats.activity, forward, backward)
    update, parts = (0.0, 0.0), {}
    if design.hybrid:
        parts = hybrid_items(array, stats, reads, design.fefet_gate_capacitance)
        update = parts.pop("weight_update")
    elif stats.writes is not None:
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
        **parts,
    )
