"""Training with the constraints of a compute-in-memory chip: WAGE quantisation and device behaviour, in NumPy."""
