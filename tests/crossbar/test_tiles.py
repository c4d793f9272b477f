"""Crossbars of whole layers: rebuilding, gain, tiles, cells; voltages inside an array, and plots."""

import math

import numpy as np
import pytest
from crossbars import DEFAULT, conductances, random_conductances, rms, wirings
from golden import REORDERED, SAME_MATH
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.crossbar.plots import error_figure, fast_errors, voltage_figure
from neurosim.crossbar.tiles import cell_conductances, gain, tile, tile_vectors, untile
from neurosim.crossbar.transfer import Interpolated, Wires, node_voltages, transfer_matrix
from neurosim.errors import NeurosimError

# The rebuild policy


def test_interpolated_is_exact_at_first_and_every_interval():
    rng = np.random.default_rng(9)
    G = random_conductances(rng, 2, 16, 16) * 3
    G[0, 3, 4] = 0
    policy = Interpolated(Wires(), interval=3)
    for step in range(7):
        G = np.where(G > 0, G * rng.uniform(0.97, 1.03, G.shape), 0)
        got, exact = policy.rebuild(G), transfer_matrix(G, **DEFAULT)
        fast = transfer_matrix(G, **DEFAULT, method="fast")
        if step % 3 == 0:
            assert (got == exact).all()
        else:
            assert 0 < rms(got - exact) < 0.2 * rms(fast - exact)


def test_interpolated_keeps_single_precision_and_its_state():
    rng = np.random.default_rng(10)
    one, two = random_conductances(rng, 2, 3, 8, 8).astype(np.float32)
    first, second = Interpolated(interval=10), Interpolated(interval=10)
    assert first.rebuild(one).dtype == np.float32
    second.restore(first.state())
    assert (second.rebuild(two) == first.rebuild(two)).all()
    with pytest.raises(NeurosimError, match="one Interpolated for each layer"):
        first.rebuild(two[:2])


@pytest.mark.parametrize("off", [1e-6, 1e-9, 1e-12])
def test_interpolated_cells_may_switch_on(off):
    """What an open cell shows is the current of others, which does not grow when it is switched on."""
    rng = np.random.default_rng(23)
    before = np.where(rng.random((64, 64)) < 0.5, 1e-5, off)
    after = np.where(before == off, 1e-5, off)
    policy = Interpolated(Wires())
    policy.rebuild(before)
    exact = transfer_matrix(after, **DEFAULT)
    assert np.abs(policy.rebuild(after) - exact).max() < 0.02 * exact.max()


def test_ideal_wires_stay_ideal_when_interpolated():
    policy = Interpolated(Wires(0, 0, 0, 0), interval=5)
    for _ in range(3):
        G = random_conductances(np.random.default_rng(11), 4, 4)
        assert (policy.rebuild(G) == G.T).all()


# Layers


def test_gain_brings_outputs_back():
    G = random_conductances(np.random.default_rng(12), 2, 16, 16).astype(np.float32)
    M = transfer_matrix(G, **DEFAULT)
    factor = gain(M, G)
    assert factor.shape == (2,)
    assert (factor > 1).all()
    ideal = G.swapaxes(-1, -2)
    for k in range(2):
        assert rms(M[k] * factor[k] - ideal[k]) < rms(M[k] - ideal[k])
        for nearby in (0.999, 1.001):
            assert rms(M[k] * factor[k] - ideal[k]) <= rms(M[k] * factor[k] * nearby - ideal[k])
    np.testing.assert_allclose(gain(0.5 * ideal, G), 2, rtol=1e-6)
    assert gain(np.zeros((3, 2)), np.zeros((2, 3))) == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 8), st.integers(1, 8), st.booleans())
