"""What helps where a chip cannot be built or would have no sound numbers: changes of the design, named once tried.

`fitted` looks for a design that a network fits; a `Misfit` and `findings` name single changes. Nothing is named that
does not lead to a chip whose area is a number and that no defect touches.
"""

import math
from dataclasses import dataclass

from neurosim.chip import mapping
from neurosim.chip.misfit import Misfit
from neurosim.design.corrections import CORRECTIONS
from neurosim.errors import NeurosimError
from neurosim.traces.network import Network

NAMED = 2           # changes that a sentence names, besides a correction
LARGEST = 1024      # rows and columns of an array that is looked for
SMALLEST = 8


@dataclass(frozen=True)
class Change:
    """A change of a design, and how a sentence names it."""

    words: str
    values: dict


def _to(**values):
    return Change(" and ".join(f"{name} = {text(value)}" for name, value in values.items()), values)


def _at_most(name, value):
    return Change(f"{name} of at most {value}", {name: value})


def _at_least(name, value):
    return Change(f"{name} of at least {value}", {name: value})


def text(value):
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace(" ", ",") if isinstance(value, str) else str(value)


# -- what may help ---------------------------------------------------------------------------------------


def _arrays(design, network):
    """U8: the array that the hierarchy still holds."""
    rows = mapping.largest_rows(design, network)
    if rows:
        yield _at_most("array_rows", rows)
        yield _to(array_rows=rows, array_columns=rows)


def _gradient_arrays(design, network):
    """U6: weight-gradient arrays of at most the memory of the widest layer."""
    rows, columns = gradient_memory(design, network)
    small = {}
    if rows < design.wg_array_rows:
        small["wg_array_rows"] = rows
    if columns < design.wg_array_columns:
        small["wg_array_columns"] = columns
    if len(small) == 1:
        yield _at_most(*small.popitem())
    else:
        yield _to(**small)


def _inference(design, network):
    """No training, and buffer cores for what is then left to hold (U18)."""
    yield _to(training=False)
    for change in _cores(design, network):
        yield _to(training=False, **change.values)


def _batches(design, network):
    yield from (_at_least("batch_size", 1 << bits) for bits in range(1, 13) if 1 << bits > design.batch_size)


def _overhead(design, network):
    yield _to(buffer_overhead=0)
    yield _to(buffer_overhead=0, correct=" ".join(sorted({*design.corrections, "U5"})))


def _cores(design, network):
    size = min(design.global_buffer_rows, design.global_buffer_columns)
    while size > SMALLEST:
        size = 1 << (size - 1).bit_length() - 1
        yield _to(global_buffer_rows=size, global_buffer_columns=size)


def _columns(design, network):
    yield _at_most("columns_per_adc", design.array_columns)


def _rows(design, network):
    yield _at_most("rows_per_adc_ag", design.array_rows)


def _lines(design, network):
    """U16: more lines where there is one."""
    for columns in (8, 4, 2):
        yield _to(columns_per_adc=columns)
    for bits in (2, 4, 8):
        if bits > design.input_bits:
            yield _to(input_bits=bits)


def _outlines(design, network):
    """U22: cells as wide or high as the circuits beside them, or more of them."""
    stretched = [name for name in ("relax_cell_height", "relax_cell_width") if not getattr(design, name)]
    yield from (_to(**{name: True}) for name in stretched)
    if len(stretched) == 2:
        yield _to(relax_cell_height=True, relax_cell_width=True)
    for factor in (2, 4):
        yield _to(array_rows=design.array_rows * factor, array_columns=design.array_columns * factor)


def _relu(design, network):
    yield _to(relu=True)
    yield _to(memory="RRAM")


def _parallel(design, network):
    yield _to(read_mode="parallel")
    yield _to(access="cmos")


