"""Synaptic arrays of non-volatile cells: RRAM or FeFET, with access transistors (1T1R) or as a crossbar.

The current of a column is what its ADC converts: of one cell if the array is read row by row, of the whole column if
all rows are read at once. Weights are programmed by pulses. See `SubArray`.
"""

cimport cython
from libc.math cimport log2

from neurosim.circuits._cell_array cimport NVMCells
from neurosim.circuits._cell_array cimport NVMCells
from neurosim.circuits._drivers cimport DecoderDriver, RowDecoder, WordLineDriver
from neurosim.circuits._parts cimport Part, address_bits
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._subarray cimport ArrayWrite, ReadPath, SubArray, larger, write_operations
from neurosim.circuits._switches cimport RowSwitches, SwitchMatrix
from neurosim.technology._transistor cimport to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


cdef class NVMArray(SubArray):
    """What both eNVM arrays share: source-line switch matrix, the transposed read-out, and writing.

    Update latency = pulses one after the other + max(row drivers, column drivers), two writes for each row
    operation, set and reset.

    Quirk Q23: with training the column drivers leak twice, and their register's energy of one transposed *read* is
    part of every update's energy.
    """
    cdef int _build_cells(self) except -1:
        cell = self.cell.cell
        self.split_adds = True
        self.transistors = cell.has_transistor
        self.cells = self.nvm = NVMCells(self.tech, self.cell, self.rows, self.columns, **self._cell_options)
        return 0

    cdef SwitchMatrix _matrix(self, str side, int lines, double resistance):
        cell = self.cell.cell
        return SwitchMatrix(
            self.tech, lines, resistance, self.clock, read_voltage=cell.read_voltage, write_voltage=cell.write_voltage,
            access_transistor=self.transistors, side=side, cells_per_write=self.cells_per_write,
            write_pulses=self.initial_write_pulses, height=self.cells.height if side == "row" else 0,
            width=self.cells.width if side == "column" else 0)

    cdef int _build_backward(self, bint at_once, double mux_resistance) except -1:
        """Transposed read-out: the column drivers drive, multiplexer and converters beside the array sense its rows."""
        cdef ReadOut readout = self.backward
        cdef double bits = address_bits(self.columns) + self.cell_bits
        self.serial_backward = not at_once
        readout.build_mux(mux_resistance, self.cell.cell.read_voltage, self.digital_mux, readout.share)
        if at_once:
            self._build_converter(readout, readout.levels, True)
            bits = log2(readout.levels)
        else:
            self._build_converter(readout, 1 << self.cell_bits, False)
            readout.build_adder(to_int(bits), readout.count, self.clock)
        self._build_backward_adder(readout.count, bits)
        # Quirk Q23: it is evaluated once more for the transposed read, and its leakage added again.
        self._parts.append(Part("column_matrix", self.column_matrix, "", "inside", backward=True, complains="never",
                                leaks=not self.drivers_once))
        self._parts += readout.parts("side")
        return 0

    cdef int _build_backward_adder(self, int units, double code_bits) except -1:
        """Shift-and-adds beside the array."""
        return self.backward.build_shift_add(units, code_bits, self.clock, self.cell.cell.read_pulse, self.spiking)

    cdef double _backward_reads(self) noexcept:
        """How often the columns are driven in one transposed read."""
        if self.serial_backward:
            return self.backward.share * self.columns * self.activity_backward
        return self.backward.share      # all columns at once

    cdef ReadPath _backward_with(self, double resistance) noexcept:
        """Transposed read that waits for a row of `resistance` [ohm]."""
        cdef ReadOut readout = self.backward
        cdef int share = readout.share
        cdef double columns = self.columns * self.activity_backward if self.serial_backward else 1
        cdef double reads = self._backward_reads()
        # Quirk Q44: the lines are those of a forward read, as many as the *rows* of the array and the forward ADCs.
        cdef double lines = (self.columns + self.forward.share - 1) // self.forward.share
        cdef double rows = self.rows * self.activity_backward
        cdef double line_energy = (self.nvm.line_energy(lines, 1) * rows if self.serial_backward
                                   else self.nvm.line_energy(lines, rows))
        cdef ReadPath path
        if self.transposed_lines:
            lines = self.columns * self.activity_backward
            rows = (self.rows + share - 1) // share
            line_energy = (self.nvm.line_energy(1, rows) * lines if self.serial_backward
                           else self.nvm.line_energy(lines, rows))
        path.drive = self.column_matrix.read_latency(STEEP, self.nvm.cap_column, self.nvm.column_resistance, reads)
        # Quirk Q19: waited for as many seconds as it takes joules.
        path.select = readout.select_energy()
        path.settle = self.nvm.settling_time(self.nvm.cap_row_drains, resistance) * share / readout.input_bits
        path.sense = readout.converter.after_latency(reads)
        path.conversions = share * columns
        path.accumulate = 0
        path.drive_energy = (self.column_matrix.read_energy(reads, self.activity_backward)
                             + readout.select_energy())
        path.line_energy = line_energy * share
        path.encode_energy = readout.converter.after_energy(reads)
        path.column_conversions = columns
        path.accumulate_energy = 0
        if self.serial_backward:
            path.accumulate = readout.counted_latency(reads)
            path.accumulate_energy = readout.counted_energy(reads, readout.count, readout.adder.bits + 1)
        path.accumulate += readout.added_latency(share)
        path.accumulate_energy += readout.added_energy(share)
        return path

    cdef ReadPath _sensed_at_once(self, double activity) noexcept:
        """The part of a forward read of all rows that is behind the drivers: lines, converter, shift-and-add."""
        cdef ReadOut readout = self.forward
        cdef int share = readout.share
        cdef int lines = (self.columns + share - 1) // share
        cdef double half = self.rows // 2           # half of the rows conduct
        cdef ReadPath path
        path.drive = path.select = path.drive_energy = 0
        path.settle = self.nvm.settling_time(
            self.nvm.cap_column, self.nvm.resistance_average / half) * share / readout.input_bits
        path.sense = readout.converter.after_latency(share)
        path.conversions = share
        path.accumulate = readout.added_latency(share)
        path.line_energy = self.nvm.line_energy(lines, self.rows * activity) * share
        path.encode_energy = readout.converter.after_energy(share)
        # Quirk C33: each column is converted once, in one of the `share` turns that count for the latency.
        path.column_conversions = 1
        path.accumulate_energy = readout.added_energy(share)
        return path

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept:
        """Row drivers of one update; `driver` is what the crossbar's driver remembers, before and after."""
        return 0

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept:
        return 0

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, bint back, double row_pulses, ArrayWrite *out) noexcept:
        cdef double writes = 2 * write_operations(
            self.columns, column_activity, self.cells_per_write) * self.rows * row_activity
        cdef double reads = self._backward_reads() if self.training and back and not self.drivers_once else 0
        cdef double pulses = row_pulses if self.update_activity else self.column_matrix.write_pulses
        out.driver_latency = previous
        out.latency = larger(
            self._row_write_latency(writes, vectors, &out.driver_latency),
            self.column_matrix.write_latency(STEEP, self.nvm.cap_column, self.nvm.column_resistance, writes))
        out.latency += total_pulses * self.nvm.write_pulse
        out.energy = self._row_write_energy(writes, column_activity)
        out.energy += self.column_matrix.write_energy(writes, column_activity, reads, pulses)
        out.energy += array_energy


