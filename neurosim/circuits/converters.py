"""Kinds of converters by name."""

from neurosim.circuits._flash import FlashConverter

# name -> kind(tech, columns, levels, *, on_resistance, off_resistance, rows, read_voltage, encoded, height, width)
CONVERTERS = {"flash-current": FlashConverter}
