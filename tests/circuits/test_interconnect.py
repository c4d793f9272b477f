"""Bus and H-tree against recorded values, and what must hold for any of them."""

import math

import pytest
from golden import REORDERED, SAME_MATH, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_circuits import LATER, check, in_numbers, process

from neurosim.circuits._interconnect import Bus, HTree
from neurosim.technology import load

some = settings(max_examples=50, deadline=None)

OHM_PER_METRE = 13256578.947368421


COUNTS = {"repeaterSize", "numRepeater", "numStage", "x_center", "y_center"}


def repeated_wire(wire):
    return {
        "height": wire.height,
        "width": wire.width,
        "leakage": wire.leakage,
        "repeaterSize": wire.repeater_size,
        "minDist": wire.spacing,
        "widthInvN": wire.width_n,
        "widthInvP": wire.width_p,
        "hInv": wire.inverter_height,
        "wInv": wire.inverter_width,
        "capInvInput": wire.cap_input,
        "capInvOutput": wire.cap_output,
        "unitLengthLeakage": wire.unit_leakage,
        "unitLengthEnergyRep": wire.unit_energy,
        "unitLengthEnergyWire": wire.unit_energy_bare,
    }


def bus_outputs(row):
    row = in_numbers(row)
    bus = Bus(
        process(row),
        row["init.mode"].lower(),
        row["init.numRow"],
        row["init.numCol"],
        row["init.busWidth"],
        row["init.unitHeight"],
        row["init.unitWidth"],
        wire_width=row["param.wireWidth"],
        wire_resistance=row["param.unitLengthWireResistance"],
        delay_tolerance=row["init.delaytolerance"],
        folded_ratio=row["area.foldedratio"],
        overlap=bool(row["area.overLap"]),
    )
    results = repeated_wire(bus) | {
        "readLatency": bus.latency(row["latency.numRead"]),
        "readDynamicEnergy": bus.energy(row["power.numBitAccess"], row["power.numRead"]),
        "wireLength": bus.length,
        "numRepeater": bus.repeaters,
        "wireWidth": bus.bundle_width,
        "area": bus.area,
    }
    if row["area.calls"] != 1:
        # The reference's bundle grows with every call of its CalculateArea; no program calls it twice.
        del results["area"], results["wireWidth"]
    return results


def test_bus_table():
    check("Bus", bus_outputs, 118, exact=COUNTS)


def htree(row):
    return HTree(
        process(row),
        row["init.numRow"],
        row["init.numCol"],
        row["init.busWidth"],
        row["area.unitHeight"],
        row["area.unitWidth"],
        wire_width=row["param.wireWidth"],
        wire_resistance=row["param.unitLengthWireResistance"],
        delay_tolerance=row["init.delaytolerance"],
        folded_ratio=row["area.foldedratio"],
    )


def htree_outputs(row):
    row = in_numbers(row)
    tree = htree(row)
    unit = row["area.unitHeight"], row["area.unitWidth"]
    results = repeated_wire(tree) | {
        "area": tree.area,
        "numStage": 2 * tree.levels + 1,
        "x_center": tree.center,
        "y_center": tree.center,
        "totalWireLength": tree.total_length,
    }
    if not row["leafleaf"]:
        # Leaf to leaf: latency and energy are not modelled, because nothing in the reference's program uses them.
        results["readLatency"] = tree.latency(*unit, row["latency.numRead"], row["ghost.firstStageWireRes"])
        results["readDynamicEnergy"] = tree.energy(*unit, row["power.numBitAccess"], row["power.numRead"])
    return results


def test_htree_table():
    check("HTree", htree_outputs, 153, exact=COUNTS)


def test_htree_table_has_rows_in_which_the_first_stage_counts():
    """The recorded latencies tell the first-stage resistance from the default of 0."""
    seen = 0
    for text in rows("HTree"):
        row = in_numbers(text)
        if row["leafleaf"] or not row["ghost.firstStageWireRes"] or "out.readLatency" in row["uninit"]:
            continue
        tree = htree(row)
        latency = tree.latency(row["area.unitHeight"], row["area.unitWidth"], row["latency.numRead"])
        seen += not math.isclose(latency, row["out.readLatency"], rel_tol=SAME_MATH)
    assert seen > 20


def test_the_htree_wires_of_the_later_version():
    """Difference V2: they warm from 300 K on. Quirk Q9: by the length of a stage, only two choices are reached."""
    def results(row):
        row = in_numbers(row)
        warmth = 1 + 0.00451 * (row["env.temperature"] - 300)
        wires = tree(tech=process(row, falling=True), wire_width=row["param.wireWidth"], warmth=warmth)
        return {"unitLengthRes": wires.stage_resistance(row["arg.wireLength"])}

    check("htree_wire_resistance", results, 96, LATER)


