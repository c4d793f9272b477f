"""The chip: tiles, global buffer, H-tree, activation, pooling, weight-gradient unit and DRAM.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.
"""

import math
from functools import cached_property

from neurosim._circuits import Adder, AdderTree
from neurosim.chip.build import (
    activation,
    array_problems,
    buffer,
    gradient_problems,
    gradient_unit_of,
    h_tree,
    room_for,
    subarray_of,
)
from neurosim.chip.mapping import widest_layer
from neurosim.chip.misfit import Misfit
from neurosim.chip.outline import divided, square
from neurosim.chip.pe import Areas
from neurosim.chip.tile import Tile
from neurosim.circuits._dram import Dram
from neurosim.circuits._pooling import MaxPooling
from neurosim.circuits.cells import CellTooNarrow
from neurosim.design.words import shared_columns, word_bits
from neurosim.errors import NeurosimError

POOL_WINDOW = 4


class Chip:
    """Every circuit of the chip, built once; nothing here depends on a trace.

    Parameters
    ----------
    design : Design
    network : Network
    plan : Floorplan

    Attributes
    ----------
    array : SubArray
        The subarray that every PE repeats.
    novel_tile, tile : Tile
        `novel_tile` is None without novel mapping.
    areas : Areas
        Of the whole chip; `weight_gradient_area` beside it.
    area : float
        Chip area [m^2].
    arrays_written_together : int
        Subarrays whose weight gradients the global buffer can hold.
    bus_width : float
        Wires of the global H-tree.
    buffer_cores : int
        Cores of the global buffer.
    complaints : tuple of str
        What the reference prints while it builds and lays out the chip.

    Raises
    ------
    NeurosimError
        A design whose circuits cannot be built.
    """

    def __init__(self, design, network, plan):
        self.design = design
        self.network = network
        self.plan = plan
        try:
            self._build()
        except CellTooNarrow as error:
            raise NeurosimError(f"{error}; use {room_for(error)}") from None
        except NeurosimError:
            raise
        except ValueError as error:
            raise NeurosimError(f"this design cannot be built: {error}") from None

    def _build(self):
        design, plan = self.design, self.plan
        for name, (cause, _) in array_problems(design).items():
            raise Misfit(name, cause, design, self.network)
        self.array = subarray_of(design)
        side = plan.pes_per_side
        self.tile = Tile(
            design, self.array, pes=side * side, side=side, lanes=side, pe_size=plan.pe_size, novel=False
        )
        cores = self.tile.input_cores, self.tile.output_cores
        self.tile.finish(cores)
        self.novel_tile = None
        if design.novel_mapping:
            self.novel_side = math.ceil(math.sqrt(plan.kernel_positions))
            self.novel_tile = Tile(
                design,
                self.array,
                pes=plan.kernel_positions,
                side=self.novel_side,
                lanes=plan.kernel_positions,
                pe_size=plan.novel_pe_size,
                novel=True,
            ).finish(cores)
        self.dram = Dram(design.dram)
        self._size_global_buffer()
        self._build_global_circuits()
        self._add_up_areas()

    def kinds_of_tiles(self):
        """(number, tile) of each kind, novel first."""
        kinds = [(self.plan.tiles, self.tile)]
        return [(self.plan.novel_tiles, self.novel_tile), *kinds] if self.novel_tile else kinds

    # -- sizes ------------------------------------------------------------------------------------------

    def _size_global_buffer(self):
        """Bus width, buffer capacity, and how many subarrays are written together.

            bus width = sum over the layers of lanes (1 + 1 / columns per ADC), halved down to its upper bound
            buffer = input_bits largest feature map + gradients [bit]

        The gradients are those of one subarray, doubled until the buffer is as large as `buffer_overhead` asks for.
        """
        design, plan, network = self.design, self.plan, self.network
        width, largest = 0.0, 0.0
        for index, layer in enumerate(network):
            inputs = float(layer.rows * layer.columns * layer.channels)
            lanes = float(plan.novel_pe_size * self.novel_side if plan.novel[index] else plan.tile_size)
            if design.pipeline:
                largest += inputs / 2
                lanes = (lanes + lanes / shared_columns(design)) * plan.layer_tiles[index]
            else:
                largest = max(largest, inputs)
                lanes = lanes + lanes / shared_columns(design)
            width += lanes
        # Quirk Q24: halved until it fits, perhaps to no whole number.
        while width > design.max_global_bus_width:
            width /= 2
        self.bus_width = width

        bits = int(design.input_bits * largest)  # Quirk U24: beyond 2^31 the reference's C int overflows
        cells = design.array_rows * design.array_columns
        self.accumulation_bits = math.ceil(math.log2(design.batch_size))
        # Quirk U3: the reference reads the precision of the weight-gradient unit here before it is set (0 in practice).
        unit_bits = 0
        if design.rules.unit_bits_buffered and design.training:
            unit_bits = self.gradient_unit.output_bits
        gradient = cells * design.cells_per_synapse * (unit_bits + self.accumulation_bits)
        self.arrays_written_together = gradient // (cells * design.synapse_bits)
        if design.training:
            wanted = bits * (design.buffer_overhead + 1)
            # Quirk U4: the reference doubles nothing for ever.
            if gradient == 0 and bits < wanted:
                raise Misfit(
                    "U4", f"batch_size = {design.batch_size} leaves no gradient to buffer, so the global buffer can "
                    "never grow by buffer_overhead", design, network,
                )
            while bits + gradient < wanted:
                gradient *= 2
                self.arrays_written_together *= 2
            bits += gradient
            # Quirk U5: none, where the buffer holds less than one subarray's gradients.
            self.arrays_written_together = max(self.arrays_written_together, design.rules.least_gradient_arrays)
        # Quirk U18: whole cores only, so that a small buffer has none.
        self.buffer_cores = bits // (design.global_buffer_rows * design.global_buffer_columns)
        self.buffer_cores = max(self.buffer_cores, design.rules.least_buffer_cores)

    @cached_property
    def gradient_unit(self):
        """The `WeightGradientUnit`, None without training."""
        design, widest = self.design, self.network[widest_layer(self.design, self.network)]
        if not design.training:
            return None
        for name, cause in gradient_problems(design, widest.positions).items():
            raise Misfit(name, cause, design, self.network)
        return gradient_unit_of(design, widest.positions, widest.channels * design.input_bits)

    def _build_global_circuits(self):
        design, plan = self.design, self.plan
        technology = design.technology
        tiles = [tile for _, tile in self.kinds_of_tiles()]
        tile_height, tile_width = max(t.height for t in tiles), max(t.width for t in tiles)
        if math.isnan(tile_height) and not self.novel_tile:
            raise Misfit(
                "no outline", "the area of a tile is negative or no number, so the global buffer cannot be laid out "
                "along the tiles (the reference stops here too)", design, self.network,
            )
        core = design.global_buffer_rows * design.global_buffer_columns
        height = plan.grid_rows * tile_height
        self.buffer = buffer(design, core, design.global_buffer_columns, design.global_buffer_sram, height=height)
        self.buffer_area = self.buffer.area * self.buffer_cores
        width = divided(self.buffer_area, height)
        self.htree = h_tree(
            design,
            plan.grid_rows,
            plan.grid_columns,
            self.bus_width,
            (tile_height, tile_width),
            delay_tolerance=design.global_bus_delay_tolerance,
            folded_ratio=design.tree_folding,
        )
        self.pooling = MaxPooling(technology, design.input_bits, POOL_WINDOW, int(plan.tile_size), width=width)
        self._build_accumulation(height, width)
        self.gradient_adder = None
        if design.training:
            self._build_training(height)

    def _build_accumulation(self, height, width):
        """Adders between tiles, and the activation units."""
        design, plan = self.design, self.plan
        rows = design.array_rows
        outputs, added, across = plan.tile_size, math.ceil(plan.pe_size / rows), plan.pes_per_side
        if self.novel_tile:
            outputs = max(outputs, self.novel_side * plan.novel_pe_size)
            added = max(added, math.ceil(plan.novel_pe_size / rows))
            across = max(across, self.novel_side)
        added *= across
        if design.pipeline:
            # Quirk Q36: with conventional mapping only the adders grow with the layers in flight.
            outputs *= len(self.network) + 1 if self.novel_tile else 1
            added *= len(self.network) + 1
        units = math.ceil(outputs / shared_columns(design))
        tiles_added = max(plan.tile_rows)
        bits = design.input_bits
        if design.chip_activation:
            bits = math.ceil(word_bits(design)) + 1 + math.ceil(math.log2(added))
        # Quirk Q35: laid out along a third of the buffer's height, not width.
        along = width if design.rules.adders_along_width else height
        self.accumulation = AdderTree(design.technology, tiles_added, bits, units, width=along / 3)
        self.activation = None
        if design.chip_activation:
            # Quirk Q34: the table always has the entries of a row-by-row read-out.
            entries = (
                math.ceil(word_bits(design, row_by_row=True))
                + 1
                + math.log2(added)
                + math.ceil(math.log2(tiles_added))
            )
            self.activation = activation(
                design, self.array, units=units, entries=int(entries), tables=units, width=width / 3
            )
            self.activation_share = units if design.relu else int(entries)

    def _build_training(self, height):
        design = self.design
        self.gradient_adder = Adder(
            design.technology,
            self.gradient_unit.output_bits + self.accumulation_bits,
            self.arrays_written_together * design.array_rows * design.array_columns,
            height=height,
        )

    def _add_up_areas(self):
        """Area = tiles + activation + weight-gradient unit + buffer + H-tree + pooling + adders between tiles [m^2]."""
        total = interconnect = adc = accumulation = other = array = 0.0
        for count, tile in self.kinds_of_tiles():
            areas = tile.areas
            total += areas.total * count
            interconnect += areas.interconnect * count
            adc += areas.adc * count
            accumulation += areas.accumulation * count
            other += areas.other * count
            array += areas.array * count
        active = self.activation.area if self.activation else 0.0
        self.weight_gradient_area = 0.0
        if self.design.training:
            self.weight_gradient_area = self.gradient_unit.area + self.gradient_adder.area
        total += active
        total += self.weight_gradient_area
        total += self.buffer_area + self.htree.area + self.pooling.area + self.accumulation.area
        self.areas = Areas(
            total,
            interconnect + self.htree.area,
            adc,
            accumulation + self.accumulation.area,
            other + self.buffer_area + self.pooling.area + active,
            array,
        )
        self.area = total
        self.height, self.width = square(total)
        parts = [tile for _, tile in self.kinds_of_tiles()]
        parts += [self.buffer, self.htree, self.pooling, self.accumulation, self.activation]
        parts += [self.gradient_unit, self.gradient_adder]
        # The subarray is laid out once when it is made, then again within each kind of tile.
        once = self.array.initial_complaints + self.array.complaints
        self.complaints = once + sum((part.complaints for part in parts if part), ())
