"""The result of a run as a page for people."""

from neurosim.report.quantities import STEPS
from neurosim.report.text import made_up
from neurosim.units import percent, si, square_millimetres

STEP_TITLES = {
    "forward": "forward",
    "activation_gradient": "activation gradient",
    "weight_gradient": "weight gradient",
    "weight_update": "weight update",
}
# Parts of the energy, by the names of `neurosim.report.quantities`; they add up to the steps except for quirks.
PART_TITLES = {
    "adc": "ADC",
    "accumulation": "accumulation",
    "array": "array and its periphery",
    "buffer": "buffers",
    "interconnect": "interconnect",
    "dram": "DRAM",
    "peak_weight_gradient": "weight-gradient unit",
    "peak_weight_update": "weight update",
}
AREA_TITLES = {
    "array": "synaptic arrays",
    "interconnect": "interconnect",
    "adc": "ADC",
    "accumulation": "accumulation",
    "other": "other periphery",
    "weight_gradient": "weight-gradient unit",
}
HYBRID_TITLES = {
    "msb": "non-volatile part",
    "lsb": "volatile part",
    "join": "joining both",
    "shared": "shared read-out",
    "update": "pulse update",
    "transfer_amortised": "transfer, its share",
    "transfer": "transfer, a whole one",
    "leakage": "leakage of cells and arrays",
}
BAR = 28
KINDS = {"latency": "s", "energy": "J"}


def title(plan):
    """A plan, or a report, in a few words."""
    words = [*_kind(plan.design), f"{len(plan.network)} layers", f"{plan.floorplan.total_tiles} tiles",
             square_millimetres(plan.areas["total"])]  # fmt: skip
    totals = getattr(plan, "totals", None)
    if totals:
        sums = (si(sum(totals[f"{step}_{kind}"] for step in STEPS), unit) for kind, unit in KINDS.items())
        words.append(f"{' and '.join(sums)} {_span(plan.design)}")
    return ", ".join(words)


def plan_summary(plan):
    """Floorplan and area of a chip as text."""
    return "\n".join([*_chip(plan), "", *_layers(plan), "", *_areas(plan)]) + "\n"


def run_summary(report):
    """The whole result of a run as text: chip, area, time and energy, and where the energy goes."""
    lines = [*_chip(report), *_traces(report), "", *_areas(report), "", *_steps(report), "", *_parts(report)]
    lines += ["", *_rates(report)]
    if report.hybrid:
        lines += ["", *_hybrid(report.hybrid)]
    return "\n".join(lines) + "\n"


def _kind(design):
    """Memory and process in words."""
    access = f" {'1T1R' if design.access == 'cmos' else 'cross-point'}"
    if not design.memory_kind.selects:
        access = ""
    return f"{design.memory}{access}", f"{design.node} nm {design.roadmap}"


def _span(design):
    return "an epoch" if design.training else "an image"


def _chip(plan):
    design, floorplan = plan.design, plan.floorplan
    utilization = floorplan.mapped_memory / floorplan.total_tiles
    return [
        f"Chip      {', '.join(_kind(design))}, "
        f"{design.array_rows} x {design.array_columns} subarrays, {design.read_mode} read, "
        f"{'training' if design.training else 'inference'}",
        f"Network   {len(plan.network)} layers, {sum(layer.weights for layer in plan.network):,} weights of "
        f"{design.synapse_bits} bits, inputs of {design.input_bits} bits",
        f"Floorplan {floorplan.total_tiles} tiles on a {floorplan.grid_rows} x {floorplan.grid_columns} grid, "
        f"{percent(utilization)} of the memory used",
        f"Area      {square_millimetres(plan.areas['total'])}",
    ]


def _traces(report):
    """A line about traces that nobody recorded."""
    made = report.synthetic
    return [f"Traces    synthetic, of which nothing was recorded: {made_up(made)}"] if made else []


