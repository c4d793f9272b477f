"""Reading pickles that hold only numbers, byte strings and arrays of them; nothing in them is ever executed."""

import pickle

import numpy as np


class _Dtype:
    """Stands for `numpy.dtype`: remembers its name."""

    def __init__(self, name, *_):
        self.name = name.decode("latin1") if isinstance(name, bytes) else name

    def __setstate__(self, state):
        self.order = state[1]

    def dtype(self):
        kind = str(self.name)
        if kind[:1] not in ("u", "i", "f", "b") or not kind[1:].isdigit():
            raise pickle.UnpicklingError(f"an array of type {kind!r}")
        order = getattr(self, "order", "|")
        order = order.decode("latin1") if isinstance(order, bytes) else order
        return np.dtype(kind).newbyteorder(order if order in ("<", ">") else "=")


class _Array:
    """Stands for `numpy.ndarray`: takes the shape, type and bytes that a pickle gives it."""

    value = None

    def __setstate__(self, state):
        _, shape, dtype, fortran, raw = state
        if isinstance(raw, str):
            raw = raw.encode("latin1")
        if not isinstance(dtype, _Dtype) or not isinstance(raw, bytes):
            raise pickle.UnpicklingError("an array of something else than numbers")
        self.value = np.frombuffer(raw, dtype.dtype()).reshape(shape, order="F" if fortran else "C")


def _reconstruct(*_):
    return _Array()


def _encode(text, encoding=b"latin1"):
    """Stands for `_codecs.encode`, with which Python 3 writes bytes for old readers."""
    if encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError(f"bytes encoded as {encoding!r}")
    return text.encode("latin1")


_ALLOWED = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"a call of {module}.{name}")
        return _ALLOWED[module, name]

    def persistent_load(self, pid):
        raise pickle.UnpicklingError("a reference to something outside")


def loads(file):
    """The content of an open pickle, with keys of dicts as str.

    Raises
    ------
    Exception
        Of many types: the file is no pickle, is cut short, or holds something else.
    """
    return _plain(_Unpickler(file, encoding="bytes").load())


def _plain(value):
    if isinstance(value, _Array):
        if value.value is None:
            raise pickle.UnpicklingError("an array without content")
        return value.value
    if isinstance(value, dict):
        return {key.decode("latin1") if isinstance(key, bytes) else key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bytes, str, int, float)):
        return value
    raise pickle.UnpicklingError(f"something of type {type(value).__name__}")
