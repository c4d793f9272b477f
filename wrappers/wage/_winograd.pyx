"""Winograd's transforms of 3 x 3 convolutions, two by two outputs at a time.

Y = A' [(G g G') * (B' d B)] A with 4 x 4 input tiles d that overlap by two (Winograd 1980; Lavin and Gray, "Fast
algorithms for convolutional neural networks", CVPR 2016): 16 products instead of 36. Inputs and outputs are only
added, weights halved twice, so that numbers on a binary grid stay on one: see `winograd.py`.

Tiles of a block of images are numbered row by row; planes are (16, tiles, channels).
"""

from libc.string cimport memset

cdef enum:
    LANES = 64          # channels that are transformed together, in first-level cache
    BLOCK = 16          # output channels of a cache line

ctypedef const float *Values


cdef void down_input(float[4][4][LANES] t, Py_ssize_t j, const float *a, const float *b, const float *c, const float *d,
                     Py_ssize_t lanes) noexcept nogil:
    """B' on one column of a tile: a - c, b + c, c - b, b - d."""
    cdef Py_ssize_t k
    for k in range(lanes):
        t[0][j][k] = a[k] - c[k]
    for k in range(lanes):
        t[1][j][k] = b[k] + c[k]
    for k in range(lanes):
        t[2][j][k] = c[k] - b[k]
    for k in range(lanes):
        t[3][j][k] = b[k] - d[k]


