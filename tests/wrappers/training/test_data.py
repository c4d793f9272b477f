"""Reading image data, whole and broken, and the augmentation."""

import gzip
import io
import os
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
import wage_reference as reference

from neurosim.errors import NeurosimError
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.training import data


@pytest.fixture
def cifar(tmp_path):
    for name, content in reference.texts("cifar_synth").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path / "cifar-10-batches-py"


def test_recorded_augmentation(cifar):
    params, fields = reference.case("dataset", "augment")
    images = data.load(cifar).train_images[: 12][fields["index"]]
    got = data.normalise(data.augment(images, fields["crop_row_col"], fields["flip"]))
    np.testing.assert_array_equal(got, fields["y"])
    assert "data_batch_1" in params["source"]


def test_cifar10_python(cifar):
    for place in (cifar, cifar.parent):
        dataset = data.load(place)
        assert dataset.train_images.shape == (60, 3, 32, 32) and dataset.test_images.shape == (20, 3, 32, 32)
        assert dataset.train_labels.shape == (60,) and dataset.classes == 10 and dataset.input == (32, 32, 3)
    archive = cifar.parent / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(cifar, "cifar-10-batches-py")
    np.testing.assert_array_equal(data.load(archive).train_images, dataset.train_images)
    archive.write_bytes(archive.read_bytes()[:-5000])
    with pytest.raises(NeurosimError, match="no complete tar archive"):
        data.load(archive)


def test_binary_archives(cifar, tmp_path):
    dataset = data.load(cifar)
    folder = tmp_path / "binary"
    folder.mkdir()
    for n, part in enumerate(np.array_split(np.arange(60), 5), 1):
        rows = np.c_[dataset.train_labels[part].astype(np.uint8), dataset.train_images[part].reshape(len(part), -1)]
        (folder / f"data_batch_{n}.bin").write_bytes(rows.tobytes())
    rows = np.c_[dataset.test_labels.astype(np.uint8), dataset.test_images.reshape(20, -1)]
    (folder / "test_batch.bin").write_bytes(rows.tobytes())
    binary = data.load(folder)
    np.testing.assert_array_equal(binary.train_images, dataset.train_images)
    np.testing.assert_array_equal(binary.train_labels, dataset.train_labels)
    np.testing.assert_array_equal(binary.test_labels, dataset.test_labels)
    (folder / "test_batch.bin").write_bytes(rows.tobytes()[:-1])
    with pytest.raises(NeurosimError, match=r"test_batch.bin has 61459 bytes.*fetch"):
        data.load(folder)
    (folder / "test_batch.bin").unlink()
    with pytest.raises(NeurosimError, match=r"test_batch.bin is missing"):
        data.load(folder)


def test_cifar100(tmp_path):
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (6, 3072), np.uint8)
    for name in ("train", "test"):
        content = {b"data": images, b"fine_labels": [1, 2, 99, 4, 5, 6], b"coarse_labels": [0] * 6}
        (tmp_path / name).write_bytes(pickle.dumps(content, protocol=2))
        rows = np.c_[np.zeros(6, np.uint8), np.array([1, 2, 99, 4, 5, 6], np.uint8), images]
        (tmp_path / "binary").mkdir(exist_ok=True)
        (tmp_path / "binary" / f"{name}.bin").write_bytes(rows.tobytes())
    for place in (tmp_path, tmp_path / "binary"):
        dataset = data.load(place)
        assert dataset.classes == 100 and dataset.name == "CIFAR-100"
        np.testing.assert_array_equal(dataset.train_images.reshape(6, -1), images)


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/neurosim-evil",)


@pytest.mark.parametrize("content", [
    pickle.dumps(Evil()), pickle.dumps({"data": np.array([Evil()], object), "labels": [0]}), b"", b"no pickle",
    pickle.dumps({"labels": [1]}), pickle.dumps({"data": np.zeros((2, 5), np.uint8), "labels": [1, 2]}),
    pickle.dumps({"data": np.zeros((2, 3072)), "labels": [1, 2]}), pickle.dumps([1, 2]),
    pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [1, 2]})[:-200],
])
def test_pickles_hold_only_arrays_and_bytes(content, cifar):
    (cifar / "data_batch_3").write_bytes(content)
    with pytest.raises(NeurosimError, match=r"data_batch_3 is no complete CIFAR batch") as error:
        data.load(cifar)
    assert "\n" not in str(error.value) and not os.path.exists("/tmp/neurosim-evil")


def test_labels_must_fit_the_images(cifar):
    content = {"data": np.zeros((2, 3072), np.uint8), "labels": [1, 2, 3]}
    (cifar / "data_batch_3").write_bytes(pickle.dumps(content, protocol=2))
    with pytest.raises(NeurosimError, match="one for each"):
        data.load(cifar)


def idx_bytes(array):
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def test_idx_files(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
    labels = np.array([3, 1, 4, 1, 5], np.uint8)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(images)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx_bytes(images[:2]))
    with pytest.raises(NeurosimError, match="t10k-labels.* is missing"):
        data.load(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(labels[:2])))
    dataset = data.load(tmp_path)
    np.testing.assert_array_equal(dataset.train_images[:, 0], images)
    np.testing.assert_array_equal(dataset.train_labels, labels)
    assert dataset.input == (28, 28, 1)


