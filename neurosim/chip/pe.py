"""A processing element: a square of subarrays with an adder tree, two registers and two buses.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.
"""

import math
from dataclasses import dataclass

from neurosim._circuits import AdderTree, FlipFlops
from neurosim.chip.costs import UPDATES, Cost
from neurosim.chip.outline import square
from neurosim.circuits._interconnect import Bus
from neurosim.design.words import output_bits, shared_columns, sums_per_read, word_bits


@dataclass(frozen=True)
class Areas:
    """Area of a part of the chip and where it goes [m^2]."""

    total: float = 0.0
    interconnect: float = 0.0
    adc: float = 0.0
    accumulation: float = 0.0
    other: float = 0.0
    array: float = 0.0


class ProcessingElement:
    """One processing element of either mapping.

    Parameters
    ----------
    design : Design
    array : SubArray
        The subarray all PEs are made of.
    size : int
        Rows (and columns) of cells.
    novel : bool
        For messages and for the leakage that its adder tree leaves behind.

    Attributes
    ----------
    height, width : float
        Outline [m].
    areas : Areas
    complaints : tuple of str
        What the reference prints whenever this PE is laid out.
    """

    def __init__(self, design, array, size, novel):
        technology, wires = design.technology, design.wires
        self.design = design
        self.array = array
        self.size = size
        self.novel = novel
        self.rows = math.ceil(size / design.array_rows)
        self.columns = math.ceil(size / design.array_columns)
        self.side = side = math.ceil(math.sqrt(self.rows * self.columns))
        shared = shared_columns(design)
        read_outs = design.array_columns // shared
        self.tree = AdderTree(
            technology,
            side,
            int(word_bits(design) + 1),
            math.ceil(side * design.array_columns / shared),
            width=array.width,
        )
        self.input_register = FlipFlops(
            technology, design.input_bits * design.array_rows, design.clock_frequency, height=side * array.height
        )
        self.output_register = FlipFlops(
            technology,
            int(read_outs * (word_bits(design) + self.tree.stages)),
            design.clock_frequency,
            width=side * array.width,
        )
        bus = {"wire_width": design.wire_width, "wire_resistance": wires.resistance}
        self.input_bus = Bus(technology, "horizontal", side, side, design.array_rows, array.height, array.width, **bus)
        outline = array.height, array.width
        self.output_bus = Bus(technology, "vertical", side, side, design.array_columns, *outline, **bus)

        registers = self.input_register.area + self.output_register.area
        count = side * side
        total = array.used_area * count + self.tree.area + registers
        self.areas = Areas(
            total,
            0.0,
            array.area_adc * count,
            array.area_accumulation * count + self.tree.area,
            array.area_other * count + registers,
            array.area_array * count,
        )
        self.height, self.width = square(total)
        self.complaints = (
            array.complaints + self.tree.complaints + self.input_register.complaints + self.output_register.complaints
        )

    def cost(self, share, arrays, vectors, residue, passes):
        """Cost and leakage of this PE for one image.

            latency = slowest subarray (updates: one after the other) + adder tree + registers + buses
            energy = sum of all subarrays + the same parts

        Copies of the share divide the latency of what reads, and write their energy each.

        Parameters
        ----------
        share : PEMap
            The part of the matrix it holds.
        arrays : list of Cost
            Cost of each of its subarrays, over all input vectors.
        vectors : int
            Input vectors of the image; each has `input_bits` planes.
        residue : Residue
        passes : Passes

        Returns
        -------
        (Cost, float)
            Cost with peaks, and leakage power [W].
        """
        design = self.design
        matrix_rows, matrix_columns = len(share.rows), len(share.columns)
        copies = share.duplication[0] * share.duplication[1]
        if share.whole:
            # Every subarray holds the whole share: nothing is added between subarrays.
            residue.leave_idle(("tree", self.novel), self.tree.leakage)
            cost = arrays[0].times(*UPDATES, energy=copies).faster(copies)
        else:
            adding = math.ceil(matrix_rows / design.array_rows)
            reads = vectors * sums_per_read(design)
            tree = self.tree.latency(0.0, reads, adding), self.tree.energy(reads, adding)
            residue.leakage["tree", self.novel] = self.tree.leakage_when(adding)
            if copies > 1:
                read_out = []
                # Quirk Q31: the tree's energy counts once for every subarray, also for an activation gradient that
                # there is not, unless trees count in every pass.
                # Quirk Q45: its time counts for an activation gradient that there is not in any case.
                back = 1 if passes.backward or not passes.trees_in_every_pass else 0
                for array in arrays:
                    read = array.plus(*tree, "forward").plus(tree[0], tree[1] * back, "activation_gradient")
                    read_out.append(read.plus(tree[0], tree[1] * passes.trees[1], "accumulation"))
                cost = Cost.beside(read_out).times(*UPDATES, energy=copies).faster(copies)
            else:
                cost = Cost.beside(arrays).plus(*tree, *passes.reads)
                cost = cost.plus(tree[0] * passes.trees[0], tree[1] * passes.trees[1], "accumulation")
        cost = cost.with_peaks()

        planes = vectors * design.input_bits
        register_latency = self.input_register.latency(
            planes * math.ceil(matrix_rows / design.array_rows)
        ) + self.output_register.latency(vectors)
        reads, active = (planes, vectors), (matrix_rows, matrix_columns // design.cells_per_synapse * self.tree.bits)
        if not design.rules.register_reads:
            reads, active = active, reads  # Quirk Q32: passed the other way round
        register_energy = self.input_register.energy(reads[0], active[0]) + self.output_register.energy(
            reads[1], active[1]
        )
        bits_out = matrix_columns // design.cells_per_synapse * output_bits(design) * planes / design.input_bits
        lanes = self.output_bus.rows * self.output_bus.bus_width
        transfers = matrix_rows * planes / self.input_bus.bus_width, bits_out / lanes
        bus_latency = self.input_bus.latency(transfers[0]) + self.output_bus.latency(transfers[1])
        bus_energy = self.input_bus.energy(self.input_bus.bus_width, transfers[0]) + self.output_bus.energy(
            lanes, transfers[1]
        )
        latency, energy = register_latency + bus_latency, register_energy + bus_energy
        cost = cost.plus(latency, energy, *passes.reads)
        count = len(passes.reads)
        cost = cost.plus(register_latency * count, register_energy * count, "buffer")
        cost = cost.plus(bus_latency * count, bus_energy * count, "interconnect")
        leakage = (
            (self.array.leakage if passes.backward else self.array.leakage_forward) * self.rows * self.columns
            + residue.leakage.get(("tree", self.novel), 0.0)
            + self.input_register.leakage
            + self.output_register.leakage
        )
        return cost, leakage
