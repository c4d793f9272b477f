# Written by scripts/write_stubs.py from a table of parameters: change that one.

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any, Literal, Self, TypedDict, Unpack

from neurosim.circuits.hybrid import HybridCell
from neurosim.circuits.memories import Memory
from neurosim.design.rules import Rules
from neurosim.technology import Technology
from neurosim.technology._wire import ArrayWires

ROOM: int

@dataclass(frozen=True, kw_only=True)
class _Values:
    node: int = 32
    """process node [nm]; 130, 90, 65, 45, 32, 22, 14, 10, 7"""
    roadmap: Literal["HP", "LSTP"] = "LSTP"
    """transistors: high performance or low standby power"""
    transistor: Literal["conventional"] = "conventional"
    """transistor type"""
    temperature: int = 301
    """ambient temperature [K]; 300 to 400"""
    wire_width: int = 40
    """metal width inside the array (-1: wires without resistance) [nm]; 200, 100, 50, 40, 32, 22, 14, -1"""
    clock_frequency: float = 1000000000.0
    """clock of the digital periphery [Hz]; greater than 0"""
    memory: str = "RRAM"
    """memory cell; SRAM, RRAM, FeFET, hybrid-3t1c, 2t1fefet"""
    access: Literal["cmos", "bjt", "diode", "none"] = "cmos"
    """access device of an eNVM cell (cmos: 1T1R; the others: cross-point)"""
    read_mode: Literal["sequential", "parallel"] = "parallel"
    """rows read one by one or all at once"""
    array_rows: int = 128
    """rows of a subarray; 1 to 65536"""
    array_columns: int = 128
    """columns of a subarray; 1 to 65536"""
    columns_per_adc: int = 8
    """columns that share one read-out; 1 to 65536"""
    adc: str = "flash-current"
    """kind of ADC; flash-current, flash-voltage, sar"""
    adc_levels: int = 64
    """levels of the forward ADC (64: 6 bits); 1 to 65536"""
    cell_bits: int = 5
    """precision of a cell (SRAM: always 1) [bit]; 1 to 16"""
    relax_cell_height: bool = False
    """stretch cells to the height of the row drivers"""
    relax_cell_width: bool = False
    """stretch cells to the width of the column read-out"""
    feature_size: float = 4e-08
    """lithographic pitch of a cross-point array [m]; greater than 0"""
    height_1t1r: float = 4.0
    """height of a 1T1R cell [F]; greater than 0"""
    width_1t1r: float = 4.0
    """width of a 1T1R cell [F]; greater than 0"""
    height_crosspoint: float = 2.0
    """height of a cross-point cell [F]; greater than 0"""
    width_crosspoint: float = 2.0
    """width of a cross-point cell [F]; greater than 0"""
    height_sram: float = 8.0
    """height of an SRAM cell [F]; greater than 0"""
    width_sram: float = 20.0
    """width of an SRAM cell [F]; greater than 0"""
    width_sram_nmos: float = 2.08
    """pull-down transistor width of an SRAM cell [F]; greater than 0"""
    width_sram_pmos: float = 1.23
    """pull-up transistor width of an SRAM cell [F]; greater than 0"""
    width_sram_access: float = 1.31
    """access transistor width of an SRAM cell [F]; greater than 0"""
    min_sense_voltage: float = 0.1
    """smallest bit-line swing an SRAM sense amplifier needs [V]; greater than 0"""
    resistance_on: float = 100000.0
    """low-resistance state at the read voltage [ohm]; greater than 0"""
    resistance_off: float = 1000000.0
    """high-resistance state at the read voltage [ohm]; greater than 0"""
    max_conductance: float = 0.0
    """conductance of the largest weight (0: 1/resistance_on) [S]; at least 0"""
    min_conductance: float = 0.0
    """conductance of the smallest weight (0: 1/resistance_off) [S]; at least 0"""
    levels_ltp: int = 32
    """conductance steps from lowest to highest (potentiation); 1 to 1e+06"""
    levels_ltd: int = 32
    """conductance steps from highest to lowest (depression); 1 to 1e+06"""
    read_voltage: float = 0.5
    """read voltage [V]; greater than 0"""
    read_pulse: float = 1e-08
    """width of a read pulse [s]; greater than 0"""
    write_voltage: float = 4.0
    """write voltage [V]; greater than 0"""
    write_pulse: float = 5e-08
    """width of a write pulse [s]; greater than 0"""
    access_voltage: float = 1.1
    """gate voltage of the 1T1R access transistor [V]; greater than 0"""
    resistance_access: float = 15000.0
    """on-resistance of the 1T1R access transistor [ohm]; at least 0"""
    nonlinear_iv: bool = False
    """nonlinear I-V of cross-point cells"""
    nonlinearity: float = 10.0
    """current at the write voltage over current at half of it; greater than 0"""
    polarization: float = 20.0
    """saturation polarisation of an FeFET [uC/cm^2]; at least 0"""
    fefet_gate_capacitance: float = 2.1717e-18
    """gate capacitance of an FeFET [F]; at least 0"""
    training: bool = True
    """estimate on-chip training (false: inference only)"""
    parallel_backward: bool = True
    """read the transposed array in parallel (false: row by row)"""
    batch_size: int = 200
    """images per weight update; 1 to 1e+07"""
    iterations: int = 250
    """weight updates per epoch; 1 to 1e+08"""
    rows_per_adc_ag: int = 8
    """rows that share one ADC of the transposed read-out; 1 to 65536"""
    adc_levels_ag: int = 64
    """levels of the activation-gradient ADC; 1 to 65536"""
    wg_array_rows: int = 128
    """rows of an array of the weight-gradient unit; 1 to 65536"""
    wg_array_columns: int = 128
    """columns of an array of the weight-gradient unit; 1 to 65536"""
    rows_per_adc_wg: int = 8
    """columns that share one ADC of the weight-gradient unit; 1 to 65536"""
    adc_levels_wg: int = 16
    """levels of the weight-gradient ADC; 1 to 65536"""
    activity_row_read_wg: float = 0.0
    """without effect (quirk U11): the activity of each layer takes its place before it is used; 0 to 1"""
    activity_row_write_wg: float = 0.0
    """without effect (quirk U11): the activity of each layer takes its place before it is used; 0 to 1"""
    activity_column_write_wg: float = 0.0
    """share of columns of the weight-gradient arrays that take write energy in precharger and write driver; 0 to 1"""
    buffer_overhead: float = 1.0
    """global buffer for gradients, in multiples of the inference buffer; 0 to 1000"""
    synapse_bits: int = 5
    """precision of a weight [bit]; 1 to 30"""
    input_bits: int = 8
    """precision of an activation [bit]; 1 to 64"""
    weight_max: float = 1.0
    """largest weight of the algorithm (used with several cells a weight); any finite number"""
    weight_min: float = -1.0
    """smallest weight of the algorithm (used with several cells a weight); any finite number"""
    novel_mapping: bool = True
    """spread each kernel position over its own processing element"""
    pipeline: bool = False
    """run layers as a pipeline (false: layer by layer)"""
    pipeline_speedup: int = 1
    """wanted speed-up of the pipeline; 1 to 100000"""
    chip_activation: bool = True
    """activation units at chip level (false: in each tile)"""
    relu: bool = True
    """ReLU activation (false: sigmoid look-up table)"""
    dram: Literal["GDDR5", "HBM2"] = "HBM2"
    """off-chip memory"""
    global_buffer_sram: bool = False
    """global buffer made of SRAM (false: register file)"""
    global_buffer_rows: int = 128
    """rows of a global buffer core [bit]; 1 to 1e+06"""
    global_buffer_columns: int = 128
    """columns of a global buffer core [bit]; 1 to 1e+06"""
    tile_buffer_sram: bool = False
    """never read (quirk Q30): tile buffers follow pe_buffer_sram"""
    tile_buffer_rows: int = 32
    """rows of a tile buffer core [bit]; 1 to 1e+06"""
    tile_buffer_columns: int = 32
    """columns of a tile buffer core [bit]; 1 to 1e+06"""
    pe_buffer_sram: bool = False
    """tile buffers made of SRAM (false: register file)"""
    global_bus_delay_tolerance: float = 0.1
    """extra delay of the chip's H-tree against its fastest repeaters, for less energy; 0 to 100"""
    local_bus_delay_tolerance: float = 0.1
    """extra delay of a tile's H-tree against its fastest repeaters, for less energy; 0 to 100"""
    tree_folding: float = 4.0
    """how far the chip's H-tree is folded to save area; greater than 0"""
    max_global_bus_width: float = 8192.0
    """upper bound of the chip's bus width [bit]; at least 1"""
    significance: float = 4.0
    """weight of the eNVM pair over that of the capacitor, F (hybrid-3t1c) (MLP+NeuroSim V3.0); greater than 0, at most
    1024"""
    transfer_interval: int = 40
    """weight updates from one transfer to the next, K (MLP+NeuroSim V3.0) [batch]; 1 to 1e+09"""
    transfer_moved: float = 0.5
    """share of the cells whose non-volatile part changes in a transfer (estimate); 0 to 1"""
    transfer_pulses: float = 2.0
    """mean write pulses of an eNVM device that changes in a transfer (estimate); 1 to 1e+06"""
    capacitor: float = 1e-13
    """capacitor of a 3T1C cell (MLP+NeuroSim V3.0) [F]; greater than 0"""
    capacitor_density: float = 0.02
    """capacitance per area (20 fF/um2: MIM; 100 fF/um2: trench) (estimate) [F/m^2]; greater than 0"""
    capacitor_layout: Literal["published", "density"] = "published"
    """cell of the published size, or capacitor over its density beside the transistors (MLP+NeuroSim V3.0)"""
    height_hybrid: float = 100.0
    """height of the published cell with 3T1C and eNVM pair (MLP+NeuroSim V3.0) [F]; greater than 0"""
    width_hybrid: float = 50.0
    """width of the published cell with 3T1C and eNVM pair (MLP+NeuroSim V3.0) [F]; greater than 0"""
    hybrid_transistor_area: float = 112.0
    """transistors and eNVM pair beside the capacitor (3 of the 6T SRAM cell's, two 1T1R cells) (estimate) [F^2]; at
    least 0"""
    charge_current: float = 6.67e-06
    """current that charges or discharges the volatile part (MLP+NeuroSim V3.0) [A]; greater than 0"""
    charge_pulse: float = 5e-10
    """width of an update pulse of the volatile part (MLP+NeuroSim V3.0) [s]; greater than 0"""
    charge_voltage: float = 1.0
    """supply of the charging current (MLP+NeuroSim V3.0) [V]; greater than 0"""
    capacitor_levels: int = 32
    """levels of the capacitor (hybrid-3t1c) (MLP+NeuroSim V3.0); 2 to 65536"""
    capacitor_nonlinearity_up: float = 0.2
    """non-linearity label of the volatile part's charging (MLP+NeuroSim V3.0); -9 to 9"""
    capacitor_nonlinearity_down: float = -0.2
    """non-linearity label of the volatile part's discharging (MLP+NeuroSim V3.0); -9 to 9"""
    capacitor_noise: float = 0.005
    """spread of an update pulse of the volatile part, in its range (MLP+NeuroSim V3.0); 0 to 1"""
    leak_nmos: float = 4.0
    """width of a leaking NMOS of the cell (MLP+NeuroSim V3.0) [F]; greater than 0"""
    leak_pmos: float = 8.0
    """width of a leaking PMOS of the cell (MLP+NeuroSim V3.0) [F]; greater than 0"""
    retention_time: float = 1.0
    """time constant of the volatile part's leak (estimate) [s]; greater than 0"""
    retention_spread: float = 0.3
    """spread of the retention time from cell to cell (estimate); 0 to 1"""
    rest_level: float = 0.5
    """where the leak goes, in the volatile part's range (0.5: mid-range) (estimate); 0 to 1"""
    gate_levels: int = 64
    """levels of the gate charge over its window (2t1fefet) (Sun, IEDM 2018); 2 to 65536"""
    polarization_levels: int = 4
    """levels of the polarisation (2t1fefet) (Sun, IEDM 2018); 2 to 1024"""
    program_voltage_low: float = 2.0
    """program pulse of the FeFET's lowest programmed level (Sun, IEDM 2018) [V]; greater than 0"""
    program_voltage_high: float = 4.0
    """program pulse of the FeFET's highest level; steps between are equal (Sun, IEDM 2018) [V]; greater than 0"""
    erase_voltage: float = 4.0
    """erase pulse of the FeFET (its sign is negative) (Sun, IEDM 2018) [V]; greater than 0"""
    polarization_pulse: float = 3e-06
    """width of the FeFET's program and erase pulses (Sun, IEDM 2018) [s]; greater than 0"""
    fefet_conductance_min: float = 3.97e-08
    """least conductance of the FeFET (Sun, IEDM 2018) [S]; greater than 0"""
    fefet_conductance_max: float = 1.788e-06
    """largest conductance of the FeFET (Sun, IEDM 2018) [S]; greater than 0"""
    height_2t1fefet: float = 8.0
    """height of a 2T-1FeFET cell (half of the 6T SRAM cell) (estimate) [F]; greater than 0"""
    width_2t1fefet: float = 10.0
    """width of a 2T-1FeFET cell (half of the 6T SRAM cell) (estimate) [F]; greater than 0"""
    model: str = "2.0"
    """version of the reference: its rules, and its defaults for what is not set; 2.0, 2.1, corrected"""
    correct: str = ""
    """bugs of the reference to correct; all: those that make infinities or negative areas; all, or ids of
    docs/fidelity.md such as U5 Q15; empty for the reference's results"""
    adopt: str = ""
    """differences of other versions to take over; ids of docs/fidelity.md such as V3 V12; empty for those of the
    model"""
    without: str = ""
    """differences and corrections of the model to do without; ids of docs/fidelity.md such as V8 Q15; empty for all of
    the model"""

