"""What the parts of hybrid-precision synapses take of a chip: area, time, energy and leakage."""

import csv
import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from neurosim.chip.costs import SYNAPSE_COUNTS, SYNAPSE_PARTS, SYNAPSE_READS
from neurosim.errors import NeurosimError
from neurosim.report.quantities import STEPS

if TYPE_CHECKING:
    import pandas as pd

    from neurosim.report.report import Report

COLUMNS = (
    "layer", "part", "latency [s]", "energy [J]", "latency per epoch [s]", "energy per epoch [J]", "area [m^2]",
    "leakage power [W]",
)  # fmt: skip
UNITS = {
    "latency": "s", "energy": "J", "area": "m^2", "leakage_power": "W", "power": "W", "outline": "F",
    "capacitor_density": "F/m^2", "update_pulse_energy": "J", "leak_current": "A", "lsb_hold_time": "s",
    "transfer_interval": "batch", "batch_time": "s",
}  # fmt: skip


class HybridBreakdown:
    """The parts of hybrid synapses in a `Report`.

    Attributes
    ----------
    layers : list of dict
        {part: {"latency", "energy"} of a batch [s], [J]} of each layer: "msb", "lsb" and "join" of the forward reads of
        the arrays, "update", "transfer" (a whole one), "transfer_read" (a part of it) and "transfer_amortised" (its
        share 1/K); {"update_pulses", "transfer_pulses": pulses} of a batch and of a transfer.
    chip : dict
        The same, added over the layers, and "leakage": {"power" [W], "energy" of a batch [J]}.
    areas : dict
        {part: area [m^2]} of all subarrays: "msb", "lsb", "join" and "shared", which serves both.
    leakage : dict
        {"cells", "periphery": power [W]} of all subarrays.
    batch_time : float
        [s], see `neurosim.circuits.hybrid.batch_time`; infinite or no number where the report's latencies are.
    forgotten : float
        Part of its content that the volatile part loses in a batch.
    """

    FILE_NAME = "hybrid_breakdown.csv"

    def __init__(self, report: "Report") -> None:
        design, chip = report.design, report.chip
        self.synapse = chip.array.synapse
        self.iterations = design.iterations
        self.batch_time = batch_latency(report)
        self.forgotten = self.synapse.forgotten(self.batch_time)
        self.layers = [self._of_a_batch(values["hybrid"]) for values in report.layer_values]
        self.arrays = sum(count * tile.pes * tile.pe.side**2 for count, tile in chip.kinds_of_tiles())
        self.areas = {part: area * self.arrays for part, area in array_areas(chip.array, design).items()}
        cells = chip.array.cell_leakage
        self.leakage = {
            "cells": cells * self.arrays,
            "periphery": (chip.array.leakage - cells) * self.arrays,
        }
        self.chip = self._added()
        self._feature_size = design.technology.feature_size

    def _of_a_batch(self, values):
        batch = {part: {kind: values[part][kind] / self.iterations for kind in values[part]} for part in SYNAPSE_PARTS}
        interval = self.synapse.transfer_interval
        batch["transfer_amortised"] = {kind: value / interval for kind, value in batch["transfer"].items()}
        return batch | {count: values[count] / self.iterations for count in SYNAPSE_COUNTS}

    def _added(self):
        total = {}
        for name, value in self.layers[0].items():
            if isinstance(value, dict):
                total[name] = {kind: sum(layer[name][kind] for layer in self.layers) for kind in value}
            else:
                total[name] = sum(layer[name] for layer in self.layers)
        power = sum(self.leakage.values())
        total["leakage"] = {"power": power, "energy": power * self.batch_time}
        return total

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows of `hybrid_breakdown.csv`, as dicts.

        Latency and energy are those of a batch; those of `transfer` and `transfer_read` of one transfer, which has no
        value per epoch of its own.
        """
        for number, parts in [*enumerate(self.layers, 1), ("chip", self.chip)]:
            for part, value in parts.items():
                if part in SYNAPSE_COUNTS:
                    continue
                row = {"layer": number, "part": part}
                for kind, unit in (("latency", "s"), ("energy", "J")):
                    if kind in value:
                        row[f"{kind} [{unit}]"] = value[kind]
                        if not part.startswith("transfer") or part == "transfer_amortised":
                            row[f"{kind} per epoch [{unit}]"] = value[kind] * self.iterations
                if number == "chip" and part in self.areas:
                    row["area [m^2]"] = self.areas[part]
                if "power" in value:
                    row["leakage power [W]"] = value["power"]
                yield row
        yield {"layer": "chip", "part": "shared", "area [m^2]": self.areas["shared"]}

    @property
    def table(self) -> "pd.DataFrame":
        """DataFrame: `rows`."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=COLUMNS)

    def to_csv(self) -> str:
        """The text of `hybrid_breakdown.csv`."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows())
        return text.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """Everything in SI units, as plain values."""
        synapse = self.synapse
        height, width = synapse.outline(self._feature_size)
        return {
            "units": UNITS,
            "synapse": {
                "memory": synapse.memory,
                "outline": [height, width],
                "capacitor_density": None if synapse.ferroelectric else synapse.implied_density(self._feature_size),
                "msb_levels": synapse.msb_levels,
                "lsb_levels": synapse.lsb_levels,
                "msb_weight": synapse.msb_weight,
                "update_pulse_energy": synapse.pulse_energy,
                "leak_current": synapse.leak_current,
                "lsb_hold_time": synapse.lsb_hold_time,
                "transfer_interval": synapse.transfer_interval,
            },
            "reads": list(SYNAPSE_READS),
            "batch_time": self.batch_time,
            "forgotten_per_batch": self.forgotten,
            "arrays": self.arrays,
            "area": self.areas,
            "leakage_power": self.leakage,
            "chip": self.chip,
            "layers": self.layers,
        }


def array_areas(array, design):
    """{part: area [m^2]} of one `HybridArray`: "msb", "lsb", "join", "shared".

    In a hybrid-3t1c cell the pair takes two 1T1R cells, the capacitor and its transistors the rest; in a 2T-1FeFET
    cell the FeFET takes a third. Source-line drivers belong to the devices on their lines.
    """

    area = {}
    for part in array.parts:
        area[part.name] = area.get(part.name, 0.0) + (part.circuit.area if part.role else 0.0)

    def added(*names):
        return math.fsum(area.get(name, 0.0) for name in names)

    cells = array.cells.area
    if array.synapse.ferroelectric:
        msb, source = cells / 3, 1.0
    else:
        pair = 2 * design.height_1t1r * design.width_1t1r * design.technology.feature_size**2
        msb, source = min(pair * array.rows * array.columns, cells), 2 / 3
    areas = {
        "msb": msb + added("word_matrix_msb", "bit_matrix_msb") + source * area["column_matrix"],
        "lsb": cells - msb + added("word_matrix_lsb", "bit_matrix_lsb", "power_gates")
        + (1 - source) * area["column_matrix"],
        "join": added("part_mux", "part_decoder", "subtractor", "join"),
    }  # fmt: skip
    return areas | {"shared": array.used_area - math.fsum(areas.values())}


def batch_time(report: "Report") -> float:
    """Time that a chip takes for one batch [s]: what the volatile part forgets in between.

    Parameters
    ----------
    report : Report
        Of any memory. Without training it is the forward pass of `batch_size` images.

    Returns
    -------
    float
        Sum of the four steps, as `epoch_rate` counts them, over the batches of an epoch.

    Raises
    ------
    NeurosimError
        The report has no finite latency.
    """
    time = batch_latency(report)
    if not 0 < time < math.inf:
        raise NeurosimError(f"a batch of this chip takes {time:g} s: {'; '.join(report.warnings.values())}")
    return time


def batch_latency(report: "Report") -> float:
    """`batch_time`, but infinite or no number where the report is.

    t = latency of all steps of an epoch / iterations; without training t = latency of an image batch_size [s].
    """
    latency = sum(report.totals[f"{step}_latency"] for step in STEPS)
    return latency / report.design.iterations if report.design.training else latency * report.design.batch_size
