"""What a trace means for each subarray: column resistances, row activities, conversions, weight updates.

This is the only place where traces meet the floorplan. What it depends on besides the trace and the converters is a
`Reading`, and nothing else reaches it: so designs with equal readings share the work, and a cache can keep it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neurosim.circuits._columns import column_resistances, convert_columns, count_rows, path_conductances
from neurosim.circuits._weights import linear_conductances, split_conductances
from neurosim.evaluation.writes import update_of
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
        {`Sensed`: (latency, energy) of converting all columns once, for every bit plane}.
    writes : record of an update of `writes.UPDATES`, or None
        The weight update, with training.
    """

    activity: np.ndarray
    conversions: dict[object, tuple[np.ndarray, np.ndarray]]
    writes: object


@dataclass(frozen=True)
class Reading:
    """Everything that the statistics of arrays depend on besides the trace and the converters.

    Attributes
    ----------
    floorplan : Floorplan
    input_bits : int
    along, down : float
        Wire resistance per cell along a row and down a column [ohm].
    access : float
        Resistance in series with each cell [ohm].
    constant : bool
        Whether every cell carries the same current, whatever it holds and wherever it lies (SRAM).
    average : bool
        Whether the rows are read one by one, so that a converter sees the mean of the active cells.
    linear : bool
        Whether one cell holds a whole weight.
    low, span : float
        Conductance of the lowest state, and the range above it [S].
    synapse_bits, cell_bits : int
    weight_max, weight_min : float
        Range of the algorithm's weights, where several cells hold one.
    digits : bool
        Whether several cells of a weight hold its digits.
    update : object or None
        How weight updates are counted, see `writes.UPDATES`; None without training.
    """

    floorplan: object
    input_bits: int
    along: float
    down: float
    access: float
    constant: bool
    average: bool
    linear: bool
    low: float
    span: float
    synapse_bits: int
    cell_bits: int
    weight_max: float
    weight_min: float
    digits: bool
    update: object

    @classmethod
    def of(cls, planned):
        """The reading of a `Plan`."""
        design, cell = planned.design, planned.chip.array.cell
        kind = design.memory_kind
        # Quirk Q16: the current through a 1T1R cell passes `resistance_access`, not the transistor that the array's
        # layout is sized for; an FeFET has none. An SRAM cell is one transistor and one piece of wire.
        access = 0.0
        if kind.volatile:
            access = cell.access_resistance
        elif kind.through_access and design.access == "cmos":
            access = design.resistance_access
        linear = not kind.volatile and design.synapse_bits == design.effective_cell_bits
        return cls(
            floorplan=planned.floorplan,
            input_bits=design.input_bits,
            along=design.wires.row,
            down=design.wires.column,
            access=access,
            constant=kind.volatile,
            average=not (design.parallel_read or kind.volatile),
            linear=linear,
            low=design.conductance_min,
            span=design.conductance_max - design.conductance_min,
            synapse_bits=design.synapse_bits,
            cell_bits=design.effective_cell_bits,
            weight_max=design.weight_max,
            weight_min=design.weight_min,
            digits=design.rules.cells_hold_digits and not linear,
            update=update_of(design),
        )

    @property
    def cells(self):
        """Cells of a weight."""
        return -(-self.synapse_bits // self.cell_bits)

    @property
    def wiring(self):
        """Keywords of `path_conductances`."""
        return {"along": self.along, "down": self.down, "access": self.access, "constant": self.constant}

    @property
    def split(self):
        """Keywords that tell how a weight is split into cells."""
        return {"synapse_bits": self.synapse_bits, "cell_bits": self.cell_bits, "weight_max": self.weight_max,
                "weight_min": self.weight_min, "digits": self.digits}  # fmt: skip

    def conductances(self, weight):
        """Conductances of all cells of a weight matrix [S]."""
        if self.linear:
            return linear_conductances(weight, self.span, self.low)
        return split_conductances(weight, span=self.span, low=self.low, **self.split)


class ArrayReader:
    """Turns traces into `ArrayStats` as the converters of some designs see them.

    Parameters
    ----------
    reading : Reading
    adcs : dict
        {`Sensed`: ColumnConverter}
    """

    def __init__(self, reading, adcs):
        self.reading = reading
        self.adcs = adcs

    def layer(self, trace):
        """The arrays of one layer."""
        return LayerReader(self, trace)


class LayerReader:
    """The arrays of one layer; `measure` may be called from several threads."""

    def __init__(self, reader, trace):
        self.reader, self.reading = reader, reader.reading
        self.inputs = trace.inputs
        self.weight = trace.weight
        self.weight_old = trace.weight_old
        self._alike = {}  # what arrays of columns that are all alike make of their inputs, by rows and columns

    def held(self, weight, part):
        """The weights with cells in one array, and which of these cells is its first."""
        width = self.reading.cells
        first, last = part.columns.start // width, -(-part.columns.stop // width)
        return weights(weight[part.rows.start : part.rows.stop, first:last]), part.columns.start - first * width

    def cells(self, weight, part):
        """Conductances of one array's cells [S]."""
        held, first = self.held(weight, part)
        return self.reading.conductances(held)[:, first : first + len(part.columns)]

    def measure(self, part):
        """`ArrayStats` of one `ArrayMap`."""
        cells = None
        if self.reading.constant:
            activity, conversions = self._read_alike(part.rows, len(part.columns))
        else:
            cells = self.cells(self.weight, part)
            activity, conversions = self._read(self.inputs[part.rows.start : part.rows.stop], cells)
        update = self.reading.update
        return ArrayStats(activity, conversions, None if update is None else update.count(self, part, cells))

    def _read_alike(self, rows, columns):
        """Activity and conversions of an SRAM array, whose cells all carry the same current, whatever they hold.

        One column stands for all, and the number of conducting rows for the input vector. Arrays beside each other
        see the same inputs.
        """
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
        reader, planes = self.reader, inputs.shape[1]
        path = path_conductances(cells, **self.reading.wiring)
        activity = np.empty(planes)
        conversions = {key: (np.empty(planes), np.empty(planes)) for key in reader.adcs}
        rows = [key for key in reader.adcs if key.driven is not None]
        for key in rows:
            resistance = self._row_resistances(cells, key.driven, copies)
            for values, value in zip(conversions[key], reader.adcs[key].converted(resistance), strict=True):
                values[:] = value
        columns = {key: adc for key, adc in reader.adcs.items() if key.driven is None}
        scratch = np.empty((min(max(BLOCK // cells.shape[1], 1), planes), cells.shape[1]))
        for start in range(0, planes, len(scratch)):
            block = slice(start, min(start + len(scratch), planes))
            resistance = scratch[: block.stop - start]
            column_resistances(inputs, path, resistance, activity[block], start=start, average=self.reading.average)
            for key, adc in columns.items():
                convert_columns(adc, resistance, *(values[block] for values in conversions[key]), copies)
        return activity, conversions

    def _row_resistances(self, cells, driven, copies):
        """What the rows show to the converters beside the array, whatever the errors that drive its columns [ohm].

        R = 1 / (driven sum of g over the columns), or the mean of the columns if they are driven one by one. The
        current comes down a column and goes along the row to the side, so both ways are those of the array turned by
        180 degrees.
        """
        path = path_conductances(cells[::-1, ::-1], **self.reading.wiring)[::-1, ::-1]
        return 1 / (path.sum(axis=1) * copies * (driven or 1 / (path.shape[1] * copies)))


class Sensed(NamedTuple):
    """What a converter converts: a key of `ArrayStats.conversions`.

    Attributes
    ----------
    converter : object
        Its own key.
    driven : float or None
        None: the columns of a forward read. Else the rows of a transposed read that drives this share of the columns
        (0: one column at a time).
    """

    converter: object
    driven: float | None = None


def converters_of(chip):
    """(`Sensed`, converter) of the forward and of the backward read-out of a chip's arrays; (None, None) without one.

    Quirk Q18: the transposed read-out sees the columns of the forward one.
    """
    array, design = chip.array, chip.design
    driven = None
    if design.rules.rows_converted:
        driven = array.activity_backward if design.parallel_read and design.parallel_backward else 0.0
    return [
        (None if adc is None else Sensed(adc.conversion_key, seen), adc)
        for adc, seen in zip(array.converters, (None, driven), strict=True)
    ]
