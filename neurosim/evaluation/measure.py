"""Traces to array statistics: in threads, once for all designs that see the same currents, from a cache if any."""

from functools import partial
from itertools import chain

from neurosim.evaluation.stats import ArrayReader, conversion_key

READ_AHEAD = 1 << 22  # weights of a layer
BUNCH = 4  # arrays


def measured_by(planned):
    """What array statistics depend on besides the trace and the ADC: designs with equal keys share them.

    Parameters
    ----------
    planned : Plan

    Returns
    -------
    tuple
    """
    design = planned.design
    reader = ArrayReader(design, planned.chip.array.cell, {})
    synapse = reader.synapse
    pulses = () if synapse is None else (synapse.memory, synapse.pulses_per_weight, synapse.lsb_levels)
    return (
        planned.floorplan,
        tuple(reader.wiring.items()),
        reader.average,
        reader.linear,
        design.training,
        design.synapse_bits,
        design.effective_cell_bits,
        design.input_bits,
        design.conductance_max,
        design.conductance_min,
        design.max_write_pulses,
        design.weight_max,
        design.weight_min,
        *pulses,
    )


def measured(plans, trace, pool, cache=None):
    """The statistics of every layer, for plans that `measured_by` does not tell apart.

    Parameters
    ----------
    plans : list of Plan
    trace : Trace
    pool : ThreadPoolExecutor
    cache : Cache or None

    Yields
    ------
    (iterable of ArrayStats, float)
        Of all arrays of the layer in the order of its `TileMap`s (a list for several plans or with a cache, else each
        as soon as it is ready), and the share of ones in the layer's input.
    """
    first = plans[0]
    arrays = [planned.chip.array for planned in plans]
    adcs = {conversion_key(adc): adc for array in arrays for adc in array.converters if adc is not None}
    reader = ArrayReader(first.design, first.chip.array.cell, adcs)
    layers = len(first.network)
    parts = [_parts(first, index) for index in range(layers)]
    if cache is not None:
        for index in range(layers):
            yield cache.layer(trace, index, measured_by(first), reader, parts[index], pool)
        return
    ahead = None
    for index in range(layers):
        recorded = ahead.result() if ahead else trace.layer(index)
        # The next layer is read while this one is computed, unless it is so large that both together would set the peak
        # of the memory.
        small = index + 1 < layers and first.network[index + 1].weights <= READ_AHEAD
        ahead = pool.submit(trace.layer, index + 1) if small else None
        data, activity = reader.layer(recorded), recorded.activity
        del recorded  # the largest thing in memory
        stats = chain.from_iterable(pool.map(partial(_measured_together, data), _bunches(parts[index])))
        yield (list(stats) if len(plans) > 1 else stats), activity


def _bunches(parts):
    """Arrays that are measured in one task: a task an array would spend as long on being handed over."""
    return [parts[first : first + BUNCH] for first in range(0, len(parts), BUNCH)]


def _measured_together(data, parts):
    return [data.measure(part) for part in parts]


def _parts(planned, index):
    """All `ArrayMap`s of a layer."""
    maps = planned.floorplan.layer_maps(index, planned.network[index])
    return [part for share in maps for pe in share.pes for part in pe.arrays]
