"""What a network is, and what its layers held and read."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Layer": "neurosim.traces.network",
    "Network": "neurosim.traces.network",
    "LayerTrace": "neurosim.traces.traces",
    "Trace": "neurosim.traces.traces",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
