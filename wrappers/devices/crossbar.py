"""Settings of non-ideal crossbars that a network is trained on; `arrays` applies them.

Source: Roy, Sridharan, Jain, Raghunathan, "TxSim: Modeling training of deep neural networks on resistive crossbar
systems", IEEE TVLSI 2021, arXiv 2002.11151. docs/crossbar.md has the pipeline, equations and sources of the defaults.

>>> model = Model(crossbar=named("txsim").replace(r_row=4.0, adc_bits=6))
"""

import tomllib
from dataclasses import replace
from pathlib import Path

from neurosim.crossbar.transfer import WIRES, Wires
from neurosim.errors import NeurosimError, suggestion
from neurosim.parameter import Parameter, Table
from neurosim.plausible import SPREAD
from neurosim.record import Record

METHODS = {
    "fast": "the fast model",
    "exact": "the whole network of resistors",
    "auto": "exact where the fast model does not suffice",
    "interpolated": "exact every `interval` rebuilds, corrected in between",
    "series": "the cost model's own path only",
}
CALIBRATED = "calibrated"
MOST_OHMS = 1e15
WRITE_SIGMA = 0.01      # of the write noise, for which gamma is the factor


def _parameters():
    p = Parameter
    yield p("rows", 64, "", "inputs of an array", low=1, high=4096)
    yield p("columns", 64, "", "outputs of an array", low=1, high=4096)
    yield p("r_min", 1e5, "ohm", "resistance of a cell at its highest conductance", low=1e-3, high=MOST_OHMS)
    yield p("r_max", 1e6, "ohm", "resistance of a cell at its lowest conductance", low=1e-3, high=MOST_OHMS)
    yield p("cell_bits", 2, "bit", "bits of a cell; the magnitude of a weight takes as many cells, on arrays of their "
            "own, as it needs", low=1, high=14)
    for resistance in WIRES.values():
        yield replace(resistance, high=MOST_OHMS)
    yield p("method", "fast", "", "how the transfer matrix is found: "
            + ", ".join(f'"{name}" ({meaning})' for name, meaning in METHODS.items()), choices=dict.fromkeys(METHODS))
    yield p("interval", 100, "", "rebuilds from one exact matrix to the next, interpolated", low=1, high=1 << 30)
    yield p("dac_bits", None, "bit", "bits of a DAC beside the sign, wider inputs are sent in several cycles; none: "
            "any voltage", of=int, optional=True, low=1, high=14)
    yield p("dac_gain", 1.0, "", "of the voltage `gain u + offset + bend`, where u is -1 to 1", low=1e-3, high=1e3)
    yield p("dac_offset", 0.0, "", "of this voltage", low=-1.0, high=1.0)
    yield p("dac_inl", 0.0, "", "largest bend of this voltage, a cubic one", low=-1.0, high=1.0)
    yield p("adc_bits", None, "bit", "bits of the ADC behind every column (forward) and row (backward), sign included; "
            "none: no rounding", of=int, optional=True, low=2, high=20)
    yield p("adc_range", CALIBRATED, "", "full scale of an ADC, as a fraction of the current of a column of cells that "
            "all are at their highest conductance with full input; calibrated: the largest current that the first "
            "inputs of a batch make in the layer", of=float, words=(CALIBRATED,), low=1e-9, high=1.0)
    yield p("adc_inl", 0.0, "", "largest deviation of a cubic bend of an ADC, in units of the full scale", low=-1.0,
            high=1.0)
    yield p("calibrate_gain", False, "", "undo the mean loss of every array digitally")
    yield p("variation", 0.0, "", "relative standard deviation of the conductance of cells, drawn once", low=0.0,
            high=10.0, plausible=SPREAD)
    yield p("stuck_on", 0.0, "", "share of cells that stay at their highest conductance, drawn once", low=0.0, high=1.0)
    yield p("stuck_off", 0.0, "", "share of cells that stay at their lowest conductance, drawn once", low=0.0, high=1.0)
    yield p("v", None, "", "write nonlinearity: conductance changes by 1 - exp(-v p) where it should change by p; 0: "
            "linear, none: the device curve of `Options`", of=float, optional=True, low=0.0, high=100.0)
    yield p("gamma", None, "", "write noise, in units of 1 % of the range for a write over all of it, growing with the "
            "square root of the move; none: the cycle-to-cycle variation of `Options`", of=float, optional=True,
            low=0.0, high=1e3)


CROSSBAR = Table(_parameters(), "property of a crossbar", "adc_bits=6")


