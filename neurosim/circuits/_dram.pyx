"""The off-chip memory."""

cimport cython

from neurosim.errors import NeurosimError, suggestion
from neurosim.technology import dram


@cython.final
cdef class Dram:
    """Off-chip memory: latency = bits / bandwidth, energy = bits * energy per bit.

    Parameters
    ----------
    kind : one of the memories of dram.toml, such as "GDDR5" or "HBM2"
    """

    def __init__(self, str kind not None):
        kinds = dram()
        if kind.lower() not in kinds:
            known = ", ".join(name.upper() for name in kinds)
            raise NeurosimError(f"off-chip memory {kind!r} is unknown: use one of {known}"
                                f"{suggestion(kind.lower(), kinds)}")
        row = kinds[kind.lower()]
        self.kind = kind
        self.bandwidth = row["bandwidth"]
        self.energy_per_bit = row["energy"]

    cpdef double latency(self, double bits) noexcept nogil:
        """Time to move `bits` bits in or out [s]."""
        return bits / self.bandwidth

    cpdef double energy(self, double bits) noexcept nogil:
        """Energy to move `bits` bits in or out [J]."""
        return self.energy_per_bit * bits
