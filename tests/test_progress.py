"""Progress on standard error, and numbers for people."""

import io

import pytest

import neurosim
from neurosim.progress import Progress
from neurosim.units import duration, si


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watch(monkeypatch, stream, network, seconds, **options):
    """Standard error of an evaluation whose layers take `seconds` each."""
    now = [0.0]
    monkeypatch.setattr("neurosim.progress.time.perf_counter", lambda: now[0])
    with Progress(network, stream, **options) as progress:
        for done in range(len(network) + 1):
            progress(done, len(network))
            now[0] += seconds
    return stream.getvalue()


@pytest.fixture
def four_layers():
    return neurosim.Network([[8, 8, 16, 3, 3, 32, 0, 1]] * 4)


def test_a_terminal_gets_one_line_that_goes_away(monkeypatch, four_layers):
    printed = watch(monkeypatch, Terminal(), four_layers, 30.0)
    assert "\n" not in printed
    assert printed.split("\r\x1b[K")[1:] == [
        "layer 1 of 4",
        "layer 2 of 4, about 90 s left",
        "layer 3 of 4, about 60 s left",
        "layer 4 of 4, about 30 s left",
        "",
        "",
    ]


def test_a_pipe_gets_a_line_now_and_then(monkeypatch, four_layers):
    assert watch(monkeypatch, io.StringIO(), four_layers, 0.1) == ""
    printed = watch(monkeypatch, io.StringIO(), four_layers, 1.5).splitlines()
    assert printed == ["neurosim: layer 3 of 4, about 3 s left"]


def test_nobody_watching_gets_nothing(monkeypatch, four_layers):
    assert watch(monkeypatch, io.StringIO(), four_layers, 30.0, terminal_only=True) == ""
    assert watch(monkeypatch, Terminal(), four_layers, 30.0, quiet=True) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 s"), (3.2e-8, "32 ns"), (999.9, "999.9 s"), (1e3, "1 ks"), (-2.5e-3, "-2.5 ms"), (float("inf"), "inf s")],
)
def test_prefixes(value, text):
    assert si(value, "s") == text


def test_waiting_times():
    assert [duration(seconds) for seconds in (0.2, 119, 125)] == ["1 s", "119 s", "2 min 5 s"]
