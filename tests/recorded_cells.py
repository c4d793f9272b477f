"""Cells of the rows of the recorded subarray table."""

import golden

from neurosim.circuits.cells import Cell


def cell_of(row):
    """The `Cell` of a row of the subarray table."""
    value = {name[5:]: golden.number(text) for name, text in row.items() if name.startswith("cell.")}
    return Cell(
        memory=value["memCellType"],
        access={"CMOS": "cmos", "none": "none"}[value["accessType"]],
        height=value["heightInFeatureSize"],
        width=value["widthInFeatureSize"],
        feature_size=value["featureSize"],
        resistance_on=value["resistanceOn"],
        resistance_off=value["resistanceOff"],
        read_voltage=value["readVoltage"],
        write_voltage=value["writeVoltage"],
        read_pulse=value["readPulseWidth"],
        write_pulse=value["writePulseWidth"],
        access_voltage=value["accessVoltage"],
        nonlinear_iv=bool(value["nonlinearIV"]),
        nonlinearity=value["nonlinearity"],
        width_nmos=value["widthSRAMCellNMOS"] or 0.0,
        width_pmos=value["widthSRAMCellPMOS"] or 0.0,
        width_access=value["widthAccessCMOS"] or 0.0,
        min_sense_voltage=value["minSenseVoltage"] or 0.1,
    )
