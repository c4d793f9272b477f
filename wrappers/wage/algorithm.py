"""WAGE as a run drives it: its settings, its options on the command line, and what tests leave of its state."""

from neurosim.errors import NeurosimError
from neurosim.wrappers.devices import crossbar, hybrid
from neurosim.wrappers.devices.readout import READOUT, RETENTION, drifts_in_training
from neurosim.wrappers.training.algorithm import Algorithm, TrainingError
from neurosim.wrappers.wage.settings import HYBRID_RATE, Settings

DRAWN_ONCE = (".crossbar.variation", ".crossbar.stuck")     # of the model's state


class Wage(Algorithm):
    """Training with few bits and the device's curve, on ordinary or hybrid synapses, on ideal arrays or crossbars."""

    settings = Settings

    def model(self, settings, architecture):
        from neurosim.wrappers.wage.model import Model

        return Model(
            architecture, settings.options, settings.seed, settings.crossbar, settings.hybrid, settings.rules
        )

    def test(self, model, batches, settings):
        # Quirk W22: only tests read through the hardware, not training as well.
        return model.evaluate(batches, settings.readout if settings.hardware else None)

    def records(self, model, bits):
        from neurosim.wrappers.wage.trace import capture

        return capture(model)

    def counters(self, model):
        return model.counters()

    def finish(self, model):
        model.finish()

    def finishes(self, settings):
        return settings.hybrid is not None

    # -- state -------------------------------------------------------------------------------------

    def tests_change(self, name):
        """Tests draw random numbers and read crossbars, no more."""
        return name.startswith("draws.") or ".crossbar." in name

    def never_changes(self, name):
        return name.endswith(DRAWN_ONCE)

    # -- the chip, and the command line ------------------------------------------------------------

    def chip(self, settings):
        # Quirk W19: the original's chip is told by hand.
        return {"synapse_bits": settings.options.weight_bits, "input_bits": settings.options.activation_bits}

    def add_arguments(self, parser):
        crossbar.add_arguments(parser)
        hybrid.add_arguments(parser)

    def started(self, options, values):
        rate = {"learning_rate": HYBRID_RATE} if options.hybrid else {}
        return Settings(crossbar=crossbar.from_arguments(options)).replace(**{**rate, **values})

    def remarks(self, settings, given):
        unread = [parameter for name, parameter in READOUT.items() if name in given]
        if unread and not settings.hardware:
            yield f"--{unread[0].option} has no effect: tests are exact without --hardware 1"
        unread = [parameter for name, parameter in RETENTION.items() if name in given]
        if unread and not settings.hardware and not drifts_in_training(settings.rules):
            yield (
                f"--{unread[0].option} has no effect: with model {settings.model} weights drift in tests with "
                "--hardware 1 only"
            )
        cells, bits = settings.readout.cell_bits, settings.options.weight_bits
        if settings.hardware and bits % cells:
            yield (
                f"cells of {cells} bits do not fill weights of {bits}: the {bits % cells} highest bits are not read; "
                "use --cell-bits that divide --weight-bits"
            )

    def joined(self, settings, design, dataset, options):
        """Hybrid synapses: the chip has them too, and what they forget depends on its time of a batch."""
        synapse = hybrid.from_arguments(options, lambda cell: _batch_time(cell, settings, design, dataset), design)
        if synapse is None:
            return settings, design
        from neurosim.wrappers.wage.hybrid_chip import design_for

        return settings.replace(hybrid=synapse), design_for(synapse.cell, design)


def _batch_time(cell, settings, design, dataset):
    """Time of a batch on the chip [s]."""
    from neurosim.traces.architecture import Architecture
    from neurosim.wrappers.training import data
    from neurosim.wrappers.wage.hybrid_chip import chip_batch_time

    architecture = Architecture.from_text(settings.network, "network")
    dataset = dataset.fitted(architecture)
    batch = slice(settings.batch_size)
    try:
        return chip_batch_time(
            architecture, cell, data.normalise(dataset.train_images[batch]), dataset.train_labels[batch],
            design=design, options=settings.options, seed=settings.seed, learning_rate=settings.learning_rate,
            rules=settings.rules,
        )
    except TrainingError:
        raise
    except NeurosimError as error:
        raise NeurosimError(f"{error}; mend the chip, or give --hybrid-set batch_time=SECONDS") from None
