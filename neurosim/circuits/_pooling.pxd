"""Max pooling, and the comparators that it is made of."""

cimport cython

from neurosim._circuits cimport LogicGate
from neurosim._layout cimport Circuit


@cython.final
cdef class Comparator(Circuit):
    cdef readonly int bits
    cdef readonly int count
    cdef readonly double unit_area          # [m^2]
    cdef readonly LogicGate inverter
    cdef readonly LogicGate nand2
    cdef readonly LogicGate nand3
    cdef double bit_energy                  # [J]
    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil
    cpdef double energy(self, double reads, int active) noexcept nogil


@cython.final
cdef class MaxPooling(Circuit):
    cdef readonly int bits
    cdef readonly int count
    cdef readonly int comparators           # per max-pooling unit
    cdef readonly int stages
    cdef readonly double unit_area          # [m^2]
    cdef readonly Comparator comparator     # for one bit
    cdef readonly LogicGate inverter
    cdef readonly LogicGate nand
    cdef readonly LogicGate nor
    cdef readonly LogicGate wide_nor
    cdef double unit_energy                 # of all comparators of one unit [J]
    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil
