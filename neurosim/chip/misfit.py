"""What is raised where a design and a network do not go together."""

from functools import cached_property

from neurosim.errors import NeurosimError


class Misfit(NeurosimError):
    """A design that cannot hold a network; what helps is tried when the sentence is read.

    Parameters
    ----------
    name : str
        A key of `remedies.REMEDIES`.
    cause : str
        What is wrong.
    design : Design
    network : Network
    """

    def __init__(self, name, cause, design, network):
        super().__init__(cause)
        self.name, self.cause = name, cause
        self._design, self._network = design, network

    @cached_property
    def _sentence(self):
        from neurosim.chip.remedies import remedy

        return f"{self.cause}; use {remedy(self.name, self._design, self._network)}"

    def __str__(self):
        return self._sentence

    def __reduce__(self):
        return NeurosimError, (str(self),)
