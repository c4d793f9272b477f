"""Convolutions as matrix products: of unfolded windows, or of Winograd's transforms.

Feature maps are float32 (images, rows, columns, channels). Images go through in blocks whose temporaries stay in
cache. In the hidden layers of WAGE everything is a whole number times a power of two, so that float32 sums are
exact in any order as long as they stay below 2^24 steps, and both ways give the same bits.
"""

import functools
import math
import threading

import numpy as np

from neurosim.wrappers.devices.arrays import BACKWARD, FORWARD, SAMPLE
from neurosim.wrappers.training.parallel import LANES, over_blocks, over_lanes, over_slices, threads
from neurosim.wrappers.wage import _kernels, _winograd

BLOCK_BYTES = 12 << 20          # temporaries of a block of images
EXACT_STEPS = 2.0**24           # whole numbers of this size are exact in float32
WINOGRAD_CHANNELS = 16          # with fewer, the transforms cost more than they save


class Workspace:
    """Named buffers that are kept from step to step; threads may ask for different names at the same time."""

    def __init__(self):
        self._buffers = {}
        self._lock = threading.Lock()

    def array(self, name, shape, dtype=np.float32):
        """An uninitialised contiguous array; it overlaps earlier ones of the same name."""
        size = math.prod(shape)
        with self._lock:
            buffer = self._buffers.get(name)
            if buffer is None or buffer.size < size or buffer.dtype != dtype:
                buffer = self._buffers[name] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)


