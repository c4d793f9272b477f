"""The files of a training run, in the reference's formats.

All of them only grow. A checkpoint holds their lengths; a run that continues from it cuts off what was written
afterwards, so that no row appears twice or is missing.
"""

import os
from pathlib import Path

from neurosim.errors import NeurosimError
from neurosim.report.text import BREAKDOWN_FOLDER, OUTPUT_NAME

PYTHON_OUTPUT = "PythonWrapper_Output.csv"
UPDATES = "delta_dist.csv"
WEIGHTS = "weight_dist.csv"
ACTIVITY = "input_activity.csv"
LOG = "log.txt"

STEPS = ("forward", "activation gradient", "weight gradient", "weight update")
COSTS = [f"{kind}_{step}{{peak}} ({unit})" for kind, unit in (("L", "s"), ("E", "J")) for step in STEPS]
RATES = ["TOPS/W", "TOPS", "Peak TOPS/W", "Peak TOPS"]
OUTPUT_HEADER = ",".join([name.format(peak=peak) for peak in ("", "_Peak") for name in COSTS] + RATES)
REFERENCE_LAYERS = 8            # quirk W1: the header has eight layers, whatever the network
REFERENCE_LAST = "FC2_"         # quirk W2: the layer whose activity ends the line


def distribution_header(layers):
    """Header of the distribution files for a number of layers."""
    return ",".join(f"{n}_{kind}" for kind in ("mean", "std") for n in range(1, layers + 1))


def distribution_line(means, deviations):
    """A line of a distribution file."""
    return ",".join(f"{value:f}" for value in (*means, *deviations)) + "\n"


def activity_line(records, corrected=False):
    """A line of `input_activity.csv`; quirk W2: without a layer called FC2_ it does not end."""
    names = [record.name for record in records]
    last = names[-1] if corrected else REFERENCE_LAST
    return "".join(f"{record.activity!r}" + ("\n" if record.name == last else ",") for record in records)


class RunFiles:
    """The growing files of a run.

    Parameters
    ----------
    folder : str or Path
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def start(self, layers, corrections=()):
        """Write the headers. As in the reference `NeuroSim_Output.csv` is begun anew, the others are added to."""
        self._write(OUTPUT_NAME, OUTPUT_HEADER + "\n", mode="wb")
        header = distribution_header(layers if "W1" in corrections else REFERENCE_LAYERS)
        for name in (UPDATES, WEIGHTS):
            self._write(name, header + "\n")
        self._write(PYTHON_OUTPUT, "epoch,average loss,accuracy\n")
        (self.folder / BREAKDOWN_FOLDER).mkdir(exist_ok=True)

    def statistics(self, moments):
        """Add the lines of `statistics.Statistics`."""
        self._write(UPDATES, distribution_line(moments.update_mean, moments.update_std))
        self._write(WEIGHTS, distribution_line(moments.weight_mean, moments.weight_std))

    def test(self, epoch, loss, accuracy):
        """Add the result of a test."""
        self._write(PYTHON_OUTPUT, f"{epoch:f},{loss:f},{accuracy:f}\n")

    def activity(self, records, corrected=False):
        """Add the input activities of a trace."""
        self._write(ACTIVITY, activity_line(records, corrected))

    def chip(self, report, epoch):
        """Add a `neurosim.Report`: a line of the output file, and a breakdown."""
        try:
            report.to_csv(self.folder, str(epoch))
        except OSError as error:
            raise self._unwritable(self.folder / OUTPUT_NAME, error) from None

    def log(self, line):
        """Add a line to the log."""
        self._write(LOG, line + "\n")

    def sizes(self):
        """Lengths of all files in bytes, for a checkpoint; what they hold is on the disk then."""
        sizes = {}
        for path in self._all():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                sizes[path.relative_to(self.folder).as_posix()] = path.stat().st_size
        return sizes

    def cut(self, sizes):
        """Cut the files to the lengths of a checkpoint; those that it does not know are removed.

        Quirk W18: the original's files appear when it ends, and nothing goes on from them.

        Raises
        ------
        NeurosimError
            A file is shorter than it was, or missing.
        """
        for name, size in sizes.items():
            path = self.folder / name
            if not path.is_file() or path.stat().st_size < size:
                raise NeurosimError(
                    f"{path}: the file is missing or shorter than when the checkpoint was written; put it back or "
                    "start the run again"
                )
        for path in self._all():
            name = path.relative_to(self.folder).as_posix()
            if name in sizes:
                os.truncate(path, sizes[name])
            else:
                path.unlink()

    def _all(self):
        names = [OUTPUT_NAME, PYTHON_OUTPUT, UPDATES, WEIGHTS, ACTIVITY, LOG]
        paths = [self.folder / name for name in names] + sorted((self.folder / BREAKDOWN_FOLDER).glob("*.csv"))
        return [path for path in paths if path.is_file()]

    def _write(self, name, text, mode="ab"):
        path = self.folder / name
        try:
            with open(path, mode) as file:
                file.write(text.encode())
        except OSError as error:
            raise self._unwritable(path, error) from None

    def _unwritable(self, path, error):
        return NeurosimError(
            f"{path}: cannot be written ({error.strerror or error}); make room and continue with --resume {self.folder}"
        )
