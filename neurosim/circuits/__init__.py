"""Circuits of a chip: cells, arrays and everything around them, as immutable objects.

Every circuit has an outline (`height`, `width` [m]), an `area` [m^2] and a `leakage` [W] from the moment it is made,
and methods for its latencies [s] and energies [J]. README.md shows how they belong together.
"""

from neurosim._names import lazily as _lazily

_HOMES = {
    "neurosim._layout": ("Circuit",),
    "neurosim._circuits": ("Adder", "AdderTree", "BitShifter", "FlipFlops", "ShiftAdd"),
    "neurosim.circuits._activation": ("Sigmoid",),
    "neurosim.circuits._buffers": ("Buffer",),
    "neurosim.circuits._cell_array": ("NVMCells", "SRAMCells"),
    "neurosim.circuits._converters": ("ColumnConverter", "PythonConverter"),
    "neurosim.circuits._dram": ("Dram",),
    "neurosim.circuits._drivers": ("DecoderDriver", "RowDecoder", "WordLineDriver"),
    "neurosim.circuits._flash": ("FlashConverter", "MultilevelEncoder", "MultilevelSenseAmp"),
    "neurosim.circuits._gradients": ("WeightGradientUnit",),
    "neurosim.circuits._interconnect": ("Bus", "HTree"),
    "neurosim.circuits._parts": ("Part",),
    "neurosim.circuits._pooling": ("Comparator", "MaxPooling"),
    "neurosim.circuits._readout": ("ReadOut",),
    "neurosim.circuits._sensing": ("CurrentSenseAmp", "Precharger", "SRAMWriteDriver", "SenseAmp", "VoltageSenseAmp"),
    "neurosim.circuits._switches": ("Mux", "RowSwitches", "SwitchMatrix"),
    "neurosim.circuits._timed": ("SARConverter", "VoltageFlashConverter"),
    "neurosim.circuits.arrays": ("SubArray", "subarray"),
    "neurosim.circuits.cells": ("Cell", "PlacedCell"),
    "neurosim.circuits.converters": ("CONVERTERS",),
    "neurosim.circuits.hybrid": ("HybridCell",),
    "neurosim.circuits.memories": ("MEMORIES", "Memory"),
}
_PUBLIC = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
