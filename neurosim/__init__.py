"""neurosim: area, latency and energy of compute-in-memory chips that train neural networks.

>>> import neurosim
>>> design = neurosim.Design(node=22, roadmap="HP")
>>> network = neurosim.Network.from_file("NetWork.csv")
>>> trace = neurosim.Trace.from_files(files, network, design.input_bits)
>>> report = neurosim.evaluate(design, network, trace)
"""

from importlib import import_module as _import_module
from pathlib import Path as _Path

from neurosim._version import __version__

# In a checkout `technology/` and `wrappers/` lie beside this folder, not inside it.
if not (_Path(__file__).parent / "technology").exists():
    __path__.append(str(_Path(__file__).resolve().parent.parent))

_PUBLIC = {
    "Design": "neurosim.design",
    "Network": "neurosim.network",
    "Layer": "neurosim.network",
    "Trace": "neurosim.traces",
    "Plan": "neurosim.report",
    "Report": "neurosim.report",
    "evaluate": "neurosim.evaluation",
    "evaluate_many": "neurosim.evaluation",
    "Cache": "neurosim.cache",
    "plan": "neurosim.evaluation",
    "NeurosimError": "neurosim.errors",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name):
    """Public names are imported when they are first used, so that `import neurosim` stays fast."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
