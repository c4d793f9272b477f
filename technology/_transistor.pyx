"""Transistor equations: with `_gates`, the only interface between circuits and the process.

Sources: the capacitance model of CACTI (N. P. Jouppi et al., HPL-2014) and NVSim (X. Dong et al., IEEE TCAD 31(7),
2012) as carried on by NeuroSim (P.-Y. Chen, X. Peng, S. Yu, IEEE TCAD 37(12), 2018); the delay of a gate that is driven
by a ramp (M. A. Horowitz, PhD thesis, Stanford, 1984).
"""

from libc.math cimport ceil, log, pow, sqrt

import neurosim.errors
from neurosim.technology.rules import CircuitRules

# Junction capacitances at zero bias and their grading coefficients (BSIM4), the same at every node
cdef double BUILT_IN_POTENTIAL = 0.9        # [V]
cdef double CAP_BOTTOM = 1e-3               # [F/m^2]
cdef double CAP_SIDEWALL = 2.5e-10          # [F/m]
cdef double CAP_GATE_EDGE = 0.5e-10         # [F/m]
cdef double GRADING_BOTTOM = 0.5
cdef double GRADING_SIDEWALL = 0.33
cdef double OVERLAP_PART = 0.2              # overlap over ideal gate capacitance

cdef int COLDEST = 300                      # [K]
cdef int HOTTEST = 400                      # [K]
cdef int STEP = 10                          # between two rows of a node's currents [K]

# Leakage of a stack, averaged over the input patterns, over that of its transistors side by side (NVSim)
cdef double LEAK_NAND2 = 0.48, LEAK_NAND3 = 0.31, LEAK_NOR2 = 0.95, LEAK_NOR3 = 0.62

cdef dict GATES = {"inv": INV, "nor": NOR, "nand": NAND}
cdef dict CHANNELS = {"n": NMOS, "p": PMOS}


cdef int to_int(double x) noexcept nogil:
    """Truncate like the x86-64 instruction behind a C cast: NaN and everything out of range give the least int."""
    if x > -2147483649.0 and x < 2147483648.0:
        return <int>x
    return <int>(-2147483647 - 1)


cdef inline double per_junction(double zero_bias, double grading, double vdd) noexcept:
    """C = C_0 / (1 + vdd / phi)^m per area [F/m^2] or length [F/m]: a junction in reverse bias."""
    return zero_bias / pow(1 + vdd / BUILT_IN_POTENTIAL, grading)


cdef double current_at(object table, int column, int temperature) except? -1:
    """Current [A/m] of one column of a node's table, linear between its rows.

    I(T) = I_low + (I_high - I_low) (T - T_low) / 10 K.
    """
    cdef int row = (temperature - COLDEST) // STEP
    cdef int rest = (temperature - COLDEST) % STEP
    cdef double low = table[row][column], high
    if rest == 0:
        return low
    high = table[row + 1][column]
    return low + (high - low) * rest / STEP


