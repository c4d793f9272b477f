# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.report.plan import Plan as Plan
from neurosim.report.plan import plan as plan
from neurosim.report.report import Report as Report
