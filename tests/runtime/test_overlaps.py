"""Tests of the events that mappings share, never get, or take for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.schema import Schema
from fql.compiler.trigger import compile_trigger
from fql.grammar.source import Source
from fql.runtime import overlaps
from fql.runtime.accept import find_rejection
from fql.runtime.filters import Order
from fql.runtime.load import load
from fql.runtime.outcomes import Decision
from fql.runtime.overlaps import overlaps_of, unhandled, unreachable_in

if TYPE_CHECKING:
    from fql.runtime.workspace import Workspace


def program(*parts: str, head: str = "destination d: webhook") -> Workspace:
    text = f"{head} {{\n{chr(10).join(parts)}\n}}"
    return load(Source(text, "a.fql"), environment={})


def mapping(trigger: str, name: str = "", action: str = "send", url: str = "u") -> str:
    title = name or trigger[:20]
    return f'mapping "{title}" when {trigger} send {action} {{ url: "{url}" }}'


def dropping(condition: str, actions: str = "drop", head: str = "filter") -> str:
    return f'{head} "{condition[:20]}" when {condition} {{ {actions} }}'


def pairs(workspace: Workspace, *, doubles_only: bool = False) -> list[tuple[str, str]]:
    (destination,) = workspace.destinations
    found = overlaps_of(destination, order=workspace.order, doubles_only=doubles_only)
    return [(each.first.name, each.second.name) for each in found]


def barred(
    workspace: Workspace, order: Order = Order.STAGES
) -> list[tuple[str, list[str]]]:
    (destination,) = workspace.destinations
    return [
        (each.mapping.name, [filter_.title for filter_ in each.filters])
        for each in unreachable_in(destination, order=order)
    ]


# --- pairs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("event = 'A'", "properties.total > 3"),
        ("all", "all"),
        ("type = 'track'", "type = 'track' and event = 'A'"),
        ("match(event, 'Order *')", "match(event, '* Completed')"),
        ("type = 'group'", "exists(groupId)"),
        ("type = 'alias'", "exists(userId)"),
        ("type in ['page', 'screen']", "name = 'Home' and userId = null"),
        ("type = 'page' and event = 'odd'", "all"),
        ("traits.plan = 'pro'", "type = 'identify'"),
    ],
)
def test_mappings_that_share_events_are_shown_with_one(one: str, other: str) -> None:
    workspace = program(mapping(one, "one"), mapping(other, "other", "aside"))
    (destination,) = workspace.destinations
    (found,) = overlaps_of(destination)
    assert find_rejection(found.event) is None
    outcomes = workspace.process(found.event)
    assert [each.mapping for each in outcomes] == ["one", "other"]
    assert {each.decision for each in outcomes} == {Decision.BUILT}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("event = 'A'", "event = 'B'"),
        ("type = 'track'", "type in ['page', 'screen']"),
        ("properties.total > 3", "properties.total < 2"),
        ("match(event, 'Order *')", "match(event, 'Cart *')"),
        ("userId = null and anonymousId = null", "all"),
        ("type = 'webinar'", "all"),
        ("type = 'track' and event = null", "all"),
        ("type = 'group' and groupId = ''", "all"),
        ("properties = 'no object'", "all"),
    ],
)
def test_mappings_that_share_no_event_that_gets_in_are_not(
    one: str, other: str
) -> None:
    assert pairs(program(mapping(one, "one"), mapping(other, "other"))) == []


def test_what_is_disabled_takes_no_part() -> None:
    disabled = "disabled " + mapping("all", "off")
    assert pairs(program(mapping("all", "on"), disabled)) == []


def test_pairs_come_in_the_order_of_the_file() -> None:
    workspace = program(*(mapping("all", name, f"a{name}") for name in "abc"))
    assert pairs(workspace) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert pairs(workspace, doubles_only=True) == []


def test_only_so_many_pairs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "MAX_PAIRS", 2)
    workspace = program(*(mapping("all", name) for name in "abc"))
    assert pairs(workspace) == [("a", "b"), ("a", "c")]


def test_a_pair_says_what_it_sends() -> None:
    workspace = program(
        mapping("event = 'A'", "a", "one"),
        mapping("type = 'track'", "b", "two"),
        mapping("event = 'A'", "c", "one"),
        mapping("event = 'A' and type = 'track'", "d", "one", "v"),
    )
    (destination,) = workspace.destinations
    found = {
        (each.first.name, each.second.name): (each.is_double, each.is_same)
        for each in overlaps_of(destination)
    }
    assert found["a", "b"] == (False, False)
    assert found["a", "c"] == (True, True)
    assert found["a", "d"] == (True, False)


def test_a_pair_says_whether_one_takes_all_that_the_other_takes() -> None:
    workspace = program(
        mapping("type = 'track'", "wide"),
        mapping("type = 'track' and event = 'A'", "narrow"),
        mapping("properties.total > 1", "aside"),
    )
    (destination,) = workspace.destinations
    told = [(each.is_covered, each.is_covering) for each in overlaps_of(destination)]
    assert told == [(True, False), (False, False), (False, False)]


# --- filters ----------------------------------------------------------------------


def test_an_event_that_is_dropped_is_not_shared() -> None:
    both = (mapping("event = 'A'", "a"), mapping("event = 'A'", "b"))
    assert pairs(program(dropping("event = 'A'"), *both)) == []
    assert pairs(program(dropping("event = 'A'", "sample 0"), *both)) == []
    off = dropping("event = 'A'", head="disabled filter")
    assert pairs(program(off, *both)) == [("a", "b")]


def test_an_example_passes_the_filters() -> None:
    workspace = program(
        dropping("properties.total > 5"),
        dropping("type = 'track'", "sample 0.0001"),
        mapping("properties.total > 3", "a"),
        mapping("type = 'track'", "b"),
    )
    (destination,) = workspace.destinations
    (found,) = overlaps_of(destination)
    is_between = compile_trigger("properties.total > 3 and properties.total <= 5")
    assert is_between(found.event)


def test_properties_that_filters_take_away_are_not_in_a_match() -> None:
    both = (mapping("properties.a = 1", "a"), mapping("type = 'track'", "b"))
    gone = dropping("all", "drop_properties properties [a]")
    kept = dropping("all", "allow_properties properties [a]")
    assert pairs(program(gone, *both)) == []
    assert pairs(program(kept, *both)) == [("a", "b")]


def test_a_filter_for_one_source_spares_the_others() -> None:
    workspace = program(dropping("all"), mapping("all", "a"), mapping("all", "b"))
    (destination,) = workspace.destinations
    filters = tuple(replace(each, source="s") for each in destination.filters)
    shared = replace(destination, filters=filters)
    assert len(list(overlaps_of(shared))) == 1
    assert list(unreachable_in(shared)) == []
    only = replace(shared, sources=("s",))
    assert list(overlaps_of(only)) == []
    assert len(list(unreachable_in(only))) == 2


# --- mappings that no event gets to -----------------------------------------------


@pytest.mark.parametrize(
    ("filters", "trigger", "blamed"),
    [
        (["event = 'A'"], "event = 'A' and properties.x = 1", ["event = 'A'"]),
        (
            ["contains(event, 'Test')"],
            "match(event, 'Test *')",
            ["contains(event, 'Tes"],
        ),
        (["type = 'page'", "type != 'page'"], "event = 'A'", ["type != 'page'"]),
        (
            ["properties.a > 3", "b = 1", "!(properties.a > 5)"],
            "properties.a > 1",
            ["properties.a > 3", "!(properties.a > 5)"],
        ),
        (["userId = null", "anonymousId != 'x'"], "userId = null", ["userId = null"]),
    ],
)
def test_a_mapping_that_the_filters_bar_is_found(
    filters: list[str], trigger: str, blamed: list[str]
) -> None:
    if filters[:1] == ["type = 'page'"]:
        trigger = f"type = 'track' and {trigger}"
    found = barred(program(*map(dropping, filters), mapping(trigger, "m")))
    assert found == [("m", blamed)]


@pytest.mark.parametrize(
    ("filters", "trigger"),
    [
        (["event = 'A'"], "event = 'B'"),
        (["event = 'A'"], "contains(event, 'A')"),
        (["event = 'A'"], "type = 'webinar'"),
        ([], "event = 'A' and event = 'B'"),
    ],
)
def test_a_mapping_that_gets_events_or_could_never_is_not(
    filters: list[str], trigger: str
) -> None:
    assert barred(program(*map(dropping, filters), mapping(trigger, "m"))) == []


def test_nothing_is_said_where_filters_change_what_a_trigger_reads() -> None:
    changing = dropping("type = 'track'", "drop_properties properties [a]")
    mappings = (mapping("properties.a = null and event = 'A'", "m"),)
    dropped = dropping("properties.a = null")
    assert barred(program(dropped, changing, *mappings)) == []
    assert barred(program(dropped, *mappings)) == [("m", ["properties.a = null"])]


def test_filters_in_listed_order_see_what_those_before_left() -> None:
    changing = dropping("all", "drop_properties properties [b]")
    dropped = dropping("properties.b = 1 and event = 'A'")
    workspace = program(changing, dropped, mapping("event = 'A'", "m"))
    assert barred(workspace, Order.LISTED) == []
    only = program(dropping("event = 'A'"), mapping("event = 'A'", "m"))
    assert barred(only, Order.LISTED) == [("m", ["event = 'A'"])]


# --- events that nobody takes -----------------------------------------------------


def test_names_that_no_trigger_takes_are_found() -> None:
    workspace = program(
        mapping("event = 'A'"),
        mapping("match(event, 'Order *')"),
        "disabled " + mapping("event = 'C'"),
    )
    names = ["A", "B", "C", "Order Completed", "order placed"]
    assert unhandled(workspace, names) == ["B", "C", "order placed"]
    assert unhandled(program("disabled " + mapping("all")), ["A"]) == ["A"]


def test_examples_conform_to_a_plan() -> None:
    plan = {"A": {"properties": {"total": {"type": "number", "maximum": 5}}}}
    workspace = program(
        mapping("type = 'track' and event = 'A'", "a"),
        mapping("type = 'track' and properties.total > 5", "b"),
    )
    (destination,) = workspace.destinations
    assert len(list(overlaps_of(destination))) == 1
    schema = Schema.from_tracking_plan(plan)
    assert list(overlaps_of(destination, schema=schema)) == []
    assert len(list(overlaps_of(destination, schema=Schema()))) == 1


# --- a law ------------------------------------------------------------------------

TRIGGERS = st.sampled_from(
    [
        "event = 'A'",
        "event != 'A'",
        "match(event, 'A*')",
        "type = 'track'",
        "type in ['page', 'identify']",
        "properties.a > 2",
        "properties.a <= 2",
        "properties.a = null",
        "userId = 'u' or properties.a = 3",
        "exists(traits.x) and !exists(userId)",
    ]
)
JOINED = st.builds("{} and {}".format, TRIGGERS, TRIGGERS) | TRIGGERS
FILTERS = st.builds(
    dropping,
    TRIGGERS,
    st.sampled_from(["drop", "drop", "drop_properties properties [a]", "sample 0.5"]),
)


@settings(max_examples=60)
@given(st.lists(FILTERS, max_size=2), JOINED, JOINED)
def test_every_example_does_what_is_claimed(
    filters: list[str], one: str, other: str
) -> None:
    """An overlap's event gets in, passes unless it is sampled, and fits both."""
    parts = [each.replace("sample 0.5", "sample 1") for each in filters]
    workspace = program(*filters, mapping(one, "one"), mapping(other, "other"))
    sampling = program(*parts, mapping(one, "one"), mapping(other, "other"))
    found = list(overlaps_of(workspace.destinations[0]))
    for each in found:
        outcomes = sampling.process(each.event)
        assert [outcome.mapping for outcome in outcomes] == ["one", "other"]
    if barred(workspace):
        assert found == []
