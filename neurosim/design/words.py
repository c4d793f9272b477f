"""Words of partial sums: how wide they are behind a subarray, and how many are added up for an input vector."""

import math


def shared_columns(design):
    """Columns that share one read-out, as processing elements, tiles and chip count them.

    Quirk U17: more than a subarray has, if so many are asked for; only the subarray itself notices.
    """
    if design.rules.columns_shared == "as given":
        return design.columns_per_adc
    return min(design.columns_per_adc, design.array_columns)


def sums_per_read(design):
    """Sums that an adder behind the subarrays takes in for every input vector: one a column, or one a weight."""
    shared = shared_columns(design)
    return shared // design.cells_per_synapse if _after_cells(design) else shared


def _after_cells(design):
    return design.rules.sums_after_cells


def look_ups(design, vectors, share):
    """Look-ups of an activation unit inside a tile, `share` of which work at the same time.

    Whole ones only where there is one a column; a real number where there is one a weight.
    """
    sums = vectors * sums_per_read(design)
    return sums / share if _after_cells(design) else sums // share


def output_bits(design, *, row_by_row=None):
    """Bits that leave the converter of a subarray (a real number where its levels are no power of two).

    bits = log2(adc_levels) in parallel; bits = log2(array_rows) + cell_bits - 1 row by row.

    `row_by_row` asks for those of another read mode.
    """
    if design.parallel_read if row_by_row is None else not row_by_row:
        return math.log2(design.adc_levels)
    return math.log2(design.array_rows) + design.effective_cell_bits - 1


def word_bits(design, *, row_by_row=None):
    """Bits of a sum over all input bits, before anything is added to it (a real number, see `output_bits`).

    word bits = output bits + input_bits + bits of joining the cells of a weight.
    """
    return output_bits(design, row_by_row=row_by_row) + design.input_bits + joined_bits(design)


def joined_bits(design):
    """Bits by which joining the cells of a weight widens a word."""
    return design.cells_per_synapse if design.rules.cells_widen_words else 0
