"""The cells of an array and the wires between them."""

cimport cython

from neurosim._layout cimport Circuit
from neurosim.technology._transistor cimport Technology


cdef class CellArray(Circuit):
    cdef readonly object cell               # a PlacedCell
    cdef readonly int rows
    cdef readonly int columns
    cdef readonly double row_length         # [m]
    cdef readonly double column_length      # [m]
    cdef readonly double row_resistance     # [ohm]
    cdef readonly double column_resistance  # [ohm]
    cdef readonly double cap_row            # wire along a row: bit line of 1T1R, word line of all others [F]
    cdef readonly double cap_word_line      # the same with the gates of 1T1R access transistors [F]
    cdef readonly double cap_column_wire    # wire along a column [F]
    cdef readonly double cap_column         # the same with the drains of 1T1R access transistors [F]
    cdef int _wires(self, double wire_resistance) except -1


@cython.final
cdef class SRAMCells(CellArray):
    cdef readonly double cap_storage        # of one node [F]
    cdef readonly double cap_access         # drain of the access transistor [F]
    cdef double pull_down                   # access and driver transistor in series [ohm]
    cdef double swing                       # of a read, in time constants
    cdef double flip_resistance             # mean of pull-up and pull-down [ohm]
    cpdef double discharge_time(self, double load, double resistance, double ramp) noexcept nogil
    cpdef double flip_time(self) noexcept nogil
    cpdef double flip_energy(self) noexcept nogil


@cython.final
cdef class NVMCells(CellArray):
    cdef readonly double resistance_on      # with the access transistor [ohm]
    cdef readonly double resistance_average  # [ohm]
    cdef readonly double cap_row_drains     # a row of the transposed array: wire and drains [F]
    cdef readonly double read_voltage       # [V]
    cdef readonly double write_pulse        # [s]
    cpdef double settling_time(self, double load, double resistance) noexcept nogil
    cpdef double line_energy(self, double bit_lines, double word_lines) noexcept nogil