def _wider(design, network):
    """Room for a weight of many bits in an SRAM array."""
    size = 1 << (design.cells_per_synapse - 1).bit_length()
    yield _to(array_rows=max(design.array_rows, size), array_columns=max(design.array_columns, size))
    yield _at_most("synapse_bits", min(design.array_rows, design.array_columns))


def _gradient_lines(design, network):
    least = design.rows_per_adc_wg if design.parallel_backward else design.input_bits
    yield _at_least("wg_array_columns", least)
    if design.parallel_backward:
        yield _at_most("rows_per_adc_wg", design.wg_array_columns)


# What may help, by the id of docs/fidelity.md or another name of what is wrong, best first.
REMEDIES = {
    "U4": (_batches, _overhead, _inference),
    "U5": (_batches, _inference),
    "U6": (_gradient_arrays, _inference),
    "U8": (_arrays,),
    "U16": (_lines,),
    "U17": (_columns,),
    "U17 rows": (_rows, _inference),
    "U18": (_cores,),
    "U19": (_relu,),
    "U20": (_parallel, _inference),
    "U22": (_outlines,),
    "no outline": (_lines, _outlines),
    "cells": (_wider,),
    "gradient lines": (_gradient_lines, _inference),
}
# Corrections that belong to what has no id of its own.
_CORRECTED_BY = {"no outline": " ".join(CORRECTIONS)}


# -- what does help --------------------------------------------------------------------------------------


def chip_of(design, network):
    """The chip of a design and a network."""
    from neurosim.chip.chip import Chip

    return Chip(design, network, mapping.floorplan(design, network))


def defects_of(design, network):
    """Ids of the defects that touch a chip; None where there is none.

    An area that is no number without any of them counts as one of no name.
    """
    from neurosim.chip.findings import defects

    try:
        chip = chip_of(design, network)
    except Misfit as error:
        return {error.name} if error.name in CORRECTIONS else None
    except NeurosimError:
        return None
    found = set(defects(chip))
    return found if found or (math.isfinite(chip.area) and chip.area > 0) else {""}


def is_sound(design, network):
    """Whether a chip can be built of which no defect touches a number."""
    return defects_of(design, network) == set()


def _changed(design, values):
    """A design with changes, or None where they are no values of it."""
    try:
        return design.replace(**values)
    except NeurosimError:
        return None


def helping(name, design, network):
    """The changes that help against what has this name: `NAMED` of them at most."""
    found = []
    for candidates in REMEDIES.get(name, ()):
        for change in candidates(design, network):
            changed = _changed(design, change.values)
            if changed is not None and is_sound(changed, network):
                found.append(change)
                break   # one of a kind
        if len(found) == NAMED:
            break
    return found


def corrected(design, network, names):
    """The corrections that `names`, and whatever comes to light behind them, need; None if they do not help."""
    names = set(names)
    while names <= CORRECTIONS.keys():
        chosen = design.replace(correct=" ".join(sorted({*design.corrections, *names})))
        found = defects_of(chosen, network)
        if found == set():
            return chosen.correct
        if not found or found <= names:
            return None
        names |= found
    return None


def remedy(name, design, network, correct="correct = {}"):
    """What helps against what has this name, in words that follow "use"; `correct` is how corrections are named."""
    words = [change.words for change in helping(name, design, network)]
    names = _CORRECTED_BY.get(name, name).split()
    if set(names) <= CORRECTIONS.keys():
        ids = corrected(design, network, names)
        does = f" ({CORRECTIONS[name].corrected})" if name in CORRECTIONS else ""
        if ids:
            words.append("--correct all" if len(ids.split()) == len(CORRECTIONS) else correct.format(text(ids)) + does)
    if not words:
        try:
            after = fitted(design, network)
            words = [f"{_to(**_changes(design, after)).words} (what --fit chooses)"]
        except NeurosimError:
            words = ["a wider network" if name == "U8" else "another design"]
    return ", or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])}, or {words[-1]}"


# -- a design that fits ----------------------------------------------------------------------------------


