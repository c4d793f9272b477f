"""The cells of an array and the wires between them.

A line of an array is a distributed RC wire with the gates or drains of its cells on it (Chen, Peng, Yu, "NeuroSim",
IEEE TCAD 37(12), 2018).
"""

cimport cython
from libc.math cimport log

from neurosim._layout cimport Circuit
from neurosim.errors import NeurosimError
from neurosim.technology import layout
from neurosim.technology import wires as wire_table
from neurosim.technology._transistor cimport (
    INV, NMOS, PMOS, Technology, gate_leakage, horowitz, on_resistance,
)

cdef double STEEP = 1e20            # slope of an ideal input edge [1/s]
cdef double SETTLED = 0.2           # a drop of 15 to 20 % on the bit line can be sensed: part of a time constant


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef class CellArray(Circuit):
    """A rectangle of memory cells with its word lines, bit lines and source lines.

    Parameters
    ----------
    tech : Technology
    cell : PlacedCell, built in the same process
    rows, columns : number of cells
    wire_resistance : of the wires [ohm/m]
    relax_height, relax_width : stretch cells to what the row drivers or the column drivers need
    """

    def __init__(self, Technology tech not None, cell, int rows, int columns, *, double wire_resistance,
                 bint relax_height=False, bint relax_width=False):
        cdef double height = cell.cell.height
        cdef double width = cell.cell.width
        cdef double least_height = layout()["cell"]["height"]
        cdef double least_width = (tech.gap_gate + tech.poly_width) * 2
        cdef double node = tech.feature_size
        cdef double pitch = cell.cell.feature_size
        cdef bint latch = cell.cell.kind.volatile
        if rows < 1 or columns < 1:
            raise NeurosimError(f"an array needs at least one row and one column, not {rows} x {columns}")
        self.tech = tech
        self.cell = cell
        self.rows = rows
        self.columns = columns
        if not latch:
            least_width *= 2        # a switch matrix has two pass gates a column
        if latch or cell.cell.has_transistor:
            self.column_length = rows * (larger(height, least_height) if relax_height else height) * node
            self.row_length = columns * (larger(width, least_width) if relax_width else width) * node
        else:
            # Quirk C35: a cross-point is drawn at the pitch of its own parameter, not at that of the process.
            self.column_length = rows * height * pitch
            self.row_length = columns * width * pitch
            if relax_height:
                self.column_length = rows * larger(height * pitch, least_height * node)
            if relax_width:
                self.row_length = columns * larger(width * pitch, least_width * node)
        self._wires(wire_resistance)

    cdef int _wires(self, double wire_resistance) except -1:
        cdef double capacitance = wire_table()["capacitance"]
        cdef double length = wire_table()["capacitance_length"]
        self.cap_row = self.cap_word_line = self.row_length * capacitance / length
        self.cap_column = self.cap_column_wire = self.column_length * capacitance / length
        self.row_resistance = self.row_length * wire_resistance
        self.column_resistance = self.column_length * wire_resistance
        self._outline(self.column_length, self.row_length)
        return 0


@cython.final
cdef class SRAMCells(CellArray):
    """Six-transistor cells: two cross-coupled inverters and two access transistors each.

    Parameters as of `CellArray`. Quirk C36: the leakage is that of the inverters alone.
    """

    def __init__(self, Technology tech not None, cell, int rows, int columns, *, double wire_resistance,
                 bint relax_height=False, bint relax_width=False):
        CellArray.__init__(self, tech, cell, rows, columns, wire_resistance=wire_resistance,
                           relax_height=relax_height, relax_width=relax_width)
        cdef double width_n = cell.cell.width_nmos * tech.feature_size
        cdef double width_p = cell.cell.width_pmos * tech.feature_size
        cdef double driver = on_resistance(tech, width_n, NMOS)
        self.cap_storage = cell.cap_storage
        self.cap_access = cell.cap_access_drain
        self.pull_down = cell.access_resistance + driver
        # Half of the swing on each of the two bit lines
        self.swing = log(tech.vdd / (tech.vdd - cell.cell.min_sense_voltage / 2))
        self.flip_resistance = (driver + on_resistance(tech, width_p, PMOS)) / 2
        self.leakage = gate_leakage(tech, INV, 1, width_n, width_p) * tech.vdd * 2
        self.leakage *= rows * columns

    cpdef double discharge_time(self, double load, double resistance, double ramp) noexcept nogil:
        """Time [s] in which a cell brings a bit line (load [F], resistance [ohm]) to the swing that can be sensed.

        `ramp` is the slope of the word line [1/s]. The delay of one stage (Horowitz) with

            tau = (R_cell (C_access + C_line) + R_line C_line / 2) ln(V_dd / (V_dd - V_sense / 2))
        """
        cdef double tau = self.pull_down * (self.cap_access + load) + resistance * load / 2
        return horowitz(tau * self.swing, ramp).delay

    cpdef double flip_time(self) noexcept nogil:
        """Time [s] in which a cell changes its state."""
        return horowitz(self.flip_resistance * self.cap_storage, STEEP).delay

    cpdef double flip_energy(self) noexcept nogil:
        """Energy [J] in which both nodes of a cell change their state, E = 2 C V_dd^2."""
        return self.cap_storage * self.tech.vdd * self.tech.vdd * 2


@cython.final
cdef class NVMCells(CellArray):
    """RRAM or FeFET cells, with an access transistor each (1T1R) or as a cross-point.

    Parameters as of `CellArray`.
    """

    def __init__(self, Technology tech not None, cell, int rows, int columns, *, double wire_resistance,
                 bint relax_height=False, bint relax_width=False):
        CellArray.__init__(self, tech, cell, rows, columns, wire_resistance=wire_resistance,
                           relax_height=relax_height, relax_width=relax_width)
        self.resistance_on = cell.resistance_on
        self.resistance_average = cell.resistance_average
        self.read_voltage = cell.cell.read_voltage
        self.write_pulse = cell.cell.write_pulse
        self.cap_row_drains = self.cap_row + cell.cap_access_drain * columns
        if cell.cell.has_transistor:
            self.cap_word_line += cell.cap_access_gate * columns
            self.cap_column += cell.cap_access_drain * rows

    cpdef double settling_time(self, double load, double resistance) noexcept nogil:
        """Time [s] until the current through `resistance` [ohm] can be sensed behind a line of `load` [F].

        t = 0.2 R C.
        """
        return load * resistance * SETTLED

    cpdef double line_energy(self, double bit_lines, double word_lines) noexcept nogil:
        """Energy [J] that charges bit lines to the read voltage and word lines to the supply.

        E = bit_lines C_bit V_read^2 + word_lines C_word V_dd^2.
        """
        cdef double vdd = self.tech.vdd
        return (self.cap_column_wire * self.read_voltage * self.read_voltage * bit_lines
                + self.cap_word_line * vdd * vdd * word_lines)
