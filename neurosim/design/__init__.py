"""What a user describes: parameters, their files, versions of the reference and its corrections."""

from neurosim._names import lazily as _lazily

_PUBLIC = {
    "Design": "neurosim.design.design",
}

__all__ = list(_PUBLIC)
__getattr__, __dir__ = _lazily(globals(), _PUBLIC)
