"""Files that are written whole: whatever the content, and nothing after a failure."""

import os

import pytest

from neurosim.errors import NeurosimError
from neurosim.outputs import Outputs, write_whole


@pytest.mark.parametrize("content", ["two\nlines", b"two\nlines", lambda file: file.write(b"two\nlines")])
@pytest.mark.parametrize("durable", [False, True])
def test_texts_bytes_and_writers(tmp_path, content, durable):
    path = tmp_path / "new" / "file"
    write_whole(path, content, durable=durable)
    assert path.read_bytes() == b"two\nlines" and list(path.parent.iterdir()) == [path]
    write_whole(os.devnull, content, durable=durable)


def test_a_durable_file_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    calls = []
    replace = os.replace
    monkeypatch.setattr("neurosim.outputs.os.fsync", lambda number: calls.append("fsync"))
    monkeypatch.setattr("neurosim.outputs.os.replace", lambda *names: (calls.append("replace"), replace(*names)))
    write_whole(tmp_path / "a", "text", durable=True)
    write_whole(tmp_path / "b", "text")
    assert calls == ["fsync", "replace", "replace"]


def full(file):
    file.write(b"half")
    raise OSError(28, "No space left on device")


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(NeurosimError, match=r"file: cannot be written \(No space left on device\)"):
        write_whole(path, full)
    with pytest.raises(ZeroDivisionError):
        write_whole(path, lambda file: 1 / 0)
    with pytest.raises(NeurosimError), Outputs() as outputs:
        outputs.replace(tmp_path / "other", "text")
        outputs.replace(path, full)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
