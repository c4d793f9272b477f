"""Synaptic arrays: cells with all their periphery, in the forward and in the transposed direction.

An input vector is applied to the rows and every column sums the currents of its cells, row by row (sequential) or at
once (parallel). For the gradient of the activations the array is read the other way round: columns are driven and
rows sensed (Peng, Huang, Jiang, Lu, Yu, "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021).

Here is what all kinds of array share; `_subarray_sram` and `_subarray_nvm` say what each consists of, how an input
vector runs through it and how it is written.
"""

from libc.math cimport ceil, log2

from neurosim.circuits._converters cimport Conversion
from neurosim.errors import NeurosimError
from neurosim.technology._transistor cimport to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]

cdef enum:
    FIELDS = sizeof(ReadPath) // sizeof(double)

cdef double[1] NO_COLUMN


cdef int address_bits(int lines) noexcept nogil:
    """Bits that count `lines` lines."""
    return to_int(ceil(log2(lines)))


cdef int write_operations(int columns, double column_activity, int cells_per_write) noexcept nogil:
    """Write operations that one row takes, rounded up."""
    return to_int(ceil(<double>columns * column_activity / cells_per_write))


cdef double total_height(tuple parts):
    cdef double total = 0
    cdef Circuit part
    for part in parts:
        if part is not None:
            total += part.height
    return total


cdef double total_width(tuple parts):
    cdef double total = 0
    cdef Circuit part
    for part in parts:
        if part is not None:
            total += part.width
    return total


cdef double total_area(tuple parts):
    cdef double total = 0
    cdef Circuit part
    for part in parts:
        if part is not None:
            total += part.area
    return total


cdef double total_leakage(tuple parts):
    cdef double total = 0
    cdef Circuit part
    for part in parts:
        if part is not None:
            total += part.leakage
    return total


cdef tuple complaints_of(tuple parts):
    cdef tuple sentences = ()
    cdef Circuit part
    for part in parts:
        if part is not None:
            sentences += part.complaints
    return sentences


