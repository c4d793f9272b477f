"""Synthetic traces: the stated distribution, the same whatever part is asked for, and never as a whole."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import design, network

from neurosim.design.design import Design
from neurosim.errors import NeurosimError
from neurosim.traces.network import Network
from neurosim.traces.synthetic import MEAN, WHOLE, plane_shares, read_activities
from neurosim.traces.traces import Trace

LARGE = Network([[34, 34, 64, 3, 3, 64, 0, 1], [1, 1, 512, 1, 1, 300, 0, 1]])


FIRST_WEIGHTS = [[1, 4, 9, -6], [-3, -4, 2, -4]]
FIRST_INPUT = "00000000"


def layer(index=0, net=LARGE, chosen=None, **options):
    return Trace.synthetic(net, chosen or Design(), **options).layer(index)


@given(st.integers(2, 64), st.floats(0, 1))
def test_shares_of_planes_have_the_activity(bits, share):
    activity = share * (bits - 1) / bits
    shares = plane_shares(bits, activity)
    assert len(shares) == bits and shares[0] == 0
    assert all(0 <= one <= 1 for one in shares)
    assert shares[1:] == sorted(shares[1:]) or shares[1:] == sorted(shares[1:], reverse=True)
    assert sum(shares) / bits == pytest.approx(activity, abs=1e-6)


def test_shares_are_those_of_binary_digits_of_an_exponential_distribution():
    """Against numbers that are drawn: half are zero, the others have a mean of a quarter of the full scale."""
    dice = np.random.default_rng(0)
    drawn = dice.exponential(1 / MEAN, 2_000_000)
    drawn = drawn[drawn < 1]
    drawn[dice.random(len(drawn)) < 0.5] = 0
    digits = [float(np.mean((drawn * 2**place).astype(np.int64) % 2)) for place in range(1, 8)]
    assert plane_shares(8)[1:] == pytest.approx(digits, abs=2e-3)


@pytest.mark.parametrize(("bits", "activity", "shares"), [
    (1, None, [0.5]), (1, 0.9, [0.9]), (1, 1, [1]), (4, 0, 4 * [0.0]), (2, 0.5, [0, 1]),
])  # fmt: skip
def test_shares_of_few_planes(bits, activity, shares):
    assert plane_shares(bits, activity) == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize("bits", [1, 2, 5, 8, 16])
@pytest.mark.parametrize("activity", [None, 0.05, 0.3, 0.49])
def test_inputs_have_the_share_of_ones_of_each_plane(bits, activity):
    made = layer(chosen=Design(input_bits=bits), activity=activity)
    inputs = np.asarray(made.inputs)
    assert inputs.shape == (576, 1024 * bits) and set(np.unique(inputs)) <= {0, 3}
    found = (inputs > 0).reshape(576, 1024, bits).mean(axis=(0, 1))
    assert found == pytest.approx(plane_shares(bits, activity), abs=3e-3)
    assert made.activity == pytest.approx((inputs > 0).mean(), abs=1e-3)
    if activity is not None:
        assert made.activity == pytest.approx(activity, abs=1e-4)


@pytest.mark.parametrize("bits", [2, 3, 5, 8, 12])
def test_weights_are_normally_distributed_levels(bits):
    made = layer(1, chosen=Design(synapse_bits=bits, cell_bits=min(bits, 16)))
    weight, old = np.asarray(made.weight), np.asarray(made.weight_old)
    step = 2.0 ** (1 - bits)
    assert weight.shape == old.shape == (512, 300)
    assert np.array_equal(weight, np.rint(weight / step) * step) and abs(weight).max() < 1
    assert abs(weight.mean()) < 0.003 and weight.std() == pytest.approx(np.hypot(0.25, step / 12**0.5), rel=0.06)
    moved = np.rint((weight - old) / step)
    assert abs(moved).max() <= 2
    # A third may move, a fifth of them by nothing; those at the end of a short range cannot.
    assert np.mean(moved != 0) == pytest.approx(4 / 15, abs=0.005 if bits > 3 else 0.1)


def test_weights_of_one_bit_are_the_ends_of_the_range():
    made = layer(1, chosen=Design(synapse_bits=1))
    assert set(np.unique(made.weight)) == {-1.0, 1.0}
    assert np.mean(np.asarray(made.weight)) == pytest.approx(0, abs=0.01)


def test_weights_in_several_cells_fill_the_range_of_the_algorithm():
    chosen = Design(synapse_bits=8, cell_bits=2, weight_max=4, weight_min=0)
    weight = np.asarray(layer(1, chosen=chosen).weight)
    assert weight.mean() == pytest.approx(2, abs=0.01) and weight.std() == pytest.approx(0.5, abs=0.01)
    assert chosen.weight_range == (0, 4) and Design(weight_max=4).weight_range == (-1, 1)
    assert Design(memory="SRAM", weight_max=4).weight_range == (-1, 4)


@settings(max_examples=30, deadline=None)
@given(*4 * [st.integers(0, 576)], st.sampled_from([1, 3, 5, 8]))
def test_a_part_is_that_of_the_whole(top, bottom, left, right, bits):
    made = Trace.synthetic(LARGE, Design(input_bits=bits), seed=3)._sources[0]
    rows, columns = slice(*sorted((top, bottom))), slice(*sorted((left, right)))
    place = range(576)[rows], range(576)[columns]
    whole = made._inputs(range(576), range(1024 * bits))
    assert np.array_equal(made._inputs(*place), whole[rows, columns])
    loaded = made.load(576, 64, 1024 * bits, "layer 1")
    for matrix in (loaded.weight, loaded.weight_old):
        assert np.array_equal(matrix[rows, 3:60], np.asarray(matrix)[rows, 3:60])
        assert matrix[rows].shape == (len(place[0]), 64)


def test_seeds_layers_and_roles_are_independent():
    """Words of neighbouring streams are not each other's."""
    made = [Trace.synthetic([LARGE[1]] * 2, Design(), seed=seed).layer(n) for seed in (0, 1, -1) for n in (0, 1)]
    for one, two in itertools.combinations(made, 2):
        a, b = (np.asarray(each.weight).ravel() for each in (one, two))
        for shift in (0, 1, 2, 300):
            assert abs(np.corrcoef(a[shift:], b[: len(b) - shift])[0, 1]) < 0.02
            assert abs(np.corrcoef(b[shift:], a[: len(a) - shift])[0, 1]) < 0.02
    again = Trace.synthetic([LARGE[1]] * 2, Design(), seed=1).layer(0)
    assert np.array_equal(again.weight, made[2].weight) and np.array_equal(again.inputs, made[2].inputs)


