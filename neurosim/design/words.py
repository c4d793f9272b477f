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
    """Sums that an adder behind the subarrays takes in for every input vector."""
    return shared_columns(design)


def output_bits(design, *, row_by_row=None):
    """Bits that leave the converter of a subarray (a real number where its levels are no power of two).

    `row_by_row` asks for those of another read mode.
    """
    if design.parallel_read if row_by_row is None else not row_by_row:
        return math.log2(design.adc_levels)
    return math.log2(design.array_rows) + design.effective_cell_bits - 1


def word_bits(design, *, row_by_row=None):
    """Bits of a sum over all input bits, before anything is added to it (a real number, see `output_bits`)."""
    return output_bits(design, row_by_row=row_by_row) + design.input_bits
