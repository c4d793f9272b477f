"""Pass gates, and what is made of them alone: column multiplexers and switch matrices.

Lines of an array are switched by pass gates (transmission gates), whose time constant is Elmore's,

    tau = R_gate (C_gate + C_line) + R_line C_line / 2,

and whose delay follows Horowitz (Ph.D. thesis, Stanford, 1983). Structure of the circuits: Chen, Peng, Yu, "NeuroSim",
IEEE TCAD 37(12), 2018; Peng et al., IEEE TCAD, 2020.
"""

cimport cython

from neurosim._circuits cimport abreast, lines
from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.technology._gates cimport gate_caps, gate_size, pass_gate_size
from neurosim.technology._transistor cimport (
    INV, NMOS, PMOS, Size, Stage, Technology, gate_capacitance, on_resistance, to_int,
)

from neurosim.errors import NeurosimError

cdef double IR_DROP = 0.25          # part of its load's resistance that a pass gate may have
cdef double LINEAR_REGION = 0.2     # on-resistance in the linear region over that in saturation


# Pass gates -----------------------------------------------------------------------------------------------------

cdef Split split_evenly(Technology tech, int count, double room, double least) noexcept nogil:
    """Spread `count` units over as few lines as possible, evenly, with at least `least` [m] for each.

    Quirk U22: a room smaller than that is split by INT_MIN, and the area is nonsense.
    """
    cdef Split split
    split.lines = lines(tech, count, to_int(room / least))
    split.share = room / lines(tech, count, split.lines)
    if tech.outlines_grow and split.share < least:
        split.share = least
    return split


cdef PassGate pass_gate(Technology tech, double width_n, double width_p, double resistance) noexcept:
    cdef PassGate gate
    gate.resistance = resistance
    gate.width_n = width_n
    gate.width_p = width_p
    gate.cap_gate_n = gate_capacitance(tech, width_n)
    gate.cap_gate_p = gate_capacitance(tech, width_p)
    gate.cap_drain = 0      # until it is laid out
    return gate


cdef PassGate sized_pass_gate(Technology tech, double load, double region) noexcept:
    """A pass gate in series with a `load` [ohm], its NMOS and PMOS equally strong.

    The width follows from R ~ 1/W and the on-resistance of a transistor one feature size wide, taken `region`
    times (1: in saturation, 0.2: in the linear region).
    """
    cdef double feature = tech.feature_size
    cdef double resistance = load * IR_DROP
    return pass_gate(
        tech,
        on_resistance(tech, feature, NMOS) * feature * region / (resistance * 2),
        on_resistance(tech, feature, PMOS) * feature * region / (resistance * 2),
        resistance,
    )


cdef PassGate minimum_pass_gate(Technology tech) noexcept:
    cdef double resistance_n = on_resistance(tech, tech.min_nmos, NMOS)
    cdef double resistance_p = on_resistance(tech, tech.min_pmos, PMOS)
    return pass_gate(tech, tech.min_nmos, tech.min_pmos, 1 / (1 / resistance_n + 1 / resistance_p))


cdef Size in_height(Technology tech, PassGate gate, double height) noexcept:
    """Layout of a pass gate that is folded to a given height, like an inverter."""
    return gate_size(tech, INV, 1, gate.width_n, gate.width_p, height)


cdef Size in_width(Technology tech, PassGate gate, double width) noexcept:
    """Layout of a pass gate that is folded as often as fits into a given width."""
    cdef int folds = <int>(<long long>to_int(width / (0.5 * tech.min_cell_width)) - 1)      # wraps around
    if folds < 1 and tech.outlines_grow:
        folds = 1
    return pass_gate_size(tech, gate.width_n, gate.width_p, folds)


cdef double drain_capacitance_at(Technology tech, PassGate gate, double height) noexcept:
    """Drain capacitance [F] of both transistors, folded to the height of the layout [m]."""
    return gate_caps(tech, INV, 1, gate.width_n, gate.width_p, height).output


cdef bint is_column(object side) except -1:
    if side == "row":
        return False
    if side == "column":
        return True
    raise NeurosimError(f"a driver serves lines of kind 'row' or 'column', not {side!r}")


# Multiplexer ----------------------------------------------------------------------------------------------------

