"""The unit that computes weight gradients."""

cimport cython
from libc.math cimport ceil, log2, sqrt

from typing import NamedTuple

import numpy as np

from neurosim.circuits._cell_array cimport SRAMCells
from neurosim.circuits._drivers cimport RowDecoder, SwitchMatrix
from neurosim.circuits._flash cimport FlashConverter
from neurosim.circuits._parts cimport Part, address_bits, areas, complaints, leakages
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._sensing cimport SenseAmp
from neurosim.circuits._switches cimport Mux
from neurosim.errors import NeurosimError
from neurosim.technology._transistor cimport Technology, to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


class GradientCost(NamedTuple):
    """What the gradients of a layer cost: latencies [s] and energies [J]."""

    read_latency: float
    write_latency: float
    read_energy: float
    write_energy: float


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
    converter : kind of converter, as in `converters.CONVERTERS`
    clock : clock frequency [Hz]
    read_pulse : read pulse of the main memory, behind which shift-and-add hides [s]
    read_voltage, write_voltage, access_transistor : of the main memory (quirk C29: also for these SRAM arrays)
    on_resistance, off_resistance : of a cell of the main memory [ohm]
    reference_rows : rows of an array of the main memory
    wire_resistance : of a bit line, cell to cell [ohm]
    additions : sums of the adder trees per read, if in parallel
    layout_activity : part of the columns that precharger and write driver are made for
    least_arrays : arrays in each direction at least; quirk U6: a memory smaller than one array gets none

    Quirk C30: columns, rows and sums are those of whole arrays; a memory with fewer columns than one array gets none,
    and a negative area (quirk U6).
    Quirk C29: the converter's references are those of the main memory, its rows and resistances, not of SRAM cells.
    Quirk U11: precharger and write driver take energy in a write according to `layout_activity`, which is 0 in the
    reference's program unless a user sets it, and not according to the activations.
    Quirk C30: the leakage leaves out the adder trees, multiplexers and their decoders.
    Quirk C45: `height` and `width` stay 0.
    """

    def __init__(self, Technology tech not None, SRAMCells array not None, int memory_rows, int memory_columns, *,
                 int input_bits, bint parallel, int selections, int levels, double clock, double read_pulse,
                 double read_voltage, double write_voltage, bint access_transistor, double on_resistance,
                 double off_resistance, int reference_rows, double wire_resistance, int additions,
                 double layout_activity=0.0, int least_arrays=0, double converter_power_factor=1.0,
                 converter=FlashConverter):
        cdef int trees, words, word_bits
        cdef double code_bits
        cdef ReadOut readout
        if input_bits < 1 or selections < 1:
            raise NeurosimError("a weight-gradient unit needs at least one input bit and one column per converter, "
                                f"not {input_bits} and {selections}")
        self.tech = tech
        self.array = array
        self.arrays_per_row = memory_rows // array.rows
        self.arrays_per_column = memory_columns // array.columns
        self.arrays_per_row = max(self.arrays_per_row, least_arrays)
        self.arrays_per_column = max(self.arrays_per_column, least_arrays)
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

        self._parts = []
        self.readout = readout = ReadOut(tech, lines=array.columns, share=selections, levels=levels,
                                         input_bits=input_bits, length=array.width)
        readout.build_precharge(array.column_resistance, array.columns, array.columns)
        self._parts += [Part("precharger", readout.precharger, "other", "stack"),
                        Part("write_driver", readout.write_driver, "other", "stack")]
        if parallel:
            self.additions = additions
            self._build_parallel(clock, read_voltage, write_voltage, access_transistor, converter, levels,
                                 on_resistance, off_resistance, reference_rows, converter_power_factor)
            words, code_bits = readout.count, log2(<double>levels)
            word_bits = to_int(code_bits + input_bits)
        else:
            self.additions = 1
            self._build_sequential(clock)
            words, code_bits = array.columns // input_bits, log2(<double>array.rows)
            word_bits = readout.adder.bits + input_bits
        # Quirk U12: not spiking; the switch that would say so is never set in the reference.
        # Cells of the unit hold whole bits of an activation: there is nothing to join beside the bits.
        readout.build_shift_add(words, word_bits, clock, read_pulse, False)
        if readout.shift_add is not None:
            self._parts.append(Part("shift_add", readout.shift_add, "accumulation", "stack"))
        self.array_area = array.area + areas(self._parts, False)

        # Quirk C45: as many trees as there are converters, also where every column has its own sense amplifier.
        trees = to_int(ceil(<double>self.arrays_per_column * array.columns / selections))
        if tech.rules.trees_of_words:
            trees = self.arrays_per_column * words
        self.accumulation = AdderTree(tech, self.arrays_per_row, to_int(code_bits + input_bits + 1), trees,
                                      width=sqrt(self.array_area))
        self.output_bits = to_int(code_bits + input_bits + self.accumulation.stages)
        self.area = self.array_area * (self.arrays_per_row * self.arrays_per_column) + self.accumulation.area
        self.leakage = (array.leakage + leakages(self._parts, False)) * (self.arrays_per_row * self.arrays_per_column)
        self.complaints = complaints(self._parts, "layout") + self.accumulation.complaints

    @property
    def parts(self):
        """The circuits of one array but for its cells, as a tuple of `Part`."""
        return tuple(self._parts)

    cdef int _build_sequential(self, double clock) except -1:
        """The periphery of arrays that are read row by row: every column is sensed and its bits are counted."""
        cdef SRAMCells array = self.array
        cdef ReadOut readout = self.readout
        cdef int bits = address_bits(array.rows)
        self.decoder = RowDecoder(self.tech, bits, height=array.height)
        readout.sense_amp = SenseAmp(
            self.tech, array.columns, sense_voltage=array.cell.cell.min_sense_voltage,
            pitch=array.width / array.columns, clock=clock, cells_per_read=array.columns, width=array.width,
            fit="keep-area")
        readout.build_adder(bits + 1, array.columns // self.input_bits, clock)
        self._parts += [Part("decoder", self.decoder, "other", "drivers"),
                        Part("sense_amp", readout.sense_amp, "adc", "stack"),
                        Part("adder", readout.adder, "accumulation", "stack"),
                        Part("flip_flops", readout.flip_flops, "accumulation", "stack")]
        return 0

    cdef int _build_parallel(self, double clock, double read_voltage, double write_voltage, bint access_transistor,
                             object converter, int levels, double on_resistance, double off_resistance,
                             int reference_rows, double power_factor) except -1:
        """The periphery of arrays that are read in parallel: columns take turns at converters."""
        cdef SRAMCells array = self.array
        cdef ReadOut readout = self.readout
        cdef double access = array.cell.access_resistance
        cdef Part part
        self.switch_matrix = SwitchMatrix(
            self.tech, array.rows, access, clock, read_voltage=read_voltage, write_voltage=write_voltage,
            access_transistor=access_transistor, write_pulses=1, cells_per_write=array.columns, height=array.height)
        readout.build_mux(access, read_voltage, False, self.selections, True)
        readout.build_converter(converter, levels, on_resistance, off_resistance, reference_rows, read_voltage, True,
                                power_factor)
        self._parts.append(Part("switch_matrix", self.switch_matrix, "other", "drivers"))
        for part in readout.parts("stack"):
            part.leaks = part.name not in ("mux", "mux_decoder")
            self._parts.append(part)
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
        cdef ReadOut readout = self.readout
        cdef Mux mux = readout.mux
        cdef double reads = self._reads(row_activity)
        cdef double load = array.cap_row, ramp = STEEP
        parts = {}
        if self.parallel:
            parts["switch_matrix"] = self.switch_matrix.read_latency(STEEP, load, array.row_resistance, reads)
            parts["mux"] = mux.latency(0, reads)
            parts["mux_decoder"] = readout.mux_decoder.latency(
                STEEP, mux.gate.cap_gate_n * mux.inputs, mux.gate.cap_gate_p * mux.inputs, reads)
        else:
            parts["decoder"] = self.decoder.latency(STEEP, load, 0, reads)
            ramp = self.decoder.ramp(STEEP, load, 0)
        parts["precharger"] = readout.precharger.read_latency(array.cap_column, reads)
        # Quirk C45: in parallel the cells discharge their bit line once for all columns that share a converter.
        parts["array"] = array.discharge_time(array.cap_column, array.column_resistance, ramp) * (
            self.input_bits if self.parallel and not self.tech.rules.unit_lines_discharged else reads)
        if self.parallel:
            parts["adc"] = readout.converter.converted(self._column_resistances(row_activity))[0] * reads
            parts["encoder"] = readout.converter.after_latency(reads)
        else:
            parts["sense_amp"] = readout.sense_amp.latency(reads)
            parts["adder"] = readout.adder.latency(STEEP, readout.flip_flops.cap_input, reads)
            parts["flip_flops"] = readout.flip_flops.latency(reads)
        if readout.shift_add is not None:
            parts["shift_add"] = readout.shift_add.latency(reads if self.parallel else self.input_bits)
        parts["accumulation"] = self.accumulation.latency(0, self.additions, self.arrays_per_row)
        return parts

    def write_latencies(self, double row_activity):
        """{part: seconds} of writing the activations, which are not all zero in the part `row_activity` of the rows."""
        cdef SRAMCells array = self.array
        cdef double writes = array.rows * row_activity
        parts = {"array": array.flip_time() * writes}
        if self.parallel:
            # Quirk C29: the switch matrix takes part twice, and its register's reads count as writes again (C12).
            parts["switch_matrix"] = self.switch_matrix.write_latency(
                STEEP, array.cap_row, array.row_resistance, 2 * writes, self._reads(row_activity))
        else:
            parts["decoder"] = self.decoder.latency(STEEP, array.cap_row, 0, writes)
        parts["precharger"] = self.readout.precharger.write_latency(array.cap_column, writes)
        parts["write_driver"] = self.readout.write_driver.write_latency(
            STEEP, array.cap_column, array.column_resistance, writes)
        return parts

    def read_energies(self, double row_activity):
        """{part: joules} of one read of one array.

        Quirk C29: the cells take none, as if bit lines kept their charge.
        """
        cdef SRAMCells array = self.array
        cdef ReadOut readout = self.readout
        cdef double reads = self._reads(row_activity)
        parts = {}
        if self.parallel:
            parts["switch_matrix"] = self.switch_matrix.read_energy(reads, row_activity)
            parts["precharger"] = readout.precharger.read_energy(array.cap_column, reads)
            # Quirk C47: all columns are converted in every turn of the columns that share a converter.
            parts["adc"] = readout.converter.converted(self._column_resistances(row_activity))[1] * (
                self.input_bits if self.tech.rules.unit_converts_once else reads)
            parts["encoder"] = readout.converter.after_energy(reads)
            parts["mux"] = readout.mux.energy(reads)
            parts["mux_decoder"] = readout.mux_decoder.energy(reads)
        else:
            parts["decoder"] = self.decoder.energy(reads)
            parts["precharger"] = readout.precharger.read_energy(array.cap_column, reads)
            # Quirk C45: one for every column is asked for, though several share one; no more than there are count.
            parts["adder"] = readout.adder.energy(reads, array.columns)
            parts["flip_flops"] = readout.flip_flops.energy(reads, array.columns * (readout.adder.bits + 1))
            parts["sense_amp"] = readout.sense_amp.energy(reads)
        if readout.shift_add is not None:
            parts["shift_add"] = readout.shift_add.energy(reads)
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
        parts["precharger"] = self.readout.precharger.write_energy(array.cap_column, self.layout_activity, writes)
        parts["write_driver"] = self.readout.write_driver.write_energy(self.layout_activity, writes)
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

        Quirk C12: if in parallel, the energy of the row register in a read is added once more.
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
