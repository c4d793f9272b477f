"""The training loop: batches, tests, traces, chip evaluations, files and checkpoints, epoch after epoch.

>>> run = Run.start(Settings(network=text, data="digits"), "runs/first", design)    # wage.Settings, for instance
>>> run.go()

A run that was stopped at any moment goes on with `Run.resume(folder).go()` and ends with the same weights and files
as one that was not: the order of the images and their augmentation depend on seed, epoch and batch alone, everything
else is in the checkpoint. Files and their order: Peng et al., "DNN+NeuroSim V2.0", TCAD 2020, and its wrapper.
"""

import hashlib
import json
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from neurosim.console import untold
from neurosim.errors import NeurosimError
from neurosim.outputs import write_whole
from neurosim.plausible import told
from neurosim.report.plan import Plan, warn_of
from neurosim.report.quantities import CHIP_QUANTITIES, STEPS
from neurosim.traces.architecture import Architecture
from neurosim.wrappers.training import algorithm, checkpoint, data, trace
from neurosim.wrappers.training.algorithm import TrainingError
from neurosim.wrappers.training.files import RunFiles
from neurosim.wrappers.training.monitor import Monitor
from neurosim.wrappers.training.settings import DEFAULT_ALGORITHM
from neurosim.wrappers.training.statistics import statistics

# Where a run stands: attributes that a checkpoint keeps, and their kinds.
_STAND = {"epoch": int, "batch": int, "correct": int, "loss": float, "history": list}
ORDER, AUGMENTATION = 1000, 1001    # keys of generators, apart from those of `draws.PURPOSES`
BEST = "best.npz"
CHIP = [f"{step}_{kind}" for kind in ("latency", "energy") for step in STEPS]


class Stopped(NeurosimError):
    """The run was asked to stop, and can go on from its checkpoint."""

    def __init__(self, sentence):
        super().__init__(sentence, status=130)


