"""Field declarations as JSON, and the conformance cases for payloads."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pytest

from fql.compiler.fields import (
    SYNC_MODE_FIELD,
    FieldSpec,
    FieldType,
    Format,
    Match,
    PayloadError,
    PresenceCondition,
    Requirement,
    ValueCondition,
)
from fql.grammar.diagnostics import Code, FqlError
from fql.runtime.fields import FieldDeclaration, compile_fields, read_fields

if TYPE_CHECKING:
    from fql.compiler.fields import Fields
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "conformance" / "payloads.jsonl"
SHARED = ROOT.parent / "shared"
ALL_CASES = SHARED / "conformance" / "payloads.jsonl"
CATALOG = SHARED / "catalog" / "destinations.json"

needs_shared = pytest.mark.skipif(
    not ALL_CASES.exists() or not CATALOG.exists(),
    reason="the shared conformance cases and catalog are not beside this checkout",
)


class Case(TypedDict):
    """A payload, whether it is valid, and what is then sent."""

    destination: str
    action: str
    fields: NotRequired[dict[str, Any]]
    payload: dict[str, Json]
    valid: bool
    output: NotRequired[dict[str, Json]]


def cases(file: Path) -> list[Case]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def outcome(fields: Fields, payload: Json) -> str:
    """Return what is sent as JSON text, which tells 1 from true, or ``refused``."""
    try:
        sent = fields(payload)
    except PayloadError:
        return "refused"
    return in_doubles(sent)


def in_doubles(value: Json) -> str:
    """Return *value* as JSON text whose whole numbers are all written alike."""
    text = json.dumps(value)
    return json.dumps(json.loads(text, parse_int=float))


def expected(case: Case) -> str:
    return in_doubles(case.get("output")) if case["valid"] else "refused"


def diagnostics(declarations: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(FqlError) as caught:
        compile_fields(declarations)
    return caught.value.diagnostics


# --- conformance ------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(SAMPLE), ids=lambda case: case["action"])
def test_a_sample_payload_is_sent_as_the_original_sends_it(case: Case) -> None:
    assert outcome(compile_fields(case.get("fields", {})), case["payload"]) == expected(
        case
    )


@cache
def catalog() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CATALOG.read_text("utf-8"))
    return found


@needs_shared
def test_every_payload_is_sent_as_the_original_sends_it() -> None:
    compiled = {
        (destination["directory"], name): compile_fields(action["fields"])
        for destination in catalog()
        for name, action in destination["actions"].items()
    }
    wrong = [
        case
        for case in cases(ALL_CASES)
        if outcome(compiled[case["destination"], case["action"]], case["payload"])
        != expected(case)
    ]
    assert wrong == []


@needs_shared
def test_every_destination_of_the_catalog_loads_and_says_the_same_again() -> None:
    groups = [destination["settings"] for destination in catalog()] + [
        action["fields"]
        for destination in catalog()
        for action in destination["actions"].values()
    ]
    assert len(groups) > 400
    for group in groups:
        declared = read_fields(group)
        written = {
            name: each.model_dump(mode="json", by_alias=True, exclude_unset=True)
            for name, each in declared.items()
        }
        assert written == group


# --- what declarations mean -------------------------------------------------------


def test_a_declaration_becomes_a_spec() -> None:
    declaration = FieldDeclaration.model_validate(
        {
            "type": "string",
            "label": "Kind",
            "required": True,
            "multiple": True,
            "allowNull": True,
            "choices": ["a", {"label": "B", "value": "b"}, {"value": 3}, 4, None],
            "format": "uri",
            "minimum": 1,
            "maximum": 2.5,
            "default": {"@path": "$.kind"},
        }
    )
    assert declaration.spec() == FieldSpec(
        FieldType.STRING,
        required=True,
        is_multiple=True,
        is_nullable=True,
        choices=("a", "b", 3, 4, None),
        format=Format.URI,
        minimum=1,
        maximum=2.5,
    )


def test_properties_are_declared_like_fields() -> None:
    fields = compile_fields(
        {
            "person": {
                "type": "object",
                "additionalProperties": True,
                "properties": {"age": {"type": "integer", "required": True}},
            }
        }
    )
    person = fields.specs["person"]
    assert person.allows_additional
    assert person.properties == {"age": FieldSpec(FieldType.INTEGER, required=True)}


def test_conditions_are_read() -> None:
    required = {
        "match": "any",
        "conditions": [
            {"fieldKey": "a", "operator": "is", "value": None},
            {"fieldKey": "b", "operator": "is_not"},
            {"type": "field", "fieldKey": "c.d", "operator": "is"},
            {"type": "syncMode", "operator": "is_not", "value": "add"},
        ],
    }
    fields = compile_fields({"f": {"type": "string", "required": required}})
    assert fields.specs["f"].required == Requirement(
        (
            ValueCondition("a", None),
            PresenceCondition("b", is_present=True),
            PresenceCondition("c.d", is_present=False),
            ValueCondition(SYNC_MODE_FIELD, "add", is_equal=False),
        ),
        Match.ANY,
    )


def test_defaults_are_kept_and_not_applied() -> None:
    read = read_fields(
        {"a": {"type": "string", "default": None}, "b": {"type": "string"}}
    )
    assert (read["a"].has_default, read["b"].has_default) == (True, False)
    assert compile_fields({"a": {"type": "string", "default": "x"}})({}) == {}


def test_declarations_that_were_read_compile_too() -> None:
    read = read_fields({"a": {"type": "number"}})
    assert compile_fields(read)({"a": "5"}) == {"a": 5}


# --- mistakes in declarations -----------------------------------------------------


@pytest.mark.parametrize(
    ("declaration", "code", "pointer", "message", "help_text"),
    [
        (
            {"type": "strng"},
            Code.BAD_MODEL,
            "/f/type",
            "field `f`: `type` must be 'string', 'text', 'password', 'number',"
            " 'integer', 'boolean', 'datetime' or 'object' but is \"strng\"",
            "did you mean `string`?",
        ),
        ({}, Code.BAD_MODEL, "/f", "field `f`: `type` is missing", ""),
        (5, Code.BAD_MODEL, "/f", "field `f`: must be an object but is 5", ""),
        (
            {"type": "string", "requird": True},
            Code.UNKNOWN_KEY,
            "/f/requird",
            "field `f`: unknown key `requird`",
            "did you mean `required`?",
        ),
        (
            {"type": "string", "multiple": "yes"},
            Code.BAD_MODEL,
            "/f/multiple",
            'field `f`: `multiple` must be true or false but is "yes"',
            "",
        ),
        (
            {"type": "string", "required": 1},
            Code.BAD_MODEL,
            "/f/required",
            "field `f`: `required` must be true or false but is 1",
            "",
        ),
        (
            {"type": "string", "required": {"conditions": [{"fieldKey": "a"}]}},
            Code.BAD_MODEL,
            "/f/required/conditions/0",
            "field `f`: `operator` is missing",
            "",
        ),
        (
            {
                "type": "string",
                "required": {"conditions": [{"fieldKey": "a", "operator": "isnot"}]},
            },
            Code.BAD_MODEL,
            "/f/required/conditions/0/operator",
            "field `f`: `operator` must be 'is' or 'is_not' but is \"isnot\"",
            "did you mean `is_not`?",
        ),
        (
            {"type": "string", "required": {"conditions": [{"operator": "is"}]}},
            Code.BAD_MODEL,
            "/f/required/conditions/0",
            "field `f`: a condition on a field needs `fieldKey`",
            "",
        ),
        (
            {
                "type": "string",
                "required": {"conditions": [{"type": "syncMode", "operator": "is"}]},
            },
            Code.BAD_MODEL,
            "/f/required/conditions/0",
            "field `f`: a condition on the sync mode needs `value`",
            "",
        ),
        (
            {
                "type": "string",
                "required": {"conditions": [{"fieldKey": "a.b.c", "operator": "is"}]},
            },
            Code.BAD_MODEL,
            "/f/required/conditions/0",
            "field `f`: `fieldKey` reaches one level into an object, no deeper",
            "",
        ),
        (
            {"type": "number", "minimum": "5"},
            Code.BAD_MODEL,
            "/f/minimum",
            'field `f`: `minimum` must be a number but is "5"',
            "",
        ),
        (
            {"type": "number", "minimum": 5, "maximum": 4},
            Code.BAD_MODEL,
            "/f",
            "field `f`: `minimum` is larger than `maximum`",
            "",
        ),
        (
            {"type": "string", "properties": {}},
            Code.BAD_MODEL,
            "/f",
            "field `f`: only a field of type object has `properties`",
            "",
        ),
        (
            {"type": "object", "properties": {"a/b~": {"type": "nmber"}}},
            Code.BAD_MODEL,
            "/f/properties/a~1b~0/type",
            "field `f.a/b~`: `type` must be 'string', 'text', 'password', 'number',"
            " 'integer', 'boolean', 'datetime' or 'object' but is \"nmber\"",
            "did you mean `number`?",
        ),
        (
            {"type": "string", "choices": [{"label": "A"}]},
            Code.BAD_MODEL,
            "/f/choices/0",
            "field `f`: `value` is missing",
            "",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    declaration: Any, code: Code, pointer: str, message: str, help_text: str
) -> None:
    (diagnostic,) = diagnostics({"f": declaration})
    assert (diagnostic.code, diagnostic.pointer) == (code, pointer)
    assert (diagnostic.message, diagnostic.help) == (message, help_text)


def test_what_is_no_json_is_refused() -> None:
    (diagnostic,) = diagnostics({"f": {"type": "string", "default": {1, 2}}})
    assert diagnostic.message.startswith("field `f`: `default` is wrong: ")


def test_every_mistake_is_told() -> None:
    found = diagnostics({"a": {}, "b": {"type": "string", "x": 1, "format": "mail"}})
    assert {each.pointer for each in found} == {"/a", "/b/x", "/b/format"}


def test_conditions_must_be_some() -> None:
    (diagnostic,) = diagnostics(
        {"f": {"type": "string", "required": {"conditions": []}}}
    )
    assert diagnostic.message.endswith("`conditions` must hold at least one condition")
    assert diagnostic.pointer == "/f/required"


@pytest.mark.parametrize("declarations", [None, [], "x", 5])
def test_fields_are_an_object(declarations: Any) -> None:
    (diagnostic,) = diagnostics(declarations)
    assert (diagnostic.code, diagnostic.pointer) == (Code.BAD_MODEL, "")


@pytest.mark.parametrize("levels", [33, 5_000])
def test_too_many_levels_are_refused(levels: int) -> None:
    declaration: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        declaration = {"type": "object", "properties": {"f": declaration}}
    (diagnostic,) = diagnostics({"f": declaration})
    assert diagnostic.code is Code.TOO_DEEP


def test_a_deep_default_is_refused() -> None:
    deep: Json = []
    for _ in range(5_000):
        deep = [deep]
    (diagnostic,) = diagnostics({"f": {"type": "string", "default": deep}})
    assert (diagnostic.code, diagnostic.pointer) == (Code.TOO_DEEP, "/f")
