"""A table of the parts of an array: what each is, where it stands, what it counts as.

Outline, areas, leakage and complaints of an array follow from its table, in the order of the table, which is that in
which the reference lays the parts out. The same table tells a reader what an array consists of.
"""

from libc.math cimport ceil, log2

from neurosim.technology._transistor cimport to_int


cdef class Part:
    """A circuit in an array.

    Attributes
    ----------
    name : str
        Such as "mux"; together with `backward` it names the part.
    circuit : Circuit
    role : str
        What its area counts as: "adc", "accumulation", "other", or "" where it is not counted.
    place : str
        Above or below the cells ("stack"), or beside them: "drivers" and "select" are two columns that share one
        strip, as wide as the wider of them; what is at the "side" widens the array on its own, what is "inside" does
        not change its outline.
    backward : bool
        Whether it belongs to the transposed read-out.
    leaks : bool
        Whether its leakage counts (not every part's does: quirks C30, C31 and C32).
    complains : str
        When the reference prints its complaints: at every "layout" of the array, "once" before, or "never".
    """

    def __init__(self, str name not None, Circuit circuit not None, str role not None, str place not None, *,
                 bint backward=False, bint leaks=True, str complains="layout"):
        self.name = name
        self.circuit = circuit
        self.role = role
        self.place = place
        self.backward = backward
        self.leaks = leaks
        self.complains = complains

    def __repr__(self):
        direction = "backward" if self.backward else "forward"
        return f"<Part {self.name} ({direction}): {type(self.circuit).__name__}, {self.role or 'not counted'}>"


cdef double extent(list parts, bint backward, str place, bint down):
    """Sum of the heights (`down`) or widths of what stands in one place [m]."""
    cdef double total = 0
    cdef Part part
    for part in parts:
        if part.backward == backward and part.place == place:
            total += part.circuit.height if down else part.circuit.width
    return total


cdef double areas(list parts, bint backward, str role=None):
    """Area of the parts of one role, or of all that are counted [m^2]."""
    cdef double total = 0
    cdef Part part
    for part in parts:
        if part.backward == backward and (part.role == role if role is not None else part.role != ""):
            total += part.circuit.area
    return total


cdef double leakages(list parts, bint backward):
    """Leakage of all that leak [W]."""
    cdef double total = 0
    cdef Part part
    for part in parts:
        if part.backward == backward and part.leaks:
            total += part.circuit.leakage
    return total


cdef tuple complaints(list parts, str when):
    """What the parts of either direction complain about, at every layout or once."""
    cdef tuple sentences = ()
    cdef Part part
    for part in parts:
        if part.complains == when:
            sentences += part.circuit.complaints
    return sentences


cdef int address_bits(int lines) noexcept nogil:
    """Bits that count `lines` lines."""
    return to_int(ceil(log2(lines)))
