"""Recorded runs as inputs of an evaluation, and what runs of V2.1 became with one difference undone."""

import csv

from golden import FOLDERS

from neurosim.design.design import Design
from neurosim.traces.network import Network
from neurosim.traces.traces import Trace


def inputs(recorded, folder):
    """Design, network and trace of a case whose files lie in `folder`."""
    design = Design.from_file(folder / "params.csv").replace(
        synapse_bits=int(recorded.args[2]), input_bits=recorded.input_bits
    )
    network = Network.from_file(folder / recorded.args[1])
    words = recorded.args[4:]
    files = [
        (*(folder / word for word in words[n : n + 3]), float(words[n + 3])) for n in range(0, len(words), 4)
    ]
    return design, network, Trace.from_files(files, network, recorded.input_bits)


def undone():
    """{case: {difference: {path of a value: (that of V2.1, that with the difference undone)}}}."""
    found = {}
    with open(FOLDERS["2.1"] / "one_difference_undone.csv", newline="") as file:
        for row in csv.DictReader(file):
            values = found.setdefault(row["case"], {}).setdefault(row["difference"], {})
            values[row["value"]] = float(row["v21"]), float(row["undone"])
    return found


def value_at(results, path):
    """The value of a path such as `layers[0].name`."""
    section, key = path.split(".")
    if "[" in section:
        section, number = section.removesuffix("]").split("[")
        return results[section][int(number)][key]
    return results[section][key]
