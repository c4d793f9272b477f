"""Write the trace files of the built-in VGG-8 example, for `neurosim-main` or another program.

usage: make_vgg8_trace.py FOLDER [SEED]

FOLDER gets network.csv, weight{l}.csv, weightOld{l}.csv and input{l}.csv of the eight layers (310 MB) and
args.txt, the words of the command line:

    cd FOLDER && neurosim-main $(cat args.txt)
"""

import sys

from neurosim.console import guarded
from neurosim.errors import NeurosimError
from neurosim.traces.examples import write_traces


def main(words):
    if len(words) not in (1, 2) or words[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return guarded("make_vgg8_trace.py", lambda: write(*words))


def write(folder, seed="0"):
    if not seed.isdigit():
        raise NeurosimError(f"the seed {seed!r} is no whole number")
    write_traces(folder, int(seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
