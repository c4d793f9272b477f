"""What repaired circuits compute, derived again from gates, transistors and counts; and that nothing else changes."""

import math

import pytest
from golden import SAME_MATH, close
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim import technology
from neurosim._circuits import Adder, AdderTree
from neurosim.circuits._drivers import RowDecoder
from neurosim.circuits._flash import MultilevelEncoder
from neurosim.circuits._interconnect import Bus, HTree
from neurosim.circuits._sensing import Precharger, SRAMWriteDriver
from neurosim.circuits._switches import Mux, RowSwitches, SwitchMatrix
from neurosim.technology._transistor import stage_delay

STEEP = 1e20
CLOCK = 1e9
WIRE = 0.2e-15 / 1e-6           # capacitance [F/m]
OHM_PER_METRE = 13256578.947368421

some = settings(max_examples=40, deadline=None)
planar = st.sampled_from((130, 65, 45, 32, 22))


def load(node=32, **rules):
    return technology.load(node, rules=technology.CircuitRules(**rules))


def near(got, want):
    assert close(got, want, SAME_MATH), (got, want)


def path(ramp, *stages):
    """(delay, slope) of RC stages, one after the other."""
    total = 0.0
    for resistance, capacitance in stages:
        delay, ramp = stage_delay(resistance * capacitance, ramp)
        total += delay
    return total, ramp


# -- gates -------------------------------------------------------------------------------------------


@some
@given(planar, st.floats(1, 200), st.floats(1, 200))
def test_a_diffusion_row_has_the_edges_of_its_own_folds(node, n, p):
    """Outer drains of a row of an odd number of fingers: one end, of an even number: both."""
    before, repaired = load(node), load(node, own_edges=True)
    feature = before.feature_size
    wide_n, wide_p = n * feature, p * feature
    rules = technology.layout()
    edges = (rules["poly"]["extension"] + rules["poly"]["gap_field"] / 2) * 2 * feature
    room = before.cell_height - rules["diffusion"]["gap_pn"] * feature - edges
    room_n, room_p = room * wide_n / (wide_n + wide_p), room * wide_p / (wide_n + wide_p)
    folds_n, folds_p = (max(1, math.ceil(w / r * (1 - 1e-12))) for w, r in ((wide_n, room_n), (wide_p, room_p)))
    ends = {folds: 1 if folds % 2 else 2 for folds in (folds_n, folds_p)}
    old, new = (t.gate_caps("inv", 1, wide_n, wide_p, t.cell_height) for t in (before, repaired))
    assert new[0] == old[0]
    more = (ends[folds_n] - ends[folds_p]) * min(wide_n, room_n) * before.cap_sidewall
    assert math.isclose(new[1] - old[1], more, rel_tol=1e-9, abs_tol=1e-9 * old[1])


def test_rows_that_fold_differently_have_other_edges():
    """The PMOS of one finger, the NMOS of two."""
    before, repaired = load(), load(own_edges=True)
    limits = [t.drain_capacitance(40 * t.feature_size, "n", t.cell_height) for t in (before, repaired)]
    assert limits[0] < limits[1]        # without a PMOS its row counts as one finger


# -- adder trees -------------------------------------------------------------------------------------


def stages_of(operands, bits):
    """[(bits of an adder, adders)] of a binary tree of which nothing drops out, from a list of operands."""
    stages, waiting = [], [object()] * operands
    while len(waiting) > 1:
        pairs = len(waiting) // 2
        stages.append((bits + len(stages), pairs))
        waiting = waiting[2 * pairs:] + waiting[:pairs]
    return stages


@some
@given(st.integers(1, 40), st.integers(3, 12), st.integers(1, 20))
def test_no_operand_of_a_tree_drops_out(operands, bits, count):
    tech = load(odd_operands=True)
    tree = AdderTree(tech, operands, bits, count, width=1e-3)
    stages = stages_of(operands, bits)
    assert sum(adders for _, adders in stages) == operands - 1
    near(tree.energy(3, operands), sum(Adder(tech, b, n).energy(3, n) for b, n in stages) * count)
    near(tree.leakage, sum(Adder(tech, b, n).leakage for b, n in stages) * count)
    near(tree.area, Adder(tech, sum(b * n for b, n in stages), count, width=1e-3).area)
    assert tree.latency(0, 1) == AdderTree(load(), operands, bits, count, width=1e-3).latency(0, 1)
    if operands & (operands - 1) == 0:      # powers of two have no odd operand
        assert tree.energy(1) == AdderTree(load(), operands, bits, count, width=1e-3).energy(1)