class Run:
    """A training run in a folder. Make one with `Run.start` or `Run.resume`.

    Attributes
    ----------
    settings : settings.Settings
        Of the class that the algorithm names.
    folder : Path
    design : neurosim.Design
    algorithm : algorithm.Algorithm
    model : algorithm.Trainable
    epoch, batch : int
        Where the run stands: finished epochs, and finished batches of the epoch after them.
    history : list of dict
        Loss, accuracy and chip cost of every finished epoch.
    """

    def __init__(self, settings, folder, design, dataset=None):
        self.settings, self.folder, self.design = settings, Path(folder), design
        self.algorithm = algorithm.named(settings.algorithm)
        if not isinstance(settings, self.algorithm.settings):
            kind = self.algorithm.settings
            raise NeurosimError(
                f"these are no settings of the algorithm {settings.algorithm!r}; give {kind.__module__}.{kind.__name__}"
            )
        self.architecture = Architecture.from_text(settings.network, "network")
        self.dataset = data.load(settings.data) if dataset is None else dataset
        self.dataset = self.dataset.fitted(self.architecture)
        self.files = RunFiles(self.folder)
        self.epoch = self.batch = self.correct = 0
        self.loss = 0.0
        self.history = []
        self._kept = {}     # state that a checkpoint takes from before a test
        self._next_picture = 0.0
        if settings.evaluate_every:
            self.plan()
        self.model = self.algorithm.model(settings, self.architecture)
        self._finishes = self.algorithm.finishes(settings)

    @classmethod
    def start(cls, settings, folder, design, dataset=None):
        """Begin a run: the folder gets its settings, its headers and a checkpoint.

        Parameters
        ----------
        settings : settings.Settings
            Those of its algorithm.
        folder : str or Path
            Made unless it is there. Growing files that it holds are added to, as by the reference.
        design : neurosim.Design
        dataset : data.Dataset, optional
            Images in memory, instead of those of `settings.data`.

        Raises
        ------
        NeurosimError
            The data do not fit the network, or the chip does not.
        """
        run = cls(settings, folder, design, dataset)
        there = run.folder.exists()
        run.folder.mkdir(parents=True, exist_ok=True)
        before = set(run.folder.iterdir())
        (run.folder / checkpoint.NAME).unlink(missing_ok=True)
        try:
            run._describe()
            run.files.start(len(run.architecture.layers), settings.corrections)
            run.save()
        except (NeurosimError, OSError):    # a full disk leaves nothing half begun behind
            for path in set(run.folder.iterdir()) - before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if not there:
                run.folder.rmdir()
            raise
        return run

    def _describe(self):
        """Write what the run is, for its readers."""
        for name, text in {
            "settings.json": self.settings.to_json() + "\n",
            "network.toml": self.settings.network,
            "NetWork.csv": self.architecture.network.to_csv(),
            "design.toml": self.design.to_toml(),
        }.items():
            write_whole(self.folder / name, text)

    @classmethod
    def resume(cls, folder, dataset=None, **changes):
        """Continue a run from the checkpoint in its folder; whatever its files hold beyond is cut off.

        Parameters
        ----------
        folder : str or Path
        dataset : data.Dataset, optional
        **changes
            Settings that do not change what has been computed: `epochs`, `evaluate_every`, `checkpoint_every`,
            `log_every`, `traces`; and `data`, where the same images are now.

        Raises
        ------
        NeurosimError
            There is no checkpoint, it is damaged, or the images are others.
        """
        from neurosim.design.design import Design

        folder = Path(folder)
        path = folder / checkpoint.NAME
        arrays, facts = checkpoint.load(path)
        with _whole(path):
            text = facts["settings"]
            name = json.loads(text).get("algorithm", DEFAULT_ALGORITHM)     # old ones do not name it
        kind = algorithm.named(name, f"{path}: ").settings
        with _whole(path):
            settings, design = kind.from_json(text), Design(**facts["design"])
            stand = {name: convert(facts[name]) for name, convert in _STAND.items()}
            digest, sizes = facts["data"], dict(facts["sizes"])
        run = cls(settings.replace(**changes), folder, design, dataset)
        if digest != run._fingerprint():
            raise NeurosimError(
                f"{run.settings.data}: these are not the images of the run; put them back, or name their place with "
                "--data"
            )
        with _whole(path):
            run.model.restore(arrays)
        for name, value in stand.items():
            setattr(run, name, value)
        run.files.cut(sizes)
        run._describe()
        return run

    # -- the loop ----------------------------------------------------------------------------------

    def go(self, monitor=None, stop=None):
        """Train to the last epoch; returns `history`.

        Parameters
        ----------
        monitor : monitor.Monitor, optional
            Told what happens; says nothing unless given.
        stop : threading.Event, optional
            Once it is set, the run writes a checkpoint and raises `Stopped` after the batch at hand.

        Raises
        ------
        Stopped
        TrainingError
            Errors or gradients vanished, or are no numbers; the checkpoint is that of before.
        NeurosimError
            A file cannot be written.

        Warns
        -----
        NeurosimWarning
            Of settings and parameters of the chip that are hardly meant; once, of chip results that mean nothing.
        """
        monitor = Monitor(quiet=True) if monitor is None else monitor
        settings = self.settings
        for sentence in (*settings.doubts.values(), *(self.plan().doubts.values() if settings.evaluate_every else ())):
            warn_of([sentence], 2)
        while self.epoch < settings.epochs:
            started = time.perf_counter()
            self._train(monitor, stop)
            self._finish(monitor, stop, started)
            self.epoch, self.batch, self.correct, self.loss = self.epoch + 1, 0, 0, 0.0
            if not self._finishes:
                self._kept = {}     # tests have their part in what training does next
            self.save()
            self._kept = {}
            if stop is not None and stop.is_set() and self.epoch < settings.epochs:
                raise Stopped(f"stopped after epoch {self.epoch}; continue with --resume {self.folder}")
        return self.history

    @property
    def batches(self):
        """Batches of an epoch; the last may be short."""
        return -(-len(self.dataset.train_images) // self.settings.batch_size)

    def _generator(self, *key):
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.settings.seed, spawn_key=key)))

    def _images(self, order):
        """Normalised images and labels of the batch at hand, augmented as the settings say.

        Quirk W17: drawn by seed, epoch and batch, so that a run can go on; the original's generators cannot be told to.
        """
        settings, dataset = self.settings, self.dataset
        chosen = order[self.batch * settings.batch_size : (self.batch + 1) * settings.batch_size]
        generator = self._generator(AUGMENTATION, self.epoch, self.batch)
        images = data.augmented(dataset.train_images[chosen], generator, settings.augment)
        return data.normalise(images), dataset.train_labels[chosen]

    def _train(self, monitor, stop):
        """The rest of the epoch's batches."""
        settings, total = self.settings, len(self.dataset.train_images)
        order = self._generator(ORDER, self.epoch).permutation(total)
        if not self.batch:
            self.model.begin_epoch()
        monitor.begin(self)
        while self.batch < self.batches:
            images, labels = self._images(order)
            try:
                loss, correct = self.model.train_batch(images, labels, settings.rate_of(self.epoch))
            except TrainingError as error:
                kept = self.folder / checkpoint.NAME
                raise TrainingError(
                    f"epoch {self.epoch}, batch {self.batch}: {error}; the last checkpoint is {kept}"
                ) from None
            self.loss, self.correct, self.batch = self.loss + float(loss), self.correct + int(correct), self.batch + 1
            monitor.batch(self, loss, correct / len(labels), len(labels))
            if self.batch % settings.log_every == 0 and self.batch < self.batches:
                self.files.log(
                    f"epoch {self.epoch}: {self.batch} of {self.batches} batches, loss {loss:.6f}, "
                    f"accuracy {correct / len(labels):.4f}, learning rate {settings.rate_of(self.epoch):g}"
                )
            stopping = stop is not None and stop.is_set()
            due = settings.checkpoint_every and self.batch % settings.checkpoint_every == 0
            if (stopping or due) and self.batch < self.batches:
                self.save()
                if stopping:
                    raise Stopped(
                        f"stopped after batch {self.batch} of {self.batches} of epoch {self.epoch}; continue with "
                        f"--resume {self.folder}"
                    )

    def _finish(self, monitor, stop, started):
        """Statistics, test, trace and chip of an epoch, in the order of the reference."""
        settings, epoch = self.settings, self.epoch
        last = epoch + 1 == settings.epochs
        row = {
            "epoch": epoch,
            "learning_rate": settings.rate_of(epoch),
            "train_loss": self.loss / self.batches,
            "train_accuracy [%]": 100.0 * self.correct / len(self.dataset.train_images),
        }
        tested = epoch % settings.test_every == 0
        if tested or last:
            self._keep()
        self.files.statistics(statistics(self.model.layers))
        row |= self.algorithm.counters(self.model)
        if self._finishes and (tested or last):
            self.algorithm.finish(self.model)   # what is tested, and in the end remains, are the finished weights
            if last:
                row |= self.algorithm.counters(self.model)
        report = None
        if tested:
            loss, accuracy, records = self._test(monitor, stop)
            row |= {"test_loss": loss, "test_accuracy [%]": accuracy}
            self.files.activity(records, "W2" in settings.corrections)
            if settings.traces:
                bits = self._bits("synapse_bits"), self._bits("input_bits")
                trace.write(records, self.folder / trace.FOLDER, epoch, *bits)
            self.files.test(epoch, loss, accuracy)
            self._keep_best(accuracy)
            if settings.evaluate_every and epoch % settings.evaluate_every == 0:
                report = self._evaluate(records, monitor)
                units = {q.name: q.unit for q in CHIP_QUANTITIES}
                row |= {f"{name} [{'s' if name.endswith('latency') else 'J'}]": report.totals[name] for name in CHIP}
                row |= {f"{name} [{unit}]": report.totals[name] for name, unit in units.items()}
        if self._finishes and tested and not last:
            self.model.restore(self._kept)
        self.history.append(row)
        self.files.log(_sentence(row, time.perf_counter() - started))
        self._write_tables(report)
        monitor.epoch(self, row, report)

    def _keep(self):
        """Remember where training stands: what a checkpoint needs that a test, or to finish the weights, changes."""
        self._facts_kept = self._facts()
        self._kept = {
            name: array if self.algorithm.never_changes(name) else np.array(array)
            for name, array in self.model.state().items() if self._passes(name)
        }  # fmt: skip

    def _passes(self, name):
        """Whether what stands in this array of the state before the end of an epoch may be gone after it."""
        return self._finishes or self.algorithm.tests_change(name)

    def _test(self, monitor, stop):
        """Loss, accuracy, and the trace of the first image of the first batch.

        When it is asked to stop, the run's checkpoint is of the moment before the end of the epoch began.
        """
        settings, dataset, records = self.settings, self.dataset, []

        def batches():
            total = -(-len(dataset.test_images) // settings.batch_size)
            every = data.batches(dataset.test_images, dataset.test_labels, settings.batch_size)
            for number, batch in enumerate(every):
                if number and stop is not None and stop.is_set():
                    self._save(self._facts_kept)
                    raise Stopped(
                        f"stopped in the test after epoch {self.epoch + 1}; continue with --resume {self.folder}"
                    )
                monitor.test(number, total)
                yield batch
                if not number:  # the model has read the batch by now
                    found = self.algorithm.records(self.model, self._bits("input_bits"))
                    records.extend(trace.as_traced(found, self.architecture.layers, settings.rules))

        loss, accuracy = self.algorithm.test(self.model, batches(), settings)
        return float(loss), float(accuracy), records

    def _keep_best(self, accuracy):
        """Keep the weights of the best test so far apart, as the reference does."""
        before = [row["test_accuracy [%]"] for row in self.history if "test_accuracy [%]" in row]
        if accuracy > max(before, default=-1.0):
            weights = {f"{layer.name}.weight": layer.weight for layer in self.model.layers}
            checkpoint.save(self.folder / BEST, weights, {"epoch": self.epoch, "test_accuracy [%]": accuracy})

    # -- the chip ----------------------------------------------------------------------------------

    def _bits(self, name):
        """`input_bits` or `synapse_bits`: of the training, or of the chip where the training does not know."""
        return self.algorithm.chip(self.settings).get(name, getattr(self.design, name))

    def plan(self):
        """The `neurosim.Plan` of the chip; refuses one that cannot hold the network, before anything is trained."""
        try:
            return Plan.of(self.design, self.architecture.network)
        except NeurosimError as error:
            raise NeurosimError(
                f"the chip cannot be evaluated: {error} (--design, --set), or train without it: --evaluate-every 0"
            ) from None

    def _evaluate(self, records, monitor):
        from neurosim.evaluation.flow import evaluate

        monitor.say("evaluating the chip")
        network = self.architecture.network
        chip = trace.chip_trace(records, network, self._bits("input_bits"))
        with untold():      # `go` has told what is hardly meant about the design
            report = evaluate(self.design, network, chip)
        warn_of(told(report.unsound).values(), 2)
        self.files.chip(report, self.epoch)
        return report

    # -- files -------------------------------------------------------------------------------------

    def _write_tables(self, report):
        """Files that are written anew after every epoch."""
        import pandas as pd

        self._write_whole("epochs.csv", pd.DataFrame(self.history).to_csv(index=False))
        if report is not None:
            self._write_whole("results.json", report.to_json())
            if report.hybrid:
                self._write_whole(report.hybrid.FILE_NAME, report.hybrid.to_csv())
        started = time.perf_counter()
        if started >= self._next_picture or self.epoch + 1 == self.settings.epochs:
            self._draw()
            drawn = time.perf_counter()
            self._next_picture = drawn + 10 * (drawn - started)     # short epochs do not wait for their picture

    def _draw(self):
        from neurosim.wrappers.training.plots import training_figure

        figure = training_figure(self.history, self.model)
        self._write_whole("training.png", lambda file: figure.savefig(file, dpi=110, format="png"))

    def _write_whole(self, name, content):
        try:
            write_whole(self.folder / name, content)
        except NeurosimError as error:
            raise NeurosimError(f"{error}; make room and continue with --resume {self.folder}") from None

    def save(self):
        """Write a checkpoint: from finished weights there is no way on, so it has those before."""
        self._save(self._facts())

    def _save(self, facts):
        state = self.model.state()
        if self._kept:      # a test may have added arrays, such as generators, that are not there yet
            state = {name: array for name, array in state.items() if not self._passes(name)} | self._kept
        checkpoint.save(self.folder / checkpoint.NAME, state, facts)

    def _facts(self):
        """What a checkpoint holds besides arrays."""
        return {
            "settings": self.settings.to_json(),
            "design": self.design.to_dict(),
            "data": self._fingerprint(),
            "sizes": self.files.sizes(),
            **{name: kind(getattr(self, name)) for name, kind in _STAND.items()},
        }

    def _fingerprint(self):
        """A text that changes when the images do."""
        if not hasattr(self, "_digest"):
            digest = hashlib.blake2b(digest_size=16)
            for array in (self.dataset.train_images, self.dataset.train_labels, self.dataset.test_images,
                          self.dataset.test_labels):
                digest.update(f"{array.shape}".encode())
                digest.update(np.ascontiguousarray(array).tobytes())
            self._digest = digest.hexdigest()
        return self._digest


@contextmanager
def _whole(path):
    """Whatever goes wrong inside, because something is missing or of another kind, is the checkpoint's fault."""
    try:
        yield
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise checkpoint.damaged(path, error) from None


def _sentence(row, seconds):
    """An epoch in a line of the log."""
    numbers = ", ".join(f"{name} {value:g}" for name, value in row.items() if name != "epoch")
    return f"epoch {row['epoch']} done in {seconds:.1f} s: {numbers}"
