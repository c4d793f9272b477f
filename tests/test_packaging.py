"""The project as a package: one version, commands, data, fast import, and documents that are true."""

import importlib.metadata
import importlib.resources
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import neurosim
from neurosim.design.design import Design
from neurosim.design.models import DIFFERENCES
from neurosim.design.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def run(*words, cwd, **options):
    """A program in a folder where no checkout gets in its way."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_package_parents())}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False, **options)


def _package_parents():
    """Where this neurosim comes from, for programs that are started elsewhere."""
    return [str(Path(neurosim.__file__).resolve().parent.parent)]


# -- one version -----------------------------------------------------------------------------------


def test_there_is_one_version():
    version = neurosim.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert PROJECT["dynamic"] == ["version"]
    assert re.search(rf"^version: {re.escape(version)}$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert released[0].split()[0] == version and headings.index(released[0]) <= 1


def test_the_installed_package_says_the_same():
    try:
        metadata = importlib.metadata.metadata("neurosim")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("neurosim is not installed but used from a checkout")
    assert metadata["Version"] == neurosim.__version__
    assert metadata["License-Expression"] == PROJECT["license"] == "CC-BY-NC-4.0"
    scripts = {e.name: e.value for e in importlib.metadata.entry_points(group="console_scripts")}
    assert {name: scripts[name] for name in PROJECT["scripts"]} == PROJECT["scripts"]


# -- what is in it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", PROJECT["scripts"].values())
def test_commands_exist(entry):
    module, _, function = entry.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_data_is_there():
    technology = importlib.resources.files("neurosim.technology")
    nodes = [file for file in (technology / "nodes").iterdir() if file.name.endswith(".toml")]
    assert len(nodes) >= 18
    for name in ("wires.toml", "adc.toml", "dram.toml", "layout.toml"):
        assert (technology / name).is_file()
    assert (importlib.resources.files("neurosim") / "data" / "vgg8.csv").is_file()
    # Type checkers believe the annotations of a package that says so.
    assert (importlib.resources.files("neurosim") / "py.typed").is_file()
    # Other Cython projects can build on the interfaces of the compiled modules.
    assert (importlib.resources.files("neurosim") / "_layout.pxd").is_file()


def test_every_public_name_is_there():
    for name in neurosim.__all__:
        assert getattr(neurosim, name) is not None
    with pytest.raises(AttributeError):
        neurosim.nothing  # noqa: B018


def test_import_is_fast(tmp_path):
    """pandas, matplotlib and the compiled circuits are imported where they are used."""
    code = "import sys, neurosim, neurosim.commands.line; print(*sorted(name for name in sys.modules))"
    result = run(sys.executable, "-c", code, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split())
    assert "neurosim.commands.line" in loaded
    assert loaded.isdisjoint({"pandas", "matplotlib", "numpy", "neurosim.evaluation.flow",
                              "neurosim.circuits._subarray"})


def test_running_a_module_is_the_command(tmp_path):
    result = run(sys.executable, "-m", "neurosim", "--version", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, f"neurosim {neurosim.__version__}\n")


# -- documents ---------------------------------------------------------------------------------------


def test_licence_texts_are_whole():
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("Attribution-NonCommercial 4.0 International\n")
    assert [f"Section {n} --" in text for n in range(1, 9)] == 8 * [True]
    assert text.endswith("Creative Commons may be contacted at creativecommons.org.\n")
    notice = (ROOT / "NOTICE").read_text()
    for words in ("Arizona State University", "10.1109/TCAD.2020.3043731", "What was changed", "as it is, without"):
        assert words in notice


DOCUMENTS = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_somewhere(path):
    for target in LINK.findall((ROOT / path).read_text()):
        if "://" not in target:
            assert (ROOT / path.parent / target).exists(), f"{path} links to {target}"


# What would fetch another project, which has this name on the public registry, with extras or without.
OF_ANOTHER = re.compile(r"neurosim\[[a-z]|pip3? install[^`&;|\n]*\bneurosim(?![\w./-])")


@pytest.mark.parametrize("text, wrong", [
    ('run: pip install "neurosim[digits]"', True), ("pip install --force-reinstall neurosim", True),
    ("pip install neurosim", True), ("pip install 'neurosim[a,b]'", True), ("pip install scikit-learn", False),
    ("pip install -q '.[digits]'", False), ("pip install neurosim-0.1.0.whl", False),
])
def test_what_would_fetch_another_project(text, wrong):
    assert bool(OF_ANOTHER.search(text)) == wrong


def test_no_text_suggests_to_fetch_another_project():
    here, found = Path(__file__).resolve(), []
    for folder in ("neurosim", "technology", "wrappers", "docs", "examples", "scripts", "tests", ".ci", "."):
        for path in (ROOT / folder).glob("*" if folder == "." else "**/*"):
            if path.suffix in (".py", ".pyx", ".md", ".toml", ".sh", ".cfg", ".pyi") and path.resolve() != here:
                found += [f"{path}: {line}" for line in path.read_text().splitlines() if OF_ANOTHER.search(line)]
    assert not found
    readme = (ROOT / "README.md").read_text()
    assert "pip install scikit-learn" in readme and "public registry" in readme


def test_readme_names_commands_and_parameters_that_exist():
    text = (ROOT / "README.md").read_text()
    for name in re.findall(r"--set (\w+)=", text):
        assert name in PARAMETERS
    from neurosim.commands.line import HELP

    for command in set(re.findall(r"neurosim (run|plan|params|import-param|drop-in)\b", text)):
        assert f"neurosim {command}" in HELP
    for marker in ("<!-- run command -->", "<!-- test command -->"):
        assert text.count(marker) == 1


@pytest.mark.parametrize("what", ["equations", "glossary", "stubs"])
def test_what_scripts_write_is_up_to_date(what, tmp_path):
    script = ROOT / "scripts" / f"write_{what}.py"
    result = run(sys.executable, script, "--check", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


FIDELITY = ROOT / "docs" / "fidelity.md"
TEST_NAME = re.compile(r"`([\w/]*test_\w+)\.py::(test_\w+)`")


def fidelity_ids():
    return re.findall(r"^\| ([A-Z]\d+) \|", FIDELITY.read_text(), re.MULTILINE)


def test_fidelity_names_tests_that_exist():
    text = FIDELITY.read_text()
    named = TEST_NAME.findall(text)
    assert len(named) > 50
    for module, function in named:
        source = (ROOT / "tests" / f"{module}.py").read_text()
        assert re.search(rf"^def {function}\(", source, re.MULTILINE), f"{module}.py::{function}"
    for line in text.splitlines():
        if re.match(r"\| [A-Z]\d+ \|", line):
            assert TEST_NAME.search(line) or line.endswith("| none: nothing to compare |"), line
    ids = fidelity_ids()
    assert len(ids) == len(set(ids))
    numbers = {}
    for name in ids:
        numbers.setdefault(name[0], []).append(int(name[1:]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert {f"U{n}" for n in range(1, 25)} <= set(ids) and {f"Q{n}" for n in range(1, 10)} <= set(ids)


QUIRK = re.compile(r"\b(?:[Qq]uirk|[Dd]ifference)s? ([A-Z]\d+(?:(?:, | and )[A-Z]\d+)*)")
# Only the plural may be a word like any other, as in "quirks are listed in fidelity.md".
WITHOUT_ID = re.compile(r"\b(?:[Qq]uirk|Quirks)\b(?! [A-Z]\d)")

# Ids that have no place in the code, and why.
NOWHERE = {
    "U1": "functions that forget to return a value; here they have none to return",
    **dict.fromkeys((f"L{n}" for n in range(1, 8)), "left out: it has no part in any result"),
}


def quirks(*rooms):
    """(file:line, line, ids of it) of every line that speaks of a quirk."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix not in (".py", ".pyx", ".pxd", ".toml") or path == Path(__file__):
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if "quirk" in line.lower() or "difference" in line.lower():
                    ids = [name for found in QUIRK.findall(line) for name in re.split(", | and ", found)]
                    yield f"{path.relative_to(ROOT)}:{number}", line, ids


