"""A training run as data: everything that its numbers depend on, written into every checkpoint."""

import json

from neurosim.design.models import DEFAULT, MODELS, parse_model
from neurosim.errors import NeurosimError, suggestion
from neurosim.parameter import Parameter, Table
from neurosim.record import Record

CORRECTIONS = ("W1", "W2")      # of the trainer's files, see docs/fidelity.md
DEFAULT_ALGORITHM = "wage"
EPOCHS = 257
MOST = (1 << 63) - 1
# Sections: groups of options of `neurosim train`. Parameters without one have no option, or one of their own.
TRAINING, HOW_OFTEN = "training", "how often"


def _corrections(value, where):
    """Ids of corrections, as a tuple."""
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)):
        raise NeurosimError(f"corrections = {value!r} is no list of ids; there are {' and '.join(CORRECTIONS)}")
    for name in names:
        if name not in CORRECTIONS:
            raise NeurosimError(
                f"{name!r} is no correction of the trainer{suggestion(str(name), CORRECTIONS)}; there are "
                f"{' and '.join(CORRECTIONS)}"
            )
    return tuple(names)


def _parameters():
    p = Parameter
    count = {"low": 1, "high": MOST}
    yield p("epochs", None, "", f"epochs to train; unless given {_epochs()}", TRAINING, reference="epochs", of=int,
            optional=True, **count)
    yield p("batch_size", 200, "", "images per weight update", TRAINING, reference="batch_size", **count)
    yield p("learning_rate", 1.0, "", "factor of the update", TRAINING, reference="grad_scale", above=0, below=1e4)
    yield p("drops", (200, 250), "", "epochs at whose start the learning rate is divided by 8", TRAINING,
            reference="decreasing_lr", aliases=("lower-rate-at",), low=0, high=MOST)
    yield p("augment", "shift+mirror", "", "training images are moved by up to 4 pixels, and mirrored half of the "
            "time; unless given, the command does neither to digits, characters and features", TRAINING,
            choices=dict.fromkeys(("none", "shift", "shift+mirror")))
    yield p("seed", 117, "", "seed of all random draws", TRAINING, reference="seed", low=0, high=MOST)
    yield p("test_every", 1, "", "test after every N-th epoch", HOW_OFTEN, reference="test_interval", **count)
    yield p("evaluate_every", 1, "", "evaluate the chip after every N-th epoch that is tested; 0: never", HOW_OFTEN,
            low=0, high=MOST)
    yield p("checkpoint_every", 100, "", "batches between checkpoints inside an epoch; 0: only at its end", HOW_OFTEN,
            low=0, high=MOST)
    yield p("log_every", 100, "", "batches between lines of the log", HOW_OFTEN, reference="log_interval", **count)
    yield p("traces", False, "", "write the traces of every tested epoch as files")
    yield p("network", "", "", "text of the network file")
    yield p("data", "", "", "place of the images, see `data.load`")
    yield p("corrections", (), "", "ids of the corrected quirks of the files", read=_corrections,
            wanted=" and ".join(CORRECTIONS))
    yield p("algorithm", DEFAULT_ALGORITHM, "", "what trains, see `algorithm.ALGORITHMS`")
    yield p("model", DEFAULT, "", "version of the reference: the rules of its trainer, and its epochs",
            read=parse_model, wanted=lambda: ", ".join(MODELS))


def _epochs():
    """What versions train, in words."""
    return ", ".join(f"{_epochs_of(model)} with model {model}" for model in MODELS)


def _epochs_of(model):
    # Difference V21.
    return MODELS[model].settings.get("epochs", EPOCHS)


RUN = Table(_parameters(), "setting of a run", "epochs=20")


class Settings(Record, table=RUN):
    """What a run does, whatever trains; the defaults are those of the reference. Epochs count from 0.

    Quirk W3: each has its effect, where the original overwrites most of them; the defaults are what it then takes.
    Without `epochs` they are those of the model; `replace(model=..., epochs=None)` changes both.
    """

    def __post_init__(self):
        super().__post_init__()
        if self.epochs is None:
            object.__setattr__(self, "epochs", _epochs_of(self.model))

    @property
    def rules(self):
        """`TrainerRules` of the model."""
        return MODELS[self.model].trainer

    def rate_of(self, epoch):
        """Learning rate of an epoch."""
        return self.learning_rate / 8 ** sum(drop <= epoch for drop in set(self.drops))

    def to_json(self):
        """As text, for a checkpoint or a reader."""
        return json.dumps(self.to_dict(), indent=1)

    @classmethod
    def from_json(cls, text):
        """From what `to_json` returned; settings that there are no more are left out."""
        known = cls.__dataclass_fields__
        return cls.from_dict({name: value for name, value in json.loads(text).items() if name in known})
