from typing import Final, Literal, final

from neurosim._layout import Circuit
from neurosim.technology._transistor import Technology

class RepeatedWire(Circuit):
    bus_width: Final[float]
    repeater_size: Final[int]
    spacing: Final[float]
    width_n: Final[float]
    width_p: Final[float]
    inverter_height: Final[float]
    inverter_width: Final[float]
    cap_input: Final[float]
    cap_output: Final[float]
    resistance: Final[float]
    unit_leakage: Final[float]
    unit_energy: Final[float]
    unit_energy_bare: Final[float]

@final
class Bus(RepeatedWire):
    rows: Final[int]
    columns: Final[int]
    vertical: Final[bool]
    length: Final[float]
    repeaters: Final[int]
    bundle_width: Final[float]
    wire_resistance: Final[float]
    def __init__(
        self, tech: Technology, direction: Literal["horizontal", "vertical"], rows: int, columns: int,
        bus_width: float, unit_height: float, unit_width: float, *, wire_width: float, wire_resistance: float,
        delay_tolerance: float = 0.0, folded_ratio: float = 1.0, overlap: bool = True
    ) -> None: ...
    def latency(self, transfers: float) -> float: ...
    def energy(self, bits: float, transfers: float) -> float: ...

@final
class HTree(RepeatedWire):
    rows: Final[int]
    columns: Final[int]
    levels: Final[int]
    center: Final[int]
    trunk: Final[int]
    total_length: Final[float]
    wire_width: Final[float]
    warmth: Final[float]
    own_stages: Final[bool]
    wires_by_length: Final[bool]
    def __init__(
        self, tech: Technology, rows: int, columns: int, bus_width: float, unit_height: float, unit_width: float, *,
        wire_width: float, wire_resistance: float, delay_tolerance: float = 0.0, folded_ratio: float = 1.0,
        warmth: float = 1.0, own_stages: bool = False, wires_by_length: bool = False
    ) -> None: ...
    def stage_resistance(self, length: float) -> float: ...
    def latency(
        self, unit_height: float, unit_width: float, transfers: float, first_stage_resistance: float = 0.0
    ) -> float: ...
    def energy(self, unit_height: float, unit_width: float, bits: float, transfers: float) -> float: ...
