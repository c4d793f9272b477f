"""The flow: designs and network to floorplans, chips and (with a trace) reports."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from neurosim.design.design import Design
from neurosim.errors import NeurosimError, check_kind
from neurosim.evaluation.measure import measured
from neurosim.evaluation.reading import Reading
from neurosim.evaluation.rollup import RollUp
from neurosim.processors import threads
from neurosim.report.plan import Plan, warn_of
from neurosim.report.report import Report
from neurosim.traces.network import Network, Rows
from neurosim.traces.traces import Trace

if TYPE_CHECKING:
    from neurosim.evaluation.cache import Cache  # most runs have none, and need not load what it needs

Progress: TypeAlias = Callable[[int, int], object]  # called with layers done, and layers


def evaluate(
    design: Design, network: Network | Rows, trace: Trace, progress: Progress | None = None,
    cache: "Cache | None" = None
) -> Report:
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

    Warns
    -----
    NeurosimWarning
        Once, of `Report.doubts`: parameters and main results that are hardly meant, or mean nothing.
    """
    (report,) = _evaluated([design], network, trace, progress, cache)
    warn_of(report.doubts.values(), 3)
    return report


def evaluate_many(
    designs: Sequence[Design],
    network: Network | Rows,
    trace: Trace,
    progress: Progress | None = None,
    cache: "Cache | None" = None,
) -> list[Report]:
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

    Warns
    -----
    NeurosimWarning
        Once a design, of `Report.doubts`: parameters and main results that are hardly meant, or mean nothing.
    """
    if isinstance(designs, Design):
        raise NeurosimError("evaluate_many takes a list of designs; give [design], or use evaluate")
    reports = _evaluated(designs, network, trace, progress, cache)
    for number, report in enumerate(reports, 1):
        place = f"design {number}: " if len(reports) > 1 else ""
        warn_of([place + "; ".join(report.doubts.values())] if report.doubts else [], 3)
    return reports


def _evaluated(
    designs: Sequence[Design], network: Network | Rows, trace: Trace, progress: Progress | None, cache: "Cache | None"
) -> list[Report]:
    """`evaluate_many`, in silence."""
    check_kind(trace, Trace, "the trace", "give a neurosim.Trace, such as Trace.from_files(files, network, 8)")
    if cache is not None and not hasattr(cache, "layer"):
        raise NeurosimError(f"the cache is {cache!r}; give neurosim.Cache(folder)")
    network = network if isinstance(network, Network) else Network(network)
    return evaluate_plans(list(_plans(designs, network)), trace, progress, cache)


def evaluate_plans(
    plans: Sequence[Plan], trace: Trace, progress: Progress | None = None, cache: "Cache | None" = None
) -> list[Report]:
    """`evaluate_many` of designs that have been planned, all for one network."""
    if not trace.updates and any(planned.design.training for planned in plans):
        raise NeurosimError("no old weights were recorded, so that no update can be evaluated; use training = false")
    rolls = [RollUp(planned) for planned in plans]
    layers_of_network = len(plans[0].network) if plans else 0
    groups: dict[Reading, list[RollUp]] = {}
    for roll in rolls:
        groups.setdefault(Reading.of(roll.planned), []).append(roll)
    steps, done = len(groups) * layers_of_network, 0
    with ThreadPoolExecutor(threads()) as pool:
        for group in groups.values():
            layers = measured([roll.planned for roll in group], trace, pool, cache)
            for index in range(layers_of_network):
                if progress:
                    progress(done, steps)
                done += 1
                stats, seen = next(layers)
                for roll in group:
                    roll.add_layer(index, iter(stats), seen)
    if progress:
        progress(steps, steps)
    return [roll.report(trace.synthesis) for roll in rolls]


def _plans(designs: Sequence[Design], network: Network) -> Iterator[Plan]:
    for number, design in enumerate(designs, 1):
        try:
            yield Plan.of(design, network)
        except NeurosimError as error:
            if len(designs) == 1:
                raise
            raise NeurosimError(f"design {number}: {error}", status=error.status) from None
