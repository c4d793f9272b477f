"""Traces for the chip: what every layer holds and reads, as arrays in memory or as the reference's files."""

import math
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.outputs import write_whole
from neurosim.traces.traces import LayerTrace, Trace

FOLDER = "layer_record"


@dataclass(frozen=True)
class LayerRecord:
    """One layer of a trace; rows run over channel, kernel row, kernel column.

    Attributes
    ----------
    name : str
        Part of the file names.
    weight : ndarray of float32, (rows, outputs)
        Quantised weights; small negative ones are -0.0. Those of hybrid synapses are not quantised.
    weight_old : ndarray of float32, (rows, outputs)
        Weights plus their last update; neither quantised nor clipped, and not quite those before (quirk W14).
    inputs : ndarray of uint8, (rows, positions * bits)
        Bit planes of the input windows, the sign first. Quirk W13: windows are those of the map without padding,
        although the layer computes with it.
    activity : float
        Share of ones in the file.
    empty : int
        Columns of zeros that follow `inputs` in the file; the chip does not read them (see `as_traced`).
    """

    name: str
    weight: np.ndarray
    weight_old: np.ndarray
    inputs: np.ndarray
    activity: float
    empty: int = 0

    def load(self, rows, outputs, columns, where):
        """The layer as the chip reads it from the files: weights as they are printed, in units of 1e-5.

        Parameters
        ----------
        rows, outputs, columns : int
            What the chip expects.
        where : str
            Named in the error message.

        Raises
        ------
        NeurosimError
            The record is of another layer.
        """
        if self.weight.shape != (rows, outputs) or self.inputs.shape != (rows, columns):
            raise NeurosimError(
                f"{where}: {self.name} has weights of shape {self.weight.shape} and inputs of {self.inputs.shape} "
                f"instead of {(rows, outputs)} and {(rows, columns)}; trace the network that is evaluated"
            )
        return LayerTrace(_printed(self.weight), _printed(self.weight_old), self.inputs * np.uint8(3), self.activity)


def bit_planes(x, bits):
    """Two's complement fractions, most significant bit (the sign) first.

    Fractions below one step are cut off downwards, values outside -1 ... 1 saturate.

    Parameters
    ----------
    x : array
    bits : int

    Returns
    -------
    ndarray of uint8, (bits, *x.shape)
    """
    half = 2 ** (bits - 1)
    code = np.clip(np.floor(np.asarray(x, np.float64) * half), -half, half - 1).astype(np.int64)
    return np.stack([(code >> bit & 1).astype(np.uint8) for bit in range(bits - 1, -1, -1)])


def windows(x, kernel, stride=1):
    """Every kernel x kernel window of a map, row by row: (positions, channels * kernel * kernel).

    Parameters
    ----------
    x : array, (channels, rows, columns)
    """
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
    return view.transpose(1, 2, 0, 3, 4).reshape(view.shape[1] * view.shape[2], -1)


def record(layer, weight, weight_old, inputs, bits):
    """The `LayerRecord` of a layer.

    Parameters
    ----------
    layer : architecture.WeightLayer
    weight, weight_old : ndarray of float32, (outputs, channels, rows, columns) or (outputs, inputs)
        As the chip holds them, and as they were before the last update.
    inputs : ndarray of float32, (rows, columns, channels) or (inputs,)
        Of one image.
    bits : int
        Bits of an input.
    """
    x = windows(inputs.transpose(2, 0, 1), layer.kernel, layer.stride) if layer.is_conv else inputs[None]
    planes = np.ascontiguousarray(bit_planes(x, bits).transpose(2, 1, 0))
    planes = planes.reshape(len(planes), -1)
    return LayerRecord(
        layer.name, _matrix(weight), _matrix(weight_old), planes, float(np.count_nonzero(planes) / planes.size)
    )


def as_traced(records, layers, rules):
    """Records as the trainer of a version leaves them.

    Difference V20: a file has columns for as many windows as the layer computes, those of the padded map. The windows
    of the map itself (quirk W13) come first, the rest is empty: the chip reads the same inputs and is told a smaller
    activity.

    Parameters
    ----------
    records : list of LayerRecord
    layers : sequence of architecture.WeightLayer
    rules : neurosim.design.models.TrainerRules
    """
    if not rules.padded_windows:
        return records
    return [_padded(record, layer) if layer.is_conv else record for record, layer in zip(records, layers, strict=True)]


