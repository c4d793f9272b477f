"""Chips of hybrid-precision synapses: totals, pulses, comparison with eNVM only, and what is refused."""

import csv
import io
import json
import math

import numpy as np
import pytest
from golden import REORDERED, SAME_MATH, close
from small import design, network, trace

from neurosim.chip.build import subarray_of
from neurosim.circuits.cells import Cell
from neurosim.circuits.hybrid import HYBRID_MEMORIES, HybridCell
from neurosim.commands import line as cli
from neurosim.design.parameters import NODES
from neurosim.errors import NeurosimError
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import evaluate, evaluate_many
from neurosim.evaluation.hybrid_comparison import break_even, compare, interval, pair_of_designs
from neurosim.evaluation.hybrid_costs import count_pulses, transfer_items, write_pulse_energy
from neurosim.report.hybrid_report import COLUMNS, batch_time
from neurosim.report.plan import plan

MEMORIES = pytest.mark.parametrize("memory", HYBRID_MEMORIES)


def report_of(memory="hybrid-3t1c", **options):
    chosen = design(memory=memory, **options)
    return evaluate(chosen, network(), trace(network(), chosen))


# -- chips -----------------------------------------------------------------------------------------------


@MEMORIES
def test_totals_add_up(memory):
    report = report_of(memory)
    hybrid = report.hybrid
    for part in ("msb", "lsb", "join", "update", "transfer", "transfer_read", "transfer_amortised"):
        for kind in ("latency", "energy"):
            assert close(hybrid.chip[part][kind], sum(layer[part][kind] for layer in hybrid.layers), REORDERED)
    array, chip = report.chip.array, report.chip
    count = sum(n * tile.pes * tile.pe.rows * tile.pe.columns for n, tile in chip.kinds_of_tiles())
    assert hybrid.arrays == count
    assert close(sum(hybrid.areas.values()), array.used_area * count, REORDERED)
    assert all(area > 0 for part, area in hybrid.areas.items() if memory == "hybrid-3t1c" or part != "join")
    assert close(sum(hybrid.leakage.values()), array.leakage * count, REORDERED)
    # Of the forward pass the arrays are a part.
    forward = sum(hybrid.chip[part]["energy"] for part in ("msb", "lsb", "join"))
    assert forward < report.totals["forward_energy"] / report.design.iterations
    assert hybrid.batch_time == batch_time(report)
    energy = hybrid.chip["leakage"]["energy"]
    assert close(energy, sum(hybrid.leakage.values()) * batch_time(report), REORDERED)


def test_pulses_of_a_chip_are_those_of_its_trace():
    report = report_of()
    chosen, layers = report.design, network()
    synapse, recorded = chosen.synapse, trace(network(), chosen)
    for index, layer in enumerate(layers):
        data = recorded.layer(index)
        floorplan = report.floorplan
        copies = floorplan.speedup_rows[index] * floorplan.speedup_columns[index]
        wanted = count_pulses(np.asarray(data.weight), np.asarray(data.weight_old), synapse).pulses
        got = report.hybrid.layers[index]["update_pulses"]
        # Copies within a processing element are written as well.
        assert got >= wanted * copies and math.isclose(got % wanted, 0, abs_tol=1e-6), layer


@pytest.mark.parametrize("roadmap", ["HP", "LSTP"])
@pytest.mark.parametrize("node", NODES)
@MEMORIES
def test_every_node(memory, node, roadmap):
    for layout in ("published", "density"):
        array = subarray_of(design(memory=memory, node=node, roadmap=roadmap, capacitor_layout=layout))
        read = array.read_columns(0.4, np.full(array.columns, 5e4))
        writes = array.update(30, 90, 400, 100), transfer_items(array, 32, 32, 2e-18)["transfer"]
        values = [array.used_area, array.leakage, array.cell_leakage, *read.values(), *writes[0], *writes[1]]
        assert all(0 < value < math.inf for value in values), values
    report = report_of(memory, node=node, roadmap=roadmap)
    values = [value for part in report.hybrid.chip.values() if isinstance(part, dict) for value in part.values()]
    assert all(0 <= value < math.inf for value in values) and batch_time(report) > 0
    assert all(math.isfinite(value) for value in report.totals.values())


def test_retention_is_measured_by_the_batch():
    cell = HybridCell()
    assert close(cell.leak_current * cell.retention_time, 32 * 3.335e-15, SAME_MATH)
    assert close(cell.lsb_hold_time * cell.leak_current, 3.335e-15, SAME_MATH)  # one pulse's charge
    assert close(cell.forgotten(1.0), 1 - math.exp(-1), SAME_MATH) and cell.forgotten(0.0) == 0
    reports = [report_of(retention_time=time) for time in (1.0, 1e-3)]
    for report in reports:
        lost = -math.expm1(-batch_time(report) / report.design.retention_time)
        assert close(report.to_dict()["hybrid"]["forgotten_per_batch"], lost, SAME_MATH)
    assert reports[0].hybrid.forgotten < reports[1].hybrid.forgotten
    assert batch_time(reports[0]) == batch_time(reports[1])


