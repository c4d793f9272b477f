"""The flash converter: multilevel sense amplifiers with their encoders."""

cimport cython

from neurosim._circuits cimport LogicGate
from neurosim._layout cimport Circuit, Fit
from neurosim.circuits._converters cimport ColumnConverter, Conversion
from neurosim.circuits._power_law cimport PowerLaw
from neurosim.circuits._sensing cimport ColumnFit
from neurosim.technology._transistor cimport Stage, Technology


@cython.final
cdef class MultilevelSenseAmp(Circuit):
    cdef readonly int columns               # amplifiers side by side
    cdef readonly int levels
    cdef ColumnFit fit
    cdef PowerLaw column_law
    # Reference resistances [ohm], all levels - 1 of them
    cdef double[::1] _references
    cdef double first_reference, reference_step, references_per_ohm
    # Ratios (reference over column) where the latency can peak: jumps, and stationary points of the two polynomials
    cdef double[8] peaks
    cdef int peak_count
    # Upper bounds of the latency of a column [s], by the leading bits of its (scaled) resistance; infinite until known
    cdef double[::1] bounds
    cdef long long first_bound

    # One column, before the common bounds; `resistance` as the array shows it [ohm]
    cpdef double column_latency(self, double resistance) noexcept nogil
    cpdef double column_power(self, double resistance) noexcept nogil
    # Cheap: never less than `column_latency`
    cpdef double column_bound(self, double resistance) noexcept nogil
    # max(slowest, column_latency(resistance)), evaluated only if the bound allows it to matter
    cdef double slower(self, double slowest, double resistance) noexcept nogil
    # All columns of one input vector at once; the same numbers as `latency` and `energy`
    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil
    cpdef double latency(self, const double[::1] resistances, double columns_per_amplifier=*, double reads=*) noexcept
    cpdef double energy(self, const double[::1] resistances, double reads=*) noexcept

    # On scaled resistances
    cdef double _latency(self, double resistance) noexcept nogil
    cdef double _known_bound(self, double resistance) noexcept nogil
    cdef double _bound(self, double resistance) noexcept nogil
    cdef double _power(self, double resistance) noexcept nogil
    cdef int _tabulate(self) except -1
    cdef int _around(self, int peak, double low, double high, int *stop) noexcept nogil
    cdef void _widen(self, double from_ratio, double to_ratio, double *smallest, double *largest) noexcept nogil
    cdef double _supremum(self, double low, double high) noexcept nogil


@cython.final
cdef class MultilevelEncoder(Circuit):
    cdef readonly int levels
    cdef readonly int count                 # encoders side by side
    cdef readonly int inputs                # of a large NAND
    cdef readonly int gates                 # large NANDs, one a bit
    cdef readonly LogicGate inverter
    cdef readonly LogicGate nand
    cdef readonly LogicGate wide_nand
    cdef bint whole                         # all stages count in the latency
    cdef double first_resistance            # of the first inverter [ohm]
    cdef double unit_energy                 # of all encoders, one read [J]
    cdef int _place(self, Fit rule, double height, double width) except -1
    cdef Stage half_path(self, double ramp) noexcept nogil
    cdef Stage path(self, double ramp) noexcept nogil
    cpdef double latency(self, double ramp, double reads) noexcept nogil
    cpdef double ramp(self, double ramp) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil


@cython.final
cdef class FlashConverter(ColumnConverter):
    cdef readonly MultilevelSenseAmp sense_amp
    cdef readonly MultilevelEncoder encoder     # None where one bit needs none
