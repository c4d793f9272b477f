"""Weights to the conductances of cells, array by array, and transfer matrices back to weights.

A layer is the matrix (outputs, inputs) of its weights, cut into tiles: tile n holds row tile n // across and column
tile n % across. A tile is 2 x slices arrays of (rows, columns) cells, rows being inputs: positive and negative
weights, and the digits of a magnitude, lowest first. Cells outside the matrix do not exist: 0 S.
"""

from libc.math cimport floor

ctypedef fused real:
    float
    double


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
    cdef Py_ssize_t tile, row, column, top, left, digit, i, o, block, width
    cdef float rest, whole, unit, positive
    with nogil:
        for tile in range(tiles):
            top, left = (first + tile) // across * rows, (first + tile) % across * columns
            row = min(rows, weight.shape[1] - top)
            column = min(columns, weight.shape[0] - left)
            if row < rows or column < columns:
                cells[tile] = 0
            for block in range(0, column, 16):    # a cache line of cells at a time
                width = min(16, column - block)
                for i in range(row):
                    for o in range(block, block + width):
                        rest = weight[left + o, top + i] * grid
                        positive = rest > 0
                        rest = rest if rest > 0 else -rest
                        unit = <float>(1 << (bits * (slices - 1)))
                        for digit in range(slices - 1, 0, -1):
                            whole = floor(rest / unit)
                            cells[tile, 0, digit, i, o] = lowest + step * (whole * positive)
                            cells[tile, 1, digit, i, o] = lowest + step * (whole * (1 - positive))
                            rest -= whole * unit
                            unit /= <float>(1 << bits)
                        cells[tile, 0, 0, i, o] = lowest + step * (rest * positive)
                        cells[tile, 1, 0, i, o] = lowest + step * (rest * (1 - positive))


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
    cdef Py_ssize_t tile, row, column, top, left, digit, target, i, o, block, width
    cdef real more
    with nogil:
        for tile in range(tiles):
            top, left = (first + tile) // across * rows, (first + tile) % across * columns
            row = min(rows, out.shape[2] - top)
            column = min(columns, out.shape[1] - left)
            for digit in range(slices):
                target = digit if out.shape[0] > 1 else 0
                for block in range(0, column, 16):    # a cache line of cells at a time
                    width = min(16, column - block)
                    for i in range(row):
                        for o in range(block, block + width):
                            more = ((transfer[tile, 0, digit, i, o] - cells[tile, 0, digit, i, o])
                                    - (transfer[tile, 1, digit, i, o] - cells[tile, 1, digit, i, o]))
                            out[target, left + o, top + i] += <float>(factors[digit] * more)


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
