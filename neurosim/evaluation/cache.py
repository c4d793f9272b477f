"""A cache of array statistics: evaluating known traces again needs no currents and no conversions.

Entries are keyed by content: the bytes of a layer's trace, the `Reading` (everything that currents and updates depend
on), the converter, and the code and data that computed them. They are never stale, and a wrong one can only come from a
damaged file, which is detected and dropped.
"""

import hashlib
import io
import os
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import astuple, fields
from os import PathLike
from pathlib import Path

import numpy as np

from neurosim.chip.mapping import ArrayMap
from neurosim.errors import NeurosimError
from neurosim.evaluation.fingerprint import fingerprint
from neurosim.evaluation.reading import ArrayReader, ArrayStats
from neurosim.outputs import write_whole
from neurosim.traces.checks import Seen
from neurosim.traces.traces import Trace

FORMAT = 2  # of what is stored
SUFFIX = ".stats.npz"


class Cache:
    """Statistics of layers in memory and, with a folder, on disk.

    Parameters
    ----------
    folder : path, optional
        Shared by any number of processes; made if it does not exist. Nothing else should lie in it.
    memory : int
        Most bytes kept in memory.
    disk : int
        Most bytes kept in the folder; the entries unused for longest go first.

    Raises
    ------
    NeurosimError
        The folder cannot be used.
    """

    def __init__(
        self, folder: str | PathLike[str] | None = None, *, memory: int = 256 * 2**20, disk: int = 4 * 2**30
    ) -> None:
        self.folder = None if folder is None else Path(folder)
        self.memory, self.disk = memory, disk
        self.hits = self.misses = 0
        self._held: OrderedDict[str, dict[str, np.ndarray]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise NeurosimError(f"{folder}: the cache folder cannot be used ({error.strerror})") from None

    def layer(
        self, trace: Trace, index: int, reader: ArrayReader, parts: Sequence[ArrayMap], pool: Executor
    ) -> tuple[list[ArrayStats], Seen]:
        """(list of ArrayStats, what was seen of its trace) of a layer, measured only as far as it is not known.

        Parameters
        ----------
        trace : Trace
        index : int
        reader : ArrayReader
            With all ADCs that are asked for.
        parts : list of ArrayMap
        pool : ThreadPoolExecutor
        """
        content = trace.fingerprint(index)
        common = _key(content, index, reader.reading)
        keys = {adc: _key(common, adc) for adc in reader.adcs}
        base = self._get(common)
        known = {} if base is None else {adc: self._get(key) for adc, key in keys.items()}
        missing = [adc for adc in keys if known.get(adc) is None]
        if base is None or missing:
            self.misses += 1
            recorded = trace.layer(index)
            data = ArrayReader(reader.reading, {adc: reader.adcs[adc] for adc in missing}).layer(recorded)
            base, fresh = _packed(list(pool.map(data.measure, parts)), trace.seen(index, recorded))
            self._put(common, base)
            for adc in missing:
                known[adc] = fresh[adc]
                self._put(keys[adc], fresh[adc])
        else:
            self.hits += 1
        return _unpacked(base, known, reader.reading.update), _seen(base["seen"])

    # -- entries: dicts of arrays -------------------------------------------------------------------

    def _get(self, key):
        with self._lock:
            entry = self._held.get(key)
            if entry is not None:
                self._held.move_to_end(key)
                return entry
        if self.folder is None:
            return None
        file = self.folder / (key + SUFFIX)
        try:
            with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as data:
                entry = {name: data[name] for name in data.files}
            if entry.pop("checksum").tobytes() != _checksum(entry):
                raise ValueError
            os.utime(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            with suppress(OSError):
                file.unlink()  # half a file, or somebody else's
            return None
        self._keep(key, entry)
        return entry

    def _put(self, key, entry):
        self._keep(key, entry)
        if self.folder is None:
            return
        checksum = np.frombuffer(_checksum(entry), np.uint8)
        # Whole or not at all, whoever else writes the same entry. A full disk only means that nothing is kept.
        with suppress(NeurosimError):
            path = self.folder / (key + SUFFIX)
            write_whole(path, lambda file: np.savez(file, checksum=checksum, **entry), shared=True)
            self._shrink()

    def _keep(self, key, entry):
        size = sum(array.nbytes for array in entry.values())
        with self._lock:
            if key in self._held or size > self.memory:
                return
            self._held[key] = entry
            self._size += size
            while self._size > self.memory:
                _, dropped = self._held.popitem(last=False)
                self._size -= sum(array.nbytes for array in dropped.values())

    def _shrink(self):
        """Drop the entries of the folder that were unused for longest, down to its limit."""
        entries = []
        for file in self.folder.glob("*" + SUFFIX):
            with suppress(OSError):  # another process was faster
                status = file.stat()
                entries.append((status.st_mtime, status.st_size, file))
        total = sum(size for _, size, _ in entries)
        for _, size, file in sorted(entries, key=lambda entry: entry[0]):
            if total <= self.disk:
                break
            with suppress(OSError):
                file.unlink()
            total -= size


def _key(*parts):
    digest = hashlib.blake2b(f"{FORMAT} {fingerprint()}".encode(), digest_size=20)
    for part in parts:
        digest.update(b"\0" + repr(part).encode())
    return digest.hexdigest()


def _checksum(entry):
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(entry):
        array = np.ascontiguousarray(entry[name])
        digest.update(f"{name}{array.dtype}{array.shape}".encode() + array.tobytes())
    return digest.digest()


def _packed(stats, seen):
    """The statistics of a layer's arrays as a few arrays: what all ADCs have in common, and each ADC's own."""
    base = {
        "activity": np.concatenate([array.activity for array in stats]),
        "lengths": np.array([len(array.activity) for array in stats]),
        "seen": np.array(seen, float),
    }
    if stats[0].writes is not None:
        base["writes"] = np.array([astuple(array.writes) for array in stats])
    own = {
        adc: {
            "latency": np.concatenate([array.conversions[adc][0] for array in stats]),
            "energy": np.concatenate([array.conversions[adc][1] for array in stats]),
        }
        for adc in stats[0].conversions
    }
    return base, own


def _seen(values):
    *shares, columns = values.tolist()
    return Seen(*shares, int(columns))


def unpacked_writes(record, values):
    """The record of an update from its fields as floats."""
    return record(*(kind.type(value) for kind, value in zip(fields(record), values, strict=True)))


def _unpacked(base, known, update):
    """The list of ArrayStats that `_packed` took apart."""
    ends = np.cumsum(base["lengths"])
    stats = []
    for number, (end, length) in enumerate(zip(ends, base["lengths"], strict=True)):
        planes = slice(end - length, end)
        writes = None
        if "writes" in base:
            writes = unpacked_writes(update.record, base["writes"][number].tolist())
        conversions = {adc: (entry["latency"][planes], entry["energy"][planes]) for adc, entry in known.items()}
        stats.append(ArrayStats(base["activity"][planes], conversions, writes))
    return stats
