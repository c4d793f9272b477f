"""On-chip buffers: a row decoder and lines of bits, in flip-flops or in SRAM.

Structure after Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 2020; the SRAM bit line after CACTI (Wilton and Jouppi,
IEEE JSSC 31(5), 1996).
"""

cimport cython
from libc.math cimport ceil, log, log2

from neurosim._circuits cimport FlipFlops
from neurosim.circuits._drivers cimport RowDecoder
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport Precharger, SRAMWriteDriver
from neurosim.technology._gates cimport drain_capacitance
from neurosim.technology._transistor cimport NMOS, Technology, horowitz, on_resistance, to_int

from neurosim.errors import NeurosimError

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]


cdef inline double wire_capacitance(double length) noexcept nogil:
    """Capacitance [F] of a wire: 0.2 fF/um, in the reference's order of operations."""
    return length * 0.2e-15 / 1e-6


@cython.final
cdef class Buffer(Circuit):
    """A buffer that is read and written line by line: decoder + memory (+ precharger and write driver).

    The costs of passing the whole buffer once, bits / interface_width accesses, are shared out: latency to the lines,
    energy to the bits.

        registers   access = decoder + half a clock period;     energy = decoder + all flip-flops
        SRAM        read = decoder + precharging + bit line;    write = decoder + precharging + write driver

    Parameters
    ----------
    tech : Technology
    bits : capacity
    interface_width : bits in a line
    wire_resistance : of a bit line [ohm/m]; matters to SRAM only
    clock : clock frequency [Hz]; matters to registers only
    sram : memory cells are SRAM, not flip-flops
    cell_height, cell_width : of an SRAM cell [F]
    access_width, nmos_width : access and pull-down transistor of an SRAM cell [F]
    min_sense_voltage : bit-line swing that a sense amplifier needs [V]
    height, width : outline [m]; one is needed (the width wins), the other follows from the area

    Quirk C24: the number of lines is bits / interface_width, rounded up in the layout, unrounded in the latency of a
    pass, and rounded down where that latency is shared out (so that a line wider than the buffer takes forever) and
    in the energy of the decoder and bit lines.
    Quirk U16: a single line has no address, and its decoder a large negative area.
    Quirk C25: SRAM has no sense amplifiers: their area, latency, energy and leakage are missing.
    Quirk C25: in registers, a pass clocks every bit once, not at each of its accesses.
    """

    def __init__(self, Technology tech not None, int bits, int interface_width, *, double wire_resistance=0.0,
                 double clock=1e9, bint sram=False, double cell_height=8.0, double cell_width=20.0,
                 double access_width=1.31, double nmos_width=2.08, double min_sense_voltage=0.1,
                 double height=0.0, double width=0.0):
        if bits < 1 or interface_width < 1:
            raise NeurosimError(f"a buffer needs at least 1 bit in lines of at least 1 bit, "
                                f"not {bits} in lines of {interface_width}")
        if not (height or width):
            raise NeurosimError("a buffer needs a height or a width")
        self.tech = tech
        self.bits = bits
        self.interface_width = interface_width
        self.sram = sram
        if sram:
            self._cells(wire_resistance, cell_height, cell_width, access_width, nmos_width, min_sense_voltage)
        else:
            self._registers(clock)
        if width:
            self.width = width
            self.height = self.area / width
        else:
            self.height = height
            self.width = self.area / height

    cdef int _share(self, double read_latency, double write_latency, double read_energy, double write_energy) except -1:
        """Share out the costs of one pass through the buffer."""
        cdef int whole_lines = self.bits // self.interface_width
        self.line_read_latency = read_latency / whole_lines
        self.line_write_latency = write_latency / whole_lines
        self.bit_read_energy = read_energy / self.bits
        self.bit_write_energy = write_energy / self.bits
        return 0

    cdef int _decode(self, double lines, double line_height) except -1:
        self.decoder = RowDecoder(self.tech, to_int(ceil(log2(lines))), height=line_height)
        self.complaints += self.decoder.complaints
        return 0

    cdef int _registers(self, double clock) except -1:
        cdef double accesses = <double>self.bits / self.interface_width
        cdef int whole_lines = self.bits // self.interface_width
        cdef double lines = ceil(accesses)
        cdef FlipFlops memory = FlipFlops(self.tech, self.bits, clock)
        cdef double unit_width = memory.inverter.width * 12
        cdef double latency, energy
        self.flip_flops = memory
        self.memory_area = memory.inverter.height * unit_width * self.bits
        self._decode(lines, memory.inverter.height * lines)
        self.area = self.memory_area + self.decoder.area
        self.leakage = memory.leakage + self.decoder.leakage

        latency = self.decoder.latency(STEEP, wire_capacitance(unit_width * self.interface_width), 0, accesses)
        latency += 1 / clock / 2 * accesses
        energy = self.decoder.energy(whole_lines) + memory.energy(1, self.bits)
        return self._share(latency, latency, energy, energy)

    cdef int _cells(self, double wire_resistance, double cell_height, double cell_width, double access_width,
                    double nmos_width, double min_sense_voltage) except -1:
        cdef Technology tech = self.tech
        cdef double f = tech.feature_size
        cdef double accesses = <double>self.bits / self.interface_width
        cdef int whole_lines = self.bits // self.interface_width
        cdef double lines = ceil(accesses)
        cdef double row_length = self.interface_width * cell_width * f
        cdef double column_length = lines * cell_height * f
        cdef double row_load = wire_capacitance(row_length)
        cdef double column_load = wire_capacitance(column_length)
        cdef double column_resistance = column_length * wire_resistance
        cdef double access_resistance = on_resistance(tech, access_width * f, NMOS)
        cdef double access_capacitance = drain_capacitance(tech, access_width * f, NMOS, cell_width * f)
        cdef double pull_down = on_resistance(tech, nmos_width * f, NMOS)
        cdef double decoding, precharging, tau, discharging, writing
        self._decode(lines, column_length)
        self.precharger = Precharger(
            tech, self.interface_width, load_resistance=column_resistance, cells_per_read=self.interface_width,
            cells_per_write=self.interface_width, width=row_length)
        self.write_driver = SRAMWriteDriver(
            tech, self.interface_width, cells_per_write=self.interface_width, width=row_length)
        self.complaints += self.precharger.complaints + self.write_driver.complaints
        self.memory_area = row_length * column_length
        self.area = self.memory_area + self.decoder.area + self.precharger.area + self.write_driver.area
        self.leakage = self.decoder.leakage + self.precharger.leakage + self.write_driver.leakage

        # The cell discharges the bit line (distributed RC) to the swing that a sense amplifier needs
        tau = ((access_resistance + pull_down) * (access_capacitance + column_load)
               + column_resistance * column_load / 2)
        tau *= log(tech.vdd / (tech.vdd - min_sense_voltage / 2))
        discharging = horowitz(tau, self.decoder.ramp(STEEP, row_load, 0)).delay * accesses
        decoding = self.decoder.latency(STEEP, row_load, 0, accesses)
        precharging = self.precharger.read_latency(column_load, accesses)
        writing = self.write_driver.write_latency(STEEP, column_load, column_resistance, accesses)
        return self._share(
            decoding + precharging + discharging,
            decoding + precharging + writing,
            self.decoder.energy(whole_lines) + self.precharger.read_energy(column_load, whole_lines),
            self.decoder.energy(whole_lines) + self.precharger.write_energy(column_load, 1, whole_lines)
            + self.write_driver.write_energy(1, whole_lines),
        )

    cpdef double read_latency(self, double reads) noexcept nogil:
        """Time to read `reads` lines [s]."""
        return self.line_read_latency * reads

    cpdef double write_latency(self, double writes) noexcept nogil:
        """Time to write `writes` lines [s]."""
        return self.line_write_latency * writes

    cpdef double read_energy(self, double bits, double reads) noexcept nogil:
        """Energy of `reads` reads of `bits` bits each [J]."""
        return self.bit_read_energy * bits * reads

    cpdef double write_energy(self, double bits, double writes) noexcept nogil:
        """Energy of `writes` writes of `bits` bits each [J]."""
        return self.bit_write_energy * bits * writes
