"""From a design and a network to a floorplan and its circuits."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Chip": "neurosim.chip.chip",
    "floorplan": "neurosim.chip.mapping",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
