"""Row and column drivers behind an address: decoders, drivers of crossbar lines, word-line drivers.

Decoders predecode two address bits at a time (Wilton and Jouppi, "CACTI", IEEE JSSC 31(5), 1996). Structure of the
drivers: Chen, Peng, Yu, "NeuroSim", IEEE TCAD 37(12), 2018; Peng et al., IEEE TCAD, 2020. Pass gates, multiplexers and
switch matrices are in `_switches`.
"""

cimport cython
from libc.math cimport ceil, pow

from neurosim._circuits cimport abreast, lines, logic_gate, nmos_width, pmos_width, through
from neurosim._layout cimport FREE, Circuit, Fit, fit_of
from neurosim.circuits._switches cimport (
    charge, drain_capacitance_at, in_height, in_width, is_column, larger, minimum_pass_gate, sized_pass_gate,
    split_evenly,
)
from neurosim.technology._transistor cimport INV, NAND, NOR, Size, Stage, Technology, horowitz, to_int

from neurosim.errors import NeurosimError

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]
cdef double METAL2_PITCH = 3.2      # in feature sizes
cdef double METAL3_PITCH = 2.8


@cython.final
cdef class RowDecoder(Circuit):
    """An address decoder: inverters, two-bit predecoding NANDs, one NOR for each line, output drivers.

    Delay = INV + NAND2 + NOR + two driver inverters, or, where it enables the lines of a multiplexer
    (`mux`), + NAND2 + two inverters.

    Parameters
    ----------
    tech : Technology
    address_bits : decodes 2^address_bits lines
    side : the lines are "row" or "column"
    mux : drive the enable inputs of a multiplexer, with both polarities
    parallel : transistors eight times as wide
    height, width : outline to fill [m]; for rows only a height counts, for columns only a width
    fit : "free", "keep-area" or "exact"

    Quirk C8: up to two address bits need no NOR; then the output drivers take no leakage and, in a given outline,
    no area, but still time, with a steep input edge.
    Quirk U16: no address bit in a given outline gives a negative area.
    Quirk U22: so does an outline smaller than an inverter.
    Quirk C8: the output slope is that of the last stage but one.
    With the rule `whole_decoders` every line has an output driver, which leaks, takes area and loads the gate before
    it, and whose slope is the output's.
    """

    def __init__(self, Technology tech not None, int address_bits, *, side="row", bint mux=False,
                 bint parallel=False, double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        cdef bint columns = is_column(side)
        cdef int strength = 8 if parallel else 1
        cdef int fan_in
        if address_bits < 0:
            raise NeurosimError(f"a decoder cannot have {address_bits} address bits: give zero or more")
        fan_in = (address_bits + 1) // 2
        self.tech = tech
        self.address_bits = address_bits
        self.mux = mux
        self.inverters = address_bits
        self.nands = 4 * (address_bits // 2)
        if address_bits > 2:
            self.nors = to_int(pow(2, address_bits))
            self.connections = self.nands + address_bits % 2 * 2
        self.whole = tech.rules.whole_decoders
        self.driven = 1 << address_bits if self.whole and address_bits else self.nors

        self.inverter = logic_gate(tech, INV, 1, nmos_width(tech, strength), pmos_width(tech, strength))
        self.nand = logic_gate(tech, NAND, 2, nmos_width(tech, 2 * strength), pmos_width(tech, strength))
        self.nor = logic_gate(tech, NOR, fan_in, nmos_width(tech, strength), pmos_width(tech, strength * fan_in))
        self.driver = logic_gate(tech, INV, 1, nmos_width(tech, 3 * strength), pmos_width(tech, 3 * strength))
        if self.nands == 0 and not (self.whole and mux):       # else multiplexers are enabled by some
            self.nand.input = self.nand.output = 0
        if self.nors == 0:
            self.nor.input = self.nor.output = 0

        if columns:
            self._place(columns, width if rule == FREE else 0.0)
        else:
            self._place(columns, height if rule == FREE else 0.0)
        self._refit(rule, height, width)

        # Leakage, and the energy of an access in which every address bit rises
        cdef LogicGate inverter = self.inverter, nand = self.nand, nor = self.nor, driver = self.driver
        cdef double vdd = tech.vdd
        cdef int paired = address_bits // 2 * 2
        self.leakage = inverter.leakage * self.inverters + nand.leakage * self.nands + nor.leakage * self.nors
        self.access_energy = (
            (inverter.input + nand.input * 2) * vdd * vdd * (address_bits // 2) * 2
            + (inverter.input + nor.input * self.nors / 2) * vdd * vdd * (address_bits - paired)
            + (nand.output + nor.input * self.nors / 4) * vdd * vdd * self.nands / 4)   # one of four outputs rises
        if mux:
            self.leakage += nand.leakage * self.driven
            self.leakage += inverter.leakage * 2 * self.driven
            self.access_energy += (nor.output + nand.input) * vdd * vdd
            self.access_energy += (nand.output + inverter.input) * vdd * vdd
            self.access_energy += (inverter.output + inverter.input) * vdd * vdd
            self.access_energy += inverter.output * vdd * vdd
        else:
            self.leakage += driver.leakage * 2 * self.driven
            # Quirk C8: the NOR is loaded with a minimum inverter, not with the driver, here and in the delay.
            self.access_energy += (nor.output + (driver.input if self.whole else inverter.input)) * vdd * vdd
            self.access_energy += (driver.input + driver.output) * vdd * vdd * 2

    cdef int _place(self, bint columns, double room) except -1:
        """Stack the gates of each kind along the decoded lines, over a given room [m] or (0) in one line."""
        cdef LogicGate inverter = self.inverter, nand = self.nand, nor = self.nor, driver = self.driver
        cdef int inverter_lines = 1, nand_lines = 1, nor_lines = 1, driver_lines
        cdef int fitting
        cdef double along, across, pitch, stacked
        if columns:         # the same, turned by 90 degrees
            inverter.height, inverter.width = inverter.width, inverter.height
            nand.height, nand.width = nand.width, nand.height
            nor.height, nor.width = nor.width, nor.height
            driver.height, driver.width = driver.width, driver.height
        if room:
            if nor.height > room or nand.height > room or inverter.height > room:
                self._complain("[Row Decoder] Error: Row Decoder width is even larger than the assigned width !")
            fitting = abreast(self.nors, room, nor.height)
            nor_lines = lines(self.tech, self.nors, fitting) if fitting > 0 else 0
            fitting = abreast(self.nands, room, nand.height)
            nand_lines = lines(self.tech, self.nands, fitting) if fitting > 0 else 0
            inverter_lines = lines(self.tech, self.inverters, abreast(self.inverters, room, inverter.height))
            along = room
            if self.address_bits == 0 and not self.tech.rules.empty_decoders:
                inverter_lines = 0      # nothing to address; Quirk U16: INT_MIN lines of no inverter
        else:
            along = larger(nor.height * self.nors, nand.height * self.nands)
        driver_lines = nor_lines        # beside the NORs, as high as these
        if self.driven > self.nors:     # there are none
            stacked = nand.height if self.mux else driver.height
            driver_lines = lines(self.tech, self.driven, abreast(self.driven, room, stacked)) if room else 1
            along = larger(along, stacked * self.driven) if not room else room
        pitch = METAL2_PITCH if columns else METAL3_PITCH
        across = (inverter.width * inverter_lines + nand.width * nand_lines
                  + pitch * self.connections * self.tech.feature_size + nor.width * nor_lines)
        if self.mux:
            across += (nand.width + inverter.width * 2) * driver_lines
        else:
            across += driver.width * 2 * driver_lines
        if columns:
            self._outline(across, along)
        else:
            self._outline(along, across)
        return 0

    cdef Stage _path(self, double ramp, double load, double enable_load) noexcept nogil:
        """Delay of one access and the slope of its last stage but one (with whole decoders, of the last)."""
        cdef LogicGate inverter = self.inverter, nand = self.nand, nor = self.nor, driver = self.driver
        cdef double slope
        # What the gate before the output driver drives
        cdef double behind_nor = nand.input if self.mux else driver.input if self.whole else inverter.input
        cdef double instead = behind_nor if self.whole else load
        cdef Stage path
        path.delay = 0
        path.ramp = ramp
        through(&path, inverter.pull_down, inverter.output + (nand.input * 2 if self.nands else instead))
        if self.nands:
            through(&path, nand.pull_down * 2, nand.output + (nor.input * self.nors / 4 if self.nors else instead))
        if self.nors:
            through(&path, nor.pull_up * 2, nor.output + behind_nor)
        elif not self.whole:
            path.ramp = STEEP
        if self.mux:
            through(&path, nand.pull_down, nand.output + inverter.input)
            through(&path, inverter.pull_up, inverter.output + inverter.input + load)
            slope = path.ramp
            through(&path, inverter.pull_down, inverter.output + enable_load)
        else:
            through(&path, driver.pull_down, driver.output + driver.input)
            slope = path.ramp
            through(&path, driver.pull_up, driver.output + load)
        if not self.whole:
            path.ramp = slope
        return path

    cpdef double latency(self, double ramp, double load, double enable_load, double accesses) noexcept nogil:
        """Time of `accesses` reads or writes [s].

        `ramp` is the input slope [1/s], `load` what a line drives [F]; with `mux` that is the NMOS gates, and
        `enable_load` the PMOS gates of the multiplexer.
        """
        return self._path(ramp, load, enable_load).delay * accesses

    cpdef double ramp(self, double ramp, double load, double enable_load) noexcept nogil:
        """Output slope [1/s]."""
        return self._path(ramp, load, enable_load).ramp

    cpdef double energy(self, double accesses) noexcept nogil:
        """Energy of `accesses` reads or writes [J]."""
        return self.access_energy * accesses


@cython.final
cdef class DecoderDriver(Circuit):
    """Line driver behind a decoder: an inverter and pass gates that connect a line to one of its voltages.

    Parameters
    ----------
    tech : Technology
    outputs : driven lines
    cells : memory cells on one line
    cell_resistance : of a cell that is on [ohm]
    read_voltage, write_voltage : at the cell [V]
    access_transistor : the cells have one (1T1R: three pass gates a line); else a crossbar (two)
    side : the lines are "row" or "column"
    height, width : outline to fill [m]
    fit : "free", "keep-area" or "exact"

    Quirk C9: the pass gate is sized with the on-resistance in saturation, other drivers' in the linear region.
    """

    def __init__(self, Technology tech not None, int outputs, int cells, double cell_resistance, *,
                 double read_voltage, double write_voltage, bint access_transistor, side="row",
                 double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.outputs = outputs
        self.along_columns = is_column(side)
        self.access_transistor = access_transistor
        self.read_voltage = read_voltage
        self.write_voltage = write_voltage
        self.inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos)
        self.gate = sized_pass_gate(tech, cell_resistance / cells, 1)
        self.gate.cap_drain = drain_capacitance_at(tech, self.gate, self._place(rule, height, width))
        self._refit(rule, height, width)
        self.leakage = self.inverter.leakage * outputs

        cdef PassGate gate = self.gate
        cdef LogicGate inverter = self.inverter
        cdef double vdd = tech.vdd
        cdef int pairs = 2 if access_transistor else 1
        self.rising_energy = (inverter.input + gate.cap_gate_n * pairs + gate.cap_gate_p) * vdd * vdd
        self.falling_energy = (inverter.output + gate.cap_gate_p * pairs + gate.cap_gate_n) * vdd * vdd
        self.read_drain_energy = gate.cap_drain * 2 * read_voltage * read_voltage
        self.write_drain_energy = gate.cap_drain * 2 * write_voltage * write_voltage
        self.half_drain_energy = gate.cap_drain * 2 * write_voltage / 2 * write_voltage / 2

    cdef double _place(self, Fit rule, double height, double width) except? -1:
        """Lay the outline out and return the height of a pass gate [m]."""
        cdef Technology tech = self.tech
        cdef Size gate, unit
        cdef int gates = 3 if self.access_transistor else 2
        cdef int count
        if height and rule == FREE:
            if height < tech.cell_height:
                self._complain("[DecoderDriver] Error: pass gate height is even larger than the assigned height")
            gate = in_height(tech, self.gate, split_evenly(tech, self.outputs, height, tech.cell_height).share)
        elif width and rule == FREE:
            if tech.min_cell_width > width:
                self._complain("[DecoderDriver] Error: pass gate width is even larger than the assigned width")
            gate = in_width(tech, self.gate, split_evenly(tech, self.outputs, width, tech.min_cell_width).share)
        else:
            gate = in_height(tech, self.gate, tech.cell_height)

        if self.along_columns:
            unit.height = self.inverter.height + gate.height * gates
            unit.width = larger(self.inverter.width, gate.width)
            if width and rule == FREE:
                count = lines(self.tech, self.outputs, to_int(width / unit.width))
                self._outline(unit.height * (self.outputs if count > self.outputs else count), width)
            else:
                self._outline(unit.height, unit.width * self.outputs)
        else:
            unit.height = larger(self.inverter.height, gate.height)
            unit.width = self.inverter.width + gate.width * gates
            if height and rule == FREE:
                count = lines(self.tech, self.outputs, to_int(height / unit.height))
                self._outline(height, unit.width * (self.outputs if count > self.outputs else count))
            else:
                self._outline(unit.height * self.outputs, unit.width)
        return gate.height

    cdef Stage stage(self, double ramp, double load, double resistance) noexcept nogil:
        return charge(&self.gate, 2, ramp, load, resistance)

    cpdef double read_latency(self, double ramp, double load, double resistance, double reads) noexcept nogil:
        """Time of `reads` reads [s]: input slope [1/s], line capacitance [F], line resistance [ohm]."""
        return self.stage(ramp, load, resistance).delay * reads

    cpdef double write_latency(self, double ramp, double load, double resistance, double writes,
                               double previous=0.0) noexcept nogil:
        """Time of `writes` writes [s].

        Quirk U20: the reference never resets its result: w(k) = (w(k-1) + delay) writes. Hand w(k-1) in as
        `previous` to repeat that.
        """
        return (previous + self.stage(ramp, load, resistance).delay) * writes

    cpdef double ramp(self, double ramp, double load, double resistance) noexcept nogil:
        """Output slope [1/s]."""
        return self.stage(ramp, load, resistance).ramp

    cpdef double read_energy(self, double selected, double reads) noexcept nogil:
        """Energy of `reads` reads that select `selected` lines [J]."""
        cdef double energy = self.rising_energy * selected
        energy += self.falling_energy * selected
        if not self.access_transistor:      # the other lines of a crossbar are at the read voltage
            energy += self.read_drain_energy * (self.outputs - selected)
        return energy * reads

    cpdef double write_energy(self, double selected, double writes) noexcept nogil:
        """Energy of `writes` writes that select `selected` lines [J]."""
        cdef double energy = self.rising_energy * selected
        energy += self.falling_energy * selected
        if self.access_transistor or not self.along_columns:
            energy += self.write_drain_energy * selected
        if not self.access_transistor:      # the other lines of a crossbar are at half the write voltage
            energy += self.half_drain_energy * (self.outputs - selected)
        return energy * writes


@cython.final
cdef class WordLineDriver(Circuit):
    """Word-line driver of a 1T1R array that is read row by row: NAND2, INV, NAND2 and a pass gate.

    Parameters
    ----------
    tech : Technology
    rows : word lines
    read_voltage, write_voltage : passed to the word line [V]
    height, width : outline to fill [m]; a width has no effect
    fit : "free", "keep-area" or "exact"

    Quirk C10: the three logic stages all see the input slope, not the slope of the stage before, and the pass gate
    sees a steep edge.
    Quirk C10: the leakage is that of two NAND2 and two inverters a row, the layout has three and one.
    """

    def __init__(self, Technology tech not None, int rows, *, double read_voltage, double write_voltage,
                 double height=0.0, double width=0.0, fit="free"):
        cdef Fit rule = fit_of(fit)
        self.tech = tech
        self.rows = rows
        self.read_voltage = read_voltage
        self.write_voltage = write_voltage
        self.vdd = tech.vdd
        self.nand = logic_gate(tech, NAND, 2, nmos_width(tech, 2), tech.min_pmos)
        self.inverter = logic_gate(tech, INV, 1, tech.min_nmos, tech.min_pmos)
        self.gate = minimum_pass_gate(tech)
        self.gate.cap_drain = drain_capacitance_at(tech, self.gate, self._place(rule, height, width))
        self._refit(rule, height, width)
        self.leakage = self.nand.leakage * rows * 2 + self.inverter.leakage * rows * 2

    cdef double _place(self, Fit rule, double height, double width) except? -1:
        """Lay the outline out and return the height of a pass gate [m]."""
        cdef Technology tech = self.tech
        cdef double share, unit_height, unit_width
        cdef int columns
        cdef Size gate
        if height and rule == FREE:
            share = height / self.rows
            if share < tech.cell_height:
                columns = to_int(ceil(tech.cell_height / share))
                if columns > self.rows:
                    self._complain("[WLNewDecoderDriver] Error: pass gate height is even larger than the array height")
                share = height / lines(tech, self.rows, columns)
                if tech.outlines_grow and share < tech.cell_height:
                    share = tech.cell_height
            gate = in_height(tech, self.gate, share)
        else:
            gate = in_height(tech, self.gate, tech.cell_height)
        unit_height = larger(larger(self.inverter.height, self.nand.height), gate.height)
        unit_width = 3 * self.nand.width + self.inverter.width + 2 * gate.width
        if height and rule == FREE:
            self._outline(height, unit_width * lines(self.tech, self.rows, to_int(height / unit_height)))
        else:
            self._outline(unit_height * self.rows, unit_width)
        return gate.height

    cpdef double latency(self, double ramp, double load, double resistance, double accesses) noexcept nogil:
        """Time of `accesses` reads or writes [s]: input slope [1/s], line capacitance [F], line resistance [ohm]."""
        cdef double delay = 0
        delay += horowitz(self.nand.pull_down * 2 * (self.nand.output + self.inverter.input), ramp).delay
        delay += horowitz(self.inverter.pull_up * (self.inverter.output + 2 * self.nand.input), ramp).delay
        delay += horowitz(
            self.nand.pull_down * 2 * (self.nand.output + self.gate.cap_gate_p + self.gate.cap_gate_n), ramp).delay
        delay += charge(&self.gate, 2, STEEP, load, resistance).delay
        return delay * accesses

    cpdef double ramp(self, double load, double resistance) noexcept nogil:
        """Output slope [1/s]."""
        return charge(&self.gate, 2, STEEP, load, resistance).ramp

    cdef double _energy(self, double voltage) noexcept nogil:
        """Energy [J] of one access that passes `voltage` [V] to one word line."""
        cdef double vdd = self.vdd
        cdef double energy = self.nand.input * vdd * vdd
        energy += (self.inverter.output + self.gate.cap_gate_n) * vdd * vdd
        energy += (self.nand.output + self.gate.cap_gate_n + self.gate.cap_gate_p) * vdd * vdd
        energy += self.gate.cap_drain * voltage * voltage
        return energy

    cpdef double read_energy(self, double reads) noexcept nogil:
        """Energy of `reads` reads, each of one row [J]."""
        return self._energy(self.read_voltage) * reads

    cpdef double write_energy(self, double writes) noexcept nogil:
        """Energy of `writes` writes, each of one row [J]."""
        return self._energy(self.write_voltage) * writes
