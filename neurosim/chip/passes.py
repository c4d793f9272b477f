"""Which passes a layer makes in an epoch, and how often its features travel in each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passes:
    """The passes of one layer.

    Attributes
    ----------
    training : bool
        Whether weight gradients and updates follow.
    backward : bool
        Whether it passes errors on to the layer before it: the activation gradient.
    trees_in_every_pass : bool
        Whether the adder trees of processing elements count in the split as often as they work.
    """

    training: bool
    backward: bool
    trees_in_every_pass: bool = False

    @classmethod
    def of(cls, design, index):
        """Those of layer `index` (from 0) of a network on a chip of this `Design`."""
        rules = design.rules
        backward = design.training and (index > 0 or rules.gradient_to_image)
        return cls(design.training, backward, rules.trees_in_every_pass)

    @property
    def reads(self):
        """Items of `Cost` that reading the arrays counts for."""
        return ("forward", "activation_gradient") if self.backward else ("forward",)

    @property
    def peaks(self):
        """The same and their peaks."""
        return tuple(name for step in self.reads for name in (step, f"peak_{step}"))

    @property
    def trees(self):
        """(time, energy): how often the split counts the adder tree of a processing element.

        Quirk Q31: once, and without training its time not at all, unless trees count in every pass.
        """
        if self.trees_in_every_pass:
            return (len(self.reads), len(self.reads))
        return (1 if self.training else 0, 1)

    @property
    def buffered(self):
        """(forward, activation gradient, weight gradient): moves of the features through the global buffer.

        Up and down in every pass of a training; an image of an inference only comes in.
        """
        return (2 if self.training else 1, 2 if self.backward else 0, 2 if self.training else 0)

    @property
    def sent(self):
        """(forward, activation gradient): moves of the features over the global H-tree."""
        return (1, 1 if self.backward else 0)

    @property
    def stored(self):
        """(forward, activation gradient, weight gradient): moves of the features to the DRAM and back, in training."""
        return (2, 2 if self.backward else 0, 2)
