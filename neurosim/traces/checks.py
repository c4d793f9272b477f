"""What in a trace is hardly meant: seen once, when a layer is read, and told with its number."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

BEYOND = 0.1            # of a range, that a weight may lie beyond it before it is told
PLANES = 64             # bit planes that an input may have
PADDING = 64            # that is tried
BLOCK = 1 << 24         # inputs that are looked at at a time


class Seen(NamedTuple):
    """What was seen of a layer's trace.

    Attributes
    ----------
    activity : float
        Share of ones in its input, as given to the weight-gradient unit.
    lowest, highest : float
        Smallest and largest weight, now or before the last update.
    odd : float
        Share of the inputs that are neither 0 nor 1.
    columns : int
        Columns of inputs that there are; 0 if nobody knows.
    """

    activity: float
    lowest: float = 0.0
    highest: float = 0.0
    odd: float = 0.0
    columns: int = 0


def seen(recorded, columns=0):
    """What is seen of a `LayerTrace`, of which `columns` of inputs were there; made-up matrices are not looked at."""
    held = [matrix for matrix in (recorded.weight, recorded.weight_old) if isinstance(matrix, np.ndarray)]
    unit = [1e-5 if matrix.dtype == np.int32 else 1.0 for matrix in held]
    lowest = min((float(matrix.min()) * scale for matrix, scale in zip(held, unit, strict=True)), default=0.0)
    highest = max((float(matrix.max()) * scale for matrix, scale in zip(held, unit, strict=True)), default=0.0)
    odd = _odd(recorded.inputs) if isinstance(recorded.inputs, np.ndarray) else 0.0
    return Seen(recorded.activity, lowest, highest, odd, columns)


def _odd(codes):
    """Share of the inputs that count as active and do not conduct (codes of `LayerTrace.inputs`)."""
    if codes.size and codes.dtype == np.uint8 and codes.max() < 2:     # as a rule, and quickly seen
        return 0.0
    rows = max(BLOCK // max(codes.shape[1], 1), 1)
    blocks = (codes[start : start + rows] for start in range(0, len(codes), rows))
    return sum(np.count_nonzero(block == 2) for block in blocks) / max(codes.size, 1)


def doubts(layers, network, design):
    """What is hardly meant, as {kind: sentence}.

    Parameters
    ----------
    layers : list of Seen
    network : Network
    design : Design
    """
    low, high = design.weight_range
    margin = BEYOND * (high - low)
    planes = [planes_there(seen.columns, layer, design.input_bits)
              for seen, layer in zip(layers, network, strict=True)]  # fmt: skip
    found = {
        # Quirk D12: the reference takes any number.
        "activity": [n for n, layer in enumerate(layers, 1) if layer.activity > 1],
        # Quirk Q3: inputs other than 0 and 1.
        "inputs": [n for n, layer in enumerate(layers, 1) if layer.odd],
        "weights": [
            n for n, layer in enumerate(layers, 1) if layer.lowest < low - margin or layer.highest > high + margin
        ],
        # Quirk Q4: further columns are ignored; what they are, planes or vectors, is told once.
        "planes": [n for n, planes in enumerate(planes, 1) if planes not in (0, design.input_bits)],
        "vectors": [
            n for n, (planes, layer, seen) in enumerate(zip(planes, network, layers, strict=True), 1)
            if not planes and seen.columns > layer.vectors * design.input_bits
        ],
    }
    sentences = {
        "activity": _activity, "inputs": _inputs, "weights": _weights, "planes": _planes, "vectors": _vectors
    }
    return {
        kind: sentences[kind](numbers, layers, network, design) for kind, numbers in found.items() if numbers
    }


def planes_there(columns, layer, bits):
    """Bit planes of an input that a number of columns means, where it is not simply `bits` or unknown; else 0.

    0 as well where there are as many planes as wanted of the windows of a padded map.
    """
    planes, rest = divmod(columns, layer.vectors)
    return 0 if rest or not 0 < planes <= PLANES or padding_there(columns, layer, bits) else planes


def padding_there(columns, layer, bits):
    """The padding on all sides with which a layer has as many input vectors as there are columns for, or 0.

    Kernels of one position are not padded.
    """
    vectors, rest = divmod(columns, bits)
    if rest or layer.kernel_size == 1:
        return 0
    return next((pad for pad in range(1, PADDING + 1) if _padded(layer, pad).vectors == vectors), 0)


def _padded(layer, pad):
    return replace(layer, rows=layer.rows + 2 * pad, columns=layer.columns + 2 * pad)


def _of(what, numbers):
    """"the inputs of layers 1 and 3", say."""
    if len(numbers) == 1:
        return f"the {what} of layer {numbers[0]}"
    return f"the {what} of layers {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _activity(numbers, layers, network, design):
    value = layers[numbers[0] - 1].activity
    return (
        f"{_of('activity', numbers)} is above 1 ({value:g}): it is the share of ones in the input, so {value:g} % is "
        f"written {value / 100:g}"
    )


def _inputs(numbers, layers, network, design):
    share = layers[numbers[0] - 1].odd
    return (
        f"{_of('inputs', numbers)} are other numbers than 0 and 1 ({share:.3g} of those of layer {numbers[0]}), which "
        f"count as active but do not conduct; write each input as {design.input_bits} bit planes of 0 and 1, most "
        "significant first"
    )


def _weights(numbers, layers, network, design):
    low, high = design.weight_range
    layer = layers[numbers[0] - 1]
    other = " or set weight_min and weight_max" if (low, high) == (design.weight_min, design.weight_max) else ""
    return (
        f"{_of('weights', numbers)} lie far beyond the range of {low:g} to {high:g} ({layer.lowest:g} to "
        f"{layer.highest:g} in layer {numbers[0]}), so that cells get conductances that they do not have; scale them "
        f"to it{other}"
    )


def _planes(numbers, layers, network, design):
    number = numbers[0]
    there = planes_there(layers[number - 1].columns, network[number - 1], design.input_bits)
    return (
        f"{_of('inputs', numbers)} have {there} bit planes for each vector, but input_bits = {design.input_bits}, so "
        f"that other planes than meant are read; use input_bits = {there}"
    )


def _vectors(numbers, layers, network, design):
    bits, number = design.input_bits, numbers[0]
    there, rest = divmod(layers[number - 1].columns, bits)
    more = f" and {rest} columns more" if rest else ""
    sizes = []
    for n in numbers:
        layer = network[n - 1]
        if pad := padding_there(layers[n - 1].columns, layer, bits):
            padded = _padded(layer, pad)
            sizes.append(f"{padded.rows},{padded.columns} for layer {n} (padding {pad})")
    # Difference V20: a trainer leaves those vectors empty, after the ones that the network has.
    why = (
        f"unless the others are empty, as trainers may leave them, count the padding in the network: {', '.join(sizes)}"
        if sizes else "rows and columns of a layer count its padding, so give the network of these traces"
    )
    return (
        f"{_of('inputs', numbers)} hold more vectors than the network has ({there} of {bits} bits{more} instead of "
        f"{network[number - 1].vectors} in layer {number}), and the first ones are read, as in the reference; {why}"
    )