def test_a_broken_chip_is_reported_but_has_no_batch_time():
    report = report_of(global_buffer_rows=128, global_buffer_columns=1000)
    assert "U18" in report.warnings and not math.isfinite(report.hybrid.batch_time)
    assert "inf" in report.hybrid.to_csv() or "nan" in report.hybrid.to_csv()
    with pytest.raises(NeurosimError, match="a batch of this chip takes (inf|nan) s"):
        batch_time(report)


@MEMORIES
def test_other_designs(memory):
    small = {"array_rows": 16, "array_columns": 16}
    for options in ({"pipeline": True, "pipeline_speedup": 4}, {"novel_mapping": False, **small}, {"wire_width": -1},
                    {"chip_activation": False}, {"correct": "all"}, {"columns_per_adc": 1}):  # fmt: skip
        hybrid = report_of(memory, **options).hybrid
        assert 0 < hybrid.chip["update"]["energy"] < hybrid.chip["transfer"]["energy"]


def test_a_slower_transfer_needs_more_time_for_longer_pulses():
    fast, slow = report_of(write_pulse=50e-9), report_of(write_pulse=500e-9)
    assert fast.hybrid.chip["transfer"]["latency"] < slow.hybrid.chip["transfer"]["latency"]
    assert fast.hybrid.chip["update"] == slow.hybrid.chip["update"]


def test_many_designs_share_what_they_may():
    designs = [design(memory="hybrid-3t1c", **options) for options in
               ({}, {"transfer_interval": 7}, {"capacitor_levels": 8}, {"significance": 2.0})] + [design()]  # fmt: skip
    together = evaluate_many(designs, network(), trace(network(), designs[0]))
    alone = [evaluate(one, network(), trace(network(), one)) for one in designs]
    assert [report.to_dict() for report in together] == [report.to_dict() for report in alone]
    counts = [report.hybrid.chip["update_pulses"] for report in together[:4]]
    assert counts[0] == counts[1] > counts[2] and counts[0] > counts[3]


def test_a_cache_gives_the_same(tmp_path):
    chosen = design(memory="hybrid-3t1c")
    want = evaluate(chosen, network(), trace(network(), chosen)).to_dict()
    for _ in range(2):
        cache = Cache(tmp_path)
        assert evaluate(chosen, network(), trace(network(), chosen), cache=cache).to_dict() == want
    assert cache.hits == 3 and cache.misses == 0


# -- comparison ----------------------------------------------------------------------------------------


def test_comparison():
    chosen = design(memory="hybrid-3t1c")
    table = compare(chosen, network(), trace(network(), chosen))
    envm, hybrid = (evaluate(one, network(), trace(network(), chosen)) for one in pair_of_designs(chosen))
    assert envm.design == design()
    rows = table.to_dict("index")
    assert rows["area"]["envm"] == envm.areas["total"] and rows["area"]["hybrid"] == hybrid.areas["total"]
    assert close(rows["array_area"]["ratio"], 5000 / 16, REORDERED)
    for kind in ("latency", "energy"):
        for side, report in (("envm", envm), ("hybrid", hybrid)):
            update = rows[f"update_{kind}_per_epoch"][side] + rows[f"transfer_{kind}_per_epoch"][side]
            assert close(update, report.totals[f"weight_update_{kind}"], REORDERED)
        assert close(rows[f"total_{kind}_per_epoch"]["hybrid"], 250 * rows[f"total_{kind}_per_batch"]["hybrid"],
                     SAME_MATH)  # fmt: skip
        assert rows[f"transfer_{kind}_per_batch"]["envm"] == 0
        assert math.isnan(rows[f"transfer_{kind}_per_batch"]["ratio"])      # to nothing there is no ratio
    assert rows["batch_time"]["hybrid"] == batch_time(hybrid) > batch_time(envm)
    assert rows["update_energy_per_batch"]["ratio"] < 1 < rows["read_energy_per_batch"]["ratio"]


@MEMORIES
def test_break_even_holds_with_equality(memory):
    chosen = design(memory=memory)
    envm, hybrid = evaluate_many(pair_of_designs(chosen), network(), trace(network(), chosen))
    even = {name: value for (name, _), value in break_even(envm, hybrid).items()}
    saved = even["pulses_per_batch"] * (even["write_pulse_energy"] - even["update_pulse_energy"])
    spent = even["moved_per_transfer"] * even["write_pulse_energy"] + even["transfer_read_energy"]
    assert close(saved * even["break_even_interval"], spent, REORDERED)
    assert even["write_pulse_energy"] == write_pulse_energy(hybrid.chip.array, chosen.fefet_gate_capacitance)
    # At the interval of the whole chip both update energies are the same.
    wanted = even["break_even_interval_energy"]
    parts = hybrid.hybrid.chip
    update = hybrid.totals["weight_update_energy"] / 250 - parts["transfer_amortised"]["energy"]
    at_par = update + parts["transfer"]["energy"] / wanted
    assert close(at_par, envm.totals["weight_update_energy"] / 250, REORDERED)


def test_an_update_that_saves_nothing_never_pays():
    assert interval(1.0, 0.0) == interval(1.0, -1.0) == math.inf
    assert interval(3.0, 1.5) == 2.0


