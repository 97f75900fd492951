"""Filters and chains of filters: who decides, in which order, and what fails."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.warm import TRIGGER_CALLS
from fql.runtime.filter_actions import ActionKind
from fql.runtime.filters import Filter, FilterChain, Order, Screen, Verdict
from fql.runtime.load import compile_filter
from tests.compiler.strategies import events
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event

DROP: dict[str, Json] = {"type": "DROP"}


def drop_properties(target: str, *names: str) -> dict[str, Any]:
    return {"type": "DROP_PROPERTIES", "fields": {target: list(names)}}


def allow_properties(target: str, *names: str) -> dict[str, Any]:
    return {"type": "ALLOW_PROPERTIES", "fields": {target: list(names)}}


def make(condition: str, *actions: dict[str, Any], title: str = "f") -> Filter:
    return compile_filter({"if": condition, "actions": list(actions), "title": title})


# --- one filter -------------------------------------------------------------------


def test_a_filter_acts_on_the_events_that_meet_its_condition() -> None:
    tests = make("contains(event, 'Test')", DROP)
    kept: Event = {"event": "Order Completed"}
    assert tests({"event": "Test Event"}) is None
    assert tests(kept) is kept


def test_a_filter_may_act_several_times() -> None:
    private = make("all", drop_properties("", "userId"), drop_properties("traits", "a"))
    event: Event = {"userId": "u1", "type": "track", "traits": {"a": 1, "b": 2}}
    assert private(event) == {"type": "track", "traits": {"b": 2}}


def test_a_filter_that_is_not_enabled_still_can_be_called() -> None:
    off = compile_filter({"if": "all", "actions": [DROP], "enabled": False})
    assert not off.is_enabled
    assert off({}) is None


def test_the_actions_of_a_filter_act_in_stages() -> None:
    both = make("all", drop_properties("", "a"), DROP)
    verdict = both.decide({"a": 1})
    assert verdict.action is ActionKind.DROP


def test_filters_can_be_pickled() -> None:
    original = make("type = 'track'", drop_properties("properties", "a"), DROP)
    restored = pickle.loads(pickle.dumps(original))  # noqa: S301 - our own bytes
    assert restored == original
    assert restored({"type": "track"}) is None


# --- chains -----------------------------------------------------------------------


def test_a_chain_without_filters_passes_the_event_itself() -> None:
    event: Event = {"type": "track"}
    verdict = FilterChain([])(event)
    assert verdict.event is event
    assert verdict.matching == ()


def test_a_verdict_names_the_filter_that_dropped_the_event() -> None:
    staff = make("userId = 'staff'", DROP, title="staff")
    tests = make("event = 'Test'", DROP, title="tests")
    chain = FilterChain([staff, tests])
    verdict = chain({"event": "Test"})
    assert verdict.event is None
    assert verdict.filter is tests
    assert verdict.action is ActionKind.DROP
    assert verdict.matching == (tests,)


def test_a_verdict_names_all_filters_that_matched() -> None:
    one = make("all", drop_properties("", "a"), title="one")
    two = make("type = 'page'", DROP, title="two")
    three = make("exists(b)", drop_properties("", "b"), title="three")
    verdict = FilterChain([one, two, three])({"a": 1, "b": 2, "c": 3})
    assert verdict.event == {"c": 3}
    assert verdict.matching == (one, three)
    assert verdict.filter is None


STRIP_THEN_ASK = (
    make("all", drop_properties("", "userId"), title="strip"),
    make("userId = 'staff'", DROP, title="staff"),
)


def test_conditions_are_asked_about_the_event_as_it_entered() -> None:
    verdict = FilterChain(STRIP_THEN_ASK)({"userId": "staff"})
    assert verdict.filter is STRIP_THEN_ASK[1]


def test_in_listed_order_conditions_are_asked_about_what_is_left() -> None:
    verdict = FilterChain(STRIP_THEN_ASK, order=Order.LISTED)({"userId": "staff"})
    assert verdict.event == {}
    assert verdict.matching == (STRIP_THEN_ASK[0],)


def test_samples_come_before_drops_whatever_the_order_of_the_filters() -> None:
    drop = make("all", DROP, title="drop")
    nothing = make("all", {"type": "SAMPLE", "percent": 0}, title="nothing")
    assert FilterChain([drop, nothing])({}).filter is nothing
    assert FilterChain([drop, nothing], order=Order.LISTED)({}).filter is drop


def test_samples_read_what_later_stages_remove() -> None:
    chain = FilterChain(
        [
            make("all", drop_properties("", "userId")),
            make("all", {"type": "SAMPLE", "percent": 0.5, "path": "userId"}),
        ]
    )
    assert chain({"userId": "user-2", "type": "page"}).event == {"type": "page"}


def test_properties_are_dropped_before_others_are_allowed() -> None:
    allow = make("all", allow_properties("properties", "a", "b"))
    drop = make("all", drop_properties("properties", "a"))
    chain = FilterChain([allow, drop])
    assert chain({"properties": {"a": 1, "b": 2, "c": 3}}).event == {
        "properties": {"b": 2}
    }


def test_a_chain_shows_its_filters_and_its_order() -> None:
    chain = FilterChain([make("all", DROP, title="stop")], order=Order.LISTED)
    assert "stop" in repr(chain)
    assert "listed" in repr(chain)


# --- failure ----------------------------------------------------------------------


@pytest.mark.parametrize("order", list(Order))
def test_a_filter_that_cannot_be_evaluated_drops_and_tells(order: Order) -> None:
    fine = make("all", drop_properties("", "a"), title="fine")
    broken = compile_filter(
        {"if": "failing(a)", "actions": [drop_properties("", "a")], "title": "broken"},
        terms=FAILING,
    )
    verdict = FilterChain([broken, fine], order=order)({"a": "boom"})
    assert verdict.event is None
    assert verdict.filter is broken
    assert verdict.action is None
    assert isinstance(verdict.fault, RuntimeError)
    assert broken({"a": "boom"}) is None
    assert broken({"a": 1}) == {}


# --- laws -------------------------------------------------------------------------

CONDITIONS = (
    "all",
    "type = 'track'",
    "!(type = 'track')",
    "exists(properties.a) or traits.name != 'a'",
    "received_at >= '2023-04-21T19:55:00.933Z'",
    "contains(userId, 'a')",
)
PROPERTIES_ACTIONS = (drop_properties, allow_properties)


def sample(percent: float) -> dict[str, Any]:
    return {"type": "SAMPLE", "percent": percent, "path": "userId"}


def properties_action(
    action: Callable[..., dict[str, Any]], target: str, names: list[str]
) -> dict[str, Any]:
    return action(target, *names)


def make_of(condition: str, actions: list[dict[str, Any]]) -> Filter:
    return make(condition, *actions)


fields = st.sampled_from(["", "properties", "traits", "context", "context.traits"])
keys = st.lists(st.sampled_from(["a", "b", "name", "items", "0"]), max_size=3)
actions = st.one_of(
    st.just(DROP),
    st.builds(sample, st.floats(0, 1)),
    st.builds(properties_action, st.sampled_from(PROPERTIES_ACTIONS), fields, keys),
)
filters = st.builds(make_of, st.sampled_from(CONDITIONS), st.lists(actions, max_size=3))


@given(st.lists(filters, max_size=3), st.sampled_from(Order), events())
def test_no_event_is_changed_and_none_makes_a_chain_fail(
    listed: list[Filter], order: Order, event: Event
) -> None:
    before = deepcopy(event)
    verdict = FilterChain(listed, order=order)(event)
    assert repr(event) == repr(before)
    assert verdict.fault is None
    assert (verdict.event is None) == (verdict.filter is not None)
    if not verdict.matching:
        assert verdict.event is event


@given(filters, events())
def test_a_filter_alone_is_a_chain_of_one(only: Filter, event: Event) -> None:
    listed = FilterChain([only])(event).event
    assert repr(only(event)) == repr(listed)
    if not only.condition(event):
        assert listed is event


@settings(max_examples=60)
@given(st.lists(filters, max_size=3), st.sampled_from(Order), events())
def test_what_a_screen_lets_pass_no_filter_touches(
    listed: list[Filter], order: Order, event: Event
) -> None:
    is_met = Screen(listed).is_met(event)
    assert is_met is any(each.condition(event) for each in listed)
    if not is_met:
        assert FilterChain(listed, order=order)(event) == Verdict(event)


def test_a_screen_that_is_asked_often_answers_as_before() -> None:
    screen = Screen([make("type = 'page'", DROP), make("contains(userId, 'a')", DROP)])
    asked: list[Event] = [{"type": "page"}, {"userId": "ab"}, {"userId": "b"}, {}]
    before = screen.is_met
    for _ in range(TRIGGER_CALLS):
        assert [screen.is_met(event) for event in asked] == [True, True, False, False]
    assert screen.is_met is not before
