"""The loops of the trainer that NumPy would run in many passes: unfolding, quantisers with masks, pooling.

Feature maps are (images, rows, columns, channels), so that the innermost loop runs over channels. Nothing here
holds Python's lock or allocates, and what depends on random data is multiplied by 0 or 1, not branched over. Slow
references are in `tests/wage_reference.py`.
"""

from libc.string cimport memcpy, memset

from neurosim.wrappers.devices._rounding cimport clipped, rounded

cdef enum:
    ONE_SIGNED_BIT = 0x7FFFFFFF


# -- convolution as a matrix product ---------------------------------------------------------------

def unfold(const float[:, :, :, ::1] x, float[:, ::1] columns, int kernel, int stride, int padding):
    """Input windows as rows: columns[position, (row, column, channel)], zero outside the map.

    `columns` has images * output rows * output columns rows and kernel * kernel * channels columns.
    """
    cdef Py_ssize_t height = x.shape[1], width = x.shape[2], channels = x.shape[3]
    cdef Py_ssize_t down = (height + 2 * padding - kernel) // stride + 1
    cdef Py_ssize_t across = (width + 2 * padding - kernel) // stride + 1
    cdef Py_ssize_t image, top, left, i, row, column, first, last
    cdef size_t pixel = channels * sizeof(float)
    cdef float *target
    with nogil:
        for image in range(x.shape[0]):
            for top in range(down):
                for left in range(across):
                    target = &columns[(image * down + top) * across + left, 0]
                    column = left * stride - padding
                    first = -column if column < 0 else 0                       # window columns inside the map
                    last = width - column if column + kernel > width else kernel
                    for i in range(kernel):
                        row = top * stride - padding + i
                        if row < 0 or row >= height or first >= last:
                            memset(target, 0, kernel * pixel)
                        else:
                            memset(target, 0, first * pixel)
                            memcpy(target + first * channels, &x[image, row, column + first, 0], (last - first) * pixel)
                            memset(target + last * channels, 0, (kernel - last) * pixel)
                        target += kernel * channels


def fold(const float[:, ::1] columns, float[:, :, :, ::1] x, int kernel, int stride, int padding):
    """Transpose of `unfold`: add every window back to where it came from. `x` is overwritten."""
    cdef Py_ssize_t height = x.shape[1], width = x.shape[2], channels = x.shape[3]
    cdef Py_ssize_t down = (height + 2 * padding - kernel) // stride + 1
    cdef Py_ssize_t across = (width + 2 * padding - kernel) // stride + 1
    cdef Py_ssize_t image, top, left, i, j, k, row, column
    cdef const float *source
    cdef float *target
    with nogil:
        for image in range(x.shape[0]):
            memset(&x[image, 0, 0, 0], 0, height * width * channels * sizeof(float))
            for top in range(down):
                for left in range(across):
                    for i in range(kernel):
                        row = top * stride - padding + i
                        if row < 0 or row >= height:
                            continue
                        for j in range(kernel):
                            column = left * stride - padding + j
                            if column < 0 or column >= width:
                                continue
                            source = &columns[(image * down + top) * across + left, (i * kernel + j) * channels]
                            target = &x[image, row, column, 0]
                            for k in range(channels):
                                target[k] += source[k]


# -- activations -----------------------------------------------------------------------------------

def activate(const float[::1] z, float[::1] y, unsigned char[::1] inside, float limit, float grid, bint rectify):
    """`y = Q(C(z))`, then ReLU where `rectify`; `inside` marks |z| <= limit."""
    cdef Py_ssize_t n
    cdef float value, step = 1.0 / grid, floor = 0.0 if rectify else -limit
    with nogil:
        for n in range(z.shape[0]):
            inside[n] = (z[n] <= limit) & (z[n] >= -limit)
        for n in range(z.shape[0]):
            value = rounded(clipped(z[n], limit) * grid) * step
            y[n] = value if value > floor else floor


