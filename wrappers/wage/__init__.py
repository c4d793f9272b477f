"""Training with the constraints of a compute-in-memory chip: WAGE quantisation and device behaviour, in NumPy.

`Model` trains batch by batch, `Run` whole runs with their files; `quantize`, `device`, `readout`, `trace`, `data` hold
their parts as functions. docs/training.md explains them.
"""

from importlib import import_module as _import_module

_ROOM = "neurosim.wrappers"
_NAMES = {
    "Architecture": f"{_ROOM}.training.architecture",
    "Crossbar": f"{_ROOM}.devices.crossbar",
    "Draws": f"{_ROOM}.training.draws",
    "GivenDraws": f"{_ROOM}.training.draws",
    "Hybrid": f"{_ROOM}.devices.hybrid",
    "Model": f"{_ROOM}.wage.model",
    "Options": f"{_ROOM}.wage.options",
    "Readout": f"{_ROOM}.devices.readout",
    "Retention": f"{_ROOM}.devices.readout",
    "Run": f"{_ROOM}.training.loop",
    "Settings": f"{_ROOM}.training.settings",
}
_MODULES = {
    "data": f"{_ROOM}.training.data",
    "device": f"{_ROOM}.devices.curve",
    "quantize": f"{_ROOM}.wage.quantize",
    "readout": f"{_ROOM}.devices.readout",
    "trace": f"{_ROOM}.training.trace",
}

__all__ = [*_NAMES, *_MODULES]


def __getattr__(name):
    if name in _NAMES:
        return getattr(_import_module(_NAMES[name]), name)
    if name in _MODULES:
        return _import_module(_MODULES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
