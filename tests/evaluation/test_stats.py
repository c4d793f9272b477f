"""Column resistances, activities and write pulses against recorded values and slow Python."""

from types import SimpleNamespace

import numpy as np
import pytest
from golden import SAME_MATH, close, matrix, numbers, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from recorded_circuits import LATER, check
from slow import conductances

from neurosim.circuits._columns import column_resistances, path_conductances
from neurosim.circuits._weights import flips, linear_conductances, split_conductances
from neurosim.circuits.memories import MEMORIES
from neurosim.design.design import Design
from neurosim.evaluation.writes import Flips, Polarisations, Pulses, Writes, averaged, count_writes, update_of
from neurosim.traces.traces import encode


def columns_of(codes, cells, start=0, stop=None, average=False, **wiring):
    """Resistances and activity of some input vectors."""
    count = (codes.shape[1] if stop is None else stop) - start
    resistance, activity = np.empty((count, cells.shape[1])), np.empty(count)
    column_resistances(codes, path_conductances(cells, **wiring), resistance, activity, start=start, average=average)
    return resistance, activity


def test_column_resistances_and_activity_are_those_recorded():
    wrong = []
    for row in rows("pe_resistance"):
        memory = row["cell.memCellType"]
        codes = encode(np.array(numbers(row["arg.input"]))[:, None])
        one_transistor = memory == "RRAM" and row["cell.accessType"] == "CMOS"
        access = float(row["cell.resistanceAccess"]) if one_transistor else 0.0
        resistance, activity = columns_of(
            codes,
            np.array(matrix(row["arg.weight"])),
            along=float(row["param.wireResistanceRow"]),
            down=float(row["param.wireResistanceCol"]),
            access=float(row["arg.resCellAccess"]) if memory == "SRAM" else access,
            constant=memory == "SRAM",
            average=row["arg.parallelRead"] == "0" and memory != "SRAM",
        )
        recorded = [*numbers(row["out.columnResistance"]), float(row["out.activityRowRead"])]
        for got, want in zip([*resistance[0], activity[0]], recorded, strict=True):
            if not close(got, want, SAME_MATH):
                wrong.append((row["id"], got, want))
    assert not wrong, wrong[:3]


def _chip(row):
    """What an update asks of a chip, from the recorded arguments of one row."""
    cell = SimpleNamespace(
        memory=row["cell.memCellType"],
        kind=MEMORIES[row["cell.memCellType"]],
        has_transistor=row["cell.accessType"] == "CMOS",
        write_voltage=float(row["cell.writeVoltage"]),
        write_pulse=float(row["cell.writePulseWidth"]),
    )
    placed = SimpleNamespace(
        cell=cell,
        resistance_on_half_write=float(row["cell.resMemCellOnAtHalfVw"] or 0),
        resistance_off_half_write=float(row["cell.resMemCellOffAtHalfVw"] or 0),
    )
    array = SimpleNamespace(
        cell=placed,
        tech=SimpleNamespace(vdd=float(row["tech.vdd"])),
        cap_row=float(row["sub.capRow1"]),
        cap_word_line=float(row["sub.capRow2"]),
        cap_column=float(row["sub.capCol"]),
    )
    design = SimpleNamespace(
        technology=SimpleNamespace(feature_size=float(row.get("tech.featureSize", "nan"))),
        fefet_gate_capacitance=float(row["param.gateCapFeFET"]),
        rules=SimpleNamespace(row_pulses="written rows" if "param.polarization" in row else "all rows"),
    )
    return SimpleNamespace(array=array, design=design)


def _update(row):
    """How the cells of a row are updated; its conductances stand for the weights of an array."""
    levels = max(int(row["cell.maxNumLevelLTP"]), int(row["cell.maxNumLevelLTD"]))
    step = (float(row["param.maxConductance"]) - float(row["param.minConductance"])) / levels
    if row["cell.memCellType"] == "SRAM":
        return Flips()
    if row["cell.memCellType"] == "FeFET" and "param.polarization" in row:
        return Polarisations(step, levels, float(row["param.polarization"]))
    return Pulses(step)


