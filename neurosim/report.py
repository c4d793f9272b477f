"""The result of an evaluation: numbers in SI, tables, JSON, and the reference's files and text."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from neurosim import text
from neurosim.outline import divided
from neurosim.outputs import Outputs, write_whole
from neurosim.quantities import AREAS, CHIP_QUANTITIES, QUANTITIES, STEPS

UNITS = {q.name: q.unit for q in (*QUANTITIES, *CHIP_QUANTITIES)}
# Steps whose times do not overlap and whose peaks a pipeline does not count (quirk).
_SUMMED_LATENCY = ("weight_gradient", "weight_update", "dram")
_UNCOUNTED_LATENCY = ("peak_weight_gradient", "peak_weight_update")


@dataclass(frozen=True)
class Plan:
    """What is known without a trace: floorplan and areas.

    Attributes
    ----------
    design : Design
    network : Network
    floorplan : Floorplan
    chip : Chip
    """

    design: object
    network: object
    floorplan: object
    chip: object

    @property
    def notices(self):
        """Lines the reference prints before the floorplan."""
        lines = []
        cell_bits = 1 if self.design.memory == "SRAM" else self.design.cell_bits
        if cell_bits > self.design.synapse_bits:
            lines.append(
                "ERROR!: Memory precision is even higher than synapse precision, please modify 'cellBit' in Param.cpp!"
            )
        return [*lines, *self.floorplan.notices]

    @cached_property
    def warnings(self):
        """{id: sentence} of the reference's defects that touch this design; see docs/fidelity.md."""
        from neurosim.corrections import findings

        return findings(self.chip)

    @property
    def area_complaints(self):
        """Lines the reference prints while it lays out the chip."""
        return self.chip.complaints

    @cached_property
    def areas(self):
        """{part: area [m^2]} of the chip."""
        areas = self.chip.areas
        return {
            "total": areas.total,
            "array": areas.array,
            "interconnect": areas.interconnect,
            "adc": areas.adc,
            "accumulation": areas.accumulation,
            "other": areas.other,
            "weight_gradient": self.chip.weight_gradient_area,
        }

    @property
    def area_table(self):
        """DataFrame: area of each part of the chip [m^2] and its share of the total."""
        import pandas as pd

        parts = {q.name: q.meaning for q in AREAS}
        table = pd.DataFrame({"part": list(self.areas), "area [m^2]": list(self.areas.values())})
        table["share"] = table["area [m^2]"] / self.areas["total"]
        table["meaning"] = [parts[name] for name in self.areas]
        return table.set_index("part")

    @property
    def floorplan_table(self):
        """DataFrame: mapping, tiles, copies and utilisation of each layer."""
        import pandas as pd

        plan = self.floorplan
        table = pd.DataFrame(
            {
                "mapping": ["novel" if novel else "conventional" for novel in plan.novel],
                "matrix rows": [layer.matrix_rows for layer in self.network],
                "matrix columns": [layer.outputs * plan.cells_per_synapse for layer in self.network],
                "tiles": plan.layer_tiles,
                "copies": [r * c for r, c in zip(plan.speedup_rows, plan.speedup_columns, strict=True)],
                "utilization": plan.utilization,
            }
        )
        table.index = pd.RangeIndex(1, len(table) + 1, name="layer")
        return table

    def to_dict(self):
        """Everything in our own names, with units, as plain values."""
        return {
            "neurosim": _version(),
            "design": self.design.to_dict(),
            "network": [list(map(int, _row(layer))) for layer in self.network],
            "floorplan": self._floorplan_dict(),
            "area": {"unit": "m^2", **self.areas},
        }

    def _floorplan_dict(self):
        plan = self.floorplan
        return {
            "array": [plan.array_rows, plan.array_columns],
            "pe_size": plan.pe_size,
            "tile_size": plan.tile_size,
            "novel_pe_size": plan.novel_pe_size,
            "kernel_positions": plan.kernel_positions,
            "tiles": plan.total_tiles,
            "tile_grid": [plan.grid_rows, plan.grid_columns],
            "memory_utilization": plan.mapped_memory / plan.total_tiles,
            "layers": json.loads(self.floorplan_table.to_json(orient="records", double_precision=15)),
        }

    def to_reference(self):
        """The sections `floorplan` and `area` in the reference's names."""
        plan, chip = self.floorplan, self.chip
        novel = chip.novel_tile
        area = {q.chip: self.areas[q.name] for q in AREAS}
        return {
            "floorplan": {
                "markNM": [int(mark) for mark in plan.novel],
                "pipelineSpeedUp": list(plan.pipeline_speedup),
                "maxPESizeNM": plan.max_novel_pe_size,
                "maxTileSizeCM": plan.max_tile_size,
                "numPENM": plan.kernel_positions,
                "desiredNumTileNM": plan.novel_tiles,
                "desiredPESizeNM": plan.novel_pe_size,
                "desiredNumTileCM": plan.tiles,
                "desiredTileSizeCM": plan.tile_size,
                "desiredPESizeCM": plan.pe_size,
                "numTileRow": plan.grid_rows,
                "numTileCol": plan.grid_columns,
                "numArrayWriteParallel": chip.arrays_written_together,
                "totalNumTile": plan.total_tiles,
                "realMappedMemory": plan.mapped_memory,
                "numComputation": operations(self.design, self.network),
                "globalBusWidth": chip.bus_width,
                "numBufferCore": chip.buffer_cores,
                "numInBufferCore": chip.tile.cores[0],
                "numOutBufferCore": chip.tile.cores[1],
                "numTileEachLayerRow": list(plan.tile_rows),
                "numTileEachLayerCol": list(plan.tile_columns),
                "speedUpEachLayerRow": list(plan.speedup_rows),
                "speedUpEachLayerCol": list(plan.speedup_columns),
                "tileLocationRow": list(plan.location_rows),
                "tileLocationCol": list(plan.location_columns),
                "utilizationEachLayer": list(plan.utilization),
            },
            "area": {
                "chipHeight": chip.height,
                "chipWidth": chip.width,
                **area,
                "CMTileheight": chip.tile.height,
                "CMTilewidth": chip.tile.width,
                "NMTileheight": novel.height if novel else 0,
                "NMTilewidth": novel.width if novel else 0,
            },
        }

    def to_json(self, path=None):
        """The results as JSON text in our own names and full precision; written to `path` if given."""
        return _json(self.to_dict(), path)

    def to_reference_json(self, path=None):
        """The results as JSON text in the reference's names and full precision; written to `path` if given."""
        return _json(self.to_reference(), path)


