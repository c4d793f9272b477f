"""What senses the lines of an array in one direction: multiplexer, converter, adders."""

cimport cython

from neurosim._circuits cimport Adder, FlipFlops, ShiftAdd
from neurosim.circuits._converters cimport ColumnConverter
from neurosim.circuits._drivers cimport RowDecoder
from neurosim.circuits._sensing cimport Precharger, SenseAmp, SRAMWriteDriver
from neurosim.circuits._switches cimport Mux
from neurosim.technology._transistor cimport Technology


@cython.final
cdef class ReadOut:
    cdef readonly Technology tech
    cdef readonly bint backward             # senses rows, beside the array; else columns, below it
    cdef readonly int lines                 # that are sensed
    cdef readonly int share                 # lines that share one converter
    cdef readonly int count                 # converters
    cdef readonly int levels                # of a converter, where all lines of the other direction are read at once
    cdef readonly int input_bits            # that are read one after the other
    cdef readonly double length             # of the edge of the cells along which it stands [m]

    # Parts, None where there are none
    cdef readonly Precharger precharger
    cdef readonly SRAMWriteDriver write_driver
    cdef readonly Mux mux
    cdef readonly RowDecoder mux_decoder
    cdef readonly ColumnConverter converter
    cdef readonly SenseAmp sense_amp
    cdef readonly Adder adder
    cdef readonly FlipFlops flip_flops
    cdef readonly ShiftAdd shift_add        # of the bits of an input; of the cells of a weight as well, unless:
    cdef readonly ShiftAdd cell_add         # of the cells of a weight, apart from the bits
    cdef int cells                          # of a weight, where they are joined apart; else 0

    cdef dict _along(self)
    cdef int build_precharge(self, double load_resistance, int cells_per_read, int cells_per_write) except -1
    cdef int build_mux(self, double resistance, double read_voltage, bint digital, int slots,
                       bint alone=*) except -1
    cdef int build_converter(self, object kind, int levels, double on_resistance, double off_resistance, int rows,
                             double read_voltage, bint encoded, double power_factor) except -1
    cdef int build_adder(self, int bits, int count, double clock) except -1
    cdef int build_shift_add(self, int units, double code_bits, double clock, double read_pulse, bint spiking,
                             double width=*) except -1
    cdef list parts(self, str place)

    # For one of the input bits
    cdef double select_latency(self) noexcept nogil
    cdef double select_energy(self) noexcept nogil
    # Adder and register; `reads` operations
    cdef double counted_latency(self, double reads) noexcept nogil
    cdef double counted_energy(self, double reads, int sums, double register_bits) noexcept nogil
    # Shift-and-adds; 0 where there are none
    cdef double added_latency(self, double words) noexcept nogil
    cdef double added_energy(self, double words) noexcept nogil
