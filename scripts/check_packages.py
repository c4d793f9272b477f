"""Check what a wheel and a source distribution hold: everything they need, and nothing else.

    python scripts/check_packages.py FOLDER_WITH_WHEEL_AND_SDIST [--files LIST]

The wheel must hold exactly the Python modules, the interfaces of the compiled modules, their data, and one
binary for each `.pyx` file; the source distribution exactly the files of this checkout. A summary line comes last.
"""

import argparse
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"neurosim": "neurosim", "technology": "neurosim/technology", "wrappers": "neurosim/wrappers"}
SHIPPED = (".py", ".pxd", ".pyi", ".typed", ".toml")  # and whatever lies in a folder `data`
# What stays in the repository only.
REPOSITORY_ONLY = (".gitignore", ".gitattributes")
GENERATED = {"PKG-INFO", "setup.cfg"}


def checkout():
    """The files of this checkout that git has or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file()]


def expected_wheel(files):
    """(files of a wheel, names of its compiled modules)."""
    plain, compiled = set(), set()
    for name in files:
        folder, _, rest = name.partition("/")
        if folder not in FOLDERS or not rest:
            continue
        if rest.endswith(".pyx"):
            compiled.add(f"{FOLDERS[folder]}/{rest.removesuffix('.pyx')}")
        elif rest.endswith(SHIPPED) or Path(rest).parent.name == "data":
            plain.add(f"{FOLDERS[folder]}/{rest}")
    return plain, compiled


def check_wheel(path, files):
    """Sentences about a wheel that holds too much or too little."""
    with zipfile.ZipFile(path) as wheel:
        held = {name for name in wheel.namelist() if not name.endswith("/")}
    info = {name for name in held if name.split("/")[0].endswith(".dist-info")}
    binaries = {name for name in held if name.endswith((".so", ".pyd"))}
    plain, compiled = expected_wheel(files)
    built = {name.split(".")[0] for name in binaries}
    problems = [f"{path.name}: {name} is missing" for name in sorted((plain - held) | (compiled - built))]
    problems += [f"{path.name}: {name} does not belong there" for name in sorted(held - info - binaries - plain)]
    problems += [f"{path.name}: {name} is no module of ours" for name in sorted(built - compiled)]
    for needed in ("METADATA", "entry_points.txt", "licenses/LICENSE", "licenses/NOTICE"):
        if not any(name.endswith(f".dist-info/{needed}") for name in info):
            problems.append(f"{path.name}: {needed} is missing")
    return problems


def check_sdist(path, files):
    """Sentences about a source distribution that holds too much or too little."""
    with tarfile.open(path) as archive:
        held = {entry.name.partition("/")[2] for entry in archive if entry.isfile()}
    held = {name for name in held if name not in GENERATED and not name.startswith("neurosim.egg-info/")}
    problems = [f"{path.name}: {name} is missing" for name in sorted(files - held)]
    return problems + [f"{path.name}: {name} does not belong there" for name in sorted(held - files)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=Path, help="a list of the checkout's files, a line each (default: ask git)")
    options = parser.parse_args()
    folder = options.folder
    listed = options.files.read_text().splitlines() if options.files else checkout()
    files = {name for name in listed if name not in REPOSITORY_ONLY}
    wheels, sdists = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    if len(wheels) != 1 or len(sdists) != 1:
        sys.exit(f"{folder} holds {len(wheels)} wheels and {len(sdists)} source distributions instead of one each")
    problems = check_wheel(wheels[0], files) + check_sdist(sdists[0], files)
    for problem in problems:
        print(problem)
    print(f"{wheels[0].name} and {sdists[0].name}: {len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
