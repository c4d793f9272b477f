from typing import Final, final

from neurosim._circuits import Adder, FlipFlops, ShiftAdd
from neurosim.circuits._converters import ColumnConverter
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._sensing import Precharger, SenseAmp, SRAMWriteDriver
from neurosim.circuits._switches import Mux
from neurosim.technology._transistor import Technology

@final
class ReadOut:
    tech: Final[Technology]
    backward: Final[bool]
    lines: Final[int]
    share: Final[int]
    count: Final[int]
    levels: Final[int]
    input_bits: Final[int]
    length: Final[float]
    precharger: Final[Precharger | None]
    write_driver: Final[SRAMWriteDriver | None]
    mux: Final[Mux | None]
    mux_decoder: Final[RowDecoder | None]
    converter: Final[ColumnConverter | None]
    sense_amp: Final[SenseAmp | None]
    adder: Final[Adder | None]
    flip_flops: Final[FlipFlops | None]
    shift_add: Final[ShiftAdd | None]
    cell_add: Final[ShiftAdd | None]
    def __init__(
        self, tech: Technology, *, lines: int, share: int, levels: int, input_bits: int, length: float,
        backward: bool = False, cells_apart: int = 0
    ) -> None: ...
