"""Another algorithm than the built-in one: registered by name, run, resumed and offered on the command line."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from wage_runs import CHIP, images, same_run

import neurosim
from neurosim.commands import line as cli
from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table
from neurosim.wrappers.training import algorithm, loop
from neurosim.wrappers.training.algorithm import Algorithm
from neurosim.wrappers.training.settings import Settings

NETWORK = "input = [8, 8, 3]\nlayers = [{ fc = 10 }]\n"
SMALL = CHIP | {"array_rows": 8, "array_columns": 8, "correct": "all"}


class SignModel:
    """One fully connected layer; every weight moves by the learning rate against the sign of its gradient."""

    def __init__(self, architecture):
        (spec,) = architecture.layers
        zeros = np.zeros(spec.shape, np.float32)
        self.layers = [SimpleNamespace(name=spec.name, layer=spec, weight=zeros, update=zeros.copy(), inputs=None)]

    def begin_epoch(self):
        pass

    def errors(self, images, labels):
        """Errors of the outputs and number of correct images; a map is flattened as (channel, row, column)."""
        layer = self.layers[0]
        layer.inputs = images.reshape(len(images), -1)
        outputs = layer.inputs @ layer.weight.T / layer.weight.shape[1]
        return outputs - np.eye(len(layer.weight), dtype=np.float32)[labels], (outputs.argmax(1) == labels).sum()

    def train_batch(self, images, labels, learning_rate):
        error, correct = self.errors(images, labels)
        layer = self.layers[0]
        layer.update[...] = learning_rate * np.sign(error.T @ layer.inputs)
        layer.weight -= layer.update
        return (error**2).sum() / 2, int(correct)

    def evaluate(self, batches):
        found = [(self.errors(*batch), len(batch[1])) for batch in batches]
        total = sum(count for _, count in found)
        return np.mean([(e**2).sum() / 2 for (e, _), _ in found]), 100 * sum(int(c) for (_, c), _ in found) / total

    def state(self):
        return {"weight": self.layers[0].weight, "update": self.layers[0].update}

    def restore(self, state):
        for name, array in self.state().items():
            array[...] = state[name]


class Signs(Algorithm):
    """The shortest algorithm that there is."""

    def model(self, settings, architecture):
        return SignModel(architecture)


class OwnSettings(Settings, table=Table([Parameter("step", 1.0, "", "of a weight", "steps", above=0)], "setting", "")):
    """With a setting of its own."""


class Steps(Signs):
    """Has options and reads them."""

    settings = OwnSettings

    def add_arguments(self, parser):
        parser.add_argument("--double", action="store_true")

    def started(self, options, values):
        settings = super().started(options, values)
        return settings.replace(step=2 * settings.step) if options.double else settings

    def remarks(self, settings, given):
        return [f"the step is {settings.step:g}"] if "step" in given else []

    def chip(self, settings):
        return {"synapse_bits": 6, "input_bits": 4}


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(algorithm.ALGORITHMS, "signs", Signs)
    monkeypatch.setitem(algorithm.ALGORITHMS, "steps", Steps())
    monkeypatch.setattr(loop.Run, "_draw", lambda run: None)


def started(folder, name="signs", **changes):
    kind = algorithm.named(name).settings
    settings = kind(algorithm=name, network=NETWORK, data="patterns", epochs=3, batch_size=20, learning_rate=1 / 16)
    return loop.Run.start(settings.replace(**changes), folder, neurosim.Design(**SMALL), images())


def test_a_run_of_another_algorithm(tmp_path):
    run = started(tmp_path)
    history = run.go()
    steps = run.model.layers[0].weight * 16
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert 4 < np.abs(steps).max() <= 3 * 4     # a sixteenth in each of four batches of three epochs
    assert set(np.unique(run.model.layers[0].update * 16)) <= {-1, 0, 1}
    assert history[-1]["forward_energy [J]"] > 0
    assert json.loads((tmp_path / "settings.json").read_text())["algorithm"] == "signs"
    assert len((tmp_path / "weight_dist.csv").read_text().splitlines()) == 4
    assert len((tmp_path / "input_activity.csv").read_text().split(",")[0]) > 3


def test_its_losses_are_those_of_the_run(tmp_path):
    """Without weights an image has a loss of a half: batches of 20, 20, 20 and 10 images, then two of 20 and 10."""
    (row,) = started(tmp_path, epochs=1, learning_rate=1e-12).go()
    assert (row["train_loss"], row["test_loss"]) == (pytest.approx(8.75), pytest.approx(7.5))


def test_it_goes_on_from_a_checkpoint(tmp_path):
    started(tmp_path / "whole").go()
    started(tmp_path / "parts", epochs=1).go()
    loop.Run.resume(tmp_path / "parts", images(), epochs=3).go()
    for name in ("settings.json", "results.json"):      # they tell when a run was asked for how much
        (tmp_path / "parts" / name).unlink(), (tmp_path / "whole" / name).unlink()
    same_run(tmp_path / "whole", tmp_path / "parts")


class Resting(Algorithm):
    """Trains nothing, on any network."""

    def model(self, settings, architecture):
        layers = []
        for spec in architecture.layers:
            zeros = np.zeros(spec.shape, np.float32)
            inputs = np.full((1, spec.rows, spec.columns, spec.channels) if spec.is_conv else (1, spec.channels), 0.5)
            layers.append(SimpleNamespace(name=spec.name, layer=spec, weight=zeros, update=zeros,
                                          inputs=inputs.astype(np.float32)))
        return SimpleNamespace(layers=layers, begin_epoch=lambda: None, state=dict,
                               train_batch=lambda *batch: (1.0, 0))

    def test(self, model, batches, settings):
        return 1.0, sum(len(labels) for _, labels in batches) * 0.0


def test_traces_of_any_algorithm_are_those_of_the_version(tmp_path, monkeypatch):
    """Difference V20, for an algorithm that knows nothing of versions: of 8 x 8 windows 6 x 6 are read."""
    monkeypatch.setitem(algorithm.ALGORITHMS, "resting", Resting)
    network = "input = [8, 8, 3]\nlayers = [{ conv = 4, padding = 1 }, { fc = 10 }]\n"
    told = {}
    for model in ("2.0", "2.1"):
        settings = Settings(algorithm="resting", network=network, data="patterns", epochs=1, evaluate_every=0,
                            model=model)
        loop.Run.start(settings, tmp_path / model, neurosim.Design(**SMALL), images()).go()
        told[model] = [float(word) for word in (tmp_path / model / "input_activity.csv").read_text().split(",")[:2]]
    assert told["2.0"] == [1 / 8, 1 / 8]    # one half is the highest bit but the sign
    assert told["2.1"] == [36 / 64 / 8, 1 / 8]


def test_a_trace_has_the_bits_of_the_algorithm_or_of_the_chip(tmp_path):
    widths = {}
    for name in ("signs", "steps"):
        run = started(tmp_path / name, name, epochs=1, traces=True, evaluate_every=0)
        run.go()
        words = (tmp_path / name / "layer_record" / "trace_command.sh").read_text().split()
        widths[name] = (*words[3:5], len((tmp_path / name / "layer_record" / "inputFC1_.csv").read_text()
                                         .splitlines()[0].split(",")))
    design = neurosim.Design()
    assert widths == {"signs": (str(design.synapse_bits), str(design.input_bits), design.input_bits),
                      "steps": ("6", "4", 4)}


def command(folder, *words):
    data = images()
    np.savez(folder / "patterns.npz", x_train=data.train_images, y_train=data.train_labels,
             x_test=data.test_images, y_test=data.test_labels)
    (folder / "network.toml").write_text(NETWORK)
    (folder / "chip.csv").write_text("".join(f"{name},{value}\n" for name, value in SMALL.items()))
    return cli.main(["train", "--data", str(folder / "patterns.npz"), "--network", str(folder / "network.toml"),
                     "--design", str(folder / "chip.csv"), "--epochs", "1", "--out", str(folder / "run"), *words])


def test_the_command_offers_its_options(tmp_path, capsys):
    assert command(tmp_path, "--algorithm", "steps", "--step", "3", "--double") == 0
    told = capsys.readouterr()
    assert "warning: the step is 6" in told.err and "best test accuracy" in told.out
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["step"] == 6 and settings["algorithm"] == "steps"
    design = neurosim.Design.from_file(tmp_path / "run" / "design.toml")
    assert (design.synapse_bits, design.input_bits) == (6, 4)
    assert cli.main(["train", "--resume", str(tmp_path / "run"), "--epochs", "2", "--quiet"]) == 0
    assert cli.main(["train", "--algorithm", "steps", "--resume", str(tmp_path / "run"), "--step", "2"]) == 2
    assert "--algorithm cannot change in the middle of a run" in capsys.readouterr().err
    assert command(tmp_path, "--force", "--algorithm", "signs", "--step", "3") == 2
    assert "unrecognized arguments: --step" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["train", "--algorithm", "wage", "--algorithm=steps", "--help"])
    told = capsys.readouterr().out
    assert "--double" in told and "of a weight (default 1)" in told and "--crossbar" not in told
    assert "what trains: wage, signs, steps (default wage)" in told


def test_what_is_no_algorithm(tmp_path):
    with pytest.raises(NeurosimError, match="there is no algorithm 'sings' .did you mean 'signs'.*; there is wage"):
        algorithm.named("sings")
    with pytest.raises(NeurosimError, match=r"no settings of the algorithm 'steps'; give .*OwnSettings"):
        loop.Run.start(Settings(algorithm="steps", network=NETWORK), tmp_path / "a", neurosim.Design(), images())
    with pytest.raises(NeurosimError, match=r"no settings of the algorithm 'wage'; give .*wage.settings.Settings"):
        loop.Run.start(Settings(network=NETWORK), tmp_path / "a", neurosim.Design(), images())
    assert not (tmp_path / "a").exists()
    with pytest.raises(NotImplementedError, match="Algorithm has no model"):
        Algorithm().model(Settings(), None)


def test_a_checkpoint_of_an_algorithm_that_is_not_here(tmp_path, monkeypatch):
    started(tmp_path)
    monkeypatch.delitem(algorithm.ALGORITHMS, "signs")
    with pytest.raises(NeurosimError, match="checkpoint.npz: there is no algorithm 'signs'; there is wage"):
        loop.Run.resume(tmp_path, images())
