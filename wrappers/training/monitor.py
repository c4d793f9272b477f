"""What a run tells while it trains: a line that moves, and a line an epoch."""

import sys
import time

from neurosim.progress import StatusLine
from neurosim.report.quantities import STEPS
from neurosim.units import duration, si


class Monitor(StatusLine):
    """Progress of a run on standard error, and a line an epoch on standard output.

    Parameters
    ----------
    stream : text file, optional
        Of the moving line: standard error unless given.
    quiet : bool
        Say nothing.
    output : text file, optional
        Of the lines an epoch: standard output unless given.
    """

    def __init__(self, stream=None, *, quiet=False, output=None):
        super().__init__(stream, quiet=quiet)
        self._output = None if quiet else sys.stdout if output is None else output
        self._epochs = 0
        self._start = self._began = time.perf_counter()

    def begin(self, run):
        """An epoch begins."""
        self._began, self._images, self._first = time.perf_counter(), 0, run.batch
        self._left = run.settings.epochs - run.epoch

    def batch(self, run, loss, accuracy, images):
        """A batch is done."""
        self._images += images
        seconds = time.perf_counter() - self._began
        per_batch = seconds / (run.batch - self._first)
        # An epoch that is done has shown what tests, chip evaluations and files take.
        per_epoch = (self._began - self._start) / self._epochs if self._epochs else per_batch * run.batches
        left = per_batch * (run.batches - run.batch) + per_epoch * (self._left - 1)
        self.show(
            f"epoch {run.epoch + 1} of {run.settings.epochs}, batch {run.batch} of {run.batches}: loss {loss:.2f}, "
            f"accuracy {100 * accuracy:.1f} %, {self._images / seconds:.0f} images/s, about {duration(left)} left"
        )

    def test(self, number, total):
        """A batch of the test begins."""
        self.show(f"testing, batch {number + 1} of {total}")

    def say(self, text):
        """Anything else."""
        self.show(text)

    def epoch(self, run, row, report):
        """An epoch is done."""
        self._epochs += 1
        self.clear()
        if self._output is None:
            return
        words = [f"epoch {row['epoch'] + 1} of {run.settings.epochs}: loss {row['train_loss']:.2f}"]
        if "test_accuracy [%]" in row:
            words.append(f"test accuracy {row['test_accuracy [%]']:.2f} %")
        if report is not None:
            totals = [sum(report.totals[f"{step}_{kind}"] for step in STEPS) for kind in ("latency", "energy")]
            words.append(f"on the chip {si(totals[0], 's')} and {si(totals[1], 'J')} an epoch")
        print(", ".join(words), file=self._output, flush=True)
