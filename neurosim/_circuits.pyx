"""Digital periphery: flip-flops, adders, adder trees, shift-and-add, ReLU.

Every critical path is a chain of `through(path, resistance, capacitance)` calls, one per RC stage, read from
the input to the output; each stage's delay follows Horowitz ("Timing models for MOS circuits", Ph.D. thesis,
Stanford, 1983) and hands its output slope on to the next. Counting of gates and of switched capacitance follows
Chen, Peng, Yu, "NeuroSim: a circuit-level macro model", IEEE TCAD 37(12), 2018, and Peng et al., IEEE TCAD, 2020.
"""

cimport cython
from libc.math cimport ceil, log2, pow

from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.technology._transistor cimport INV, NAND, Stage, Technology, gate_capacitance, to_int

from neurosim.errors import NeurosimError

cdef double STEEP = 1e20        # slope of an ideal input edge [1/s]


# Flip-flops -----------------------------------------------------------------------------------------------------

@cython.final
cdef class FlipFlops(Circuit):
    """A bank of D flip-flops, each laid out as twelve minimum inverters.

    A read takes half a clock period. The clock inverters and clock pass gates of *every* flip-flop switch at
    each read, the path from D to Q only in the active ones. Transmission-gate master-slave register: Rabaey,
    Chandrakasan, Nikolic, "Digital Integrated Circuits", 2nd ed., section 7.2.

    Parameters
    ----------
    tech : Technology
    count : number of flip-flops
    clock : clock frequency [Hz]
    height, width : outline to fill [m]; by default one row
    fit : "free", "keep-area" or "exact"

    Quirk U22: an outline smaller than one flip-flop gives a negative area.
    """

    def __init__(self, Technology tech not None, int count, double clock, *,
                 double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.count = count
        self.clock = clock
        self.inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos)
        self._place(rule, height, width)
        self._refit(rule, height, width)

        cdef LogicGate inverter = self.inverter
        cdef double vdd = tech.vdd
        cdef double pass_n = gate_capacitance(tech, tech.min_nmos)
        cdef double pass_p = gate_capacitance(tech, tech.min_pmos)
        # A pass gate is drawn like the inverter, so its drains weigh the same.
        self.cap_input = inverter.output
        self.leakage = inverter.leakage * 8 * count
        self.clock_energy = ((inverter.input + inverter.output) * vdd * vdd * 4 * count
                             + pass_n * vdd * vdd * 2 * count
                             + pass_p * vdd * vdd * 2 * count)
        self.data_input_energy = (self.cap_input * 3 + inverter.input) * vdd * vdd
        self.data_feedback_energy = (self.cap_input + inverter.output) * vdd * vdd
        self.data_output_energy = (inverter.input + inverter.output) * vdd * vdd

    cdef int _place(self, Fit rule, double height, double width) except -1:
        cdef double unit_height = self.inverter.height
        cdef double unit_width = self.inverter.width * 12
        cdef int fitting
        if height and rule == FREE:
            fitting = abreast(self.count, height, unit_height)
            if fitting == 0 and not self.tech.outlines_grow:
                self._complain("ERROR: Height of subArray is even smaller than a single DFF !!! ")
            self._outline(height, unit_width * lines(self.tech, self.count, fitting))
        elif width and rule == FREE:
            fitting = abreast(self.count, width, unit_width)
            if fitting == 0 and not self.tech.outlines_grow:
                self._complain("ERROR: Width of subArray is even smaller than a single DFF !!! ")
            self._outline(unit_height * lines(self.tech, self.count, fitting), width)
        else:
            self._outline(unit_height, unit_width * self.count)
        return 0

    cpdef double latency(self, double reads) noexcept nogil:
        """Time [s] = reads / (2 clock)."""
        return 1 / self.clock / 2 * reads

    cpdef double energy(self, double reads, double active) noexcept nogil:
        """Energy of `reads` reads that pass data through `active` flip-flops [J]."""
        cdef double passing = active if active < self.count else self.count
        cdef double energy = self.clock_energy
        energy += self.data_input_energy * passing
        energy += self.data_feedback_energy * passing
        energy += self.data_output_energy * passing
        return energy * reads


# Adders ---------------------------------------------------------------------------------------------------------

