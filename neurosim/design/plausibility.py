"""What is hardly meant about a design: numbers beyond their parameter's plausible limits, and numbers beside others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neurosim.design.parameters import PARAMETERS
from neurosim.plausible import doubts

if TYPE_CHECKING:
    from neurosim.design.design import Design


@dataclass(frozen=True)
class Relation:
    """What holds between the parameters of a design that is meant so.

    Attributes
    ----------
    holds : callable
        Of a `Design`.
    doubt : callable
        The sentence about a `Design` in which it does not.
    """

    holds: Callable[["Design"], bool]
    doubt: Callable[["Design"], str]


# By the parameter that is spoken of.
RELATIONS = {
    "resistance_on": Relation(
        lambda d: d.memory_kind.volatile or d.cell_resistances[0] < d.cell_resistances[1],
        lambda d: f"resistance_on = {d.cell_resistances[0]:g} ohm is not below resistance_off = "
        f"{d.cell_resistances[1]:g} ohm, so that cells have no range of conductances, or an inverted one: exchange "
        "them, or give other ones",
    ),
    "max_conductance": Relation(
        lambda d: d.memory_kind.volatile or not (d.max_conductance or d.min_conductance)
        or d.conductance_max > d.conductance_min,
        lambda d: f"the largest weight has a conductance of {d.conductance_max:g} S (max_conductance), which is not "
        f"above that of the smallest, {d.conductance_min:g} S (min_conductance): exchange them, or leave them at 0",
    ),
    "min_sense_voltage": Relation(
        lambda d: d.min_sense_voltage < d.technology.vdd,
        lambda d: f"min_sense_voltage = {d.min_sense_voltage:g} V is not below the supply voltage of the process, "
        f"{d.technology.vdd:g} V, so that no bit line swings so far: use less",
    ),
}


def doubts_about(design: "Design") -> dict[str, str]:
    """{parameter: sentence} of everything about a design that is hardly meant."""
    found = doubts(PARAMETERS.values(), design.__getattribute__)
    return found | {name: relation.doubt(design) for name, relation in RELATIONS.items() if not relation.holds(design)}
