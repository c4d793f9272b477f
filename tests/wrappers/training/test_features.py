"""Training on what is no photograph: the order of axes, and images that are left as they are."""

import json

import numpy as np
import pytest
from wage_runs import images

from neurosim.commands import line as cli
from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.training import data
from neurosim.wrappers.wage.settings import Settings

NETWORK = "input = {size}\nlayers = [ {{ fc = 16 }}, {{ fc = 3 }} ]\n"
VALUES = np.arange(4 * 24, dtype=np.uint8)


def saved(path, array, labels=3):
    array, numbers = np.asarray(array), np.arange(len(array)) % labels
    np.savez(path, x_train=array, y_train=numbers, x_test=array, y_test=numbers)
    return path


def network(size):
    return Architecture.from_text(NETWORK.format(size=list(size)))


ORDERS = {
    "a row of features": ((4, 1, 24, 1), (1, 24, 1), (4, 1, 1, 24)),
    "a column of features": ((4, 24, 1, 1), (24, 1, 1), (4, 1, 24, 1)),
    "features in channels": ((4, 1, 24, 1), (1, 1, 24), (4, 24, 1, 1)),
    "samples and features": ((4, 24), (1, 24, 1), (4, 1, 1, 24)),
    "samples and features, in channels": ((4, 24), (1, 1, 24), (4, 24, 1, 1)),
    "samples and features, as an image": ((4, 24), (4, 6, 1), (4, 1, 4, 6)),
    "steps of a series": ((4, 24, 1), (24, 1, 1), (4, 1, 24, 1)),
    "steps in a row": ((4, 24, 1), (1, 24, 1), (4, 1, 1, 24)),
    "an image": ((4, 4, 6), (4, 6, 1), (4, 1, 4, 6)),
}


@pytest.mark.parametrize("what", ORDERS)
def test_axes_stand_where_the_network_has_them(tmp_path, what):
    given, size, shape = ORDERS[what]
    found = data.load(saved(tmp_path / "a.npz", VALUES.reshape(given))).fitted(network(size))
    assert found.train_images.shape == found.test_images.shape == shape
    assert np.array_equal(found.train_images.ravel(), VALUES)   # no value has moved
    assert found.input == size


@pytest.mark.parametrize(("given", "size"), [((4, 8, 3), (8, 1, 3)), ((4, 8, 3), (1, 8, 3)), ((4, 1, 8, 3), (8, 1, 3))])
def test_channels_of_a_series_come_last_or_first_as_the_network_says(tmp_path, given, size):
    """(samples, steps, channels): value [step, channel] is that of the channel's step."""
    found = data.load(saved(tmp_path / "a.npz", VALUES.reshape(given))).fitted(network(size))
    steps = found.train_images.reshape(4, 3, 8)
    assert np.array_equal(steps.transpose(0, 2, 1), VALUES.reshape(4, 8, 3))
    first = data.load(saved(tmp_path / "b.npz", VALUES.reshape(4, 3, 8))).fitted(network(size))
    assert np.array_equal(first.train_images.reshape(4, 3, 8), VALUES.reshape(4, 3, 8))


def test_images_of_another_size_are_refused_as_before(tmp_path):
    for shape, size in (((4, 4, 6), (6, 4, 1)), ((4, 24), (2, 4, 3)), ((4, 24), (5, 5, 1)), ((4, 1, 24, 1), (4, 6, 1))):
        dataset = data.load(saved(tmp_path / "a.npz", VALUES.reshape(shape)))
        with pytest.raises(NeurosimError, match="but the network reads .*write input ="):
            dataset.fitted(network(size))


