"""The result of an evaluation: numbers in SI, tables, JSON, and the reference's files and text."""

from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurosim.chip.outline import divided, in_order
from neurosim.outputs import Outputs
from neurosim.report import text
from neurosim.report.hybrid_report import HybridBreakdown
from neurosim.report.plan import Plan, operations
from neurosim.report.quantities import CHIP_QUANTITIES, QUANTITIES, STEPS

if TYPE_CHECKING:
    import pandas as pd

UNITS = {q.name: q.unit for q in (*QUANTITIES, *CHIP_QUANTITIES)}
# Steps whose times do not overlap and (quirk Q27) whose peaks a pipeline does not count.
_SUMMED_LATENCY = ("weight_gradient", "weight_update", "dram")
_UNCOUNTED_LATENCY = ("peak_weight_gradient", "peak_weight_update")
# Results that must be sound, beside area, latency and energy.
MAIN = ("leakage_power", "leakage_energy", "energy_efficiency", "throughput", "epoch_rate")


@dataclass(frozen=True, repr=False)
class Report(Plan):
    """The evaluation of a design on a network's traces.

    Attributes
    ----------
    layer_values : list of dict
        {quantity: value in SI units} of each layer (see `neurosim.report.quantities`).
    layer_complaints : list of tuple of str
        Lines the reference prints while it evaluates each layer.
    synthetic : dict or None
        How the traces were made, if nobody recorded them: every output says it.
    noticed : dict
        {kind: sentence} of what in the traces is hardly meant, see `neurosim.traces.checks`.
    """

    layer_values: list[dict[str, Any]]
    layer_complaints: list[tuple[str, ...]]
    synthetic: dict[str, Any] | None = None
    noticed: dict[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        own = self.layer_values, self.layer_complaints, self.synthetic, self.noticed
        return type(self).of, (self.design, self.network, *own)

    @property
    def _doubts_about_data(self):
        return self.noticed

    @cached_property
    def main_numbers(self) -> dict[str, float]:
        kinds = "latency", "energy"
        steps = {kind: {f"{step}_{kind}": self.totals[f"{step}_{kind}"] for step in STEPS} for kind in kinds}
        sums = {f"{kind} of all steps": in_order(steps[kind].values()) for kind in kinds}
        rest = {name: self.totals[name] for name in MAIN}
        return super().main_numbers | steps["latency"] | steps["energy"] | sums | rest

    @cached_property
    def totals(self) -> dict[str, float]:
        """{quantity: value in SI units} of the whole chip."""
        combine = _pipeline_totals if self.design.pipeline else _sequential_totals
        totals = combine(self.layer_values)
        tiles = self.floorplan.layer_tiles
        leaks = [n * values["leakage_power"] for n, values in zip(tiles, self.layer_values, strict=True)]
        totals["leakage_power"] = in_order(leaks)
        if self.design.pipeline:
            totals["leakage_energy"] = in_order(
                leak
                * (
                    (totals["forward_latency"] - values["forward_latency"])
                    + (totals["activation_gradient_latency"] - values["activation_gradient_latency"])
                )
                for leak, values in zip(leaks, self.layer_values, strict=True)
            )
        else:
            totals["leakage_energy"] = in_order(values["leakage_energy"] for values in self.layer_values)
        totals.update(_rates(operations(self.design, self.network), totals))
        return totals

    @cached_property
    def hybrid(self) -> HybridBreakdown | None:
        """`HybridBreakdown` of a chip with hybrid synapses, else None."""
        if not self.design.hybrid:
            return None
        return HybridBreakdown(self)

    @property
    def layers(self) -> "pd.DataFrame":
        """DataFrame: a row a layer, a column a quantity with its unit, in SI."""
        import pandas as pd

        names = [q.name for q in QUANTITIES] + ["leakage_power", "leakage_energy"]
        table = pd.DataFrame([{n: values[n] for n in names} for values in self.layer_values])
        table.columns = [f"{n} [{UNITS[n]}]" for n in names]
        table.index = pd.RangeIndex(1, len(table) + 1, name="layer")
        return table

    @property
    def chip_table(self) -> "pd.DataFrame":
        """DataFrame: every quantity of the whole chip with unit and meaning."""
        import pandas as pd

        known = {q.name: q for q in (*QUANTITIES, *CHIP_QUANTITIES)}
        return pd.DataFrame(
            {
                "value": list(self.totals.values()),
                "unit": [known[n].unit for n in self.totals],
                "meaning": [known[n].meaning for n in self.totals],
            },
            index=pd.Index(list(self.totals), name="quantity"),
        )

    def to_dict(self) -> dict[str, Any]:
        results = {
            **super().to_dict(),
            "units": UNITS,
            "chip": dict(self.totals),
            "layers": [{n: v for n, v in values.items() if n != "hybrid"} for values in self.layer_values],
        }
        if self.synthetic:
            results["synthetic"] = self.synthetic
        return results | {"hybrid": self.hybrid.to_dict()} if self.hybrid else results

    def to_reference(self) -> dict[str, Any]:
        """The sections `floorplan`, `area`, `chip` and `layers` in the reference's names."""
        chip = {q.chip: self.totals[q.name] for q in (*QUANTITIES, *CHIP_QUANTITIES)}
        layers = [
            {q.layer: values[q.name] for q in QUANTITIES} | {"tileLeakage": values["leakage_power"]}
            for values in self.layer_values
        ]
        made = {"synthetic": self.synthetic} if self.synthetic else {}
        return {**super().to_reference(), "chip": chip, "layers": layers, **made}

    def to_text(self) -> str:
        """What the reference prints, without its run-time block."""
        blocks = (text.synthetic_text, text.floorplan_text, text.performance_text, text.summary_text)
        return "".join(block(self) for block in blocks)

    def to_csv(self, folder: str | PathLike[str] = ".", epoch: str | int = "0") -> tuple[Path, Path]:
        """Append to the reference's two CSV files below `folder`, to both or (after a failure) to none.

        Returns
        -------
        (Path, Path)
            `NeuroSim_Output.csv` and the breakdown file of `epoch`.
        """
        folder = Path(folder)
        breakdown = folder / text.BREAKDOWN_FOLDER / text.BREAKDOWN_NAME.format(epoch=epoch)
        output = folder / text.OUTPUT_NAME
        with Outputs() as outputs:
            outputs.append(breakdown, text.breakdown_csv(self))
            outputs.append(output, text.output_line(self))
        return output, breakdown


def finish_layers(plan, layer_values, pipeline, own_rates=False):
    """Add each layer's leakage energy, which depends on all of them.

        layer by layer   E = (tiles of the chip - tiles of the layer) P_tile (t_forward + t_activation_gradient)
        pipeline         E = tiles of the layer P_tile (t_forward of the slowest layer - t_forward)

    Layer by layer, the tiles of all other layers leak while this one works, at this layer's tile leakage (quirk Q26)
    or, with `own_rates`, at their own:

        E = (sum of tiles P_tile over the other layers) (t_forward + t_activation_gradient)

    In a pipeline a layer leaks while it waits for the slowest; the printed value leaves the
    backward pass out (quirk Q27).
    """
    total = plan.total_tiles
    leaking = in_order(n * values["leakage_power"] for n, values in zip(plan.layer_tiles, layer_values, strict=True))
    slowest = _largest(values["forward_latency"] for values in layer_values)
    for tiles, values in zip(plan.layer_tiles, layer_values, strict=True):
        leakage = values["leakage_power"]
        if pipeline:
            values["leakage_energy"] = tiles * leakage * (slowest - values["forward_latency"])
        else:
            working = values["forward_latency"] + values["activation_gradient_latency"]
            idle = leaking - tiles * leakage if own_rates else (total - tiles) * leakage
            values["leakage_energy"] = idle * working
    return layer_values


def _sequential_totals(layers):
    return {q.name: in_order(values[q.name] for values in layers) for q in QUANTITIES}


def _pipeline_totals(layers):
    """A pipeline takes as long as its slowest layer; gradients and updates are not pipelined.

    Quirk U9: the reference asks for these values before it has stored them, and crashes.
    """
    totals = {}
    for q in QUANTITIES:
        step = q.name.rpartition("_")[0]
        values = [layer[q.name] for layer in layers]
        if q.unit == "J" or step in _SUMMED_LATENCY:
            totals[q.name] = in_order(values)
        else:
            totals[q.name] = 0.0 if step in _UNCOUNTED_LATENCY else _largest(values)
    return totals


def _rates(count, totals):
    """Efficiency and throughput, whole and peak.

    TOPS/W = operations / (1e12 E), TOPS = operations / (1e12 t), epochs a second = 1 / t, of all steps of an epoch.
    """
    rates = {}
    for peak in ("", "peak_"):
        energies = [totals[f"{peak}{step}_energy"] for step in STEPS]
        if not peak:
            energies.insert(1, totals["leakage_energy"])
        time = in_order(totals[f"{peak}{step}_latency"] for step in STEPS)
        rates[f"{peak}energy_efficiency"] = divided(count, in_order(energies) * 1e12)
        rates[f"{peak}throughput"] = divided(count, time) * 1e-12
        rates[f"{peak}epoch_rate"] = divided(1.0, time)
    return rates


def _largest(values):
    """The reference's running maximum; quirk S6: a value that is no number replaces what came before it."""
    largest = 0.0
    for value in values:
        largest = largest if largest > value else value
    return largest
