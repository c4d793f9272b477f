"""What every difference between versions, and every known defect, is worth: a design with and without each alone."""

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

from neurosim._version import __version__
from neurosim.chip.outline import in_order
from neurosim.design.design import Design
from neurosim.design.models import MODELS, effects, parse_model
from neurosim.design.parameters import PARAMETERS
from neurosim.errors import NeurosimError
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import Progress, evaluate_plans
from neurosim.report.plan import Plan, json_text, warn_of
from neurosim.report.quantities import STEPS
from neurosim.report.report import Report
from neurosim.traces.network import Network, Rows
from neurosim.traces.traces import Trace

if TYPE_CHECKING:
    import pandas as pd

# {measure: (unit, how it is read from a report)}. Latency and energy are those of all steps, as in TOPS/W.
MEASURES = {
    "area": ("m^2", lambda report: report.areas["total"]),
    "latency": ("s", lambda report: in_order(report.totals[f"{step}_latency"] for step in STEPS)),
    "energy": ("J", lambda report: in_order(
        [*(report.totals[f"{step}_energy"] for step in STEPS), report.totals["leakage_energy"]])),
    "energy_efficiency": ("TOPS/W", lambda report: report.totals["energy_efficiency"]),
}  # fmt: skip


def audit(
    design: Design, network: Network | Rows, trace: Trace, against: str | None = None,
    progress: Progress | None = None, cache: Cache | None = None
) -> "pd.DataFrame":
    """What each difference between versions and each known defect of them does to a result.

    Parameters
    ----------
    design : Design
        Evaluated as it is, and once more for each difference, correction and repair (docs/fidelity.md): without it if
        it is in effect, with it if it is not.
    network, trace, progress, cache
        As of `neurosim.evaluate`.
    against : str, optional
        Another model: only what differs between it and the design's counts, each alone, its defaults for what was not
        given, and all of it together.

    Returns
    -------
    DataFrame
        A row an id, largest change first: kind, what it does, whether it is in effect in the design, then area [m^2],
        latency [s], energy [J] and efficiency [TOPS/W] without it, with it, and with / without - 1.

    Raises
    ------
    NeurosimError
        As `neurosim.evaluate`, about the design itself; a change that cannot be evaluated says why in its row.

    Warns
    -----
    NeurosimWarning
        As `neurosim.evaluate`, of the design itself.
    """
    found = Audit.of(design, network, trace, against, progress, cache)
    warn_of(found.base.doubts.values(), 3)
    return found.table


@dataclass(frozen=True)
class Change:
    """One thing that could be otherwise, and the results with it as it is not.

    Attributes
    ----------
    name, kind, about : str
        Id in docs/fidelity.md, what sort of thing it is, and what it does.
    design : Design
        The design in which it alone is otherwise.
    present : bool
        Whether it is in effect in the design that is audited.
    """

    name: str
    kind: str
    about: str
    design: Design
    present: bool


@dataclass(frozen=True)
class Audit:
    """Results of a design, and of all changes of it.

    Attributes
    ----------
    base : Report
    against : str or None
    changes : list of Change
    results : list of (Report or NeurosimError)
        Of each change: the design with it otherwise, or why that cannot be evaluated.
    """

    base: Report
    against: str | None
    changes: list[Change]
    results: list[Report | NeurosimError]

    @classmethod
    def of(
        cls, design: Design, network: Network | Rows, trace: Trace, against: str | None = None,
        progress: Progress | None = None, cache: Cache | None = None
    ) -> "Audit":
        """Evaluate a design and its changes; see `audit`."""
        network = network if isinstance(network, Network) else Network(network)
        base, changes = Plan.of(design, network), changes_of(design, against)
        planned: list[Plan | NeurosimError] = [_planned(change.design, network) for change in changes]
        sound = [each for each in planned if isinstance(each, Plan)]
        first, *others = evaluate_plans([base, *sound], trace, progress, cache)
        remaining = iter(others)
        results = [each if isinstance(each, NeurosimError) else next(remaining) for each in planned]
        return cls(first, against, changes, results)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """The DataFrame that `audit` returns."""
        import pandas as pd

        rows = [self._row(*pair) for pair in zip(self.changes, self.results, strict=True)]
        names = [f"{measure}_change" for measure in MEASURES]
        # What becomes a number, or no number any more, is the largest change of all.
        rows.sort(key=lambda row: -max(abs(row[name]) if row[name] == row[name] else float("inf") for name in names))
        return pd.DataFrame(rows).set_index("id")

    def _row(self, change, result):
        row = {
            "id": change.name, "kind": change.kind, "about": change.about, "in_effect": change.present,
        }  # fmt: skip
        failed = isinstance(result, NeurosimError)
        for measure, (unit, read) in MEASURES.items():
            here, there = read(self.base), float("nan") if failed else read(result)
            without, with_ = (there, here) if change.present else (here, there)
            row[f"{measure}_without [{unit}]"], row[f"{measure}_with [{unit}]"] = without, with_
            row[f"{measure}_change"] = 0.0 if without == with_ else with_ / without - 1 if without else float("nan")
        row["problem"] = str(result) if failed else ""
        return row

    def to_dict(self) -> dict[str, Any]:
        """All results in the reference's names: of the design, and with each change alone."""
        changes = {}
        for change, result in zip(self.changes, self.results, strict=True):
            changes[change.name] = {
                "kind": change.kind,
                "about": change.about,
                "in_effect": change.present,
                "then": "undone" if change.present else "applied",
                **_told(result),
            }
        return {
            "neurosim": __version__,
            "model": self.base.design.model,
            "against": self.against,
            "design": self.base.design.to_dict(),
            "results": self.base.to_reference(),
            "rules": changes,
        }

    def to_json(self, path: str | PathLike[str] | None = None) -> str:
        """`to_dict` as JSON text, written into a file if there is a path."""
        return json_text(self.to_dict(), path)


def changes_of(design: Design, against: str | None = None) -> list[Change]:
    """Everything in a design that could be otherwise, or that is otherwise in another model, as `Change`s.

    Raises
    ------
    NeurosimError
        There is no model `against`, or it is the design's own.
    """
    known = effects()
    if against is None:
        return [_toggled(design, name) for name in known]
    against = parse_model(against, "against")
    if against == design.model:
        raise NeurosimError(
            f"the design is of model {against} itself, so nothing differs; audit it against "
            f"{' or '.join(name for name in MODELS if name != against)}"
        )
    other = design.replace(model=against)
    changes = [_toggled(design, name) for name in known if (name in design.in_effect) != (name in other.in_effect)]
    values = {name: (getattr(design, name), getattr(other, name)) for name in PARAMETERS if name != "model"}
    moved = {name: then for name, (now, then) in values.items() if now != then}
    if moved:
        told = ", ".join(f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
                         for name, value in moved.items())  # fmt: skip
        changes.append(Change("defaults", "defaults", told, design.replace(**moved), False))
    return [*changes, Change("all", "model", f"everything that is otherwise in model {against}", other, False)]


def _toggled(design, name):
    effect = effects()[name]
    return Change(name, effect.kind, effect.about, design.toggled(name), name in design.in_effect)


def _planned(design, network):
    try:
        return Plan.of(design, network)
    except NeurosimError as error:
        return error


def _told(result):
    """The results of a change, or why there are none, as plain values."""
    return {"problem": str(result)} if isinstance(result, NeurosimError) else {"results": result.to_reference()}
