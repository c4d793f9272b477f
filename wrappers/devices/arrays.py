"""The arrays that hold a layer: from quantised weights to what wires, cells and converters make of them.

Inputs are rows in the order (channel, row, column) of the weights, outputs columns; positive and negative weights,
and the digits of their magnitudes, are on arrays of their own. Without converters everything is linear, and an
ordinary layer with other weights does the work, forward and backward. With them, sums go array by array.
"""

import math
import warnings

import numpy as np

from neurosim.crossbar import _transfer
from neurosim.crossbar.tiles import gain
from neurosim.crossbar.transfer import WARN_AT, Interpolated, SeverityWarning, severity, transfer_matrix
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import _cells, grid
from neurosim.wrappers.devices.crossbar import CALIBRATED, WRITE_SIGMA
from neurosim.wrappers.devices.curve import UpdateCurve
from neurosim.wrappers.training.parallel import over_blocks, over_slices

CHUNK = 1 << 16                     # cells that are worked on at a time, to stay in cache
CHUNK_EXACT = 1 << 22
SAMPLE = 512                        # input vectors that a calibrated ADC looks at
CUBIC = 1.5 * math.sqrt(3.0)        # makes the largest u - u^3 one
FORWARD, BACKWARD = 0, 1
STUCK_ON, STUCK_OFF = 1, 2


