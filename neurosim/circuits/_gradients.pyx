"""What only training needs: the unit that computes weight gradients, and the off-chip memory."""

cimport cython
from libc.math cimport ceil, log2, sqrt

from typing import NamedTuple

import numpy as np

from neurosim.circuits._converters cimport MultilevelEncoder, MultilevelSenseAmp
from neurosim.circuits._cell_array cimport SRAMCells
from neurosim._circuits cimport Adder, AdderTree, FlipFlops, ShiftAdd
from neurosim.circuits._drivers cimport Mux, RowDecoder, SwitchMatrix
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport Precharger, SenseAmp, SRAMWriteDriver
from neurosim.errors import NeurosimError, suggestion
from neurosim.technology import dram
from neurosim.technology._transistor cimport Technology, to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


class GradientCost(NamedTuple):
    """What the gradients of a layer cost: latencies [s] and energies [J]."""

    read_latency: float
    write_latency: float
    read_energy: float
    write_energy: float


@cython.final
cdef class Dram:
    """Off-chip memory: latency = bits / bandwidth, energy = bits * energy per bit.

    Parameters
    ----------
    kind : one of the memories of dram.toml, such as "GDDR5" or "HBM2"
    """

    def __init__(self, str kind not None):
        kinds = dram()
        if kind.lower() not in kinds:
            known = ", ".join(name.upper() for name in kinds)
            raise NeurosimError(f"off-chip memory {kind!r} is unknown: use one of {known}"
                                f"{suggestion(kind.lower(), kinds)}")
        row = kinds[kind.lower()]
        self.kind = kind
        self.bandwidth = row["bandwidth"]
        self.energy_per_bit = row["energy"]

    cpdef double latency(self, double bits) noexcept nogil:
        """Time to move `bits` bits in or out [s]."""
        return bits / self.bandwidth

    cpdef double energy(self, double bits) noexcept nogil:
        """Energy to move `bits` bits in or out [J]."""
        return self.energy_per_bit * bits


