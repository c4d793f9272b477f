"""Seeded random designs and networks: all of them are accepted, many of them are odd."""

import random

from neurosim.design.design import Design
from neurosim.design.parameters import NODES, PARAMETERS
from neurosim.errors import NeurosimError
from neurosim.report.plan import Plan, plan
from neurosim.traces.network import Network


def _design(chance, widest):
    """A random design for a network whose widest layer has `widest` outputs."""
    pick, value = chance.choice, {}

    def perhaps(share, name, make):
        if chance.random() < share:
            value[name] = make()

    def any_of(share, name, *values):
        perhaps(share, name, lambda: pick(values))

    any_of(0.6, "node", *NODES)
    any_of(0.5, "roadmap", "HP", "LSTP")
    perhaps(0.5, "temperature", lambda: chance.randint(300, 400))
    any_of(0.3, "wire_width", *PARAMETERS["wire_width"].choices)
    any_of(0.6, "memory", "SRAM", "RRAM", "FeFET")
    any_of(0.3, "access", "cmos", "none", "bjt", "diode")
    any_of(0.5, "read_mode", "sequential", "parallel")
    rows = [size for size in (8, 12, 16, 24, 32) if size <= max(widest // 4, 8)]
    value["array_rows"] = pick(rows)
    value["array_columns"] = pick((value["array_rows"], 16, 32, 64))
    any_of(0.4, "columns_per_adc", 1, 2, 4, 8, 16, 32)
    any_of(0.4, "adc_levels", 1, 2, 4, 8, 16, 32, 50, 64, 128)
    value["synapse_bits"], value["input_bits"] = pick((1, 2, 4, 5, 5, 8)), pick((1, 2, 4, 8, 8))
    any_of(0.7, "cell_bits", 1, 2, 4, 5, 8)
    for name in ("relax_cell_height", "relax_cell_width", "nonlinear_iv", "training", "parallel_backward", "pipeline",
                 "novel_mapping", "chip_activation", "relu", "global_buffer_sram", "pe_buffer_sram"):  # fmt: skip
        any_of(0.4, name, False, True)
    if chance.random() < 0.3:
        value["resistance_on"] = 10 ** chance.uniform(4.5, 6.5)
        value["resistance_off"] = value["resistance_on"] * 10 ** chance.uniform(0.3, 3)
    perhaps(0.3, "levels_ltp", lambda: chance.randint(1, 200))
    perhaps(0.3, "levels_ltd", lambda: chance.randint(1, 200))
    any_of(0.4, "batch_size", 2, 16, 32, 64, 200, 500)
    perhaps(0.3, "iterations", lambda: chance.randint(1, 500))
    any_of(0.3, "rows_per_adc_ag", 1, 2, 4, 8)
    any_of(0.3, "adc_levels_ag", 2, 16, 64, 128)
    value["wg_array_rows"], value["wg_array_columns"] = pick((4, 8, 16)), pick((8, 16, 32))
    any_of(0.3, "rows_per_adc_wg", 1, 2, 4, 8)
    any_of(0.3, "adc_levels_wg", 2, 8, 16, 32)
    any_of(0.3, "buffer_overhead", 0, 0.5, 1, 2, 3)
    any_of(0.3, "pipeline_speedup", 1, 2, 4, 8)
    any_of(0.2, "dram", "GDDR5", "HBM2")
    value["global_buffer_rows"], value["global_buffer_columns"] = pick((16, 32, 128)), pick((16, 32, 128))
    any_of(0.3, "tile_buffer_rows", 4, 8, 32)
    any_of(0.3, "tile_buffer_columns", 8, 32)
    any_of(0.2, "max_global_bus_width", 16.0, 64.0, 1000.0)
    return value


def _network(chance):
    """Rows of a random network, from one layer to four."""
    rows, side, channels = [], chance.choice((5, 6, 8, 10)), chance.choice((1, 3, 8, 16, 32))
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.7:
            kernel = min(chance.choice((1, 3, 3, 3, 5)), side)
            outputs = chance.choice((8, 16, 32, 40, 64, 96))
            stride = chance.choice((1, 1, 1, 2)) if side > kernel else 1
            rows.append([side, side, channels, kernel, kernel, outputs, int(chance.random() < 0.3), stride])
            side = max(3, side - chance.choice((0, 2)))
        else:
            outputs = chance.choice((10, 16, 64))
            rows.append([1, 1, chance.choice((channels, 64, 128)), 1, 1, outputs, 0, 1])
        channels = outputs
    return rows


def accepted(count, seed=0):
    """`count` pairs of parameters and network rows that neurosim accepts."""
    chance, found = random.Random(seed), 0
    while found < count:
        rows = _network(chance)
        parameters = _design(chance, max(row[5] for row in rows))
        try:
            Plan.of(Design(**parameters), Network(rows))
        except NeurosimError as error:
            assert "\n" not in str(error) and len(str(error)) > 20
            continue
        found += 1
        yield parameters, rows


def refused(count, seed=0):
    """`count` calls that make something invalid, each as (what is wrong, function without arguments)."""
    chance = random.Random(seed)
    numbers = [p for p in PARAMETERS.values() if p.kind in (int, float)]
    pairs = list(accepted(50, seed + 1))
    for index in range(count):
        parameters, rows = chance.choice(pairs)
        bad_rows = [list(row) for row in rows]
        row = chance.choice(bad_rows)
        kind = index % 8
        if kind == 0:  # a number out of range, or of no kind a number can be
            parameter = chance.choice(numbers)
            value = chance.choice([-5, float("nan"), float("inf"), -float("inf"), "many", None, [], 1e300, 10**400])
            if not _beyond(parameter, value):
                value = "many"
            what = f"{parameter.name} = {str(value)[:20]}"
            yield what, lambda p={**parameters, parameter.name: value}: Design(**p)
        elif kind == 1:  # a name that is none
            name = "".join(chance.sample("abcdefgxyz_", 7))
            yield name, lambda p={**parameters, name: 1}: Design(**p)
        elif kind == 2:  # a choice that is none
            parameter = chance.choice([p for p in PARAMETERS.values() if p.choices])
            yield parameter.name, lambda p={**parameters, parameter.name: "nothing"}: Design(**p)
        elif kind == 3:  # a field of the network that is no positive whole number
            place = chance.choice((0, 1, 2, 3, 4, 5, 7))
            row[place] = chance.choice([0, -1, 1.5, "x", "", float("nan"), float("inf"), None])
            yield f"network {row}", lambda r=bad_rows: Network(r)
        elif kind == 4:  # a row of another length
            del row[chance.randrange(8) :]
            yield f"network {row}", lambda r=bad_rows: Network(r)
        elif kind == 5:  # a kernel larger than its map
            row[3] = row[0] + 1 + chance.randrange(5)
            yield f"network {row}", lambda r=bad_rows: Network(r)
        elif kind == 6:  # a subarray too large for the hierarchy
            large = {**parameters, "array_rows": 4096}
            yield "array_rows = 4096", lambda p=large, r=rows: plan(Design(**p), Network(r))
        else:  # more rows share a converter than there are
            many = {**parameters, "training": True, "rows_per_adc_ag": parameters["array_rows"] + 1}
            yield "rows_per_adc_ag", lambda p=many, r=rows: plan(Design(**p), Network(r))


def _beyond(parameter, value):
    """Whether a parameter refuses a value."""
    try:
        parameter.check(value)
    except NeurosimError:
        return True
    return False
