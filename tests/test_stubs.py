"""What stubs say of compiled modules is what these have: modules, classes, attributes, methods and their arguments."""

import ast
import importlib
import inspect
import re
from functools import cache

import pytest
from golden import ROOT

from neurosim.commands.doctor import compiled_modules

FOLDERS = {"neurosim": "neurosim", "neurosim.technology": "technology", "neurosim.wrappers": "wrappers"}
VALUES = ast.AnnAssign, ast.Assign  # what has a value or a type, not a body
SUBCLASSED = 1 << 10  # Py_TPFLAGS_BASETYPE: Python may build on a class


def files(suffix):
    """{dotted name: path} of the compiled modules' files with this suffix."""
    return {
        ".".join((package, *path.relative_to(ROOT / folder).with_suffix("").parts)): path
        for package, folder in FOLDERS.items()
        for path in sorted((ROOT / folder).rglob(f"_[!_]*{suffix}"))
    }


STUBS = files(".pyi")


@cache
def stub_of(module):
    """{public name: its node} of a stub; the aliases of types that it uses itself begin with an underscore."""
    return public(ast.parse(STUBS[module].read_text()).body)


def public(body):
    named = {}
    for node in body:
        if isinstance(node, VALUES):
            name = (node.target if isinstance(node, ast.AnnAssign) else node.targets[0]).id
        else:
            name = getattr(node, "name", "_")
        if not name.startswith("_") or name == "__init__":
            named[name] = node
    return named


def class_of(name):
    """The node of a class that some stub describes, None for what is not compiled."""
    return next((stub_of(module)[name] for module in STUBS if name in stub_of(module)), None)


def members(node):
    """{name: node} of a class and of those that it builds on."""
    inherited = {}
    for base in node.bases:
        inherited |= members(class_of(base.id)) if class_of(base.id) else {}
    return inherited | public(node.body)


def marks(node):
    return {mark.id for mark in node.decorator_list}


def arguments(node):
    """[(name, whether by name only, whether it may be left out)] of a function in a stub, without `self`."""
    told = node.args
    needed = len(told.args) - len(told.defaults)
    found = [(arg.arg, False, place >= needed) for place, arg in enumerate(told.args)]
    found += [(arg.arg, True, given is not None) for arg, given in zip(told.kwonlyargs, told.kw_defaults, strict=True)]
    return [argument for argument in found if argument[0] != "self"]


def arguments_of(function):
    """The same of a compiled function."""
    return [
        (name, p.kind == p.KEYWORD_ONLY, p.default is not p.empty)
        for name, p in inspect.signature(function).parameters.items()
        if name != "self"
    ]


def test_every_compiled_module_has_a_stub():
    assert set(STUBS) == set(files(".pyx"))
    assert len(STUBS) > 25


def test_doctor_looks_for_all_of_them():
    assert compiled_modules() == sorted(STUBS)


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_names_what_the_module_has(name):
    module, told = importlib.import_module(name), stub_of(name)
    own = {
        key for key, value in vars(module).items()
        if not key.startswith("_") and callable(value) and getattr(value, "__module__", "") == name
    }
    assert own == {key for key, node in told.items() if not isinstance(node, VALUES)}
    assert all(hasattr(module, key) for key in told)


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_tells_functions_as_they_are(name):
    module = importlib.import_module(name)
    for key, node in stub_of(name).items():
        if isinstance(node, ast.FunctionDef):
            assert arguments(node) == arguments_of(getattr(module, key)), key


CLASSES = [(name, key) for name in STUBS for key, node in stub_of(name).items() if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize(("name", "key"), CLASSES, ids=lambda value: value.split(".")[-1])
def test_a_stub_tells_classes_as_they_are(name, key):
    cls, node = getattr(importlib.import_module(name), key), stub_of(name)[key]
    told = members(node)
    assert {member for member in vars(cls) if not member.startswith("_")} <= set(told)
    source = (STUBS[name].with_suffix(".pyx")).read_text()
    for member, meaning in public(node.body).items():
        if isinstance(meaning, VALUES):  # what a subclass in Python has is not there before one is made
            assert hasattr(cls, member) or re.search(rf"\bself\.{member}\b", source), member
        elif member != "__init__":
            assert hasattr(cls, member), member
            if "property" not in marks(meaning):
                assert arguments(meaning) == arguments_of(getattr(cls, member)), member
    if "cdef class " + key in source:
        assert ("final" in marks(node)) == (not cls.__flags__ & SUBCLASSED)
        assert [base.id for base in node.bases] == [base.__name__ for base in cls.__bases__ if base is not object]


@pytest.mark.parametrize(("name", "key"), CLASSES, ids=lambda value: value.split(".")[-1])
def test_a_stub_tells_constructors_as_they_are(name, key):
    """By the signature in the first line of a compiled class's documentation (of `__cinit__` there is none)."""
    cls, node = getattr(importlib.import_module(name), key), stub_of(name)[key]
    source = STUBS[name].with_suffix(".pyx").read_text()
    signature = re.match(rf"{key}\((.*)\)\n", cls.__doc__ or "") or re.search(
        rf"^cdef class {key}\b.*?^    def __cinit__\(self, (.*?)\):$", source, re.MULTILINE | re.DOTALL
    )
    assert signature or "__init__" not in public(node.body)
    if signature:
        words = [word.split("=")[0].split()[-1] for word in signature.group(1).split(",")]
        names = [word for word in words if word not in ("*", "self")]
        assert names == [argument[0] for argument in arguments(members(node)["__init__"])]
