"""The trace of a model that trains with WAGE; the rest is that of every run, `training.trace`."""

from neurosim.wrappers.training.trace import (
    FOLDER,
    LayerRecord,
    as_traced,
    bit_planes,
    chip_trace,
    command,
    inputs_text,
    record,
    texts,
    weights_text,
    windows,
    write,
)
from neurosim.wrappers.wage import quantize

__all__ = [
    "FOLDER", "LayerRecord", "as_traced", "bit_planes", "capture", "chip_trace", "command", "inputs_text", "record",
    "texts", "weights_text", "windows", "write",
]  # fmt: skip


def capture(model, image=0):
    """The trace of one image of the last forward pass, a `LayerRecord` a layer.

    `chip_trace` gives it to the chip, `write` to files.

    Parameters
    ----------
    model : model.Model
        After `forward`; the reference traces the first image of the first test batch.
    image : int
    """
    options = model.options
    records = [
        record(
            layer.layer, _held(layer, options.weight_bits), layer.weight + layer.update, layer.inputs[image],
            options.activation_bits,
        )
        for layer in model.layers
    ]  # fmt: skip
    return as_traced(records, model.architecture.layers, model.rules)


def _held(layer, bits):
    """Weights as the chip sees them: on the grid.

    There a hybrid synapse would seem to need more pulses than it gets: those from its weight to the grid.
    """
    return layer.weight if layer.synapse is not None else quantize.q(layer.weight, bits)
