"""Synaptic arrays: cells with all their periphery, in the forward and in the transposed direction."""

from neurosim.circuits._converters cimport MultilevelEncoder, MultilevelSenseAmp
from neurosim.circuits._cell_array cimport CellArray
from neurosim._circuits cimport Adder, FlipFlops, ShiftAdd
from neurosim.circuits._drivers cimport DecoderDriver, RowDecoder, WordLineDriver
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport Precharger, SenseAmp, SRAMWriteDriver
from neurosim.circuits._switches cimport Mux, RowSwitches, SwitchMatrix
from neurosim.technology._transistor cimport Technology


cdef struct ArrayRead:              # one input vector, one bit plane
    double latency                  # forward [s]
    double latency_ag               # activation gradient: through the transposed array, 0 without training
    double energy                   # [J]
    double energy_ag
    double latency_adc              # where it goes; see SubArray.read for what is added up here
    double latency_accumulation
    double latency_other
    double energy_adc
    double energy_accumulation
    double energy_other


cdef struct ArrayWrite:             # one weight update of the whole array
    double latency                  # [s]
    double energy                   # [J]
    double driver_latency           # what the crossbar's row driver remembers until the next update [s]


cdef struct ReadPath:               # one pass through the array in one direction, apart from the ADC's own share
    double drive                    # row decoder and drivers [s]
    double select                   # multiplexer, at the same time as `drive` [s]
    double settle                   # of the lines, counted as "other" [s]
    double sense                    # everything between the cell and the bits, but the ADC [s]
    double conversions              # ADC conversions one after the other
    double accumulate               # [s]
    double drive_energy             # drivers and multiplexer [J]
    double line_energy              # lines, precharger and sense amplifiers [J]
    double encode_energy            # [J]
    double column_conversions       # how often every column is converted
    double accumulate_energy        # [J]


cdef class SubArray(Circuit):
    cdef readonly object cell                       # PlacedCell
    cdef readonly int rows
    cdef readonly int columns
    cdef readonly double clock                      # [Hz]
    cdef readonly int columns_per_adc
    cdef readonly int adc_levels
    cdef readonly int cell_bits
    cdef readonly int cells_per_synapse
    cdef readonly int input_bits
    cdef readonly bint training
    cdef readonly bint parallel_backward
    cdef readonly int rows_per_adc_ag
    cdef readonly int adc_levels_ag
    cdef readonly int input_bits_ag
    cdef readonly double activity_ag
    cdef readonly int cells_per_read
    cdef readonly int cells_per_write
    cdef readonly bint spiking
    cdef readonly bint digital_mux
    cdef readonly double initial_column_activity
    cdef readonly double initial_write_pulses
    cdef dict _cell_options
    cdef readonly tuple initial_complaints          # printed once; `complaints` whenever the array is laid out
    cdef readonly str complaint_per_read            # printed at every read; "" if there is none

    # Areas [m^2]
    cdef readonly double used_area
    cdef readonly double empty_area
    cdef readonly double area_array
    cdef readonly double area_adc
    cdef readonly double area_accumulation
    cdef readonly double area_other
    cdef readonly double area_ag

    # Wires
    cdef readonly double cap_row                    # capRow1 [F]
    cdef readonly double cap_word_line              # capRow2 [F]
    cdef readonly double cap_column                 # capCol [F]

    # Parts, None where the design has none
    cdef readonly CellArray cells
    cdef readonly RowDecoder decoder
    cdef readonly DecoderDriver crossbar_driver
    cdef readonly WordLineDriver word_line_driver
    cdef readonly SwitchMatrix row_matrix
    cdef readonly RowSwitches row_switches
    cdef readonly SwitchMatrix column_matrix
    cdef readonly Mux mux
    cdef readonly RowDecoder mux_decoder
    cdef readonly Precharger precharger
    cdef readonly SenseAmp sense_amp
    cdef readonly SRAMWriteDriver write_driver
    cdef readonly FlipFlops flip_flops
    cdef readonly Adder adder
    cdef readonly MultilevelSenseAmp adc
    cdef readonly MultilevelEncoder encoder
    cdef readonly ShiftAdd shift_add
    # The same for the transposed array
    cdef readonly RowDecoder decoder_ag
    cdef readonly SwitchMatrix row_matrix_ag
    cdef readonly Mux mux_ag
    cdef readonly RowDecoder mux_decoder_ag
    cdef readonly Precharger precharger_ag
    cdef readonly SenseAmp sense_amp_ag
    cdef readonly SRAMWriteDriver write_driver_ag
    cdef readonly FlipFlops flip_flops_ag
    cdef readonly Adder adder_ag
    cdef readonly MultilevelSenseAmp adc_ag
    cdef readonly MultilevelEncoder encoder_ag
    cdef readonly ShiftAdd shift_add_ag

    # A pass at an activity a costs fixed + slope a
    cdef ReadPath forward_fixed, forward_slope, backward_fixed, backward_slope
    cdef bint adc_in_total              # the forward total counts the energy of conversion
    cdef bint split_adds                # the split adds both directions; else the last one replaces the first

    # Per input vector. `conversion_*`: all columns converted once (Conversion of `adc` and `adc_ag`)
    cdef void read(self, double activity, double conversion_latency, double conversion_energy,
                   double conversion_latency_ag, double conversion_energy_ag, ArrayRead *out) noexcept nogil
    # Per weight update. `vectors`: input vectors read since the update before; `previous`: its driver_latency
    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, ArrayWrite *out) noexcept nogil

    # What the kinds of array fill in
    cdef int _build(self) except -1
    cdef ReadPath _forward(self, double activity) noexcept nogil
    cdef ReadPath _backward(self, double activity) noexcept nogil

    # Tools for them
    cdef int _build_mux(self, double resistance) except -1
    cdef int _build_mux_ag(self, double resistance) except -1
    cdef int _build_adc(self, int levels, bint all_rows) except -1
    cdef int _build_adc_ag(self, int levels, bint all_rows) except -1
    cdef ShiftAdd _shift_add(self, int units, int bits)
    cdef ShiftAdd _shift_add_ag(self, int units, int bits)
    cdef void _place(self, tuple stack, double side, tuple used, tuple adc, tuple accumulation, tuple other)
    cdef void _place_ag(self, tuple stack, tuple side, tuple used, tuple adc, tuple accumulation, tuple other)
    cdef int _collect(self, tuple initial, tuple parts) except -1
    cdef double _select_latency(self) noexcept nogil
    cdef double _select_energy(self) noexcept nogil
    cdef double _select_energy_ag(self) noexcept nogil


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef int address_bits(int lines) noexcept nogil
cdef int write_operations(int columns, double column_activity, int cells_per_write) noexcept nogil
cdef double total_height(tuple parts)
cdef double total_width(tuple parts)
cdef double total_area(tuple parts)
cdef double total_leakage(tuple parts)
