"""Transfer matrices against ngspice, against a slow nodal analysis, and against what passive networks must do."""

import json
import math
import warnings

import numpy as np
import pytest
from crossbars import DEFAULT, conductances, nodal, random_conductances, rms, wirings
from golden import DATA, REORDERED, SAME_MATH
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.crossbar.transfer import METHODS, SeverityWarning, severity, transfer_matrix
from neurosim.errors import NeurosimError

# The limits that the recorded set states in its README: of the largest current (exact), rms over rms current (fast).
SPICE_LIMIT = 1e-10
FAST_LIMIT = {"fwd": 3e-4, "bwd": 1.2e-3}
FAST_LIMIT_STRONG = {"fwd": 4e-3, "bwd": 1.5e-2}
FILES = sorted(path.stem for path in (DATA / "crossbar").glob("*.npz"))


def recorded(name):
    """One ngspice file: conductances, wires, and a function from M to its currents and those recorded."""
    with np.load(DATA / "crossbar" / f"{name}.npz", allow_pickle=False) as file:
        data = {key: file[key] for key in file.files}
    wires = {key: float(data[key]) for key in ("r_row", "r_col", "rt_row", "rt_col")}

    def currents(M):
        return data["V"] @ (M.T if str(data["mode"]) == "fwd" else M), data["I"]

    return data["G"], wires, currents


# Recorded by ngspice


def test_every_recorded_file_is_there():
    manifest = json.loads((DATA / "crossbar" / "MANIFEST.json").read_text())
    assert sorted(case["file"].removesuffix(".npz") for case in manifest) == FILES
    assert len(FILES) == 18


@pytest.mark.parametrize("name", FILES)
def test_exact_currents_are_those_of_spice(name):
    G, wires, currents = recorded(name)
    got, want = currents(transfer_matrix(G, **wires, method="exact"))
    assert np.abs(got - want).max() <= SPICE_LIMIT * np.abs(want).max()


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("d")])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fast_currents_are_near_those_of_spice(name, dtype):
    G, wires, currents = recorded(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        M = transfer_matrix(G.astype(dtype), **wires, method="fast")
    assert M.dtype == dtype
    got, want = currents(M)
    limit = (FAST_LIMIT_STRONG if name.startswith("i") else FAST_LIMIT)[name[-3:]]
    assert rms(got - want) <= limit * rms(want)


@pytest.mark.parametrize("name", ["d32x32_fwd", "d32x32_bwd"])
def test_fast_model_warns_of_the_extreme_array_and_auto_is_exact_there(name):
    G, wires, currents = recorded(name)
    assert severity(G, **wires) > 1
    with pytest.warns(SeverityWarning, match=r"severity 3\.9 .* use method=\"auto\" or \"exact\""):
        transfer_matrix(G, **wires, method="fast")
    got, want = currents(transfer_matrix(G, **wires, method="auto"))
    assert np.abs(got - want).max() <= SPICE_LIMIT * np.abs(want).max()


def test_series_model_misses_nearly_all_of_the_loss():
    G, wires, currents = recorded("e64x64_fwd")
    ideal, want = currents(G.T)
    series, _ = currents(transfer_matrix(G, **wires, method="series"))
    assert rms(series - want) > 0.9 * rms(ideal - want)


# Against the slow nodal analysis


@settings(max_examples=50, deadline=None)
@given(conductances(), wirings)
def test_exact_matrix_is_that_of_nodal_analysis(G, wires):
    M = transfer_matrix(G, **wires)
    np.testing.assert_allclose(M, nodal(G, **wires), rtol=REORDERED, atol=REORDERED * G.max())


@settings(max_examples=50, deadline=None)
@given(conductances(shorts=True), wirings, st.floats(-1, 3), st.floats(-1, 3))
def test_open_and_shorted_cells_are_those_of_nodal_analysis(G, wires, row, column):
    wires |= {"r_row": 10.0**row, "r_col": 10.0**column}
    want = nodal(G, **wires)
    np.testing.assert_allclose(transfer_matrix(G, **wires), want, rtol=REORDERED, atol=REORDERED * want.max())


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 9), (9, 2), (8, 8)])
def test_narrow_arrays(shape):
    G = random_conductances(np.random.default_rng(0), *shape)
    np.testing.assert_allclose(transfer_matrix(G, **DEFAULT), nodal(G, **DEFAULT), rtol=REORDERED)


