"""What `neurosim.circuits` names can be used on its own: area, leakage, latency and energy of every circuit."""

import inspect

import pytest

from neurosim import circuits, technology
from neurosim.circuits.cells import Cell

TECH = technology.load(22, "LSTP")
LINES = {"wire_resistance": 1e7, "clock": 1e9}
# Bases of others, which have no layout of their own.
BASES = {"Circuit", "SubArray", "ColumnConverter", "PythonConverter"}
KINDS = sorted(
    name for name in circuits.__all__
    if inspect.isclass(kind := getattr(circuits, name)) and issubclass(kind, circuits.Circuit) and name not in BASES
)  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_every_circuit_tells_latency_and_energy(name):
    methods = {attribute for attribute in dir(getattr(circuits, name)) if not attribute.startswith("_")}
    assert {"area", "leakage", "height", "width", "complaints"} <= methods
    timed = any(method.endswith(("latency", "time", "converted")) for method in methods)
    spends = any(method.endswith(("energy", "converted")) for method in methods)
    assert timed and spends, f"{name} has {sorted(methods)}"


def test_a_bank_of_adders_by_itself():
    adders = circuits.Adder(TECH, bits=8, count=16)
    assert adders.area > 0 and adders.leakage > 0
    assert adders.latency(1e20, 0.0, 3) == 3 * adders.latency(1e20, 0.0, 1) > 0
    assert adders.energy(2, 16) == 2 * adders.energy(1, 16) > 0


@pytest.mark.parametrize("memory", circuits.MEMORIES)
@pytest.mark.parametrize("read_mode", ["sequential", "parallel"])
def test_an_array_lists_its_parts(memory, read_mode):
    kind = circuits.MEMORIES[memory]
    if kind.hybrid or kind.array(read_mode) is None:
        return
    widths = {"width_nmos": 2.08, "width_pmos": 1.23, "width_access": 1.31} if kind.volatile else {}
    array = circuits.subarray(TECH, Cell(memory=memory, height=8, width=20, **widths), 64, 64, read_mode=read_mode,
                              **LINES)  # fmt: skip
    names = [(part.name, part.backward) for part in array.parts if part.role]
    assert len(names) == len(set(names)) > 8
    assert {part.role for part in array.parts if part.role} == {"adc", "accumulation", "other"}
    assert {part.place for part in array.parts} <= {"stack", "drivers", "select", "side", "inside"}
    assert "Part mux" in repr(array.parts) or array.forward.mux is None


def test_an_unknown_name_is_none():
    with pytest.raises(AttributeError, match="'neurosim.circuits' has no attribute 'Mixer'"):
        circuits.Mixer  # noqa: B018
