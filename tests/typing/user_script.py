"""Every public name as a user would use it, with types: checked strictly by mypy, and run."""

import tempfile
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import neurosim
from neurosim import (
    Cache,
    Design,
    Layer,
    Network,
    NeurosimError,
    NeurosimWarning,
    Plan,
    Report,
    Trace,
    circuits,
    crossbar,
    technology,
)
from neurosim import hybrid as synapses

ROWS: list[tuple[int, ...]] = [(6, 6, 12, 3, 3, 128, 0, 1), (1, 1, 128, 1, 1, 10, 0, 1)]
SMALL = Design(
    array_rows=32, array_columns=32, wg_array_rows=16, wg_array_columns=16, novel_mapping=False, correct="all"
)


def recorded(network: Network, bits: int) -> Trace:
    """Random weights and inputs."""
    dice = np.random.default_rng(0)
    layers: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], float | None]] = []
    for layer in network:
        assert_type(layer, Layer)
        shape = layer.matrix_rows, layer.outputs
        weights = dice.integers(-15, 16, (2, *shape)) / 16
        layers.append((weights[0], weights[1], dice.random((shape[0], layer.vectors * bits)) < 0.3, None))
    return Trace.from_arrays(layers, network, bits)


def made_up(design: Design) -> float:
    """A network without recorded traces, on a chip that it fits [J]."""
    network = Network(ROWS)
    fitted = design.fitted(network)
    assert_type(fitted, Design)
    trace = Trace.synthetic(network, fitted, activity=[0.2, 0.1], seed=1)
    report = neurosim.evaluate(fitted, network, trace)
    told: dict[str, str] = report.noticed
    assert report.synthetic and not told
    return report.totals["forward_energy"]


def designs() -> list[Design]:
    """Made, changed, written and read again."""
    fast = SMALL.replace(node=22, roadmap="HP", read_voltage=0.4, training=False, memory="FeFET")
    settled = fast.with_settings(["node=45", "pipeline=true"])
    given: dict[str, object] = settled.given
    assert given["node"] == 45 and settled.node + 1 == 46 and settled.roadmap == "HP"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "design.toml"
        path.write_text(settled.to_toml())
        again = Design.from_file(path, warn=print, batch_size=100)
    assert_type(again, Design)
    resistance: float = again.cell_resistances[0] + again.wires.resistance + again.technology.vdd
    assert resistance > 0 and not again.hybrid and again.rules.gradient_to_image
    return [SMALL, again, SMALL.replace(memory=synapses.HYBRID_MEMORIES[0])]


def chip(planned: Plan) -> float:
    """What is known without a trace [m^2]."""
    parts: dict[str, float] = planned.areas
    assert planned.floorplan.tiles and planned.chip.array.rows == planned.design.array_rows
    told: list[str] = [*planned.warnings.values(), *planned.design.doubts.values(), *planned.doubts.values()]
    unsound: dict[str, list[str]] = planned.unsound
    assert not unsound and issubclass(NeurosimWarning, Warning)
    assert len(planned.network) == len(ROWS) and all(told) and planned.to_reference()["area"]
    return parts["total"]


def energy(report: Report) -> float:
    """What a chip takes for an epoch [J]."""
    totals: dict[str, float] = report.totals
    steps: list[str] = [name for name in totals if name.endswith("_energy")]
    rows: int = len(report.layers) + len(report.chip_table)
    text: str = report.to_text() + report.to_json()
    assert rows and text and report.layer_values[0]["forward_latency"] > 0
    parts = report.hybrid
    if parts is not None:
        latency: float = parts.batch_time + synapses.batch_time(report) + synapses.batch_latency(report)
        assert latency > 0 and parts.chip and parts.table is not None
    return sum(totals[name] for name in steps)


def hybrid_synapses(network: Network, trace: Trace) -> None:
    """The cell, and chips with it beside chips without."""
    cell = synapses.HybridCell(significance=4.0, retention_time=0.1, memory="hybrid-3t1c")
    lost: float = cell.forgotten(1e-3) + cell.capacitor + cell.msb_weight
    pair: tuple[Design, Design] = synapses.pair_of_designs(SMALL)
    table = synapses.compare(SMALL, network, trace)
    assert lost > 0 and pair[0].memory == synapses.BASELINE[pair[1].memory] and len(table)
    assert "significance" in synapses.HYBRID_PARAMETERS


def crossbars() -> None:
    """What wires make of a matrix."""
    wires = crossbar.Wires(r_row=3.0)
    weights = np.linspace(-1, 1, 12).reshape(4, 3)
    cells = crossbar.cell_conductances(weights, g_min=1e-6, g_max=1e-4, levels=32)
    tiles = crossbar.tile(cells[0], 2, 2)
    matrices = crossbar.transfer_matrix(tiles, method="auto", **wires.keywords)
    loss: float = float(np.max(crossbar.severity(tiles, **wires.keywords)))
    worst: float = float(np.min(crossbar.gain(matrices, tiles)))
    assert loss < crossbar.WARN_AT and worst > 0
    assert crossbar.untile(tiles, 4, 3).shape == weights.shape
    assert crossbar.tile_vectors(np.ones((5, 4)), 2).shape == (2, 5, 2)
    kept = crossbar.Interpolated(wires, interval=10)
    kept.restore(kept.state())
    assert kept.rebuild(tiles).shape == matrices.shape
    inside: crossbar.NodeVoltages = crossbar.node_voltages(cells[0], 1.0, **wires.keywords)
    assert inside.row.shape == inside.current.shape and issubclass(crossbar.SeverityWarning, Warning)
    assert crossbar.whole_number(3, "count") == len(crossbar.real_numbers([1, 2, 3], "numbers"))


def components() -> None:
    """Circuits by themselves."""
    tech = technology.load(22, "LSTP")
    adder = circuits.Adder(tech, bits=8, count=16)
    slowest: float = adder.latency(1e20, 0.0, 1) + adder.energy(1, 16) + adder.area + adder.leakage
    array = circuits.subarray(tech, circuits.Cell(), 128, 128, read_mode="parallel", wire_resistance=1e7, clock=1e9)
    areas: list[tuple[str, float]] = [(part.name, part.circuit.area) for part in array.parts]
    assert slowest > 0 and areas

    class Counter(circuits.PythonConverter):
        def layout(self) -> tuple[float, float]:
            return self.columns * 50e-12, 0.0

        def conversion(self, resistances: NDArray[np.float64]) -> tuple[float, float]:
            return self.levels * 1e-9, len(resistances) * 1e-12

    circuits.CONVERTERS["counter"] = Counter
    assert chip(neurosim.plan(SMALL.replace(adc="counter"), ROWS)) > 0
    del circuits.CONVERTERS["counter"]


def main() -> None:
    network = Network(ROWS)
    trace = recorded(network, SMALL.input_bits)
    assert chip(neurosim.plan(SMALL, network)) > 0 and neurosim.__version__
    cache = Cache(memory=2**20)
    one: Report = neurosim.evaluate(SMALL, network, trace, progress=lambda done, layers: None, cache=cache)
    many: list[Report] = neurosim.evaluate_many(designs(), network, trace, cache=cache)
    assert "V7" in neurosim.audit(SMALL, network, trace, against="corrected", cache=cache).index
    assert cache.hits + cache.misses > 0 and energy(one) == energy(many[0])
    assert all(energy(report) > 0 for report in many)
    try:
        Network([[1, 2, 3]])
    except NeurosimError as error:
        status: int = error.status
        assert status == 2
    assert made_up(Design()) > 0
    hybrid_synapses(network, trace)
    crossbars()
    components()


if __name__ == "__main__":
    main()
