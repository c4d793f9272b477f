"""How costs combine: side by side, in series, copied."""

import math

import numpy as np
from golden import EXACT, close
from hypothesis import given
from hypothesis import strategies as st

from neurosim.chip.costs import ITEMS, READS, WRITES, Cost

NUMBERS = st.floats(0, 1e6)
COSTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=len(ITEMS), max_size=len(ITEMS)).map(
    lambda pairs: Cost(*map(np.array, zip(*pairs, strict=True)))
)


@given(st.lists(COSTS, max_size=12))
def test_side_by_side_the_slowest_counts_and_energies_add_up_in_order(costs):
    together = Cost.beside(costs)
    for item in ITEMS:
        latency = energy = 0.0
        for cost in costs:
            latency = latency + cost[item][0] if item in WRITES else max(latency, cost[item][0])
            energy += cost[item][1]
        assert together[item] == (latency, energy)


def test_a_latency_that_is_no_number_never_wins():
    """Quirk S6: as in the reference's comparison, which begins at 0."""
    broken, sound = Cost.of(forward=(math.nan, 1.0)), Cost.of(forward=(2.0, 1.0))
    assert Cost.beside([sound, broken])["forward"] == Cost.beside([broken, sound])["forward"] == (2.0, 2.0)
    assert Cost.beside([broken])["forward"] == (0.0, 1.0)


@given(COSTS, NUMBERS, NUMBERS)
def test_in_series_only_what_is_named_grows(cost, latency, energy):
    more = cost.plus(latency, energy, "forward", "adc")
    for item in ITEMS:
        added = (latency, energy) if item in ("forward", "adc") else (0.0, 0.0)
        assert more[item] == (cost[item][0] + added[0], cost[item][1] + added[1])


@given(COSTS, st.integers(1, 64))
def test_copies_speed_up_reads_alone_and_cost_no_less_energy(cost, copies):
    fast = cost.faster(copies)
    for item in ITEMS:
        divisor = copies if item in READS else 1
        assert fast[item] == (cost[item][0] / divisor, cost[item][1])


def test_peaks_are_the_passes_so_far():
    cost = Cost.of(forward=(1.0, 2.0), activation_gradient=(3.0, 4.0), weight_update=(5.0, 6.0)).with_peaks()
    later = cost.plus(10.0, 10.0, "forward")
    assert (later["peak_forward"], later["forward"]) == ((1.0, 2.0), (11.0, 12.0))
    assert later["peak_activation_gradient"] == (3.0, 4.0) and later["peak_weight_update"] == (5.0, 6.0)


def test_factors():
    cost = Cost.of(forward=(1.0, 2.0), adc=(3.0, 4.0)).times("forward", latency=10, energy=100)
    assert cost["forward"] == (10.0, 200.0) and cost["adc"] == (3.0, 4.0)
    assert close(cost.with_item("adc", 7.0, 8.0)["adc"][1], 8.0, EXACT)
