"""Versions of the reference and corrections: the laws of rules."""

import ast
import io
import pickle
import re
import tokenize
from dataclasses import fields, replace

import pytest
from golden import ROOT

from neurosim.design.corrections import CORRECTIONS, REPAIRS
from neurosim.design.design import Design
from neurosim.design.models import DEFAULT, DIFFERENCES, MODELS, Model, version_of, versions
from neurosim.design.rules import Rules, TrainerRules
from neurosim.errors import NeurosimError

SOURCES = [
    path
    for folder in ("neurosim", "technology", "wrappers")
    for path in sorted((ROOT / folder).rglob("*.py*"))
    if path.suffix in (".py", ".pyx", ".pxd")
]
RULES = [rule.name for kind in (Rules, TrainerRules) for rule in fields(kind)]


# -- laws --------------------------------------------------------------------------------------------


def test_nobody_compares_the_model():
    """What a version does is told by rules; the name of the version decides nothing."""
    for path in SOURCES:
        if path.suffix != ".py":
            assert not re.search(r"\.model\b\s*(==|!=|in\b|<|>)", path.read_text()), path
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                models = [s for s in sides if isinstance(s, ast.Attribute) and s.attr == "model"]
                named = any(isinstance(s, ast.Constant) and s.value in MODELS for s in sides)
                assert not (models and named), f"{path}:{node.lineno}"


LATER = re.compile(r"(?<![\d.])2\.1(?!\d)")


def code(text):
    """(line, text) of the tokens of Python or Cython that are neither comment nor docstring."""
    begins = True       # of a statement, where a text is a docstring
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and begins):
            continue
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            begins = begins or token.type == tokenize.NEWLINE
            continue
        begins = False
        yield token.start[0], token.string


def test_only_the_table_of_versions_names_the_later_one():
    """A version is a row of `MODELS`; what depends on it is a rule or a default there, also in what is told."""
    table = ROOT / "neurosim" / "design" / "models.py"
    named = {path: [line for line, word in code(path.read_text()) if LATER.search(word)] for path in SOURCES}
    assert len(named.pop(table)) == 1
    assert [f"{path}:{lines[0]}" for path, lines in named.items() if lines] == []


def test_comments_and_docstrings_may_name_it():
    text = '"""V2.1"""\nx = "a"  # 2.1\n\n\ndef f():\n    """Of V2.1."""\n    return "V2.1", 2.1, 2.12, "12.1"\n'
    assert [word for _, word in code(text) if LATER.search(word)] == ['"V2.1"', "2.1"]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_read_in_one_module(rule):
    readers = [path for path in SOURCES if re.search(rf"\brules\.{rule}\b", path.read_text())]
    assert len(readers) == 1, f"rules.{rule} is read in {readers}"


def test_each_rule_has_its_line_in_the_documentation():
    text = (ROOT / "docs" / "fidelity.md").read_text()
    assert len(RULES) == len(set(RULES))
    assert [rule for rule in RULES if f"`{rule}`" not in text] == []


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_difference_is_a_rule_and_the_line_of_it(name):
    difference = DIFFERENCES[name]
    ((rule, value),) = [*difference.rules.items(), *difference.trainer.items()]
    kind = Rules if difference.rules else TrainerRules
    assert getattr(kind(), rule) != value
    later = MODELS["2.1"]
    assert getattr(later.rules if difference.rules else later.trainer, rule) == value
    text = (ROOT / "docs" / "fidelity.md").read_text()
    assert f"| {name} | `{rule}` |" in text


def test_versions_in_words(monkeypatch):
    assert (versions(), versions("and")) == ("V2.0 or V2.1", "V2.0 and V2.1")
    for table, words in (({**MODELS, "3.7": Model(), "mine": Model()}, "V2.0, V2.1 or V3.7"), (["2.0"], "V2.0")):
        monkeypatch.setattr("neurosim.design.models.MODELS", table)
        assert versions() == words      # one's own are no versions


@pytest.mark.parametrize(("names", "told"), [
    ([], (None, None)), (["technode", "trainingEstimation"], (None, None)),
    (["technode", "SARADC", "trainingEstimation"], ("2.1", "SARADC")),
    (["trainingEstimation", "currentMode", "SARADC"], ("2.1", "currentMode")),
    (["polarization"], (None, "polarization")),
])  # fmt: skip
def test_names_tell_the_version(names, told):
    assert version_of(names) == told


def test_the_latest_version_that_a_name_tells_is_meant(monkeypatch):
    monkeypatch.setitem(MODELS, "9.9", Model(told_by=("newest",)))
    assert version_of(["SARADC", "trainingEstimation", "newest"]) == ("9.9", "newest")
    assert version_of(["SARADC", "trainingEstimation"]) == ("2.1", "SARADC")


def test_the_default_is_the_first_version():
    assert Design().model == DEFAULT == next(iter(MODELS))
    assert MODELS[DEFAULT] == Model()


