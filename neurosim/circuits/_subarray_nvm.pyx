"""Synaptic arrays of non-volatile cells: RRAM or FeFET, with access transistors (1T1R) or as a crossbar.

The current of a column is what its ADC converts: of one cell if the array is read row by row, of the whole column if
all rows are read at once. Weights are programmed by pulses. See `SubArray`.
"""

cimport cython
from libc.math cimport log2

from neurosim.circuits._cell_array cimport NVMCells
from neurosim._circuits cimport Adder, FlipFlops
from neurosim.circuits._drivers cimport DecoderDriver, RowDecoder, WordLineDriver
from neurosim.circuits._subarray cimport (
    ArrayWrite, ReadPath, SubArray, address_bits, larger, total_leakage, total_width, write_operations,
)
from neurosim.circuits._switches cimport RowSwitches, SwitchMatrix
from neurosim.technology._transistor cimport to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


cdef class NVMArray(SubArray):
    """What both eNVM arrays share: source-line switch matrix, the transposed read-out, and writing.

    Update latency = pulses one after the other + max(row drivers, column drivers), two writes for each row
    operation, set and reset.

    Quirk: with training the column drivers leak twice, and their register's energy of one transposed *read* is
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

    cdef int _build_ag(self, bint at_once, double mux_resistance) except -1:
        """Transposed read-out: the column drivers drive, multiplexer and ADCs beside the array sense its rows."""
        cdef int count = self.rows // self.rows_per_adc_ag
        cdef int bits = address_bits(self.columns) + self.cell_bits
        cdef double height = self.cells.height
        self._build_mux_ag(mux_resistance)
        if at_once:
            self._build_adc_ag(self.adc_levels_ag, True)
            bits = to_int(log2(self.adc_levels_ag) + self.input_bits_ag + 1)
        else:
            self._build_adc_ag(1 << self.cell_bits, False)
            self.flip_flops_ag = FlipFlops(self.tech, (bits + 1) * count, self.clock, height=height)
            self.adder_ag = Adder(self.tech, bits, count, height=height)
            bits += self.input_bits_ag + 1
        self.shift_add_ag = self._shift_add_ag(count, bits)
        self._place_ag(
            stack=(),
            side=(self.mux_ag, self.adc_ag, self.encoder_ag, self.flip_flops_ag, self.adder_ag, self.shift_add_ag),
            used=(self.mux_ag, self.mux_decoder_ag, self.adc_ag, self.encoder_ag, self.flip_flops_ag, self.adder_ag,
                  self.shift_add_ag),
            adc=(self.adc_ag, self.encoder_ag),
            accumulation=(self.flip_flops_ag, self.adder_ag, self.shift_add_ag),
            other=(self.mux_ag, self.mux_decoder_ag))
        self.leakage += total_leakage((
            self.column_matrix, self.mux_ag, self.mux_decoder_ag, self.adc_ag, self.encoder_ag, self.flip_flops_ag,
            self.adder_ag, self.shift_add_ag))
        return 0

    cdef double _backward_reads(self) noexcept nogil:
        """How often the columns are driven in one transposed read."""
        if self.adder_ag is None:       # all columns at once
            return self.rows_per_adc_ag
        return self.rows_per_adc_ag * self.columns * self.activity_ag

    cdef ReadPath _backward_with(self, double resistance) noexcept nogil:
        """Transposed read that waits for a row of `resistance` [ohm]."""
        cdef bint serial = self.adder_ag is not None
        cdef int share = self.rows_per_adc_ag
        cdef int count = self.rows // share
        cdef double columns = self.columns * self.activity_ag if serial else 1
        cdef double reads = self._backward_reads()
        # Quirk: the lines are those of a forward read, as many as the *rows* of the array and the forward ADCs.
        cdef double lines = (self.columns + self.columns_per_adc - 1) // self.columns_per_adc
        cdef double rows = self.rows * self.activity_ag
        cdef ReadPath path
        path.drive = self.column_matrix.read_latency(STEEP, self.nvm.cap_column, self.nvm.column_resistance, reads)
        path.select = self._select_energy_ag()
        path.settle = self.nvm.settling_time(self.nvm.cap_row_drains, resistance) * share / self.input_bits_ag
        path.sense = 0
        path.conversions = share * columns
        path.accumulate = 0
        path.drive_energy = self.column_matrix.read_energy(reads, 0) + self._select_energy_ag()
        path.line_energy = (self.nvm.line_energy(lines, 1) * rows if serial
                            else self.nvm.line_energy(lines, rows)) * share
        path.encode_energy = 0
        path.column_conversions = columns
        path.accumulate_energy = 0
        if self.encoder_ag is not None:
            path.sense = self.encoder_ag.latency(STEEP, reads)
            path.encode_energy = self.encoder_ag.energy(reads)
        if serial:
            path.accumulate = (self.adder_ag.latency(STEEP, self.flip_flops_ag.cap_input, reads)
                               + self.flip_flops_ag.latency(reads))
            path.accumulate_energy = (self.flip_flops_ag.energy(reads, count * (self.adder_ag.bits + 1))
                                      + self.adder_ag.energy(reads, count))
        if self.shift_add_ag is not None:
            path.accumulate += self.shift_add_ag.latency(share)
            path.accumulate_energy += self.shift_add_ag.energy(share)
        return path

    cdef ReadPath _sensed_at_once(self, double activity) noexcept nogil:
        """The part of a forward read of all rows that is behind the drivers: lines, ADC, encoder, shift-and-add."""
        cdef int share = self.columns_per_adc
        cdef int lines = (self.columns + share - 1) // share
        cdef double half = self.rows // 2           # half of the rows conduct
        cdef ReadPath path
        path.drive = path.select = path.drive_energy = 0
        path.settle = self.nvm.settling_time(
            self.nvm.cap_column, self.nvm.resistance_average / half) * share / self.input_bits
        path.sense = self.encoder.latency(STEEP, share)
        path.conversions = share
        path.accumulate = 0
        path.line_energy = self.nvm.line_energy(lines, self.rows * activity) * share
        path.encode_energy = self.encoder.energy(share)
        # Quirk: each column is converted once, though the ADC works `share` times in the latency.
        path.column_conversions = 1
        path.accumulate_energy = 0
        if self.shift_add is not None:
            path.accumulate = self.shift_add.latency(share)
            path.accumulate_energy = self.shift_add.energy(share)
        return path

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept nogil:
        """Row drivers of one update; `driver` is what the crossbar's driver remembers, before and after."""
        return 0

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept nogil:
        return 0

    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, ArrayWrite *out) noexcept nogil:
        cdef double writes = 2 * write_operations(
            self.columns, column_activity, self.cells_per_write) * self.rows * row_activity
        cdef double reads = self._backward_reads() if self.training else 0
        out.driver_latency = previous
        out.latency = larger(
            self._row_write_latency(writes, vectors, &out.driver_latency),
            self.column_matrix.write_latency(STEEP, self.nvm.cap_column, self.nvm.column_resistance, writes))
        out.latency += total_pulses * self.nvm.write_pulse
        out.energy = self._row_write_energy(writes, column_activity)
        out.energy += self.column_matrix.write_energy(writes, column_activity, reads)
        out.energy += array_energy


