"""Synaptic arrays of SRAM cells.

Bit lines are precharged and discharged by the cells. Read row by row, each column has a sense amplifier, and adders
sum up what its rows say; read at once, the columns' currents go to ADCs. See `SubArray`.
"""

cimport cython
from libc.math cimport log2

from neurosim.circuits._cell_array cimport SRAMCells
from neurosim._circuits cimport Adder, FlipFlops
from neurosim.circuits._drivers cimport RowDecoder
from neurosim.circuits._sensing cimport Precharger, SenseAmp, SRAMWriteDriver
from neurosim.circuits._subarray cimport (
    ArrayWrite, ReadPath, SubArray, address_bits, larger, total_leakage, write_operations,
)
from neurosim.circuits._switches cimport SwitchMatrix
from neurosim.technology._transistor cimport to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


cdef class SRAMArray(SubArray):
    """What both SRAM arrays share: precharged bit lines, the transposed read-out, and writing.

    Writing a row = word line + precharge + write driver + the flip of the cells.

    Quirk: prechargers and write drivers of the transposed array are sized as if its rows were all in one line.
    Quirk: their write drivers do not leak.
    """
    cdef SRAMCells sram

    cdef int _build_cells(self) except -1:
        cdef double width
        self.cells = self.sram = SRAMCells(self.tech, self.cell, self.rows, self.columns, **self._cell_options)
        width = self.sram.width
        self.precharger = Precharger(
            self.tech, self.columns, load_resistance=self.sram.column_resistance, cells_per_read=self.cells_per_read,
            cells_per_write=self.cells_per_write, width=width)
        self.write_driver = SRAMWriteDriver(self.tech, self.columns, cells_per_write=self.cells_per_write, width=width)
        if self.training:
            self.precharger_ag = Precharger(
                self.tech, self.rows, load_resistance=self.sram.row_resistance, cells_per_read=self.cells_per_read,
                cells_per_write=self.cells_per_write, height=self.sram.height)
            self.write_driver_ag = SRAMWriteDriver(
                self.tech, self.rows, cells_per_write=self.cells_per_write, height=self.sram.height)
        return 0

    cdef SwitchMatrix _matrix(self, int lines, double resistance, double height, double width):
        cell = self.cell.cell
        return SwitchMatrix(
            self.tech, lines, resistance, self.clock, read_voltage=cell.read_voltage, write_voltage=cell.write_voltage,
            access_transistor=cell.has_transistor, cells_per_write=self.cells_per_write, write_pulses=1,
            height=height, width=width)

    cdef int _build_serial_ag(self) except -1:
        """Transposed read-out, one column of the array at a time."""
        cdef int bits = address_bits(self.columns) + 1
        cdef int count = self.rows // self.cells_per_synapse
        cdef double height = self.sram.height
        # Quirk: one sense amplifier for each column, though it is the rows that are sensed.
        self.sense_amp_ag = SenseAmp(
            self.tech, self.columns, sense_voltage=self.cell.cell.min_sense_voltage,
            pitch=self.sram.column_length / self.rows, clock=self.clock, cells_per_read=self.cells_per_read,
            height=height)
        self.flip_flops_ag = FlipFlops(self.tech, (bits + 1) * count, self.clock, height=height)
        self.adder_ag = Adder(self.tech, bits, count, height=height)
        self.shift_add_ag = self._shift_add_ag(count, bits + self.input_bits_ag + 1)
        if self.shift_add_ag is not None and self.shift_add is None:
            # Quirk: the time of the forward shift-and-add is asked for instead, though there is none.
            self.complaint_per_read = "[ShiftAdd] Error: Require initialization first!"
        return 0

    cdef ReadPath _serial_backward(self, double drive, double drive_energy, double ramp, double reads,
                                   double accesses, int register_bits) noexcept nogil:
        """Transposed read, one column of the array at a time.

        `reads` operations count for the time, `accesses` for the energy.
        """
        cdef int sums = self.cells_per_read // self.cells_per_synapse
        cdef double line = self.sram.cap_row
        cdef ReadPath path
        path.drive = drive
        path.select = 0
        path.settle = 0
        path.sense = (self.precharger_ag.read_latency(line, reads)
                      + self.sram.discharge_time(line, self.sram.row_resistance, ramp) * reads
                      + self.sense_amp_ag.latency(reads))
        path.conversions = 0
        # Quirk: the time of the shift-and-add is forgotten.
        path.accumulate = (self.adder_ag.latency(STEEP, self.flip_flops_ag.cap_input, reads)
                           + self.flip_flops_ag.latency(reads))
        path.drive_energy = drive_energy
        path.line_energy = self.precharger_ag.read_energy(line, accesses) + self.sense_amp_ag.energy(accesses)
        path.encode_energy = 0
        path.column_conversions = 0
        path.accumulate_energy = (self.adder_ag.energy(accesses, sums)
                                  + self.flip_flops_ag.energy(accesses, sums * register_bits))
        if self.shift_add_ag is not None:
            path.accumulate_energy += self.shift_add_ag.energy(accesses)
        return path

    cdef double _serial_reads(self) noexcept nogil:
        """Operations of a transposed read, one column at a time, that count for the time."""
        # Quirk: they are counted by the columns, not by the rows.
        return write_operations(self.columns, 1, self.cells_per_read) * self.columns * self.activity_ag

    cdef double _serial_accesses(self) noexcept nogil:
        """The same for the energy, rounded down: none if fewer cells than `cells_per_read` are in a column."""
        return (self.rows // self.cells_per_read) * self.columns * self.activity_ag

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept nogil:
        return 0

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept nogil:
        return 0

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, ArrayWrite *out) noexcept nogil:
        cdef double rows = self.rows * row_activity
        cdef double writes = write_operations(
            self.columns, column_activity, self.cells_per_write) * self.rows * row_activity
        # The energy takes a broken number of operations, but never less than one a row.
        cdef double operations = self.columns * column_activity
        cdef double accesses
        operations = operations / self.cells_per_write if operations > self.cells_per_write else 1
        accesses = operations * self.rows * row_activity
        out.latency = (
            self.sram.flip_time() * writes
            + self._word_line_write_latency(rows, writes)
            + self.precharger.write_latency(self.sram.cap_column, writes)
            + self.write_driver.write_latency(STEEP, self.sram.cap_column, self.sram.column_resistance, writes))
        out.energy = (
            self._word_line_write_energy(rows, accesses, column_activity)
            + self.precharger.write_energy(self.sram.cap_column, self.initial_column_activity, accesses)
            + self.write_driver.write_energy(self.initial_column_activity, accesses)
            + self.sram.flip_energy() * self.columns * column_activity * self.rows * row_activity)
        out.driver_latency = previous


