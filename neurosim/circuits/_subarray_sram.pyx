"""Synaptic arrays of SRAM cells.

Bit lines are precharged and discharged by the cells. Read row by row, each column has a sense amplifier, and adders
sum up what its rows say; read at once, the columns' currents go to ADCs. See `SubArray`.
"""

cimport cython
from libc.math cimport log2

from neurosim.circuits._cell_array cimport SRAMCells
from neurosim.circuits._cell_array cimport SRAMCells
from neurosim.circuits._drivers cimport RowDecoder
from neurosim.circuits._parts cimport Part, address_bits
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._sensing cimport SenseAmp
from neurosim.circuits._subarray cimport ArrayWrite, ReadPath, SubArray, write_operations
from neurosim.circuits._switches cimport SwitchMatrix

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


cdef class SRAMArray(SubArray):
    """What both SRAM arrays share: precharged bit lines, the transposed read-out, and writing.

    Writing a row = word line + precharge + write driver + the flip of the cells.

    Quirk C31: prechargers and write drivers of the transposed array are sized as if its rows were all in one line.
    Quirk C31: their write drivers do not leak (rule `transposed_drivers`: they do).
    """
    cdef SRAMCells sram

    cdef int _build_cells(self) except -1:
        self.cells = self.sram = SRAMCells(self.tech, self.cell, self.rows, self.columns, **self._cell_options)
        return 0

    cdef int _build_precharge(self) except -1:
        """Prechargers and write drivers of both directions, which the reference lays out first."""
        self.forward.build_precharge(self.sram.column_resistance, self.cells_per_read, self.cells_per_write)
        self._parts += [Part("precharger", self.forward.precharger, "adc", "stack"),
                        Part("write_driver", self.forward.write_driver, "other", "stack")]
        if self.training:
            self.backward.build_precharge(self.sram.row_resistance, self.cells_per_read, self.cells_per_write)
            self._parts += [Part("precharger", self.backward.precharger, "adc", "side", backward=True),
                            Part("write_driver", self.backward.write_driver, "other", "side", backward=True,
                                 leaks=self.tech.rules.transposed_drivers)]
        return 0

    cdef SwitchMatrix _matrix(self, int lines, double resistance, double height, double width, str side="row"):
        cell = self.cell.cell
        return SwitchMatrix(
            self.tech, lines, resistance, self.clock, read_voltage=cell.read_voltage, write_voltage=cell.write_voltage,
            access_transistor=cell.has_transistor, cells_per_write=self.cells_per_write, write_pulses=1, driven=True,
            side=side, height=height, width=width)

    cdef int _build_serial_backward(self) except -1:
        """Transposed read-out, one column of the array at a time."""
        cdef ReadOut readout = self.backward
        cdef int bits = address_bits(self.columns) + 1
        cdef int count = self.rows // self.cells_per_synapse
        # Quirk C31: one sense amplifier for each column, though it is the rows that are sensed.
        readout.sense_amp = SenseAmp(
            self.tech, self.columns, sense_voltage=self.cell.cell.min_sense_voltage,
            pitch=self.sram.column_length / self.rows, clock=self.clock, cells_per_read=self.cells_per_read,
            height=self.sram.height)
        readout.build_adder(bits, count, self.clock)
        readout.build_shift_add(count, bits, self.clock, self.cell.cell.read_pulse, self.spiking)
        if readout.shift_add is not None and self.forward.shift_add is None and not self.cells_apart:
            # Quirk Q22: the time of the forward shift-and-add is asked for instead, though there is none.
            self.complaint_per_read = "[ShiftAdd] Error: Require initialization first!"
        self._parts.append(Part("sense_amp", readout.sense_amp, "adc", "side", backward=True, complains="once"))
        self._parts += readout.parts("side")
        return 0

    cdef ReadPath _serial_backward(self, double drive, double drive_energy, double ramp, double reads,
                                   double accesses, int register_bits) noexcept:
        """Transposed read, one column of the array at a time.

        `reads` operations count for the time, `accesses` for the energy.
        """
        cdef ReadOut readout = self.backward
        cdef int sums = self.cells_per_read // self.cells_per_synapse
        cdef double line = self.sram.cap_row
        cdef ReadPath path
        path.drive = drive
        path.select = 0
        path.settle = 0
        path.sense = (readout.precharger.read_latency(line, reads)
                      + self.sram.discharge_time(line, self.sram.row_resistance, ramp) * reads
                      + readout.sense_amp.latency(reads))
        path.conversions = 0
        path.accumulate = readout.counted_latency(reads)
        # Quirk Q22: the time of the shift-and-add is forgotten, unless cells are joined apart.
        if self.cells_apart:
            path.accumulate += readout.added_latency(self.cells_per_synapse)
        path.drive_energy = drive_energy
        path.line_energy = readout.precharger.read_energy(line, accesses) + readout.sense_amp.energy(accesses)
        path.encode_energy = 0
        path.column_conversions = 0
        path.accumulate_energy = (readout.counted_energy(accesses, sums, register_bits)
                                  + readout.added_energy(self._words(accesses)))
        return path

    cdef double _words(self, double accesses) noexcept:
        """Words that take energy where lines are read one by one: of a weight, or (before difference V14) all."""
        return self.cells_per_synapse if self.cells_apart else accesses

    cdef double _serial_reads(self) noexcept:
        """Operations of a transposed read, one column at a time, that count for the time."""
        # Quirk C43: they are counted by the columns, not by the rows.
        return write_operations(self.columns, 1, self.cells_per_read) * self.columns * self.activity_backward

    cdef double _serial_accesses(self) noexcept:
        """The same for the energy, rounded down: none if fewer cells than `cells_per_read` are in a column."""
        return (self.rows // self.cells_per_read) * self.columns * self.activity_backward

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept:
        return 0

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept:
        return 0

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, bint back, double row_pulses, ArrayWrite *out) noexcept:
        cdef double rows = self.rows * row_activity
        cdef double writes = write_operations(
            self.columns, column_activity, self.cells_per_write) * self.rows * row_activity
        # Quirk C46: the energy takes a broken number of operations, but never less than one a row.
        cdef double operations = self.columns * column_activity
        cdef double accesses
        cdef double active = column_activity if self.update_activity else self.initial_column_activity
        operations = operations / self.cells_per_write if operations > self.cells_per_write else 1
        accesses = operations * self.rows * row_activity
        out.latency = (
            self.sram.flip_time() * writes
            + self._word_line_write_latency(rows, writes)
            + self.forward.precharger.write_latency(self.sram.cap_column, writes)
            + self.forward.write_driver.write_latency(STEEP, self.sram.cap_column, self.sram.column_resistance, writes))
        out.energy = (
            self._word_line_write_energy(rows, accesses, column_activity)
            + self.forward.precharger.write_energy(self.sram.cap_column, active, accesses)
            + self.forward.write_driver.write_energy(active, accesses)
            + self.sram.flip_energy() * self.columns * column_activity * self.rows * row_activity)
        out.driver_latency = previous


