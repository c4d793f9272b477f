"""One layer at chip level: its tiles, the global circuits they share, the gradients and the DRAM.

Source: Peng et al., "DNN+NeuroSim V2.0", IEEE TCAD 40(11), 2021.
"""

import math

from neurosim.chip.chip import POOL_WINDOW
from neurosim.chip.costs import ITEMS, SYNAPSE_COUNTS, SYNAPSE_PARTS, WRITES, Cost
from neurosim.chip.outline import divided


def layer_totals(chip, index, tiles, activity, passes):
    """Latency and energy of one layer over an epoch (without training: over one image).

    Parameters
    ----------
    chip : Chip
    index : int
        Which layer.
    tiles : list of (Cost, float)
        Cost of one image and leakage of each of the layer's tiles.
    activity : float
        Share of ones in its input.
    passes : Passes

    Returns
    -------
    dict
        {name of `neurosim.report.quantities`: value}; `leakage_power` is that of one tile. With hybrid synapses also
        "hybrid": {part: {"latency", "energy"}, count: pulses}, see `hybrid_costs`.
    """
    design = chip.design
    cost = Cost.beside([tile for tile, _ in tiles])
    cost = _activate_and_add(chip, index, cost, passes)
    transfer, sent = _transfers(chip, index)

    # Buffers and wires carry features up and down in the forward and the activation-gradient pass; the
    # weight gradient moves through the buffer only. Where there is no such pass the factors are 0, not absent:
    # an infinite buffer latency then gives no number (quirk U18).
    forward, backward, weights = passes.buffered
    cost = cost.plus(*_times(transfer, sum(passes.buffered)), "buffer")
    cost = cost.plus(*_times(sent, sum(passes.sent)), "interconnect")
    cost = cost.plus(*_times(transfer, forward), "forward").plus(*sent, "forward")
    cost = cost.plus(*_times(transfer, backward), "activation_gradient")
    cost = cost.plus(*_times(sent, passes.sent[1]), "activation_gradient")
    gradient = _times(transfer, weights)

    layer = chip.network[index]
    if passes.training:
        # Features travel to DRAM and back in every pass.
        features = _dram(chip, _stored_bits(design, layer))
        forward, backward, weights = passes.stored
        cost = cost.plus(*_times(features, forward), "forward")
        cost = cost.plus(*_times(features, backward), "activation_gradient")
        gradient = _plus(gradient, _times(features, weights))
        moved = _moved_gradients(chip, layer)
        stored = _dram(chip, layer.weights * chip.gradient_unit.output_bits)
        peak_gradient = _gradient(chip, layer, activity)
        gradient = _plus(gradient, peak_gradient)
        # Out to DRAM as they are computed, back once more to be summed over the batch.
        for _ in range(2):
            gradient = _plus(gradient, _plus(stored, moved))
            cost = cost.plus(*moved, "buffer")
        dram = _plus(_times(features, _split_moves(design, passes)), _times(stored, 2))
        summed = _summed_gradients(chip, layer)
        gradient, peak_gradient = _plus(gradient, summed), _plus(peak_gradient, summed)
        cost, per_epoch = _per_epoch(cost, chip)
        gradient, peak_gradient, dram = (_times(pair, per_epoch) for pair in (gradient, peak_gradient, dram))
    else:
        dram = _dram(chip, _loaded_bits(design, chip.network, index))
        cost = cost.plus(*dram, "forward")
        peak_gradient = 0.0, 0.0

    values = {}
    for name, pair in {
        "forward": cost["forward"],
        "activation_gradient": cost["activation_gradient"],
        "weight_gradient": gradient,
        "weight_update": cost["weight_update"] if passes.training else (0.0, 0.0),
        "peak_forward": cost["peak_forward"],
        "peak_activation_gradient": cost["peak_activation_gradient"],
        "peak_weight_gradient": peak_gradient,
        "peak_weight_update": cost["peak_weight_update"] if passes.training else (0.0, 0.0),
        "adc": cost["adc"],
        "accumulation": cost["accumulation"],
        "array": cost["array"],
        "buffer": cost["buffer"],
        "interconnect": cost["interconnect"],
        "dram": dram,
    }.items():
        values[f"{name}_latency"], values[f"{name}_energy"] = (float(value) for value in pair)
    values["leakage_power"] = tiles[-1][1]
    if design.hybrid:
        values["hybrid"] = {part: dict(zip(("latency", "energy"), cost[part], strict=True)) for part in SYNAPSE_PARTS}
        values["hybrid"] |= {count: cost[count][1] for count in SYNAPSE_COUNTS}
    return values


