"""Runs and commands of WAGE: what only it has."""

import warnings

import numpy as np
import pytest

from neurosim.commands import line as cli
from neurosim.console import told_warnings
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.crossbar import PRESETS
from neurosim.wrappers.training import checkpoint, loop
from neurosim.wrappers.training.data import Dataset
from neurosim.wrappers.wage.settings import Settings


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
