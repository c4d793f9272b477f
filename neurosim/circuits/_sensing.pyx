"""Read and write periphery of bit lines: sense amplifiers, precharger, SRAM write driver.

Voltage sensing and the SRAM periphery follow CACTI (Wilton and Jouppi, IEEE JSSC 31(5), 1996) as adopted by NeuroSim
(Chen, Peng, Yu, IEEE TCAD 37(12), 2018). Current sensing is a fit to circuit simulations (Peng et al., "DNN+NeuroSim
V2.0", IEEE TCAD 2020), whose coefficients are in `technology/adc.toml`.
"""

cimport cython
from libc.math cimport log, sqrt

from neurosim._circuits cimport LogicGate, abreast, lines, logic_gate, pmos_width, through
from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.technology._gates cimport drain_capacitance, gate_caps, gate_size
from neurosim.technology._transistor cimport (
    INV, NAND, NMOS, PMOS, GateCaps, Size, Stage, Technology, gate_capacitance, gate_leakage, horowitz,
    transconductance,
)
from neurosim.technology._transistor cimport on_resistance as transistor_resistance

from neurosim import technology
from neurosim.errors import NeurosimError

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]

# Transistor widths of the voltage sense amplifier of CACTI [F]
cdef double SENSE_P = 7.5
cdef double SENSE_N = 3.75
cdef double SENSE_ISOLATION = 12.5
cdef double SENSE_ENABLE = 5.0
cdef double SENSE_MUX = 9.0
cdef double NARROWEST_PITCH = 6.0   # that the sense amplifier fits into [F]

cdef double UNREAD_POWER = 1e-6     # of a column that carries no current, while it is sensed [W]

cdef double ASPECT_LIMIT = 5.0      # a unit is at most as wide as a square of a fifth of its area


cdef inline double unit_width(double unit_area, double pitch) noexcept nogil:
    """Width [m] of one sense amplifier under a column of width `pitch`: no wider than sqrt(area / 5)."""
    cdef double widest = sqrt(unit_area / ASPECT_LIMIT)
    return widest if pitch > widest else pitch


cdef inline double fewer(double a, double b) noexcept nogil:
    """The smaller; `b` if one is no number."""
    return a if a < b else b


cdef inline double transistor_area(Technology tech, double width_n, double width_p, double pitch) noexcept:
    """Layout area [m^2] of a single transistor folded into `pitch`."""
    cdef Size size = gate_size(tech, INV, 1, width_n, width_p, pitch)
    return size.height * size.width


# Fits of current sensing ----------------------------------------------------------------------------------------

cdef int column_fit(ColumnFit *fit, Technology tech, str kind, int references, double read_voltage,
                    double power_factor=1.0) except -1:
    """Fill `fit` with the coefficients of `kind` ("current" or "multilevel") at the node and roadmap of `tech`."""
    cdef int i
    table = technology.adc()
    node = table[tech.roadmap].get(str(tech.node))
    if node is None:
        raise NeurosimError(f"adc.toml has no table [{tech.roadmap}.{tech.node}], which a sense amplifier needs")
    if not read_voltage > 0:
        raise NeurosimError(f"a sense amplifier needs a positive read voltage, not {read_voltage} V")
    fit.scale = table["read_voltage"] / read_voltage
    # 1e-6 goes last, as in the equation that was fitted: the last digit depends on it
    fit.power_floor = node["power_reference"] * references * 1e-6 * power_factor
    fit.power_column = node[f"power_column_{kind}"] * power_factor
    fit.power_unread = UNREAD_POWER * power_factor
    fit.power_exponent = node["power_exponent"]
    fit.constant = "latency_scale" not in node
    fit.latency_default = table["latency_default"]
    fit.latency_min = table[kind]["latency_min"]
    fit.latency_max = table[kind]["latency_max"]
    fit.ratio_min = table["ratio_min"]
    fit.ratio_max = table["ratio_max"]
    fit.ratio_split = table["ratio_split"]
    if not fit.constant:
        for i in range(2):
            fit.latency_scale[i] = node["latency_scale"][i]
        for i in range(4):
            fit.below[i] = node["latency_below"][i]
        for i in range(5):
            fit.above[i] = node["latency_above"][i]
    return 0


