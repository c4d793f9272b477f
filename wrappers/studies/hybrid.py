"""`neurosim study hybrid`: hybrid-precision synapses against eNVM only, in accuracy and on the chip.

The questions are those of Luo, Yu, "Benchmark non-volatile and volatile memory based hybrid precision synapses for
in-situ deep neural network training", ASP-DAC 2020; here on a small network and data.
"""

import math
import time

from neurosim.console import collected
from neurosim.errors import NeurosimError

HELP = """\
examples
  neurosim study hybrid --out studies/hybrid
  neurosim study hybrid --out studies/first --quick
  neurosim study hybrid --out studies/slow --set clock_frequency=1e7

Trains a network of two layers (64 hidden neurons) on hybrid synapses and on the trainer's ordinary devices (linear,
32 levels), and evaluates the chip of each from its own trace. One property at a time is changed: learning rate,
transfer interval K, significance F, retention time with the leak to mid-range and to ground, kind of cell. The time of
a batch, over which the capacitor leaks, is the chip's own; --set changes the chip, and a slower one forgets more.
study.csv has a row a run, comparison.csv both chips side by side, study.png accuracy and writes. Everything is at the
same learning rate unless it is the property; comparison.csv takes each side at its best one. A study that was
interrupted goes on when it is called again; more seeds extend it."""

NEVER = 1_000_000_000       # batches, more than there are
DEFAULT = {
    "synapse": "hybrid", "memory": "hybrid-3t1c", "learning_rate": 1 / 32, "transfer_interval": 40,
    "significance": 4.0, "retention_time": 1.0, "rest_level": 0.5,
}
POINTS = {
    "learning_rate": (1 / 4, 1 / 16, 1 / 64),
    "transfer_interval": (1, 5, 20, 100, 350, NEVER),
    "significance": (1.0, 2.0, 8.0),
    "retention_time": (0.1, 0.03, 0.01, 0.003, 0.001),
    "memory": ("2t1fefet",),
}
QUICK_POINTS = {"transfer_interval": (NEVER,), "significance": (1.0,), "retention_time": (0.003,)}
ENVM_RATES = (1.0, 1 / 4, 1 / 16, 1 / 32, 1 / 64)
QUICK_RATES = (1 / 4, 1 / 32)
TITLES = {
    "learning_rate": "learning rate", "transfer_interval": "transfer interval K [batches]",
    "significance": "significance F", "retention_time": "retention time [s]",
}
NUMBERS = ("accuracy", "accuracy_with_volatile", "writes_per_cell", "seconds")
HIDDEN, BATCH = 64, 40
# Small layers do not fill the arrays of the default chip, and its weight-gradient unit comes out without arrays.
CHIP = ("array_rows=32", "array_columns=32", "correct=all")
BREAK_EVEN = ("break_even_interval", "break_even_interval_energy", "break_even_interval_latency")
# Rows of the comparison of both chips that only the hybrid one has.
HYBRID_ONLY = (*BREAK_EVEN, "pulses_per_batch", "update_pulse_energy", "write_pulse_energy", "moved_per_transfer",
               "transfer_read_energy")
COMPARISON = "comparison.csv"
SPLIT, TEST_IMAGES = 0, 360     # of the digits: seed and size of the test set


def add_arguments(parser):
    """Options beside those that all studies have."""
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
                        help="change a parameter of the chip (repeatable)")  # fmt: skip


