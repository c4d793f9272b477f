"""Which of the reference's defects touch a chip: infinities, no numbers and negative areas, with cause and remedy.

Quirk D6: the reference prints them without a word.
"""

import math

from neurosim._layout import Circuit
from neurosim.chip.remedies import remedy
from neurosim.circuits._parts import Part
from neurosim.design.corrections import CORRECTIONS


def defects(chip):
    """Ids of the defects that touch a chip and that its design does not correct, in the order of `CORRECTIONS`.

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
        "U19": design.memory_kind.volatile and not design.relu,
        "U20": (
            training and not design.parallel_read and not design.memory_kind.volatile and design.access != "cmos"
        ),
    }
    broken = _broken_circuits(chip)
    found["U16"] = any(type(part).__name__ == "RowDecoder" and part.address_bits == 0 for part in broken)
    others = [part for part in broken if not _explained(part, found)]
    found["U22"] = bool(others) or bool(chip.complaints)
    return [name for name, item in CORRECTIONS.items() if found[name] and not _in_force(item, design.rules)]


def findings(chip):
    """Which defects touch a chip that its design does not correct, as {id: sentence} with cause, effect and remedy.

    Remedies are tried: each that is named leads to a chip of sound numbers.

    Parameters
    ----------
    chip : Chip
    """
    return {
        name: f"{name}: {CORRECTIONS[name].cause}; {CORRECTIONS[name].effect}. Remedy: use "
        f"{remedy(name, chip.design, chip.network, '--correct {}')}."
        for name in defects(chip)
    }


def _in_force(correction, rules):
    """Whether a correction is applied."""
    return all(getattr(rules, rule) == value for rule, value in correction.rules.items())


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
    """The circuits that a circuit is made of: its attributes, and those of its table of parts."""
    values = [getattr(circuit, name) for name in dir(circuit) if not name.startswith("_")]
    values += [part.circuit for part in getattr(circuit, "parts", ()) if isinstance(part, Part)]
    return [value for value in values if isinstance(value, Circuit)]


def _sound(part):
    return math.isfinite(part.area) and part.area >= 0
