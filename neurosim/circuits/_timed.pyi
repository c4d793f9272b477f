from typing import Final, final

from neurosim._layout import Circuit
from neurosim.circuits._converters import ColumnConverter
from neurosim.circuits._flash import MultilevelEncoder
from neurosim.technology._transistor import Technology

class TimedConverter(ColumnConverter):
    conversion_time: Final[float]
    def column_power(self, resistance: float) -> float: ...

@final
class VoltageFlashConverter(TimedConverter):
    comparators: Final[Circuit]
    encoder: Final[MultilevelEncoder | None]
    def __init__(
        self, tech: Technology, columns: int, levels: int, *, on_resistance: float = 0.0,
        off_resistance: float = 0.0, rows: int = 1, read_voltage: float, encoded: bool = True, height: float = 0.0,
        width: float = 0.0, power_factor: float = 1.0
    ) -> None: ...

@final
class SARConverter(TimedConverter):
    bits: Final[float]
    def __init__(
        self, tech: Technology, columns: int, levels: int, *, on_resistance: float = 0.0,
        off_resistance: float = 0.0, rows: int = 1, read_voltage: float, encoded: bool = True, height: float = 0.0,
        width: float = 0.0, power_factor: float = 1.0
    ) -> None: ...
