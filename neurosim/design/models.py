"""Versions of the reference as sets of named rules, and corrections of its defects as changes of such rules.

A rule is a behaviour; whoever depends on it is handed its value when it is made, and nobody asks which version it is.
The ids of corrections are those of docs/fidelity.md, which has a line for every rule.
"""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from neurosim.errors import NeurosimError, suggestion


@dataclass(frozen=True)
class Rules:
    """What a version of the reference does where versions or corrections differ.

    Attributes
    ----------
    least_gradient_arrays : int
        Subarrays whose weight gradients the global buffer holds at least (0: the gradient adder may come out empty).
    least_unit_arrays : int
        Arrays of the weight-gradient unit in each direction at least.
    least_buffer_cores : int
        Cores of the global buffer at least.
    columns_shared : str
        "as given" by `columns_per_adc` outside of subarrays, or "as the array does", which has no more columns than it
        has.
    empty_decoders : bool
        Whether a decoder is drawn where there is nothing to address, with a negative area or none.
    outlines_grow : bool
        Whether an outline that is too small for a circuit grows to hold one.
    sram_tables : bool
        Whether sigmoid tables of an SRAM design are made of SRAM cells instead of cells without resistance.
    gradient_to_image : bool
        Whether the first layer passes errors on to the image.
    operations_to_image : bool
        Whether the operations of that pass are counted.
    falling_currents : bool
        Whether on-currents of FinFETs fall with temperature instead of rising.
    wire_warming : float
        Relative rise of the resistivity of wires above 300 K [1/K].
    converter_warming : float
        Relative rise of the power of converters above 300 K [1/K].
    cells_widen_words : bool
        Whether words of partial sums are as many bits wider as a weight has cells.
    sums_after_cells : bool
        Whether adders behind subarrays and activations in tiles take in one sum a weight instead of one a column.
    cells_apart : bool
        Whether the cells of a weight are joined by a shift-and-add of their own.
    sram_split_adds : bool
        Whether the split of an SRAM array's read adds both directions, instead of showing the transposed one alone.
    trees_in_every_pass : bool
        Whether the split counts the adder trees of processing elements in every pass; they then take no energy in an
        activation gradient that there is not.
    fefet_write : str
        "lines", whose charge is all that an FeFET takes, or "polarisation", which takes energy as well.
    row_pulses : str
        Pulses of a mean row of a cross-point array: those of "all rows" or of "written rows".
    dram_split : str
        What the split counts of the moves of features to the DRAM and back: "six moves" of a training, or "six times
        all" that a layer makes.
    drivers_remember : bool
        Whether the row drivers of a sequential cross-point array add up their write latencies over all input vectors.
    """

    least_gradient_arrays: int = 0
    least_unit_arrays: int = 0
    least_buffer_cores: int = 0
    columns_shared: str = "as given"
    empty_decoders: bool = True
    outlines_grow: bool = False
    sram_tables: bool = False
    gradient_to_image: bool = True
    operations_to_image: bool = True
    falling_currents: bool = False
    wire_warming: float = 0.0
    converter_warming: float = 0.0
    cells_widen_words: bool = False
    sums_after_cells: bool = False
    cells_apart: bool = False
    sram_split_adds: bool = False
    trees_in_every_pass: bool = False
    fefet_write: str = "lines"
    row_pulses: str = "all rows"
    dram_split: str = "six moves"
    drivers_remember: bool = True


@dataclass(frozen=True)
class TrainerRules:
    """What the trainer of a version does where versions differ; devices and training read them as they do `Rules`.

    Attributes
    ----------
    drift_in_training : bool
        Whether weights drift where sums are computed exactly, in training and tests, and not only in the read-out
        through the hardware.
    drift_of : str
        What drifts in that read-out: "digits", at every use of a cell, or "weights", before they are cut into digits.
    variation_added : bool
        Whether the variation of cells that are read without bits and ADC is added to a conductance, instead of being
        a fraction of it.
    padded_windows : bool
        Whether traces have columns for all windows of the padded map, of which those beyond the windows of the map
        itself stay empty.
    """

    drift_in_training: bool = True
    drift_of: str = "digits"
    variation_added: bool = False
    padded_windows: bool = False


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


def with_differences(*names):
    """The `Rules` of V2.0 changed by some of `DIFFERENCES`."""
    return Rules(**{rule: value for name in names for rule, value in DIFFERENCES[name].rules.items()})


def trainer_with_differences(*names):
    """The `TrainerRules` of V2.0 changed by some of `DIFFERENCES`."""
    return TrainerRules(**{rule: value for name in names for rule, value in DIFFERENCES[name].trainer.items()})


@dataclass(frozen=True)
class Model:
    """A version of the reference.

    Attributes
    ----------
    rules : Rules
    defaults : mapping
        {design parameter: value} that differ from those of `PARAMETERS`.
    trainer : TrainerRules
    settings : mapping
        {setting of a training run: value} that differ from those of `wrappers.training.settings.RUN`.
    told_by : tuple of str
        Names in a `Param.cpp` that versions before this one do not know.
    """

    rules: Rules = field(default_factory=Rules)
    defaults: object = field(default_factory=lambda: MappingProxyType({}))
    trainer: TrainerRules = field(default_factory=TrainerRules)
    settings: object = field(default_factory=lambda: MappingProxyType({}))
    told_by: tuple = ()