class _Parameters(TypedDict, total=False):
    node: int
    roadmap: Literal["HP", "LSTP"]
    transistor: Literal["conventional"]
    temperature: int
    wire_width: int
    clock_frequency: float
    memory: str
    access: Literal["cmos", "bjt", "diode", "none"]
    read_mode: Literal["sequential", "parallel"]
    array_rows: int
    array_columns: int
    columns_per_adc: int
    adc: str
    adc_levels: int
    cell_bits: int
    relax_cell_height: bool
    relax_cell_width: bool
    feature_size: float
    height_1t1r: float
    width_1t1r: float
    height_crosspoint: float
    width_crosspoint: float
    height_sram: float
    width_sram: float
    width_sram_nmos: float
    width_sram_pmos: float
    width_sram_access: float
    min_sense_voltage: float
    resistance_on: float
    resistance_off: float
    max_conductance: float
    min_conductance: float
    levels_ltp: int
    levels_ltd: int
    read_voltage: float
    read_pulse: float
    write_voltage: float
    write_pulse: float
    access_voltage: float
    resistance_access: float
    nonlinear_iv: bool
    nonlinearity: float
    polarization: float
    fefet_gate_capacitance: float
    training: bool
    parallel_backward: bool
    batch_size: int
    iterations: int
    rows_per_adc_ag: int
    adc_levels_ag: int
    wg_array_rows: int
    wg_array_columns: int
    rows_per_adc_wg: int
    adc_levels_wg: int
    activity_row_read_wg: float
    activity_row_write_wg: float
    activity_column_write_wg: float
    buffer_overhead: float
    synapse_bits: int
    input_bits: int
    weight_max: float
    weight_min: float
    novel_mapping: bool
    pipeline: bool
    pipeline_speedup: int
    chip_activation: bool
    relu: bool
    dram: Literal["GDDR5", "HBM2"]
    global_buffer_sram: bool
    global_buffer_rows: int
    global_buffer_columns: int
    tile_buffer_sram: bool
    tile_buffer_rows: int
    tile_buffer_columns: int
    pe_buffer_sram: bool
    global_bus_delay_tolerance: float
    local_bus_delay_tolerance: float
    tree_folding: float
    max_global_bus_width: float
    significance: float
    transfer_interval: int
    transfer_moved: float
    transfer_pulses: float
    capacitor: float
    capacitor_density: float
    capacitor_layout: Literal["published", "density"]
    height_hybrid: float
    width_hybrid: float
    hybrid_transistor_area: float
    charge_current: float
    charge_pulse: float
    charge_voltage: float
    capacitor_levels: int
    capacitor_nonlinearity_up: float
    capacitor_nonlinearity_down: float
    capacitor_noise: float
    leak_nmos: float
    leak_pmos: float
    retention_time: float
    retention_spread: float
    rest_level: float
    gate_levels: int
    polarization_levels: int
    program_voltage_low: float
    program_voltage_high: float
    erase_voltage: float
    polarization_pulse: float
    fefet_conductance_min: float
    fefet_conductance_max: float
    height_2t1fefet: float
    width_2t1fefet: float
    model: str
    correct: str
    adopt: str
    without: str

