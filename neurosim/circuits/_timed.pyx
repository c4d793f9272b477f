"""Converters that take a fixed time: flash converters with voltage sensing, and successive approximation.

All columns are converted at the same time, whatever they carry; only their power depends on it:

    power(R) = (floor + c exp(k log10 R)) (1 + w (T - 300 K))        R scaled to the read voltage of the simulations
    energy = sum over the columns of power(R) * conversion time

A column without current takes 1 uW in place of the sum, one without resistance nothing, and one whose resistance is no
number is left out. There is no leakage.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 2020, in the later version V2.1;
coefficients in `technology/adc.toml`.
"""

cimport cython
from libc.math cimport INFINITY, exp, log, log2, log10

from neurosim._circuits cimport pmos_width
from neurosim.circuits._power_law cimport power_law, raised
from neurosim.technology._gates cimport gate_size
from neurosim.technology._transistor cimport INV, Size, Technology

from neurosim import technology
from neurosim.errors import NeurosimError

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]
cdef double CYCLE = 1e-9            # of a comparison [s]
cdef double UNREAD_POWER = 1e-6     # of a column that carries no current [W]


cdef class TimedConverter(ColumnConverter):
    """Converters that convert all their columns within `conversion_time`."""

    cdef int _fit(self, double floor, object row, double read_voltage, double power_factor) except -1:
        """Take over the power of a row of adc.toml."""
        if not read_voltage > 0:
            raise NeurosimError(f"a converter needs a positive read voltage, not {read_voltage} V")
        self.scale = technology.adc()["read_voltage"] / read_voltage
        self.power_floor = floor * power_factor
        self.power_column = row["column"] * power_factor
        self.power_exponent = row["exponent"]
        self.power_unread = UNREAD_POWER * power_factor
        power_law(&self.column_law, self.power_column, self.power_exponent / log(10.0))
        return 0

    cdef int _place(self, double unit_area, double height, double width) except -1:
        """Area of all converters, along a width or a height (the width wins)."""
        self.area = unit_area * self.columns
        if width:
            self.width, self.height = width, self.area / width
        elif height:
            self.height, self.width = height, self.area / height
        else:
            raise NeurosimError("a converter needs a height or a width")
        return 0

    @property
    def conversion_key(self):
        return (type(self).__name__, self.conversion_time, self.scale, self.power_floor, self.power_column,
                self.power_exponent, self.power_unread)

    def column_power(self, double resistance):
        """Power [W] while a column of `resistance` [ohm] is converted."""
        return self.power_of(resistance)

    cdef double power_of(self, double resistance) noexcept nogil:
        cdef double power
        resistance *= self.scale
        if resistance == 0:
            return 0
        if resistance == INFINITY or resistance == -INFINITY:
            return self.power_unread
        power = raised(&self.column_law, resistance)
        if power < 0:
            power = self.power_column * exp(self.power_exponent * log10(resistance))
        return self.power_floor + power

    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        cdef Conversion result
        cdef double power = 0, column
        cdef Py_ssize_t i
        for i in range(count):
            column = self.power_of(resistances[i])
            if column > 0:
                power += column
        result.latency = self.conversion_time
        result.power = power
        result.energy = power * self.conversion_time
        return result


cdef dict node_row(Technology tech, str kind):
    """The row of a kind of converter at the node and roadmap of `tech`."""
    node = technology.adc()[tech.roadmap].get(str(tech.node))
    if node is None or kind not in node:
        raise NeurosimError(f"adc.toml has no {kind} in [{tech.roadmap}.{tech.node}], which a converter needs")
    return dict(node[kind])


cdef double gate_area(Technology tech, double width_n, double width_p):
    """Area of a minimum gate [m^2]."""
    cdef Size size = gate_size(tech, INV, 1, width_n, width_p, tech.cell_height)
    return size.height * size.width


@cython.final
cdef class VoltageFlashConverter(TimedConverter):
    """Flash converters with voltage sensing: comparators for every reference, and a `MultilevelEncoder` behind them.

    area = (52 a_N + 60 a_P) (levels - 1) of a converter, with the areas of minimum gates; latency = 1 ns;
    floor = reference (levels - 1) uW. Difference V5: V2.0 does not have them.

    Parameters
    ----------
    tech : Technology
    columns : converters side by side
    levels : output codes of a converter
    on_resistance, off_resistance, rows : of the cells; nothing depends on them
    read_voltage : of the array [V]
    encoded : whether there is an encoder
    height, width : outline [m]; one is needed (the width wins)
    power_factor : on the power of every column
    """

    def __init__(self, Technology tech not None, int columns, int levels, *, double on_resistance=0.0,
                 double off_resistance=0.0, int rows=1, double read_voltage, bint encoded=True, double height=0.0,
                 double width=0.0, double power_factor=1.0):
        cdef Circuit comparators = Circuit()
        if levels < 1:
            raise NeurosimError(f"a converter needs at least 1 level, not {levels}")
        row = node_row(tech, "voltage")
        self.tech = tech
        self.columns = columns
        self.levels = levels
        self.conversion_time = CYCLE
        self._fit(<double>row["reference"] * (levels - 1) * 1e-6, row, read_voltage, power_factor)
        self._place((gate_area(tech, tech.min_nmos, 0) * 52 + gate_area(tech, 0, pmos_width(tech, 1)) * 60)
                    * (levels - 1), height, width)
        comparators.area, comparators.height, comparators.width = self.area, self.height, self.width
        self.comparators = comparators
        if encoded:
            self.encoder = MultilevelEncoder(tech, levels, columns, height=height, width=width)
            self.area += self.encoder.area
            self.leakage = self.encoder.leakage
            self.complaints = self.encoder.complaints
            if width:
                self.height += self.encoder.height
            else:
                self.width += self.encoder.width

    @property
    def parts(self):
        comparators = (("adc", self.comparators),)
        return comparators if self.encoder is None else (*comparators, ("encoder", self.encoder))

    cdef double after_latency(self, double reads) noexcept nogil:
        return 0 if self.encoder is None else self.encoder.latency(STEEP, reads)

    cdef double after_energy(self, double reads) noexcept nogil:
        return 0 if self.encoder is None else self.encoder.energy(reads)


@cython.final
cdef class SARConverter(TimedConverter):
    """Converters by successive approximation: a comparison a bit, b = log2(levels), and one more.

    area = (269 + 109 (b - 1)) a_N + (209 + 73 (b - 1)) a_P of a converter, with the areas of minimum gates;
    latency = (b + 1) ns; floor = (bit b + offset) uW. The code is binary: nothing follows a conversion.
    Difference V6: V2.0 does not have them.

    Parameters as of `VoltageFlashConverter`.
    """

    def __init__(self, Technology tech not None, int columns, int levels, *, double on_resistance=0.0,
                 double off_resistance=0.0, int rows=1, double read_voltage, bint encoded=True, double height=0.0,
                 double width=0.0, double power_factor=1.0):
        if levels < 1:
            raise NeurosimError(f"a converter needs at least 1 level, not {levels}")
        row = node_row(tech, "sar")
        self.tech = tech
        self.columns = columns
        self.levels = levels
        self.counts_row_by_row = True
        self.bits = log2(<double>levels)
        self.conversion_time = (self.bits + 1) * CYCLE
        self._fit((<double>row["bit"] * self.bits + <double>row["offset"]) * 1e-6, row, read_voltage, power_factor)
        self._place(gate_area(tech, tech.min_nmos, 0) * (269 + (self.bits - 1) * 109)
                    + gate_area(tech, 0, pmos_width(tech, 1)) * (209 + (self.bits - 1) * 73), height, width)
