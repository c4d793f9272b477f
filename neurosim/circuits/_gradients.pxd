"""The unit that computes weight gradients."""

cimport cython

from neurosim._circuits cimport AdderTree
from neurosim._layout cimport Circuit
from neurosim.circuits._cell_array cimport SRAMCells
from neurosim.circuits._drivers cimport RowDecoder, SwitchMatrix
from neurosim.circuits._readout cimport ReadOut


@cython.final
cdef class WeightGradientUnit(Circuit):
    cdef readonly SRAMCells array
    cdef readonly int arrays_per_row        # arrays whose rows together hold the rows of the memory
    cdef readonly int arrays_per_column     # ... and whose columns hold its columns
    cdef readonly int input_bits
    cdef readonly int output_bits           # of a weight gradient
    cdef readonly bint parallel             # all rows of an array are read at once
    cdef readonly int selections            # columns that share one converter
    cdef readonly int additions             # sums of the adder trees that count in the latency
    cdef readonly double layout_activity    # see the class
    cdef readonly double array_area         # of one array with its periphery [m^2]
    cdef double column_resistance           # of cell and wire [ohm]

    # The periphery of one array; drivers are None where this read mode has none
    cdef readonly RowDecoder decoder        # row by row
    cdef readonly SwitchMatrix switch_matrix    # parallel
    cdef readonly ReadOut readout
    cdef list _parts
    # Shared by all arrays
    cdef readonly AdderTree accumulation

    cdef int _build_sequential(self, double clock) except -1
    cdef int _build_parallel(self, double clock, double read_voltage, double write_voltage, bint access_transistor,
                             object converter, int levels, double on_resistance, double off_resistance,
                             int reference_rows, double power_factor) except -1
    cdef double _reads(self, double row_activity) noexcept
    cdef object _column_resistances(self, double row_activity)
