"""Every design parameter once: name, default, unit, meaning, range and the reference's name.

`PARAMETERS` is the only list of parameters of a design (those of hybrid synapses are told in `circuits/hybrid.py`,
which the trainer reads as well): `Design`, the commented starter file, the `neurosim params` table and the readers of
the reference's formats are all made from it.
"""

from neurosim.circuits.converters import CONVERTERS
from neurosim.circuits.hybrid import HYBRID_PARAMETERS
from neurosim.circuits.memories import MEMORIES
from neurosim.design.corrections import parse_ids
from neurosim.design.models import DEFAULT, MODELS, parse_adopted, parse_model, parse_without
from neurosim.design.other_names import meant_by
from neurosim.parameter import Parameter, Table
from neurosim.plausible import CLOCK, CONDUCTANCE, LEVELS, PULSE, SHARE, VOLTAGE

NODES = (130, 90, 65, 45, 32, 22, 14, 10, 7)


def _parameters():
    section = ""

    def p(name, reference, default, unit, meaning, **limits):
        return Parameter(name, default, unit, meaning, section, reference=reference, **limits)

    # Quirk D7: choices name what the reference knows; -1 and other numbers leave it half set.
    section = "technology"
    yield p("node", "technode", 32, "nm", "process node", choices=dict.fromkeys(NODES))
    # Quirk T4: every number but 1 is LSTP in the reference.
    yield p("roadmap", "deviceroadmap", "LSTP", "", "transistors: high performance or low standby power",
            choices={"HP": 1, "LSTP": 2})
    # Quirk T5: the tables of 2D and tunnel transistors are unfinished.
    yield p("transistor", "transistortype", "conventional", "", "transistor type", choices={"conventional": 1})
    yield p("temperature", "temp", 301, "K", "ambient temperature", low=300, high=400)
    yield p("wire_width", "wireWidth", 40, "nm", "metal width inside the array (-1: wires without resistance)",
            choices=dict.fromkeys((200, 100, 50, 40, 32, 22, 14, -1)))
    yield p("clock_frequency", "clkFreq", 1e9, "Hz", "clock of the digital periphery", above=0, plausible=CLOCK)

    section = "array"
    yield p("memory", "memcelltype", "RRAM", "", "memory cell",
            choices=lambda: {name: memory.reference for name, memory in MEMORIES.items()})
    yield p("access", "accesstype", "cmos", "", "access device of an eNVM cell (cmos: 1T1R; the others: cross-point)",
            choices={"cmos": 1, "bjt": 2, "diode": 3, "none": 4})
    yield p("read_mode", "operationmode", "parallel", "", "rows read one by one or all at once",
            choices={"sequential": 1, "parallel": 2})
    yield p("array_rows", "numRowSubArray", 128, "", "rows of a subarray", low=1, high=65536)
    yield p("array_columns", "numColSubArray", 128, "", "columns of a subarray", low=1, high=65536)
    yield p("columns_per_adc", "numColMuxed", 8, "", "columns that share one read-out", low=1, high=65536)
    yield p("adc", "", "flash-current", "", "kind of ADC", choices=lambda: dict.fromkeys(CONVERTERS))
    yield p("adc_levels", "levelOutput", 64, "", "levels of the forward ADC (64: 6 bits)", low=1, high=65536,
            plausible=LEVELS)
    yield p("cell_bits", "cellBit", 5, "bit", "precision of a cell (SRAM: always 1)", low=1, high=16)
    yield p("relax_cell_height", "relaxArrayCellHeight", False, "", "stretch cells to the height of the row drivers")
    yield p("relax_cell_width", "relaxArrayCellWidth", False, "", "stretch cells to the width of the column read-out")

    section = "cell"
    yield p("feature_size", "featuresize", 40e-9, "m", "lithographic pitch of a cross-point array", above=0)
    yield p("height_1t1r", "heightInFeatureSize1T1R", 4.0, "F", "height of a 1T1R cell", above=0)
    yield p("width_1t1r", "widthInFeatureSize1T1R", 4.0, "F", "width of a 1T1R cell", above=0)
    yield p("height_crosspoint", "heightInFeatureSizeCrossbar", 2.0, "F", "height of a cross-point cell", above=0)
    yield p("width_crosspoint", "widthInFeatureSizeCrossbar", 2.0, "F", "width of a cross-point cell", above=0)
    yield p("height_sram", "heightInFeatureSizeSRAM", 8.0, "F", "height of an SRAM cell", above=0)
    yield p("width_sram", "widthInFeatureSizeSRAM", 20.0, "F", "width of an SRAM cell", above=0)
    yield p("width_sram_nmos", "widthSRAMCellNMOS", 2.08, "F", "pull-down transistor width of an SRAM cell", above=0)
    yield p("width_sram_pmos", "widthSRAMCellPMOS", 1.23, "F", "pull-up transistor width of an SRAM cell", above=0)
    yield p("width_sram_access", "widthAccessCMOS", 1.31, "F", "access transistor width of an SRAM cell", above=0)
    yield p("min_sense_voltage", "minSenseVoltage", 0.1, "V", "smallest bit-line swing an SRAM sense amplifier needs",
            above=0)
    yield p("resistance_on", "resistanceOn", 100e3, "ohm", "low-resistance state at the read voltage", above=0)
    yield p("resistance_off", "resistanceOff", 1e6, "ohm", "high-resistance state at the read voltage", above=0)
    yield p("max_conductance", "maxConductance", 0.0, "S", "conductance of the largest weight (0: 1/resistance_on)",
            low=0, plausible=CONDUCTANCE)
    yield p("min_conductance", "minConductance", 0.0, "S", "conductance of the smallest weight (0: 1/resistance_off)",
            low=0, plausible=CONDUCTANCE)
    yield p("levels_ltp", "maxNumLevelLTP", 32, "", "conductance steps from lowest to highest (potentiation)",
            low=1, high=1000000)
    yield p("levels_ltd", "maxNumLevelLTD", 32, "", "conductance steps from highest to lowest (depression)",
            low=1, high=1000000)
    yield p("read_voltage", "readVoltage", 0.5, "V", "read voltage", above=0, plausible=VOLTAGE)
    yield p("read_pulse", "readPulseWidth", 10e-9, "s", "width of a read pulse", above=0, plausible=PULSE)
    yield p("write_voltage", "writeVoltage", 4.0, "V", "write voltage", above=0, plausible=VOLTAGE)
    yield p("write_pulse", "writePulseWidth", 50e-9, "s", "width of a write pulse", above=0, plausible=PULSE)
    yield p("access_voltage", "accessVoltage", 1.1, "V", "gate voltage of the 1T1R access transistor", above=0,
            plausible=VOLTAGE)
    yield p("resistance_access", "resistanceAccess", 15e3, "ohm", "on-resistance of the 1T1R access transistor",
            low=0)
    yield p("nonlinear_iv", "nonlinearIV", False, "", "nonlinear I-V of cross-point cells")
    yield p("nonlinearity", "nonlinearity", 10.0, "", "current at the write voltage over current at half of it",
            above=0)
    yield p("polarization", "polarization", 20.0, "uC/cm^2", "saturation polarisation of an FeFET", low=0)
    yield p("fefet_gate_capacitance", "gateCapFeFET", 2.1717e-18, "F", "gate capacitance of an FeFET", low=0)

    section = "training"
    yield p("training", "trainingEstimation", True, "", "estimate on-chip training (false: inference only)")
    yield p("parallel_backward", "parallelBP", True, "", "read the transposed array in parallel (false: row by row)")
    yield p("batch_size", "batchSize", 200, "", "images per weight update", low=1, high=10000000)
    yield p("iterations", "numIteration", 250, "", "weight updates per epoch", low=1, high=100000000)
    yield p("rows_per_adc_ag", "numRowMuxedAG", 8, "", "rows that share one ADC of the transposed read-out",
            low=1, high=65536)
    yield p("adc_levels_ag", "levelOutputAG", 64, "", "levels of the activation-gradient ADC", low=1, high=65536,
            plausible=LEVELS)
    yield p("wg_array_rows", "numRowSubArrayWG", 128, "", "rows of an array of the weight-gradient unit",
            low=1, high=65536)
    yield p("wg_array_columns", "numColSubArrayWG", 128, "", "columns of an array of the weight-gradient unit",
            low=1, high=65536)
    yield p("rows_per_adc_wg", "numRowMuxedWG", 8, "", "columns that share one ADC of the weight-gradient unit",
            low=1, high=65536)
    yield p("adc_levels_wg", "levelOutputWG", 16, "", "levels of the weight-gradient ADC", low=1, high=65536,
            plausible=LEVELS)
    # Quirk U11: the reference never sets them, and those of its users who do see an effect of the last one only.
    yield p("activity_row_read_wg", "activityRowReadWG", 0.0, "",
            "without effect (quirk U11): the activity of each layer takes its place before it is used", low=0, high=1)
    yield p("activity_row_write_wg", "activityRowWriteWG", 0.0, "",
            "without effect (quirk U11): the activity of each layer takes its place before it is used", low=0, high=1)
    yield p("activity_column_write_wg", "activityColWriteWG", 0.0, "",
            "share of columns of the weight-gradient arrays that take write energy in precharger and write driver",
            low=0, high=1)
    yield p("buffer_overhead", "bufferOverHeadConstraint", 1.0, "",
            "global buffer for gradients, in multiples of the inference buffer", low=0, high=1000)

    section = "chip"
    yield p("synapse_bits", "synapseBit", 5, "bit", "precision of a weight", low=1, high=30)
    yield p("input_bits", "numBitInput", 8, "bit", "precision of an activation", low=1, high=64)
    yield p("weight_max", "algoWeightMax", 1.0, "",
            "largest weight of the algorithm (used with several cells a weight)")
    yield p("weight_min", "algoWeightMin", -1.0, "",
            "smallest weight of the algorithm (used with several cells a weight)")
    yield p("novel_mapping", "novelMapping", True, "", "spread each kernel position over its own processing element")
    yield p("pipeline", "pipeline", False, "", "run layers as a pipeline (false: layer by layer)")
    yield p("pipeline_speedup", "speedUpDegree", 1, "", "wanted speed-up of the pipeline", low=1, high=100000)
    yield p("chip_activation", "chipActivation", True, "", "activation units at chip level (false: in each tile)")
    yield p("relu", "reLu", True, "", "ReLU activation (false: sigmoid look-up table)")
    yield p("dram", "dramType", "HBM2", "", "off-chip memory", choices={"GDDR5": 1, "HBM2": 2})

    section = "buffers"
    yield p("global_buffer_sram", "globalBufferType", False, "", "global buffer made of SRAM (false: register file)")
    yield p("global_buffer_rows", "globalBufferCoreSizeRow", 128, "bit", "rows of a global buffer core",
            low=1, high=1000000)
    yield p("global_buffer_columns", "globalBufferCoreSizeCol", 128, "bit", "columns of a global buffer core",
            low=1, high=1000000)
    yield p("tile_buffer_sram", "tileBufferType", False, "",
            "never read (quirk Q30): tile buffers follow pe_buffer_sram")
    yield p("tile_buffer_rows", "tileBufferCoreSizeRow", 32, "bit", "rows of a tile buffer core", low=1, high=1000000)
    yield p("tile_buffer_columns", "tileBufferCoreSizeCol", 32, "bit", "columns of a tile buffer core",
            low=1, high=1000000)
    yield p("pe_buffer_sram", "peBufferType", False, "", "tile buffers made of SRAM (false: register file)")

    section = "interconnect"
    yield p("global_bus_delay_tolerance", "globalBusDelayTolerance", 0.1, "",
            "extra delay of the chip's H-tree against its fastest repeaters, for less energy", low=0, high=100,
            plausible=SHARE)
    yield p("local_bus_delay_tolerance", "localBusDelayTolerance", 0.1, "",
            "extra delay of a tile's H-tree against its fastest repeaters, for less energy", low=0, high=100,
            plausible=SHARE)
    yield p("tree_folding", "treeFoldedRatio", 4.0, "", "how far the chip's H-tree is folded to save area", above=0)
    yield p("max_global_bus_width", "maxGlobalBusWidth", 8192.0, "bit", "upper bound of the chip's bus width", low=1)

    yield from HYBRID_PARAMETERS.values()

    section = "model"
    yield p("model", "", DEFAULT, "", "version of the reference: its rules, and its defaults for what is not set",
            read=parse_model, wanted=lambda: ", ".join(MODELS))
    yield p("correct", "", "", "",
            "bugs of the reference to correct; all: those that make infinities or negative areas",
            read=parse_ids, wanted="all, or ids of docs/fidelity.md such as U5 Q15; empty for the reference's results")
    yield p("adopt", "", "", "", "differences of other versions to take over", read=parse_adopted,
            wanted="ids of docs/fidelity.md such as V3 V12; empty for those of the model")
    yield p("without", "", "", "", "differences and corrections of the model to do without", read=parse_without,
            wanted="ids of docs/fidelity.md such as V8 Q15; empty for all of the model")


