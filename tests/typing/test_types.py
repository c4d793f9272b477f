"""What type checkers and editors see of the public names."""

import ast
import inspect
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from golden import ROOT

import neurosim
from neurosim import circuits, crossbar, hybrid
from neurosim.crossbar import transfer

HERE = ROOT / "tests" / "typing"
SCRIPT, WRONG = HERE / "user_script.py", HERE / "wrong.py"


def mypy(*files, cwd):
    """{(file, line): sentence} of what mypy, set as in pyproject.toml, says of files that use neurosim."""
    pytest.importorskip("mypy")
    home = Path(neurosim.__file__).resolve().parent.parent
    installed = home.name in ("site-packages", "dist-packages")  # mypy finds these by itself
    environment = {**os.environ, "MYPYPATH": "" if installed else str(home)}
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--no-error-summary"]
    result = subprocess.run([*command, *files], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode in (0, 1) and not result.stderr, result.stdout + result.stderr
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", result.stdout, re.MULTILINE)
    return {(Path(file).name, int(line)): sentence for file, line, sentence in found}


def test_right_types_pass_and_wrong_ones_are_told(tmp_path):
    told = mypy(SCRIPT, WRONG, cwd=tmp_path)
    lines = WRONG.read_text().splitlines()
    assert set(told) == {(WRONG.name, n) for n, line in enumerate(lines, 1) if "# wrong" in line}
    sentences = {lines[n - 1].split("#")[0].strip(): sentence for (_, n), sentence in told.items()}
    assert 'Unexpected keyword argument "nod"' in sentences["neurosim.Design(nod=22)"]
    assert 'expected "int"' in sentences['neurosim.Design(node="x")']


def test_the_user_script_runs():
    runpy.run_path(str(SCRIPT), run_name="__main__")


@pytest.mark.parametrize("module", [neurosim, hybrid, crossbar], ids=lambda module: module.__name__)
def test_the_user_script_uses_every_public_name(module):
    text = SCRIPT.read_text()
    assert [name for name in module.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_wires_are_told_as_their_table_has_them():
    """A record gets its fields from a table, which type checkers do not read."""
    module = ast.walk(ast.parse(Path(transfer.__file__).read_text()))
    wires = next(node for node in module if isinstance(node, ast.ClassDef) and node.name == "Wires")
    told = next(node for node in wires.body if isinstance(node, ast.If)).body
    fields = [node.target.id for node in told if isinstance(node, ast.AnnAssign)]
    assert fields == [argument.arg for argument in told[-1].args.args[1:]] == list(transfer.WIRES)


def functions(value):
    """Public functions: itself, or the methods and properties of a class, its constructor among them."""
    if not inspect.isclass(value):
        return [value] if inspect.isfunction(value) else []
    found = []
    for name, member in vars(value).items():
        member = getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "__func__", member)
        # What a dataclass makes is annotated by its fields.
        made = getattr(member, "__code__", None) is None or member.__code__.co_filename == "<string>"
        if inspect.isfunction(member) and not made and (not name.startswith("_") or name in ("__init__", "__new__")):
            found.append(member)
    return found


FUNCTIONS = {
    f"{module.__name__}.{name}: {function.__name__}": function
    for module in (neurosim, hybrid, crossbar, circuits)
    for name in module.__all__
    for function in functions(getattr(module, name))
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_are_annotated(name):
    """Compiled ones are in their stubs, see `test_stubs.py`."""
    signature = inspect.signature(FUNCTIONS[name])
    bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name not in ("self", "cls")]
    assert bare == []
    assert signature.return_annotation is not signature.empty
