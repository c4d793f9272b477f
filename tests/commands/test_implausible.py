"""Numbers that are hardly meant, and results that mean nothing, are told by every command; results stay as they are."""

import csv
import io
import json
import math
import os
import re
import warnings
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pytest
from small import NETWORK, OPTIONS, arrays
from wage_runs import command_line as training

import neurosim
from neurosim.commands import line as cli
from neurosim.console import NO_NUMBER
from neurosim.design.design import Design
from neurosim.traces.network import Network
from neurosim.wrappers import main as drop_in

# What makes main results no numbers, negative or infinite.
NAN = {"min_sense_voltage": 7.2}
SWAPPED = {"resistance_on": 1e6, "resistance_off": 1e5}
INFINITE = {"read_mode": "sequential", "access": "none", "node": 22}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder with a small network and its traces as files."""
    for name in ("NEUROSIM_DESIGN", "NEUROSIM_RESULTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    network = Network(NETWORK)
    (tmp_path / "NetWork.csv").write_text(network.to_csv())
    for number, layer in enumerate(arrays(network), 1):
        for role, array in zip(("weight", "weightOld", "input"), layer, strict=True):
            np.savetxt(f"{role}{number}.csv", array, delimiter=",", fmt="%g")
    return tmp_path


def settings(**more):
    return [word for name, value in {**OPTIONS, **more}.items() for word in ("--set", f"{name}={value}")]


def run(capsys, *words, status=0):
    assert cli.main([str(word) for word in words]) == status
    return capsys.readouterr()


def evaluated(capsys, *words, status=0, **parameters):
    """What `neurosim run` prints; its folder is out/."""
    return run(capsys, "run", "--trace-folder", ".", "--no-plots", "--quiet", "--out", "out", *settings(**parameters),
               *words, status=status)


def chip_words(*activities):
    words = ["0", "NetWork.csv", "5", "8"]
    for number, activity in enumerate(activities, 1):
        words += [f"weight{number}.csv", f"weightOld{number}.csv", f"input{number}.csv", activity]
    return words


def line():
    """The last line of the drop-in's table."""
    with open("NeuroSim_Output.csv") as file:
        return file.read().splitlines()[-1].split(",")


@pytest.fixture
def design(place):
    (place / "d.csv").write_text("".join(f"{name},{value}\n" for name, value in OPTIONS.items()))
    return ["--design", "d.csv"]


# -- what is told -----------------------------------------------------------------------------------------


def test_a_sound_design_is_told_nothing(capsys, place, design):
    assert evaluated(capsys).err == ""
    assert json.loads((place / "out" / "run.json").read_text())["warnings"] == {}
    assert run(capsys, "plan", "--network", "NetWork.csv", *settings()).err == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drop_in.main([*chip_words("0.3", "0.3", "0.3"), *design]) == 0
    assert capsys.readouterr().err == ""


def test_swapped_resistances_give_the_same_numbers_and_a_warning(capsys, place, design):
    """on-and-off-swapped: negative energies are told as negative areas are."""
    told = evaluated(capsys, **SWAPPED).err
    assert "warning: resistance_on = 1e+06 ohm is not below resistance_off = 100000 ohm" in told
    assert "weight_update_energy" in told and "negative" in told
    results = json.loads((place / "out" / "results.json").read_text())
    assert results["chip"]["weight_update_energy"] < 0
    assert {"resistance_on", "negative"} <= {*json.loads((place / "out" / "run.json").read_text())["warnings"]}
    with open("d.csv", "a") as file:
        file.write("resistanceOn,1e6\nresistanceOff,1e5\n")
    assert drop_in.main([*chip_words("0.3", "0.3", "0.3"), *design]) == 0
    printed = capsys.readouterr()
    assert "warning: resistance_on" in printed.err and "warning" not in printed.out
    assert float(line()[7]) < 0


def test_equal_resistances_are_told(capsys, place):
    """adv-on-off-1: what comes of cells that cannot change depends on the processor, but it is never sound."""
    told = evaluated(capsys, "--correct", "all", "--allow-nan", resistance_on=1e6, resistance_off=1e6).err
    assert "warning: resistance_on = 1e+06 ohm is not below resistance_off" in told
    assert "warning: weight_update_energy" in told


def test_main_results_that_are_no_numbers_end_a_run_with_a_status_of_its_own(capsys, place, design):
    """adv-min-sense-voltage"""
    names = "weight_gradient_latency, latency of all steps, throughput, epoch_rate: no number"
    printed = evaluated(capsys, "--correct", "all", status=NO_NUMBER, **NAN)
    (error,) = [line for line in printed.err.splitlines() if line.startswith("neurosim: error: ")]
    assert names in error and "--allow-nan" in error
    assert "warning: min_sense_voltage = 7.2 V is not below the supply voltage" in printed.err
    results = json.loads((place / "out" / "results.json").read_text())      # everything is there all the same
    assert math.isnan(results["chip"]["throughput"]) and (place / "out" / "NeuroSim_Output.csv").exists()
    told = evaluated(capsys, "--correct", "all", "--allow-nan", "--force", **NAN).err
    assert "error" not in told and f"warning: {names}" in told
    assert evaluated(capsys, "--correct", "all", "--force", "--json", status=NO_NUMBER, **NAN).out
    with open("d.csv", "a") as file:
        file.write("minSenseVoltage,7.2\n")
    assert drop_in.main([*chip_words("0.3", "0.3", "0.3"), *design, "--correct", "all"]) == 0
    assert f"warning: {names}" in capsys.readouterr().err


