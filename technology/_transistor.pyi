from typing import Final, Literal

from neurosim.technology.rules import CircuitRules

_Gate = Literal["inv", "nor", "nand"]
_Channel = Literal["n", "p"]

class Technology:
    node: Final[int]
    roadmap: Final[str]
    transistor: Final[str]
    temperature: Final[int]
    feature_size: Final[float]
    vdd: Final[float]
    vth: Final[float]
    fin_height: Final[float]
    fin_width: Final[float]
    fin_pitch: Final[float]
    gate_length: Final[float]
    cap_ideal_gate: Final[float]
    cap_fringe: Final[float]
    cap_junction: Final[float]
    cap_overlap: Final[float]
    cap_sidewall: Final[float]
    cap_drain_to_channel: Final[float]
    cap_poly_wire: Final[float]
    built_in_potential: Final[float]
    pn_size_ratio: Final[float]
    resistance_multiplier: Final[float]
    gm_current_n: Final[float]
    gm_current_p: Final[float]
    on_current_n: Final[float]
    on_current_p: Final[float]
    off_current_n: Final[float]
    off_current_p: Final[float]
    min_nmos: Final[float]
    min_pmos: Final[float]
    cell_height: Final[float]
    min_cell_width: Final[float]
    rules: Final[CircuitRules]
    def __init__(
        self, node: int, roadmap: str = "LSTP", temperature: float = 301, transistor: str = "conventional",
        rules: CircuitRules | None = None
    ) -> None: ...
    def gate_capacitance(self, width: float) -> float: ...
    def on_resistance(self, width: float, channel: _Channel) -> float: ...
    def transconductance(self, width: float, channel: _Channel) -> float: ...
    def gate_leakage(self, gate: _Gate, inputs: int, width_n: float, width_p: float) -> float: ...
    def gate_size(
        self, gate: _Gate, inputs: int, width_n: float, width_p: float, height: float
    ) -> tuple[float, float]: ...
    def gate_caps(
        self, gate: _Gate, inputs: int, width_n: float, width_p: float, height: float
    ) -> tuple[float, float]: ...
    def drain_capacitance(self, width: float, channel: _Channel, height: float) -> float: ...
    def pass_gate_size(self, width_n: float, width_p: float, folds: int) -> tuple[float, float]: ...
def stage_delay(tau: float, ramp: float) -> tuple[float, float]: ...
def cell_resistance(
    resistance: float, nonlinearity: float, write_voltage: float, read_voltage: float, voltage: float
) -> float: ...
def truncate(x: float) -> int: ...
