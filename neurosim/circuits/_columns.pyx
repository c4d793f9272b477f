"""The loops over data that read: rows x columns x input vectors (currents), columns (conversions).

Nothing here uses BLAS: inputs are bits, so that the current of a column is a sum over the cells of conducting
rows. It is taken from the first row to the last, as the reference does, whatever the number of threads.

Quirk Q17: the reference also computes what the rows resist, and never uses it; here are columns only.
"""

from libc.stdlib cimport free, malloc

from neurosim.circuits._converters cimport ColumnConverter, Conversion
from neurosim.circuits._subarray cimport ArrayRead, SubArray
from neurosim.errors import NeurosimError

cdef enum:
    LANES = 32          # columns whose cells stay in the first-level cache together
    PLANES = 64         # input vectors whose conducting rows are listed at a time
    COUNTED = 1024      # input vectors whose conducting rows are counted at a time


def path_conductances(const double[:, :] cells, *, double along, double down, double access, bint constant=False):
    """Conductance of every cell with the wires of its own path: the row up to it, the column down from it [S].

    No wire is shared between cells, so that the current of a column is a sum over its cells:

        g = 1 / (1 / G + (column + 1) along + (rows - row) down + access)

    Parameters
    ----------
    cells : float64, (rows, columns)
        Conductance of each cell [S].
    along, down : float
        Wire resistance per cell along a row and down a column [ohm].
    access : float
        Resistance in series with each cell [ohm].
    constant : bool
        Every cell conducts 1 / (access + down), whatever it holds and wherever it lies (SRAM).

    Returns
    -------
    ndarray, (rows, columns)
    """
    import numpy as np

    cdef Py_ssize_t row, column, rows = cells.shape[0], columns = cells.shape[1]
    cdef double[:, ::1] path = np.empty((rows, columns))
    with nogil:
        for row in range(rows):
            for column in range(columns):
                if constant:
                    path[row, column] = 1.0 / (access + down)
                else:
                    path[row, column] = 1.0 / (1.0 / cells[row, column] + (column + 1) * along + (rows - row) * down
                                               + access)
    return path.base


cdef inline void add_rows(const double *path, Py_ssize_t stride, Py_ssize_t width, const int *listed, int count,
                          double *current) noexcept nogil:
    """Sum the listed rows of `path` over `width` columns, in order."""
    cdef double[LANES] total
    cdef const double *first
    cdef const double *second
    cdef const double *third
    cdef const double *fourth
    cdef Py_ssize_t lane
    cdef int k = 0
    for lane in range(width):
        total[lane] = 0
    while k + 4 <= count:
        first = path + listed[k] * stride
        second = path + listed[k + 1] * stride
        third = path + listed[k + 2] * stride
        fourth = path + listed[k + 3] * stride
        if width == LANES:
            for lane in range(LANES):
                total[lane] = (((total[lane] + first[lane]) + second[lane]) + third[lane]) + fourth[lane]
        else:
            for lane in range(width):
                total[lane] = (((total[lane] + first[lane]) + second[lane]) + third[lane]) + fourth[lane]
        k += 4
    while k < count:
        first = path + listed[k] * stride
        for lane in range(width):
            total[lane] = total[lane] + first[lane]
        k += 1
    for lane in range(width):
        current[lane] = total[lane]


cdef int currents(const unsigned char[:, ::1] codes, Py_ssize_t start, Py_ssize_t stop, const double *path,
                  bint average, double[:, ::1] resistance, double[::1] activity) noexcept nogil:
    """Column resistances and row activity of the input vectors from `start` to `stop`; -1 without memory."""
    cdef Py_ssize_t rows = codes.shape[0], columns = resistance.shape[1]
    cdef Py_ssize_t block, last, row, plane, column, width
    cdef unsigned char code
    cdef int conducting
    cdef double conductance
    cdef int *listed = <int *>malloc(PLANES * rows * sizeof(int))
    cdef int[PLANES] counts
    cdef int[PLANES] active
    if listed == NULL:
        return -1
    block = start
    while block < stop:
        last = min(block + PLANES, stop)
        for plane in range(last - block):
            counts[plane] = active[plane] = 0
        for row in range(rows):
            for plane in range(last - block):
                code = codes[row, block + plane]
                # Without a branch: the next free place is overwritten until a row conducts.
                listed[plane * rows + counts[plane]] = <int>row
                counts[plane] += code & 1
                active[plane] += code >> 1
        column = 0
        while column < columns:
            width = min(LANES, columns - column)
            for plane in range(last - block):
                add_rows(path + column, columns, width, listed + plane * rows, counts[plane],
                         &resistance[block - start + plane, column])
            column += LANES
        for plane in range(last - block):
            activity[block - start + plane] = <double>active[plane] / rows
            conducting = counts[plane]
            for column in range(columns):
                conductance = resistance[block - start + plane, column]
                resistance[block - start + plane, column] = (conducting if average else 1.0) / conductance
        block = last
    free(listed)
    return 0


