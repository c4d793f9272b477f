"""Training with the constraints of a compute-in-memory chip: WAGE quantisation and device behaviour, in NumPy.

`Model` trains batch by batch, `Run` whole runs with their files; `quantize`, `device`, `readout`, `trace`, `data` hold
their parts as functions. docs/training.md explains them.
"""

from neurosim._names import formerly as _formerly
from neurosim._names import resolve as _resolve

_ROOM = "neurosim.wrappers"
_NAMES = {
    "Architecture": "neurosim.traces.architecture:Architecture",
    "Crossbar": f"{_ROOM}.devices.crossbar:Crossbar",
    "Draws": f"{_ROOM}.training.draws:Draws",
    "GivenDraws": f"{_ROOM}.training.draws:GivenDraws",
    "Hybrid": f"{_ROOM}.devices.hybrid:Hybrid",
    "Model": f"{_ROOM}.wage.model:Model",
    "Options": f"{_ROOM}.wage.options:Options",
    "Readout": f"{_ROOM}.devices.readout:Readout",
    "Retention": f"{_ROOM}.devices.readout:Retention",
    "Run": f"{_ROOM}.training.loop:Run",
    "Settings": f"{_ROOM}.wage.settings:Settings",
    "data": f"{_ROOM}.training.data",
    "device": f"{_ROOM}.devices.curve",
    "quantize": f"{_ROOM}.wage.quantize",
    "readout": f"{_ROOM}.devices.readout",
    "trace": f"{_ROOM}.wage.trace",
}
# Modules that were in this folder before the trainer had rooms.
_formerly(
    {f"{_ROOM}.wage.{name}": f"{_ROOM}.training.{name}"
     for name in ("architecture", "checkpoint", "data", "draws", "files", "loop", "monitor", "npz", "parallel", "plots",
                  "unpickle")}
    | {f"{_ROOM}.wage.{name}": f"{_ROOM}.devices.{name}"
       for name in ("_cells", "_hybrid", "arrays", "crossbar", "hybrid", "readout", "synapse")}
    | {f"{_ROOM}.wage.device": f"{_ROOM}.devices.curve"}
)  # fmt: skip

__all__ = list(_NAMES)


def __getattr__(name):
    if name in _NAMES:
        return _resolve(_NAMES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
