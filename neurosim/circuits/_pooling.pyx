"""Max pooling, and the comparators that it is made of.

Critical paths and counts as in `_circuits`, with the same sources.
"""

cimport cython

from neurosim._circuits cimport LogicGate, begin, logic_gate, nmos_width, through
from neurosim._layout cimport Circuit
from neurosim.technology._transistor cimport INV, NAND, NOR, Stage, Technology

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]


@cython.final
cdef class Comparator(Circuit):
    """Magnitude comparators: four inverters, four NAND2 and three NAND3 a bit.

    Delay = bits times (NAND2, NAND3) along the "greater than" chain, from the input of the first bit to the
    output of the last.

    Parameters
    ----------
    tech : Technology
    bits : bits of an operand
    count : number of comparators
    width : width to fill [m]; the height follows from the area

    Quirk C5: of one bit, the delay of a middle bit is *subtracted*, because first and last bit are counted anyway.
    """

    def __init__(self, Technology tech not None, int bits, int count, *, double width=0.0):
        self.tech = tech
        self.bits = bits
        self.count = count
        self.inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos)
        self.nand2 = logic_gate(tech, NAND, 2, nmos_width(tech, 2), tech.min_pmos)
        self.nand3 = logic_gate(tech, NAND, 3, nmos_width(tech, 3), tech.min_pmos)
        cdef LogicGate inverter = self.inverter, nand2 = self.nand2, nand3 = self.nand3
        cdef double vdd = tech.vdd
        self.unit_area = (inverter.height * inverter.width * 4
                          + nand2.height * nand2.width * 4
                          + nand3.height * nand3.width * 3) * bits
        self.area = self.unit_area * count
        self.width = width
        self.height = self.area / width
        self.leakage = (inverter.leakage * 4 * bits * count
                        + nand2.leakage * 4 * bits * count
                        + nand3.leakage * 3 * bits * count)
        self.bit_energy = ((inverter.input + inverter.output) * 4 * vdd * vdd
                           + (nand2.input + nand2.output) * 4 * vdd * vdd
                           + (nand3.input + nand3.output) * 3 * vdd * vdd)

    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil:
        """Time of `reads` comparisons [s] for an input slope `ramp` [1/s] into a `load` [F]."""
        cdef double series = self.nand2.pull_down * 2
        cdef double inner = self.nand2.output + self.nand3.input
        cdef double carry = self.nand3.output + self.nand2.input
        cdef Stage path = begin(ramp)
        through(&path, series, inner)                           # first bit
        through(&path, self.nand3.pull_up, carry)
        cdef Stage middle = begin(path.ramp)
        through(&middle, series, inner)
        through(&middle, self.nand3.pull_up, carry)
        path.delay += middle.delay * (self.bits - 2)
        path.ramp = middle.ramp
        through(&path, series, inner)                           # last bit
        through(&path, self.nand3.pull_up, self.nand3.output + load)
        return path.delay * reads

    cpdef double energy(self, double reads, int active) noexcept nogil:
        """Energy of `reads` comparisons in `active` comparators [J]."""
        cdef int comparing = active if active < self.count else self.count
        return self.bit_energy * (self.bits * comparing * reads)


@cython.final
cdef class MaxPooling(Circuit):
    """Max-pooling units: a tournament of comparators over the window.

    Delay = stages x (half of a comparator's bits + NOR + inverter + pass gate): on average a comparison is
    decided half way down the bits.

    Parameters
    ----------
    tech : Technology
    bits : bits of an activation
    window : activations per pooling window
    count : units that work in parallel
    width : width to fill [m]; the height follows from the area

    Quirk C6: a window of n has floor(log2 n) + 1 stages, one more if n is odd, so a window of four counts three.
    Quirk C6: the leakage is that of one inverter per comparator.
    """

    def __init__(self, Technology tech not None, int bits, int window, int count, *, double width=0.0):
        cdef int left = window
        self.tech = tech
        self.bits = bits
        self.count = count
        while left != 0:
            left //= 2
            self.comparators += left
            self.stages += 1
        self.comparators += window % 2
        self.stages += window % 2

        self.comparator = Comparator(tech, 1, 1)
        self.inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos)
        self.nand = logic_gate(tech, NAND, 2, nmos_width(tech, 2), tech.min_pmos)
        self.nor = logic_gate(tech, NOR, 2, nmos_width(tech, 4), tech.min_pmos)
        self.wide_nor = logic_gate(tech, NOR, bits, nmos_width(tech, bits * 2), tech.min_pmos)
        cdef LogicGate inverter = self.inverter, nand = self.nand, nor = self.nor, wide_nor = self.wide_nor
        cdef double cell = inverter.height * inverter.width
        cdef double nand_area = nand.height * nand.width

        # A bit takes a comparator, four pass gates and an inverter; a comparison three of each, an AND, a NOR, an OR.
        self.unit_area = (self.comparator.unit_area + cell * 5) * bits
        self.unit_area += (cell * 6 + (nand_area + cell) + nor.height * nor.width
                           + wide_nor.height * wide_nor.width)
        self.unit_area *= self.comparators
        self.area = self.unit_area * count
        self.width = width
        self.height = self.area / width
        self.leakage = inverter.leakage * self.comparators * count

        cdef double vdd = tech.vdd
        self.unit_energy = ((nand.input + inverter.output) * vdd * vdd
                            + (nor.input + inverter.output) * vdd * vdd
                            + (inverter.input + inverter.output) * vdd * vdd * 2
                            + (wide_nor.input + inverter.output) * vdd * vdd
                            + self.comparator.energy(1, 1) * bits / 2)
        self.unit_energy *= self.comparators

    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil:
        """Time of `reads` poolings [s] for an input slope `ramp` [1/s] into a `load` [F]."""
        cdef double delay = self.comparator.latency(ramp, self.inverter.output * 2, 1) * self.bits / 2
        # Quirk C6: the comparison's slope goes no further; NOR and inverter each start from a steep edge.
        cdef Stage nor = begin(STEEP)
        through(&nor, self.wide_nor.pull_down * 2, self.inverter.input * 2 + self.bits * self.inverter.output)
        delay += nor.delay
        cdef Stage enable = begin(STEEP)
        through(&enable, self.inverter.pull_down * 2, self.inverter.input + self.wide_nor.output)
        delay += enable.delay
        cdef Stage select = begin(enable.ramp)
        through(&select, self.inverter.pull_down * 2, self.inverter.input * 2 + load)
        delay += select.delay
        return delay * self.stages * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` poolings in every unit [J]."""
        return self.unit_energy * self.count * reads