@pytest.mark.parametrize("name", [*CORRECTIONS, *REPAIRS])
def test_a_correction_changes_its_rules_and_nothing_else(name):
    mended = {**CORRECTIONS, **REPAIRS}[name]
    assert Design(correct=name).rules == replace(Rules(), **mended.rules) != Rules()
    assert Design(model="corrected", without=name).rules != MODELS["corrected"].rules


def test_corrections_do_not_meet():
    """No two of them change the same rule, so their order does not matter."""
    changed = [rule for mended in (*CORRECTIONS.values(), *REPAIRS.values()) for rule in mended.rules]
    assert len(changed) == len(set(changed))
    assert not set(CORRECTIONS) & set(REPAIRS)


def test_the_corrected_model_has_every_difference_and_correction():
    mended = {}
    for table in (DIFFERENCES, CORRECTIONS, REPAIRS):
        for item in table.values():
            mended |= item.rules
    assert Design(model="corrected").rules == Rules(**mended)
    assert MODELS["corrected"].defaults == MODELS["2.0"].defaults == {}


@pytest.mark.parametrize("name", [name for name, difference in DIFFERENCES.items() if difference.rules])
def test_a_model_can_do_without_a_difference(name):
    """What then differs from the model is what the difference changes, and it is as in the version before."""
    rules = Design(model="2.1", without=name).rules
    ((rule, _),) = DIFFERENCES[name].rules.items()
    assert rules == replace(MODELS["2.1"].rules, **{rule: getattr(Rules(), rule)}) != MODELS["2.1"].rules
    assert Design(without=name).rules == Rules()        # V2.0 does without all of them


def test_ids_that_a_model_cannot_do_without():
    assert Design(without="q46, v8").without == "V8 Q46"
    for word in ("V1", "V17", "X", "all"):
        with pytest.raises(NeurosimError, match=f"without = '{word}': there is no '{word.upper()}'.*; it takes ids"):
            Design(without=word)


# -- the parameter -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["2.0", 2.0, 2, " 2.0 "])
def test_a_model_may_be_written_as_a_number(value):
    assert Design(model=value).model == "2.0"


@pytest.mark.parametrize("value", ["3.0", 2.5, True, None, "newest", float("nan")])
def test_an_unknown_model_gets_a_sentence(value):
    with pytest.raises(NeurosimError, match="model = .* is unknown.*; it takes 2.0"):
        Design(model=value)


def test_a_model_in_files_and_settings(tmp_path, another):
    files = {"a.toml": 'model = "2.0"\n', "b.toml": "model = 2.0\n", "c.csv": "model,2.0\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        assert Design.from_file(tmp_path / name).model == "2.0"
    assert Design().with_settings(["model=2.0"]).model == "2.0"


@pytest.fixture
def another(monkeypatch):
    """A second version, with other rules and two other defaults."""
    rules = Rules(gradient_to_image=False)
    monkeypatch.setitem(MODELS, "9.9", Model(rules, {"memory": "FeFET", "node": 22}))
    return rules


def test_defaults_follow_the_model(another):
    design = Design(model="9.9")
    assert (design.memory, design.node, design.rules) == ("FeFET", 22, another)
    assert Design(model="9.9", node=65).node == 65
    assert Design().node == 32


def test_precedence_is_model_file_setting(another, tmp_path):
    """model < design file < --set, decided after the whole file is read: the order of lines does not matter."""
    for text in ("node = 45\nmodel = '9.9'\n", "model = '9.9'\nnode = 45\n"):
        (tmp_path / "design.toml").write_text(f"[technology]\n{text}")
        design = Design.from_file(tmp_path / "design.toml")
        assert (design.memory, design.node) == ("FeFET", 45)
    set_ = design.with_settings(["node=7"])
    assert (set_.memory, set_.node) == ("FeFET", 7)


def test_a_later_model_changes_defaults_but_nothing_that_was_given(another, tmp_path):
    (tmp_path / "design.toml").write_text("memory = 'SRAM'\n")
    design = Design.from_file(tmp_path / "design.toml").with_settings(["model=9.9"])
    assert (design.memory, design.node) == ("SRAM", 22)
    assert design.with_settings(["model=2.0"]).node == 32


def test_a_written_design_keeps_all_its_values(another, tmp_path):
    """A file that names every value means them, whatever the model."""
    (tmp_path / "design.toml").write_text(Design(model="9.9").to_toml())
    design = Design.from_file(tmp_path / "design.toml")
    assert design == Design(model="9.9")
    assert design.with_settings(["model=2.0"]).node == 22


def test_what_was_given_survives_pickling(another):
    design = pickle.loads(pickle.dumps(Design(memory="SRAM")))
    assert design == Design(memory="SRAM") and design.given == {"memory": "SRAM"}
    assert design.replace(model="9.9").node == 22


def test_corrections_apply_to_any_model(another):
    design = Design(model="9.9", correct="U5 U20")
    assert design.rules == replace(another, least_gradient_arrays=1, drivers_remember=False)
