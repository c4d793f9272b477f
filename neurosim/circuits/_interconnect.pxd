"""Wires between the parts of a chip: the bus of a processing element and the H-tree of a tile or chip."""

cimport cython

from neurosim._layout cimport Circuit
from neurosim.technology._transistor cimport Technology


cdef struct WireMetal:
    double resistivity      # [ohm m]
    double aspect_ratio     # thickness over width


cdef class RepeatedWire(Circuit):
    cdef readonly double bus_width          # parallel wires
    cdef readonly int repeater_size         # in minimum inverters; may be 0 (then drawn as 1)
    cdef readonly double spacing            # distance between two repeaters [m]
    cdef readonly double width_n            # transistors of a repeater [m]
    cdef readonly double width_p            # [m]
    cdef readonly double inverter_height    # layout of a repeater [m]
    cdef readonly double inverter_width     # [m]
    cdef readonly double cap_input          # of a repeater [F]
    cdef readonly double cap_output         # [F]
    cdef readonly double resistance         # on-resistance of a repeater, see `inverter_resistance` [ohm]
    cdef readonly double unit_leakage       # [W/m]
    cdef readonly double unit_energy        # with repeaters [J/m]
    cdef readonly double unit_energy_bare   # without [J/m]

    cdef int _repeaters(self, double bus_width, double wire_resistance, double tolerance, bint halving) except -1
    cdef double unit_delay(self, double wire_resistance) noexcept nogil         # with repeaters [s/m]
    cdef double unit_delay_bare(self, double wire_resistance) noexcept nogil    # without [s/m]


@cython.final
cdef class Bus(RepeatedWire):
    cdef readonly int rows
    cdef readonly int columns
    cdef readonly bint vertical
    cdef readonly double length             # [m]
    cdef readonly int repeaters             # along one wire
    cdef readonly double bundle_width       # all wires side by side [m]; see the class about its unit
    cdef readonly double wire_resistance    # [ohm/m]

    cpdef double latency(self, double transfers) noexcept nogil
    cpdef double energy(self, double bits, double transfers) noexcept nogil


@cython.final
cdef class HTree(RepeatedWire):
    cdef readonly int rows
    cdef readonly int columns
    cdef readonly int levels                # bifurcations between the root and a leaf, per direction
    cdef readonly int center                # row and column of the root, counted in units
    cdef readonly int trunk                 # units between the root and the nearer edge
    cdef readonly double total_length       # of all stages that are laid out [m]
    cdef readonly double wire_width         # of the array [nm]
    cdef readonly double warmth             # resistivity over that at 300 K
    cdef readonly bint own_stages           # see the class
    cdef readonly bint wires_by_length
    cdef WireMetal[3] metals                # of wires once, twice and four times as wide as the array's
    cdef bint way_once                      # latency begins with a quarter of the array's side

    cpdef double stage_resistance(self, double length) noexcept nogil     # of a stage [ohm/m]
    cdef double _stage_delay(self, double length, double resistance) noexcept nogil
    cpdef double latency(self, double unit_height, double unit_width, double transfers,
                         double first_stage_resistance=*) noexcept nogil
    cpdef double energy(self, double unit_height, double unit_width, double bits, double transfers) noexcept nogil
