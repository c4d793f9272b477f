"""Short training runs for tests, and what they leave behind."""

import numpy as np

import neurosim
from neurosim.wrappers.training import checkpoint, loop
from neurosim.wrappers.training.data import Dataset
from neurosim.wrappers.wage.settings import Settings

NETWORK = """
input = [8, 8, 3]
layers = [{ conv = 16, padding = 1 }, { pool = 2 }, { conv = 32 }, { fc = 64 }, { fc = 10 }]
"""
CHIP = {"array_rows": 16, "array_columns": 16, "relax_cell_height": True, "relax_cell_width": True,
        "batch_size": 20, "iterations": 4, "wg_array_rows": 4, "wg_array_columns": 16, "rows_per_adc_wg": 4,
        "global_buffer_rows": 16, "global_buffer_columns": 16}
UNEQUAL = {"log.txt", "checkpoint.npz", "best.npz", "training.png"}     # times, archives' dates, a picture


def images(seed=0, count=70, tests=30):
    """Ten patterns with noise."""
    chance = np.random.default_rng(seed)
    patterns = chance.integers(0, 256, (10, 3, 8, 8))
    labels = chance.integers(0, 10, count + tests)
    noisy = np.clip(patterns[labels] + chance.normal(0, 30, (count + tests, 3, 8, 8)), 0, 255).astype(np.uint8)
    return Dataset("patterns", noisy[:count], labels[:count], noisy[count:], labels[count:])


def settings(**changes):
    start = Settings(network=NETWORK, data="patterns", epochs=3, batch_size=20, checkpoint_every=2)
    return start.replace(**changes)


def started(folder, dataset=None, **changes):
    return loop.Run.start(settings(**changes), folder, neurosim.Design(**CHIP), dataset or images())


def command_line(folder, out, *more):
    """The command line of a short run, whose files lie in `folder`."""
    (folder / "network.toml").write_text(NETWORK)
    (folder / "chip.csv").write_text("".join(f"{name},{value}\n" for name, value in CHIP.items()))
    data = images()
    np.savez(folder / "patterns.npz", x_train=data.train_images, y_train=data.train_labels,
             x_test=data.test_images, y_test=data.test_labels)
    return ["train", "--data", str(folder / "patterns.npz"), "--network", str(folder / "network.toml"), "--design",
            str(folder / "chip.csv"), "--batch_size", "20", "--epochs", "3", "--checkpoint-every", "2", "--out",
            str(out), *more]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in UNEQUAL}


def weights(folder):
    arrays, _ = checkpoint.load(folder / checkpoint.NAME)
    return arrays


def same_run(one, other):
    assert contents(one) == contents(other)
    left, right = weights(one), weights(other)
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array, right[name], err_msg=name)
