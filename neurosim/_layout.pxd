"""What every circuit has in common: its outline on the die, its leakage and its complaints."""

from neurosim.technology._transistor cimport Technology

cdef enum Fit:
    FREE            # lay out to the given height or width, whatever the class makes of it
    KEEP_AREA       # keep the area, take the given height (or else width), derive the other side
    EXACT           # take both given sides

cdef class Circuit:
    cdef readonly Technology tech
    cdef readonly double height             # [m]
    cdef readonly double width              # [m]
    cdef readonly double area               # [m^2]
    cdef readonly double leakage            # [W]
    cdef readonly tuple complaints          # sentences of the reference about an impossible layout, in order

    cdef void _outline(self, double height, double width) noexcept
    cdef int _refit(self, Fit fit, double given_height, double given_width) except -1
    cdef int _complain(self, str sentence) except -1

cdef Fit fit_of(object name) except *
