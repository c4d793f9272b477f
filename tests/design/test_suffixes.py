"""Numbers with a unit behind them, wherever a parameter is set; and numbers of NumPy."""

import numpy as np
import pytest

from neurosim.circuits.hybrid import HYBRID_PARAMETERS, HybridCell
from neurosim.crossbar.transfer import WIRES, Wires
from neurosim.design.design import Design
from neurosim.design.parameters import PARAMETERS
from neurosim.errors import NeurosimError
from neurosim.traces.network import Network
from neurosim.wrappers.devices.crossbar import CROSSBAR, Crossbar
from neurosim.wrappers.devices.hybrid import HYBRID, Hybrid
from neurosim.wrappers.devices.readout import READOUT, RETENTION, Readout, Retention
from neurosim.wrappers.training.settings import RUN
from neurosim.wrappers.training.settings import Settings as RunSettings
from neurosim.wrappers.wage.options import OPTIONS, Options

# What people write -> what it is in the unit of the parameter; files and --set give the same.
WRITTEN = {
    "write_pulse": ("50ns", 50e-9), "read_pulse": ("0.01us", 10e-9), "resistance_on": ("40kohm", 40e3),
    "resistance_off": ("1 Mohm", 1e6), "clock_frequency": ("200MHz", 200e6), "node": ("22nm", 22),
    "feature_size": ("40nm", 40e-9), "read_voltage": ("500mV", 0.5), "temperature": ("350K", 350),
    "polarization": ("0.2C/m^2", 20.0), "cell_bits": ("2bit", 2), "input_bits": ("8 bits", 8),
    "charge_current": ("6.67uA", 6.67e-6), "capacitor": ("100fF", 100e-15), "min_conductance": ("1uS", 1e-6),
    "capacitor_density": ("20fF/um2", 20e-3), "buffer_overhead": ("50%", 0.5), "retention_time": ("1 s", 1.0),
    "width_1t1r": ("4F", 4.0),
}  # fmt: skip
WANTED = Design(**{name: value for name, (_, value) in WRITTEN.items()})


def refusal(act, *values, **named):
    with pytest.raises(NeurosimError) as caught:
        act(*values, **named)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_suffixes_on_the_command_line():
    assert Design().with_settings([f"{name}={text}" for name, (text, _) in WRITTEN.items()]) == WANTED


def test_suffixes_in_files(tmp_path):
    (tmp_path / "d.toml").write_text("".join(f'{name} = "{text}"\n' for name, (text, _) in WRITTEN.items()))
    assert Design.from_file(tmp_path / "d.toml") == WANTED
    for ours in (True, False):      # in our names, and in those of the reference
        rows = [(name if ours else PARAMETERS[name].reference or name, text) for name, (text, _) in WRITTEN.items()]
        (tmp_path / "d.csv").write_text("".join(f"{name},{text}\n" for name, text in rows))
        assert Design.from_file(tmp_path / "d.csv") == WANTED


def test_suffixes_in_the_library_and_elsewhere(tmp_path):
    assert Design(write_pulse="50ns", node="22nm") == Design(write_pulse=50e-9, node=22)
    assert Wires(r_row="2mohm").r_row == 2e-3
    (tmp_path / "c.toml").write_text('r_min = "10kohm"\nvariation = "3%"\n')
    assert Crossbar.from_file(tmp_path / "c.toml") == Crossbar(r_min=1e4, variation=0.03)
    assert Options().with_settings(["cycle_variation=3.5%"]).cycle_variation == 0.035


@pytest.mark.parametrize("setting, words", [
    ("write_pulse=50nm", "write_pulse = '50nm' is in nm and not in s; it takes greater than 0 (s)"),
    ("resistance_on=40kS", "is in kS and not in ohm"), ("node=22ns", "is in ns and not in nm"),
    ("adc_levels=5bit", "is in bit, but it has no unit; it takes 1 to 65536"),
    ("read_voltage=5%", "is in % and not in V"),
    ("resistance_on=40k", "resistance_on = '40k' has no unit, write 40kohm; it takes greater than 0 (ohm)"),
    ("write_pulse=50 nanoseconds", "is no number"), ("array_rows=5k", "is no number"),
    ("node=0.5nm", "no whole number"),
    ("write_pulse=-50ns", "write_pulse = -5e-08 is out of range"), ("write_pulse=1e99999s", "out of range"),
    ("node=1e99999nm", "no whole number"), ("numRowSubArray=5 bits", "is in bits, but it has no unit"),
    ("memcelltype=2ns", "is in ns"), ("technode=thirty", "'thirty' is no number"),
    ("relu=1ns", "neither true nor false"),
    ("resistance_on=100mm2", "is in mm2 and not in ohm"),
])
def test_units_that_do_not_fit_get_a_sentence(setting, words):
    assert words in refusal(Design().with_settings, [setting])


def test_a_number_in_quotes_is_no_number_in_a_file_with_types(tmp_path):
    (tmp_path / "d.toml").write_text("node = '22'\n")
    assert "node = '22' is no number" in refusal(Design.from_file, tmp_path / "d.toml")


# -- NumPy ------------------------------------------------------------------------------------------------

TABLES = [(PARAMETERS, Design), (HYBRID_PARAMETERS, HybridCell), (OPTIONS, Options), (READOUT, Readout),
          (RETENTION, Retention), (CROSSBAR, Crossbar), (RUN, RunSettings), (HYBRID, Hybrid), (WIRES, Wires)]


def scalars(value):
    """The same value as NumPy holds it."""
    if isinstance(value, bool):
        return [np.bool_(value), np.array(value)]
    if isinstance(value, int):
        return [np.int64(value), np.array(value), np.float64(value), *([np.int8(value)] if abs(value) < 128 else [])]
    if isinstance(value, float):
        return [np.float64(value), np.array(value)]
    if isinstance(value, tuple):
        return [tuple(np.int64(item) for item in value), *([np.array(value)] if value else [])]
    return [np.str_(value)] if isinstance(value, str) else []


@pytest.mark.parametrize(("table", "make"), TABLES, ids=lambda item: getattr(item, "__name__", "table"))
def test_scalars_of_numpy_are_values(table, make):
    for name, parameter in table.items():
        for value in scalars(parameter.default):
            held = getattr(make(**{name: value}), name)
            assert held == parameter.default and type(held) is type(parameter.default), (name, value)


def test_scalars_of_numpy_elsewhere():
    assert Design(model=np.float64(2.1)) == Design(model="2.1")
    cell = HybridCell(memory=np.str_("2t1fefet"), envm_levels=np.int64(16))
    assert cell == HybridCell(memory="2t1fefet", envm_levels=16)
    rows = np.array([[8, 8, 16, 3, 3, 32, 0, 1], [1, 1, 64, 1, 1, 10, 0, 1]])
    assert Network(rows) == Network(rows.tolist()) and type(Network(rows)[0].rows) is int
    assert Design().replace(node=np.int32(22)).to_toml() == Design(node=22).to_toml()