@cython.final
cdef class Mux(Circuit):
    """A column multiplexer of pass gates: `inputs` groups of `selections` columns, one column each at a time.

    Charging from 0 to 90 %: delay = 2.3 tau, tau = 2 R_gate (C_drain + C_gate / 2 + C_load); only one transistor of
    a pass gate conducts well, hence 2 R_gate.

    Parameters
    ----------
    tech : Technology
    inputs : columns read at the same time
    selections : columns that share one output
    resistance : of what the pass gate is in series with [ohm]; the gate may have a quarter of it
    read_voltage : on a column [V]
    digital : pass gates of minimum size, whatever the resistance
    height, width : outline to fill [m]; only a width counts, else one row of gates without folds
    fit : "free", "keep-area" or "exact"

    Quirk C11: the drain capacitance is that of folded gates only if the layout is free and a width is given. A subarray
    lays its multiplexer out twice, the second time exactly (`resized`), and so has the drains of unfolded gates. With
    the rule `whole_muxes` it keeps those of the first layout, and both gates of a pass gate switch.
    Quirk C11: there is no leakage.
    """

    def __init__(self, Technology tech not None, int inputs, int selections, double resistance, *,
                 double read_voltage, bint digital=False, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.inputs = inputs
        self.selections = selections
        self.resistance = resistance
        self.read_voltage = read_voltage
        self.digital = digital
        self.vdd = tech.vdd
        if digital:
            self.gate = minimum_pass_gate(tech)
        else:
            self.gate = sized_pass_gate(tech, resistance, LINEAR_REGION)
        self.gate.cap_drain = drain_capacitance_at(tech, self.gate, self._place(rule, height, width))
        # Quirk C11: of the two gate terminals only the NMOS one is switched.
        self.cap_switched = self.gate.cap_gate_n + (self.gate.cap_gate_p if tech.rules.whole_muxes else 0)
        self._refit(rule, height, width)

    cdef double _place(self, Fit rule, double height, double width) except? -1:
        """Lay the outline out and return the height of a pass gate [m]."""
        cdef Technology tech = self.tech
        cdef int count = self.inputs * self.selections
        cdef bint rows = width != 0 and rule == FREE
        cdef bint fits = True
        cdef int used = 1
        cdef Split split
        cdef Size gate
        if self.digital:
            gate = in_height(tech, self.gate, tech.cell_height)
            fits = not width < gate.width
            if rows and fits:
                used = lines(tech, count, abreast(count, width, gate.width))
        elif rows:
            fits = not tech.min_cell_width > width
            split = split_evenly(tech, count, width, tech.min_cell_width)
            used = split.lines
            gate = in_width(tech, self.gate, split.share)
        else:
            gate = pass_gate_size(tech, self.gate.width_n, self.gate.width_p, 1)

        if rows and not fits:
            self._complain("[Mux] Error: Mux width is even larger than the assigned width !")
        if not rows:
            self._outline(gate.height, gate.width * count)
        elif fits or not self.digital:      # a digital one that does not fit has no area at all
            self._outline(gate.height * used, width)
        return gate.height

    cpdef Mux resized(self, double height, double width):
        """The same multiplexer in exactly this outline [m], with the complaints of both layouts."""
        cdef Mux mux = Mux(self.tech, self.inputs, self.selections, self.resistance, read_voltage=self.read_voltage,
                           digital=self.digital, height=height, width=width, fit="exact")
        mux.complaints = self.complaints + mux.complaints
        if self.tech.rules.whole_muxes:
            mux.gate.cap_drain = self.gate.cap_drain
        return mux

    cpdef double latency(self, double load, double reads) noexcept nogil:
        """Time of `reads` reads [s] into a `load` [F]."""
        cdef double tau = self.gate.resistance * 2 * (
            self.gate.cap_drain + 0.5 * self.gate.cap_gate_n + 0.5 * self.gate.cap_gate_p + load)
        return 2.3 * tau * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` reads [J]."""
        cdef double energy = self.cap_switched * self.inputs * self.vdd * self.vdd
        energy += self.gate.cap_drain * 2 * self.inputs * self.read_voltage * self.read_voltage
        return energy * reads


# Switch matrices ------------------------------------------------------------------------------------------------

cdef struct RowLayout:
    Size gate               # of one pass gate
    int columns             # of units
    double height           # of all [m]
    bint too_small


cdef RowLayout row_layout(Technology tech, PassGate gate, int count, double height) noexcept:
    """Stack `count` row drivers over a given height [m] or (0) in one column of cells of minimum height."""
    cdef RowLayout layout
    cdef Split split
    layout.too_small = False
    if height:
        layout.too_small = height < tech.cell_height
        split = split_evenly(tech, count, height, tech.cell_height)
        layout.gate = in_height(tech, gate, split.share)
        layout.columns = split.lines
        layout.height = height
    else:
        layout.gate = in_height(tech, gate, tech.cell_height)
        layout.columns = 1
        layout.height = layout.gate.height * count
    return layout


@cython.final
cdef class SwitchMatrix(Circuit):
    """Drives every line at once from a shift register: a flip-flop and two pass gates a line.

    A driven row takes E = 3 C_drain V_read^2 + C_gate V_dd^2 in a read, and the register its own energy.

    Parameters
    ----------
    tech : Technology
    outputs : driven lines
    resistance : of the load of a line [ohm]; the pass gate may have a quarter of it
    clock : clock frequency of the register [Hz]
    read_voltage, write_voltage : at the cell [V]
    access_transistor : the cells have one (1T1R, and SRAM); else a crossbar
    side : the lines are "row" or "column"
    write_pulses : programming pulses of one write
    cells_per_write : cells written at the same time, at most
    neuromorphic : reads by activity, writes by weight increments; else as a plain memory
    driven : lines that are driven in a read take energy in a neuromorphic one, also if they are columns
    parallel_write : write all rows of a crossbar at once
    height, width : outline to fill [m]; for rows only a height counts, for columns only a width
    fit : "free", "keep-area" or "exact"

    Quirk C12: the register's time and energy of the *reads* are added to those of the writes (rule `registers_write`:
    it takes part in every write).
    Quirk C12: columns take no energy in a neuromorphic read but that of the register, unless they are `driven` (rule
    `columns_driven`: all are).
    """

    def __init__(self, Technology tech not None, int outputs, double resistance, double clock, *,
                 double read_voltage, double write_voltage, bint access_transistor, side="row",
                 double write_pulses=0.0, int cells_per_write=0, bint neuromorphic=True, bint parallel_write=False,
                 bint driven=False, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef RowLayout rows
        cdef double gate_height
        self.tech = tech
        self.outputs = outputs
        self.along_columns = is_column(side)
        self.access_transistor = access_transistor
        self.neuromorphic = neuromorphic
        self.driven = driven or not self.along_columns or tech.rules.columns_driven
        self.registers_write = tech.rules.registers_write
        self.parallel_write = parallel_write
        self.cells_per_write = cells_per_write
        self.write_pulses = write_pulses
        self.read_voltage = read_voltage
        self.write_voltage = write_voltage
        self.gate = sized_pass_gate(tech, resistance, LINEAR_REGION)
        if self.along_columns:
            gate_height = self._place_columns(rule, width, clock)
        else:
            rows = row_layout(tech, self.gate, outputs, height if rule == FREE else 0.0)
            if rows.too_small:
                self._complain("[SwitchMatrix] Error: pass gate height is even larger than the array height")
            self.flip_flops = FlipFlops(tech, outputs, clock, height=rows.height)
            self._outline(rows.height, rows.gate.width * 2 * rows.columns + self.flip_flops.width)
            gate_height = rows.gate.height
        self.complaints += self.flip_flops.complaints
        self.gate.cap_drain = drain_capacitance_at(tech, self.gate, gate_height)
        self._refit(rule, height, width)
        self.leakage = self.flip_flops.leakage

        cdef double drain = self.gate.cap_drain * 3
        self.read_line_energy = drain * read_voltage * read_voltage
        self.write_line_energy = drain * write_voltage * write_voltage
        self.half_line_energy = drain * write_voltage / 2 * write_voltage / 2
        self.gate_energy = (self.gate.cap_gate_n + self.gate.cap_gate_p) * tech.vdd * tech.vdd

    cdef double _place_columns(self, Fit rule, double width, double clock) except? -1:
        """Lay the drivers of columns out and return the height of a pass gate [m]."""
        cdef Technology tech = self.tech
        cdef Split pairs
        cdef Size gate
        if width and rule == FREE:
            if tech.min_cell_width > width:
                self._complain("[SwitchMatrix] Error: pass gate width is even larger than the array width")
            pairs = split_evenly(tech, self.outputs, width, tech.min_cell_width * 2)
            gate = in_width(tech, self.gate, pairs.share / 2)
            self.flip_flops = FlipFlops(tech, self.outputs, clock, width=width)
            self._outline(gate.height * pairs.lines + self.flip_flops.height, width)
        else:
            gate = pass_gate_size(tech, self.gate.width_n, self.gate.width_p, 1)
            width = gate.width * 2 * self.outputs
            self.flip_flops = FlipFlops(tech, self.outputs, clock, width=width)
            self._outline(gate.height + self.flip_flops.height, width)
        return gate.height

    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil:
        return charge(&self.gate, 3, ramp, load, resistance)

    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil:
        """Time of `reads` reads [s]: input slope [1/s], line capacitance [F], line resistance [ohm]."""
        return self.stage(ramp, load, resistance).delay * reads + self.flip_flops.latency(reads)

    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double reads=0.0) noexcept nogil:
        """Time of `writes` writes [s], with the register's time of `reads` reads."""
        cdef double delay = self.stage(ramp, load, resistance).delay * writes
        return delay + self.flip_flops.latency(writes if self.registers_write else reads)

    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil:
        """Output slope [1/s]."""
        return self.stage(ramp, load, resistance).ramp

    cpdef double read_energy(self, double reads, double row_activity) noexcept nogil:
        """Energy of `reads` reads that drive the part `row_activity` of the lines [J]."""
        cdef double energy = 0
        if not self.neuromorphic:
            energy += self.read_line_energy
            energy += self.gate_energy
        elif self.driven:
            energy += self.read_line_energy * self.outputs * row_activity
            energy += self.gate_energy * self.outputs * row_activity
        return energy * reads + self.flip_flops.energy(reads, self.outputs)

    cpdef double write_energy(self, double writes, double column_activity, double reads=0.0,
                              double pulses=-1.0) noexcept nogil:
        """Energy of `writes` writes to the part `column_activity` of the columns [J].

        On average half of the cells are set and half are reset, in two steps, by `pulses` pulses (below 0: by
        `write_pulses`). The register's energy of `reads` reads is included.
        """
        cdef double energy = self._selection_energy(column_activity, self.write_pulses if pulses < 0 else pulses)
        return energy * writes + self.flip_flops.energy(writes if self.registers_write else reads, self.outputs)

    cdef double _selection_energy(self, double column_activity, double pulses) noexcept nogil:
        cdef int n = self.outputs
        cdef int cells = self.cells_per_write if self.cells_per_write < n else n
        cdef double active = n * column_activity
        cdef double energy = 0
        cdef double programmed      # lines at the write voltage in one step, times pulses [J]
        if not self.along_columns:
            if self.access_transistor:                          # only the gates of two rows switch
                return self.gate_energy * 2
            if self.neuromorphic and self.parallel_write:
                energy += self.write_line_energy * n
            else:
                energy += self.write_line_energy                # the selected row
                energy += self.half_line_energy * (n - 1)       # all others
            return energy + self.gate_energy * n

        if not self.neuromorphic:
            if self.access_transistor:
                # Quirk C12: of an odd number of cells the half is rounded down in the first term only.
                energy += self.write_line_energy * (n - cells // 2)
                energy += self.write_line_energy * cells / 2
            else:
                energy += self.write_line_energy * cells / 2
                energy += self.half_line_energy * n
            return energy + self.gate_energy * n

        if self.parallel_write and not self.access_transistor:
            energy += self.write_line_energy * pulses * n * column_activity
            return energy + self.gate_energy * n
        if self.cells_per_write < active:
            active = self.cells_per_write
        programmed = self.write_line_energy * pulses * active / 2
        energy += programmed                                    # potentiation
        if self.access_transistor:
            energy += self.write_line_energy * (n - active / 2)
            energy += programmed                                # depression
        else:
            energy += programmed
            energy += self.half_line_energy * n
        return energy + self.gate_energy * n


@cython.final
cdef class RowSwitches(Circuit):
    """Row driver of a 1T1R array that is read in parallel: a flip-flop and four pass gates a row.

    One gate passes the access voltage to the word line, two the read voltage to the bit line. Beside the register, a
    driven row takes E = C_drain (2 V_access^2 + 5 V_read^2) + 3 C_gate V_dd^2 in a read.

    Parameters
    ----------
    tech : Technology
    outputs : driven rows
    clock : clock frequency of the register [Hz]
    access_voltage : at the gate of the access transistors [V]
    read_voltage : at the cell [V]
    height, width : outline to fill [m]; only a height counts
    fit : "free", "keep-area" or "exact"

    Quirk C12: the register's time and energy of the *reads* are added to those of the writes, if there are any (rule
    `registers_write`: it takes part in every write).
    Quirk C13: the energy of a write is that of one row, whatever is written.
    """

    def __init__(self, Technology tech not None, int outputs, double clock, *, double access_voltage,
                 double read_voltage, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef RowLayout rows
        self.tech = tech
        self.outputs = outputs
        self.access_voltage = access_voltage
        self.registers_write = tech.rules.registers_write
        self.read_voltage = read_voltage
        self.vdd = tech.vdd
        self.gate = minimum_pass_gate(tech)
        # Quirk C39: the resistance of the NMOS alone, in the linear region.
        self.gate.resistance = on_resistance(tech, tech.min_nmos, NMOS) * LINEAR_REGION
        rows = row_layout(tech, self.gate, outputs, height if rule == FREE else 0.0)
        if rows.too_small:
            self._complain("[NewSwitchMatrix] Error: pass gate height is even larger than the array height")
        self.flip_flops = FlipFlops(tech, outputs, clock, height=rows.height)
        self.complaints += self.flip_flops.complaints
        self._outline(rows.height, rows.gate.width * 4 * rows.columns + self.flip_flops.width)
        self.gate.cap_drain = drain_capacitance_at(tech, self.gate, rows.gate.height)
        self._refit(rule, height, width)
        self.leakage = self.flip_flops.leakage

    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil:
        return charge(&self.gate, 5, ramp, load, resistance)

    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil:
        """Time of `reads` reads [s]: input slope [1/s], line capacitance [F], line resistance [ohm]."""
        return self.stage(ramp, load, resistance).delay * reads + self.flip_flops.latency(reads)

    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double reads=0.0) noexcept nogil:
        """Time of `writes` writes [s], with the register's time of `reads` reads if there is a write."""
        cdef double latency = self.stage(ramp, load, resistance).delay * writes
        if writes != 0:
            latency += self.flip_flops.latency(writes if self.registers_write else reads)
        return latency

    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil:
        """Output slope [1/s]."""
        return self.stage(ramp, load, resistance).ramp

    cpdef double read_energy(self, double reads, double row_activity) noexcept nogil:
        """Energy of `reads` reads that select the part `row_activity` of the rows [J]."""
        cdef double drain = self.gate.cap_drain
        cdef double gates = self.gate.cap_gate_n + self.gate.cap_gate_p
        cdef double energy = 0
        energy += drain * 2 * self.access_voltage * self.access_voltage * self.outputs * row_activity
        energy += drain * 5 * self.read_voltage * self.read_voltage * self.outputs * row_activity
        energy += gates * 3 * self.vdd * self.vdd * self.outputs * row_activity
        return energy * reads + self.flip_flops.energy(reads, self.outputs)

    cpdef double write_energy(self, double writes, double reads=0.0) noexcept nogil:
        """Energy of `writes` writes [J], with the register's energy of `reads` reads if there is a write."""
        cdef double gates = self.gate.cap_gate_n + self.gate.cap_gate_p
        cdef double energy = 0
        energy += self.gate.cap_drain * 2 * self.access_voltage * self.access_voltage
        energy += gates * 2 * self.vdd * self.vdd * 2       # two gates, of the row before and of this one
        energy += gates * self.vdd * self.vdd
        energy *= writes
        if writes != 0:
            energy += self.flip_flops.energy(writes if self.registers_write else reads, self.outputs)
        return energy
