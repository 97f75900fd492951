"""Tests of tracking plans in the public API's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fql
from fql.compiler.plan_rules import read_plan
from fql.compiler.schema import ANY_EVENT, EVENT_SPEC, Narrowing, Schema
from fql.compiler.shapes import walk
from fql.compiler.types import Type
from tests.compiler.strategies import json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json

RULES: list[Json] = [
    {
        "type": "COMMON",
        "jsonSchema": {
            "properties": {
                "context": {
                    "properties": {
                        "device": {"properties": {"tv": {"type": "boolean"}}}
                    }
                },
                "userId": {"type": "string"},
                "receivedAt": {"type": "string"},
            },
            "required": ["userId"],
        },
    },
    {
        "type": "TRACK",
        "key": "Rated",
        "version": 2,
        "jsonSchema": {
            "properties": {
                "properties": {
                    "properties": {"stars": {"type": "number"}},
                    "required": ["stars"],
                }
            },
            "required": ["properties"],
        },
    },
    {
        "type": "TRACK",
        "key": "Rated",
        "version": 1,
        "jsonSchema": {
            "properties": {"properties": {"properties": {"stars": {"type": "string"}}}}
        },
    },
    {
        "type": "TRACK",
        "key": "Shared",
        "jsonSchema": {
            "properties": {
                "properties": {
                    "properties": {"stars": {"type": "null"}},
                    "required": ["stars"],
                }
            }
        },
    },
    {"type": "TRACK", "key": "Bare"},
    {
        "type": "identify",
        "version": True,
        "jsonSchema": {
            "properties": {"traits": {"properties": {"size": {"type": "number"}}}}
        },
    },
    {
        "type": "GROUP",
        "jsonSchema": {
            "properties": {"traits": {"properties": {"size": {"type": "string"}}}}
        },
    },
]
PLAN = Schema.from_tracking_plan({"rules": RULES}, name="plan.json")


def kind(path: str, narrowing: Narrowing = ANY_EVENT) -> Type:
    return walk(PLAN.event(narrowing), path.split(".")).type


def test_a_rule_of_tracks_describes_the_properties_by_name() -> None:
    assert PLAN.events.keys() == {"Rated", "Shared", "Bare"}
    assert kind("properties.stars", ANY_EVENT.by_events(["Rated"])) == Type.NUMBER


def test_properties_that_may_be_missing_promise_nothing() -> None:
    assert kind("properties.stars", ANY_EVENT.by_events(["Shared"])) == Type.NULL
    shape = PLAN.event(ANY_EVENT.by_events(["Shared"]))
    assert not walk(shape, ["properties", "stars"]).is_required


def test_several_names_have_what_all_have() -> None:
    narrowing = ANY_EVENT.by_events(["Rated", "Shared"])
    assert kind("properties.stars", narrowing) == Type.NUMBER | Type.NULL
    unknown = ANY_EVENT.by_events(["Rated", "Unheard Of"])
    assert kind("properties.stars", unknown) == Type.ANY


def test_names_narrow_to_those_that_all_claims_allow() -> None:
    both = ANY_EVENT.by_events(["Rated", "Shared"])
    assert both.by_events(["Shared", "Bare"]).events == frozenset({"Shared"})
    assert both.by_events(["Bare"]).events == frozenset({"Bare"})


def test_a_rule_of_another_type_describes_its_events() -> None:
    assert kind("traits.size") == Type.ANY
    identify, group = ANY_EVENT.by_types(["identify"]), ANY_EVENT.by_types(["group"])
    either = ANY_EVENT.by_types(["identify", "group"])
    assert kind("traits.size", identify) == Type.NUMBER | Type.NULL
    assert kind("traits.size", group) == Type.STRING | Type.NULL
    assert kind("traits.size", either) == Type.NUMBER | Type.STRING | Type.NULL
    assert kind("traits.email", identify) == Type.STRING | Type.NULL


def test_a_common_rule_adds_to_the_spec() -> None:
    assert kind("userId") == Type.STRING
    assert kind("context.device.tv") == Type.BOOL | Type.NULL
    assert kind("context.device.id") == Type.STRING | Type.NULL
    assert kind("context.locale") == Type.STRING | Type.NULL


def test_a_plan_does_not_take_back_that_a_field_is_a_timestamp() -> None:
    assert kind("receivedAt") == Type.TIMESTAMP | Type.NULL


def test_rules_may_stand_inside_data() -> None:
    answer = {"data": {"rules": RULES, "pagination": {}}}
    assert read_plan(answer) == read_plan({"rules": RULES})


def test_events_may_have_the_names_of_keywords() -> None:
    plan = {"rules": {"properties": {"a": {"type": "null"}}}, "data": {"rules": {}}}
    assert Schema.from_tracking_plan(plan).events.keys() == {"rules", "data"}


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"rules": [7]}, "at /rules/0: a rule is an object"),
        ({"rules": [{}]}, "at /rules/0: type None is none of COMMON, TRACK"),
        ({"rules": [{"type": "Trak"}]}, "at /rules/0: type 'Trak' is none of"),
        (
            {"data": {"rules": [{"type": "TRACK"}]}},
            "at /data/rules/0: a rule for tracks has the name of their event",
        ),
        (
            {"rules": [{"type": "PAGE", "jsonSchema": 1}]},
            "at /rules/0/jsonSchema: a schema is an object",
        ),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(
    plan: dict[str, Json], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^tracking plan, {message}"):
        Schema.from_tracking_plan(plan)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            'event = "Rated" and properties.color = 1',
            "described in plan.json at /rules/1/jsonSchema/properties/properties",
        ),
        (
            'type = "group" and traits.siz = "b"',
            "described in plan.json at /rules/6/jsonSchema/properties/traits",
        ),
    ],
)
def test_what_is_unknown_says_where_the_plan_would_have_it(
    text: str, label: str
) -> None:
    (found,) = fql.check(text, schema=PLAN)
    assert [each.text for each in found.labels] == [label]
    assert found.source.slice(found.labels[0].span) in {"properties", "traits"}


def test_no_place_is_shown_where_the_name_is_escaped() -> None:
    (found,) = fql.check(r'event = "Rated" and properties.a\ b = 1', schema=PLAN)
    assert found.labels == ()


@settings(max_examples=60)
@given(st.lists(json_values() | st.fixed_dictionaries({"type": st.just("PAGE")})))
def test_any_rules_are_read_or_refused(rules: list[Json]) -> None:
    """Nothing but ValueError is raised, whatever stands for a rule."""
    try:
        plan = read_plan({"rules": rules})
    except ValueError:
        return
    assert plan.types.keys() <= {"page"}


def test_without_a_plan_nothing_is_added() -> None:
    assert Schema.from_tracking_plan({}) == EVENT_SPEC
    assert Schema.from_tracking_plan({"rules": []}) == EVENT_SPEC
