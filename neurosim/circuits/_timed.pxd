"""Converters that take a fixed time: flash converters with voltage sensing, and successive approximation."""

cimport cython

from neurosim._layout cimport Circuit
from neurosim.circuits._converters cimport ColumnConverter, Conversion
from neurosim.circuits._flash cimport MultilevelEncoder
from neurosim.circuits._power_law cimport PowerLaw


cdef class TimedConverter(ColumnConverter):
    cdef readonly double conversion_time    # [s]
    cdef double scale                       # resistance in the simulations for a column resistance of 1
    cdef double power_floor                 # of a converter, whatever its column [W]
    cdef double power_column                # [W]
    cdef double power_exponent
    cdef double power_unread                # of a column without current [W]
    cdef PowerLaw column_law
    cdef int _fit(self, double floor, object row, double read_voltage, double power_factor) except -1
    cdef int _place(self, double unit_area, double height, double width) except -1
    cdef double power_of(self, double resistance) noexcept nogil


@cython.final
cdef class VoltageFlashConverter(TimedConverter):
    cdef readonly Circuit comparators
    cdef readonly MultilevelEncoder encoder     # None where one bit needs none


@cython.final
cdef class SARConverter(TimedConverter):
    cdef readonly double bits                   # of a code, real where the levels are no power of two
