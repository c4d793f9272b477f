"""From designs to circuits."""

import numpy as np
import pytest
from golden import EXACT, SAME_MATH, close

from neurosim.chip.build import cell_of, converter_power_factor, gradient_unit_of, subarray_of
from neurosim.circuits.converters import converter
from neurosim.design.design import Design
from neurosim.design.parameters import ADC_SWITCHES


def test_cell_of_a_design():
    cell = cell_of(Design(height_1t1r=4.0, width_1t1r=5.0))
    assert (cell.height, cell.width) == (4.0, 5.0)
    assert close(cell.write_voltage, 5.6568542494923806, EXACT)     # quirk Q15: 4 V "on average" of twice 4 V
    assert close(cell.write_pulse, 5e-8, EXACT)
    assert cell.width_access == 0.0
    assert cell_of(Design(memory="SRAM")).width_access == 1.31
    assert (cell_of(Design(access="none")).height, cell_of(Design(memory="SRAM")).width) == (2.0, 20.0)


def test_a_hybrid_cell_brings_its_synapse_and_its_own_pulses():
    assert cell_of(Design()).synapse is None
    design = Design(memory="2t1fefet")
    cell = cell_of(design)
    assert cell.synapse == design.synapse
    assert close(cell.write_voltage, design.synapse.polarization_voltage, EXACT)
    assert close(cell.write_pulse, 3e-6, EXACT)
    assert close(cell.resistance_on, 1 / 1.788e-6, EXACT)


def test_the_gradient_unit_has_arrays_of_its_own_and_the_converter_of_the_design():
    design = Design(wg_array_rows=64, wg_array_columns=32, adc_levels_wg=8, rows_per_adc_wg=4)
    unit = gradient_unit_of(design, 256, 96)
    assert (unit.array.rows, unit.array.columns) == (64, 32)
    assert (unit.arrays_per_row, unit.arrays_per_column) == (4, 3)
    assert unit.readout.converter.levels == 8
    assert type(unit.readout.converter) is type(subarray_of(design).forward.converter)


@pytest.mark.parametrize("adc", ADC_SWITCHES)
def test_every_converter_of_a_design_is_of_its_kind_and_warms_by_its_rules(adc):
    """Difference V4: at 400 K the power is 1.13 times that at 300 K, in V2.0 the same."""
    columns = np.full(8, 1e5)

    def energies(**options):
        design = Design(**{"adc": adc, "memory": "RRAM", "node": 32} | options)
        array, unit = subarray_of(design), gradient_unit_of(design, 256, 1024)
        converters = *array.converters, unit.readout.converter
        assert {type(each) for each in converters} == {converter(adc)}
        return [each.converted(columns)[1] for each in converters]

    for model, factor in (("2.0", 1.0), ("2.1", 1.13)):
        assert converter_power_factor(Design(model=model, temperature=400)) == factor
        cold, hot = (energies(model=model, temperature=temperature) for temperature in (300, 400))
        assert all(close(warm, each * factor, SAME_MATH) for warm, each in zip(hot, cold, strict=True))


def test_rules_reach_the_gradient_unit():
    assert gradient_unit_of(Design(), 128, 100).arrays_per_column == 0
    assert gradient_unit_of(Design(correct="U6"), 128, 100).arrays_per_column == 1
