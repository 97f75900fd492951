"""Events that tell two conditions apart are found, shown to, and small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from fql.compiler.closures import compile_condition
from fql.compiler.differences import find_difference
from fql.compiler.documented import documented_condition, undocumented_orders
from fql.compiler.lower import lower_condition
from fql.compiler.trigger import check_trigger
from tests.compiler.strategies import conditions

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json


def lowered(text: str) -> Ir:
    checked = check_trigger(text)
    return lower_condition(checked.root, checked.types)


@pytest.mark.parametrize(
    ("one", "other", "event"),
    [
        ('type = "a"', 'type = "b"', {"type": "a"}),
        ("a = 1", "a = 1 and b = 2", {"a": 1}),
        ("a = 1 and b = 'x'", "a = 1 or b = 'x'", {"a": 1}),
        ("properties.a > 5", "properties.a >= 5", {"properties": {"a": 5}}),
        ("match(event, 'a*b')", "match(event, 'a*')", {"event": "a"}),
        ("contains(event, 'a')", "event = 'a'", {"event": "xax"}),
        ("length(event) > 3", "length(event) > 4", {"event": "xxxx"}),
        ("a = null", "all", {"a": "null"}),
        ("a in ['b', 'c']", "a = 'b'", {"a": "c"}),
        ("a.length = 2", "a.length = 3", {"a": {"length": 2}}),
        ("a.0 = 1", "a.1 = 1", {"a": {"0": 1}}),
        ("a = true", "a", None),
        ("a", "!a", {"a": True}),
    ],
)
def test_a_small_event_is_found(one: str, other: str, event: Json) -> None:
    found = find_difference(lowered(one), lowered(other))
    assert (found.event if found else None) == event


@settings(max_examples=40, deadline=None)
@given(conditions(1), conditions(1))
def test_what_is_found_has_been_shown(one: str, other: str) -> None:
    first, second = lowered(one), lowered(other)
    found = find_difference(first, second)
    if found is not None:
        assert compile_condition(first)(found.event) is found.first
        assert compile_condition(second)(found.event) is found.second
        assert found.first is not found.second


@settings(max_examples=20, deadline=None)
@given(conditions(1))
def test_a_condition_does_not_differ_from_itself(text: str) -> None:
    assert find_difference(lowered(text), lowered(text)) is None


# --- the documented language of filters ---------------------------------------------


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        ("a > 5", {"a": 6}, True),
        ("5 < a", {"a": 6}, True),
        ("a > '2023-01-01'", {"a": "2024-01-01"}, False),
        ("!(a > 'a')", {"a": "b"}, True),
        ("a > b or c = 1", {"a": "b", "b": "a"}, False),
        ("a > b", {"a": 2, "b": 1}, True),
        ("received_at > timestamp(a)", {"receivedAt": "2024", "a": "2023"}, False),
    ],
)
def test_documented_orderings_are_of_numbers(
    text: str, event: dict[str, Json], *, expected: bool
) -> None:
    assert compile_condition(documented_condition(lowered(text)))(event) is expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a > 5 and length(b) < c", []),
        ("a > 'x' or !(b < c)", ["a > 'x'", "b < c"]),
        ("type = 'a' and received_at >= '2023-01-01'", ["received_at >= '2023-01-01'"]),
    ],
)
def test_orderings_that_may_be_of_texts(text: str, parts: list[str]) -> None:
    found = undocumented_orders(check_trigger(text))
    assert [each.source.slice(each.span) for each in found] == parts
