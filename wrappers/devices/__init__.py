"""Devices that hold weights: update curves, read-out, crossbar arrays, hybrid synapses."""
