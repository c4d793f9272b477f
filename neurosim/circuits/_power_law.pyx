"""Powers of a positive number by tables and a short series: faster than exp(k log10(x)), and as exact."""

from libc.math cimport exp, log


cdef void power_law(PowerLaw *law, double factor, double exponent) noexcept:
    """Prepare factor * x^exponent.

    With x = 2^e m, m = c (1 + r) and c the anchor next to m, |r| < 1 / 256, the power is

        2^(exponent e) * c^exponent * (1 + r)^exponent

    whose last factor is the binomial series; its seventh power of r is below 2^-55.
    """
    cdef double term = 1
    cdef int i
    for i in range(OCTAVES):
        law.octave[i] = factor * exp(exponent * log(2.0) * (i + FIRST_OCTAVE - 1023))
    for i in range(ANCHORS):
        law.inverse[i] = 1 / (1 + (i + 0.5) / ANCHORS)
        law.anchor[i] = exp(-exponent * log(law.inverse[i]))
    for i in range(7):
        law.series[i] = term
        term = term * (exponent - i) / (i + 1)


def power(double factor, double exponent, double x):
    """factor * x^exponent as the loops compute it, or -1 where x is not between 2^-32 and 2^96."""
    cdef PowerLaw law
    power_law(&law, factor, exponent)
    return raised(&law, x)
