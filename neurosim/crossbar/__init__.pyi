# Written by scripts/write_stubs.py from the table of public names: change that one.

from neurosim.crossbar.tiles import cell_conductances as cell_conductances
from neurosim.crossbar.tiles import gain as gain
from neurosim.crossbar.tiles import real_numbers as real_numbers
from neurosim.crossbar.tiles import tile as tile
from neurosim.crossbar.tiles import tile_vectors as tile_vectors
from neurosim.crossbar.tiles import untile as untile
from neurosim.crossbar.tiles import whole_number as whole_number
from neurosim.crossbar.transfer import WARN_AT as WARN_AT
from neurosim.crossbar.transfer import Interpolated as Interpolated
from neurosim.crossbar.transfer import NodeVoltages as NodeVoltages
from neurosim.crossbar.transfer import SeverityWarning as SeverityWarning
from neurosim.crossbar.transfer import Wires as Wires
from neurosim.crossbar.transfer import node_voltages as node_voltages
from neurosim.crossbar.transfer import severity as severity
from neurosim.crossbar.transfer import transfer_matrix as transfer_matrix
