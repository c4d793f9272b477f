"""Non-ideal crossbars: what wires, terminals and access devices make of the matrix that an array computes.

Row i is driven through `rt_row` and one wire segment, then meets its cells from column 0 on, with `r_row` between
neighbours. Column j runs down to its terminal below the last row, with `r_col` between neighbours and one more
segment and `rt_col` at its end. For linear cells the terminal currents are I = M V with a matrix M that does not
depend on V, so a forward pass is one matrix product with M and a backward pass one with its transpose.
docs/crossbar.md has equations, limits and defaults.

>>> M = transfer_matrix(G, r_row=2.12, r_col=2.12, rt_row=100, rt_col=100)
>>> forward, backward = x @ M.T, error @ M
"""

import math
import warnings
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.crossbar import _transfer
from neurosim.crossbar.tiles import cell_conductances, gain, real_numbers, tile, tile_vectors, untile, whole_number
from neurosim.errors import NeurosimError, suggestion
from neurosim.parameter import Parameter, Table
from neurosim.processors import threads
from neurosim.record import Record

__all__ = [
    "METHODS",
    "Interpolated",
    "NodeVoltages",
    "SeverityWarning",
    "Wires",
    "cell_conductances",
    "gain",
    "node_voltages",
    "severity",
    "tile",
    "tile_vectors",
    "transfer_matrix",
    "untile",
]

METHODS = ("exact", "fast", "series", "auto")
# Severity up to which the fast model is finer than one step of a 6-bit ADC, and from which it is no model any more.
SWITCH_AT = 0.3
WARN_AT = 1.0
# Cells that are worth a task of their own, by method.
_TASK = {"exact": 1024, "fast": 1 << 19}


_Real: TypeAlias = NDArray[np.floating[Any]]


class SeverityWarning(UserWarning):
    """The fast model was asked for an array whose wires it cannot describe."""


def _wires():
    wire = "40 nm wire (4.03e-8 ohm m, aspect ratio 1.9) over a cell of 4 F"
    estimate = "engineering estimate"

    def p(name, default, meaning, source=""):
        return Parameter(name, default, "ohm", meaning, source=source, low=0.0)

    yield p("r_row", 2.12, "wire per cell along a row", wire)
    yield p("r_col", 2.12, "wire per cell down a column", wire)
    yield p("rt_row", 100.0, "driver of a row", estimate)
    yield p("rt_col", 100.0, "sense circuit of a column", estimate)
    yield p("r_access", 0.0, "access device in series with every cell: about 15 kohm for 1T1R, 0 for cross-points")


WIRES = Table(_wires(), "series resistance of an array", "r_row=2.12")


class Wires(Record, table=WIRES):
    """Series resistances of an array."""

    if TYPE_CHECKING:  # what the table makes of it
        r_row: float
        r_col: float
        rt_row: float
        rt_col: float
        r_access: float

        def __init__(
            self,
            r_row: float = ...,
            r_col: float = ...,
            rt_row: float = ...,
            rt_col: float = ...,
            r_access: float = ...,
        ) -> None: ...

    @property
    def keywords(self) -> dict[str, Any]:
        """The five values as keyword arguments of the functions of this module."""
        return self.to_dict()

    @property
    def lines(self) -> bool:
        """Have rows or columns any resistance?"""
        return any((self.r_row, self.r_col, self.rt_row, self.rt_col))

    def turned(self) -> "Wires":
        """Those of the array seen from its columns."""
        return Wires(self.r_col, self.r_row, self.rt_col, self.rt_row, self.r_access)


