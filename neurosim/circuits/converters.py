"""Kinds of converters by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from neurosim._names import resolve

if TYPE_CHECKING:
    from neurosim.circuits._converters import ColumnConverter

# name -> kind, or "module:name" of it. A kind is made as
# kind(tech, columns, levels, *, on_resistance, off_resistance, rows, read_voltage, encoded, height, width,
# power_factor), see `ColumnConverter`; in Python it is a subclass of `PythonConverter`.
CONVERTERS: "dict[str, str | Callable[..., ColumnConverter]]" = {
    "flash-current": "neurosim.circuits._flash:FlashConverter",
    "flash-voltage": "neurosim.circuits._timed:VoltageFlashConverter",
    "sar": "neurosim.circuits._timed:SARConverter",
}


def converter(name: str) -> "Callable[..., ColumnConverter]":
    """The kind of converter of a name."""
    return resolve(CONVERTERS[name])
