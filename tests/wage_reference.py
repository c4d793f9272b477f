"""Slow, obvious versions of the trainer's kernels, and its recorded data.

Source of the data: runs of the original training program, see `data/trainer`.
"""

import functools
import io
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np

from neurosim.traces.architecture import Architecture
from neurosim.wrappers.devices.readout import Readout, Retention
from neurosim.wrappers.training.draws import GivenDraws
from neurosim.wrappers.wage.options import Options

DATA = Path(__file__).resolve().parent / "data" / "trainer"
REFERENCE_BETA = 24.0   # whatever the weight width

# What the recordings may differ by (their README): only where float32 sums are not exact.
LAYER_0_GRADIENT = 5e-6     # relative to the largest
LOSS = 1e-6                 # relative: the last digits of a float32 sum
DRIFT = 2e-6                # retention: one power in float32
CURVE = 1e-6                # w' for labels of at least 0.5
WIDE_CURVE = 5e-6           # w' from initial weights outside -1 ... 1
NEAR_LINEAR_CURVE = 3e-5    # w' for labels around 0.01
LOOSE = 0.1                 # read-out with inexact sums: ADC steps decided by float noise


@functools.cache
def arrays(name):
    """A recorded .npz file as {name: array}."""
    with np.load(io.BytesIO(lzma.decompress((DATA / f"{name}.npz.xz").read_bytes()))) as file:
        return {key: file[key] for key in file.files}


def cases(name):
    """(case, parameters, {field: array}) of a recorded file."""
    data = arrays(name)
    for case in json.loads(str(data["index"])):
        yield case["case"], case["params"], {field: data[f"{case['case']}.{field}"] for field in case["fields"]}


def case(name, wanted):
    """(parameters, {field: array}) of one case."""
    return next((params, fields) for label, params, fields in cases(name) if label == wanted)


def labels(name):
    """Names of the cases of a file."""
    return [label for label, _, _ in cases(name)]


def texts(name):
    """Members of a recorded tar file as {name: bytes}."""
    with tarfile.open(DATA / f"{name}.tar.xz") as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}


def architecture(params, shape):
    """Of a recorded network, for images (channels, rows, columns)."""
    layers = [
        {"conv": entry[1], "kernel": 3, "padding": params["padding"]} if entry[0] == "C" else {"pool": 2}
        for entry in params["net"]
    ]
    return Architecture.build((*shape[1:], shape[0]), layers + [{"fc": outputs} for outputs in params["fc"]])


def options(params):
    """Of a recorded run."""
    return Options(
        weight_bits=params["wl_weight"], update_bits=params["wl_grad"], activation_bits=params["wl_activate"],
        error_bits=params["wl_error"], levels=params.get("max_level", 32), ltp=params.get("nonlinearityLTP", 1.75),
        ltd=params.get("nonlinearityLTD", 1.46), cycle_variation=params.get("c2cVari", 0.0),
        device_variation=params.get("d2dVari", 0.0), momentum=params.get("gamma", 0.9),
        gradient_share=params.get("alpha", 0.1), beta=REFERENCE_BETA, retention=retention(params),
    )


def retention(params):
    return Retention(params.get("t", 0), params.get("v", 0), bool(params.get("detect", 0)), params.get("target", 0))


def readout(params):
    return Readout(params["cellBit"], params["onoffratio"], params["subArray"], params["ADCprecision"], params["vari"])


def draws(fields, count, steps=0):
    """Recorded draws of a network of `count` layers: initial weights and whatever else there is."""
    given = {
        "weights": {n: [fields.get(f"w{n}_init", fields.get(f"w{n}"))] for n in range(count)},
        "rounding": {n: [fields[f"s{k}_r{n}"] for k in range(steps)] for n in range(count)},
    }
    if "s0_noise0" in fields:
        given["cycle"] = {n: [fields[f"s{k}_noise{n}"] for k in range(steps)] for n in range(count)}
    if "d2d_noise0" in fields:
        given["device"] = {n: [fields[f"d2d_noise{n}"]] for n in range(count)}
    for purpose, name in (("retention", "ret_sign"), ("variation", "vari_noise")):
        if f"{name}0" in fields:
            shape = {n: fields.get(f"w{n}").shape for n in range(count)}
            given[purpose] = {n: list(fields[f"{name}{n}"].reshape(-1, *shape[n])) for n in range(count)}
    return GivenDraws(**given)


def channels_last(x):
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if x.ndim == 4 else x


# -- slow versions ---------------------------------------------------------------------------------

def convolution(x, weight, stride=1, padding=0):
    """(images, rows, columns, channels) by (outputs, channels, rows, columns), in double precision."""
    kernel = weight.shape[2]
    x = np.pad(x.astype(np.float64), ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    rows, columns = ((size - kernel) // stride + 1 for size in x.shape[1:3])
    z = np.zeros((len(x), rows, columns, len(weight)))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            z[:, row, column] = np.einsum("nijc,ocij->no", x[:, top : top + kernel, left : left + kernel], weight)
    return z


def convolution_gradients(x, weight, e, stride=1, padding=0):
    """(weight gradient, input gradient) of `convolution`, in double precision."""
    kernel = weight.shape[2]
    padded = np.pad(x.astype(np.float64), ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    gradient, back = np.zeros(weight.shape), np.zeros(padded.shape)
    for row in range(e.shape[1]):
        for column in range(e.shape[2]):
            window = (slice(None), slice(row * stride, row * stride + kernel),
                      slice(column * stride, column * stride + kernel))
            gradient += np.einsum("nijc,no->ocij", padded[window], e[:, row, column])
            back[window] += np.einsum("ocij,no->nijc", weight, e[:, row, column])
    return gradient, back[:, padding : back.shape[1] - padding, padding : back.shape[2] - padding]


def pool(y):
    """(maximum, number of the first maximum) of 2 x 2 windows."""
    images, rows, columns, channels = y.shape
    best = np.full((images, rows // 2, columns // 2, channels), -np.inf)
    which = np.zeros(best.shape, int)
    for number in range(4):
        part = y[:, number // 2 : rows // 2 * 2 : 2, number % 2 : columns // 2 * 2 : 2]
        which = np.where(part > best, number, which)
        best = np.maximum(part, best)
    return best, which


def unpool(g, which, shape):
    """Send g back to the first maxima."""
    out = np.zeros(shape, np.float32)
    rows, columns = shape[1] // 2 * 2, shape[2] // 2 * 2
    for number in range(4):
        out[:, number // 2 : rows : 2, number % 2 : columns : 2] = np.where(which == number, g, 0)
    return out