class Crossbar(Record, table=CROSSBAR):
    """What is not ideal about the arrays of a chip; each field can be changed on its own."""

    def agree(self):
        if not self.r_min < self.r_max:
            raise NeurosimError(f"r_min = {self.r_min:g} must be below r_max = {self.r_max:g}")
        if self.stuck_on + self.stuck_off > 1:
            raise NeurosimError(
                f"stuck_on = {self.stuck_on:g} and stuck_off = {self.stuck_off:g} are more than all cells together"
            )
        if self.adc_inl and self.adc_bits is None:
            raise NeurosimError("adc_inl is the bend of an ADC; give adc_bits as well")

    def with_settings(self, settings, option="--crossbar-set"):
        """The same crossbar with `name=value` texts applied."""
        return super().with_settings(settings, option)

    # -- what follows from the fields --------------------------------------------------------------

    @property
    def wires(self):
        """Series resistances, as `neurosim.crossbar.transfer.Wires`."""
        return Wires(**{name: getattr(self, name) for name in WIRES})

    @property
    def g_min(self):
        return 1 / self.r_max

    @property
    def g_max(self):
        return 1 / self.r_min

    @property
    def converts(self):
        """Whether inputs or outputs of an array are more than a linear function of weights: sums go array by array."""
        return self.adc_bits is not None or (self.dac_gain, self.dac_offset, self.dac_inl) != (1, 0, 0)

    def digits(self, weight_bits):
        """(bits of a digit, digits) of the magnitude of a weight; a digit is a cell."""
        magnitude = max(int(weight_bits) - 1, 1)
        bits = min(self.cell_bits, magnitude)
        return bits, -(-magnitude // bits)

    @classmethod
    def from_file(cls, path):
        """Read a TOML file of fields; `base = "neurosim"` starts from that preset instead of the defaults.

        Raises
        ------
        NeurosimError
            The file cannot be read, or a key or value is none.
        """
        try:
            content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise NeurosimError(
                f"{path}: the crossbar file cannot be read ({error.strerror}); give one of {', '.join(PRESETS)} or a "
                "TOML file",
                status=1,
            ) from None
        except UnicodeDecodeError:
            raise NeurosimError(f"{path}: the crossbar file is no UTF-8 text; give a TOML file") from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise NeurosimError(f"{path}: this is no TOML ({error})") from None
        base = content.pop("base", None)
        if base is not None and (not isinstance(base, str) or base not in PRESETS):
            raise NeurosimError(f"{path}: base = {base!r} is none of the presets {', '.join(PRESETS)}")
        changes = CROSSBAR.checked(content, path)
        try:
            return (cls() if base is None else PRESETS[base]).replace(**changes)
        except NeurosimError as error:
            raise NeurosimError(f"{path}: {error}") from None


# What nothing is wrong with; the arrays of TxSim (1-bit DACs, 2-bit cross-points, linear writes without noise); and
# those of the reference chip (1T1R, a cell a weight, its own device curve).
PRESETS = {
    "ideal": Crossbar(r_row=0, r_col=0, rt_row=0, rt_col=0),
    "txsim": Crossbar(dac_bits=1, v=0.0, gamma=0.0),
    "neurosim": Crossbar(rows=128, columns=128, cell_bits=5, r_access=15e3),
}


def named(text):
    """A preset by its name, or the crossbar of a TOML file."""
    if str(text) in PRESETS:
        return PRESETS[str(text)]
    if not Path(text).exists() and Path(text).suffix != ".toml":
        raise NeurosimError(
            f"{text}: this is no crossbar{suggestion(str(text), PRESETS)}; give one of {', '.join(PRESETS)} or a TOML "
            "file"
        )
    return Crossbar.from_file(text)


def add_arguments(parser):
    """Options of a command that trains: `--crossbar` and `--crossbar-set`."""
    group = parser.add_argument_group("crossbars that are not ideal")
    group.add_argument("--crossbar", metavar="NAME", help="train on crossbars: txsim, neurosim, ideal or a TOML file")
    group.add_argument("--crossbar-set", metavar="NAME=VALUE", action="append", default=[],
                       help="change one property of them, such as adc_bits=6 (repeatable)")  # fmt: skip


def from_arguments(options):
    """The crossbar that a command line asks for, or None."""
    if options.crossbar is None:
        if options.crossbar_set:
            raise NeurosimError(f"--crossbar-set {options.crossbar_set[0]} changes a crossbar; give --crossbar as well")
        return None
    return named(options.crossbar).with_settings(options.crossbar_set)
