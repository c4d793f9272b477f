"""What a training run can choose: widths, device, momentum, initial scale, drift."""

from dataclasses import dataclass, field

from neurosim.errors import NeurosimError, check_whole
from neurosim.wrappers.devices.readout import Retention

BETA = {2: 1.5, 5: 24.0, 8: 96.0}   # suggested by Peng et al. for these weight widths


@dataclass(frozen=True)
class Options:
    """Options of the algorithm, with the defaults of the reference.

    Attributes
    ----------
    weight_bits, update_bits : int
        Grid of the weights, and of one update.
    activation_bits, error_bits : int
        Width of activations and errors; -1 bits leave the errors unquantised.
    levels : int
        Conductance states of a device.
    ltp, ltd : float
        Nonlinearity labels of potentiation and depression, -9 to 9.
    cycle_variation : float
        Cycle-to-cycle sigma, as a fraction of the full weight range.
    device_variation : float
        Device-to-device sigma of the nonlinearity label.
    momentum, gradient_share : float
        `v = momentum v + gradient_share g`.
    beta : float, optional
        Initial weights span beta / 2^(weight bits - 1); chosen by the weight width unless given.
    retention : Retention
        Drift of the stored weights.
    """

    weight_bits: int = 5
    update_bits: int = 5
    activation_bits: int = 8
    error_bits: int = 8
    levels: int = 32
    ltp: float = 1.75
    ltd: float = 1.46
    cycle_variation: float = 0.003
    device_variation: float = 0.0
    momentum: float = 0.9
    gradient_share: float = 0.1
    beta: float | None = None
    retention: Retention = field(default_factory=Retention)

    def __post_init__(self):
        for name, low in (("weight_bits", 1), ("update_bits", 1), ("activation_bits", 2), ("error_bits", 2)):
            value = getattr(self, name)
            if name == "error_bits" and value == -1:
                continue
            check_whole(name, value, low, 15)
        check_whole("levels", self.levels, 1, 65536)
        for name in ("cycle_variation", "device_variation"):
            if not 0 <= getattr(self, name) < 100:
                raise NeurosimError(f"{name} = {getattr(self, name)!r} is out of range; it must be 0 or more")
        for name in ("momentum", "gradient_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise NeurosimError(f"{name} = {getattr(self, name)!r} is out of range; it takes numbers from 0 to 1")
        if self.beta is not None and not 0 < self.beta <= 1e6:
            raise NeurosimError(f"beta = {self.beta!r} is out of range; it takes numbers above 0, up to 1e6")

    @property
    def beta_in_force(self):
        """`beta`, or what suits the weight width: weights that reach 0.75 to 1.5."""
        return BETA.get(self.weight_bits, 0.75 * 2 ** (self.weight_bits - 1)) if self.beta is None else self.beta