@pytest.mark.parametrize("wire", [1e-3, 0.05, 2.0])
def test_short_wires_cost_no_digits(wire):
    """Each entry is right to its last digits, also the sneak paths of open cells that are nearly nothing."""
    G = random_conductances(np.random.default_rng(0), 3, 3)
    G[1, 1] = G[2, 0] = 0
    wires = {"r_row": wire, "r_col": 2 * wire, "rt_row": 0.0, "rt_col": 3 * wire}
    M, want = transfer_matrix(G, **wires), nodal(G, **wires)
    np.testing.assert_allclose(M[G.T > 0], want[G.T > 0], rtol=SAME_MATH)
    # A sneak path needs two voltage drops, so it grows with the square of the wires; nodal analysis has digits for it
    # only where wires are long.
    long = nodal(G, r_row=1e-2, r_col=2e-2, rt_row=0, rt_col=3e-2) / 1e-4
    np.testing.assert_allclose(M[G.T == 0] / wire**2, long[G.T == 0], rtol=1e-3)


def test_sides_without_resistance_have_no_sneak_paths():
    G = random_conductances(np.random.default_rng(0), 3, 4)
    G[1, 1] = 0
    rows = transfer_matrix(G, r_row=2.12, r_col=0, rt_row=100, rt_col=0)
    columns = transfer_matrix(G, r_row=0, r_col=2.12, rt_row=0, rt_col=100)
    assert rows[1, 1] == columns[1, 1] == 0
    assert (rows.T[G > 0] < G[G > 0]).all()
    assert (columns.T[G > 0] < G[G > 0]).all()


def test_a_cell_alone_is_a_series_circuit():
    wires = {"r_row": 3.0, "r_col": 5.0, "rt_row": 70.0, "rt_col": 110.0, "r_access": 1300.0}
    want = 1 / (1 / 2e-5 + 3 + 5 + 70 + 110 + 1300)
    for method in METHODS:
        np.testing.assert_allclose(transfer_matrix([[2e-5]], **wires, method=method), [[want]], rtol=SAME_MATH)


# What passive networks must do


@settings(max_examples=50, deadline=None)
@given(conductances(), wirings)
def test_reciprocity(G, wires):
    """The array seen from its columns, far corner first, has the transposed matrix."""
    turned = {"r_row": "r_col", "r_col": "r_row", "rt_row": "rt_col", "rt_col": "rt_row", "r_access": "r_access"}
    M = transfer_matrix(G, **wires)
    back = transfer_matrix(G[::-1, ::-1].T, **{turned[name]: value for name, value in wires.items()})
    np.testing.assert_allclose(back[::-1, ::-1].T, M, rtol=REORDERED, atol=0)


@pytest.mark.filterwarnings("ignore::neurosim.crossbar.transfer.SeverityWarning")
@settings(max_examples=50, deadline=None)
@given(conductances(), wirings)
def test_passivity(G, wires):
    """No output above the ideal one for equal inputs, nor the sum of outputs for any one-sided inputs.

    (A single output may be above it: a row whose cell is open still reaches the column, over other rows.)
    """
    for method in METHODS:
        M = transfer_matrix(G, **wires, method=method)
        assert (M >= 0).all()
        assert (M.sum(axis=1) <= G.sum(axis=0) * (1 + REORDERED)).all()
        assert (M.sum(axis=0) <= G.sum(axis=1) * (1 + REORDERED)).all()
        if method in ("fast", "series"):
            assert (M.T <= G).all()


@settings(max_examples=30, deadline=None)
@given(conductances(), wirings, st.sampled_from(METHODS))
def test_ideal_matrix_as_wires_vanish(G, wires, method):
    ideal = transfer_matrix(G, **dict.fromkeys(wires, 0.0), method=method)
    assert (ideal == G.T).all()
    vanishing = {name: value * 1e-9 for name, value in wires.items()}
    gap = 1e-9 * sum(wires.values()) * G.sum() * 2 * G.size
    M = transfer_matrix(G, **vanishing, method=method)
    np.testing.assert_allclose(M, G.T, rtol=gap + SAME_MATH, atol=gap * G.max())


def test_longer_wires_and_larger_conductances_lose_more():
    G = random_conductances(np.random.default_rng(1), 16, 16)
    losses = [1 - transfer_matrix(G, **{**DEFAULT, "r_col": r}).sum() / G.sum() for r in (0, 1, 3, 10, 30)]
    assert losses == sorted(losses)
    assert losses[0] > 0
    losses = [1 - transfer_matrix(G * k, **DEFAULT).sum() / (k * G).sum() for k in (0.1, 1, 10)]
    assert losses == sorted(losses)