def blocks(images, bytes_per_image):
    """Slices of images whose temporaries take about BLOCK_BYTES; several, but not a matter of the threads."""
    size = min(BLOCK_BYTES // max(bytes_per_image, 1), -(-images // (2 * LANES)))
    size = int(max(1, size))
    return [(first, min(first + size, images)) for first in range(0, images, size)]


class Convolution:
    """What both ways of computing a convolution share.

    Parameters
    ----------
    layer : architecture.WeightLayer
    workspace : Workspace
    """

    lanes = LANES

    def __init__(self, layer, workspace):
        self.layer, self.workspace = layer, workspace

    def size(self, x):
        """Rows and columns of the output map."""
        layer = self.layer
        return tuple((length + 2 * layer.padding - layer.kernel) // layer.stride + 1 for length in x.shape[1:3])

    def positions(self, x):
        """For each kernel position a callable that returns its inputs, (images * rows * columns, channels)."""
        kernel, stride, pad = self.layer.kernel, self.layer.stride, self.layer.padding
        rows, columns = self.size(x)
        padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

        def inputs(i, j):
            part = padded[:, i : i + stride * rows : stride, j : j + stride * columns : stride]
            return np.ascontiguousarray(part[:, :rows, :columns]).reshape(-1, x.shape[3])

        return [functools.partial(inputs, i, j) for i in range(kernel) for j in range(kernel)]

    def forward(self, x, finish):
        """Call `finish(first, last, z)` for each block of images with its weighted sums, from several threads."""
        size = self.size(x)

        def block(worker, first, last):
            z = self.workspace.array(f"sums {worker}", (last - first, *size, self.layer.outputs))
            self._sums(worker, x[first:last], z)
            finish(first, last, z)

        over_blocks(block, self._blocks(len(x), size))

    def backward(self, x, e, gradient, x_gradient):
        """Weight gradient, and unless `x_gradient` is None the input gradient.

        Parameters
        ----------
        x : array, the input
        e : array, the error at the weighted sums
        gradient : ndarray, (outputs, channels, rows, columns), overwritten
        x_gradient : ndarray of the shape of x, overwritten, or None
        """
        shape = self._transformed_shape()

        def lane(number, own):
            total = self.workspace.array(f"total {number}", shape)
            part = self.workspace.array(f"part {number}", shape)
            for n, (first, last) in enumerate(own):
                target = None if x_gradient is None else x_gradient[first:last]
                self._gradients(number, x[first:last], e[first:last], part if n else total, target)
                if n:
                    total += part

        used = over_lanes(lane, self._blocks(len(x), e.shape[1:3]), self.lanes)
        totals = [self.workspace.array(f"total {number}", shape) for number in range(used)]
        self._finish_gradient(totals, gradient)


class Unfolded(Convolution):
    """Convolution of any kernel, stride and padding: windows unfolded to rows, one matrix product."""

    def prepare(self, weight, factor):
        """Take the weights (outputs, channels, rows, columns), multiplied by `factor`."""
        matrix = self.workspace.array(f"matrix {self.layer.name}", (*weight.shape[2:], *weight.shape[1::-1]))
        self.factor = np.float32(factor)
        np.multiply(weight.transpose(2, 3, 1, 0), self.factor, out=matrix)
        self.matrix = matrix.reshape(-1, weight.shape[0])

    def _transformed_shape(self):
        return self.matrix.shape

    def _blocks(self, images, size):
        return blocks(images, 4 * size[0] * size[1] * sum(self.matrix.shape))

    def _columns(self, worker, x):
        rows, columns = self.size(x)
        unfolded = self.workspace.array(f"columns {worker}", (len(x) * rows * columns, len(self.matrix)))
        _kernels.unfold(x, unfolded, self.layer.kernel, self.layer.stride, self.layer.padding)
        return unfolded

    def _sums(self, worker, x, z):
        self._multiply(worker, self._columns(worker, x), z.reshape(-1, z.shape[3]))

    def _gradients(self, worker, x, e, total, x_gradient):
        unfolded, error = self._columns(worker, x), e.reshape(-1, e.shape[3])
        np.matmul(unfolded.T, error, out=total)
        if x_gradient is not None:
            self._multiply_back(worker, error, unfolded)
            _kernels.fold(unfolded, x_gradient, self.layer.kernel, self.layer.stride, self.layer.padding)

    def _multiply(self, worker, unfolded, z):
        """Weighted sums z of unfolded windows."""
        np.matmul(unfolded, self.matrix, out=z)

    def _multiply_back(self, worker, error, unfolded):
        """Input gradients of unfolded windows."""
        np.matmul(error, self.matrix.T, out=unfolded)

    def _finish_gradient(self, totals, gradient):
        total = totals[0]
        for other in totals[1:]:
            total += other
        kernel = self.layer.kernel
        gradient[...] = total.reshape(kernel, kernel, -1, len(gradient)).transpose(3, 2, 0, 1)


class Winograd(Convolution):
    """Convolution 3 x 3 with stride 1 in 16 products for each 2 x 2 outputs, instead of 36.

    Its sums are larger than those of the plain way and its steps four times finer. `prepare` therefore says
    whether float32 holds every partial sum of the weighted sums and of the input gradient exactly, whatever the
    data. The weight gradient has the same steps both ways; its sums over very large batches can round (with
    either way).
    """

    @staticmethod
    def fits(layer):
        """Whether a layer can be computed this way with profit."""
        return layer.kernel == 3 and layer.stride == 1 and min(layer.channels, layer.outputs) >= WINOGRAD_CHANNELS

    @property
    def lanes(self):
        """An accumulator a thread: the sums are exact, so that their order does not matter."""
        return threads()

    def prepare(self, weight, factor, step=0.0, data_step=1.0):
        """Take the weights; returns whether all sums are exact.

        Parameters
        ----------
        weight : ndarray, (outputs, channels, 3, 3)
        factor : float
            Power of two that multiplies the sums.
        step, data_step : float
            Steps of the grid of the weights, and of activations and errors, which lie in -1 ... 1.
        """
        outputs, channels = weight.shape[:2]
        self.planes = self.workspace.array(f"planes {self.layer.name}", (16, channels, outputs))
        over_outputs = np.zeros((16, channels))
        parts = []

        def part(first, last):
            over_inputs = np.zeros((16, outputs))
            parts.append(over_inputs)
            _winograd.weight_planes(weight, self.planes, over_inputs, over_outputs, first, last, factor)

        over_slices(part, channels, least=8)
        # The transforms of activations and of errors add up to four numbers, in every plane.
        most = 4 * max(sum(parts).max(), over_outputs.max())
        return bool(most < EXACT_STEPS * (step / 4) * data_step)

    def _transformed_shape(self):
        return self.planes.shape

    @staticmethod
    def _tiles(size):
        return ((size[0] + 1) // 2) * ((size[1] + 1) // 2)

    def _blocks(self, images, size):
        return blocks(images, 64 * self._tiles(size) * sum(self.planes.shape[1:]))

    def _input_planes(self, worker, x):
        planes = self.workspace.array(f"inputs {worker}", (16, len(x) * self._tiles(self.size(x)), x.shape[3]))
        _winograd.input_planes(x, planes, 0, self.layer.padding)
        return planes

    def _sums(self, worker, x, z):
        planes = self._input_planes(worker, x)
        products = self.workspace.array(f"products {worker}", (*planes.shape[:2], z.shape[3]))
        np.matmul(planes, self.planes, out=products)
        _winograd.output(products, z, 0)

    def _gradients(self, worker, x, e, total, x_gradient):
        planes = self._input_planes(worker, x)
        error = self.workspace.array(f"products {worker}", (*planes.shape[:2], e.shape[3]))
        _winograd.error_planes(e, error, 0)
        np.matmul(planes.transpose(0, 2, 1), error, out=total)
        if x_gradient is not None:
            np.matmul(error, self.planes.transpose(0, 2, 1), out=planes)
            _winograd.input_gradient(planes, x_gradient, 0, self.layer.padding)

    def _finish_gradient(self, totals, gradient):
        def part(first, last):
            for other in totals[1:]:
                totals[0][:, first:last] += other[:, first:last]

        over_slices(part, totals[0].shape[1], least=8)
        over_slices(lambda a, b: _winograd.weight_gradient(totals[0], gradient, a, b), len(gradient), least=8)


class ThroughArrays(Unfolded):
    """A convolution whose sums go through the arrays and converters of a layer."""

    def __init__(self, layer, workspace, arrays):
        super().__init__(layer, workspace)
        self._arrays = arrays
        # Unfolded windows are (row, column, channel), rows of arrays (channel, row, column).
        count = np.arange(layer.fan_in).reshape(layer.kernel, layer.kernel, layer.channels)
        self._order = count.transpose(2, 0, 1).reshape(-1)
        self._back = np.argsort(self._order)

    def forward(self, x, finish):
        rows, columns = self.size(x)
        images = x[: -(-SAMPLE // (rows * columns))]
        self._ranges = self._arrays.ranges(self._ordered("sample", self._columns("sample", images)), FORWARD)
        super().forward(x, finish)

    def backward(self, x, e, gradient, x_gradient):
        self._ranges = self._arrays.ranges(e.reshape(-1, e.shape[3]), BACKWARD)
        super().backward(x, e, gradient, x_gradient)

    def _ordered(self, worker, unfolded):
        ordered = self.workspace.array(f"ordered {worker}", unfolded.shape)
        return np.take(unfolded, self._order, axis=1, out=ordered, mode="clip")

    def _multiply(self, worker, unfolded, z):
        self._arrays.multiply(self._ordered(worker, unfolded), z, FORWARD, self._ranges, worker)
        z *= self.factor

    def _multiply_back(self, worker, error, unfolded):
        ordered = self.workspace.array(f"ordered {worker}", unfolded.shape)
        self._arrays.multiply(error, ordered, BACKWARD, self._ranges, worker)
        np.take(ordered, self._back, axis=1, out=unfolded, mode="clip")
        unfolded *= self.factor
