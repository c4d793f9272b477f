"""Settings of crossbars: presets, files, options, limits."""

import argparse

import pytest

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import crossbar as settings_of_crossbars
from neurosim.wrappers.devices.crossbar import CROSSBAR, PRESETS, Crossbar, named


def test_presets_and_files(tmp_path):
    assert named("txsim").dac_bits == 1 and named("neurosim").rows == 128 and not named("ideal").wires.lines
    path = tmp_path / "mine.toml"
    path.write_text('base = "neurosim"\nrows = 32\nadc_bits = 6\nadc_range = 0.5\nv = "none"\n')
    assert named(path) == PRESETS["neurosim"].replace(rows=32, adc_bits=6, adc_range=0.5)
    parser = argparse.ArgumentParser()
    settings_of_crossbars.add_arguments(parser)
    words = ["--crossbar", str(path), "--crossbar-set", "adc_bits=none", "--crossbar-set", "calibrate_gain=true"]
    options = parser.parse_args(words)
    assert settings_of_crossbars.from_arguments(options) == PRESETS["neurosim"].replace(
        rows=32, adc_range=0.5, calibrate_gain=True
    )
    assert settings_of_crossbars.from_arguments(parser.parse_args([])) is None
    with pytest.raises(NeurosimError, match="give --crossbar as well"):
        settings_of_crossbars.from_arguments(parser.parse_args(words[2:]))


@pytest.mark.parametrize("changes, sentence", [
    ({"row": 64}, "'row' is no property of a crossbar.*did you mean 'rows'"),
    ({"rows": 0}, "rows = 0 is out of range; it takes 1 to 4096"),
    ({"rows": 1.5}, "rows = 1.5 is no whole number; it takes 1 to 4096"),
    ({"rows": True}, "rows = True"),
    ({"r_min": 1e7}, "r_min = 1e\\+07 must be below r_max"),
    ({"r_row": -1}, "r_row = -1"),
    ({"r_row": float("nan")}, "r_row = nan"),
    ({"adc_bits": 1}, 'adc_bits = 1 .* 2 to 20, or "none"'),
    ({"adc_range": "calibratd"}, 'adc_range = \'calibratd\' .*or "calibrated"'),
    ({"method": "exakt"}, "did you mean 'exact'"),
    ({"calibrate_gain": 2}, "neither true nor false"),
    ({"stuck_on": 0.6, "stuck_off": 0.6}, "more than all cells"),
    ({"adc_inl": 0.1}, "give adc_bits as well"),
    ({"v": [1]}, "v = \\[1\\]"),
])
def test_what_is_no_crossbar(changes, sentence, tmp_path):
    with pytest.raises(NeurosimError, match=sentence) as error:
        Crossbar().replace(**changes)
    assert "\n" not in str(error.value)
    if all(isinstance(value, (str, int)) for value in changes.values()):
        path = tmp_path / "x.toml"
        path.write_text("".join(f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}\n"
                                for name, value in changes.items()))
        with pytest.raises(NeurosimError, match=f"x.toml: .*{sentence}"):
            named(path)


OHMS, SHARE = (0, 1e15), (0, 1)
LIMITS = {
    "rows": (1, 4096), "columns": (1, 4096), "cell_bits": (1, 14), "interval": (1, 1 << 30), "dac_bits": (1, 14),
    "adc_bits": (2, 20), "r_min": (1e-3, 1e15), "r_max": (1e-3, 1e15), "r_row": OHMS, "r_col": OHMS, "rt_row": OHMS,
    "rt_col": OHMS, "r_access": OHMS, "dac_gain": (1e-3, 1e3), "dac_offset": (-1, 1), "dac_inl": (-1, 1),
    "adc_range": (1e-9, 1), "adc_inl": (-1, 1), "variation": (0, 10), "stuck_on": SHARE, "stuck_off": SHARE,
    "v": (0, 100), "gamma": (0, 1e3),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_a_crossbar(name):
    low, high = LIMITS[name]
    whole = name in ("rows", "columns", "cell_bits", "interval", "dac_bits", "adc_bits")
    beside = {"adc_inl": {"adc_bits": 8}, "r_min": {"r_max": 1e15}, "r_max": {"r_min": 1e-3}}.get(name, {})
    for value in (low, high):
        if (name, value) in (("r_min", 1e15), ("r_max", 1e-3)):     # there is no resistance beyond
            continue
        made = Crossbar(**beside, **{name: value})
        assert getattr(made, name) == value and type(getattr(made, name)) is (int if whole else float)
    step = 1 if whole else 1e-9 + 1e-9 * abs(high)
    for value in (low - (1 if whole else 1e-12), high + step, *((low + 0.5,) if whole else ())):
        with pytest.raises(NeurosimError, match=f"{name} = .* is (out of range|no whole number); it takes "):
            Crossbar(**beside, **{name: value})
    optional = name in ("dac_bits", "adc_bits", "v", "gamma")
    for value in (None, "none"):
        if optional:
            assert getattr(Crossbar(**{name: value}), name) is None
        else:
            with pytest.raises(NeurosimError, match=f"{name} = .* is no number"):
                Crossbar(**{name: value})
    assert {*LIMITS, "method", "calibrate_gain"} == {*CROSSBAR}


@pytest.mark.parametrize("content, sentence", [
    (b"rows = [", "this is no TOML"), (b"\xff\xfe", "no UTF-8"), (b'base = "tximm"', "none of the presets"),
    (b"[wires]\nr_row = 1", "'wires' is no property"),
    (b'base = ["txsim"]', "none of the presets"), (b"rows = " + b"[" * 5000, "this is no TOML"),
])
def test_what_is_no_crossbar_file(content, sentence, tmp_path):
    (tmp_path / "x.toml").write_bytes(content)
    with pytest.raises(NeurosimError, match=sentence):
        Crossbar.from_file(tmp_path / "x.toml")
    with pytest.raises(NeurosimError, match="cannot be read"):
        named(tmp_path / "none.toml")
    with pytest.raises(NeurosimError, match="no crossbar.*did you mean 'txsim'"):
        named("txsin")
    with pytest.raises(NeurosimError, match="write it as name=value"):
        Crossbar().with_settings(["rows"])
