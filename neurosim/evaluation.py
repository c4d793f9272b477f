"""The flow: design and network to floorplan, chip and (with a trace) report."""

import os
from concurrent.futures import ThreadPoolExecutor

from neurosim.chip import Chip
from neurosim.costs import Residue
from neurosim.layers import layer_totals
from neurosim.mapping import floorplan
from neurosim.network import Network
from neurosim.report import Plan, Report, finish_layers
from neurosim.stats import ArrayReader, array_cost, conversion_key


def plan(design, network):
    """Floorplan and area of a chip, without a trace.

    Parameters
    ----------
    design : Design
    network : Network or rows of eight numbers

    Returns
    -------
    Plan
    """
    network = network if isinstance(network, Network) else Network(network)
    if "U17" in design.corrections:
        design = design.replace(columns_per_adc=min(design.columns_per_adc, design.array_columns))
    placed = floorplan(design, network)
    return Plan(design, network, placed, Chip(design, network, placed))


def evaluate(design, network, trace, progress=None):
    """Area, latency and energy of a chip that runs `network` on recorded data.

    Parameters
    ----------
    design : Design
    network : Network or rows of eight numbers
    trace : Trace
        Weights, old weights and inputs of every layer.
    progress : callable, optional
        Called as `progress(layers done, layers)` before each layer and after the last.

    Returns
    -------
    Report

    Raises
    ------
    NeurosimError
        In one sentence, what in design, network or trace cannot be evaluated.
    """
    planned = plan(design, network)
    chip = planned.chip
    adcs = {conversion_key(adc): adc for adc in (chip.array.adc, chip.array.adc_ag) if adc is not None}
    reader = ArrayReader(planned.design, chip.array.cell, adcs)
    roll_up = RollUp(planned)
    layers = len(planned.network)
    with ThreadPoolExecutor(threads()) as pool:
        ahead = pool.submit(trace.layer, 0)
        for index in range(layers):
            if progress:
                progress(index, layers)
            recorded = ahead.result()
            if index + 1 < layers:
                ahead = pool.submit(trace.layer, index + 1)
            data, activity = reader.layer(recorded), recorded.activity
            del recorded  # the largest thing in memory
            maps = planned.floorplan.layer_maps(index, planned.network[index])
            parts = [part for share in maps for pe in share.pes for part in pe.arrays]
            roll_up.add_layer(index, maps, pool.map(data.measure, parts), activity)
    if progress:
        progress(layers, layers)
    return roll_up.report()


def threads():
    """Threads that measure arrays: the cores this process may use, or NEUROSIM_THREADS if that is set."""
    wanted = os.environ.get("NEUROSIM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class RollUp:
    """Costs of arrays added up to PEs, tiles, layers and the chip, in the reference's order.

    Parameters
    ----------
    planned : Plan
    """

    def __init__(self, planned):
        self.planned = planned
        self.residue = Residue()
        self.values = []
        self.complaints = []

    def add_layer(self, index, maps, stats, activity):
        """Take the next layer in.

        Parameters
        ----------
        index : int
        maps : sequence of TileMap
        stats : iterator of ArrayStats
            Of every array of `maps`, in order.
        activity : float
            Share of ones in the layer's input.
        """
        planned, chip, residue = self.planned, self.planned.chip, self.residue
        layer, placed = planned.network[index], planned.floorplan
        tile = chip.novel_tile if placed.novel[index] else chip.tile
        speedup = placed.speedup_rows[index], placed.speedup_columns[index]
        tiles, lines = [], []
        for share in maps:
            pes = []
            for pe in share.pes:
                arrays = [array_cost(chip, next(stats), residue) for _ in pe.arrays]
                pes.append(tile.pe.cost(pe, arrays, layer.vectors, residue))
            tiles.append(tile.cost(share, pes, layer.vectors, speedup, residue))
            # What the reference prints at every read, and the outline of the PE, asked for once a tile.
            if chip.array.complaint_per_read:
                reads = sum(len(pe.arrays) for pe in share.pes) * layer.vectors * planned.design.input_bits
                lines += [chip.array.complaint_per_read] * reads
            lines += tile.pe.complaints
        self.values.append(layer_totals(chip, index, tiles, activity))
        self.complaints.append(tuple(lines))

    def report(self):
        """The `Report` of all layers."""
        planned = self.planned
        finish_layers(planned.floorplan, self.values, planned.design.pipeline)
        return Report(
            planned.design, planned.network, planned.floorplan, planned.chip, self.values, self.complaints
        )
