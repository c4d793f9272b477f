"""Studies: grids of training runs that answer one question each."""
