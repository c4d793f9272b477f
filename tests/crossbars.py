"""What tests of crossbars share: random arrays and wires, and a slow nodal analysis."""

import math

import numpy as np
from hypothesis import strategies as st

from neurosim.crossbar.transfer import Wires

DEFAULT = Wires().keywords


def nodal(G, r_row, r_col, rt_row, rt_col, r_access=0.0):
    """M by nodal analysis in extended precision: every resistor in a list, nodes joined by zero ohms merged."""
    rows, columns = G.shape
    parts = []
    for i in range(rows):
        parts.append((("row", i), ("u", i, 0), rt_row + r_row))
        parts += [(("u", i, j), ("u", i, j + 1), r_row) for j in range(columns - 1)]
    for j in range(columns):
        parts.append((("w", rows - 1, j), ("column", j), rt_col + r_col))
        parts += [(("w", i, j), ("w", i + 1, j), r_col) for i in range(rows - 1)]
    for i, j in np.ndindex(rows, columns):
        if G[i, j] > 0:
            parts.append((("u", i, j), ("w", i, j), 1 / np.longdouble(G[i, j]) + r_access))
    terminals = [("row", i) for i in range(rows)] + [("column", j) for j in range(columns)]
    group = {node: node for node in terminals}
    for a, b, _ in parts:
        group[a], group[b] = a, b
    for a, b, resistance in parts:
        if resistance == 0:
            a, b = group[a], group[b]
            keep, drop = (a, b) if a in terminals else (b, a)
            assert drop not in terminals, "infinite current"
            group = {node: keep if top == drop else top for node, top in group.items()}
    free = sorted({top for top in group.values() if top not in terminals}, key=str)
    place = {node: k for k, node in enumerate(terminals + free)}
    network = np.zeros((len(place), len(place)), dtype=np.longdouble)
    for a, b, resistance in parts:
        a, b = place[group[a]], place[group[b]]
        if a != b:
            network[a, a] += 1 / np.longdouble(resistance)
            network[b, b] += 1 / np.longdouble(resistance)
            network[a, b] -= 1 / np.longdouble(resistance)
            network[b, a] -= 1 / np.longdouble(resistance)
    for k in range(len(place) - 1, rows + columns - 1, -1):
        if network[k, k] > 0:  # not a node that nothing leads to
            network -= np.outer(network[:, k], network[k]) / network[k, k]
    return -network[rows : rows + columns, :rows].astype(float)


def random_conductances(rng, *shape, low=1e-6, high=1e-5):
    return rng.uniform(low, high, shape)


def rms(values):
    return math.sqrt(np.mean(np.square(values)))


resistances = st.one_of(st.just(0.0), st.floats(-2, 4).map(lambda power: 10.0**power))
wirings = st.builds(
    dict,
    r_row=resistances,
    r_col=resistances,
    rt_row=resistances,
    rt_col=resistances,
    r_access=st.sampled_from([0.0, 15e3]),
)


@st.composite
def conductances(draw, largest=5, shorts=False):
    """Small arrays of analog cells, some of them open and (if wanted) some of them short."""
    rows, columns = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = 10 ** rng.uniform(-6, -2, (rows, columns))
    cells[rng.random((rows, columns)) < draw(st.sampled_from([0.0, 0.3]))] = 0
    if shorts:
        cells[rng.random((rows, columns)) < draw(st.sampled_from([0.0, 0.3]))] = math.inf
    return cells
