"""Fully connected products, with the methods of a `convolution.Convolution`: a matrix product each way."""

import numpy as np

from neurosim.wrappers.devices import arrays
from neurosim.wrappers.training.parallel import over_slices

LEAST_COLUMNS = 64      # columns of a matrix product worth a thread


class Connection:
    """Every output from every input.

    Parameters
    ----------
    layer : architecture.WeightLayer
    workspace : convolution.Workspace
    """

    def __init__(self, layer, workspace):
        self.layer, self.workspace = layer, workspace

    def prepare(self, weight, factor):
        """Take the weights (outputs, inputs); sums are multiplied by `factor`."""
        self.matrix, self.factor = weight, np.float32(factor)

    def size(self, x):
        """Rows and columns of the output map: there is none."""
        return ()

    def positions(self, x):
        """For each kernel position (there is one) a callable that returns the inputs (images, inputs)."""
        return [lambda: x]

    def forward(self, x, finish):
        """Call `finish(0, images, z)` with the weighted sums z, (images, outputs)."""
        z = self.workspace.array(f"logits {self.layer.name}", (len(x), self.layer.outputs))
        self._sums(x, z)
        z *= self.factor
        finish(0, len(x), z)

    def backward(self, x, e, gradient, x_gradient):
        """Weight gradient, and unless `x_gradient` is None the input gradient; both are overwritten.

        Parameters
        ----------
        x : array, (images, inputs)
        e : array, (images, outputs)
            The error at the weighted sums.
        gradient : ndarray, (outputs, inputs)
        x_gradient : ndarray of the shape of x, or None
        """
        over_slices(lambda a, b: np.matmul(e[:, a:b].T, x, out=gradient[a:b]), len(gradient), least=LEAST_COLUMNS)
        if x_gradient is not None:
            self._input_gradient(e, x_gradient)
            x_gradient *= self.factor

    def _sums(self, x, z):
        weight = self.matrix
        over_slices(lambda a, b: np.matmul(x, weight[a:b].T, out=z[:, a:b]), len(weight), least=LEAST_COLUMNS)

    def _input_gradient(self, e, x_gradient):
        weight = self.matrix
        over_slices(
            lambda a, b: np.matmul(e, weight[:, a:b], out=x_gradient[:, a:b]), weight.shape[1], least=LEAST_COLUMNS
        )


class ConnectionThroughArrays(Connection):
    """A connection whose sums go through the arrays and converters of a layer."""

    def __init__(self, layer, workspace, layer_arrays):
        super().__init__(layer, workspace)
        self._arrays = layer_arrays

    def _sums(self, x, z):
        arrays.multiply_all(self._arrays, x, z, arrays.FORWARD)

    def _input_gradient(self, e, x_gradient):
        arrays.multiply_all(self._arrays, e, x_gradient, arrays.BACKWARD)
