"""What helps: every remedy that a sentence names leads to numbers, and what is fitted needs none."""

import math
import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import NETWORKS
from random_designs import accepted
from small import NETWORK, design

from neurosim.chip import remedies
from neurosim.design.corrections import CORRECTIONS
from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.report.plan import plan
from neurosim.traces.network import Network

PERCEPTRON = [[1, 1, 784, 1, 1, 512, 0, 1], [1, 1, 512, 1, 1, 256, 0, 1], [1, 1, 256, 1, 1, 10, 0, 1]]
NARROW = [[1, 1, 784, 1, 1, 100, 0, 1], [1, 1, 100, 1, 1, 10, 0, 1]]
# Designs that a network does not fit, or that a defect touches: what every kind of remedy is named for.
MISFITS = {
    "a perceptron": (Design(), PERCEPTRON),
    "a narrow perceptron": (Design(), NARROW),
    "gradient arrays of one row": (Design(wg_array_rows=1, correct="U6"), PERCEPTRON),
    "U4": (design(batch_size=1), NETWORK),
    "U5": (design(batch_size=2), NETWORK),
    "U6": (design(wg_array_columns=256), NETWORK),
    "U6 rows": (design(wg_array_rows=64), NETWORK),
    "U8": (design(array_rows=64), NETWORK),
    "U8 conventional": (design(array_rows=64, novel_mapping=False), NETWORK),
    "U8 default": (Design(), NETWORK),
    "U16": (design(input_bits=1), NETWORK),
    "U17": (design(columns_per_adc=64), NETWORK),
    "U17 rows": (design(rows_per_adc_ag=64), NETWORK),
    "U18": (design(global_buffer_rows=1024, global_buffer_columns=1024, training=False), NETWORK),
    "U19": (design(memory="SRAM", relu=False), NETWORK),
    "U20": (design(read_mode="sequential", access="none", node=22), NETWORK),
    "U22": (design(array_rows=16, array_columns=16), NETWORK),
    "two defects": (design(batch_size=2, wg_array_columns=256), NETWORK),
    "no outline": (design(input_bits=1, columns_per_adc=1, array_rows=16, array_columns=16, novel_mapping=False),
                   NETWORK),
    "cells": (design(memory="SRAM", synapse_bits=30, array_columns=16), NETWORK),
    "gradient lines": (design(rows_per_adc_wg=32), NETWORK),
    "gradient lines of bits": (design(parallel_backward=False, input_bits=32), NETWORK),
}
CHANGE = re.compile(r"(\w+) (?:=|of at (?:most|least)) ([\w.,]*\w)")


def named(sentence):
    """[`NAME=VALUE` texts] of each remedy that a sentence names after "use"."""
    told = re.sub(r" \([^)]*\)", "", sentence.rpartition("use ")[2]).rstrip(".")
    ways = []
    for way in re.split(r", or |, (?=\w+ (?:=|of))", told):
        if way.startswith("--correct"):
            ways.append([f"correct={way.split()[1]}"])
        else:
            ways.append([f"{name}={value}" for name, value in CHANGE.findall(way)])
    return ways


def sentences(chosen, network):
    try:
        return list(plan(chosen, network).defects.values())
    except NeurosimError as error:
        return [str(error)]


def assert_sound(chosen, network):
    planned = plan(chosen, network)
    assert not planned.defects and not planned.unsound
    assert all(math.isfinite(area) and area >= 0 for area in planned.areas.values()) and planned.areas["total"] > 0


@pytest.mark.parametrize("what", MISFITS)
def test_every_remedy_that_is_named_leads_to_numbers(what):
    chosen, rows = MISFITS[what]
    network, told = Network(rows), sentences(*MISFITS[what])
    assert told
    for sentence in told:
        ways = named(sentence)
        assert ways and all(ways), sentence
        for way in ways:
            assert_sound(chosen.with_settings(way), network)


def test_remedies_of_random_designs_lead_to_numbers():
    for parameters, rows in accepted(25, seed=5):
        chosen, network = Design(**parameters), Network(rows)
        for sentence in sentences(chosen, network):
            for way in named(sentence):
                assert_sound(chosen.with_settings(way), network)


def test_every_correction_has_remedies():
    assert set(CORRECTIONS) <= set(remedies.REMEDIES)


def test_a_refusal_is_one_sentence_and_a_plain_one_elsewhere():
    with pytest.raises(NeurosimError) as caught:
        plan(Design(), PERCEPTRON)
    assert re.fullmatch(r"the largest layer has 1 output positions, fewer than the 128 rows .*; use .*",
                        str(caught.value))
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is NeurosimError and str(again) == str(caught.value)


@pytest.mark.parametrize("what", NETWORKS)
def test_networks_that_people_begin_with_fit_with_fitted(what):
    network = Network(NETWORKS[what])
    assert_sound(Design().fitted(network), network)


def test_a_design_that_fits_is_left_as_it_is():
    assert design().fitted(NETWORK) == design()
    fitted = Design().fitted(NETWORK)
    assert fitted.fitted(NETWORK) == fitted != Design()


def test_what_is_fitted_is_told_as_settings():
    fitted = Design().fitted(NETWORK)
    words = remedies.settings(Design(), fitted)
    assert Design().with_settings(word.removeprefix("--set ") for word in words) == fitted
    assert "array_rows" in fitted.given and "node" not in fitted.given


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(NETWORKS)), st.sampled_from(["SRAM", "RRAM", "FeFET"]),
       st.sampled_from(["sequential", "parallel"]), st.booleans(), st.sampled_from([1, 4, 8]), st.booleans(),
       st.sampled_from([1, 16, 200]))  # fmt: skip
def test_whatever_is_chosen_is_fitted_or_refused_in_a_sentence(what, memory, mode, training, bits, novel, batch):
    chosen = Design(memory=memory, read_mode=mode, training=training, input_bits=bits, novel_mapping=novel,
                    batch_size=batch)
    network = Network(NETWORKS[what])
    try:
        fitted = chosen.fitted(network)
    except NeurosimError as error:
        assert "fit the network; use another memory" in str(error)
    else:
        assert_sound(fitted, network)
        assert {fitted.memory, fitted.batch_size, fitted.input_bits} == {memory, batch, bits}
