"""Widths of words and numbers of sums."""

import math

from golden import EXACT, close

from neurosim.design.design import Design
from neurosim.design.words import output_bits, shared_columns, word_bits


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
