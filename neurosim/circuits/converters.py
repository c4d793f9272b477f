"""Kinds of converters by name."""

from neurosim._names import resolve

# name -> kind, or "module:name" of it. A kind is made as
# kind(tech, columns, levels, *, on_resistance, off_resistance, rows, read_voltage, encoded, height, width,
# power_factor), see `ColumnConverter`; in Python it is a subclass of `PythonConverter`.
CONVERTERS = {
    "flash-current": "neurosim.circuits._flash:FlashConverter",
    "flash-voltage": "neurosim.circuits._timed:VoltageFlashConverter",
    "sar": "neurosim.circuits._timed:SARConverter",
}


def converter(name):
    """The kind of converter of a name."""
    return resolve(CONVERTERS[name])
