"""A table of the parts of an array: what each is, where it stands, what it counts as."""

from neurosim._layout cimport Circuit


cdef class Part:
    cdef readonly str name
    cdef readonly Circuit circuit
    cdef readonly str role          # "adc", "accumulation", "other", or "" (counted nowhere)
    cdef readonly str place         # "stack", "drivers", "select", "side" or "inside"
    cdef readonly bint backward     # of the transposed read-out
    cdef readonly bint leaks
    cdef readonly str complains     # "layout" (whenever the array is laid out), "once" or "never"


cdef double extent(list parts, bint backward, str place, bint down)
cdef double areas(list parts, bint backward, str role=*)
cdef double leakages(list parts, bint backward)
cdef tuple complaints(list parts, str when)

cdef int address_bits(int lines) noexcept nogil