def transfer_matrix(
    G: ArrayLike,
    *,
    r_row: float,
    r_col: float,
    rt_row: float,
    rt_col: float,
    r_access: float = 0.0,
    method: Literal["exact", "fast", "series", "auto"] = "exact",
    limit: float = SWITCH_AT,
    out: _Real | None = None,
) -> _Real:
    """The matrix M of a crossbar: terminal currents of the columns are `M @ V`, those of the rows `M.T @ V`.

    Parameters
    ----------
    G : (..., rows, columns)
        Conductances of the cells [S]; any number of arrays. 0 is an open cell, inf a short.
    r_row, r_col, rt_row, rt_col, r_access : float
        Series resistances [ohm], see `Wires`; `**Wires().keywords` gives all of them.
    method : str
        "exact": the whole network, in double precision. "fast": G / (1 + a + b), where a and b count the resistance
        that a cell's path shares with each cell of its row and column; in the precision of G. "series": the wires of
        the cell's own path only, as the cost model has them. "auto": fast, but exact where the severity exceeds
        `limit`: the larger of the means of a + b over the cells (`severity`) and over the current, because empty cells
        dilute the first.
    limit : float
        For "auto".
    out : ndarray, optional
        An earlier result of the same shape and type, to be overwritten.

    Returns
    -------
    ndarray, (..., columns, rows) [S]
        float32 if G is and the method is not "exact", else float64; its transpose lies contiguous in memory.

    Raises
    ------
    NeurosimError
        Conductances that are none, or a short without any resistance in series.

    Warns
    -----
    SeverityWarning
        The fast model is used at a severity above 1.
    """
    wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    if not isinstance(method, str) or method not in METHODS:
        raise NeurosimError(f"method {method!r} is unknown{suggestion(str(method), METHODS)}: use one of {METHODS}")
    if method == "auto" and not (isinstance(limit, Real) and limit >= 0):
        raise NeurosimError(f"limit = {limit!r} is no severity: give a number from 0 up, such as {SWITCH_AT}")
    cells = _cells(G, np.float64 if method == "exact" else None)
    result = _result(cells, out)
    arrays, target = _flat(cells), _flat(result.swapaxes(-1, -2))
    if method == "exact":
        _check(arrays, wires)
        _exact(arrays, wires, target)
    elif method == "series":
        _check(arrays, wires)
        _series(arrays, wires, target)
    else:
        severities = _fast(arrays, wires, target)
        if method == "auto":
            severe = np.flatnonzero(severities > limit)
            if severe.size:
                target[severe] = _exact(arrays[severe].astype(np.float64), wires)
        elif severities.max(initial=0) > WARN_AT:
            warnings.warn(
                f"the fast crossbar model is no good at severity {severities.max():.2g} (above {WARN_AT:g}, in "
                f'{np.count_nonzero(severities > WARN_AT)} of {severities.size} arrays); use method="auto" or "exact"',
                SeverityWarning,
                stacklevel=2,
            )
    return result


def severity(
    G: ArrayLike, *, r_row: float, r_col: float, rt_row: float, rt_col: float, r_access: float = 0.0
) -> np.float64 | NDArray[np.float64]:
    """How far an array is from ideal: the mean of a + b over its cells, see `transfer_matrix`.

    About the share of current that is lost. The fast model's error grows with its square: it suffices below 0.3 and
    fails above 1.

    Parameters
    ----------
    G, r_row, r_col, rt_row, rt_col, r_access
        As of `transfer_matrix`.

    Returns
    -------
    float64, the leading axes of G
    """
    wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    cells = _cells(G)
    _check(cells, wires)
    cells = _with_access(cells, wires)
    rows, columns = cells.shape[-2:]
    # What the cells of one row share among them, added up: the first k + 1 segments of a row reach cell k.
    along = _shared(columns, wires.r_row, wires.rt_row)
    down = _shared(rows, wires.r_col, wires.rt_col)[::-1]
    total = cells.sum(axis=-2, dtype=np.float64) @ along + cells.sum(axis=-1, dtype=np.float64) @ down
    return total / (rows * columns)


