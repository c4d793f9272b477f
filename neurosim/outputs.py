"""Writing results so that they are either all there or not at all."""

import itertools
import os
from contextlib import suppress
from pathlib import Path

from neurosim.errors import NeurosimError

COUNTER = itertools.count()


def write_whole(path, content, *, durable=False, shared=False):
    """Write a file that is either whole or, after a failure, as it was before.

    Folders on the way are made. What is no regular file (a terminal, `/dev/null`) is written to directly.

    Parameters
    ----------
    path : str or Path
    content : str, bytes or callable
        A callable writes into the file, which it is given open for bytes.
    durable : bool
        Wait until the content is on the disk before it takes its place: it survives a loss of power, too.
    shared : bool
        Others may write the same file at the same time.

    Raises
    ------
    NeurosimError
        The file cannot be written.
    """
    with Outputs() as outputs:
        outputs.replace(path, content, durable=durable, shared=shared)


class Outputs:
    """A group of files that change together: `with Outputs() as outputs: outputs.append(...)`.

    New contents wait in a file beside their goal and take its place when the block ends; appended text is
    cut off again when the block ends with an exception. Files and folders made on the way then go as well. (Quirk D5:
    the reference leaves what it wrote until it stopped.)
    """

    def __init__(self):
        self._staged = []  # (scratch file, goal)
        self._sizes = []  # (appended file, size before)
        self._made = []  # files and folders that were not there before

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            try:
                for scratch, goal in self._staged:
                    os.replace(scratch, goal)
                return
            except OSError as failure:
                self._undo()
                raise _unwritable(failure.filename2 or failure.filename, failure) from None
        self._undo()

    def replace(self, path, content, *, durable=False, shared=False):
        """Let the file hold `content`; see `write_whole`."""
        path = Path(path)
        try:
            if path.exists() and not path.is_file() and not path.is_dir():
                _fill(path, content)
                return
            goal = path.resolve()  # a link stays one
            self._make_folder(goal.parent)
            check_writable(path)
            # A fixed name is written over by whoever comes after a process that was killed.
            own = f".{os.getpid()}-{next(COUNTER)}" if shared else ""
            scratch = goal.with_name(f"{goal.name}{own}.part")
            self._made.append(scratch)
            _fill(scratch, content, durable)
        except OSError as error:
            raise _unwritable(path, error) from None
        self._staged.append((scratch, goal))

    def append(self, path, content):
        """Let the file end with `content`."""
        path = Path(path)
        try:
            self._make_folder(path.parent)
            if not path.exists():
                self._made.append(path)
            with open(path, "ab") as file:
                self._sizes.append((path, file.tell()))
                file.write(content.encode())
        except OSError as error:
            raise _unwritable(path, error) from None

    def _make_folder(self, folder):
        # Quirk D4: the reference does not, and prints an error for every line that it cannot write.
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._made.append(parent)

    def _undo(self):
        for path, size in self._sizes:
            with suppress(OSError):  # a device, or a file that has gone: there is nothing to cut
                os.truncate(path, size)
        for path in reversed(self._made):
            with suppress(OSError):  # somebody else uses the folder by now
                path.rmdir() if path.is_dir() else path.unlink()


def check_writable(path):
    """Refuse a file that could not be written, before the work whose result it shall hold.

    Raises
    ------
    NeurosimError
        It is a folder, or the file or the folder around it is write-protected.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise NeurosimError(f"{path}: this is a folder; name a file")
        if path.exists():
            if not os.access(path, os.W_OK):
                raise NeurosimError(f"{path}: the file is write-protected")
            return
        parent = path.absolute().parent
        while not parent.exists():
            parent = parent.parent
    except OSError as error:
        raise _unwritable(path, error) from None
    if not parent.is_dir():
        raise NeurosimError(f"{path}: cannot be written, because {parent} is no folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise NeurosimError(f"{path}: cannot be written, because the folder {parent} is write-protected")


def free_folder(base):
    """`base`, or `base-2`, `base-3` ...: the first that does not exist or is empty."""
    base, number = Path(base), 1
    folder = base
    while folder.exists() and not is_empty(folder):
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


def is_empty(folder):
    """Whether a folder holds nothing."""
    return Path(folder).is_dir() and not any(Path(folder).iterdir())


class RunFolder:
    """A folder of results that appears when all of it is written: `with RunFolder(path) as scratch: ...`.

    Everything is written into `scratch` first, then moved; other files in an existing folder stay.

    Raises
    ------
    NeurosimError
        The folder holds something and `force` is off, or it cannot be made.
    """

    def __init__(self, path, *, force=False):
        self.path = Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise NeurosimError(f"{self.path}: this is a file; give a folder for the results with --out")
        if self.path.is_dir() and not is_empty(self.path) and not force:
            raise NeurosimError(
                f"{self.path}: the folder is not empty; give another one with --out, or --force to write into it"
            )
        check_writable(self.path / "results.json")
        self._outputs = Outputs()

    def __enter__(self):
        try:
            self._outputs._make_folder(self.path.absolute())
            import tempfile  # slow to load, like shutil, and many commands write no folder

            self._scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=self.path))
        except OSError as error:
            self._outputs._undo()
            raise _unwritable(self.path, error) from None
        return self._scratch

    def __exit__(self, kind, error, trace):
        try:
            if error is None:
                for file in sorted(self._scratch.iterdir()):
                    _move(file, self.path / file.name)
        except OSError as failure:
            error = _unwritable(failure.filename2 or failure.filename, failure)
            raise error from None
        finally:
            import shutil

            shutil.rmtree(self._scratch, ignore_errors=True)
            if error is not None:
                self._outputs._undo()
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _unwritable(self.path, error) from None


def _fill(path, content, durable=False):
    """Write a file in place."""
    with open(path, "wb") as file:
        if callable(content):
            content(file)
        else:
            file.write(content.encode() if isinstance(content, str) else content)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _move(source, goal):
    """Move a file over another, or the files of a folder into another."""
    if source.is_dir():
        goal.mkdir(exist_ok=True)
        for file in sorted(source.iterdir()):
            _move(file, goal / file.name)
    else:
        os.replace(source, goal)


def _unwritable(path, error):
    return NeurosimError(f"{path}: cannot be written ({error.strerror or error})")
