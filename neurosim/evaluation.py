"""The flow: design and network to floorplan, chip and (with a trace) report."""

from neurosim.chip import Chip
from neurosim.costs import Residue
from neurosim.layers import layer_totals
from neurosim.mapping import floorplan
from neurosim.network import Network
from neurosim.report import Plan, Report, finish_layers
from neurosim.stats import ArrayReader, array_cost


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
    design, chip, placed = planned.design, planned.chip, planned.floorplan
    residue = Residue()
    reader = ArrayReader(design, chip.array)
    values, complaints = [], []
    for index, layer in enumerate(planned.network):
        if progress:
            progress(index, len(planned.network))
        record = trace.layer(index)
        data, activity = reader.layer(record), record.activity
        del record  # the largest thing in memory
        tiles, lines = [], []
        for share in placed.layer_maps(index, layer):
            tile = chip.novel_tile if placed.novel[index] else chip.tile
            pes = []
            for pe in share.pes:
                arrays = [array_cost(chip, data.measure(part), residue) for part in pe.arrays]
                pes.append(tile.pe.cost(pe, arrays, layer.vectors, residue))
            speedup = placed.speedup_rows[index], placed.speedup_columns[index]
            tiles.append(tile.cost(share, pes, layer.vectors, speedup, residue))
            # What the reference prints at every read, and the outline of the PE, asked for once a tile.
            if chip.array.complaint_per_read:
                reads = sum(len(pe.arrays) for pe in share.pes) * layer.vectors * design.input_bits
                lines += [chip.array.complaint_per_read] * reads
            lines += tile.pe.complaints
        values.append(layer_totals(chip, index, tiles, activity))
        complaints.append(tuple(lines))
    if progress:
        progress(len(planned.network), len(planned.network))
    finish_layers(placed, values, design.pipeline)
    return Report(planned.design, planned.network, placed, chip, values, complaints)