def activate_pool(const float[:, :, :, ::1] z, float[:, :, :, ::1] y, unsigned char[:, :, :, ::1] code,
                  float limit, float grid):
    """`y`: 2 x 2 maximum of ReLU(Q(C(z))). `code`: which of the four it was (the first), plus 4 where |z| <= limit."""
    cdef Py_ssize_t image, row, column, k
    cdef Py_ssize_t channels = z.shape[3]
    cdef const float *upper
    cdef const float *lower
    cdef float a, b, c, d, first, second, raw, other, step = 1.0 / grid
    cdef unsigned char which, below
    with nogil:
        for image in range(y.shape[0]):
            for row in range(y.shape[1]):
                for column in range(y.shape[2]):
                    upper = &z[image, 2 * row, 2 * column, 0]
                    lower = &z[image, 2 * row + 1, 2 * column, 0]
                    for k in range(channels):
                        a = rounded(clipped(upper[k], limit) * grid)
                        b = rounded(clipped(upper[k + channels], limit) * grid)
                        c = rounded(clipped(lower[k], limit) * grid)
                        d = rounded(clipped(lower[k + channels], limit) * grid)
                        which = b > a
                        first = b if b > a else a
                        raw = upper[k + channels] if b > a else upper[k]
                        below = 2 + (d > c)
                        second = d if d > c else c
                        other = lower[k + channels] if d > c else lower[k]
                        which = below if second > first else which
                        raw = other if second > first else raw
                        first = second if second > first else first
                        y[image, row, column, k] = first * step if first > 0 else 0
                        code[image, row, column, k] = which | ((raw <= limit) << 2)


# -- errors ----------------------------------------------------------------------------------------

def largest(const int[::1] values):
    """Bits of the largest |value| of float32 numbers given as their bits; infinite or NaN wins."""
    cdef Py_ssize_t n
    cdef int value, most = 0
    with nogil:
        for n in range(values.shape[0]):
            value = values[n] & ONE_SIGNED_BIT
            most = value if value > most else most
    return most


def largest_where(const int[::1] values, const int[::1] gate):
    """As `largest`, over the places where `gate` (bits of numbers >= 0) is above zero."""
    cdef Py_ssize_t n
    cdef int value, most = 0
    with nogil:
        for n in range(values.shape[0]):
            value = values[n] & ONE_SIGNED_BIT & -(gate[n] > 0)
            most = value if value > most else most
    return most


def error(float[::1] gradient, const float[::1] y, const unsigned char[::1] inside, float scale, float limit,
          float grid):
    """`e = Q(C(scale * gradient))` where y > 0 and `inside`, else 0; in place. A grid of 0 only masks."""
    cdef Py_ssize_t n
    cdef float value, step
    with nogil:
        if grid == 0:
            for n in range(gradient.shape[0]):
                gradient[n] = gradient[n] * (inside[n] & (y[n] > 0))
        else:
            step = 1.0 / grid
            for n in range(gradient.shape[0]):
                value = rounded(clipped(gradient[n] * scale, limit) * grid) * step
                gradient[n] = value * (inside[n] & (y[n] > 0))


def error_pool(const float[:, :, :, ::1] gradient, const float[:, :, :, ::1] y, const unsigned char[:, :, :, ::1] code,
               float[:, :, :, ::1] e, float scale, float limit, float grid):
    """As `error`, sent back through the pool to the first maximum of each window; `e` is overwritten."""
    cdef Py_ssize_t image, row, column, k, channels = e.shape[3]
    cdef float value, step = 1.0 / grid if grid != 0 else 1.0
    cdef unsigned char which
    cdef float *upper
    cdef float *lower
    with nogil:
        for image in range(e.shape[0]):
            if e.shape[1] != 2 * y.shape[1] or e.shape[2] != 2 * y.shape[2]:
                memset(&e[image, 0, 0, 0], 0, e.shape[1] * e.shape[2] * channels * sizeof(float))
            for row in range(y.shape[1]):
                for column in range(y.shape[2]):
                    upper = &e[image, 2 * row, 2 * column, 0]
                    lower = &e[image, 2 * row + 1, 2 * column, 0]
                    for k in range(channels):
                        value = gradient[image, row, column, k]
                        if grid != 0:
                            value = rounded(clipped(value * scale, limit) * grid) * step
                        which = code[image, row, column, k]
                        value = value * ((which >= 4) & (y[image, row, column, k] > 0))
                        which = which & 3
                        upper[k] = value * (which == 0)
                        upper[k + channels] = value * (which == 1)
                        lower[k] = value * (which == 2)
                        lower[k + channels] = value * (which == 3)


# -- updates ---------------------------------------------------------------------------------------

def accumulate(float[::1] velocity, const float[::1] gradient, float keep, float add):
    """`v = keep v + add g`, each product and the sum rounded; in place."""
    cdef Py_ssize_t n
    with nogil:
        for n in range(velocity.shape[0]):
            velocity[n] = keep * velocity[n] + add * gradient[n]


def rescale(float[::1] values, float factor):
    """Multiply in place."""
    cdef Py_ssize_t n
    with nogil:
        for n in range(values.shape[0]):
            values[n] *= factor
