"""The proof of mappings against the fields of their action."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import fql
from fql.compiler.check_payload import prove_directives, prove_text
from fql.compiler.payload import check_mapping_text
from fql.grammar.diagnostics import Code, FqlError, Severity
from fql.grammar.directives import read_directives
from fql.grammar.json_places import read_json
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.conformance.cases import SHARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.diagnostics import Diagnostic

FIELDS: dict[str, Any] = {
    "user_id": {"type": "string"},
    "email": {"type": "string", "format": "email"},
    "total": {"type": "number", "maximum": 100},
    "count": {"type": "integer"},
    "is_test": {"type": "boolean"},
    "at": {"type": "datetime"},
    "currency": {"type": "string", "choices": ["EUR", "USD"]},
    "tags": {"type": "string", "multiple": True},
    "items": {
        "type": "object",
        "multiple": True,
        "properties": {"sku": {"type": "string", "required": True}},
    },
    "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    "open": {
        "type": "object",
        "properties": {"a": {"type": "number"}},
        "additionalProperties": True,
    },
    "traits": {"type": "object"},
}


def proof(
    text: str, fields: dict[str, Any] | None = None, when: str = "", **known: Any
) -> Sequence[Diagnostic]:
    """Return what is found in a mapping, its fields optional but for *fields*."""
    condition = parse_expression(Source(when)).root if when else None
    declared = fql.compile_fields({**FIELDS, **(fields or {})})
    return prove_text(
        check_mapping_text(text), declared.specs, condition=condition, **known
    )


def required(**kind: Any) -> dict[str, Any]:
    return {"user_id": {"type": "string", "required": True, **kind}}


def messages(found: Sequence[Diagnostic]) -> list[tuple[str, str]]:
    return [(each.severity.value, each.message) for each in found]


# --- required fields --------------------------------------------------------------


def test_a_required_field_has_to_be_mapped() -> None:
    (found,) = proof("{ total: 1 }", required())
    assert (found.code, found.severity) == (Code.REQUIRED_FIELD, Severity.ERROR)
    assert found.message == "required field `user_id` is not mapped"
    assert found.span == (0, 12)


@pytest.mark.parametrize(
    ("value", "when", "reason"),
    [
        (
            "userId ?? anonymousId",
            'type = "track"',
            ": neither `userId` nor `anonymousId` is always present on `track`",
        ),
        ("userId", "", ": `userId` is not always present"),
        (
            "userId",
            'type in ["page", "screen"]',
            ": `userId` is not always present on `page` or `screen`",
        ),
        ("a ?? b ?? c", "", ": none of `a`, `b`, `c` is always present"),
        ("if exists(a) then b", "", ": `b` is not always present"),
        ("if a > 1 then 'x'", "", ": `a` is not always present"),
        ('"{{a}}{{b}}"', "", ": neither `a` nor `b` is always present"),
        ("number(a)", "", ": `a` is not always present"),
        ("lower(a.b)", "", ": `a.b` is not always present"),
        ("original(replace(a, 'x', 'y'))", "", ": `a` is not always present"),
        ("userId", "userId = null or exists(b)", ": `userId` is not always present"),
        ("event", 'type = "page"', ": `event` is not always present on `page`"),
    ],
)
def test_a_required_field_can_be_missing(value: str, when: str, reason: str) -> None:
    (found,) = proof(f"{{ user_id: {value} }}", required(), when)
    assert (found.code, found.severity) == (Code.REQUIRED_FIELD, Severity.WARNING)
    assert found.message == f"required field `user_id` can be missing{reason}"
    assert found.source.slice(found.span) == value


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("'x'", ""),
        ("userId ?? 'unknown'", ""),
        ('"user {{userId}}"', ""),
        ("messageId", ""),
        ("event", 'type = "track"'),
        ("userId", "exists(userId)"),
        ("userId", "userId != null and a = 1"),
        ("userId", 'match(userId, "u*")'),
        ("userId", 'userId in ["a", "b"]'),
        ("a.b", "a.b > 5"),
        ("a", "exists(a.b)"),
        ("lower(userId)", "exists(userId)"),
        ("userId ?? anonymousId", "exists(userId) or exists(anonymousId)"),
        ("if exists(a) then a else b", "exists(a) or exists(b)"),
        ("if exists(a) then a else 'none'", ""),
        ("if a = 'x' then a else 'none'", ""),
        ("exists(a)", ""),
        ("string(1)", ""),
    ],
)
def test_a_required_field_is_always_there(value: str, when: str) -> None:
    assert proof(f"{{ user_id: {value} }}", required(), when) == []


@pytest.mark.parametrize("value", ["null", "''", "drop_null(null)", "a ?? null"])
def test_null_and_empty_texts_count_as_missing(value: str) -> None:
    (found,) = proof(f"{{ user_id: {value} }}", required())
    is_certain = "a ??" not in value
    assert found.severity is (Severity.ERROR if is_certain else Severity.WARNING)
    assert ("always missing" in found.message) == is_certain


def test_a_tracking_plan_promises_fields() -> None:
    plan = {
        "Order Completed": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}},
            "required": ["order_id"],
        }
    }
    schema = fql.Schema.from_tracking_plan(plan)
    text = "{ user_id: properties.order_id }"
    when = 'type = "track" and event = "Order Completed"'
    assert proof(text, required(), when, schema=schema) == []
    assert len(proof(text, required(), when)) == 1


def test_fields_are_required_under_conditions_that_literals_meet() -> None:
    condition = {"fieldKey": "currency", "operator": "is", "value": "EUR"}
    fields = required(required={"conditions": [condition]})
    (found,) = proof('{ currency: "EUR" }', fields)
    assert found.message == (
        'required field `user_id` is not mapped because `currency` is "EUR"'
    )
    assert proof('{ currency: "USD" }', fields) == []
    assert proof("{ currency: properties.currency }", fields) == []
    assert proof("{}", fields) == []


@pytest.mark.parametrize(
    ("operator", "text", "count"),
    [("is", "{}", 1), ("is", "{ email: 'a@b.c' }", 0), ("is_not", "{}", 0)],
)
def test_fields_are_required_where_others_are_empty(
    operator: str, text: str, count: int
) -> None:
    condition = {"fieldKey": "email", "operator": operator}
    found = proof(text, required(required={"conditions": [condition]}))
    assert len(found) == count


# --- values -----------------------------------------------------------------------


def test_an_unknown_field_is_an_error_with_the_nearest_name() -> None:
    (found,) = proof("{ emial: traits.email }")
    assert (found.code, found.severity) == (Code.NO_SUCH_FIELD, Severity.ERROR)
    assert found.help == "did you mean `email`?"
    assert found.source.slice(found.span) == "emial"


def test_an_unknown_member_of_an_object_is_a_warning() -> None:
    text = "{ address: { town: a }, open: { b: 1 }, traits: { c: 1 } }"
    (found,) = proof(text)
    assert messages([found]) == [("warning", "there is no field `town` in `address`")]


def test_members_for_the_engine_are_nobodys_fields() -> None:
    assert proof("{ __segment_internal_sync_mode: 'add' }") == []


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("total: 'much'", '`total` must be a number but is "much"'),
        ("total: 101", "`total` must be 100 or less but is 101"),
        ("total: [1, 2]", "`total` must be one value, a number, but is a list of 2"),
        ("count: 1.5", "`count` must be a whole number but is 1.5"),
        ("is_test: 'yes'", '`is_test` must be true or false but is "yes"'),
        ("email: 'nobody'", '`email` must be an email address but is "nobody"'),
        ("address: 'x'", '`address` must be an object but is "x"'),
        ("total: a ?? 'none'", '`total` must be a number but is "none"'),
        ("total: if a then 1 else 'x'", '`total` must be a number but is "x"'),
        ("tags: ['a', { b: 1 }]", "`tags` must be a string but this is an object"),
        ("total: { a: b }", "`total` must be a number but this is an object"),
        ("user_id: [a, b]", "`user_id` takes one value but this is a list"),
        ("at: a = 1", "`at` must be a date or time but this is a bool"),
        ('traits: "{{a}}"', "`traits` must be an object but this is a string"),
        ("address: { city: { a: b } }", "`address.city` must be a string but this"),
        ("open: { a: 'x' }", '`open.a` must be a number but is "x"'),
    ],
)
def test_a_value_that_the_field_refuses_is_an_error(member: str, message: str) -> None:
    (found,) = proof(f"{{ {member} }}")
    assert (found.code, found.severity) == (Code.FIELD_TYPE, Severity.ERROR)
    assert found.message.startswith(message)


def test_a_value_that_is_no_choice_names_the_nearest() -> None:
    (found,) = proof("{ currency: 'EURO' }")
    assert (found.code, found.severity) == (Code.NOT_A_CHOICE, Severity.ERROR)
    assert found.help == 'did you mean "EUR"?'


@pytest.mark.parametrize(
    "text",
    [
        "{ total: '5', count: 1.0, is_test: 'true', at: '2026-01-31', user_id: 5 }",
        "{ tags: 'a', total: [1], items: { sku: 'x' }, traits: traits }",
        "{ total: properties.total, email: traits.email, at: timestamp }",
        "{ tags: properties.tags ?? ['a'], traits: merge(traits, { a: 1 }) }",
        "{ total: null, user_id: '' }",
        "merge(traits, { total: 1 })",
        "$",
        "drop_null({ total: a })",
    ],
)
def test_what_fits_gives_nothing(text: str) -> None:
    assert proof(text) == []


def test_what_a_schema_rules_out_is_a_warning_unless_strict() -> None:
    text = "{ total: context, tags: context }"
    assert {each.severity for each in proof(text)} == {Severity.WARNING}
    assert len(proof(text)) == 2
    assert {each.severity for each in proof(text, is_strict=True)} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", [("error", "the payload must be an object but this is a number")]),
        ("[a]", [("error", "the payload must be an object but this is a list")]),
        ("userId", [("warning", "the payload must be an object but this is a string")]),
        (
            "properties ?? lower(a) ?? 'x'",
            [("error", "the payload must be an object but this is a string")],
        ),
        ("properties ?? null", []),
        ("from_json(a)", []),
    ],
)
def test_a_payload_that_is_no_object(text: str, found: list[tuple[str, str]]) -> None:
    assert messages(proof(text)) == found


def test_whole_mappings_are_proved_alternative_by_alternative() -> None:
    text = "if exists(userId) then { user_id: userId } else { user_id: anonymousId }"
    assert messages(proof(text, required())) == [
        (
            "warning",
            "required field `user_id` can be missing: "
            "`anonymousId` is not always present",
        )
    ]


def test_lists_of_objects_are_proved_by_element() -> None:
    text = "{ items: each properties.products { sku: product_id, price } }"
    assert sorted(messages(proof(text))) == [
        (
            "warning",
            "required field `items.sku` can be missing: "
            "`product_id` is not always present",
        ),
        ("warning", "there is no field `price` in `items`"),
    ]
    assert proof("{ items: each a { sku: 'x' } }") == []
    assert messages(proof("{ address: each a { city: b } }")) == [
        ("warning", "`address` takes one value but this is a list")
    ]


# --- directives -------------------------------------------------------------------


def test_findings_in_directives_have_their_place() -> None:
    text = '{"total": "much", "user_id": {"@path": "$.userId"}, "x": 1}'
    document = read_json(Source(text, "m.json"))
    declared = fql.compile_fields({**FIELDS, **required()})
    found = prove_directives(read_directives(document), declared.specs)
    assert {(each.pointer, each.source.slice(each.span)) for each in found} == {
        ("/total", '"much"'),
        ("/user_id", '{"@path": "$.userId"}'),
        ("/x", "1"),
    }


def test_strictness_holds_for_directives() -> None:
    directives: Any = {"total": {"@path": "$.context"}}
    (found,) = fql.compile_mapping(directives, fields=FIELDS).diagnostics
    assert found.severity is Severity.WARNING
    with pytest.raises(FqlError):
        fql.compile_mapping(directives, fields=FIELDS, strict=True)


def test_strict_directives_are_pickled_as_such() -> None:
    directives: Any = {"total": {"@path": "$.properties.total"}}
    strict = fql.compile_mapping(directives, fields=FIELDS, strict=True)
    assert pickle.loads(pickle.dumps(strict)) == strict  # noqa: S301 - our own
    assert strict != fql.compile_mapping(directives, fields=FIELDS)


def test_directives_without_a_text_are_not_proved() -> None:
    declared = fql.compile_fields(required())
    directives = read_directives({"a": {"@json": {"mode": "x", "value": 1}}})
    assert prove_directives(directives, declared.specs) == []


# --- the compiled mapping ---------------------------------------------------------


def test_errors_raise_and_warnings_stay_with_the_mapping() -> None:
    with pytest.raises(FqlError, match="is not mapped"):
        fql.compile_mapping("{}", fields=required())
    with pytest.raises(FqlError, match="is not mapped"):
        fql.compile_mapping({}, fields=required())
    mapping = fql.compile_mapping(
        "{ user_id: userId }", fields=fql.compile_fields(required()), when="all"
    )
    assert [each.code for each in mapping.diagnostics] == [Code.REQUIRED_FIELD]


@pytest.mark.parametrize(
    "written", ["{ total: a }", {"total": {"@path": "$.a"}}], ids=["text", "json"]
)
def test_payloads_are_validated_and_coerced(written: Any) -> None:
    mapping = fql.compile_mapping(written, fields=FIELDS)
    assert mapping({"a": "5"}) == {"total": 5}
    with pytest.raises(fql.PayloadError) as caught:
        mapping({"a": "many"})
    (problem,) = caught.value.problems
    assert (problem.field, problem.rule, problem.value) == ("total", "type", "many")


def test_a_trigger_with_errors_is_refused() -> None:
    with pytest.raises(FqlError):
        fql.compile_mapping("{}", fields=FIELDS, when="type ==")


@pytest.mark.parametrize(
    "written", ["{ total: a }", {"total": {"@path": "$.a"}}], ids=["text", "json"]
)
def test_a_mapping_pickles_and_compares_by_what_was_written(written: Any) -> None:
    mapping = fql.compile_mapping(written, fields=FIELDS, when="exists(a)")
    copy = pickle.loads(pickle.dumps(mapping))  # noqa: S301 - its own bytes
    assert (copy, hash(copy)) == (mapping, hash(mapping))
    assert copy({"a": "5"}) == {"total": 5}
    assert mapping != fql.compile_mapping(written)
    assert mapping != written


# --- presets ----------------------------------------------------------------------

CATALOG = SHARED.parent / "catalog" / "destinations.json"

MISTAKES = {
    ("actions-angler-ai", "/eventName"),
    ("actions-klaviyo", ""),
    ("actions-liveramp-audiences", ""),
}
"""Presets that really give no valid payload: a typing error in a choice, and required
fields that whoever uses the preset is to fill in."""


def test_shipped_presets_have_no_false_errors() -> None:
    if not CATALOG.exists():
        pytest.skip(f"no catalog at {CATALOG}")
    destinations = json.loads(CATALOG.read_text(encoding="utf-8"))
    wrong = {
        (destination["slug"], finding.pointer)
        for destination in destinations
        for preset in destination["presets"]
        for finding in findings_of(preset, destination["actions"])
        if finding.is_error
    }
    assert wrong == MISTAKES


def findings_of(preset: Any, actions: Any) -> Sequence[Diagnostic]:
    action = actions.get(preset["action"])
    if action is None:
        return []
    fields = fql.compile_fields(action["fields"])
    parsed = parse_expression(Source(preset.get("trigger") or "all"))
    condition = None if parsed.diagnostics else parsed.root
    directives = read_directives(preset["mapping"])
    return prove_directives(directives, fields.specs, condition=condition)
