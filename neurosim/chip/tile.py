"""A tile: processing elements with an accumulation unit, buffers, an H-tree and perhaps activations.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.
"""

import math

from neurosim._circuits import AdderTree
from neurosim.chip.build import activation, buffer, h_tree
from neurosim.chip.costs import UPDATES, WRITES, Cost
from neurosim.chip.outline import divided, square
from neurosim.chip.pe import Areas, ProcessingElement
from neurosim.design.words import look_ups, shared_columns, sums_per_read, word_bits

TREE_FOLDING = 16  # of a tile's H-tree


class Tile:
    """One tile of either mapping.

    Parameters
    ----------
    design : Design
    array : SubArray
    pes, side : int
        Number of PEs, and PEs along one side of its layout.
    lanes : int
        PEs whose outputs the tile adds and buffers at a time: all of a novel tile, a column of a
        conventional one (quirk Q8).
    pe_size : int
        Rows (and columns) of cells of a PE.
    novel : bool

    Attributes
    ----------
    height, width : float
        Outline [m].
    areas : Areas
    complaints : tuple of str
        What the reference prints when this tile is laid out.
    """

    def __init__(self, design, array, *, pes, side, lanes, pe_size, novel):
        technology = design.technology
        self.design = design
        self.novel = novel
        self.own_buffers = design.rules.own_tile_buffers
        self.pes = pes
        self.pe = ProcessingElement(design, array, pe_size, novel)
        span_height, span_width = side * self.pe.height, side * self.pe.width
        shared = shared_columns(design)
        read_outs = lanes * design.array_columns / shared
        adder_bits = math.ceil(word_bits(design)) + 1 + math.ceil(math.log2(pe_size / design.array_rows))
        self.accumulation = AdderTree(technology, lanes, adder_bits, math.ceil(read_outs), width=span_width)
        self.activation = None
        if not design.chip_activation:
            units = math.ceil(pe_size * design.array_columns / shared)
            entries = adder_bits + math.ceil(math.log2(lanes))
            self.activation = activation(
                design, array, units=units, entries=entries, tables=math.ceil(read_outs), width=span_width
            )
            # Quirk Q34: look-ups are shared by the entries of a sigmoid table, as if they were units.
            self.activation_share = units if design.relu else entries
        core = design.tile_buffer_rows * design.tile_buffer_columns
        output_bits = design.input_bits if self.activation else adder_bits
        inputs = lanes * design.input_bits * design.array_rows
        self.input_buffer = self._buffer(inputs, lanes * design.array_rows, core, height=span_height)
        self.output_buffer = self._buffer(output_bits * read_outs, output_bits * lanes, core, width=span_width)
        self.input_cores = math.ceil(inputs / core)
        self.output_cores = math.ceil(output_bits * read_outs / core)
        self.htree = h_tree(
            design,
            side,
            side,
            side * design.array_rows,
            (self.pe.height, self.pe.width),
            delay_tolerance=design.local_bus_delay_tolerance,
            folded_ratio=TREE_FOLDING,
        )

    def _buffer(self, bits, line, core, **outline):
        """One core of a tile buffer: the whole buffer when it is smaller than a core.

        Quirk Q30: SRAM where those of PEs are; `tile_buffer_sram` is never read.
        """
        design = self.design
        small = bits < core
        return buffer(
            design, int(bits) if small else core, int(line) if small else design.tile_buffer_columns,
            design.pe_buffer_sram, **outline,
        )  # fmt: skip

    def finish(self, cores):
        """Areas and outline; `cores` are the (input, output) buffer cores of a conventional tile.

        Quirk Q8: all tiles have as many, unless they have their own.
        """
        if self.own_buffers:
            cores = self.input_cores, self.output_cores
        self.cores = cores
        pe, count = self.pe.areas, self.pes
        buffers = self.input_buffer.area * cores[0] + self.output_buffer.area * cores[1]
        activation = self.activation.area if self.activation else 0.0
        total = activation + (pe.total * count + self.accumulation.area + buffers + self.htree.area)
        self.areas = Areas(
            total,
            self.htree.area,
            pe.adc * count,
            pe.accumulation * count + self.accumulation.area,
            pe.other * count + buffers + activation,
            pe.array * count,
        )
        self.height, self.width = square(total)
        self.complaints = self.pe.complaints + self.accumulation.complaints
        if self.activation:
            self.complaints += self.activation.complaints
        self.complaints += self.input_buffer.complaints + self.output_buffer.complaints + self.htree.complaints
        return self

    def cost(self, share, pes, vectors, speedup, residue, passes):
        """Cost and leakage of this tile for one image.

            latency = slowest PE (updates: one after the other) + adder tree + activation + buffers + H-tree
            energy = sum of all PEs + the same parts

        Parameters
        ----------
        share : TileMap
        pes : list of (Cost, float)
            Cost and leakage of each PE of `share`, in its order.
        vectors : int
            Input vectors of the image.
        speedup : (int, int)
            Copies of the layer's weights.
        residue : Residue
        passes : Passes

        Returns
        -------
        (Cost, float)
        """
        cost = Cost.beside([pes[position][0] for position in share.positions])
        if self.novel:
            cost = self._novel(cost, vectors, speedup, residue, passes)
        else:
            cost = self._conventional(cost, share, vectors, speedup, residue, passes)
        cost = self._activate(cost, vectors)
        cost = self._transfer(cost, share, vectors, passes)
        leakage = (
            pes[-1][1] * self.pes
            + residue.leakage.get(("accumulation", self.novel), 0.0)
            + self.input_buffer.leakage
            + self.output_buffer.leakage
        )
        return cost, leakage

    # -- adding the outputs of PEs -------------------------------------------------------------------

    def _novel(self, cost, vectors, speedup, residue, passes):
        copies = speedup[0] * speedup[1]
        # Quirk Q33: the peak write energy is that of one copy.
        written = WRITES if self.design.rules.peaks_of_copies else UPDATES
        cost = cost.faster(copies).times(*written, energy=copies)
        return self._accumulate(cost, vectors, self.pes, residue, passes)

    def _conventional(self, cost, share, vectors, speedup, residue, passes):
        side = self.htree.rows
        copies = speedup[0] * speedup[1]
        if copies > 1 and min(speedup) >= side:
            # Every PE holds the whole matrix; nothing is added between PEs.
            count = side * side
            residue.leave_idle(("accumulation", self.novel), self.accumulation.leakage)
            return cost.faster(count).times(*WRITES, latency=count, energy=count)
        if copies > 1:
            cost = cost.faster(copies)
            rows = math.ceil(share.matrix_rows / self.pe.size)
            if rows > 1:
                return self._accumulate(cost, vectors, rows, residue, passes)
            residue.leave_idle(("accumulation", self.novel), self.accumulation.leakage)
            return cost
        return self._accumulate(cost, vectors, side, residue, passes)

    def _accumulate(self, cost, vectors, adding, residue, passes):
        reads = vectors * sums_per_read(self.design)
        latency, energy = self.accumulation.latency(0.0, reads, adding), self.accumulation.energy(reads, adding)
        residue.leakage["accumulation", self.novel] = self.accumulation.leakage_when(adding)
        cost = cost.plus(latency, energy, *passes.peaks)
        for _ in passes.reads:
            cost = cost.plus(latency, energy, "accumulation")
        return cost

    def _activate(self, cost, vectors):
        if self.activation is None:
            return cost
        reads = look_ups(self.design, vectors, self.activation_share)
        active = self.activation.latency(reads), self.activation.energy(reads)
        return cost.plus(*active, "forward", "peak_forward", "array")

    # -- buffers and H-tree ---------------------------------------------------------------------------

    def _transfer(self, cost, share, vectors, passes):
        design = self.design
        planes = vectors * design.input_bits
        width = design.input_bits if self.activation else self.accumulation.bits
        bits_in = share.matrix_columns // design.cells_per_synapse * (1 + width) * planes / design.input_bits
        bits_out = share.matrix_rows * planes
        if self.novel:
            bits_in /= self.pes
            bits_out /= math.sqrt(self.pes)
        # Quirk Q8: a novel tile divides the output buffer's latency by lines of the input buffer.
        output_line = (self.input_buffer if self.novel and not self.own_buffers else self.output_buffer).interface_width
        buffers = [
            self._moved(self.input_buffer, bits_out, self._ports(self.cores[0], self.input_buffer.interface_width)),
            self._moved(self.output_buffer, bits_in, self._ports(self.cores[1], output_line)),
        ]
        tree = self._sent((bits_out + bits_in) / self.htree.bus_width)
        for name in passes.reads:
            for buffered in buffers:
                cost = cost.plus(*buffered, name, "buffer")
            cost = cost.plus(*tree, name, "interconnect")
        if passes.training:
            # The weight updates come in through the input buffer, one bit a cell, without parallel cores.
            delta = share.matrix_rows * share.matrix_columns
            cost = cost.plus(*self._moved(self.input_buffer, delta, 1), "weight_update", "buffer")
            cost = cost.plus(*self._sent(delta / self.htree.bus_width), "weight_update", "interconnect")
        return cost

    def _ports(self, cores, line):
        """Cores of a buffer that work at the same time."""
        return min(cores, math.ceil(self.htree.bus_width / line))

    @staticmethod
    def _moved(memory, bits, ports):
        """(latency, energy) of writing `bits` into a buffer and reading them back.

        latency = (t_read + t_write) lines / ports, energy = (E_read + E_write) bits.
        """
        accesses = bits / memory.interface_width
        latency = divided(memory.read_latency(accesses), ports) + divided(memory.write_latency(accesses), ports)
        line = memory.interface_width
        return latency, memory.read_energy(line, accesses) + memory.write_energy(line, accesses)

    def _sent(self, transfers):
        """(latency, energy) of the H-tree."""
        tree, pe = self.htree, self.pe
        return (
            tree.latency(pe.height, pe.width, transfers),
            tree.energy(pe.height, pe.width, tree.bus_width, transfers),
        )
