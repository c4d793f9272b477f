"""`neurosim audit`: what it prints, writes and refuses."""

import json

import pandas as pd
import pytest
from golden import case

from neurosim.commands import line as cli
from neurosim.design.models import CHIP_DIFFERENCES, effects
from neurosim.report.plots import audit_figure


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A recorded run as a command line."""
    recorded, folder = case("rram_parallel"), tmp_path_factory.mktemp("traces")
    recorded.write(folder)
    traces = [str(folder / word) if word.endswith(".csv") else word for word in recorded.args[4:]]
    return ["audit", "--network", str(folder / "network.csv"), "--design", str(folder / "params.csv"), *traces]


def refused(capsys, *words):
    assert cli.main([str(word) for word in words]) != 0
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    return captured.err


def test_the_folder_holds_table_results_and_figure(capsys, tmp_path, words):
    out = tmp_path / "audit"
    assert cli.main([*words, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {"audit.csv", "audit.json", "audit.png", "design.toml", "run.json"}
    table = pd.read_csv(out / "audit.csv", index_col="id")
    assert set(table.index) == set(effects())
    results = json.loads((out / "audit.json").read_text())
    assert set(results["rules"]) == set(effects())
    first = table.iloc[0]
    row = next(line for line in printed.splitlines() if line.startswith(f"{table.index[0]} "))
    assert first["about"] in row and f"{first['area_change'] * 100:+.4g} %" in row.replace(" 0 ", " +0 % ")
    # The results of a rule are those of the run with it as it is not.
    assert results["rules"]["V12"]["then"] == "applied"
    assert results["rules"]["V12"]["results"]["area"]["chipArea"] == table.loc["V12", "area_with [m^2]"]
    assert results["results"]["area"]["chipArea"] == table.loc["V12", "area_without [m^2]"]
    again = [*words, "--out", str(out)]
    assert "--force" in refused(capsys, *again)


def test_json_instead_of_the_table(capsys, words):
    assert cli.main([*words, "--model", "corrected", "--against", "2.0", "--json", "--quiet"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["model"], printed["against"]) == ("corrected", "2.0")
    assert {*CHIP_DIFFERENCES, "all"} <= set(printed["rules"])
    assert {rule["then"] for name, rule in printed["rules"].items() if name in effects()} == {"undone"}


def test_what_changes_nothing_is_named_in_one_line(capsys, words):
    assert cli.main([*words, "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(words) == 0
    last = capsys.readouterr().out.splitlines()
    silent = next(line for line in last if line.startswith("no change"))
    assert "U5" in silent and "V12" not in silent


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--model", "2.5"], "model = '2.5' is unknown"),
        (["--against", "2.5"], "against: model = '2.5' is unknown"),
        (["--against", "2.0"], "the design is of model 2.0 itself"),
        (["--set", "without=V99"], "there is no 'V99'"),
    ],
)
def test_mistakes_come_before_the_work(capsys, words, options, part):
    assert part in refused(capsys, *words, *options)


def test_the_figure_shows_changes_and_no_others():
    zeros = {f"{name}_change": [0.0, 0.0, float("nan")] for name in ("area", "latency", "energy", "energy_efficiency")}
    table = pd.DataFrame({**zeros, "latency_change": [-0.5, 0.0, float("nan")]}, index=["V7", "U5", "U18"])
    figure = audit_figure(table, "a chip")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["V7"]
    assert [bar.get_width() for bar in figure.axes[1].patches] == [-50.0]
    assert len(audit_figure(table.iloc[1:], "a chip").axes[0].patches) == 0