def test_every_quirk_in_the_code_has_an_id_of_the_table():
    known = set(fidelity_ids())
    lines = list(quirks("neurosim", "technology", "wrappers", "tests"))
    assert not [(place, line.strip()) for place, line, _ in lines if WITHOUT_ID.search(line)]
    assert not [(place, name) for place, _, ids in lines for name in ids if name not in known]


def test_every_id_of_the_table_stands_in_the_code():
    here = {name for _, _, ids in quirks("neurosim", "technology", "wrappers") for name in ids} | {*DIFFERENCES}
    absent = NOWHERE
    # A missing one: say `Quirk <id>: ...` where the code does it. One too many: take it off the lists above.
    assert sorted(set(fidelity_ids()) - here) == sorted(absent)


# -- examples ----------------------------------------------------------------------------------------


def test_the_example_design_is_the_default():
    text = (ROOT / "examples" / "design.toml").read_text()
    assert text == Design().to_toml()
    assert Design.from_file(ROOT / "examples" / "design.toml") == Design()


def test_the_library_example_runs(tmp_path):
    result = run(sys.executable, ROOT / "examples" / "library.py", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    chips = re.findall(r"^(?:RRAM|FeFET|SRAM)[^.]*(?: +[0-9.]+){4}$", result.stdout, re.MULTILINE)
    assert len(chips) == 4


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("awk") is None, reason="a shell script")
def test_the_legacy_script_runs(tmp_path):
    program = tmp_path / "bin" / "neurosim"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m neurosim "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    result = run("env", f"PATH={path}", "bash", ROOT / "examples" / "legacy_script.sh", tmp_path / "work", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert re.search(r"^ChipArea : [0-9.e+]+um\^2$", result.stdout, re.MULTILINE)
    assert len((tmp_path / "work" / "NeuroSim_Output.csv").read_text().split(",")) == 20
