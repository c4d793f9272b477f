"""What the reference does and cannot have meant, by ids of docs/fidelity.md: what is meant instead, as other rules.

`CORRECTIONS` mend what leaves infinities, no numbers or negative areas, in designs that meet a limit; a sound design is
not changed by any of them. `REPAIRS` change the results of sound designs.
"""

from dataclasses import dataclass

from neurosim.errors import NeurosimError, suggestion


@dataclass(frozen=True)
class Correction:
    """One defect: when it occurs, what it does, what its correction does instead, and the rules it changes.

    Where the reference runs on with infinities, no numbers or negative areas, neurosim reproduces these results and
    says so; the design parameter `correct` (`--correct`) replaces them with what was evidently meant. What else helps
    depends on the network: `chip/remedies.py`.
    """

    cause: str
    effect: str
    corrected: str
    rules: dict[str, object]
    kind = "correction"

    @property
    def about(self):
        """What it does, in a few words."""
        return self.corrected


CORRECTIONS = {
    "U5": Correction(
        "the gradient buffer holds less than one subarray's weight gradients (batch_size is small for synapse_bits)",
        "the gradient adder comes out empty: negative area, infinite update latency",
        "at least one subarray is written at a time",
        {"least_gradient_arrays": 1},
    ),
    "U6": Correction(
        "the widest layer needs less memory than one array of the weight-gradient unit",
        "the unit comes out without arrays: negative area, energies that are no numbers",
        "the unit has at least one array in each direction",
        {"least_unit_arrays": 1},
    ),
    "U16": Correction(
        "a buffer or multiplexer has a single line, so its decoder has nothing to address",
        "the decoder's area is negative or no number",
        "nothing is drawn where there is nothing to address",
        {"empty_decoders": False},
    ),
    "U17": Correction(
        "columns_per_adc exceeds the columns of a subarray, which only the subarray itself takes into account",
        "registers and adders of processing elements and tiles come out empty",
        "processing elements, tiles and chip share columns as the subarray does",
        {"columns_shared": "as the array does"},
    ),
    "U18": Correction(
        "the global buffer is smaller than one of its cores",
        "no core works on it: infinite latencies",
        "the buffer has at least one core",
        {"least_buffer_cores": 1},
    ),
    "U19": Correction(
        "sigmoid tables are made of resistive cells, which an SRAM design does not have",
        "their latency is no number",
        "the tables are made of SRAM cells",
        {"sram_tables": True},
    ),
    "U20": Correction(
        "the row drivers of a sequential cross-point array never forget a write latency",
        "the update latency grows with every input vector, in the end to infinity",
        "every update starts afresh",
        {"drivers_remember": False},
    ),
    "U22": Correction(
        "a subarray or processing element is too small for the circuits along its edge",
        "areas are zero, negative or no numbers",
        "an outline grows to hold at least one unit",
        {"outlines_grow": True},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Repair:
    """One bug in the results of sound designs: what is evidently meant, and the rules that do it.

    Attributes
    ----------
    meant : str
        In a sentence.
    rules : dict
        {attribute of `Rules`: value}.
    """

    meant: str
    rules: dict[str, object]
    kind = "repair"

    @property
    def about(self):
        """What it does, in a few words."""
        return self.meant


REPAIRS = {
    "U2": Repair("every stage of an H-tree has the resistance of its own wires, the first as well",
                 {"own_tree_stages": True}),
    "U3": Repair(
        "the buffer is sized for gradients in all the bits that the weight-gradient unit puts out and a batch "
        "adds",
        {"unit_bits_buffered": True},
    ),
    "U10": Repair("precharger, write drivers and column drivers take energy by the columns and pulses of the update",
                  {"update_activity": True}),
    "Q2": Repair(
        "the cells of a weight hold its digits, the highest first; the largest weight is the largest number "
        "of all bits",
        {"cells_hold_digits": True},
    ),
    "Q8": Repair(
        "a novel tile has the buffer cores that its processing elements need, and reads its output buffer by "
        "that buffer's lines",
        {"own_tile_buffers": True},
    ),
    "Q9": Repair(
        "wires of an H-tree are once, twice or four times as wide as those of arrays, by their length, and "
        "resist as wires of that width do",
        {"tree_wires_by_length": True},
    ),
    "Q15": Repair(
        "the average of two write voltages is their mean, as that of the two pulses is: the energy of a pulse "
        "is V^2 G t",
        {"mean_write_voltage": True},
    ),
    "Q18": Repair("a transposed read converts what its rows show while half of the columns are driven",
                  {"rows_converted": True}),
    "Q23": Repair("column drivers leak once, and an update takes no energy of a read", {"column_drivers_once": True}),
    "Q25": Repair("features travel with all their channels; an inference loads the image once, for its first layer",
                  {"all_channels": True}),
    "Q26": Repair("every idle tile leaks at its own rate", {"tiles_leak_apart": True}),
    "Q28": Repair(
        "operations are those that input vectors take: two for each weight and vector, in each of three "
        "passes of a training",
        {"operations_of_maps": False},
    ),
    "Q32": Repair("a register is read for every input vector, and passes as many bits as the vector has",
                  {"register_reads": True}),
    "Q33": Repair("every copy of a layer is written, at the peak as well", {"peaks_of_copies": True}),
    "Q35": Repair("adders between tiles are laid out along the same width as pooling and activation, the buffer's",
                  {"adders_along_width": True}),
    "Q42": Repair("an adder tree that is not used leaks nevertheless, as all of it", {"idle_trees_leak": True}),
    "Q44": Repair(
        "a transposed read charges the bit lines of the columns that it drives and the word lines of the rows "
        "that it senses, and waits for a row with the cells that conduct",
        {"transposed_lines": True},
    ),
    "Q46": Repair("the split counts as many moves of the features to the DRAM and back as the passes make",
                 {"dram_split": "as moved"}),
    "T12": Repair("the edges of a diffusion row are counted by its own folds", {"own_edges": True}),
    "C2": Repair("an odd operand of an adder tree goes on to the next stage, so that n operands take n - 1 adders",
                 {"odd_operands": True}),
    "C3": Repair("all stages of an adder tree are powered, so all of them leak", {"idle_stages_leak": True}),
    "C8": Repair("each line of a decoder has an output driver, which leaks, takes area, loads the gate before it, and "
                 "whose slope is handed on", {"whole_decoders": True}),
    "C11": Repair("a multiplexer keeps the drains of its folded gates when it is fitted into its place, and its pass "
                  "gates are switched by both of their gates", {"whole_muxes": True}),
    "C12": Repair("the register of a switch matrix takes part in every write, and columns that are driven take energy "
                  "as rows do", {"registers_write": True, "columns_driven": True}),
    "C21": Repair("all four stages of an encoder count in its latency, and no more encoders stand abreast than fit",
                  {"whole_encoders": True, "encoders_fit": True}),
    "C22": Repair("prechargers and write drivers fill the height that they are given", {"bit_lines_stack": True}),
    "C26": Repair("a repeater resists as the mean of its two transistors, and a tolerated delay pays for smaller and "
                  "more distant repeaters, as far as it is tolerated",
                  {"mean_repeaters": True, "distant_repeaters": True}),
    "C28": Repair("an H-tree takes time for the way that it takes energy for, and its root sits in the middle",
                  {"way_once": True, "root_in_the_middle": True}),
    "C31": Repair("the drivers of a transposed SRAM read are as active as the columns that they drive, and the write "
                  "drivers of the rows leak", {"transposed_drivers": True}),
    "C32": Repair("the decoder of the forward multiplexer of SRAM leaks as that of the transposed one does",
                  {"decoders_leak": True}),
    "C38": Repair("the first inverter of an encoder is as slow as one transistor", {"lone_inverters": True}),
    "C42": Repair("the bundle of an H-tree is at every level as wide as the main bus", {"even_bundles": True}),
    "C44": Repair("the drivers of an SRAM array's columns stand along the array's width",
                  {"columns_along_width": True}),
    "C45": Repair("bit lines of the weight-gradient unit are discharged as often as they are precharged, and there is "
                  "an adder tree for every word", {"unit_lines_discharged": True, "trees_of_words": True}),
    "C47": Repair("a column of the weight-gradient unit is converted once for every bit", {"unit_converts_once": True}),
    "C49": Repair("bit lines of a parallel SRAM array are discharged as often as they are precharged",
                  {"lines_discharged": True}),
}  # fmt: skip


def parse_ids(text, where=""):
    """The ids of corrections and repairs in a text such as "U5, U18", in their own order, separated by blanks.

    `all` stands for the corrections that a sound design is not changed by.

    Raises
    ------
    NeurosimError
        An id that is unknown, or a bug that has no correction.
    """
    known, chosen = {**CORRECTIONS, **REPAIRS}, set()
    for word in str(text).replace(",", " ").split():
        if word.lower() == "all":
            chosen.update(CORRECTIONS)
        elif word.upper() in known:
            chosen.add(word.upper())
        else:
            raise NeurosimError(
                f"{where + ': ' if where else ''}correct = {text!r}: {word!r} has no correction"
                f"{suggestion(word.upper(), known)}; it takes all, or ids from {', '.join(known)}"
            )
    return " ".join(name for name in known if name in chosen)
