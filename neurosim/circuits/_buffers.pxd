"""On-chip buffers: a row decoder and lines of bits, in flip-flops or in SRAM."""

cimport cython

from neurosim._circuits cimport FlipFlops
from neurosim.circuits._drivers cimport RowDecoder
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport Precharger, SRAMWriteDriver
from neurosim.technology._transistor cimport Technology


@cython.final
cdef class Buffer(Circuit):
    cdef readonly int bits
    cdef readonly int interface_width       # bits in a line: what one access moves
    cdef readonly bint sram                 # else a register file of flip-flops
    cdef readonly double memory_area        # [m^2]
    cdef readonly double line_read_latency  # of one line [s]
    cdef readonly double line_write_latency
    cdef readonly double bit_read_energy    # of one bit [J]
    cdef readonly double bit_write_energy
    cdef readonly RowDecoder decoder
    cdef readonly FlipFlops flip_flops      # None with SRAM
    cdef readonly Precharger precharger     # None with flip-flops
    cdef readonly SRAMWriteDriver write_driver

    cpdef double read_latency(self, double reads) noexcept nogil
    cpdef double write_latency(self, double writes) noexcept nogil
    cpdef double read_energy(self, double bits, double reads) noexcept nogil
    cpdef double write_energy(self, double bits, double writes) noexcept nogil

    cdef int _share(self, double read_latency, double write_latency, double read_energy, double write_energy) except -1
    cdef int _decode(self, double lines, double line_height) except -1
    cdef int _registers(self, double clock) except -1
    cdef int _cells(self, double wire_resistance, double cell_height, double cell_width, double access_width,
                    double nmos_width, double min_sense_voltage) except -1