cdef class SubArray(Circuit):
    """An array of memory cells with its drivers, converters and accumulators; make one with `arrays.subarray`.

    Everything is laid out once. What depends on the data is the share of active rows (every part is linear in it)
    and what the ADC sees of the columns, so that an input vector costs a few dozen operations.

    Parameters
    ----------
    tech : Technology
    cell : Cell
    rows, columns : cells of the array
    wire_resistance : of its wires [ohm/m]
    clock : clock frequency [Hz]
    columns_per_adc : columns that share one read-out
    adc_levels : levels of the ADC of a parallel read; row by row it has the 2^cell_bits levels of one cell
    cell_bits : precision of a cell
    cells_per_synapse : cells side by side that hold one weight
    input_bits : bits of an activation, read one after the other
    training : build the transposed read-out
    parallel_backward : read the transposed array at once; else column by column (a sequential array always is)
    rows_per_adc_ag, adc_levels_ag, input_bits_ag, activity_ag : the same for the transposed read-out; its activity is
        not taken from the data
    relax_height, relax_width : stretch cells to what the row or the column drivers need
    cells_per_read, cells_per_write : cells that one operation senses or writes (0: a whole row)
    spiking : count spikes instead of weighing bits
    digital_mux : multiplexers of minimum transistors
    initial_column_activity, initial_write_pulses : write activity and pulses at the time of the design. Quirk: the
        reference sizes the write energy of prechargers, write drivers and switch matrices with these, which are 0 in
        its program, and not with those of the update.

    Attributes
    ----------
    used_area, empty_area : of all parts, and what the rectangle around them leaves [m^2]
    area_array, area_adc, area_accumulation, area_other : parts of the used area [m^2]
    area_ag : transposed read-out, a part of the three above [m^2]
    cap_row, cap_word_line, cap_column : bit line of 1T1R (word line of all others), word line and column [F]
    complaints, initial_complaints, complaint_per_read : what the reference prints whenever it lays the array out, once
        before that, and at every input vector
    cells, decoder, ... : the parts; the names of the transposed read-out end in `_ag`; None if there is none

    Quirk: the transposed read-out converts the resistances of the forward columns.
    Quirk: the multiplexer of the transposed read-out is waited for as many *seconds* as it takes *joules*, which no
    driver is as fast as. (The reference does so from the second vector on.)
    """

    def __init__(self, Technology tech not None, cell, int rows, int columns, *, double wire_resistance, double clock,
                 int columns_per_adc=8, int adc_levels=64, int cell_bits=1, int cells_per_synapse=1,
                 int input_bits=8, bint training=True, bint parallel_backward=True, int rows_per_adc_ag=8,
                 int adc_levels_ag=64, int input_bits_ag=8, double activity_ag=0.5, bint relax_height=False,
                 bint relax_width=False, int cells_per_read=0, int cells_per_write=0, bint spiking=False,
                 bint digital_mux=False, double initial_column_activity=0.0, double initial_write_pulses=0.0):
        for name, value in (("columns_per_adc", columns_per_adc), ("rows_per_adc_ag", rows_per_adc_ag),
                            ("cells_per_synapse", cells_per_synapse), ("input_bits", input_bits),
                            ("input_bits_ag", input_bits_ag)):
            if value < 1:
                raise NeurosimError(f"{name} = {value} must be at least 1")
        self.tech = tech
        self.cell = cell.placed(tech)
        self.rows = rows
        self.columns = columns
        self.clock = clock
        self.columns_per_adc = columns_per_adc
        self.adc_levels = adc_levels
        self.cell_bits = cell_bits
        self.cells_per_synapse = cells_per_synapse
        self.input_bits = input_bits
        self.training = training
        self.parallel_backward = parallel_backward
        self.rows_per_adc_ag = rows_per_adc_ag
        self.adc_levels_ag = adc_levels_ag
        self.input_bits_ag = input_bits_ag
        self.activity_ag = activity_ag
        self.cells_per_read = cells_per_read if cells_per_read > 0 else columns
        self.cells_per_write = cells_per_write if cells_per_write > 0 else columns
        self.spiking = spiking
        self.digital_mux = digital_mux
        self.initial_column_activity = initial_column_activity
        self.initial_write_pulses = initial_write_pulses
        self._cell_options = {
            "wire_resistance": wire_resistance, "relax_height": relax_height, "relax_width": relax_width}
        self.adc_in_total = True
        self.complaint_per_read = ""
        self._build()
        self.area = self.height * self.width
        self.empty_area = self.area - self.used_area
        self.area_array = self.cells.area
        self.cap_row = self.cells.cap_row
        self.cap_word_line = self.cells.cap_word_line
        self.cap_column = self.cells.cap_column

        # Every part is linear in the activity, so two points tell all.
        self.forward_fixed = self._forward(0)
        self.forward_slope = difference(self._forward(1), self.forward_fixed)
        if training:
            self.backward_fixed = self._backward(0)
            self.backward_slope = difference(self._backward(1), self.backward_fixed)

    # One input vector

    cdef void read(self, double activity, double conversion_latency, double conversion_energy,
                   double conversion_latency_ag, double conversion_energy_ag, ArrayRead *out) noexcept nogil:
        """Cost of one bit plane of an input vector whose share `activity` of the rows is active.

        latency = max(drivers, multiplexer) + settling + sensing + accumulation, and the same for the transposed array
        without any activity of its own. `conversion_*` is what the ADC makes of the columns' resistances.

        Quirk: an eNVM array that is read row by row leaves the energy of conversion out of its total, not of its split.
        Quirk: with training the split of an eNVM array sums both directions, that of an SRAM array shows the
        transposed direction only.
        """
        cdef ReadPath path = along(&self.forward_fixed, &self.forward_slope, activity)
        cdef double other = larger(path.drive, path.select) + path.settle
        cdef double adc = path.sense + path.conversions * conversion_latency
        cdef double conversion = path.encode_energy + path.column_conversions * conversion_energy
        out.latency = other + adc + path.accumulate
        out.latency_adc = adc
        out.latency_accumulation = path.accumulate
        out.latency_other = other
        out.energy = path.drive_energy + path.line_energy + path.accumulate_energy
        if self.adc_in_total:
            out.energy += conversion
        out.energy_adc = path.line_energy + conversion
        out.energy_accumulation = path.accumulate_energy
        out.energy_other = path.drive_energy
        out.latency_ag = 0
        out.energy_ag = 0
        if not self.training:
            return

        path = along(&self.backward_fixed, &self.backward_slope, activity)
        other = larger(path.drive, path.select) + path.settle
        adc = path.sense + path.conversions * conversion_latency_ag
        conversion = path.encode_energy + path.column_conversions * conversion_energy_ag
        out.latency_ag = other + adc + path.accumulate
        out.energy_ag = path.drive_energy + path.line_energy + path.accumulate_energy + conversion
        if not self.split_adds:
            out.latency_adc = out.latency_accumulation = out.latency_other = 0
            out.energy_adc = out.energy_accumulation = out.energy_other = 0
        out.latency_adc += adc
        out.latency_accumulation += path.accumulate
        out.latency_other += other
        out.energy_adc += path.line_energy + conversion
        out.energy_accumulation += path.accumulate_energy
        out.energy_other += path.drive_energy

    def read_columns(self, double activity, const double[::1] resistances):
        """Cost of one bit plane of an input vector, as a dict.

        Parameters
        ----------
        activity : share of active rows
        resistances : what the columns show to the ADC [ohm]
        """
        cdef const double *first = &resistances[0] if resistances.shape[0] else NO_COLUMN
        cdef Conversion forward, backward
        cdef ArrayRead cost
        forward.latency = forward.energy = backward.latency = backward.energy = 0
        if self.adc is not None:
            forward = self.adc.convert(first, resistances.shape[0])
        if self.adc_ag is not None:
            backward = self.adc_ag.convert(first, resistances.shape[0])
        self.read(activity, forward.latency, forward.energy, backward.latency, backward.energy, &cost)
        return cost

    # One weight update

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, ArrayWrite *out) noexcept nogil:
        """Cost of one weight update of the whole array; see `write_update`."""
        out.latency = out.energy = 0
        out.driver_latency = previous

    def write_update(self, double row_activity, double column_activity, double total_pulses=0.0,
                     double array_energy=0.0, long vectors=1, double previous=0.0):
        """Cost of one weight update of the whole array, as a dict.

        Parameters
        ----------
        row_activity : share of the rows that are written
        column_activity : share of the columns written in such a row
        total_pulses : write pulses one after the other (eNVM)
        array_energy : of the cells and lines [J] (eNVM)
        vectors : input vectors read since the update before
        previous : `driver_latency` of the update before [s]

        Quirk: the row driver of a crossbar that is read row by row adds its time up at every input vector and
        multiplies the sum with the writes, w(k) = (w(k-1) + delay) writes; hence the last two arguments. All other
        arrays ignore them.
        """
        cdef ArrayWrite cost
        self.write(row_activity, column_activity, total_pulses, array_energy, vectors, previous, &cost)
        return cost

    # What the kinds of array fill in

    cdef int _build(self) except -1:
        raise TypeError("SubArray is what all arrays share; make one with neurosim.circuits.arrays.subarray")

    cdef ReadPath _forward(self, double activity) noexcept nogil:
        return self.forward_fixed

    cdef ReadPath _backward(self, double activity) noexcept nogil:
        return self.backward_fixed

    # Tools for them

    cdef int _build_mux(self, double resistance) except -1:
        """The column multiplexer below the array, as high as its decoder."""
        cdef int share = self.columns_per_adc
        if share > 1:
            self.mux = Mux(self.tech, self.columns // share, share, resistance, digital=self.digital_mux,
                           read_voltage=self.cell.cell.read_voltage, width=self.cells.width)
            self.mux_decoder = RowDecoder(self.tech, address_bits(share), mux=True)
            self.mux = self.mux.resized(larger(self.mux_decoder.height, self.mux.height), self.cells.width)
        return 0

    cdef int _build_mux_ag(self, double resistance) except -1:
        """The row multiplexer beside the array, as wide as its decoder."""
        cdef int share = self.rows_per_adc_ag
        if share > 1:
            self.mux_ag = Mux(self.tech, self.rows // share, share, resistance, digital=self.digital_mux,
                              read_voltage=self.cell.cell.read_voltage, height=self.cells.height)
            self.mux_decoder_ag = RowDecoder(self.tech, address_bits(share), mux=True)
            self.mux_ag = self.mux_ag.resized(self.cells.height, larger(self.mux_decoder_ag.width, self.mux_ag.width))
        return 0

    cdef int _build_adc(self, int levels, bint all_rows) except -1:
        """ADCs below the array, and encoders unless the ADC's one bit needs none."""
        cell = self.cell.cell
        cdef int count = self.columns // self.columns_per_adc
        self.adc = MultilevelSenseAmp(
            self.tech, count, levels, on_resistance=cell.resistance_on, off_resistance=cell.resistance_off,
            rows=self.rows if all_rows else 1, read_voltage=cell.read_voltage, width=self.cells.width)
        if all_rows or self.cell_bits > 1:
            self.encoder = MultilevelEncoder(self.tech, levels, count, width=self.cells.width)
        return 0

    cdef int _build_adc_ag(self, int levels, bint all_rows) except -1:
        """ADCs and encoders beside the array."""
        cell = self.cell.cell
        cdef int count = self.rows // self.rows_per_adc_ag
        self.adc_ag = MultilevelSenseAmp(
            self.tech, count, levels, on_resistance=cell.resistance_on, off_resistance=cell.resistance_off,
            rows=self.rows if all_rows else 1, read_voltage=cell.read_voltage, height=self.cells.height)
        if all_rows or self.cell_bits > 1:
            self.encoder_ag = MultilevelEncoder(self.tech, levels, count, height=self.cells.height)
        return 0

    cdef ShiftAdd _shift_add(self, int units, int bits):
        """Shift-and-add below the array; None for activations of one bit."""
        if self.input_bits == 1:
            return None
        return ShiftAdd(self.tech, units, bits, self.clock, self.input_bits, self.cell.cell.read_pulse,
                        spiking=self.spiking, width=self.cells.width)

    cdef ShiftAdd _shift_add_ag(self, int units, int bits):
        """Shift-and-add beside the array; None for gradients of one bit."""
        if self.input_bits_ag == 1:
            return None
        return ShiftAdd(self.tech, units, bits, self.clock, self.input_bits_ag, self.cell.cell.read_pulse,
                        spiking=self.spiking, height=self.cells.height)

    cdef void _place(self, tuple stack, double side, tuple used, tuple adc, tuple accumulation, tuple other):
        """Outline of what is stacked above and below the array and of what is `side` [m] wide beside it."""
        self.height = total_height(stack)
        self.width = side + self.cells.width
        self.used_area = total_area(used)
        self.area_adc = total_area(adc)
        self.area_accumulation = total_area(accumulation)
        self.area_other = total_area(other)

    cdef void _place_ag(self, tuple stack, tuple side, tuple used, tuple adc, tuple accumulation, tuple other):
        """Add the transposed read-out to the outline."""
        self.height += total_height(stack)
        self.width += total_width(side)
        self.area_ag = total_area(used)
        self.used_area += self.area_ag
        self.area_adc += total_area(adc)
        self.area_accumulation += total_area(accumulation)
        self.area_other += total_area(other)

    cdef int _collect(self, tuple initial, tuple parts) except -1:
        """Take over what the parts complain about, when they are made (`initial`) or laid out."""
        self.initial_complaints = complaints_of(initial)
        self.complaints = complaints_of(parts)
        return 0

    cdef double _select_latency(self) noexcept nogil:
        """Multiplexer and its decoder, for one of the input bits [s]."""
        cdef double groups, latency
        cdef int share = self.columns_per_adc
        if share <= 1:
            return 0
        groups = self.columns // share
        latency = self.mux.latency(0, share) + self.mux_decoder.latency(
            STEEP, self.mux.gate.cap_gate_n * groups, self.mux.gate.cap_gate_p * groups, share)
        return latency / self.input_bits

    cdef double _select_energy(self) noexcept nogil:
        """Multiplexer and its decoder, for one of the input bits [J]."""
        cdef int share = self.columns_per_adc
        if share <= 1:
            return 0
        return (self.mux.energy(share) + self.mux_decoder.energy(share)) / self.input_bits

    cdef double _select_energy_ag(self) noexcept nogil:
        cdef int share = self.rows_per_adc_ag
        if self.mux_ag is None:
            return 0
        return (self.mux_ag.energy(share) + self.mux_decoder_ag.energy(share)) / self.input_bits_ag


cdef ReadPath difference(ReadPath end, ReadPath start) noexcept nogil:
    """end - start, field by field."""
    cdef ReadPath result
    cdef int k
    for k in range(FIELDS):
        (<double *>&result)[k] = (<double *>&end)[k] - (<double *>&start)[k]
    return result


cdef inline ReadPath along(const ReadPath *fixed, const ReadPath *slope, double activity) noexcept nogil:
    """fixed + slope * activity, field by field."""
    cdef ReadPath result
    cdef int k
    for k in range(FIELDS):
        (<double *>&result)[k] = (<const double *>fixed)[k] + (<const double *>slope)[k] * activity
    return result
