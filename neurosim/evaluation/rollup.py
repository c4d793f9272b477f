"""Costs of arrays added up to processing elements, tiles, layers and the chip."""

from neurosim.chip.costs import Residue
from neurosim.chip.passes import Passes
from neurosim.evaluation.arrays import ArrayCosts
from neurosim.evaluation.layers import layer_totals
from neurosim.report.report import Report, finish_layers
from neurosim.traces.checks import doubts


class RollUp:
    """Costs of arrays added up to PEs, tiles, layers and the chip, in the reference's order.

    Parameters
    ----------
    planned : Plan
    """

    def __init__(self, planned):
        self.planned = planned
        self.residue = Residue(planned.design.rules.idle_trees_leak)
        self.arrays = ArrayCosts(planned.chip, self.residue)
        self.values = []
        self.seen = []
        self.complaints = []

    def add_layer(self, index, stats, seen):
        """Take the next layer in.

        Parameters
        ----------
        index : int
        stats : iterator of ArrayStats
            Of every array of the layer, in the order of its `TileMap`s.
        seen : checks.Seen
            What was seen of the layer's trace; the share of ones in its input is computed with.
        """
        planned, chip, residue = self.planned, self.planned.chip, self.residue
        layer, placed = planned.network[index], planned.floorplan
        tile = chip.novel_tile if placed.novel[index] else chip.tile
        passes = Passes.of(planned.design, index)
        speedup = placed.speedup_rows[index], placed.speedup_columns[index]
        self.arrays.begin(passes)
        tiles, lines = [], []
        for share in placed.layer_maps(index, layer):
            pes = []
            for pe in share.pes:
                arrays = [self.arrays.of(next(stats)) for _ in pe.arrays]
                pes.append(tile.pe.cost(pe, arrays, layer.vectors, residue, passes))
            tiles.append(tile.cost(share, pes, layer.vectors, speedup, residue, passes))
            # Quirk Q39: what the reference prints at every read (Q22), and about the outline of the PE once a tile.
            if chip.array.complaint_per_read:
                reads = sum(len(pe.arrays) for pe in share.pes) * layer.vectors * planned.design.input_bits
                lines += [chip.array.complaint_per_read] * reads
            lines += tile.pe.complaints
        self.values.append(layer_totals(chip, index, tiles, seen.activity, passes))
        self.seen.append(seen)
        self.complaints.append(tuple(lines))

    def report(self, synthetic=None):
        """The `Report` of all layers; `synthetic` says how traces were made that nobody recorded."""
        planned = self.planned
        finish_layers(planned.floorplan, self.values, planned.design.pipeline, planned.design.rules.tiles_leak_apart)
        noticed = doubts(self.seen, planned.network, planned.design)
        return Report(
            planned.design, planned.network, planned.floorplan, planned.chip, self.values, self.complaints, synthetic,
            noticed,
        )
