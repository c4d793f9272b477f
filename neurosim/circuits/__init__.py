"""Circuits of a chip: cells, arrays and everything around them, as immutable objects."""
