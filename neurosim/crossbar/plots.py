"""Plots of crossbars: where voltage is lost in an array, and how far the fast model can be trusted.

Needs matplotlib, imported when something is drawn.
"""

import numpy as np

from neurosim.crossbar.tiles import cell_conductances
from neurosim.crossbar.transfer import SWITCH_AT, WARN_AT, Wires, node_voltages, severity, transfer_matrix

# What drives the columns, and what the error then is in units of severity squared.
_KINDS = {
    "one-sided": ("#0072B2", "o", 0.03, "one array, inputs of one sign"),
    "signed": ("#E69F00", "s", 0.15, "one array, inputs of both signs"),
    "difference": ("#D55E00", "^", 0.25, "positive minus negative array"),
}


def voltage_figure(G, row_voltages=1.0, column_voltages=0.0, *, r_row, r_col, rt_row, rt_col, r_access=0.0):
    """Maps of one array: voltages of its row wires and column wires, and the current that is left of each cell's.

    Parameters
    ----------
    G, row_voltages, column_voltages, r_row, r_col, rt_row, rt_col, r_access
        As of `neurosim.crossbar.transfer.node_voltages`.

    Returns
    -------
    matplotlib Figure
    """
    from matplotlib.figure import Figure

    wires = Wires(r_row, r_col, rt_row, rt_col, r_access)
    inside = node_voltages(G, row_voltages, column_voltages, **wires.keywords)
    driven = np.broadcast_to(row_voltages, len(G))[:, None] - np.broadcast_to(column_voltages, np.shape(G)[1])
    cells = np.asarray(G, dtype=float)
    ideal = driven * cells / (1 + cells * wires.r_access)
    left = np.full(cells.shape, np.nan)
    np.divide(inside.current, ideal, out=left, where=np.isfinite(ideal) & (ideal != 0))
    figure = Figure(figsize=(9.0, 3.0), layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    maps = {
        "row wires [V]": inside.row,
        "column wires [mV]": inside.column * 1e3,
        "cell current / ideal": left,
    }
    for axes, (title, values) in zip(panels, maps.items(), strict=True):
        image = axes.imshow(values, cmap="viridis", aspect="auto", interpolation="nearest")
        axes.set_title(title)
        axes.set_xlabel("column (driven from the left)")
        figure.colorbar(image, ax=axes)
    panels[0].set_ylabel("row (columns end below)")
    return figure


def fast_errors(*, sizes=(16, 32, 64, 128), wires=(0.3, 1.0, 3.0, 10.0, 30.0), terminal=100.0, inputs=32, seed=0):
    """Errors of the fast model over arrays and wires: random signed weights on 2-bit cells of 1 to 10 uS.

    Parameters
    ----------
    sizes : iterable of int
        Rows, and columns, of square arrays.
    wires : iterable of float
        r_row = r_col [ohm].
    terminal : float
        rt_row = rt_col [ohm].
    inputs : int
        Input vectors of each array.
    seed : int

    Returns
    -------
    list of dict
        size, r_wire [ohm], severity (that of the more severe array), and the rms error over the rms current:
        "one-sided", "signed", "difference".
    """
    rng = np.random.default_rng(seed)
    points = []
    for size in sizes:
        G = cell_conductances(rng.uniform(-1, 1, (size, size)), g_min=1e-6, g_max=1e-5, levels=4)
        positive, signed = rng.random((size, inputs)), rng.uniform(-1, 1, (size, inputs))
        for wire in wires:
            keywords = Wires(wire, wire, terminal, terminal).keywords
            exact = transfer_matrix(G, **keywords)
            # `limit` is out of reach: the fast model at any severity, without its warning.
            fast = transfer_matrix(G, **keywords, method="auto", limit=np.inf)
            points.append({
                "size": size,
                "r_wire": wire,
                "severity": float(severity(G, **keywords).max()),
                "one-sided": _relative(fast[0] @ positive, exact[0] @ positive),
                "signed": _relative(fast[0] @ signed, exact[0] @ signed),
                "difference": _relative((fast[0] - fast[1]) @ signed, (exact[0] - exact[1]) @ signed),
            })
    return points


def error_figure(points):
    """Error of the fast model against severity, with the rules of thumb: a matplotlib Figure.

    Parameters
    ----------
    points : list of dict
        From `fast_errors`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    severities = np.array([point["severity"] for point in points])
    ends = np.array([severities.min(), severities.max()])
    for kind, (colour, marker, factor, title) in _KINDS.items():
        errors = [point[kind] for point in points]
        axes.loglog(severities, errors, marker, color=colour, markersize=5, label=f"{title} ({factor:g} d²)")
        axes.loglog(ends, factor * ends**2, color=colour, linewidth=0.8)
    for limit, title in ((SWITCH_AT, "auto switches"), (WARN_AT, "fast warns")):
        axes.axvline(limit, color="0.5", linewidth=0.8, linestyle="--")
        axes.annotate(f" {title}", (limit, 0.02), xycoords=("data", "axes fraction"), rotation=90, va="bottom",
                      color="0.3", fontsize=8)
    axes.set_xlabel("severity d")
    axes.set_ylabel("rms error / rms current")
    axes.set_title("Fast crossbar model against the exact one")
    axes.legend(frameon=False, loc="upper left")
    return figure


def _relative(got, want):
    return float(np.sqrt(np.mean((got - want) ** 2) / np.mean(want**2)))
