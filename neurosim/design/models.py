"""Versions of the reference as sets of named rules, and the differences between them.

The ids of differences and corrections are those of docs/fidelity.md, which has a line for every rule.
"""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from neurosim.design.corrections import CORRECTIONS, REPAIRS
from neurosim.design.rules import Rules, TrainerRules
from neurosim.errors import NeurosimError, suggestion


@dataclass(frozen=True)
class Difference:
    """One of the differences between two versions: what it is about, and the rules that are other ones since.

    Attributes
    ----------
    about : str
        What the later version does, in a few words.
    rules : dict
        {attribute of `Rules`: value of the later version}.
    trainer : dict
        The same of `TrainerRules`.
    """

    about: str
    rules: dict = field(default_factory=dict)
    trainer: dict = field(default_factory=dict)
    kind = "difference"


# What V2.1 (commit 18289cb, 2024) does that V2.0 does not; docs/fidelity.md has both sides of each.
DIFFERENCES = {
    "V2": Difference("wires warm", {"wire_warming": 0.00451}),
    "V3": Difference("on-currents of FinFETs fall with temperature", {"falling_currents": True}),
    "V4": Difference("converters warm", {"converter_warming": 1.3e-3}),
    "V7": Difference("no activation gradient of the first layer", {"gradient_to_image": False}),
    "V8": Difference("DRAM split counts six times each move", {"dram_split": "six times all"}),
    "V9": Difference("no operations of that gradient", {"operations_to_image": False}),
    "V10": Difference("polarisation takes energy", {"fefet_write": "polarisation"}),
    "V11": Difference("pulses of a mean written row", {"row_pulses": "written rows"}),
    "V12": Difference("cells of a weight widen words", {"cells_widen_words": True}),
    "V13": Difference("adders take in a sum a weight", {"sums_after_cells": True}),
    "V14": Difference("cells and input bits are joined apart", {"cells_apart": True}),
    "V15": Difference("split of SRAM reads adds both directions", {"sram_split_adds": True}),
    "V16": Difference("adder trees of every pass in the split", {"trees_in_every_pass": True}),
    "V17": Difference("no drift in training", trainer={"drift_in_training": False}),
    "V18": Difference("weights drift, not digits", trainer={"drift_of": "weights"}),
    "V19": Difference("variation without ADC is added", trainer={"variation_added": True}),
    "V20": Difference("traces count padded windows", trainer={"padded_windows": True}),
}


CHIP_DIFFERENCES = tuple(name for name, difference in DIFFERENCES.items() if difference.rules)


@dataclass(frozen=True)
class Model:
    """A version of the reference, or what it should be.

    Attributes
    ----------
    base : Rules
        Those that it starts from.
    defaults : mapping
        {design parameter: value} that differ from those of `PARAMETERS`.
    trainer : TrainerRules
    settings : mapping
        {setting of a training run: value} that differ from those of `wrappers.training.settings.RUN`.
    told_by : tuple of str
        Names in a `Param.cpp` that versions before this one do not know.
    differences, corrections : tuple of str
        Ids of `DIFFERENCES`, and of corrections and repairs (`corrections`), that it has on top of its base.
    """

    base: Rules = field(default_factory=Rules)
    defaults: object = field(default_factory=lambda: MappingProxyType({}))
    trainer: TrainerRules = field(default_factory=TrainerRules)
    settings: object = field(default_factory=lambda: MappingProxyType({}))
    told_by: tuple = ()
    differences: tuple = ()
    corrections: tuple = ()

    @property
    def rules(self):
        """Its `Rules`."""
        return changed(self.base, (*self.differences, *self.corrections))


def trainer_with_differences(*names):
    """The `TrainerRules` of V2.0 changed by some of `DIFFERENCES`."""
    return TrainerRules(**{rule: value for name in names for rule, value in DIFFERENCES[name].trainer.items()})


DEFAULT = "2.0"
MODELS = {
    "2.0": Model(),
    "2.1": Model(
        # Difference V1.
        defaults={"memory": "FeFET", "temperature": 300, "resistance_on": 240e3, "resistance_off": 24e6,
                  "levels_ltp": 60, "levels_ltd": 60},
        trainer=trainer_with_differences(*DIFFERENCES),
        settings={"epochs": 32},     # Difference V21.
        told_by=("SARADC", "currentMode", "polarization"),
        differences=CHIP_DIFFERENCES,
    ),
    # What the chip of both is meant to be. Defaults and trainer are those of V2.0, so that nothing else differs.
    "corrected": Model(differences=CHIP_DIFFERENCES, corrections=(*CORRECTIONS, *REPAIRS)),
}  # fmt: skip
# Every version here sets it in its `Param.cpp`. Those for inference know some of the same names, but not this one.
TRAINS = "trainingEstimation"


def versions(last="or"):
    """The versions in words: "V2.0 or ..."."""
    names = [f"V{name}" for name in MODELS if name[:1].isdigit()]
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def version_of(names):
    """What the names that a `Param.cpp` sets tell about its version.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    model : str or None
        A name of `MODELS`, or None where they tell nothing, or a version that is not among them.
    name : str or None
        The first one that tells it; None where they tell nothing.
    """
    names = list(names)
    for model in reversed(MODELS):
        for name in names:
            if name in MODELS[model].told_by:
                return model if TRAINS in names else None, name
    return None, None


def effects():
    """{id: `Difference`, `Correction` or `Repair`} of everything that chips can be evaluated with or without."""
    return {**{name: DIFFERENCES[name] for name in CHIP_DIFFERENCES}, **CORRECTIONS, **REPAIRS}


def changed(base, names):
    """`Rules` with the effects of these ids, in the order of `effects`."""
    return replace(base, **{rule: value for name, effect in effects().items() if name in names
                            for rule, value in effect.rules.items()})  # fmt: skip


def in_effect(model, more=(), without=()):
    """The ids of all that a model has, and `more`, but not what it shall do `without`, in the order of `effects`."""
    there = {*MODELS[model].differences, *MODELS[model].corrections, *more} - {*without}
    return tuple(name for name in effects() if name in there)


def parse_without(text, where=""):
    """The ids of differences, corrections and repairs in a text such as "V7, Q15", in the order of the tables.

    Raises
    ------
    NeurosimError
        An id is unknown.
    """
    return _parsed("without", text, where, effects())


def parse_adopted(text, where=""):
    """The ids of differences in a text such as "V3, V12"; see `parse_without`."""
    return _parsed("adopt", text, where, CHIP_DIFFERENCES)


def _parsed(parameter, text, where, known):
    words = str(text).upper().replace(",", " ").split()
    for word in words:
        if word not in known:
            raise NeurosimError(
                f"{where + ': ' if where else ''}{parameter} = {text!r}: there is no {word!r}"
                f"{suggestion(word, known)}; it takes ids from {', '.join(known)}"
            )
    return " ".join(name for name in known if name in words)


def parse_model(value, where=""):
    """The name of a model; `2.0` as a number is understood.

    Raises
    ------
    NeurosimError
        There is no such model.
    """
    text = f"{float(value)}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value).strip()
    if text not in MODELS:
        raise NeurosimError(
            f"{where + ': ' if where else ''}model = {value!r} is unknown{suggestion(text, MODELS)}; it takes "
            f"{', '.join(MODELS)}"
        )
    return text