def test_a_plan_whose_area_is_no_number(capsys, place):
    chosen = settings(input_bits=1, columns_per_adc=1, array_rows=16, array_columns=16)
    words = ["plan", "--network", "NetWork.csv", *chosen]
    printed = run(capsys, *words, "--json", "plan.json", status=NO_NUMBER)
    assert "nan mm^2" in printed.out and "error: area: no number" in printed.err
    assert math.isnan(json.loads((place / "plan.json").read_text())["area"]["total"])
    assert "error" not in run(capsys, *words, "--allow-nan").err
    assert run(capsys, *words, "--correct", "all").err == ""


def test_infinity_is_a_warning(capsys, place):
    told = evaluated(capsys, "--set", "write_pulse=1e308").err
    assert "warning: write_pulse = 1e+308 s is above 1" in told and "warning: weight_update_latency" in told
    assert "infinite" in told


def test_a_defect_explains_what_comes_of_it(capsys, place, design):
    """U20 has an infinite latency, and says so; results that are no numbers end a run all the same."""
    assert evaluated(capsys, **INFINITE).err.count("\n") == 1
    told = evaluated(capsys, "--force", "--set", "batch_size=2", status=NO_NUMBER).err.splitlines()
    assert [line.split(": ")[1:3] for line in told] == [["warning", "U5"], ["error", ANY]]
    printed = run(capsys, "sweep", "--trace-folder", ".", "--quiet", *settings(), "--vary", "batch_size=2,64")
    told = [row["problem"] for row in csv.DictReader(io.StringIO(printed.out))]
    assert told == ["U5 nan (weight_gradient_energy, energy of all steps, energy_efficiency)", ""]
    with open("d.csv", "a") as file:
        file.write("batchSize,2\n")
    assert drop_in.main([*chip_words("0.3", "0.3", "0.3"), *design]) == 0
    assert capsys.readouterr().err.count("\n") == 1


def test_a_sweep_tells_it_in_the_row(capsys, place):
    printed = run(capsys, "sweep", "--trace-folder", ".", "--quiet", *settings(), "--vary", "min_sense_voltage=0.1,7.2",
                  "--vary", "resistance_on=1e5,2e6")
    told = [row["problem"] for row in csv.DictReader(io.StringIO(printed.out))]
    swapped = "negative (weight_update_energy)"
    broken = "nan (weight_gradient_latency, latency of all steps, throughput, epoch_rate)"
    assert told == ["", f"resistance_on {swapped}", f"min_sense_voltage {broken}",
                    f"resistance_on min_sense_voltage {broken} {swapped}"]
    assert printed.err == ""


@pytest.mark.parametrize("parameters", [
    {"resistance_on": 1e6, "resistance_off": 1e6}, SWAPPED, NAN, {"min_conductance": 1.0}, {"read_voltage": 1e200},
    {"height_1t1r": 1e300}, {"write_voltage": 1e300}, {"clock_frequency": 1e-300}, {"read_pulse": 1e300},
    {"write_pulse": 1e308}, {"max_conductance": 1e300},
], ids=str)  # fmt: skip
def test_nothing_unsound_is_silent(parameters):
    """Whatever is set, results that are no sizes are told, with all defects of the reference corrected as well."""
    network = Network(NETWORK)
    trace = neurosim.Trace.from_arrays(arrays(network), network, 8)
    with pytest.warns(neurosim.NeurosimWarning):
        report = neurosim.evaluate(Design(**OPTIONS, **parameters, correct="all"), network, trace)
    values = report.main_numbers.values()
    assert report.warnings and (report.unsound or all(0 <= value < math.inf for value in values))


def test_the_library_warns_once(place):
    """With everything that is doubtful in one sentence; what is warned of as an error is one."""
    network = Network(NETWORK)
    trace = neurosim.Trace.from_arrays(arrays(network), network, 8)
    design = Design(**OPTIONS, **NAN)
    with pytest.warns(neurosim.NeurosimWarning) as caught:
        report = neurosim.evaluate(design, network, trace)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert "min_sense_voltage" in str(caught[0].message) and "no number" in str(caught[0].message)
    assert {*report.warnings} == {"min_sense_voltage", "nan"} and "throughput" in report.unsound["nan"]
    with pytest.warns(neurosim.NeurosimWarning, match="^design 2: min_sense_voltage") as caught:
        neurosim.evaluate_many([Design(**OPTIONS), design], network, trace)
    assert len(caught) == 1 and caught[0].filename == __file__
    with pytest.warns(neurosim.NeurosimWarning, match="^min_sense_voltage") as caught:
        neurosim.plan(design, network)
    assert len(caught) == 1 and caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert neurosim.plan(Design(**OPTIONS), network).doubts == {}
        with pytest.raises(neurosim.NeurosimWarning):
            neurosim.evaluate(design, network, trace)


