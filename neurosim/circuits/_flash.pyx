"""The flash converter: multilevel sense amplifiers with their encoders.

The multilevel sense amplifier is the hot spot of an evaluation: every input vector of every subarray shows it the
resistances of all columns. Its latency is a maximum over columns and reference levels of fitted polynomials, which
is found here from few of them, with an equal result (quirk C20: the reference evaluates all of them, four times):

* Along the reference levels, the latency of a column is piecewise monotone in the ratio x = reference / column. So
  only the outermost levels can win, and the two levels around each `peak`: a jump of the fit or a stationary
  point of one of its polynomials.
* A table gives an upper bound of the latency by the leading bits of a column's resistance. A column whose bound is
  no more than the slowest column so far cannot change the maximum and is not evaluated.

The power of a column is a power of its resistance, which tables and a short series give faster than exp(k log10(R)).

Source of the model: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 2020; coefficients in `technology/adc.toml`.
"""

cimport cython
from libc.math cimport INFINITY, ceil, log, log2

import numpy as np

from neurosim._circuits cimport LogicGate, lines, logic_gate, pmos_width, through
from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.circuits._converters cimport Conversion
from neurosim.circuits._power_law cimport bits_of, number_of, power_law, raised
from neurosim.circuits._sensing cimport (
    ColumnFit, column_fit, cubic, fitted_power, quartic, ratio_latency, time_scale, unread,
)
from neurosim.technology._gates cimport gate_size
from neurosim.technology._transistor cimport INV, NAND, Size, Stage, Technology, to_int

from neurosim.errors import NeurosimError

cdef enum:
    MANTISSA = 41               # bits of a double below those that the table of bounds is indexed by
    TOGETHER = 256              # columns whose bounds are held at a time

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]
cdef double SLIGHTLY = 1e-9     # far above the rounding errors of the polynomials, far below what a bound can gain


cdef inline long long leading_bits(double x) noexcept nogil:
    """Sign, exponent and the first bits of the fraction: increases with x from 0 on, in 2048 steps an octave."""
    return bits_of(x) >> MANTISSA


cdef inline double smallest_with(long long leading) noexcept nogil:
    """The smallest number of these leading bits."""
    return number_of(leading << MANTISSA)


