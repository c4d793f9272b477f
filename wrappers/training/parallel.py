"""Threads: each takes its own part of the images through compiled kernels and single-threaded matrix products.

That keeps a part in the cache of its core and needs no meeting of threads inside a matrix product.
"""

import contextlib
import ctypes
import functools
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

from numpy.linalg import lapack_lite

from neurosim import processors

LANES = 8   # accumulators of a sum whose order must not depend on the number of threads


@functools.cache
def threads():
    """Number of threads, asked for once: the pool is made for it."""
    return processors.threads()


@functools.cache
def _pool():
    return ThreadPoolExecutor(threads(), thread_name_prefix="training")


def run(tasks):
    """Call every function of a sequence, some at the same time; the first in this thread. Tasks must not nest."""
    first, *others = tasks
    if threads() == 1:
        for task in tasks:
            task()
        return
    futures = [_pool().submit(task) for task in others]
    try:
        first()
    finally:
        for future in futures:
            future.result()


def over_slices(function, count, *, least=1):
    """Call `function(first, last)` over 0 ... count in even slices of at least `least`, one a thread.

    The slices are independent of each other, so results do not depend on the number of threads.
    """
    parts = max(1, min(threads(), count // max(least, 1)))
    edges = [count * part // parts for part in range(parts + 1)]
    run([functools.partial(function, first, last) for first, last in itertools.pairwise(edges)])


def over_blocks(function, blocks):
    """Call `function(worker, first, last)` for every (first, last); who is free takes the next block.

    `worker` numbers the thread, for its buffers.
    """
    left, lock = iter(blocks), threading.Lock()

    def work(worker):
        while True:
            with lock:
                block = next(left, None)
            if block is None:
                return
            function(worker, *block)

    run([functools.partial(work, worker) for worker in range(min(threads(), len(blocks)))])


def over_lanes(function, blocks, lanes):
    """Call `function(lane, blocks of the lane)`, the blocks dealt out to lanes in turn; returns the lanes in use."""
    lanes = min(lanes, len(blocks))
    run([functools.partial(function, lane, blocks[lane::lanes]) for lane in range(lanes)])
    return lanes


# -- the BLAS that NumPy was built with ------------------------------------------------------------

@functools.cache
def _blas():
    """(get, set) for the number of threads of OpenBLAS, or None for another BLAS."""
    try:
        library = ctypes.CDLL(lapack_lite.__file__)     # its symbols include those of the BLAS it needs
    except OSError:
        return None
    for prefix in ("scipy_openblas", "openblas"):
        for suffix in ("64_", ""):
            with contextlib.suppress(AttributeError):
                get = getattr(library, f"{prefix}_get_num_threads{suffix}")
                return get, getattr(library, f"{prefix}_set_num_threads{suffix}")
    return None


_depth = [0, 0]     # nested uses, threads before the first
_depth_lock = threading.Lock()


@contextlib.contextmanager
def own_threads():
    """Matrix products inside run in the calling thread only (where the BLAS is OpenBLAS)."""
    blas = _blas()
    if blas is None:
        yield
        return
    get, set_ = blas
    with _depth_lock:
        if not _depth[0]:
            _depth[1] = get()
            set_(1)
        _depth[0] += 1
    try:
        yield
    finally:
        with _depth_lock:
            _depth[0] -= 1
            if not _depth[0]:
                set_(_depth[1])
