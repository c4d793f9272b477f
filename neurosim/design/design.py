"""A design: every parameter of the chip, frozen, with the readers and writers of its files."""

import csv
import io
import math
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import asdict, field, make_dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from neurosim._names import resolve
from neurosim.circuits.hybrid import HYBRID_PARAMETERS, HybridCell
from neurosim.circuits.memories import MEMORIES, Memory
from neurosim.design.models import DIFFERENCES, MODELS, changed, in_effect
from neurosim.design.parameters import ADC_SWITCHES, BY_REFERENCE, PARAMETERS, SECTIONS, joined
from neurosim.design.plausibility import doubts_about
from neurosim.design.rules import Rules
from neurosim.errors import NeurosimError, suggestion
from neurosim.technology.rules import CircuitRules
from neurosim.texts import decoded

if TYPE_CHECKING:
    from neurosim.technology import Technology
    from neurosim.technology._wire import ArrayWires

ROOM: int = 300      # [K], where warming begins
_CONSTRUCTOR = re.compile(r"\bParam\s*::\s*Param\b")

_Values = make_dataclass(
    "_Values",
    [(p.name, p.kind, field(default=p.default)) for p in PARAMETERS.values()],
    frozen=True,
    kw_only=True,
)


class Design(_Values):
    """All parameters of a chip; `neurosim params` lists them.

    Quirk D3: in the reference they are compiled in, and some values end a run half way; here they are read, and refused
    before any output.

    Parameters
    ----------
    **parameters
        Any parameter by its name. What is not given has the default of the `model`, which are the reference's:
        `Design(node=22, roadmap="HP", batch_size=64)`.

    Attributes
    ----------
    given : dict
        {name: value} of the parameters that were given, which `replace` and the files keep apart from defaults: a
        design says what it wants, and the model, told by whoever has the last word, says the rest.

    Raises
    ------
    NeurosimError
        A value out of its range, in one sentence.
    """

    given: dict[str, Any]

    def __init__(self, **parameters: Any) -> None:
        given = PARAMETERS.checked(parameters)
        model = MODELS[given.get("model", PARAMETERS["model"].default)]
        super().__init__(**{**model.defaults, **given})
        object.__setattr__(self, "given", given)
        if self.weight_max <= self.weight_min:
            raise NeurosimError(f"weight_max = {self.weight_max:g} must be above weight_min = {self.weight_min:g}")

    def __reduce__(self):
        return _remade, (type(self), self.given)

    def __repr__(self):
        """What makes it: the model, and what differs from its defaults."""
        plain = type(self)(model=self.model)
        own = {name: value for name, value in self.to_dict().items() if value != getattr(plain, name)}
        shown = {"model": self.model} if self.model != PARAMETERS["model"].default else {}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in (shown | own).items())})"

    # -- other values of the same design ---------------------------------------------------------

    def replace(self, **parameters: Any) -> Self:
        """The same design with some parameters changed."""
        return type(self)(**{**self.given, **parameters})

    def with_settings(self, settings: Iterable[str]) -> Self:
        """The same design with `name=value` texts applied, in our names or the reference's."""
        return self.replace(**joined(PARAMETERS.settings(settings, "--set"), self.adc))

    def fitted(self, network: Iterable[Any]) -> Self:
        """The same design, changed as far as `network` needs it to fit the chip and to get sound numbers.

        Array sizes come first, then cells stretched to the circuits beside them, sizes of weight-gradient arrays and of
        buffer cores, in the end corrections of the reference's defects. A design that fits is returned as it is.

        Parameters
        ----------
        network : Network or rows of eight numbers

        Raises
        ------
        NeurosimError
            Nothing of this makes it fit.
        """
        return resolve("neurosim.chip.remedies:fitted")(self, network)

    # -- readers ---------------------------------------------------------------------------------

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], warn: Callable[[str], object] | None = None,
        inform: Callable[[str], object] | None = None, **defaults: Any
    ) -> Self:
        """Read a design file: our `.toml`, an edited `Param.cpp`, or a `.csv` of `name,value`.

        A `Param.cpp` may have another name: its constructor tells it. `warn` is called with a sentence about what in it
        has no effect here or is not read, `inform` with one about the model that its names tell; `defaults` hold for
        what the file does not set.
        """
        path = Path(path)
        try:
            text = decoded(path.read_bytes())
        except OSError as error:
            raise NeurosimError(
                f"{path}: the design file cannot be read ({error.strerror}); give a .toml, .csv or .cpp file", status=1
            ) from None
        readers = {".toml": cls._from_toml, ".csv": cls._from_csv}
        if path.suffix.lower() in (".cpp", ".cc", ".cxx", ".h") or (
            path.suffix.lower() not in readers and _CONSTRUCTOR.search(text)
        ):
            from neurosim.design.param_cpp import read_param_cpp

            return cls(**{**defaults, **read_param_cpp(text, str(path), warn, inform)})
        reader = readers.get(path.suffix.lower())
        if reader is None:
            raise NeurosimError(
                f"{path}: a design file ends in .toml, .csv or .cpp, or holds the constructor of a Param.cpp"
            )
        return cls(**{**defaults, **reader(text, str(path))})

    @staticmethod
    def _from_toml(text, where):
        try:
            tables = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise NeurosimError(f"{where}: not valid TOML: {error}") from None
        values = {}
        for key, item in tables.items():
            entries = item.items() if isinstance(item, dict) else [(key, item)]
            if isinstance(item, dict) and key not in SECTIONS:
                raise NeurosimError(
                    f"{where}:{_line_of(text, key)}: [{key}] is no section of a design{suggestion(key, SECTIONS)}"
                )
            for name, value in entries:
                place = f"{where}:{_line_of(text, name)}"
                values[name] = PARAMETERS.find(name, place, value).check(value, place)
        return values

    @staticmethod
    def _from_csv(text, where):
        values = {}
        for line, row in enumerate(csv.reader(io.StringIO(text)), start=1):
            row = [cell.strip() for cell in row]
            if not any(row) or row[0].startswith("#") or row[:2] == ["name", "value"]:
                continue
            place = f"{where}:{line}"
            if len(row) < 2 or not row[1]:
                raise NeurosimError(f"{place}: {','.join(row)!r} is not of the form name,value")
            parameter, value = PARAMETERS.read(row[0], row[1], place)
            values[parameter.name] = value
        return joined(values)

    # -- writers ---------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """{name: value} of all parameters."""
        return asdict(self)

    def to_reference(self) -> dict[str, float]:
        """{reference's name: reference's number} of all parameters."""
        values = {p.reference: p.to_reference(getattr(self, p.name)) for p in BY_REFERENCE.values()}
        values["maxConductance"], values["minConductance"] = self.conductance_max, self.conductance_min
        if self.adc in ADC_SWITCHES:
            values["SARADC"], values["currentMode"] = map(int, ADC_SWITCHES[self.adc])
        return values

    def to_toml(self) -> str:
        """A commented design file that reads back as this design."""
        lines = [
            "# A neurosim design: every parameter with its unit, meaning and range.",
            "# Lines may be left out: the reference's defaults apply.",
        ]
        for section in SECTIONS:
            lines += ["", f"[{section}]"]
            for p in PARAMETERS.values():
                if p.section == section:
                    unit = f" [{p.unit}]" if p.unit else ""
                    there = f"{p.reference} in the reference" if p.reference else "not in the reference"
                    lines.append(f"# {p.told}{unit}; {p.range}; {there}")
                    lines.append(f"{p.name} = {_toml(getattr(self, p.name))}")
        return "\n".join(lines) + "\n"

    # -- what follows from the parameters ----------------------------------------------------------

    @cached_property
    def doubts(self) -> dict[str, str]:
        """{parameter: sentence} of numbers that can be computed with but are hardly meant, alone or beside others."""
        return doubts_about(self)

    @property
    def parallel_read(self) -> bool:
        """Whether all rows are read at once."""
        return self.read_mode == "parallel"

    @property
    def corrections(self) -> frozenset[str]:
        """Ids of the reference's defects that this design does without."""
        return frozenset(self.correct.split())

    @cached_property
    def in_effect(self) -> tuple[str, ...]:
        """Ids of the differences, corrections and repairs that hold: the model's and more, but not those left out."""
        return in_effect(self.model, (*self.adopt.split(), *self.correct.split()), self.without.split())

    @cached_property
    def rules(self) -> Rules:
        """`Rules` of the model with everything that is in effect."""
        return changed(MODELS[self.model].base, self.in_effect)

    def toggled(self, name: str) -> Self:
        """The same design without a difference, correction or repair that it has, or with one that it has not.

        Parameters
        ----------
        name : str
            An id of docs/fidelity.md.
        """
        if name in self.in_effect:
            return self.replace(without=f"{self.without} {name}")
        asked = self.replace(without=" ".join(other for other in self.without.split() if other != name))
        if name in asked.in_effect:
            return asked
        taken = "adopt" if name in DIFFERENCES else "correct"
        return asked.replace(**{taken: f"{getattr(asked, taken)} {name}"})

    @property
    def memory_kind(self) -> Memory:
        """The `Memory` of the cells."""
        return MEMORIES[self.memory]

    @property
    def effective_cell_bits(self) -> int:
        """Bits a cell really holds: one in SRAM, never more than a weight has."""
        return min(self.memory_kind.cell_bits or self.cell_bits, self.synapse_bits)

    @property
    def cells_per_synapse(self) -> int:
        """Cells side by side that hold one weight: n = ceil(synapse_bits / cell_bits)."""
        return math.ceil(self.synapse_bits / self.effective_cell_bits)

    @property
    def hybrid(self) -> bool:
        """Whether a synapse has a volatile part beside the non-volatile one."""
        return self.memory_kind.hybrid

    @cached_property
    def synapse(self) -> HybridCell | None:
        """The `HybridCell` of a hybrid memory, else None."""
        if not self.hybrid:
            return None
        values = {name: getattr(self, name) for name in HYBRID_PARAMETERS}
        return HybridCell(memory=self.memory, envm_levels=self.max_write_pulses, **values)

    @property
    def cell_resistances(self) -> tuple[float, float]:
        """Low- and high-resistance state of the memory element [ohm]."""
        return self.memory_kind.resistances(self)

    @property
    def conductance_max(self) -> float:
        """Conductance of the largest weight [S]."""
        return self.max_conductance or 1 / self.cell_resistances[0]

    @property
    def conductance_min(self) -> float:
        """Conductance of the smallest weight [S]."""
        return self.min_conductance or 1 / self.cell_resistances[1]

    @property
    def weight_range(self) -> tuple[float, float]:
        """The weights of the lowest and of the highest conductance.

        Quirk Q1: -1 and 1 where one cell holds a weight, whatever `weight_min` and `weight_max`.
        """
        if not self.memory_kind.volatile and self.cells_per_synapse == 1:
            return -1.0, 1.0
        return self.weight_min, self.weight_max

    @property
    def max_write_pulses(self) -> int:
        """Pulses from one end of the conductance range to the other."""
        return max(self.levels_ltp, self.levels_ltd)

    @property
    def cell_outline(self) -> tuple[float, float]:
        """Height and width of a cell in feature sizes, as the array wires see it."""
        return self.memory_kind.outline(self)

    @cached_property
    def wires(self) -> "ArrayWires":
        """The array's metal: resistance per length [ohm/m] and per cell along a row and a column [ohm]."""
        from neurosim.technology import array_wires

        warmth = 1 + self.rules.wire_warming * abs(self.temperature - ROOM)
        return array_wires(self.wire_width, *self.cell_outline, warmth)

    @cached_property
    def technology(self) -> "Technology":
        """The process this design is built in."""
        from neurosim.technology import load

        return load(self.node, self.roadmap, self.temperature, rules=CircuitRules.of(self.rules))


def _remade(kind, given):
    """A design from what was given of another: how it is unpickled."""
    return kind(**given)


def _line_of(text, name):
    """The line on which a key or section stands in a TOML text (1 when it cannot be found)."""
    key = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[]=]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if key.match(line):
            return number
    return 1


def _toml(value):
    """A value as TOML text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else repr(value)