class Interpolated:
    """Exact transfer matrices from time to time, and the fast model corrected by the last of them in between.

    M(t) = M_fast(G(t)) * r + s with r = min(1, [M_exact / M_fast](t0)) and s = [M_exact - r M_fast](t0), which costs as
    little as the fast model. What currents find beside a cell's own path (all that there is of an open cell) is added,
    because it does not grow with the cell when that is switched on.

    Parameters
    ----------
    wires : Wires
    interval : int
        Every how many rebuilds the exact matrix is computed; 1 is always.
    """

    def __init__(self, wires: Wires | None = None, *, interval: int = 100) -> None:
        if wires is not None and not isinstance(wires, Wires):
            raise NeurosimError(f"wires = {wires!r} are no wires; give crossbar.Wires(...)")
        self.wires = wires or Wires()
        self.interval = whole_number(interval, "interval")
        self.age = 0
        self.ratio: _Real | None = None
        self.rest: _Real | None = None

    def rebuild(self, G: ArrayLike) -> _Real:
        """The transfer matrices of conductances that changed since the last call.

        Parameters
        ----------
        G : (..., rows, columns)
            As of `transfer_matrix`, always of one shape.

        Returns
        -------
        ndarray, (..., columns, rows), in the precision of G [S]
        """
        cells = _cells(G)
        arrays = _flat(cells)
        fast = _result(cells, None)
        target = _flat(fast.swapaxes(-1, -2))
        _fast(arrays, self.wires, target)
        if self.ratio is None or self.age >= self.interval:
            exact = _exact(np.asarray(arrays, dtype=np.float64), self.wires)
            ratio = np.ones_like(exact)
            np.divide(exact, target, out=ratio, where=target > exact)
            self.ratio, self.rest = ratio.astype(target.dtype), np.maximum(exact - target, 0).astype(target.dtype)
            self.age = 0
            target[...] = exact
        else:
            if self.ratio.shape != target.shape:
                raise NeurosimError(
                    f"conductances changed from {self.ratio.shape} to {target.shape} (arrays, rows, columns) between "
                    "two rebuilds; use one Interpolated for each layer"
                )
            target *= self.ratio
            target += self.rest
        self.age += 1
        return fast

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep, for `restore`: a dict of arrays and numbers."""
        return {"age": self.age, "ratio": self.ratio, "rest": self.rest}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        try:
            self.age, self.ratio, self.rest = (state[name] for name in ("age", "ratio", "rest"))
        except (KeyError, TypeError):
            raise NeurosimError("this is no state of an Interpolated; give what its state() returned") from None


class NodeVoltages(NamedTuple):
    """Voltages and currents inside one array.

    Attributes
    ----------
    row, column : (rows, columns)
        Voltages at the two ends of each cell (with its access device): on the row wire and on the column wire [V].
    current : (rows, columns)
        From row to column through each cell [A]; no number for a short, or for a cell so conductive that rounding
        hides the voltage across it.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    current: NDArray[np.float64]


def node_voltages(
    G: ArrayLike,
    row_voltages: ArrayLike = 0.0,
    column_voltages: ArrayLike = 0.0,
    *,
    r_row: float,
    r_col: float,
    rt_row: float,
    rt_col: float,
    r_access: float = 0.0,
) -> NodeVoltages:
    """Where in an array voltage is lost. Takes 8 rows² columns bytes of memory.

    Parameters
    ----------
    G : (rows, columns)
        Conductances of one array [S].
    row_voltages, column_voltages : (rows,) and (columns,), or one number for all
        What the row and column terminals are held at [V].
    r_row, r_col, rt_row, rt_col, r_access
        As of `transfer_matrix`.

    Returns
    -------
    NodeVoltages
    """
    wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    cells = _cells(G, np.float64)
    if cells.ndim != 2:
        raise NeurosimError(f"node voltages are those of one array (rows, columns), not of shape {cells.shape}")
    _check(cells, wires)
    rows, columns = cells.shape
    row, column = np.zeros((2, rows, columns))
    drive = _drive(row_voltages, rows, "row_voltages")
    if drive.any():
        _transfer.voltages(cells, drive, row, column, **wires.keywords)
    drive = _drive(column_voltages, columns, "column_voltages")
    if drive.any():
        # The same array seen from its columns, see `_turn`.
        far, near = np.zeros((2, columns, rows))
        _transfer.voltages(_turn(cells), drive[::-1], near, far, **wires.turned().keywords)
        row += _turn(far)
        column += _turn(near)
    return NodeVoltages(row, column, _cell_currents(np.minimum(cells, _transfer.SHORT), wires, row, column))


def _cell_currents(cells, wires, row, column):
    """Currents from the voltages at both ends; no number where these are so close that rounding decides."""
    conductance = _with_access(cells, wires)
    current = conductance * (row - column)
    noise = 4 * np.finfo(float).eps * conductance * np.maximum(np.abs(row), np.abs(column))
    sure = noise <= 1e-6 * np.abs(current)
    full = np.abs(current).max(initial=0, where=sure)
    return np.where(sure | (noise <= 1e-6 * full), current, np.nan)


def _cells(G, dtype=None):
    return real_numbers(G, "conductances G (..., rows, columns)", dtype, axes=2)


