"""What every converter of column currents has in common, and how one is written in Python."""

from neurosim._layout cimport Circuit


cdef struct Conversion:         # all columns of one input vector, once
    double latency              # [s]; 0 without columns
    double power                # [W]: of all columns
    double energy               # [J]


cdef class ColumnConverter(Circuit):
    cdef readonly int columns               # converters side by side
    cdef readonly int levels
    cdef readonly bint counts_row_by_row    # in the total energy of an eNVM array that is read row by row

    # Once for each input vector: the resistances [ohm] that the columns show
    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil
    # What comes after a conversion, such as an encoder, `reads` times: time [s], energy [J]
    cdef double after_latency(self, double reads) noexcept nogil
    cdef double after_energy(self, double reads) noexcept nogil
    cpdef int check(self) except -1


cdef class PythonConverter(ColumnConverter):
    cdef object failure         # what `conversion` raised, until `check` raises it
