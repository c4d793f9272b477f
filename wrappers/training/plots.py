"""The picture of a training run. Needs matplotlib, imported when something is drawn."""

import numpy as np

from neurosim.report.plots import COLOURS, handy_unit, new_figure
from neurosim.report.quantities import STEPS

LARGEST_SAMPLE = 100_000    # weights of a layer that a histogram is drawn from
STEP_COLOURS = dict(zip(STEPS, ("#0072B2", "#E69F00", "#D55E00", "#009E73"), strict=True))


def training_figure(history, model):
    """Accuracy and loss, chip energy and latency of every epoch by part, and where weights and updates lie now.

    Parameters
    ----------
    history : list of dict
        `loop.Run.history`.
    model : algorithm.Trainable

    Returns
    -------
    matplotlib Figure
    """
    figure, axes = new_figure(12.0, 6.6, rows=2, columns=3)
    _accuracy(axes[0][0], history)
    _loss(axes[1][0], history)
    _cost(axes[0][1], history, "energy", "J")
    _cost(axes[1][1], history, "latency", "s")
    _histograms(axes[0][2], model, "weight", "weights")
    _histograms(axes[1][2], model, "update", "last update")
    return figure


def _series(history, name):
    """Epochs (from 1) and values of a column, where there is one."""
    pairs = [(row["epoch"] + 1, row[name]) for row in history if name in row]
    return [list(column) for column in zip(*pairs, strict=True)] if pairs else [[], []]


def _accuracy(axes, history):
    for name, label, colour in (("train_accuracy [%]", "training", COLOURS["dram"]),
                                ("test_accuracy [%]", "test", COLOURS["adc"])):
        axes.plot(*_series(history, name), marker="o", markersize=3, color=colour, label=label)
    axes.set(ylabel="accuracy [%]", title="Accuracy", ylim=(0, 100))
    _whole_epochs(axes)
    axes.legend()


def _loss(axes, history):
    for name, label, colour in (("train_loss", "training", COLOURS["dram"]), ("test_loss", "test", COLOURS["adc"])):
        axes.plot(*_series(history, name), marker="o", markersize=3, color=colour, label=label)
    axes.set(ylabel="loss per batch", xlabel="epoch", title="Loss")
    _whole_epochs(axes)
    axes.legend()


def _cost(axes, history, kind, unit):
    """Stacked bars: one an epoch, a colour a step."""
    axes.set(title=f"Chip {kind} of an epoch", xlabel="epoch")
    series = {step: _series(history, f"{step}_{kind} [{unit}]") for step in STEPS}
    epochs = series[STEPS[0]][0]
    if not epochs:
        axes.text(0.5, 0.5, "the chip was not evaluated", ha="center", transform=axes.transAxes)
        return
    values = {step: np.nan_to_num(np.array(pair[1]), posinf=0.0, neginf=0.0) for step, pair in series.items()}
    highest = float(sum(values.values()).max())
    factor, unit = handy_unit(highest, unit)
    bottom = np.zeros(len(epochs))
    for step in STEPS:
        axes.bar(epochs, values[step] * factor, bottom=bottom, color=STEP_COLOURS[step], label=step.replace("_", " "))
        bottom = bottom + values[step] * factor
    axes.set(ylabel=f"{kind} [{unit}]", ylim=(0, 1.3 * highest * factor or 1))   # room for the legend
    _whole_epochs(axes)
    axes.legend(fontsize="small", ncols=2, loc="upper center")


def _histograms(axes, model, name, title):
    """Share of the weights of each layer by value."""
    if name == "weight":
        edges = np.linspace(-1, 1, 65)
    else:       # updates are multiples of a sixteenth, or of a finer step
        most = max(4, *(int(np.ceil(16 * np.abs(layer.update).max())) for layer in model.layers))
        edges = (np.arange(-most, most + 2) - 0.5) / 16
    for number, layer in enumerate(model.layers):
        flat = getattr(layer, name).reshape(-1)
        sample = flat[:: max(1, flat.size // LARGEST_SAMPLE)]
        share = np.histogram(np.clip(sample, edges[0], edges[-1]), edges)[0] / sample.size
        shade = number / max(1, len(model.layers) - 1)
        axes.stairs(share, edges, color=(0.1 + 0.7 * shade, 0.35, 0.75 - 0.6 * shade), label=layer.name.strip("_"))
    axes.set(title=f"Distribution of the {title}", xlabel=name, ylabel="share of the layer", yscale="log")
    axes.legend(fontsize="x-small", ncols=2)


def _whole_epochs(axes):
    axes.xaxis.get_major_locator().set_params(integer=True)
