"""`neurosim study crossbar`: how much accuracy each fault of a crossbar costs, one property at a time.

The questions are those of Roy et al., "TxSim", IEEE TVLSI 2021, arXiv 2002.11151; here on small networks and data.
"""

import time

HELP = """\
example
  neurosim study crossbar --out studies/crossbar --seeds 3 --jobs 2
  neurosim study crossbar --out studies/first --quick

Trains the chain of VGG-8 with few channels, and a network of two small layers, on arrays of the preset txsim (64 x 64,
100 kohm to 1 Mohm, 2-bit cells, linear writes) of which one property at a time is changed: resistance of a cell, array
size (with cells of 10 kohm), resistance of the wires, bits of the ADC, write nonlinearity v, write noise gamma; and
without any fault.
The table study.csv has a row a run, study.png shows accuracy against each property. A study that was interrupted goes
on when it is called again; more seeds extend it."""

DEFAULT = {"rows": 64, "r_min": 1e5, "r_wire": 2.12, "adc_bits": "none", "v": 0.0, "gamma": 0.0}
POINTS = {
    "r_min": (5e3, 1e4, 3e4, 3e5),
    "rows": (16, 32, 64, 128),
    "r_wire": (0.0, 10.0, 30.0, 100.0),
    "adc_bits": (2, 3, 4),
    "v": (0.1, 1.0, 3.0, 10.0),
    "gamma": (1.0, 5.0, 20.0, 100.0),
}
# The layers of these networks are small: only with cells of 10 kohm does the size of arrays matter to them.
BESIDES = {"rows": {"r_min": 1e4}}
QUICK_POINTS = {"r_min": (1e4,), "r_wire": (30.0,), "adc_bits": (3,), "v": (3.0,), "gamma": (20.0,)}
TITLES = {
    "r_min": "resistance of a cell that is on [ohm]", "rows": "array size, cells of 10 kohm",
    "r_wire": "wire per cell [ohm]",
    "adc_bits": "ADC bits", "v": "write nonlinearity v", "gamma": "write noise gamma",
}
# Layers, and how many times as many epochs as asked for: small networks take next to no time.
NETWORKS = {
    "vgg8-small": (
        [{"conv": 16, "padding": 1}, {"conv": 16, "padding": 1}, {"pool": 2}, {"conv": 24, "padding": 1},
         {"conv": 24, "padding": 1}, {"pool": 2}, {"conv": 32, "padding": 1}, {"conv": 32, "padding": 1}, {"pool": 2},
         {"fc": 64}],
        1,
    ),
    "two-layer": ([{"fc": 32}], 2),
}
BATCH = 50
NUMBERS = ("accuracy", "severity", "seconds")
COLOURS = {"vgg8-small": "tab:blue", "two-layer": "tab:orange"}


def add_arguments(parser):
    """Options beside those that all studies have."""
    parser.add_argument("--network", choices=list(NETWORKS), action="append",
                        help="train only this network (repeatable; default: all)")  # fmt: skip


def runs(options):
    """Parameters of every run: no fault, the default, and one property changed at a time."""
    epochs = options.epochs or (2 if options.quick else 10)
    seeds = options.seeds or (1 if options.quick else 3)
    points = [{"crossbar": "none", **DEFAULT}, {"crossbar": "txsim", **DEFAULT}]
    for name, values in (QUICK_POINTS if options.quick else POINTS).items():
        more = [{"crossbar": "txsim", **DEFAULT, **BESIDES.get(name, {}), name: value} for value in values]
        points += [point for point in more if point not in points]
    return [
        {"network": network, "data": options.data, "epochs": epochs * NETWORKS[network][1], **point, "seed": seed}
        for seed in range(seeds)
        for network in options.network or NETWORKS
        for point in points
    ]


def crossbar_of(parameters):
    """The crossbar of a run, or None."""
    from neurosim.wrappers.devices.crossbar import PRESETS

    if parameters["crossbar"] == "none":
        return None
    wire, size = parameters["r_wire"], parameters["rows"]
    adc = parameters["adc_bits"]
    return PRESETS[parameters["crossbar"]].replace(
        rows=size, columns=size, r_min=parameters["r_min"], r_max=10 * parameters["r_min"], r_row=wire, r_col=wire,
        dac_bits=None, adc_bits=None if adc == "none" else adc, v=parameters["v"], gamma=parameters["gamma"],
        method="interpolated",
    )


