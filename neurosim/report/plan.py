"""What is known of a chip without a trace: floorplan and area, as numbers, tables, JSON, in the reference's names."""

import json
import warnings
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

from neurosim import __version__
from neurosim.chip.chip import Chip
from neurosim.chip.findings import findings
from neurosim.chip.mapping import Floorplan, floorplan
from neurosim.chip.outline import in_order
from neurosim.design.design import Design
from neurosim.errors import NeurosimError, NeurosimWarning, check_kind
from neurosim.outputs import write_whole
from neurosim.plausible import told, unsound
from neurosim.report.quantities import AREAS
from neurosim.report.summary import title
from neurosim.traces.network import Network, Rows

if TYPE_CHECKING:
    import pandas as pd


def plan(design: Design, network: Network | Rows) -> "Plan":
    """Floorplan and area of a chip, without a trace.

    Parameters
    ----------
    design : Design
    network : Network or rows of eight numbers

    Returns
    -------
    Plan

    Warns
    -----
    NeurosimWarning
        Once, of `Plan.doubts`.
    """
    found = Plan.of(design, network)
    warn_of(found.doubts.values(), 3)
    return found


def warn_of(sentences: Iterable[str], stacklevel: int) -> None:
    """Give sentences to Python's `warnings` as one `NeurosimWarning`; none, if there are none."""
    told_ones = "; ".join(sentences)
    if told_ones:
        warnings.warn(told_ones, NeurosimWarning, stacklevel=stacklevel)


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

    design: Design
    network: Network
    floorplan: Floorplan
    chip: Chip

    @classmethod
    def of(cls, design: Design, network: Network | Rows, *more: Any) -> Self:
        """Plan a network, in silence; `more` are the values of further fields."""
        check_kind(design, Design, "the design", "give a neurosim.Design, such as neurosim.Design(node=22)")
        network = network if isinstance(network, Network) else Network(network)
        placed = floorplan(design, network)
        return cls(design, network, placed, Chip(design, network, placed), *more)

    def __reduce__(self) -> tuple[Any, ...]:
        # Circuits are not kept: they follow from design and network.
        return type(self).of, (self.design, self.network)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {title(self)}>"

    @property
    def notices(self) -> list[str]:
        """Lines the reference prints before the floorplan; quirk Q40: it complains, cuts the bits off and goes on."""
        lines = []
        cell_bits = self.design.memory_kind.cell_bits or self.design.cell_bits
        if cell_bits > self.design.synapse_bits:
            lines.append(
                "ERROR!: Memory precision is even higher than synapse precision, please modify 'cellBit' in Param.cpp!"
            )
        return [*lines, *self.floorplan.notices]

    @property
    def warnings(self) -> dict[str, str]:
        """{name: sentence} of what is to be told: `defects` and `doubts`, but defects explain unsound results."""
        unexplained = {} if self.defects else told(self.unsound)
        return self.defects | self.design.doubts | self._doubts_about_data | unexplained

    @cached_property
    def defects(self) -> dict[str, str]:
        """{id: sentence} of the reference's defects that touch this design; see docs/fidelity.md."""
        return findings(self.chip)

    @cached_property
    def main_numbers(self) -> dict[str, float]:
        """{name: value} of the results that must be sound for any of them to mean something."""
        return {"area": self.areas["total"]}

    @cached_property
    def unsound(self) -> dict[str, list[str]]:
        """{"nan", "infinite" or "negative": names} of `main_numbers` that are so."""
        return unsound(self.main_numbers)

    @property
    def doubts(self) -> dict[str, str]:
        """{name: sentence} of parameters and data that are hardly meant, and of results that are `unsound`."""
        return self.design.doubts | self._doubts_about_data | told(self.unsound)

    @property
    def _doubts_about_data(self):
        return {}

    @property
    def area_complaints(self) -> tuple[str, ...]:
        """Lines the reference prints while it lays out the chip."""
        return self.chip.complaints

    @cached_property
    def areas(self) -> dict[str, float]:
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
    def area_table(self) -> "pd.DataFrame":
        """DataFrame: area of each part of the chip [m^2] and its share of the total."""
        import pandas as pd

        parts = {q.name: q.meaning for q in AREAS}
        table = pd.DataFrame({"part": list(self.areas), "area [m^2]": list(self.areas.values())})
        table["share"] = table["area [m^2]"] / self.areas["total"]
        table["meaning"] = [parts[name] for name in self.areas]
        return table.set_index("part")

    @property
    def floorplan_table(self) -> "pd.DataFrame":
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

    def to_dict(self) -> dict[str, Any]:
        """Everything in our own names, with units, as plain values."""
        return {
            "neurosim": __version__,
            "design": self.design.to_dict(),
            "network": [list(map(int, astuple(layer))) for layer in self.network],
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

    def to_reference(self) -> dict[str, Any]:
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

    def to_json(self, path: str | PathLike[str] | None = None) -> str:
        """The results as JSON text in our own names and full precision; written to `path` if given."""
        return json_text(self.to_dict(), path)

    def to_reference_json(self, path: str | PathLike[str] | None = None) -> str:
        """The results as JSON text in the reference's names and full precision; written to `path` if given."""
        return json_text(self.to_reference(), path)


def operations(design, network):
    """Operations of an epoch as the reference counts them: over whole feature maps (quirk Q28), threefold in training.

    Those of passing errors on to the image are counted or not, as the version does.

    n = 3 batch_size iterations sum over the layers of 2 rows columns matrix_rows outputs; one image without training.
    Where it is counted over input vectors, these stand for the rows and columns.
    """
    whole = design.rules.operations_of_maps
    counts = [layer.operations if whole else layer.operations_of_vectors for layer in network]
    count = in_order(counts)
    if design.training:
        count *= 3
        if not design.rules.operations_to_image:
            count -= counts[0]
        count *= design.batch_size * design.iterations
    return count


def json_text(values, path=None):
    """Results as JSON text in full precision; written to `path` if given."""
    # NaN and Infinity as Python and most readers spell them; a finite float as its shortest exact text.
    rendered = json.dumps(values, indent=1, default=_plain) + "\n"
    if path is not None:
        write_whole(path, rendered)
    return rendered


def _plain(value):
    """NumPy numbers as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise NeurosimError(f"a value of type {type(value).__name__} cannot be written as JSON")
