"""Synaptic arrays of hybrid-precision cells: an eNVM pair with a 3T1C capacitor, or a 2T-1FeFET cell.

Around the cells stand the drivers of both parts; multiplexer, ADC, encoder and shift-and-add are those of an eNVM array
and serve the parts one after the other. Luo, Yu, "Benchmark Non-volatile and Volatile Memory Based Hybrid Precision
Synapses for In-situ Deep Neural Network Training", ASP-DAC 2020; cell values of MLP+NeuroSim V3.0; the 2T-1FeFET cell
of Sun et al., IEDM 2018. See `SubArray`.
"""

cimport cython
from libc.math cimport ceil, log2

from neurosim._circuits cimport Adder, ShiftAdd
from neurosim._layout cimport Circuit
from neurosim.circuits._converters cimport Conversion
from neurosim.circuits._drivers cimport RowDecoder
from neurosim.circuits._parts cimport Part
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._subarray cimport ReadPath, larger
from neurosim.circuits._subarray_nvm cimport NVMArray
from neurosim.circuits._switches cimport Mux, SwitchMatrix
from neurosim.technology._transistor cimport INV, gate_leakage, to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


@cython.final
cdef class HybridArray(NVMArray):
    """An array of hybrid cells whose rows are all read at once.

    hybrid-3t1c   lines: word lines of the pair 2 a row, its bit lines 1 a row, source lines 3 a column, power gates 2 a
                  column, word lines of the capacitor 1 a row, its bit lines 2 a row. Pair and capacitor are read in
                  turn: twice the lines, conversions and accumulation of an eNVM array, then F MSB + (2 LSB - 1) by a
                  subtractor (which takes the mid-range of a reference column, one multiplexer slot more) and a
                  shift-and-add.
    2t1fefet      lines: program lines and drains 1 a row, charging lines 2 a row, source lines 1 a column, power gates
                  2 a column. One current holds both parts, so that a read is that of an eNVM array.

    See `SubArray` for the parameters; `cell` has a `synapse`.

    Estimate: the capacitor's read transistor conducts as the eNVM device does, so that both passes see the same
    currents; the conversion of the reference column is not counted.
    """

    cdef int _build(self) except -1:
        cdef bint at_once = self.parallel_backward
        self.synapse = self.cell.cell.synapse
        self.passes = 1 if self.synapse.ferroelectric else 2
        self.cell_leakage = gate_leakage(
            self.tech, INV, 1, self.synapse.leak_nmos * self.tech.feature_size,
            self.synapse.leak_pmos * self.tech.feature_size) * self.tech.vdd * self.passes * self.rows * self.columns
        self.cells.leakage = self.cell_leakage
        self._build_lines()
        self._build_sensing()
        if self.passes > 1:
            self._build_join(self.forward)
        if self.training:
            self._build_backward(at_once, self.nvm.resistance_on / self.columns if at_once else self.nvm.resistance_on)
            if self.passes > 1:
                self._build_join(self.backward)
        return 0

    cdef int _list(self, str name, Circuit circuit, str role, str place, bint backward=False) except -1:
        """Enter a part into the table."""
        self._parts.append(Part(name, circuit, role, place, backward=backward))
        return 0

    cdef SwitchMatrix _lsb_matrix(self, str side, int lines, double resistance, double read_voltage):
        """Drivers of lines that see no write pulse of the non-volatile part."""
        return SwitchMatrix(
            self.tech, lines, resistance, self.clock, read_voltage=read_voltage,
            write_voltage=self.synapse.charge_voltage, access_transistor=True, side=side,
            height=self.cells.height if side == "row" else 0, width=self.cells.width if side == "column" else 0)

    cdef int _build_lines(self) except -1:
        cell = self.cell.cell
        cdef bint fefet = self.synapse.ferroelectric
        cdef double feature = self.tech.feature_size
        cdef double gate_n = self.tech.gate_capacitance(self.synapse.leak_nmos * feature)
        cdef double gate_p = self.tech.gate_capacitance(self.synapse.leak_pmos * feature)
        cdef double one = self.nvm.resistance_on
        cdef double row = self.nvm.resistance_on / self.columns     # of a row whose cells are all on
        self.cap_word_line_lsb = self.nvm.cap_row + gate_n * self.columns
        self.cap_bit_line_lsb = self.nvm.cap_row
        self.cap_power_gate = self.nvm.cap_column_wire + gate_p * self.rows
        self.column_matrix = self._matrix("column", self.columns if fefet else 3 * self.columns, one)
        self.power_gates = self._lsb_matrix("column", 2 * self.columns, one, self.synapse.charge_voltage)
        self.word_matrix_msb = self._matrix("row", self.rows if fefet else 2 * self.rows, one)
        self.bit_matrix_msb = self._matrix("row", self.rows, row)
        self.word_matrix_lsb = self._lsb_matrix(
            "row", 2 * self.rows if fefet else self.rows, one, self.synapse.charge_voltage)
        if not fefet:
            self.bit_matrix_lsb = self._lsb_matrix("row", 2 * self.rows, row, cell.read_voltage)
        for name, drivers in (("word_matrix_msb", self.word_matrix_msb), ("bit_matrix_msb", self.bit_matrix_msb),
                              ("word_matrix_lsb", self.word_matrix_lsb), ("bit_matrix_lsb", self.bit_matrix_lsb)):
            if drivers is not None:
                self._list(name, drivers, "other", "drivers")
        self._list("column_matrix", self.column_matrix, "other", "stack")
        self._list("power_gates", self.power_gates, "other", "stack")
        return 0

    cdef int _build_sensing(self) except -1:
        cdef ReadOut readout = self.forward
        cdef double column = self.nvm.resistance_on / self.rows     # of a column whose cells are all on
        cdef double voltage = self.cell.cell.read_voltage
        cdef list sensing
        self.slots = readout.share if self.passes == 1 else readout.share + 1
        readout.build_mux(column, voltage, self.digital_mux, self.slots)
        self._build_converter(readout, readout.levels, True)
        readout.build_shift_add(readout.count, log2(readout.levels), self.clock, self.cell.cell.read_pulse,
                                self.spiking)
        sensing = readout.parts("stack")
        if self.passes > 1:
            self.part_decoder = RowDecoder(self.tech, 1, mux=True)
            self.part_mux = Mux(self.tech, readout.count, 2, column, digital=self.digital_mux, read_voltage=voltage,
                                width=self.cells.width)
            self.part_mux = self.part_mux.resized(
                larger(self.part_decoder.height, self.part_mux.height), self.cells.width)
            sensing[2:2] = [Part("part_mux", self.part_mux, "other", "stack"),
                            Part("part_decoder", self.part_decoder, "other", "select")]
        self._parts += sensing
        return 0

    cdef double _packed_width(self, int units, int bits):
        """Width [m] of `units` adders side by side, at most that of the array."""
        cdef Adder adder = Adder(self.tech, bits, units)
        cdef double width = adder.nand.width * 9 * units
        return width if width < self.cells.width else self.cells.width

    cdef int _build_backward_adder(self, int units, double code_bits) except -1:
        """As beside an eNVM array, but packed: the cells are so large that their edge would stay empty."""
        cdef int bits = to_int(code_bits + self.backward.input_bits + 1)
        return self.backward.build_shift_add(units, code_bits, self.clock, self.cell.cell.read_pulse, self.spiking,
                                             self._packed_width(units, bits))

    cdef int _build_join(self, ReadOut readout) except -1:
        """Subtractors and shift-and-adds behind the accumulators of one direction."""
        # F is a power of two in the circuit, the next one above if it is none in the weight.
        cdef int shift = to_int(ceil(log2(larger(self.synapse.msb_weight, 1))))
        cdef int bits = to_int(log2(readout.levels) + 1) + readout.input_bits
        cdef double width = self._packed_width(readout.count, bits)
        cdef str place = "side" if readout.backward else "stack"
        cdef Adder subtractor = Adder(self.tech, bits, readout.count, width=width)
        cdef ShiftAdd join = ShiftAdd(self.tech, readout.count, bits, self.clock, shift + 1,
                                      self.cell.cell.read_pulse, width=width)
        if readout.backward:
            self.backward_subtractor, self.backward_join = subtractor, join
        else:
            self.subtractor, self.join = subtractor, join
        self._list("subtractor", subtractor, "accumulation", place, readout.backward)
        self._list("join", join, "accumulation", place, readout.backward)
        return 0

    # Reading

    cdef double _select_latency(self) noexcept:
        """Multiplexers and their decoders, all passes, for one of the input bits [s]."""
        cdef ReadOut readout = self.forward
        cdef double groups = readout.count
        cdef double latency
        if self.passes == 1:
            return readout.select_latency()
        latency = self.passes * (readout.mux.latency(0, self.slots) + readout.mux_decoder.latency(
            STEEP, readout.mux.gate.cap_gate_n * groups, readout.mux.gate.cap_gate_p * groups, self.slots))
        latency += self.part_mux.latency(0, self.passes) + self.part_decoder.latency(
            STEEP, self.part_mux.gate.cap_gate_n * groups, self.part_mux.gate.cap_gate_p * groups, self.passes)
        return latency / readout.input_bits

    cdef double _select_energy(self) noexcept:
        """Multiplexers and their decoders, all passes, for one of the input bits [J]."""
        cdef ReadOut readout = self.forward
        if self.passes == 1:
            return readout.select_energy()
        return (self.passes * (readout.mux.energy(self.slots) + readout.mux_decoder.energy(self.slots))
                + self.part_mux.energy(self.passes) + self.part_decoder.energy(self.passes)) / readout.input_bits

    cdef double _drive_latency(self, double reads) noexcept:
        """Row drivers of all passes [s]; word and bit lines rise together."""
        cdef double row = self.nvm.row_resistance
        cdef double latency = larger(
            self.word_matrix_msb.read_latency(STEEP, self.nvm.cap_word_line, row, reads),
            self.bit_matrix_msb.read_latency(STEEP, self.nvm.cap_row, row, reads))
        if self.passes > 1:
            latency += larger(
                self.word_matrix_lsb.read_latency(STEEP, self.cap_word_line_lsb, row, reads),
                self.bit_matrix_lsb.read_latency(STEEP, self.cap_bit_line_lsb, row, reads))
        return latency

    cdef double _drive_energy_msb(self, double reads, double activity) noexcept:
        return self.word_matrix_msb.read_energy(reads, activity) + self.bit_matrix_msb.read_energy(reads, activity)

    cdef double _drive_energy_lsb(self, double reads, double activity) noexcept:
        if self.passes == 1:
            return 0
        return self.word_matrix_lsb.read_energy(reads, activity) + self.bit_matrix_lsb.read_energy(reads, activity)

    cdef double _join_latency(self, Adder subtractor, ShiftAdd join, double reads) noexcept:
        if join is None:
            return 0
        return subtractor.latency(STEEP, join.flip_flops.cap_input, reads) + join.latency(reads)

    cdef double _join_energy(self, Adder subtractor, ShiftAdd join, double reads) noexcept:
        if join is None:
            return 0
        return subtractor.energy(reads, subtractor.count) + join.energy(reads)

    cdef ReadPath _repeated(self, ReadPath path) noexcept:
        """The same for every pass."""
        path.drive *= self.passes
        path.select *= self.passes
        path.settle *= self.passes
        path.sense *= self.passes
        path.conversions *= self.passes
        path.accumulate *= self.passes
        path.drive_energy *= self.passes
        path.line_energy *= self.passes
        path.encode_energy *= self.passes
        path.column_conversions *= self.passes
        path.accumulate_energy *= self.passes
        return path

    cdef ReadPath _forward(self, double activity) noexcept:
        cdef int share = self.forward.share
        cdef ReadPath path = self._repeated(self._sensed_at_once(activity))
        path.drive = self._drive_latency(share)
        path.drive_energy = (self._drive_energy_msb(share, activity) + self._drive_energy_lsb(share, activity)
                             + self._select_energy())
        path.select = self._select_latency()
        # Both parts of a column are joined once all input bits are in.
        path.accumulate += self._join_latency(self.subtractor, self.join, share) / self.forward.input_bits
        path.accumulate_energy += self._join_energy(self.subtractor, self.join, share) / self.forward.input_bits
        return path

    cdef ReadPath _backward(self, double activity) noexcept:
        cdef double half = self.columns // 2
        cdef int share = self.backward.share
        cdef ReadPath path = self._repeated(self._backward_with(self.nvm.resistance_average / half))
        cdef int bits = self.backward.input_bits
        path.accumulate += self._join_latency(self.backward_subtractor, self.backward_join, share) / bits
        path.accumulate_energy += self._join_energy(self.backward_subtractor, self.backward_join, share) / bits
        return path

    def part_energies(self, double vectors, double total_activity):
        """What is each part's own in the forward energy of reading some bit planes, as a dict [J].

        Parameters
        ----------
        vectors : bit planes
        total_activity : sum of their activities

        Returns
        -------
        dict
            "msb", "lsb" : row drivers; "join" : subtractor and shift-and-add of both parts. Everything else is the
            same in both passes.
        """
        cdef int share = self.forward.share
        energies = {
            "msb": self._drive_energy_msb(share, 0) * vectors
            + (self._drive_energy_msb(share, 1) - self._drive_energy_msb(share, 0)) * total_activity,
            "lsb": self._drive_energy_lsb(share, 0) * vectors
            + (self._drive_energy_lsb(share, 1) - self._drive_energy_lsb(share, 0)) * total_activity,
            "join": self._join_energy(self.subtractor, self.join, share) / self.forward.input_bits * vectors,
        }
        return energies

    def join_latency(self):
        """Time of joining both parts, for one bit plane of an input vector, forward [s]."""
        return self._join_latency(self.subtractor, self.join, self.forward.share) / self.forward.input_bits

    # Updating

    def update(self, double rows, double row_pulses, double pulses, double cells):
        """(latency [s], energy [J]) of one update of the volatile parts.

        Parameters
        ----------
        rows : written rows
        row_pulses : sum over these of the pulses of the cell that needs most
        pulses : sum over all cells of their pulses
        cells : written cells

        Rows are written one after the other; in a row, all columns at once, up and down, each for as long as its power
        gate is open: latency = rows (t_powergate + t_wordline) + row_pulses t_pulse; energy = pulses E_pulse + lines.
        """
        cdef double voltage = self.synapse.charge_voltage
        cdef double selected = (
            self.word_matrix_lsb.write_latency(STEEP, self.cap_word_line_lsb, self.nvm.row_resistance, 1, 1)
            + self.power_gates.write_latency(STEEP, self.cap_power_gate, self.nvm.column_resistance, 1, 1))
        # Of all lines the selected rows and the columns of written cells switch, but every register shifts.
        cdef double row_line = (self.word_matrix_lsb.read_energy(1, 1.0 / self.word_matrix_lsb.outputs)
                                + self.cap_word_line_lsb * voltage * voltage)
        cdef double gates = self.power_gates.gate.cap_gate_n + self.power_gates.gate.cap_gate_p
        cdef double column_line = ((self.power_gates.gate.cap_drain * 3 + self.cap_power_gate) * voltage * voltage
                                   + gates * self.tech.vdd * self.tech.vdd)
        cdef double latency = rows * selected + row_pulses * self.synapse.charge_pulse
        cdef double energy = (pulses * self.synapse.pulse_energy + cells * column_line
                              + rows * (row_line + self.power_gates.read_energy(1, 0)))
        return latency, energy

    def transfer_read(self, double columns):
        """(latency [s], energy [J]) of sensing the volatile parts of one row with `columns` written columns.

        The columns that share an ADC follow one another: drivers + multiplexer, then for each of them the settling of
        the line and a conversion of one cell in the mean of its states.
        """
        cdef ReadOut readout = self.forward
        cdef int share = readout.share
        cdef double resistance = self.nvm.resistance_average
        cdef double row = self.nvm.row_resistance
        cdef double one = 1.0 / self.rows
        cdef SwitchMatrix bits = self.bit_matrix_msb if self.bit_matrix_lsb is None else self.bit_matrix_lsb
        cdef Conversion cell = readout.converter.convert(&resistance, 1)
        cdef double drive = larger(
            self.word_matrix_lsb.read_latency(STEEP, self.cap_word_line_lsb, row, 1),
            bits.read_latency(STEEP, self.cap_bit_line_lsb, row, 1))
        cdef double settle = self.nvm.settling_time(self.nvm.cap_column, resistance)
        cdef double latency = (larger(drive, self._select_latency() * readout.input_bits / self.passes)
                               + share * (settle + cell.latency) + readout.converter.after_latency(share))
        cdef double energy = (self.word_matrix_lsb.read_energy(1, one) + bits.read_energy(1, one)
                              + self._select_energy() * readout.input_bits / self.passes
                              + self.nvm.line_energy(columns, 1) + columns * cell.energy
                              + readout.converter.after_energy(share))
        return latency, energy

    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept:
        return larger(
            self.word_matrix_msb.write_latency(STEEP, self.nvm.cap_word_line, self.nvm.row_resistance, writes),
            self.bit_matrix_msb.write_latency(STEEP, self.nvm.cap_row, self.nvm.row_resistance, writes))

    cdef double _row_write_energy(self, double writes, double column_activity) noexcept:
        return (self.word_matrix_msb.write_energy(writes, column_activity)
                + self.bit_matrix_msb.write_energy(writes, column_activity))
