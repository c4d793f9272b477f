"""The order in which layers compute. A `Chain` is the only one yet; a graph would have the same two methods."""

import numpy as np


class Chain:
    """Layers one after the other, with a `Flatten` wherever rows of features follow a map.

    Parameters
    ----------
    layers : sequence of layers.Layer
        From the input, which is a map.
    """

    def __init__(self, layers):
        self.before, self.steps = [], []        # the first layer's gradient goes nowhere: nothing before it goes back
        on_map = True
        for layer in layers:
            if on_map and not layer.layer.is_conv:
                (self.steps if self.steps else self.before).append(Flatten())
            self.steps.append(layer)
            on_map = layer.layer.is_conv

    def forward(self, x, readout=None):
        """What the last layer gives, (images, outputs).

        Parameters
        ----------
        x : ndarray of float32, (images, rows, columns, channels)
        readout : readout.Readout, optional
            Read every layer through the hardware; there is no backward pass after that.
        """
        for step in (*self.before, *self.steps):
            x = step.forward(x, readout)
        return x

    def backward(self, gradient):
        """From dL/d(output) fill the gradient of every layer; it is overwritten."""
        for number in range(len(self.steps) - 1, -1, -1):
            gradient = self.steps[number].backward(gradient, wanted=number > 0)


class Flatten:
    """A map as a row of features, in the order (channel, row, column) of the weights, and back."""

    def forward(self, x, readout=None):
        """(images, rows, columns, channels) as (images, features)."""
        self.shape = x.shape
        return np.ascontiguousarray(x.transpose(0, 3, 1, 2)).reshape(len(x), -1)

    def backward(self, gradient, wanted=True):
        """(images, features) as the map that `forward` was given."""
        images, rows, columns, channels = self.shape
        return np.ascontiguousarray(gradient.reshape(images, channels, rows, columns).transpose(0, 2, 3, 1))