def column_resistances(const unsigned char[:, ::1] codes, const double[:, ::1] path, double[:, ::1] resistance,
                       double[::1] activity, *, Py_ssize_t start=0, bint average=False):
    """What every column of an array shows to its ADC, for some of the input vectors.

    R = n / (sum of g over the conducting rows), where n is 1, or their number for an `average`.

    Parameters
    ----------
    codes : uint8, (rows, vectors)
        Inputs, see `neurosim.traces.traces.LayerTrace`.
    path : float64, (rows, columns)
        Conductance of each cell with its wires [S], see `path_conductances`.
    resistance, activity : float64, (n, columns) and (n,), filled
        For the n input vectors from `start`: resistances [ohm], and the share of rows that are active.
    start : int
        Which input vectors.
    average : bool
        Row-by-row read-out: the mean over the conducting rows (no number where there are none).
    """
    cdef Py_ssize_t stop = start + resistance.shape[0]
    cdef int problem
    if path.shape[0] != codes.shape[0] or path.shape[1] != resistance.shape[1] or stop > codes.shape[1] or (
            activity.shape[0] != resistance.shape[0]):
        raise NeurosimError("inputs, cells and results must agree in rows, columns and input vectors")
    if not path.size:
        return
    with nogil:
        problem = currents(codes, start, stop, &path[0, 0], average, resistance, activity)
    if problem:
        raise MemoryError(f"no memory for an array of {path.shape[0]} rows")


def count_rows(const unsigned char[:, :] codes, int[::1] conducting, double[::1] activity):
    """How many rows conduct, and the share of rows that are active, for every input vector.

    Parameters
    ----------
    codes : uint8, (rows, vectors)
        Inputs, see `neurosim.traces.traces.LayerTrace`.
    conducting, activity : int32 and float64, (vectors,), filled
    """
    cdef Py_ssize_t row, plane, stop, block = 0, rows = codes.shape[0], planes = codes.shape[1]
    cdef int[COUNTED] active
    if conducting.shape[0] != planes or activity.shape[0] != planes:
        raise NeurosimError("inputs and results must agree in input vectors")
    with nogil:
        while block < planes:
            stop = min(COUNTED, planes - block)
            for plane in range(stop):
                conducting[block + plane] = active[plane] = 0
            for row in range(rows):
                for plane in range(stop):
                    conducting[block + plane] += codes[row, block + plane] & 1
                    active[plane] += codes[row, block + plane] >> 1
            for plane in range(stop):
                activity[block + plane] = <double>active[plane] / rows
            block += COUNTED


def convert_columns(ColumnConverter adc not None, const double[:, ::1] resistance, double[::1] latency,
                    double[::1] energy, double copies=1.0):
    """Time [s] and energy [J] in which a converter converts all columns of each input vector once.

    Parameters
    ----------
    adc : ColumnConverter
    resistance : (vectors, columns) [ohm]
    latency, energy : (vectors,), filled
    copies : float
        How often every column is there.
    """
    cdef Py_ssize_t vector
    cdef Conversion conversion
    with nogil:
        for vector in range(resistance.shape[0]):
            conversion = adc.convert(&resistance[vector, 0], resistance.shape[1])
            latency[vector] = conversion.latency
            energy[vector] = conversion.energy * copies
    adc.check()


def read_vectors(SubArray array not None, const double[::1] activity, forward, backward, bint back=True):
    """Latency and energy of reading all input vectors of one subarray, one after the other.

    Parameters
    ----------
    array : SubArray
    activity : (vectors,)
        Share of the mapped rows that are active.
    forward, backward : (latency, energy) of each vector's conversion, or None
        By the converters of either read-out: two arrays of (vectors,) [s], [J].
    back : bool
        Whether the array is read for the activation gradient as well.

    Returns
    -------
    dict
        Sums over the vectors of the fields of `ArrayRead` [s], [J].
    """
    cdef Py_ssize_t vector
    cdef bint converts = forward is not None, converts_ag = backward is not None
    cdef const double[::1] latency, energy, latency_ag, energy_ag
    cdef ArrayRead one, total
    if converts:
        latency, energy = forward
    if converts_ag:
        latency_ag, energy_ag = backward
    with nogil:
        total.latency = total.latency_ag = total.energy = total.energy_ag = 0
        total.latency_adc = total.latency_accumulation = total.latency_other = 0
        total.energy_adc = total.energy_accumulation = total.energy_other = 0
        for vector in range(activity.shape[0]):
            array.read(activity[vector], latency[vector] if converts else 0, energy[vector] if converts else 0,
                       latency_ag[vector] if converts_ag else 0, energy_ag[vector] if converts_ag else 0, back, &one)
            total.latency += one.latency
            total.latency_ag += one.latency_ag
            total.energy += one.energy
            total.energy_ag += one.energy_ag
            total.latency_adc += one.latency_adc
            total.latency_accumulation += one.latency_accumulation
            total.latency_other += one.latency_other
            total.energy_adc += one.energy_adc
            total.energy_accumulation += one.energy_accumulation
            total.energy_other += one.energy_other
    return total
