"""Synaptic arrays: cells with all their periphery, in the forward and in the transposed direction.

An input vector is applied to the rows and every column sums the currents of its cells, row by row (sequential) or at
once (parallel). For the gradient of the activations the array is read the other way round: columns are driven and
rows sensed (Peng, Huang, Jiang, Lu, Yu, "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021).

Here is what all kinds of array share; `_subarray_sram` and `_subarray_nvm` say what each consists of, how an input
vector runs through it and how it is written.
"""

from libc.math cimport ceil

from neurosim.circuits._flash cimport FlashConverter
from neurosim.circuits._parts cimport areas, complaints, extent, leakages
from neurosim.errors import NeurosimError
from neurosim.technology._transistor cimport Technology, to_int

cdef enum:
    FIELDS = sizeof(ReadPath) // sizeof(double)

cdef int write_operations(int columns, double column_activity, int cells_per_write) noexcept nogil:
    """Write operations that one row takes, rounded up."""
    return to_int(ceil(<double>columns * column_activity / cells_per_write))


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
    converter : kind of converter, as in `converters.CONVERTERS`
    converter_power_factor : what the temperature makes of its power
    cell_bits : precision of a cell
    cells_per_synapse : cells side by side that hold one weight
    input_bits : bits of an activation, read one after the other
    training : build the transposed read-out
    parallel_backward : read the transposed array at once; else column by column (a sequential array always is)
    rows_per_adc_ag, adc_levels_ag, input_bits_ag, activity_ag : the same for the transposed read-out; its activity is
        not taken from the data (quirk Q18: in the reference always 8 bits, at an activity of one half)
    cells_apart : join the cells of a weight in a shift-and-add of their own, not in that of the input bits
    split_adds : whether the split of an SRAM array's read into ADC, accumulation and other adds both directions
    relax_height, relax_width : stretch cells to what the row or the column drivers need
    cells_per_read, cells_per_write : cells that one operation senses or writes (0: a whole row)
    spiking : count spikes instead of weighing bits
    digital_mux : multiplexers of minimum transistors
    initial_column_activity, initial_write_pulses : write activity and pulses at the time of the design. Quirk U10: the
        reference sizes the write energy of prechargers, write drivers and switch matrices with these, which are 0 in
        its program, and not with those of the update.
    update_activity : take the write activity and pulses of the update instead of those two
    drivers_once : column drivers of eNVM leak once, and no transposed read of their register is part of an update
        (quirk Q23)
    transposed_lines : the lines of a transposed read of eNVM are those of the columns that are driven and of the rows
        that are sensed (quirk Q44)

    Attributes
    ----------
    used_area, empty_area : of all parts, and what the rectangle around them leaves [m^2]
    area_array, area_adc, area_accumulation, area_other : parts of the used area [m^2]
    area_backward : transposed read-out, a part of the three above [m^2]
    leakage, leakage_forward : of everything, and without what only a transposed read evaluates [W]
    cap_row, cap_word_line, cap_column : bit line of 1T1R (word line of all others), word line and column [F]
    complaints, initial_complaints, complaint_per_read : what the reference prints whenever it lays the array out, once
        before that, and at every input vector
    cells, decoder, ... : the drivers, None if there are none
    forward, backward : `ReadOut` of either direction; the second None without training
    parts : tuple of `Part`, all circuits but the cells, in the order in which the reference lays them out

    Quirk Q18: the transposed read-out converts the resistances of the forward columns.
    Quirk Q19: the multiplexer of the transposed read-out is waited for as many *seconds* as it takes *joules*, which no
    driver is as fast as. (The reference does so from the second vector on.)
    """

    def __init__(self, Technology tech not None, cell, int rows, int columns, *, double wire_resistance, double clock,
                 int columns_per_adc=8, int adc_levels=64, converter=FlashConverter,
                 double converter_power_factor=1.0, int cell_bits=1, int cells_per_synapse=1, int input_bits=8,
                 bint training=True, bint parallel_backward=True,
                 int rows_per_adc_ag=8, int adc_levels_ag=64, int input_bits_ag=8, double activity_ag=0.5,
                 bint relax_height=False, bint relax_width=False, int cells_per_read=0, int cells_per_write=0,
                 bint spiking=False, bint digital_mux=False, double initial_column_activity=0.0,
                 double initial_write_pulses=0.0, bint split_adds=False, bint cells_apart=False,
                 bint update_activity=False, bint drivers_once=False, bint transposed_lines=False):
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
        self.cell_bits = cell_bits
        self.cells_per_synapse = cells_per_synapse
        self.training = training
        self.parallel_backward = parallel_backward
        self.activity_backward = activity_ag
        self.cells_per_read = cells_per_read if cells_per_read > 0 else columns
        self.cells_per_write = cells_per_write if cells_per_write > 0 else columns
        self.spiking = spiking
        self.digital_mux = digital_mux
        self.initial_column_activity = initial_column_activity
        self.initial_write_pulses = initial_write_pulses
        self.update_activity = update_activity
        self.drivers_once = drivers_once
        self.transposed_lines = transposed_lines
        self._converter = converter
        self._power_factor = converter_power_factor
        self.cells_apart = cells_apart
        apart = cells_per_synapse if cells_apart else 0
        self._cell_options = {
            "wire_resistance": wire_resistance, "relax_height": relax_height, "relax_width": relax_width}
        self.adc_in_total = True
        self.split_adds = split_adds
        self.complaint_per_read = ""
        self._build_cells()
        self.forward = ReadOut(tech, lines=columns, share=columns_per_adc, levels=adc_levels, input_bits=input_bits,
                               length=self.cells.width, cells_apart=apart)
        if training:
            self.backward = ReadOut(tech, lines=rows, share=rows_per_adc_ag, levels=adc_levels_ag,
                                    input_bits=input_bits_ag, length=self.cells.height, backward=True,
                                    cells_apart=apart)
        self._parts = []
        self._build()
        self._lay_out()
        self.cap_row = self.cells.cap_row
        self.cap_word_line = self.cells.cap_word_line
        self.cap_column = self.cells.cap_column

        # Every part is linear in the activity, so two points tell all. Quirk D8: a sum then has another order.
        self.forward_fixed = self._forward(0)
        self.forward_slope = difference(self._forward(1), self.forward_fixed)
        if training:
            self.backward_fixed = self._backward(0)
            self.backward_slope = difference(self._backward(1), self.backward_fixed)

    @property
    def parts(self):
        return tuple(self._parts)

    @property
    def converters(self):
        """(forward, backward) `ColumnConverter`, None where there is none."""
        return self.forward.converter, None if self.backward is None else self.backward.converter

    cdef int _lay_out(self) except -1:
        """Outline, areas, leakage and complaints, from the table of parts."""
        cdef list parts = self._parts
        self.height = self.cells.height + extent(parts, False, "stack", True)
        self.width = (larger(extent(parts, False, "drivers", False), extent(parts, False, "select", False))
                      + self.cells.width)
        self.height += extent(parts, True, "stack", True)
        self.width += extent(parts, True, "side", False)
        self.area_array = self.cells.area
        self.area_backward = areas(parts, True)
        self.used_area = self.area_array + areas(parts, False) + self.area_backward
        self.area_adc = areas(parts, False, "adc") + areas(parts, True, "adc")
        self.area_accumulation = areas(parts, False, "accumulation") + areas(parts, True, "accumulation")
        self.area_other = areas(parts, False, "other") + areas(parts, True, "other")
        self.area = self.height * self.width
        self.empty_area = self.area - self.used_area
        self.leakage_forward = self.cells.leakage + leakages(parts, False)
        self.leakage = self.leakage_forward + leakages(parts, True)
        self.initial_complaints = complaints(parts, "once")
        self.complaints = complaints(parts, "layout")
        return 0

    # One input vector

    cdef void read(self, double activity, double conversion_latency, double conversion_energy,
                   double conversion_latency_ag, double conversion_energy_ag, bint back, ArrayRead *out) noexcept nogil:
        """Cost of one bit plane of an input vector whose share `activity` of the rows is active.

        latency = max(drivers, multiplexer) + settling + sensing + accumulation, and the same for the transposed array
        without any activity of its own. `conversion_*` is what the converters make of the columns' resistances; `back`
        says whether the array is read for the activation gradient at all.

        Quirk Q21: an eNVM array that is read row by row leaves the energy of conversion out of its total, not of its
        split.
        Quirk Q20: with training the split of an eNVM array sums both directions, that of an SRAM array shows the
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
        if not (self.training and back):
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

    def read_columns(self, double activity, const double[::1] resistances, bint back=True):
        """Cost of one bit plane of an input vector, as a dict.

        Parameters
        ----------
        activity : share of active rows
        resistances : what the columns show to the ADC [ohm]
        back : whether the array is read for the activation gradient as well
        """
        cdef ArrayRead cost
        cdef (double, double) forward = (0, 0), backward = (0, 0)
        if self.forward.converter is not None:
            forward = self.forward.converter.converted(resistances)
        if self.training and back and self.backward.converter is not None:
            backward = self.backward.converter.converted(resistances)
        self.read(activity, forward[0], forward[1], backward[0], backward[1], back, &cost)
        return cost

    # One weight update

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, bint back, double row_pulses, ArrayWrite *out) noexcept:
        """Cost of one weight update of the whole array; see `write_update`."""
        out.latency = out.energy = 0
        out.driver_latency = previous

    def write_update(self, double row_activity, double column_activity, double total_pulses=0.0,
                     double array_energy=0.0, long vectors=1, double previous=0.0, bint back=True,
                     double row_pulses=0.0):
        """Cost of one weight update of the whole array, as a dict.

        Parameters
        ----------
        row_activity : share of the rows that are written
        column_activity : share of the columns written in such a row
        total_pulses : write pulses one after the other (eNVM)
        array_energy : of the cells and lines [J] (eNVM)
        vectors : input vectors read since the update before
        previous : `driver_latency` of the update before [s]
        back : whether the array is read for the activation gradient
        row_pulses : write pulses of a mean row (eNVM), which count with `update_activity` only

        Quirk U20: the row driver of a crossbar that is read row by row adds its time up at every input vector and
        multiplies the sum with the writes, w(k) = (w(k-1) + delay) writes; hence `vectors` and `previous`. All other
        arrays ignore them.
        """
        cdef ArrayWrite cost
        self.write(row_activity, column_activity, total_pulses, array_energy, vectors, previous, back, row_pulses,
                   &cost)
        return cost

    # What the kinds of array fill in

    cdef int _build_cells(self) except -1:
        """Fill in `cells`."""
        raise NeurosimError("SubArray is what all arrays share; make one with neurosim.circuits.arrays.subarray")

    cdef int _build(self) except -1:
        """Fill in the drivers, the parts of both read-outs, and the table of all of them."""
        return 0

    cdef ReadPath _forward(self, double activity) noexcept:
        return self.forward_fixed

    cdef ReadPath _backward(self, double activity) noexcept:
        return self.backward_fixed

    # Tools for them

    cdef int _build_converter(self, ReadOut readout, int levels, bint all_lines) except -1:
        """Converters of one direction: of the currents of whole lines, or of one cell at a time."""
        cell = self.cell.cell
        # Quirk Q43: the references are those of as many cells as the array has rows, in both directions.
        return readout.build_converter(
            self._converter, levels, cell.resistance_on, cell.resistance_off, self.rows if all_lines else 1,
            cell.read_voltage, all_lines or self.cell_bits > 1, self._power_factor)


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
