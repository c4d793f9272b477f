"""The loop of the device update over all weights.

It neither holds Python's lock nor allocates; what depends on random data is multiplied by 0 or 1, not branched over.
"""

from neurosim.wrappers.devices._rounding cimport clipped, rounded


def update(float[::1] weight, const float[::1] velocity, const float[::1] draws, float[::1] moved,
           const short[::1] up, const short[::1] down, const double[:, ::1] offset, const double[:, ::1] slope,
           float rate, float levels, float limit, float grid):
    """Device update of each weight, in place; `moved` receives u. See `curve.update_weights`.

    Without label rows (`up`, `down` empty), row 0 of the tables is LTP and row 1 LTD. Returns whether every weight
    found its entry of the tables; the rest of the weights is left as it is.
    """
    cdef Py_ssize_t n, row, centre = offset.shape[1] // 2
    cdef bint spread = up.shape[0] > 0, found = True
    cdef float step = 1.0 / grid, count, target, height, whole
    with nogil:
        for n in range(weight.shape[0]):
            count = rounded(rate * velocity[n] / 2 * levels)
            if count == 0:      # quirk W4: through the curve it would move by rounding
                target = weight[n]
            else:
                if spread:
                    row = up[n] if count < 0 else down[n]
                else:
                    row = 0 if count < 0 else 1
                if not (-centre <= count <= centre and 0 <= row < offset.shape[0]):   # a NaN as well
                    found = False
                    break
                target = <float> (offset[row, centre + <Py_ssize_t> count]
                                  + slope[row, centre + <Py_ssize_t> count] * weight[n])
            height = (weight[n] - clipped(target, limit)) + draws[n]
            whole = <float> (<int> height)
            whole = (whole - 1 if whole > height else whole) * step
            moved[n] = whole
            weight[n] -= whole
    return found
