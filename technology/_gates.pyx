"""Logic gates and pass gates: how they are laid out, and the capacitances that follow.

A gate is laid out in a standard cell: the PMOS transistors lie in one diffusion row, the NMOS transistors in
another, and both rows share the height of the cell. A transistor wider than its row is high is folded, that is, drawn
as several gate lines ("fingers") side by side.

                  drain | gate | source | gate | drain ...        <- folds + 1 diffusion regions for `folds` fingers

Sources: as of `_transistor`, whose `Technology` has the equations for Python.
"""

from libc.math cimport INFINITY, ceil, floor

from neurosim.technology._transistor cimport (
    INV,
    NMOS,
    NOR,
    PMOS,
    Channel,
    Gate,
    GateCaps,
    Size,
    Technology,
    fin_scaled,
    gate_capacitance,
    to_int,
)


cdef inline int plus(int a, int b) noexcept nogil:
    """Add with wrap-around, because `a` may be the least int."""
    return <int>(<long long>a + b)


cdef enum:
    MOST_FOLDS = 2000000000

cdef struct Row:                # the transistor of one input in one diffusion row
    double width                # channel width that is laid out [m]; 0: there is none
    double height               # of the diffusion [m]
    int folds
    bint drawn                  # it has a diffusion at all
    bint impossible             # not even one fin fits

cdef struct Rows:
    Row n
    Row p


cdef inline Row planar_row(Technology t, double width, double limit) noexcept nogil:
    """A planar transistor in a row that is `limit` high [m].

    Quirk U22: more folds than an int can count (a driver sized for a wire without resistance) become INT_MIN.
    """
    cdef Row row = Row(width=width, height=0, folds=1, drawn=width > 0, impossible=False)
    if row.drawn:
        if width <= limit:
            row.height = width
        else:
            row.folds = to_int(ceil(width / limit))
            if t.outlines_grow and width / limit > MOST_FOLDS:
                row.folds = MOST_FOLDS
            row.height = limit
    return row


cdef inline Row fin_row(Technology t, double width, int limit) noexcept nogil:
    """A FinFET in a row that is `limit` fins high.

    Quirk T7: the number of folds is cut off where a planar transistor's is rounded up. Quirk T10: with a limit of 0
    the reference divides by zero and dies; here the row is marked impossible, and sizes become infinite.
    """
    cdef int fins = to_int(ceil(width / t.fin_pitch))
    cdef Row row = Row(width=width, height=0, folds=1, drawn=fins > 0, impossible=False)
    if row.drawn:
        if fins > limit:
            if limit == 0:
                row.impossible = True
                return row
            row.folds = fins // limit
            fins = limit
        row.height = plus(fins, -1) * t.fin_pitch + t.fin_width
    return row


cdef inline int fins_within(Technology t, double height) noexcept nogil:
    return plus(to_int(floor(height / t.fin_pitch)), 1)


cdef Rows rows_of(Technology t, double width_n, double width_p, double height) noexcept nogil:
    """Both diffusion rows of a gate in a cell of `height`, which they share in proportion to their widths."""
    cdef double f = t.feature_size
    cdef double edges = (t.poly_extension + t.gap_field_poly / 2) * 2 * f
    cdef double alone = height - edges
    cdef double shared = height - t.gap_pn * f - edges
    cdef double part, limit_p, limit_n
    cdef Rows rows
    if t.fin_sizing:
        width_n = fin_scaled(t, width_n)
        width_p = fin_scaled(t, width_p)
    part = width_p / (width_p + width_n)        # Quirk U21: NaN (of a gate without any width) shares
    if t.fin_device:
        if part == 0:
            rows.p = fin_row(t, width_p, 0)
            rows.n = fin_row(t, width_n, fins_within(t, alone))
        elif part == 1:
            rows.p = fin_row(t, width_p, fins_within(t, alone))
            rows.n = fin_row(t, width_n, 0)
        else:
            rows.p = fin_row(t, width_p, fins_within(t, part * shared))
            rows.n = fin_row(t, width_n, fins_within(t, (1 - part) * shared))
        return rows
    if part == 0:
        limit_p, limit_n = 0, alone
    elif part == 1:
        limit_p, limit_n = alone, 0
    else:
        limit_p = part * shared
        limit_n = limit_p / part * (1 - part)
    rows.p = planar_row(t, width_p, limit_p)
    rows.n = planar_row(t, width_n, limit_n)
    return rows


