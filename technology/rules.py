"""What versions of the reference, and corrections of it, do otherwise in a process and in the circuits built in it.

A `Technology` carries them, so that every circuit sees them; `neurosim.design.rules.Rules` has those of a whole chip.
"""

from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class CircuitRules:
    """What circuits do where versions or corrections differ; the defaults are V2.0's.

    Attributes
    ----------
    empty_decoders : bool
        Whether a decoder is drawn where there is nothing to address, with a negative area or none.
    outlines_grow : bool
        Whether an outline that is too small for a circuit grows to hold one.
    falling_currents : bool
        Whether on-currents of FinFETs fall with temperature instead of rising, at the nodes that have such a table.
    own_edges : bool
        Whether the edges of an inverter's NMOS row are counted by its own folds, not by those of the PMOS row.
    odd_operands : bool
        Whether an odd operand of an adder tree goes on to the next stage instead of dropping out.
    idle_stages_leak : bool
        Whether the stages of an adder tree that are not used leak as well.
    whole_decoders : bool
        Whether decoders of any number of address bits have output drivers, whose load and whose slope count.
    whole_muxes : bool
        Whether a multiplexer that is fitted into an outline keeps the drains of its folded gates, and both gates of a
        pass gate switch.
    registers_write : bool
        Whether the register of a switch matrix takes part in every write, instead of adding its reads to the writes.
    columns_driven : bool
        Whether columns that are driven in a transposed read take energy as driven rows do.
    whole_encoders : bool
        Whether all four stages of an encoder count in its latency.
    encoders_fit : bool
        Whether only as many encoders stand side by side as fit.
    lone_inverters : bool
        Whether the first inverter of an encoder is as slow as one transistor, not as two in series.
    bit_lines_stack : bool
        Whether prechargers and write drivers fill a height that they are given, instead of standing in one row.
    mean_repeaters : bool
        Whether a repeater resists as the mean of its pull-down and pull-up, not as both in series.
    distant_repeaters : bool
        Whether a tolerated delay makes repeaters more distant instead of closer, and is kept.
    way_once : bool
        Whether the latency of an H-tree begins with a quarter of the array's side, as its energy does.
    root_in_the_middle : bool
        Whether the root of an H-tree sits at half of the shorter side, not at its logarithm.
    even_bundles : bool
        Whether the bundle of an H-tree is as wide at every level as its main bus, instead of growing.
    transposed_drivers : bool
        Whether the drivers of a transposed SRAM read are as active as the columns, and its write drivers leak.
    decoders_leak : bool
        Whether the decoder of the forward multiplexer of an SRAM array leaks.
    columns_along_width : bool
        Whether the column drivers of an SRAM array stand along its width instead of as high as all of them.
    lines_discharged : bool
        Whether a bit line of a parallel SRAM array is discharged as often as it is precharged.
    unit_lines_discharged : bool
        The same of the weight-gradient unit.
    trees_of_words : bool
        Whether the weight-gradient unit has an adder tree for every word that its arrays put out, not for every
        converter that there would be.
    unit_converts_once : bool
        Whether the weight-gradient unit converts each column once a bit, not once for each column that shares its
        converter.
    """

    empty_decoders: bool = True
    outlines_grow: bool = False
    falling_currents: bool = False
    own_edges: bool = False
    odd_operands: bool = False
    idle_stages_leak: bool = False
    whole_decoders: bool = False
    whole_muxes: bool = False
    registers_write: bool = False
    columns_driven: bool = False
    whole_encoders: bool = False
    encoders_fit: bool = False
    lone_inverters: bool = False
    bit_lines_stack: bool = False
    mean_repeaters: bool = False
    distant_repeaters: bool = False
    way_once: bool = False
    root_in_the_middle: bool = False
    even_bundles: bool = False
    transposed_drivers: bool = False
    decoders_leak: bool = False
    columns_along_width: bool = False
    lines_discharged: bool = False
    unit_lines_discharged: bool = False
    trees_of_words: bool = False
    unit_converts_once: bool = False

    @classmethod
    def of(cls, rules: Any) -> Self:
        """Those of an object that has them, and perhaps others, as attributes."""
        return cls(**{rule.name: getattr(rules, rule.name) for rule in fields(cls)})
