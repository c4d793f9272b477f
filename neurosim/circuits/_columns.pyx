"""The loops over data: rows x columns x input vectors (currents), columns (conversions), cells (write pulses).

Nothing here uses BLAS: inputs are bits, so that the current of a column is a sum over the cells of conducting
rows. It is taken from the first row to the last, as the reference does, whatever the number of threads.

Quirk Q17: the reference also computes what the rows resist, and never uses it; here are columns only.
"""

from libc.math cimport ceil, fabs
from libc.stdlib cimport free, malloc

from neurosim.circuits._converters cimport ColumnConverter, Conversion
from neurosim.circuits._subarray cimport ArrayRead, SubArray
from neurosim.errors import NeurosimError
from neurosim.technology._transistor cimport to_int

cdef enum:
    LANES = 32          # columns whose cells stay in the first-level cache together
    PLANES = 64         # input vectors whose conducting rows are listed at a time
    COUNTED = 1024      # input vectors whose conducting rows are counted at a time
    MOST_CELLS = 30     # of a weight


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


def linear_conductances(const double[:, :] weight, double span, double low):
    """Conductances of cells that hold weights from -1 to 1 on a linear scale [S] (quirk Q1: whatever their limits).

    Parameters
    ----------
    weight : (rows, columns)
    span, low : float
        Width and lower end of the conductance range [S].

    Returns
    -------
    ndarray, (rows, columns)
    """
    import numpy as np

    cdef Py_ssize_t row, column
    cdef double[:, ::1] conductance = np.empty((weight.shape[0], weight.shape[1]))
    with nogil:
        for row in range(weight.shape[0]):
            for column in range(weight.shape[1]):
                conductance[row, column] = (weight[row, column] + 1) / 2 * span + low
    return conductance.base


cdef struct Split:              # how a weight is spread over cells
    double slope                # whole weights per weight
    double top                  # largest weight
    double full                 # whole weight of the largest
    int levels                  # of a cell
    double span                 # conductance range of a cell [S]
    double low                  # and its lower end [S]
    Py_ssize_t cells            # of a weight
    int known                   # largest whole weight in the table


cdef Split split_of(int synapse_bits, int cell_bits, double span, double low, double weight_max, double weight_min):
    cdef Split split
    split.full = 1 << synapse_bits
    split.slope = split.full / (weight_max - weight_min)
    split.top = weight_max
    split.levels = 1 << cell_bits
    split.span = span
    split.low = low
    split.cells = (synapse_bits + cell_bits - 1) // cell_bits
    split.known = 1 << min(synapse_bits, 16)
    return split


