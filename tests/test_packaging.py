"""The package's description agrees with the tree."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("compiler", "grammar", "runtime")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS: dict[str, Any] = PYPROJECT["tool"]["setuptools"]

HEAVY = {
    *["click", "httpx", "lark", "liquid", "orjson", "prompt_toolkit", "pydantic"],
    *["rich", "zstandard"],
}
"""What costs time to import: loaded by the functions that need it."""


def package_folders() -> dict[str, Path]:
    """Return every package on disk, by its import name, with its real folder."""
    homes = {"fql": ROOT / "fql"} | {f"fql.{floor}": ROOT / floor for floor in FLOORS}
    return {
        ".".join([name, *file.parent.relative_to(home).parts]): file.parent
        for name, home in homes.items()
        for file in home.rglob("__init__.py")
        if not any(part.is_symlink() for part in file.parents)
    }


def test_every_package_is_listed() -> None:
    assert sorted(SETUPTOOLS["packages"]) == sorted(package_folders())


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {
        file.parent
        for home in ("fql", *FLOORS)
        for file in (ROOT / home).rglob("*.py")
        if not any(part.is_symlink() for part in file.parents)
    }
    assert folders == set(package_folders().values())


def test_every_data_file_is_packaged() -> None:
    listed: dict[str, list[str]] = SETUPTOOLS["package-data"]
    forgotten = [
        f"{name}: {file.name}"
        for name, folder in package_folders().items()
        for file in folder.iterdir()
        if file.is_file() and file.suffix not in {".py", ".pyc"}
        if not any(fnmatch(file.name, pattern) for pattern in listed.get(name, []))
    ]
    assert forgotten == []


def test_every_pattern_of_data_files_finds_one() -> None:
    folders = package_folders()
    idle = [
        f"{name}: {pattern}"
        for name, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        if not list(folders[name].glob(pattern))
    ]
    assert idle == []


def test_the_package_is_marked_as_typed() -> None:
    assert (ROOT / "fql" / "py.typed").is_file()


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_is_reached_through_a_relative_link(floor: str) -> None:
    link = ROOT / "fql" / floor
    assert link.is_symlink()
    assert link.readlink() == Path("..", floor)


def test_the_installed_version_is_the_one_described() -> None:
    assert metadata.version("fql") == PYPROJECT["project"]["version"]


def test_the_changelog_knows_the_version_or_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", changelog, flags=re.MULTILINE)
    assert headings
    assert headings[0] in {"Unreleased", PYPROJECT["project"]["version"]}


def test_all_extras_are_in_all() -> None:
    extras: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    assert everything == f"fql[{','.join(sorted(extras.keys() - {'all'}))}]"


def test_tools_are_pinned() -> None:
    loose = [
        tool for tool in PYPROJECT["dependency-groups"]["dev"] if tool.count("==") != 1
    ]
    assert loose == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    listing = "import fql, sys; print(*{name.split('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-I", "-c", listing],
        capture_output=True,
        check=True,
        text=True,
    )
    assert HEAVY & set(result.stdout.split()) == set()