def input_planes(const float[:, :, :, ::1] x, float[:, :, ::1] planes, Py_ssize_t first, int padding):
    """B' d B of every tile of the images in x, into planes[:, first:].

    Outputs are rows + 2 padding - 2 high; a tile at the lower or right edge may hang over it by one.
    """
    cdef Py_ssize_t height = x.shape[1], width = x.shape[2], channels = x.shape[3]
    cdef Py_ssize_t down = (height + 2 * padding - 1) // 2, across = (width + 2 * padding - 1) // 2
    cdef Py_ssize_t image, row, column, i, j, k, r, c, group, start, lanes, tile = first
    cdef float[LANES] nothing
    cdef float[4][4][LANES] t
    cdef Values[4] pixel
    cdef float *out
    cdef Py_ssize_t plane = planes.shape[1] * planes.shape[2]
    with nogil:
        memset(nothing, 0, sizeof(nothing))
        for image in range(x.shape[0]):
            for row in range(down):
                for column in range(across):
                    for group in range((channels + LANES - 1) // LANES):
                        start = group * LANES
                        lanes = min(<Py_ssize_t> LANES, channels - start)
                        for j in range(4):
                            c = 2 * column - padding + j
                            for i in range(4):
                                r = 2 * row - padding + i
                                if r < 0 or r >= height or c < 0 or c >= width:
                                    pixel[i] = nothing
                                else:
                                    pixel[i] = &x[image, r, c, start]
                            down_input(t, j, pixel[0], pixel[1], pixel[2], pixel[3], lanes)
                        out = &planes[0, tile, start]
                        for i in range(4):
                            for k in range(lanes):
                                out[k] = t[i][0][k] - t[i][2][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = t[i][1][k] + t[i][2][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = t[i][2][k] - t[i][1][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = t[i][1][k] - t[i][3][k]
                            out += plane
                    tile += 1


def output(const float[:, :, ::1] planes, float[:, :, :, ::1] z, Py_ssize_t first):
    """A' m A of every tile, from planes[:, first:]; `z` is overwritten."""
    cdef Py_ssize_t height = z.shape[1], width = z.shape[2], channels = z.shape[3]
    cdef Py_ssize_t image, row, column, i, j, k, group, start, lanes, tile = first
    cdef Py_ssize_t plane = planes.shape[1] * planes.shape[2]
    cdef float[2][4][LANES] t
    cdef const float *m
    cdef float *out
    with nogil:
        for image in range(z.shape[0]):
            for row in range((height + 1) // 2):
                for column in range((width + 1) // 2):
                    for group in range((channels + LANES - 1) // LANES):
                        start = group * LANES
                        lanes = min(<Py_ssize_t> LANES, channels - start)
                        m = &planes[0, tile, start]
                        for j in range(4):
                            for k in range(lanes):
                                t[0][j][k] = (m[k] + m[k + 4 * plane]) + m[k + 8 * plane]
                            for k in range(lanes):
                                t[1][j][k] = (m[k + 4 * plane] - m[k + 8 * plane]) - m[k + 12 * plane]
                            m += plane
                        for i in range(min(<Py_ssize_t> 2, height - 2 * row)):
                            out = &z[image, 2 * row + i, 2 * column, start]
                            for k in range(lanes):
                                out[k] = (t[i][0][k] + t[i][1][k]) + t[i][2][k]
                            if 2 * column + 1 < width:
                                out += channels
                                for k in range(lanes):
                                    out[k] = (t[i][1][k] - t[i][2][k]) - t[i][3][k]
                    tile += 1


def error_planes(const float[:, :, :, ::1] e, float[:, :, ::1] planes, Py_ssize_t first):
    """A e A' of every 2 x 2 tile of output errors, into planes[:, first:]."""
    cdef Py_ssize_t height = e.shape[1], width = e.shape[2], channels = e.shape[3]
    cdef Py_ssize_t image, row, column, i, j, k, group, start, lanes, tile = first
    cdef Py_ssize_t plane = planes.shape[1] * planes.shape[2]
    cdef float[LANES] nothing
    cdef float[4][2][LANES] t
    cdef const float *upper
    cdef const float *lower
    cdef float *out
    with nogil:
        memset(nothing, 0, sizeof(nothing))
        for image in range(e.shape[0]):
            for row in range((height + 1) // 2):
                for column in range((width + 1) // 2):
                    for group in range((channels + LANES - 1) // LANES):
                        start = group * LANES
                        lanes = min(<Py_ssize_t> LANES, channels - start)
                        for j in range(2):
                            upper = lower = nothing
                            if 2 * column + j < width:
                                upper = &e[image, 2 * row, 2 * column + j, start]
                                if 2 * row + 1 < height:
                                    lower = &e[image, 2 * row + 1, 2 * column + j, start]
                            for k in range(lanes):
                                t[0][j][k] = upper[k]
                            for k in range(lanes):
                                t[1][j][k] = upper[k] + lower[k]
                            for k in range(lanes):
                                t[2][j][k] = upper[k] - lower[k]
                            for k in range(lanes):
                                t[3][j][k] = -lower[k]
                        out = &planes[0, tile, start]
                        for i in range(4):
                            for k in range(lanes):
                                out[k] = t[i][0][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = t[i][0][k] + t[i][1][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = t[i][0][k] - t[i][1][k]
                            out += plane
                            for k in range(lanes):
                                out[k] = -t[i][1][k]
                            out += plane
                    tile += 1


cdef inline void add_row(float *target, float[4][LANES] t, Py_ssize_t column, Py_ssize_t width, Py_ssize_t channels,
                         Py_ssize_t lanes) noexcept nogil:
    """Add B on one row of a tile: m0; m1 - m2 + m3; m1 + m2 - m0; -m3, at the columns inside the map."""
    cdef Py_ssize_t k
    if 0 <= column < width:
        for k in range(lanes):
            target[k] += t[0][k]
    target += channels
    if 0 <= column + 1 < width:
        for k in range(lanes):
            target[k] += (t[1][k] - t[2][k]) + t[3][k]
    target += channels
    if 0 <= column + 2 < width:
        for k in range(lanes):
            target[k] += (t[1][k] + t[2][k]) - t[0][k]
    target += channels
    if 0 <= column + 3 < width:
        for k in range(lanes):
            target[k] -= t[3][k]


def input_gradient(const float[:, :, ::1] planes, float[:, :, :, ::1] x, Py_ssize_t first, int padding):
    """B m B' of every tile added where the tile was read, from planes[:, first:]; `x` is overwritten."""
    cdef Py_ssize_t height = x.shape[1], width = x.shape[2], channels = x.shape[3]
    cdef Py_ssize_t down = (height + 2 * padding - 1) // 2, across = (width + 2 * padding - 1) // 2
    cdef Py_ssize_t image, row, column, i, j, k, group, start, lanes, r, tile = first
    cdef Py_ssize_t plane = planes.shape[1] * planes.shape[2]
    cdef float[4][4][LANES] t
    cdef const float *m
    with nogil:
        for image in range(x.shape[0]):
            memset(&x[image, 0, 0, 0], 0, height * width * channels * sizeof(float))
            for row in range(down):
                for column in range(across):
                    for group in range((channels + LANES - 1) // LANES):
                        start = group * LANES
                        lanes = min(<Py_ssize_t> LANES, channels - start)
                        m = &planes[0, tile, start]
                        for j in range(4):
                            for k in range(lanes):
                                t[0][j][k] = m[k]
                            for k in range(lanes):
                                t[1][j][k] = (m[k + 4 * plane] - m[k + 8 * plane]) + m[k + 12 * plane]
                            for k in range(lanes):
                                t[2][j][k] = (m[k + 4 * plane] + m[k + 8 * plane]) - m[k]
                            for k in range(lanes):
                                t[3][j][k] = -m[k + 12 * plane]
                            m += plane
                        for i in range(4):
                            r = 2 * row - padding + i
                            if 0 <= r < height:
                                add_row(&x[image, r, 0, start] + (2 * column - padding) * channels, t[i],
                                        2 * column - padding, width, channels, lanes)
                    tile += 1


def weight_planes(const float[:, :, :, ::1] weight, float[:, :, ::1] planes, double[:, ::1] over_inputs,
                  double[:, ::1] over_outputs, Py_ssize_t first, Py_ssize_t last, float factor):
    """factor * G g G' of the input channels first ... last, into planes[16, input, output].

    Sums of |G g G'| for bounds are added: over the input channels to over_inputs[16, output], over the output
    channels to over_outputs[16, input].
    """
    cdef Py_ssize_t outputs = weight.shape[0], channel, start, o, i, j
    cdef float[4][3] t
    cdef float[4] u
    cdef float value
    cdef const float *g
    with nogil:
        for start in range((outputs + BLOCK - 1) // BLOCK):
            for channel in range(first, last):
                for o in range(start * BLOCK, min(outputs, (start + 1) * BLOCK)):
                    g = &weight[o, channel, 0, 0]
                    for j in range(3):
                        t[0][j] = g[j]
                        t[1][j] = ((g[j] + g[3 + j]) + g[6 + j]) / 2
                        t[2][j] = ((g[j] - g[3 + j]) + g[6 + j]) / 2
                        t[3][j] = g[6 + j]
                    for i in range(4):
                        u[0] = t[i][0]
                        u[1] = ((t[i][0] + t[i][1]) + t[i][2]) / 2
                        u[2] = ((t[i][0] - t[i][1]) + t[i][2]) / 2
                        u[3] = t[i][2]
                        for j in range(4):
                            planes[4 * i + j, channel, o] = factor * u[j]
                            value = u[j] if u[j] >= 0 else -u[j]
                            over_inputs[4 * i + j, o] += value
                            over_outputs[4 * i + j, channel] += value


def weight_gradient(const float[:, :, ::1] planes, float[:, :, :, ::1] gradient, Py_ssize_t first, Py_ssize_t last):
    """G' m G of the output channels first ... last, from planes[16, input, output]."""
    cdef Py_ssize_t channel, start, o, i, j
    cdef float[4][4] m
    cdef float[3][4] t
    with nogil:
        for start in range((last - first + BLOCK - 1) // BLOCK):
            for channel in range(gradient.shape[1]):
                for o in range(first + start * BLOCK, min(last, first + (start + 1) * BLOCK)):
                    for i in range(4):
                        for j in range(4):
                            m[i][j] = planes[4 * i + j, channel, o]
                    for j in range(4):
                        t[0][j] = m[0][j] + (m[1][j] + m[2][j]) / 2
                        t[1][j] = (m[1][j] - m[2][j]) / 2
                        t[2][j] = (m[1][j] + m[2][j]) / 2 + m[3][j]
                    for i in range(3):
                        gradient[o, channel, i, 0] = t[i][0] + (t[i][1] + t[i][2]) / 2
                        gradient[o, channel, i, 1] = (t[i][1] - t[i][2]) / 2
                        gradient[o, channel, i, 2] = (t[i][1] + t[i][2]) / 2 + t[i][3]
