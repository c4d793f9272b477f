"""Floorplan: how a network's weights are laid over tiles, processing elements and subarrays.

Integers only; nothing here knows a circuit. Two mappings exist (Peng et al., ISCAS 2019 and TCAD 2020):

conventional   the unrolled kernel matrix is cut into tiles, each tile into a square of processing
               elements (PEs), each PE into subarrays;
novel          every kernel position gets a PE of its own inside a tile, which holds the
               channels x outputs slice of that position, so that inputs are reused between PEs.

Tile and PE sizes are searched for the best memory utilisation among halvings of the smallest power of
two that holds the widest layer. Small layers are duplicated inside a PE and inside a tile.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from neurosim.chip.misfit import Misfit

SPEEDUP_LIMITED = (
    "User assigned speed-up degree is larger than the upper bound (where no idle period during the whole process) ",
    "The speed-up degree is auto-assigned as the upper bound (where no idle period during the whole process) ",
)


@dataclass(frozen=True)
class ArrayMap:
    """The part of a layer's matrix that one subarray holds: row indices `[start, stop)` pieces and columns."""

    rows: range
    columns: range


@dataclass(frozen=True)
class PEMap:
    """One processing element: its share of the matrix and the subarrays it is cut into.

    `duplication` is (rows, columns) of copies of the whole share inside the PE; with more copies than
    subarray positions one array is evaluated for all (`whole`).
    """

    rows: range
    columns: range
    duplication: tuple[int, int]
    arrays: tuple[ArrayMap, ...]
    whole: bool


@dataclass(frozen=True)
class TileMap:
    """One tile: its PEs in evaluation order, and how many idle positions repeat the last PE (quirk Q7)."""

    row: int
    column: int
    matrix_rows: int
    matrix_columns: int
    pes: tuple[PEMap, ...]
    # For each evaluated position of the tile, the index of the PE whose cost counts there.
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Floorplan:
    """Sizes and counts of a mapped network; everything the circuits and the traces need to know.

    Attributes
    ----------
    novel : tuple of bool
        Which layers use the novel mapping.
    kernel_positions : int
        PEs of a novel tile (0 without novel mapping).
    novel_pe_size, tile_size, pe_size : int
        Storage size (rows = columns) of a novel PE, a conventional tile, a conventional PE.
    novel_tiles, tiles : int
        Tiles of either kind on the chip.
    grid_rows, grid_columns : int
        The chip's tile grid.
    tile_rows, tile_columns : tuple of int
        Tiles of each layer.
    speedup_rows, speedup_columns : tuple of int
        Copies of each layer's weights.
    utilization : tuple of float
        Share of the cells of its tiles that each layer uses.
    location_rows, location_columns : tuple of int
        Where each layer begins in the grid.
    max_novel_pe_size, max_tile_size : int
        Upper ends of the search.
    pipeline_speedup : tuple of int
        Wanted copies of each layer (empty without pipeline).
    notices : tuple of str
        Lines the reference prints while planning.
    """

    array_rows: int
    array_columns: int
    cells_per_synapse: int
    novel: tuple[bool, ...]
    kernel_positions: int
    novel_pe_size: int
    tile_size: int
    pe_size: int
    novel_tiles: int
    tiles: int
    grid_rows: int
    grid_columns: int
    tile_rows: tuple[int, ...]
    tile_columns: tuple[int, ...]
    speedup_rows: tuple[int, ...]
    speedup_columns: tuple[int, ...]
    utilization: tuple[float, ...]
    location_rows: tuple[int, ...]
    location_columns: tuple[int, ...]
    max_novel_pe_size: int
    max_tile_size: int
    pipeline_speedup: tuple[int, ...]
    notices: tuple[str, ...]

    @cached_property
    def layer_tiles(self):
        """Number of tiles of each layer."""
        return tuple(rows * columns for rows, columns in zip(self.tile_rows, self.tile_columns, strict=True))

    @property
    def total_tiles(self):
        return sum(self.layer_tiles)

    @property
    def mapped_memory(self):
        """Tiles that would be needed at full utilisation: n = sum over the layers of tiles utilisation."""
        return sum(n * share for n, share in zip(self.layer_tiles, self.utilization, strict=True))

    @property
    def pes_per_side(self):
        """PEs along one side of a conventional tile."""
        return math.ceil(self.tile_size / self.pe_size)

    def layer_maps(self, index, layer):
        """The `TileMap`s of a layer, in the order in which they are evaluated."""
        if self.novel[index]:
            return tuple(self._novel_tiles(layer))
        return tuple(self._conventional_tiles(index, layer))

    # -- where each part of a matrix lies ----------------------------------------------------------

    def _conventional_tiles(self, index, layer):
        matrix_rows, matrix_columns = layer.matrix_rows, layer.outputs * self.cells_per_synapse
        speedup = self.speedup_rows[index], self.speedup_columns[index]
        side = self.pes_per_side
        for row, rows in enumerate(_pieces(range(matrix_rows), self.tile_size)):
            for column, columns in enumerate(_pieces(range(matrix_columns), self.tile_size)):
                if speedup[0] * speedup[1] > 1 and min(speedup) >= side:
                    copies = math.ceil(speedup[0] / side), math.ceil(speedup[1] / side)
                    pes, positions = (self._pe(rows, columns, copies),), (0,)
                elif speedup[0] * speedup[1] > 1:
                    pes = tuple(
                        self._pe(r, c, (1, 1))
                        for r in _pieces(rows, self.pe_size)
                        for c in _pieces(columns, self.pe_size)
                    )
                    positions = tuple(range(len(pes)))
                else:
                    pes, positions = self._square_of_pes(rows, columns, side)
                yield TileMap(row, column, len(rows), len(columns), pes, positions)

    def _square_of_pes(self, rows, columns, side):
        """The PEs of an unduplicated tile; idle positions count the last PE again (quirk Q7)."""
        row_pieces, column_pieces = _pieces(rows, self.pe_size), _pieces(columns, self.pe_size)
        pes, positions = [], []
        for i in range(side):
            for j in range(side):
                if i < len(row_pieces) and j < len(column_pieces):
                    pes.append(self._pe(row_pieces[i], column_pieces[j], (1, 1)))
                positions.append(len(pes) - 1)
        return tuple(pes), tuple(positions)

    def _novel_tiles(self, layer):
        matrix_columns = layer.outputs * self.cells_per_synapse
        # Quirk U7: pieces end where the layer does; the reference reads weights outside its arrays.
        for row, channels in enumerate(_pieces(range(layer.channels), self.novel_pe_size)):
            for column, columns in enumerate(_pieces(range(matrix_columns), self.novel_pe_size)):
                pes = tuple(
                    self._pe(
                        range(k * layer.channels + channels.start, k * layer.channels + channels.stop), columns, (1, 1)
                    )
                    for k in range(self.kernel_positions)
                )
                yield TileMap(row, column, len(channels) * len(pes), len(columns), pes, tuple(range(len(pes))))

    def _pe(self, rows, columns, duplication):
        row_pieces, column_pieces = _pieces(rows, self.array_rows), _pieces(columns, self.array_columns)
        copies = duplication[0] * duplication[1]
        positions = math.ceil(self.pe_size / self.array_rows), math.ceil(self.pe_size / self.array_columns)
        whole = copies > 1 and not (duplication[0] < positions[0] or duplication[1] < positions[1])
        if whole:
            arrays = (ArrayMap(rows, columns),)
        else:
            arrays = tuple(ArrayMap(r, c) for r in row_pieces for c in column_pieces)
        return PEMap(rows, columns, duplication, arrays, whole)


