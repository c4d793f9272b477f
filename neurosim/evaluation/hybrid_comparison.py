"""Hybrid-precision synapses against non-volatile devices only, side by side on the same trace."""

import math
from typing import TYPE_CHECKING

from neurosim.circuits.hybrid import BASELINE, HYBRID_MEMORIES
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import Progress, evaluate_many
from neurosim.evaluation.hybrid_costs import write_pulse_energy
from neurosim.report.hybrid_report import batch_time
from neurosim.report.quantities import STEPS
from neurosim.report.report import Report
from neurosim.traces.network import Network, Rows
from neurosim.traces.traces import Trace

if TYPE_CHECKING:
    import pandas as pd


def compare(
    design: Design, network: Network | Rows, trace: Trace, progress: Progress | None = None, cache: Cache | None = None
) -> "pd.DataFrame":
    """A chip with hybrid synapses beside one with non-volatile devices only.

    Parameters
    ----------
    design : Design
        With a hybrid memory, which is set beside `BASELINE` of it; with another memory, that memory is set beside
        hybrid-3t1c (FeFET: 2t1fefet).
    network, trace, progress, cache
        As of `neurosim.evaluate`.

    Returns
    -------
    DataFrame
        A row a quantity, with columns "unit", "envm", "hybrid" and "ratio" (hybrid over envm).
    """
    envm, hybrid = pair_of_designs(design)
    return comparison(*evaluate_many([envm, hybrid], network, trace, progress, cache))


def pair_of_designs(design: Design) -> tuple[Design, Design]:
    """(eNVM-only, hybrid) designs that differ in nothing but the memory.

    Raises
    ------
    NeurosimError
        An SRAM design, which has no non-volatile part.
    """
    if design.hybrid:
        low, high = design.cell_resistances
        return design.replace(memory=BASELINE[design.memory], resistance_on=low, resistance_off=high), design
    for hybrid, memory in BASELINE.items():
        if design.memory == memory:
            return design, design.replace(memory=hybrid)
    raise NeurosimError(
        f"memory = {design.memory} has no non-volatile part to compare with; use {', '.join(HYBRID_MEMORIES)}, "
        f"{' or '.join(BASELINE.values())}"
    )


def comparison(envm: Report, hybrid: Report) -> "pd.DataFrame":
    """The table of `neurosim.circuits.hybrid.compare` from the `Report`s of both chips."""
    import pandas as pd

    values = [_values(envm), _values(hybrid)]
    even = break_even(envm, hybrid)
    rows = [
        {"quantity": name, "unit": unit, "envm": value, "hybrid": values[1][name, unit]}
        for (name, unit), value in values[0].items()
    ]
    rows += [{"quantity": name, "unit": unit, "hybrid": value} for (name, unit), value in even.items()]
    table = pd.DataFrame(rows).set_index("quantity")
    table["ratio"] = table["hybrid"] / table["envm"].replace(0, math.nan)  # there is no transfer without hybrid cells
    return table


def _values(report):
    """{(quantity, unit): value} of one chip."""
    totals, iterations = report.totals, report.design.iterations
    transfer = {"latency": 0.0, "energy": 0.0}
    if report.hybrid:
        transfer = report.hybrid.chip["transfer_amortised"]
    values = {("area", "m^2"): report.areas["total"], ("array_area", "m^2"): report.areas["array"]}
    for kind, unit in (("latency", "s"), ("energy", "J")):
        shared = transfer[kind] * iterations
        epoch = {
            "read": totals[f"forward_{kind}"] + totals[f"activation_gradient_{kind}"],
            "weight_gradient": totals[f"weight_gradient_{kind}"],
            "update": totals[f"weight_update_{kind}"] - shared,
            "transfer": shared,
            "total": sum(totals[f"{step}_{kind}"] for step in STEPS),
        }
        for name, value in epoch.items():
            values[f"{name}_{kind}_per_batch", unit] = value / iterations
            values[f"{name}_{kind}_per_epoch", unit] = value
    values["leakage_power", "W"] = totals["leakage_power"]
    values["batch_time", "s"] = batch_time(report)
    return values


def break_even(envm, hybrid):
    """From which transfer interval on hybrid synapses save energy, and what that follows from.

    `pulses_per_batch (E_w - E_p) > (moved_per_transfer E_w + E_read_all) / K`, with E_w of a write pulse of a
    non-volatile device and E_p of an update pulse of the volatile part. The same for all that the chips take for
    updates and transfers, lines, drivers and buffers included, is `break_even_interval_energy` and `..._latency`. An
    interval is infinite where the hybrid update alone takes more.

        K = (moved_per_transfer E_w + E_read_all) / (pulses_per_batch (E_w - E_p))

    with E_w of a write pulse, E_p of an update pulse and E_read_all of reading all volatile parts.

    Parameters
    ----------
    envm, hybrid : Report

    Returns
    -------
    dict
        {(quantity, unit): value}
    """
    parts, array = hybrid.hybrid.chip, hybrid.chip.array
    write = write_pulse_energy(array, hybrid.design.fefet_gate_capacitance)
    pulse, read = array.synapse.pulse_energy, parts["transfer_read"]["energy"]
    pulses, moved = parts["update_pulses"], parts["transfer_pulses"]
    values = {
        ("pulses_per_batch", ""): pulses,
        ("update_pulse_energy", "J"): pulse,
        ("write_pulse_energy", "J"): write,
        ("moved_per_transfer", ""): moved,
        ("transfer_read_energy", "J"): read,
        ("break_even_interval", "batch"): interval(moved * write + read, pulses * (write - pulse)),
    }
    before, after = _values(envm), _values(hybrid)
    for kind, unit in (("energy", "J"), ("latency", "s")):
        update = f"update_{kind}_per_batch", unit
        values[f"break_even_interval_{kind}", "batch"] = interval(
            parts["transfer"][kind], before[update] - after[update]
        )
    return values


def interval(transfer, saved):
    """Batches after which what is `saved` in a batch has paid for a transfer."""
    return transfer / saved if saved > 0 else math.inf
