from typing import Final, Literal

from neurosim._layout import Circuit

_Role = Literal["adc", "accumulation", "other", ""]
_Place = Literal["stack", "drivers", "select", "side", "inside"]
_When = Literal["layout", "once", "never"]

class Part:
    name: Final[str]
    circuit: Final[Circuit]
    role: Final[_Role]
    place: Final[_Place]
    backward: Final[bool]
    leaks: Final[bool]
    complains: Final[_When]
    def __init__(
        self, name: str, circuit: Circuit, role: _Role, place: _Place, *, backward: bool = False, leaks: bool = True,
        complains: _When = "layout"
    ) -> None: ...
