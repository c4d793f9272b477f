# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.chip.chip import Chip as Chip
from neurosim.chip.mapping import floorplan as floorplan