@cython.final
cdef class SequentialSRAM(SRAMArray):
    """SRAM that is read row by row: decoder, bit lines, sense amplifiers, adders, shift-and-add.

    latency = active rows (decoder + precharge + discharge + sense amplifier + adder + register) + shift-and-add.
    See `SubArray` for the parameters.
    """

    cdef int _build(self) except -1:
        cdef int bits = address_bits(self.rows) + 1
        cdef int count = self.columns // self.cells_per_synapse
        cdef double width
        self._build_cells()
        width = self.cells.width
        self.decoder = RowDecoder(self.tech, address_bits(self.rows), height=self.cells.height)
        self.sense_amp = SenseAmp(
            self.tech, self.columns, sense_voltage=self.cell.cell.min_sense_voltage,
            pitch=self.cells.row_length / self.columns, clock=self.clock, cells_per_read=self.cells_per_read,
            width=width, fit="keep-area")
        self.adder = Adder(self.tech, bits, count, width=width)
        self.flip_flops = FlipFlops(self.tech, (bits + 1) * count, self.clock, width=width)
        self.shift_add = self._shift_add(count, bits + 1)
        self._place(
            stack=(self.precharger, self.write_driver, self.cells, self.sense_amp, self.adder, self.flip_flops,
                   self.shift_add),
            side=self.decoder.width,
            used=(self.cells, self.decoder, self.precharger, self.write_driver, self.sense_amp, self.adder,
                  self.flip_flops, self.shift_add),
            adc=(self.sense_amp, self.precharger),
            accumulation=(self.adder, self.flip_flops, self.shift_add),
            other=(self.decoder, self.write_driver))
        self.leakage = total_leakage((
            self.cells, self.decoder, self.precharger, self.write_driver, self.sense_amp, self.flip_flops, self.adder,
            self.shift_add))
        if self.training:
            self.decoder_ag = RowDecoder(self.tech, address_bits(self.columns), width=width)
            self._build_serial_ag()
            self._place_ag(
                stack=(self.decoder_ag,),
                side=(self.sense_amp_ag, self.flip_flops_ag, self.adder_ag, self.shift_add_ag, self.precharger_ag,
                      self.write_driver_ag),
                used=(self.sense_amp_ag, self.flip_flops_ag, self.adder_ag, self.shift_add_ag, self.decoder_ag,
                      self.precharger_ag, self.write_driver_ag),
                adc=(self.sense_amp_ag, self.precharger_ag),
                accumulation=(self.flip_flops_ag, self.adder_ag, self.shift_add_ag),
                other=(self.decoder_ag, self.write_driver_ag))
            self.leakage += total_leakage((
                self.decoder_ag, self.precharger_ag, self.adder_ag, self.flip_flops_ag, self.sense_amp_ag,
                self.shift_add_ag))
        self._collect((self.sense_amp, self.sense_amp_ag), (
            self.precharger, self.write_driver, self.precharger_ag,
            self.write_driver_ag, self.decoder, self.adder, self.flip_flops, self.shift_add, self.decoder_ag,
            self.flip_flops_ag, self.adder_ag, self.shift_add_ag))
        return 0

    cdef ReadPath _forward(self, double activity) noexcept nogil:
        cdef int sums = self.cells_per_read // self.cells_per_synapse
        cdef double line = self.sram.cap_column
        cdef double rows = self.rows * activity
        cdef double reads = write_operations(self.columns, 1, self.cells_per_read) * rows
        # Quirk: for the energy the operations of a row are rounded down.
        cdef double accesses = (self.columns // self.cells_per_read if self.columns > self.cells_per_read else 1) * rows
        cdef double ramp = self.decoder.ramp(STEEP, self.sram.cap_row, 0)
        cdef ReadPath path
        path.drive = self.decoder.latency(STEEP, self.sram.cap_row, 0, rows)
        path.select = 0
        path.settle = 0
        path.sense = (self.precharger.read_latency(line, reads)
                      + self.sram.discharge_time(line, self.sram.column_resistance, ramp) * reads
                      + self.sense_amp.latency(reads))
        path.conversions = 0
        path.accumulate = (self.adder.latency(STEEP, self.flip_flops.cap_input, reads)
                           + self.flip_flops.latency(reads))
        path.drive_energy = self.decoder.energy(rows)
        path.line_energy = self.precharger.read_energy(line, accesses) + self.sense_amp.energy(accesses)
        path.encode_energy = 0
        path.column_conversions = 0
        path.accumulate_energy = (self.adder.energy(accesses, sums)
                                  + self.flip_flops.energy(accesses, sums * (self.adder.bits + 1)))
        if self.shift_add is not None:
            path.accumulate += self.shift_add.latency(1)
            path.accumulate_energy += self.shift_add.energy(accesses)
        return path

    cdef ReadPath _backward(self, double activity) noexcept nogil:
        cdef double columns = self.columns * self.activity_ag
        # Quirk: the active flip-flops are counted by the bits of the forward adder.
        return self._serial_backward(
            self.decoder_ag.latency(STEEP, self.sram.cap_column, 0, columns),
            self.decoder_ag.energy(columns),
            self.decoder_ag.ramp(STEEP, self.sram.cap_column, 0),
            self._serial_reads(), self._serial_accesses(), self.adder.bits + 1)

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept nogil:
        return self.decoder.latency(STEEP, self.sram.cap_row, 0, rows)

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept nogil:
        return self.decoder.energy(rows)


@cython.final
cdef class ParallelSRAM(SRAMArray):
    """SRAM whose rows are all read at once: switch matrix, bit lines, multiplexer, ADC, shift-and-add.

    latency = max(switch matrix, multiplexer) + precharge + discharge + ADC + encoder + shift-and-add.
    See `SubArray` for the parameters.

    Quirk: the multiplexer and its decoder do not leak; those of the transposed read-out do.
    """

    cdef int _build(self) except -1:
        cdef int reads = self.columns // self.columns_per_adc
        cdef double access, width
        self._build_cells()
        width = self.cells.width
        access = self.cell.access_resistance
        self.row_matrix = self._matrix(self.rows, self.cells.row_resistance, self.cells.height, 0)
        self._build_mux(access / self.rows / 2)
        self._build_adc(self.adc_levels, True)
        self.shift_add = self._shift_add(reads, to_int(log2(self.adc_levels) + 1))
        self._place(
            stack=(self.precharger, self.write_driver, self.cells, self.adc, self.encoder, self.shift_add, self.mux),
            side=larger(self.row_matrix.width, self.mux_decoder.width if self.mux_decoder is not None else 0),
            used=(self.cells, self.row_matrix, self.precharger, self.write_driver, self.adc, self.encoder,
                  self.shift_add, self.mux, self.mux_decoder),
            adc=(self.adc, self.precharger, self.encoder),
            accumulation=(self.shift_add,),
            other=(self.row_matrix, self.write_driver, self.mux, self.mux_decoder))
        self.leakage = total_leakage((
            self.cells, self.row_matrix, self.precharger, self.write_driver, self.adc, self.encoder, self.shift_add))
        if self.training:
            # Quirk: a row driver turned by 90 degrees, which ignores the width it is given.
            self.row_matrix_ag = self._matrix(self.columns, self.cells.column_resistance, 0, width)
            if self.parallel_backward:
                self._build_parallel_ag(access)
            else:
                self._build_serial_ag()
            readout = (
                self.mux_ag, self.adc_ag, self.encoder_ag, self.sense_amp_ag, self.flip_flops_ag, self.adder_ag,
                self.shift_add_ag, self.precharger_ag, self.write_driver_ag)
            self._place_ag(
                stack=(self.row_matrix_ag,),
                side=readout,
                used=(self.mux_ag, self.mux_decoder_ag, self.adc_ag, self.encoder_ag, self.sense_amp_ag,
                      self.flip_flops_ag, self.adder_ag, self.shift_add_ag, self.row_matrix_ag, self.precharger_ag,
                      self.write_driver_ag),
                adc=(self.adc_ag, self.encoder_ag, self.sense_amp_ag, self.precharger_ag),
                accumulation=(self.flip_flops_ag, self.adder_ag, self.shift_add_ag),
                other=(self.mux_ag, self.mux_decoder_ag, self.row_matrix_ag, self.write_driver_ag))
            self.leakage += total_leakage((
                self.row_matrix_ag, self.precharger_ag, self.adc_ag, self.encoder_ag, self.mux_ag,
                self.mux_decoder_ag, self.adder_ag, self.flip_flops_ag, self.sense_amp_ag, self.shift_add_ag))
        self._collect((self.sense_amp_ag,), (
            self.precharger, self.write_driver, self.precharger_ag, self.write_driver_ag,
            self.row_matrix, self.mux, self.mux_decoder, self.adc, self.encoder, self.shift_add, self.row_matrix_ag,
            self.mux_ag, self.mux_decoder_ag, self.adc_ag, self.encoder_ag, self.flip_flops_ag, self.adder_ag,
            self.shift_add_ag))
        return 0

    cdef int _build_parallel_ag(self, double access) except -1:
        """Transposed read-out, all columns of the array at once."""
        self._build_mux_ag(access / self.columns / 2)
        self._build_adc_ag(self.adc_levels_ag, True)
        self.shift_add_ag = self._shift_add_ag(
            self.rows // self.rows_per_adc_ag, to_int(log2(self.adc_levels_ag) + self.input_bits_ag + 1))
        return 0

    cdef ReadPath _forward(self, double activity) noexcept nogil:
        cdef int share = self.columns_per_adc
        cdef double row = self.sram.cap_row, column = self.sram.cap_column
        cdef double ramp = self.row_matrix.ramp(STEEP, row, self.sram.row_resistance)
        cdef ReadPath path
        path.drive = self.row_matrix.read_latency(STEEP, row, self.sram.row_resistance, share)
        path.select = self._select_latency()
        path.settle = 0
        path.sense = (self.precharger.read_latency(column, share)
                      + self.sram.discharge_time(column, self.sram.column_resistance, ramp)
                      + self.encoder.latency(STEEP, share))
        path.conversions = share
        path.accumulate = 0
        path.drive_energy = self.row_matrix.read_energy(share, activity) + self._select_energy()
        path.line_energy = self.precharger.read_energy(column, share)
        path.encode_energy = self.encoder.energy(share)
        # Quirk: each column is converted once, though the ADC works `share` times in the latency.
        path.column_conversions = 1
        path.accumulate_energy = 0
        if self.shift_add is not None:
            path.accumulate = self.shift_add.latency(share)
            path.accumulate_energy = self.shift_add.energy(share)
        return path

    cdef ReadPath _backward(self, double activity) noexcept nogil:
        cdef int share = self.rows_per_adc_ag
        cdef double row = self.sram.cap_row, column = self.sram.cap_column
        cdef double ramp = self.row_matrix_ag.ramp(STEEP, column, self.sram.column_resistance)
        cdef double reads = share if self.parallel_backward else self._serial_reads()
        cdef double accesses = share if self.parallel_backward else self._serial_accesses()
        cdef double drive = self.row_matrix_ag.read_latency(STEEP, column, self.sram.column_resistance, reads)
        # Quirk: the drivers of the columns are as active as the *rows* of the forward read.
        cdef double drive_energy = self.row_matrix_ag.read_energy(accesses, activity)
        cdef ReadPath path
        if not self.parallel_backward:
            # Quirk: bits of an adder that a parallel array does not have; the reference reads 0 there.
            return self._serial_backward(drive, drive_energy, ramp, reads, accesses, 1)
        path.drive = drive
        path.select = self._select_energy_ag()
        path.settle = 0
        path.sense = (self.precharger_ag.read_latency(row, share)
                      + self.sram.discharge_time(row, self.sram.row_resistance, ramp)
                      + self.encoder_ag.latency(STEEP, share))
        path.conversions = share
        path.accumulate = 0
        path.drive_energy = drive_energy + self._select_energy_ag()
        path.line_energy = self.precharger_ag.read_energy(row, share)
        path.encode_energy = self.encoder_ag.energy(share)
        path.column_conversions = 1
        path.accumulate_energy = 0
        if self.shift_add_ag is not None:
            path.accumulate = self.shift_add_ag.latency(share)
            path.accumulate_energy = self.shift_add_ag.energy(share)
        return path

    cdef double _word_line_write_latency(self, double rows, double writes) noexcept nogil:
        return self.row_matrix.write_latency(
            STEEP, self.sram.cap_row, self.sram.row_resistance, 2 * writes, self.columns_per_adc)

    cdef double _word_line_write_energy(self, double rows, double writes, double column_activity) noexcept nogil:
        return self.row_matrix.write_energy(2 * writes, column_activity, self.columns_per_adc)
