"""The strategies of ``fql.testing``: what they draw is tried, varied and shrinks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import fql
from fql.compiler.schema import Schema
from fql.compiler.solve_schema import conforms
from fql.testing import Event, events, events_matching, events_not_matching

PLAN = {
    "Order Completed": {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number", "minimum": 0, "maximum": 900}},
        "additionalProperties": False,
    }
}
SCHEMA = Schema.from_tracking_plan(PLAN)
TRIGGER = fql.compile(
    'type = "track" and (properties.total >= 10 or match(event, "Order *"))'
    ' and !(userId = "x") and semver(context.app.version, ">", "2")'
    " and properties.size in [1, 2] and properties.is_new != null"
)
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(events_matching(TRIGGER))
def test_events_match(event: Event) -> None:
    assert TRIGGER(event)


@FEW
@given(events_not_matching(TRIGGER))
def test_events_do_not_match(event: Event) -> None:
    assert not TRIGGER(event)


@FEW
@given(events())
def test_events_are_objects(event: Event) -> None:
    assert isinstance(event, dict)


@FEW
@given(st.one_of(events(PLAN), events_matching('type = "track"', schema=SCHEMA)))
def test_events_conform_to_a_plan(event: Event) -> None:
    assert conforms(event, SCHEMA)


@FEW
@given(events_not_matching('event = "Order Completed"', schema=PLAN))
def test_events_that_do_not_match_conform_too(event: Event) -> None:
    assert event.get("event") != "Order Completed"
    assert conforms(event, SCHEMA)


@pytest.mark.parametrize(
    "wanted",
    [
        'properties.total > 100 and match(event, "Order *")',
        'event = null or !match(event, "Order *")',
        "properties.size = 2",
        "properties.is_new = true",
        "userId != null",
    ],
)
def test_events_vary(wanted: str) -> None:
    trigger = fql.compile(wanted)
    quick = settings(max_examples=400, phases=[Phase.generate], database=None)
    assert trigger(find(events_matching(TRIGGER), trigger, settings=quick))


def test_a_failure_shrinks_to_the_simplest_event() -> None:
    def is_large(event: Event) -> bool:
        properties = event["properties"]
        assert isinstance(properties, dict)
        total = properties["total"]
        return isinstance(total, int | float) and total > 100

    strategy = events_matching("properties.total > 5")
    found = find(strategy, is_large, settings=settings(database=None))
    assert found == {"properties": {"total": 101}}


def test_near_misses_are_drawn() -> None:
    strategy = events_not_matching('type = "page" and userId = "u" and a = 1')
    near = fql.compile('type = "page" and userId = "u" and a != 1')
    quick = settings(max_examples=400, phases=[Phase.generate], database=None)
    assert near(find(strategy, near, settings=quick))


def test_bounds_that_are_no_whole_numbers_are_kept() -> None:
    strategy = events_matching("a > 0.5 and a < 1.5 or b < -2.5 or c > 0.1 and c < 0.2")
    quick = settings(max_examples=30, phases=[Phase.generate], database=None)
    assert find(strategy, lambda event: event.get("c") is not None, settings=quick)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: events_matching("a = 1 and a = 2"), "no event matches 'a = 1 and"),
        (lambda: events_not_matching("all"), "no event fails to match 'all'"),
        (
            lambda: events_matching('lowercase(a) = "abc" and match(a, "B*")'),
            "found no event that matches",
        ),
    ],
)
def test_a_strategy_without_events_is_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()


def test_a_text_with_errors_is_refused() -> None:
    with pytest.raises(fql.FqlError):
        events_matching("a == 1")


def test_hypothesis_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ImportError, match=r'pip install "fql\[testing\]"'):
        events()


@FEW
@given(events_matching("typeof(properties) = 'object' and !bool(properties)"))
def test_members_that_would_change_the_answer_are_not_put_in(event: Event) -> None:
    assert event["properties"] == {}


def test_importing_the_strategies_loads_no_hypothesis() -> None:
    program = "import sys, fql.testing; print('hypothesis' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False\n"
