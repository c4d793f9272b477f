"""Where the reference runs on with infinities, no numbers or negative areas: warnings and corrections.

By default neurosim reproduces these results and says so; the design parameter `correct` (`--correct`)
replaces them with what was evidently meant. The ids are those of docs/fidelity.md.
"""

import math
from dataclasses import dataclass

from neurosim.errors import NeurosimError


@dataclass(frozen=True)
class Correction:
    """One defect: when it occurs, what it does, what helps, and what its correction does instead."""

    cause: str
    effect: str
    remedy: str
    corrected: str


CORRECTIONS = {
    "U5": Correction(
        "the gradient buffer holds less than one subarray's weight gradients (batch_size is small for synapse_bits)",
        "the gradient adder comes out empty: negative area, infinite update latency",
        "use a larger batch_size or buffer_overhead",
        "at least one subarray is written at a time",
    ),
    "U6": Correction(
        "the widest layer needs less memory than one array of the weight-gradient unit",
        "the unit comes out without arrays: negative area, energies that are no numbers",
        "use smaller wg_array_rows and wg_array_columns",
        "the unit has at least one array in each direction",
    ),
    "U16": Correction(
        "a buffer or multiplexer has a single line, so its decoder has nothing to address",
        "the decoder's area is negative or no number",
        "use more input_bits, or fewer columns_per_adc",
        "nothing is drawn where there is nothing to address",
    ),
    "U17": Correction(
        "columns_per_adc exceeds the columns of a subarray, which only the subarray itself takes into account",
        "registers and adders of processing elements and tiles come out empty",
        "use columns_per_adc of at most array_columns",
        "processing elements, tiles and chip share columns as the subarray does",
    ),
    "U18": Correction(
        "the global buffer is smaller than one of its cores",
        "no core works on it: infinite latencies",
        "use smaller global_buffer_rows and global_buffer_columns",
        "the buffer has at least one core",
    ),
    "U19": Correction(
        "sigmoid tables are made of resistive cells, which an SRAM design does not have",
        "their latency is no number",
        "use relu = true, or another memory",
        "the tables are made of SRAM cells",
    ),
    "U20": Correction(
        "the row drivers of a sequential cross-point array never forget a write latency",
        "the update latency grows with every input vector, in the end to infinity",
        "use read_mode = parallel, or access = cmos",
        "every update starts afresh",
    ),
    "U22": Correction(
        "a subarray or processing element is too small for the circuits along its edge",
        "areas are zero, negative or no numbers",
        "use larger array_rows and array_columns, or a finer node",
        "an outline grows to hold at least one unit",
    ),
}  # fmt: skip


def parse_ids(text, where=""):
    """The correction ids in a text such as "U5, U18" or "all", in their own order, separated by blanks.

    Raises
    ------
    NeurosimError
        An id that is unknown, or a defect that has no correction.
    """
    words = text.replace(",", " ").split()
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


def findings(chip):
    """Which defects touch a chip that its design does not correct, as {id: sentence}.

    Parameters
    ----------
    chip : Chip
    """
    design = chip.design
    training, unit = design.training, chip.gradient_unit
    found = {
        "U5": training and chip.arrays_written_together == 0,
        "U6": training and 0 in (unit.arrays_per_row, unit.arrays_per_column),
        "U17": design.columns_per_adc > design.array_columns,
        "U18": chip.buffer_cores == 0,
        "U19": design.memory == "SRAM" and not design.relu,
        "U20": (
            training and design.memory != "SRAM" and design.read_mode == "sequential" and design.access != "cmos"
        ),
    }
    broken = _broken_circuits(chip)
    found["U16"] = any(type(part).__name__ == "RowDecoder" and part.address_bits == 0 for part in broken)
    others = [part for part in broken if not _explained(part, found)]
    found["U22"] = bool(others) or bool(chip.complaints)
    return {
        name: f"{name}: {item.cause}; {item.effect}. Remedy: {item.remedy}, or --correct {name} ({item.corrected})."
        for name, item in CORRECTIONS.items()
        if found[name] and name not in design.corrections
    }


def _explained(part, found):
    """Whether a broken circuit is broken only because of a defect found elsewhere."""
    name = type(part).__name__
    inner = [value for value in _parts(part) if not _sound(value)]
    if inner:
        return True  # it is looked at itself
    if name == "RowDecoder":
        return part.address_bits == 0
    if name == "Adder":
        return part.count == 0
    return name in ("AdderTree", "WeightGradientUnit") and found["U6"]


def _broken_circuits(chip):
    """Every circuit of the chip whose area is negative or no finite number."""
    tiles = [tile for tile in (chip.tile, chip.novel_tile) if tile]
    roots = [chip.array, chip.buffer, chip.pooling, chip.accumulation, chip.activation, chip.gradient_unit]
    roots.append(chip.gradient_adder)
    for tile in tiles:
        roots += [tile.accumulation, tile.activation, tile.input_buffer, tile.output_buffer]
        roots += [tile.pe.tree, tile.pe.input_register, tile.pe.output_register]
    seen, broken = set(), []
    while roots:
        part = roots.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        if not _sound(part):
            broken.append(part)
        roots += _parts(part)
    return broken


def _parts(circuit):
    """The circuits that a circuit is made of."""
    from neurosim._layout import Circuit

    values = (getattr(circuit, name) for name in dir(circuit) if not name.startswith("_"))
    return [value for value in values if isinstance(value, Circuit)]


def _sound(part):
    return math.isfinite(part.area) and part.area >= 0
