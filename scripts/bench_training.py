"""One training step of VGG-8 with 200 images, in a process of its own; used by bench.py.

    python scripts/bench_training.py neurosim|crossbar-neurosim|crossbar-txsim|hybrid|pytorch [--runs N]

Prints a line of JSON: seconds of every step and of every inference, peak memory, and for `neurosim` the seconds that
the trace and the chip evaluation of an epoch take. `pytorch` needs PyTorch: the same algorithm as its users would
write it (and as the original does, which convolves twice in the forward pass), on the processor.
"""

import argparse
import json
import resource
import time

import numpy as np

IMAGES = 200
GFLOP = 738     # of the matrix products of a step: 2 x 3 passes x 615 million multiplications an image
CHANNELS = (128, 128, 256, 256, 512, 512)
POOLED = (1, 3, 5)


def batch():
    """Random images and labels."""
    chance = np.random.default_rng(0)
    images = (chance.integers(0, 256, (IMAGES, 3, 32, 32)).astype(np.float32) / 255 - 0.5) / 0.5
    return images, chance.integers(0, 10, IMAGES)


def timed(action, runs):
    """Seconds of every run after a first one, which sets up buffers."""
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def neurosim(kind, runs):
    """Times of the trainer."""
    from neurosim.design.design import Design
    from neurosim.evaluation.flow import evaluate
    from neurosim.wrappers.devices.crossbar import named
    from neurosim.wrappers.devices.hybrid import Hybrid
    from neurosim.wrappers.wage.model import Model
    from neurosim.wrappers.wage.trace import capture, chip_trace

    crossbar = named(kind.removeprefix("crossbar-")) if kind.startswith("crossbar") else None
    model = Model(crossbar=crossbar, hybrid=Hybrid() if kind == "hybrid" else None)
    images, labels = batch()
    model.begin_epoch()
    rate = 1 / 32 if kind == "hybrid" else 1.0
    times = {"step": timed(lambda: model.train_batch(images, labels, rate), runs),
             "inference": timed(lambda: model.forward(images), runs)}
    if kind == "neurosim":
        def chip():
            network = model.architecture.network
            evaluate(Design(), network, chip_trace(capture(model), network, 8))

        times["trace and chip"] = timed(chip, runs)
    return times


def quantised(torch):
    """(rounding to bits, power of two next to the largest, activation with its gradient) as functions of tensors."""

    def rounded(x, bits):
        grid = 2.0 ** (bits - 1)
        return torch.round(torch.clamp(x, 1 / grid - 1, 1 - 1 / grid) * grid) / grid

    def power(x):
        return 2 ** torch.round(torch.log2(x.abs().max()))

    class Activation(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return rounded(z, 8)

        @staticmethod
        def backward(context, gradient):
            (z,) = context.saved_tensors
            return rounded(gradient / power(gradient), 8) * (z.abs() <= 127 / 128)

    return rounded, power, Activation.apply


def pytorch(runs):
    """Times of the same algorithm in PyTorch."""
    import torch
    from torch.nn import functional

    rounded, power, activation = quantised(torch)
    torch.manual_seed(0)
    shapes = [(n, c, 3, 3) for c, n in zip((3, *CHANNELS), CHANNELS, strict=False)] + [(1024, 8192), (10, 1024)]
    weights = [(torch.rand(shape) * 3 - 1.5).requires_grad_() for shape in shapes]
    scales = [2.0 ** round(float(np.log2(1.5 / np.sqrt(3 / np.prod(shape[1:]))))) for shape in shapes]
    velocity = [torch.zeros(shape) for shape in shapes]
    images, labels = (torch.from_numpy(array) for array in batch())
    wanted = functional.one_hot(labels, 10).float()
    a, b = 0.72 * 32, 2.6       # a device curve

    def forward():
        x = images
        for number, (weight, scale) in enumerate(zip(weights, scales, strict=True)):
            held = weight + (torch.round(weight * 16) / 16 - weight).detach()
            if weight.dim() == 4:
                functional.conv2d(x, held, padding=1)       # the original throws this one away
                x = functional.conv2d(x, held, padding=1) / scale
            else:
                x = functional.linear(x.flatten(1), held) / scale
            if number + 1 < len(weights):
                x = functional.relu(activation(x))
            if number in POOLED:
                x = functional.max_pool2d(x, 2)
        return x

    def step():
        for weight in weights:
            weight.grad = None
        (0.5 * (forward() - wanted).square().sum()).backward()
        with torch.no_grad():
            for weight, held in zip(weights, velocity, strict=True):
                held.mul_(0.9).add_(0.1 * weight.grad)
                held.div_(power(held))
                position = -a * torch.log(torch.clamp(1 - (weight + 1) / b, min=1e-6))
                moved = b * (1 - torch.exp(-(position - torch.round(held / 2 * 32)) / a)) - 1
                update = torch.floor(weight - rounded(moved, 16) + torch.rand_like(weight)) / 16
                weight.sub_(update).add_(torch.randn_like(weight) * 0.006 * (update != 0)).clamp_(-15 / 16, 15 / 16)

    def inference():
        with torch.no_grad():
            forward()

    return {"step": timed(step, runs), "inference": timed(inference, runs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = ("neurosim", "crossbar-neurosim", "crossbar-txsim", "hybrid", "pytorch")
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    times = pytorch(options.runs) if options.kind == "pytorch" else neurosim(options.kind, options.runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": times, "peak memory [MB]": round(peak)}))


if __name__ == "__main__":
    main()
