"""Settings of non-ideal crossbars that a network is trained on; `arrays` applies them.

Source: Roy, Sridharan, Jain, Raghunathan, "TxSim: Modeling training of deep neural networks on resistive crossbar
systems", IEEE TVLSI 2021, arXiv 2002.11151. docs/crossbar.md has the pipeline, equations and sources of the defaults.

>>> model = Model(crossbar=named("txsim").replace(r_row=4.0, adc_bits=6))
"""

import math
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from neurosim.crossbar.transfer import Wires
from neurosim.errors import NeurosimError, suggestion

METHODS = ("fast", "exact", "auto", "interpolated", "series")
CALIBRATED = "calibrated"
WRITE_SIGMA = 0.01      # of the write noise, for which gamma is the factor


@dataclass(frozen=True)
class Crossbar:
    """What is not ideal about the arrays of a chip; each field can be changed on its own.

    Attributes
    ----------
    rows, columns : int
        Size of an array: inputs, outputs.
    r_min, r_max : float
        Resistance of a cell at its highest and lowest conductance [ohm].
    cell_bits : int
        Bits of a cell; the magnitude of a weight takes as many cells, on arrays of their own, as it needs.
    r_row, r_col, rt_row, rt_col, r_access : float
        Wires, terminals, access devices [ohm], see `neurosim.crossbar.transfer.Wires`.
    method : str
        Of the transfer matrix: "fast", "exact", "auto" (exact where the fast model does not suffice), "interpolated"
        (exact every `interval` rebuilds, corrected in between) or "series" (the cost model's own path only).
    interval : int
    dac_bits : int or None
        Bits of a DAC beside the sign; wider inputs are sent in several cycles. None: any voltage.
    dac_gain, dac_offset, dac_inl : float
        Voltage `gain u + offset + bend`, where u is -1 to 1 and the bend a cubic one of at most `inl`.
    adc_bits : int or None
        Bits of the ADC behind every column (forward) and row (backward), sign included. None: no rounding.
    adc_range : float or "calibrated"
        Its full scale, as a fraction of the current of a column of cells that all are at their highest conductance
        with full input; or the largest current that the first inputs of a batch make in the layer.
    adc_inl : float
        Largest deviation of a cubic bend, in units of the full scale.
    calibrate_gain : bool
        Undo the mean loss of every array digitally.
    variation : float
        Relative standard deviation of the conductance of cells, drawn once.
    stuck_on, stuck_off : float
        Shares of cells that stay at their highest and lowest conductance, drawn once.
    v : float or None
        Write nonlinearity: conductance changes by 1 - exp(-v p) where it should change by p. 0 is linear, None the
        device curve of `Options`.
    gamma : float or None
        Write noise, in units of 1 % of the range for a write over all of it; it grows with the square root of the
        move. None: the cycle-to-cycle variation of `Options`.
    """

    rows: int = 64
    columns: int = 64
    r_min: float = 1e5
    r_max: float = 1e6
    cell_bits: int = 2
    r_row: float = 2.12
    r_col: float = 2.12
    rt_row: float = 100.0
    rt_col: float = 100.0
    r_access: float = 0.0
    method: str = "fast"
    interval: int = 100
    dac_bits: int | None = None
    dac_gain: float = 1.0
    dac_offset: float = 0.0
    dac_inl: float = 0.0
    adc_bits: int | None = None
    adc_range: float | str = CALIBRATED
    adc_inl: float = 0.0
    calibrate_gain: bool = False
    variation: float = 0.0
    stuck_on: float = 0.0
    stuck_off: float = 0.0
    v: float | None = None
    gamma: float | None = None

    def __post_init__(self):
        for name, value in vars(self).items():
            object.__setattr__(self, name, _checked(name, value))
        if not self.r_min < self.r_max:
            raise NeurosimError(f"r_min = {self.r_min:g} must be below r_max = {self.r_max:g}")
        if self.stuck_on + self.stuck_off > 1:
            raise NeurosimError(
                f"stuck_on = {self.stuck_on:g} and stuck_off = {self.stuck_off:g} are more than all cells together"
            )
        if self.adc_inl and self.adc_bits is None:
            raise NeurosimError("adc_inl is the bend of an ADC; give adc_bits as well")

    # -- what follows from the fields --------------------------------------------------------------

    @property
    def wires(self):
        """Series resistances, as `neurosim.crossbar.transfer.Wires`."""
        return Wires(self.r_row, self.r_col, self.rt_row, self.rt_col, self.r_access)

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

    # -- other settings ----------------------------------------------------------------------------

    def replace(self, **changes):
        """The same crossbar with some fields changed."""
        for name in changes:
            _known(name)
        return replace(self, **changes)

    def with_settings(self, settings, where="--crossbar-set"):
        """The same crossbar with `name=value` texts applied."""
        changes = {}
        for setting in settings:
            name, equals, text = (part.strip() for part in setting.partition("="))
            if not equals or not text:
                raise NeurosimError(f"{where} {setting}: write it as name=value, for example adc_bits=6")
            _known(name, f"{where} {setting}: ")
            changes[name] = _checked(name, _parsed(text), f"{where} {setting}: ")
        return self.replace(**changes)

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
        for name, value in content.items():
            _known(name, f"{path}: ")
            content[name] = _checked(name, value, f"{path}: ")
        try:
            return (cls() if base is None else PRESETS[base]).replace(**content)
        except NeurosimError as error:
            raise NeurosimError(f"{path}: {error}") from None