@pytest.mark.parametrize("content, sentence", [
    (idx_bytes(np.zeros((2, 3, 3)))[:-1], "33 bytes instead of the 34"), (b"\0\0\x08", "no IDX file"),
    (b"\0\0\x0d\1\0\0\0\1aaaa", "no IDX file"), (b"\0\0\x08\3\0\0", "bytes instead of"),
    (gzip.compress(idx_bytes(np.zeros((2, 3, 3))))[:-9], "no complete gzip"), (b"", "no IDX file"),
])
def test_broken_idx(content, sentence):
    with pytest.raises(NeurosimError, match=sentence):
        data.idx(content)


@pytest.mark.parametrize("shape", [(4, 9, 9), (4, 9, 9, 3), (4, 3, 9, 9)])
def test_npz(tmp_path, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    path = tmp_path / "set.npz"
    np.savez(path, x_train=images, y_train=np.arange(4)[:, None], x_test=images[:2], y_test=np.arange(2))
    dataset = data.load(path)
    assert dataset.train_images.shape == (4, 3 if len(shape) == 4 else 1, 9, 9)
    np.testing.assert_array_equal(dataset.train_labels, np.arange(4))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(NeurosimError, match="no complete"):
        data.load(path)


@pytest.mark.parametrize("arrays, sentence", [
    ({"a": np.zeros(3)}, "holds a; it needs x_train"),
    ({"x_train": np.zeros((2, 3, 3)), "y_train": [0, 1], "x_test": np.zeros((2, 3, 3)), "y_test": [0, 1]}, "are uint8"),
    ({"x_train": np.zeros((2, 3, 3), np.uint8), "y_train": [0, -1], "x_test": np.zeros((2, 3, 3), np.uint8),
      "y_test": [0, 1]}, "no whole numbers"),
    ({"x_train": np.zeros((2, 3, 3), np.uint8), "y_train": np.array([Evil(), 1], object),
      "x_test": np.zeros((2, 3, 3), np.uint8), "y_test": [0, 1]}, "plain arrays"),
    ({"x_train": np.zeros((2, 3, 3), np.uint8), "y_train": [0, 1], "x_test": np.zeros((2, 4, 3), np.uint8),
      "y_test": [0, 1]}, "differ in size"),
])
def test_wrong_npz(tmp_path, arrays, sentence):
    np.savez(tmp_path / "set.npz", **arrays)
    with pytest.raises(NeurosimError, match=sentence):
        data.load(tmp_path / "set.npz")


def test_nothing_there(tmp_path):
    with pytest.raises(NeurosimError, match="no such file"):
        data.load(tmp_path / "none")
    with pytest.raises(NeurosimError, match="no data set is in this folder"):
        data.load(tmp_path)
    with tarfile.open(tmp_path / "other.tar", "w") as file:
        file.addfile(tarfile.TarInfo("readme"), io.BytesIO())
    with pytest.raises(NeurosimError, match="no data set is in this archive"):
        data.load(tmp_path / "other.tar")


def test_a_network_must_fit(cifar):
    dataset = data.load(cifar)
    dataset.check(Architecture.default())
    with pytest.raises(NeurosimError, match="images of 32 x 32 x 3"):
        dataset.check(Architecture.build((8, 8, 3), [{"fc": 10}]))
    with pytest.raises(NeurosimError, match="10 classes"):
        dataset.check(Architecture.build((32, 32, 3), [{"fc": 9}]))


def test_digits():
    try:
        import sklearn  # noqa: F401
    except ImportError:
        with pytest.raises(NeurosimError, match="run: pip install scikit-learn$"):
            data.load("digits")
        return
    dataset = data.load("digits")
    assert dataset.train_images.shape == (1500, 3, 32, 32) and dataset.test_images.shape == (297, 3, 32, 32)
    assert dataset.train_images.max() == 255 and dataset.classes == 10


def test_batches():
    images = np.arange(7, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 4, 4), np.uint8)
    labels = np.arange(7)
    got = list(data.batches(images, labels, 3, order=labels[::-1]))
    assert [len(part) for _, part in got] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate([part for _, part in got]), labels[::-1])
    want = (np.array([6, 5, 4], np.float32) / 255 - np.float32(0.5)) / 0.5
    np.testing.assert_array_equal(got[0][0][:, 0, 0, 0], want)
    one, two = (list(data.batches(images, labels, 3, generator=np.random.default_rng(1))) for _ in range(2))
    np.testing.assert_array_equal(one[0][0], two[0][0])
    offsets, flips = data.draw_augmentation(np.random.default_rng(0), 500)
    assert offsets.min() == 0 and offsets.max() == 8 and 150 < flips.sum() < 350


