"""The settings of a run that trains with WAGE."""

import dataclasses

from neurosim.errors import NeurosimError
from neurosim.parameter import Parameter, Table
from neurosim.record import part
from neurosim.wrappers.devices.crossbar import Crossbar
from neurosim.wrappers.devices.curve import largest_count
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.devices.readout import READOUT, Readout
from neurosim.wrappers.training import settings
from neurosim.wrappers.training.settings import CORRECTIONS
from neurosim.wrappers.wage.options import Options

__all__ = ["CORRECTIONS", "HYBRID_RATE", "Settings"]

HYBRID_RATE = 1 / 32    # pulses of a hybrid synapse are not drawn at random: they need a rate that suits them


def _parameters():
    rate = settings.RUN["learning_rate"]
    yield dataclasses.replace(rate, meaning=f"{rate.meaning}; {HYBRID_RATE:g} with --hybrid unless given")
    yield Parameter("hardware", False, "", "1: test through cells and ADC; 0: test exactly",
                    READOUT["cell_bits"].section, reference="inference")


TABLE = Table(_parameters(), settings.RUN.what, settings.RUN.example)


class Settings(settings.Settings, table=TABLE, first=("options",)):
    """What a run does; the defaults are those of the reference. `replace` takes the values of `options`, `readout` and
    the retention by their own names, too.

    Attributes
    ----------
    options : Options
    readout : Readout
        Of the tests, where `hardware` asks for it.
    crossbar : Crossbar, optional
        Arrays that are not ideal, in training and test.
    hybrid : Hybrid, optional
        Hybrid-precision synapses instead of one device a weight.
    """

    options: Options = part(Options)
    readout: Readout = part(Readout)
    crossbar: Crossbar | None = part(Crossbar, optional=True)
    hybrid: Hybrid | None = part(Hybrid, optional=True)

    def agree(self):
        if self.hybrid is None:
            largest_count(self.options.levels, self.learning_rate)
        if self.hardware and self.crossbar is not None:
            raise NeurosimError("a network on crossbars is tested through their own converters; leave out hardware")
        if self.hardware:
            self.readout.cells(self.options.weight_bits)