cdef inline double finger_pitch(Technology t) noexcept nogil:
    """From one gate line to the next, in units of F."""
    if t.fin_device:
        return t.poly_width_fin + t.gap_gate_fin
    return t.poly_width + t.gap_gate


# ---- Outline of a gate -----------------------------------------------------------------------------------------------

cdef inline double row_width(Technology t, Row row, Gate gate, int inputs, bint joined) noexcept nogil:
    """Width of a diffusion row [m]; neighbours share a drain or source when `joined`."""
    cdef double pitch = finger_pitch(t)
    cdef double single = 0
    if row.drawn:
        single = plus(row.folds, 1) * pitch * t.feature_size
    if gate == INV:
        return single
    if joined:
        # Quirk T13: a row without transistors shares nothing, yet comes out narrower than zero.
        return single * inputs - (inputs - 1) * t.feature_size * pitch
    return single * inputs


cdef Size gate_size(Technology t, Gate gate, int inputs, double width_n, double width_p, double height) noexcept nogil:
    """Outline [m] of a gate in a cell of `height`: as wide as the wider of its rows, infinitely wide if no fin fits.

    Quirk T6: FinFET cells should be 34/28 as high as planar ones, but the ratio is an integer division and makes 1.
    """
    cdef Rows rows = rows_of(t, width_n, width_p, height)
    cdef bint joined = rows.n.folds == 1 and rows.p.folds == 1
    cdef double across_n = row_width(t, rows.n, gate, inputs, joined)
    cdef double across_p = row_width(t, rows.p, gate, inputs, joined)
    cdef Size size
    size.height = height
    size.width = across_n if across_n > across_p else across_p
    if rows.n.impossible or rows.p.impossible:
        size.width = INFINITY
    return size


cdef Size pass_gate_size(Technology t, double width_n, double width_p, int folds) noexcept nogil:
    """Outline [m] of an NMOS and a PMOS transistor one above the other, `folds` fingers each, in a cell of any height.
    """
    cdef double f = t.feature_size
    cdef double around = t.gap_pn * f
    cdef double edges = (t.poly_extension + t.gap_field_poly / 2) * 2 * f
    cdef double around_fin, high_n, high_p
    cdef Size size
    size.width = plus(folds, 1) * finger_pitch(t) * f
    if not t.fin_device:
        size.height = width_p / folds + width_n / folds + around + edges
        return size
    # Quirk T13: counts fins by their channel width, where every other equation counts by their pitch.
    around_fin = 2 * t.fin_height + t.fin_width
    high_n = pass_gate_row(t, to_int(ceil(fin_scaled(t, width_n) / around_fin)), folds)
    high_p = pass_gate_row(t, to_int(ceil(fin_scaled(t, width_p) / around_fin)), folds)
    size.height = high_p + high_n + around + edges
    return size


cdef inline double pass_gate_row(Technology t, int fins, int folds) noexcept nogil:
    return plus(to_int(ceil(<double>fins / folds)), -1) * t.fin_pitch + t.fin_width


# ---- Capacitance of a gate -------------------------------------------------------------------------------------------

cdef struct Drain:              # what a gate's output sees of one diffusion row
    double width                # of all its regions [m]
    double sidewall             # length of its edges [m]


cdef inline double regions(Technology t, double count) noexcept nogil:
    """Width [m] of `count` diffusion regions."""
    return count * t.feature_size * (t.gap_gate_fin if t.fin_device else t.gap_gate)


cdef inline double drain_regions(Technology t, Row row) noexcept nogil:
    if not row.drawn:
        return 0
    return regions(t, to_int(ceil(<double>plus(row.folds, 1) / 2)))     # a drain is at least as frequent as a source


cdef inline double source_regions(Technology t, Row row) noexcept nogil:
    if not row.drawn:
        return 0
    return regions(t, to_int(floor(<double>plus(row.folds, 1) / 2)))


cdef inline int outer_drains(int folds) noexcept nogil:
    """Ends of a folded transistor that are drains: 1 of an odd number of fingers, 2 of an even number."""
    return 1 + plus(folds, 1) % 2


cdef inline int outer_sources(int folds) noexcept nogil:
    return 1 - plus(folds, 1) % 2


cdef inline Drain single_drain(Technology t, Row row, int folds) noexcept nogil:
    cdef Drain drain
    drain.width = drain_regions(t, row)
    drain.sidewall = drain.width * 2 + row.height * outer_drains(folds)
    return drain


