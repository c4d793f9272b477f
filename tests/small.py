"""Small designs, networks and traces for tests."""

import numpy as np

from neurosim.design.design import Design
from neurosim.evaluation.cache import Cache
from neurosim.evaluation.flow import evaluate
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace

NETWORK = [[8, 8, 16, 3, 3, 32, 0, 1], [5, 5, 32, 3, 3, 64, 1, 1], [1, 1, 64, 1, 1, 10, 0, 1]]
OPTIONS = {
    "array_rows": 32,
    "array_columns": 32,
    "wg_array_rows": 16,
    "wg_array_columns": 16,
    "global_buffer_rows": 32,
    "global_buffer_columns": 32,
}


def design(**options):
    """A design whose arrays are small enough for `NETWORK`."""
    return Design(**{**OPTIONS, **options})


def arrays(network, input_bits=8, seed=0, ones=0.3, synapse_bits=5):
    """Seeded weights, old weights and inputs of every layer."""
    random = np.random.default_rng(seed)
    top = 2 ** (synapse_bits - 1)
    layers = []
    for layer in network:
        shape = layer.matrix_rows, layer.outputs
        weight = random.integers(1 - top, top, shape) / top
        step = random.integers(-2, 3, shape) / top * (random.random(shape) < 0.4)
        old = np.clip(weight + step, -1 + 1 / top, 1 - 1 / top)
        inputs = (random.random((layer.matrix_rows, layer.vectors * input_bits)) < ones).astype(np.uint8)
        layers.append((weight, old, inputs))
    return layers


def network():
    return Network(NETWORK)


def trace(network, design, seed=0, **options):
    """A `Trace` in memory; see `arrays`."""
    layers = arrays(network, design.input_bits, seed, synapse_bits=design.synapse_bits, **options)
    return Trace.from_arrays(layers, network, design.input_bits)


def evaluate_in(folder, node):
    """Totals of the small network at a node, with the cache in `folder`; for processes of their own."""
    chosen = design(node=node)
    return evaluate(chosen, network(), trace(network(), design()), cache=Cache(folder)).totals
