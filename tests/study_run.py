"""A run of a study that other processes can import: they find this folder on the path, not the test modules."""

import os


def square(parameters):
    return {"accuracy": parameters["ron"] * 2, "threads": os.environ.get("OMP_NUM_THREADS", "")}
