"""The trace of a model: in memory and as files the same."""

import numpy as np
import pytest

import neurosim
from neurosim.design.models import MODELS
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.wage import trace
from neurosim.wrappers.wage.model import Model


@pytest.mark.parametrize("version", MODELS)
def test_a_trace_feeds_the_chip_as_its_files_do(tmp_path, version):
    layers = [{"conv": 8, "padding": 1}, {"pool": 2}, {"conv": 6, "kernel": 3, "stride": 2}, {"fc": 4}]
    model = Model(Architecture.build((8, 9, 3), layers), rules=MODELS[version].trainer)
    model.forward(np.random.default_rng(0).uniform(-1, 1, (2, 3, 8, 9)).astype(np.float32))
    for layer in model.layers:
        layer.update[...] = np.random.default_rng(1).uniform(-0.1, 0.1, layer.update.shape)
    records = trace.capture(model, 1)
    network = model.architecture.network
    trace.write(records, tmp_path, 0, 5, 8)
    files = [
        (*(tmp_path / f"{kind}{record.name}.csv" for kind in ("weight", "weightOld", "input")), record.activity)
        for record in records
    ]
    read, held = neurosim.Trace.from_files(files, network, 8), trace.chip_trace(records, network, 8)
    for index, record in enumerate(records):
        want, got = read.layer(index), held.layer(index)
        for name in ("weight", "weight_old", "inputs"):
            np.testing.assert_array_equal(getattr(got, name), getattr(want, name))
        assert got.inputs.shape[1] == network[index].vectors * 8
        # Difference V20: the activity is the share of ones in the file.
        written = np.loadtxt(tmp_path / f"input{record.name}.csv", delimiter=",")
        assert got.activity == want.activity == np.count_nonzero(written) / written.size
        padded = index == 0 and MODELS[version].trainer.padded_windows
        assert written.shape[1] == (8 * 8 * 9 if padded else got.inputs.shape[1])
    other = Architecture.build((8, 9, 3), [{"conv": 8, "padding": 1}, {"conv": 6, "kernel": 5}, {"fc": 4}]).network
    with pytest.raises(neurosim.NeurosimError, match="trace the network that is evaluated"):
        trace.chip_trace(records, other, 8).layer(1)
