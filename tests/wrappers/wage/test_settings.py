"""Settings of a run with WAGE: as text, in old checkpoints, by the names of their parts."""

import json
import math

import pytest
from wage_runs import images, same_run, settings, started

from neurosim.circuits.hybrid import HybridCell
from neurosim.design.models import MODELS
from neurosim.design.rules import TrainerRules
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices.crossbar import Crossbar
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.training import checkpoint, loop
from neurosim.wrappers.wage.options import Options
from neurosim.wrappers.wage.settings import Settings

# The settings of a checkpoint before runs named their algorithm, in their order.
OLD = {
    "epochs": 3, "batch_size": 20, "learning_rate": 1.0, "drops": [200, 250], "seed": 117, "test_every": 1,
    "evaluate_every": 1, "checkpoint_every": 2, "log_every": 100, "traces": False, "hardware": False,
    "options": {
        "weight_bits": 5, "update_bits": 5, "activation_bits": 8, "error_bits": 8, "levels": 32, "ltp": 1.75,
        "ltd": 1.46, "cycle_variation": 0.003, "device_variation": 0.0, "momentum": 0.9, "gradient_share": 0.1,
        "beta": None, "retention": {"time": 0, "rate": 0.0, "fixed": False, "target": 0.0},
    },
    "readout": {"cell_bits": 5, "on_off_ratio": 10.0, "array_rows": 128, "adc_bits": 5, "variation": 0.0},
    "crossbar": None, "hybrid": None, "network": "", "data": "patterns", "corrections": [],
}
OLD_CROSSBAR = {
    "rows": 64, "columns": 64, "r_min": 1e5, "r_max": 1e6, "cell_bits": 2, "r_row": 2.12, "r_col": 2.12,
    "rt_row": 100.0, "rt_col": 100.0, "r_access": 0.0, "method": "fast", "interval": 100, "dac_bits": 1,
    "dac_gain": 1.0, "dac_offset": 0.0, "dac_inl": 0.0, "adc_bits": None, "adc_range": "calibrated", "adc_inl": 0.0,
    "calibrate_gain": False, "variation": 0.0, "stuck_on": 0.0, "stuck_off": 0.0, "v": 0.0, "gamma": None,
}
OLD_HYBRID = {"cell": {"memory": "2t1fefet", "gate_levels": 32}, "batch_time": 0.02, "residue": "reset",
              "read_bits": None}


def test_settings_come_back_from_their_text():
    chosen = settings(ltp=1.0, adc_bits=7, rate=0.01, time=10.0, drops=(3,), corrections=("W1",), seed=(1 << 62) + 1,
                      crossbar=Crossbar(v=None, adc_bits=6), on_off_ratio=math.inf)
    assert Settings.from_json(chosen.to_json()) == chosen
    chosen = settings(hybrid=Hybrid.of(read_bits=7, retention_time=0.5))
    assert Settings.from_json(chosen.to_json()) == chosen
    assert json.loads(chosen.to_json())["hybrid"]["cell"]["retention_time"] == 0.5


def test_settings_of_old_checkpoints():
    found = Settings.from_json(json.dumps(OLD | {"crossbar": OLD_CROSSBAR, "hybrid": OLD_HYBRID, "gone": 1}))
    assert found == Settings(epochs=3, batch_size=20, checkpoint_every=2, data="patterns",
                             crossbar=Crossbar(dac_bits=1, v=0.0),
                             hybrid=Hybrid(HybridCell(memory="2t1fefet", gate_levels=32), 0.02, "reset"))
    assert found.algorithm == "wage" and found.drops == (200, 250) and found.corrections == ()


def test_a_run_goes_on_from_an_old_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(loop.Run, "_draw", lambda run: None)
    started(tmp_path / "whole").go()
    run = started(tmp_path / "parts", epochs=1)
    run.go()
    path = tmp_path / "parts" / checkpoint.NAME
    arrays, facts = checkpoint.load(path)
    checkpoint.save(path, arrays, facts | {"settings": json.dumps(OLD | {"network": run.settings.network})})
    loop.Run.resume(tmp_path / "parts", images()).go()
    same_run(tmp_path / "whole", tmp_path / "parts")


