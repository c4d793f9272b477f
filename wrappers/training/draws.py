"""Random draws of the trainer: seeded generators, or given arrays in their place.

Each purpose and layer has a generator of its own, so that layers can draw in any order. `GivenDraws` replays
recorded draws.
"""

import math

import numpy as np

from neurosim.errors import NeurosimError

PURPOSES = ("weights", "device", "rounding", "cycle", "retention", "variation", "process", "stuck", "leak", "charge",
            "write")


class Draws:
    """Seeded random draws.

    Parameters
    ----------
    seed : int
        From 0.
    """

    def __init__(self, seed=117):
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise NeurosimError(f"seed = {seed!r} is out of range; it takes whole numbers from 0 on")
        self.seed = int(seed)
        self._generators = {}

    def generator(self, purpose, layer):
        """The generator of a purpose (see `PURPOSES`) and layer."""
        if purpose not in PURPOSES:
            raise NeurosimError(f"no draws are called {purpose!r}; there are {', '.join(PURPOSES)}")
        key = (PURPOSES.index(purpose), int(layer))
        if key not in self._generators:
            sequence = np.random.SeedSequence(self.seed, spawn_key=key)
            self._generators[key] = np.random.Generator(np.random.SFC64(sequence))
        return self._generators[key]

    def weights(self, layer, shape, reach):
        """Initial weights, uniform in -reach ... reach."""
        values = self.generator("weights", layer).random(shape, np.float32)
        values *= np.float32(2 * reach)
        values -= np.float32(reach)
        return values

    def device(self, layer, shape, sigma):
        """Device-to-device deviation of the nonlinearity label of every weight, N(0, sigma^2)."""
        return self.generator("device", layer).standard_normal(shape, np.float32) * np.float32(sigma)

    def rounding(self, layer, shape, out=None):
        """Draws of the stochastic rounding, uniform in [0, 1); into `out` where it is given."""
        return self.generator("rounding", layer).random(shape, np.float32, out=out)

    def cycle(self, layer, moved, sigma):
        """Cycle-to-cycle noise of the weights at the flat positions `moved`, N(0, sigma^2); None for sigma 0."""
        if sigma == 0:
            return None
        return self.generator("cycle", layer).standard_normal(len(moved), np.float32) * np.float32(sigma)

    def retention(self, layer, shape, region=...):
        """Direction of the random drift of every cell in a region of an array of this shape: -1, 0 or 1."""
        return self.generator("retention", layer).integers(-1, 2, _shape_of(shape, region), np.int8)

    def variation(self, layer, shape, sigma, region=...):
        """Relative conductance error of every cell in a region for one read-out, N(0, sigma^2)."""
        values = self.generator("variation", layer).standard_normal(_shape_of(shape, region), np.float32)
        return values * np.float32(sigma)

    def process(self, layer, shape, sigma):
        """Factor on the conductance of every cell of a layer's arrays, max(0, 1 + N(0, sigma^2))."""
        values = self.generator("process", layer).standard_normal(shape, np.float32)
        values *= np.float32(sigma)
        values += np.float32(1)
        return np.maximum(values, 0, out=values)

    def stuck(self, layer, shape, on, off):
        """Cells that are stuck: 1 with probability `on` (at the highest conductance), 2 with `off`, else 0; int8."""
        values = self.generator("stuck", layer).random(shape, np.float32)
        return (values < on) + np.int8(2) * ((values >= on) & (values < on + off))

    def leak(self, layer, shape, sigma):
        """Relative deviation of the retention time of every volatile cell, N(0, sigma^2)."""
        return self.generator("leak", layer).standard_normal(shape, np.float32) * np.float32(sigma)

    def charge(self, layer, count):
        """Noise of the update of `count` volatile cells, N(0, 1)."""
        return self.generator("charge", layer).standard_normal(count, np.float32)

    def write(self, layer, count):
        """Noise of `count` devices written in a transfer, N(0, 1)."""
        return self.generator("write", layer).standard_normal(count, np.float32)

    def state(self):
        """Where every generator stands, as {name: array of uint64} to be saved."""
        state = {"seed": np.array([self.seed & 0xFFFFFFFFFFFFFFFF], np.uint64)}
        for (purpose, layer), generator in sorted(self._generators.items()):
            inner = generator.bit_generator.state
            state[f"{PURPOSES[purpose]}{layer}"] = np.array(
                [*inner["state"]["state"], inner["has_uint32"], inner["uinteger"]], np.uint64
            )
        return state

    def restore(self, state):
        """Continue from what `state` returned; a `NeurosimError` where it is of something else."""
        if "seed" not in state:
            raise NeurosimError("the state has no seed of the random draws; it is of something else")
        self.seed = int(state["seed"][0])
        self._generators = {}
        for name, words in state.items():
            if name == "seed":
                continue
            purpose = name.rstrip("0123456789")
            bits = self.generator(purpose, int(name[len(purpose):])).bit_generator
            inner = bits.state
            inner["state"]["state"] = np.array(words[:4], np.uint64)
            inner["has_uint32"], inner["uinteger"] = int(words[4]), int(words[5])
            bits.state = inner