@cython.final
cdef class SequentialNVM(NVMArray):
    """An eNVM array that is read row by row: decoder and driver, multiplexer, ADC, adder, shift-and-add.

    latency = max(active rows (decoder + driver), multiplexer) + settling + active rows (ADC + encoder + adder +
    register) + shift-and-add, all as often as columns share an ADC. See `SubArray` for the parameters.

    Quirk C34: the settling of the bit line is waited for once, not for every row.
    """

    cdef int _build(self) except -1:
        cell = self.cell.cell
        cdef ReadOut readout = self.forward
        cdef int bits = address_bits(self.rows) + self.cell_bits
        cdef double height = self.cells.height
        self.decoder = RowDecoder(self.tech, address_bits(self.rows), height=height)
        self._parts.append(Part("decoder", self.decoder, "other", "drivers"))
        if self.transistors:
            self.word_line_driver = WordLineDriver(
                self.tech, self.rows, read_voltage=cell.read_voltage, write_voltage=cell.write_voltage, height=height)
            self._parts.append(Part("word_line_driver", self.word_line_driver, "other", "drivers"))
        else:
            self.crossbar_driver = DecoderDriver(
                self.tech, self.rows, self.columns, self.nvm.resistance_on, read_voltage=cell.read_voltage,
                write_voltage=cell.write_voltage, access_transistor=False, height=height)
            self._parts.append(Part("crossbar_driver", self.crossbar_driver, "other", "drivers"))
        self.column_matrix = self._matrix("column", self.columns, self.nvm.resistance_on)
        self._parts.append(Part("column_matrix", self.column_matrix, "other", "stack"))
        readout.build_mux(self.nvm.resistance_on, cell.read_voltage, self.digital_mux, readout.share)
        self._build_converter(readout, 1 << self.cell_bits, False)
        self.adc_in_total = readout.converter.counts_row_by_row
        readout.build_adder(bits, readout.count, self.clock)
        readout.build_shift_add(readout.count, bits, self.clock, cell.read_pulse, self.spiking)
        self._parts += readout.parts("stack")
        if self.training:
            self._build_backward(False, self.nvm.resistance_on)
        return 0

    cdef ReadPath _forward(self, double activity) noexcept:
        cdef ReadOut readout = self.forward
        cdef int share = readout.share
        cdef int lines = (self.columns + share - 1) // share
        cdef double rows = self.rows * activity
        cdef double reads = rows * share
        cdef ReadPath path
        path.drive = self.decoder.latency(STEEP, self.nvm.cap_word_line, 0, reads)
        path.drive_energy = self.decoder.energy(reads)
        if self.transistors:
            path.drive += self.word_line_driver.latency(
                self._decoded(), self.nvm.cap_word_line, self.nvm.row_resistance, reads)
            path.drive_energy += self.word_line_driver.read_energy(reads)
        else:
            path.drive += self.crossbar_driver.read_latency(
                self._decoded(), self.nvm.cap_row, self.nvm.row_resistance, reads)
            path.drive_energy += self.crossbar_driver.read_energy(lines, reads)
        path.drive_energy += readout.select_energy()
        path.select = readout.select_latency()
        path.settle = (self.nvm.settling_time(self.nvm.cap_column, self.nvm.resistance_average)
                       * share / readout.input_bits)
        path.sense = readout.converter.after_latency(reads)
        path.conversions = reads
        path.accumulate = readout.counted_latency(reads) + readout.added_latency(share)
        path.line_energy = self.nvm.line_energy(lines, 1) * reads
        path.encode_energy = readout.converter.after_energy(reads)
        path.column_conversions = rows
        path.accumulate_energy = (readout.counted_energy(reads, lines, readout.adder.bits + 1)
                                  + readout.added_energy(share))
        return path

    cdef ReadPath _backward(self, double activity) noexcept:
        return self._backward_with(self.nvm.resistance_average)

    cdef double _decoded(self) noexcept:
        """Slope behind the decoder [1/s]."""
        return self.decoder.ramp(STEEP, self.nvm.cap_word_line, 0)

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept:
        cdef double latency = self.decoder.latency(STEEP, self.nvm.cap_word_line, 0, writes)
        cdef double before
        cdef long _vector
        if self.transistors:
            return latency + self.word_line_driver.latency(
                self._decoded(), self.nvm.cap_word_line, self.nvm.row_resistance, writes)
        for _vector in range(vectors):
            before = driver[0]
            driver[0] = self.crossbar_driver.write_latency(
                self._decoded(), self.nvm.cap_row, self.nvm.row_resistance, writes, before)
            if driver[0] == before:     # settled, or infinite
                break
        return latency + driver[0]

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept:
        cdef double energy = self.decoder.energy(writes)
        if self.transistors:
            return energy + self.word_line_driver.write_energy(writes)
        return energy + self.crossbar_driver.write_energy(self.columns, writes)