cdef inline Drain series_drain(Technology t, Row row, int inputs, bint joined) noexcept nogil:
    """The stack of a NOR's PMOS or a NAND's NMOS transistors."""
    cdef Drain drain
    if joined:      # each drain is the next one's source
        drain.width = drain_regions(t, row) * inputs
        drain.sidewall = drain.width * 2 + row.height
    else:           # the inner sources swing with the output
        drain.width = drain_regions(t, row) * inputs + (inputs - 1) * source_regions(t, row)
        drain.sidewall = (drain.width * 2
                          + row.height * outer_drains(row.folds) * inputs
                          + row.height * outer_sources(row.folds) * (inputs - 1))
    return drain


cdef inline Drain parallel_drain(Technology t, Row row, int inputs, bint joined) noexcept nogil:
    """A NOR's NMOS or a NAND's PMOS transistors side by side."""
    cdef Drain drain
    if joined:      # two neighbours share a drain
        drain.width = drain_regions(t, row) * to_int(floor(<double>plus(inputs, 1) / 2))
        drain.sidewall = drain.width * 2 + row.height * (inputs % 2)        # an odd one has a side of its own
    else:
        drain.width = drain_regions(t, row) * inputs
        drain.sidewall = drain.width * 2 + row.height * outer_drains(row.folds) * inputs
    return drain


cdef inline Drain row_drain(Technology t, Rows rows, Channel channel, Gate gate, int inputs) noexcept nogil:
    cdef Row row = rows.n if channel == NMOS else rows.p
    cdef bint joined = rows.n.folds == 1 and rows.p.folds == 1
    if not row.width > 0:
        return Drain(width=0, sidewall=0)
    if gate == INV:
        # Quirk T12: the edges of the NMOS row, too, are counted by the folds of the PMOS row.
        return single_drain(t, row, row.folds if t.own_edges else rows.p.folds)
    if (gate == NOR) == (channel == PMOS):
        return series_drain(t, row, inputs, joined)
    return parallel_drain(t, row, inputs, joined)


cdef GateCaps gate_caps(Technology t, Gate gate, int inputs, double width_n, double width_p,
                        double height) noexcept nogil:
    """Capacitance [F] of one input and of the output of a gate in a cell of `height`.

    The output is the bottom (area A), the sidewalls (length P) and the channel edge (length W) of both drains; infinite
    if no fin fits.

    C = sum over both drains of c_junction A + c_sidewall P + c_channel W.
    """
    cdef Rows rows = rows_of(t, width_n, width_p, height)
    cdef Drain n = row_drain(t, rows, NMOS, gate, inputs)
    cdef Drain p = row_drain(t, rows, PMOS, gate, inputs)
    cdef GateCaps caps
    # Quirk T8: the widths of a FinFET are scaled a second time within gate_capacitance.
    caps.input = gate_capacitance(t, rows.n.width) + gate_capacitance(t, rows.p.width)
    caps.output = (n.width * rows.n.height * t.cap_junction
                   + p.width * rows.p.height * t.cap_junction
                   + n.sidewall * t.cap_sidewall
                   + p.sidewall * t.cap_sidewall
                   + rows.n.folds * rows.n.height * t.cap_drain_to_channel
                   + rows.p.folds * rows.p.height * t.cap_drain_to_channel)
    if rows.n.impossible or rows.p.impossible:
        caps.output = INFINITY
    return caps


cdef double drain_capacitance(Technology t, double width, Channel channel, double height) noexcept nogil:
    """Drain capacitance [F] of one transistor that has a cell of `height` to itself."""
    if channel == NMOS:
        return gate_caps(t, INV, 1, width, 0, height).output
    return gate_caps(t, INV, 1, 0, width, height).output


# ---- For the methods of `Technology` ---------------------------------------------------------------------------------

def size(Technology tech not None, int gate, int inputs, double width_n, double width_p, double height):
    """(height, width) [m], see `gate_size`."""
    cdef Size found = gate_size(tech, <Gate>gate, inputs, width_n, width_p, height)
    return found.height, found.width


def capacitances(Technology tech not None, int gate, int inputs, double width_n, double width_p, double height):
    """(input, output) [F], see `gate_caps`."""
    cdef GateCaps found = gate_caps(tech, <Gate>gate, inputs, width_n, width_p, height)
    return found.input, found.output


def drain(Technology tech not None, double width, int channel, double height):
    """[F], see `drain_capacitance`."""
    return drain_capacitance(tech, width, <Channel>channel, height)


def pass_size(Technology tech not None, double width_n, double width_p, int folds):
    """(height, width) [m], see `pass_gate_size`."""
    cdef Size found = pass_gate_size(tech, width_n, width_p, folds)
    return found.height, found.width
