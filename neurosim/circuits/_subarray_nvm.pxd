"""Synaptic arrays of non-volatile cells: what arrays with further parts build on."""

from neurosim.circuits._cell_array cimport NVMCells
from neurosim.circuits._subarray cimport ReadPath, SubArray
from neurosim.circuits._switches cimport SwitchMatrix


cdef class NVMArray(SubArray):
    cdef NVMCells nvm
    cdef bint transistors           # 1T1R
    cdef bint serial_backward       # columns are driven one by one in a transposed read
    cdef SwitchMatrix _matrix(self, str side, int lines, double resistance)
    cdef int _build_backward(self, bint at_once, double mux_resistance) except -1
    cdef int _build_backward_adder(self, int units, double code_bits) except -1
    cdef double _backward_reads(self) noexcept
    cdef ReadPath _backward_with(self, double resistance) noexcept
    cdef ReadPath _sensed_at_once(self, double activity) noexcept
    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept
    cdef double _row_write_energy(self, double writes, double column_activity) noexcept
