# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.circuits.hybrid import BASELINE as BASELINE
from neurosim.circuits.hybrid import HYBRID_MEMORIES as HYBRID_MEMORIES
from neurosim.circuits.hybrid import HYBRID_PARAMETERS as HYBRID_PARAMETERS
from neurosim.circuits.hybrid import HybridCell as HybridCell
from neurosim.evaluation.hybrid_comparison import compare as compare
from neurosim.evaluation.hybrid_comparison import pair_of_designs as pair_of_designs
from neurosim.report.hybrid_report import batch_latency as batch_latency
from neurosim.report.hybrid_report import batch_time as batch_time
