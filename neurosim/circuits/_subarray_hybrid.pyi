from typing import Final, final

from neurosim._circuits import Adder, ShiftAdd
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._subarray_nvm import NVMArray
from neurosim.circuits._switches import Mux, SwitchMatrix
from neurosim.circuits.hybrid import HybridCell

@final
class HybridArray(NVMArray):
    synapse: Final[HybridCell]
    passes: Final[int]
    cell_leakage: Final[float]
    cap_word_line_lsb: Final[float]
    cap_bit_line_lsb: Final[float]
    cap_power_gate: Final[float]
    word_matrix_msb: Final[SwitchMatrix]
    bit_matrix_msb: Final[SwitchMatrix]
    word_matrix_lsb: Final[SwitchMatrix]
    bit_matrix_lsb: Final[SwitchMatrix | None]
    power_gates: Final[SwitchMatrix]
    part_mux: Final[Mux | None]
    part_decoder: Final[RowDecoder | None]
    subtractor: Final[Adder | None]
    join: Final[ShiftAdd | None]
    backward_subtractor: Final[Adder | None]
    backward_join: Final[ShiftAdd | None]
    def part_energies(self, vectors: float, total_activity: float) -> dict[str, float]: ...
    def join_latency(self) -> float: ...
    def update(self, rows: float, row_pulses: float, pulses: float, cells: float) -> tuple[float, float]: ...
    def transfer_read(self, columns: float) -> tuple[float, float]: ...
