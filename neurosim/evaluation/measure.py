"""Traces to array statistics: in threads, once for all designs that see the same currents, from a cache if any."""

from functools import partial
from itertools import chain

from neurosim.evaluation.reading import ArrayReader, Reading, converters_of

READ_AHEAD = 1 << 22  # weights of a layer
BUNCH = 4  # arrays


def measured(plans, trace, pool, cache=None):
    """The statistics of every layer, for plans with equal readings.

    Parameters
    ----------
    plans : list of Plan
    trace : Trace
    pool : ThreadPoolExecutor
    cache : Cache or None

    Yields
    ------
    (iterable of ArrayStats, checks.Seen)
        Of all arrays of the layer in the order of its `TileMap`s (a list for several plans or with a cache, else each
        as soon as it is ready), and what was seen of its trace.
    """
    first = plans[0]
    adcs = {key: adc for planned in plans for key, adc in converters_of(planned.chip) if adc is not None}
    reader = ArrayReader(Reading.of(first), adcs)
    layers = len(first.network)
    parts = [_parts(first, index) for index in range(layers)]
    if cache is not None:
        for index in range(layers):
            yield cache.layer(trace, index, reader, parts[index], pool)
        return
    ahead = None
    for index in range(layers):
        recorded, noted = ahead.result() if ahead else _read(trace, index)
        # The next layer is read while this one is computed, unless it is so large that both together would set the peak
        # of the memory.
        small = index + 1 < layers and first.network[index + 1].weights <= READ_AHEAD
        ahead = pool.submit(_read, trace, index + 1) if small else None
        data = reader.layer(recorded)
        del recorded  # the largest thing in memory
        stats = chain.from_iterable(pool.map(partial(_measured_together, data), _bunches(parts[index])))
        yield (list(stats) if len(plans) > 1 else stats), noted


def _read(trace, index):
    recorded = trace.layer(index)
    return recorded, trace.seen(index, recorded)


def _bunches(parts):
    """Arrays that are measured in one task: a task an array would spend as long on being handed over."""
    return [parts[first : first + BUNCH] for first in range(0, len(parts), BUNCH)]


def _measured_together(data, parts):
    return [data.measure(part) for part in parts]


def _parts(planned, index):
    """All `ArrayMap`s of a layer."""
    maps = planned.floorplan.layer_maps(index, planned.network[index])
    return [part for share in maps for pe in share.pes for part in pe.arrays]