# Batches


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5, 6), (6, 5)])
def test_a_batch_is_its_arrays_one_by_one(method, dtype, shape):
    rng = np.random.default_rng(2)
    # Severities on both sides of the limit.
    G = (random_conductances(rng, 3, 4, *shape) * np.array([0.1, 1, 10])[:, None, None, None]).astype(dtype)
    wires = {**DEFAULT, "rt_row": 2000.0}
    M = transfer_matrix(G, **wires, method=method, limit=0.2)
    assert M.shape == (3, 4, *shape[::-1])
    assert M.dtype == (np.float64 if method == "exact" else dtype)
    assert M.swapaxes(-1, -2).flags.c_contiguous
    for index in np.ndindex(3, 4):
        assert (transfer_matrix(G[index], **wires, method=method, limit=0.2) == M[index]).all()
    order = rng.permutation(3)
    assert (transfer_matrix(G[order], **wires, method=method, limit=0.2) == M[order]).all()


def test_many_arrays_on_all_cores(monkeypatch):
    G = random_conductances(np.random.default_rng(3), 150, 64, 64).astype(np.float32)
    cases = {"exact": G[:10], "fast": G}
    monkeypatch.setenv("NEUROSIM_THREADS", "3")
    got = {method: transfer_matrix(cells, **DEFAULT, method=method) for method, cells in cases.items()}
    monkeypatch.setenv("NEUROSIM_THREADS", "1")
    for method, cells in cases.items():
        assert (transfer_matrix(cells, **DEFAULT, method=method) == got[method]).all()


def test_auto_switches_array_by_array():
    G = random_conductances(np.random.default_rng(4), 3, 16, 16) * np.array([0.1, 100, 1])[:, None, None]
    M = transfer_matrix(G, **DEFAULT, method="auto")
    assert list(severity(G, **DEFAULT) > 0.3) == [False, True, False]
    assert (M[1] == transfer_matrix(G[1], **DEFAULT)).all()
    assert (M[::2] == transfer_matrix(G[::2], **DEFAULT, method="fast")).all()


def test_strided_and_read_only_conductances():
    whole = random_conductances(np.random.default_rng(5), 8, 9, 3)
    part = whole[::2, ::3, 1]
    part.flags.writeable = False
    for method in METHODS:
        want = transfer_matrix(part.copy(), **DEFAULT, method=method)
        assert (transfer_matrix(part, **DEFAULT, method=method) == want).all()


def test_results_can_be_written_over():
    first, second = random_conductances(np.random.default_rng(6), 2, 3, 8, 8)
    M = transfer_matrix(first, **DEFAULT, method="fast")
    assert transfer_matrix(second, **DEFAULT, method="fast", out=M) is M
    assert (transfer_matrix(second, **DEFAULT, method="fast") == M).all()


def test_no_arrays_are_no_matrices():
    for method in METHODS:
        assert transfer_matrix(np.empty((0, 4, 3)), **DEFAULT, method=method).shape == (0, 3, 4)


# The fast model and severity


def test_fast_matrix_and_severity_are_their_formulas():
    rng = np.random.default_rng(7)
    G = random_conductances(rng, 7, 11)
    wires = {"r_row": 3.0, "r_col": 5.0, "rt_row": 70.0, "rt_col": 110.0, "r_access": 15e3}
    cells = G / (1 + G * 15e3)
    i, j = np.arange(7), np.arange(11)
    a = cells @ (70 + 3 * (np.minimum.outer(j, j) + 1))
    b = (110 + 5 * (7 - np.maximum.outer(i, i))) @ cells
    np.testing.assert_allclose(transfer_matrix(G, **wires, method="fast").T, cells / (1 + a + b), rtol=SAME_MATH)
    np.testing.assert_allclose(severity(G, **wires), np.mean(a + b), rtol=SAME_MATH)


@settings(max_examples=30, deadline=None)
@given(conductances(), wirings, st.sampled_from([np.float32, np.float64]))
def test_auto_decides_by_two_means(G, wires, dtype):
    """The larger of a + b over the cells and over the current."""
    G = G.astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeverityWarning)
        fast = transfer_matrix(G, **wires, method="fast")
    ideal = (G / (1 + G.astype(float) * wires["r_access"])).T
    excess = np.divide(ideal, fast, out=np.ones_like(ideal), where=fast > 0) - 1
    by_current = (ideal * excess).sum() / ideal.sum() if ideal.any() else 0
    d = max(severity(G, **wires), by_current)
    assert (fast == transfer_matrix(G, **wires, method="auto", limit=d * 1.001 + 1e-5)).all()
    if d > 0.01:
        exact = transfer_matrix(G, **wires).astype(dtype)
        assert (exact == transfer_matrix(G, **wires, method="auto", limit=d * 0.999)).all()