def bus(**changes):
    sizes = {
        "direction": "horizontal", "rows": 4, "columns": 4, "bus_width": 128, "unit_height": 1e-4, "unit_width": 2e-4,
        "wire_width": 40, "wire_resistance": OHM_PER_METRE,
    }  # fmt: skip
    return Bus(load(32, "LSTP", 301), **(sizes | changes))


def tree(rows=8, columns=8, tech=None, **changes):
    sizes = {
        "bus_width": 1024, "unit_height": 1e-3, "unit_width": 1e-3,
        "wire_width": 40, "wire_resistance": OHM_PER_METRE, "delay_tolerance": 0.1, "folded_ratio": 4,
    }  # fmt: skip
    return HTree(tech or load(32, "LSTP", 301), rows, columns, **(sizes | changes))


counts = st.just(0.0) | st.floats(min_value=1e-3, max_value=1e9)
lengths = st.floats(min_value=1e-6, max_value=1e-1)


@some
@given(transfers=counts, bits=counts, factor=st.integers(1, 1000))
def test_costs_are_linear_in_transfers_and_bits(transfers, bits, factor):
    for wire, place in ((bus(), ()), (tree(), (1e-3, 1e-3))):
        assert math.isclose(wire.latency(*place, transfers * factor), wire.latency(*place, transfers) * factor,
                            rel_tol=SAME_MATH)
        energy = wire.energy(*place, bits, transfers)
        assert math.isclose(wire.energy(*place, bits, transfers * factor), energy * factor, rel_tol=SAME_MATH)
        assert math.isclose(wire.energy(*place, bits * factor, transfers), energy * factor, rel_tol=SAME_MATH)


@some
@given(shorter=lengths, longer=lengths, resistance=st.floats(0, 1e8))
def test_a_longer_htree_is_not_faster_nor_cheaper_at_the_same_wire(shorter, longer, resistance):
    # Within the stages that take wires of the narrower choice; a wide wire may well be faster.
    shorter, longer = sorted((shorter / 100, longer / 100))
    wire = tree()
    assert wire.energy(shorter, shorter, 8, 1) <= wire.energy(longer, longer, 8, 1)
    if 8 * longer / 32e-9 < 100000:
        assert wire.latency(shorter, shorter, 1, resistance) <= wire.latency(longer, longer, 1, resistance)


@some
@given(low=st.floats(0, 1e8), high=st.floats(0, 1e8))
def test_the_first_stage_resistance_only_slows(low, high):
    low, high = sorted((low, high))
    wire = tree()
    assert wire.latency(1e-3, 1e-3, 1, low) <= wire.latency(1e-3, 1e-3, 1, high)
    assert wire.latency(1e-3, 1e-3, 1) == wire.latency(1e-3, 1e-3, 1, 0.0)


# (nm, thickness over width, ohm m) of wires at least so wide, down to any width.
METALS = [(200, 2.10, 2.42e-8), (100, 2.30, 2.73e-8), (50, 2.34, 3.91e-8), (40, 1.90, 4.03e-8), (32, 1.90, 4.51e-8),
          (22, 2.00, 5.41e-8), (0, 2.10, 7.43e-8)]  # fmt: skip


@pytest.mark.parametrize("width", [200, 100, 50, 40, 32, 22, 14])
@pytest.mark.parametrize(("pitches", "times"), [(1, 1), (9999, 1), (10001, 2), (99999, 2), (100001, 4)])
def test_wires_by_length_resist_as_wires_of_their_width(width, pitches, times):
    """Quirk Q9 mended: once, twice or four times as wide as the array's, R = rho / (w^2 aspect ratio)."""
    wide = times * width
    _, ratio, resistivity = next(metal for metal in METALS if metal[0] <= wide)
    wire = tree(wire_width=width, warmth=1.25, wires_by_length=True)
    expected = 1.25 * resistivity / ((wide * 1e-9) ** 2 * ratio)
    assert math.isclose(wire.stage_resistance(pitches * 32e-9), expected, rel_tol=SAME_MATH)


@pytest.mark.parametrize("length", [1e-6, 1e-3, 1.0])
def test_without_wires_a_tree_resists_as_little_as_arrays(length):
    """Quirk Q9 mended: not as wires of -2 or -4 nm."""
    assert tree(wire_width=-1, wires_by_length=True).stage_resistance(length) == 1.0
    assert tree(wire_width=-1).stage_resistance(length) > 1e8