class Design(_Values):
    given: dict[str, Any]
    def replace(self, **parameters: Unpack[_Parameters]) -> Self: ...
    def with_settings(self, settings: Iterable[str]) -> Self: ...
    def fitted(self, network: Iterable[Any]) -> Self: ...
    @classmethod
    def from_file(
        cls, path: str | PathLike[str], warn: Callable[[str], object] | None=None, inform: Callable[[str], object] |
        None=None, **defaults: Unpack[_Parameters]
    ) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_reference(self) -> dict[str, float]: ...
    def to_toml(self) -> str: ...
    @cached_property
    def doubts(self) -> dict[str, str]: ...
    @property
    def parallel_read(self) -> bool: ...
    @property
    def corrections(self) -> frozenset[str]: ...
    @cached_property
    def in_effect(self) -> tuple[str, ...]: ...
    @cached_property
    def rules(self) -> Rules: ...
    def toggled(self, name: str) -> Self: ...
    @property
    def memory_kind(self) -> Memory: ...
    @property
    def effective_cell_bits(self) -> int: ...
    @property
    def cells_per_synapse(self) -> int: ...
    @property
    def hybrid(self) -> bool: ...
    @cached_property
    def synapse(self) -> HybridCell | None: ...
    @property
    def cell_resistances(self) -> tuple[float, float]: ...
    @property
    def conductance_max(self) -> float: ...
    @property
    def conductance_min(self) -> float: ...
    @property
    def weight_range(self) -> tuple[float, float]: ...
    @property
    def max_write_pulses(self) -> int: ...
    @property
    def cell_outline(self) -> tuple[float, float]: ...
    @cached_property
    def wires(self) -> ArrayWires: ...
    @cached_property
    def technology(self) -> Technology: ...
