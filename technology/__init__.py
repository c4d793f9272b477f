"""What a process gives you: transistors, wires, converters and memories, read from the tables of this folder.

`load` returns the transistors of one node; `wires`, `adc`, `dram` and `layout` return the other tables, read at the
first call and read-only. The format of every file is in README.md.
"""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from neurosim.errors import NeurosimError
from neurosim.technology import _wire
from neurosim.technology._transistor import Technology
from neurosim.technology.rules import CircuitRules

__all__ = ["CircuitRules", "Technology", "adc", "array_wires", "dram", "layout", "load", "nodes", "process", "wires"]

FOLDER = Path(__file__).resolve().parent
NODES = FOLDER / "nodes"
TEMPERATURES = tuple(range(300, 401, 10))
FIN_KEYS = ("fin_height", "fin_width", "fin_pitch")
CURRENTS = {"currents": ("on n", "on p", "off n", "off p"), "falling": ("on n", "on p")}
NUMBERS = (
    "vdd",
    "vth",
    "gate_length",
    "cap_ideal_gate",
    "cap_fringe",
    "resistance_multiplier",
    "gm_current_n",
    "gm_current_p",
)


def load(
    node: int, roadmap: str = "LSTP", temperature: float = 301, transistor: str = "conventional",
    rules: CircuitRules | None = None,
) -> Technology:
    """The `Technology` of a node [nm], a roadmap ("HP", "LSTP") and a temperature [K]; equal calls share one object."""
    return _load(node, roadmap, temperature, transistor, CircuitRules() if rules is None else rules)


@functools.lru_cache(maxsize=64)
def _load(*what):
    return Technology(*what)


def nodes(roadmap: str = "LSTP", transistor: str = "conventional") -> tuple[int, ...]:
    """The nodes [nm] there are files for, coarsest first."""
    return tuple(node for node, *kind in sorted(_files(), reverse=True) if kind == [roadmap, transistor])


def process(node: int, roadmap: str = "LSTP", transistor: str = "conventional") -> Mapping[str, Any]:
    """The file of one node as a read-only mapping, checked for completeness."""
    if (node, roadmap, transistor) not in _files():
        raise NeurosimError(_unknown(node, roadmap, transistor))
    return _process(node, roadmap, transistor)


def layout() -> Mapping[str, Any]:
    """Layout rules in units of the feature size: layout.toml."""
    return _table("layout.toml")


def wires() -> Mapping[str, Any]:
    """Geometry, resistivity and capacitance of wires: wires.toml."""
    return _table("wires.toml")


def array_wires(width: int, cell_height: float, cell_width: float, warmth: float = 1.0) -> _wire.ArrayWires:
    """Resistance of an array's wires: `.resistance` per length [ohm/m], `.row` and `.column` per cell [ohm].

    Wires of `width` [nm] (-1: without resistance); the outline of a cell is in units of that width. `warmth` is what
    the temperature makes of the resistivity.
    """
    return _wire.array_wires(wires(), width, cell_height, cell_width, warmth)


def adc() -> Mapping[str, Any]:
    """Fits of the sense amplifiers, by roadmap and node (both texts): adc.toml."""
    return _table("adc.toml")


def dram() -> Mapping[str, Any]:
    """Off-chip memories by name: dram.toml."""
    return _table("dram.toml")


@functools.cache
def _files():
    """{(node, roadmap, transistor): path}, told by the names of the files: 032-lstp.toml, 022-hp-2d.toml."""
    found = {}
    for path in NODES.glob("*.toml"):
        node, roadmap, *transistor = path.stem.split("-")
        found[int(node), roadmap.upper(), "-".join(transistor) or "conventional"] = path
    return found


def _unknown(node, roadmap, transistor):
    known = _files()
    if roadmap not in {key[1] for key in known}:
        return f"roadmap {roadmap!r} is unknown: use 'HP' or 'LSTP'"
    if transistor not in {key[2] for key in known}:
        return f"transistor {transistor!r} is unknown: use {', '.join(repr(x) for x in sorted({k[2] for k in known}))}"
    there = ", ".join(str(x) for x in nodes(roadmap, transistor))
    return f"technology node {node!r} is unknown for {roadmap} {transistor} transistors: use {there} nm"


@functools.cache
def _process(node, roadmap, transistor):
    path = _files()[node, roadmap, transistor]
    data = _read(path)
    wrong = _mistake(data, (node, roadmap, transistor))
    if wrong:
        raise NeurosimError(f"{path}: {wrong}")
    return data


def _mistake(data, identity):
    """What is wrong with the file of a node, or None."""
    for key, value in zip(("node", "roadmap", "transistor"), identity, strict=True):
        if data.get(key) != value:
            return f"{key} is {data.get(key)!r}, but the name of the file says {value!r}"
    fins = FIN_KEYS if any(key in data for key in FIN_KEYS) else ()
    for key in NUMBERS + fins:
        if not isinstance(data.get(key), float):
            return f"{key} is {data.get(key)!r}, but must be a number with a decimal point"
    if identity[0] < 22 and identity[2] == "conventional" and not fins:
        return f"a conventional transistor below 22 nm needs {', '.join(FIN_KEYS)}"
    for key, columns in CURRENTS.items():
        if key == "falling" and key not in data:    # not every node has them
            continue
        rows = data.get(key, ())
        if tuple(row[0] for row in rows) != TEMPERATURES or any(len(row) != 1 + len(columns) for row in rows):
            return f"{key} must have one row [temperature, {', '.join(columns)}] every 10 K from 300 to 400 K"
    return None


@functools.cache
def _table(name):
    return _read(FOLDER / name)


def _read(path):
    with open(path, "rb") as file:
        try:
            return _frozen(tomllib.load(file))
        except tomllib.TOMLDecodeError as error:
            raise NeurosimError(f"{path}: {error}") from None


def _frozen(value):
    """`value` with read-only mappings and tuples all the way down, because callers share it."""
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value
