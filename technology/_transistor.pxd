"""Transistor equations: with `_gates`, the only interface between circuits and the process."""

cdef enum Gate:
    INV
    NOR
    NAND

cdef enum Channel:
    NMOS
    PMOS

cdef struct Size:
    double height           # [m]
    double width            # [m]

cdef struct GateCaps:
    double input            # [F]
    double output           # [F]

cdef struct Stage:
    double delay            # [s]
    double ramp             # output slope [1/s]


cdef class Technology:
    # Identity
    cdef readonly int node                  # [nm]
    cdef readonly str roadmap               # "HP" or "LSTP"
    cdef readonly str transistor            # "conventional", "2d" or "tfet"
    cdef readonly int temperature           # [K], 300..400
    # Process, SI units
    cdef readonly double feature_size       # [m]
    cdef readonly double vdd                # [V]
    cdef readonly double vth                # [V]
    cdef readonly double fin_height         # [m], 0 without fins
    cdef readonly double fin_width          # [m], 0 without fins
    cdef readonly double fin_pitch          # [m], 0 without fins
    cdef readonly double gate_length        # [m]
    cdef readonly double cap_ideal_gate     # [F/m]
    cdef readonly double cap_fringe         # [F/m]
    cdef readonly double cap_junction       # [F/m^2]
    cdef readonly double cap_overlap        # [F/m]
    cdef readonly double cap_sidewall       # [F/m]
    cdef readonly double cap_drain_to_channel   # [F/m]
    cdef readonly double cap_poly_wire      # [F/m]
    cdef readonly double built_in_potential     # [V]
    cdef readonly double pn_size_ratio      # PMOS width for an NMOS width of 1
    cdef readonly double resistance_multiplier
    cdef readonly double gm_current_n       # [A/m/V]
    cdef readonly double gm_current_p       # [A/m/V]
    # Currents at `temperature` [A/m]
    cdef readonly double on_current_n
    cdef readonly double on_current_p
    cdef readonly double off_current_n
    cdef readonly double off_current_p
    # Layout rules from layout.toml, scaled to this node
    cdef readonly double min_nmos           # width of a minimum NMOS: 2 F [m]
    cdef readonly double min_pmos           # pn_size_ratio * 2 F [m]
    cdef readonly double cell_height        # standard-cell height available to transistors: 28 F [m]
    cdef readonly double min_cell_width     # 2 * (poly width + gate-poly gap) * F, planar rule at every node [m]
    cdef readonly object rules              # `CircuitRules`
    # Private: the rest of the layout rules (in units of F) and the branch switches
    cdef bint fin_sizing                    # widths are rescaled by fin_pitch / (2 F) in area and capacitance
    cdef bint fin_device                    # the FinFET branch of the equations applies
    cdef bint outlines_grow, own_edges      # of the rules, for equations without Python
    cdef double poly_width, poly_width_fin, gap_gate, gap_gate_fin, gap_pn, poly_extension, gap_field_poly


cdef int to_int(double x) noexcept nogil
cdef double fin_scaled(Technology t, double width) noexcept nogil
cdef double gate_capacitance(Technology t, double width) noexcept nogil
cdef double on_resistance(Technology t, double width, Channel channel) noexcept nogil
cdef double transconductance(Technology t, double width, Channel channel) noexcept nogil
cdef double gate_leakage(Technology t, Gate gate, int inputs, double width_n, double width_p) noexcept nogil
cdef Stage horowitz(double tau, double ramp) noexcept nogil
cdef double nonlinear_resistance(
    double resistance, double nonlinearity, double write_voltage, double read_voltage, double voltage) noexcept nogil
