"""Resistive crossbars with IR drop: exact and fast transfer matrices."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Interpolated": "neurosim.crossbar.transfer",
    "NodeVoltages": "neurosim.crossbar.transfer",
    "SeverityWarning": "neurosim.crossbar.transfer",
    "WARN_AT": "neurosim.crossbar.transfer",
    "Wires": "neurosim.crossbar.transfer",
    "node_voltages": "neurosim.crossbar.transfer",
    "severity": "neurosim.crossbar.transfer",
    "transfer_matrix": "neurosim.crossbar.transfer",
    "gain": "neurosim.crossbar.tiles",
    "cell_conductances": "neurosim.crossbar.tiles",
    "tile": "neurosim.crossbar.tiles",
    "untile": "neurosim.crossbar.tiles",
    "tile_vectors": "neurosim.crossbar.tiles",
    "real_numbers": "neurosim.crossbar.tiles",
    "whole_number": "neurosim.crossbar.tiles",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
