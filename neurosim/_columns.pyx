"""The loops over data: input vectors x columns (reads) and cells (write pulses)."""

import numpy as np

from libc.math cimport ceil, fabs

from neurosim._adc cimport Conversion, MultilevelSenseAmp
from neurosim._subarray cimport ArrayRead, SubArray
from neurosim.technology._transistor cimport to_int


cdef ArrayRead add_up(SubArray array, MultilevelSenseAmp adc, MultilevelSenseAmp adc_ag, bint converts, bint converts_ag,
                      const double[:, ::1] conductance, const double[::1] activity,
                      double[::1] resistance) noexcept nogil:
    """Every input vector's read, summed."""
    cdef Py_ssize_t vector, column, columns = conductance.shape[1]
    cdef Conversion forward, backward
    cdef ArrayRead one, total
    forward.latency = forward.energy = backward.latency = backward.energy = 0
    total.latency = total.latency_ag = total.energy = total.energy_ag = 0
    total.latency_adc = total.latency_accumulation = total.latency_other = 0
    total.energy_adc = total.energy_accumulation = total.energy_other = 0
    for vector in range(conductance.shape[0]):
        if converts or converts_ag:
            for column in range(columns):
                resistance[column] = 1.0 / conductance[vector, column]
        if converts:
            forward = adc.convert(&resistance[0], columns)
        if converts_ag:
            # Quirk: the transposed read-out sees the columns of the forward one.
            backward = adc_ag.convert(&resistance[0], columns)
        array.read(activity[vector], forward.latency, forward.energy, backward.latency, backward.energy, &one)
        total.latency += one.latency
        total.latency_ag += one.latency_ag
        total.energy += one.energy
        total.energy_ag += one.energy_ag
        total.latency_adc += one.latency_adc
        total.latency_accumulation += one.latency_accumulation
        total.latency_other += one.latency_other
        total.energy_adc += one.energy_adc
        total.energy_accumulation += one.energy_accumulation
        total.energy_other += one.energy_other
    return total


def read_vectors(SubArray array not None, const double[:, ::1] conductance, const double[::1] activity):
    """Latency and energy of reading all input vectors of one subarray, one after the other.

    Parameters
    ----------
    array : SubArray
    conductance : (vectors, columns)
        What each column shows to its ADC [S].
    activity : (vectors,)
        Share of the mapped rows that are active.

    Returns
    -------
    dict
        Sums over the vectors of the fields of `ArrayRead` [s], [J].
    """
    cdef MultilevelSenseAmp adc = array.adc
    cdef MultilevelSenseAmp adc_ag = array.adc_ag
    cdef bint converts = adc is not None, converts_ag = adc_ag is not None
    cdef double[::1] resistance = np.empty(max(conductance.shape[1], 1))
    cdef ArrayRead total
    with nogil:
        total = add_up(array, adc, adc_ag, converts, converts_ag, conductance, activity, resistance)
    return total


def write_pulses(const double[:, ::1] new, const double[:, ::1] old, double step, bint binary):
    """Count the pulses that change one array's cells from `old` to `new` conductances.

    Rows are written one after the other; within a row all columns at once, first up (set), then down
    (reset), for as many pulses as the cell that needs most.

    Parameters
    ----------
    new, old : (rows, columns)
        Conductances [S].
    step : float
        Conductance of one pulse [S]; a smaller change is left undone. Quirk: a change of exactly one step
        is decided by rounding.
    binary : bool
        SRAM: any change takes one pulse.

    Returns
    -------
    dict
        set_rows, reset_rows : rows with a set, and rows with resets only (quirk: a row with both is a set row);
        set_cells, reset_cells : changed cells;
        set_pulses, reset_pulses : pulses, the longest of each row;
        charge : sum over changed cells of pulses x conductance between old and new [S].
    """
    cdef Py_ssize_t row, column
    cdef int pulses, up, down, up_cells, down_cells
    cdef int set_rows = 0, reset_rows = 0, set_cells = 0, reset_cells = 0, set_pulses = 0, reset_pulses = 0
    cdef double change, charge = 0
    with nogil:
        for row in range(new.shape[0]):
            up = down = up_cells = down_cells = 0
            for column in range(new.shape[1]):
                change = new[row, column] - old[row, column]
                if binary:
                    if change == 0:
                        continue
                    pulses = 1
                else:
                    if not fabs(change) >= step:
                        continue
                    pulses = to_int(ceil(fabs(change) / step))
                    charge += pulses / (fabs(1 / new[row, column] + 1 / old[row, column]) / 2)
                if change > 0:
                    up_cells += 1
                    up = max(up, pulses)
                else:
                    down_cells += 1
                    down = max(down, pulses)
            if up_cells:
                set_rows += 1
            elif down_cells:
                reset_rows += 1
            set_cells += up_cells
            reset_cells += down_cells
            set_pulses += up
            reset_pulses += down
    return {
        "set_rows": set_rows,
        "reset_rows": reset_rows,
        "set_cells": set_cells,
        "reset_cells": reset_cells,
        "set_pulses": set_pulses,
        "reset_pulses": reset_pulses,
        "charge": charge,
    }