# Sense amplifiers -----------------------------------------------------------------------------------------------

@cython.final
cdef class SenseAmp(Circuit):
    """Latch-type voltage sense amplifiers of an SRAM, one a column.

    The cross-coupled pair regenerates the swing V_s of the bit line to the supply, t = C / g_m ln(V_dd / V_s),
    after one clock period to enable it. Each conversion charges C once: E = C V_dd^2 (CACTI).

    Parameters
    ----------
    tech : Technology
    columns : number of sense amplifiers
    sense_voltage : swing of the bit line at which they are enabled [V]
    pitch : width of a column, into which an amplifier is laid out [m]
    clock : clock frequency [Hz]
    cells_per_read : cells that one read senses
    height, width : outline [m]; the area is that of the transistors whatever the outline
    fit : "free", "keep-area" or "exact"

    Quirk C14: the leakage is multiplied by the supply voltage twice (it is in A V^2, not in W).
    Quirk C14: without an outline, height and width stay 0 though the area does not.
    """

    def __init__(self, Technology tech not None, int columns, *, double sense_voltage, double pitch, double clock,
                 int cells_per_read, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef double f = tech.feature_size
        cdef double latch, gm
        self.tech = tech
        self.columns = columns
        self.cells_per_read = cells_per_read
        self.pitch = pitch
        self.sense_voltage = sense_voltage
        self.clock = clock
        if pitch <= f * NARROWEST_PITCH:
            self._complain("[SenseAmp] Error: pitch too small, cannot do the layout")

        # Two cross-coupled inverters, an isolation and an enable transistor, each turned by 90 degrees into the pitch
        latch = (transistor_area(tech, 0, SENSE_P * f, pitch) * 2
                 + transistor_area(tech, SENSE_N * f, 0, pitch) * 2
                 + transistor_area(tech, 0, SENSE_ISOLATION * f, pitch)
                 + transistor_area(tech, SENSE_ENABLE * f, 0, pitch))
        self.area = latch * columns
        if width and rule == FREE:
            self.width = width
            self.height = self.area / width
        elif height and rule == FREE:
            self.height = height
            self.width = self.area / height
        self._refit(rule, height, width)

        self.cap_load = (gate_capacitance(tech, (SENSE_P + SENSE_N) * f)
                         + drain_capacitance(tech, SENSE_N * f, NMOS, pitch)
                         + drain_capacitance(tech, SENSE_P * f, PMOS, pitch)
                         + drain_capacitance(tech, SENSE_ISOLATION * f, PMOS, pitch)
                         + drain_capacitance(tech, SENSE_MUX * f, NMOS, pitch))
        gm = transconductance(tech, SENSE_N * f, NMOS) + transconductance(tech, SENSE_P * f, PMOS)
        self.read_time = self.cap_load / gm * log(tech.vdd / sense_voltage) + 1 / clock
        self.column_energy = self.cap_load * tech.vdd * tech.vdd
        self.leakage = gate_leakage(tech, INV, 1, SENSE_ENABLE * f, 0) * tech.vdd * tech.vdd * columns

    cpdef double latency(self, double reads) noexcept nogil:
        """Time of `reads` reads [s]."""
        return self.read_time * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` reads of `cells_per_read` cells [J]."""
        cdef int sensing = self.cells_per_read if self.cells_per_read < self.columns else self.columns
        return self.column_energy * (sensing * reads)


@cython.final
cdef class VoltageSenseAmp(Circuit):
    """Voltage sense amplifiers that tell the two states of resistive cells apart, for a look-up table.

    The sensing node is precharged through a PMOS to 90 % (2.3 R C); then the cell's current, which differs by
    V / R_on - V / R_off between the states, develops 0.1 V on it. Two clock periods enable the two phases.

        latency = 2.3 R C + 0.1 V (C + C_drain + C_line) / (V / R_on - V / R_off) + 2 / clock

    Parameters
    ----------
    tech : Technology
    columns : number of sense amplifiers
    clock : clock frequency [Hz]
    width : width of a column [m]; 0 leaves the height infinite

    Quirk C15: the PMOS transistors are laid out, and weigh, as NMOS of the same width.
    Quirk C15: the leakage (two NAND2) is that of one amplifier, whatever the number of columns.
    Quirk C15: the energy of 9.845 fJ holds at 1.1 V (65 nm) and is scaled by the supply voltage only.
    """

    def __init__(self, Technology tech not None, int columns, *, double clock, double width=0.0):
        cdef double width_n = tech.min_nmos
        cdef double width_p = pmos_width(tech, 1)
        cdef Size size_n = gate_size(tech, INV, 1, width_n, 0, tech.cell_height)
        cdef Size size_p = gate_size(tech, INV, 1, width_p, 0, tech.cell_height)
        cdef GateCaps caps_n = gate_caps(tech, INV, 1, width_n, 0, size_n.height)
        cdef GateCaps caps_p = gate_caps(tech, INV, 1, width_p, 0, size_p.height)
        cdef double pitch
        self.tech = tech
        self.columns = columns
        self.clock = clock

        self.unit_area = size_n.height * size_n.width * 6 + size_p.height * size_p.width * 5
        pitch = unit_width(self.unit_area, width)
        self.area = self.unit_area * columns
        self.width = pitch * columns
        self.height = self.unit_area / pitch

        self.resistance = transistor_resistance(tech, width_p, PMOS)
        self.cap_sense = caps_n.input + caps_n.output + caps_p.output
        self.cap_drain = caps_n.output
        self.leakage = gate_leakage(tech, NAND, 2, width_n, width_p) * tech.vdd * 2
        self.read_energy = 9.845e-15 * (tech.vdd / 1.1) * (tech.vdd / 1.1) * columns

    cpdef double latency(self, double load, double read_voltage, double on_resistance, double off_resistance,
                         double reads) noexcept nogil:
        """Time of `reads` reads [s] of cells with two resistances [ohm] on a column with `load` [F].

        Not a number if both resistances are 0, as they are where the main memory is SRAM (quirk U19).
        """
        cdef double precharging = 2.3 * self.resistance * self.cap_sense
        cdef double current = read_voltage / on_resistance - read_voltage / off_resistance
        cdef double sensing = 0.1 * (self.cap_sense + self.cap_drain + load) / current
        return (precharging + sensing + 1 / self.clock * 2) * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` reads of all columns [J]."""
        return self.read_energy * reads


@cython.final
cdef class CurrentSenseAmp(Circuit):
    """One-bit current sense amplifiers: is a column's resistance R above or below one reference?

    Latency and power are fits in R (`technology/adc.toml`). Below 32 nm, and on the HP roadmap, the latency is 1 ns.

        latency(R) = (a ln(R / 1 kohm) + b) ns * p(R_reference / R),    power(R) = c + d exp(k log10 R)
        energy = sum over the columns of latency(R) power(R)

    Parameters
    ----------
    tech : Technology
    columns : number of sense amplifiers
    max_conductance, min_conductance : of a cell [S]; the reference lies midway between their resistances
    read_voltage : of the array [V]; the fits hold at 0.5 V and R is scaled to it
    width : width of a column [m]

    Quirk C16: the area of the NMOS transistors is missing.
    Quirk C16: energy takes each column's own unbounded latency, though all wait for the slowest.
    """

    def __init__(self, Technology tech not None, int columns, *, double max_conductance, double min_conductance,
                 double read_voltage, double width):
        cdef double start = 1 / max_conductance
        cdef double pitch
        cdef Size size = gate_size(tech, INV, 1, 0, pmos_width(tech, 1), tech.cell_height)
        self.tech = tech
        self.columns = columns
        self.reference = start + (1 / min_conductance - start) / 2
        column_fit(&self.fit, tech, "current", 1, read_voltage)
        self.unit_area = size.height * size.width * 40
        pitch = unit_width(self.unit_area, width)
        self.area = self.unit_area * columns
        self.width = pitch * columns
        self.height = self.unit_area / pitch

    cpdef double column_latency(self, double resistance) noexcept nogil:
        """Time [s] to sense a column of `resistance` [ohm], without the bounds that a read has."""
        cdef double scaled = resistance * self.fit.scale
        cdef double time
        if unread(scaled):
            return 0
        if self.fit.constant:
            return self.fit.latency_default
        time = ratio_latency(&self.fit, time_scale(&self.fit, scaled), self.reference / scaled)
        return time if time > 0 else 0      # the fit turns negative at small resistances; not a number counts as 0

    cpdef double column_power(self, double resistance) noexcept nogil:
        """Power [W] while a column of `resistance` [ohm] is sensed."""
        return fitted_power(&self.fit, resistance * self.fit.scale)

    cdef double pointer_latency(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        cdef double slowest = self.fit.latency_min if count else 0
        cdef double time
        cdef Py_ssize_t i
        for i in range(count):
            time = self.column_latency(resistances[i])
            if time > slowest:
                slowest = time
        return slowest if slowest < self.fit.latency_max else self.fit.latency_max

    cdef double pointer_energy(self, const double *resistances, Py_ssize_t count) noexcept nogil:
        cdef double total = 0
        cdef Py_ssize_t i
        for i in range(count):
            total += self.column_latency(resistances[i]) * self.column_power(resistances[i])
        return total

    cpdef double latency(self, const double[::1] resistances, double columns_per_amplifier=1.0,
                         double reads=1.0) noexcept:
        """Time [s] of `reads` reads of all columns, the slowest of which sets the pace (0.5 to 50 ns)."""
        return self.pointer_latency(&resistances[0] if resistances.shape[0] else NULL,
                                    resistances.shape[0]) * columns_per_amplifier * reads

    cpdef double energy(self, const double[::1] resistances, double reads=1.0) noexcept:
        """Energy [J] of `reads` reads of all columns; not a number if a resistance is."""
        return self.pointer_energy(&resistances[0] if resistances.shape[0] else NULL, resistances.shape[0]) * reads


# SRAM bit lines -------------------------------------------------------------------------------------------------

@cython.final
cdef class Precharger(Circuit):
    """Precharges the bit lines of an SRAM and equalises each pair: two pull-ups and one equaliser a column.

    One stage: the pull-up charges its own drains and the bit line, which counts as a distributed RC line,
    tau = R (C_line + C_drains) + R_line C_line / 2; delay after Horowitz.

    Parameters
    ----------
    tech : Technology
    columns : number of bit-line pairs
    load_resistance : of a bit line [ohm]
    cells_per_read, cells_per_write : cells that one access touches
    height, width : outline [m]
    fit : "free", "keep-area" or "exact"

    Quirk C22: a given height alone is ignored; the units then stand in one row (rule `bit_lines_stack`: in columns of
    that height).
    Quirk C22: a width below that of one unit gives a negative height (and area).
    """

    def __init__(self, Technology tech not None, int columns, *, double load_resistance, int cells_per_read,
                 int cells_per_write, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef double pull_up = 6 * tech.feature_size
        cdef double equaliser = tech.min_nmos
        cdef Size pull_up_size = gate_size(tech, INV, 1, 0, pull_up, tech.cell_height)
        cdef Size equaliser_size = gate_size(tech, INV, 1, 0, equaliser, tech.cell_height)
        cdef double unit_height = pull_up_size.height + equaliser_size.height * 2
        cdef double wide = pull_up_size.width if pull_up_size.width > equaliser_size.width else equaliser_size.width
        self.tech = tech
        self.columns = columns
        self.load_resistance = load_resistance
        self.cells_per_read = cells_per_read
        self.cells_per_write = cells_per_write
        self.vdd = tech.vdd

        if width and rule == FREE:
            if width < wide:
                self._complain("[Precharger] Error: Precharger width is even larger than the assigned width !")
            self._outline(lines(self.tech, columns, abreast(columns, width, wide)) * unit_height, width)
        elif height and rule == FREE and tech.rules.bit_lines_stack:
            self._outline(height, lines(self.tech, columns, abreast(columns, height, unit_height)) * wide)
        else:
            self._outline(unit_height, columns * wide)
        self._refit(rule, height, width)

        self.cap_output = (drain_capacitance(tech, pull_up, PMOS, pull_up_size.height)
                           + drain_capacitance(tech, equaliser, PMOS, equaliser_size.height))
        self.resistance = transistor_resistance(tech, pull_up, PMOS)
        self.leakage = gate_leakage(tech, INV, 1, 0, pull_up) * tech.vdd * columns

    cdef Stage stage(self, double load) noexcept nogil:
        """Delay and output slope for a bit line of capacitance `load` [F]."""
        return horowitz(self.resistance * (load + self.cap_output) + self.load_resistance * load / 2, STEEP)

    cpdef double read_latency(self, double load, double reads) noexcept nogil:
        """Time of `reads` prechargings [s] of bit lines of capacitance `load` [F]."""
        return self.stage(load).delay * reads

    cpdef double write_latency(self, double load, double writes) noexcept nogil:
        """Time of `writes` prechargings [s]; the same as for a read."""
        return self.stage(load).delay * writes

    cpdef double ramp(self, double load) noexcept nogil:
        """Output slope [1/s]."""
        return self.stage(load).ramp

    cpdef double read_energy(self, double load, double reads) noexcept nogil:
        """Energy of `reads` reads [J]: both bit lines of each column, E = 2 C V_dd^2."""
        cdef int active = self.cells_per_read if self.cells_per_read < self.columns else self.columns
        return load * self.vdd * self.vdd * active * 2 * reads

    cpdef double write_energy(self, double load, double column_activity, double writes) noexcept nogil:
        """Energy of `writes` writes [J]: the one bit line of each column that the driver pulled down."""
        return (load * self.vdd * self.vdd * fewer(self.cells_per_write, self.columns * column_activity)) * writes


@cython.final
cdef class SRAMWriteDriver(Circuit):
    """Pulls down one bit line of each written column of an SRAM: three inverters a column.

    Two stages: an inverter drives its twin, which discharges the bit line (distributed RC). The bit line's charge
    was paid for by the precharger, so only the node between the inverters costs energy.

        tau = R (C_line + C_out) + R_line C_line / 2,    E = (C_out + C_in) V_dd^2

    Parameters
    ----------
    tech : Technology
    columns : number of columns
    cells_per_write : cells that one write touches
    height, width : outline [m]
    fit : "free", "keep-area" or "exact"

    Quirk C22: a given height alone is ignored; the units then stand in one row (rule `bit_lines_stack`: in columns of
    that height).
    Quirk C22: a width below that of one unit gives a negative height (and area).
    """

    def __init__(self, Technology tech not None, int columns, *, int cells_per_write, double height=0.0,
                 double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef LogicGate inverter = logic_gate(tech, INV, 1, tech.min_nmos, pmos_width(tech, 1))
        cdef double unit_height = inverter.height * 3
        self.tech = tech
        self.columns = columns
        self.cells_per_write = cells_per_write
        self.inverter = inverter
        self.vdd = tech.vdd

        if width and rule == FREE:
            if inverter.width > width:
                self._complain(
                    "[SRAMWriteDriver] Error: SRAMWriteDriver width is even larger than the assigned width !")
            self._outline(lines(self.tech, columns, abreast(columns, width, inverter.width)) * unit_height, width)
        elif height and rule == FREE and tech.rules.bit_lines_stack:
            self._outline(height, lines(self.tech, columns, abreast(columns, height, unit_height)) * inverter.width)
        else:
            self._outline(unit_height, columns * inverter.width)
        self._refit(rule, height, width)
        self.leakage = inverter.leakage * 3 * columns

    cdef Stage stage(self, double ramp, double load, double load_resistance) noexcept nogil:
        """Delay and output slope for a bit line of capacitance `load` [F] and `load_resistance` [ohm]."""
        cdef LogicGate inverter = self.inverter
        cdef Stage path
        cdef Stage last
        path.delay = 0
        path.ramp = ramp
        through(&path, inverter.pull_up, inverter.output + inverter.input)
        last = horowitz(inverter.pull_down * (load + inverter.output) + load_resistance * load / 2, path.ramp)
        last.delay = path.delay + last.delay
        return last

    cpdef double write_latency(self, double ramp, double load, double load_resistance, double writes) noexcept nogil:
        """Time of `writes` writes [s]."""
        return self.stage(ramp, load, load_resistance).delay * writes

    cpdef double ramp(self, double ramp, double load, double load_resistance) noexcept nogil:
        """Output slope [1/s]."""
        return self.stage(ramp, load, load_resistance).ramp

    cpdef double write_energy(self, double column_activity, double writes) noexcept nogil:
        """Energy of `writes` writes [J]."""
        return ((self.inverter.output + self.inverter.input) * self.vdd * self.vdd
                * fewer(self.cells_per_write, self.columns * column_activity)) * writes