# Lowest and highest value of the numbers; whole ones are ints here.
_RANGES = {
    "rows": (1, 4096), "columns": (1, 4096), "cell_bits": (1, 14), "interval": (1, 1 << 30), "dac_bits": (1, 14),
    "adc_bits": (2, 20), "r_min": (1e-3, 1e15), "r_max": (1e-3, 1e15), "r_row": (0.0, 1e15), "r_col": (0.0, 1e15),
    "rt_row": (0.0, 1e15), "rt_col": (0.0, 1e15), "r_access": (0.0, 1e15), "dac_gain": (1e-3, 1e3),
    "dac_offset": (-1.0, 1.0), "dac_inl": (-1.0, 1.0), "adc_range": (1e-9, 1.0), "adc_inl": (-1.0, 1.0),
    "variation": (0.0, 10.0), "stuck_on": (0.0, 1.0), "stuck_off": (0.0, 1.0), "v": (0.0, 100.0),
    "gamma": (0.0, 1e3),
}
_OPTIONAL = ("dac_bits", "adc_bits", "v", "gamma")


def _known(name, where=""):
    names = [field.name for field in fields(Crossbar)]
    if name not in names:
        raise NeurosimError(f"{where}a crossbar has no {name!r}{suggestion(name, names)}; it has {', '.join(names)}")


def _parsed(text):
    """A word of the command line as number, truth value or text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _checked(name, value, where=""):
    """The value of a field, or a sentence that says what it takes."""
    if name == "method":
        if value not in METHODS:
            raise NeurosimError(
                f"{where}method = {value!r} is unknown{suggestion(str(value), METHODS)}; use one of "
                f"{', '.join(METHODS)}"
            )
        return value
    if name == "calibrate_gain":
        if not isinstance(value, bool):
            raise NeurosimError(f"{where}calibrate_gain = {value!r} is neither true nor false")
        return value
    optional = name in _OPTIONAL
    if optional and (value is None or value == "none"):
        return None
    if name == "adc_range" and value == CALIBRATED:
        return value
    low, high = _RANGES[name]
    whole = isinstance(low, int)
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high or (whole and number != int(number)):
        kind = "whole numbers" if whole else "numbers"
        word = ' or "none"' if optional else f' or "{CALIBRATED}"' if name == "adc_range" else ""
        raise NeurosimError(
            f"{where}{name} = {value!r} is out of range; it takes {kind} from {low:g} to {high:g}{word}"
        )
    return int(number) if whole else number


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
