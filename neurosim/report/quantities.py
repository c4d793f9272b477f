"""What is reported: our name, unit, meaning and the reference's name of every result, once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """A reported number: `layer` and `chip` are the reference's names for one layer and for the whole chip."""

    name: str
    unit: str
    meaning: str
    layer: str
    chip: str


def _pair(name, meaning, layer, chip):
    """The latency and the energy of one thing."""
    return (
        Quantity(f"{name}_latency", "s", f"latency of {meaning}", layer[0], chip[0]),
        Quantity(f"{name}_energy", "J", f"dynamic energy of {meaning}", layer[1], chip[1]),
    )


def _step(name, meaning, access, suffix):
    tails = f"{access}Latency{suffix}", f"{access}DynamicEnergy{suffix}"
    tails = tuple(tail[0].upper() + tail[1:] for tail in tails)
    return _pair(name, meaning, tuple("layer" + t for t in tails), tuple("chip" + t for t in tails))


STEPS = ("forward", "activation_gradient", "weight_gradient", "weight_update")
PEAK_STEPS = tuple(f"peak_{step}" for step in STEPS)
PARTS = ("adc", "accumulation", "array", "buffer", "interconnect", "dram")

QUANTITIES = (
    *_step("forward", "the forward pass", "read", ""),
    *_step("activation_gradient", "the activation gradient", "read", "AG"),
    *_step("weight_gradient", "the weight gradient", "read", "WG"),
    *_step("weight_update", "the weight update", "write", "WU"),
    *_step("peak_forward", "the forward pass without buffers and interconnect", "read", "PeakFW"),
    *_step("peak_activation_gradient", "the activation gradient without buffers and interconnect", "read", "PeakAG"),
    *_step("peak_weight_gradient", "the weight gradient without buffers and interconnect", "read", "PeakWG"),
    *_step("peak_weight_update", "the weight update without buffers and interconnect", "write", "PeakWU"),
    *_pair("adc", "ADCs (SRAM: sense amplifiers and precharge)", ("coreLatencyADC", "coreEnergyADC"),
           ("chipLatencyADC", "chipEnergyADC")),
    *_pair("accumulation", "adders, shift-adds and adder trees", ("coreLatencyAccum", "coreEnergyAccum"),
           ("chipLatencyAccum", "chipEnergyAccum")),
    *_pair("array", "arrays and their other periphery", ("coreLatencyOther", "coreEnergyOther"),
           ("chipLatencyOther", "chipEnergyOther")),
    *_pair("buffer", "buffers", ("layerbufferLatency", "layerbufferDynamicEnergy"),
           ("chipbufferLatency", "chipbufferReadDynamicEnergy")),
    *_pair("interconnect", "buses and H-trees", ("layericLatency", "layericDynamicEnergy"),
           ("chipicLatency", "chipicReadDynamicEnergy")),
    *_pair("dram", "off-chip transfers", ("layerDRAMLatency", "layerDRAMDynamicEnergy"),
           ("chipDRAMLatency", "chipDRAMDynamicEnergy")),
)  # fmt: skip

# Chip-only results.
CHIP_QUANTITIES = (
    Quantity("leakage_energy", "J", "leakage energy of idle tiles", "", "chipLeakageEnergy"),
    Quantity("leakage_power", "W", "leakage power of all tiles", "tileLeakage", "chipLeakage"),
    Quantity("energy_efficiency", "TOPS/W", "operations per energy", "", "TOPSW"),
    Quantity("throughput", "TOPS", "operations per time", "", "TOPS"),
    # Quirk S5: the reference calls both frames per second.
    Quantity("epoch_rate", "1/s", "epochs (inference: images) per time", "", "FPS"),
    Quantity("peak_energy_efficiency", "TOPS/W", "operations per energy without buffers and interconnect", "",
             "PeakTOPSW"),
    Quantity("peak_throughput", "TOPS", "operations per time without buffers and interconnect", "", "PeakTOPS"),
    Quantity("peak_epoch_rate", "1/s", "epochs (inference: images) per time without buffers and interconnect", "",
             "PeakFPS"),
)  # fmt: skip

AREAS = (
    Quantity("total", "m^2", "chip", "", "chipArea"),
    Quantity("array", "m^2", "synaptic arrays", "", "chipAreaArray"),
    Quantity("interconnect", "m^2", "buses and H-trees", "", "chipAreaIC"),
    Quantity("adc", "m^2", "ADCs (SRAM: sense amplifiers and precharge)", "", "chipAreaADC"),
    Quantity("accumulation", "m^2", "adders, shift-adds and adder trees", "", "chipAreaAccum"),
    Quantity("other", "m^2", "decoders, multiplexers, drivers, buffers, pooling, activation", "", "chipAreaOther"),
    Quantity("weight_gradient", "m^2", "weight-gradient unit", "", "chipAreaWG"),
)
