"""Networks of the trainer, which every command takes: `neurosim.traces.architecture`, by the name that it had."""

from neurosim.traces.architecture import KEYS, LARGEST, NAME, Architecture, WeightLayer

__all__ = ["KEYS", "LARGEST", "NAME", "Architecture", "WeightLayer"]
