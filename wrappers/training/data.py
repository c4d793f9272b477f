"""Image data: CIFAR-10 and CIFAR-100, MNIST-style IDX files, .npz arrays, and scikit-learn's digits.

Images are uint8 (images, channels, rows, columns) until `normalise`. Sources: Krizhevsky, "Learning multiple layers
of features from tiny images", 2009 (CIFAR and its augmentation); LeCun et al., the MNIST file format.
"""

import gzip
import io
import tarfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from neurosim.errors import NeurosimError
from neurosim.wrappers.training import npz, unpickle

BORDER = 4              # pixels added on each side before the random crop
CIFAR_SHAPE = (3, 32, 32)
CIFAR_BYTES = 3072
CLASSES = {"CIFAR-10": 10, "CIFAR-100": 100}
CIFAR10_PARTS = tuple(f"data_batch_{n}" for n in range(1, 6))
IDX_PARTS = {"train": ("train-images", "train-labels"), "test": ("t10k-images", "t10k-labels")}
NPZ_NAMES = (("x_train", "y_train", "x_test", "y_test"),
             ("train_images", "train_labels", "test_images", "test_labels"))
KNOWN = "a CIFAR-10 or CIFAR-100 archive or folder, MNIST-style IDX files, an .npz file, or the word digits"


@dataclass(frozen=True)
class Dataset:
    """Images and labels for training and testing.

    Attributes
    ----------
    name : str
    train_images, test_images : ndarray of uint8, (images, channels, rows, columns)
    train_labels, test_labels : ndarray of int64, (images,)
    """

    name: str
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    @property
    def input(self):
        """(rows, columns, channels) of an image."""
        channels, rows, columns = self.train_images.shape[1:]
        return rows, columns, channels

    @property
    def classes(self):
        """Number of classes: the largest label plus one."""
        return int(max(self.train_labels.max(), self.test_labels.max())) + 1

    @property
    def augmentation(self):
        """What fits these images: photographs may be moved and mirrored; digits, characters and features mean another.

        A row of features has no neighbours to take the place of each other, and a mirrored digit is none.
        """
        photographs = self.name in CLASSES or self.train_images.shape[1] == 3
        return "shift+mirror" if photographs and self.name != "digits" else "none"

    def fitted(self, architecture):
        """The same images with rows, columns and channels where a network has them.

        Where an image has one dimension or two, the network says which of its axes they are; features that are in no
        order are those of an image of one channel, row by row.

        Raises
        ------
        NeurosimError
            The network reads other images, or has too few outputs.
        """
        found = self
        if self.input != tuple(architecture.input):
            shaped = [_as_in(images, *architecture.input) for images in (self.train_images, self.test_images)]
            if all(images is not None for images in shaped):
                found = replace(self, train_images=shaped[0], test_images=shaped[1])
        found.check(architecture)
        return found

    def check(self, architecture):
        """Raise a `NeurosimError` unless a network reads these images and has an output for each class."""
        if tuple(architecture.input) != self.input:
            raise NeurosimError(
                f"{self.name} has images of {' x '.join(map(str, self.input))} but the network reads "
                f"{' x '.join(map(str, architecture.input))}; write input = {list(self.input)} in the network file"
            )
        if architecture.classes < self.classes:
            raise NeurosimError(
                f"{self.name} has {self.classes} classes but the network has {architecture.classes} outputs; give its "
                f"last layer {self.classes}"
            )