def runs(options):
    """Parameters of every run: eNVM only, the default hybrid synapse, and one property of it changed at a time."""
    epochs = options.epochs or (6 if options.quick else 20)
    seeds = options.seeds or (1 if options.quick else 3)
    rates, changes = (QUICK_RATES, QUICK_POINTS) if options.quick else (ENVM_RATES, POINTS)
    points = [{**DEFAULT, "synapse": "envm", "memory": "RRAM", "learning_rate": rate} for rate in rates]
    points.append(DEFAULT)
    for name, values in changes.items():
        points += [{**DEFAULT, name: value} for value in values]
    points += [{**DEFAULT, "retention_time": value, "rest_level": 0.0} for value in
               (DEFAULT["retention_time"], *changes["retention_time"])]
    chip = " ".join((*CHIP, *options.settings))
    design, plain = design_of(chip, 1, 1), design_of("", 1, 1)      # a mistake is told before anything is trained
    for name in DEFAULT:
        if name in design.given and design.given[name] != getattr(plain, name):
            raise NeurosimError(f"--set {name}: the study sets {name} itself, run by run; leave it out")
    return [
        {"data": options.data, "epochs": epochs, "chip": chip, **point, "seed": seed}
        for seed in range(seeds) for point in points
    ]


def design_of(chip, batch, iterations):
    """The design of a run, but for its synapses."""
    from neurosim.design.design import Design

    return Design().with_settings([f"batch_size={batch}", f"iterations={iterations}", *chip.split()])


def run(parameters):
    """Train one network and evaluate its chip: accuracy, counters, cost of a batch and an epoch."""
    with collected() as doubts:
        results = _run(parameters)
    return results | {"problem": "; ".join(filter(None, [results["problem"], *doubts]))}


