"""Damaged checkpoints, full disks and stops: a sentence, nothing lost, nothing half begun."""

import json
import threading

import numpy as np
import pytest
from wage_runs import contents, images, same_run, started

from neurosim.errors import NeurosimError
from neurosim.wrappers.training import checkpoint, loop
from neurosim.wrappers.training.monitor import Monitor

LAYER = "Conv0_"


def other_facts(path, **changes):
    arrays, facts = checkpoint.load(path)
    facts = {name: value for name, value in (facts | changes).items() if value is not None}
    checkpoint.save(path, arrays, facts)


def test_damaged_checkpoints(tmp_path):
    """Whatever is in the file: a sentence, and nothing else in the folder is touched."""
    path = started(tmp_path / "run").folder / checkpoint.NAME
    whole = path.read_bytes()
    np.save(tmp_path / "other.npy", np.zeros(3))
    arrays, facts = checkpoint.load(path)
    damages = [lambda: path.write_bytes((tmp_path / "other.npy").read_bytes()), lambda: path.write_bytes(b"")]
    damages += [lambda name=name: other_facts(path, **{name: None}) for name in ("settings", "sizes", "epoch")]
    damages += [lambda: other_facts(path, settings="{}"), lambda: other_facts(path, loss="much")]
    for name, content in (("draws.seed", None), ("draws.foo3", np.zeros(6, np.uint64)), ("draws.", np.zeros(1)),
                          (f"{LAYER}.weight", np.array(["text"] * 3)), (f"{LAYER}.velocity", None)):
        changed = {key: value for key, value in (arrays | {name: content}).items() if value is not None}
        damages.append(lambda changed=changed: checkpoint.save(path, changed, facts))
    damages.append(lambda: checkpoint.save(path, {}, {"epoch": 3}))    # as best.npz is
    before = contents(path.parent)
    for damage in damages:
        path.write_bytes(whole)
        damage()
        with pytest.raises(NeurosimError) as error:
            loop.Run.resume(path.parent, images())
        assert "\n" not in str(error.value) and len(str(error.value)) < 300
    assert contents(path.parent) == before
    chance = np.random.default_rng(5)
    for place in chance.integers(0, len(whole), 60):     # one bit anywhere
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.integers(8)
        path.write_bytes(flipped)
        try:
            loop.Run.resume(path.parent, images())
        except NeurosimError as error:
            assert "\n" not in str(error)


def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise NeurosimError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save", full)
        with pytest.raises(NeurosimError, match="no room"):
            started(tmp_path / "new")
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / "mine.txt").write_text("kept")
        with pytest.raises(NeurosimError, match="no room"):
            started(tmp_path / "old")
    assert not (tmp_path / "new").exists()
    assert [file.name for file in (tmp_path / "old").iterdir()] == ["mine.txt"]
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("neurosim.outputs.os.replace", no_space)
    with pytest.raises(NeurosimError, match="cannot be written .No space left on device.; make room and start"):
        checkpoint.save(tmp_path / "none.npz", {"a": np.zeros(2)}, {})
    assert not list(tmp_path.glob("none*"))


def test_stopped_in_the_test(tmp_path):
    """A run that is stopped while it tests goes back to the end of the batches, and ends the same."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    started(whole, batch_size=10, evaluate_every=0).go()
    stop = threading.Event()

    class Watcher(Monitor):
        def test(self, number, total):
            if number == 1:
                stop.set()

    with pytest.raises(loop.Stopped, match="stopped in the test after epoch 1"):
        started(parts, batch_size=10, evaluate_every=0).go(Watcher(quiet=True), stop)
    loop.Run.resume(parts, images()).go()
    same_run(parts, whole)


def test_a_resumed_run_is_described_anew(tmp_path):
    started(tmp_path)
    (tmp_path / "NetWork.csv").unlink()
    loop.Run.resume(tmp_path, images(), epochs=5, data="elsewhere")
    assert json.loads((tmp_path / "settings.json").read_text())["epochs"] == 5
    assert (tmp_path / "NetWork.csv").exists()