def _padded(record, layer):
    """A convolution's record with the columns of windows that are there with padding only."""
    sizes = (layer.rows, layer.columns)
    here, all_of_them = (
        math.prod((size + more - layer.kernel) // layer.stride + 1 for size in sizes) for more in (0, 2 * layer.padding)
    )
    rows, columns = record.inputs.shape
    empty = (all_of_them - here) * (columns // here)
    return replace(record, empty=empty, activity=float(np.count_nonzero(record.inputs) / (rows * (columns + empty))))


def chip_trace(records, network, bits):
    """Records as a `neurosim.Trace`: the chip gets the same numbers as from the files, without the files (quirk W20).

    Parameters
    ----------
    records : list of LayerRecord
    network : neurosim.Network
    bits : int
        Bit planes of an input.
    """
    return Trace(records, network, bits)


def _printed(matrix):
    """Whole numbers of 1e-5, rounded as `%10.5f` rounds them (see `weights_text`)."""
    return np.rint(matrix.astype(np.float64) * 1e5).astype(np.int32)


def _matrix(weight):
    """(outputs, ...) as (rows, outputs)."""
    return np.ascontiguousarray(weight.reshape(len(weight), -1).T)


def weights_text(matrix):
    """A weight file: `%10.5f`, separated by commas, as bytes.

    A float32 times 10^5 is exact in float64, so rounding it to a whole number rounds as `printf` does.
    """
    matrix = np.asarray(matrix, np.float32)
    scaled = np.rint(np.abs(matrix).astype(np.float64) * 1e5)
    if not (scaled < 1e6).all():  # ten and more, or no number
        return "".join(",".join(f"{value:10.5f}" for value in row) + "\n" for row in matrix.tolist()).encode()
    digits = scaled.astype(np.int32)
    text = np.full((*matrix.shape, 11), ord(" "), np.uint8)
    text[..., 2][np.signbit(matrix)] = ord("-")
    for place in (9, 8, 7, 6, 5, 3):
        digits, digit = np.divmod(digits, np.int32(10))
        text[..., place] = digit + ord("0")
    text[..., 4] = ord(".")
    text[..., 10] = ord(",")
    text[:, -1, 10] = ord("\n")
    return text.tobytes()


def inputs_text(inputs, empty=0):
    """An input file: single characters 0 and 1, separated by commas, as bytes; `empty` columns of 0 follow."""
    columns = inputs.shape[1]
    text = np.full((len(inputs), 2 * (columns + empty)), ord(","), np.uint8)
    text[:, 2 * columns :: 2] = ord("0")
    np.add(inputs, ord("0"), out=text[:, 0 : 2 * columns : 2], casting="unsafe")
    text[:, -1] = ord("\n")
    return text.tobytes()


def command(records, epoch, weight_bits, activation_bits, *, program="./NeuroSIM/main",
            network="./NeuroSIM/NetWork.csv", folder=f"./{FOLDER}"):
    """Text of `trace_command.sh`: one line, a blank at its end, no line feed."""
    words = [program, str(epoch), network, str(weight_bits), str(activation_bits)]
    for record in records:
        words += [f"{folder}/{kind}{record.name}.csv" for kind in ("weight", "weightOld", "input")]
        words.append(repr(record.activity))
    return " ".join(words) + " "


def texts(records):
    """Every trace file as {file name: bytes}, one after the other (a generator)."""
    for record in records:
        yield f"weight{record.name}.csv", weights_text(record.weight)
        yield f"weightOld{record.name}.csv", weights_text(record.weight_old)
        yield f"input{record.name}.csv", inputs_text(record.inputs, record.empty)


def write(records, folder, epoch, weight_bits, activation_bits):
    """Write the reference's trace files and `trace_command.sh` into a folder; each appears complete or not at all."""
    line = command(records, epoch, weight_bits, activation_bits)
    for name, content in chain(texts(records), [("trace_command.sh", line)]):
        write_whole(Path(folder) / name, content)