def load(source):
    """A data set by its place.

    Parameters
    ----------
    source : str or path
        `digits`; an .npz file; a folder or tar archive with the files of CIFAR-10 or CIFAR-100 (binary or Python)
        or with MNIST-style IDX files (.gz or not).

    Raises
    ------
    NeurosimError
        Nothing is there, or a file is missing, of another kind, or cut short.
    """
    if str(source) == "digits":
        return digits()
    path = Path(source)
    if path.is_dir():
        for folder in (path, *sorted(child for child in path.iterdir() if child.is_dir())):
            files = {file.name: file for file in sorted(folder.iterdir()) if file.is_file()}
            with suppress(LookupError):
                return _from_files(files, folder)
        raise NeurosimError(f"{path}: no data set is in this folder; give {KNOWN}", status=1)
    if not path.exists():
        raise NeurosimError(f"{path}: there is no such file or folder; give {KNOWN}", status=1)
    if path.suffix == ".npz":
        return from_npz(path)
    try:
        with tarfile.open(path) as archive:
            files = {Path(file.name).name: archive.extractfile(file).read() for file in archive if file.isfile()}
            while archive.fileobj.read(1 << 20):    # to the end, where a compressed file has its checksum
                pass
    except Exception as error:  # a damaged archive can fail in any way
        reason = str(error).partition("\n")[0].rstrip(":") or type(error).__name__
        raise NeurosimError(f"{path}: this is no complete tar archive ({reason}); give {KNOWN}", status=1) from None
    try:
        return _from_files(files, path)
    except LookupError:
        raise NeurosimError(f"{path}: no data set is in this archive; give {KNOWN}", status=1) from None


def _from_files(files, where):
    """A data set from {name: path or content}; LookupError when they are of no known set."""
    for ending, readers in {"": (_cifar_python, _cifar_python), ".bin": (_cifar10_binary, _cifar100_binary)}.items():
        sets = (("CIFAR-10", CIFAR10_PARTS, "test_batch"), ("CIFAR-100", ("train",), "test"))
        for (name, parts, test), read in zip(sets, readers, strict=True):
            train, test = tuple(part + ending for part in parts), (test + ending,)
            if any(part in files for part in train + test):
                return _joined(name, files, where, train, test, read)
    starts = [start for pair in IDX_PARTS.values() for start in pair]
    if any(name.startswith(start) for name in files for start in starts):
        return _from_idx_files(files, where)
    raise LookupError


def _joined(name, files, where, train, test, read):
    """A data set whose files each hold images and labels."""
    sets = []
    for part in train + test:
        if part not in files:
            raise NeurosimError(f"{where}: the file {part} is missing; unpack the whole archive again", status=1)
    for parts in (train, test):
        pairs = [read(_content(files[part]), f"{where}: {part}", CLASSES[name]) for part in parts]
        sets += [np.concatenate(arrays) for arrays in zip(*pairs, strict=True)]
    return Dataset(name, *sets)


def _content(content):
    """Bytes of a file, from its path or at hand."""
    if isinstance(content, bytes):
        return content
    try:
        return content.read_bytes()
    except OSError as error:
        raise NeurosimError(f"{content}: cannot be read ({error.strerror})", status=1) from None


def _cifar_python(content, place, classes):
    """Images and labels of a pickled batch."""
    try:
        batch = unpickle.loads(io.BytesIO(content))
        images = np.asarray(batch["data"])
        labels = batch["labels"] if "labels" in batch else batch["fine_labels"]
        labels = np.asarray(labels)
        if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != CIFAR_BYTES:
            raise ValueError(f"images of type {images.dtype} and shape {images.shape}")
    except Exception as error:  # a pickle can fail in any way
        what = f"no key {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise NeurosimError(f"{place} is no complete CIFAR batch ({what}); fetch the archive again", status=1) from None
    return images.reshape(-1, *CIFAR_SHAPE), _labels(labels, len(images), place, classes)


def _cifar10_binary(content, place, classes):
    return _cifar_binary(content, place, classes, 1)


def _cifar100_binary(content, place, classes):
    return _cifar_binary(content, place, classes, 2)     # a coarse and a fine label


def _cifar_binary(content, place, classes, label_bytes):
    """Images and labels of a binary batch; the last of the label bytes counts."""
    record = label_bytes + CIFAR_BYTES
    if not content or len(content) % record:
        raise NeurosimError(
            f"{place} has {len(content)} bytes, which are no whole number of images of {record} bytes; fetch the "
            "archive again",
            status=1,
        )
    rows = np.frombuffer(content, np.uint8).reshape(-1, record)
    images = np.ascontiguousarray(rows[:, label_bytes:]).reshape(-1, *CIFAR_SHAPE)
    return images, _labels(rows[:, label_bytes - 1], len(images), place, classes)


