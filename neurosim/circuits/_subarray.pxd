"""Synaptic arrays: cells with all their periphery, in the forward and in the transposed direction."""

from neurosim._layout cimport Circuit
from neurosim.circuits._cell_array cimport CellArray
from neurosim.circuits._drivers cimport DecoderDriver, RowDecoder, WordLineDriver
from neurosim.circuits._readout cimport ReadOut
from neurosim.circuits._switches cimport RowSwitches, SwitchMatrix


cdef struct ArrayRead:              # one input vector, one bit plane
    double latency                  # forward [s]
    double latency_ag               # activation gradient: through the transposed array, 0 where it is not read
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
    double encode_energy            # of what follows a conversion [J]
    double column_conversions       # how often every column is converted
    double accumulate_energy        # [J]


cdef class SubArray(Circuit):
    cdef readonly object cell                       # PlacedCell
    cdef readonly int rows
    cdef readonly int columns
    cdef readonly double clock                      # [Hz]
    cdef readonly int cell_bits
    cdef readonly int cells_per_synapse
    cdef readonly bint training
    cdef readonly bint parallel_backward
    cdef readonly double activity_backward          # share of the columns that a transposed read drives
    cdef readonly int cells_per_read
    cdef readonly int cells_per_write
    cdef readonly bint spiking
    cdef readonly bint digital_mux
    cdef readonly double initial_column_activity
    cdef readonly double initial_write_pulses
    cdef readonly bint update_activity              # see the class
    cdef readonly bint drivers_once
    cdef readonly bint transposed_lines
    cdef object _converter                          # kind of converter, see `converters`
    cdef double _power_factor                       # of converters
    cdef readonly bint cells_apart
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
    cdef readonly double area_backward
    cdef readonly double leakage_forward            # of what a forward read evaluates [W], a part of `leakage`

    # Wires
    cdef readonly double cap_row                    # capRow1 [F]
    cdef readonly double cap_word_line              # capRow2 [F]
    cdef readonly double cap_column                 # capCol [F]

    # Parts, None where the design has none
    cdef readonly CellArray cells
    cdef readonly RowDecoder decoder                # of rows
    cdef readonly DecoderDriver crossbar_driver
    cdef readonly WordLineDriver word_line_driver
    cdef readonly SwitchMatrix row_matrix
    cdef readonly RowSwitches row_switches
    cdef readonly RowDecoder column_decoder         # SRAM: of a transposed read
    cdef readonly SwitchMatrix column_matrix        # eNVM: select lines; SRAM: drivers of a transposed read
    cdef readonly ReadOut forward
    cdef readonly ReadOut backward                  # None without training
    cdef list _parts

    # A pass at an activity a costs fixed + slope a
    cdef ReadPath forward_fixed, forward_slope, backward_fixed, backward_slope
    cdef bint adc_in_total              # the forward total counts the energy of conversion
    cdef bint split_adds                # the split adds both directions; else the last one replaces the first

    # Per input vector. `conversion_*`: all columns converted once (Conversion of both read-outs' converters); `back`:
    # whether the array is read for the activation gradient as well
    cdef void read(self, double activity, double conversion_latency, double conversion_energy,
                   double conversion_latency_ag, double conversion_energy_ag, bint back, ArrayRead *out) noexcept nogil
    # Per weight update. `vectors`: input vectors read since the update before; `previous`: its driver_latency
    cdef void write(self, double row_activity, double column_activity, double total_pulses, double array_energy,
                    long vectors, double previous, bint back, double row_pulses, ArrayWrite *out) noexcept

    # What the kinds of array fill in
    cdef int _build_cells(self) except -1
    cdef int _build(self) except -1
    cdef ReadPath _forward(self, double activity) noexcept
    cdef ReadPath _backward(self, double activity) noexcept

    # Tools for them
    cdef int _build_converter(self, ReadOut readout, int levels, bint all_lines) except -1
    cdef int _lay_out(self) except -1


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef int write_operations(int columns, double column_activity, int cells_per_write) noexcept nogil