@some
@given(levels=st.integers(1, 5), unit=st.floats(1e-6, 1e-2), ratio=st.floats(0.1, 10), by_length=st.booleans())
def test_stages_of_a_tree_resist_as_their_own_wires(levels, unit, ratio, by_length):
    """Quirk U2 mended: Elmore's delay of each stage's wires, and of a main bus like the last stage's."""
    wire = tree(2**levels, 2**levels, own_stages=True, wires_by_length=by_length)
    load, spacing = wire.cap_input + wire.cap_output + 0.2e-9 * wire.spacing, wire.spacing

    def delay(length):
        per_length = wire.stage_resistance(length)
        elmore = wire.resistance * load + per_length * spacing * (0.2e-9 * spacing / 2 + wire.cap_input)
        return 0.7 * elmore / spacing

    lengths = [size * 2**level for level in range(levels) for size in (unit, unit * ratio)]
    expected = sum(length * delay(length) for length in lengths) + wire.trunk * unit * ratio * delay(unit * ratio)
    assert math.isclose(wire.latency(unit, unit * ratio, 3), 3 * expected, rel_tol=REORDERED)
    # What a register happens to hold does not matter any more.
    assert wire.latency(unit, unit * ratio, 3, 1e9) == wire.latency(unit, unit * ratio, 3)


@some
@given(tolerance=st.floats(0.01, 100))
def test_a_delay_tolerance_never_makes_larger_repeaters(tolerance):
    for wire in (bus, tree):
        fastest, relaxed = wire(delay_tolerance=0.0), wire(delay_tolerance=tolerance)
        assert 0 <= relaxed.repeater_size < fastest.repeater_size
        assert relaxed.spacing < fastest.spacing  # quirk C26: closer together, not farther apart


def test_a_wire_too_resistive_for_any_repeater():
    """No recorded row starts the search at a size of 0: a bus then leaves it at once, an H-tree after one step."""
    resistive = {"wire_resistance": 1e13}
    for wire, steps in ((bus, 0), (tree, 1)):
        fastest, relaxed = wire(delay_tolerance=0.0, **resistive), wire(delay_tolerance=0.5, **resistive)
        assert fastest.repeater_size == relaxed.repeater_size == 0
        assert math.isclose(relaxed.spacing, fastest.spacing * 0.9**steps, rel_tol=SAME_MATH)
        assert fastest.width_n == 2 * 32e-9  # drawn as a minimum inverter


@some
@given(columns=st.integers(2, 64), folding=st.floats(1, 64))
def test_an_overlapping_bus_takes_no_area_and_changes_nothing_else(columns, folding):
    above = bus(columns=columns, folded_ratio=folding)
    beside = bus(columns=columns, folded_ratio=folding, overlap=False)
    assert above.area == 0 < beside.area
    assert (above.leakage, above.latency(3), above.energy(8, 3)) == (
        beside.leakage, beside.latency(3), beside.energy(8, 3))  # fmt: skip


def test_a_bus_of_one_unit_has_no_length():
    wire = bus(columns=1)
    assert (wire.length, wire.repeaters, wire.latency(10), wire.energy(128, 10), wire.leakage) == (0, 0, 0, 0, 0)
    # Quirk C41: nanometres
    assert wire.bundle_width == 128 * 40


def test_an_htree_of_one_unit_costs_nothing():
    wire = tree(1, 1)
    assert (wire.levels, wire.trunk, wire.area, wire.latency(1e-3, 1e-3, 5), wire.energy(1e-3, 1e-3, 8, 5)) == (0,) * 5


def test_the_three_starting_lengths_of_an_htree():
    """Quirk C28: over 8 x 8 units the stages of a direction are 7 units in latency, 3.5 in energy, 3 in the layout."""
    wire, unit = tree(8, 8), 1e-3
    assert wire.trunk == 3
    energy = (2 * 3.5 + wire.trunk) * unit * wire.unit_energy
    assert math.isclose(wire.energy(unit, unit, 1, 1), energy, rel_tol=SAME_MATH)
    assert math.isclose(wire.total_length, (2 * 3 + wire.trunk) * unit, rel_tol=SAME_MATH)
    # The first stage is four units long: what its resistance adds over 4 + 4 units is linear in it.
    step = wire.latency(unit, unit, 1, 1e6) - wire.latency(unit, unit, 1, 0.0)
    slope = 0.7 * (0.5 * 0.2e-9 * wire.spacing + wire.cap_input) * 1e6
    assert math.isclose(step, 8 * unit * slope, rel_tol=REORDERED)


def test_messages():
    with pytest.raises(ValueError, match="use 'horizontal' or 'vertical'"):
        bus(direction="diagonal")
    with pytest.raises(ValueError, match="at least one row and one column"):
        tree(0, 4)