@cython.final
cdef class SequentialSRAM(SRAMArray):
    """SRAM that is read row by row: decoder, bit lines, sense amplifiers, adders, shift-and-add.

    latency = active rows (decoder + precharge + discharge + sense amplifier + adder + register) + shift-and-add.
    See `SubArray` for the parameters.
    """

    cdef int _build(self) except -1:
        cdef ReadOut readout = self.forward
        cdef int bits = address_bits(self.rows) + 1
        cdef int count = self.columns // self.cells_per_synapse
        cdef double width = self.cells.width
        self._build_precharge()
        self.decoder = RowDecoder(self.tech, address_bits(self.rows), height=self.cells.height)
        readout.sense_amp = SenseAmp(
            self.tech, self.columns, sense_voltage=self.cell.cell.min_sense_voltage,
            pitch=self.cells.row_length / self.columns, clock=self.clock, cells_per_read=self.cells_per_read,
            width=width, fit="keep-area")
        readout.build_adder(bits, count, self.clock)
        readout.build_shift_add(count, bits, self.clock, self.cell.cell.read_pulse, self.spiking)
        self._parts += [Part("decoder", self.decoder, "other", "drivers"),
                        Part("sense_amp", readout.sense_amp, "adc", "stack", complains="once"),
                        Part("adder", readout.adder, "accumulation", "stack"),
                        Part("flip_flops", readout.flip_flops, "accumulation", "stack")]
        for name, shift_add in (("shift_add", readout.shift_add), ("cell_add", readout.cell_add)):
            if shift_add is not None:
                self._parts.append(Part(name, shift_add, "accumulation", "stack"))
        if self.training:
            self.column_decoder = RowDecoder(self.tech, address_bits(self.columns), width=width)
            self._parts.append(Part("column_decoder", self.column_decoder, "other", "stack", backward=True))
            self._build_serial_backward()
        return 0

    cdef ReadPath _forward(self, double activity) noexcept:
        cdef ReadOut readout = self.forward
        cdef int sums = self.cells_per_read // self.cells_per_synapse
        cdef double line = self.sram.cap_column
        cdef double rows = self.rows * activity
        cdef double reads = write_operations(self.columns, 1, self.cells_per_read) * rows
        # Quirk C32: for the energy the operations of a row are rounded down.
        cdef double accesses = (self.columns // self.cells_per_read if self.columns > self.cells_per_read else 1) * rows
        cdef double ramp = self.decoder.ramp(STEEP, self.sram.cap_row, 0)
        cdef ReadPath path
        path.drive = self.decoder.latency(STEEP, self.sram.cap_row, 0, rows)
        path.select = 0
        path.settle = 0
        path.sense = (readout.precharger.read_latency(line, reads)
                      + self.sram.discharge_time(line, self.sram.column_resistance, ramp) * reads
                      + readout.sense_amp.latency(reads))
        path.conversions = 0
        path.accumulate = readout.counted_latency(reads) + readout.added_latency(self._words(1))
        path.drive_energy = self.decoder.energy(rows)
        path.line_energy = readout.precharger.read_energy(line, accesses) + readout.sense_amp.energy(accesses)
        path.encode_energy = 0
        path.column_conversions = 0
        path.accumulate_energy = (readout.counted_energy(accesses, sums, readout.adder.bits + 1)
                                  + readout.added_energy(self._words(accesses)))
        return path

    cdef ReadPath _backward(self, double activity) noexcept:
        cdef double columns = self.columns * self.activity_backward
        # Quirk C43: the active flip-flops are counted by the bits of the forward adder.
        return self._serial_backward(
            self.column_decoder.latency(STEEP, self.sram.cap_column, 0, columns),
            self.column_decoder.energy(columns),
            self.column_decoder.ramp(STEEP, self.sram.cap_column, 0),
            self._serial_reads(), self._serial_accesses(), self.forward.adder.bits + 1)

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept:
        return self.decoder.latency(STEEP, self.sram.cap_row, 0, rows)

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept:
        return self.decoder.energy(rows)


@cython.final
cdef class ParallelSRAM(SRAMArray):
    """SRAM whose rows are all read at once: switch matrix, bit lines, multiplexer, ADC, shift-and-add.

    latency = max(switch matrix, multiplexer) + precharge + discharge + ADC + encoder + shift-and-add.
    See `SubArray` for the parameters.

    Quirk C32: the multiplexer and its decoder do not leak (rule `decoders_leak`: they do); those of the transposed
    read-out do.
    """

    cdef int _build(self) except -1:
        cell = self.cell.cell
        cdef ReadOut readout = self.forward
        cdef double access = self.cell.access_resistance
        cdef Part part
        self._build_precharge()
        self.row_matrix = self._matrix(self.rows, self.cells.row_resistance, self.cells.height, 0)
        self._parts.append(Part("row_matrix", self.row_matrix, "other", "drivers"))
        readout.build_mux(access / self.rows / 2, cell.read_voltage, self.digital_mux, readout.share)
        self._build_converter(readout, readout.levels, True)
        readout.build_shift_add(readout.count, log2(readout.levels), self.clock, cell.read_pulse, self.spiking)
        for part in readout.parts("stack"):
            part.leaks = self.tech.rules.decoders_leak or part.name not in ("mux", "mux_decoder")
            self._parts.append(part)
        if self.training:
            # Quirk C44: a row driver turned by 90 degrees, which ignores the width it is given.
            side = "column" if self.tech.rules.columns_along_width else "row"
            self.column_matrix = self._matrix(self.columns, self.cells.column_resistance, 0, self.cells.width, side)
            self._parts.append(Part("column_matrix", self.column_matrix, "other", "stack", backward=True))
            if self.parallel_backward:
                self._build_parallel_backward(access)
            else:
                self._build_serial_backward()
        return 0

    cdef int _build_parallel_backward(self, double access) except -1:
        """Transposed read-out, all columns of the array at once."""
        cell = self.cell.cell
        cdef ReadOut readout = self.backward
        readout.build_mux(access / self.columns / 2, cell.read_voltage, self.digital_mux, readout.share)
        self._build_converter(readout, readout.levels, True)
        readout.build_shift_add(readout.count, log2(readout.levels), self.clock, cell.read_pulse, self.spiking)
        self._parts += readout.parts("side")
        return 0

    cdef double _discharges(self, int share) noexcept:
        """How often cells discharge a line that is precharged `share` times: for each that shares its converter."""
        # Quirk C49: once.
        return share if self.tech.rules.lines_discharged else 1

    cdef ReadPath _forward(self, double activity) noexcept:
        cdef ReadOut readout = self.forward
        cdef int share = readout.share
        cdef double row = self.sram.cap_row, column = self.sram.cap_column
        cdef double ramp = self.row_matrix.ramp(STEEP, row, self.sram.row_resistance)
        cdef ReadPath path
        path.drive = self.row_matrix.read_latency(STEEP, row, self.sram.row_resistance, share)
        path.select = readout.select_latency()
        path.settle = 0
        path.sense = (readout.precharger.read_latency(column, share)
                      + self.sram.discharge_time(column, self.sram.column_resistance, ramp) * self._discharges(share)
                      + readout.converter.after_latency(share))
        path.conversions = share
        path.accumulate = readout.added_latency(share)
        path.drive_energy = self.row_matrix.read_energy(share, activity) + readout.select_energy()
        path.line_energy = readout.precharger.read_energy(column, share)
        path.encode_energy = readout.converter.after_energy(share)
        # Quirk C33: each column is converted once, in one of the `share` turns that count for the latency.
        path.column_conversions = 1
        path.accumulate_energy = readout.added_energy(share)
        return path

    cdef ReadPath _backward(self, double activity) noexcept:
        cdef ReadOut readout = self.backward
        cdef int share = readout.share
        cdef double row = self.sram.cap_row, column = self.sram.cap_column
        cdef double ramp = self.column_matrix.ramp(STEEP, column, self.sram.column_resistance)
        cdef double reads = share if self.parallel_backward else self._serial_reads()
        cdef double accesses = share if self.parallel_backward else self._serial_accesses()
        cdef double drive = self.column_matrix.read_latency(STEEP, column, self.sram.column_resistance, reads)
        # Quirk C31: the drivers of the columns are as active as the *rows* of the forward read.
        if self.tech.rules.transposed_drivers:
            activity = self.activity_backward
        cdef double drive_energy = self.column_matrix.read_energy(accesses, activity)
        cdef ReadPath path
        if not self.parallel_backward:
            # Quirk U13: bits of an adder that a parallel array does not have; the reference reads 0 there.
            return self._serial_backward(drive, drive_energy, ramp, reads, accesses, 1)
        path.drive = drive
        # Quirk Q19: waited for as many seconds as it takes joules.
        path.select = readout.select_energy()
        path.settle = 0
        path.sense = (readout.precharger.read_latency(row, share)
                      + self.sram.discharge_time(row, self.sram.row_resistance, ramp) * self._discharges(share)
                      + readout.converter.after_latency(share))
        path.conversions = share
        path.accumulate = readout.added_latency(share)
        path.drive_energy = drive_energy + readout.select_energy()
        path.line_energy = readout.precharger.read_energy(row, share)
        path.encode_energy = readout.converter.after_energy(share)
        path.column_conversions = 1
        path.accumulate_energy = readout.added_energy(share)
        return path

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept:
        # Quirk C48: in two steps, set and reset, though SRAM is written in one; here and in the energy.
        return self.row_matrix.write_latency(
            STEEP, self.sram.cap_row, self.sram.row_resistance, 2 * writes, self.forward.share)

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept:
        return self.row_matrix.write_energy(2 * writes, column_activity, self.forward.share)
