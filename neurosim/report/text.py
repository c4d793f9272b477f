"""The reference's exact wording and columns, and nothing else.

Printed strings are an interface: scripts parse them, irregular colons and blanks included (quirk S4).
"""

import math

from neurosim.report.quantities import PEAK_STEPS, STEPS

# Quirk S3: Epock is spelled so, both files are appended to, and the first has no header.
OUTPUT_NAME = "NeuroSim_Output.csv"
BREAKDOWN_FOLDER = "NeuroSim_Results_Each_Epoch"
BREAKDOWN_NAME = "NeuroSim_Breakdown_Epock_{epoch}.csv"

NANO, PICO, MICRO, SQUARE_MICRO = 1e9, 1e12, 1e6, 1e12

_ACCUMULATION = "Accumulation Circuits (subarray level: adders, shiftAdds; PE/Tile/Global level: accumulation units)"
_SENSING = "ADC (or S/As and precharger for SRAM)"
_ARRAY = "Synaptic Array w/o ADC (Forward + Activate Gradient)"
_STARS = "************************ Breakdown of Latency and Dynamic Energy *************************"
_STEP_NAMES = {"forward": "Forward", "activation_gradient": "Activation Gradient",
               "weight_gradient": "Weight Gradient", "weight_update": "Weight Update"}  # fmt: skip

# Quirk S4: names begin with a blank, and `, , ` makes two columns that are empty.
AREA_HEADER = (
    "Total Area(m^2), Total CIM (FW+AG) Area (m^2), Routing Area(m^2), ADC Area(m^2), Accumulation Area(m^2), "
    "Other Logic&Storage Area(m^2), Weight Gradient Area(m^2),"
)
LAYER_HEADER = (
    "layer_number, latency_FW(s), latency_AG(s), latency_WG(s), latency_WU(s), "
    "energy_FW(J), energy_AG(J), energy_WG(J), energy_WU(J),"
    "Peak_latency_FW(s), Peak_latency_AG(s), Peak_latency_WG(s), Peak_latency_WU(s), "
    "Peak_energy_FW(J), Peak_energy_AG(J), Peak_energy_WG(J), Peak_energy_WU(J),"
    ", , ADC_latency(s), Accumulation_latency(s), Synaptic Array w/o ADC_latency(s), Buffer_latency(s), "
    "IC_latency(s), Weight_gradient_latency(s), Weight_update(s), DRAM_latency(s), "
    "ADC_energy(J), Accumulation_energy(J), Synaptic Array w/o ADC_energy(J), Buffer_energy(J), IC_energy(J), "
    "Weight_gradient_energy(J), Weight_update_energy(J), DRAM_energy(J)"
)
RATE_HEADER = "TOPS/W,FPS,TOPS,Peak TOPS/W,Peak FPS,Peak TOPS,"
_BREAKDOWN = ("adc", "accumulation", "array", "buffer", "interconnect", "peak_weight_gradient", "peak_weight_update",
              "dram")  # fmt: skip


def number(value):
    """A number as a C++ stream prints it (quirk S1): six significant digits, and (quirk S2) the sign of no number."""
    if math.isnan(value):
        return "-nan" if math.copysign(1.0, value) < 0 else "nan"
    return f"{value:.6g}"


# -- CSV files ---------------------------------------------------------------------------------------


def output_line(report):
    """The line that `NeuroSim_Output.csv` gets: 20 numbers."""
    chip = report.totals
    values = _steps(chip)
    values += [chip[n] for n in ("energy_efficiency", "throughput", "peak_energy_efficiency", "peak_throughput")]
    return ",".join(map(number, values)) + "\n"


def breakdown_csv(report):
    """The block that the breakdown file gets: areas, a row a layer, the totals, the rates."""
    parts = ("total", "array", "interconnect", "adc", "accumulation", "other", "weight_gradient")
    areas = [report.areas[n] for n in parts]
    lines = [AREA_HEADER, ",".join(map(number, areas)), "", "", LAYER_HEADER]
    lines += [_row(str(n), layer) for n, layer in enumerate(report.layer_values, 1)]
    lines += [_row("Total", report.totals), "", "", RATE_HEADER]
    rates = ("energy_efficiency", "epoch_rate", "throughput")
    lines.append(",".join(number(report.totals[p + n]) for p in ("", "peak_") for n in rates))
    return "\n".join(lines) + "\n"


def _steps(values):
    """Latencies, then energies, of the four steps; the same for their peaks."""
    return [values[f"{step}_{kind}"] for some in (STEPS, PEAK_STEPS) for kind in ("latency", "energy") for step in some]


def _row(label, values):
    front = _steps(values)
    back = [values[f"{part}_{kind}"] for kind in ("latency", "energy") for part in _BREAKDOWN]
    return f"{label},{','.join(map(number, front))},, , {','.join(map(number, back))}"


