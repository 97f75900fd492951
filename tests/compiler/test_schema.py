"""Tests of what a schema knows of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler import spec
from fql.compiler.schema import ANY_EVENT, EVENT_SPEC, Narrowing, Schema
from fql.compiler.shapes import ANYTHING, walk
from fql.compiler.types import Type

PLAN = Schema.from_tracking_plan(
    {
        "Order Completed": {
            "properties": {"total": {"type": "number"}, "revenue": {"type": "string"}},
            "required": ["total"],
        },
        "Cart Emptied": {"properties": {}, "additionalProperties": False},
    }
)


def kind(path: str, narrowing: Narrowing = ANY_EVENT, schema: Schema = PLAN) -> Type:
    return walk(schema.event(narrowing), path.split(".")).type


def of_types(*names: str) -> Narrowing:
    return ANY_EVENT.by_types(names)


@pytest.mark.parametrize("field", spec.TIMESTAMPS)
def test_the_times_of_an_event_are_timestamps(field: str) -> None:
    assert kind(field) == Type.TIMESTAMP | Type.NULL


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("userId", Type.STRING | Type.NULL),
        ("event", Type.STRING | Type.NULL),
        ("properties", Type.OBJECT | Type.NULL),
        ("properties.revenue", Type.ANY),
        ("properties.anything", Type.ANY),
        ("traits.email", Type.STRING | Type.NULL),
        ("traits.age", Type.ANY),
        ("context.screen.width", Type.NUMBER | Type.NULL),
        ("context.traits.age", Type.NUMBER | Type.NULL),
        ("context.own", Type.ANY),
        ("unheardOf", Type.ANY),
    ],
)
def test_of_any_event_only_what_all_types_share_is_known(
    path: str, expected: Type
) -> None:
    assert kind(path) == expected


@pytest.mark.parametrize(
    ("path", "types", "expected"),
    [
        ("properties.revenue", ("track",), Type.NUMBER | Type.NULL),
        ("properties.name", ("page", "screen"), Type.STRING | Type.NULL),
        ("properties.url", ("page", "screen"), Type.ANY),
        ("traits.age", ("identify",), Type.NUMBER | Type.NULL),
        ("traits.employees", ("group",), Type.ANY),
        ("event", ("page",), Type.ANY),
        ("userId", ("alias",), Type.STRING | Type.NULL),
    ],
)
def test_the_type_of_an_event_narrows_its_fields(
    path: str, types: tuple[str, ...], expected: Type
) -> None:
    assert kind(path, of_types(*types)) == expected


def test_every_field_of_the_spec_stays_known_under_a_type() -> None:
    fields = EVENT_SPEC.event().members.keys()
    assert EVENT_SPEC.event(of_types("alias")).members.keys() == fields
    assert {"event", "traits", "groupId", "previousId", "category"} <= fields


def test_the_name_of_an_event_narrows_to_its_plan() -> None:
    narrowing = ANY_EVENT.by_events(["Order Completed"])
    assert narrowing.types == frozenset({"track"})
    assert kind("properties.total", narrowing) == Type.NUMBER
    assert kind("properties.revenue", narrowing) == Type.STRING | Type.NULL
    assert kind("properties.currency", narrowing) == Type.STRING | Type.NULL


def test_the_plan_needs_the_properties_where_it_needs_a_property() -> None:
    assert kind("properties", ANY_EVENT.by_events(["Order Completed"])) == Type.OBJECT
    assert kind("properties", ANY_EVENT.by_events(["Cart Emptied"])) == (
        Type.OBJECT | Type.NULL
    )


def test_a_closed_plan_has_no_reserved_properties() -> None:
    closed = PLAN.event(ANY_EVENT.by_events(["Cart Emptied"])).members["properties"]
    assert closed.members == {}
    assert closed.is_closed


def test_an_event_of_no_plan_is_one_of_the_spec() -> None:
    narrowing = ANY_EVENT.by_events(["Song Played"])
    assert PLAN.event(narrowing) == EVENT_SPEC.event(of_types("track"))


def test_types_that_the_plan_does_not_describe_are_as_in_the_spec() -> None:
    plan = Schema.from_tracking_plan({"rules": [{"type": "IDENTIFY"}]})
    assert plan.event(of_types("group")) == EVENT_SPEC.event(of_types("group"))


# --- narrowing --------------------------------------------------------------------


def test_types_narrow_to_what_all_claims_allow() -> None:
    narrowing = of_types("track", "page").by_types(["page", "screen"])
    assert narrowing.types == frozenset({"page"})


@pytest.mark.parametrize("names", [("page",), ("webinar",), ("track", "webinar"), ()])
def test_contradictions_and_unknown_types_tell_nothing(names: tuple[str, ...]) -> None:
    assert of_types("track").by_types(names) == of_types("track")


@given(st.sets(st.sampled_from(spec.EVENT_TYPES), min_size=1))
def test_fewer_types_never_make_a_field_wider(names: set[str]) -> None:
    """What is known of events of one type implies what is known of several."""
    wide = EVENT_SPEC.event(ANY_EVENT.by_types(names))
    for name in names:
        narrow = EVENT_SPEC.event(of_types(name))
        for field, shape in narrow.members.items():
            if shape is not ANYTHING:
                assert shape.type in wide.members[field].type
