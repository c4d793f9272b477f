"""Read the assignments of an edited `Param.cpp`; nothing is compiled.

Only plain statements of the constructor's body count. What stands in an inner block (the switch over
wire widths, `if (memcelltype == 1)`) or sets a derived quantity is computed by neurosim itself.
"""

import ast
import operator
import re

from neurosim.design.parameters import BY_REFERENCE, SWITCHES, joined
from neurosim.errors import NeurosimError

# Set in the constructor but derived from the parameters: never the user's to choose.
DERIVED = {
    "conventionalParallel", "conventionalSequential", "BNNparallelMode", "BNNsequentialMode", "XNORparallelMode",
    "XNORsequentialMode", "parallelRead", "AR", "Rho", "wireLengthRow", "wireLengthCol", "unitLengthWireResistance",
    "wireResistanceRow", "wireResistanceCol", "numRowPerSynapse", "numColPerSynapse",
}  # fmt: skip

_CONSTRUCTOR = re.compile(r"Param\s*::\s*Param\s*\(\s*\)\s*\{")
_ASSIGNMENT = re.compile(r"\s*(?:param->|this->)?([A-Za-z_]\w*)\s*=(?!=)\s*(.+?)\s*$", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SUFFIX = re.compile(r"(?<=[\d.])[fFlLuU]+\b")
# Python has no cast; `~` binds as tightly as one and no parameter file needs it otherwise.
_CASTS = ((re.compile(r"\(\s*(?:double|float)\s*\)"), "~"), (re.compile(r"\(\s*(?:int|bool)\s*\)"), " int@"))
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def read_param_cpp(text, where, warn=None):
    """The design parameters that a `Param.cpp` sets.

    Parameters
    ----------
    text : str
        The file's text.
    where : str
        Its name, for messages.
    warn : callable, optional
        Called with one sentence for an assignment that means nothing here.

    Returns
    -------
    dict
        {our name: value}.
    """
    # Comments become blanks so that line numbers stay true.
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    start = _CONSTRUCTOR.search(text)
    if start is None:
        raise NeurosimError(f"{where}: no constructor Param::Param() found; give the edited Param.cpp itself")
    known, values = {}, {}
    for line, statement in _statements(text, start.end()):
        match = _ASSIGNMENT.match(statement)
        if match is None:
            continue
        name, expression = match.groups()
        if name in DERIVED:
            continue
        place = f"{where}:{line}"
        known[name] = number = _evaluate(expression, known, place)
        parameter = BY_REFERENCE.get(name) or SWITCHES.get(name)
        if parameter is None:
            if warn:
                warn(f"{place}: {name} is no parameter of DNN+NeuroSim and has no effect here")
            continue
        values[parameter.name] = parameter.from_reference(number, place)
    # As shipped the file derives both conductances from the resistances.
    for conductance, resistance in (("max_conductance", "resistance_on"), ("min_conductance", "resistance_off")):
        if resistance in values and values.get(conductance) == 1 / values[resistance]:
            del values[conductance]
    return joined(values)


def _statements(text, start):
    """(line, statement) of the statements directly in the block that begins at `start`."""
    depth, begin = 1, start
    for position in range(start, len(text)):
        character = text[position]
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            begin = position + 1
            if depth == 0:
                return
        elif character == ";":
            if depth == 1:
                statement = text[begin:position]
                lead = len(statement) - len(statement.lstrip())
                yield text.count("\n", 0, begin + lead) + 1, statement
            begin = position + 1


def _evaluate(expression, known, place):
    """The value of a C arithmetic expression over numbers and earlier assignments."""
    source = _SUFFIX.sub("", expression)
    for pattern, replacement in _CASTS:
        source = pattern.sub(replacement, source)
    source = source.replace("int@", "")
    try:
        return _value(ast.parse(source.strip(), mode="eval").body, known)
    except NeurosimError as error:
        raise NeurosimError(f"{place}: {error}") from None
    except ZeroDivisionError:
        raise NeurosimError(f"{place}: {expression!r} divides by zero") from None
    except (SyntaxError, ValueError, OverflowError):
        raise NeurosimError(f"{place}: {expression!r} is no arithmetic expression; write a plain number") from None


def _value(node, known):
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name):
        if node.id in ("true", "false"):
            return int(node.id == "true")
        if node.id in known:
            return known[node.id]
        raise NeurosimError(f"{node.id!r} is used before it has a value")
    if isinstance(node, ast.UnaryOp):
        operand = _value(node.operand, known)
        if isinstance(node.op, ast.Invert):
            return float(operand)
        if isinstance(node.op, (ast.USub, ast.UAdd)):
            return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, known), _value(node.right, known)
        if isinstance(node.op, ast.Div):
            if isinstance(left, int) and isinstance(right, int):  # C divides whole numbers towards zero
                return int(left / right)
            return left / right
        if type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](left, right)
    raise NeurosimError("only numbers, parameters, + - * / and parentheses can be read; write a plain number")