# -- standard output -----------------------------------------------------------------------------------


def _rule(title, left, right):
    return f"{'-' * left}{title}{'-' * right}"


def synthetic_text(report):
    """A line about traces that nobody recorded, which the reference cannot print; nothing of recorded ones."""
    return f"Traces are synthetic: {made_up(report.synthetic)}\n" if report.synthetic else ""


def made_up(synthetic):
    """How traces were made, in words."""
    shares = synthetic["activity"]
    some = sorted({f"{share:.4g}" for share in (min(shares), max(shares))})
    return f"share of ones {' to '.join(some)}, seed {synthetic['seed']}; {synthetic['distribution']}"


def floorplan_text(report):
    """The FloorPlan block, with the lines printed before it."""
    plan, design = report.floorplan, report.design
    lines = list(report.notices)
    lines += [
        f"{'-' * 30} FloorPlan {'-' * 32}",
        "",
        "Tile and PE size are optimized to maximize memory utilization "
        "( = memory mapped by synapse / total memory on chip)",
        "",
        f"Desired Conventional Mapped Tile Storage Size: {_size(plan.tile_size)}",
        f"Desired Conventional PE Storage Size: {_size(plan.pe_size)}",
    ]
    if design.novel_mapping:
        lines.append(f"Desired Novel Mapped Tile Storage Size: {plan.kernel_positions}x{_size(plan.novel_pe_size)}")
    lines += [f"User-defined SubArray Size: {design.array_rows}x{design.array_columns}", ""]
    speedups = [r * c for r, c in zip(plan.speedup_rows, plan.speedup_columns, strict=True)]
    for title, left, right, values in (
        (" # of tile used for each layer ", 17, 17, plan.layer_tiles),
        (" Speed-up of each layer ", 17, 18, speedups),
        (" Utilization of each layer ", 17, 18, plan.utilization),
    ):
        lines.append(_rule(title, left, right))
        lines += [f"layer{n}: {number(value)}" for n, value in enumerate(values, 1)]
        if values is not plan.utilization:
            lines.append("")
    lines += [
        f"Memory Utilization of Whole Chip: {number(plan.mapped_memory / plan.total_tiles * 100)} % ",
        "",
        f"{'-' * 28} FloorPlan Done {'-' * 30}",
        "",
        "",
        "",
    ]
    return "\n".join(lines) + "\n"


def _size(size):
    return f"{number(size)}x{number(size)}"


def performance_text(report):
    """From the Hardware Performance headline to the last layer."""
    lines = [*report.area_complaints, f"{'-' * 38} Hardware Performance {'-' * 38}"]
    if report.design.pipeline:
        for complaints in report.layer_complaints:
            lines += complaints
        for n in range(len(report.layer_values)):
            lines.append(f"{'-' * 20} Estimation of Layer {n + 1} {'-' * 22}")
            lines += _layer(report, n)
    else:
        for n, complaints in enumerate(report.layer_complaints):
            lines.append(f"{'-' * 20} Estimation of Layer {n + 1} {'-' * 22}")
            lines += [*complaints, *_layer(report, n)]
    return "\n".join(lines) + "\n"


def _layer(report, index):
    values, pipeline = report.layer_values[index], report.design.pipeline
    name = f"layer{index + 1}'s "
    lines = []
    for peak in ("", "peak_"):
        for step, title in _STEP_NAMES.items():
            access = "write" if step == "weight_update" else "read"
            of = "" if pipeline and step == "forward" else f" of {title}"
            prefix = f"{name}{'PEAK ' if peak else ''}{access}"
            lines.append(f"{prefix}Latency{of} is: {number(values[f'{peak}{step}_latency'] * NANO)}ns")
            lines.append(f"{prefix}DynamicEnergy{of} is: {number(values[f'{peak}{step}_energy'] * PICO)}pJ")
        lines.append("~" * 59)
    leakage = report.floorplan.layer_tiles[index] * values["leakage_power"]
    lines += [
        f"{name}leakagePower is: {number(leakage * MICRO)}uW",
        f"{name}leakageEnergy is: {number(values['leakage_energy'] * PICO)}pJ",
        "",
    ]
    buffer = "Buffer latency" if pipeline else "Buffer buffer latency"
    dram = "DRAM data transfer DynamicEnergy" if pipeline else "DRAM data transfer Energy"
    return [*lines, *_breakdown(values, buffer, "Interconnect latency", dram)]


