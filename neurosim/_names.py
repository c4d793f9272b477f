"""Names of things that are imported when they are first used, so that importing a package stays fast."""

from importlib import import_module


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