def _pieces(whole, size):
    """`whole` cut into consecutive ranges of at most `size`."""
    return [range(start, min(start + size, whole.stop)) for start in range(whole.start, whole.stop, size)]


def floorplan(design, network):
    """Lay `network` out on a chip of `design`.

    Parameters
    ----------
    design : Design
    network : Network

    Returns
    -------
    Floorplan

    Raises
    ------
    NeurosimError
        The network does not fit the hierarchy of subarrays, PEs and tiles.
    """
    return _Search(design, network).result()


def largest_rows(design, network):
    """The largest array_rows, a power of two below that of the design, that `floorplan` takes; 0 if there is none."""
    return _Search(design, network).largest_rows()


def widest_layer(design, network):
    """Index of the layer with the largest input map, for which the weight-gradient unit is made; 0 in a pipeline."""
    sizes = [0 if design.pipeline else layer.rows * layer.columns * layer.channels for layer in network]
    return sizes.index(max(sizes))


class _Search:
    """The steps of the search, over one design and network."""

    def __init__(self, design, network):
        self.design = design
        self.network = network
        self.cells = design.cells_per_synapse
        self.kernel_positions, self.novel = self._mark_layers()
        self.notices = ()

    # A layer's matrix in cells.
    def _columns(self, layer):
        return layer.outputs * self.cells

    def _mark_layers(self):
        """Which layers use the novel mapping, and how many PEs its tiles have.

        Quirk Q6: the commonest kernel size wins, the first one to reach the highest count; fully
        connected layers take part.
        """
        if not self.design.novel_mapping:
            return 0, tuple(False for _ in self.network)
        sizes = [layer.kernel_size for layer in self.network]
        self.winner = max(sizes, key=sizes.count)
        return self.winner, self._marks(self.design.array_rows)

    def _marks(self, array_rows):
        """Large layers with the commonest kernel."""
        return tuple(layer.kernel_size == self.winner and layer.matrix_rows >= array_rows for layer in self.network)

    def _of_kind(self, novel):
        return [layer for layer, mark in zip(self.network, self.novel, strict=True) if mark == novel]

    def result(self):
        design = self.design
        rows = design.array_rows
        max_novel = max((_power_of_two(self._columns(layer)) for layer in self._of_kind(True)), default=0)
        max_tile = max((_power_of_two(self._columns(layer)) for layer in self._of_kind(False)), default=0)
        pipeline = self._pipeline_speedup()
        self._check_hierarchy(max_novel, max_tile)

        novel_pe, novel_tiles = 0, 0
        if design.novel_mapping:
            novel_pe, novel_tiles, _ = self._best(max(max_novel, 2 * rows), 2 * rows, self._novel_use)
        # Quirk Q12: also without conventional layers there is a tile size, for which circuits are made.
        tile, tiles, use = self._best(max(max_tile, 4 * rows), 4 * rows, self._tile_use)
        pe = self._best_pe(tile, tiles, use)
        pe_copies = [self._copies_of_pes(layer, tile, pe) if not novel else (1, 1) for layer, novel in self._marked()]
        array_copies = [
            self._copies_of_arrays(layer, novel_pe if novel else pe, novel) for layer, novel in self._marked()
        ]

        tile_rows, tile_columns, speed_rows, speed_columns, utilization = [], [], [], [], []
        for index, (layer, novel) in enumerate(self._marked()):
            size = novel_pe if novel else tile
            copies = math.prod(pe_copies[index]) * math.prod(array_copies[index])
            down = math.ceil((layer.channels if novel else layer.matrix_rows) / size)
            across = math.ceil(self._columns(layer) / size)
            stretch = math.ceil(pipeline[index] / copies) if pipeline else 1
            down *= stretch
            cells = layer.channels * self.kernel_positions if novel else layer.matrix_rows
            used = max(pipeline[index], copies) if pipeline else copies
            capacity = down * across * size * size * (self.kernel_positions if novel else 1)
            tile_rows.append(down)
            tile_columns.append(across)
            utilization.append(used * cells * self._columns(layer) / capacity)
            speed_rows.append(pe_copies[index][0] * array_copies[index][0] * stretch)
            speed_columns.append(pe_copies[index][1] * array_copies[index][1])

        layer_tiles = [r * c for r, c in zip(tile_rows, tile_columns, strict=True)]
        if pipeline:
            novel_tiles = sum(n for n, novel in zip(layer_tiles, self.novel, strict=True) if novel)
            tiles = sum(n for n, novel in zip(layer_tiles, self.novel, strict=True) if not novel)
        grid_rows = math.ceil(math.sqrt(tiles + novel_tiles))
        location_rows, location_columns = _locations(layer_tiles, grid_rows)
        return Floorplan(
            array_rows=rows,
            array_columns=design.array_columns,
            cells_per_synapse=self.cells,
            novel=self.novel,
            kernel_positions=self.kernel_positions,
            novel_pe_size=novel_pe,
            tile_size=tile,
            pe_size=pe,
            novel_tiles=novel_tiles,
            tiles=tiles,
            grid_rows=grid_rows,
            grid_columns=math.ceil((tiles + novel_tiles) / grid_rows),
            tile_rows=tuple(tile_rows),
            tile_columns=tuple(tile_columns),
            speedup_rows=tuple(speed_rows),
            speedup_columns=tuple(speed_columns),
            utilization=tuple(utilization),
            location_rows=location_rows,
            location_columns=location_columns,
            max_novel_pe_size=max_novel,
            max_tile_size=max_tile,
            pipeline_speedup=pipeline,
            notices=self.notices,
        )

    def _marked(self):
        return zip(self.network, self.novel, strict=True)

    def _check_hierarchy(self, max_novel, max_tile):
        """A PE holds at least 2 x 2 subarrays and a tile 2 x 2 PEs (quirk U8: the reference crashes here)."""
        rows = self.design.array_rows
        if self.design.novel_mapping:
            if max_novel >= 2 * rows:
                return
            wide = f"a processing element of {max_novel}" if max_novel else (
                "no processing element (no layer fills one)")
            why = f"with novel mapping its widest layer needs {wide}, which must hold at least 2 x 2 subarrays"
        else:
            if max_tile >= 4 * rows:
                return
            why = f"its widest layer needs a tile of {max_tile}, which must hold at least 4 x 4 subarrays"
        raise Misfit("U8", f"array_rows = {rows} is too large for this network: {why}", self.design, self.network)

    def largest_rows(self):
        """See `largest_rows` of the module."""
        novel = self.design.novel_mapping
        arrays, smaller = 2 if novel else 4, 1 << (self.design.array_rows - 1).bit_length() - 1
        while smaller:
            marks = self._marks(smaller) if novel else [True] * len(self.network)
            marked = [layer for layer, mark in zip(self.network, marks, strict=True) if mark]
            if max((_power_of_two(self._columns(layer)) for layer in marked), default=0) >= arrays * smaller:
                break
            smaller //= 2
        return smaller

    # -- utilisation of a candidate size -------------------------------------------------------------

    def _tile_use(self, size):
        """(tiles, utilisation) of the conventional layers for a tile size.

        utilisation = cells of their matrices / cells of these tiles.
        """
        layers = self._of_kind(False)
        tiles = sum(math.ceil(layer.matrix_rows / size) * math.ceil(self._columns(layer) / size) for layer in layers)
        cells = sum(layer.matrix_rows * self._columns(layer) for layer in layers)
        return tiles, cells / (tiles * size * size) if tiles else math.nan

    def _novel_use(self, size):
        """(tiles, utilisation) of the novel layers for a PE size."""
        layers = self._of_kind(True)
        tiles = sum(math.ceil(layer.channels / size) * math.ceil(self._columns(layer) / size) for layer in layers)
        cells = sum(layer.matrix_rows * self._columns(layer) for layer in layers)
        return tiles, cells / (tiles * size * size * self.kernel_positions) if tiles else math.nan

    @staticmethod
    def _best(largest, smallest, use):
        """(size, tiles, utilisation) of the best size among `largest` and its halvings above `smallest`."""
        best_size, best_tiles, best_use = largest, use(largest)[0], 0
        size = largest
        while size > smallest:
            tiles, share = use(size)
            if share > best_use:
                best_size, best_tiles, best_use = size, tiles, share
            size /= 2
        return _whole(best_size), best_tiles, best_use

    def _best_pe(self, tile, tiles, use):
        """The PE size of a conventional tile; a smaller one must beat the utilisation found so far."""
        best, size = tile / 2, tile / 2
        while size > 2 * self.design.array_rows:
            cells = sum(
                math.prod(self._copies_of_pes(layer, tile, size)) * layer.matrix_rows * self._columns(layer)
                for layer in self._of_kind(False)
            )
            share = cells / (tiles * tile * tile) if tiles else math.nan
            if share > use:
                best, use = size, share
            size /= 2
        return _whole(best)

    # -- duplication ----------------------------------------------------------------------------------

    def _copies_of_pes(self, layer, tile, pe):
        """Copies of a conventional layer inside one tile, along rows and columns."""
        if layer.matrix_rows > tile and self._columns(layer) > tile:
            return 1, 1
        side = math.ceil(tile / pe)
        return _copies(side, layer.matrix_rows, pe), _copies(side, self._columns(layer), pe)

    def _copies_of_arrays(self, layer, pe, novel):
        """Copies of a layer (of one kernel position) inside one PE, along rows and columns."""
        rows = layer.channels if novel else layer.matrix_rows
        if rows > pe and self._columns(layer) > pe:
            return 1, 1
        array_rows, array_columns = self.design.array_rows, self.design.array_columns
        # Quirk Q11: places are counted rounding up, so that utilisation may exceed 1 if sizes do not divide.
        return (
            _copies(math.ceil(pe / array_rows), rows, array_rows),
            _copies(math.ceil(pe / array_columns), self._columns(layer), array_columns),
        )

    # -- pipeline ---------------------------------------------------------------------------------------

    def _pipeline_speedup(self):
        """Copies of each layer that even out the pipeline; the wanted speed-up is limited by the feature maps.

        copies = ceil((rows / share)^2), share = ceil(largest rows / speed-up).
        """
        if not self.design.pipeline:
            return ()
        largest = self.network[0].rows
        smallest = min([largest] + [layer.rows for layer in self.network if layer.kernel_rows != 1])
        bound = int(largest / smallest)
        degree = self.design.pipeline_speedup
        if bound < degree:
            degree = bound
            self.notices = SPEEDUP_LIMITED
        share = math.ceil(largest / degree)
        return tuple(math.ceil((layer.rows / share) ** 2) for layer in self.network)


def _copies(places, length, size):
    """How many pieces of `length` (cut by `size`) fit into `places`, at least one."""
    return max(places // math.ceil(length / size), 1)


def _power_of_two(length):
    """The smallest power of two not below `length`."""
    return 1 << (length - 1).bit_length()


def _whole(size):
    """A size as int when it is whole (halvings of an odd array size may not be)."""
    return int(size) if size == int(size) else size


def _locations(layer_tiles, grid_rows):
    """Grid position of each layer's first tile.

    Quirk Q10: a layer is counted behind its own tiles, the first layer apart, and columns start at -1.
    """
    rows, columns, total = [0], [0], 0
    for tiles in layer_tiles[1:]:
        total += tiles
        rows.append(total // grid_rows)
        columns.append(total % grid_rows - 1)
    return tuple(rows), tuple(columns)
