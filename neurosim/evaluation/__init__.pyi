# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.evaluation.cache import Cache as Cache
from neurosim.evaluation.flow import evaluate as evaluate
from neurosim.evaluation.flow import evaluate_many as evaluate_many
