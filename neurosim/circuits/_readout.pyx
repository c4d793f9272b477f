"""What senses the lines of an array in one direction: multiplexer, converter, adders.

An array has two of these: the forward one senses its columns from below, the backward one its rows from beside it,
while the columns are driven (the transposed read of training). The weight-gradient unit has one.
"""

cimport cython
from libc.math cimport floor

from neurosim.circuits._parts cimport Part, address_bits
from neurosim.technology._transistor cimport to_int

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


@cython.final
cdef class ReadOut:
    """The read-out of one direction; the kinds of array build those of its parts that they have.

    Parameters
    ----------
    tech : Technology
    lines : lines that are sensed
    share : lines that share one converter
    levels : of a converter, where all lines of the other direction are read at once
    input_bits : bits of an input, read one after the other
    length : of the edge of the cells along which it stands [m]
    backward : whether it stands beside the array, as high as the cells; else below, as wide as the cells
    cells_apart : cells of a weight, if a shift-and-add of their own joins them; 0 if that of the input bits does

    Attributes
    ----------
    count : converters
    precharger, write_driver : of bit lines (SRAM)
    mux, mux_decoder, converter, sense_amp, adder, flip_flops, cell_add, shift_add : from the lines on; None if there is
        none
    """

    def __init__(self, Technology tech not None, *, int lines, int share, int levels, int input_bits, double length,
                 bint backward=False, int cells_apart=0):
        self.tech = tech
        self.lines = lines
        self.share = share
        self.count = lines // share
        self.levels = levels
        self.input_bits = input_bits
        self.length = length
        self.backward = backward
        self.cells = cells_apart

    cdef dict _along(self):
        """The outline that parts are given: as high, or as wide, as the cells."""
        return {"height": self.length} if self.backward else {"width": self.length}

    cdef int build_precharge(self, double load_resistance, int cells_per_read, int cells_per_write) except -1:
        """Prechargers and write drivers of the bit lines of SRAM."""
        self.precharger = Precharger(self.tech, self.lines, load_resistance=load_resistance,
                                     cells_per_read=cells_per_read, cells_per_write=cells_per_write, **self._along())
        self.write_driver = SRAMWriteDriver(self.tech, self.lines, cells_per_write=cells_per_write, **self._along())
        return 0

    cdef int build_mux(self, double resistance, double read_voltage, bint digital, int slots,
                       bint alone=False) except -1:
        """The multiplexer of `slots` lines a converter, as deep as its decoder.

        None if lines do not share, unless it stands for a line `alone` as well.
        """
        cdef Mux mux
        if slots <= 1 and not alone:
            return 0
        mux = Mux(self.tech, self.count, slots, resistance, digital=digital, read_voltage=read_voltage,
                  **self._along())
        self.mux_decoder = RowDecoder(self.tech, address_bits(slots), mux=True)
        if self.backward:
            self.mux = mux.resized(self.length, larger(self.mux_decoder.width, mux.width))
        else:
            self.mux = mux.resized(larger(self.mux_decoder.height, mux.height), self.length)
        return 0

    cdef int build_converter(self, object kind, int levels, double on_resistance, double off_resistance, int rows,
                             double read_voltage, bint encoded, double power_factor) except -1:
        """Converters of a kind of `converters.CONVERTERS`; `rows` are read at once."""
        self.converter = kind(
            self.tech, self.count, levels, on_resistance=on_resistance, off_resistance=off_resistance, rows=rows,
            read_voltage=read_voltage, encoded=encoded, power_factor=power_factor, **self._along())
        return 0

    cdef int build_adder(self, int bits, int count, double clock) except -1:
        """`count` adders of `bits` bits and the registers behind them, which count what is read line by line."""
        self.adder = Adder(self.tech, bits, count, **self._along())
        self.flip_flops = FlipFlops(self.tech, (bits + 1) * count, clock, **self._along())
        return 0

    cdef int build_shift_add(self, int units, double code_bits, double clock, double read_pulse, bint spiking,
                             double width=0) except -1:
        """Shift-and-adds of `units` words of `code_bits`; none for inputs of one bit.

        Where cells are joined apart, words of `code_bits` are joined over the cells of a weight, if it has several, and
        then over the bits of an input. Else both in one, whose words are a bit wider, and beside the array by those
        of the input as well. `width` [m]: another outline.
        """
        cdef double bits = code_bits + self.cells
        outline = {"width": width} if width else self._along()
        if not self.cells:
            bits = code_bits + self.input_bits + 1 if self.backward else code_bits + 1
        if self.input_bits > 1:
            self.shift_add = ShiftAdd(self.tech, units, to_int(bits), clock, self.input_bits, read_pulse,
                                      spiking=spiking, **outline)
        if self.cells > 1:
            self.cell_add = ShiftAdd(self.tech, units, to_int(code_bits), clock, self.cells, read_pulse,
                                     spiking=spiking, **outline)
        return 0

    cdef list parts(self, str place):
        """Rows of the table of parts for what stands between the lines and the results, in order, at a `place`."""
        cdef list table = []
        if self.mux is not None:
            table.append(Part("mux", self.mux, "other", place, backward=self.backward))
            table.append(Part("mux_decoder", self.mux_decoder, "other", "inside" if self.backward else "select",
                              backward=self.backward))
        if self.converter is not None:
            for name, circuit in self.converter.parts:
                table.append(Part(name, circuit, "adc", place, backward=self.backward))
        for name, counted in (("flip_flops", self.flip_flops), ("adder", self.adder), ("shift_add", self.shift_add),
                              ("cell_add", self.cell_add)):
            if counted is not None:
                table.append(Part(name, counted, "accumulation", place, backward=self.backward))
        return table

    cdef double select_latency(self) noexcept nogil:
        """Multiplexer and its decoder, for one of the input bits [s]."""
        cdef double groups = self.count
        cdef double latency
        if self.mux is None:
            return 0
        latency = self.mux.latency(0, self.share) + self.mux_decoder.latency(
            STEEP, self.mux.gate.cap_gate_n * groups, self.mux.gate.cap_gate_p * groups, self.share)
        return latency / self.input_bits

    cdef double select_energy(self) noexcept nogil:
        """Multiplexer and its decoder, for one of the input bits [J]."""
        if self.mux is None:
            return 0
        return (self.mux.energy(self.share) + self.mux_decoder.energy(self.share)) / self.input_bits

    cdef double counted_latency(self, double reads) noexcept nogil:
        """Adder and register [s]."""
        return self.adder.latency(STEEP, self.flip_flops.cap_input, reads) + self.flip_flops.latency(reads)

    cdef double counted_energy(self, double reads, int sums, double register_bits) noexcept nogil:
        """`sums` adders with registers of `register_bits` each [J]."""
        return self.adder.energy(reads, sums) + self.flip_flops.energy(reads, sums * register_bits)

    cdef double added_latency(self, double words) noexcept nogil:
        """`words` words of a unit, one after the other [s]; joined over cells there are fewer for the input bits."""
        cdef double latency = 0
        if self.shift_add is not None:
            latency = self.shift_add.latency(floor(words / self.cells) if self.cells else words)
        if self.cell_add is not None:
            latency += self.cell_add.latency(words)
        return latency

    cdef double added_energy(self, double words) noexcept nogil:
        """The same [J]."""
        cdef double energy = 0
        if self.shift_add is not None:
            energy = self.shift_add.energy(floor(words / self.cells) if self.cells else words)
        if self.cell_add is not None:
            energy += self.cell_add.energy(words)
        return energy
