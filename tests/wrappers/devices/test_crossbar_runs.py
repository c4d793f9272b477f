"""Settings, runs and the study of training on crossbars, from the command line down."""

import argparse
import warnings

import numpy as np
import pytest

from neurosim.commands import line as cli
from neurosim.console import told_warnings
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import crossbar as settings_of_crossbars
from neurosim.wrappers.devices.crossbar import CROSSBAR, PRESETS, Crossbar, named
from neurosim.wrappers.studies import crossbar as crossbar_study
from neurosim.wrappers.training import checkpoint, loop
from neurosim.wrappers.training.data import Dataset
from neurosim.wrappers.wage.settings import Settings

# -- settings --------------------------------------------------------------------------------------

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


# -- the study -------------------------------------------------------------------------------------

def test_study_of_one_network(tmp_path, capsys):
    pytest.importorskip("sklearn")
    words = ["study", "crossbar", "--quick", "--network", "two-layer", "--epochs", "1", "--jobs", "1", "--out"]
    assert cli.main([*words, str(tmp_path / "a")]) == 0
    told = capsys.readouterr()
    assert "without any fault" in told.out and "adc_bits        3" in told.out
    table = (tmp_path / "a" / "study.csv").read_bytes()
    header, *rows = table.decode().splitlines()
    assert header == ("network,data,epochs,crossbar,rows,r_min,r_wire,adc_bits,v,gamma,seed,accuracy,severity,seconds,"
                      "problem")
    assert len(rows) == 2 + sum(len(values) for values in crossbar_study.QUICK_POINTS.values())
    assert (tmp_path / "a" / "study.png").stat().st_size > 10000
    assert cli.main([*words, str(tmp_path / "a"), "--quiet"]) == 0      # nothing is left to do
    assert (tmp_path / "a" / "study.csv").read_bytes() == table and not capsys.readouterr().out
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == ["study.csv", "study.png"]
    words[words.index("1")] = "2"
    assert cli.main([*words, str(tmp_path / "a")]) == 2
    assert "which was not asked for" in capsys.readouterr().err
    assert cli.main([*words, str(tmp_path / "b"), "--data", str(tmp_path / "none")]) == 1
    assert cli.main([*words, str(tmp_path / "b"), "--seeds", "0"]) == 2
    assert not (tmp_path / "b").exists()


@pytest.mark.slow
def test_quick_study(tmp_path):
    pytest.importorskip("sklearn")
    assert cli.main(["study", "crossbar", "--quick", "--out", str(tmp_path), "--quiet"]) == 0
    assert len((tmp_path / "study.csv").read_text().splitlines()) == 15


# -- `neurosim train` ------------------------------------------------------------------------------

def test_settings_of_a_run_hold_the_crossbar():
    run = Settings(crossbar=PRESETS["txsim"].replace(adc_bits=6, v=None))
    assert Settings.from_json(run.to_json()) == run
    assert Settings.from_json(Settings().to_json()).crossbar is None
    with pytest.raises(NeurosimError, match="leave out hardware"):
        run.replace(hardware=True)


@pytest.mark.parametrize("words, sentence", [
    (["--crossbar", "txsin"], "did you mean 'txsim'"),
    (["--crossbar", "txsim", "--crossbar-set", "adc_bit=6"], "did you mean 'adc_bits'"),
    (["--crossbar-set", "adc_bits=6"], "give --crossbar as well"),
])
def test_mistakes_of_the_command_that_trains(words, sentence, tmp_path, capsys):
    assert cli.main(["train", "--example", "digits", "--out", str(tmp_path / "run"), *words]) == 2
    assert sentence in capsys.readouterr().err
    assert cli.main(["train", "--resume", str(tmp_path), "--crossbar", "txsim"]) == 2
    assert "--crossbar cannot change in the middle" in capsys.readouterr().err


def test_a_run_on_crossbars_goes_on_where_it_stopped(tmp_path):
    chance = np.random.default_rng(0)
    pictures, labels = chance.integers(0, 256, (50, 3, 8, 8)).astype(np.uint8), np.arange(50) % 4
    dataset = Dataset("patterns", pictures, labels, pictures[:20], labels[:20])
    network = "input = [8, 8, 3]\nlayers = [{ conv = 16, padding = 1 }, { pool = 2 }, { fc = 4 }]\n"
    crossbar = PRESETS["neurosim"].replace(rows=16, columns=16, variation=0.1, method="interpolated", interval=3)
    plan = Settings(network=network, data="patterns", epochs=2, batch_size=20, evaluate_every=0, crossbar=crossbar)
    loop.Run.start(plan, tmp_path / "whole", Design(), dataset).go()
    loop.Run.start(plan.replace(epochs=1), tmp_path / "parts", Design(), dataset).go()
    loop.Run.resume(tmp_path / "parts", dataset, epochs=2).go()
    whole, parts = (checkpoint.load(tmp_path / name / checkpoint.NAME)[0] for name in ("whole", "parts"))
    assert whole.keys() == parts.keys() and any(name.endswith("crossbar.variation") for name in whole)
    for name, array in whole.items():
        np.testing.assert_array_equal(array, parts[name], err_msg=name)


def test_warnings_of_a_run_are_sentences(tmp_path, capsys):
    """One a layer, with neither file nor source line of this program; what Python itself hides stays hidden."""
    pytest.importorskip("sklearn")
    wires = [word for setting in ("r_min=2e4", "r_max=2e5", "r_row=20", "r_col=20")
             for word in ("--crossbar-set", setting)]
    words = ["train", "--example", "digits", "--epochs", "1", "--evaluate-every", "0", "--batch-size", "500", "--quiet"]
    status = cli.main([*words, "--crossbar", "txsim", *wires, "--out", str(tmp_path / "run")])
    lines = capsys.readouterr().err.splitlines()
    assert status == 0 or lines.pop().startswith("neurosim: error: ")    # arrays so bad may end the training
    assert lines and all(line.startswith("neurosim: warning: ") for line in lines)
    assert any("the fast crossbar model is no good at severity" in line for line in lines)
    with warnings.catch_warnings(), told_warnings("neurosim"):
        warnings.simplefilter("ignore", DeprecationWarning)     # as outside of tests
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        warnings.warn("once", UserWarning, stacklevel=1)
        warnings.warn("once", UserWarning, stacklevel=2)
    assert capsys.readouterr().err == "neurosim: warning: once\n"
