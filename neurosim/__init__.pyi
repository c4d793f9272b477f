# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim._version import __version__ as __version__
from neurosim.design.design import Design as Design
from neurosim.errors import NeurosimError as NeurosimError
from neurosim.errors import NeurosimWarning as NeurosimWarning
from neurosim.evaluation.audit import audit as audit
from neurosim.evaluation.cache import Cache as Cache
from neurosim.evaluation.flow import evaluate as evaluate
from neurosim.evaluation.flow import evaluate_many as evaluate_many
from neurosim.report.plan import Plan as Plan
from neurosim.report.plan import plan as plan
from neurosim.report.report import Report as Report
from neurosim.traces.network import Layer as Layer
from neurosim.traces.network import Network as Network
from neurosim.traces.traces import Trace as Trace