@dataclass(frozen=True)
class Report(Plan):
    """The evaluation of a design on a network's traces.

    Attributes
    ----------
    layer_values : list of dict
        {quantity: value in SI units} of each layer (see `neurosim.quantities`).
    layer_complaints : list of tuple of str
        Lines the reference prints while it evaluates each layer.
    """

    layer_values: list
    layer_complaints: list

    @cached_property
    def totals(self):
        """{quantity: value in SI units} of the whole chip."""
        combine = _pipeline_totals if self.design.pipeline else _sequential_totals
        totals = combine(self.layer_values)
        tiles = self.floorplan.layer_tiles
        leaks = [n * values["leakage_power"] for n, values in zip(tiles, self.layer_values, strict=True)]
        totals["leakage_power"] = _add(leaks)
        if self.design.pipeline:
            totals["leakage_energy"] = _add(
                leak
                * (
                    (totals["forward_latency"] - values["forward_latency"])
                    + (totals["activation_gradient_latency"] - values["activation_gradient_latency"])
                )
                for leak, values in zip(leaks, self.layer_values, strict=True)
            )
        else:
            totals["leakage_energy"] = _add(values["leakage_energy"] for values in self.layer_values)
        totals.update(_rates(operations(self.design, self.network), totals))
        return totals

    @cached_property
    def hybrid(self):
        """`HybridBreakdown` of a chip with hybrid synapses, else None."""
        if not self.design.hybrid:
            return None
        from neurosim.hybrid_report import HybridBreakdown

        return HybridBreakdown(self)

    @property
    def layers(self):
        """DataFrame: a row a layer, a column a quantity with its unit, in SI."""
        import pandas as pd

        names = [q.name for q in QUANTITIES] + ["leakage_power", "leakage_energy"]
        table = pd.DataFrame([{n: values[n] for n in names} for values in self.layer_values])
        table.columns = [f"{n} [{UNITS[n]}]" for n in names]
        table.index = pd.RangeIndex(1, len(table) + 1, name="layer")
        return table

    @property
    def chip_table(self):
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

    def to_dict(self):
        results = {
            **super().to_dict(),
            "units": UNITS,
            "chip": dict(self.totals),
            "layers": [{n: v for n, v in values.items() if n != "hybrid"} for values in self.layer_values],
        }
        return results | {"hybrid": self.hybrid.to_dict()} if self.hybrid else results

    def to_reference(self):
        """The sections `floorplan`, `area`, `chip` and `layers` in the reference's names."""
        chip = {q.chip: self.totals[q.name] for q in (*QUANTITIES, *CHIP_QUANTITIES)}
        layers = [
            {q.layer: values[q.name] for q in QUANTITIES} | {"tileLeakage": values["leakage_power"]}
            for values in self.layer_values
        ]
        return {**super().to_reference(), "chip": chip, "layers": layers}

    def to_text(self):
        """What the reference prints, without its run-time block."""
        return text.floorplan_text(self) + text.performance_text(self) + text.summary_text(self)

    def to_csv(self, folder=".", epoch="0"):
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