def test_batch_time_without_training():
    report = evaluate(design(training=False), network(), trace(network(), design()))
    assert batch_time(report) == report.totals["forward_latency"] * 200
    trained = evaluate(design(), network(), trace(network(), design()))
    assert close(batch_time(trained), 1 / trained.totals["epoch_rate"] / 250, REORDERED)


# -- what is refused -----------------------------------------------------------------------------------


@MEMORIES
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"training": False}, ["use training = true", "only there to be trained"]),
        ({"read_mode": "sequential"}, ["use read_mode = parallel"]),
        ({"access": "none"}, ["use access = cmos"]),
        ({"relu": False}, ["use relu = true"]),
        ({"cell_bits": 1}, ["use cell_bits of at least 5", "one cell holds a whole weight"]),
    ],
)
def test_combinations_that_do_not_exist(memory, options, words):
    with pytest.raises(NeurosimError) as caught:
        plan(design(memory=memory, **options), network())
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.startswith(f"memory = {memory}: ") and "another memory" in sentence
    assert all(word in sentence for word in words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: HybridCell(significanse=2.0), "did you mean 'significance'"),
        (lambda: HybridCell(memory="SRAM"), "memory = 'SRAM' is no hybrid synapse"),
        (lambda: HybridCell(significance=0.0), "significance = 0.0 is out of range; it takes greater than 0"),
        (lambda: HybridCell(envm_levels=-1), "envm_levels = -1"),
        (lambda: HybridCell(program_voltage_high=1.0), "program_voltage_high = 1 is below program_voltage_low = 2"),
        (lambda: HybridCell(fefet_conductance_max=1e-9), "fefet_conductance_max = 1e-09 must be above"),
        (lambda: Cell(memory="2t1fefet"), "needs its synapse"),
        (lambda: Cell(memory="MRAM"), "use 'SRAM', 'RRAM', 'FeFET', 'hybrid-3t1c' or '2t1fefet'"),
        (lambda: compare(design(memory="SRAM"), network(), None), "memory = SRAM has no non-volatile part"),
        (lambda: design(memory="hybrid-3t1c").to_reference(), "memory = hybrid-3t1c is not in the reference"),
    ],
)
def test_mistakes_get_a_sentence(call, words):
    with pytest.raises(NeurosimError) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_cell_narrower_than_its_transistor_is_refused():
    with pytest.raises(NeurosimError, match="larger than the assigned cell width"):
        plan(design(memory="hybrid-3t1c", width_hybrid=0.1), network())


# -- commands --------------------------------------------------------------------------------------------


def test_run_of_vgg8(tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["run", "--set", "memory=hybrid-3t1c", "--example", "vgg8", "--out", str(out), "--no-plots"]) == 0
    printed = capsys.readouterr()
    assert "hybrid-3t1c, 32 nm LSTP" in printed.out and "transfer, a whole one" in printed.out
    rows = list(csv.DictReader(io.StringIO((out / "hybrid_breakdown.csv").read_text())))
    assert tuple(rows[0]) == COLUMNS and {row["layer"] for row in rows} == {*map(str, range(1, 9)), "chip"}
    results = json.loads((out / "results.json").read_text())
    hybrid = results["hybrid"]
    assert len(hybrid["layers"]) == 8 and all("hybrid" not in layer for layer in results["layers"])
    (update,) = (row for row in rows if (row["layer"], row["part"]) == ("chip", "update"))
    assert float(update["energy [J]"]) == hybrid["chip"]["update"]["energy"]
    areas = [float(row["area [m^2]"]) for row in rows if row["area [m^2]"]]
    assert close(sum(areas), sum(hybrid["area"].values()), REORDERED)
    assert 300 < hybrid["area"]["lsb"] / 0.3651e-6 < 340  # of the eNVM cells of the same chip
    # The design reads back, and files of other memories are as before.
    assert "memory = \"hybrid-3t1c\"" in (out / "design.toml").read_text()


def test_without_hybrid_cells_nothing_is_added(tmp_path, capsys):
    report = evaluate(design(), network(), trace(network(), design()))
    assert report.hybrid is None and "hybrid" not in report.to_dict()
    assert all("hybrid" not in values for values in report.layer_values)
    capsys.readouterr()


def test_params_and_sweep(tmp_path, capsys):
    assert cli.main(["params", "hybrid"]) == 0
    assert "(MLP+NeuroSim V3.0)" in capsys.readouterr().out
    table = tmp_path / "sweep.csv"
    words = ["sweep", "--example", "vgg8", "--vary", "memory=RRAM,hybrid-3t1c,SRAM", "--set", "transfer_interval=5",
             "--out", str(table), "--quiet"]  # fmt: skip
    assert cli.main(words) == 0
    rows = list(csv.DictReader(io.StringIO(table.read_text())))
    assert [row["memory"] for row in rows] == ["RRAM", "hybrid-3t1c", "SRAM"]
    assert float(rows[1]["weight_update_energy [J]"]) < float(rows[0]["weight_update_energy [J]"])
    assert not any(row["problem"] for row in rows)