def fitted(design, network):
    """The design, changed where the network does not fit it or its numbers would not be sound; see `Design.fitted`."""
    network = network if isinstance(network, Network) else Network(network)
    if is_sound(design, network):
        return design
    known = []
    for values in _candidates(design, network):
        candidate = _changed(design, values)
        found = None if candidate is None else defects_of(candidate, network)
        if found == set():
            return _least(design, candidate, network)
        if found and found <= CORRECTIONS.keys():
            known.append((len(found), len(known), candidate, found))
    # Nothing else helps: corrections, as few as there are.
    for _, _, candidate, found in sorted(known, key=lambda entry: entry[:2]):
        ids = corrected(candidate, network, found)
        if ids:
            return _least(design, candidate.replace(correct=ids), network)
    raise NeurosimError(
        "no sizes of arrays and buffers, and no corrections, make this design fit the network; use another memory or "
        "node, or a wider network"
    )


def settings(before, after):
    """How a command line sets what is different in another design: `["--set array_rows=16", ...]`."""
    return [f"--set {name}={text(value)}" for name, value in _changes(before, after).items()]


def _changes(before, after):
    """{name: value} of what is different in another design."""
    return {name: value for name, value in after.to_dict().items() if value != getattr(before, name)}


def _candidates(design, network):
    """Changes that are tried, from the least to the greatest."""
    for rows, columns in _sizes(design):
        for stretched in _stretched(design):
            values = {"array_rows": rows, "array_columns": columns, **stretched}
            values["columns_per_adc"] = min(design.columns_per_adc, columns)
            if design.training:
                values["rows_per_adc_ag"] = min(design.rows_per_adc_ag, rows)
                values |= _unit(design, network)
            yield values
            for size in _smaller(min(design.global_buffer_rows, design.global_buffer_columns)):
                changed = _changed(design, values)
                found = None if changed is None else defects_of(changed, network)
                if not found or "U18" not in found:
                    break
                values = {**values, "global_buffer_rows": size, "global_buffer_columns": size}
                yield values


def _smaller(size):
    """Powers of two below a size."""
    while size > SMALLEST:
        size = 1 << (size - 1).bit_length() - 1
        yield size


def _sizes(design):
    """Rows and columns of arrays: as they are, square and smaller, square and larger."""
    yield design.array_rows, design.array_columns
    start = max(design.array_rows, design.array_columns)
    yield from ((size, size) for size in _smaller(start))
    size = 1 << start.bit_length()
    while size <= LARGEST:
        yield size, size
        size *= 2


def _stretched(design):
    """Cells as they are, and stretched to the circuits beside them."""
    height, width = {"relax_cell_height": True}, {"relax_cell_width": True}
    return [{}, *(change for change in (width, height, {**height, **width}) if _differs(design, change))]


def _differs(design, values):
    return any(getattr(design, name) != value for name, value in values.items())


def _unit(design, network):
    """Sizes of weight-gradient arrays: the largest powers of two in the memory of the widest layer."""
    rows, columns = gradient_memory(design, network)
    least = design.rows_per_adc_wg if design.parallel_backward else design.input_bits
    fits = {
        "wg_array_rows": min(design.wg_array_rows, 1 << rows.bit_length() - 1),
        "wg_array_columns": min(design.wg_array_columns, 1 << columns.bit_length() - 1),
    }
    # Arrays of a few lines are no better than none; what then helps is the correction U6.
    return fits if fits["wg_array_rows"] >= SMALLEST and fits["wg_array_columns"] >= least else {}


def gradient_memory(design, network):
    """Rows and columns of the memory of the weight-gradient unit: output positions, and channels times bits."""
    widest = network[mapping.widest_layer(design, network)]
    return widest.positions, widest.channels * design.input_bits


def _least(before, after, network):
    """A design that fits, without those changes that it does not need."""
    for name in _changes(before, after):
        without = after.replace(**{name: getattr(before, name)})
        if is_sound(without, network):
            after = without
    return after
