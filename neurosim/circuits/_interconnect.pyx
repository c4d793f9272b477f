"""Wires between the parts of a chip: the bus of a processing element and the H-tree of a tile or chip.

Both drive long wires through inverters ("repeaters") that cut a wire into equal segments, so that its
delay grows with its length and not with the square of it.  Source of the optimum: J. M. Rabaey,
A. Chandrakasan, B. Nikolic, Digital Integrated Circuits, 2nd ed., chapter 9; of the use in a
compute-in-memory chip: X. Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.
"""

cimport cython
from libc.math cimport ceil, floor, log2, sqrt

from neurosim._layout cimport Circuit
from neurosim.errors import NeurosimError
from neurosim.technology import wires
from neurosim.technology._gates cimport gate_caps, gate_size
from neurosim.technology._transistor cimport (
    INV, NMOS, PMOS, GateCaps, Size, Technology, gate_leakage, on_resistance, to_int,
)

cdef double WIRE_CAPACITANCE = wires()["capacitance"] / wires()["capacitance_length"]     # [F/m]
cdef double UNRESISTING = 1.0                   # wires without resistance, which numbers are divided by [ohm/m]
cdef double SWITCHING = 0.25                    # transitions of a wire that draw energy, per bit sent


cdef WireMetal wire_metal(int width) except *:
    """What wires.toml knows about wires of this width [nm]."""
    cdef WireMetal metal
    row = wires()["width"][str(width)]
    metal.resistivity = row["resistivity"]
    metal.aspect_ratio = row["aspect_ratio"]
    return metal


cdef WireMetal tree_metal(double width, bint by_length) except *:
    """What wires of a tree are made of that are `width` nm wide: the two widest rows of the table, or any of them."""
    cdef list known = sorted(map(int, wires()["width"]), reverse=True)
    cdef int least = 0
    for least in known if by_length else known[:2]:
        if width >= least:
            break
    return wire_metal(least)


cdef inline double segment_delay(double resistance, double cap_input, double cap_output,
                                 double wire_resistance, double spacing) noexcept nogil:
    """Delay per length [s/m] of a wire with a repeater every `spacing`.

    Elmore delay of one segment at 50 % of the swing: the repeater drives its own output, the wire and
    the next repeater; the wire is a distributed RC line that ends in that repeater.

        delay / length = 0.7 (R (C_in + C_out + c s) + r s c s / 2 + r s C_in) / s
    """
    return 0.7 * (resistance * (cap_input + cap_output + WIRE_CAPACITANCE * spacing)
                  + 0.5 * wire_resistance * spacing * WIRE_CAPACITANCE * spacing
                  + wire_resistance * spacing * cap_input) / spacing


cdef inline double inverter_resistance(Technology t, double width_n, double width_p, bint mean) noexcept nogil:
    """On-resistance of a repeater [ohm]."""
    # Quirk C26: the sum of pull-down and pull-up; a transition sees only one of them, and along a wire they take turns.
    cdef double both = on_resistance(t, width_n, NMOS) + on_resistance(t, width_p, PMOS)
    return both / 2 if mean else both


cdef inline double sized_delay(Technology t, int size, double wire_resistance, double spacing,
                               bint mean) noexcept nogil:
    """`segment_delay` of repeaters as strong as `size` minimum inverters."""
    cdef double width_n = t.min_nmos * size
    cdef double width_p = t.min_pmos * size
    cdef Size layout = gate_size(t, INV, 1, width_n, width_p, t.cell_height)
    cdef GateCaps caps = gate_caps(t, INV, 1, width_n, width_p, layout.height)
    return segment_delay(inverter_resistance(t, width_n, width_p, mean), caps.input, caps.output, wire_resistance,
                         spacing)