# What switches in one addition with A = 11...1, B = 10...0 and a carry in, the pattern whose carry runs through
# every bit; only transitions from 0 to 1 draw energy. Each line: NAND outputs, NAND inputs, how often, and
# whether in every bit but the first (1) or in the first (0).
cdef int[11][4] ADDER_TRANSITIONS = [
    [0, 6, 1, 0],       # both inputs and the carry
    [2, 0, 1, 0],
    [0, 7, 1, 1],
    [3, 0, 1, 1],
    [1, 1, 2, 0],       # transitions off the critical path
    [1, 2, 1, 0],
    [1, 3, 1, 0],
    [1, 1, 1, 0],
    [1, 3, 1, 1],
    [1, 1, 1, 1],
    [1, 1, 2, 1],
]


cdef LogicGate adder_gate(Technology tech):
    """The two-input NAND of which a full adder has nine."""
    return logic_gate(tech, NAND, 2, nmos_width(tech, 2), pmos_width(tech, 1))


cdef Stage ripple_carry(const LogicGate *nand, int bits, double ramp, double load) noexcept nogil:
    """Critical path of a ripple-carry adder: two NAND delays per bit for the carry, then the last sum.

    delay = t_first + (bits - 2) t_middle + t_last, each stage after Horowitz.
    """
    cdef double series = nand.pull_down * 2
    cdef Stage path = begin(ramp)
    through(&path, series, nand.output + nand.input * 3)            # first bit
    through(&path, nand.pull_up, nand.output + nand.input * 2)

    # One middle bit stands for all of them. Quirk C1: adders of one or two bits have no middle bit,
    # but its slope still reaches their last bit.
    cdef Stage middle = begin(path.ramp)
    through(&middle, series, nand.output + nand.input * 3)
    through(&middle, nand.pull_up, nand.output + nand.input * 2)
    if bits > 2:
        path.delay += middle.delay * (bits - 2)
    path.ramp = middle.ramp

    through(&path, series, nand.output + nand.input * 3)            # last bit
    through(&path, nand.pull_up, nand.output + nand.input)
    through(&path, series, nand.output + load)
    return path


cdef double addition_energy(const LogicGate *nand, int bits, double vdd) noexcept nogil:
    """Energy [J] of one addition in one ripple-carry adder: E = sum of C V_dd^2 over the gates that switch."""
    cdef double energy = 0
    cdef double switched
    cdef int i
    for i in range(11):
        switched = nand.output * ADDER_TRANSITIONS[i][0] + nand.input * ADDER_TRANSITIONS[i][1]
        switched = switched * vdd * vdd * ADDER_TRANSITIONS[i][2]
        energy += switched * (bits - 1) if ADDER_TRANSITIONS[i][3] else switched
    return energy


