"""Settings of hybrid synapses, and how they are told on the command line."""

import argparse

import numpy as np
import pytest

from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import hybrid as hybrid_module
from neurosim.wrappers.devices.hybrid import Hybrid
from neurosim.wrappers.wage.hybrid_chip import design_for


@pytest.mark.parametrize("values, sentence", [
    ({"batch_time": -1}, "batch_time = -1 is out of range; it takes at least 0 .s."),
    ({"batch_time": np.inf}, "batch_time = inf"),
    ({"residue": "kep"}, "did you mean 'keep'"), ({"read_bits": 1}, "read_bits = 1 is out of range"),
    ({"read_bits": 5.5}, "read_bits = 5.5 is no whole number"), ({"transfer_interval": 0}, "transfer_interval"),
    ({"significanse": 3}, "did you mean 'significance'"), ({"memory": "RRAM"}, "no hybrid synapse"),
    ({"rest_level": 1.5}, "rest_level"), ({"capacitor_levels": 1}, "capacitor_levels"),
])
def test_what_is_no_hybrid_synapse(values, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        Hybrid.of(**values)
    assert "\n" not in str(error.value)


def parsed(*words):
    parser = argparse.ArgumentParser()
    hybrid_module.add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_line():
    assert hybrid_module.from_arguments(parsed()) is None
    assert hybrid_module.from_arguments(parsed("--hybrid")) == Hybrid()
    got = hybrid_module.from_arguments(
        parsed("--hybrid", "2t1fefet", "--transfer-every", "7", "--hybrid-set", "retention_time=0.25", "--hybrid-set",
               "residue=reset", "--hybrid-set", "gate_levels=32"), lambda cell: cell.retention_time * 2,
    )
    assert got == Hybrid.of(memory="2t1fefet", transfer_interval=7, retention_time=0.25, residue="reset",
                            gate_levels=32, batch_time=0.5)
    given = hybrid_module.from_arguments(parsed("--hybrid", "--hybrid-set", "batch_time=3"), lambda cell: 1 / 0)
    assert given.batch_time == 3


def test_the_synapse_is_that_of_the_design():
    """What the design says holds in training and on the chip, unless an option of the synapse changes it."""
    design = Design(capacitor_layout="density", capacitor_density=0.1, transfer_interval=7, significance=2.0)
    got = hybrid_module.from_arguments(parsed("--hybrid", "--hybrid-set", "significance=8"), design=design)
    assert (got.cell.capacitor_density, got.cell.transfer_interval, got.cell.significance) == (0.1, 7, 8.0)
    chip = design_for(got.cell, design)
    assert (chip.memory, chip.capacitor_layout, chip.capacitor_density) == ("hybrid-3t1c", "density", 0.1)
    assert (chip.transfer_interval, chip.significance) == (7, 8.0)
    for memory in ("SRAM", "FeFET", "2t1fefet"):
        with pytest.raises(NeurosimError, match=f"--hybrid hybrid-3t1c contradicts memory = {memory} of the chip"):
            hybrid_module.from_arguments(parsed("--hybrid"), design=Design(memory=memory))
    later = Design(model="2.1")     # its memory is not RRAM, but nobody asked for it
    assert hybrid_module.from_arguments(parsed("--hybrid"), design=later).cell.memory == "hybrid-3t1c"


@pytest.mark.parametrize("words, sentence", [
    (["--transfer-every", "0"], "add --hybrid"),
    (["--transfer-every", "3"], "add --hybrid"), (["--hybrid-set", "residue=keep"], "add --hybrid"),
    (["--hybrid", "--hybrid-set", "residue"], "write it as name=value"),
    (["--hybrid", "--hybrid-set", "read_bits=x"], "'x' is no number; it takes 2 to 15"),
    (["--hybrid", "--hybrid-set", "leak_nmos=2"], "'leak_nmos' is no number of a hybrid synapse that training knows"),
    (["--hybrid", "--hybrid-set", "retention_tim=1"], "did you mean 'retention_time'"),
    (["--hybrid", "--hybrid-set", "rest_level=a"], "'a' is no number"),
    (["--hybrid", "--transfer-every", "-2"], "transfer_interval"),
])
def test_mistakes_on_the_command_line(words, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        hybrid_module.from_arguments(parsed(*words))
    assert "\n" not in str(error.value)
