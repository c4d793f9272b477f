"""Rooms are layers, for what is compiled as well; circuits see no design; only some places print."""

import ast
import re
import tomllib

import pytest
from golden import ROOT

FOLDERS = {"neurosim": "neurosim", "neurosim.technology": "technology", "neurosim.wrappers": "wrappers"}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
# Who may print: the commands, and these, each for a reason of its own.
PRINTERS = {
    "neurosim.console": "ends of commands: mistakes and warnings",
    "neurosim.wrappers.main": "the drop-in, whose standard output is its result",
    "neurosim.wrappers.training.monitor": "a line an epoch",
}


def modules():
    """{dotted name: path} of every module, declarations of compiled ones apart as name + ".pxd"."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".py", ".pyx", ".pxd"):
                continue
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            name = ".".join((package, *(part for part in parts if part != "__init__")))
            found[name + (".pxd" if path.suffix == ".pxd" else "")] = path
    return found


MODULES = modules()
CIMPORT = re.compile(r"^[ \t]*(?:from\s+([\w.]+)\s+)?(?:cimport|import)\s+(\([^)]*\)|[^\n(#]+)", re.MULTILINE)


def imports(path):
    """Dotted names that a module imports from this package, late imports and those for type checkers included."""
    text, names = path.read_text(), set()
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path}:{node.lineno}: a relative import"
                names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    else:
        for module, found in CIMPORT.findall(text):
            words = [word.split(" as ")[0].strip() for word in found.strip("() \n").split(",")]
            names |= {module} | {f"{module}.{word}" for word in words} if module else set(words)
    return {name for name in names if name == "neurosim" or name.startswith("neurosim.")}


def layers_of(contract):
    """[names of a layer], from the top; compiled modules are in brackets: import-linter does not see them."""
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def level(name, container, layers):
    """(number of the layer, member) that a dotted name lies in, or None."""
    if not name.startswith(container + "."):
        return None
    member = name[len(container) + 1 :].split(".")[0]
    for number, layer in enumerate(layers):
        if member in layer:
            return number, member
    return None


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if c["type"] == "layers"], ids=lambda c: c["name"])
def test_nothing_is_imported_from_above(contract):
    """Not even late, and not by what is compiled."""
    layers, wrong = layers_of(contract), []
    for container in contract["containers"]:
        for name, path in MODULES.items():
            here = level(name, container, layers)
            for imported in imports(path) if here else ():
                there = level(imported, container, layers)
                if there and there[1] != here[1] and there[0] <= here[0]:
                    wrong.append(f"{name} imports {imported}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if c["type"] == "forbidden"], ids=lambda c: c["name"])
def test_what_is_forbidden_is_not_imported(contract):
    forbidden = {*contract["forbidden_modules"], "neurosim._layout", "neurosim._circuits"}
    for name, path in MODULES.items():
        if any(f"{name}.".startswith(f"{source}.") for source in contract["source_modules"]):
            assert not imports(path) & forbidden, name


def test_every_room_is_in_the_contract():
    rooms = {name.split(".")[1] for name in MODULES if name.count(".")}
    listed = {member for layer in layers_of(CONTRACTS[0]) for member in layer}
    assert rooms == listed


def test_the_reader_of_imports_sees_all_kinds(tmp_path):
    """What the tests above rest on."""
    late = tmp_path / "late.py"
    lines = ["import neurosim.a", "def f():", "    from neurosim.b import c", "if TYPE_CHECKING:",
             "    import neurosim.d"]  # fmt: skip
    late.write_text("\n".join(lines))
    assert imports(late) == {"neurosim.a", "neurosim.b", "neurosim.b.c", "neurosim.d"}
    compiled = tmp_path / "x.pyx"
    lines = ["from neurosim._e cimport (", "    F, G,", ")", "from neurosim.h cimport i as j", "cimport neurosim.k"]
    compiled.write_text("\n".join(lines))
    assert {"neurosim._e", "neurosim._e.F", "neurosim.h.i", "neurosim.k"} <= imports(compiled)
    assert level("neurosim.wrappers.wage.model", "neurosim", [["a"], ["wrappers"]]) == (1, "wrappers")


def test_circuits_see_no_design():
    for name, path in MODULES.items():
        if name.startswith("neurosim.circuits.") or name in ("neurosim._circuits", "neurosim._layout"):
            assert not re.search(r"\bdesign(\.\w|=|\)|,)", path.read_text()), name


def test_only_some_places_print():
    printing = set()
    for name, path in MODULES.items():
        if path.suffix == ".py":
            calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            if any(isinstance(call, ast.Name) and call.id == "print" for call in calls):
                printing.add(name)
    assert {name for name in printing if not name.startswith("neurosim.commands.")} == set(PRINTERS)
