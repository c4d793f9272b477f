"""Transfer matrices of resistive crossbars: the loops of `transfer.py`, which has the circuit and the arguments.

The exact matrix never subtracts. A network of positive conductances is kept as its mesh conductances (off-diagonal,
sign dropped) and its conductances to ground (row sums); eliminating a node, or putting a resistor in series with a
terminal, then only adds and scales positive numbers, so that every entry of the result is right to a few last digits,
however small or large wires and cells are (W. K. Grassmann, M. I. Taksar, D. P. Heyman, "Regenerative analysis and
steady state distributions for Markov chains", Operations Research 33, 1985, use the same for Markov chains).
"""

from libc.math cimport sqrt
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

cdef enum:
    PIVOTS = 4          # terminals that are put behind their resistors at a time

# What stands for a short: large enough to be one, small enough that products of it stay finite, in single precision
# too [S].
SHORT = 1e20

cdef double LARGEST = SHORT

ctypedef fused real:
    float
    double


cdef struct Wires:              # [ohm]
    double row                  # per cell along a row
    double column               # per cell along a column
    double row_terminal
    double column_terminal
    double access               # in series with every cell


cdef struct Ladder:             # workspace of one array that is eliminated column by column
    Py_ssize_t rows
    Py_ssize_t columns
    Py_ssize_t stride           # `rows`, rounded up to whole blocks
    double scale                # the series resistance in units of which conductances are kept [ohm]
    double *cell                # conductances of one column [S]
    double *above               # conductance to the rows, seen from a column node upwards with its own cell [S]
    double *below               # conductance to the column's terminal and rows, seen from a column node downwards [S]
    double *share               # part of the voltage that one wire segment hands on downwards
    double *reach               # column-node voltages for one volt on each row
    double *ground              # row sums: conductances to ground, times scale
    double *mesh                # mesh conductances, times scale; lower triangle
    double *series              # (1 + resistor x network)^-1, full
    double *pivot_rows          # rows of `mesh` at work, whole
    double *panel               # what they add to the others
    double *stack               # rows of M so far, from the last column to the first
    double *lines               # two rows of it at work


cdef Ladder *new_ladder(Py_ssize_t rows, Py_ssize_t columns) noexcept nogil:
    """A cleared workspace; NULL without memory."""
    cdef Py_ssize_t stride = (rows + PIVOTS - 1) // PIVOTS * PIVOTS
    cdef Py_ssize_t size = 6 * stride + 2 * stride * stride + 2 * PIVOTS * stride + (columns + 3) * stride
    cdef Ladder *ladder = <Ladder *>malloc(sizeof(Ladder) + size * sizeof(double))
    cdef double *place
    if ladder == NULL:
        return NULL
    place = <double *>(ladder + 1)
    memset(place, 0, size * sizeof(double))
    ladder.rows = rows
    ladder.columns = columns
    ladder.stride = stride
    ladder.cell = place
    ladder.above = place + stride
    ladder.below = place + 2 * stride
    ladder.share = place + 3 * stride
    ladder.reach = place + 4 * stride
    ladder.ground = place + 5 * stride
    ladder.mesh = place + 6 * stride
    ladder.series = ladder.mesh + stride * stride
    ladder.pivot_rows = ladder.series + stride * stride
    ladder.panel = ladder.pivot_rows + PIVOTS * stride
    ladder.stack = ladder.panel + PIVOTS * stride
    ladder.lines = ladder.stack + (columns + 1) * stride
    return ladder


cdef inline double with_access(double conductance, double access) noexcept nogil:
    """Conductance of a cell and its access device [S]; a short is `LARGEST`."""
    conductance = LARGEST if conductance > LARGEST else conductance
    return conductance / (1 + conductance * access)


cdef void take_column(Ladder *ladder, const double[:, :] cells, Py_ssize_t column, const Wires *wires) noexcept nogil:
    """Conductances of a column and what each of its nodes sees up and down the wire."""
    cdef Py_ssize_t rows = ladder.rows, i
    cdef double total = wires.column_terminal + wires.column, seen
    for i in range(rows):
        ladder.cell[i] = with_access(cells[i, column], wires.access)
    ladder.above[0] = ladder.cell[0]
    for i in range(1, rows):
        ladder.above[i] = ladder.cell[i] + ladder.above[i - 1] / (1 + wires.column * ladder.above[i - 1])
    ladder.below[rows - 1] = 1 / total if total * LARGEST > 1 else LARGEST
    for i in range(rows - 1, 0, -1):
        seen = ladder.cell[i] + ladder.below[i]
        ladder.share[i] = 1 / (1 + wires.column * seen)
        ladder.below[i - 1] = seen * ladder.share[i]


