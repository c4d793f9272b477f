"""From traces to results: what arrays see, what that costs, and how it adds up."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Cache": "neurosim.evaluation.cache",
    "evaluate": "neurosim.evaluation.flow",
    "evaluate_many": "neurosim.evaluation.flow",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