cdef class Technology:
    """The transistors of one process at one temperature, and the layout rules that go with them.

    Read from `nodes/*.toml` and `layout.toml` (see README.md); `neurosim.technology.load` shares equal objects.

    Parameters
    ----------
    node : int
        Feature size F [nm].
    roadmap : str
        "HP" (high performance) or "LSTP" (low standby power).
    temperature : int
        300 to 400 [K]. Quirk T1: a fraction is cut off.
    transistor : str
        "conventional" (planar CMOS, FinFET at 14 nm and below), "2d" or "tfet".
    rules : CircuitRules, optional
        What the process, and the circuits that are built in it, do otherwise than in V2.0.

    Attributes
    ----------
    feature_size, gate_length, fin_height, fin_width, fin_pitch : float
        [m]; the last three are 0 without fins.
    vdd, vth, built_in_potential : float
        [V]
    cap_ideal_gate, cap_fringe, cap_overlap, cap_sidewall, cap_drain_to_channel, cap_poly_wire : float
        Per width [F/m].
    cap_junction : float
        Per area of a drain [F/m^2].
    on_current_n, on_current_p, off_current_n, off_current_p : float
        Drain currents at the temperature, per gate width [A/m].
    gm_current_n, gm_current_p : float
        [A/m/V]
    pn_size_ratio, resistance_multiplier : float
    min_nmos, min_pmos, cell_height, min_cell_width : float
        Layout rules at this node [m].
    """

    def __cinit__(self, node, roadmap="LSTP", temperature=301, transistor="conventional", rules=None):
        from neurosim import technology

        if not COLDEST <= temperature < HOTTEST + 1:        # refuses NaN too
            raise neurosim.errors.NeurosimError(
                f"temperature {temperature} K is outside the tables: use {COLDEST} to {HOTTEST} K")
        process = technology.process(node, roadmap, transistor)
        layout = technology.layout()

        self.node = process["node"]
        self.roadmap = process["roadmap"]
        self.transistor = process["transistor"]
        self.temperature = int(temperature)
        self.rules = rules = CircuitRules() if rules is None else rules
        self.outlines_grow = rules.outlines_grow
        self.own_edges = rules.own_edges
        self.feature_size = self.node * 1e-9
        # Quirk T5: the two fin rules ask different questions, so a 2D transistor at 14 nm is sized by a fin pitch it
        # does not have. Its gates come out without width.
        self.fin_sizing = self.feature_size <= 14 * 1e-9
        self.fin_device = self.feature_size < 22 * 1e-9 and self.transistor == "conventional"

        self.vdd = process["vdd"]
        self.vth = process["vth"]
        self.gate_length = process["gate_length"]
        self.fin_height = process.get("fin_height", 0.0)
        self.fin_width = process.get("fin_width", 0.0)
        self.fin_pitch = process.get("fin_pitch", 0.0)
        self.resistance_multiplier = process["resistance_multiplier"]
        self.gm_current_n = process["gm_current_n"]
        self.gm_current_p = process["gm_current_p"]

        self.cap_ideal_gate = process["cap_ideal_gate"]
        self.cap_fringe = process["cap_fringe"]
        # Below 22 nm the ideal gate capacitance of the tables includes the overlap.
        self.cap_overlap = self.cap_ideal_gate * OVERLAP_PART if self.node >= 22 else 0.0
        self.cap_poly_wire = 0.0
        self.built_in_potential = BUILT_IN_POTENTIAL
        self.cap_junction = per_junction(CAP_BOTTOM, GRADING_BOTTOM, self.vdd)
        self.cap_sidewall = per_junction(CAP_SIDEWALL, GRADING_SIDEWALL, self.vdd)
        self.cap_drain_to_channel = per_junction(CAP_GATE_EDGE, GRADING_SIDEWALL, self.vdd)

        currents = process["currents"]
        on_currents = process.get("falling", currents) if rules.falling_currents else currents
        self.on_current_n = current_at(on_currents, 1, self.temperature)
        self.on_current_p = current_at(on_currents, 2, self.temperature)
        self.off_current_n = current_at(currents, 3, self.temperature)
        self.off_current_p = current_at(currents, 4, self.temperature)
        if "pn_size_ratio" in process:
            self.pn_size_ratio = process["pn_size_ratio"]
        else:
            self.pn_size_ratio = current_at(on_currents, 1, COLDEST) / current_at(on_currents, 2, COLDEST)
            if self.fin_device:             # whole fins; Quirk T2: cut off, not rounded, so 1.9 becomes 1
                self.pn_size_ratio = to_int(self.pn_size_ratio)

        poly, cell = layout["poly"], layout["cell"]
        self.poly_width = poly["width"]
        self.poly_width_fin = poly["width_fin"]
        self.gap_gate = poly["gap_gate"]
        self.gap_gate_fin = poly["gap_gate_fin"]
        self.poly_extension = poly["extension"]
        self.gap_field_poly = poly["gap_field"]
        self.gap_pn = layout["diffusion"]["gap_pn"]
        self.min_nmos = layout["transistor"]["min_nmos_width"] * self.feature_size
        self.min_pmos = self.pn_size_ratio * layout["transistor"]["min_nmos_width"] * self.feature_size
        self.cell_height = self.feature_size * cell["height"]
        self.min_cell_width = 2 * (self.poly_width + self.gap_gate) * self.feature_size

    def __repr__(self):
        return f"Technology({self.node}, {self.roadmap!r}, {self.temperature}, {self.transistor!r})"

    def __reduce__(self):
        from neurosim import technology

        return technology.load, (self.node, self.roadmap, self.temperature, self.transistor, self.rules)

    # The equations, for Python

    def gate_capacitance(self, double width):
        """Capacitance of a gate line [F] over a transistor of `width` [m]."""
        return gate_capacitance(self, width)

    def on_resistance(self, double width, channel):
        """On-resistance [ohm] of a transistor of `width` [m] and `channel` "n" or "p"."""
        return on_resistance(self, width, channel_of(channel))

    def transconductance(self, double width, channel):
        """Transconductance [S] at 0.7 vdd of a transistor of `width` [m] and `channel` "n" or "p"."""
        return transconductance(self, width, channel_of(channel))

    def gate_leakage(self, gate, int inputs, double width_n, double width_p):
        """Standby current [A] of a `gate` "inv", "nor" or "nand" with transistors of `width_n`, `width_p` [m]."""
        return gate_leakage(self, gate_of(gate), inputs, width_n, width_p)

    def gate_size(self, gate, int inputs, double width_n, double width_p, double height):
        """(height, width) [m] of a `gate` "inv", "nor" or "nand" in a cell of `height` [m]."""
        return gates().size(self, gate_of(gate), inputs, width_n, width_p, height)

    def gate_caps(self, gate, int inputs, double width_n, double width_p, double height):
        """(input, output) capacitance [F] of a `gate` "inv", "nor" or "nand" in a cell of `height` [m]."""
        return gates().capacitances(self, gate_of(gate), inputs, width_n, width_p, height)

    def drain_capacitance(self, double width, channel, double height):
        """Drain capacitance [F] of a transistor of `width` [m] and `channel` "n" or "p" in a cell of `height` [m]."""
        return gates().drain(self, width, channel_of(channel), height)

    def pass_gate_size(self, double width_n, double width_p, int folds):
        """(height, width) [m] of a pass gate whose transistors are `folds` fingers each."""
        return gates().pass_size(self, width_n, width_p, folds)