def _stored_bits(design, layer):
    """Bits of the features that a layer reads, in the DRAM; quirk Q25: of one channel."""
    channels = layer.channels if design.rules.all_channels else 1
    return layer.rows * layer.columns * channels * design.input_bits


def _loaded_bits(design, network, index):
    """Bits that an inference loads from the DRAM for a layer; quirk Q25: one channel of the image, for every layer."""
    if design.rules.all_channels and index > 0:
        return 0
    return _stored_bits(design, network[0])


def _split_moves(design, passes):
    """Moves of the features to the DRAM and back, as the split counts them (quirk Q46)."""
    made = sum(passes.stored)
    return {"six moves": 6, "six times all": 6 * made, "as moved": made}[design.rules.dram_split]


def _plus(a, b):
    return a[0] + b[0], a[1] + b[1]


def _times(pair, factor):
    return pair[0] * factor, pair[1] * factor


def _activate_and_add(chip, index, cost, passes):
    """Activation, adders between tiles, pooling."""
    plan, layer = chip.plan, chip.network[index]
    if not passes.training:
        cost = cost.times("activation_gradient", "peak_activation_gradient", latency=0, energy=0)
    if chip.activation:
        reads = math.ceil(layer.vectors * layer.outputs / chip.activation_share)
        active = chip.activation.latency(reads), chip.activation.energy(reads)
        cost = cost.plus(*active, "forward", "peak_forward", "array")
    down, across = plan.tile_rows[index], plan.tile_columns[index]
    if down > 1:
        tree = chip.accumulation
        reads = across * layer.outputs * math.ceil(layer.vectors / tree.count)
        added = tree.latency(0.0, reads, down), tree.energy(reads, down)
        cost = cost.plus(*added, *passes.peaks)
        for _ in passes.reads:
            cost = cost.plus(*added, "accumulation")
    if layer.pool:
        # Quirk Q37: a novel tile divides by its PE size and multiplies by its side; energy counts whole windows.
        share, factor = plan.tile_size, 1.0
        if plan.novel[index]:
            share, factor = plan.novel_pe_size, math.sqrt(plan.kernel_positions)
        window = POOL_WINDOW
        reads = math.ceil(layer.vectors / window / share * factor)
        whole = math.ceil(layer.vectors // window / share * factor)
        pooled = chip.pooling.latency(1e20, 0.0, reads), chip.pooling.energy(whole)
        cost = cost.plus(*pooled, "forward", "peak_forward", "array")
    return cost


def _transfers(chip, index):
    """(latency, energy) of the global buffer and of the global H-tree for one image and one pass.

        bits out = matrix rows input_bits vectors,    bits in = outputs input_bits vectors, a quarter of it if pooled
        transfers = ceil((bits out + bits in) / lanes), lanes = bus width times the layer's share of the tiles
        buffer latency = (t_read(bits out) + t_write(bits in)) groups / ports

    In a novel tile the rows of a kernel share what goes out.
    """
    design, plan, layer = chip.design, chip.plan, chip.network[index]
    novel = plan.novel[index]
    tile = chip.novel_tile if novel else chip.tile
    bits_out = float(layer.matrix_rows * design.input_bits * layer.vectors)
    if novel:
        bits_out /= layer.kernel_rows
    bits_in = layer.outputs * design.input_bits * layer.vectors / (4 if layer.pool else 1)
    share = plan.layer_tiles[index] / plan.total_tiles
    lanes = math.ceil(chip.htree.bus_width * share)
    transfers = math.ceil((bits_out + bits_in) / lanes)
    sent = (
        chip.htree.latency(tile.height, tile.width, transfers),
        chip.htree.energy(tile.height, tile.width, lanes, transfers),
    )
    memory, line = chip.buffer, chip.buffer.interface_width
    ports = _ports(chip)
    # The buffer serves the groups of tiles one after the other.
    groups = math.ceil(plan.total_tiles / plan.layer_tiles[index])
    latency = (
        divided(memory.read_latency(bits_out / line), ports) * groups
        + divided(memory.write_latency(bits_in / line), ports) * groups
    )
    energy = memory.read_energy(line, bits_out / line) + memory.write_energy(line, bits_in / line)
    return (latency, energy), sent


def _ports(chip):
    """Buffer cores that work at the same time; 0 when the buffer is smaller than a core (quirk U18)."""
    return min(chip.buffer_cores, math.ceil(chip.bus_width / chip.buffer.interface_width))


def _dram(chip, bits):
    return chip.dram.latency(bits), chip.dram.energy(bits)


def _moved_gradients(chip, layer):
    """Weight gradients through the global buffer. Quirk Q38: whole lines only (integer division)."""
    memory, line = chip.buffer, chip.buffer.interface_width
    lines = layer.weights * chip.gradient_unit.output_bits // line
    ports = _ports(chip)
    latency = divided(memory.read_latency(lines), ports) + divided(memory.write_latency(lines), ports)
    return latency, memory.read_energy(line, lines) + memory.write_energy(line, lines)


def _gradient(chip, layer, activity):
    """The weight-gradient unit: its arrays work side by side as far as the layer fills them.

        latency = (t_read / speed-up + t_write) kernel size
        energy = (E_read + E_write) used kernel size, used = positions channels input_bits / cells of the unit
    """
    design, unit = chip.design, chip.gradient_unit
    result = unit.evaluate(layer.outputs, activity)
    rows, columns = layer.positions, layer.channels * design.input_bits
    need_rows = max(math.ceil(rows / design.wg_array_rows), 1)
    need_columns = max(math.ceil(columns / design.wg_array_columns), 1)
    if rows != 1:
        speedup = max(unit.arrays_per_row // need_rows, 1) * max(unit.arrays_per_column // need_columns, 1)
    else:
        speedup = unit.arrays_per_row * max(columns // design.wg_array_columns, 1)
    held = unit.arrays_per_row * unit.arrays_per_column * design.wg_array_rows * design.wg_array_columns
    used = divided(float(rows * columns), held)
    latency = (result.read_latency / speedup + result.write_latency) * layer.kernel_size
    return latency, (result.read_energy + result.write_energy) * used * layer.kernel_size


def _summed_gradients(chip, layer):
    """Adding the batch's gradients to those so far: latency = t_add weights / adders, in whole turns."""
    adder = chip.gradient_adder
    reads = divided(float(layer.weights), adder.count)
    reads = math.ceil(reads) if math.isfinite(reads) else reads
    return adder.latency(1e20, 0.0, reads), adder.energy(reads, min(layer.weights, adder.count))


def _per_epoch(cost, chip):
    """All images of an epoch; weights are written once a batch, several subarrays at a time.

        reads: latency = t batch_size iterations,              energy = E batch_size iterations
        writes: latency = t iterations / written together,     energy = E iterations
    """
    design = chip.design
    per_epoch = design.batch_size * design.iterations
    together = chip.arrays_written_together
    for item in WRITES:
        latency, energy = cost[item]
        exact = divided(latency, together) * design.iterations, energy * design.iterations
        cost = cost.with_item(item, *exact)
    reads = [item for item in ITEMS if item not in WRITES]
    return cost.times(*reads, latency=per_epoch, energy=per_epoch), per_epoch