@cython.final
cdef class ParallelNVM(NVMArray):
    """An eNVM array whose rows are all read at once: switch matrix, multiplexer, ADC, shift-and-add.

    latency = max(switch matrix, multiplexer) + settling + ADC + encoder + shift-and-add, all as often as columns
    share an ADC. See `SubArray` for the parameters.
    """

    cdef int _build(self) except -1:
        cell = self.cell.cell
        cdef ReadOut readout = self.forward
        cdef double column_resistance = self.nvm.resistance_on / self.rows  # of a column whose cells are all on [ohm]
        if self.transistors:
            self.row_switches = RowSwitches(
                self.tech, self.rows, self.clock, access_voltage=cell.access_voltage, read_voltage=cell.read_voltage,
                height=self.cells.height)
            self._parts.append(Part("row_switches", self.row_switches, "other", "drivers"))
        else:
            self.row_matrix = self._matrix("row", self.rows, column_resistance * self.rows / self.columns)
            self._parts.append(Part("row_matrix", self.row_matrix, "other", "drivers"))
        self.column_matrix = self._matrix("column", self.columns, column_resistance * self.rows)
        self._parts.append(Part("column_matrix", self.column_matrix, "other", "stack"))
        readout.build_mux(column_resistance, cell.read_voltage, self.digital_mux, readout.share)
        self._build_converter(readout, readout.levels, True)
        readout.build_shift_add(readout.count, log2(readout.levels), self.clock, cell.read_pulse, self.spiking)
        self._parts += readout.parts("stack")
        if self.training:
            self._build_backward(self.parallel_backward, self.nvm.resistance_on / self.columns)
        return 0

    cdef ReadPath _forward(self, double activity) noexcept:
        cdef int share = self.forward.share
        cdef ReadPath path = self._sensed_at_once(activity)
        if self.transistors:
            path.drive = self.row_switches.read_latency(
                STEEP, self.nvm.cap_word_line, self.nvm.row_resistance, share)
            path.drive_energy = self.row_switches.read_energy(share, activity)
        else:
            path.drive = self.row_matrix.read_latency(STEEP, self.nvm.cap_row, self.nvm.row_resistance, share)
            path.drive_energy = self.row_matrix.read_energy(share, activity)
        path.drive_energy += self.forward.select_energy()
        path.select = self.forward.select_latency()
        return path

    cdef ReadPath _backward(self, double activity) noexcept:
        cdef double half = self.columns // 2
        if self.serial_backward and self.transposed_lines:
            return self._backward_with(self.nvm.resistance_average)
        # Quirk Q44: the rows are waited for as if half of all columns conducted, also when they are driven one by one.
        return self._backward_with(self.nvm.resistance_average / half)

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept:
        cdef int share = self.forward.share
        if self.transistors:
            return self.row_switches.write_latency(
                STEEP, self.nvm.cap_word_line, self.nvm.row_resistance, writes, share)
        return self.row_matrix.write_latency(STEEP, self.nvm.cap_row, self.nvm.row_resistance, writes, share)

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept:
        if self.transistors:
            return self.row_switches.write_energy(writes, self.forward.share)
        return self.row_matrix.write_energy(writes, column_activity, self.forward.share)
