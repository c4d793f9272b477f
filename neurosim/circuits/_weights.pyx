"""The loops over weights: the conductances of the cells that hold them, and what an update writes into these.

Quirk Q1: where one cell holds a whole weight, weights lie between -1 and 1, whatever the limits of the algorithm.
"""

from libc.math cimport ceil, fabs
from libc.stdlib cimport free, malloc

from neurosim.technology._transistor cimport to_int

cdef enum:
    MOST_CELLS = 30     # of a weight


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
    bint digits                 # whether cells hold digits, not quotients
    int levels                  # of a cell
    double span                 # conductance range of a cell [S]
    double low                  # and its lower end [S]
    Py_ssize_t cells            # of a weight
    int known                   # largest whole weight in the table


cdef Split split_of(int synapse_bits, int cell_bits, double span, double low, double weight_max, double weight_min,
                    bint digits):
    cdef Split split
    split.full = (1 << synapse_bits) - digits
    split.digits = digits
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
    if split.digits:
        value = min(max(value, 0), <int>split.full)
        for cell in range(split.cells - 1, -1, -1):
            conductance[cell] = <double>(value % split.levels) / (split.levels - 1) * split.span + split.low
            value //= split.levels
        return
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
                       double weight_max, double weight_min, bint digits=False):
    """Conductances of cells that hold weights in pieces [S].

    A weight is scaled to a whole number of `synapse_bits`, which is spread over ceil(synapse_bits / cell_bits) cells
    side by side. Quirk Q2: full scale is 2^synapse_bits, not one less. The cells hold quotients, not digits (cell u of
    n holds the number divided n - u times by 2^cell_bits), divided by the top level of a cell without remainder, so
    that most cells end at the lowest conductance and SRAM cells may hold more than one. With `digits` they hold the
    digits of a number up to 2^synapse_bits - 1, the highest first; weights beyond their range hold its ends.

    Parameters
    ----------
    weight : (rows, outputs)
    synapse_bits, cell_bits : int
    span, low : float
        Width and lower end of the conductance range [S].
    weight_max, weight_min : float
    digits : bool
        Whether cells hold digits.

    Returns
    -------
    ndarray, (rows, outputs * cells)
    """
    import numpy as np

    cdef Py_ssize_t row, column, cell
    cdef Split split = split_of(synapse_bits, cell_bits, span, low, weight_max, weight_min, digits)
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
          int cell_bits, double weight_max, double weight_min, bint digits=False):
    """Count the SRAM cells that change when weights change from `old` to `new`: one pulse each.

    Parameters
    ----------
    new, old : (rows, outputs)
        Weights.
    first, count : int
        Which of their cells, counted along a row, belong to the array.
    synapse_bits, cell_bits : int
    weight_max, weight_min : float
    digits : bool
        As of `split_conductances`.

    Returns
    -------
    dict
        As of `write_pulses`; the charge is 0.
    """
    cdef Py_ssize_t row, column, cell, start, stop
    cdef int up_cells, down_cells
    cdef Split split = split_of(synapse_bits, cell_bits, 1.0, 0.0, weight_max, weight_min, digits)
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
