"""Names of things that are imported when they are first used, so that importing a package stays fast."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec


def formerly(names):
    """Let modules be imported by the names that they had, too; they are the same objects, never copies.

    Parameters
    ----------
    names : dict
        {former name: name}, in full.
    """
    sys.meta_path.append(_Former(names))


class _Former:
    """Finds modules by former names, after everything else has found nothing."""

    def __init__(self, names):
        self._names = names
        self._specs = {}

    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name in self._names else None

    def create_module(self, spec):
        module = import_module(self._names[spec.name])
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has just written the former name into the module.
        module.__spec__ = self._specs.pop(module.__spec__.name)


def lazily(module, names):
    """`__getattr__` and `__dir__` for a module whose public names live elsewhere.

    Parameters
    ----------
    module : dict
        `globals()` of the module.
    names : dict
        {public name: module that it is imported from}.
    """

    def get(name):
        if name not in names:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        value = getattr(import_module(names[name]), name)
        module[name] = value
        return value

    def names_of():
        return sorted({*module, *names})

    return get, names_of


def resolve(entry):
    """What an entry of a table stands for: itself, or if it is a text "module:name" (or "module") what that names."""
    if not isinstance(entry, str):
        return entry
    module, _, name = entry.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found
