"""Activation functions: the sigmoid look-up table.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 2020.  (ReLU is `BitShifter` in `_circuits`.)
"""

cimport cython
from libc.math cimport ceil, log2

from neurosim._circuits cimport LogicGate, logic_gate
from neurosim._circuits cimport pmos_width as pmos_width_of
from neurosim.circuits._drivers cimport RowDecoder
from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.circuits._sensing cimport SenseAmp, VoltageSenseAmp
from neurosim.technology._transistor cimport INV, Technology, gate_leakage, to_int

from neurosim.errors import NeurosimError

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]


@cython.final
cdef class Sigmoid(Circuit):
    """Look-up tables of the sigmoid: a decoder selects one of `entries` words of `bits` cells, which is sensed.

    latency = decoder + sense amplifier; energy = the same two. The cells are resistive, or SRAM.

    Parameters
    ----------
    tech : Technology
    bits : of an output value
    entries : words of the table
    count : tables side by side
    clock : clock frequency [Hz]
    sram : cells are SRAM, not resistive
    cell_height, cell_width : of a cell [F]
    read_voltage, on_resistance, off_resistance : of a resistive cell [V, ohm]
    nmos_width, pmos_width : transistors of an SRAM cell [F]
    min_sense_voltage : bit-line swing that an SRAM sense amplifier needs [V]
    height, width : outline [m]; the width wins, and without either the circuit is infinitely wide
    fit : "free", "keep-area" or "exact"

    Quirk C23: the leakage is that of one table, whatever `count`.
    Quirk C23: the decoder drives nothing: the word line's load is left out.
    Quirk U19: with both resistances 0, as where the main memory is SRAM, the latency is not a number.
    """

    def __init__(self, Technology tech not None, int bits, int entries, int count, *, double clock, bint sram=False,
                 double cell_height, double cell_width, double read_voltage=0.0, double on_resistance=0.0,
                 double off_resistance=0.0, double nmos_width=2.08, double pmos_width=1.23,
                 double min_sense_voltage=0.1, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef double f = tech.feature_size
        cdef double unit_height = cell_height * f
        cdef double unit_width = cell_width * f
        cdef LogicGate inverter
        if bits < 1 or entries < 1:
            raise NeurosimError(f"a look-up table needs at least 1 entry of 1 bit, not {entries} of {bits}")
        self.tech = tech
        self.bits = bits
        self.entries = entries
        self.count = count
        self.sram = sram

        self.decoder = RowDecoder(tech, to_int(ceil(log2(entries))))
        self.complaints += self.decoder.complaints
        self.table_latency = self.decoder.latency(STEEP, 0, 0, 1)
        if sram:
            # Each cell is drawn with an inverter above it
            inverter = logic_gate(tech, INV, 1, tech.min_nmos, pmos_width_of(tech, 1))
            unit_height = inverter.height + unit_height
            unit_width = max(inverter.width * 3, unit_width) * bits
            self.sense_amp = SenseAmp(tech, bits, sense_voltage=min_sense_voltage, pitch=unit_width / bits,
                                      clock=clock, cells_per_read=1)
            self.complaints += self.sense_amp.complaints
            self.unit_area = unit_height * unit_width * entries + (self.decoder.area + self.sense_amp.area)
            self.table_latency += self.sense_amp.latency(1)
            self.table_energy = self.decoder.energy(1) + self.sense_amp.energy(1)
            self.leakage = (gate_leakage(tech, INV, 1, nmos_width * f, pmos_width * f) * tech.vdd * 2 * (bits * entries)
                            + self.decoder.leakage + self.sense_amp.leakage)
        else:
            unit_width = unit_width * bits
            self.voltage_sense_amp = VoltageSenseAmp(tech, bits, clock=clock)
            self.unit_area = unit_height * unit_width * entries + (self.decoder.area + self.voltage_sense_amp.area)
            self.table_latency += self.voltage_sense_amp.latency(0, read_voltage, on_resistance, off_resistance, 1)
            self.table_energy = self.voltage_sense_amp.energy(1) + self.decoder.energy(1)
            self.leakage = self.voltage_sense_amp.leakage + self.decoder.leakage

        self.area = self.unit_area * count
        if width and rule == FREE:
            self.width = width
            self.height = self.area / width
        else:
            self.height = height
            self.width = self.area / height
        self._refit(rule, height, width)

    cpdef double latency(self, double reads) noexcept nogil:
        """Time of `reads` look-ups [s], one after another."""
        return self.table_latency * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` look-ups in each of the tables [J]."""
        return self.table_energy * (reads * self.count)
