"""How many processors this process may use: asked for in one place, set by one environment variable."""

import os

VARIABLE = "NEUROSIM_THREADS"


def threads():
    """Threads for evaluations, training and studies: NEUROSIM_THREADS if it is set, else the usable processors."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    return processors()


def processors():
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
