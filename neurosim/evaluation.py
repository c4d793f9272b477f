"""The flow: designs and network to floorplans, chips and (with a trace) reports."""

from concurrent.futures import ThreadPoolExecutor

from neurosim.chip import Chip
from neurosim.costs import Residue
from neurosim.errors import NeurosimError
from neurosim.layers import layer_totals
from neurosim.mapping import floorplan
from neurosim.measure import measured, measured_by, threads
from neurosim.network import Network
from neurosim.report import Plan, Report, finish_layers
from neurosim.stats import array_cost


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


def evaluate(design, network, trace, progress=None, cache=None):
    """Area, latency and energy of a chip that runs `network` on recorded data.

    Parameters
    ----------
    design : Design
    network : Network or rows of eight numbers
    trace : Trace
        Weights, old weights and inputs of every layer.
    progress : callable, optional
        Called as `progress(layers done, layers)` before each layer and after the last.
    cache : neurosim.Cache, optional
        Where to find, and leave, what the traces mean for subarrays.

    Returns
    -------
    Report

    Raises
    ------
    NeurosimError
        In one sentence, what in design, network or trace cannot be evaluated.
    """
    return evaluate_many([design], network, trace, progress, cache)[0]


def evaluate_many(designs, network, trace, progress=None, cache=None):
    """Evaluate several designs on the same traces, sharing what they have in common.

    Designs whose subarrays see the same column currents (same mapping, cells and wires) share the reading of the
    traces and the summing of currents, and designs with the same ADC its conversions as well. So a further design that
    differs in node, temperature, ADC levels, multiplexing or buffers only costs a fraction of the first.

    Parameters
    ----------
    designs : sequence of Design
    network : Network or rows of eight numbers
    trace : Trace
    progress : callable, optional
        Called as `progress(layers done, layers)`, counting the layers of every group of such designs.
    cache : neurosim.Cache, optional

    Returns
    -------
    list of Report
        In the order of `designs`; the same as from `evaluate`, to the last bit.

    Raises
    ------
    NeurosimError
        What cannot be evaluated; with several designs the sentence begins with the place of the design (from 1).
    """
    network = network if isinstance(network, Network) else Network(network)
    rolls = [RollUp(planned) for planned in _plans(designs, network)]
    groups = {}
    for roll in rolls:
        groups.setdefault(measured_by(roll.planned), []).append(roll)
    steps, done = len(groups) * len(network), 0
    with ThreadPoolExecutor(threads()) as pool:
        for group in groups.values():
            layers = measured([roll.planned for roll in group], trace, pool, cache)
            for index in range(len(network)):
                if progress:
                    progress(done, steps)
                done += 1
                stats, activity = next(layers)
                for roll in group:
                    roll.add_layer(index, iter(stats), activity)
    if progress:
        progress(steps, steps)
    return [roll.report() for roll in rolls]


def _plans(designs, network):
    for number, design in enumerate(designs, 1):
        try:
            yield plan(design, network)
        except NeurosimError as error:
            if len(designs) == 1:
                raise
            raise NeurosimError(f"design {number}: {error}", status=error.status) from None


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

    def add_layer(self, index, stats, activity):
        """Take the next layer in.

        Parameters
        ----------
        index : int
        stats : iterator of ArrayStats
            Of every array of the layer, in the order of its `TileMap`s.
        activity : float
            Share of ones in the layer's input.
        """
        planned, chip, residue = self.planned, self.planned.chip, self.residue
        layer, placed = planned.network[index], planned.floorplan
        tile = chip.novel_tile if placed.novel[index] else chip.tile
        speedup = placed.speedup_rows[index], placed.speedup_columns[index]
        tiles, lines = [], []
        for share in placed.layer_maps(index, layer):
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