@cython.final
cdef class SequentialNVM(NVMArray):
    """An eNVM array that is read row by row: decoder and driver, multiplexer, ADC, adder, shift-and-add.

    latency = max(active rows (decoder + driver), multiplexer) + settling + active rows (ADC + encoder + adder +
    register) + shift-and-add, all as often as columns share an ADC. See `SubArray` for the parameters.

    Quirk: the settling of the bit line is waited for once, not for every row.
    """

    cdef int _build(self) except -1:
        cell = self.cell.cell
        cdef int count = self.columns // self.columns_per_adc
        cdef int bits = address_bits(self.rows) + self.cell_bits
        cdef double height, width
        self._build_cells()
        height = self.cells.height
        width = self.cells.width
        self.adc_in_total = False
        self.decoder = RowDecoder(self.tech, address_bits(self.rows), height=height)
        if self.transistors:
            self.word_line_driver = WordLineDriver(
                self.tech, self.rows, read_voltage=cell.read_voltage, write_voltage=cell.write_voltage, height=height)
        else:
            self.crossbar_driver = DecoderDriver(
                self.tech, self.rows, self.columns, self.nvm.resistance_on, read_voltage=cell.read_voltage,
                write_voltage=cell.write_voltage, access_transistor=False, height=height)
        self.column_matrix = self._matrix("column", self.columns, self.nvm.resistance_on)
        self._build_mux(self.nvm.resistance_on)
        self._build_adc(1 << self.cell_bits, False)
        self.flip_flops = FlipFlops(self.tech, (bits + 1) * count, self.clock, width=width)
        self.adder = Adder(self.tech, bits, count, width=width)
        self.shift_add = self._shift_add(count, bits + 1)
        self._place(
            stack=(self.column_matrix, self.cells, self.mux, self.adc, self.encoder, self.adder, self.flip_flops,
                   self.shift_add),
            side=larger(total_width((self.decoder, self.word_line_driver, self.crossbar_driver)),
                        total_width((self.mux_decoder,))),
            used=(self.cells, self.decoder, self.crossbar_driver, self.word_line_driver, self.column_matrix, self.mux,
                  self.adc, self.encoder, self.mux_decoder, self.adder, self.flip_flops, self.shift_add),
            adc=(self.adc, self.encoder),
            accumulation=(self.adder, self.flip_flops, self.shift_add),
            other=(self.decoder, self.word_line_driver, self.crossbar_driver, self.column_matrix, self.mux,
                   self.mux_decoder))
        self.leakage = total_leakage((
            self.decoder, self.crossbar_driver, self.word_line_driver, self.column_matrix, self.mux, self.mux_decoder,
            self.adc, self.encoder, self.flip_flops, self.adder, self.shift_add))
        if self.training:
            self._build_ag(False, self.nvm.resistance_on)
        self._collect((), (
            self.decoder, self.word_line_driver, self.crossbar_driver, self.column_matrix, self.mux, self.mux_decoder,
            self.adc, self.encoder, self.flip_flops, self.adder, self.shift_add, self.mux_ag, self.mux_decoder_ag,
            self.adc_ag, self.encoder_ag, self.flip_flops_ag, self.adder_ag, self.shift_add_ag))
        return 0

    cdef ReadPath _forward(self, double activity) noexcept nogil:
        cdef int share = self.columns_per_adc
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
        path.drive_energy += self._select_energy()
        path.select = self._select_latency()
        path.settle = self.nvm.settling_time(self.nvm.cap_column, self.nvm.resistance_average) * share / self.input_bits
        path.sense = 0
        path.conversions = reads
        path.accumulate = (self.adder.latency(STEEP, self.flip_flops.cap_input, reads)
                           + self.flip_flops.latency(reads))
        path.line_energy = self.nvm.line_energy(lines, 1) * reads
        path.encode_energy = 0
        path.column_conversions = rows
        path.accumulate_energy = (self.adder.energy(reads, lines)
                                  + self.flip_flops.energy(reads, lines * (self.adder.bits + 1)))
        if self.encoder is not None:
            path.sense = self.encoder.latency(STEEP, reads)
            path.encode_energy = self.encoder.energy(reads)
        if self.shift_add is not None:
            path.accumulate += self.shift_add.latency(share)
            path.accumulate_energy += self.shift_add.energy(share)
        return path

    cdef ReadPath _backward(self, double activity) noexcept nogil:
        return self._backward_with(self.nvm.resistance_average)

    cdef double _decoded(self) noexcept nogil:
        """Slope behind the decoder [1/s]."""
        return self.decoder.ramp(STEEP, self.nvm.cap_word_line, 0)

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept nogil:
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

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept nogil:
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
        cdef int count = self.columns // self.columns_per_adc
        cdef double column_resistance       # of a column whose cells are all on [ohm]
        self._build_cells()
        column_resistance = self.nvm.resistance_on / self.rows
        if self.transistors:
            self.row_switches = RowSwitches(
                self.tech, self.rows, self.clock, access_voltage=cell.access_voltage, read_voltage=cell.read_voltage,
                height=self.cells.height)
        else:
            self.row_matrix = self._matrix("row", self.rows, column_resistance * self.rows / self.columns)
        self.column_matrix = self._matrix("column", self.columns, column_resistance * self.rows)
        self._build_mux(column_resistance)
        self._build_adc(self.adc_levels, True)
        self.shift_add = self._shift_add(count, to_int(log2(self.adc_levels) + 1))
        self._place(
            stack=(self.column_matrix, self.cells, self.mux, self.adc, self.encoder, self.shift_add),
            side=larger(total_width((self.row_switches, self.row_matrix)), total_width((self.mux_decoder,))),
            used=(self.cells, self.row_matrix, self.row_switches, self.column_matrix, self.mux, self.adc,
                  self.mux_decoder, self.encoder, self.shift_add),
            adc=(self.adc, self.encoder),
            accumulation=(self.shift_add,),
            other=(self.row_switches, self.row_matrix, self.column_matrix, self.mux, self.mux_decoder))
        self.leakage = total_leakage((
            self.row_matrix, self.row_switches, self.column_matrix, self.mux, self.mux_decoder, self.adc,
            self.encoder, self.shift_add))
        if self.training:
            self._build_ag(self.parallel_backward, self.nvm.resistance_on / self.columns)
        self._collect((), (
            self.row_switches, self.row_matrix, self.column_matrix, self.mux, self.mux_decoder, self.adc, self.encoder,
            self.shift_add, self.mux_ag, self.mux_decoder_ag, self.adc_ag, self.encoder_ag, self.flip_flops_ag,
            self.adder_ag, self.shift_add_ag))
        return 0

    cdef ReadPath _forward(self, double activity) noexcept nogil:
        cdef int share = self.columns_per_adc
        cdef ReadPath path = self._sensed_at_once(activity)
        if self.transistors:
            path.drive = self.row_switches.read_latency(
                STEEP, self.nvm.cap_word_line, self.nvm.row_resistance, share)
            path.drive_energy = self.row_switches.read_energy(share, activity)
        else:
            path.drive = self.row_matrix.read_latency(STEEP, self.nvm.cap_row, self.nvm.row_resistance, share)
            path.drive_energy = self.row_matrix.read_energy(share, activity)
        path.drive_energy += self._select_energy()
        path.select = self._select_latency()
        return path

    cdef ReadPath _backward(self, double activity) noexcept nogil:
        cdef double half = self.columns // 2
        # Quirk: the rows are waited for as if half of all columns conducted, also when they are driven one by one.
        return self._backward_with(self.nvm.resistance_average / half)

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept nogil:
        cdef int share = self.columns_per_adc
        if self.transistors:
            return self.row_switches.write_latency(
                STEEP, self.nvm.cap_word_line, self.nvm.row_resistance, writes, share)
        return self.row_matrix.write_latency(STEEP, self.nvm.cap_row, self.nvm.row_resistance, writes, share)

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept nogil:
        if self.transistors:
            return self.row_switches.write_energy(writes, self.columns_per_adc)
        return self.row_matrix.write_energy(writes, column_activity, self.columns_per_adc)