@cython.final
cdef class Adder(Circuit):
    """A group of ripple-carry adders, nine two-input NAND gates a bit.

    Delay = first bit + (bits - 2) carries + last bit; see `ripple_carry`. NAND full adder and ripple-carry
    delay: Rabaey et al., "Digital Integrated Circuits", 2nd ed., section 11.3.

    Parameters
    ----------
    tech : Technology
    bits : bits of an operand
    count : number of adders
    height, width : outline to fill [m]; a height stacks adders of one row each, a width sets adders of one
        column each side by side; by default one row
    fit : "free", "keep-area" or "exact"

    Quirk U22: an outline smaller than one adder gives an area, height and width of zero.
    """

    def __init__(self, Technology tech not None, int bits, int count, *,
                 double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.bits = bits
        self.count = count
        self.vdd = tech.vdd
        self.nand = adder_gate(tech)
        self.leakage = self.nand.leakage * 9 * bits * count
        self._place(rule, height, width)
        self._refit(rule, height, width)

    cdef int _place(self, Fit rule, double height, double width) except -1:
        cdef double flat_width = self.nand.width * 9 * self.bits     # one adder as a row of gates
        cdef double tall_height = self.nand.height * self.bits       # one adder with a row of gates per bit
        cdef double tall_width = self.nand.width * 9
        cdef int beside
        if height and rule == FREE:
            if self.nand.height > height and not self.tech.outlines_grow:
                self._complain("[Adder] Error: A single adder height is even larger than the assigned height ! ")
            else:
                beside = abreast(self.count, height, self.nand.height)
                self._outline(height, flat_width * lines(self.tech, self.count, beside))
        elif width and rule == FREE:
            if tall_width > width and not self.tech.outlines_grow:
                self._complain("[Adder] Error: A single adder width is even larger than the assigned width ! ")
            else:
                self._outline(tall_height * lines(self.tech, self.count, abreast(self.count, width, tall_width)), width)
        else:
            self._outline(self.nand.height, flat_width * self.count)
        return 0

    cpdef double latency(self, double ramp, double load, double reads) noexcept nogil:
        """Time of `reads` additions [s] for an input slope `ramp` [1/s] into a `load` [F]."""
        return ripple_carry(&self.nand, self.bits, ramp, load).delay * reads

    cpdef double ramp(self, double ramp, double load) noexcept nogil:
        """Output slope [1/s]."""
        return ripple_carry(&self.nand, self.bits, ramp, load).ramp

    cpdef double energy(self, double reads, int active) noexcept nogil:
        """Energy of `reads` additions in `active` adders [J]."""
        cdef int adding = active if active < self.count else self.count
        return addition_energy(&self.nand, self.bits, self.vdd) * (adding * reads)


cdef int tree_stages(int inputs) noexcept nogil:
    return to_int(ceil(log2(inputs)))


cdef inline int operands_after(int operands, bint odd_ones) noexcept nogil:
    """What a stage of `operands` hands on: a sum of each pair, and (or not) an odd one."""
    return operands // 2 + (operands % 2 if odd_ones else 0)


@cython.final
cdef class AdderTree(Circuit):
    """Binary trees of ripple-carry adders that sum the outputs of several subarrays.

    Stage k (from 0) has adders of bits + k bits, and all stages work one after the other:
    delay = sum over the stages of the ripple-carry delay, each with a steep input edge.

    Parameters
    ----------
    tech : Technology
    inputs : operands of one tree, at least 1
    bits : bits of an operand
    count : number of trees
    height, width : outline to fill [m]; one is needed, the width is preferred

    Quirk C2: the operands are halved rounding down (5, 2, 1), so odd ones drop out of area, energy and leakage,
    while the number of stages is rounded up: 5 operands take three stages, the last without any adder. With the rule
    `odd_operands` they go on to the next stage, so that n operands take n - 1 adders.
    """

    def __init__(self, Technology tech not None, int inputs, int bits, int count, *,
                 double height=0.0, double width=0.0):
        cdef Adder adders
        cdef int k, left = inputs, gates = 0
        if inputs < 1:
            raise NeurosimError(f"an adder tree needs at least one operand to add, not {inputs}")
        if height == 0 and width == 0:
            raise NeurosimError("an adder tree needs a height or a width to fill")
        self.tech = tech
        self.inputs = inputs
        self.bits = bits
        self.count = count
        self.vdd = tech.vdd
        self.stages = tree_stages(inputs)
        self.nand = adder_gate(tech)
        self.odd_operands = tech.rules.odd_operands
        self.idle_stages_leak = tech.rules.idle_stages_leak
        self.leakage = self.leakage_when(0)

        # Laid out as one long adder per tree.
        for k in range(self.stages):
            gates += (bits + k) * (left // 2)
            left = operands_after(left, self.odd_operands)
        if width:
            adders = Adder(tech, gates, count, width=width)
            self._outline(adders.area / width, width)
        else:
            adders = Adder(tech, gates, count, height=height)
            self._outline(height, adders.area / height)
        self.complaints += adders.complaints

    cpdef double latency(self, double load, double reads, int adding=0) noexcept nogil:
        """Time of `reads` sums [s] into a `load` [F] when `adding` operands arrive (0: all)."""
        cdef double delay = 0
        cdef int k
        for k in range(tree_stages(adding if adding > 0 else self.inputs)):
            delay += ripple_carry(&self.nand, self.bits + k, STEEP, load).delay
        return delay * reads

    cpdef double energy(self, double reads, int adding=0) noexcept nogil:
        """Energy of `reads` sums of `adding` operands (0: all) in every tree [J]."""
        cdef double energy = 0
        cdef int k, left = adding if adding > 0 else self.inputs
        for k in range(tree_stages(left)):
            energy += addition_energy(&self.nand, self.bits + k, self.vdd) * (left // 2)
            left = operands_after(left, self.odd_operands)
        return energy * self.count * reads

    cpdef double leakage_when(self, int adding) noexcept nogil:
        """Standby power [W] counted by the reference when `adding` operands arrive (0: all).

        Quirk C3: leaves out the stages that are not used, though they are powered (rule `idle_stages_leak`).
        """
        cdef double leakage = 0
        cdef int k, left = adding if adding > 0 and not self.idle_stages_leak else self.inputs
        for k in range(tree_stages(left)):
            leakage += self.nand.leakage * 9 * (self.bits + k) * (left // 2)
            left = operands_after(left, self.odd_operands)
        return leakage * self.count


# Shift registers ------------------------------------------------------------------------------------------------

@cython.final
cdef class ShiftAdd(Circuit):
    """Shift-and-add units that weigh and sum the partial results of successive input bits.

    One unit is an adder and a register of bits + pulses flip-flops. The shift-and-add of one input bit overlaps
    the read pulse of the next: latency = t + (reads - 1) max(t - pulse width, 0), t = adder + half a clock.

    Parameters
    ----------
    tech : Technology
    units : number of units, at least 1
    bits : bits of a partial result
    clock : clock frequency [Hz]
    pulses : number of input bits, read one after the other
    read_pulse_width : read pulse of the memory cell [s]
    spiking : count spikes in a register of 2^bits flip-flops instead; no adder
    height, width : outline to fill [m]; the width is preferred
    fit : "free", "keep-area" or "exact"

    Quirk C4: an inverter and a NAND of the shift register take area once, but neither time nor energy.
    Quirk C37: without a width the height is the given one, so with neither the area is zero.
    """

    def __init__(self, Technology tech not None, int units, int bits, double clock, int pulses,
                 double read_pulse_width, *, bint spiking=False, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        if units < 1:
            raise NeurosimError(f"a shift-and-add circuit needs at least one unit, not {units}")
        cdef int register = to_int(pow(2, bits)) if spiking else bits + 1 + pulses - 1
        cdef bint rows = width != 0 and rule == FREE
        cdef double given_height = 0.0 if rows else height
        cdef double given_width = width if rows else 0.0
        self.tech = tech
        self.units = units
        self.read_pulse_width = read_pulse_width
        self.spiking = spiking
        if not spiking:
            self.adder = Adder(tech, bits, units, height=given_height, width=given_width)
            self.complaints += self.adder.complaints
            self.leakage += self.adder.leakage
        self.flip_flops = FlipFlops(tech, register * units, clock, height=given_height, width=given_width)
        self.complaints += self.flip_flops.complaints
        self.leakage += self.flip_flops.leakage

        if spiking:
            self.shift_latency = self.flip_flops.latency(register)
        else:
            self.shift_latency = (self.adder.latency(STEEP, self.flip_flops.cap_input, 1)
                                  + self.flip_flops.latency(1))
        cdef double inverter, nand
        if rows:
            if spiking:
                self._outline(tech.cell_height + self.flip_flops.height, width)
            else:
                self._outline(self.adder.height + tech.cell_height + self.flip_flops.height, width)
        else:
            inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos).width
            nand = adder_gate(tech).width
            if spiking:
                self._outline(height, inverter + nand + self.flip_flops.width)
            else:
                self._outline(height, self.adder.width + inverter + nand + self.flip_flops.width)
        self._refit(rule, height, width)

    cpdef double latency(self, double reads) noexcept nogil:
        """Time [s] that `reads` shift-and-adds add to the reads they overlap."""
        cdef double visible = 0
        if self.shift_latency > self.read_pulse_width:
            visible = (self.shift_latency - self.read_pulse_width) * (reads - 1)
        return visible + self.shift_latency

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` shift-and-adds in every unit [J]."""
        cdef double energy = self.flip_flops.energy(reads, self.flip_flops.count)
        if not self.spiking:
            energy = self.adder.energy(reads, self.units) + energy
        return energy


@cython.final
cdef class BitShifter(Circuit):
    """Rectified linear units: one register of flip-flops each, read in parallel.

    Parameters
    ----------
    tech : Technology
    units : number of activations
    bits : bits of an activation
    clock : clock frequency [Hz]
    height, width : outline whose other side follows from the area of the flip-flops [m]; the width is preferred
    fit : "free", "keep-area" or "exact"

    Quirk C7: with neither a height nor a width the circuit is infinitely wide; its area stays right.
    """

    def __init__(self, Technology tech not None, int units, int bits, double clock, *,
                 double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.flip_flops = FlipFlops(tech, bits * units, clock)
        self.area = self.flip_flops.area
        self.leakage = self.flip_flops.leakage
        if width and rule == FREE:
            self.width = width
            self.height = self.area / width
        else:
            self.height = height
            self.width = self.area / height
        self._refit(rule, height, width)

    cpdef double latency(self, double reads) noexcept nogil:
        """Time of `reads` reads [s]."""
        return self.flip_flops.latency(1) * reads

    cpdef double energy(self, double reads) noexcept nogil:
        """Energy of `reads` reads [J]."""
        return self.flip_flops.energy(reads, self.flip_flops.count)
