"""Hybrid-precision synapses: what the cell is, told once for the circuit core and for the trainer.

A volatile part takes the many small updates, a non-volatile part the few large ones; every K batches the first is
carried over into the second. The weight is `w = (F (m+ - m-) + 2c - 1) / (F + 1)` (Luo, Yu, ASP-DAC 2020).

`HYBRID_PARAMETERS` is where every number of the cell stands with its source; the design parameters of the section
`hybrid` are made from it, and so is `HybridCell`.
"""

import math
from dataclasses import field, fields, make_dataclass
from typing import Any

from neurosim.circuits.memories import MEMORIES
from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table, plain
from neurosim.plausible import PULSE, SPREAD, doubts

HYBRID_MEMORIES: tuple[str, ...] = tuple(name for name, memory in MEMORIES.items() if memory.hybrid)
# The memory that a chip without the volatile part would use.
BASELINE: dict[str, str] = {name: MEMORIES[name].baseline for name in HYBRID_MEMORIES}

ENVM_LEVELS: int = 32    # conductance steps of the device of the default design

V3 = "MLP+NeuroSim V3.0"
IEDM = "Sun, IEDM 2018"
ESTIMATE = "estimate"


def _parameters():
    def p(name, default, unit, meaning, source, **limits):
        return Parameter(name, default, unit, meaning, "hybrid", source, **limits)

    share = {"low": 0.0, "high": 1.0}
    # Weight and transfer.
    yield p("significance", 4.0, "", "weight of the eNVM pair over that of the capacitor, F (hybrid-3t1c)", V3,
            above=0, high=1024)
    yield p("transfer_interval", 40, "batch", "weight updates from one transfer to the next, K", V3,
            low=1, high=1000000000)
    yield p("transfer_moved", 0.5, "", "share of the cells whose non-volatile part changes in a transfer", ESTIMATE,
            **share)
    yield p("transfer_pulses", 2.0, "", "mean write pulses of an eNVM device that changes in a transfer", ESTIMATE,
            low=1, high=1000000)
    # The capacitor and its three transistors.
    yield p("capacitor", 100e-15, "F", "capacitor of a 3T1C cell", V3, above=0)
    yield p("capacitor_density", 20e-3, "F/m^2", "capacitance per area (20 fF/um2: MIM; 100 fF/um2: trench)", ESTIMATE,
            above=0)
    yield p("capacitor_layout", "published", "",
            "cell of the published size, or capacitor over its density beside the transistors", V3,
            choices={"published": None, "density": None})
    yield p("height_hybrid", 100.0, "F", "height of the published cell with 3T1C and eNVM pair", V3, above=0)
    yield p("width_hybrid", 50.0, "F", "width of the published cell with 3T1C and eNVM pair", V3, above=0)
    yield p("hybrid_transistor_area", 112.0, "F^2",
            "transistors and eNVM pair beside the capacitor (3 of the 6T SRAM cell's, two 1T1R cells)", ESTIMATE,
            low=0)
    yield p("charge_current", 6.67e-6, "A", "current that charges or discharges the volatile part", V3, above=0)
    yield p("charge_pulse", 0.5e-9, "s", "width of an update pulse of the volatile part", V3, above=0,
            plausible=PULSE)
    yield p("charge_voltage", 1.0, "V", "supply of the charging current", V3, above=0)
    yield p("capacitor_levels", 32, "", "levels of the capacitor (hybrid-3t1c)", V3, low=2, high=65536)
    yield p("capacitor_nonlinearity_up", 0.2, "", "non-linearity label of the volatile part's charging", V3,
            low=-9, high=9)
    yield p("capacitor_nonlinearity_down", -0.2, "", "non-linearity label of the volatile part's discharging", V3,
            low=-9, high=9)
    yield p("capacitor_noise", 0.005, "", "spread of an update pulse of the volatile part, in its range", V3, **share,
            plausible=SPREAD)
    yield p("leak_nmos", 4.0, "F", "width of a leaking NMOS of the cell", V3, above=0)
    yield p("leak_pmos", 8.0, "F", "width of a leaking PMOS of the cell", V3, above=0)
    yield p("retention_time", 1.0, "s", "time constant of the volatile part's leak", ESTIMATE, above=0)
    yield p("retention_spread", 0.3, "", "spread of the retention time from cell to cell", ESTIMATE, **share)
    yield p("rest_level", 0.5, "", "where the leak goes, in the volatile part's range (0.5: mid-range)", ESTIMATE,
            **share)
    # The FeFET whose gate is charged through two transistors.
    yield p("gate_levels", 64, "", "levels of the gate charge over its window (2t1fefet)", IEDM, low=2, high=65536)
    yield p("polarization_levels", 4, "", "levels of the polarisation (2t1fefet)", IEDM, low=2, high=1024)
    yield p("program_voltage_low", 2.0, "V", "program pulse of the FeFET's lowest programmed level", IEDM, above=0)
    yield p("program_voltage_high", 4.0, "V", "program pulse of the FeFET's highest level; steps between are equal",
            IEDM, above=0)
    yield p("erase_voltage", 4.0, "V", "erase pulse of the FeFET (its sign is negative)", IEDM, above=0)
    yield p("polarization_pulse", 3e-6, "s", "width of the FeFET's program and erase pulses", IEDM, above=0,
            plausible=PULSE)
    yield p("fefet_conductance_min", 39.7e-9, "S", "least conductance of the FeFET", IEDM, above=0)
    yield p("fefet_conductance_max", 1.788e-6, "S", "largest conductance of the FeFET", IEDM, above=0)
    yield p("height_2t1fefet", 8.0, "F", "height of a 2T-1FeFET cell (half of the 6T SRAM cell)", ESTIMATE, above=0)
    yield p("width_2t1fefet", 10.0, "F", "width of a 2T-1FeFET cell (half of the 6T SRAM cell)", ESTIMATE, above=0)


