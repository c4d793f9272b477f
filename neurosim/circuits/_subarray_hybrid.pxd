"""Synaptic arrays of hybrid-precision cells."""

cimport cython

from neurosim._circuits cimport Adder, ShiftAdd
from neurosim._layout cimport Circuit
from neurosim.circuits._drivers cimport RowDecoder
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._subarray cimport ReadPath
from neurosim.circuits._subarray_nvm cimport NVMArray
from neurosim.circuits._switches cimport Mux, SwitchMatrix


@cython.final
cdef class HybridArray(NVMArray):
    cdef readonly object synapse                    # HybridCell
    cdef readonly int passes                        # reads of an input vector: both parts in turn, or both at once
    cdef readonly double cell_leakage               # of all cells [W], a part of `leakage`

    # Lines of the volatile part [F]
    cdef readonly double cap_word_line_lsb
    cdef readonly double cap_bit_line_lsb
    cdef readonly double cap_power_gate

    # Parts; `column_matrix` drives the source lines of both parts
    cdef readonly SwitchMatrix word_matrix_msb
    cdef readonly SwitchMatrix bit_matrix_msb
    cdef readonly SwitchMatrix word_matrix_lsb
    cdef readonly SwitchMatrix bit_matrix_lsb       # None in 2t1fefet
    cdef readonly SwitchMatrix power_gates
    # None where both parts are read at once
    cdef readonly Mux part_mux
    cdef readonly RowDecoder part_decoder
    cdef readonly Adder subtractor
    cdef readonly ShiftAdd join
    cdef readonly Adder backward_subtractor
    cdef readonly ShiftAdd backward_join
    cdef int slots                                  # lines of a forward multiplexer, with that of the reference column

    cdef SwitchMatrix _lsb_matrix(self, str side, int lines, double resistance, double read_voltage)
    cdef int _build_lines(self) except -1
    cdef int _build_sensing(self) except -1
    cdef double _packed_width(self, int units, int bits)
    cdef int _build_join(self, ReadOut readout) except -1
    cdef int _list(self, str name, Circuit circuit, str role, str place, bint backward=*) except -1
    cdef double _select_latency(self) noexcept
    cdef double _select_energy(self) noexcept
    cdef double _drive_latency(self, double reads) noexcept
    cdef double _drive_energy_msb(self, double reads, double activity) noexcept
    cdef double _drive_energy_lsb(self, double reads, double activity) noexcept
    cdef double _join_latency(self, Adder subtractor, ShiftAdd join, double reads) noexcept
    cdef double _join_energy(self, Adder subtractor, ShiftAdd join, double reads) noexcept
    cdef ReadPath _repeated(self, ReadPath path) noexcept
