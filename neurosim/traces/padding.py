"""Traces with more input vectors than the network has, such as those of windows over a padded image."""

from neurosim.errors import NeurosimError

PIECE = 1 << 16  # bytes that are read at a time
MOST = 64  # padding that is tried


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
        vectors, rest = divmod(fields_of_first_line(path), input_bits)
        if vectors > layer.vectors or (vectors == layer.vectors and rest):
            sentences.append(
                f"layer {number}: {path} holds {vectors} input vectors of {input_bits} bits"
                + (f" and {rest} columns more" if rest else "")
                + f", but the network has {layer.vectors}; the first ones are read, as in the reference"
                + _remedy(layer, vectors if not rest else 0)
            )
    return sentences


def _remedy(layer, vectors):
    """What the network should say, if a padding on all sides explains the number of vectors."""
    for padding in range(1, MOST + 1):
        rows, columns = layer.rows + 2 * padding, layer.columns + 2 * padding
        across = (rows - layer.kernel_rows + 1) / layer.stride
        if int(across * (columns - layer.kernel_columns + 1) / layer.stride) == vectors:
            return f": with a padding of {padding} the layer has {rows} rows and {columns} columns"
    return ": rows and columns of a layer include its padding"


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