# In the reference two switches choose the kind of converter, of which the first wins: (SARADC, currentMode).
ADC_SWITCHES = {"flash-current": (False, True), "flash-voltage": (False, False), "sar": (True, True)}
SWITCHES = {
    name: Parameter(name, default, meaning=f"{meaning}: see adc", section="array", reference=name)
    for name, default, meaning in (("SARADC", False, "converters by successive approximation"),
                                   ("currentMode", True, "current sensing of flash converters"))
}  # fmt: skip


class DesignTable(Table):
    """The parameters, and beside them the reference's switches that are one choice here."""

    def read(self, name, text, where=""):
        if name in SWITCHES:
            return SWITCHES[name], SWITCHES[name].parse(text, where)
        return super().read(name, text, where)

    def meant_by(self, name, value):
        return meant_by(name, value)


def joined(values, adc="flash-current"):
    """{name: value} with the reference's switches, once all have been read, as the parameters that they are here.

    A switch that is not among them stands as the kind of converter `adc` has it.
    """
    values = dict(values)
    before = ADC_SWITCHES.get(adc, ADC_SWITCHES["flash-current"])
    if any(name in values for name in SWITCHES):
        sar, current = (values.pop(name, state) for name, state in zip(SWITCHES, before, strict=True))
        values.setdefault("adc", "sar" if sar else "flash-current" if current else "flash-voltage")
    return values


PARAMETERS = DesignTable(_parameters(), "design parameter", "node=22", "; `neurosim params` lists them")
BY_REFERENCE = PARAMETERS.by_reference
SECTIONS = PARAMETERS.sections
