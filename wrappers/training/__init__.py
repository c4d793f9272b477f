"""Training runs of any algorithm: settings, data, loop, files, checkpoints."""
