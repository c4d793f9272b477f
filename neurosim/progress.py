"""Progress of an evaluation on standard error."""

import sys
import time

from neurosim.units import duration

PAUSE = 2.0  # shortest time between two lines where a line cannot be rewritten [s]


class StatusLine:
    """One line about what is going on.

    A terminal shows it in place and it is gone at the end; elsewhere a line is printed at most every two seconds.

    Parameters
    ----------
    stream : text file, optional
        Standard error unless given.
    quiet : bool
        Say nothing.
    terminal_only : bool
        Say nothing unless the stream is a terminal.
    """

    def __init__(self, stream=None, *, quiet=False, terminal_only=False):
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream is not None and self._stream.isatty()
        self._quiet = quiet or self._stream is None or (terminal_only and not self._terminal)
        self._last = time.perf_counter()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.clear()

    def show(self, text):
        """Say what is going on now."""
        now = time.perf_counter()
        if self._terminal:
            self._write(f"\r\x1b[K{text}")
        elif now - self._last >= PAUSE:
            self._last = now
            self._write(f"neurosim: {text}\n")

    def clear(self):
        """Take the line away."""
        if self._terminal:
            self._write("\r\x1b[K")

    def _write(self, text):
        if self._quiet:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._quiet = True  # nobody is looking any more: the work goes on


class Progress(StatusLine):
    """Tells which layer is being evaluated and how long the rest will take.

    `with Progress(network) as progress: neurosim.evaluate(..., progress=progress)`.

    Parameters
    ----------
    network : Network
        Layers differ a lot in size: the time left is estimated from their multiplications and weights.
    stream, quiet, terminal_only
        As for `StatusLine`.
    """

    def __init__(self, network, stream=None, *, quiet=False, terminal_only=False):
        super().__init__(stream, quiet=quiet, terminal_only=terminal_only)
        self._work = [layer.weights * (layer.vectors + 40) for layer in network]
        self._start = time.perf_counter()

    def __call__(self, done, total):
        """Called before each layer with the number of layers done, and once more after the last."""
        if done == total:
            self.clear()
            return
        finished, elapsed = sum(self._work[:done]), time.perf_counter() - self._start
        text = f"layer {done + 1} of {total}"
        if finished:
            text += f", about {duration(elapsed * sum(self._work[done:]) / finished)} left"
        self.show(text)


class GroupProgress:
    """Progress over the layers of groups of designs; how many groups there are is told by the first call.

    Parameters
    ----------
    network : Network
    quiet : bool
    """

    def __init__(self, network, quiet=False):
        self._network, self._quiet, self._progress = network, quiet, None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self._progress is not None:
            self._progress.__exit__(*exception)

    def __call__(self, done, total):
        if self._progress is None:
            self._progress = Progress(list(self._network) * (total // len(self._network)), quiet=self._quiet)
        self._progress(done, total)
