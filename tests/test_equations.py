"""Equations and sources of docs/equations.md are taken from docstrings as CONTRIBUTING.md says."""

import importlib.util
import sys

import pytest
from golden import ROOT

MODULE = '''"""Wires and loads. Elmore, J. Applied Physics, 1948."""

cdef inline double delay(double resistance,
                         double load) noexcept nogil:  # of a stage
    """Time of a stage [s]. It is

        t = 0.7 R C

    with R of the driver. Quirk C1: x = 1.

    Parameters
    ----------
    load : C = what follows

    Quirk C2: y = 2.

    Source: a manual.
    """


cdef double declared(double x) noexcept nogil


cdef class Wire:
    def plain(self):
        """No equation, and memory = "RRAM" is none."""

    @property
    def energy(self):
        """E = C V^2 [J]. Says nothing (M. A. Horowitz, thesis). As of N. P. Jouppi, 2014."""
'''


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("write_equations", ROOT / "scripts" / "write_equations.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_docstrings_are_found_in_compiled_sources(script):
    names = [name for name, text in script.docstrings(MODULE) if text]
    assert names == ["", "delay", "Wire.plain", "Wire.energy"]


def test_equations_and_sources_are_told_apart(script):
    whole, delay, plain, energy = (script.read(name, text) for name, text in script.docstrings(MODULE) if text)
    assert (whole.equations, whole.sources) == ([], ["Elmore, J. Applied Physics, 1948."])
    assert delay.summary == "Time of a stage [s]."
    assert delay.equations == ["It is", ["t = 0.7 R C"], "with R of the driver."]
    assert delay.sources == ["Source: a manual."]
    assert plain.equations == []
    assert (energy.equations, energy.sources) == (["E = C V^2 [J]."], ["As of N. P. Jouppi, 2014."])


READ_MOST = """
    current_at horowitz wire_resistance Adder Dram MultilevelSenseAmp path_conductances SubArray.read
    Chip._size_global_buffer ProcessingElement.cost write_energy finish_layers operations Interpolated
"""


@pytest.mark.parametrize("name", READ_MOST.split())
def test_what_a_reader_looks_for_is_there(name):
    assert f"\n- `{name}`: " in (ROOT / "docs" / "equations.md").read_text()
