"""Draw the figures of docs/crossbar.md: crossbar_voltages.png and crossbar_error.png.

usage: plot_crossbar.py [FOLDER]

FOLDER is docs/ of the checkout unless given.
"""

import sys
from pathlib import Path

import numpy as np

from neurosim.console import guarded
from neurosim.crossbar.plots import error_figure, fast_errors, voltage_figure
from neurosim.crossbar.tiles import cell_conductances
from neurosim.crossbar.transfer import Wires

DOCS = Path(__file__).resolve().parent.parent / "docs"
DPI = 80


def main(words):
    if len(words) > 1 or any(word.startswith("-") for word in words):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return guarded("plot_crossbar.py", lambda: draw(Path(*words) if words else DOCS))


def draw(folder):
    weight = np.random.default_rng(0).uniform(0, 1, (64, 64))
    G = cell_conductances(weight, g_min=1e-6, g_max=1e-5, levels=4)[0]
    figures = {
        "crossbar_voltages.png": voltage_figure(G, 0.5, **Wires().keywords),
        "crossbar_error.png": error_figure(fast_errors()),
    }
    for name, figure in figures.items():
        figure.savefig(folder / name, dpi=DPI, pil_kwargs={"optimize": True})
        print(folder / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
