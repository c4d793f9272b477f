"""Results: quantities, tables, JSON, pictures, and the files and text of the reference."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Plan": "neurosim.report.plan",
    "plan": "neurosim.report.plan",
    "Report": "neurosim.report.report",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
