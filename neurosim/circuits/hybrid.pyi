# Written by scripts/write_stubs.py from a table of parameters: change that one.

from dataclasses import dataclass
from typing import Literal

from neurosim.parameter import Table

HYBRID_MEMORIES: tuple[str, ...]
BASELINE: dict[str, str]
ENVM_LEVELS: int
HYBRID_PARAMETERS: Table

@dataclass(frozen=True, kw_only=True)
class _Values:
    memory: str = "hybrid-3t1c"
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
    envm_levels: int = 32

class HybridCell(_Values):
    @property
    def doubts(self) -> dict[str, str]: ...
    @property
    def ferroelectric(self) -> bool: ...
    @property
    def msb_levels(self) -> int: ...
    @property
    def lsb_levels(self) -> int: ...
    @property
    def msb_weight(self) -> float: ...
    @property
    def pulses_per_weight(self) -> float: ...
    @property
    def longest_transfer(self) -> int: ...
    @property
    def pulse_energy(self) -> float: ...
    @property
    def leak_current(self) -> float: ...
    @property
    def lsb_hold_time(self) -> float: ...
    def forgotten(self, time: float) -> float: ...
    @property
    def program_voltages(self) -> tuple[float, ...]: ...
    @property
    def polarization_voltage(self) -> float: ...
    def outline(self, feature_size: float) -> tuple[float, float]: ...
    def implied_density(self, feature_size: float) -> float: ...
