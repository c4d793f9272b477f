"""`python -m neurosim` is the `neurosim` command."""

import sys

from neurosim.commands.line import main

if __name__ == "__main__":
    sys.exit(main())