cdef class RepeatedWire(Circuit):
    """A bundle of wires with repeaters: what a bus and an H-tree have in common.

    The fastest repeaters are

        size = sqrt(R c / (C_in r)),    spacing = sqrt(2 R (C_in + C_out) / (r c))

    with R, C_in, C_out of a minimum inverter and r, c of the wire per length.  Smaller and more
    distant ones would save energy; with a tolerance above 0 the size is lowered until the delay per
    length exceeds (1 + tolerance) times the fastest.

    A bit that is sent takes, at a quarter of a transition,

        energy / length = (C_in + C_out + c s) V_dd^2 / (4 s)

    Attributes
    ----------
    bus_width : float
        Parallel wires.
    repeater_size : int
        Strength of a repeater in minimum inverters; 0 is drawn as 1.
    spacing : float
        Distance between repeaters [m].
    unit_leakage, unit_energy, unit_energy_bare : float
        Leakage [W/m] and energy of a bit [J/m] per length, with and without repeaters.
    """

    cdef int _repeaters(self, double bus_width, double wire_resistance, double tolerance, bint halving) except -1:
        """Size and space the repeaters; `halving` lowers the size by half a step and not by one."""
        cdef Technology t = self.tech
        cdef bint mean = t.rules.mean_repeaters, distant = t.rules.distant_repeaters
        cdef Size layout = gate_size(t, INV, 1, t.min_nmos, t.min_pmos, t.cell_height)
        cdef GateCaps caps = gate_caps(t, INV, 1, t.min_nmos, t.min_pmos, layout.height)
        cdef double resistance = inverter_resistance(t, t.min_nmos, t.min_pmos, mean)
        cdef int size = to_int(floor(sqrt(resistance * WIRE_CAPACITANCE / caps.input / wire_resistance)))
        cdef double spacing = sqrt(2 * resistance * (caps.output + caps.input) / (wire_resistance * WIRE_CAPACITANCE))
        cdef double limit, delay = 0
        cdef int size_before = size
        cdef double spacing_before = spacing

        if tolerance != 0:
            limit = sized_delay(t, size, wire_resistance, spacing, mean) * (1 + tolerance)
            # Quirk C26: each step also *shortens* the spacing, and the step that breaks the limit is kept. With the
            # rule `distant_repeaters` it widens the spacing, and the last step is the last one within the limit.
            # A size of 0 has an infinite resistance, which ends the search.
            while delay < limit and (halving or size >= 1):
                size_before, spacing_before = size, spacing
                size = size // 2 if halving else size - 1
                spacing = spacing / 0.9 if distant else spacing * 0.9
                delay = sized_delay(t, size, wire_resistance, spacing, mean)
            if distant:
                size, spacing = size_before, spacing_before

        self.bus_width = bus_width
        self.repeater_size = size
        self.spacing = spacing
        size = max(1, size)
        self.width_n = size * t.min_nmos
        self.width_p = size * t.pn_size_ratio * t.min_nmos
        layout = gate_size(t, INV, 1, self.width_n, self.width_p, t.cell_height)
        caps = gate_caps(t, INV, 1, self.width_n, self.width_p, layout.height)
        self.inverter_height = layout.height
        self.inverter_width = layout.width
        self.cap_input = caps.input
        self.cap_output = caps.output
        self.resistance = inverter_resistance(t, self.width_n, self.width_p, mean)
        self.unit_leakage = gate_leakage(t, INV, 1, self.width_n, self.width_p) * t.vdd / spacing
        self.unit_energy = ((caps.input + caps.output + WIRE_CAPACITANCE * spacing)
                            * t.vdd * t.vdd / spacing * SWITCHING)
        self.unit_energy_bare = WIRE_CAPACITANCE * spacing * t.vdd * t.vdd / spacing * SWITCHING
        return 0

    cdef double unit_delay(self, double wire_resistance) noexcept nogil:
        """Delay per length with repeaters [s/m]."""
        return segment_delay(self.resistance, self.cap_input, self.cap_output, wire_resistance, self.spacing)

    cdef double unit_delay_bare(self, double wire_resistance) noexcept nogil:
        """Delay per length of a wire too short for a repeater [s/m]."""
        # Quirk C40: the delay of a segment of length `spacing` is scaled to the length of the wire, though
        # a bare wire's delay grows with the square of its length; and nothing drives it.
        return 0.7 * wire_resistance * self.spacing * WIRE_CAPACITANCE * self.spacing / self.spacing