def test_the_numbers_are_the_same_on_every_machine():
    made = layer(1, seed=7)
    assert (np.asarray(made.weight[:2, :4]) * 16).astype(int).tolist() == FIRST_WEIGHTS
    assert "".join(str(int(code > 0)) for code in made.inputs[0]) == FIRST_INPUT


def test_large_layers_are_never_in_memory_as_a_whole():
    net = Network([[258, 258, 64, 3, 3, 64, 0, 1], [1, 1, 25088, 1, 1, 4096, 0, 1]])
    assert net[0].matrix_rows * net[0].vectors * 8 > WHOLE
    trace = Trace.synthetic(net, Design())
    tracemalloc.start()
    for index in (0, 1):
        made = trace.layer(index)
        assert made.inputs[:4].shape[1] == net[index].vectors * 8
        assert made.weight[128:256, :128].shape == (128, min(128, net[index].outputs))
    assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    tracemalloc.stop()


def test_a_fingerprint_tells_what_the_numbers_follow_from():
    base = Trace.synthetic(network(), design())
    assert base.fingerprint(0) == Trace.synthetic(network(), design(node=22)).fingerprint(0) != base.fingerprint(1)
    others = [Trace.synthetic(network(), design(), seed=1), Trace.synthetic(network(), design(), activity=0.2),
              Trace.synthetic(network(), design(synapse_bits=4)), Trace.synthetic(network(), design(input_bits=7))]
    assert base.fingerprint(0) not in [other.fingerprint(0) for other in others]


@pytest.mark.parametrize(("activity", "pattern"), [
    (25, r"activity of 25 is out of range: .* 0 to 0.875 .* of which one is the sign; 25 % is 0.25"),
    (0.9, "activity of 0.9 is out of range"), (-0.1, "out of range"), (float("nan"), "out of range"),
    ([0.1, 0.2], "2 activities for a network of 3 layers; give one for each layer"),
    ("much", "activity = 'much' is no share of ones"), ([0.1, None, 0.2], "is no share of ones"),
    (object(), "is no share of ones"),
])  # fmt: skip
def test_an_activity_that_is_none_gets_a_sentence(activity, pattern):
    with pytest.raises(NeurosimError, match=pattern):
        Trace.synthetic(network(), design(), activity)


def test_other_mistakes_get_a_sentence():
    with pytest.raises(NeurosimError, match="seed = 'x' is no whole number"):
        Trace.synthetic(network(), design(), seed="x")
    with pytest.raises(NeurosimError, match="no network"):
        Trace.synthetic("NetWork.csv", design())
    trace = Trace.synthetic(network(), design())
    with pytest.raises(NeurosimError, match="synthetic inputs have 8 bits"):
        trace._sources[0].load(144, 32, 36 * 4, "layer 1")


@pytest.mark.parametrize(("text", "shares"), [
    ("0.1,0.2,0.3", [0.1, 0.2, 0.3]), ("0.1\n0.2\n0.3\n", [0.1, 0.2, 0.3]), ("0.5,0.5\n0.1,0.2,\n", [0.1, 0.2]),
    ("\ufeff0.1;0.2", [0.1, 0.2]), ("0.1 0.2", [0.1, 0.2]), ("", []),
])  # fmt: skip
def test_a_file_of_activities(tmp_path, text, shares):
    path = tmp_path / "activity.csv"
    path.write_text(text, encoding="utf-8")
    assert read_activities(path) == shares


def test_a_file_of_activities_that_is_none(tmp_path):
    path = tmp_path / "activity.csv"
    path.write_text("a,b\n")
    with pytest.raises(NeurosimError, match="'a b' are no numbers; give a share of ones for each layer"):
        read_activities(path)
    with pytest.raises(NeurosimError, match="cannot be read .*give a share of ones, such as 0.2, or a file"):
        read_activities(tmp_path / "absent")
