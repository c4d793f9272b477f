"""Row and column drivers: decoders, line drivers and, from `_switches`, multiplexers and switch matrices."""

cimport cython

from neurosim._circuits cimport LogicGate
from neurosim._layout cimport Circuit, Fit
# The last three so that every driver is found here.
from neurosim.circuits._switches cimport Mux, PassGate, RowSwitches, SwitchMatrix
from neurosim.technology._transistor cimport Stage, Technology


@cython.final
cdef class RowDecoder(Circuit):
    cdef readonly int address_bits
    cdef readonly bint mux                  # drives the enable lines of a multiplexer
    cdef readonly int inverters
    cdef readonly int nands
    cdef readonly int nors
    cdef readonly int connections           # metal lines between the NAND and the NOR stage
    cdef bint whole                         # every line has its output driver
    cdef int driven                         # lines with an output driver
    cdef readonly LogicGate inverter
    cdef readonly LogicGate nand
    cdef readonly LogicGate nor
    cdef readonly LogicGate driver          # output inverter
    cdef double access_energy               # [J]
    cdef int _place(self, bint columns, double room) except -1
    cdef Stage _path(self, double ramp, double load, double enable_load) noexcept nogil
    # Read and write accesses cost the same
    cpdef double latency(self, double ramp, double load, double enable_load, double accesses) noexcept nogil
    cpdef double ramp(self, double ramp, double load, double enable_load) noexcept nogil
    cpdef double energy(self, double accesses) noexcept nogil


@cython.final
cdef class DecoderDriver(Circuit):
    cdef readonly int outputs
    cdef readonly bint along_columns
    cdef readonly bint access_transistor    # 1T1R; else a crossbar without selector
    cdef readonly double read_voltage       # [V]
    cdef readonly double write_voltage      # [V]
    cdef readonly PassGate gate
    cdef readonly LogicGate inverter
    cdef double rising_energy, falling_energy               # of a selected line's gates, by inverter edge [J]
    cdef double read_drain_energy, write_drain_energy, half_drain_energy    # of one line [J]
    cdef double _place(self, Fit rule, double height, double width) except? -1
    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil
    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double previous=*) noexcept nogil
    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil
    cpdef double read_energy(self, double selected, double reads) noexcept nogil
    cpdef double write_energy(self, double selected, double writes) noexcept nogil


@cython.final
cdef class WordLineDriver(Circuit):
    cdef readonly int rows
    cdef readonly double read_voltage       # [V]
    cdef readonly double write_voltage      # [V]
    cdef readonly PassGate gate
    cdef readonly LogicGate inverter
    cdef readonly LogicGate nand
    cdef double vdd
    cdef double _place(self, Fit rule, double height, double width) except? -1
    # Read and write accesses take the same time
    cpdef double latency(self, double ramp, double load, double resistance, double accesses) noexcept nogil
    cpdef double ramp(self, double load, double resistance) noexcept nogil
    cpdef double read_energy(self, double reads) noexcept nogil
    cpdef double write_energy(self, double writes) noexcept nogil
    cdef double _energy(self, double voltage) noexcept nogil
