"""Change the code at random, one small thing at a time, and see whether a test notices.

    python scripts/mutate.py --seed 1 --count 60 neurosim/circuits neurosim/chip neurosim/evaluation wrappers/devices

Works on a copy of the checkout, built in place; a mutant of a compiled module is compiled. Each mutant is run against
the tests until the first failure, those of the mutated file's room first. What survives is listed with its line, before
and after: either a test is missing, or the change means nothing (a limit of an argument, an equal result). Mutants that
do not compile are drawn again; paths take turns.
"""

import argparse
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SWAPS = {
    "+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=",
    "!=": "==", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "and": "or", "or": "and", "True": "False",
    "False": "True", "min": "max", "max": "min", "ceil": "floor", "floor": "ceil", "not": "", "larger": "min",
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
SUFFIXES = (".py", ".pyx", ".pxd", ".toml")
LONGEST = 900   # time of a test run [s]; a mutant that hangs is noticed


def changed_number(text):
    """Another number: one more if it is whole, half as much again if it is not."""
    try:
        return str(int(text) + 1)
    except ValueError:
        return repr(float(text) * 1.5)


def places(path):
    """[(line number, column, old text, new text)] of everything in a file that can be changed."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return [
            (row, found.start(), found.group(), changed_number(found.group()))
            for row, line in enumerate(text.splitlines(), 1) if not line.lstrip().startswith("#")
            for found in NUMBER.finditer(line)
        ]  # fmt: skip
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            line = token.line.lstrip()
            if line.startswith(("import ", "from ", "cimport ", "@")):
                continue
            if token.string in SWAPS and token.type in (tokenize.OP, tokenize.NAME):
                found.append((*token.start, token.string, SWAPS[token.string]))
            elif token.type == tokenize.NUMBER:
                try:
                    found.append((*token.start, token.string, changed_number(token.string)))
                except ValueError:
                    continue    # hexadecimal
    except (tokenize.TokenError, IndentationError):
        pass    # what was read so far
    return found


def change(path, place):
    """Apply a change; returns the line before and after."""
    row, column, old, new = place
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    before = lines[row - 1]
    lines[row - 1] = before[:column] + new + before[column + len(old) :]
    path.write_text("".join(lines), encoding="utf-8")
    return before.strip(), lines[row - 1].strip()


def run(command, folder):
    """Whether a command succeeds in the copy."""
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, timeout=LONGEST, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


class Copy:
    """A copy of the checkout in which mutants live."""

    def __init__(self, folder):
        self.folder = Path(folder)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for name in filter(None, listed.split("\0")):
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        self.stale = True
        if not self.build():
            raise SystemExit("the copy does not build; is what [build-system] of pyproject.toml requires installed?")

    def build(self):
        """Whether what is compiled is up to date, after compiling if need be."""
        if self.stale and not run([sys.executable, "setup.py", "-q", "build_ext", "--inplace"], self.folder):
            return False
        self.stale = False
        return True

    def noticed(self, path):
        """Whether the tests fail: those of the room first, because they are likely to."""
        tests = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        parts = path.relative_to(self.folder).parent.parts
        room = Path("tests", *(parts[1:] if parts[0] == "neurosim" else parts))
        near = [[str(room)]] if (self.folder / room).is_dir() else []
        return any(not run([*tests, *chosen], self.folder) for chosen in [*near, []])

    def try_out(self, path, place):
        """(before, after, noticed) of a mutant; `noticed` is None if it does not compile."""
        kept = self._built_from(path)
        before, after = change(path, place)
        compiled = path.suffix in (".pyx", ".pxd")
        self.stale |= compiled
        try:
            return before, after, self.noticed(path) if self.build() else None
        finally:
            for file, (content, times) in kept.items():
                file.write_bytes(content)
                os.utime(file, ns=times)
            # What includes a changed declaration has been compiled again, too.
            self.stale = path.suffix == ".pxd"

    def _built_from(self, path):
        """{file: (content, times)} of a source and what was built from it, so that it need not be built again."""
        files = self.folder.rglob(f"{path.stem}.*") if path.suffix == ".pyx" else [path]
        stats = {file: file.stat() for file in files if file.is_file()}
        return {file: (file.read_bytes(), (stat.st_atime_ns, stat.st_mtime_ns)) for file, stat in stats.items()}


def deck(folder, path, chance):
    """Everything that can be changed in the files below a path, shuffled."""
    top = folder / path
    files = [top] if top.is_file() else sorted(top.rglob("*"))
    known = [(file, place) for file in files if file.suffix in SUFFIXES for place in places(file)]
    return chance.sample(known, len(known))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, help="folders or files of the checkout")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Copy(folder)
        if not run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"], copy.folder):
            raise SystemExit("the tests fail without any mutant")
        decks = [deck(copy.folder, path, chance) for path in options.paths]
        survivors, done, start = [], 0, time.perf_counter()
        while done < options.count and any(decks):
            path, place = decks[done % len(decks)].pop()
            before, after, noticed = copy.try_out(path, place)
            if noticed is None or before == after:
                continue
            done += 1
            where = f"{path.relative_to(copy.folder)}:{place[0]}"
            print(f"{done:3} {'noticed ' if noticed else 'SURVIVED'} {where}: {before}  ->  {after}", flush=True)
            if not noticed:
                survivors.append(where)
    print(f"seed {options.seed}: {done - len(survivors)} of {done} noticed in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