def _labels(labels, count, place, classes=1 << 20):
    """Labels as int64, one an image, from 0 up to below `classes`."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) != count or not count:
        raise NeurosimError(
            f"{place} has labels of shape {labels.shape} for {count} images; it needs one for each", status=1
        )
    if labels.dtype.kind not in "ui" or labels.min() < 0 or labels.max() >= classes:
        reach = f"from 0 to {classes - 1}" if classes <= 100 else "from 0 on"
        raise NeurosimError(f"{place} has labels that are no whole numbers {reach}; fetch or make it again", status=1)
    return labels.astype(np.int64)


def _from_idx_files(files, where):
    arrays = []
    for images_name, labels_name in IDX_PARTS.values():
        images = _idx_file(files, images_name, where)
        labels = _idx_file(files, labels_name, where)
        place = f"{where}: {images_name}"
        if images.ndim not in (2, 3, 4):
            raise NeurosimError(f"{place} has {images.ndim} dimensions; images need 3, (images, rows, columns)",
                                status=1)
        images = images if images.ndim == 4 else _images(images, place)
        if arrays and images.shape[1:] != arrays[0].shape[1:]:
            raise NeurosimError(
                f"{place} has images of shape {images.shape[1:]}, those for training {arrays[0].shape[1:]}; they must "
                "be of one size",
                status=1,
            )
        arrays += [images, _labels(labels, len(images), f"{where}: {labels_name}")]
    return Dataset("IDX files", *arrays)


def _idx_file(files, start, where):
    names = [name for name in sorted(files) if name.startswith(start)]
    if not names:
        raise NeurosimError(f"{where}: the file {start}-idx?-ubyte is missing; give all four files", status=1)
    return idx(_content(files[names[0]]), f"{where}: {names[0]}")


def idx(content, place="IDX file"):
    """The array of an IDX file of unsigned bytes, gzipped or not, from its bytes."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise NeurosimError(f"{place} is no complete gzip file ({error}); fetch it again", status=1) from None
    if len(content) < 4 or content[:3] != b"\0\0\x08" or not 1 <= content[3] <= 4:
        raise NeurosimError(
            f"{place} is no IDX file of images or labels; it must start with the bytes 0, 0, 8 and 1 to 4 dimensions",
            status=1,
        )
    start = 4 + 4 * content[3]
    shape = tuple(np.frombuffer(content[4:start], ">u4", count=len(content[4:start]) // 4).astype(int).tolist())
    size = int(np.prod(shape, dtype=object)) if len(shape) == content[3] else -1
    if len(content) - start != size or not size:
        raise NeurosimError(
            f"{place} has {len(content)} bytes instead of the {start + max(size, 0)} of shape {shape}; fetch it again",
            status=1,
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def from_npz(path):
    """A data set from an .npz file with x_train, y_train, x_test, y_test (or train_images, train_labels, ...).

    Images are uint8, (images, rows, columns), (images, rows, columns, channels) with 1 or 3 channels, or (images,
    channels, rows, columns); features are uint8, (samples, features).
    """
    try:
        file = npz.read(path)
    except (OSError, ValueError) as error:
        raise NeurosimError(
            f"{path}: this is no complete .npz file of plain arrays ({error}); make it again with numpy.savez", status=1
        ) from None
    names = next((names for names in NPZ_NAMES if all(name in file for name in names)), None)
    if names is None:
        raise NeurosimError(
            f"{path}: the file holds {', '.join(file) or 'nothing'}; it needs {', '.join(NPZ_NAMES[0])}", status=1
        )
    train, train_labels, test, test_labels = (file[name] for name in names)
    train, test = (_images(array, f"{path}: {name}") for array, name in ((train, names[0]), (test, names[2])))
    if train.shape[1:] != test.shape[1:]:
        raise NeurosimError(f"{path}: images for training and testing differ in size", status=1)
    labels = [
        _labels(array.reshape(-1) if array.size == len(images) else array, len(images), f"{path}: {name}")
        for array, images, name in ((train_labels, train, names[1]), (test_labels, test, names[3]))
    ]
    return Dataset(Path(path).name, train, labels[0], test, labels[1])


def _images(array, place):
    """uint8 (images, channels, rows, columns)."""
    if array.dtype != np.uint8 or array.ndim not in (2, 3, 4) or not array.size:
        raise NeurosimError(
            f"{place} has type {array.dtype} and shape {array.shape}; images are uint8 (images, rows, columns, "
            "channels), features uint8 (samples, features): scale them to 0 to 255 and use .astype('uint8')",
            status=1,
        )
    if array.ndim == 2:
        return array[:, :, None, None]
    if array.ndim == 3:
        return array[:, None]
    if array.shape[3] in (1, 3) and array.shape[1] not in (1, 3):
        return np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    return array


def _as_in(images, rows, columns, channels):
    """Images (images, channels, rows, columns) as those of another shape with the same axes; None if it has others."""
    count, *sizes = images.shape
    there = [size for size in sizes if size > 1]
    if there == [size for size in (channels, rows, columns) if size > 1]:
        return images.reshape(count, channels, rows, columns)
    if sizes[0] == 1 and there == [size for size in (rows, columns, channels) if size > 1]:
        return np.ascontiguousarray(images.reshape(count, rows, columns, channels).transpose(0, 3, 1, 2))
    if sizes[1:] == [1, 1] and channels == 1 and sizes[0] == rows * columns:
        return images.reshape(count, 1, rows, columns)
    return None


def digits():
    """scikit-learn's 1797 handwritten digits as 32 x 32 colour images: 1500 to train, the rest to test.

    Each of the 8 x 8 pixels (0 to 16) is repeated 4 x 4 times, in three equal channels.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise NeurosimError(
            "the digits come with scikit-learn, which is not installed; run: pip install scikit-learn", status=1
        ) from None
    content = load_digits()
    small = np.rint(content.images / 16 * 255).astype(np.uint8)
    images = np.repeat(small.repeat(4, axis=1).repeat(4, axis=2)[:, None], 3, axis=1)
    labels = content.target.astype(np.int64)
    return Dataset("digits", images[:1500], labels[:1500], images[1500:], labels[1500:])


# -- from bytes to what the network reads ----------------------------------------------------------

_NORMALISED = (np.arange(256, dtype=np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)


def normalise(images):
    """Bytes k as (k/255 - 0.5)/0.5 in float32: -1 to 1."""
    return _NORMALISED[np.asarray(images, np.uint8)]


def draw_augmentation(generator, count):
    """Random crops (row, column offsets 0 to 8) and mirror flags for `count` images."""
    return generator.integers(0, 2 * BORDER + 1, (count, 2)), generator.random(count) < 0.5


def augmented(images, generator, how):
    """Images with what `how` says drawn for each: "none", "shift" or "shift+mirror"; see `augment`."""
    offsets, flips = draw_augmentation(generator, len(images))
    return images if how == "none" else augment(images, offsets, flips & (how == "shift+mirror"))


def augment(images, offsets, flips):
    """Pad by 4 zero bytes, crop to the old size at the offsets, mirror the columns of some.

    Parameters
    ----------
    images : ndarray of uint8, (images, channels, rows, columns)
    offsets : array of int, (images, 2)
        Row and column of the crop in the padded image, 0 to 8.
    flips : array of bool, (images,)
    """
    border = [(0, 0), (0, 0), (BORDER, BORDER), (BORDER, BORDER)]
    view = np.lib.stride_tricks.sliding_window_view(np.pad(images, border), images.shape[2:], axis=(2, 3))
    offsets, flips = np.asarray(offsets), np.asarray(flips, bool)
    out = view[np.arange(len(images)), :, offsets[:, 0], offsets[:, 1]]
    out[flips] = out[flips][..., ::-1]
    return out


def batches(images, labels, size, order=None, generator=None):
    """Normalised batches (images, labels); the last may be short.

    Parameters
    ----------
    images, labels : ndarray
        Of a `Dataset`.
    size : int
    order : array of int, optional
        Order of the images; as they are unless given.
    generator : numpy.random.Generator, optional
        Draws the augmentation; none without it.
    """
    order = np.arange(len(images)) if order is None else order
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        part = images[chosen]
        if generator is not None:
            part = augment(part, *draw_augmentation(generator, len(part)))
        yield normalise(part), labels[chosen]