cdef void add_column(Ladder *ladder, double *transfer) noexcept nogil:
    """Add a column's admittance S to the network; `transfer` becomes its terminal current for one volt on each row.

    S = D - D Z D with the tridiagonal inverse Z written as products of voltage shares; its row sums are `transfer`.
    """
    cdef Py_ssize_t rows = ladder.rows, i, k
    cdef double factor, share
    cdef double *line
    cdef double *reach = ladder.reach
    if ladder.below[rows - 1] == LARGEST:
        # A column that is grounded as a whole joins no rows.
        for i in range(rows):
            transfer[i] = ladder.cell[i]
            ladder.ground[i] += ladder.scale * transfer[i]
        return
    for i in range(rows):
        line = ladder.mesh + i * ladder.stride
        if i > 0:
            share = ladder.share[i]
            factor = ladder.scale * ladder.cell[i] * share
            for k in range(i):
                line[k] += factor * reach[k]
            for k in range(i):
                reach[k] *= share
        reach[i] = ladder.cell[i] / (ladder.above[i] + ladder.below[i])
    for i in range(rows):
        transfer[i] = reach[i] * ladder.below[rows - 1]
        ladder.ground[i] += ladder.scale * transfer[i]


cdef inline double total_of(const double *values, Py_ssize_t count) noexcept nogil:
    """Sum of a multiple of four values, in four lanes."""
    cdef double first = 0, second = 0, third = 0, fourth = 0
    cdef Py_ssize_t k
    for k in range(0, count, 4):
        first += values[k]
        second += values[k + 1]
        third += values[k + 2]
        fourth += values[k + 3]
    return (first + second) + (third + fourth)


cdef inline void add_products(double *target, double *other, const double *factors, const double *other_factors,
                              Py_ssize_t step, const double *lines, Py_ssize_t stride, Py_ssize_t count) noexcept nogil:
    """Add to each of two targets four lines, each times its factor; the lines are read once."""
    cdef double first = factors[0], second = factors[step], third = factors[2 * step], fourth = factors[3 * step]
    cdef double other_first = other_factors[0], other_second = other_factors[step]
    cdef double other_third = other_factors[2 * step], other_fourth = other_factors[3 * step]
    cdef const double *second_line = lines + stride
    cdef const double *third_line = lines + 2 * stride
    cdef const double *fourth_line = lines + 3 * stride
    cdef Py_ssize_t k
    for k in range(count):
        target[k] += (first * lines[k] + second * second_line[k]) + (third * third_line[k] + fourth * fourth_line[k])
        other[k] += ((other_first * lines[k] + other_second * second_line[k])
                     + (other_third * third_line[k] + other_fourth * fourth_line[k]))


cdef void eliminate_pivots(Ladder *ladder, Py_ssize_t start) noexcept nogil:
    """Put resistors before terminals `start` ... `start + PIVOTS - 1`, as far as these see it; see `put_in_series`.

    `pivot_rows` become their rows after it, `panel` what the rest of the network needs: the rows that each
    eliminated terminal had, times the root of 1 / (1 + x_k).
    """
    cdef Py_ssize_t stride = ladder.stride, pivot, other, own, k
    cdef double ratio, root, factor, grounded
    cdef double *line
    cdef double *row
    cdef double *step
    for k in range(start):
        for pivot in range(PIVOTS):
            ladder.pivot_rows[pivot * stride + k] = ladder.mesh[(start + pivot) * stride + k]
    for k in range(start, stride):
        for pivot in range(PIVOTS):
            ladder.pivot_rows[pivot * stride + k] = ladder.mesh[max(k, start + pivot) * stride + min(k, start + pivot)]
    for pivot in range(PIVOTS):
        own = start + pivot
        row = ladder.pivot_rows + pivot * stride
        step = ladder.panel + pivot * stride
        row[own] = 0
        ratio = 1 / (1 + ladder.ground[own] + total_of(row, stride))
        grounded = ladder.ground[own] * ratio
        for k in range(stride):
            ladder.ground[k] += row[k] * grounded
        ladder.ground[own] = grounded
        for other in range(PIVOTS):
            if other != pivot:
                line = ladder.pivot_rows + other * stride
                factor = row[start + other] * ratio
                for k in range(stride):
                    line[k] += factor * row[k]
                line[own] = factor
        root = sqrt(ratio)
        for k in range(stride):
            step[k] = root * row[k]
            row[k] *= ratio
        row[own] = ratio


