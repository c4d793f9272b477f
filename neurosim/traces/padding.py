"""Traces with more input vectors than the network has, such as those of windows over a padded image."""

from dataclasses import replace

from neurosim.errors import NeurosimError

PIECE = 1 << 16  # bytes that are read at a time
MOST = 64  # padding that is tried
BITS = 64  # planes that an input may have


def excess(files, network, input_bits):
    """A sentence for each layer whose input file holds more vectors than the network has.

    Quirk Q4: the reference reads the first ones and leaves the others out, here as there.

    Parameters
    ----------
    files : sequence of (weight, old weight, input, activity)
    network : Network
    input_bits : int
        Bit planes of an input vector.

    Returns
    -------
    list of str
    """
    sentences = []
    for number, ((_, _, path, _), layer) in enumerate(zip(files, network, strict=True), 1):
        columns = fields_of_first_line(path)
        vectors, rest = divmod(columns, input_bits)
        padding = 0 if rest else _padding(layer, vectors)
        if columns <= layer.vectors * input_bits or (not padding and _other_bits(columns, layer)):
            continue
        sentences.append(
            f"layer {number}: {path} holds {vectors} input vectors of {input_bits} bits"
            + (f" and {rest} columns more" if rest else "")
            + f", but the network has {layer.vectors}; the first ones are read, as in the reference: "
            + _remedy(layer, padding)
        )
    return sentences


def _remedy(layer, padding):
    if not padding:
        return "rows and columns of a layer include its padding"
    rows, columns = layer.rows + 2 * padding, layer.columns + 2 * padding
    return f"with a padding of {padding} the layer has {rows} rows and {columns} columns"


def _padding(layer, vectors):
    """The padding on all sides with which a layer has so many vectors, or 0."""
    for padding in range(1, MOST + 1):
        padded = replace(layer, rows=layer.rows + 2 * padding, columns=layer.columns + 2 * padding)
        if padded.vectors == vectors:
            return padding
    return 0


def _other_bits(columns, layer):
    """Whether so many columns are the vectors of the network with another number of bits: no matter of windows."""
    bits, rest = divmod(columns, layer.vectors)
    return not rest and bits <= BITS


def fields_of_first_line(path):
    """How many numbers stand in the first line of a trace file."""
    commas, last = 0, b""
    try:
        with open(path, "rb") as file:
            while piece := file.read(PIECE):
                line, end, _ = piece.partition(b"\n")
                commas += line.count(b",")
                last = line.rstrip()[-1:] or last
                if end:
                    break
    except OSError as error:
        raise NeurosimError(f"{path}: cannot be read ({error.strerror})", status=1) from None
    return commas + (last not in (b"", b","))
