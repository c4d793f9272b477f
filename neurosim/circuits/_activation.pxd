"""Activation functions: the sigmoid look-up table."""

cimport cython

from neurosim.circuits._drivers cimport RowDecoder
from neurosim._layout cimport Circuit
from neurosim.circuits._sensing cimport SenseAmp, VoltageSenseAmp
from neurosim.technology._transistor cimport Technology


@cython.final
cdef class Sigmoid(Circuit):
    cdef readonly int bits                  # of an output value
    cdef readonly int entries               # of the table
    cdef readonly int count                 # tables side by side
    cdef readonly bint sram                 # else resistive cells
    cdef readonly double unit_area          # of one table [m^2]
    cdef readonly RowDecoder decoder
    cdef readonly SenseAmp sense_amp                    # None with resistive cells
    cdef readonly VoltageSenseAmp voltage_sense_amp     # None with SRAM
    cdef double table_latency               # one look-up [s]
    cdef double table_energy                # one look-up [J]
    cpdef double latency(self, double reads) noexcept nogil
    cpdef double energy(self, double reads) noexcept nogil
