"""Digital periphery: flip-flops, adders, adder trees, shift-and-add, ReLU."""

cimport cython
from libc.math cimport ceil

from neurosim._layout cimport Circuit, Fit
from neurosim.technology._gates cimport gate_caps, gate_size
from neurosim.technology._transistor cimport (
    NMOS,
    PMOS,
    Gate,
    GateCaps,
    Size,
    Stage,
    Technology,
    gate_leakage,
    horowitz,
    on_resistance,
    to_int,
)


cdef struct LogicGate:      # a gate in a standard cell
    double height           # [m]
    double width            # [m]
    double input            # capacitance of one input [F]
    double output           # capacitance of the output [F]
    double pull_down        # resistance of one NMOS [ohm]
    double pull_up          # resistance of one PMOS [ohm]
    double leakage          # [W]


cdef inline double nmos_width(Technology tech, int multiple) noexcept nogil:
    """Width [m] of an NMOS `multiple` times the minimum."""
    return multiple * tech.min_nmos


cdef inline double pmos_width(Technology tech, int multiple) noexcept nogil:
    """Width [m] of a PMOS `multiple` times the minimum, in the reference's order of operations."""
    return multiple * tech.pn_size_ratio * 2 * tech.feature_size


cdef inline LogicGate logic_gate(Technology tech, Gate kind, int inputs, double width_n, double width_p) noexcept:
    """Everything about one gate in a cell of standard height."""
    cdef Size size = gate_size(tech, kind, inputs, width_n, width_p, tech.cell_height)
    cdef GateCaps caps = gate_caps(tech, kind, inputs, width_n, width_p, size.height)
    cdef LogicGate gate
    gate.height = size.height
    gate.width = size.width
    gate.input = caps.input
    gate.output = caps.output
    gate.pull_down = on_resistance(tech, width_n, NMOS)
    gate.pull_up = on_resistance(tech, width_p, PMOS)
    gate.leakage = gate_leakage(tech, kind, inputs, width_n, width_p) * tech.vdd
    return gate


cdef inline Stage begin(double ramp) noexcept nogil:
    """A path of no stage yet, whose input rises with `ramp` [1/s]."""
    cdef Stage path
    path.delay = 0
    path.ramp = ramp
    return path


cdef inline void through(Stage *path, double resistance, double capacitance) noexcept nogil:
    """Append one RC stage to a path: the delay adds up, the slope is handed on (Horowitz, 1983)."""
    cdef Stage step = horowitz(resistance * capacitance, path.ramp)
    path.delay += step.delay
    path.ramp = step.ramp


cdef inline int lines(Technology tech, int count, int per_line) noexcept nogil:
    """How many rows (or columns) hold `count` units; Quirk U22: none per line gives INT_MIN, a negative area."""
    if per_line < 1 and tech.outlines_grow:
        per_line = 1
    return to_int(ceil(<double>count / per_line))


cdef inline int abreast(int count, double room, double size) noexcept nogil:
    """How many of `count` units of one `size` fit side by side into `room`."""
    cdef int fitting = to_int(room / size)
    return count if fitting > count else fitting


@cython.final
cdef class FlipFlops(Circuit):
    cdef readonly int count
    cdef readonly double clock              # [Hz]
    cdef readonly double cap_input          # load at D: the drain of a pass gate [F]
    cdef readonly LogicGate inverter
    cdef double clock_energy                # of the whole bank, one read [J]
    cdef double data_input_energy           # of one flip-flop, one read [J]
    cdef double data_feedback_energy
    cdef double data_output_energy
    cdef int _place(self, Fit rule, double height, double width) except -1
    cpdef double latency(self, double reads) noexcept nogil
    cpdef double energy(self, double reads, double active) noexcept nogil


@cython.final
cdef class Adder(Circuit):
    cdef readonly int bits
    cdef readonly int count
    cdef readonly LogicGate nand
    cdef double vdd
    cdef int _place(self, Fit rule, double height, double width) except -1
    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil
    cpdef double ramp(self, double ramp, double load) noexcept nogil
    cpdef double energy(self, double reads, int active) noexcept nogil


@cython.final
cdef class AdderTree(Circuit):
    cdef readonly int inputs
    cdef readonly int bits
    cdef readonly int count
    cdef readonly int stages
    cdef bint odd_operands, idle_stages_leak
    cdef LogicGate nand
    cdef double vdd
    cpdef double latency(self, double load, double reads, int adding=*) noexcept nogil
    cpdef double energy(self, double reads, int adding=*) noexcept nogil
    cpdef double leakage_when(self, int adding) noexcept nogil


@cython.final
cdef class ShiftAdd(Circuit):
    cdef readonly int units
    cdef readonly double read_pulse_width   # [s]
    cdef readonly bint spiking
    cdef readonly Adder adder               # None when spiking
    cdef readonly FlipFlops flip_flops
    cdef double shift_latency               # of one shift-and-add [s]
    cpdef double latency(self, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil


@cython.final
cdef class BitShifter(Circuit):
    cdef readonly FlipFlops flip_flops
    cpdef double latency(self, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil
