"""Plots of a report: where area, time and energy go. Needs matplotlib, imported when something is drawn."""

import math
from pathlib import Path

from neurosim.report.summary import AREA_TITLES, PART_TITLES
from neurosim.units import percent, si, square_millimetres

# Colours that stay apart for colour-blind readers (Okabe and Ito, "Color universal design", 2008).
COLOURS = {
    "adc": "#0072B2",
    "accumulation": "#56B4E9",
    "array": "#009E73",
    "buffer": "#F0E442",
    "interconnect": "#E69F00",
    "dram": "#999999",
    "peak_weight_gradient": "#D55E00",
    "peak_weight_update": "#CC79A7",
    "weight_gradient": "#D55E00",
    "other": "#CC79A7",
}
_DPI = 150
_LEAST_CHANGE = 0.001   # of an audit that is drawn [%]


def save_plots(report, folder):
    """Draw `area.png`, `latency.png` and `energy.png` into a folder.

    Returns
    -------
    list of Path
    """
    folder = Path(folder)
    figures = {
        "area.png": area_figure(report),
        "latency.png": layer_figure(report, "latency"),
        "energy.png": layer_figure(report, "energy"),
    }
    for name, figure in figures.items():
        figure.savefig(folder / name, dpi=_DPI)
    return [folder / name for name in figures]


def sweep_figure(table, varied):
    """Energy efficiency against area of every design of a sweep, coloured by the first parameter varied.

    Parameters
    ----------
    table : DataFrame
        As `neurosim sweep` writes it.
    varied : list of str
        The parameters that were varied.

    Returns
    -------
    matplotlib Figure
    """
    figure, axes = new_figure(6.4, 4.2)
    sound = table.dropna(subset=["area [m^2]"])
    palette = list(dict.fromkeys(COLOURS.values()))
    for place, (value, rows) in enumerate(sound.groupby(varied[0], sort=False)):
        axes.scatter(
            rows["area [m^2]"] * 1e6,
            rows["energy_efficiency [TOPS/W]"],
            label=f"{varied[0]} = {value}",
            color=palette[place % len(palette)],
            marker="osD^vP"[place // len(palette) % 6],
            edgecolor="black",
            linewidth=0.4,
        )
    axes.set_xlabel("chip area [mm²]")
    axes.set_ylabel("energy efficiency [TOPS/W]")
    axes.set_title(f"{len(sound)} designs")
    axes.legend(fontsize="small")
    return figure


def audit_figure(table, title, most=15):
    """The largest changes of an audit: area, latency, energy and efficiency side by side, a bar a rule.

    Parameters
    ----------
    table : DataFrame
        As `neurosim.audit` returns it.
    title : str
        What was audited.
    most : int
        Rules shown at most; those that change nothing are left out.

    Returns
    -------
    matplotlib Figure
    """
    names = [name for name in table.columns if name.endswith("_change")]
    # What is no finite number cannot be drawn.
    sizes = 100 * table[names].apply(lambda column: column.map(_finite))
    shown = sizes[(sizes.abs() > _LEAST_CHANGE).any(axis=1)].head(most)[::-1]
    figure, grid = new_figure(9.0, 1.6 + 0.26 * max(len(shown), 1), columns=len(names))
    for axes, name in zip(grid.flat, names, strict=True):
        values = shown[name]
        colours = [COLOURS["adc"] if value < 0 else COLOURS["weight_gradient"] for value in values]
        bars = axes.barh(range(len(values)), values, color=colours)
        axes.bar_label(bars, [f"{value:+.2g}" if value else "" for value in values], padding=2, fontsize="x-small")
        axes.set_xscale("symlog", linthresh=0.1)
        largest = max(values.abs().max(), 0.1) if len(values) else 0.1
        axes.set_xlim(-20 * largest, 20 * largest)
        powers = [10.0**power for power in range(math.floor(math.log10(20 * largest)), -2, -2)]
        ticks = [*(-power for power in powers), 0.0, *reversed(powers)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.axvline(0, color="black", linewidth=0.6)
        axes.set_yticks(range(len(values)), shown.index if axes is grid.flat[0] else [])
        axes.set_xlabel("change [%]")
        axes.set_title(name.removesuffix("_change").replace("_", " "), fontsize="medium")
        axes.tick_params(axis="x", labelsize="x-small")
    figure.suptitle(f"{title}: with each rule against without it", fontsize="medium")
    return figure


def area_figure(plan):
    """Area of the chip by part: a matplotlib Figure. A `Plan` is enough."""
    figure, axes = new_figure(7.0, 3.2)
    parts = sorted(AREA_TITLES, key=lambda part: plan.areas[part])
    areas = [plan.areas[part] * 1e6 for part in parts]
    bars = axes.barh([AREA_TITLES[part] for part in parts], areas, color=[COLOURS[part] for part in parts])
    shares = [percent(plan.areas[part] / plan.areas["total"]) for part in parts]
    axes.bar_label(bars, shares, padding=4)
    axes.margins(x=0.12)
    axes.set_xlabel("area [mm²]")
    axes.set_title(f"Chip area: {square_millimetres(plan.areas['total']).replace('^2', '²')}")
    return figure


def layer_figure(report, kind):
    """Latency or energy of each layer, stacked by part: a matplotlib Figure.

    Parts are counted as the reference does: they may overlap in time, so a stack of latencies can be
    higher than the latency of its layer.

    Parameters
    ----------
    report : Report
    kind : "latency" or "energy"
    """
    unit = {"latency": "s", "energy": "J"}[kind]
    span = "an epoch" if report.design.training else "an image"
    layers = report.layer_values
    largest = max(sum(_finite(values[f"{part}_{kind}"]) for part in PART_TITLES) for values in layers)
    factor, unit = handy_unit(largest, unit)
    figure, axes = new_figure(8.5, 4.2)
    numbers = [str(number) for number in range(1, len(layers) + 1)]
    bottom = [0.0] * len(layers)
    for part, title in PART_TITLES.items():
        # What is no finite number cannot be drawn.
        heights = [_finite(values[f"{part}_{kind}"]) * factor for values in layers]
        if not any(heights):
            continue
        axes.bar(numbers, heights, bottom=bottom, color=COLOURS[part], label=title, width=0.75)
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    axes.set_xlabel("layer")
    axes.set_ylabel(f"{kind} [{unit.replace('u', 'µ')}]")
    axes.set_ylim(bottom=0)
    made = ", synthetic traces" if report.synthetic else ""
    axes.set_title(f"{kind.capitalize()} of {span} by layer and part{made}")
    # The legend stands in the order of the stack.
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside right center", frameon=False)
    return figure


def new_figure(width, height, rows=1, columns=1):
    """An empty figure that needs no screen, and its axes (an array of them when there are several)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_axisbelow(True)
    return figure, grid[0, 0] if grid.size == 1 else grid


def _finite(value):
    return value if math.isfinite(value) else 0.0


def handy_unit(value, unit):
    """The factor and the prefixed unit in which `value` is a handy number."""
    prefixed = si(value, unit).split()[-1] if 0 < value < float("inf") else unit
    factors = {"f": 1e15, "p": 1e12, "n": 1e9, "u": 1e6, "m": 1e3, "": 1.0, "k": 1e-3, "M": 1e-6, "G": 1e-9}
    prefix = prefixed[: -len(unit)]
    return (factors[prefix], prefixed) if prefix in factors else (1.0, unit)
