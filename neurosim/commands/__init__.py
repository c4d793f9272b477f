"""The `neurosim` command."""