def _run(parameters):
    """The same, with a problem of the training alone."""
    import numpy as np

    from neurosim.traces.architecture import Architecture
    from neurosim.wrappers.devices.hybrid import Hybrid, synapse_of
    from neurosim.wrappers.studies.quick import quick_training
    from neurosim.wrappers.training.algorithm import TrainingError
    from neurosim.wrappers.training.data import batches, normalise
    from neurosim.wrappers.wage.hybrid_chip import chip_batch_time, compare_chips
    from neurosim.wrappers.wage.model import Model
    from neurosim.wrappers.wage.options import Options

    start = time.perf_counter()
    dataset, rate, seed = _dataset(parameters["data"]), parameters["learning_rate"], parameters["seed"]
    architecture = Architecture.build(dataset.input, [{"fc": HIDDEN}, {"fc": dataset.classes}])
    options = Options(ltp=0.0, ltd=0.0, cycle_variation=0.0)
    design = design_of(parameters["chip"], BATCH, -(-len(dataset.train_images) // BATCH))
    hybrid = None
    if parameters["synapse"] == "hybrid":
        names = ("memory", "transfer_interval", "significance", "retention_time", "rest_level")
        own = {name: parameters[name] for name in names}
        cell = Hybrid.of(**{**synapse_of(design, own["memory"], "the study"), **own}).cell
        first = normalise(dataset.train_images[:BATCH]), dataset.train_labels[:BATCH]
        hybrid = Hybrid(cell, chip_batch_time(architecture, cell, *first, design=design, options=options, seed=seed,
                                              learning_rate=rate))  # fmt: skip

    class Counting(Model):
        """A model that counts the weights it moves: writes, where the devices themselves are updated."""

        moves = 0

        def step(self, learning_rate=1.0):
            super().step(learning_rate)
            self.moves += sum(int(np.count_nonzero(layer.update)) for layer in self.layers)

    model = Counting(architecture, options, seed, hybrid=hybrid)
    problem = ""
    try:
        before = quick_training(model, dataset, epochs=parameters["epochs"], batch=BATCH, seed=seed,
                                learning_rate=rate, augment=parameters["data"] != "digits")  # fmt: skip
    except TrainingError as error:
        before, problem = 100 / dataset.classes, str(error)     # no better than chance
    test = normalise(dataset.test_images[:1])
    chips = compare_chips(model, test, design)
    rates = _rates(model)
    model.finish()
    accuracy = before if problem else model.evaluate(batches(dataset.test_images, dataset.test_labels, 500))[1]
    results = {"accuracy": accuracy, "accuracy_with_volatile": before, **rates}
    results["batch_time_over_retention"] = hybrid.batch_time / hybrid.cell.retention_time if hybrid else None
    for name, row in chips.iterrows():
        if name not in HYBRID_ONLY:
            results[_column(name, row)] = row[parameters["synapse"]]
        elif name in BREAK_EVEN:
            results[_column(name, row)] = row["hybrid"] if hybrid else None
    return {**results, "seconds": time.perf_counter() - start, "problem": problem}


def _column(name, row):
    return f"{name} [{row['unit']}]"


def _rates(model):
    """Counters of a cell over the whole training; without a volatile part, only writes."""
    names = {"pulses": "pulses_per_cell", "clips": "clips_per_cell", "writes": "writes_per_cell"}
    counters = model.counters()
    if not counters:
        cells = sum(layer.weight.size for layer in model.layers)
        return dict.fromkeys((*names.values(), "transfers")) | {"writes_per_cell": model.moves / cells}
    rates = {column: counters[name] / counters["cells"] for name, column in names.items()}
    return rates | {"transfers": counters["transfers"] - counters["last_transfers"]}


def _dataset(source):
    """A data set; the digits as 8 x 8 pixels, mixed, because their last ones are of other writers."""
    import numpy as np

    from neurosim.wrappers.training.data import Dataset, load

    dataset = load(source)
    if str(source) != "digits":
        return dataset
    images = np.concatenate([dataset.train_images, dataset.test_images])[:, :1, ::4, ::4].copy()
    labels = np.concatenate([dataset.train_labels, dataset.test_labels])
    order = np.random.default_rng(SPLIT).permutation(len(images))
    train, test = order[TEST_IMAGES:], order[:TEST_IMAGES]
    return Dataset("digits", images[train], labels[train], images[test], labels[test])


# -- what the table says ---------------------------------------------------------------------------

def chosen(table, name, rest_level=DEFAULT["rest_level"]):
    """Rows of hybrid synapses in which only one property differs from the default, sorted by it."""
    rows = table[table["synapse"] == "hybrid"]
    for other, value in (DEFAULT | {"rest_level": rest_level}).items():
        if other != name:
            rows = rows[rows[other] == value]
    return rows.sort_values(name)


def envm(table):
    """Rows of eNVM only, sorted by the learning rate."""
    return table[table["synapse"] == "envm"].sort_values("learning_rate")


def best(rows):
    """The rows with the learning rate of the highest mean accuracy."""
    return rows[rows["learning_rate"] == rows.groupby("learning_rate")["accuracy"].mean().idxmax()]


def tables(table):
    """{file name: table}: both chips side by side, each trained at its best learning rate; means over the seeds."""
    import pandas as pd

    sides = {"envm": best(envm(table)), "hybrid": best(chosen(table, "learning_rate"))}
    names = ["learning_rate", "accuracy", "writes_per_cell", *(name for name in table.columns if name.endswith("]"))]
    frame = pd.DataFrame(
        {"quantity": names} | {side: [rows[name].mean() for name in names] for side, rows in sides.items()}
    )
    frame["ratio"] = frame["hybrid"] / frame["envm"].where(frame["envm"] != 0)
    return {COMPARISON: pd.concat([frame, _own_break_even(frame, sides["hybrid"]["transfer_interval"].iloc[0])])}


def _own_break_even(frame, interval):
    """The interval from which on updates and transfers take less than those of eNVM only, each on its own trace."""
    import pandas as pd

    values = frame.set_index("quantity")
    rows = []
    for kind, unit in (("energy", "J"), ("latency", "s")):
        update, transfer = (values.loc[f"{step}_{kind}_per_batch [{unit}]"] for step in ("update", "transfer"))
        saved = update["envm"] - update["hybrid"]
        value = transfer["hybrid"] * interval / saved if saved > 0 else math.inf
        rows.append({"quantity": f"break_even_interval_{kind}_as_trained [batch]", "hybrid": value})
    return pd.DataFrame(rows)


def figure(table):
    """Accuracy, and writes of a cell, against each property: mean and range over seeds. A matplotlib Figure."""
    from matplotlib.figure import Figure

    result = Figure(figsize=(12, 6), layout="constrained")
    panels = result.subplots(2, len(TITLES), sharex="col")
    for (upper, lower), (name, title) in zip(panels.T, TITLES.items(), strict=True):
        lines = {"hybrid": (chosen(table, name), "tab:blue")}
        if name == "learning_rate":
            lines["eNVM only"] = envm(table), "tab:red"
        if name == "retention_time":
            lines = {"leak to mid-range": lines["hybrid"], "leak to ground": (chosen(table, name, 0.0), "tab:orange")}
        values = sorted({value for rows, _ in lines.values() for value in rows[name]})
        places = {value: place for place, value in enumerate(values)}
        for label, (rows, colour) in lines.items():
            for axes, column in ((upper, "accuracy"), (lower, "writes_per_cell")):
                groups = rows.groupby(name)[column].agg(["mean", "min", "max"])
                x = [places[value] for value in groups.index]
                axes.fill_between(x, groups["min"], groups["max"], color=colour, alpha=0.15, linewidth=0)
                axes.plot(x, groups["mean"], "o-", color=colour, label=label)
        lower.set_xticks(range(len(values)), [_word(value) for value in values])
        lower.set_xlabel(title)
        for axes in (upper, lower):
            axes.spines[["top", "right"]].set_visible(False)
        upper.set_ylim(0, 102)
        lower.set_ylim(bottom=0)
        if len(lines) > 1:
            upper.legend(frameon=False, loc="lower right")
    panels[0][0].set_ylabel("test accuracy [%]")
    panels[1][0].set_ylabel("eNVM writes per cell")
    rate = _word(DEFAULT["learning_rate"])
    result.suptitle(f"Hybrid-precision synapses: one property changed at a time (learning rate {rate} elsewhere)")
    return result


def _word(value):
    return "never" if value == NEVER else f"1/{round(1 / value)}" if value in ENVM_RATES and value < 1 else f"{value:g}"


def summary(table):
    """Mean accuracy with its range over seeds, writes and clips at every point, then both chips, as text."""
    lines = ["eNVM only, linear"]
    for rate, rows in envm(table).groupby("learning_rate"):
        lines.append(f"  {'learning rate':<18}{_word(rate):>9}  {_spread(rows)}")
    lines.append(f"hybrid (learning rate {_word(DEFAULT['learning_rate'])} unless it is the property)")
    for name in (*TITLES, "memory"):
        for value, rows in chosen(table, name).groupby(name):
            lines.append(_line(name, value, rows))
    lines.append("hybrid, leak to ground")
    for value, rows in chosen(table, "retention_time", 0.0).groupby("retention_time"):
        lines.append(_line("retention_time", value, rows))
    lines.append(f"{'each at its best learning rate':<50}{'eNVM only':>12}{'hybrid':>12}{'ratio':>9}")
    for row in tables(table)[COMPARISON].itertuples():
        cells = [f"{value:{width}.4g}" if value == value else " " * width for value, width in
                 ((row.envm, 12), (row.hybrid, 12), (row.ratio, 9))]
        lines.append(f"  {row.quantity:<48}{''.join(cells)}")
    return "\n".join(lines)


def _line(name, value, rows):
    """One point of the summary."""
    word = value if isinstance(value, str) else _word(value)
    ratio = rows["batch_time_over_retention"].mean()
    leak = f", batch/retention {ratio:.2g}" if name == "retention_time" else ""
    return (f"  {name:<17}{word:>10}  {_spread(rows)}  {rows['writes_per_cell'].mean():6.1f} writes, "
            f"{rows['clips_per_cell'].mean():6.1f} clips per cell{leak}")


def _spread(rows):
    accuracy = rows["accuracy"]
    return f"{accuracy.mean():5.1f} % ({accuracy.min():.1f} to {accuracy.max():.1f})"
