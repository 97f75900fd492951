"""Examples of events: tried, different, realistic, the same for the same arguments."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fql
from fql.compiler import ir, spec
from fql.compiler.closures import compile_condition
from fql.compiler.domains import ANY_VALUE, Domain, of_values
from fql.compiler.examples import (
    contradictory_parts,
    examples,
    laid_over,
    near_misses,
)
from fql.compiler.ranges import Range
from fql.compiler.schema import EVENT_SPEC, Schema
from fql.compiler.solve import Found, Impossible, solve
from fql.compiler.solve_schema import conforms
from fql.compiler.solve_store import Place
from fql.compiler.trigger import compile_engine_text, compile_trigger
from fql.compiler.usual_events import usual_event
from fql.compiler.usual_values import UsualValues, usual

if TYPE_CHECKING:
    from fql.compiler.values import Json

PLAN = Schema.from_tracking_plan(
    {
        "Order Completed": {
            "type": "object",
            "required": ["total", "address"],
            "properties": {
                "total": {"type": "number", "minimum": 0, "exclusiveMaximum": 1000},
                "currency": {"enum": ["EUR", "USD"]},
                "note": {"type": "string", "minLength": 3, "maxLength": 8},
                "tags": {"type": "array", "items": {"type": "string"}},
                "address": {
                    "type": "object",
                    "required": ["city"],
                    "properties": {"city": {"type": "string"}},
                },
            },
        },
        "Closed": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"a": {"type": "string"}},
        },
    }
)
TEXTS = [
    'type = "track" and event = "Order Completed" and properties.total >= 100',
    'match(event, "Order *") and any(properties.products, item.price > 50)',
    'type in ["page", "screen"] and context.page.path != "/" and userId != null',
    'type = "page" or context.ip = "192.0.2.99"',
    'received_at > "2026-02-01" and !(properties.plan = "free")',
    "!(a = 1 or b = 2) and c = 3",
]


def random() -> Random:
    return Random(1)  # noqa: S311 - picks examples


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("wanted", [True, False])
def test_examples_are_tried_and_different(text: str, *, wanted: bool) -> None:
    trigger = compile_trigger(text)
    found = examples(trigger, count=5, wanted=wanted)
    assert len(found.events) == 5
    assert all(trigger(event) is wanted for event in found.events)
    assert len({repr(event) for event in found.events}) == 5
    assert examples(trigger, count=5, wanted=wanted) == found
    assert examples(trigger, count=5, wanted=wanted, seed=3) != found


def test_alternatives_are_all_shown() -> None:
    found = examples(compile_trigger(TEXTS[3]), count=20)
    assert {event["type"] == "page" for event in found.events} == {True, False}


def test_an_example_is_a_whole_event() -> None:
    (event,) = examples(compile_trigger(TEXTS[0]), count=1).events
    assert set(event) >= {*spec.ALWAYS, "event", "userId", "context", "properties"}


@pytest.mark.parametrize("text", TEXTS)
def test_a_near_miss_fails_one_part(text: str) -> None:
    trigger = compile_trigger(text)
    found = examples(trigger, count=4, wanted=False, near=True)
    conditions = [compile_condition(miss) for miss in near_misses(trigger.node)]
    assert found.events
    for event in found.events:
        assert any(holds(event) for holds in conditions)


def test_the_parts_of_a_condition_fail_one_by_one() -> None:
    node = compile_trigger("a = 1 and !(b = 2 or c = 3) and (d = 4 or e = 5)").node
    events: list[dict[str, Json]] = [
        {"a": a, "b": b, "c": c, "d": d}
        for a in (1, 0)
        for b in (2, 0)
        for c in (3, 0)
        for d in (4, 0)
    ]
    misses = [compile_condition(miss) for miss in near_misses(node)]
    assert len(misses) == 4
    failing = [[event for event in events if miss(event)] for miss in misses]
    assert failing == [
        [{"a": 0, "b": 0, "c": 0, "d": 4}],
        [{"a": 1, "b": 2, "c": 0, "d": 4}],
        [{"a": 1, "b": 0, "c": 3, "d": 4}],
        [{"a": 1, "b": 0, "c": 0, "d": 0}],
    ]


def test_a_part_that_is_repeated_fails_as_one() -> None:
    trigger = compile_trigger("a = 1 and b = 2 and a = 1")
    found = examples(trigger, count=2, wanted=False, near=True).events
    assert [(each.get("a") == 1, each.get("b") == 2) for each in found] == [
        (False, True),
        (True, False),
    ]


def test_two_negations_are_none_for_near_misses() -> None:
    inner = ir.IsTrue(ir.Load(0, ("a",)))
    assert [*near_misses(ir.Not(ir.Not(inner)))] == [ir.Not(inner)]


def test_what_cannot_be_has_no_example() -> None:
    never = compile_trigger("a < 5 and a > 6")
    assert examples(never).is_impossible
    assert not examples(never, wanted=False).is_impossible
    assert examples(compile_trigger("all"), wanted=False).is_impossible
    near = examples(never, wanted=False, near=True)
    assert near.events == ()


def test_what_is_out_of_reach_has_none_either() -> None:
    found = examples(compile_trigger('lowercase(a) = "abc" and match(a, "B*")'))
    assert found.events == ()
    assert not found.is_impossible


def test_some_have_to_be_wanted() -> None:
    with pytest.raises(ValueError, match="no examples wanted: 0"):
        examples(compile_trigger("all"), count=0)


def test_texts_are_compiled_by_the_face() -> None:
    found = fql.examples('type = "page"', count=2)
    assert [event["type"] for event in found.events] == ["page", "page"]
    with pytest.raises(fql.FqlError):
        fql.examples("type ==")


def test_the_fewest_contradictory_parts_are_named() -> None:
    trigger = compile_trigger("a > 1 and b = 1 and a < 9 and a > 10 and c = 2")
    assert contradictory_parts(trigger) == ["a < 9", "a > 10"]
    assert contradictory_parts(compile_trigger("a = 1 and b = 1")) == []
    assert contradictory_parts(compile_trigger("a = 1")) == []
    engine = compile_engine_text('type = "a" and type = "b"')
    assert contradictory_parts(engine) == []


# --- schemas ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", spec.EVENT_TYPES)
@pytest.mark.parametrize("schema", [EVENT_SPEC, PLAN], ids=["spec", "plan"])
def test_usual_events_conform(kind: str, schema: Schema) -> None:
    for _ in range(5):
        assert conforms(usual_event(kind, random(), schema=schema), schema)


@pytest.mark.parametrize("wanted", [True, False])
def test_examples_conform(*, wanted: bool) -> None:
    trigger = compile_trigger('event = "Order Completed" and properties.total > 5')
    found = examples(trigger, count=4, wanted=wanted, schema=PLAN)
    assert len(found.events) == 4
    assert all(conforms(event, PLAN) for event in found.events)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('type = "banana"', Impossible),
        ("userId = 5", Impossible),
        ('timestamp = "hello"', Impossible),
        ("context.page.url = 5", Impossible),
        ('type = "page" and event = "Closed"', Impossible),
        ('event = "Order Completed" and properties.total < 0', Impossible),
        ('event = "Order Completed" and properties.total >= 1000', Impossible),
        ('event = "Order Completed" and properties.currency = "GBP"', Impossible),
        ('event = "Order Completed" and properties.address.city = null', Impossible),
        ('event = "Order Completed" and properties.note = "ab"', Impossible),
        ('event = "Order Completed" and properties.note = "abcdefghi"', Impossible),
        ('event = "Closed" and exists(properties.b)', Impossible),
        ('event = "Closed" and properties.a.b = "x"', Impossible),
        ('properties.currency = 5 and type = "track"', Impossible),
        ('event = "Order Completed"', Found),
        ('event = "Order Completed" and properties.address.street = "x"', Found),
        ('event = "Closed" and properties.b = null', Found),
        ('event = "Else" and properties.total = "x"', Found),
        ('type = "page"', Found),
        ("type = null", Found),
        ('timestamp > "2020-01-01"', Found),
        ('properties.currency = "CHF"', Found),
    ],
)
def test_only_events_that_conform_count(text: str, answer: type) -> None:
    found = solve(compile_trigger(text).node, schema=PLAN)
    assert isinstance(found, answer)
    if isinstance(found, Found):
        assert conforms(found.event, PLAN)


@pytest.mark.parametrize(
    ("event", "does"),
    [
        ({}, True),
        ({"type": "track", "event": "Closed"}, True),
        ({"type": "track", "event": "Closed", "properties": {"b": 1}}, False),
        ({"type": "track", "event": "Closed", "properties": {"b": None}}, True),
        ({"type": "page", "event": "Closed"}, False),
        ({"event": "Closed"}, False),
        ({"type": "track", "event": "Order Completed"}, False),
        ({"type": "track", "event": 5}, False),
        ({"type": 5}, False),
        ({"userId": None, "context": {"ip": None}}, True),
        ({"context": {"page": "x"}}, False),
        ({"context": [1]}, False),
    ],
)
def test_an_event_conforms_or_not(event: dict[str, object], *, does: bool) -> None:
    assert conforms(event, PLAN) is does  # type: ignore[arg-type]


def test_schemas_are_looked_at_within_the_budget() -> None:
    names = {f"Event {number}": {"type": "object"} for number in range(40)}
    schema = Schema.from_tracking_plan(names)
    node = compile_trigger('userId = 5 and type = "track"').node
    assert not isinstance(solve(node, schema=schema, budget=10), Impossible)
    assert solve(node, schema=schema) == Impossible()


# --- usual values -----------------------------------------------------------------


@settings(max_examples=50)
@given(st.integers(0, 1000), st.sampled_from(["total", "email", "is_new", "x", "sku"]))
def test_usual_values_come_before_others(seed: int, name: str) -> None:
    values = UsualValues(Random(seed))  # noqa: S311 - picks examples
    known = usual(("properties", name))
    found = list(values.values(Place(0, ("properties", name)), ANY_VALUE))
    assert sorted(map(repr, found[: len(known)])) == sorted(map(repr, known))


def test_what_a_condition_leaves_comes_first() -> None:
    values = UsualValues(random())
    place = Place(0, ())
    assert next(values.values(place, of_values(["b", "a"]))) in {"a", "b"}
    numbers = Domain(numbers=(Range(500, 1000),))
    found = [
        each for each in values.values(place, numbers) if each not in (True, False)
    ]
    assert any(isinstance(each, int) and 500 <= each <= 560 for each in found)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "minLength": 5, "maxLength": 2}, None),
        ({"type": "number", "minimum": 5, "maximum": 1}, None),
        ({"type": "array"}, ["ABC"]),
    ],
)
def test_where_a_plan_allows_nothing_there_is_nothing(
    schema: dict[str, object], value: object
) -> None:
    plan = Schema.from_tracking_plan({"E": {"properties": {"sku": schema}}})
    event = usual_event("track", random(), schema=plan)
    properties = event["properties"]
    assert isinstance(properties, dict)
    made = properties["sku"]
    assert type(made) is type(value)


def test_values_are_laid_over_member_by_member() -> None:
    base = {"a": {"b": 1, "c": 2}, "l": [{"n": 1, "m": 2}], "x": 1}
    top = {"a": {"b": 5}, "l": [{"n": 7}, {"n": 8}], "e": []}
    assert laid_over(base, top) == {  # type: ignore[arg-type]
        "a": {"b": 5, "c": 2},
        "l": [{"n": 7, "m": 2}, {"n": 8, "m": 2}],
        "x": 1,
        "e": [],
    }
