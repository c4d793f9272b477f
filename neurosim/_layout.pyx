"""What every circuit has in common: its outline on the die, its leakage and its complaints."""

from neurosim.errors import NeurosimError


cdef Fit fit_of(object name) except *:
    """The layout rule called `name`: "free", "keep-area" or "exact"."""
    if name == "free":
        return FREE
    if name == "keep-area":
        return KEEP_AREA
    if name == "exact":
        return EXACT
    raise NeurosimError(f"layout rule {name!r} is unknown: use 'free', 'keep-area' or 'exact'")


cdef class Circuit:
    """A laid-out circuit: immutable once its constructor has run.

    Attributes
    ----------
    height, width : float
        Outline [m].
    area : float
        Layout area [m^2].
    leakage : float
        Standby power [W].
    complaints : tuple of str
        What the reference prints when the circuit does not fit its outline.
        The reference goes on with an area of zero or less; so do we (see docs/fidelity.md).
    """

    def __cinit__(self):
        self.complaints = ()

    cdef void _outline(self, double height, double width) noexcept:
        self.height = height
        self.width = width
        self.area = height * width

    cdef int _refit(self, Fit fit, double given_height, double given_width) except -1:
        """Reshape a finished outline: keep its area, or take both given sides."""
        if fit == KEEP_AREA:
            if given_height != 0:
                self.width = self.area / given_height
                self.height = given_height
            elif given_width != 0:
                self.height = self.area / given_width
                self.width = given_width
        elif fit == EXACT:
            if given_height == 0 or given_width == 0:
                raise NeurosimError("an exact layout needs both a height and a width")
            self._outline(given_height, given_width)
        return 0

    cdef int _complain(self, str sentence) except -1:
        self.complaints += (sentence,)
        return 0


def refitted(fit, double area, double height, double width, double given_height, double given_width):
    """(area, height, width) of an outline under a layout rule; 0 is a side that is not given."""
    cdef Circuit circuit = Circuit()
    circuit.area, circuit.height, circuit.width = area, height, width
    circuit._refit(fit_of(fit), given_height, given_width)
    return circuit.area, circuit.height, circuit.width
