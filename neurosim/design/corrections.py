"""Where the reference runs on with infinities, no numbers or negative areas: warnings and corrections.

By default neurosim reproduces these results and says so; the design parameter `correct` (`--correct`)
replaces them with what was evidently meant. The ids are those of docs/fidelity.md.
"""

from dataclasses import dataclass

from neurosim.errors import NeurosimError


@dataclass(frozen=True)
class Correction:
    """One defect: when it occurs, what it does, what helps, and what its correction does instead."""

    cause: str
    effect: str
    remedy: str
    corrected: str


CORRECTIONS = {
    "U5": Correction(
        "the gradient buffer holds less than one subarray's weight gradients (batch_size is small for synapse_bits)",
        "the gradient adder comes out empty: negative area, infinite update latency",
        "use a larger batch_size or buffer_overhead",
        "at least one subarray is written at a time",
    ),
    "U6": Correction(
        "the widest layer needs less memory than one array of the weight-gradient unit",
        "the unit comes out without arrays: negative area, energies that are no numbers",
        "use smaller wg_array_rows and wg_array_columns",
        "the unit has at least one array in each direction",
    ),
    "U16": Correction(
        "a buffer or multiplexer has a single line, so its decoder has nothing to address",
        "the decoder's area is negative or no number",
        "use more input_bits, or fewer columns_per_adc",
        "nothing is drawn where there is nothing to address",
    ),
    "U17": Correction(
        "columns_per_adc exceeds the columns of a subarray, which only the subarray itself takes into account",
        "registers and adders of processing elements and tiles come out empty",
        "use columns_per_adc of at most array_columns",
        "processing elements, tiles and chip share columns as the subarray does",
    ),
    "U18": Correction(
        "the global buffer is smaller than one of its cores",
        "no core works on it: infinite latencies",
        "use smaller global_buffer_rows and global_buffer_columns",
        "the buffer has at least one core",
    ),
    "U19": Correction(
        "sigmoid tables are made of resistive cells, which an SRAM design does not have",
        "their latency is no number",
        "use relu = true, or another memory",
        "the tables are made of SRAM cells",
    ),
    "U20": Correction(
        "the row drivers of a sequential cross-point array never forget a write latency",
        "the update latency grows with every input vector, in the end to infinity",
        "use read_mode = parallel, or access = cmos",
        "every update starts afresh",
    ),
    "U22": Correction(
        "a subarray or processing element is too small for the circuits along its edge",
        "areas are zero, negative or no numbers",
        "use larger array_rows and array_columns, or a finer node",
        "an outline grows to hold at least one unit",
    ),
}  # fmt: skip


def parse_ids(text, where=""):
    """The correction ids in a text such as "U5, U18" or "all", in their own order, separated by blanks.

    Raises
    ------
    NeurosimError
        An id that is unknown, or a defect that has no correction.
    """
    words = str(text).replace(",", " ").split()
    chosen = set()
    for word in words:
        if word.lower() == "all":
            chosen.update(CORRECTIONS)
        elif word.upper() in CORRECTIONS:
            chosen.add(word.upper())
        else:
            raise NeurosimError(
                f"{where + ': ' if where else ''}correct = {text!r}: {word!r} has no correction; it takes "
                f"all, or ids from {', '.join(CORRECTIONS)}"
            )
    return " ".join(name for name in CORRECTIONS if name in chosen)