@pytest.mark.parametrize("kind", ["nine rows", "one row"])
def test_auto_is_not_lulled_by_cells_without_current(kind):
    """Arrays that a small kernel leaves mostly empty, and arrays with one strong row."""
    rng = np.random.default_rng(21)
    if kind == "nine rows":
        G, wires = np.zeros((128, 128)), DEFAULT
        G[:9] = rng.choice([1e-5, 4e-5, 7e-5, 1e-4], (9, 128))
    else:
        G, wires = np.full((64, 64), 1e-9), DEFAULT | {"r_row": 30, "r_col": 30}
        G[20] = 1e-4
    assert severity(G, **wires) < 0.3
    V = rng.random((G.shape[0], 50))
    exact = transfer_matrix(G, **wires) @ V
    assert rms(transfer_matrix(G, **wires, method="auto") @ V - exact) < 1e-3 * rms(exact)
    with pytest.warns(SeverityWarning):
        fast = transfer_matrix(G, **wires, method="fast") @ V
    assert rms(fast - exact) > 0.05 * rms(exact)


def test_error_of_the_fast_model_grows_with_the_square_of_severity():
    rng = np.random.default_rng(8)
    G, V = random_conductances(rng, 32, 32), rng.random((32, 64))
    for scale in (0.3, 1, 3):
        exact, fast = (transfer_matrix(G * scale, **DEFAULT, method=method) @ V for method in ("exact", "fast"))
        d = severity(G * scale, **DEFAULT)
        assert 0.003 * d**2 < rms(fast - exact) / rms(exact) < 0.06 * d**2


def test_shorts_and_opens_in_the_fast_model():
    G = np.array([[1e-5, math.inf, 2e-5], [0, 3e-5, 1e-5]])
    for dtype in (np.float32, np.float64):
        with pytest.warns(SeverityWarning):
            M = transfer_matrix(G.astype(dtype), **DEFAULT, method="fast")
        # A short leaves itself and nothing else in its row and column, in series with its own path.
        np.testing.assert_allclose(M[1, 0], 1 / (100 + 2 * 2.12 + 100 + 2 * 2.12), rtol=1e-6)
        assert np.isfinite(M).all()
        assert M[0, 1] == 0
        assert max(M[0, 0], M[2, 0], M[1, 1]) < 1e-18
    assert (transfer_matrix(G, **DEFAULT, method="auto") == transfer_matrix(G, **DEFAULT)).all()


# Mistakes


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [-1e-6, math.nan, -math.inf])
def test_no_conductances(method, bad):
    G = np.full((2, 3, 3), 1e-6)
    G[1, 2, 0] = bad
    with pytest.raises(NeurosimError, match="from 0 .open. to inf .short., none negative and none NaN"):
        transfer_matrix(G, **DEFAULT, method=method)
    with pytest.raises(NeurosimError, match="none negative"):
        severity(G, **DEFAULT)


@pytest.mark.parametrize(
    ("G", "changes", "message"),
    [
        ([1e-6, 1e-6], {}, "at least 2 axes"),
        (np.empty((0, 3)), {}, "at least 2 axes, none of them empty"),
        ([[1e-6], [1e-6, 2e-6]], {}, "rectangular array of real numbers"),
        ([["a"]], {}, "rectangular array of real numbers"),
        ([[1j]], {}, "rectangular array of real numbers"),
        ([[1e-6]], {"r_row": -1}, "r_row = -1 is out of range; it takes at least 0 .ohm."),
        ([[1e-6]], {"rt_col": math.inf}, "rt_col = inf is out of range"),
        ([[1e-6]], {"r_access": math.nan}, "r_access = nan is no number; it takes at least 0 .ohm."),
        ([[1e-6]], {"r_col": "wide"}, "r_col = 'wide' is no number; it takes at least 0 .ohm."),
        ([[1e-6]], {"method": "exakt"}, "did you mean 'exact'"),
        ([[1e-6]], {"method": None}, "method None is unknown"),
        ([[1e-6]], {"method": "auto", "limit": "low"}, "limit = 'low'"),
        ([[1e-6]], {"out": np.empty((2, 2))}, "out must be an earlier result"),
        ([[1e-6]], {"out": 3}, "out must be an earlier result"),
        ([[math.inf]], dict.fromkeys(DEFAULT, 0), "a shorted cell without any resistance"),
        ([[math.inf]], dict.fromkeys(DEFAULT, 0) | {"method": "fast"}, "a shorted cell without any resistance"),
    ],
)
def test_mistakes_get_a_sentence(G, changes, message):
    with pytest.raises(NeurosimError, match=message) as caught:
        transfer_matrix(G, **(DEFAULT | changes))
    assert "\n" not in str(caught.value)
