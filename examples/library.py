"""neurosim as a library: a small network on random data, on four chips.

    python examples/library.py

Everything is in SI units. Real traces come from a trainer: `Trace.from_files`, or arrays shaped as below.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import neurosim

# Rows, columns, channels of the input; kernel rows and columns; outputs; 2 x 2 pooling; stride.
network = neurosim.Network(
    [
        (8, 8, 32, 3, 3, 128, 1, 1),
        (1, 1, 1152, 1, 1, 256, 0, 1),
        (1, 1, 256, 1, 1, 10, 0, 1),
    ]
)
base = neurosim.Design(array_rows=32, array_columns=32, wg_array_rows=32, wg_array_columns=32)


def random_layer(
    layer: neurosim.Layer, input_bits: int, dice: np.random.Generator
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Weights in -1 ... 1 before and after an update, and input bits: a column a bit plane of an input vector."""
    shape = layer.matrix_rows, layer.outputs
    weight_old = dice.integers(-15, 16, shape) / 16
    weight = np.clip(weight_old + dice.integers(-1, 2, shape) / 16, -15 / 16, 15 / 16)
    inputs = dice.random((layer.matrix_rows, layer.vectors * input_bits)) < 0.2
    return weight, weight_old, inputs


dice = np.random.default_rng(1)
trace = neurosim.Trace.from_arrays(
    [random_layer(layer, base.input_bits, dice) for layer in network], network, base.input_bits
)

chips: dict[str, dict[str, Any]] = {
    "RRAM, 32 nm LSTP": {},
    "FeFET": {"memory": "FeFET", "resistance_on": 240e3, "resistance_off": 24e6},
    "SRAM": {"memory": "SRAM"},
    "RRAM, 22 nm HP": {"node": 22, "roadmap": "HP"},
}
print("chip                 area [mm^2]  time [s]  energy [J]  TOPS/W   of one epoch")
for name, change in chips.items():
    report = neurosim.evaluate(base.replace(**change), network, trace)
    steps = ("forward", "activation_gradient", "weight_gradient", "weight_update")
    time = sum(report.totals[f"{step}_latency"] for step in steps)
    energy = sum(report.totals[f"{step}_energy"] for step in steps)
    area, efficiency = report.areas["total"], report.totals["energy_efficiency"]
    print(f"{name:20} {area * 1e6:11.3g} {time:9.3g} {energy:11.3g} {efficiency:7.3g}")

print("\nlayers of the last chip, as a pandas table:")
print(report.layers[["forward_latency [s]", "forward_energy [J]", "adc_energy [J]"]])
