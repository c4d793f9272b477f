"""Synaptic arrays of non-volatile cells: what arrays with further parts build on."""

from neurosim.circuits._cell_array cimport NVMCells
from neurosim.circuits._subarray cimport ReadPath, SubArray
from neurosim.circuits._switches cimport SwitchMatrix


cdef class NVMArray(SubArray):
    cdef NVMCells nvm
    cdef bint transistors           # 1T1R
    cdef int _build_cells(self) except -1
    cdef SwitchMatrix _matrix(self, str side, int lines, double resistance)
    cdef int _build_ag(self, bint at_once, double mux_resistance) except -1
    cdef double _backward_reads(self) noexcept nogil
    cdef ReadPath _backward_with(self, double resistance) noexcept nogil
    cdef ReadPath _sensed_at_once(self, double activity) noexcept nogil
    cdef double _row_write_latency(self, double writes, long vectors, double *driver) noexcept nogil
    cdef double _row_write_energy(self, double writes, double column_activity) noexcept nogil
