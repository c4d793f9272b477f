"""Write the stubs that follow from tables, for editors and type checkers.

    python scripts/write_stubs.py            writes the stubs anew
    python scripts/write_stubs.py --check    only says whether they are up to date

- Of a class that is made from a table of parameters: every parameter with its name, type, default and meaning. What its
  stub tells beside them (methods, properties, constants) are the annotations of the module's source.
- Of a package that imports its public names when they are first used: where they come from.

Stubs of compiled modules are written by hand.
"""

import argparse
import ast
import sys
import textwrap
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from neurosim.circuits.hybrid import HYBRID_PARAMETERS, HybridCell
from neurosim.design.design import Design
from neurosim.design.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
MADE = {Design: PARAMETERS, HybridCell: HYBRID_PARAMETERS}  # class -> table of its attributes
HEAD = "# Written by scripts/write_stubs.py from a table of parameters: change that one."
LAZY = "# Written by scripts/write_stubs.py from the table of public names: change that one."
ALWAYS = ast.parse("from dataclasses import dataclass\nfrom typing import Literal, TypedDict, Unpack")


def annotation(parameter):
    """The type of a parameter's value; one of its choices where these are texts and no table that can grow."""
    kind, words = [parameter.kind.__name__], parameter.words
    if parameter.kind is tuple:
        kind = ["tuple[int, ...]"]
    elif parameter.kind is str and parameter.read is None and not callable(parameter.choices):
        kind, words = [], (*parameter.choices, *words)
    literal = [f"Literal[{', '.join(map(quoted, words))}]"] if words else []
    return " | ".join([*kind, *literal, *(["None"] if parameter.optional else [])])


def quoted(value):
    """A value as source text, texts between double quotes."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def attributes(cls, table):
    """The frozen dataclass below `cls`: what can be given, by name, and read."""
    yield "@dataclass(frozen=True, kw_only=True)"
    yield "class _Values:"
    for item in fields(cls):
        parameter = table.get(item.name)
        kind = annotation(parameter) if parameter else item.type.__name__
        yield f"    {item.name}: {kind} = {quoted(item.default)}"
        if parameter:
            yield from meaning(parameter)


def meaning(parameter):
    """What an editor shows of a parameter; its range where the type does not tell it."""
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    told = parameter.kind is bool or annotation(parameter).startswith("Literal")
    text = f"{parameter.told}{unit}" if told else f"{parameter.told}{unit}; {parameter.range}"
    return textwrap.indent(textwrap.fill(f'"""{text}"""', 116, break_on_hyphens=False), 4 * " ").splitlines()


def keywords(table):
    """The type of `**parameters` in a method."""
    yield "class _Parameters(TypedDict, total=False):"
    yield from (f"    {parameter.name}: {annotation(parameter)}" for parameter in table.values())


def methods(node):
    """A class in a module's source without what its methods do, and without what is private."""
    yield f"class {node.name}(_Values):"
    for item in node.body:
        if isinstance(item, ast.AnnAssign):
            yield f"    {ast.unparse(item)}"
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            if item.args.kwarg:
                item.args.kwarg.annotation = ast.Name("Unpack[_Parameters]")
            yield from (f"    @{ast.unparse(mark)}" for mark in item.decorator_list)
            yield signature(item)


def signature(function):
    """The header of a method, in several lines if it is long."""
    arguments, result = ast.unparse(function.args), ast.unparse(function.returns).strip("'")
    line = f"    def {function.name}({arguments}) -> {result}: ..."
    if len(line) <= 120:
        return line
    wrapped = textwrap.fill(arguments, 120, initial_indent=8 * " ", subsequent_indent=8 * " ", break_long_words=False)
    return f"    def {function.name}(\n{wrapped}\n    ) -> {result}: ..."


def imports(trees, names):
    """Lines that import what some names need, from where the sources of `trees` import it; ours come last."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom):
            found.setdefault(node.module, set()).update(alias.name for alias in node.names if alias.name in names)
    lines = [f"from {module} import {', '.join(sorted(found[module]))}" for module in sorted(found) if found[module]]
    ours = [line for line in lines if line.startswith("from neurosim")]
    return ["\n".join(line for line in lines if line not in ours), "\n".join(ours)]


def stub(cls, table):
    """The text of the stub of the module that `cls` lies in."""
    tree = ast.parse(source(cls).read_text(encoding="utf-8"))
    public = [node for node in tree.body if isinstance(node, ast.AnnAssign) and not node.target.id.startswith("_")]
    node = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    constants = [f"{node.target.id}: {ast.unparse(node.annotation)}" for node in public]
    blocks = [constants, [*attributes(cls, table)], [*keywords(table)], [*methods(node)]]
    if not any("[_Parameters]" in line for line in blocks[-1]):
        del blocks[2]
    body = ["\n".join(block) for block in blocks]
    names = {node.id for node in ast.walk(ast.parse("\n".join(body))) if isinstance(node, ast.Name)}
    return "\n\n".join(part for part in [HEAD, *imports([ALWAYS, tree], names), *body] if part) + "\n"


def source(cls, suffix=".py"):
    """The file of this checkout that a class is written in."""
    return ROOT.joinpath(*cls.__module__.split(".")).with_suffix(suffix)


def public_names(path):
    """The text of the stub of a module with a table `_PUBLIC` of names and the modules that they come from."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = import_module(".".join(part for part in parts if part != "__init__"))
    homes = {
        alias.name: node.module
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes |= module._PUBLIC
    # In the order of imports: by module; constants, classes, functions; without regard to case.
    names = sorted(module.__all__, key=lambda name: (homes[name], not name.isupper(), name[0].islower(), name.lower()))
    return f"{LAZY}\n\n" + "".join(f"from {homes[name]} import {name} as {name}\n" for name in names)


def stubs():
    """{path: text} of every stub that follows from a table."""
    lazy = [path for path in sorted((ROOT / "neurosim").rglob("*.py")) if "\n_PUBLIC = " in path.read_text("utf-8")]
    return {source(cls, ".pyi"): stub(cls, table) for cls, table in MADE.items()} | {
        path.with_suffix(".pyi"): public_names(path) for path in lazy
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    for path, new in stubs().items():
        if path.exists() and path.read_text(encoding="utf-8") == new:
            continue
        if check:
            sys.exit(f"{path} is out of date; run python scripts/write_stubs.py")
        path.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