cdef object gates():
    """The module of gates, which needs this one first."""
    from neurosim.technology import _gates

    return _gates


cdef Gate gate_of(object name) except *:
    if name not in GATES:
        raise neurosim.errors.NeurosimError(f"gate {name!r} is unknown: use 'inv', 'nor' or 'nand'")
    return <Gate><int>GATES[name]


cdef Channel channel_of(object name) except *:
    if name not in CHANNELS:
        raise neurosim.errors.NeurosimError(f"channel {name!r} is unknown: use 'n' or 'p'")
    return <Channel><int>CHANNELS[name]


# ---- Widths ----------------------------------------------------------------------------------------------------------

cdef double fin_scaled(Technology t, double width) noexcept nogil:
    """The width that 2 F of drawn width stand for, which is one fin pitch."""
    return width * (t.fin_pitch / (2 * t.feature_size))


cdef inline double channel_width(Technology t, double width) noexcept nogil:
    """Effective width [m]: both sides and the top of every fin, or the drawn width of a planar transistor.

    W = n (2 H + w) of n fins of height H and width w.

    Quirk T9: fins are whole.
    """
    if not t.fin_device:
        return width
    return ceil(fin_scaled(t, width) / t.fin_pitch) * (2 * t.fin_height + t.fin_width)


cdef double gate_capacitance(Technology t, double width) noexcept nogil:
    """C = (C_ideal + C_overlap + C_fringe) W + C_poly L_gate [F]."""
    return ((t.cap_ideal_gate + t.cap_overlap + t.cap_fringe) * channel_width(t, width)
            + t.gate_length * t.cap_poly_wire)


