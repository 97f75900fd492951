"""Tests of making tracking plans of sample events."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fql
from fql.compiler import infer, infer_values
from fql.compiler.infer import infer_schema
from fql.compiler.schema import ANY_EVENT, Schema
from fql.compiler.shapes import Shape, walk
from fql.compiler.spec import EVENT_TYPES
from fql.compiler.types import Type, includes, type_of
from fql.compiler.values import contains_element
from tests.compiler.strategies import json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json


def track(**properties: Json) -> dict[str, Json]:
    return {"type": "track", "event": "Rated", "properties": properties}


def rules(*events: dict[str, Json]) -> dict[tuple[str, str | None], Any]:
    plan: Any = infer_schema(events)
    return {
        (rule["type"], rule.get("key")): rule["jsonSchema"] for rule in plan["rules"]
    }


def described(*values: Json) -> dict[str, Any]:
    """Return what is said of a property that had *values*."""
    found = rules(*(track(a=value) for value in values))["TRACK", "Rated"]
    member: dict[str, Any] = found["properties"]["properties"]["properties"]["a"]
    return {key: each for key, each in member.items() if not key.startswith("x-")}


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        ((True,), {"type": "boolean"}),
        ((None,), {"type": "null"}),
        ((1, 5, 3), {"type": "integer", "minimum": 1, "maximum": 5}),
        ((1, 2.5), {"type": "number", "minimum": 1, "maximum": 2.5}),
        ((2.0,), {"type": "integer", "minimum": 2.0, "maximum": 2.0}),
        ((1, float("inf"), 2), {"type": "number"}),
        ((float("nan"),), {"type": "number"}),
        (("a", 1), {"type": ["integer", "string"], "minimum": 1, "maximum": 1}),
        (("a",) * 9, {"type": "string"}),
        (("b", "a") * 5, {"type": "string", "enum": ["a", "b"]}),
        (("a", None) * 10, {"type": ["null", "string"], "enum": [None, "a"]}),
        (("a", 1) * 9, {"type": ["integer", "string"], "minimum": 1, "maximum": 1}),
        (tuple("abcdefgh") * 2, {"type": "string"}),
        (("long" * 26,) * 20, {"type": "string"}),
        (tuple(map(str, range(21))) * 9, {"type": "string"}),
        (("2023-04-21",), {"type": "string", "format": "date"}),
        (("2023-04-21T10:00:00Z",) * 20, {"type": "string", "format": "date-time"}),
        (("2023-04-21T10:00:00",), {"type": "string"}),
        (("2023-04-21", "2023-04-21T10:00:00Z"), {"type": "string"}),
        (("a@b.example",), {"type": "string", "format": "email"}),
        (("https://b.example/c",), {"type": "string", "format": "uri"}),
        (("order:12",), {"type": "string"}),
        (([],), {"type": "array"}),
        (({},), {"type": "object"}),
    ],
)
def test_values_are_described(values: tuple[Json, ...], schema: Json) -> None:
    assert described(*values) == schema


def test_elements_are_described_together() -> None:
    found = described([1, "a"], [], [2])["items"]
    assert found["type"] == ["integer", "string"]
    assert (found["maximum"], found["x-count"]) == (2, 3)


def test_a_member_says_how_often_it_is_there() -> None:
    events = [track(a=1), track(a=2, b=None), track(a=3)]
    found = rules(*events)["TRACK", "Rated"]["properties"]["properties"]
    assert found["required"] == ["a"]
    assert found["properties"]["a"]["x-presence"] == 1
    assert found["properties"]["b"]["x-presence"] == 0.3333
    assert found["properties"]["b"]["x-count"] == 1


def test_no_share_is_rounded_to_all_or_nothing() -> None:
    events = [track(a=1)] * 29_999 + [track(a=1, b=1)]
    found = rules(*events)["TRACK", "Rated"]["properties"]["properties"]
    assert found["properties"]["b"]["x-presence"] == 0.0001
    events = [track(a=1)] * 29_999 + [track()]
    found = rules(*events)["TRACK", "Rated"]["properties"]["properties"]
    assert found["properties"]["a"]["x-presence"] == 0.9999
    assert "required" not in found


def test_each_type_has_a_rule_for_what_is_its_own() -> None:
    found = rules(
        track(stars=4),
        {"type": "identify", "traits": {"age": 3}, "userId": "u"},
        {"type": "page", "name": "Home", "traits": {}},
        {"type": "webinar", "topic": "x", "properties": {"a": 1}},
        {"type": ["odd"]},
        {"type": "track", "event": None, "properties": {"lost": 1}},
    )
    assert list(found) == [
        ("COMMON", None),
        ("TRACK", "Rated"),
        ("IDENTIFY", None),
        ("PAGE", None),
    ]
    assert found["COMMON", None]["properties"].keys() == {"userId", "topic"}
    assert found["COMMON", None]["x-count"] == 6
    assert found["IDENTIFY", None]["properties"].keys() == {"traits"}
    assert found["PAGE", None]["required"] == ["name", "traits"]


def test_no_events_make_an_empty_plan() -> None:
    plan = infer_schema([])
    assert plan == {"rules": [], "x-count": 0}
    assert Schema.from_tracking_plan(plan).event() == Schema().event()


def test_a_plan_is_in_the_order_of_names() -> None:
    events: list[dict[str, Json]] = [
        {**track(b=1, a=1), "event": name} for name in ("Zoo", "Abc", "Mid")
    ]
    shuffled = events.copy()
    Random(4).shuffle(shuffled)  # noqa: S311 - no secret
    assert json.dumps(infer_schema(events)) == json.dumps(infer_schema(shuffled))


# --- bounds -----------------------------------------------------------------------


def test_only_so_many_names_get_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "MAX_EVENTS", 2)
    events: list[dict[str, Json]] = [
        {"type": "track", "event": name} for name in ("a", "b", "c", "a", "c")
    ]
    plan: Any = infer_schema(events)
    assert [rule.get("key") for rule in plan["rules"][1:]] == ["a", "b"]
    assert plan["x-unlisted"] == 2
    long = infer_schema([{"type": "track", "event": "n" * 501}])
    assert long["x-unlisted"] == 1


def test_an_object_of_too_many_names_is_a_table() -> None:
    wide: dict[str, Json] = {f"n{index}": 1 for index in range(201)}
    assert described(wide, {"more": 1}) == {
        "type": "object",
        "additionalProperties": True,
    }
    narrow: dict[str, Json] = {f"n{index}": 1 for index in range(200)}
    assert len(described(narrow)["properties"]) == 200


def test_places_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "Room", lambda: infer_values.Room(3))
    plan: Any = infer_schema([track(a=1, b=[2], c=3)])
    assert plan["x-shortened"] is True
    found = plan["rules"][1]["jsonSchema"]["properties"]["properties"]
    assert list(found["properties"]) == ["a", "b"]
    assert found["additionalProperties"] is True
    assert "items" not in found["properties"]["b"]
    text = 'event = "Rated" and properties.c = 1'
    assert fql.check(text, schema=plan) == []


def test_nesting_is_described_only_so_deep() -> None:
    deep: Json = 1
    for _ in range(300):
        deep = {"a": [deep]}
    schema: Any = described(deep)
    depth = 0
    while "properties" in schema:
        schema, depth = schema["properties"]["a"].get("items", {}), depth + 1
    assert depth == 9
    Schema.from_tracking_plan(infer_schema([track(a=deep)]))


# --- laws -------------------------------------------------------------------------

PROPERTIES = st.dictionaries(st.sampled_from("abc"), json_values(), max_size=3)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from([*EVENT_TYPES, "odd"])},
        optional={
            "event": st.sampled_from(["Rated", "Song Played"]),
            "properties": PROPERTIES,
            "traits": PROPERTIES,
            "userId": json_values(),
        },
    ),
    max_size=12,
)


def fits(value: Json, shape: Shape) -> bool:
    """Return whether *value* is what *shape* says."""
    if not includes(shape.type, type_of(value)):
        return False
    if shape.choices and not contains_element(list(shape.choices), value):
        return False
    if isinstance(value, list):
        return shape.items is None or all(fits(each, shape.items) for each in value)
    if isinstance(value, dict):
        return shape.required <= value.keys() and all(
            fits(each, shape.members.get(name, Shape())) for name, each in value.items()
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_above = shape.minimum is None or value >= shape.minimum
        return is_above and (shape.maximum is None or value <= shape.maximum)
    return True


@settings(max_examples=100)
@given(EVENTS)
def test_every_sample_fits_its_plan(events: list[dict[str, Json]]) -> None:
    """What a plan says holds of each event that it was made of; none is changed."""
    before = deepcopy(events)
    plan = infer_schema(events)
    assert events == before
    schema = Schema.from_tracking_plan(json.loads(json.dumps(plan)))
    for event in events:
        narrowing = ANY_EVENT.by_types([str(event["type"])])
        name = event.get("event")
        if event["type"] == "track" and isinstance(name, str):
            narrowing = narrowing.by_events([name])
        shape = schema.event(narrowing)
        for field in ("properties", "traits"):
            if field in event and event["type"] != "odd":
                assert fits(event[field], walk(shape, [field]).shape)


@settings(max_examples=50)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(
    events: list[dict[str, Json]], random: Random
) -> None:
    """Below its limits, the same events give the same plan."""
    shuffled = events.copy()
    random.shuffle(shuffled)
    assert sorted_text(infer_schema(events)) == sorted_text(infer_schema(shuffled))


def sorted_text(plan: Json) -> str:
    """Return *plan* as text in which equal numbers are written alike."""
    return json.dumps(plan, default=str, sort_keys=True).replace(".0", "")


def test_a_plan_of_samples_finds_slips() -> None:
    plan = infer_schema([track(stars=stars) for stars in (1, 3, 5)])
    text = 'event = "Rated" and properties.star > 5 and properties.stars > 5'
    assert [each.code.value for each in fql.check(text, schema=plan)] == [
        "FQL201",
        "FQL303",
    ]
    assert (
        walk(
            Schema.from_tracking_plan(plan).event(ANY_EVENT.by_events(["Rated"])),
            ["properties", "stars"],
        ).type
        == Type.NUMBER
    )