@some
@given(st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_all_stages_of_a_tree_leak(operands, adding, odd):
    tree = AdderTree(load(idle_stages_leak=True, odd_operands=odd), operands, 6, 10, width=1e-3)
    assert tree.leakage_when(adding) == tree.leakage == tree.leakage_when(0)
    assert tree.leakage == AdderTree(load(odd_operands=odd), operands, 6, 10, width=1e-3).leakage


# -- decoders ----------------------------------------------------------------------------------------


def decoder_gates(tech, bits):
    """{name: (kind, inputs, NMOS width, PMOS width)}"""
    small, ratio, fan_in = tech.min_nmos, tech.min_pmos, (bits + 1) // 2
    return {
        "inv": ("inv", 1, small, ratio),
        "nand": ("nand", 2, 2 * small, ratio),
        "nor": ("nor", fan_in, small, ratio * fan_in),
        "driver": ("inv", 1, 3 * small, 3 * ratio),
    }


@pytest.mark.parametrize("bits", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("mux", [False, True])
def test_a_decoder_is_the_path_through_its_gates(bits, mux):
    tech = load(whole_decoders=True)
    load_n, load_p = 3e-15, 5e-15
    gates = decoder_gates(tech, bits)
    caps = {name: tech.gate_caps(*gate, tech.cell_height) for name, gate in gates.items()}
    down = {name: tech.on_resistance(gate[2], "n") for name, gate in gates.items()}
    up = {name: tech.on_resistance(gate[3], "p") for name, gate in gates.items()}
    lines, nands = 2**bits, 4 * (bits // 2)
    driven = caps["nand" if mux else "driver"][0]
    to_nor = caps["nor"][0] * lines / 4 if bits > 2 else driven
    stages = [(down["inv"], caps["inv"][1] + (caps["nand"][0] * 2 if nands else driven))]
    if nands:
        stages.append((down["nand"] * 2, caps["nand"][1] + to_nor))
    if bits > 2:
        stages.append((up["nor"] * 2, caps["nor"][1] + driven))
    if mux:
        stages.append((down["nand"], caps["nand"][1] + caps["inv"][0]))
        stages.append((up["inv"], caps["inv"][1] + caps["inv"][0] + load_n))
        stages.append((down["inv"], caps["inv"][1] + load_p))
    else:
        stages.append((down["driver"], caps["driver"][1] + caps["driver"][0]))
        stages.append((up["driver"], caps["driver"][1] + load_n))
    decoder = RowDecoder(tech, bits, mux=mux)
    delay, slope = path(STEEP, *stages)
    near(decoder.latency(STEEP, load_n, load_p, 5), 5 * delay)
    near(decoder.ramp(STEEP, load_n, load_p), slope)

    leaks = {name: tech.gate_leakage(*gate) * tech.vdd for name, gate in gates.items()}
    drivers = leaks["nand"] + leaks["inv"] * 2 if mux else leaks["driver"] * 2
    nors = leaks["nor"] * lines if bits > 2 else 0
    near(decoder.leakage, leaks["inv"] * bits + leaks["nand"] * nands + nors + drivers * lines)


@pytest.mark.parametrize("bits", [1, 2])
@pytest.mark.parametrize("side", ["row", "column"])
def test_drivers_of_a_small_decoder_take_area(bits, side):
    """Two inverters a line, in as many columns (or rows) as the outline needs."""
    outline = {"height" if side == "row" else "width": 1e-6}
    before, after = (RowDecoder(tech, bits, side=side, **outline) for tech in (load(), load(whole_decoders=True)))
    tech = load()
    height, width = tech.gate_size(*decoder_gates(tech, bits)["driver"], tech.cell_height)
    if side == "column":
        height, width = width, height
    stacks = math.ceil(2**bits / min(2**bits, int(1e-6 / height)))
    near(after.area - before.area, 2 * width * stacks * 1e-6)


@pytest.mark.parametrize("bits", [1, 2])
@pytest.mark.parametrize("mux", [False, True])
def test_drivers_of_a_small_decoder_take_area_in_one_line(bits, mux):
    """As high as its lines, or as its NANDs; one gate of each kind wide."""
    tech = load(whole_decoders=True)
    sizes = {name: tech.gate_size(*gate, tech.cell_height) for name, gate in decoder_gates(tech, bits).items()}
    wide = {name: width for name, (_, width) in sizes.items()}
    high = sizes["nand" if mux else "driver"][0] * 2**bits
    nand_high = sizes["nand"][0] * 4 * (bits // 2)
    across = wide["inv"] + wide["nand"] + wide["nor"] + (wide["nand"] + 2 * wide["inv"] if mux else 2 * wide["driver"])
    decoder = RowDecoder(tech, bits, mux=mux)
    near(decoder.height, max(high, nand_high))
    near(decoder.width, across)


# -- multiplexers and switch matrices ----------------------------------------------------------------


def test_a_multiplexer_keeps_the_drains_of_its_folded_gates_and_switches_both_gates():
    tech = load(whole_muxes=True)
    first, before = (Mux(t, 16, 8, 500.0, read_voltage=0.5, width=1e-4) for t in (tech, load()))
    mux, gate = first.resized(2 * first.height, 1e-4), first.gate
    assert (mux.height, mux.width) == (2 * first.height, 1e-4)
    assert mux.gate == gate == before.gate
    assert mux.gate["cap_drain"] != before.resized(2 * first.height, 1e-4).gate["cap_drain"]
    switched = (gate["cap_gate_n"] + gate["cap_gate_p"]) * tech.vdd**2
    near(mux.energy(3), 3 * 16 * (switched + 2 * gate["cap_drain"] * 0.25))
    cap = gate["cap_drain"] + (gate["cap_gate_n"] + gate["cap_gate_p"]) / 2 + 1e-15
    near(mux.latency(1e-15, 3), 3 * 2.3 * 2 * gate["resistance"] * cap)


MATRIX = {"read_voltage": 0.5, "write_voltage": 2.0, "access_transistor": True}


@some
@given(st.sampled_from(("row", "column")), st.integers(0, 50), st.integers(0, 50))
def test_the_register_takes_part_in_every_write(side, writes, reads):
    """Half a clock period and one shift of the register each, whatever is read."""
    old, new = (SwitchMatrix(t, 64, 1e5, CLOCK, side=side, **MATRIX) for t in (load(), load(registers_write=True)))
    near(new.write_latency(STEEP, 1e-14, 100, writes, reads),
         old.write_latency(STEEP, 1e-14, 100, writes) + writes / CLOCK / 2)
    near(new.write_energy(writes, 0.5, reads), old.write_energy(writes, 0.5) + new.flip_flops.energy(writes, 64))
    rows = [RowSwitches(t, 64, CLOCK, access_voltage=1.1, read_voltage=0.5)
            for t in (load(), load(registers_write=True))]  # fmt: skip
    near(rows[1].write_latency(STEEP, 1e-14, 100, writes, reads),
         rows[0].write_latency(STEEP, 1e-14, 100, writes) + writes / CLOCK / 2)
    near(rows[1].write_energy(writes, reads), rows[0].write_energy(writes) + rows[1].flip_flops.energy(writes, 64))


def test_driven_columns_take_the_energy_of_driven_rows():
    tech = load(columns_driven=True)
    matrix = SwitchMatrix(tech, 64, 1e5, CLOCK, side="column", **MATRIX)
    gate = matrix.gate
    line = 3 * gate["cap_drain"] * 0.25 + (gate["cap_gate_n"] + gate["cap_gate_p"]) * tech.vdd**2
    near(matrix.read_energy(7, 0.5), 7 * 32 * line + matrix.flip_flops.energy(7, 64))
    assert matrix.read_energy(7, 0) == SwitchMatrix(load(), 64, 1e5, CLOCK, side="column", **MATRIX).read_energy(7, 0.5)


# -- encoders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [2, 16, 64])
@pytest.mark.parametrize(("whole", "lone"), [(True, False), (False, True), (True, True)])
def test_an_encoder_is_the_path_through_its_gates(levels, whole, lone):
    tech = load(whole_encoders=whole, lone_inverters=lone)
    small, ratio, inputs = tech.min_nmos, tech.min_pmos, levels // 2
    inverter = tech.gate_caps("inv", 1, small, ratio, tech.cell_height)
    nand = tech.gate_caps("nand", 2, 2 * small, ratio, tech.cell_height)
    wide = tech.gate_caps("nand", inputs, 2 * small, ratio, tech.cell_height)
    up = tech.on_resistance(ratio, "p")
    first = tech.on_resistance(small, "n") * (1 if lone else 2)
    stages = [
        (first, inverter[1] + nand[0] * 2),
        (up, nand[1] + wide[0] * inputs),
        (tech.on_resistance(2 * small, "n") * 2, wide[1] + inverter[0]),
        (up, inverter[1]),
    ]
    encoder = MultilevelEncoder(tech, levels, 16, width=1e-4)
    near(encoder.latency(STEEP, 3), 3 * path(STEEP, *stages[: 4 if whole else 2])[0])
    near(encoder.ramp(STEEP), path(STEEP, *stages)[1])


@some
@given(st.integers(1, 40), st.floats(1e-7, 1e-4))
def test_as_many_encoders_stand_side_by_side_as_fit(count, room):
    tech = load(encoders_fit=True)
    line = MultilevelEncoder(tech, 16, 1, width=1e-9)       # as wide, and as high, as one of them
    abreast = max(1, min(count, int(room / line.width)))
    across = MultilevelEncoder(tech, 16, count, width=room)
    near(across.height, line.height * math.ceil(count / abreast))
    near(across.width, max(room, line.width))
    stacked = max(1, min(count, int(room / line.height)))
    near(MultilevelEncoder(tech, 16, count, height=room).width, line.width * math.ceil(count / stacked))


# -- bit lines ---------------------------------------------------------------------------------------


@some
@given(st.integers(1, 200), st.floats(0.5e-6, 2e-4))
def test_prechargers_and_write_drivers_fill_a_height(columns, height):
    def kinds(tech, count, **outline):
        yield Precharger(tech, count, load_resistance=0, cells_per_read=1, cells_per_write=1, **outline)
        yield SRAMWriteDriver(tech, count, cells_per_write=1, **outline)

    units = kinds(load(), 1)
    for unit, circuit in zip(units, kinds(load(bit_lines_stack=True, outlines_grow=True), columns, height=height),
                             strict=True):
        stacked = max(1, min(columns, int(height / unit.height)))
        near(circuit.width, unit.width * math.ceil(columns / stacked))
        assert circuit.height == height
    for old, new in zip(kinds(load(), columns), kinds(load(bit_lines_stack=True), columns), strict=True):
        assert (new.height, new.width) == (old.height, old.width)


# -- wires -------------------------------------------------------------------------------------------


def repeaters(tech, tolerance, halving):
    """(strength, spacing [m], resistance [ohm]) of the cheapest repeaters whose delay is tolerated, step by step."""
    def gate(size):
        wide = tech.min_nmos * size, tech.min_pmos * size
        inside = [tech.on_resistance(w, channel) for w, channel in zip(wide, "np", strict=True)]
        return sum(inside) / 2, *tech.gate_caps("inv", 1, *wide, tech.cell_height)

    def delay(size, spacing):
        resistance, cap_in, cap_out = gate(size)
        wire, metal = WIRE * spacing, OHM_PER_METRE * spacing
        return 0.7 * (resistance * (cap_in + cap_out + wire) + metal * wire / 2 + metal * cap_in) / spacing

    resistance, cap_in, cap_out = gate(1)
    best = int(math.sqrt(resistance * WIRE / cap_in / OHM_PER_METRE))
    spacing = math.sqrt(2 * resistance * (cap_in + cap_out) / (OHM_PER_METRE * WIRE))
    limit = (1 + tolerance) * delay(best, spacing)
    steps = [(best, spacing)]
    while tolerance and steps[-1][0] > 1:
        size, apart = steps[-1]
        steps.append((size // 2 if halving else size - 1, apart / 0.9))
    kept = [step for n, step in enumerate(steps) if n == 0 or all(delay(*s) < limit for s in steps[1 : n + 1])]
    size, apart = kept[-1]
    return size, apart, gate(size)[0]


def h_tree(tech, rows=8, columns=8, tolerance=0.0, width=1024):
    return HTree(tech, rows, columns, width, 3e-4, 5e-4, wire_width=40, wire_resistance=OHM_PER_METRE,
                 delay_tolerance=tolerance, folded_ratio=4)  # fmt: skip


@pytest.mark.parametrize("node", [130, 32, 22])
@pytest.mark.parametrize("tolerance", [0.0, 0.05, 0.1, 0.5, 1.0])
def test_tolerated_delay_pays_for_smaller_and_more_distant_repeaters(node, tolerance):
    tech = load(node, mean_repeaters=True, distant_repeaters=True)
    bus = Bus(tech, "horizontal", 4, 4, 128, 1e-4, 1e-4, wire_width=40, wire_resistance=OHM_PER_METRE,
              delay_tolerance=tolerance)  # fmt: skip
    fastest = h_tree(tech)
    for wire, halving in ((bus, False), (h_tree(tech, tolerance=tolerance), True)):
        size, spacing, resistance = repeaters(tech, tolerance, halving)
        assert wire.repeater_size == size
        near(wire.spacing, spacing)
        near(wire.resistance, resistance)
        assert wire.unit_energy <= fastest.unit_energy


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 2), (3, 3), (4, 4), (8, 8), (9, 7), (16, 5)])
def test_the_latency_of_a_tree_is_that_of_the_way(rows, columns):
    """From the middle of 2^n units to the middle of one there is half of their length, less half a unit."""
    tech = load(way_once=True, root_in_the_middle=True)
    tree = h_tree(tech, rows, columns)
    high, wide = 3e-4, 5e-4
    levels = math.ceil(math.log2(max(rows, columns)))
    lengths = [(high * 2.0**k / 2, wide * 2.0**k / 2) for k in range(levels - 1, -1, -1)]
    near(sum(h for h, _ in lengths) + high / 2, high * 2**levels / 2)
    assert tree.center == min(rows, columns) // 2

    def delay(metal):
        s = tree.spacing
        cap = tree.cap_input + tree.cap_output + WIRE * s
        return 0.7 * (tree.resistance * cap + metal * s * WIRE * s / 2 + metal * s * tree.cap_input) / s

    first = 1e6
    metals = [first, *(tree.stage_resistance(w) for _, w in lengths)][:levels]
    total = sum((h + w) * delay(metal) for (h, w), metal in zip(lengths, metals, strict=True))
    trunk = min(columns - min(rows, columns) // 2, min(rows, columns) // 2)
    assert tree.trunk == trunk
    total += trunk * wide * delay(metals[-1]) if metals else 0
    near(tree.latency(high, wide, 3, first), 3 * total)
    way = sum(h + w for h, w in lengths) + trunk * wide
    near(tree.energy(high, wide, 7, 3), 7 * 3 * way * tree.unit_energy)


@pytest.mark.parametrize("rows", [1, 2, 4, 8, 16])
def test_a_bundle_is_as_wide_at_every_level(rows):
    tree = h_tree(load(even_bundles=True), rows, rows)
    vertical, horizontal = (1024 * side / 4 for side in (tree.inverter_width, tree.inverter_height))
    lengths = [2.0**k / 2 for k in range(tree.levels - 1, 0, -1)]       # in units, without the last stage
    area = sum(length * (vertical * 3e-4 + horizontal * 5e-4) / 2 for length in lengths)
    near(tree.area, area + horizontal * tree.trunk * 5e-4)