# -- training ---------------------------------------------------------------------------------------------


def test_percent_for_a_fraction(capsys, tmp_path):
    """percent-for-a-fraction"""
    words = training(tmp_path, tmp_path / "run", "--epochs", "1", "--quiet", "--evaluate-every", "0")
    told = run(capsys, *words, "--cycle-variation", "3.5", "--read-variation", "10").err
    assert "warning: cycle_variation = 3.5 is above 0.5" in told and "0.035 or 3.5% for 3.5 %" in told
    assert "warning: variation = 10" in told
    shown = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert shown["options"]["cycle_variation"] == 3.5
    told = run(capsys, *words, "--force", "--cycle-variation", "3.5%").err
    assert told == ""
    assert json.loads((tmp_path / "run" / "settings.json").read_text())["options"]["cycle_variation"] == 0.035


def test_a_training_warns_once_of_a_chip_that_means_nothing(capsys, tmp_path):
    words = training(tmp_path, tmp_path / "run", "--epochs", "2", "--quiet")
    told = run(capsys, *words, "--set", "min_sense_voltage=7.2", "--set", "correct=all").err.splitlines()
    assert [line.split(" ")[2].rstrip(",") for line in told] == ["min_sense_voltage", "weight_gradient_latency"]
    assert "no number" in told[1] and all(line.startswith("neurosim: warning: ") for line in told)
    assert pd.read_csv(tmp_path / "run" / "epochs.csv")["weight_gradient_latency [s]"].isna().all()


# -- the data ---------------------------------------------------------------------------------------------


def test_a_weight_beyond_all_numbers(capsys, place, design):
    """adv-weight-1e400: one is refused; one that is still a number is told by what comes of it."""
    first, rest = (place / "weight1.csv").read_text().split(",", 1)
    (place / "weight1.csv").write_text(f"1e400,{rest}")
    words = [*chip_words("0.3", "0.3", "0.3"), *design, "--correct", "all"]
    assert drop_in.main(words) == 2
    assert "weight1.csv:1: field 1 is '1e400', which is no number" in capsys.readouterr().err
    assert not os.path.exists("NeuroSim_Output.csv")
    for number in ("1e400", "-1e999"):
        (place / "input1.csv").write_text(number + (place / "input1.csv").read_text()[1:])
        (place / "weight1.csv").write_text(f"{first},{rest}")
        assert drop_in.main(words) == 2
        assert f"field 1 is '{number}', which is no number" in capsys.readouterr().err
        (place / "input1.csv").write_text("1" + (place / "input1.csv").read_text()[len(number):])
    (place / "weight1.csv").write_text(f"1e308,{rest}")
    assert drop_in.main(words) == 0
    told = capsys.readouterr().err
    assert "warning: weight_update_energy" in told or "warning: energy_efficiency" in told


@pytest.mark.parametrize("activities, told", [
    (("1e308", "0.3", "0.3"), ["the activity of layer 1 is above 1 (1e+308)", "weight_gradient_latency"]),
    (("0.3", "25", "100"), ["the activity of layers 2 and 3 is above 1 (25)", "25 % is written 0.25"]),
])
def test_activities_that_are_no_shares(capsys, place, design, activities, told):
    """adv-activity-1e308: the C++ program's numbers, and warnings of what they are."""
    assert drop_in.main([*chip_words(*activities), *design, "--correct", "all"]) == 0
    printed = capsys.readouterr().err
    assert all(words in printed for words in told)
    assert ({"inf", "-nan", "nan"} & {*line()} != set()) == (activities[0] == "1e308")


# -- remedies ---------------------------------------------------------------------------------------------


def test_a_cell_too_narrow_for_its_transistor(capsys, tmp_path):
    """cell-too-narrow: each remedy of the sentence leads to a chip."""
    (tmp_path / "design.csv").write_text("name,value\ntechnode,22\nresistanceOn,6e3\nresistanceOff,102e3\n")
    words = ["plan", "--example", "vgg8", "--design", tmp_path / "design.csv"]
    told = run(capsys, *words, status=2).err
    assert "Transistor width of 1T1R=11.57F is larger than the assigned cell width=4.00F in layout" in told
    pattern = "; use width_1t1r of at least (12), resistance_on of at least ([0-9]+) or access = (none)"
    remedies = re.search(pattern, told)
    for name, value in zip(("width_1t1r", "resistance_on", "access"), remedies.groups(), strict=True):
        assert run(capsys, *words, "--set", f"{name}={value}").err == ""
    assert run(capsys, *words, "--set", "width_1t1r=11", status=2)
    assert run(capsys, *words, "--set", f"resistance_on={0.99 * float(remedies[2])}", status=2)
