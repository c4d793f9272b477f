"""Threads of the trainer: how many, and what they share."""

import threading

import pytest

from neurosim.processors import processors
from neurosim.wrappers.training import parallel


@pytest.mark.parametrize("variables, wanted", [
    ({"NEUROSIM_THREADS": "3"}, 3), ({"OMP_NUM_THREADS": "7", "OPENBLAS_NUM_THREADS": "7"}, processors()),
    ({"NEUROSIM_THREADS": "none"}, processors()), ({"NEUROSIM_THREADS": "2", "OMP_NUM_THREADS": "1"}, 2),
])
def test_one_variable_decides(variables, wanted, monkeypatch):
    monkeypatch.delenv("NEUROSIM_THREADS", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert parallel.threads.__wrapped__() == wanted


def test_slices_and_blocks_are_taken_once():
    lock, taken = threading.Lock(), []

    def take(*places):
        with lock:
            taken.append(places[-2:])

    parallel.over_slices(take, 1000, least=10)
    assert sorted(taken)[0][0] == 0 and sorted(taken)[-1][1] == 1000
    assert sum(last - first for first, last in taken) == 1000
    taken.clear()
    parallel.over_blocks(take, [(first, first + 5) for first in range(0, 100, 5)])
    assert sorted(taken) == [(first, first + 5) for first in range(0, 100, 5)]


def test_mistakes_in_a_thread_are_not_lost():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        parallel.run([lambda: None, fail])
