"""Hybrid-precision synapses, by their public names: the cell, the time of a batch, and the comparison of chips."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "BASELINE": "neurosim.circuits.hybrid",
    "HYBRID_MEMORIES": "neurosim.circuits.hybrid",
    "HYBRID_PARAMETERS": "neurosim.circuits.hybrid",
    "HybridCell": "neurosim.circuits.hybrid",
    "batch_latency": "neurosim.report.hybrid_report",
    "batch_time": "neurosim.report.hybrid_report",
    "compare": "neurosim.evaluation.hybrid_comparison",
    "pair_of_designs": "neurosim.evaluation.hybrid_comparison",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
