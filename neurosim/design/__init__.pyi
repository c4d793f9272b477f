# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.design.design import Design as Design
