"""Widths of words and numbers of sums."""

import math

import pytest
from golden import EXACT, close

from neurosim.design.design import Design
from neurosim.design.words import joined_bits, look_ups, output_bits, shared_columns, sums_per_read, word_bits

# Cells of a weight of 8 bits by the bits of a cell
CELLS = pytest.mark.parametrize(("cell_bits", "cells"), [(8, 1), (4, 2), (3, 3), (1, 8)])


def test_output_bits():
    assert close(output_bits(Design(adc_levels=64)), 6.0, EXACT)
    assert close(output_bits(Design(adc_levels=50)), math.log2(50), EXACT)
    assert close(output_bits(Design(read_mode="sequential", cell_bits=2)), 7 + 2 - 1, EXACT)
    assert close(output_bits(Design(), row_by_row=True), 7 + 5 - 1, EXACT)
    assert close(output_bits(Design(read_mode="sequential"), row_by_row=False), 6, EXACT)


def test_a_word_holds_the_sum_over_all_input_bits():
    assert close(word_bits(Design(adc_levels=50, input_bits=3)), math.log2(50) + 3, EXACT)


def test_columns_are_shared_as_given_or_as_the_array_has_them():
    assert shared_columns(Design(array_columns=4, columns_per_adc=8)) == 8
    assert shared_columns(Design(array_columns=4, columns_per_adc=8, correct="U17")) == 4


@CELLS
def test_cells_of_a_weight_widen_words(cell_bits, cells):
    """Difference V12: a bit for every cell, for a single one as well."""
    for model, wider in (("2.0", 0), ("2.1", cells)):
        design = Design(model=model, synapse_bits=8, cell_bits=cell_bits, adc_levels=50)
        assert joined_bits(design) == wider
        assert close(word_bits(design), math.log2(50) + 8 + wider, EXACT)
        assert close(word_bits(design, row_by_row=True), 7 + cell_bits - 1 + 8 + wider, EXACT)
    # log2(50) + 8 + 1, and one for the sum: cut to an integer where the adders are set up
    assert int(word_bits(Design(model="2.1", adc_levels=50)) + 1) == 15


@CELLS
def test_adders_take_in_a_sum_a_column_or_a_weight(cell_bits, cells):
    """Difference V13: rounded down, to none at all where a weight has more cells than a converter has columns."""
    shape = {"synapse_bits": 8, "cell_bits": cell_bits, "columns_per_adc": 5}
    before, after = (Design(model=model, **shape) for model in ("2.0", "2.1"))
    assert (sums_per_read(before), sums_per_read(after)) == (5, 5 // cells)
    assert (sums_per_read(after) == 0) == (cells > 5)
    # Look-ups of an activation in a tile: whole ones, or not
    assert look_ups(before, 7, 4) == 7 * 5 // 4
    assert close(look_ups(after, 7, 4), 7 * (5 // cells) / 4, EXACT)
