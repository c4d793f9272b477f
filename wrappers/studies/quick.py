"""Training as studies need it: a model, a data set, an accuracy."""

import numpy as np

from neurosim.wrappers.training.data import batches


def quick_training(model, dataset, *, epochs, batch=200, test_batch=500, seed=0, learning_rate=1.0, augment=True):
    """Train a model without leaving files.

    Parameters
    ----------
    model : algorithm.Trainable
        With `architecture`, such as `wage.Model`.
    dataset : data.Dataset
    epochs : int
    batch, test_batch : int
        Images of a batch; the last of an epoch may have fewer.
    seed : int
        Of the order of the images and of the augmentation.
    learning_rate : float or callable
        Multiplies the updates; a callable is given the number of the epoch.
    augment : bool
        Shift the images by up to 4 pixels and mirror half of them, as the reference does.

    Returns
    -------
    float
        Accuracy on the test images after the last epoch [%].

    Raises
    ------
    algorithm.TrainingError
        Errors or gradients vanished, or are no numbers.
    """
    dataset = dataset.fitted(model.architecture)
    generator = np.random.default_rng(seed)
    for epoch in range(epochs):
        rate = learning_rate(epoch) if callable(learning_rate) else learning_rate
        model.begin_epoch()
        order = generator.permutation(len(dataset.train_images))
        for images, labels in batches(dataset.train_images, dataset.train_labels, batch, order,
                                      generator if augment else None):
            model.train_batch(images, labels, rate)
    return model.evaluate(batches(dataset.test_images, dataset.test_labels, test_batch))[1]
