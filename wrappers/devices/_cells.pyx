"""Weights to the conductances of cells, array by array, and transfer matrices back to weights.

A layer is the matrix (outputs, inputs) of its weights, cut into tiles: tile n holds row tile n // across and column
tile n % across. A tile is 2 x slices arrays of (rows, columns) cells, rows being inputs: positive and negative
weights, and the digits of a magnitude, lowest first. Cells outside the matrix do not exist: 0 S.
"""

from libc.stdlib cimport free, malloc

ctypedef fused real:
    float
    double


cdef inline void put(float *target, const float *values, Py_ssize_t width) noexcept nogil:
    """Write up to sixteen numbers: a cache line."""
    cdef Py_ssize_t o
    if width == 16:
        for o in range(16):
            target[o] = values[o]
    else:
        for o in range(width):
            target[o] = values[o]


cdef inline void put_digits(float *cells, const float *weights, Py_ssize_t width, Py_ssize_t slices, Py_ssize_t array,
                            int bits, float factor, float lowest, float step) noexcept nogil:
    """Conductances of the digits of up to sixteen weights, `array` cells apart; `factor` makes the wanted sign > 0."""
    cdef float[16] rest
    cdef float[16] conductance
    cdef float unit = <float>(1 << (bits * (slices - 1))), share = 1 / unit, whole
    cdef Py_ssize_t digit, o
    for o in range(16):
        whole = weights[o] * factor
        rest[o] = whole if whole > 0 else 0
    for digit in range(slices - 1, 0, -1):
        for o in range(16):
            whole = <float>(<int>(rest[o] * share))
            conductance[o] = lowest + step * whole
            rest[o] -= whole * unit
        put(cells + digit * array, conductance, width)
        unit = unit / <float>(1 << bits)
        share = 1 / unit
    for o in range(16):
        conductance[o] = lowest + step * rest[o]
    put(cells, conductance, width)


def program(const float[:, ::1] weight, float[:, :, :, :, ::1] cells, Py_ssize_t first, Py_ssize_t across, *,
            float grid, int bits, float lowest, float step):
    """Conductances of the cells of the tiles from `first` on.

    Parameters
    ----------
    weight : (outputs, inputs)
    cells : (tiles, 2, slices, rows, columns), filled [S]
    across : int
        Tiles side by side.
    grid : float
        Levels between weight 0 and 1.
    bits : int
        Bits of a digit. The top digit takes what is left of weights beyond 1, the lowest one fractions.
    lowest, step : float
        Conductance of digit 0, and between digits [S].
    """
    cdef Py_ssize_t tiles = cells.shape[0], slices = cells.shape[2], rows = cells.shape[3], columns = cells.shape[4]
    cdef Py_ssize_t array = rows * columns, tile, row, column, top, left, i, o, block, width
    cdef float *weights     # of sixteen outputs, turned: (inputs, 16)
    cdef const float *line
    with nogil:
        weights = <float *>malloc(rows * 16 * sizeof(float))
        for tile in range(tiles if weights != NULL else 0):
            top, left = (first + tile) // across * rows, (first + tile) % across * columns
            row = min(rows, weight.shape[1] - top)
            column = min(columns, weight.shape[0] - left)
            if row < rows or column < columns:
                cells[tile] = 0
            for block in range(0, column, 16):
                width = min(16, column - block)
                for o in range(width):
                    line = &weight[left + block + o, top]
                    for i in range(row):
                        weights[i * 16 + o] = line[i]
                for o in range(width, 16):
                    for i in range(row):
                        weights[i * 16 + o] = 0
                for i in range(row):
                    put_digits(&cells[tile, 0, 0, i, block], weights + i * 16, width, slices, array, bits, grid,
                               lowest, step)
                    put_digits(&cells[tile, 1, 0, i, block], weights + i * 16, width, slices, array, bits, -grid,
                               lowest, step)
    if weights == NULL:
        raise MemoryError(f"no memory to turn the weights of {rows} rows")
    free(weights)


def collect(const float[:, :, :, :, ::1] cells, const real[:, :, :, :, ::1] transfer, float[:, :, ::1] out,
            const float[::1] factors, Py_ssize_t first, Py_ssize_t across):
    """Add what transfer matrices have more (or less) than the intended conductances.

    `out[digit, output, input] += factors[digit] ((M+ - G+) - (M- - G-))`: arrays that are ideal add exactly nothing.

    Parameters
    ----------
    cells : (tiles, 2, slices, rows, columns)
        Of `program`.
    transfer : as `cells`
        Transposed transfer matrices [S].
    out : (slices or 1, outputs, inputs), changed
        With one matrix all digits are added to it.
    factors : (slices,)
        Worth of a conductance [1/S].
    first, across
        As of `program`.
    """
    cdef Py_ssize_t tiles = cells.shape[0], slices = cells.shape[2], rows = cells.shape[3], columns = cells.shape[4]
    cdef Py_ssize_t array = rows * columns, tile, row, column, top, left, digit, i, o, block, width
    cdef Py_ssize_t together = slices if out.shape[0] == 1 else 1
    cdef float *more        # of sixteen outputs, to be turned: (inputs, 16)
    cdef float *line
    with nogil:
        more = <float *>malloc(rows * 16 * sizeof(float))
        for tile in range(tiles if more != NULL else 0):
            top, left = (first + tile) // across * rows, (first + tile) % across * columns
            row = min(rows, out.shape[2] - top)
            column = min(columns, out.shape[1] - left)
            for block in range(0, column, 16):
                width = min(16, column - block)
                for digit in range(0, slices):
                    for i in range(row):
                        differences[real](&cells[tile, 0, digit, i, block], &transfer[tile, 0, digit, i, block],
                                          slices * array, more + i * 16, factors[digit], width, digit % together > 0)
                    if (digit + 1) % together:
                        continue
                    for o in range(width):
                        line = &out[digit if together == 1 else 0, left + block + o, top]
                        for i in range(row):
                            line[i] += more[i * 16 + o]
    if more == NULL:
        raise MemoryError(f"no memory to turn the weights of {rows} rows")
    free(more)


cdef inline void differences(const float *cells, const real *transfer, Py_ssize_t negative, float *more, float factor,
                             Py_ssize_t width, bint add) noexcept nogil:
    """`more` becomes (or gains) factor ((M+ - G+) - (M- - G-)); negative cells are so far behind positive ones."""
    cdef Py_ssize_t o
    cdef real difference
    for o in range(width):
        difference = ((transfer[o] - cells[o]) - (transfer[negative + o] - cells[negative + o]))
        more[o] = <float>(factor * difference) + (more[o] if add else 0)


def add_converted(const float[:, ::1] currents, float[:, ::1] total, float scale, float levels, float bend,
                  float factor):
    """`total += factor ADC(currents)`: an ADC with a symmetric range of +-1/scale and `levels` codes on each side.

    In units of the range the ADC sees `u + bend (u - u^3)`, clips to +-1 and rounds.
    """
    cdef Py_ssize_t n, k
    cdef float value
    cdef float step = factor / (scale * levels)
    with nogil:
        for n in range(currents.shape[0]):
            for k in range(currents.shape[1]):
                value = currents[n, k] * scale
                value = value + bend * (value - value * value * value)
                value = 1 if value > 1 else value
                value = -1 if value < -1 else value
                # Adding and subtracting 1.5 * 2^23 rounds to a whole number, ties to even.
                value = (value * levels + <float>12582912.0) - <float>12582912.0
                total[n, k] += value * step