def operations(design, network):
    """Operations of an epoch as the reference counts them: over whole feature maps, threefold in training."""
    count = _add(layer.operations for layer in network)
    if design.training:
        count *= 3
        count *= design.batch_size * design.iterations
    return count


def finish_layers(plan, layer_values, pipeline):
    """Add each layer's leakage energy, which depends on all of them.

    Layer by layer, the tiles of the *other* layers leak while this one works, at this layer's tile leakage
    (quirk). In a pipeline a layer leaks while it waits for the slowest; the printed value leaves the
    backward pass out (quirk).
    """
    total = plan.total_tiles
    slowest = _largest(values["forward_latency"] for values in layer_values)
    for tiles, values in zip(plan.layer_tiles, layer_values, strict=True):
        leakage = values["leakage_power"]
        if pipeline:
            values["leakage_energy"] = tiles * leakage * (slowest - values["forward_latency"])
        else:
            working = values["forward_latency"] + values["activation_gradient_latency"]
            values["leakage_energy"] = (total - tiles) * leakage * working
    return layer_values


def _sequential_totals(layers):
    return {q.name: _add(values[q.name] for values in layers) for q in QUANTITIES}


def _pipeline_totals(layers):
    """A pipeline takes as long as its slowest layer; gradients and updates are not pipelined."""
    totals = {}
    for q in QUANTITIES:
        step = q.name.rpartition("_")[0]
        values = [layer[q.name] for layer in layers]
        if q.unit == "J" or step in _SUMMED_LATENCY:
            totals[q.name] = _add(values)
        else:
            totals[q.name] = 0.0 if step in _UNCOUNTED_LATENCY else _largest(values)
    return totals


def _rates(count, totals):
    """Efficiency and throughput, whole and peak."""
    rates = {}
    for peak in ("", "peak_"):
        energies = [totals[f"{peak}{step}_energy"] for step in STEPS]
        if not peak:
            energies.insert(1, totals["leakage_energy"])
        time = _add(totals[f"{peak}{step}_latency"] for step in STEPS)
        rates[f"{peak}energy_efficiency"] = divided(count, _add(energies) * 1e12)
        rates[f"{peak}throughput"] = divided(count, time) * 1e-12
        rates[f"{peak}epoch_rate"] = divided(1.0, time)
    return rates


def _add(values):
    """A sum from left to right, as the reference adds."""
    total = 0.0
    for value in values:
        total += value
    return total


def _largest(values):
    """The reference's running maximum: a value that is no number replaces what came before it."""
    largest = 0.0
    for value in values:
        largest = largest if largest > value else value
    return largest


def _row(layer):
    from dataclasses import astuple

    return astuple(layer)


def _version():
    from neurosim import __version__

    return __version__


def _json(values, path):
    # NaN and Infinity as Python and most readers spell them; a finite float as its shortest exact text.
    rendered = json.dumps(values, indent=1, default=_plain) + "\n"
    if path is not None:
        write_whole(path, rendered)
    return rendered


def _plain(value):
    """NumPy numbers as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