def run(parameters):
    """Train one network; accuracy [%], mean severity of its arrays, seconds, and why training ended early."""
    from neurosim.traces.architecture import Architecture
    from neurosim.wrappers.studies.quick import quick_training
    from neurosim.wrappers.training.algorithm import TrainingError
    from neurosim.wrappers.wage.model import Model
    from neurosim.wrappers.wage.options import Options

    start = time.perf_counter()
    dataset = _dataset(parameters["data"])
    layers, _ = NETWORKS[parameters["network"]]
    architecture = Architecture.build(dataset.input, [*layers, {"fc": dataset.classes}])
    # Linear writes without noise unless the crossbar has its own.
    options = Options(ltp=0.0, ltd=0.0, cycle_variation=0.0)
    model = Model(architecture, options, parameters["seed"], crossbar_of(parameters))
    problem = ""
    try:
        accuracy = quick_training(model, dataset, epochs=parameters["epochs"], batch=BATCH, seed=parameters["seed"],
                                  augment=parameters["data"] != "digits")
    except TrainingError as error:
        accuracy, problem = 100 / dataset.classes, str(error)     # no better than chance
    return {"accuracy": accuracy, "severity": model.severity(), "seconds": time.perf_counter() - start,
            "problem": problem}


def _dataset(source):
    """A data set; the digits once and not three times, and with 2 x 2 pixels for each of theirs instead of 4 x 4."""
    from dataclasses import replace

    from neurosim.wrappers.training.data import load

    dataset = load(source)
    if str(source) != "digits":
        return dataset
    return replace(dataset, train_images=dataset.train_images[:, :1, ::2, ::2].copy(),
                   test_images=dataset.test_images[:, :1, ::2, ::2].copy())


def chosen(table, name):
    """Rows in which one property is changed (and what has to be `BESIDES`), with it as numbers, sorted."""
    rows = table[table["crossbar"] != "none"]
    for other, value in {**DEFAULT, **BESIDES.get(name, {})}.items():
        if other != name:
            rows = rows[rows[other].astype(str) == str(value)]
    numbers = rows[name].astype(str).replace("none", "inf").astype(float)
    return rows.assign(**{name: numbers}).sort_values(name)


def figure(table):
    """Accuracy against each property, a line a network: mean and range over seeds. A matplotlib Figure."""
    from matplotlib.figure import Figure

    result = Figure(figsize=(10, 6), layout="constrained")
    panels = result.subplots(2, 3, sharey=True).reshape(-1)
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        for network, colour in COLOURS.items():
            of_network = table[table["network"] == network]
            ideal = of_network[of_network["crossbar"] == "none"]["accuracy"]
            if chosen(of_network, name).empty:
                continue
            groups = chosen(of_network, name).groupby(name)["accuracy"].agg(["mean", "min", "max"])
            places = range(len(groups))
            axes.fill_between(places, groups["min"], groups["max"], color=colour, alpha=0.15, linewidth=0)
            axes.plot(places, groups["mean"], "o-", color=colour, label=network)
            axes.axhline(ideal.mean(), color=colour, linewidth=0.8, linestyle="--")
            axes.set_xticks(places, ["none" if value == float("inf") else f"{value:g}" for value in groups.index])
        axes.set_xlabel(title)
    for axes in panels[::3]:
        axes.set_ylabel("test accuracy [%]")
    panels[0].legend(frameon=False, loc="lower left")
    result.suptitle("Training on crossbars: one property changed at a time (dashed: no fault)")
    return result


def summary(table):
    """Mean accuracy, its spread over seeds and severity at every point, as text."""
    lines = []
    for network, of_network in table.groupby("network", sort=False):
        ideal = of_network[of_network["crossbar"] == "none"]
        lines.append(f"{network}: {_spread(ideal)} without any fault")
        for name in TITLES:
            for value, rows in chosen(of_network, name).groupby(name):
                word = "none" if value == float("inf") else f"{value:g}"
                lines.append(f"  {name:<9}{word:>8}  {_spread(rows)}  severity {rows['severity'].mean():.3f}")
    return "\n".join(lines)


def _spread(rows):
    accuracy = rows["accuracy"]
    low, high = accuracy.min(), accuracy.max()
    return f"{accuracy.mean():5.1f} % ({low:.1f} to {high:.1f}, {len(rows)} seed{'s' if len(rows) != 1 else ''})"