class LayerArrays:
    """The arrays of one layer.

    Parameters
    ----------
    layer : architecture.WeightLayer
    index : int
    crossbar : crossbar.Crossbar
    options : options.Options
    draws : draws.Draws
        For what differs from device to device.
    workspace : convolution.Workspace
    """

    def __init__(self, layer, index, crossbar, options, draws, workspace):
        self.layer, self.index, self.crossbar, self.workspace = layer, index, crossbar, workspace
        self.converts = crossbar.converts
        self._keywords = crossbar.wires.keywords
        self._activation_bits, self._error_bits = options.activation_bits, options.error_bits
        if options.error_bits == -1 and (self.converts or crossbar.dac_bits is not None):
            raise NeurosimError("errors without quantisation have no range for a converter; give error_bits")
        self.bits, self.slices = crossbar.digits(options.weight_bits)
        self.grid = float(grid.levels(options.weight_bits))
        self.top = 2**self.bits - 1
        self.step = (crossbar.g_max - crossbar.g_min) / self.top
        self.worth = 2.0 ** (self.bits * np.arange(self.slices)) / self.grid      # of a digit
        self.outputs, self.inputs = layer.outputs, layer.fan_in
        self.down, self.across = -(-self.inputs // crossbar.rows), -(-self.outputs // crossbar.columns)
        self.shape = (self.down * self.across, 2, self.slices, crossbar.rows, crossbar.columns)
        self.digits = None                                       # (slices, outputs, inputs), for converters
        self._programmed = self._weight = None
        self._interpolated = None
        if crossbar.method == "interpolated":
            self._interpolated = Interpolated(crossbar.wires, interval=crossbar.interval)
        self._warned = False
        self._draw_devices(draws)

    def _draw_devices(self, draws):
        """What differs from cell to cell, once and for all; cells that do not exist have nothing."""
        crossbar = self.crossbar
        self.variation = self.stuck = None
        if crossbar.variation:
            self.variation = draws.process(self.index, self.shape, crossbar.variation)
        if crossbar.stuck_on or crossbar.stuck_off:
            self.stuck = draws.stuck(self.index, self.shape, crossbar.stuck_on, crossbar.stuck_off)
            cells = self.stuck.reshape(self.down, self.across, -1, crossbar.rows, crossbar.columns)
            cells[-1, :, :, self.inputs - (self.down - 1) * crossbar.rows :] = 0
            cells[:, -1, :, :, self.outputs - (self.across - 1) * crossbar.columns :] = 0

    # -- weights -----------------------------------------------------------------------------------

    def program(self, weight):
        """What the arrays make of a weight matrix.

        Parameters
        ----------
        weight : ndarray of float32, (outputs, ...)
            As the layer would compute with.

        Returns
        -------
        ndarray of float32, of its shape
            Effective weights, for forward and backward; the very weights where nothing is wrong with the arrays.
        """
        if self._programmed is None or not np.array_equal(self._programmed, weight):
            self._programmed = weight.copy()
            matrix = np.ascontiguousarray(weight.reshape(self.outputs, self.inputs))
            self._rebuild(matrix)
        return self._weight.reshape(weight.shape)

    def _rebuild(self, matrix):
        """Effective weights and, for converters, effective digits of a matrix (outputs, inputs)."""
        self._weight = matrix.copy()
        if self.converts:
            self.digits = self._intended_digits(matrix)
            target, factors = self.digits, np.full(self.slices, 1 / self.step)
        else:
            target, factors = self._weight[None], self.worth / self.step
        factors = factors.astype(np.float32)
        severities = np.zeros(self.shape[0])
        cells_of_tile = math.prod(self.shape[1:])

        def part(worker, first, last):
            shape = (last - first, *self.shape[1:])
            cells = self.workspace.array(f"cells {worker}", shape)
            _cells.program(matrix, cells, first, self.across, grid=self.grid, bits=self.bits,
                           lowest=self.crossbar.g_min, step=self.step)
            actual = self._actual(cells, first, last, worker)
            transfer = self._transfer(actual, severities[first:last], worker)
            if self.crossbar.calibrate_gain:
                transfer = transfer * gain(transfer.swapaxes(-1, -2), cells)[..., None, None].astype(transfer.dtype)
            _cells.collect(cells, transfer, target, factors, first, self.across)

        tiles = self.shape[0]
        if self.crossbar.method in ("fast", "series"):
            size = max(1, CHUNK // cells_of_tile)
            over_blocks(part, [(first, min(first + size, tiles)) for first in range(0, tiles, size)])
        else:       # these share their work among threads themselves
            size = tiles if self._interpolated else max(1, CHUNK_EXACT // cells_of_tile)
            for first in range(0, tiles, size):
                part(0, first, min(first + size, tiles))
        if self.crossbar.method == "fast" and severities.max() > WARN_AT and not self._warned:
            self._warned = True
            warnings.warn(
                f"{self.layer.name}: the fast crossbar model is no good at severity {severities.max():.2g} (above "
                f'{WARN_AT:g}); use method "auto" or "exact"', SeverityWarning, stacklevel=2,
            )

    def _actual(self, cells, first, last, worker):
        """Conductances that devices really have."""
        if self.variation is None and self.stuck is None:
            return cells
        actual = self.workspace.array(f"actual {worker}", cells.shape)
        if self.variation is None:
            np.copyto(actual, cells)
        else:
            np.multiply(cells, self.variation[first:last], out=actual)
        if self.stuck is not None:
            np.copyto(actual, np.float32(self.crossbar.g_max), where=self.stuck[first:last] == STUCK_ON)
            np.copyto(actual, np.float32(self.crossbar.g_min), where=self.stuck[first:last] == STUCK_OFF)
        return actual

    def _transfer(self, cells, severities, worker):
        """Transposed transfer matrices, in the shape of the cells; severities of tiles where the fast model is used."""
        if self._interpolated is not None:
            return np.ascontiguousarray(self._interpolated.rebuild(cells).swapaxes(-1, -2))
        if self.crossbar.method != "fast":
            transfer = transfer_matrix(cells, **self._keywords, method=self.crossbar.method)
            return np.ascontiguousarray(transfer.swapaxes(-1, -2))
        transfer = self.workspace.array(f"transfer {worker}", cells.shape)
        arrays = (-1, *cells.shape[-2:])
        found = np.empty(math.prod(cells.shape[:-2]))
        _transfer.fast(cells.reshape(arrays), transfer.reshape(arrays), found, 0, len(found), **self._keywords)
        severities[:] = found.reshape(len(cells), -1).max(axis=1)
        return transfer

    def _intended_digits(self, matrix):
        """Signed digits of a matrix, (slices, outputs, inputs), as `_cells.program` writes them."""
        rest = np.abs(matrix) * np.float32(self.grid)
        digits = np.empty((self.slices, *matrix.shape), np.float32)
        for n in range(self.slices - 1, 0, -1):
            unit = np.float32(2 ** (self.bits * n))
            np.floor(rest / unit, out=digits[n])
            rest -= digits[n] * unit
        digits[0] = rest
        return np.copysign(digits, matrix, out=digits)

    def severity(self, weight):
        """Mean severity (see `neurosim.crossbar.transfer.severity`) of the arrays that hold a weight matrix."""
        cells = np.empty(self.shape, np.float32)
        matrix = np.ascontiguousarray(weight.reshape(self.outputs, self.inputs))
        _cells.program(matrix, cells, 0, self.across, grid=self.grid, bits=self.bits, lowest=self.crossbar.g_min,
                       step=self.step)
        return float(severity(self._actual(cells, 0, len(cells), 0), **self._keywords).mean())

    # -- converters --------------------------------------------------------------------------------

    def sent(self, x):
        """Inputs as a DAC without faults sends them; only where sums do not go array by array."""
        return x if self.crossbar.dac_bits is None else grid.activation(x, self._activation_bits)

    def cycles(self, x, bits):
        """(worth, voltage) of each cycle in which the DACs send signed inputs.

        Parameters
        ----------
        x : array of float32
            From -1 to 1; rounded and limited to `bits`, unless DACs send any voltage.
        """
        crossbar = self.crossbar
        if crossbar.dac_bits is None:
            yield 1.0, self._voltage(x)
            return
        magnitude = max(bits - 1, 1)
        width = min(crossbar.dac_bits, magnitude)
        steps, top = float(grid.levels(bits)), 2**width - 1
        code = np.rint(np.abs(grid.clamp(x, bits)) * np.float32(steps)).astype(np.int32)
        for cycle in range(-(-magnitude // width)):
            digit = (code >> (width * cycle)) & top
            yield top * 2.0 ** (width * cycle) / steps, self._voltage(np.copysign(np.float32(1 / top) * digit, x))

    def _voltage(self, u):
        crossbar = self.crossbar
        if (crossbar.dac_gain, crossbar.dac_offset, crossbar.dac_inl) == (1, 0, 0):
            return u
        bend = np.float32(crossbar.dac_inl * CUBIC)
        return np.float32(crossbar.dac_gain) * u + np.float32(crossbar.dac_offset) + bend * (u - u * u * u)

    def multiply(self, x, out, direction, ranges, worker):
        """Weighted sums through DACs, arrays and ADCs.

        Parameters
        ----------
        x : ndarray of float32, (count, inputs), or (count, outputs) backward
        out : ndarray of float32, (count, outputs), or (count, inputs) backward; overwritten
        direction : FORWARD or BACKWARD
        ranges : array or None
            Of the ADCs, from `ranges`.
        worker : hashable
            Names the buffers of a thread.
        """
        out[...] = 0
        for n, factor, currents in self._currents(x, direction, worker):
            if ranges is None:
                out += currents * np.float32(factor)
            else:
                levels = 2.0 ** (self.crossbar.adc_bits - 1) - 1
                _cells.add_converted(currents, out, 1 / ranges[n], levels, self.crossbar.adc_inl * CUBIC, factor)

    def _currents(self, x, direction, worker):
        """(digit, worth, currents) of every cycle, tile and digit; currents in steps of a digit at full voltage."""
        size, count = ((self.crossbar.rows, self.inputs), (self.crossbar.columns, self.outputs))[direction]
        bits = (self._activation_bits, self._error_bits)[direction]
        currents = self.workspace.array(f"currents {worker}", (len(x), (self.outputs, self.inputs)[direction]))
        for worth, voltage in self.cycles(x, bits):
            for first in range(0, count, size):
                lines = slice(first, min(first + size, count))
                for n in range(self.slices):
                    matrix = self.digits[n][:, lines].T if direction == FORWARD else self.digits[n][lines]
                    np.matmul(voltage[:, lines], matrix, out=currents)
                    yield n, worth * self.worth[n], currents

    def ranges(self, x, direction):
        """Full scales of the ADCs of each digit in a direction; None without ADCs.

        Parameters
        ----------
        x : ndarray of float32, (count, inputs), or (count, outputs) backward
            Where ADCs are calibrated, the first SAMPLE vectors tell.
        """
        if self.crossbar.adc_bits is None:
            return None
        if self.crossbar.adc_range != CALIBRATED:
            lines = (self.crossbar.rows, self.crossbar.columns)[direction]
            return np.full(self.slices, self.crossbar.adc_range * self.top * lines)
        ranges = np.zeros(self.slices)
        for n, _, currents in self._currents(np.ascontiguousarray(x[:SAMPLE]), direction, "sample"):
            ranges[n] = max(ranges[n], currents.max(), -currents.min())
        ranges[ranges == 0] = self.top      # no current at all: any range will do
        return ranges

    # -- state -------------------------------------------------------------------------------------

    def state(self):
        """What a run continues from, as {name: ndarray}."""
        state = {name: array for name, array in self._kept() if array is not None}
        if self._interpolated is not None and self._interpolated.ratio is not None:
            kept = self._interpolated.state()
            state |= {name: np.asarray(array) for name, array in kept.items() if array is not None}
            state |= {"programmed": self._programmed, "effective": self._weight}
            if self.converts:
                state["digits"] = self.digits
        return state

    def _kept(self):
        return (("variation", self.variation), ("stuck", self.stuck))

    def restore(self, state, where):
        """Continue from what `state` returned; `where` begins the sentence of a mistake."""
        for name, target in self._kept():
            if target is None:
                continue
            if name not in state or state[name].shape != target.shape:
                raise NeurosimError(
                    f"the state has no {where}{name} of shape {target.shape}; it is of another crossbar"
                )
            target[...] = state[name]
        self._programmed = self._weight = self.digits = None
        if self._interpolated is not None:
            self._interpolated.restore({
                "age": int(state.get("age", 0)), "ratio": state.get("ratio"), "rest": state.get("rest"),
            })
            if "programmed" in state:
                self._programmed, self._weight = (np.array(state[name]) for name in ("programmed", "effective"))
                self.digits = np.array(state["digits"]) if self.converts else None


def multiply_all(arrays, x, out, direction):
    """The sums of a fully connected layer, images shared among threads."""
    ranges = arrays.ranges(x, direction)
    over_slices(lambda a, b: arrays.multiply(x[a:b], out[a:b], direction, ranges, a), len(x), least=16)


def update_curve(options, crossbar):
    """The device curve of a run: of the crossbar's write nonlinearity where it has one."""
    if crossbar is None or crossbar.v is None:
        return UpdateCurve(options.ltp, options.ltd, options.levels)
    if options.device_variation:
        raise NeurosimError("device_variation spreads nonlinearity labels; leave out v of the crossbar to use it")
    return UpdateCurve.of_nonlinearity(crossbar.v, options.levels)


def write_noise(draws, index, update, gamma):
    """A function for `device.add_noise`: gamma sigma sqrt(|move| range) N(0, 1), of weights with a range of 2."""
    def noise(moved):
        values = draws.cycle(index, moved, gamma * WRITE_SIGMA)
        return None if values is None else values * np.sqrt(2 * np.abs(update.reshape(-1)[moved]))

    return noise
