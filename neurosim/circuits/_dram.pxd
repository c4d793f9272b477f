"""The off-chip memory."""

cimport cython


@cython.final
cdef class Dram:
    cdef readonly str kind
    cdef readonly double bandwidth          # [bit/s]
    cdef readonly double energy_per_bit     # [J]

    cpdef double latency(self, double bits) noexcept nogil
    cpdef double energy(self, double bits) noexcept nogil
