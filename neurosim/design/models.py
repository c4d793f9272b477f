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
    drivers_remember: bool = True


@dataclass(frozen=True)
class Model:
    """A version of the reference.

    Attributes
    ----------
    rules : Rules
    defaults : mapping
        {design parameter: value} that differ from those of `PARAMETERS`.
    """

    rules: Rules = field(default_factory=Rules)
    defaults: object = field(default_factory=lambda: MappingProxyType({}))


MODELS = {"2.0": Model()}


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
    rules: dict


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
