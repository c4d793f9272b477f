"""Records made of tables of parameters."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table
from neurosim.record import Record, part

WIRES = Table(
    [
        Parameter("width", 40e-9, "m", "width of a wire", source="a book", above=0),
        Parameter("layers", 3, "", "metal layers", low=1, high=12),
        Parameter("metal", "Cu", "", "what it is made of", choices={"Cu": 1, "W": 2}),
        Parameter("barrier", None, "m", "liner", low=0, optional=True, of=float),
        Parameter("cut", (), "", "layers left out", low=1),
        Parameter("label", "", "", "any name"),
        Parameter("warm", False, "", "whether it heats up", reference="warmWire"),
    ],
    "property of a wire", "width=2e-8",
)  # fmt: skip


class Wire(Record, table=WIRES):
    """A wire."""

    def agree(self):
        if self.layers in self.cut:
            raise NeurosimError(f"layer {self.layers} is left out; use another")


class Chip(Record, table=Table([Parameter("seed", 1, low=0)], "property of a chip", "seed=2"), first=("wire",)):
    wire: Wire = part(Wire)
    spare: Wire | None = part(Wire, optional=True)
    note: str = "none"


class Larger(Chip, table=Table([Parameter("rows", 64, low=1), Parameter("seed", 7, low=0)], "property", "rows=3"),
             keywords=True):
    """With rows."""


def test_a_record_has_the_fields_of_its_table():
    assert [field.name for field in dataclasses.fields(Wire)] == list(WIRES)
    assert Wire() == Wire(40e-9, 3, "Cu") and Wire().barrier is None
    made = Wire(np.float64(1), 5.0, "w", "none", [2], warm=1)
    assert made == Wire(width=1.0, layers=5, metal="W", cut=(2,), warm=True) and type(made.layers) is int
    assert len({made, made.replace(label="x"), Wire(1, 5, "W", None, (2,), "", True)}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.width = 2
    assert "width : float\n    Width of a wire (a book) [m]." in Wire.__doc__
    assert "barrier : float or None" in Wire.__doc__


def test_fields_of_a_derived_record():
    assert [field.name for field in dataclasses.fields(Larger)] == ["wire", "seed", "spare", "note", "rows"]
    assert Larger().seed == 7 and Larger(rows=2).replace(width=1).wire.width == 1
    with pytest.raises(TypeError):
        Larger(Wire(), 3, None, "", 5)      # rows are given by name
    assert [parameter.name for parameter in Larger.parameters()] == [*WIRES, "seed", "rows"]


@pytest.mark.parametrize("again", [
    lambda chip: pickle.loads(pickle.dumps(chip)), copy.deepcopy, lambda chip: Chip.from_dict(chip.to_dict()),
    lambda chip: Chip.from_dict({**chip.to_dict(), "wire": {**chip.wire.to_dict(), "cut": [1, 2]}}),
    dataclasses.replace,
])
def test_records_come_back(again):
    chip = Chip(Wire(cut=(1, 2), barrier=1e-9), 4, Wire(), note="x")
    assert again(chip) == chip
    assert dataclasses.asdict(chip) == chip.to_dict() and chip.to_dict()["wire"]["cut"] == (1, 2)


def test_values_of_parts_by_their_own_names():
    chip = Chip().replace(width=1e-8, seed=3, layers=2)
    assert (chip.wire.width, chip.wire.layers, chip.seed) == (1e-8, 2, 3)
    assert Chip().replace(wire=Wire(layers=5), width=1e-8).wire == Wire(1e-8, 5)
    assert Chip(spare=Wire()).replace(width=1e-8).spare == Wire()       # what need not be there is set as a whole


@pytest.mark.parametrize("call, sentence", [
    (lambda: Wire(widht=1), "'widht' is no property of a wire .did you mean 'width'.."),
    (lambda: Wire(q=1), "'q' is no property of a wire; there are width, layers"),
    (lambda: Chip().replace(layer=1), "'layer' is no property of a chip .did you mean 'layers'.."),
    (lambda: Wire(width=0), "width = 0 is out of range; it takes greater than 0 .m."),
    (lambda: Wire(label=3), "label = 3 is no text; it takes any text"),
    (lambda: Wire(cut=(0,)), "cut = 0 is out of range"),
    (lambda: Wire(cut=(3,)), "layer 3 is left out"),
    (lambda: Chip(wire={}), "wire = {} is no Wire; give a "),
    (lambda: Chip(wire=None), "wire = None is no Wire"),
    (lambda: Chip(spare=1), "spare = 1 is no Wire"),
    (lambda: Chip.from_dict({"sed": 1}), "did you mean 'seed'"),
    (lambda: Wire().with_settings(["width"], "--wire"), "--wire width: write it as name=value, .* --wire width=2e-8"),
])
def test_what_is_no_record(call, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        call()
    assert "\n" not in str(error.value)