def test_features_in_idx_files(tmp_path):
    def idx(array):
        return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype("uint8").tobytes()

    for start, array in {"train-images": VALUES.reshape(4, 24), "train-labels": np.arange(4),
                         "t10k-images": VALUES.reshape(4, 24), "t10k-labels": np.arange(4)}.items():
        (tmp_path / f"{start}-idx-ubyte").write_bytes(idx(array))
    wide = Architecture.from_text("input = [1, 24, 1]\nlayers = [ { fc = 4 } ]")
    assert data.load(tmp_path).fitted(wide).train_images.shape == (4, 1, 1, 24)


def test_what_is_done_to_images():
    original, dice = images().train_images, np.random.default_rng
    assert np.array_equal(data.augmented(original, dice(3), "none"), original)
    both, moved = (data.augmented(original, dice(3), how) for how in ("shift+mirror", "shift"))
    offsets, flips = data.draw_augmentation(dice(3), len(original))
    assert np.array_equal(both, data.augment(original, offsets, flips))
    assert np.array_equal(moved[~flips], both[~flips]) and np.array_equal(moved[flips], both[flips][..., ::-1])


def test_only_photographs_are_moved_and_mirrored():
    def named(name, channels=1):
        array = np.zeros((2, channels, 8, 8), np.uint8)
        return data.Dataset(name, array, np.arange(2), array, np.arange(2)).augmentation

    assert [named("CIFAR-10", 3), named("CIFAR-100", 3), named("photos.npz", 3)] == 3 * ["shift+mirror"]
    assert [named("IDX files"), named("features.npz"), named("digits", 3)] == 3 * ["none"]


def features(folder):
    """Points around three centres that differ in their places, and mean nothing when they are moved."""
    draw = np.random.default_rng(0)
    centre = draw.normal(size=(3, 30))

    def some(count):
        label = draw.integers(0, 3, count)
        value = np.clip((centre[label] + 0.5 * draw.normal(size=(count, 30))) / 4, -1, 1)
        padded = np.full((count, 36), 127, "uint8")
        padded[:, :30] = (value + 1) * 127
        return padded, label

    (train, numbers), (test, others) = some(300), some(100)
    np.savez(folder / "features.npz", x_train=train, y_train=numbers, x_test=test, y_test=others)
    (folder / "net.toml").write_text("input = [6, 6, 1]\nlayers = [ { fc = 12 }, { fc = 3 } ]\n")
    return ["train", "--data", "features.npz", "--network", "net.toml", "--epochs", "6", "--batch-size", "20",
            "--evaluate-every", "0", "--quiet"]


def test_features_are_learnt(tmp_path, monkeypatch):
    """Moved by up to four of their six pixels, and mirrored, they are not."""
    monkeypatch.chdir(tmp_path)
    words = features(tmp_path)
    best = {}
    for how in ("", "none", "shift+mirror"):
        out = tmp_path / f"out {how}"
        assert cli.main([*words, "--out", str(out), *(["--augment", how] if how else [])]) == 0
        rows = (out / "epochs.csv").read_text().splitlines()
        column = rows[0].split(",").index("test_accuracy [%]")
        best[how] = max(float(row.split(",")[column]) for row in rows[1:])
        assert json.loads((out / "settings.json").read_text())["augment"] == (how or "none")
    assert best[""] == best["none"] > 95 > best["shift+mirror"] + 10


def test_another_word_gets_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main([*features(tmp_path), "--augment", "mirror"]) == 2
    assert "augment = 'mirror' is not one of its choices" in capsys.readouterr().err
    assert Settings().augment == "shift+mirror"


def test_a_chip_is_fitted_to_the_network_that_is_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [word for word in features(tmp_path) if word not in ("--evaluate-every", "0")]
    assert cli.main([*words, "--out", "refused"]) == 2
    assert "the chip cannot be evaluated: array_rows = 128 is too large" in capsys.readouterr().err
    assert cli.main([*words, "--epochs", "1", "--fit", "--out", "fitted"]) == 0
    assert capsys.readouterr().err.startswith("neurosim: --fit sets --set array_rows=")
    assert json.loads((tmp_path / "fitted" / "results.json").read_text())["area"]["total"] > 0
