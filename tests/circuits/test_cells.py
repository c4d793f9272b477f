"""Memory cells against recorded values and in their own terms."""

import math

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_cells import cell_of
from recorded_circuits import process
from slow import conductances

from neurosim.circuits._cell_array import NVMCells, SRAMCells
from neurosim.circuits._weights import flips, split_conductances
from neurosim.circuits.cells import Cell
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.technology import load

TABLE_NAMES = {
    "resMemCellOn": "resistance_on",
    "resMemCellOff": "resistance_off",
    "resMemCellAvg": "resistance_average",
    "resMemCellOnAtHalfVw": "resistance_on_half_write",
    "resMemCellOffAtHalfVw": "resistance_off_half_write",
    "resMemCellAvgAtHalfVw": "resistance_average_half_write",
    "resMemCellOnAtVw": "resistance_on_write",
    "resMemCellOffAtVw": "resistance_off_write",
    "resMemCellAvgAtVw": "resistance_average_write",
}


def test_recorded_cells():
    """Every cell of the subarray table, whatever its read mode; the cell does not know it."""
    count = 0
    for row in golden.rows("SubArray"):
        cell = cell_of(row)
        placed = cell.placed(process(row))
        assert golden.close(cell.resistance_average, float(row["cell.resistanceAvg"]), golden.EXACT)
        if cell.memory == "SRAM":
            results = {
                "resCellAccess": placed.access_resistance,
                "capCellAccess": placed.cap_access_drain,
                "cell.capSRAMCell": placed.cap_storage,
            }
        else:
            results = {f"cell.{theirs}": getattr(placed, ours) for theirs, ours in TABLE_NAMES.items()}
            results["cell.resCellAccess"] = placed.access_resistance
            results["cell.widthAccessCMOS"] = placed.access_width
        golden.compare(row, results)
        count += 1
    assert count == 624


def test_wide_access_transistor_is_refused():
    cell = Cell(resistance_on=5e3, width=4.0)
    with pytest.raises(ValueError, match=r"^Transistor width of 1T1R=\d+\.\d\dF is larger than the assigned cell "
                                         r"width=4\.00F in layout$"):
        cell.placed(load(32))


@pytest.mark.parametrize(("name", "value"), [("memory", "PCM"), ("access", "finfet")])
def test_unknown_kinds_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} '{value}' is unknown: use"):
        Cell(**{name: value})


@settings(max_examples=50)
@given(st.floats(1e4, 1e7), st.floats(1.01, 1e3))
def test_access_transistor_takes_a_quarter_of_the_cell(resistance, ratio):
    cell = Cell(resistance_on=resistance, resistance_off=resistance * ratio, width=1e6)
    placed = cell.placed(load(32))
    assert placed.access_resistance == resistance / 4
    assert placed.resistance_on == resistance * 1.25
    assert placed.resistance_on < placed.resistance_average < placed.resistance_off


@settings(max_examples=50)
@given(st.floats(1.5, 100))
def test_nonlinear_cells_conduct_less_at_half_voltage(nonlinearity):
    cell = Cell(access="none", nonlinear_iv=True, nonlinearity=nonlinearity, read_voltage=0.5)
    placed = cell.placed(load(32))
    half = cell.write_voltage / 2 / placed.resistance_on_half_write
    whole = cell.write_voltage / placed.resistance_on_write
    assert math.isclose(whole / half, nonlinearity, rel_tol=golden.REORDERED)


# Arrays of cells ----------------------------------------------------------------------------------------------------

LATCH = Cell(memory="SRAM", height=8.0, width=20.0, width_nmos=2.08, width_pmos=1.23, width_access=1.31)
ARRAYS = pytest.mark.parametrize(("kind", "cell"), [(SRAMCells, LATCH), (NVMCells, Cell())], ids=["sram", "envm"])


def cells(kind, cell, rows, columns):
    tech = load(32)
    return kind(tech, cell.placed(tech), rows, columns, wire_resistance=1.3e7)


@ARRAYS
def test_a_single_row_and_a_single_column_are_arrays(kind, cell):
    one, row, column = (cells(kind, cell, *size) for size in ((1, 1), (1, 64), (64, 1)))
    assert one.height * one.width == one.area > 0
    assert golden.close(row.area, 64 * one.area, golden.SAME_MATH)
    assert golden.close(column.area, 64 * one.area, golden.SAME_MATH)
    assert (row.height, column.width) == (one.height, one.width)


@ARRAYS
@pytest.mark.parametrize("size", [(0, 1), (1, 0), (0, 0), (-1, 5), (5, -1)])
def test_an_array_without_cells_is_refused(kind, cell, size):
    sentence = f"an array needs at least one row and one column, not {size[0]} x {size[1]}"
    with pytest.raises(NeurosimError, match=sentence):
        cells(kind, cell, *size)


# Conductances -------------------------------------------------------------------------------------------------------


def slow_cells(weight, synapse_bits, cell_bits, high, low, top, bottom):
    """One weight over several cells, in the order of the reference."""
    scaled = 2**synapse_bits / (top - bottom) * (weight - top) + 2**synapse_bits
    value = int(scaled + 0.5) if scaled >= 0 else int(scaled - 0.5)
    cells = []
    for _ in range(math.ceil(synapse_bits / cell_bits)):
        value = int(value / 2**cell_bits)
        cells.insert(0, int(value / (2**cell_bits - 1)) * (high - low) + low)
    return cells