cdef void put_in_series(Ladder *ladder) noexcept nogil:
    """Put one resistor before every terminal of the network; `series` becomes (1 + resistor x network)^-1.

    For terminal k with conductance x_k = ground_k + sum of mesh_kl, in units of the resistor:
    mesh_lm += mesh_lk mesh_km / (1 + x_k), ground_l += mesh_lk ground_k / (1 + x_k), and the terminal's own entries
    shrink by 1 / (1 + x_k). What gathers on the diagonal, started at 1 / (1 + x_k), is that of the inverse, whose
    other entries are the new mesh. Four terminals at a time.
    """
    cdef Py_ssize_t stride = ladder.stride, block, start, i, k
    cdef double *line
    for block in range(stride // PIVOTS):
        start = block * PIVOTS
        eliminate_pivots(ladder, start)
        for i in range(0, stride, 2):
            add_products(ladder.mesh + i * stride, ladder.mesh + (i + 1) * stride, ladder.panel + i,
                         ladder.panel + i + 1, stride, ladder.panel, stride, i + 2)
        for i in range(PIVOTS):
            line = ladder.mesh + (start + i) * stride
            for k in range(start + i + 1):
                line[k] = ladder.pivot_rows[i * stride + k]
            for k in range(start + i + 1, stride):
                ladder.mesh[k * stride + start + i] = ladder.pivot_rows[i * stride + k]
    for i in range(stride):
        line = ladder.mesh + i * stride
        for k in range(i + 1):
            ladder.series[i * stride + k] = line[k]
            ladder.series[k * stride + i] = line[k]


cdef void extend_stack(Ladder *ladder, Py_ssize_t count) noexcept nogil:
    """Multiply the first `count` rows of the stack by `series`, two at a time."""
    cdef Py_ssize_t stride = ladder.stride, row, k
    cdef double *first
    cdef double *second
    for row in range(0, count, 2):
        first = ladder.stack + row * stride
        second = first + stride
        memset(ladder.lines, 0, 2 * stride * sizeof(double))
        for k in range(0, stride, 4):
            add_products(ladder.lines, ladder.lines + stride, first + k, second + k, 1, ladder.series + k * stride,
                         stride, stride)
        memcpy(first, ladder.lines, 2 * stride * sizeof(double))


cdef bint next_column(Ladder *ladder, const double[:, :] cells, Py_ssize_t column, const Wires *wires,
                      double *transfer) noexcept nogil:
    """Add a column, from the last to the first, and the wire to its left: is there a resistor, and so a `series`?"""
    cdef Py_ssize_t k
    cdef double resistor = wires.row + (0 if column > 0 else wires.row_terminal)
    take_column(ladder, cells, column, wires)
    add_column(ladder, transfer)
    if resistor == 0:
        return False
    if resistor != ladder.scale:
        for k in range(ladder.stride * ladder.stride):
            ladder.mesh[k] *= resistor / ladder.scale
        for k in range(ladder.stride):
            ladder.ground[k] *= resistor / ladder.scale
    put_in_series(ladder)
    return True


cdef void exact_transfer(Ladder *ladder, const double[:, :] cells, const Wires *wires, double[:, :] out) noexcept nogil:
    """The transfer matrix of one array, transposed: rows x columns."""
    cdef Py_ssize_t rows = ladder.rows, columns = ladder.columns, column, i
    start_ladder(ladder, wires)
    for column in range(columns - 1, -1, -1):
        if next_column(ladder, cells, column, wires, ladder.stack + (columns - 1 - column) * ladder.stride):
            extend_stack(ladder, columns - column)
    for i in range(rows):
        for column in range(columns):
            out[i, column] = ladder.stack[(columns - 1 - column) * ladder.stride + i]


cdef void start_ladder(Ladder *ladder, const Wires *wires) noexcept nogil:
    """Forget the last array."""
    ladder.scale = wires.row if wires.row > 0 else wires.row_terminal
    memset(ladder.mesh, 0, ladder.stride * ladder.stride * sizeof(double))
    memset(ladder.ground, 0, ladder.stride * sizeof(double))
    memset(ladder.stack, 0, (ladder.columns + 1) * ladder.stride * sizeof(double))


def exact(const double[:, :, :] cells, double[:, :, :] out, Py_ssize_t start, Py_ssize_t stop, *, double r_row,
          double r_col, double rt_row, double rt_col, double r_access):
    """Exact transfer matrices of the arrays from `start` to `stop`.

    Parameters
    ----------
    cells : (arrays, rows, columns)
        Conductances [S]; no more rows than columns is fastest.
    out : (arrays, rows, columns), filled
        Transposed transfer matrices [S].
    r_row, r_col, rt_row, rt_col, r_access : float [ohm]
    """
    cdef Wires wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    cdef Ladder *ladder
    cdef Py_ssize_t array
    with nogil:
        ladder = new_ladder(cells.shape[1], cells.shape[2])
        if ladder != NULL:
            for array in range(start, stop):
                exact_transfer(ladder, cells[array], &wires, out[array])
    if ladder == NULL:
        raise MemoryError(f"no memory for an array of {cells.shape[1]} x {cells.shape[2]} cells")
    free(ladder)


def voltages(const double[:, :] cells, const double[:] drive, double[:, :] row_nodes, double[:, :] column_nodes, *,
             double r_row, double r_col, double rt_row, double rt_col, double r_access):
    """Voltages of all nodes of one array with its row terminals at `drive` and its column terminals at 0 V.

    Keeps one dense matrix for each column.

    Parameters
    ----------
    cells : (rows, columns)
        Conductances [S].
    drive : (rows,) [V]
    row_nodes, column_nodes : (rows, columns), filled [V]
    r_row, r_col, rt_row, rt_col, r_access : float [ohm]
    """
    cdef Wires wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    cdef Py_ssize_t rows = cells.shape[0], columns = cells.shape[1], column, i, size
    cdef Ladder *ladder
    cdef double *kept = NULL
    cdef double *series
    with nogil:
        ladder = new_ladder(rows, columns)
        if ladder != NULL:
            size = ladder.stride * ladder.stride
            kept = <double *>malloc(columns * size * sizeof(double))
        if kept != NULL:
            start_ladder(ladder, &wires)
            for column in range(columns - 1, -1, -1):
                series = kept + column * size
                if next_column(ladder, cells, column, &wires, ladder.stack):
                    memcpy(series, ladder.series, size * sizeof(double))
                else:
                    memset(series, 0, size * sizeof(double))
                    for i in range(rows):
                        series[i * ladder.stride + i] = 1
            for i in range(rows):
                ladder.lines[i] = drive[i]
            for column in range(columns):
                pass_wire(ladder, kept + column * size)
                for i in range(rows):
                    row_nodes[i, column] = ladder.lines[i]
                solve_column(ladder, cells, column, &wires)
                for i in range(rows):
                    column_nodes[i, column] = ladder.reach[i]
    free(ladder)
    free(kept)
    if ladder == NULL or kept == NULL:
        raise MemoryError(f"no memory for the voltages of an array of {rows} x {columns} cells")


cdef void pass_wire(Ladder *ladder, const double *series) noexcept nogil:
    """Voltages of the next column's row nodes, in place of those before, in `lines`."""
    cdef Py_ssize_t rows = ladder.rows, stride = ladder.stride, i, k
    cdef double total
    for i in range(rows):
        total = 0
        for k in range(rows):
            total += series[i * stride + k] * ladder.lines[k]
        ladder.lines[stride + i] = total
    memcpy(ladder.lines, ladder.lines + stride, rows * sizeof(double))


cdef void solve_column(Ladder *ladder, const double[:, :] cells, Py_ssize_t column, const Wires *wires) noexcept nogil:
    """Voltages of a column's nodes in `reach`, from those of its row nodes in `lines`."""
    cdef Py_ssize_t rows = ladder.rows, i
    cdef double current
    take_column(ladder, cells, column, wires)
    # Downwards: what flows into node i and everything above it, were it grounded; upwards: the voltages.
    ladder.reach[0] = current = ladder.cell[0] * ladder.lines[0]
    for i in range(1, rows):
        current = ladder.cell[i] * ladder.lines[i] + current / (1 + wires.column * ladder.above[i - 1])
        ladder.reach[i] = current
    ladder.reach[rows - 1] = current / (ladder.above[rows - 1] + ladder.below[rows - 1])
    for i in range(rows - 2, -1, -1):
        ladder.reach[i] = ((wires.column * ladder.reach[i] + ladder.reach[i + 1])
                           / (1 + wires.column * ladder.above[i]))


cdef double row_weight(Py_ssize_t column, Py_ssize_t columns, double wire, double terminal) noexcept nogil:
    """Resistance that the cell of a column shares with all cells of its row, added up [ohm]."""
    cdef double passed = column + 1
    return columns * terminal + wire * (passed * (passed + 1) / 2 + (columns - passed) * passed)


cdef double fast_transfer(const real[:, ::1] cells, const Wires *wires, real[:, ::1] out, real *work) noexcept nogil:
    """The short-path model of one array, transposed; returns the larger of two means of a + b (over all cells, and
    over the current), or -1 if a cell is negative or no number.

    `work` holds (2 rows + 3) x columns + rows numbers.
    """
    cdef Py_ssize_t rows = cells.shape[0], columns = cells.shape[1], i, j
    cdef real *above = work                             # sum of a column's cells down to this one
    cdef real *along = above + rows * columns           # sum over a row's cells of their count of shared segments
    cdef real *column_sum = along + rows * columns
    cdef real *down = column_sum + columns              # the same as `along`, down a column
    cdef real *weighted = down + columns                # sum of cells times 1 + a + b, down a column
    cdef real *row_sum = weighted + columns
    cdef real largest = <real>LARGEST, access = <real>wires.access, row = <real>wires.row, column = <real>wires.column
    cdef real row_terminal = <real>wires.row_terminal, column_terminal = <real>wires.column_terminal
    cdef real conductance, terminals, share
    cdef real *line
    cdef double severity = 0, total = 0, loaded = 0
    cdef int wrong = 0
    for j in range(columns):
        column_sum[j] = down[j] = weighted[j] = 0
    for i in range(rows):
        line = above + i * columns
        for j in range(columns):
            conductance = cells[i, j]
            wrong |= not conductance >= 0
            conductance = largest if conductance > largest else conductance
            conductance = conductance / (1 + conductance * access)
            out[i, j] = conductance
            column_sum[j] += conductance
            line[j] = column_sum[j]
    if wrong:
        return -1
    for i in range(0, rows, 4):
        if i + 4 <= rows:
            count_segments[real](&out[i, 0], along + i * columns, row_sum + i, columns, 4)
        else:
            count_segments[real](&out[i, 0], along + i * columns, row_sum + i, columns, rows - i)
    for i in range(rows - 1, -1, -1):
        terminals = 1 + row_terminal * row_sum[i]
        line = along + i * columns
        for j in range(columns):
            down[j] += above[i * columns + j]
            share = (terminals + row * line[j]) + (column_terminal * column_sum[j] + column * down[j])
            weighted[j] += out[i, j] * share
            out[i, j] /= share
    for j in range(columns):
        severity += column_sum[j] * row_weight(j, columns, wires.row, wires.row_terminal)
        total += column_sum[j]
        loaded += weighted[j]
    for i in range(rows):
        severity += row_sum[i] * row_weight(rows - 1 - i, rows, wires.column, wires.column_terminal)
    severity /= rows * columns
    # Where most cells carry no current, those that do decide.
    return max(severity, loaded / total - 1) if total > 0 else severity


cdef inline void count_segments(const real *cells, real *along, real *row_sum, Py_ssize_t columns,
                                Py_ssize_t rows) noexcept nogil:
    """along[j] = sum_k cells[k] (min(j, k) + 1), as sums of sums from the right end, for up to four rows."""
    cdef real[4] total
    cdef Py_ssize_t j, i
    for i in range(rows):
        total[i] = 0
    for j in range(columns - 1, -1, -1):
        for i in range(rows):
            total[i] += cells[i * columns + j]
            along[i * columns + j] = total[i]
    for i in range(rows):
        row_sum[i] = total[i]
    for j in range(1, columns):
        for i in range(rows):
            total[i] += along[i * columns + j]
            along[i * columns + j] = total[i]


def fast(const real[:, :, ::1] cells, real[:, :, ::1] out, double[::1] severity, Py_ssize_t start, Py_ssize_t stop, *,
         double r_row, double r_col, double rt_row, double rt_col, double r_access):
    """Transfer matrices of the arrays from `start` to `stop` by the short-path model G / (1 + a + b).

    Parameters
    ----------
    cells : (arrays, rows, columns), float32 or float64
        Conductances [S].
    out : (arrays, rows, columns), filled
        Transposed transfer matrices [S].
    severity : (arrays,), filled
        The larger of the means of a + b over the cells and over the current; -1 for an array that holds a negative
        conductance or none.
    r_row, r_col, rt_row, rt_col, r_access : float [ohm]
    """
    cdef Wires wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    cdef Py_ssize_t rows = cells.shape[1], columns = cells.shape[2], array
    cdef real *work
    with nogil:
        work = <real *>malloc(((2 * rows + 3) * columns + rows) * sizeof(real))
        if work != NULL:
            for array in range(start, stop):
                severity[array] = fast_transfer[real](cells[array], &wires, out[array], work)
    if work == NULL:
        raise MemoryError(f"no memory for an array of {rows} x {columns} cells")
    free(work)