@cython.final
cdef class Bus(RepeatedWire):
    """Straight bus along a row (or column) of equal units.

    Delay and energy are those of one wire from the first unit to the last, `length` times the value per
    length; a wire that needs no repeater counts as bare.

    Parameters
    ----------
    tech : Technology
    direction : {"horizontal", "vertical"}
        Along a row of units (over `columns` of them) or along a column.
    rows, columns : int
        Units beside each other.
    bus_width : float
        Parallel wires.
    unit_height, unit_width : float
        Outline of a unit [m].
    wire_width : float
        Of one wire [nm]; -1 is a wire without resistance.
    wire_resistance : float
        Of one wire per length [ohm/m].
    delay_tolerance : float
        Excess over the smallest delay that is traded for energy.
    folded_ratio : float
        Wires that lie above each other.
    overlap : bool
        The bus runs above the units and takes no area.

    Notes
    -----
    `area` is that of `rows` bundles; `height` and `width` are 0.
    Quirk C41: `bundle_width` of a bus without repeaters is counted in nanometres, not metres, and so is
    the area made from it.
    """

    def __init__(self, Technology tech not None, str direction not None, int rows, int columns, double bus_width,
                 double unit_height, double unit_width, *, double wire_width, double wire_resistance,
                 double delay_tolerance=0.0, double folded_ratio=1.0, bint overlap=True):
        if direction not in ("horizontal", "vertical"):
            raise NeurosimError(f"bus direction {direction!r} is unknown: use 'horizontal' or 'vertical'")
        self.tech = tech
        self.rows = rows
        self.columns = columns
        self.vertical = direction == "vertical"
        self.wire_resistance = wire_resistance
        self._repeaters(bus_width, wire_resistance, delay_tolerance, False)
        self.length = unit_height * (rows - 1) if self.vertical else unit_width * (columns - 1)
        self.repeaters = to_int(ceil(self.length / self.spacing))
        # Quirk U14: the reference adds this to a width that it never set.
        if self.repeaters > 0:
            self.bundle_width = bus_width * self.inverter_width / folded_ratio
        else:
            self.bundle_width = bus_width * wire_width / folded_ratio
        self.area = 0.0 if overlap else rows * self.length * self.bundle_width
        # Quirk C27: as many wires as the units have rows *and* columns, not as the bus has wires.
        self.leakage = self.unit_leakage * self.length * (rows + columns)

    cpdef double latency(self, double transfers) noexcept nogil:
        """Time to send `transfers` words one after the other [s]."""
        if self.repeaters > 0:
            return self.length * self.unit_delay(self.wire_resistance) * transfers
        return self.length * self.unit_delay_bare(self.wire_resistance) * transfers

    cpdef double energy(self, double bits, double transfers) noexcept nogil:
        """Energy of `transfers` words of `bits` wires each [J]."""
        return self.length * (self.unit_energy if self.repeaters > 0 else self.unit_energy_bare) * (bits * transfers)


