"""What single actions do, and that they share what they leave alone."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime.filter_actions import (
    Action,
    AllowProperties,
    Drop,
    DropProperties,
    Sample,
)
from fql.runtime.sampling import bound, position
from tests.compiler.strategies import KEYS, events, json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event

keys = st.sampled_from([*KEYS, "properties", "traits", "context", "type", "userId"])
targets = st.lists(keys, max_size=3).map(tuple)
names = st.frozensets(keys, max_size=4)
actions = st.one_of(
    st.just(Drop()),
    st.builds(Sample, st.floats(-1, 2), st.none() | targets.filter(bool)),
    st.builds(DropProperties, targets, names),
    st.builds(AllowProperties, targets, names),
)
any_events = events() | st.dictionaries(keys, json_values(), max_size=5)


def drop(target: str, *names: str) -> DropProperties:
    return DropProperties(tuple(target.split(".")) if target else (), frozenset(names))


def allow(target: str, *names: str) -> AllowProperties:
    return AllowProperties(tuple(target.split(".")) if target else (), frozenset(names))


def test_drop_stops_every_event() -> None:
    assert Drop()({"type": "track"}) is None


# --- properties -------------------------------------------------------------------

PEOPLE: Event = {
    "userId": "u1",
    "context": {"traits": {"email": "a@example.com", "phone": 1}, "ip": "::1"},
    "properties": {"products": [{"sku": 1, "price": 2}, 3, {"price": 4}], "a.b": 5},
}


@pytest.mark.parametrize(
    ("action", "path", "left"),
    [
        (drop("", "userId", "context"), (), {"properties": PEOPLE["properties"]}),
        (drop("context.traits", "email"), ("context", "traits"), {"phone": 1}),
        (
            drop("properties.products", "price"),
            ("properties", "products"),
            [{"sku": 1}, 3, {}],
        ),
        (drop("properties", "a.b", "products"), ("properties",), {}),
        (allow("", "userId"), (), {"userId": "u1"}),
        (
            allow("context.traits", "email"),
            ("context",),
            {"traits": {"email": "a@example.com"}, "ip": "::1"},
        ),
        (allow("properties", "a"), ("properties",), {}),
        (
            allow("properties.products", "sku"),
            ("properties", "products"),
            [{"sku": 1}, 3, {}],
        ),
    ],
)
def test_properties_are_reduced_where_they_are_named(
    action: Action, path: tuple[str, ...], left: Json
) -> None:
    result: object = action(PEOPLE)
    for key in path:
        assert isinstance(result, dict)
        result = result[key]
    assert result == left


def test_an_index_in_a_target_leads_to_one_element() -> None:
    result = drop("properties.products.0", "price")(PEOPLE)
    assert result is not None
    assert result["properties"] == {
        "products": [{"sku": 1}, 3, {"price": 4}],
        "a.b": 5,
    }


@pytest.mark.parametrize(
    "action",
    [
        drop("context.traits", "name"),
        drop("context.traits.email", "a"),
        drop("properties.products.9", "price"),
        drop("properties.products.sku", "price"),
        drop("nothing.here", "a"),
        drop("properties", "products.price"),
        allow("nothing", "a"),
        allow("context", "traits", "ip", "more"),
        allow("userId"),
    ],
)
def test_what_hits_nothing_returns_the_event_itself(action: Action) -> None:
    assert action(PEOPLE) is PEOPLE


def test_only_the_way_to_the_change_is_copied() -> None:
    result = drop("context.traits", "email")(PEOPLE)
    assert result is not None
    assert result is not PEOPLE
    assert result["properties"] is PEOPLE["properties"]
    context, before = result["context"], PEOPLE["context"]
    assert isinstance(context, dict)
    assert isinstance(before, dict)
    assert context is not before
    assert context["ip"] is before["ip"]


def test_elements_of_a_list_that_lose_nothing_are_shared() -> None:
    event: Event = {"items": [{"a": 1}, {"b": 2}, [1]]}
    result = drop("items", "a")(event)
    assert result is not None
    assert result["items"] == [{}, {"b": 2}, [1]]
    assert result["items"][1] is event["items"][1]  # type: ignore[index]


def test_in_a_list_inside_a_list_the_keys_are_the_indices() -> None:
    event: Event = {"items": [["a", "b", "c"], ["d"]]}
    assert drop("items", "1")(event) == {"items": [["a", None, "c"], ["d"]]}
    assert allow("items", "1")(event) == {"items": [[None, "b", None], [None]]}
    assert allow("items", "0", "1", "2")(event) is event


# --- samples ----------------------------------------------------------------------


@pytest.mark.parametrize("percent", [1, 1.0, 7])
def test_a_sample_of_everything_keeps_events_without_a_value(percent: float) -> None:
    event: Event = {}
    assert Sample(percent, ("userId",))(event) is event


@pytest.mark.parametrize("percent", [0, -0.5])
def test_a_sample_of_nothing_keeps_nothing(percent: float) -> None:
    assert Sample(percent, ("userId",))({"userId": "u1"}) is None


@pytest.mark.parametrize("event", [{}, {"userId": None}, {"userId": {}}])
def test_a_sample_keeps_no_event_without_a_value(event: Event) -> None:
    assert Sample(0.999999, ("userId", "id"))(event) is None


def test_a_sample_without_a_path_goes_by_the_message_id() -> None:
    event: Event = {"messageId": "user-2", "userId": "user-1"}
    assert position("user-2") < bound(0.2) < position("user-1")
    assert Sample(0.2)(event) is event
    assert Sample(0.2, ("userId",))(event) is None


@given(st.text(min_size=1), st.floats(0, 1), st.floats(0, 1))
def test_what_a_smaller_sample_keeps_a_larger_one_keeps(
    user: str, one: float, other: float
) -> None:
    event: Event = {"userId": user}
    smaller, larger = sorted([one, other])
    if Sample(smaller, ("userId",))(event) is not None:
        assert Sample(larger, ("userId",))(event) is event


# --- laws -------------------------------------------------------------------------


@given(actions, any_events)
def test_no_action_changes_its_input_or_raises(action: Action, event: Event) -> None:
    before = deepcopy(event)
    action(event)
    assert repr(event) == repr(before)


@given(targets, names, any_events)
def test_acting_twice_is_acting_once(
    target: tuple[str, ...], chosen: frozenset[str], event: Event
) -> None:
    for action in (DropProperties(target, chosen), AllowProperties(target, chosen)):
        once = action(event)
        assert once is not None
        twice = action(once)
        assert repr(twice) == repr(once)


@given(names, any_events)
def test_dropping_and_allowing_part_the_event(
    chosen: frozenset[str], event: Event
) -> None:
    dropped = DropProperties((), chosen)(event)
    allowed = AllowProperties((), chosen)(event)
    assert dropped is not None
    assert allowed is not None
    assert dropped.keys() | allowed.keys() == event.keys()
    assert dropped.keys() & allowed.keys() == set()
    for part in (dropped, allowed):
        assert all(member is event[key] for key, member in part.items())