def _drive(values, count, name):
    values = real_numbers(values, name, np.float64)
    if values.shape not in ((), (1,), (count,)):
        raise NeurosimError(f"{name} must be one number or {count}, not of shape {values.shape}")
    if not np.isfinite(values).all():
        raise NeurosimError(f"{name} must be finite voltages")
    return np.ascontiguousarray(np.broadcast_to(values, (count,)))


def _flat(arrays):
    """All leading axes as one."""
    return arrays.reshape(math.prod(arrays.shape[:-2]), *arrays.shape[-2:])


def _turn(arrays):
    """Arrays (and matrices over their cells) seen from the columns: these become rows, still driven at index 0."""
    return arrays[..., ::-1, ::-1].swapaxes(-1, -2)


def _result(cells, out):
    """Room for M whose transpose is contiguous."""
    shape = (*cells.shape[:-2], *cells.shape[:-3:-1])
    if out is None:
        return np.empty_like(cells).swapaxes(-1, -2)
    contiguous = isinstance(out, np.ndarray) and out.ndim == cells.ndim and out.swapaxes(-1, -2).flags.c_contiguous
    if not contiguous or out.shape != shape or out.dtype != cells.dtype or np.may_share_memory(out, cells):
        raise NeurosimError(
            f"out must be an earlier result of transfer_matrix, of shape {shape} and type {cells.dtype}"
        )
    return out


def _refuse():
    raise NeurosimError("conductances G must be numbers from 0 (open) to inf (short), none negative and none NaN")


def _check(cells, wires):
    """Refuse what is no conductance, and infinite currents."""
    if not (cells >= 0).all():
        _refuse()
    if not wires.lines and not wires.r_access and not (cells < _transfer.SHORT).all():
        raise NeurosimError("a shorted cell without any resistance in series carries infinite current; give r_access")


def _with_access(cells, wires):
    cells = np.minimum(cells, cells.dtype.type(_transfer.SHORT))
    return cells / (1 + cells * cells.dtype.type(wires.r_access)) if wires.r_access else cells


def _shared(cells, wire, terminal):
    """For each cell of a line, the resistance its path shares with all paths of the line, added up [ohm]."""
    passed = np.arange(1, cells + 1)
    return cells * terminal + wire * (passed * (passed + 1) / 2 + (cells - passed) * passed)


def _exact(arrays, wires, out=None):
    """Transposed exact matrices, from the side that is shorter: the work grows as its cube."""
    out = np.empty(arrays.shape) if out is None else out
    if not wires.lines:
        out[...] = _with_access(arrays, wires)  # the ideal matrix, to the last digit
        return out
    target, keywords = out, wires.keywords
    if arrays.shape[1] > arrays.shape[2]:
        arrays, target, keywords = _turn(arrays), _turn(out), wires.turned().keywords
    _in_parallel("exact", arrays, lambda start, stop: _transfer.exact(arrays, target, start, stop, **keywords))
    return out


def _series(arrays, wires, out):
    """G with the wires of its own path in series."""
    rows, columns = arrays.shape[1:]
    path = wires.rt_row + wires.rt_col + wires.r_row * np.arange(1, columns + 1)
    path = path + wires.r_col * np.arange(rows, 0, -1)[:, None]
    cells = _with_access(arrays, wires)
    np.divide(cells, 1 + cells * path.astype(cells.dtype), out=out)


def _fast(arrays, wires, out):
    """Transposed matrices of the fast model into `out`; returns severities."""
    severities = np.empty(len(arrays))
    keywords = wires.keywords
    if not wires.lines:
        _check(arrays, wires)
    _in_parallel("fast", arrays, lambda start, stop: _transfer.fast(arrays, out, severities, start, stop, **keywords))
    if severities.min(initial=0) < 0:
        _refuse()
    return severities


def _in_parallel(method, arrays, work):
    """Call `work(start, stop)` for ranges of arrays, on all cores where there is enough to do."""
    count, cells = len(arrays), arrays.shape[1] * arrays.shape[2]
    step = max(1, _TASK[method] // cells)
    if count <= step or threads() == 1:
        work(0, count)
        return
    with ThreadPoolExecutor(threads()) as pool:
        for done in [pool.submit(work, start, min(start + step, count)) for start in range(0, count, step)]:
            done.result()