def test_a_version_brings_its_rules_and_epochs():
    """Difference V21: 32 epochs instead of 257, unless they are given."""
    assert (Settings().model, Settings().epochs, Settings().rules) == ("2.0", 257, TrainerRules())
    later = Settings(model="2.1")
    assert later.epochs == 32 and later.rules == MODELS["2.1"].trainer != TrainerRules()
    assert Settings(model=2.1, epochs=7).epochs == 7
    assert Settings().replace(model="2.1").epochs == 257        # a value by now
    assert Settings().replace(model="2.1", epochs=None) == later
    assert Settings.from_json(later.to_json()) == later
    assert later.options == Settings().options      # the device is that of V2.0


def test_learning_rate_drops():
    chosen = settings(drops=(1, 3), learning_rate=2.0)
    assert [chosen.rate_of(epoch) for epoch in range(5)] == [2, 0.25, 0.25, 0.03125, 0.03125]


def test_values_of_parts_by_their_own_names():
    chosen = Settings(crossbar=Crossbar()).replace(ltp=1.0, adc_bits=7, variation=0.5, target=0.25, epochs=2)
    assert (chosen.options.ltp, chosen.options.retention.target) == (1.0, 0.25)
    assert (chosen.readout.adc_bits, chosen.readout.variation) == (7, 0.5)
    assert chosen.crossbar == Crossbar()        # has parameters of the same names, and is set as a whole
    assert chosen.replace(options=Options(levels=64), ltd=-1.0).options == Options(levels=64, ltd=-1.0)


@pytest.mark.parametrize("wrong, sentence", [
    ({"model": "2.2"}, "model = '2.2' is unknown.*; it takes 2.0, 2.1"), ({"model": None}, "model = None is unknown"),
    ({"epochs": 0}, "epochs = 0 is out of range; it takes at least 1"), ({"epochs": 1 << 63}, "epochs = 9223"),
    ({"drops": (-5,)}, "drops = -5"), ({"drops": 5}, "drops = 5 is no list of whole numbers"),
    ({"batch_size": 2.5}, "batch_size = 2.5 is no whole number"), ({"test_every": 0}, "test_every = 0"),
    ({"evaluate_every": -1}, "evaluate_every = -1"), ({"log_every": 0}, "log_every = 0"),
    ({"beta": float("inf")}, "beta = inf"), ({"levels": 32.5}, "levels = 32.5"), ({"levels": 0}, "levels = 0"),
    ({"weight_bits": float("nan")}, "weight_bits = nan"), ({"weight_bits": 16}, "weight_bits = 16"),
    ({"momentum": 5}, "momentum = 5"), ({"cycle_variation": 100}, "cycle_variation = 100 .* at least 0, below 100"),
    ({"levels": 65536, "learning_rate": 9999.0}, "asks for .* pulses"), ({"learning_rate": 1e4}, "learning_rate"),
    ({"rate": 0.1}, "the retention time is 0; give a time above 0"),
    ({"rate": 0.1, "time": float("inf")}, "time = inf is out of range; it takes any finite"),
    ({"rate": 30.0, "time": 1e300}, "leaves nothing to read"), ({"variation": float("inf")}, "variation = inf"),
    ({"learning_rate": -1.0}, "learning_rate"), ({"seed": -1}, "seed = -1"), ({"error_bits": 1}, "error_bits = 1"),
    ({"corrections": ("W9",)}, "'W9' is no correction of the trainer; there are W1 and W2"),
    ({"corrections": 3}, "corrections = 3 is no list of ids"), ({"network": 3}, "network = 3 is no text"),
    ({"hardware": True, "cell_bits": 8}, "cannot hold a weight"), ({"options": {}}, "options = {} is no Options"),
    ({"crossbar": "txsim"}, "crossbar = 'txsim' is no Crossbar"), ({"hybrid": True}, "hybrid = True is no Hybrid"),
    ({"epoch": 3}, "'epoch' is no setting of a run .did you mean 'epochs'"),
    ({"crossbar": Crossbar(), "hardware": True}, "leave out hardware"),
])
def test_what_are_no_settings(wrong, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        settings(**wrong)
    assert "\n" not in str(error.value)