def _layers(plan):
    floorplan = plan.floorplan
    lines = ["Layer  mapping       weights (rows x columns)  tiles  copies  memory used"]
    rows = zip(
        plan.network, floorplan.novel, floorplan.layer_tiles, floorplan.speedup_rows, floorplan.speedup_columns,
        floorplan.utilization, strict=True,
    )  # fmt: skip
    for number, (layer, novel, tiles, down, across, used) in enumerate(rows, 1):
        matrix = f"{layer.matrix_rows} x {layer.outputs}"
        mapping = "novel" if novel else "conventional"
        lines.append(f"{number:5}  {mapping:12}  {matrix:>24}  {tiles:5}  {down * across:6}  {percent(used):>11}")
    return lines


def _areas(plan):
    areas = {title: plan.areas[part] for part, title in AREA_TITLES.items()}
    return _ranking("Where the area goes", areas, plan.areas["total"], square_millimetres)


def _steps(report):
    chip = report.totals
    lines = [f"{'Time and energy of ' + _span(report.design):30} {'latency':>12} {'energy':>12}"]
    steps = STEPS if report.design.training else STEPS[:1]
    for step in steps:
        latency, energy = (si(chip[f"{step}_{kind}"], unit) for kind, unit in KINDS.items())
        lines.append(f"  {STEP_TITLES[step]:28} {latency:>12} {energy:>12}")
    if len(steps) > 1:
        latency, energy = (sum(chip[f"{step}_{kind}"] for step in STEPS) for kind in KINDS)
        lines.append(f"  {'all':28} {si(latency, 's'):>12} {si(energy, 'J'):>12}")
    lines.append(f"  {'leakage':28} {'':>12} {si(chip['leakage_energy'], 'J'):>12}")
    return lines


def _parts(report):
    chip = report.totals
    energies = {title: chip[f"{part}_energy"] for part, title in PART_TITLES.items() if chip[f"{part}_energy"] != 0}
    return _ranking("Where the energy goes", energies, sum(energies.values()), lambda energy: si(energy, "J"))


def _rates(report):
    chip = report.totals
    epochs = f"{'epochs' if report.design.training else 'images'} per second"
    lines = [f"{'':30} {'all':>12} {'peak':>12}"]
    for title, name in (("TOPS/W", "energy_efficiency"), ("TOPS", "throughput"), (epochs, "epoch_rate")):
        lines.append(f"  {title:28} {chip[name]:>12.4g} {chip[f'peak_{name}']:>12.4g}")
    lines.append("  (peak: without buffers and interconnect)")
    return lines


def _hybrid(hybrid):
    """The parts of hybrid synapses: what they take in a batch, and of the area of all arrays."""
    lines = [f"{'Hybrid synapses, a batch':30} {'latency':>12} {'energy':>12} {'area':>12}"]
    for part, title in HYBRID_TITLES.items():
        row = hybrid.chip.get(part, {})
        columns = (("latency", "s"), ("energy", "J"))
        cells = [si(row[kind], unit) if kind in row else "" for kind, unit in columns]
        cells.append(square_millimetres(hybrid.areas[part]) if part in hybrid.areas else "")
        lines.append(f"  {title:28} {cells[0]:>12} {cells[1]:>12} {cells[2]:>12}".rstrip())
    lines.append(f"  A batch takes {si(hybrid.batch_time, 's')}; in that time the volatile part forgets "
                 f"{percent(hybrid.forgotten)} of its content")  # fmt: skip
    return lines


def _ranking(title, values, total, show):
    """Values from the largest to the smallest with their share as a number and as a bar."""
    lines = [title]
    for name, value in sorted(values.items(), key=lambda item: -item[1]):
        share = value / total if total else 0.0
        bar = "#" * round(min(max(share, 0.0), 1.0) * BAR) if share == share else ""
        lines.append(f"  {name:28} {show(value):>12} {percent(share):>8}  {bar}".rstrip())
    return lines
