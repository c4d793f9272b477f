"""`--fit --synthetic`: numbers for any network, marked in every output."""

import json
import math

import numpy as np
import pytest
from golden import SAME_MATH, close
from nets import NETWORKS
from small import design, network

from neurosim.commands import line as cli
from neurosim.design.design import Design
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import evaluate
from neurosim.report.quantities import STEPS
from neurosim.traces.examples import vgg8
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace

MAIN = [f"{step}_{kind}" for step in STEPS for kind in ("latency", "energy")]
MAIN += ["leakage_energy", "leakage_power", "energy_efficiency", "throughput", "epoch_rate"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "NetWork.csv").write_text(network().to_csv())
    return tmp_path


def run(capsys, *words):
    assert cli.main(list(words)) == 0
    return capsys.readouterr()


@pytest.mark.parametrize("name", [name for name in NETWORKS if "AlexNet" not in name])
def test_networks_that_people_begin_with_get_numbers(name):
    rows = Network(NETWORKS[name])
    fitted = Design().fitted(rows)
    report = evaluate(fitted, rows, Trace.synthetic(rows, fitted))
    assert not report.warnings
    assert all(math.isfinite(report.totals[name]) and report.totals[name] > 0 for name in MAIN)
    assert report.areas["total"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("options", [{}, {"memory": "SRAM"}, {"memory": "FeFET", "model": "2.1"}], ids=str)
def test_all_of_them_get_numbers_on_other_chips(name, options):
    rows = Network(NETWORKS[name])
    fitted = Design(**options).fitted(rows)
    report = evaluate(fitted, rows, Trace.synthetic(rows, fitted))
    assert not report.warnings
    assert all(math.isfinite(report.totals[name]) and report.totals[name] > 0 for name in MAIN)


def test_parts_made_one_by_one_give_what_whole_matrices_give():
    made = Trace.synthetic(network(), design(), seed=4)
    layers = [made.layer(index) for index in range(3)]
    held = Trace.from_arrays([(np.asarray(layer.weight), np.asarray(layer.weight_old), np.asarray(layer.inputs) > 0,
                               layer.activity) for layer in layers], network(), 8)
    one, two = (evaluate(design(), network(), trace) for trace in (made, held))
    assert one.totals == two.totals and one.synthetic and not two.synthetic


def test_a_cache_keeps_synthetic_traces(tmp_path):
    trace = Trace.synthetic(network(), design())
    first = evaluate(design(), network(), trace, cache=Cache(tmp_path))
    again = evaluate(design(), network(), trace, cache=Cache(tmp_path))
    assert again.totals == first.totals and again.synthetic == first.synthetic


def test_every_output_says_that_traces_are_synthetic(capsys, place):
    printed = run(capsys, "run", "--network", "NetWork.csv", "--fit", "--synthetic", "0.2", "--seed", "3",
                  "--out", "out", "--reference-json", "reference.json")
    assert printed.err.startswith("neurosim: --fit sets --set ")
    about = {"activity": pytest.approx(3 * [0.2], abs=1e-4), "seed": 3}
    assert "\nTraces    synthetic, of which nothing was recorded: share of ones 0.2, seed 3; weights" in printed.out
    assert (place / "out" / "stdout.txt").read_text().startswith("Traces are synthetic: share of ones 0.2, seed 3; ")
    for path in (place / "out" / "results.json", place / "reference.json"):
        synthetic = json.loads(path.read_text())["synthetic"]
        assert {name: synthetic[name] for name in about} == about
        assert "normally distributed" in synthetic["distribution"]
    data = json.loads((place / "out" / "run.json").read_text())["data"]
    assert data["synthetic"]["seed"] == 3 and data["network"] == str(place / "NetWork.csv")
    # The design is resolved: it repeats the run without --fit.
    run(capsys, "run", "--network", "NetWork.csv", "--design", "out/design.toml", "--synthetic", "0.2", "--seed", "3",
        "--out", "again", "--no-plots")
    assert (place / "again" / "results.json").read_text() == (place / "out" / "results.json").read_text()


def test_a_recorded_run_says_nothing_of_it(capsys, place):
    report = evaluate(design(), network(), Trace.from_arrays(
        [(np.zeros((layer.matrix_rows, layer.outputs)),) * 2 + (np.zeros((layer.matrix_rows, layer.vectors * 8)),)
         for layer in network()], network(), 8))  # fmt: skip
    for text in (report.to_text(), report.to_json(), report.to_reference_json()):
        assert "ynthetic" not in text.replace("Synaptic", "")


def test_a_sweep_says_so_in_every_row(capsys, place):
    printed = run(capsys, "sweep", "--network", "NetWork.csv", "--fit", "--synthetic", "--vary", "node=32,22",
                  "--quiet")
    head, *rows = printed.out.splitlines()
    column = head.split(",").index("traces")
    assert [row.split(",")[column] for row in rows] == ["synthetic", "synthetic"]


def test_the_activity_may_come_from_a_file(capsys, place):
    (place / "input_activity.csv").write_text("0.4,0.4,0.4\n0.3,0.2,0.1\n")
    run(capsys, "run", "--network", "NetWork.csv", "--fit", "--synthetic", "input_activity.csv", "--out", "out",
        "--no-plots")
    made = json.loads((place / "out" / "results.json").read_text())["synthetic"]
    assert made["activity"] == pytest.approx([0.3, 0.2, 0.1], abs=1e-4)


def test_the_example_network_may_have_synthetic_traces(capsys, place):
    run(capsys, "run", "--example", "vgg8", "--synthetic", "--out", "out", "--no-plots", "--quiet")
    assert json.loads((place / "out" / "results.json").read_text())["synthetic"]["seed"] == 0


def test_busier_inputs_take_more_energy():
    energies = [evaluate(design(), network(), Trace.synthetic(network(), design(), share)).totals["forward_energy"]
                for share in (0.05, 0.2, 0.5)]
    assert energies == sorted(energies) and energies[2] > energies[0]
    seeds = [evaluate(design(), network(), Trace.synthetic(network(), design(), seed=seed)).totals for seed in (0, 1)]
    assert close(seeds[0]["forward_energy"], seeds[1]["forward_energy"], 0.02)
    assert not close(seeds[0]["forward_energy"], seeds[1]["forward_energy"], SAME_MATH)


@pytest.mark.slow
@pytest.mark.parametrize(("shares", "forward"), [("as recorded", 0.001), (None, 0.005)])
def test_vgg8_is_as_near_to_its_recorded_traces_as_is_documented(shares, forward):
    """The table of docs/synthetic.md."""
    net, recorded = vgg8()
    given = [recorded.layer(index).activity for index in range(len(net))] if shares else None
    there = evaluate(Design(), net, recorded).totals
    made = evaluate(Design(), net, Trace.synthetic(net, Design(), given)).totals
    for name in MAIN:
        far = 0.05 if name == "weight_update_energy" else forward
        assert close(made[name], there[name], far), name


@pytest.mark.parametrize(("words", "part"), [
    (["run", "--synthetic"], "no network: give --network"),
    (["run", "--network", "NetWork.csv", "--synthetic", "30"], "an activity of 30 is out of range"),
    (["run", "--network", "NetWork.csv", "--synthetic", "absent.csv"], "the file of activities cannot be read"),
    (["run", "--network", "NetWork.csv", "--synthetic", "0.2", "w.csv", "o.csv", "i.csv"], "in more than one way"),
    (["run", "--network", "NetWork.csv", "--trace-folder", ".", "--synthetic"], "in more than one way"),
    (["run", "--network", "NetWork.csv"], "no traces: give one of --example vgg8, --trace-folder DIR, --synthetic"),
])  # fmt: skip
def test_mistakes(capsys, place, words, part):
    assert cli.main(words) in (1, 2)
    printed = capsys.readouterr()
    assert printed.err.startswith("neurosim: error: ") and part in printed.err and printed.err.count("\n") == 1


def test_plan_tells_what_it_fits(capsys, place):
    printed = run(capsys, "plan", "--network", "NetWork.csv", "--fit")
    assert printed.err.count("\n") == 1 and printed.err.startswith("neurosim: --fit sets --set array_rows=")
    words = printed.err.removeprefix("neurosim: --fit sets ").split()
    assert run(capsys, "plan", "--network", "NetWork.csv", *words).out == printed.out
    again = run(capsys, "plan", "--network", "NetWork.csv", "--fit", *words)
    assert again.err == "neurosim: --fit changes nothing: the design fits\n" and again.out == printed.out
