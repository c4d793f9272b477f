"""The design parameters of an edited `Param.cpp`; nothing is compiled.

The constructor is run as far as plain arithmetic decides it (`cpp_constructor`). A parameter whose value that leaves
open is refused with its line, never guessed; names that mean nothing here need no value.

Quirk D13: the reference compiles the file with all its headers; what those decide is not known here.
"""

from neurosim.design.cpp_constructor import Constructor
from neurosim.design.cpp_numbers import Number, Unknown, shown
from neurosim.design.cpp_source import tokens_of
from neurosim.design.models import DEFAULT, TRAINS, version_of, versions
from neurosim.design.parameters import BY_REFERENCE, SWITCHES, joined
from neurosim.errors import NeurosimError

# Set in the constructor but derived from the parameters: never the user's to choose.
DERIVED = {
    "conventionalParallel": "int", "conventionalSequential": "int", "BNNparallelMode": "int",
    "BNNsequentialMode": "int", "XNORparallelMode": "int", "XNORsequentialMode": "int", "parallelRead": "int",
    "numRowPerSynapse": "int", "numColPerSynapse": "int", "AR": "double", "Rho": "double", "wireLengthRow": "double",
    "wireLengthCol": "double", "unitLengthWireResistance": "double", "wireResistanceRow": "double",
    "wireResistanceCol": "double",
}  # fmt: skip
# Of the reference's constant.h: inference versions make the access resistance of it.
CONSTANTS = {"IR_DROP_TOLERANCE": 0.25}
# Types that the reference declares otherwise than one would think of the parameter here.
_OTHERWISE = {"maxNumLevelLTP": "double", "maxNumLevelLTD": "double", "relaxArrayCellHeight": "int",
              "relaxArrayCellWidth": "int"}  # fmt: skip
_KINDS = {bool: "bool", int: "int", str: "int", float: "double"}
LISTED = 20  # statements that a warning lists
NAMED = 200  # names that one lists


def read_param_cpp(text, where, warn=None, inform=None):
    """The design parameters that a `Param.cpp` sets, and the model if its names tell it.

    Parameters
    ----------
    text : str
        The file's text.
    where : str
        Its name, for messages.
    warn : callable, optional
        Called with one sentence about the assignments that mean nothing here, about statements that are not read, about
        a block that another file decides, and for a file of a version that there is no model of.
    inform : callable, optional
        Called with one sentence where names tell the model.

    Returns
    -------
    dict
        {our name: value}.

    Raises
    ------
    NeurosimError
        No constructor, nothing set in it, or a parameter whose value plain arithmetic does not give.
    """
    warn, inform = warn or _nobody, inform or _nobody
    run = Constructor(tokens_of(text, where, warn), "Param", where, _kinds(), CONSTANTS, _computed)
    values, unknown, read = {}, [], False
    for name, member in sorted(run.members.items(), key=lambda item: item[1].first):
        parameter = _parameter(name)
        if parameter is None:
            unknown += [] if name in DERIVED else [name]
            continue
        read = True
        if member.assigned is not None:
            values[parameter.name] = _value(parameter, member, f"{where}:{member.line}")
    if run.end is not None:
        raise NeurosimError(f"{where}:{run.end[0]}: the C++ program ends here ({run.end[1]}), before it begins")
    if not read:
        others = f" (but {shown(', '.join(run.members))})" if run.members else ""
        raise NeurosimError(
            f"{where}: the constructor Param::Param() sets no parameter of DNN+NeuroSim {versions()}{others}; give the "
            "edited Param.cpp itself"
        )
    _tell_unread(where, run.unread, warn)
    values = joined(values)
    values |= _told_model(where, run.members, unknown, warn, inform)
    # As shipped the file derives both conductances from the resistances.
    for conductance, resistance in (("max_conductance", "resistance_on"), ("min_conductance", "resistance_off")):
        if resistance in values and values.get(conductance) == 1 / values[resistance]:
            del values[conductance]
    return values


def _nobody(sentence):
    """Takes sentences that nobody asked for."""


def _parameter(name):
    return BY_REFERENCE.get(name) or SWITCHES.get(name)


def _kinds():
    """{member: kind of number} of all that the reference declares and this reader knows."""
    named = {**BY_REFERENCE, **SWITCHES}
    return DERIVED | {name: _KINDS[parameter.kind] for name, parameter in named.items()} | _OTHERWISE


def _computed(name, value, number):
    """Whether the reference's own lines force a value that neurosim forces by itself: cells of SRAM hold one bit.

    Read as a setting, it would stay when another memory is chosen.
    """
    return name == "cellBit" and isinstance(value, Number) and value.value == 1 and number("memcelltype") == 1


def _value(parameter, member, place):
    """The value of a parameter, or what is wrong with it."""
    assigned = member.assigned
    if isinstance(assigned, Unknown):
        raise NeurosimError(f"{place}: {parameter.reference} has no value here: {assigned.why}")
    if member.kind == "double" and parameter.kind is int:
        return parameter.check(assigned.value, place)  # nothing drops a fraction there
    return parameter.from_reference(assigned.value, place)


def _tell_unread(where, unread, warn):
    """One sentence about statements that are not understood."""
    if not unread:
        return
    shown = ", ".join(f"{text!r} (line {line})" for line, text in unread[:LISTED])
    more = f" and {len(unread) - LISTED} more" if len(unread) > LISTED else ""
    warn(f"{where}:{unread[0][0]}: not read, because it is no plain arithmetic: {shown}{more}")


def _told_model(where, members, unknown, warn, inform):
    """{"model": value} if the names of a file tell it; what means nothing is said."""
    model, name = version_of(sorted(members, key=lambda member: members[member].first))
    names = ", ".join(unknown[:NAMED]) + (f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else "")
    if model is not None:
        inform(f"{where}:{members[name].first}: sets {name}, so it is a file of V{model}: model = {model}")
    elif name is not None:
        warn(
            f"{where}:{members[name].first}: sets {name} but not {TRAINS}, so it is a file of an inference version, "
            f"which is not among those here ({versions('and')}); model = {DEFAULT} and training = true unless set"
            + (f"; without effect: {names}" if unknown else "")
        )
        return {"model": DEFAULT}
    if unknown:
        are = "is no parameter" if len(unknown) == 1 else "are no parameters"
        have = "has" if len(unknown) == 1 else "have"
        warn(
            f"{where}:{members[unknown[0]].first}: {names} {are} of DNN+NeuroSim {versions()} and {have} "
            "no effect here"
        )
    return {} if model is None else {"model": model}
