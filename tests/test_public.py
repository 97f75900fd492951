"""The names that programs which embed fql rely on."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import fql

PUBLIC = [
    *["Code", "Diagnostic", "Example", "ExampleEvents", "Explanation", "Fields"],
    *["Filter", "FqlError"],
    *["FUNCTIONS", "Function", "FunctionTable", "Mapping", "Outcome", "Parameter"],
    *[
        "PayloadError",
        "ProgramExplanation",
        "Report",
        "RuleSet",
        "Schema",
        "Severity",
        "Simplified",
        "Trigger",
        "Type",
        "Workspace",
        "__version__",
    ],
    *["check", "compile", "compile_fields", "compile_filter", "compile_mapping"],
    *[
        "conditions",
        "destinations",
        "device",
        "examples",
        "format",
        "glob_match",
        "infer_schema",
        "load",
    ],
    "preview_requests",
    "run_tests",
    "simplify",
]
"""Pinned: a name that goes breaks programs, one that comes has to stay."""

DESTINATIONS = [
    *["Action", "Answer", "BatchRules", "Call", "Definition", "DefinitionError"],
    *["HttpRequest", "HttpResponse", "IntegrationError", "InvalidAuthenticationError"],
    *["PayloadValidationError", "Preset", "Registry", "RetryableError", "Scheme"],
    *["WritingAction", "form_request", "installed_registry", "json_request"],
    *["read_declared", "read_fields", "request", "shipped_registry"],
]

CONDITIONS = ["TreeError", "compile", "from_fql", "generate", "read", "to_fql"]

EMBEDDING = Path(__file__).resolve().parent.parent / "docs" / "embedding.md"

DESCRIBED = [name for name in PUBLIC if name not in {"__version__", "FUNCTIONS"}]


def test_the_public_names_are_these() -> None:
    assert list(fql.__all__) == PUBLIC
    assert list(fql.conditions.__all__) == CONDITIONS
    assert list(fql.device.__all__) == ["encode"]
    assert list(fql.destinations.__all__) == DESTINATIONS


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_can_be_imported(name: str) -> None:
    scope: dict[str, object] = {}
    exec(f"from fql import {name}", scope)  # noqa: S102 - names from the list above
    assert scope[name] is getattr(fql, name)


def test_a_star_import_gives_all_public_names() -> None:
    scope: dict[str, object] = {}
    exec("from fql import *", scope)  # noqa: S102 - a constant
    assert scope.keys() - {"__builtins__"} == set(PUBLIC)


def test_a_name_is_loaded_when_it_is_first_used() -> None:
    program = (
        "import fql, sys\n"
        "before = 'fql.compiler.trigger' in sys.modules\n"
        "fql.Trigger\n"
        "print(before, 'fql.compiler.trigger' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        check=True,
        text=True,
    )
    assert result.stdout.split() == ["False", "True"]


def test_compiling_a_condition_loads_the_parser_alone() -> None:
    program = (
        "import fql, sys\n"
        "assert fql.compile('properties.a = 1')({'properties': {'a': 1}})\n"
        "print(*{name.split('.')[0] for name in sys.modules})\n"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        check=True,
        text=True,
    )
    heavy = {"click", "httpx", "lark", "liquid", "msgspec", "orjson", "pydantic"}
    heavy |= {"rich", "zstandard"}
    assert heavy & set(result.stdout.split()) == {"lark"}


def test_the_names_are_listed_for_completion() -> None:
    assert set(dir(fql)) == set(PUBLIC)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compille'"):
        fql.compille  # type: ignore[attr-defined]  # the point  # noqa: B018


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_public_name_is_described(name: str) -> None:
    described: object = getattr(fql, name)
    assert inspect.getdoc(described)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_name_for_condition_trees_is_described(name: str) -> None:
    assert inspect.getdoc(getattr(fql.conditions, name))


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_name_for_destinations_is_described(name: str) -> None:
    assert inspect.getdoc(getattr(fql.destinations, name))


def test_the_name_for_devices_is_described() -> None:
    assert inspect.getdoc(fql.device.encode)


@pytest.mark.parametrize(
    "name", [name for name in PUBLIC if inspect.isclass(getattr(fql, name))]
)
def test_every_public_part_of_a_class_is_described(name: str) -> None:
    described = getattr(fql, name)
    parts = {
        part: value
        for part, value in vars(described).items()
        if not part.startswith("_") and (callable(value) or isinstance(value, property))
    }
    assert [part for part, value in parts.items() if not inspect.getdoc(value)] == []


@pytest.mark.parametrize(
    "name", [name for name in PUBLIC if inspect.isfunction(getattr(fql, name))]
)
def test_settings_of_functions_go_by_name_and_have_types(name: str) -> None:
    signature = inspect.signature(getattr(fql, name))
    positional = [
        each
        for each in signature.parameters.values()
        if each.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert len(positional) <= 3
    assert all(
        each.annotation is not inspect.Parameter.empty
        for each in signature.parameters.values()
    )
    assert signature.return_annotation is not inspect.Signature.empty


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.?[a-z]+\d+)?", fql.__version__)


def test_modules_among_the_names_are_the_face_of_the_package() -> None:
    modules = [
        value for name in PUBLIC if isinstance(value := getattr(fql, name), ModuleType)
    ]
    names = ["fql.conditions", "fql.destinations", "fql.device"]
    assert [module.__name__ for module in modules] == names


def test_the_guide_for_embedders_names_every_public_name() -> None:
    text = EMBEDDING.read_text(encoding="utf-8")
    missing = [name for name in PUBLIC if f"`fql.{name}" not in text]
    assert missing == []
