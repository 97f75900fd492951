"""Where many events stop: counts, values, hints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fql.compiler.commonest import Commonest
from fql.compiler.stops import Stops
from fql.compiler.trigger import compile_engine_text, compile_trigger
from fql.grammar.diagnostics import FqlError
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json

ORDER = 'type = "track" and (event = "A" or event = "B") and p.total >= 10'


def counted(text: str, given_events: Iterable[dict[str, Json]]) -> Stops:
    stops = Stops(compile_trigger(text))
    for event in given_events:
        stops.add(event)
    return stops


def track(event: Json, **properties: Json) -> dict[str, Json]:
    return {"type": "track", "event": event, "p": properties}


EVENTS: list[dict[str, Json]] = [
    {"type": "page"},
    {"type": "page"},
    {"type": "Track"},
    {},
    track("C"),
    track("b"),
    track(5),
    track("A", total="25"),
    track("A", total="25"),
    track("B", total="x"),
    track("A", Total=25),
    track("A", total=5),
    track("A", total=50),
]


def test_an_event_stops_at_the_first_condition_that_it_does_not_meet() -> None:
    stops = counted(ORDER, EVENTS)
    assert (stops.events, stops.matching) == (13, 1)
    assert [(each.count, each.false) for each in stops.places] == [
        (4, 4),
        (3, 7),
        (5, 12),
    ]


def test_what_the_fields_had_is_counted() -> None:
    first, second, third = (each.to_dict() for each in counted(ORDER, EVENTS).places)
    assert first["fields"] == [
        {
            "field": "type",
            "missing": 1,
            "wrongType": 0,
            "convertible": {},
            "kinds": {"a string": 3},
            "values": [
                {"value": 'the string "page"', "count": 2},
                {"value": 'the string "Track"', "count": 1},
            ],
            "otherValues": 0,
            "isExact": True,
            "hints": ["1 of 4: only the letter case differs"],
        }
    ]
    assert second["fields"] == [
        {
            "field": "event",
            "missing": 0,
            "wrongType": 1,
            "convertible": {},
            "kinds": {"a string": 2, "a number": 1},
            "values": [
                {"value": 'the string "C"', "count": 1},
                {"value": 'the string "b"', "count": 1},
                {"value": "5", "count": 1},
            ],
            "otherValues": 0,
            "isExact": True,
            "hints": [
                "1 of 3: only the letter case differs",
                "1 of 3 had event as a number: `=` needs the same type",
            ],
        }
    ]
    assert third["fields"] == [
        {
            "field": "p.total",
            "missing": 1,
            "wrongType": 3,
            "convertible": {"a number": 2},
            "kinds": {"a string": 3, "a number": 1},
            "values": [
                {"value": 'the string "25"', "count": 2},
                {"value": 'the string "x"', "count": 1},
                {"value": "5", "count": 1},
            ],
            "otherValues": 0,
            "isExact": True,
            "hints": [
                "3 of 5 had p.total as a string: `>=` needs a number here",
                "2 of these would do as a number",
                "1 of 1 without p.total have p.Total",
            ],
        }
    ]


def test_the_counts_read_well() -> None:
    assert str(counted("a = 1 and b", [{"a": 1, "b": True}, {"a": 1}, {"b": 1}])) == (
        "3 events: 1 match, 2 do not\n"
        "\n"
        "1 | a = 1 and b\n"
        "  | ^^^^^ 1 stops here\n"
        "  |           ^ 1 stops here\n"
        "\n"
        "a = 1 stops 1\n"
        "  a: missing 1\n"
        "\n"
        "b stops 1, and is false for 2\n"
        "  b: missing 1"
    )


def test_only_the_commonest_values_are_told() -> None:
    given_events: list[dict[str, Json]] = [{"a": index % 8} for index in range(20)]
    shown = str(counted("a = 9", given_events))
    assert shown.splitlines()[7:] == [
        *(f"    {count}  {value}" for value, count in enumerate((3, 3, 3, 3, 2))),
        "    6  other values",
    ]


def test_one_event_is_one_event() -> None:
    assert str(counted("a", [{"a": True}])).startswith("1 event: 1 match, 0 do not\n")


def test_a_negation_blames_what_is_inside() -> None:
    (stop,) = counted("!(a = 1 or b = 2)", [{"a": 1, "b": 3}]).places
    assert list(stop.fields) == ["a"]
    assert list(stop.fields["a"].hints()) == []


def test_a_condition_of_two_fields_counts_both() -> None:
    (stop,) = counted("a = b", [{"a": 1, "b": 3}]).places
    assert list(stop.fields) == ["a", "b"]


def test_a_trigger_of_the_engine_is_counted_too() -> None:
    stops = Stops(compile_engine_text('type = "track" and event = "A"'))
    assert not stops.add({"type": "track"})
    assert [each.count for each in stops.places] == [0, 1]


def test_a_field_that_is_null_may_be_elsewhere() -> None:
    (stop,) = counted("p.total > 1", [{"p": {"total": None}, "total": 2}]).places
    assert list(stop.fields["p.total"].hints()) == []
    (stop,) = counted("total > 1", [{"total": None, "properties": {"total": 2}}]).places
    assert list(stop.fields["total"].hints()) == [
        "1 of 1 without total have properties.total"
    ]


@settings(max_examples=50)
@given(conditions(), st.lists(events(), max_size=4))
def test_the_counts_add_up(text: str, given_events: list[dict[str, Json]]) -> None:
    """Law: each event matches or stops once, as the trigger answers it."""
    try:
        trigger = compile_trigger(text)
    except FqlError:
        trigger = None
    assume(trigger is not None)
    assert trigger is not None
    stops = Stops(trigger)
    answers = [stops.add(event) for event in given_events]
    assert answers == [trigger(event) for event in given_events]
    assert stops.matching == sum(answers)
    assert stops.matching + sum(each.count for each in stops.places) == stops.events
    assert all(each.false >= each.count for each in stops.places)
    json.dumps(stops.to_dict())
    assert str(stops)


# --- the commonest --------------------------------------------------------------------


def test_rare_texts_are_forgotten_where_there_are_too_many() -> None:
    counted_texts = Commonest()
    for index in range(5_000):
        counted_texts.add("usual")
        counted_texts.add(str(index))
    assert counted_texts.top(1) == [("usual", 5_000)]
    assert counted_texts.others(1) == 5_000
    assert not counted_texts.is_exact


@pytest.mark.parametrize("number", [0, 1, 5])
def test_few_texts_are_counted_exactly(number: int) -> None:
    counted_texts = Commonest()
    for each in "abcab":
        counted_texts.add(each)
    assert counted_texts.top(number) == [("a", 2), ("b", 2), ("c", 1)][:number]
    assert counted_texts.is_exact
