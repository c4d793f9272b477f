"""What can be set about a training, for whoever asks for it elsewhere: the options of `neurosim train`."""

from dataclasses import dataclass

from neurosim._names import resolve
from neurosim.commands.arguments import flags
from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter


@dataclass(frozen=True)
class Setting:
    """A parameter, the words of `neurosim train` that set it (theirs, too), and the group of options it is told in."""

    parameter: Parameter
    words: tuple
    group: str

    def is_called(self, name):
        """Whether this is a name of it: ours, that of its option or of the reference."""
        own = (self.parameter.name, self.parameter.option, self.parameter.reference)
        return bool(_plain(name)) and _plain(name) in map(_plain, own)


def _plain(name):
    return name.strip("-").replace("-", "_").lower()


def settings():
    """Every `Setting` of every algorithm, crossbar and hybrid synapse, a parameter of several once."""
    from neurosim.wrappers.devices.crossbar import CROSSBAR
    from neurosim.wrappers.devices.hybrid import SETTABLE
    from neurosim.wrappers.training.algorithm import ALGORITHMS

    found = {}
    for algorithm in map(resolve, ALGORITHMS.values()):
        for parameter in algorithm.settings.parameters():
            if parameter.section:
                found[parameter.name, ""] = Setting(parameter, tuple(flags(parameter)), parameter.section)
    for option, table in (("--crossbar-set", CROSSBAR), ("--hybrid-set", SETTABLE)):
        for parameter in table.values():
            found[parameter.name, option] = Setting(parameter, (f"{option} {parameter.name}=...",), option)
    return list(found.values())


def called(name, among=None):
    """Settings with this name, or of this group."""
    return [setting for setting in among or settings() if setting.is_called(name) or setting.group == name]


def check_names(words, option):
    """Refuse NAME=VALUE words about the chip whose name is one of a training.

    Raises
    ------
    NeurosimError
        The sentence names the option that sets it.
    """
    from neurosim.design.parameters import PARAMETERS, SWITCHES

    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or name in {**PARAMETERS, **PARAMETERS.by_reference, **SWITCHES}:
            continue
        if not PARAMETERS.meant_by(name, value) and (found := [s for s in called(name) if s.is_called(name)]):
            raise NeurosimError(
                f"{option} {word}: {name!r} is no design parameter but one of a training; give it to "
                f"`neurosim train` as {found[0].words[0]}"
            )
