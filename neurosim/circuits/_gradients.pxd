"""What only training needs: the unit that computes weight gradients, and the off-chip memory."""

cimport cython

from neurosim.circuits._converters cimport MultilevelEncoder, MultilevelSenseAmp
from neurosim.circuits._cell_array cimport SRAMCells
from neurosim._circuits cimport Adder, AdderTree, FlipFlops, ShiftAdd
from neurosim.circuits._drivers cimport Mux, RowDecoder, SwitchMatrix
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport Precharger, SenseAmp, SRAMWriteDriver


@cython.final
cdef class Dram:
    cdef readonly str kind
    cdef readonly double bandwidth          # [bit/s]
    cdef readonly double energy_per_bit     # [J]

    cpdef double latency(self, double bits) noexcept nogil
    cpdef double energy(self, double bits) noexcept nogil


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

    # The periphery of one array: None where this read mode has none
    cdef readonly Precharger precharger
    cdef readonly SRAMWriteDriver write_driver
    cdef readonly RowDecoder decoder        # row by row
    cdef readonly SenseAmp sense_amp
    cdef readonly Adder adder
    cdef readonly FlipFlops flip_flops
    cdef readonly SwitchMatrix switch_matrix    # parallel
    cdef readonly Mux mux
    cdef readonly RowDecoder mux_decoder
    cdef readonly MultilevelSenseAmp adc
    cdef readonly MultilevelEncoder encoder
    cdef readonly ShiftAdd shift_add        # None for inputs of one bit
    # Shared by all arrays
    cdef readonly AdderTree accumulation

    cdef int _build_sequential(self, int trees, double clock, double read_pulse) except -1
    cdef int _build_parallel(self, int trees, double clock, double read_pulse, double read_voltage,
                             double write_voltage, bint access_transistor, int levels, double on_resistance,
                             double off_resistance, int reference_rows) except -1
    cdef int _finish(self, list parts, int trees, double code_bits, int words, int word_bits, double clock,
                     double read_pulse) except -1
    cdef int _adopt(self, Circuit part) except -1
    cdef double _reads(self, double row_activity) noexcept
    cdef object _column_resistances(self, double row_activity)