@cython.final
cdef class MultilevelSenseAmp(Circuit):
    """Flash converters: each compares its column with `levels` - 1 reference resistances at once.

    With R the column's resistance, scaled to the read voltage of the simulations, and R_i the references,

        latency(R) = max over i of (a ln(R / 1 kohm) + b) ns * p(R_i / R)
        power(R) = c (levels - 1) uW + d exp(k log10 R)

    where p is a cubic up to a ratio of 0.9 and a quartic above it; below 0.05 and from 20 on the latency is 1 ns.
    At and below 22 nm, and on the HP roadmap, it always is (quirk C17). All columns wait for the slowest one, which is
    kept between 1 and 10 ns (quirk C19); energy = that common latency * sum of the powers.

    Parameters
    ----------
    tech : Technology
    columns : number of converters side by side
    levels : output codes of a converter
    on_resistance, off_resistance : of a cell [ohm]; the references are R_on + (i + 1) R_off / levels, i = 0 ...
    rows : rows read at once, by which both resistances are divided
    read_voltage : of the array [V]
    height, width : outline [m]; one is needed (the width wins), the other follows from the area
    power_factor : on the power of every column

    Quirk C18: the first reference is never looked at, so that up to two levels take no time.
    Quirk C18: the references span R_on ... R_on + R_off, not R_on ... R_off.
    Quirk C18: there is no leakage.
    """

    def __init__(self, Technology tech not None, int columns, int levels, *, double on_resistance,
                 double off_resistance, int rows=1, double read_voltage, double height=0.0, double width=0.0,
                 double power_factor=1.0):
        cdef Size size_n = gate_size(tech, INV, 1, tech.min_nmos, 0, tech.cell_height)
        cdef Size size_p = gate_size(tech, INV, 1, 0, pmos_width(tech, 1), tech.cell_height)
        cdef int i
        cdef double start, span
        if levels < 1:
            raise NeurosimError(f"a multilevel sense amplifier needs at least 1 level, not {levels}")
        if rows < 1:
            raise NeurosimError(f"a multilevel sense amplifier needs at least 1 row to read, not {rows}")
        if not (0 < on_resistance < float("inf") and 0 < off_resistance < float("inf")):
            raise NeurosimError("the resistances of a cell must be positive for a multilevel sense amplifier, "
                                f"not {on_resistance} and {off_resistance} ohm")
        if not (height or width):
            raise NeurosimError("a multilevel sense amplifier needs a height or a width")
        self.tech = tech
        self.columns = columns
        self.levels = levels

        self.area = (size_n.height * size_n.width * 48 + size_p.height * size_p.width * 24) * (levels - 1) * columns
        if width:
            self.width = width
            self.height = self.area / width
        else:
            self.height = height
            self.width = self.area / height

        column_fit(&self.fit, tech, "multilevel", levels - 1, read_voltage, power_factor)
        power_law(&self.column_law, self.fit.power_column, self.fit.power_exponent / log(10.0))
        start = on_resistance / rows
        span = off_resistance / rows
        self._references = np.zeros(levels - 1)
        for i in range(levels - 1):
            self._references[i] = start + <double>(i + 1) * span / levels
        self.first_reference = start + span / levels
        self.reference_step = span / levels
        self.references_per_ohm = levels / span
        self._tabulate()

    @property
    def references(self):
        """Reference resistances [ohm], as a new array."""
        return np.array(self._references)

    cdef int _tabulate(self) except -1:
        """Find the peaks of the fit and make room for the bounds of every column it holds for."""
        cdef int last = self.levels - 2     # of the references that are looked at: 1 ... last
        cdef long long count
        self.peak_count = 0
        if self.fit.constant or last < 1:
            self.bounds = np.zeros(0)
            return 0
        stationary_below = np.roots(np.polyder([self.fit.below[i] for i in range(4)]))
        stationary_above = np.roots(np.polyder([self.fit.above[i] for i in range(5)]))
        ratios = [self.fit.ratio_min, self.fit.ratio_split, self.fit.ratio_max]
        ratios += [x.real for x in stationary_below
                   if abs(x.imag) < SLIGHTLY and self.fit.ratio_min < x.real < self.fit.ratio_split]
        ratios += [x.real for x in stationary_above
                   if abs(x.imag) < SLIGHTLY and self.fit.ratio_split < x.real < self.fit.ratio_max]
        for ratio in ratios:
            self.peaks[self.peak_count] = ratio
            self.peak_count += 1

        self.first_bound = leading_bits(self._references[1] / self.fit.ratio_max * (1 - SLIGHTLY))
        count = leading_bits(self._references[last] / self.fit.ratio_min * (1 + SLIGHTLY)) - self.first_bound + 1
        self.bounds = np.full(count, INFINITY)
        return 0

    cdef int _around(self, int peak, double low, double high, int *stop) noexcept nogil:
        """The references that lie beside a peak for a (scaled) resistance between `low` and `high`: first, stop."""
        cdef double last = self.levels - 2
        # Rounding may put a peak on the wrong side of an exact hit
        cdef double first = (self.peaks[peak] * low - self.first_reference) * self.references_per_ohm - SLIGHTLY
        cdef double final = (self.peaks[peak] * high - self.first_reference) * self.references_per_ohm + SLIGHTLY
        cdef int whole
        final = min(max(final, 0), last)
        whole = <int>final
        stop[0] = 1 + whole + (whole < final)       # rounded up
        return <int>min(max(first, 1), last + 1)

    cdef void _widen(self, double from_ratio, double to_ratio, double *smallest, double *largest) noexcept nogil:
        """Make `smallest` ... `largest` include the polynomials between two ratios."""
        cdef const ColumnFit *fit = &self.fit
        cdef double start, stop, value, x
        cdef int i, piece
        for piece in range(2):
            start = max(from_ratio, fit.ratio_split if piece else fit.ratio_min)
            stop = min(to_ratio, fit.ratio_max if piece else fit.ratio_split)
            for i in range(-2, self.peak_count):    # both ends, and the peaks between them
                x = start if i == -2 else stop if i == -1 else self.peaks[i]
                if start <= x <= stop:
                    value = quartic(fit, x) if piece else cubic(fit, x)
                    smallest[0] = min(smallest[0], value)
                    largest[0] = max(largest[0], value)

    cdef double _supremum(self, double low, double high) noexcept nogil:
        """No column with a (scaled) resistance between `low` and `high` takes longer [s]."""
        cdef const ColumnFit *fit = &self.fit
        cdef double bound = fit.latency_default     # exactly: most columns do not exceed it
        cdef double smallest = 1e300                # of the polynomials, over all ratios that matter
        cdef double largest = -1e300
        cdef double[2] scale
        cdef int i, j, start, stop
        for j in range(-2, self.peak_count):
            if j >= 0:
                start = self._around(j, low, high, &stop)
            else:
                start = 1 if j == -1 else self.levels - 2
                stop = start + 1
            if stop - start > 16:                   # closer than the width of the interval: take all between them
                self._widen(self._references[start] / high, self._references[stop - 1] / low, &smallest, &largest)
            else:
                for i in range(start, stop):
                    self._widen(self._references[i] / high, self._references[i] / low, &smallest, &largest)
        if smallest <= largest:
            scale[0] = time_scale(fit, low)
            scale[1] = time_scale(fit, high)
            for i in range(2):                      # the largest product has a corner, whatever the signs
                bound = max(bound, scale[i] * smallest * (1 + SLIGHTLY))
                bound = max(bound, scale[i] * largest * (1 + SLIGHTLY))
        return bound

    cdef double _latency(self, double resistance) noexcept nogil:
        cdef const ColumnFit *fit = &self.fit
        cdef int last = self.levels - 2
        cdef int i, j, start, stop
        cdef double scale, time, slowest
        if unread(resistance):
            return 0
        if fit.constant:
            return fit.latency_default
        if last < 1 or resistance != resistance:
            return 0
        if resistance < 0:
            return fit.latency_default      # as for every ratio below 0.05
        scale = time_scale(fit, resistance)
        slowest = max(0.0, ratio_latency(fit, scale, self._references[1] / resistance))
        slowest = max(slowest, ratio_latency(fit, scale, self._references[last] / resistance))
        for j in range(self.peak_count):
            start = self._around(j, resistance, resistance, &stop)
            for i in range(start, stop):
                time = ratio_latency(fit, scale, self._references[i] / resistance)
                if time > slowest:
                    slowest = time
        return slowest

    cdef double _known_bound(self, double resistance) noexcept nogil:
        # As unsigned, a number before the table is beyond it, too
        cdef unsigned long long i = <unsigned long long>(leading_bits(resistance) - self.first_bound)
        return self.bounds[i] if i < <unsigned long long>self.bounds.shape[0] else self.fit.latency_default

    cdef double _bound(self, double resistance) noexcept nogil:
        cdef double bound = self._known_bound(resistance)
        cdef long long leading
        if bound == INFINITY:
            # Most bounds are never asked for. Threads that find the same one at the same time write the same number.
            leading = leading_bits(resistance)
            bound = self._supremum(smallest_with(leading), smallest_with(leading + 1))
            self.bounds[leading - self.first_bound] = bound
        return bound

    cdef double _power(self, double resistance) noexcept nogil:
        cdef double column = raised(&self.column_law, resistance)
        if column >= 0:
            return self.fit.power_floor + column
        return fitted_power(&self.fit, resistance) if resistance == resistance else resistance

    @property
    def conversion_key(self):
        """What conversions depend on: converters with equal keys turn equal columns into equal costs."""
        return (<char *>&self.fit)[:sizeof(ColumnFit)], self.levels, self.first_reference, self.reference_step

    cpdef double column_latency(self, double resistance) noexcept nogil:
        """Time [s] to convert a column of `resistance` [ohm] alone, not kept between 1 and 10 ns."""
        return self._latency(resistance * self.fit.scale)

    cpdef double column_power(self, double resistance) noexcept nogil:
        """Power [W] while a column of `resistance` [ohm] is converted."""
        return self._power(resistance * self.fit.scale)

    cpdef double column_bound(self, double resistance) noexcept nogil:
        """A time [s] that `column_latency` does not exceed, from a table."""
        return self._bound(resistance * self.fit.scale)

    cdef double slower(self, double slowest, double resistance) noexcept nogil:
        """The larger of `slowest` and the latency of one more column."""
        cdef double time
        resistance *= self.fit.scale
        if self._bound(resistance) > slowest:
            time = self._latency(resistance)
            if time > slowest:
                return time
        return slowest

    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        """Latency, power and energy of converting `count` columns at once."""
        cdef Conversion result
        cdef double scale = self.fit.scale
        cdef double slowest = self.fit.latency_min if count else 0
        cdef double power = 0
        cdef double largest, resistance, column
        cdef double[TOGETHER] bounds
        cdef Py_ssize_t i, likely, start = 0
        while start < count:
            largest = slowest
            likely = start
            for i in range(start, min(start + TOGETHER, count)):
                resistance = resistances[i] * scale
                column = self._known_bound(resistance)
                if column > largest:
                    column = self._bound(resistance)
                    if column > largest:
                        largest = column
                        likely = i
                bounds[i - start] = column
                column = self._power(resistance)
                if column > 0:      # Quirk C19: a column whose resistance is no number costs nothing
                    power += column
            if largest > slowest:
                # After the column of the largest bound hardly another has to be evaluated.
                slowest = self.slower(slowest, resistances[likely])
                for i in range(start, min(start + TOGETHER, count)):
                    if bounds[i - start] > slowest and slowest < self.fit.latency_max:
                        slowest = self.slower(slowest, resistances[i])
            start += TOGETHER
        result.latency = slowest if slowest < self.fit.latency_max else self.fit.latency_max
        result.power = power
        result.energy = result.latency * power
        return result

    cpdef double latency(self, const double[::1] resistances, double columns_per_amplifier=1.0,
                         double reads=1.0) noexcept:
        """Time [s] of `reads` conversions of all columns, which take turns at an amplifier."""
        cdef Py_ssize_t count = resistances.shape[0]
        return self.convert(&resistances[0] if count else NULL, count).latency * columns_per_amplifier * reads

    cpdef double energy(self, const double[::1] resistances, double reads=1.0) noexcept:
        """Energy [J] of `reads` conversions of all columns."""
        cdef Py_ssize_t count = resistances.shape[0]
        return self.convert(&resistances[0] if count else NULL, count).energy * reads