@cython.final
cdef class HTree(RepeatedWire):
    """H-tree between the root in the middle of an array of units and any one of its leaves.

    From the root every stage halves its length: at level i a vertical and a horizontal wire, of
    unit height (or width) times 2^(levels-1) / 2^i, `levels = ceil(log2(max(rows, columns)))`; and a main
    bus from the root to the nearer edge.  Delay and energy are sums of length times value per length.

    Parameters
    ----------
    tech : Technology
    rows, columns : int
        Units of the array.
    bus_width : float
        Parallel wires of the main bus; a tree has as many at any level.
    unit_height, unit_width : float
        Outline of a unit [m].
    wire_width : float
        Of the array's wires [nm]; those of the tree are two or four times as wide.
    wire_resistance : float
        Per length of the wire that the repeaters are made for [ohm/m].
    warmth : float
        What the temperature makes of the resistivity of the tree's own wires.
    delay_tolerance : float
        Excess over the smallest delay that is traded for energy.
    folded_ratio : float
        Wires that lie above each other.
    own_stages : bool
        Whether the wires of a stage have the resistance of their own (quirk U2).
    wires_by_length : bool
        Whether short stages have wires as narrow as those of the array, and all the resistivity and shape of their
        width (quirk Q9).

    Notes
    -----
    Only root-to-leaf transfers are modelled: no caller sends from leaf to leaf.  The leaf does not
    matter, all are equally far.  `height` and `width` are 0.
    Quirk C28: three starting lengths.  With s = 2^levels times the unit, the first stage is s/2 in
    `latency` (so the sum of stages is nearly twice the way), s/4 in `energy`, and the layout, which
    leaves out the last stage, begins with s/4. With the rule `way_once` the latency begins with s/4, too: the stages
    add up to the way from the middle of the array to that of a unit.
    """

    def __init__(self, Technology tech not None, int rows, int columns, double bus_width, double unit_height,
                 double unit_width, *, double wire_width, double wire_resistance, double delay_tolerance=0.0,
                 double folded_ratio=1.0, double warmth=1.0, bint own_stages=False, bint wires_by_length=False):
        if rows < 1 or columns < 1:
            raise NeurosimError(f"an H-tree over {rows} x {columns} units has no leaf: "
                                "use at least one row and one column")
        cdef double stage_height, stage_width
        cdef double vertical_width = 0, horizontal_width = 0, area = 0, total = 0
        cdef int _stage
        self.tech = tech
        self.rows = rows
        self.columns = columns
        self.wire_width = wire_width
        self.warmth = warmth
        self.own_stages = own_stages
        self.wires_by_length = wires_by_length
        for _stage in range(3):
            self.metals[_stage] = tree_metal(2 ** _stage * wire_width, wires_by_length)
        self._repeaters(bus_width, wire_resistance, delay_tolerance, True)
        self.levels = to_int(ceil(log2(<double> max(rows, columns))))
        # Quirk C28: the root sits at the logarithm of the shorter side, not at its half.
        self.center = to_int(floor(log2(<double> min(rows, columns))))
        if tech.rules.root_in_the_middle:
            self.center = min(rows, columns) // 2
        self.way_once = tech.rules.way_once
        self.trunk = min(columns - self.center, self.center)

        stage_height = unit_height * 2.0 ** self.levels / 2
        stage_width = unit_width * 2.0 ** self.levels / 2
        for _stage in range(1, self.levels):     # the last stage lies above a unit
            stage_height /= 2
            stage_width /= 2
            # Quirk C42: a repeater is as wide as a vertical wire and as high as a horizontal one; and the
            # bundle grows by its full width at every level, where all branches of a level should be as wide as the
            # main bus together.
            if tech.rules.even_bundles:
                vertical_width = horizontal_width = 0
            vertical_width += bus_width * self.inverter_width / folded_ratio
            area += vertical_width * stage_height / 2
            horizontal_width += bus_width * self.inverter_height / folded_ratio
            area += horizontal_width * stage_width / 2
            total += stage_height + stage_width
        self.total_length = total + self.trunk * unit_width
        self.area = area + bus_width * self.inverter_height / folded_ratio * self.trunk * unit_width
        self.leakage = self.unit_leakage * self.total_length

    cpdef double stage_resistance(self, double length) noexcept nogil:
        """Resistance per length of the wire chosen for a stage of this length [ohm/m].

        Resistivity over width times thickness, with resistivity and aspect ratio of wires.toml.
        """
        # Quirk Q9: width and resistivity have two choices each, unless wires go by the length; the higher resistivity
        # and other shape of wires below 100 nm are never chosen, nor is a tree wire as narrow as the array's.
        cdef double pitches = length / self.tech.feature_size
        cdef int doubled = 2 if pitches >= 100000 else 1
        if self.wires_by_length:
            if self.wire_width < 0:
                return UNRESISTING
            if pitches < 10000:
                doubled = 0
        cdef double width = (1 << doubled) * self.wire_width
        cdef WireMetal metal = self.metals[doubled]
        return metal.resistivity * self.warmth / (width * 1e-9 * width * 1e-9 * metal.aspect_ratio)

    cdef double _stage_delay(self, double length, double resistance) noexcept nogil:
        """Delay of a stage's wire of this resistance per length [s]."""
        return length * (self.unit_delay(resistance) if ceil(length / self.spacing) > 0
                         else self.unit_delay_bare(resistance))

    cpdef double latency(self, double unit_height, double unit_width, double transfers,
                         double first_stage_resistance=0.0) noexcept nogil:
        """Time to send `transfers` words one after the other between root and leaf [s].

        Parameters
        ----------
        unit_height, unit_width : float
            Outline of a unit [m].
        transfers : float
            Words.
        first_stage_resistance : float
            Of the first stage's wire per length [ohm/m], unless stages have their own.  Quirk U2: the reference
            reads this value before it sets it; it is what a register happens to hold, small against a true wire.
            Later stages have the resistance of the horizontal wire one stage up.
        """
        cdef double height = unit_height * 2.0 ** self.levels
        cdef double width = unit_width * 2.0 ** self.levels
        cdef double resistance = first_stage_resistance
        cdef double trunk = 0, delay = 0
        cdef int _stage
        if self.way_once:
            height /= 2
            width /= 2
        for _stage in range(self.levels):
            height /= 2
            delay += self._stage_delay(height, self.stage_resistance(height) if self.own_stages else resistance)
            width /= 2
            if self.own_stages:
                resistance = self.stage_resistance(width)
            delay += self._stage_delay(width, resistance)
            trunk = self.unit_delay(resistance)     # the main bus is like the last stage
            resistance = self.stage_resistance(width)
        delay += self.trunk * unit_width * trunk
        return delay * transfers

    cpdef double energy(self, double unit_height, double unit_width, double bits, double transfers) noexcept nogil:
        """Energy of `transfers` words of `bits` wires each between root and leaf [J]."""
        cdef double height = unit_height * 2.0 ** self.levels / 2
        cdef double width = unit_width * 2.0 ** self.levels / 2
        cdef double energy = 0
        cdef int _stage
        for _stage in range(self.levels):
            height /= 2
            energy += height * (self.unit_energy if ceil(height / self.spacing) > 0 else self.unit_energy_bare)
            width /= 2
            energy += width * (self.unit_energy if ceil(width / self.spacing) > 0 else self.unit_energy_bare)
        energy += self.trunk * unit_width * self.unit_energy
        return energy * bits * transfers