class GivenDraws(Draws):
    """Draws taken from given arrays, in order; what is not given is drawn.

    Parameters
    ----------
    seed : int
        For what is not given.
    **given : {layer: sequence of arrays} for a purpose
        `rounding`, `cycle` (of the weight's shape, already times sigma), `device` (times sigma), `weights`,
        `retention`, `variation` (times sigma): the array of each call in turn.

    Raises
    ------
    NeurosimError
        A purpose that there is not, a layer that draws more often than arrays were given, or an array of another size
        than the weights of its layer.
    """

    def __init__(self, seed=117, **given):
        super().__init__(seed)
        unknown = set(given) - set(PURPOSES)
        if unknown:
            raise NeurosimError(f"no draws are called {', '.join(sorted(unknown))}; there are {', '.join(PURPOSES)}")
        self._given = {
            (purpose, layer): iter(arrays) for purpose, layers in given.items() for layer, arrays in layers.items()
        }

    def _next(self, purpose, layer, shape):
        """The next given array in this shape; None where none are given."""
        if (purpose, layer) not in self._given:
            return None
        try:
            given = np.asarray(next(self._given[purpose, layer]))
        except StopIteration:
            raise NeurosimError(
                f"layer {layer} draws more often for {purpose!r} than arrays were given; give one for each batch"
            ) from None
        if shape is None:
            return given
        if given.size != math.prod(shape):
            raise NeurosimError(
                f"the draws for {purpose!r} of layer {layer} have shape {given.shape}; its weights have {tuple(shape)}"
            )
        return given.reshape(shape)

    def weights(self, layer, shape, reach):
        given = self._next("weights", layer, shape)
        return super().weights(layer, shape, reach) if given is None else given.astype(np.float32)

    def device(self, layer, shape, sigma):
        given = self._next("device", layer, shape)
        return super().device(layer, shape, sigma) if given is None else given

    def rounding(self, layer, shape, out=None):
        given = self._next("rounding", layer, shape)
        return super().rounding(layer, shape, out) if given is None else np.ascontiguousarray(given, np.float32)

    def cycle(self, layer, moved, sigma):
        given = self._next("cycle", layer, None)
        if given is None:
            return super().cycle(layer, moved, sigma)
        if len(moved) and moved[-1] >= given.size:
            raise NeurosimError(f"the draws for 'cycle' of layer {layer} are {given.size}, fewer than its weights")
        return given.reshape(-1)[moved]

    def retention(self, layer, shape, region=...):
        given = self._next("retention", layer, shape)
        return super().retention(layer, shape, region) if given is None else given[region]

    def variation(self, layer, shape, sigma, region=...):
        given = self._next("variation", layer, shape)
        return super().variation(layer, shape, sigma, region) if given is None else given[region]


def _shape_of(shape, region):
    """Shape of a region of an array, without the array."""
    return np.broadcast_to(np.int8(0), shape)[region].shape
