"""Install the built wheel on its own and use it from outside the checkout.

Usage: ``python scripts/check_wheel.py DIST``, where *DIST* holds one wheel.

Builds nothing: ``make package`` makes the wheel from the sdist first. With the core
dependencies alone, each module must import but those of delivery that are the home of
an optional package; with the extras that bring these, each module must import.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

EXTRAS = "delivery,metrics"
"""The extras whose packages a module of delivery may need on import."""

OPTIONAL = ("cryptography", "prometheus_client", "sqlalchemy")
"""The packages that these bring and some modules of delivery are the home of."""

IMPORT_EVERYTHING = """
import importlib, pathlib, pkgutil, sys
import fql

home = pathlib.Path(fql.__file__).resolve().parent
if not home.is_relative_to(pathlib.Path(sys.prefix).resolve()):
    sys.exit(f"imported from {home}, not from the environment")
names = ["fql", *(each.name for each in pkgutil.walk_packages([str(home)], "fql."))]
optional, passed = set(sys.argv[1:]), []
for name in names:
    if name.endswith(".__main__"):  # importing it would run it
        continue
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not name.startswith("fql.runtime.delivery.") or error.name not in optional:
            raise
        passed.append(name)
print(len(names) - len(passed), "modules imported,", len(passed), "need an extra")
if optional and not passed:
    sys.exit("an optional package is there: this is no environment without extras")
"""


def packages() -> dict[str, Path]:
    """Return each package's name with its folder, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    table = project["tool"]["setuptools"]
    folders: dict[str, str] = table["package-dir"]
    found = {}
    for name in table["packages"]:
        home = max((key for key in folders if is_within(name, key)), key=len)
        inner = name.removeprefix(home).strip(".").replace(".", "/")
        found[name] = ROOT / folders[home] / inner
    return found


def is_within(name: str, package: str) -> bool:
    """Return whether *name* is *package* or lies inside it."""
    return name == package or name.startswith(f"{package}.")


def expected_files() -> set[str]:
    """Return the files that the wheel must hold, by their paths in it."""
    return {
        f"{name.replace('.', '/')}/{file.name}"
        for name, folder in packages().items()
        for file in folder.iterdir()
        if file.is_file()
    }


def held_files(wheel: Path) -> set[str]:
    """Return the files of the package that *wheel* holds."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.startswith("fql/")}


def compare(wheel: Path) -> None:
    """Exit with a message where *wheel* lacks a file or holds one too many."""
    expected, held = expected_files(), held_files(wheel)
    problems = [f"missing from the wheel: {name}" for name in sorted(expected - held)]
    problems += [f"not in the tree: {name}" for name in sorted(held - expected)]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{wheel.name}: {len(held)} files, as in the tree")


def create(environment: Path) -> Path:
    """Make an environment and return the folder of its commands."""
    venv.create(environment, with_pip=True)
    return environment / ("Scripts" if sys.platform == "win32" else "bin")


def run(command: list[str | Path], folder: Path) -> None:
    """Run *command* in *folder*; raises CalledProcessError where it fails."""
    subprocess.run(command, check=True, cwd=folder)


def main() -> None:
    """Check the one wheel in the folder that the command line names."""
    (wheel,) = Path(sys.argv[1]).resolve().glob("*.whl")
    compare(wheel)
    with tempfile.TemporaryDirectory() as outside:
        commands = create(Path(outside, "environment"))
        install: list[str | Path] = [commands / "python", "-m", "pip", "install", "-qq"]
        check: list[str | Path] = [commands / "python", "-I", "-c", IMPORT_EVERYTHING]
        run([*install, wheel], Path(outside))
        run([*check, *OPTIONAL], Path(outside))
        run([commands / "fql", "--version"], Path(outside))
        run([*install, f"{wheel}[{EXTRAS}]"], Path(outside))
        run(check, Path(outside))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{failure.cmd[0]} ended with {failure.returncode}")
