"""The order of layers, and maps that become rows of features."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.wrappers.wage.chain import Chain, Flatten


@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_a_map_is_flattened_by_channel_row_and_column(images, rows, columns, channels):
    x = np.arange(images * rows * columns * channels, dtype=np.float32).reshape(images, rows, columns, channels)
    flatten = Flatten()
    flat = flatten.forward(x)
    assert flat.shape == (images, rows * columns * channels) and flat.flags.c_contiguous
    for place in ((0, 0, 0), (channels - 1, rows - 1, columns - 1)):
        channel, row, column = place
        number = (channel * rows + row) * columns + column
        np.testing.assert_array_equal(flat[:, number], x[:, row, column, channel])
    np.testing.assert_array_equal(flatten.backward(flat), x)
    assert flatten.backward(flat).flags.c_contiguous


class Told:
    """A layer that says what it was asked."""

    def __init__(self, name, conv, told):
        self.name, self.layer, self.told = name, SimpleNamespace(is_conv=conv), told

    def forward(self, x, readout=None):
        self.told.append((self.name, x.ndim, readout))
        return x if self.layer.is_conv else x[:, :6]

    def backward(self, gradient, wanted):
        self.told.append((self.name, gradient.ndim, wanted))
        return np.zeros((2, 12), np.float32) if self.name == "b" else gradient


@pytest.mark.parametrize("kinds, forward, backward", [
    ((True, False, False), (4, 2, 2), (4, 2, 2)), ((False, False), (2, 2), (2, 2)), ((False,), (2,), (2,)),
])
def test_layers_meet_maps_or_rows(kinds, forward, backward):
    told, names = [], "abc"[: len(kinds)]
    chain = Chain([Told(name, conv, told) for name, conv in zip(names, kinds, strict=True)])
    out = chain.forward(np.zeros((2, 2, 2, 3), np.float32), "hardware")
    assert told == [(name, axes, "hardware") for name, axes in zip(names, forward, strict=True)]
    told.clear()
    chain.backward(out)
    assert told == [(name, axes, name != "a") for name, axes in zip(reversed(names), reversed(backward), strict=True)]
