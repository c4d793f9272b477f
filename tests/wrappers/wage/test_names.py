"""Public names, and modules by the names that they had before the trainer had rooms."""

import importlib
import pickle
import sys

import pytest

from neurosim._names import formerly, resolve
from neurosim.wrappers import wage

FORMER = {
    **{f"wage.{name}": f"training.{name}" for name in
       ("architecture", "checkpoint", "data", "draws", "files", "loop", "monitor", "npz", "parallel", "plots",
        "unpickle")},
    **{f"wage.{name}": f"devices.{name}" for name in
       ("_cells", "_hybrid", "arrays", "crossbar", "hybrid", "readout", "synapse")},
    "wage.device": "devices.curve", "hybrid_chip": "wage.hybrid_chip", "study": "studies.grid",
    "crossbar_study": "studies.crossbar", "hybrid_study": "studies.hybrid",
}
NAMES = ("Architecture", "Crossbar", "Draws", "GivenDraws", "Hybrid", "Model", "Options", "Readout", "Retention", "Run",
         "Settings")
# What was found in a module and has moved out of it.
MOVED = {"layers": "TrainingError", "model": "Statistics", "settings": "CORRECTIONS", "trace": "capture"}


@pytest.mark.parametrize("former, name", FORMER.items())
def test_former_modules_are_the_same_modules(former, name):
    old, new = (importlib.import_module(f"neurosim.wrappers.{module}") for module in (former, name))
    assert old is new and sys.modules[f"neurosim.wrappers.{former}"] is new
    assert new.__name__ == new.__spec__.name == f"neurosim.wrappers.{name}"
    parent, _, last = former.rpartition(".")
    assert getattr(importlib.import_module(f"neurosim.wrappers.{parent}".rstrip(".")), last) is new


def test_ways_to_import_them():
    import neurosim.wrappers.wage.loop as loop
    from neurosim.wrappers.hybrid_chip import design_for
    from neurosim.wrappers.wage import device
    from neurosim.wrappers.wage.crossbar import named
    from neurosim.wrappers.wage.data import load

    assert loop.Run is wage.Run
    places = ("devices.crossbar", "training.data", "wage.hybrid_chip")
    for place, function in zip(places, (named, load, design_for), strict=True):
        assert function.__module__ == f"neurosim.wrappers.{place}"
    assert device.UpdateCurve().levels == 32
    assert pickle.loads(b"cneurosim.wrappers.wage.crossbar\nCrossbar\n.") is wage.Crossbar


def test_public_names():
    assert {*NAMES, "data", "device", "quantize", "readout", "trace"} == set(wage.__all__)
    for name in NAMES:
        assert getattr(wage, name).__name__ == name
    for module, name in MOVED.items():
        assert hasattr(importlib.import_module(f"neurosim.wrappers.wage.{module}"), name)
    with pytest.raises(AttributeError, match="has no attribute 'Modell'"):
        print(wage.Modell)
    with pytest.raises(ModuleNotFoundError, match="neurosim.wrappers.wage.nothing"):
        importlib.import_module("neurosim.wrappers.wage.nothing")


def test_a_module_is_not_loaded_before_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    formerly({"neurosim.wrappers.older": "neurosim.wrappers.newer"})
    with pytest.raises(ModuleNotFoundError, match="neurosim.wrappers.newer"):
        importlib.import_module("neurosim.wrappers.older")
    assert "neurosim.wrappers.older" not in sys.modules


def test_entries_of_tables():
    assert resolve("math") is sys.modules["math"] and resolve("math:floor") is sys.modules["math"].floor
    assert resolve(resolve) is resolve
