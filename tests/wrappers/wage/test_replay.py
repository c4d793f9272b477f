"""Recorded runs of the original program, replayed with their draws: every file byte for byte."""

import csv
import hashlib
import io
import json

import numpy as np
import pytest
import wage_reference as reference

from neurosim.report.text import OUTPUT_NAME
from neurosim.wrappers.training import data
from neurosim.wrappers.training.draws import GivenDraws
from neurosim.wrappers.training.files import ACTIVITY, PYTHON_OUTPUT, UPDATES, WEIGHTS, RunFiles
from neurosim.wrappers.wage import trace
from neurosim.wrappers.wage.model import Model


def given_draws(record, layers, steps):
    def each(name):
        return {n: [record[f"s{k}_{name}{n}"] for k in range(steps)] for n in range(layers)}

    return GivenDraws(
        weights={n: [record[f"w{n}_init"]] for n in range(layers)},
        device={n: [record[f"d2d_noise{n}"]] for n in range(layers)},
        rounding=each("r"), cycle=each("noise"),
    )


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cifar")
    for name, content in reference.texts("cifar_synth").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return data.load(folder)


@pytest.mark.parametrize("run", ["replay_a", "replay_b"])
def test_recorded_run(run, images, tmp_path):
    record, files = reference.arrays(run), reference.texts(run)
    params = json.loads(str(record["params"]))
    layers = len(params["layers"])
    steps = max(int(name[1:].split("_")[0]) for name in record if name.startswith("s") and name.endswith("_x")) + 1
    model = Model(reference.architecture(params, (3, 32, 32)), reference.options(params),
                  given_draws(record, layers, steps))
    assert model.architecture.network.to_csv().encode() == files["NetWork.csv"]
    assert [layer.scale for layer in model.layers] == params["scales"]
    sums = {(row["file"], row["epoch"]): row["sha256"]
            for row in csv.DictReader(io.StringIO(files["trace_sha256.csv"].decode()))}
    tests = files["PythonWrapper_Output.csv"].decode().splitlines()
    written = RunFiles(tmp_path)
    written.start(layers)
    rate, step, compared = params["grad_scale"], 0, 0
    for epoch in range(params["epochs"]):
        model.begin_epoch()
        rate /= 8 if epoch in params["decreasing_lr"] else 1
        for _ in range(-(-60 // params["batch_size"])):
            np.testing.assert_array_equal(model.forward(record[f"s{step}_x"]), record[f"s{step}_output"])
            np.testing.assert_allclose(model.backward(record[f"s{step}_label"]), record[f"s{step}_loss"],
                                       rtol=reference.LOSS)
            model.step(rate)
            step += 1
        for n, layer in enumerate(model.layers):
            np.testing.assert_array_equal(layer.weight, record[f"e{epoch}_w{n}"])
            np.testing.assert_array_equal(layer.update, record[f"e{epoch}_update{n}"])
        written.statistics(model.statistics())
        batches = list(data.batches(images.test_images, images.test_labels, params["batch_size"]))
        loss, accuracy = model.evaluate(batches)
        number, want_loss, want_accuracy = (float(text) for text in tests[epoch + 1].split(","))
        assert number == epoch and f"{accuracy:f}" == f"{want_accuracy:f}"
        assert abs(loss - want_loss) <= 1.5e-6  # its sixth decimal depends on the order of a float32 sum

        model.forward(batches[0][0])
        records = trace.capture(model)
        written.activity(records)
        written.test(epoch, want_loss, accuracy)
        trace.write(records, tmp_path, epoch, params["wl_weight"], params["wl_activate"])
        for (name, number), digest in sums.items():
            if int(number) == epoch and name.endswith(".csv"):
                assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest, name
                compared += 1
        line = f"trace_epoch{epoch}/trace_command.sh"
        if line in files:
            assert (tmp_path / "trace_command.sh").read_bytes() == files[line]
            compared += 1
        assert not list(tmp_path.glob("*.part"))
    assert step == steps and compared > 3 * layers
    for name in (UPDATES, WEIGHTS, ACTIVITY, PYTHON_OUTPUT, OUTPUT_NAME):
        assert (tmp_path / name).read_bytes() == files[name], name
