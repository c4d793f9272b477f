"""Powers of a positive number by tables and a short series: faster than exp(k log10(x)), and as exact."""

from libc.string cimport memcpy

cdef enum:
    FIRST_OCTAVE = 1023 - 32    # exponent field of the first octave of a power law, 2^-32 ... 2^-31
    OCTAVES = 128
    ANCHORS = 128               # per octave
    FRACTION = 52               # bits of a double below the exponent
    ANCHOR_FRACTION = 45        # bits of a double below those that choose the anchor


cdef struct PowerLaw:           # factor * x^exponent by tables; see `power_law`
    double[128] octave          # factor * 2^(exponent * e) for e = -32 ... 95
    double[128] anchor          # c^exponent for 128 numbers c in 1 ... 2
    double[128] inverse         # 1 / c
    double[7] series            # binomial coefficients of the exponent


cdef void power_law(PowerLaw *law, double factor, double exponent) noexcept


cdef inline long long bits_of(double x) noexcept nogil:
    cdef long long bits
    memcpy(&bits, &x, sizeof(double))
    return bits


cdef inline double number_of(long long bits) noexcept nogil:
    cdef double x
    memcpy(&x, &bits, sizeof(double))
    return x


cdef inline double raised(const PowerLaw *law, double x) noexcept nogil:
    """The power of x, or -1 where x is not between 2^-32 and 2^96."""
    cdef long long bits = bits_of(x)
    cdef long long octave = (bits >> FRACTION) - FIRST_OCTAVE
    cdef int i
    cdef double r, head, tail
    if octave < 0 or octave >= OCTAVES:
        return -1
    i = <int>((bits >> ANCHOR_FRACTION) & (ANCHORS - 1))
    r = number_of((bits & ((<long long>1 << FRACTION) - 1)) | (<long long>1023 << FRACTION)) * law.inverse[i] - 1
    head = law.series[0] + r * (law.series[1] + r * law.series[2])
    tail = law.series[3] + r * (law.series[4] + r * (law.series[5] + r * law.series[6]))
    return law.octave[octave] * law.anchor[i] * (head + r * r * r * tail)
