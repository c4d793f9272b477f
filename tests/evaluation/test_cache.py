"""Reuse: several designs at once, and statistics kept in memory and on disk."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from small import OPTIONS, arrays, design, evaluate_in, network, trace

from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.evaluation.cache import SUFFIX, Cache
from neurosim.evaluation.flow import evaluate, evaluate_many
from neurosim.traces.traces import Trace

VARIANTS = [
    {},
    {"node": 22, "roadmap": "HP"},
    {"temperature": 350, "adc_levels": 16},
    {"columns_per_adc": 4, "pe_buffer_sram": True},
    {"memory": "SRAM"},
    {"read_mode": "sequential", "adc_levels_ag": 32},
    {"training": False},
    {"array_columns": 64},
    {"resistance_off": 5e6, "levels_ltp": 64},
]


def _results(report):
    return report.to_reference(), report.to_text()


def _same_trace():
    return trace(network(), design())


def test_many_designs_at_once_give_what_each_gives_alone():
    designs = [design(**options) for options in VARIANTS]
    together = evaluate_many(designs, network(), _same_trace())
    alone = [evaluate(chosen, network(), _same_trace()) for chosen in designs]
    assert [_results(report) for report in together] == [_results(report) for report in alone]
    assert [report.design for report in together] == designs


def test_progress_counts_the_layers_of_every_group():
    seen = []
    designs = [design(), design(node=22), design(memory="SRAM")]
    evaluate_many(designs, network(), _same_trace(), progress=lambda *step: seen.append(step))
    assert seen == [(n, 6) for n in range(7)]


def test_a_design_that_cannot_be_evaluated_is_named_by_its_place():
    with pytest.raises(NeurosimError, match="design 2: array_rows = 128 is too large"):
        evaluate_many([design(), Design()], network(), _same_trace())


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_results_do_not_depend_on_the_number_of_threads(threads, monkeypatch):
    expected = _results(evaluate(design(), network(), _same_trace()))
    monkeypatch.setenv("NEUROSIM_THREADS", threads)
    assert _results(evaluate(design(), network(), _same_trace())) == expected


def test_a_cache_changes_nothing_and_is_used(tmp_path):
    expected = [_results(evaluate(design(**options), network(), _same_trace())) for options in VARIANTS]
    for cache in (Cache(), Cache(tmp_path), Cache(tmp_path), Cache(tmp_path, memory=0)):
        for _ in range(2):
            for options, result in zip(VARIANTS, expected, strict=True):
                assert _results(evaluate(design(**options), network(), _same_trace(), cache=cache)) == result
        assert cache.hits >= len(VARIANTS) * len(network())
    assert Cache(tmp_path, memory=0).misses == 0


def test_only_the_adc_is_new_for_another_number_of_levels():
    cache = Cache()
    evaluate(design(), network(), _same_trace(), cache=cache)
    held = len(cache._held)
    evaluate(design(temperature=390), network(), _same_trace(), cache=cache)
    assert len(cache._held) == held
    evaluate(design(adc_levels=32), network(), _same_trace(), cache=cache)
    assert len(cache._held) == held + len(network())


def test_another_content_is_another_entry():
    cache = Cache()
    layers = arrays(network())
    first = evaluate(design(), network(), Trace.from_arrays(layers, network(), 8), cache=cache)
    layers[1][0][0, 0] += 1 / 16
    second = evaluate(design(), network(), Trace.from_arrays(layers, network(), 8), cache=cache)
    assert first.totals != second.totals
    assert cache.hits == len(network()) - 1


def test_files_are_known_by_their_content(tmp_path):
    layers, files = arrays(network()), []
    for n, (weight, old, inputs) in enumerate(layers):
        names = [tmp_path / f"{name}{n}.csv" for name in ("weight", "weightOld", "input")]
        for name, values, form in zip(names, (weight, old, inputs), ("%10.5f", "%10.5f", "%d"), strict=True):
            np.savetxt(name, values, fmt=form, delimiter=",")
        files.append((*names, 0.3))
    recorded = Trace.from_files(files, network(), 8)
    before = recorded.fingerprint(0)
    files[0][2].write_bytes(files[0][2].read_bytes() + b"\n")
    assert recorded.fingerprint(0) != before
    assert recorded.fingerprint(1) == Trace.from_files(files, network(), 8).fingerprint(1)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", None])
def test_a_damaged_entry_is_dropped_and_measured_again(tmp_path, damage):
    expected = _results(evaluate(design(), network(), _same_trace(), cache=Cache(tmp_path)))
    for file in tmp_path.glob("*" + SUFFIX):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(bytes(content) if damage is None else damage)
    cache = Cache(tmp_path)
    assert _results(evaluate(design(), network(), _same_trace(), cache=cache)) == expected
    assert cache.misses == len(network())
    assert _results(evaluate(design(), network(), _same_trace(), cache=Cache(tmp_path))) == expected


RUN = []


class Witness:
    """Leaves a word in `RUN` when it is unpickled."""

    def __reduce__(self):
        return exec, (f"import {__name__} as tests; tests.RUN.append(1)",)


def test_nothing_that_lies_in_a_cache_is_run(tmp_path):
    expected = _results(evaluate(design(), network(), _same_trace(), cache=Cache(tmp_path)))
    for file in tmp_path.glob("*" + SUFFIX):
        with open(file, "wb") as opened:
            np.savez(opened, checksum=np.array([Witness()], object))
    assert _results(evaluate(design(), network(), _same_trace(), cache=Cache(tmp_path))) == expected
    assert RUN == []


def test_memory_and_disk_are_bounded(tmp_path):
    cache = Cache(tmp_path, memory=40_000, disk=100_000)
    for seed in range(6):
        evaluate(design(), network(), trace(network(), design(), seed=seed), cache=cache)
        assert cache._size <= 40_000
        assert cache._size == sum(array.nbytes for entry in cache._held.values() for array in entry.values())
        assert sum(file.stat().st_size for file in tmp_path.glob("*" + SUFFIX)) <= 100_000


def test_a_folder_that_cannot_be_one_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NeurosimError, match="the cache folder cannot be used"):
        Cache(tmp_path / "file" / "cache")


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    expected = _results(evaluate(design(), network(), _same_trace()))
    assert _results(evaluate(design(), network(), _same_trace(), cache=Cache(tmp_path))) == expected
    assert not list(tmp_path.iterdir())


def test_processes_share_a_folder(tmp_path):
    nodes = [32, 22, 32, 65, 22, 32]
    # The function lies in a module that a new process finds; an executor, unlike a Pool, says so when it does not.
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        got = list(pool.map(evaluate_in, [tmp_path] * len(nodes), nodes))
    assert got == [evaluate(design(node=node), network(), _same_trace()).totals for node in nodes]
    assert not list(tmp_path.glob("*.part"))


def test_a_report_keeps_its_own_design():
    reports = evaluate_many([design(), replace(design(), node=22)], network(), _same_trace())
    assert [report.design.node for report in reports] == [32, 22]


def test_a_sweep_writes_a_row_a_design(tmp_path, capsys):
    from golden import write_bits, write_weights

    from neurosim.commands.line import main

    (tmp_path / "NetWork.csv").write_text(network().to_csv())
    words = []
    for n, (weight, old, inputs) in enumerate(arrays(network())):
        words += [str(tmp_path / f"{name}{n}.csv") for name in ("weight", "weightOld", "input")]
        write_weights(words[-3], weight)
        write_weights(words[-2], old)
        write_bits(words[-1], inputs)
        words.append(str(inputs.mean()))
    settings = [f"--set={name}={value}" for name, value in design().to_dict().items() if name in OPTIONS]
    table, picture = tmp_path / "sweep.csv", tmp_path / "sweep.png"
    common = ["sweep", "--network", str(tmp_path / "NetWork.csv"), *settings, "--quiet"]
    common += ["--cache", str(tmp_path / "cache")]
    varied = ["--vary", "node=32,22", "--vary", "array_rows=16,32,4096"]
    assert main([*common, *varied, "--out", str(table), "--plot", str(picture), *words]) == 0
    import pandas as pd

    rows = pd.read_csv(table)
    designs = list(zip(rows["node"], rows["array_rows"], strict=True))
    assert designs == [(n, r) for n in (32, 22) for r in (16, 32, 4096)]
    assert rows["problem"].str.contains("array_rows = 4096 is too large").sum() == 2
    alone = evaluate(design(node=22), network(), _same_trace())
    row = rows[(rows["node"] == 22) & (rows["array_rows"] == 32)].iloc[0]
    assert row["forward_energy [J]"] == pytest.approx(alone.totals["forward_energy"], rel=1e-9)
    assert picture.stat().st_size > 5000
    assert "node=32 array_rows=4096: array_rows = 4096 is too large" in capsys.readouterr().err
    assert main([*common, "--vary", "nod=1", *words]) == 2
    assert "'nod' is no design parameter (did you mean 'node'?)" in capsys.readouterr().err
    assert main([*common, "--vary", "node=", *words]) == 2