def archive_of(folder, path):
    with tarfile.open(path, f"w:{path.suffix[1:]}") as file:
        file.add(folder, "cifar")
    return path


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_flipped_bit_in_an_archive_is_noticed(cifar, tmp_path, kind):
    """Archives end with a checksum that is read as well."""
    path = archive_of(cifar, tmp_path / f"c.tar.{kind}")
    whole, chance = path.read_bytes(), np.random.default_rng(3)
    assert data.load(path).classes == 10
    for place in chance.integers(len(whole) // 8, len(whole) - 100, 8):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(NeurosimError) as error:
            data.load(path)
        assert "\n" not in str(error.value)


def test_incomplete_sets_name_what_is_missing(tmp_path):
    for present, missing in (("train", "test"), ("data_batch_2", "data_batch_1"), ("test.bin", "train.bin"),
                             ("t10k-images-idx3-ubyte", "train-images")):
        folder = tmp_path / present
        folder.mkdir()
        (folder / present).write_bytes(b"")
        with pytest.raises(NeurosimError, match=f"the file {missing}.* is missing"):
            data.load(folder)


@pytest.mark.parametrize("labels", [[0.5, 1.7, 2.2, 3.0], ["1", "2", "3", "4"], [0, 1, 2, 200], [[0], [1], [2], [3]]])
def test_labels_of_pickled_batches(tmp_path, labels):
    batch = {b"data": np.zeros((4, 3072), np.uint8), b"labels": labels}
    for name in (*data.CIFAR10_PARTS, "test_batch"):
        (tmp_path / name).write_bytes(pickle.dumps(batch))
    with pytest.raises(NeurosimError, match="data_batch_1 has labels .*(0 to 9; fetch|it needs one for each)"):
        data.load(tmp_path)


def idx_of(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def test_idx_images_of_different_sizes(tmp_path):
    for name, array in (("train-images-idx3-ubyte", np.zeros((5, 28, 28), np.uint8)),
                        ("train-labels-idx1-ubyte", np.arange(5, dtype=np.uint8)),
                        ("t10k-images-idx3-ubyte", np.zeros((5, 20, 28), np.uint8)),
                        ("t10k-labels-idx1-ubyte", np.arange(5, dtype=np.uint8))):
        (tmp_path / name).write_bytes(idx_of(array))
    with pytest.raises(NeurosimError, match="t10k-images has images of shape .* one size"):
        data.load(tmp_path)
    for content in (b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"\0", b"\0\0\x08\4" + b"\xff" * 12 + b"\0" * 4):
        with pytest.raises(NeurosimError, match="IDX file"):
            data.idx(content)


def npz(path, **changes):
    chance = np.random.default_rng(0)
    arrays = {"x_train": chance.integers(0, 256, (6, 5, 4), np.uint8), "y_train": np.arange(6),
              "x_test": chance.integers(0, 256, (3, 5, 4), np.uint8), "y_test": np.arange(3)}
    np.savez(path, **(arrays | changes))
    return path


@pytest.mark.parametrize("shape", [(6,), (6, 1), (1, 6)])
def test_labels_may_be_a_column(tmp_path, shape):
    dataset = data.load(npz(tmp_path / "a.npz", y_train=np.arange(6).reshape(shape), y_test=np.arange(3)[:, None]))
    np.testing.assert_array_equal(dataset.train_labels, np.arange(6))
    np.testing.assert_array_equal(dataset.test_labels, np.arange(3))
    assert dataset.name == "a.npz" and dataset.train_images.shape == (6, 1, 5, 4)


@pytest.mark.parametrize("changes, sentence", [
    ({"y_train": np.arange(12).reshape(6, 2)}, r"y_train has labels of shape \(6, 2\) for 6 images; it needs one"),
    ({"y_train": np.arange(5)}, r"y_train has labels of shape \(5,\) for 6 images"),
    ({"y_test": np.arange(4)}, r"y_test has labels of shape \(4,\) for 3 images"),
    ({"y_test": np.zeros(3)}, "y_test has labels that are no whole numbers from 0 on"),
    ({"x_test": np.zeros((3, 4, 5), np.uint8)}, "images for training and testing differ in size"),
    ({"x_test": np.zeros((3, 5, 4))}, "x_test has type float64"),
])
def test_npz_files_that_are_no_data_set(tmp_path, changes, sentence):
    with pytest.raises(NeurosimError, match=sentence) as error:
        data.load(npz(tmp_path / "a.npz", **changes))
    assert error.value.status == 1


def npy(header, body=b""):
    return b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header + body


@pytest.mark.parametrize("member", [
    b"no array at all", npy(b"{'descr': "), npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (10**23,)}"),
    npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999999,)}"),
    npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", b"cos\nsystem\n"), b"\x93NUMPY\1\0",
])  # fmt: skip
def test_npz_files_with_anything_in_them(tmp_path, member):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as file:
        for name in data.NPZ_NAMES[0]:
            file.writestr(f"{name}.npy", member)
    with pytest.raises(NeurosimError) as error:
        data.load(path)
    assert "make it again" in str(error.value) and "\n" not in str(error.value) and "unsafely" not in str(error.value)
    np.save(tmp_path / "plain.npy", np.zeros(3))
    (tmp_path / "plain.npy").rename(path)
    with pytest.raises(NeurosimError, match="it is no .npz file"):
        data.load(path)
