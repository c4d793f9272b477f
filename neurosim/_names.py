"""Public names that are imported when they are first used, so that importing a package stays fast."""

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