@settings(max_examples=50)
@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=12),
    st.integers(1, 10),
    st.integers(1, 5),
    st.tuples(st.floats(-2, -0.5), st.floats(0.5, 2)),
)
def test_cells_of_a_weight_against_a_loop(weights, synapse_bits, cell_bits, limits):
    high, low = 1e-5, 1e-6
    result = conductances(
        [weights], linear=False, synapse_bits=synapse_bits, cell_bits=cell_bits, conductance_max=high,
        conductance_min=low, weight_min=limits[0], weight_max=limits[1],
    )
    want = [slow_cells(w, synapse_bits, cell_bits, high, low, limits[1], limits[0]) for w in weights]
    np.testing.assert_array_equal(result, [np.concatenate(want)])


def test_linear_cell_ends_at_its_limits():
    result = conductances(
        [[-1.0, 0.0, 1.0]], linear=True, synapse_bits=5, cell_bits=5, conductance_max=1e-5, conductance_min=1e-6
    )
    np.testing.assert_allclose(result, [[1e-6, 5.5e-6, 1e-5]], rtol=golden.SAME_MATH)


def test_sram_cells_hold_quotients():
    """Quirk Q2: the largest weight of three bits is 8; its cells hold 8/8, 8/4 and 8/2 instead of digits 0 and 1."""
    result = conductances(
        [[1.0]], linear=False, synapse_bits=3, cell_bits=1, conductance_max=1.0, conductance_min=0.0
    )
    np.testing.assert_array_equal(result, [[1.0, 2.0, 4.0]])


def test_weights_out_of_range_of_an_int():
    result = conductances(
        [[1e30, -1e30]], linear=False, synapse_bits=2, cell_bits=1, conductance_max=1.0, conductance_min=0.0
    )
    np.testing.assert_array_equal(result, [[-(2.0**29), -(2.0**30)] * 2])


# Digits (quirk Q2 mended) -------------------------------------------------------------------------------------------

WEIGHTS = st.lists(st.floats(-1, 1), min_size=1, max_size=8)


@given(WEIGHTS, st.integers(1, 12), st.integers(1, 5))
def test_cells_hold_the_digits_of_a_weight(weights, synapse_bits, cell_bits):
    """Highest first: put together again they are the weight, in steps of the whole range over 2^bits - 1."""
    options = {"synapse_bits": synapse_bits, "cell_bits": cell_bits, "weight_max": 1.0, "weight_min": -1.0}
    result = split_conductances(np.array([weights]), span=2e-6, low=1e-6, digits=True, **options)
    cells = math.ceil(synapse_bits / cell_bits)
    digits = np.rint((result.reshape(len(weights), cells) - 1e-6) / 2e-6 * (2**cell_bits - 1)).astype(int)
    assert ((digits >= 0) & (digits < 2**cell_bits)).all()
    top = 2**synapse_bits - 1
    whole = [sum(int(digit) * 2 ** (cell_bits * place) for place, digit in enumerate(row[::-1])) for row in digits]
    for number, weight in zip(whole, weights, strict=True):
        assert abs(number - (weight + 1) / 2 * top) <= 0.5 + golden.REORDERED


def test_weights_beyond_their_range_hold_its_ends():
    options = {"synapse_bits": 5, "cell_bits": 1, "weight_max": 1.0, "weight_min": -1.0, "span": 1.0, "low": 0.0}
    result = split_conductances(np.array([[-1.5, -1.0, 1.0, 7.0]]), digits=True, **options)
    assert result.tolist() == [[0.0] * 10 + [1.0] * 10]


@given(st.integers(1, 12), st.data())
def test_flips_of_digits_are_the_bits_that_differ(synapse_bits, data):
    top = 2**synapse_bits - 1
    numbers = st.lists(st.tuples(st.integers(0, top), st.integers(0, top)), min_size=1, max_size=8)
    before, after = zip(*data.draw(numbers), strict=True)
    # Weights that are rounded to these numbers, however far they are from them.
    aside = data.draw(st.floats(-0.4, 0.4))
    old, new = (np.array([[(number + aside) / top * 2 - 1 for number in held]]) for held in (before, after))
    counted = flips(new, old, 0, len(before) * synapse_bits, synapse_bits=synapse_bits, cell_bits=1, weight_max=1.0,
                    weight_min=-1.0, digits=True)
    assert counted["set_cells"] == sum((b & ~a).bit_count() for a, b in zip(before, after, strict=True))
    assert counted["reset_cells"] == sum((a & ~b).bit_count() for a, b in zip(before, after, strict=True))


def test_the_mean_of_two_write_voltages():
    """Quirk Q15: the root of the sum of the squares, unless the rule says that it is the mean."""
    assert golden.close(Design().memory_kind.write(Design())[0], 4 * math.sqrt(2), golden.SAME_MATH)
    mended = Design(correct="Q15", write_voltage=3.0, write_pulse=2e-8)
    assert mended.memory_kind.write(mended) == (3.0, 2e-8)
