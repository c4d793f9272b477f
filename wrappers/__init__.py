"""How people reach neurosim: the drop-in for the C++ program (`main`), the trainer and studies.

Rooms, each importing only from those after it: `studies`, `wage` (an algorithm), `devices`, `training` (a run, whatever
trains).
"""

from neurosim._names import formerly as _formerly

_formerly({
    "neurosim.wrappers.crossbar_study": "neurosim.wrappers.studies.crossbar",
    "neurosim.wrappers.hybrid_chip": "neurosim.wrappers.wage.hybrid_chip",
    "neurosim.wrappers.hybrid_study": "neurosim.wrappers.studies.hybrid",
    "neurosim.wrappers.study": "neurosim.wrappers.studies.grid",
})
