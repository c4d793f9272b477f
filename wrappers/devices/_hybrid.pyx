"""The two loops of a hybrid synapse over all weights; slow references are in `tests/wrappers/devices`.

The volatile part is stored as the charge x = 2c - 1, -1 to 1.
"""

from libc.math cimport rint, sqrt

cdef double BEYOND = 1.000001   # a curve that ends at 1 may end a float32 rounding above


def count_pulses(const float[::1] velocity, int[::1] pulses, double factor):
    """`pulses = rint(-factor velocity)`; returns how many are not zero. Positive: the weight grows."""
    cdef Py_ssize_t n, moved = 0
    cdef int count
    with nogil:
        for n in range(velocity.shape[0]):
            count = <int> rint(-factor * velocity[n])
            pulses[n] = count
            moved += count != 0
    return moved


def update(float[::1] weight, float[::1] moved, float[::1] charge, const int[::1] pulses, const float[::1] noise,
           const float[::1] kept, const float[::1] positive, const float[::1] negative, const double[:, ::1] offset,
           const double[:, ::1] slope, float sigma, float rest, float significance, float middle):
    """Pulses, noise, leak, and the weight that results; in place. `moved` receives the old weight minus the new.

    `noise` holds a normal draw for each weight with pulses, in order; `kept` the share of the charge that a batch
    leaves (empty: all of it); `negative` is empty where one device holds the non-volatile part. Row 0 of the tables is
    charging, row 1 discharging; columns count falling pulses from the middle.

    Returns
    -------
    clips, pulses : int
        Cells that met the end of the range, and pulses given.
    """
    cdef Py_ssize_t n, row, column, draw = 0, centre = offset.shape[1] // 2
    cdef long long clips = 0, given = 0
    cdef int count
    cdef bint leaks = kept.shape[0] > 0, pair = negative.shape[0] > 0
    cdef double x
    cdef float fresh, share = <float> (1.0 / (significance + 1.0)), gain = significance * share
    cdef float doubled = 1 if pair else 2
    with nogil:
        for n in range(weight.shape[0]):
            count = pulses[n]
            x = charge[n]
            if count != 0:
                row = 0 if count > 0 else 1
                column = centre - count
                count = -count if count < 0 else count
                x = offset[row, column] + slope[row, column] * x + sigma * sqrt(count) * noise[draw]
                draw += 1
                given += count
                clips += (x > BEYOND) | (x < -BEYOND)
                x = 1 if x > 1 else x
                x = -1 if x < -1 else x
            if leaks:
                x = rest + (x - rest) * kept[n]
            charge[n] = <float> x
            fresh = doubled * positive[n] - middle
            if pair:
                fresh = fresh - negative[n]
            fresh = gain * fresh + share * <float> x
            moved[n] = weight[n] - fresh
            weight[n] = fresh
    return clips, given
