"""Read and write periphery of bit lines: sense amplifiers, precharger, SRAM write driver."""

cimport cython
from libc.math cimport INFINITY, exp, log, log10

from neurosim._circuits cimport LogicGate
from neurosim._layout cimport Circuit
from neurosim.technology._transistor cimport Stage, Technology


cdef struct ColumnFit:          # what adc.toml knows about reading a column by its current; see `column_fit`
    double scale                # resistance in the simulations for a column resistance of 1
    double power_floor          # of all references together [W]
    double power_column         # [W]
    double power_exponent
    double power_unread         # of a column without current [W]
    bint constant               # every column takes `latency_default`
    double latency_default      # [s]
    double latency_min          # bounds of the latency of a conversion [s]
    double latency_max
    double ratio_min            # reference over column resistance: the fit holds between ratio_min and ratio_max
    double ratio_max
    double ratio_split          # up to here the cubic, then the quartic
    double[2] latency_scale
    double[4] below             # coefficients, highest power first
    double[5] above


cdef inline bint unread(double resistance) noexcept nogil:
    """A column without current (infinite resistance) or without resistance: nothing is to be sensed."""
    return resistance == 0 or resistance == INFINITY or resistance == -INFINITY


cdef inline double time_scale(const ColumnFit *fit, double resistance) noexcept nogil:
    """Latency [s] for a reference equal to the column, before the fit in their ratio."""
    return (fit.latency_scale[0] * log(resistance / 1000) + fit.latency_scale[1]) * 1e-9


cdef inline double cubic(const ColumnFit *fit, double x) noexcept nogil:
    """Relative latency for a reference well below the column's resistance."""
    cdef double square = x * x
    return fit.below[0] * (square * x) + fit.below[1] * square + fit.below[2] * x + fit.below[3]


cdef inline double quartic(const ColumnFit *fit, double x) noexcept nogil:
    """Relative latency for a reference near or above the column's resistance."""
    cdef double square = x * x
    return (fit.above[0] * (square * square) + fit.above[1] * (square * x) + fit.above[2] * square
            + fit.above[3] * x + fit.above[4])


cdef inline double ratio_latency(const ColumnFit *fit, double scale, double ratio) noexcept nogil:
    """Latency [s] against one reference that is `ratio` times the column's resistance."""
    if ratio >= fit.ratio_max or ratio <= fit.ratio_min:
        return fit.latency_default
    # Quirk C17: the constant that was meant between ratios of 0.9 and 1.1 is never reached; the quartic starts at 0.9.
    return scale * (cubic(fit, ratio) if ratio <= fit.ratio_split else quartic(fit, ratio))


cdef inline double fitted_power(const ColumnFit *fit, double resistance) noexcept nogil:
    """Power [W] while a column is compared with all references; not a number below 0 ohm."""
    if resistance == 0:
        return 0
    if unread(resistance):
        return fit.power_unread     # Quirk C19: without current it costs 1 uW all the same
    return fit.power_floor + fit.power_column * exp(fit.power_exponent * log10(resistance))


cdef int column_fit(ColumnFit *fit, Technology tech, str kind, int references, double read_voltage,
                    double power_factor=*) except -1


@cython.final
cdef class SenseAmp(Circuit):
    cdef readonly int columns
    cdef readonly int cells_per_read
    cdef readonly double pitch              # [m]
    cdef readonly double sense_voltage      # [V]
    cdef readonly double clock              # [Hz]
    cdef readonly double cap_load           # [F]
    cdef double read_time                   # of one read [s]
    cdef double column_energy               # of one column [J]
    cpdef double latency(self, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil


@cython.final
cdef class VoltageSenseAmp(Circuit):
    cdef readonly int columns
    cdef readonly double clock              # [Hz]
    cdef readonly double unit_area          # of one amplifier [m^2]
    cdef readonly double resistance         # of the precharging transistor [ohm]
    cdef readonly double cap_sense          # of the sensing node [F]
    cdef readonly double cap_drain          # of the access to the column [F]
    cdef double read_energy                 # of all columns, one read [J]
    cpdef double latency(self, double load, double read_voltage, double on_resistance, double off_resistance,
                         double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil


@cython.final
cdef class CurrentSenseAmp(Circuit):
    cdef readonly int columns
    cdef readonly double unit_area          # [m^2]
    cdef readonly double reference          # [ohm]
    cdef ColumnFit fit
    cpdef double column_latency(self, double resistance) noexcept nogil
    cpdef double column_power(self, double resistance) noexcept nogil
    # `resistances` of the columns that are sensed in one read
    cpdef double latency(self, const double[::1] resistances, double columns_per_amplifier=*, double reads=*) noexcept
    cpdef double energy(self, const double[::1] resistances, double reads=*) noexcept
    # (latency, energy) of one read, for loops without the GIL
    cdef double pointer_latency(self, const double *resistances, Py_ssize_t count) noexcept nogil
    cdef double pointer_energy(self, const double *resistances, Py_ssize_t count) noexcept nogil


@cython.final
cdef class Precharger(Circuit):
    cdef readonly int columns
    cdef readonly int cells_per_read
    cdef readonly int cells_per_write
    cdef readonly double load_resistance    # [ohm]
    cdef readonly double cap_output         # [F]
    cdef double resistance                  # of a precharging transistor [ohm]
    cdef double vdd
    cdef Stage stage(self, double load) noexcept nogil
    cpdef double read_latency(self, double load, double reads) noexcept nogil
    cpdef double write_latency(self, double load, double writes) noexcept nogil
    cpdef double ramp(self, double load) noexcept nogil
    cpdef double read_energy(self, double load, double reads) noexcept nogil
    cpdef double write_energy(self, double load, double column_activity, double writes) noexcept nogil


@cython.final
cdef class SRAMWriteDriver(Circuit):
    cdef readonly int columns
    cdef readonly int cells_per_write
    cdef readonly LogicGate inverter
    cdef double vdd
    cdef Stage stage(self, double ramp, double load, double load_resistance) noexcept nogil
    cpdef double write_latency(self, double ramp, double load, double load_resistance, double writes) noexcept nogil
    cpdef double ramp(self, double ramp, double load, double load_resistance) noexcept nogil
    cpdef double write_energy(self, double column_activity, double writes) noexcept nogil
