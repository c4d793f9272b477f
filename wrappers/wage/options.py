"""What the algorithm can choose: widths, device, momentum, initial scale, drift."""

from neurosim.parameter import Parameter, Table
from neurosim.plausible import SPREAD
from neurosim.record import Record, part
from neurosim.wrappers.devices.readout import Retention

BETA = {2: 1.5, 5: 24.0, 8: 96.0}   # suggested by Peng et al. for these weight widths
MOST_BITS = 15      # wider than this nothing is rounded


def _parameters():
    section = "precision and device"

    def p(name, default, meaning, reference="", **limits):
        return Parameter(name, default, "", meaning, section, reference=reference, **limits)

    yield p("weight_bits", 5, "bits of a weight", "wl_weight", low=1, high=MOST_BITS)
    yield p("update_bits", 5, "bits of a weight update", "wl_grad", low=1, high=MOST_BITS)
    yield p("activation_bits", 8, "bits of an activation", "wl_activate", low=2, high=MOST_BITS)
    yield p("error_bits", 8, "bits of an error; -1 for no quantisation", "wl_error",
            choices=dict.fromkeys((-1, *range(2, MOST_BITS + 1))))
    yield p("levels", 32, "conductance states of a device", "max_level", low=1, high=65536)
    yield p("ltp", 1.75, "nonlinearity label of potentiation, -9 to 9", "nonlinearityLTP", low=-9, high=9)
    yield p("ltd", 1.46, "nonlinearity label of depression; negative for an asymmetric device", "nonlinearityLTD",
            low=-9, high=9)
    yield p("cycle_variation", 0.003, "cycle-to-cycle variation, as a fraction of the weight range", "c2cVari", low=0,
            below=100, plausible=SPREAD)
    yield p("device_variation", 0.0, "device-to-device variation of the nonlinearity labels", "d2dVari", low=0,
            below=100)
    section = ""        # no options of the command
    yield p("momentum", 0.9, "v = momentum v + gradient_share g", low=0, high=1)
    yield p("gradient_share", 0.1, "see momentum", low=0, high=1)
    section = "training"
    yield p("beta", None, "initial weights reach beta / 2^(weight bits - 1); by weight bits unless given", of=float,
            optional=True, above=0, high=1e6)


OPTIONS = Table(_parameters(), "option of the algorithm", "levels=64")


class Options(Record, table=OPTIONS):
    """Options of the algorithm, with the defaults of the reference; `retention` is the drift of the stored weights."""

    retention: Retention = part(Retention)

    @property
    def beta_in_force(self):
        """`beta`, or what suits the weight width: weights that reach 0.75 to 1.5."""
        return BETA.get(self.weight_bits, 0.75 * 2 ** (self.weight_bits - 1)) if self.beta is None else self.beta
