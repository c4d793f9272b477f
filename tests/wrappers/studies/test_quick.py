"""Quick training."""

import numpy as np

from neurosim.traces.architecture import Architecture
from neurosim.wrappers.studies import grid, quick
from neurosim.wrappers.training.data import Dataset
from neurosim.wrappers.wage.model import Model


def test_quick_training_is_seeded():
    generator = np.random.default_rng(1)
    labels = np.arange(120) % 4
    images = (generator.integers(0, 60, (120, 1, 8, 8)) + 60 * labels[:, None, None, None]).astype(np.uint8)
    dataset = Dataset("four", images, labels, images[:40], labels[:40])

    def accuracy(**options):
        model = Model(Architecture.build((8, 8, 1), [{"conv": 8, "padding": 1}, {"pool": 2}, {"fc": 4}]), draws=3)
        return quick.quick_training(model, dataset, epochs=4, batch=25, **options), model.layers[0].weight

    one, two = accuracy(seed=1), accuracy(seed=1, learning_rate=lambda epoch: 1.0)
    np.testing.assert_array_equal(one[1], two[1])
    assert one[0] == two[0] > 40
    assert (accuracy(seed=2, augment=False)[1] != one[1]).any()
    assert grid.quick_training is quick.quick_training
