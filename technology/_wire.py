"""The wires of a memory array: resistance per length, and per cell along its rows and columns."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from neurosim.errors import NeurosimError

IDEAL = -1      # the width of wires without resistance


class ArrayWires(NamedTuple):
    """Resistance of the wires of an array."""

    resistance: float
    """Per length [ohm/m]."""
    row: float
    """Of the piece of a row that crosses one cell [ohm]."""
    column: float
    """Of the piece of a column that crosses one cell [ohm]."""
    warmth: float = 1.0
    """Resistivity over that at room temperature."""


def wire_resistance(table: Mapping[str, Any], width: int, warmth: float = 1.0) -> float:
    """Resistance per length [ohm/m] of a wire of `width` [nm] from the `table` wires.toml.

    R = resistivity warmth / (width thickness), thickness = aspect ratio width.
    """
    if width == IDEAL:
        # Quirk T16: circuits that ask for the resistance of a length still see 1 ohm/m.
        return 1.0
    if str(width) not in table["width"]:
        there = ", ".join(sorted(table["width"], key=int))
        raise NeurosimError(f"no wire of width {width!r} nm is known: use {there} or {IDEAL} (no resistance)")
    metal = table["width"][str(width)]
    return metal["resistivity"] * warmth / (width * 1e-9 * width * 1e-9 * metal["aspect_ratio"])


def array_wires(
    table: Mapping[str, Any], width: int, cell_height: float, cell_width: float, warmth: float = 1.0
) -> ArrayWires:
    """`ArrayWires` of `width` [nm] over cells of `cell_height` and `cell_width`, in units of the wire's width.

    row = resistance width cell_height, column = resistance width cell_width [ohm].
    """
    resistance = wire_resistance(table, width, warmth)
    if width == IDEAL:
        return ArrayWires(resistance, 0.0, 0.0, warmth)
    # Quirk T16: a row crosses the width of a cell, yet its piece is as long as the cell is high, and vice versa.
    return ArrayWires(
        resistance,
        resistance * (width * 1e-9 * cell_height),
        resistance * (width * 1e-9 * cell_width),
        warmth,
    )
