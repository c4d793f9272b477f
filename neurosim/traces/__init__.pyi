# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.traces.network import Layer as Layer
from neurosim.traces.network import Network as Network
from neurosim.traces.traces import LayerTrace as LayerTrace
from neurosim.traces.traces import Trace as Trace
