"""What versions of the reference, and corrections of it, do otherwise: a field a behaviour, with V2.0's as its default.

Whoever depends on a rule is handed its value when it is made, and nobody asks which version it is. docs/fidelity.md has
a line for every rule.
"""

from dataclasses import dataclass

from neurosim.technology.rules import CircuitRules


@dataclass(frozen=True)
class Rules(CircuitRules):
    """What a version of the reference does where versions or corrections differ, beside what its circuits do.

    Attributes
    ----------
    least_gradient_arrays : int
        Subarrays whose weight gradients the global buffer holds at least (0: the gradient adder may come out empty).
    least_unit_arrays : int
        Arrays of the weight-gradient unit in each direction at least.
    least_buffer_cores : int
        Cores of the global buffer at least.
    columns_shared : str
        "as given" by `columns_per_adc` outside of subarrays, or "as the array does", which has no more columns than it
        has.
    sram_tables : bool
        Whether sigmoid tables of an SRAM design are made of SRAM cells instead of cells without resistance.
    gradient_to_image : bool
        Whether the first layer passes errors on to the image.
    operations_to_image : bool
        Whether the operations of that pass are counted.
    wire_warming : float
        Relative rise of the resistivity of wires above 300 K [1/K].
    converter_warming : float
        Relative rise of the power of converters above 300 K [1/K].
    cells_widen_words : bool
        Whether words of partial sums are as many bits wider as a weight has cells.
    sums_after_cells : bool
        Whether adders behind subarrays and activations in tiles take in one sum a weight instead of one a column.
    cells_apart : bool
        Whether the cells of a weight are joined by a shift-and-add of their own.
    sram_split_adds : bool
        Whether the split of an SRAM array's read adds both directions, instead of showing the transposed one alone.
    trees_in_every_pass : bool
        Whether the split counts the adder trees of processing elements in every pass; they then take no energy in an
        activation gradient that there is not.
    fefet_write : str
        "lines", whose charge is all that an FeFET takes, or "polarisation", which takes energy as well.
    row_pulses : str
        Pulses of a mean row of a cross-point array: those of "all rows" or of "written rows".
    own_tree_stages : bool
        Whether the wires of a stage of an H-tree resist as their own and not as those of the stage before (of the
        first: nothing).
    unit_bits_buffered : bool
        Whether the global buffer holds weight gradients in all the bits of the weight-gradient unit, not only in
        those that the sum over a batch adds.
    update_activity : bool
        Whether prechargers, write drivers and column drivers of an array take energy by what an update writes, not
        by nothing.
    cells_hold_digits : bool
        Whether the cells of a weight hold its digits, not quotients.
    own_tile_buffers : bool
        Whether novel tiles have as many buffer cores as they need, not as a conventional one needs, and share their
        output buffer by its own lines.
    tree_wires_by_length : bool
        Whether short stages of an H-tree have wires as narrow as those of arrays, with the resistivity of their
        width.
    mean_write_voltage : bool
        Whether the write voltage is the mean of that of potentiation and depression, not the root of the sum of
        squares.
    rows_converted : bool
        Whether a transposed read converts what rows show, not what the columns of the forward read do.
    column_drivers_once : bool
        Whether column drivers of eNVM leak once, without a transposed read of their register in every update.
    all_channels : bool
        Whether features and images travel to the DRAM and back with all channels, and an inference loads its image
        once.
    tiles_leak_apart : bool
        Whether idle tiles leak at their own rate, not at that of those that work.
    operations_of_maps : bool
        Whether operations are counted over whole feature maps, not over input vectors.
    register_reads : bool
        Whether registers of processing elements are read once an input vector, with its bits active, not the other
        way round.
    peaks_of_copies : bool
        Whether the peak energy of an update counts all copies of a novel tile.
    adders_along_width : bool
        Whether adders between tiles are laid out along a third of the width of the buffer, not of its height.
    idle_trees_leak : bool
        Whether adder trees that a fully duplicated layer does not use leak as they do, not as their last user left
        them.
    transposed_lines : bool
        Whether a transposed read of eNVM charges the lines of the columns that it drives and the rows that it
        senses.
    dram_split : str
        What the split counts of the moves of features to the DRAM and back: "six moves" of a training, "six times all"
        that a layer makes, or them "as moved".
    drivers_remember : bool
        Whether the row drivers of a sequential cross-point array add up their write latencies over all input vectors.
    """

    least_gradient_arrays: int = 0
    least_unit_arrays: int = 0
    least_buffer_cores: int = 0
    columns_shared: str = "as given"
    sram_tables: bool = False
    gradient_to_image: bool = True
    operations_to_image: bool = True
    wire_warming: float = 0.0
    converter_warming: float = 0.0
    cells_widen_words: bool = False
    sums_after_cells: bool = False
    cells_apart: bool = False
    sram_split_adds: bool = False
    trees_in_every_pass: bool = False
    fefet_write: str = "lines"
    row_pulses: str = "all rows"
    own_tree_stages: bool = False
    unit_bits_buffered: bool = False
    update_activity: bool = False
    cells_hold_digits: bool = False
    own_tile_buffers: bool = False
    tree_wires_by_length: bool = False
    mean_write_voltage: bool = False
    rows_converted: bool = False
    column_drivers_once: bool = False
    all_channels: bool = False
    tiles_leak_apart: bool = False
    operations_of_maps: bool = True
    register_reads: bool = False
    peaks_of_copies: bool = False
    adders_along_width: bool = False
    idle_trees_leak: bool = False
    transposed_lines: bool = False
    dram_split: str = "six moves"
    drivers_remember: bool = True


@dataclass(frozen=True)
class TrainerRules:
    """What the trainer of a version does where versions differ; devices and training read them as they do `Rules`.

    Attributes
    ----------
    drift_in_training : bool
        Whether weights drift where sums are computed exactly, in training and tests, and not only in the read-out
        through the hardware.
    drift_of : str
        What drifts in that read-out: "digits", at every use of a cell, or "weights", before they are cut into digits.
    variation_added : bool
        Whether the variation of cells that are read without bits and ADC is added to a conductance, instead of being
        a fraction of it.
    padded_windows : bool
        Whether traces have columns for all windows of the padded map, of which those beyond the windows of the map
        itself stay empty.
    """

    drift_in_training: bool = True
    drift_of: str = "digits"
    variation_added: bool = False
    padded_windows: bool = False
