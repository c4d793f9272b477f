"""Versions of the reference and corrections: the laws of rules."""

import ast
import pickle
import re
from dataclasses import fields, replace

import pytest
from golden import ROOT

from neurosim.design.design import Design
from neurosim.design.models import CORRECTIONS, MODELS, Model, Rules, rules_of
from neurosim.errors import NeurosimError

SOURCES = [
    path
    for folder in ("neurosim", "technology", "wrappers")
    for path in sorted((ROOT / folder).rglob("*.py*"))
    if path.suffix in (".py", ".pyx", ".pxd")
]
RULES = [rule.name for rule in fields(Rules)]


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


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_read_in_one_module(rule):
    readers = [path for path in SOURCES if re.search(rf"\brules\.{rule}\b", path.read_text())]
    assert len(readers) == 1, f"rules.{rule} is read in {readers}"


def test_each_rule_has_its_line_in_the_documentation():
    text = (ROOT / "docs" / "fidelity.md").read_text()
    assert [rule for rule in RULES if f"`{rule}`" not in text] == []


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_correction_changes_its_rules_and_nothing_else(name):
    changed = rules_of("2.0", [name])
    assert changed != Rules()
    assert changed == replace(Rules(), **CORRECTIONS[name].rules)
    assert Design(correct=name).rules == changed


def test_corrections_do_not_meet():
    """No two of them change the same rule, so their order does not matter."""
    changed = [rule for correction in CORRECTIONS.values() for rule in correction.rules]
    assert len(changed) == len(set(changed))


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
