"""neurosim: area, latency and energy of compute-in-memory chips that train neural networks.

>>> import neurosim
>>> design = neurosim.Design(node=22, roadmap="HP")
>>> network = neurosim.Network.from_file("NetWork.csv")
>>> trace = neurosim.Trace.from_files(files, network, design.input_bits)
>>> report = neurosim.evaluate(design, network, trace)
"""

from pathlib import Path as _Path

from neurosim._names import lazily as _lazily
from neurosim._version import __version__

# In a checkout `technology/` and `wrappers/` lie beside this folder, not inside it.
if not (_Path(__file__).parent / "technology").exists():
    __path__.append(str(_Path(__file__).resolve().parent.parent))

_PUBLIC = {
    "Design": "neurosim.design.design",
    "Network": "neurosim.traces.network",
    "Layer": "neurosim.traces.network",
    "Trace": "neurosim.traces.traces",
    "Plan": "neurosim.report.plan",
    "Report": "neurosim.report.report",
    "evaluate": "neurosim.evaluation.flow",
    "evaluate_many": "neurosim.evaluation.flow",
    "audit": "neurosim.evaluation.audit",
    "Cache": "neurosim.evaluation.cache",
    "plan": "neurosim.report.plan",
    "NeurosimError": "neurosim.errors",
    "NeurosimWarning": "neurosim.errors",
}

__all__ = ["__version__", *_PUBLIC]
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