def _breakdown(values, buffer, interconnect, dram_energy):
    """Latency and energy by part, between two lines of stars."""
    latencies = (
        (f"{_SENSING} readLatency is ", "adc"),
        (f"{_ACCUMULATION} readLatency is ", "accumulation"),
        (f"{_ARRAY} readLatency is ", "array"),
        (f"{buffer} is", "buffer"),
        (f"{interconnect} is", "interconnect"),
        ("Weight Gradient Calculation readLatency is ", "peak_weight_gradient"),
        ("Weight Update writeLatency is ", "peak_weight_update"),
        ("DRAM data transfer Latency is ", "dram"),
    )
    energies = (
        (f"{_SENSING} readDynamicEnergy is ", "adc"),
        (f"{_ACCUMULATION} readDynamicEnergy is ", "accumulation"),
        (f"{_ARRAY} readDynamicEnergy is ", "array"),
        ("Buffer readDynamicEnergy is", "buffer"),
        ("Interconnect readDynamicEnergy is", "interconnect"),
        ("Weight Gradient Calculation readDynamicEnergy is ", "peak_weight_gradient"),
        ("Weight Update writeDynamicEnergy is ", "peak_weight_update"),
        (f"{dram_energy} is ", "dram"),
    )
    lines = [_STARS, ""]
    lines += [f"{'-' * 11} {label}: {number(values[f'{part}_latency'] * NANO)}ns" for label, part in latencies]
    lines.append("~" * 46)
    lines += [f"{'-' * 11} {label}: {number(values[f'{part}_energy'] * PICO)}pJ" for label, part in energies]
    return [*lines, "", _STARS, ""]


def summary_text(report):
    """The Summary and Performance blocks."""
    area, chip = report.areas, report.totals
    lines = [f"{'-' * 30} Summary {'-' * 32}", ""]
    for label, part in (
        ("ChipArea ", "total"),
        ("Chip total CIM (Forward+Activation Gradient) array ", "array"),
        ("Total IC Area on chip (Global and Tile/PE local)", "interconnect"),
        ("Total ADC (or S/As and precharger for SRAM) Area on chip ", "adc"),
        (f"Total {_ACCUMULATION} on chip ", "accumulation"),
        ("Other Peripheries (e.g. decoders, mux, switchmatrix, buffers, pooling and activation units) ", "other"),
        ("Weight Gradient Calculation ", "weight_gradient"),
    ):
        lines.append(f"{label}: {number(area[part] * SQUARE_MICRO)}um^2")
    mode, left = ("pipeline", 38) if report.design.pipeline else ("layer-by-layer", 35)
    lines += ["", f"{'-' * left}Chip {mode} Estimation{'-' * 33}"]
    for peak in ("", "peak_"):
        word = "PEAK " if peak else ""
        for step, title in _STEP_NAMES.items():
            access = "write" if step == "weight_update" else "read"
            prefix = f"Chip {word}{access}"
            lines.append(f"{prefix}Latency of {title} (per epoch) is: {number(chip[f'{peak}{step}_latency'] * NANO)}ns")
            energy = number(chip[f"{peak}{step}_energy"] * PICO)
            lines.append(f"{prefix}DynamicEnergy of {title} (per epoch) is: {energy}pJ")
        steps = [peak + step for step in STEPS]
        latency, energy = (_sum(chip[f"{step}_{kind}"] for step in steps) for kind in ("latency", "energy"))
        lines += [
            "~" * 52,
            f"Chip {word}total Latency (per epoch) is: {number(latency * NANO)}ns",
            f"Chip {word}total Energy (per epoch) is: {number(energy * PICO)}pJ",
            "~" * 52,
        ]
    lines += [
        f"Chip leakage Energy is: {number(chip['leakage_energy'] * PICO)}pJ",
        f"Chip leakage Power is: {number(chip['leakage_power'] * MICRO)}uW",
        "",
        *_breakdown(chip, "Buffer readLatency", "Interconnect readLatency", "DRAM data transfer DynamicEnergy"),
        "",
        f"{'-' * left}Chip {mode} Performance{'-' * 33}",
    ]
    for peak in ("", "Peak "):
        key = peak.lower().replace(" ", "_")
        lines += [
            f"{peak}Energy Efficiency TOPS/W: {number(chip[key + 'energy_efficiency'])}",
            f"{peak}Throughput TOPS: {number(chip[key + 'throughput'])}",
            f"{peak}Throughput FPS: {number(chip[key + 'epoch_rate'])}",
        ]
        if not peak:
            lines.append("-" * 74)
    lines += [f"{'-' * 38} Hardware Performance Done {'-' * 38}", ""]
    return "\n".join(lines) + "\n"


def runtime_text(seconds):
    """The last block; its number is the only one that differs between two runs (quirk D9: our own seconds)."""
    rule = f"{'-' * 30} Simulation Performance {'-' * 32}"
    return f"{rule}\nTotal Run-time of NeuroSim: {int(seconds)} seconds\n{rule}\n"


def _sum(values):
    """Left to right, as the reference adds."""
    total = None
    for value in values:
        total = value if total is None else total + value
    return total
