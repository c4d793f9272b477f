"""Training with the constraints of a compute-in-memory chip: WAGE quantisation and device behaviour, in NumPy.

`Model` trains batch by batch, `Run` whole runs with their files; `quantize`, `device`, `readout`, `trace`, `data` hold
their parts as functions. docs/training.md explains them.
"""

from importlib import import_module

_NAMES = {
    "Architecture": "architecture",
    "Crossbar": "crossbar",
    "Draws": "draws",
    "GivenDraws": "draws",
    "Hybrid": "hybrid",
    "Model": "model",
    "Options": "options",
    "Readout": "readout",
    "Retention": "readout",
    "Run": "loop",
    "Settings": "settings",
}
_MODULES = ("data", "device", "quantize", "readout", "trace")

__all__ = [*_NAMES, *_MODULES]


def __getattr__(name):
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
