"""Names under which people look for a design parameter that is called otherwise here, or that there is not."""

import re
from contextlib import suppress
from dataclasses import dataclass

MOST_BITS = 16      # of a converter, whose levels are at most 2^16


@dataclass(frozen=True)
class Meant:
    """What is meant by a name.

    Attributes
    ----------
    names : tuple of str
        Parameters that say it here; none if there is nothing to set.
    why : str
        In a few words, why there is none, or how they say it.
    bits : bool
        Whether the name is of bits and the parameter of levels.
    """

    names: tuple = ()
    why: str = ""
    bits: bool = False

    def told(self, value):
        """What to say about the name that was given a value (None, a number or a text)."""
        if not self.names:
            return f"; {self.why}"
        if self.bits:
            count = _bits(value)
            named = f"{self.names[0]} = {1 << count}, the levels of {count} bits" if count else (
                f"{self.names[0]}, which counts levels: 32 for 5 bits"
            )
            return f" (did you mean {named}?)"
        return f" (did you mean {' and '.join(map(repr, self.names))}{', ' + self.why if self.why else ''}?)"


def _bits(value):
    """A number of bits, or 0 where a value is none."""
    with suppress(TypeError, ValueError, OverflowError):
        if 0 < float(value) <= MOST_BITS and float(value) == int(float(value)):
            return int(float(value))
    return 0


SUPPLY = Meant(why="the supply voltage is that of the process, which node and roadmap choose")
# By names in small letters without anything between their words.
OTHER_NAMES = {
    **dict.fromkeys(("adcbits", "adcprecision", "adcresolution"), Meant(("adc_levels",), bits=True)),
    "adcbitsag": Meant(("adc_levels_ag",), bits=True),
    "adcbitswg": Meant(("adc_levels_wg",), bits=True),
    **dict.fromkeys(("vdd", "supply", "supplyvoltage"), SUPPLY),
    **dict.fromkeys(("ron", "rmin", "lrs"), Meant(("resistance_on",))),
    **dict.fromkeys(("roff", "rmax", "hrs"), Meant(("resistance_off",))),
    **dict.fromkeys(("onoffratio", "onoff"), Meant(("resistance_on", "resistance_off"))),
    "gmax": Meant(("max_conductance",)),
    "gmin": Meant(("min_conductance",)),
    **dict.fromkeys(("technology", "process", "tech"), Meant(("node", "roadmap"))),
    **dict.fromkeys(("clock", "frequency", "clk"), Meant(("clock_frequency",))),
    **dict.fromkeys(("device", "cell", "celltype"), Meant(("memory",))),
    **dict.fromkeys(("weightbits", "weightprecision", "wlweight"), Meant(("synapse_bits",))),
    **dict.fromkeys(("activationbits", "activationprecision", "wlactivate"), Meant(("input_bits",))),
    **dict.fromkeys(("levels", "states", "maxlevel"), Meant(("levels_ltp", "levels_ltd"))),
    **dict.fromkeys(("subarray", "arraysize", "crossbarsize"), Meant(("array_rows", "array_columns"))),
    **dict.fromkeys(("rows", "numrow"), Meant(("array_rows",))),
    **dict.fromkeys(("columns", "numcol", "cols"), Meant(("array_columns",))),
    **dict.fromkeys(("mux", "muxing", "columnmux"), Meant(("columns_per_adc",))),
    **dict.fromkeys(("saradc", "currentmode"), Meant(("adc",), why="one of the kinds of converters")),
}  # fmt: skip


def meant_by(name, value=None):
    """What to say about a name that is no parameter, or an empty text."""
    key = re.sub(r"[\W_]", "", str(name).lower())
    return OTHER_NAMES[key].told(value) if key in OTHER_NAMES else ""
