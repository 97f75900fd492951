"""House rules that a machine can check and the linters do not.

The layers themselves are import-linter's, in ``make layers``.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
MAX_MODULE = 400
MAX_FUNCTION = 50
MAX_POSITIONAL = 4
GIVEN = {"connect_tcp"}
"""Functions whose arguments another package has decided."""

VAGUE = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}

LOWER = ("grammar", "compiler", "runtime")
"""The floors below ``fql``, lowest first."""

MODULES = sorted(
    file
    for folder in ("fql", *LOWER)
    for file in (ROOT / folder).rglob("*.py")
    if not any(part.is_symlink() for part in file.parents)
)
SCRIPTS = sorted(
    file
    for folder in ("benchmarks", "examples", "scripts")
    for file in (ROOT / folder).rglob("*.py")
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(file: Path) -> str:
    """Return *file*'s path for a test's name."""
    return file.relative_to(ROOT).as_posix()


def functions_of(file: Path) -> Iterator[FunctionNode]:
    """Yield every function that *file* defines, nested ones too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, FunctionNode):
            yield node


def imports_of(file: Path) -> Iterator[str]:
    """Yield every module that *file* imports names from, or imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def code_lines(function: FunctionNode) -> int:
    """Return the lines of *function* without those of its docstring."""
    lines = function.body[-1].end_lineno or 0
    lines += 1 - function.lineno
    if ast.get_docstring(function, clean=False) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def positional(function: FunctionNode) -> list[str]:
    """Return the arguments of *function* that may go by position, less ``self``."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


@pytest.mark.parametrize("file", [*MODULES, *SCRIPTS], ids=name_of)
def test_a_module_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) < MAX_MODULE


@pytest.mark.parametrize("file", [*MODULES, *SCRIPTS], ids=name_of)
def test_functions_are_short(file: Path) -> None:
    long = {
        function.name: code_lines(function)
        for function in functions_of(file)
        if code_lines(function) > MAX_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("file", [*MODULES, *SCRIPTS], ids=name_of)
def test_functions_take_few_arguments_by_position(file: Path) -> None:
    wide = [
        function.name
        for function in functions_of(file)
        if len(positional(function)) > MAX_POSITIONAL
        if function.name not in GIVEN
    ]
    assert wide == []


@pytest.mark.parametrize("file", [*MODULES, *SCRIPTS], ids=name_of)
def test_a_module_is_named_for_what_it_does(file: Path) -> None:
    words = {word for part in Path(name_of(file)).parts for word in part.split("_")}
    assert words & (VAGUE | {f"{word}.py" for word in VAGUE}) == set()


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_imports_are_absolute(file: Path) -> None:
    assert [name for name in imports_of(file) if name.startswith(".")] == []


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_floors_are_imported_by_their_full_names(file: Path) -> None:
    roots = {name.partition(".")[0] for name in imports_of(file)}
    assert roots & set(LOWER) == set()


@pytest.mark.parametrize(
    "file",
    [file for file in MODULES if file.relative_to(ROOT).parts[0] in LOWER],
    ids=name_of,
)
def test_no_lower_floor_imports_names_from_the_face(file: Path) -> None:
    assert [name for name in imports_of(file) if name == "fql"] == []


def test_the_rules_look_at_every_floor() -> None:
    floors = {file.relative_to(ROOT).parts[0] for file in MODULES}
    assert floors == {"fql", *LOWER}