@pytest.mark.parametrize(("folder", "count"), [("circuits", 60), (LATER, 60)])
def test_write_pulses_and_energies_are_those_recorded(folder, count):
    def results(row):
        chip, update = _chip(row), _update(row)
        new, old = (np.array(matrix(row[f"arg.{name}Memory"])) for name in ("new", "old"))
        if chip.array.cell.cell.kind.volatile:
            # The table gives conductances, which the kernel never makes: it is held against this count below.
            writes = averaged(_slow_flips(new, old), *new.shape)
        else:
            arrays = SimpleNamespace(weight_old=old, cells=lambda cells, part: cells)
            writes = update.count(arrays, None, new)
        return {
            "activityColWrite": writes.column_activity,
            "activityRowWrite": writes.row_activity,
            "numWritePulseAVG": writes.pulses_per_row(chip.design.rules.row_pulses),
            "totalNumWritePulse": writes.pulses,
            "writeDynamicEnergyArray": update.energy(chip, writes),
        }

    check("pe_write_update", results, count, folder, exact={"numWritePulseAVG", "totalNumWritePulse"})


def _slow_flips(now, before):
    """One pulse for each changed SRAM cell; a row with both directions counts as a set row."""
    ups, downs = (now > before).sum(axis=1), (now < before).sum(axis=1)
    return {
        "set_rows": int((ups > 0).sum()),
        "reset_rows": int(((downs > 0) & (ups == 0)).sum()),
        "set_cells": int(ups.sum()),
        "reset_cells": int(downs.sum()),
        "set_pulses": int((ups > 0).sum()),
        "reset_pulses": int((downs > 0).sum()),
        "charge": 0,
    }


def _slow_columns(conducts, cells, along, down, access):
    """The obvious loop: every conducting cell behind its own piece of row and column."""
    planes, (rows_, columns) = conducts.shape[1], cells.shape
    total = [[0.0] * columns for _ in range(planes)]
    for plane in range(planes):
        for column in range(columns):
            for row in range(rows_):
                if conducts[row, plane]:
                    path = 1 / cells[row, column] + (column + 1) * along + (rows_ - row) * down + access
                    total[plane][column] += 1 / path
    return [[1 / current if current else np.inf for current in row] for row in total]


# Beyond the blocks of the kernel: 32 columns, 64 input vectors, four rows at a time.
SIZES = st.tuples(st.integers(1, 9), st.integers(1, 40), st.integers(1, 70))


@settings(max_examples=40, deadline=None)
@given(
    SIZES,
    st.randoms(use_true_random=False),
    st.floats(0, 10),
    st.floats(0, 10),
    st.floats(0, 1e5),
)
def test_columns_equal_the_slow_loop(size, random, along, down, access):
    height, width, planes = size
    conducts = np.array([[random.random() < 0.5 for _ in range(planes)] for _ in range(height)])
    cells = np.array([[random.uniform(1e-7, 1e-4) for _ in range(width)] for _ in range(height)])
    wires = {"along": along, "down": down, "access": access}
    codes = encode(conducts)
    got, activity = columns_of(codes, cells, **wires)
    for mine, slow in zip(got.ravel(), np.ravel(_slow_columns(conducts, cells, *wires.values())), strict=True):
        assert close(mine, slow, SAME_MATH)
    assert np.array_equal(activity, conducts.sum(axis=0) / height)
    order = list(range(planes))
    random.shuffle(order)
    assert np.array_equal(columns_of(np.ascontiguousarray(codes[:, order]), cells, **wires)[0], got[order])
    cut = random.randrange(planes)
    parts = [columns_of(codes, cells, start=a, stop=b, **wires)[0] for a, b in ((0, cut), (cut, planes))]
    assert np.array_equal(np.concatenate(parts), got)


LEVELS = arrays(np.int8, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 15))