@cython.final
cdef class WeightGradientUnit(Circuit):
    """SRAM arrays that hold a layer's activations and multiply them with its activation gradients.

    The gradient of a weight is a sum over positions of activation times gradient. Activations are written into the
    arrays, a position a row, a bit of an activation a column; gradients drive the rows, one bit at a time. Each array
    is read

    - row by row: decoder, precharger, cell, sense amplifier, adder, register, shift-and-add; or
    - in parallel: switch matrix, precharger, cell, multiplexer, converter, encoder, shift-and-add;

    and adder trees sum what the arrays of different rows put out. The latency is the sum along that path, where a
    multiplexer hides behind a slower switch matrix or the other way round; the energy is the sum over all arrays.
    Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.

    Parameters
    ----------
    tech : Technology
    array : one array of cells
    memory_rows, memory_columns : rows and columns to be held; arrays that would not be full are left out
    input_bits : precision of activations and gradients
    parallel : read all rows of an array at once
    selections : columns that share one converter
    levels : of a converter
    clock : clock frequency [Hz]
    read_pulse : read pulse of the main memory, behind which shift-and-add hides [s]
    read_voltage, write_voltage, access_transistor : of the main memory (quirk: also for these SRAM arrays)
    on_resistance, off_resistance : of a cell of the main memory [ohm]
    reference_rows : rows of an array of the main memory
    wire_resistance : of a bit line, cell to cell [ohm]
    additions : sums of the adder trees per read, if in parallel
    layout_activity : part of the columns that precharger and write driver are made for
    at_least_one : give a memory that is smaller than one array an array all the same (corrects U6)

    Quirk: columns, rows and sums are those of whole arrays: a memory with fewer columns than one array gets none, and
    a negative area.
    Quirk: the converter's references are those of the main memory, its rows and resistances, not of SRAM cells.
    Quirk: precharger and write driver take energy in a write according to `layout_activity`, which is 0 in the
    reference's program, and not according to the activations.
    Quirk: the leakage leaves out the adder trees, multiplexers and their decoders.
    Quirk: `height` and `width` stay 0.
    """

    def __init__(self, Technology tech not None, SRAMCells array not None, int memory_rows, int memory_columns, *,
                 int input_bits, bint parallel, int selections, int levels, double clock, double read_pulse,
                 double read_voltage, double write_voltage, bint access_transistor, double on_resistance,
                 double off_resistance, int reference_rows, double wire_resistance, int additions,
                 double layout_activity=0.0, bint at_least_one=False):
        cdef int trees
        cdef Circuit part
        if input_bits < 1 or selections < 1:
            raise ValueError("a weight-gradient unit needs at least one input bit and one column per converter, "
                             f"not {input_bits} and {selections}")
        self.tech = tech
        self.array = array
        self.arrays_per_row = memory_rows // array.rows
        self.arrays_per_column = memory_columns // array.columns
        if at_least_one:
            self.arrays_per_row = max(self.arrays_per_row, 1)
            self.arrays_per_column = max(self.arrays_per_column, 1)
        if self.arrays_per_row < 1:
            raise NeurosimError(
                f"the largest layer has {memory_rows} output positions, fewer than the {array.rows} rows of an array "
                f"of the weight-gradient unit; use wg_array_rows of at most {memory_rows}, training = false, or "
                "correct = U6"
            )
        if array.columns < (selections if parallel else input_bits):
            raise NeurosimError(
                f"the weight-gradient unit has arrays of {array.columns} columns, but "
                + (f"{selections} columns share one converter" if parallel else f"an activation has {input_bits} bits")
                + f"; use wg_array_columns of at least {selections if parallel else input_bits}"
            )
        self.input_bits = input_bits
        self.parallel = parallel
        self.selections = selections
        self.layout_activity = layout_activity
        self.column_resistance = <double>array.cell.access_resistance + wire_resistance

        # Quirk: as many trees as there are converters, also where every column has its own sense amplifier.
        trees = to_int(ceil(<double>self.arrays_per_column * array.columns / selections))
        self.precharger = Precharger(tech, array.columns, load_resistance=array.column_resistance,
                                     cells_per_read=array.columns, cells_per_write=array.columns, width=array.width)
        self.write_driver = SRAMWriteDriver(tech, array.columns, cells_per_write=array.columns, width=array.width)
        if parallel:
            self.additions = additions
            self._build_parallel(trees, clock, read_pulse, read_voltage, write_voltage, access_transistor, levels,
                                 on_resistance, off_resistance, reference_rows)
        else:
            self.additions = 1
            self._build_sequential(trees, clock, read_pulse)
        self.area = self.array_area * (self.arrays_per_row * self.arrays_per_column) + self.accumulation.area

        self.leakage = array.leakage
        for part in (self.decoder, self.switch_matrix, self.precharger, self.write_driver, self.sense_amp, self.adc,
                     self.encoder, self.flip_flops, self.adder, self.shift_add):
            if part is not None:
                self.leakage += part.leakage
        self.leakage *= self.arrays_per_row * self.arrays_per_column

    cdef int _build_sequential(self, int trees, double clock, double read_pulse) except -1:
        """The periphery of arrays that are read row by row: every column is sensed and its bits are counted."""
        cdef SRAMCells array = self.array
        cdef Technology tech = self.tech
        cdef double width = array.width
        cdef int address_bits = to_int(ceil(log2(<double>array.rows)))
        cdef int bits = address_bits + 1
        cdef int words = array.columns // self.input_bits
        self.decoder = RowDecoder(tech, address_bits, height=array.height)
        self.sense_amp = SenseAmp(tech, array.columns, sense_voltage=array.cell.cell.min_sense_voltage,
                                  pitch=width / array.columns, clock=clock, cells_per_read=array.columns, width=width,
                                  fit="keep-area")
        self.adder = Adder(tech, bits, words, width=width)
        self.flip_flops = FlipFlops(tech, (bits + 1) * words, clock, width=width)
        cdef list parts = [self.decoder, self.precharger, self.write_driver, self.sense_amp, self.adder,
                           self.flip_flops]
        self._finish(parts, trees, log2(<double>array.rows), words, bits + self.input_bits + 1, clock, read_pulse)
        for part in (self.precharger, self.write_driver, self.decoder, self.sense_amp, self.adder, self.flip_flops,
                     self.shift_add, self.accumulation):
            self._adopt(part)
        return 0

    cdef int _build_parallel(self, int trees, double clock, double read_pulse, double read_voltage,
                             double write_voltage, bint access_transistor, int levels, double on_resistance,
                             double off_resistance, int reference_rows) except -1:
        """The periphery of arrays that are read in parallel: columns take turns at converters."""
        cdef SRAMCells array = self.array
        cdef Technology tech = self.tech
        cdef double width = array.width
        cdef double access = array.cell.access_resistance
        cdef int converters = array.columns // self.selections
        self.switch_matrix = SwitchMatrix(
            tech, array.rows, access, clock, read_voltage=read_voltage, write_voltage=write_voltage,
            access_transistor=access_transistor, write_pulses=1, cells_per_write=array.columns, height=array.height)
        self.mux = Mux(tech, converters, self.selections, access, read_voltage=read_voltage, width=width)
        self.mux_decoder = RowDecoder(tech, to_int(ceil(log2(<double>self.selections))), mux=True)
        self.mux = self.mux.resized(
            self.mux_decoder.height if self.mux_decoder.height > self.mux.height else self.mux.height, width)
        self.adc = MultilevelSenseAmp(tech, converters, levels, on_resistance=on_resistance,
                                      off_resistance=off_resistance, rows=reference_rows, read_voltage=read_voltage,
                                      width=width)
        self.encoder = MultilevelEncoder(tech, levels, converters, width=width)
        cdef list parts = [self.switch_matrix, self.precharger, self.write_driver, self.adc, self.encoder]
        self._finish(parts, trees, log2(<double>levels), converters, to_int(log2(<double>levels) + self.input_bits + 1),
                     clock, read_pulse)
        for part in (self.precharger, self.write_driver, self.switch_matrix, self.mux, self.mux_decoder, self.adc,
                     self.encoder, self.shift_add, self.accumulation):
            self._adopt(part)
        return 0

    cdef int _finish(self, list parts, int trees, double code_bits, int words, int word_bits, double clock,
                     double read_pulse) except -1:
        """Shift-and-adds for `words` words of `word_bits` bits, area, and the adder trees of all arrays.

        `code_bits` is the precision of what one array puts out for one bit of the gradients.
        """
        cdef SRAMCells array = self.array
        cdef Circuit part
        if self.input_bits > 1:
            self.shift_add = ShiftAdd(self.tech, words, word_bits, clock, self.input_bits, read_pulse,
                                      width=array.width)
        self.array_area = array.area
        for part in (*parts, self.shift_add, self.mux, self.mux_decoder):
            if part is not None:
                self.array_area += part.area
        self.accumulation = AdderTree(self.tech, self.arrays_per_row, to_int(code_bits + self.input_bits + 1), trees,
                                      width=sqrt(self.array_area))
        self.output_bits = to_int(code_bits + self.input_bits + self.accumulation.stages)
        return 0

    cdef int _adopt(self, Circuit part) except -1:
        """Take over the complaints of a part, in the order in which the reference lays out the parts."""
        if part is not None:
            self.complaints += part.complaints
        return 0

    cdef double _reads(self, double row_activity) noexcept:
        """Accesses of an array for one read of all its rows or columns."""
        if self.parallel:
            return self.selections * self.input_bits
        return self.array.rows * row_activity * self.input_bits

    cdef object _column_resistances(self, double row_activity):
        """What the converters see [ohm]: every active row conducts as much as an access transistor and its wire."""
        cdef double active = ceil(self.array.rows * row_activity)
        cdef double conductance = 1.0 / self.column_resistance * active
        return np.full(self.array.columns, 1 / conductance)

    def read_latencies(self, double row_activity):
        """{part: seconds} of one read, when the gradients drive the part `row_activity` of the rows.

        The names are those of the attributes; "array" is the cells' share.
        """
        cdef SRAMCells array = self.array
        cdef Mux mux = self.mux
        cdef double reads = self._reads(row_activity)
        cdef double load = array.cap_row, ramp = STEEP
        parts = {}
        if self.parallel:
            parts["switch_matrix"] = self.switch_matrix.read_latency(STEEP, load, array.row_resistance, reads)
            parts["mux"] = mux.latency(0, reads)
            parts["mux_decoder"] = self.mux_decoder.latency(
                STEEP, mux.gate.cap_gate_n * mux.inputs, mux.gate.cap_gate_p * mux.inputs, reads)
        else:
            parts["decoder"] = self.decoder.latency(STEEP, load, 0, reads)
            ramp = self.decoder.ramp(STEEP, load, 0)
        parts["precharger"] = self.precharger.read_latency(array.cap_column, reads)
        # Quirk: in parallel the cells discharge their bit line once for all columns that share a converter.
        parts["array"] = array.discharge_time(array.cap_column, array.column_resistance, ramp) * (
            self.input_bits if self.parallel else reads)
        if self.parallel:
            parts["adc"] = self.adc.latency(self._column_resistances(row_activity), reads)
            parts["encoder"] = self.encoder.latency(STEEP, reads)
        else:
            parts["sense_amp"] = self.sense_amp.latency(reads)
            parts["adder"] = self.adder.latency(STEEP, self.flip_flops.cap_input, reads)
            parts["flip_flops"] = self.flip_flops.latency(reads)
        if self.shift_add is not None:
            parts["shift_add"] = self.shift_add.latency(reads if self.parallel else self.input_bits)
        parts["accumulation"] = self.accumulation.latency(0, self.additions, self.arrays_per_row)
        return parts

    def write_latencies(self, double row_activity):
        """{part: seconds} of writing the activations, which are not all zero in the part `row_activity` of the rows."""
        cdef SRAMCells array = self.array
        cdef double writes = array.rows * row_activity
        parts = {"array": array.flip_time() * writes}
        if self.parallel:
            # Quirk: the switch matrix takes part twice, and its register's reads count as writes again.
            parts["switch_matrix"] = self.switch_matrix.write_latency(
                STEEP, array.cap_row, array.row_resistance, 2 * writes, self._reads(row_activity))
        else:
            parts["decoder"] = self.decoder.latency(STEEP, array.cap_row, 0, writes)
        parts["precharger"] = self.precharger.write_latency(array.cap_column, writes)
        parts["write_driver"] = self.write_driver.write_latency(
            STEEP, array.cap_column, array.column_resistance, writes)
        return parts

    def read_energies(self, double row_activity):
        """{part: joules} of one read of one array. Quirk: the cells take none, as if bit lines kept their charge."""
        cdef SRAMCells array = self.array
        cdef double reads = self._reads(row_activity)
        parts = {}
        if self.parallel:
            parts["switch_matrix"] = self.switch_matrix.read_energy(reads, row_activity)
            parts["precharger"] = self.precharger.read_energy(array.cap_column, reads)
            parts["adc"] = self.adc.energy(self._column_resistances(row_activity), reads)
            parts["encoder"] = self.encoder.energy(reads)
            parts["mux"] = self.mux.energy(reads)
            parts["mux_decoder"] = self.mux_decoder.energy(reads)
        else:
            parts["decoder"] = self.decoder.energy(reads)
            parts["precharger"] = self.precharger.read_energy(array.cap_column, reads)
            # Quirk: adders and flip-flops are counted once a column, though several columns share one.
            parts["adder"] = self.adder.energy(reads, array.columns)
            parts["flip_flops"] = self.flip_flops.energy(reads, array.columns * (self.adder.bits + 1))
            parts["sense_amp"] = self.sense_amp.energy(reads)
        if self.shift_add is not None:
            parts["shift_add"] = self.shift_add.energy(reads)
        return parts

    def write_energies(self, double row_activity, double column_activity, double read_activity):
        """{part: joules} of writing one array: not all zero are the parts `row_activity` of the rows and
        `column_activity` of the columns."""
        cdef SRAMCells array = self.array
        cdef double writes = array.rows * row_activity
        parts = {}
        if self.parallel:
            parts["switch_matrix"] = self.switch_matrix.write_energy(
                2 * writes, column_activity, self._reads(read_activity))
        else:
            parts["decoder"] = self.decoder.energy(writes)
        parts["precharger"] = self.precharger.write_energy(array.cap_column, self.layout_activity, writes)
        parts["write_driver"] = self.write_driver.write_energy(self.layout_activity, writes)
        parts["array"] = array.flip_energy() * array.columns * column_activity * array.rows * row_activity
        return parts

    def read_latency(self, double reads, double row_activity):
        """Time of `reads` reads, one after the other [s]."""
        parts = self.read_latencies(row_activity)
        cdef double select, latency = 0
        if self.parallel:
            latency = parts.pop("switch_matrix")
            select = parts.pop("mux") + parts.pop("mux_decoder")
            latency = latency if latency > select else select
        return add(latency, parts) * reads

    def write_latency(self, double row_activity):
        """Time to write the activations [s]."""
        return add(0, self.write_latencies(row_activity))

    def read_energy(self, double reads, double row_activity):
        """Energy of `reads` reads of all arrays, and of adding up what they put out [J]."""
        cdef int arrays = self.arrays_per_row * self.arrays_per_column
        return (add(0, self.read_energies(row_activity)) * arrays * reads
                + self.accumulation.energy(reads, self.arrays_per_row))

    def write_energy(self, double row_activity, double column_activity, double read_activity):
        """Energy to write the activations into all arrays [J].

        Quirk: if in parallel, the energy of the row register in a read is added once more.
        """
        cdef int arrays = self.arrays_per_row * self.arrays_per_column
        return add(0, self.write_energies(row_activity, column_activity, read_activity)) * arrays

    def evaluate(self, double reads, double activity):
        """The `GradientCost` of `reads` reads.

        The reference's program knows one `activity` only, for rows and columns, activations and gradients.
        """
        return GradientCost(self.read_latency(reads, activity), self.write_latency(activity),
                            self.read_energy(reads, activity), self.write_energy(activity, activity, activity))


cdef double add(double start, dict parts) except? -1:
    """`start` and all values, from the first to the last."""
    cdef double value
    for value in parts.values():
        start += value
    return start
