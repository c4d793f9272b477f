"""Rounding and clipping of float32 numbers, for kernels."""

cdef inline float rounded(float x) noexcept nogil:
    # 1.5 * 2^23: adding and subtracting it rounds |x| < 2^22 to a whole number, ties to even.
    return (x + <float> 12582912.0) - <float> 12582912.0


cdef inline float clipped(float x, float limit) noexcept nogil:
    x = limit if x > limit else x
    return -limit if x < -limit else x