cdef void split_weight(const Split *split, double scaled, double *conductance) noexcept nogil:
    """Conductances of the cells of one scaled weight (C divides towards zero)."""
    cdef int value = to_int(scaled + 0.5 if scaled >= 0 else scaled - 0.5)
    cdef Py_ssize_t cell
    for cell in range(split.cells - 1, -1, -1):
        value //= split.levels
        conductance[cell] = (value // (split.levels - 1)) * split.span + split.low


cdef double *split_table(const Split *split) noexcept nogil:
    """Conductances of all whole weights up to `known`, to be freed; NULL without memory."""
    cdef int value
    cdef double *table = <double *>malloc((split.known + 1) * split.cells * sizeof(double))
    if table != NULL:
        for value in range(split.known + 1):
            split_weight(split, value, table + value * split.cells)
    return table


cdef inline const double *held_by(
        const Split *split, const double *table, double weight, double *scratch) noexcept nogil:
    """Conductances of the cells that hold a weight: looked up, or computed into `scratch` beyond the table."""
    cdef double scaled = split.slope * (weight - split.top) + split.full
    if 0 <= scaled and scaled + 0.5 < split.known + 1:
        return table + <int>(scaled + 0.5) * split.cells
    split_weight(split, scaled, scratch)
    return scratch


def split_conductances(const double[:, :] weight, *, int synapse_bits, int cell_bits, double span, double low,
                       double weight_max, double weight_min):
    """Conductances of cells that hold weights in pieces [S].

    A weight is scaled to a whole number of `synapse_bits`, which is spread over ceil(synapse_bits / cell_bits) cells
    side by side. Quirk Q2: full scale is 2^synapse_bits, not one less. The cells hold quotients, not digits (cell u of
    n holds the number divided n - u times by 2^cell_bits), divided by the top level of a cell without remainder, so
    that most cells end at the lowest conductance and SRAM cells may hold more than one.

    Parameters
    ----------
    weight : (rows, outputs)
    synapse_bits, cell_bits : int
    span, low : float
        Width and lower end of the conductance range [S].
    weight_max, weight_min : float

    Returns
    -------
    ndarray, (rows, outputs * cells)
    """
    import numpy as np

    cdef Py_ssize_t row, column, cell
    cdef Split split = split_of(synapse_bits, cell_bits, span, low, weight_max, weight_min)
    cdef double[:, ::1] conductance = np.empty((weight.shape[0], weight.shape[1] * split.cells))
    cdef double[MOST_CELLS] scratch
    cdef const double *held
    cdef double *table
    with nogil:
        table = split_table(&split)
        if table != NULL:
            for row in range(weight.shape[0]):
                for column in range(weight.shape[1]):
                    held = held_by(&split, table, weight[row, column], scratch)
                    for cell in range(split.cells):
                        conductance[row, column * split.cells + cell] = held[cell]
            free(table)
    if table == NULL:
        raise MemoryError("no memory for the conductances of all weights")
    return conductance.base


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


cdef struct Pulses:             # of one weight update of an array
    int set_rows                # rows with a set
    int reset_rows              # rows with resets only
    int set_cells
    int reset_cells
    int set_pulses              # the longest of each row
    int reset_pulses
    double charge               # pulses times conductance [S]


cdef inline void end_row(Pulses *total, int up, int down, int up_cells, int down_cells) noexcept nogil:
    """Add a row to the counts; quirk Q13: a row with both directions is a set row."""
    if up_cells:
        total.set_rows += 1
    elif down_cells:
        total.reset_rows += 1
    total.set_cells += up_cells
    total.reset_cells += down_cells
    total.set_pulses += up
    total.reset_pulses += down


def write_pulses(const double[:, :] new, const double[:, :] old, double step):
    """Count the pulses that change one array's cells from `old` to `new` conductances.

    Rows are written one after the other; within a row all columns at once, first up (set), then down
    (reset), for as many pulses as the cell that needs most.

    Parameters
    ----------
    new, old : (rows, columns)
        Conductances [S].
    step : float
        Conductance of one pulse [S]; a smaller change is left undone. Quirk Q14: a change of exactly one
        step is decided by rounding.

    Returns
    -------
    dict
        set_rows, reset_rows : rows with a set, and rows with resets only (quirk Q13: a row with both is a set row);
        set_cells, reset_cells : changed cells;
        set_pulses, reset_pulses : pulses, the longest of each row;
        charge : sum over changed cells of pulses x conductance between old and new [S].
    """
    cdef Py_ssize_t row, column
    cdef int pulses, up, down, up_cells, down_cells
    cdef double change
    cdef Pulses total = Pulses(0, 0, 0, 0, 0, 0, 0)
    with nogil:
        for row in range(new.shape[0]):
            up = down = up_cells = down_cells = 0
            for column in range(new.shape[1]):
                change = new[row, column] - old[row, column]
                if not fabs(change) >= step:
                    continue
                pulses = to_int(ceil(fabs(change) / step))
                total.charge += pulses / (fabs(1 / new[row, column] + 1 / old[row, column]) / 2)
                if change > 0:
                    up_cells += 1
                    up = max(up, pulses)
                else:
                    down_cells += 1
                    down = max(down, pulses)
            end_row(&total, up, down, up_cells, down_cells)
    return total


def polarisation_charge(const double[:, :] new, const double[:, :] old, double step, int levels, double saturation):
    """Polarisation that FeFETs switch when one array changes from `old` to `new` conductances: erased, then programmed.

    Parameters
    ----------
    new, old : (rows, columns)
        Conductances [S].
    step : float
        Conductance of one level [S]; a smaller change is left undone.
    levels : int
        n, from one end of the polarisation to the other.
    saturation : float
        P_s: a conductance G stands for p(G) = (G / step - n // 2) 2 P_s / n.

    Returns
    -------
    float
        Sum over the changed cells of |p(new) + P_s| + |p(old) + P_s|, in the unit of `saturation`.
    """
    cdef Py_ssize_t row, column
    cdef double total = 0, middle = levels // 2, level = 2 * saturation / levels
    with nogil:
        for row in range(new.shape[0]):
            for column in range(new.shape[1]):
                if fabs(new[row, column] - old[row, column]) >= step:
                    total += (fabs((new[row, column] / step - middle) * level + saturation)
                              + fabs((old[row, column] / step - middle) * level + saturation))
    return total


def flips(const double[:, :] new, const double[:, :] old, Py_ssize_t first, Py_ssize_t count, *, int synapse_bits,
          int cell_bits, double weight_max, double weight_min):
    """Count the SRAM cells that change when weights change from `old` to `new`: one pulse each.

    Parameters
    ----------
    new, old : (rows, outputs)
        Weights.
    first, count : int
        Which of their cells, counted along a row, belong to the array.
    synapse_bits, cell_bits : int
    weight_max, weight_min : float

    Returns
    -------
    dict
        As of `write_pulses`; the charge is 0.
    """
    cdef Py_ssize_t row, column, cell, start, stop
    cdef int up_cells, down_cells
    cdef Split split = split_of(synapse_bits, cell_bits, 1.0, 0.0, weight_max, weight_min)
    cdef double[MOST_CELLS] scratch
    cdef double[MOST_CELLS] scratch_old
    cdef const double *held
    cdef const double *held_old
    cdef double *table
    cdef Pulses total = Pulses(0, 0, 0, 0, 0, 0, 0)
    with nogil:
        table = split_table(&split)
        if table != NULL:
            for row in range(new.shape[0]):
                up_cells = down_cells = 0
                for column in range(new.shape[1]):
                    if new[row, column] == old[row, column]:
                        continue
                    held = held_by(&split, table, new[row, column], scratch)
                    held_old = held_by(&split, table, old[row, column], scratch_old)
                    start = max(first - column * split.cells, 0)
                    stop = min(first + count - column * split.cells, split.cells)
                    for cell in range(start, stop):
                        up_cells += held[cell] > held_old[cell]
                        down_cells += held[cell] < held_old[cell]
                end_row(&total, up_cells > 0, down_cells > 0, up_cells, down_cells)
            free(table)
    if table == NULL:
        raise MemoryError("no memory for the cells of all weights")
    return total
