"""What every converter of column currents has in common, and how one is written in Python.

A converter is shown the resistance of every column of an array, once for every input vector, and says how long it takes
and what energy. Everything around it (who is converted when, how often, what is added up) belongs to the array, so that
a kind of converter is one class: three methods that run without Python's lock, and a layout.
"""

import functools
import os

import numpy as np

from neurosim.errors import NeurosimError


cdef class ColumnConverter(Circuit):
    """Converters below (or beside) an array, each of which turns the currents of its lines into numbers.

    A kind is made as `kind(tech, columns, levels, *, on_resistance, off_resistance, rows, read_voltage, encoded,
    height, width, power_factor)`, see `neurosim.circuits.converters`.

    Attributes
    ----------
    columns : int
        Converters side by side.
    levels : int
        Output codes of a converter.
    parts : tuple of (str, Circuit)
        What it is laid out as, by name; each is listed by the array on its own.
    counts_row_by_row : bool
        Whether the total energy of an eNVM array that is read row by row counts conversions (quirk Q21: not those of
        flash converters, which are only in its split).
    conversion_key : tuple
        What conversions depend on: converters with equal keys turn equal columns into equal costs.
    """

    @property
    def parts(self):
        return (("adc", self),)

    @property
    def conversion_key(self):
        return ()

    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        """Latency, power and energy of converting `count` columns at once."""
        cdef Conversion nothing
        nothing.latency = nothing.power = nothing.energy = 0
        return nothing

    cdef double after_latency(self, double reads) noexcept nogil:
        """Time [s] of what follows `reads` conversions before a number is there."""
        return 0

    cdef double after_energy(self, double reads) noexcept nogil:
        """Energy [J] of the same, of all converters."""
        return 0

    cpdef int check(self) except -1:
        """Raise what went wrong in a conversion, where nothing can be raised."""
        return 0

    def converted(self, const double[::1] resistances):
        """(latency [s], energy [J]) of converting columns of these resistances [ohm] once, all at the same time."""
        cdef Py_ssize_t count = resistances.shape[0]
        cdef Conversion result = self.convert(&resistances[0] if count else NULL, count)
        self.check()
        return result.latency, result.energy

    def encoding(self, double reads):
        """(latency [s], energy [J]) of what follows `reads` conversions of all converters."""
        return self.after_latency(reads), self.after_energy(reads)


cdef class PythonConverter(ColumnConverter):
    """A converter in Python: a subclass has `layout` and `conversion`, and perhaps `encoder`.

    It is much slower than a compiled one (a call of Python for every input vector of every array), and meant for trying
    a converter out.

    >>> class Counter(PythonConverter):
    ...     def layout(self):                           # [m^2], [W]
    ...         return self.columns * 50e-12, 0.0
    ...     def conversion(self, resistances):          # [ohm] -> [s], [J]
    ...         return self.levels * 1e-9, len(resistances) * 1e-12
    >>> neurosim.circuits.CONVERTERS["counter"] = Counter

    Attributes
    ----------
    on_resistance, off_resistance : float
        Of a cell [ohm].
    rows : int
        Rows that are read at once.
    read_voltage : float
        [V].
    encoded : bool
        Whether more than two levels are told apart, or all rows read at once.
    power_factor : float
        What the temperature makes of the power of a column.
    """

    def __init__(self, tech, int columns, int levels, *, on_resistance, off_resistance, rows, read_voltage,
                 encoded=True, double height=0.0, double width=0.0, power_factor=1.0):
        self.tech = tech
        self.columns = columns
        self.levels = levels
        self.on_resistance, self.off_resistance = on_resistance, off_resistance
        self.rows, self.read_voltage, self.encoded, self.power_factor = rows, read_voltage, encoded, power_factor
        self.counts_row_by_row = True
        area, self.leakage = self.layout()
        self.area = area
        if width:
            self.width, self.height = width, area / width
        elif height:
            self.height, self.width = height, area / height
        else:
            raise NeurosimError("a converter needs a height or a width")

    def layout(self):
        """(area [m^2], leakage [W]) of all converters."""
        raise NeurosimError(f"{type(self).__name__} needs a method layout(self) that returns (area, leakage)")

    def conversion(self, resistances):
        """(latency [s], energy [J]) of converting columns of these resistances once.

        Parameters
        ----------
        resistances : ndarray of float64, (columns,) [ohm]
            Infinite where a column carries no current. Read-only.
        """
        raise NeurosimError(
            f"{type(self).__name__} needs a method conversion(self, resistances) that returns (latency, energy)")

    def encoder(self, reads):
        """(latency [s], energy [J]) of what follows `reads` conversions; nothing unless a subclass says otherwise."""
        return 0.0, 0.0

    @property
    def conversion_key(self):
        cls = type(self)
        return (cls.__module__, cls.__qualname__, _source_of(cls), self.levels, repr(sorted(vars(self).items())))

    cdef Conversion convert(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        cdef Conversion result
        result.latency = result.power = result.energy = 0
        with gil:
            try:
                if self.failure is None:
                    seen = np.empty(count) if not count else np.array(<const double[:count]>resistances)
                    result.latency, result.energy = self.conversion(seen)
            except BaseException as failure:
                self.failure = failure
        return result

    cdef double after_latency(self, double reads) noexcept nogil:
        with gil:
            return self._after(reads, 0)

    cdef double after_energy(self, double reads) noexcept nogil:
        with gil:
            return self._after(reads, 1)

    def _after(self, reads, which):
        try:
            return self.encoder(reads)[which]
        except BaseException as failure:
            self.failure = failure
            return 0.0

    cpdef int check(self) except -1:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        return 0


@functools.cache
def _source_of(cls):
    """What stands for the code of a class: a hash of its file, or something that never comes again."""
    import hashlib    # late: slow to load, and only converters from outside need it
    import inspect

    try:
        with open(inspect.getsourcefile(cls), "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).hexdigest()
    except (OSError, TypeError):
        return f"{os.getpid()}-{os.urandom(8).hex()}"