HYBRID_PARAMETERS: Table = Table(_parameters(), "parameter of a hybrid synapse", "retention_time=0.1")

_Values = make_dataclass(
    "_Values",
    [("memory", str, field(default=HYBRID_MEMORIES[0]))]
    + [(p.name, type(p.default), field(default=p.default)) for p in HYBRID_PARAMETERS.values()]
    + [("envm_levels", int, field(default=ENVM_LEVELS))],
    frozen=True,
    kw_only=True,
)


class HybridCell(_Values):
    """A hybrid-precision synapse: the parameters of the section `hybrid`, and what follows from them.

    Parameters
    ----------
    memory : "hybrid-3t1c" or "2t1fefet"
    envm_levels : int
        Conductance steps of the eNVM device of hybrid-3t1c (0: those of the default design's).
    **parameters
        Any of `HYBRID_PARAMETERS` by its name; `neurosim params hybrid` lists them with units and sources.

    Raises
    ------
    NeurosimError
        A parameter that there is not, or a value out of its range.
    """

    def __init__(self, **parameters: Any) -> None:
        known = [f.name for f in fields(_Values)]
        for name, value in parameters.items():
            if name not in known:
                raise HYBRID_PARAMETERS.unknown(name, known=known)
            table = HYBRID_PARAMETERS
            parameters[name] = table[name].check(value) if name in table else plain(value)
        if parameters.get("memory", HYBRID_MEMORIES[0]) not in HYBRID_MEMORIES:
            raise NeurosimError(
                f"memory = {parameters['memory']!r} is no hybrid synapse; use {' or '.join(HYBRID_MEMORIES)}"
            )
        levels = parameters.get("envm_levels", 0)
        if isinstance(levels, bool) or not isinstance(levels, int) or levels < 0:
            raise NeurosimError(f"envm_levels = {levels!r} is no number of levels; use at least 1")
        parameters["envm_levels"] = levels or ENVM_LEVELS
        super().__init__(**parameters)
        if self.program_voltage_high < self.program_voltage_low:
            raise NeurosimError(
                f"program_voltage_high = {self.program_voltage_high:g} is below program_voltage_low = "
                f"{self.program_voltage_low:g}; exchange them"
            )
        if self.fefet_conductance_max <= self.fefet_conductance_min:
            raise NeurosimError(
                f"fefet_conductance_max = {self.fefet_conductance_max:g} must be above fefet_conductance_min = "
                f"{self.fefet_conductance_min:g}"
            )

    @property
    def doubts(self) -> dict[str, str]:
        """{parameter: sentence} of values that can be computed with but are hardly meant."""
        return doubts(HYBRID_PARAMETERS.values(), self.__getattribute__)

    # -- weight ----------------------------------------------------------------------------------------

    @property
    def ferroelectric(self) -> bool:
        """Whether both parts live in one FeFET."""
        return MEMORIES[self.memory].ferroelectric

    @property
    def msb_levels(self) -> int:
        """Levels of the non-volatile part: of each eNVM device, Nm, or of the polarisation."""
        return self.polarization_levels if self.ferroelectric else self.envm_levels

    @property
    def lsb_levels(self) -> int:
        """Levels of the volatile part, Nc."""
        return self.gate_levels if self.ferroelectric else self.capacitor_levels

    @property
    def msb_weight(self) -> float:
        """F: weight of the non-volatile part over that of the volatile part.

        In a 2T-1FeFET cell F follows from the levels: the window of the gate charge spans two steps of the
        polarisation, so that a cell whose charge has left its bin is re-centred in the next one.
        """
        return (self.polarization_levels - 1) / 2 if self.ferroelectric else self.significance

    @property
    def pulses_per_weight(self) -> float:
        """Update pulses for a change of the weight by 1: n = (F + 1) Nc / 2."""
        return (self.msb_weight + 1) * self.lsb_levels / 2

    @property
    def longest_transfer(self) -> int:
        """Most write pulses that a device can take in one transfer: the whole volatile part."""
        return 2 if self.ferroelectric else math.ceil(self.envm_levels / self.significance)

    # -- circuit ---------------------------------------------------------------------------------------

    @property
    def pulse_energy(self) -> float:
        """Energy of one update pulse of the volatile part, E = I V t [J]."""
        return self.charge_current * self.charge_voltage * self.charge_pulse

    @property
    def leak_current(self) -> float:
        """Leak that forgets the whole range in `retention_time`, I = C dV / tau [A]."""
        return self.lsb_levels * self.charge_current * self.charge_pulse / self.retention_time

    @property
    def lsb_hold_time(self) -> float:
        """Time in which the volatile part leaks by one level, t = C dV_LSB / I_leak [s]."""
        return self.retention_time / self.lsb_levels

    def forgotten(self, time: float) -> float:
        """Part of its distance from `rest_level` that the volatile part loses in a `time` [s].

        part = 1 - exp(-time / tau).
        """
        return -math.expm1(-time / self.retention_time)

    @property
    def program_voltages(self) -> tuple[float, ...]:
        """Program pulses of the FeFET's levels, from the lowest [V]."""
        low, high, steps = self.program_voltage_low, self.program_voltage_high, self.polarization_levels - 1
        return tuple(low + (high - low) * n / steps for n in range(steps + 1))

    @property
    def polarization_voltage(self) -> float:
        """Root mean square of the erase pulse and the program pulses of all levels [V], for E = C V^2."""
        program = sum(v * v for v in self.program_voltages) / self.polarization_levels
        return math.sqrt((self.erase_voltage**2 + program) / 2)

    def outline(self, feature_size: float) -> tuple[float, float]:
        """(height, width) of a cell [F]; `feature_size` is F [m].

        A cell that follows from the capacitor has an area = C / density + transistors, and is twice as high as it is
        wide, as the published one is.
        """
        if self.ferroelectric:
            return self.height_2t1fefet, self.width_2t1fefet
        if self.capacitor_layout == "published":
            return self.height_hybrid, self.width_hybrid
        area = self.capacitor / self.capacitor_density / feature_size**2 + self.hybrid_transistor_area
        return math.sqrt(area * 2), math.sqrt(area / 2)

    def implied_density(self, feature_size: float) -> float:
        """Capacitance per area that the capacitor needs in the outline of the cell [F/m^2]."""
        height, width = self.outline(feature_size)
        room = height * width - self.hybrid_transistor_area
        return self.capacitor / (room * feature_size**2) if room > 0 else math.inf