@cython.final
cdef class MultilevelEncoder(Circuit):
    """Turns the thermometer code of a multilevel sense amplifier into a binary number.

    Critical path: an inverter drives the NAND2 that detects the code's edge, which drives the large NANDs (one a
    bit, each with levels / 2 inputs), which drive an inverter each. Delay of a stage after Horowitz.

    Parameters
    ----------
    tech : Technology
    levels : codes of one encoder
    count : number of encoders
    height, width : outline [m]; the width wins
    fit : "free", "keep-area" or "exact"

    Quirk C21: only the first two of the four stages count in the latency (rule `whole_encoders`: all); the output slope
    is that of the fourth.
    Quirk C21: without an outline, the area is 0.
    Quirk C38: the first inverter is as slow as if it were two transistors in series (rule `lone_inverters`: one).
    """

    def __init__(self, Technology tech not None, int levels, int count, *, double height=0.0, double width=0.0,
                 fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef double vdd = tech.vdd
        cdef double width_p = pmos_width(tech, 1)
        cdef LogicGate inverter, nand, wide_nand
        cdef int edges
        if levels < 1:
            raise NeurosimError(f"an encoder needs at least 1 level, not {levels}")
        self.tech = tech
        self.levels = levels
        self.count = count
        self.inputs = levels // 2       # Quirk C21: an odd number of levels is rounded down
        self.gates = to_int(ceil(log2(levels)))
        inverter = logic_gate(tech, INV, 1, tech.min_nmos, width_p)
        nand = logic_gate(tech, NAND, 2, 2 * tech.min_nmos, width_p)
        wide_nand = logic_gate(tech, NAND, self.inputs, 2 * tech.min_nmos, width_p)
        self.inverter = inverter
        self.nand = nand
        self.wide_nand = wide_nand
        self.whole = tech.rules.whole_encoders
        self.first_resistance = inverter.pull_down if tech.rules.lone_inverters else inverter.pull_down * 2

        self._place(rule, height, width)
        self._refit(rule, height, width)

        edges = levels + self.gates
        self.leakage = (inverter.leakage * edges * count + nand.leakage * edges * count
                        + wide_nand.leakage * self.gates * count)
        self.unit_energy = ((inverter.input + inverter.output) * vdd * vdd * edges * count
                            + (nand.input + nand.output) * vdd * vdd * edges * count
                            + (wide_nand.input + wide_nand.output) * vdd * vdd * self.gates * count)

    cdef int _place(self, Fit rule, double height, double width) except -1:
        cdef double unit_width = 2 * self.inverter.width + self.nand.width + self.wide_nand.width
        cdef double unit_height = max((self.levels - 1) * self.inverter.height, (self.levels - 1) * self.nand.height)
        cdef int abreast
        # Quirk C21: as many encoders as *touch* the outline stand side by side, one more than fits
        cdef bint fit = self.tech.rules.encoders_fit
        if width and rule == FREE:
            abreast = max(1, to_int(width / unit_width)) if fit else to_int(ceil(width / unit_width))
            self._outline(unit_height * lines(self.tech, self.count, min(abreast, self.count)), max(width, unit_width))
        elif height and rule == FREE:
            abreast = max(1, to_int(height / unit_height)) if fit else to_int(ceil(height / unit_height))
            self._outline(max(height, unit_height), unit_width * lines(self.tech, self.count, min(abreast, self.count)))
        return 0

    cdef Stage half_path(self, double ramp) noexcept nogil:
        """From the input to the large NAND."""
        cdef Stage path
        path.delay = 0
        path.ramp = ramp
        through(&path, self.first_resistance, self.inverter.output + self.nand.input * 2)
        through(&path, self.nand.pull_up, self.nand.output + self.wide_nand.input * self.inputs)
        return path

    cdef Stage path(self, double ramp) noexcept nogil:
        """From the input to the output."""
        cdef Stage path = self.half_path(ramp)
        through(&path, self.nand.pull_down * 2, self.wide_nand.output + self.inverter.input)
        through(&path, self.inverter.pull_up, self.inverter.output)
        return path

    cpdef double latency(self, double ramp, double reads) noexcept nogil:
        """Time of `reads` encodings [s]."""
        return (self.path(ramp) if self.whole else self.half_path(ramp)).delay * reads

    cpdef double ramp(self, double ramp) noexcept nogil:
        """Output slope [1/s]."""
        return self.path(ramp).ramp

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` encodings by all encoders [J]."""
        return self.unit_energy * reads


@cython.final
cdef class FlashConverter(ColumnConverter):
    """Flash converters with current sensing: a `MultilevelSenseAmp`, and a `MultilevelEncoder` behind it.

    Parameters
    ----------
    tech : Technology
    columns : converters side by side
    levels : output codes of a converter
    on_resistance, off_resistance : of a cell [ohm]
    rows : rows that are read at once
    read_voltage : of the array [V]
    encoded : whether there is an encoder
    height, width : outline [m]; one is needed (the width wins)
    power_factor : on the power of every column

    `height` and `width` are those of both, one below (or beside) the other; no outline is drawn around them.
    """

    def __init__(self, Technology tech not None, int columns, int levels, *, double on_resistance,
                 double off_resistance, int rows=1, double read_voltage, bint encoded=True, double height=0.0,
                 double width=0.0, double power_factor=1.0):
        self.tech = tech
        self.columns = columns
        self.levels = levels
        self.sense_amp = MultilevelSenseAmp(
            tech, columns, levels, on_resistance=on_resistance, off_resistance=off_resistance, rows=rows,
            read_voltage=read_voltage, height=height, width=width, power_factor=power_factor)
        if encoded:
            self.encoder = MultilevelEncoder(tech, levels, columns, height=height, width=width)
        self.height = sum(part.height for _, part in self.parts) if width else height
        self.width = width if width else sum(part.width for _, part in self.parts)
        self.area = sum(part.area for _, part in self.parts)
        self.leakage = sum(part.leakage for _, part in self.parts)
        self.complaints = sum((part.complaints for _, part in self.parts), ())

    @property
    def parts(self):
        amplifiers = (("adc", self.sense_amp),)
        return amplifiers if self.encoder is None else (*amplifiers, ("encoder", self.encoder))

    @property
    def conversion_key(self):
        return self.sense_amp.conversion_key

    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        return self.sense_amp.convert(resistances, count)

    cdef double after_latency(self, double reads) noexcept nogil:
        return 0 if self.encoder is None else self.encoder.latency(STEEP, reads)

    cdef double after_energy(self, double reads) noexcept nogil:
        return 0 if self.encoder is None else self.encoder.energy(reads)