@settings(max_examples=60, deadline=None)
@given(LEVELS, st.data())
def test_pulses_equal_the_slow_count(new, data):
    old = data.draw(arrays(np.int8, new.shape, elements=st.integers(0, 15)))
    # A step of three and a half units: no change is a whole number of pulses, so rounding decides nothing.
    conductance = [1e-6 + levels * 1e-7 for levels in (new, old)]
    step = 3.5e-7
    writes = count_writes(*conductance, step)
    set_pulses = reset_pulses = set_rows = reset_rows = sets = resets = 0
    for above, below in zip(*(values.tolist() for values in conductance), strict=True):
        ups = [-((b - a) // step) for a, b in zip(above, below, strict=True) if a > b and a - b >= step]
        downs = [-((a - b) // step) for a, b in zip(above, below, strict=True) if a < b and b - a >= step]
        set_pulses += max(ups, default=0)
        reset_pulses += max(downs, default=0)
        set_rows += bool(ups)
        reset_rows += bool(downs) and not ups
        sets, resets = sets + len(ups), resets + len(downs)
    assert (writes.set_pulses, writes.reset_pulses) == (set_pulses, reset_pulses)
    assert (writes.set_rows, writes.reset_rows) == (set_rows, reset_rows)
    assert writes.set_columns == (sets // set_rows if set_rows else 0)
    assert writes.reset_columns == (resets // reset_rows if reset_rows else 0)


def polarised(new, old, step, levels, saturation):
    """The record of one array of FeFETs."""
    update = Polarisations(step, levels, saturation)
    new, old = (np.array(cells, dtype=float) for cells in (new, old))
    return update.count(SimpleNamespace(weight_old=old, cells=lambda cells, part: cells), None, new)


STEP = 2.0**-20     # of exact conductances, nearly a microsiemens [S]


def test_polarisation_by_hand():
    """Difference V10: four levels from -20 to 20 uC/cm^2 are 10 uC/cm^2 each, counted from the lowest one."""
    # Level 3 from 1: 30 + 10; level 0 from 3: 0 + 30; unchanged, and half a level: nothing.
    writes = polarised(np.array([[3, 4], [0, 2.5]]) * STEP, np.array([[1, 4], [3, 2]]) * STEP, STEP, 4, 20.0)
    assert close(writes.polarisation, 40.0 + 30.0, SAME_MATH)
    assert (writes.set_rows, writes.reset_rows, writes.set_pulses, writes.reset_pulses) == (1, 1, 2, 3)
    # At 5 V on 2 F^2 of 100 nm: 70 uC/cm^2 = 0.7 C/m^2, times 5 V, times 2e-14 m^2.
    cell = SimpleNamespace(write_voltage=5.0, write_pulse=1e-7, has_transistor=True, kind=MEMORIES["FeFET"])
    chip = SimpleNamespace(
        design=SimpleNamespace(technology=SimpleNamespace(feature_size=100e-9), fefet_gate_capacitance=1e-18,
                               rules=SimpleNamespace(row_pulses="written rows")),
        array=SimpleNamespace(cell=SimpleNamespace(cell=cell), tech=SimpleNamespace(vdd=1.0), cap_row=1e-15,
                              cap_word_line=2e-15, cap_column=3e-15),
    )  # fmt: skip
    lines = Pulses(STEP).energy(chip, writes)
    # Word lines, five pulses; columns with the gate of a row, one set column for two pulses, one reset for three.
    assert close(lines, 2e-15 * 5 + (3e-15 + 1e-18) * 25 * 2 + (3e-15 + 1e-18) * 25 * 3, SAME_MATH)
    assert close(Polarisations(STEP, 4, 20.0).energy(chip, writes), 7e-14 + lines, SAME_MATH)


def test_a_change_of_exactly_one_level_counts():
    """Quirk Q14: with exact conductances it is one pulse, and it switches polarisation (difference V10)."""
    for new, old in ((3, 2), (2, 3)):
        writes = polarised([[new * STEP]], [[old * STEP]], STEP, 4, 20.0)
        assert (writes.pulses, writes.polarisation) == (1, 30.0 + 20.0)
        writes = polarised([[new * STEP]], [[np.nextafter(old, new) * STEP]], STEP, 4, 20.0)
        assert (writes.pulses, writes.polarisation) == (0, 0.0)


def test_an_odd_number_of_levels_is_not_symmetric():
    """Difference V10: the middle of five levels is the second, so that the lowest state is above the saturation."""
    # Eight a level: state k stands for 8 (k - 2), which is 4 + 8 k above -20.
    assert close(polarised([[3 * STEP]], [[STEP]], STEP, 5, 20.0).polarisation, (4 + 24) + (4 + 8), SAME_MATH)
    assert close(polarised([[0.0]], [[5 * STEP]], STEP, 5, 20.0).polarisation, 4 + (4 + 40), SAME_MATH)


@settings(max_examples=60, deadline=None)
@given(LEVELS, st.data(), st.integers(1, 20), st.floats(0, 100))
def test_polarisation_equals_the_slow_sum(new, data, levels, saturation):
    old = data.draw(arrays(np.int8, new.shape, elements=st.integers(0, 15)))
    step = 3.5e-7       # no change is a whole number of steps: rounding decides nothing
    conductances_ = [1e-6 + each * 1e-7 for each in (new, old)]
    total = 0.0
    for above, below in zip(*(cells.ravel().tolist() for cells in conductances_), strict=True):
        if abs(above - below) >= step:
            total += sum(abs((g / step - levels // 2) * (2 * saturation / levels) + saturation) for g in (above, below))
    writes = polarised(*conductances_, step, levels, saturation)
    assert close(writes.polarisation, total, SAME_MATH)
    there, back = writes, polarised(*conductances_[::-1], step, levels, saturation)
    assert close(back.polarisation, there.polarisation, SAME_MATH)
    assert vars(count_writes(*conductances_, step)).items() <= vars(writes).items()
    assert polarised(*conductances_, step, levels, 0.0).polarisation == 0


def test_who_is_written_by_polarisation():
    """Difference V10 is one of FeFETs; and of training."""
    fefet = Design(model="2.1", levels_ltp=40, levels_ltd=97, polarization=25.0)
    step = (fefet.conductance_max - fefet.conductance_min) / 97
    assert update_of(fefet) == Polarisations(step, 97, 25.0)
    for change, kind in (({"model": "2.0", "memory": "FeFET"}, Pulses), ({"memory": "RRAM"}, Pulses),
                         ({"memory": "SRAM"}, Flips), ({"training": False}, type(None))):  # fmt: skip
        assert type(update_of(fefet.replace(**change))) is kind


@given(rows_=st.integers(1, 60), written=st.integers(0, 60), resets=st.integers(0, 60), pulses=st.integers(0, 9999))
def test_pulses_of_a_mean_row(rows_, written, resets, pulses):
    """Difference V11: of half of the written rows, cut off, instead of all rows."""
    writes = Writes(written, resets, 0, 0, pulses, 3 * pulses, rows_, 1, 0.0)
    assert writes.pulses_per_row() == writes.pulses_per_row("all rows") == 4 * pulses // rows_
    assert writes.pulses_per_row("written rows") == int(4 * pulses / max(1, (written + resets) / 2))


def test_unchanged_weights_are_not_written():
    cells = np.full((4, 3), 5e-6)
    writes = count_writes(cells, cells, 1e-7)
    assert (writes.pulses, writes.row_activity, writes.column_activity, writes.charge) == (0, 0, 0, 0)


def test_values_other_than_zero_and_one_count_as_active_only():
    codes = encode(np.array([0.0, 1.0, 1.9, 2.0, -1.0, 0.5]))
    assert codes.tolist() == [0, 3, 3, 2, 2, 2]


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(-3, 3)),
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from([(1.0, -1.0), (0.5, -2.0), (3.0, 1.0)]),
)
def test_kernels_hold_weights_as_the_slow_mapping_does(weight, synapse_bits, cell_bits, limits):
    top, bottom = limits
    common = {"conductance_max": 1e-5, "conductance_min": 1e-6}
    bits = {"synapse_bits": synapse_bits, "cell_bits": cell_bits, "weight_max": top, "weight_min": bottom}
    slow = conductances(weight, linear=False, **bits, **common)
    fast = split_conductances(weight, span=1e-5 - 1e-6, low=1e-6, **bits)
    assert np.array_equal(slow, fast)
    slow = conductances(weight, linear=True, synapse_bits=5, cell_bits=5, **common)
    assert np.array_equal(slow, linear_conductances(weight, 1e-5 - 1e-6, 1e-6))


@settings(max_examples=60, deadline=None)
@given(LEVELS, st.data(), st.integers(1, 6))
def test_flipped_cells_equal_the_slow_count(new, data, synapse_bits):
    old = data.draw(arrays(np.int8, new.shape, elements=st.integers(0, 15)))
    weights = [levels / 7.5 - 1.0 for levels in (new, old)]
    split = {"synapse_bits": synapse_bits, "cell_bits": 1, "weight_max": 1.0, "weight_min": -1.0}
    cells = [conductances(w, linear=False, conductance_max=1.0, conductance_min=0.0, **split) for w in weights]
    width = cells[0].shape[1]
    first = data.draw(st.integers(0, synapse_bits - 1))
    count = data.draw(st.integers(1, width - first))
    now, before = (held[:, first : first + count] for held in cells)
    assert flips(*weights, first, count, **split) == _slow_flips(now, before)