cdef double on_resistance(Technology t, double width, Channel channel) noexcept nogil:
    """R = multiplier vdd / (I_on W) [ohm], infinite without width; the multiplier averages over the transition (CACTI).
    """
    cdef double current = t.on_current_n if channel == NMOS else t.on_current_p
    return t.resistance_multiplier * t.vdd / (current * channel_width(t, width))


cdef double transconductance(Technology t, double width, Channel channel) noexcept nogil:
    """gm = 2 I W / (0.7 vdd - vth) [S].

    Quirk T14: the drawn width, even of a FinFET, and the same at every temperature.
    """
    cdef double current = t.gm_current_n if channel == NMOS else t.gm_current_p
    return (2 * current) * width / (0.7 * t.vdd - t.vth)


cdef double gate_leakage(Technology t, Gate gate, int inputs, double width_n, double width_p) noexcept nogil:
    """Standby current [A], averaged over the input patterns.

    I = (W_n I_off,n + W_p I_off,p) / 2 of an inverter, I = k n W I_off of n inputs with a stack factor k (NVSim).

    Quirk T11: a NOR leaks through its NMOS transistors only and a NAND through its PMOS transistors only, and every
    gate that has not two inputs counts as one with three.
    """
    cdef double leak_n = channel_width(t, width_n) * t.off_current_n
    cdef double leak_p = channel_width(t, width_p) * t.off_current_p
    if gate == INV:
        return (leak_n + leak_p) / 2
    if gate == NOR:
        return (LEAK_NOR2 if inputs == 2 else LEAK_NOR3) * (leak_n * inputs)
    return (LEAK_NAND2 if inputs == 2 else LEAK_NAND3) * (leak_p * inputs)


# ---- Delay and memory-cell nonlinearity ------------------------------------------------------------------------------

cdef Stage horowitz(double tau, double ramp) noexcept nogil:
    """Delay [s] and output slope [1/s] of a stage with time constant `tau` [s] behind an input slope `ramp` [1/s].

    d = tau sqrt(ln(v)^2 + 2 b (1 - v) / (ramp tau)) with a switching point v and a gain factor b of one half.
    Quirk T15: NaN when tau is 0.
    """
    cdef double switching = 0.5
    cdef double gain = 0.5
    cdef double slowness = 1 / ramp / tau
    cdef Stage stage
    stage.delay = tau * sqrt(log(switching) * log(switching) + 2 * slowness * gain * (1 - switching))
    stage.ramp = (1 - switching) / stage.delay
    return stage


cdef double nonlinear_resistance(double resistance, double nonlinearity, double write_voltage, double read_voltage,
                                 double voltage) noexcept nogil:
    """Resistance [ohm] at `voltage` of a cell that shows `resistance` at the read voltage.

    R(V) = R V / V_read k^(2 (V_read - V) / V_write) with the `nonlinearity` k: the current at the write voltage over
    that at half of it.
    """
    return resistance * voltage / read_voltage * pow(nonlinearity, (read_voltage - voltage) / (write_voltage / 2))


def stage_delay(double tau, double ramp):
    """(delay [s], output slope [1/s]) of a stage with time constant `tau` [s] behind an input slope `ramp` [1/s]."""
    cdef Stage stage = horowitz(tau, ramp)
    return stage.delay, stage.ramp


def cell_resistance(double resistance, double nonlinearity, double write_voltage, double read_voltage, double voltage):
    """Resistance [ohm] at `voltage` [V] of a cell that shows `resistance` [ohm] at its read voltage [V].

    `nonlinearity` is the current at the write voltage [V] over that at half of it.
    """
    return nonlinear_resistance(resistance, nonlinearity, write_voltage, read_voltage, voltage)


def truncate(double x):
    """The C int of `x`; NaN and numbers out of range give -2147483648."""
    return to_int(x)