def test_tiles_put_together_are_the_layer(inputs, outputs, rows, columns, signed):
    rng = np.random.default_rng(inputs * 31 + outputs)
    weight = rng.uniform(-1, 1, (inputs, outputs))
    G = cell_conductances(weight, g_min=1e-6, g_max=1e-5)
    assert (G.min(axis=0) == 1e-6).all()
    tiles = tile(G, rows, columns)
    assert tiles.shape == (2, -(-inputs // rows), -(-outputs // columns), rows, columns)
    assert (untile(tiles, inputs, outputs) == G).all()
    # Without wires, what the tiles do is what the layer does, forward and backward.
    M = transfer_matrix(tiles, r_row=0, r_col=0, rt_row=0, rt_col=0)
    M = (M[0] - M[1]) / (1e-5 - 1e-6)
    x, error = rng.uniform(-1, 1, (3, inputs)), rng.uniform(-1, 1, (3, outputs))
    forward = tile_vectors(x, rows)[:, None] @ M.swapaxes(-1, -2)
    y = forward.sum(axis=0).swapaxes(0, 1).reshape(3, -1)[:, :outputs]
    np.testing.assert_allclose(y, x @ weight, atol=1e-9)
    backward = tile_vectors(error, columns) @ M
    y = backward.sum(axis=1).swapaxes(0, 1).reshape(3, -1)[:, :inputs]
    np.testing.assert_allclose(y, error @ weight.T, atol=1e-9)


def test_cells_hold_levels():
    weight = np.linspace(-1, 1, 101, dtype=np.float32)
    positive, negative = cell_conductances(weight, g_min=1e-6, g_max=1e-5, levels=4)
    assert positive.dtype == np.float32
    assert len(np.unique(positive)) == len(np.unique(negative)) == 4
    np.testing.assert_allclose(np.unique(positive), [1e-6, 4e-6, 7e-6, 1e-5], rtol=1e-6)
    np.testing.assert_allclose((positive - negative) / 9e-6, weight, atol=1 / 6 + 1e-6)
    assert (positive == negative[::-1]).all()


def test_unused_cells_hold_what_they_are_told():
    tiles = tile(np.ones((3, 2)), 4, 4, fill=0.25)
    assert tiles.shape == (1, 1, 4, 4)
    assert tiles[0, 0, :3, :2].sum() == 6
    assert tiles.sum() == 6 + 0.25 * 10


# Inside an array


@settings(max_examples=40, deadline=None)
@given(conductances(), wirings, st.integers(0, 1000))
def test_node_voltages_obey_kirchhoff(G, wires, seed):
    rng = np.random.default_rng(seed)
    rows, columns = G.shape
    rows_at, columns_at = rng.uniform(-1, 1, rows), rng.uniform(-1, 1, columns)
    wires = {name: max(value, 0.1) if name.startswith("r_") else value for name, value in wires.items()}
    inside = node_voltages(G, rows_at, columns_at, **wires)
    M = transfer_matrix(G, **wires)
    # Along a row, and up a column, each segment carries the current of all cells beyond it.
    along = inside.current[:, ::-1].cumsum(axis=1)[:, ::-1]
    before = np.column_stack([rows_at - wires["rt_row"] * along[:, 0], inside.row[:, :-1]])
    np.testing.assert_allclose(before - inside.row, wires["r_row"] * along, atol=1e-12)
    down = inside.current.cumsum(axis=0)
    after = np.vstack([inside.column[1:], columns_at + wires["rt_col"] * down[-1]])
    np.testing.assert_allclose(inside.column - after, wires["r_col"] * down, atol=1e-12)
    # Terminal currents are those of M, and both sides superpose.
    alone = node_voltages(G, rows_at, **wires)
    np.testing.assert_allclose(alone.current.sum(axis=0), M @ rows_at, rtol=REORDERED, atol=1e-15)
    back = node_voltages(G, 0, columns_at, **wires)
    np.testing.assert_allclose(-back.current.sum(axis=1), columns_at @ M, rtol=REORDERED, atol=1e-15)
    np.testing.assert_allclose(alone.row + back.row, inside.row, atol=1e-12)


def test_voltages_drop_along_rows_and_rise_up_columns():
    G = np.full((8, 8), 1e-4)
    G[2, 3] = math.inf
    inside = node_voltages(G, 1.0, **DEFAULT)
    assert (np.diff(inside.row[:2], axis=1) < 0).all()
    assert (inside.row < 1).all()
    assert (inside.column > 0).all()
    assert np.isnan(inside.current[2, 3])
    np.testing.assert_allclose(inside.row[2, 3], inside.column[2, 3], rtol=SAME_MATH)
    whole = node_voltages(np.ones((4, 4)), 1.0, 1.0, **DEFAULT)
    np.testing.assert_allclose(whole.row, 1, rtol=SAME_MATH)


@pytest.mark.parametrize("conductance", [1e-4, 1.0, 1e6, 1e10, 1e15, 1e19, math.inf])
def test_currents_of_nearly_shorted_cells_are_right_or_none(conductance):
    wires = {"r_row": 0, "r_col": 0, "rt_row": 100, "rt_col": 100}
    current = node_voltages([[conductance]], 1.0, **wires).current[0, 0]
    assert np.isnan(current) or math.isclose(current, 1 / (200 + 1 / conductance), rel_tol=1e-6)
    assert np.isnan(current) == (conductance > 1e7)
    assert node_voltages([[conductance]], 0.0, **wires).current[0, 0] == 0


# Plots


def test_figures(tmp_path):
    G = random_conductances(np.random.default_rng(15), 12, 20)
    figure = voltage_figure(G, **DEFAULT)
    assert len(figure.axes) == 6  # three maps, each with its scale
    points = fast_errors(sizes=(8,), wires=(1.0, 10.0))
    assert [point["r_wire"] for point in points] == [1.0, 10.0]
    assert points[0]["severity"] < points[1]["severity"]
    for kind in ("one-sided", "signed", "difference"):
        assert 0 < points[0][kind] < points[1][kind]
    for name, drawn in (("a.png", figure), ("b.png", error_figure(points))):
        drawn.savefig(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


# Mistakes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Interpolated(interval=0), "interval = 0 must be a whole number from 1 up"),
        (lambda: Interpolated(interval=2.5), "interval = 2.5 must be"),
        (lambda: gain(np.ones((2, 3)), np.ones((2, 3))), r"needs G of shape \(3, 2\)"),
        (lambda: cell_conductances([2.0], g_min=0, g_max=1e-6), "weights must lie from -1 to 1"),
        (lambda: cell_conductances([0.5], g_min=1e-6, g_max=1e-6), "g_min < g_max"),
        (lambda: cell_conductances([0.5], g_min=0, g_max=1e-6, levels=1), "levels = 1 must be"),
        (lambda: tile(np.ones((3, 3)), 0, 4), "rows = 0 must be"),
        (lambda: tile(np.ones(3), 4, 4), "at least 2 axes"),
        (lambda: tile_vectors(np.ones((3, 3)), "4"), "size = '4' must be"),
        (lambda: untile(np.ones((1, 1, 4, 4)), 5, 4), "hold no matrix of 5 x 4"),
        (lambda: node_voltages(np.ones((2, 3, 3)), **DEFAULT), "those of one array"),
        (lambda: gain(np.full((2, 2), math.nan), np.ones((2, 2))), "must be finite"),
        (lambda: gain(np.ones((2, 2)), np.full((2, 2), math.inf)), "must be finite"),
        (lambda: gain("x", "y"), "M must be a rectangular array"),
        (lambda: gain([1.0], [1.0]), "at least 2 axes"),
        (lambda: cell_conductances([0.5], g_min="a", g_max=1), "0 <= g_min < g_max"),
        (lambda: cell_conductances([0.5], g_min=0, g_max=1j), "0 <= g_min < g_max"),
        (lambda: tile(np.ones((3, 3)), 4, 4, fill="x"), "fill = 'x' is no conductance"),
        (lambda: untile(np.ones((1, 1, 4, 4)), 4.0, 4), "inputs = 4.0 must be"),
        (lambda: Interpolated("copper"), "wires = 'copper' are no wires"),
        (lambda: Interpolated().restore({}), "no state of an Interpolated"),
        (lambda: Wires(r_row=10**400), "is out of range; it takes at least 0 .ohm."),
        (lambda: transfer_matrix([["1"]], **DEFAULT), "real numbers"),
        (lambda: transfer_matrix(np.ma.masked_less([[1.0, 2.0]], 1.5), **DEFAULT), "real numbers"),
        (lambda: transfer_matrix([[1e-6]], **DEFAULT, method=np.array(["fast", "fast"])), "is unknown"),
        (lambda: node_voltages(np.ones((3, 3)), [1, 2], **DEFAULT), "row_voltages must be one number or 3"),
        (lambda: node_voltages(np.ones((3, 3)), math.nan, **DEFAULT), "row_voltages must be finite"),
    ],
)
def test_other_mistakes_get_a_sentence(call, message):
    with pytest.raises(NeurosimError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