DEFAULT = "2.0"
MODELS = {
    "2.0": Model(),
    "2.1": Model(
        with_differences(*DIFFERENCES),
        # Difference V1.
        {"memory": "FeFET", "temperature": 300, "resistance_on": 240e3, "resistance_off": 24e6, "levels_ltp": 60,
         "levels_ltd": 60},
        trainer_with_differences(*DIFFERENCES),
        {"epochs": 32},     # Difference V21.
        told_by=("SARADC", "currentMode", "polarization"),
    ),
}  # fmt: skip
# Every version here sets it in its `Param.cpp`. Those for inference know some of the same names, but not this one.
TRAINS = "trainingEstimation"


def versions(last="or"):
    """The versions in words: "V2.0 or ..."."""
    names = [f"V{name}" if name[:1].isdigit() else name for name in MODELS]
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


@dataclass(frozen=True)
class Correction:
    """One defect: when it occurs, what it does, what helps, what its correction does instead, and the rules it changes.

    Where the reference runs on with infinities, no numbers or negative areas, neurosim reproduces these results and
    says so; the design parameter `correct` (`--correct`) replaces them with what was evidently meant.
    """

    cause: str
    effect: str
    remedy: str
    corrected: str
    rules: dict[str, object]


CORRECTIONS = {
    "U5": Correction(
        "the gradient buffer holds less than one subarray's weight gradients (batch_size is small for synapse_bits)",
        "the gradient adder comes out empty: negative area, infinite update latency",
        "use a larger batch_size or buffer_overhead",
        "at least one subarray is written at a time",
        {"least_gradient_arrays": 1},
    ),
    "U6": Correction(
        "the widest layer needs less memory than one array of the weight-gradient unit",
        "the unit comes out without arrays: negative area, energies that are no numbers",
        "use smaller wg_array_rows and wg_array_columns",
        "the unit has at least one array in each direction",
        {"least_unit_arrays": 1},
    ),
    "U16": Correction(
        "a buffer or multiplexer has a single line, so its decoder has nothing to address",
        "the decoder's area is negative or no number",
        "use more input_bits, or fewer columns_per_adc",
        "nothing is drawn where there is nothing to address",
        {"empty_decoders": False},
    ),
    "U17": Correction(
        "columns_per_adc exceeds the columns of a subarray, which only the subarray itself takes into account",
        "registers and adders of processing elements and tiles come out empty",
        "use columns_per_adc of at most array_columns",
        "processing elements, tiles and chip share columns as the subarray does",
        {"columns_shared": "as the array does"},
    ),
    "U18": Correction(
        "the global buffer is smaller than one of its cores",
        "no core works on it: infinite latencies",
        "use smaller global_buffer_rows and global_buffer_columns",
        "the buffer has at least one core",
        {"least_buffer_cores": 1},
    ),
    "U19": Correction(
        "sigmoid tables are made of resistive cells, which an SRAM design does not have",
        "their latency is no number",
        "use relu = true, or another memory",
        "the tables are made of SRAM cells",
        {"sram_tables": True},
    ),
    "U20": Correction(
        "the row drivers of a sequential cross-point array never forget a write latency",
        "the update latency grows with every input vector, in the end to infinity",
        "use read_mode = parallel, or access = cmos",
        "every update starts afresh",
        {"drivers_remember": False},
    ),
    "U22": Correction(
        "a subarray or processing element is too small for the circuits along its edge",
        "areas are zero, negative or no numbers",
        "use larger array_rows and array_columns, or a finer node",
        "an outline grows to hold at least one unit",
        {"outlines_grow": True},
    ),
}  # fmt: skip


def parse_ids(text, where=""):
    """The correction ids in a text such as "U5, U18" or "all", in their own order, separated by blanks.

    Raises
    ------
    NeurosimError
        An id that is unknown, or a defect that has no correction.
    """
    words = str(text).replace(",", " ").split()
    chosen = set()
    for word in words:
        if word.lower() == "all":
            chosen.update(CORRECTIONS)
        elif word.upper() in CORRECTIONS:
            chosen.add(word.upper())
        else:
            raise NeurosimError(
                f"{where + ': ' if where else ''}correct = {text!r}: {word!r} has no correction; it takes "
                f"all, or ids from {', '.join(CORRECTIONS)}"
            )
    return " ".join(name for name in CORRECTIONS if name in chosen)


def rules_of(model, corrections):
    """The `Rules` of a model with some corrections applied.

    Parameters
    ----------
    model : str
        A name of `MODELS`.
    corrections : iterable of str
        Ids of `CORRECTIONS`.
    """
    changes = {}
    for name in corrections:
        changes.update(CORRECTIONS[name].rules)
    return replace(MODELS[model].rules, **changes)


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
