"""Pass gates, and what is made of them alone: column multiplexers and switch matrices."""

cimport cython

from neurosim._circuits cimport FlipFlops
from neurosim._layout cimport Circuit, Fit
from neurosim.technology._transistor cimport Size, Stage, Technology, horowitz

cdef struct PassGate:
    double resistance       # both transistors on [ohm]
    double width_n          # [m]
    double width_p          # [m]
    double cap_gate_n       # [F]
    double cap_gate_p       # [F]
    double cap_drain        # [F]


cdef struct Split:
    int lines           # rows or columns of units
    double share        # room of one unit along its line [m]


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline Stage charge(const PassGate *gate, int drains, double ramp, double load, double resistance) noexcept nogil:
    """A pass gate with `drains` drains on its line that charges a `load` [F] behind a wire `resistance` [ohm]."""
    return horowitz(gate.resistance * (gate.cap_drain * drains + load) + resistance * load / 2, ramp)


cdef Split split_evenly(Technology tech, int count, double room, double least) noexcept nogil
cdef PassGate sized_pass_gate(Technology tech, double load, double region) noexcept
cdef PassGate minimum_pass_gate(Technology tech) noexcept
cdef Size in_height(Technology tech, PassGate gate, double height) noexcept
cdef Size in_width(Technology tech, PassGate gate, double width) noexcept
cdef double drain_capacitance_at(Technology tech, PassGate gate, double height) noexcept
cdef bint is_column(object side) except -1


@cython.final
cdef class Mux(Circuit):
    cdef readonly int inputs
    cdef readonly int selections
    cdef readonly double resistance         # as given [ohm]
    cdef readonly double read_voltage       # [V]
    cdef readonly bint digital
    cdef readonly PassGate gate
    cdef double vdd
    cdef double cap_switched            # gates of a pass gate that is selected [F]
    cdef double _place(self, Fit rule, double height, double width) except? -1
    cpdef Mux resized(self, double height, double width)
    cpdef double latency(self, double load, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil


@cython.final
cdef class SwitchMatrix(Circuit):
    cdef readonly int outputs
    cdef readonly bint along_columns
    cdef readonly bint access_transistor
    cdef readonly bint neuromorphic
    cdef bint driven                        # lines take energy in a neuromorphic read
    cdef bint registers_write
    cdef readonly bint parallel_write
    cdef readonly int cells_per_write
    cdef readonly double write_pulses
    cdef readonly double read_voltage       # [V]
    cdef readonly double write_voltage      # [V]
    cdef readonly PassGate gate
    cdef readonly FlipFlops flip_flops
    cdef double read_line_energy, write_line_energy, half_line_energy, gate_energy  # of one line [J]
    cdef double _place_columns(self, Fit rule, double width, double clock) except? -1
    cdef double _selection_energy(self, double column_activity, double pulses) noexcept nogil
    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil
    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double reads=*) noexcept nogil
    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_energy(self, double reads, double row_activity) noexcept nogil
    cpdef double write_energy(self, double writes, double column_activity, double reads=*,
                              double pulses=*) noexcept nogil


@cython.final
cdef class RowSwitches(Circuit):
    cdef readonly int outputs
    cdef readonly double access_voltage     # [V]
    cdef readonly double read_voltage       # [V]
    cdef readonly PassGate gate
    cdef readonly FlipFlops flip_flops
    cdef double vdd
    cdef bint registers_write
    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil
    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double reads=*) noexcept nogil
    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_energy(self, double reads, double row_activity) noexcept nogil
    cpdef double write_energy(self, double writes, double reads=*) noexcept nogil
