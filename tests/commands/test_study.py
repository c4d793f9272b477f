"""`neurosim study`: another study than the built-in ones, and what a command line gets wrong."""

import pandas as pd
import pytest

from neurosim.commands import line as cli
from neurosim.commands.line import Command
from neurosim.commands.study import STUDIES


class Squares:
    """The shortest study that there is."""

    @staticmethod
    def runs(options):
        return [{"number": number, "seed": seed} for number in (2, 3) for seed in range(options.seeds or 1)]

    @staticmethod
    def run(parameters):
        return {"square": parameters["number"] ** 2}

    @staticmethod
    def figure(table):
        from matplotlib.figure import Figure

        return Figure()

    @staticmethod
    def summary(table):
        return f"the largest is {table['square'].max()}"


class Sums(Squares):
    """With all that a study may have."""

    HELP = "adds up"
    NUMBERS = ("square",)

    @staticmethod
    def add_arguments(parser):
        parser.add_argument("--least", type=int, default=0)

    @staticmethod
    def runs(options):
        return [run for run in Squares.runs(options) if run["number"] >= options.least]

    @staticmethod
    def tables(table):
        return {"sum.csv": pd.DataFrame({"sum": [table["square"].sum()]})}


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    pytest.importorskip("sklearn")      # the default data set
    monkeypatch.setitem(STUDIES, "squares", Command(Squares, "square numbers"))
    monkeypatch.setitem(STUDIES, "sums", Command(Sums(), "add squares"))


def test_a_study_of_ones_own(tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["study", "squares", "--out", str(out), "--jobs", "1", "--seeds", "2"]) == 0
    assert capsys.readouterr().out == "the largest is 9\n"
    assert (out / "study.csv").read_text() == "number,seed,square\n2,0,4\n2,1,4\n3,0,9\n3,1,9\n"
    assert sorted(file.name for file in out.iterdir()) == ["study.csv", "study.png"]
    assert (out / "study.png").read_bytes().startswith(b"\x89PNG")


def test_a_study_with_options_and_tables(tmp_path, capsys):
    words = ["study", "sums", "--out", str(tmp_path), "--jobs", "1", "--least", "3", "--quiet"]
    assert cli.main(words) == 0
    assert (tmp_path / "sum.csv").read_text() == "sum\n9\n" and not capsys.readouterr().out
    (tmp_path / "study.csv").write_text("number,seed,square\n3,0,x\n")
    assert cli.main(words) == 2
    assert "square = 'x' is no result" in capsys.readouterr().err


def test_only_the_study_that_is_asked_for_has_its_options(tmp_path, capsys):
    for words, told in ((["study", "--help"], "squares"), (["study", "sums", "--help"], "--least")):
        with pytest.raises(SystemExit):
            cli.main(words)
        assert told in capsys.readouterr().out
    assert cli.main(["study", "squares", "--out", str(tmp_path), "--least", "3"]) == 2
    assert "unrecognized arguments: --least 3" in capsys.readouterr().err
    assert cli.main(["study", "square", "--out", str(tmp_path)]) == 2
    assert "invalid choice: 'square'" in capsys.readouterr().err
    assert cli.main(["study"]) == 2
    assert not list(tmp_path.iterdir())
