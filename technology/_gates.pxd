"""Logic gates and pass gates: outlines and capacitances."""

from neurosim.technology._transistor cimport Channel, Gate, GateCaps, Size, Technology


cdef Size gate_size(Technology t, Gate gate, int inputs, double width_n, double width_p, double height) noexcept nogil
cdef GateCaps gate_caps(
    Technology t, Gate gate, int inputs, double width_n, double width_p, double height) noexcept nogil
cdef double drain_capacitance(Technology t, double width, Channel channel, double height) noexcept nogil
cdef Size pass_gate_size(Technology t, double width_n, double width_p, int folds) noexcept nogil
