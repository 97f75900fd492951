"""The way of events: every step, its reason codes, and that nothing gets lost."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.field_errors import PayloadError, Problem
from fql.compiler.payload_errors import MappingError
from fql.grammar.source import Source
from fql.runtime.accept import DuplicateWindow, Rejection
from fql.runtime.load import load
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage
from fql.runtime.pipeline import is_switched_off
from tests.compiler.strategies import events, json_values
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.workspace import Workspace

PROGRAM = """
source web { }
source app { }

destination crm: webhook from web {
  filter "tests" when contains(event, "Test") { drop }
  filter "no PII" when all { drop_properties context.traits [email] }
  filter "half the pages" when type = "page" { sample 0.2 by userId }
  mapping "Orders" when event = "Order Completed" send order {
    id: properties.order_id
    email: context.traits.email
  }
  mapping "Big orders" when event = "Order Completed" and properties.total >= 100
    send alert { id: properties.order_id }
  disabled mapping "All" when all send order { whole: $ }
}

destination log: file {
  mapping "Everything" when all send line { type, user: userId }
}

disabled destination old: webhook {
  mapping "Everything" when all send line { type }
}
"""

ORDER: dict[str, Json] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u1",
    "messageId": "m1",
    "properties": {"order_id": "o1", "total": 120},
    "context": {"traits": {"email": "a@example.com", "name": "Ada"}},
}


def workspace(text: str = PROGRAM, **options: Any) -> Workspace:
    return load(Source(text), environment={}, **options)


def told(outcomes: list[Outcome]) -> list[tuple[object, ...]]:
    """Return what matters of outcomes."""
    return [
        (each.destination, each.mapping, each.stage, each.decision, each.reason)
        for each in outcomes
    ]


# --- step by step -----------------------------------------------------------------


def test_every_mapping_that_matches_builds_a_payload_in_file_order() -> None:
    outcomes = workspace().process(ORDER, source="web")
    assert [(each.mapping, each.action, each.payload) for each in outcomes] == [
        ("Orders", "order", {"id": "o1"}),
        ("Big orders", "alert", {"id": "o1"}),
        ("Everything", "line", {"type": "track", "user": "u1"}),
    ]
    assert all(each.message_id == "m1" and each.is_built for each in outcomes)


def test_an_event_that_breaks_the_rules_is_rejected() -> None:
    outcomes = workspace().process({**ORDER, "userId": 5})
    assert outcomes == [
        Outcome("m1", Stage.ACCEPT, Decision.REJECTED, reason=Rejection.ID_NOT_STRING)
    ]


@pytest.mark.parametrize("event", [None, 5, "track", [ORDER]])
def test_what_is_no_object_is_rejected(event: Any) -> None:
    (outcome,) = workspace().process(event)
    assert outcome.reason == Rejection.NOT_AN_OBJECT
    assert outcome.message_id is None


def test_a_message_that_comes_again_is_discarded() -> None:
    shop = workspace()
    assert all(each.is_built for each in shop.process(ORDER))
    assert shop.process(ORDER) == [
        Outcome(
            "m1",
            Stage.ACCEPT,
            Decision.DISCARDED,
            reason=Reason.DUPLICATE_MESSAGE,
        )
    ]


def test_messages_of_two_sources_may_share_an_id() -> None:
    shop = workspace()
    assert len(shop.process(ORDER, source="web")) == 3
    assert len(shop.process(ORDER, source="app")) == 1


def test_events_without_an_id_are_never_repeated() -> None:
    shop = workspace()
    event = {**ORDER, "messageId": None}
    assert shop.process(event) == shop.process(event)


def test_a_rejected_event_may_come_again_when_it_is_right() -> None:
    shop = workspace()
    shop.process({**ORDER, "userId": 5})
    assert all(each.is_built for each in shop.process(ORDER))


def test_a_window_can_be_replaced_or_left_out() -> None:
    seconds = iter([0.0, 10.0, 10.0])
    short = replace(workspace(), window=DuplicateWindow(5, clock=lambda: next(seconds)))
    assert short.process(ORDER) == short.process(ORDER)
    endless = replace(workspace(), window=None)
    assert endless.process(ORDER) == endless.process(ORDER)


def test_an_event_goes_to_the_destinations_of_its_source() -> None:
    names = [
        [each.destination for each in workspace().process(ORDER, source=source)]
        for source in ("web", "app", None)
    ]
    assert names == [["crm", "crm", "log"], ["log"], ["crm", "crm", "log"]]


def test_an_unknown_source_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no source 'wbe'"):
        workspace().process(ORDER, source="wbe")


def test_an_event_without_a_destination_has_an_outcome() -> None:
    lonely = workspace(
        "source web { }\nsource app { }\ndestination a: file from app {}"
    )
    assert told(lonely.process(ORDER, source="web")) == [
        (None, None, Stage.ROUTE, Decision.DISCARDED, Reason.NO_DESTINATION)
    ]


def test_an_event_can_switch_a_destination_off() -> None:
    event: dict[str, Json] = {**ORDER, "integrations": {"crm": False}}
    assert told(workspace().process(event))[0] == (
        "crm",
        None,
        Stage.ROUTE,
        Decision.FILTERED,
        Reason.FILTERED_BY_INTEGRATIONS_OBJECT,
    )


def test_a_dropped_event_names_its_filter() -> None:
    outcome = workspace().process({**ORDER, "event": "Test Order"})[0]
    assert told([outcome]) == [
        ("crm", None, Stage.FILTER, Decision.FILTERED, Reason.FILTERED_BY_RULES)
    ]
    assert (outcome.filter, outcome.detail) == ("tests", "dropped")


def test_an_event_outside_the_sample_says_so() -> None:
    page: dict[str, Json] = {"type": "page", "userId": "user-1"}
    outcome = workspace().process(page)[0]
    assert outcome.reason == Reason.FILTERED_BY_RULES
    assert (outcome.filter, outcome.detail) == ("half the pages", "not in the sample")
    inside: dict[str, Json] = {"type": "page", "userId": "user-2"}
    assert workspace().process(inside)[0].reason == Reason.NO_MATCHING_MAPPING


def test_an_event_that_no_mapping_takes_is_discarded() -> None:
    outcomes = workspace().process({**ORDER, "event": "Other"})
    assert told(outcomes)[0] == (
        "crm",
        None,
        Stage.MATCH,
        Decision.DISCARDED,
        Reason.NO_MATCHING_MAPPING,
    )


def test_filters_of_one_source_leave_the_events_of_others_alone() -> None:
    data = {
        "sources": [{"slug": "web", "id": "s1"}, {"slug": "app", "id": "s2"}],
        "destinations": [
            {
                "name": "log",
                "kind": "file",
                "filters": [
                    {
                        "title": "web only",
                        "if": "all",
                        "actions": [{"type": "DROP"}],
                        "sourceId": "s1",
                    }
                ],
                "subscriptions": [
                    {"name": "all", "trigger": "all", "actionSlug": "line"}
                ],
            }
        ],
    }
    shop = load(data)
    decisions = [
        shop.process(ORDER, source=source)[0].decision for source in ("web", "app")
    ]
    assert decisions == [Decision.FILTERED, Decision.BUILT]


def test_events_of_a_disabled_source_are_rejected() -> None:
    shop = load({"sources": [{"slug": "web", "enabled": False}]})
    (outcome,) = shop.process(ORDER, source="web")
    assert outcome.reason == Rejection.SOURCE_DISABLED


# --- what an event says of destinations -------------------------------------------


@pytest.mark.parametrize(
    ("integrations", "is_off"),
    [
        ({}, False),
        ({"All": True}, False),
        ({"All": False}, True),
        ({"all": False}, False),
        ({"crm": False}, True),
        ({"CRM": False}, False),
        ({"All": False, "crm": True}, False),
        ({"All": False, "crm": {"option": 1}}, False),
        ({"webhook": False}, True),
        ({"webhook": False, "crm": True}, False),
        ({"All": False, "webhook": True}, False),
        ({"crm": None}, False),
        ({"crm": 0}, False),
        ("no", False),
        (False, False),
        ([False], False),
    ],
)
def test_what_switches_a_destination_off(integrations: Json, is_off: bool) -> None:
    assert is_switched_off(integrations, ("crm", "webhook")) is is_off


def test_an_event_may_use_the_name_of_the_destinations_kind() -> None:
    data = {
        "destinations": [
            {
                "name": "crm",
                "metadata": {"slug": "webhook", "name": "Webhooks (Actions)"},
                "subscriptions": [
                    {"name": "all", "trigger": "all", "actionSlug": "send"}
                ],
            }
        ]
    }
    event: dict[str, Json] = {**ORDER, "integrations": {"Webhooks (Actions)": False}}
    (outcome,) = load(data).process(event)
    assert outcome.reason == Reason.FILTERED_BY_INTEGRATIONS_OBJECT


# --- failure ----------------------------------------------------------------------

FRAGILE = """
destination one: file {
  filter "fragile" when failing(anonymousId) and false { drop }
  mapping "All" when all send line { type }
}
destination two: file {
  mapping "Fragile" when failing(userId) send line { type }
  mapping "Sturdy" when all send line { user: userId }
  mapping "No" when type = "page" send line { type }
}
destination three: file {
  mapping "Fragile" when all send line { well: failing(userId), type }
  mapping "Sturdy" when all send line { type }
}
"""


def test_what_fails_spoils_only_its_own_destination_or_mapping() -> None:
    event: dict[str, Json] = {**ORDER, "userId": "boom", "anonymousId": "boom"}
    outcomes = workspace(FRAGILE, terms=FAILING).process(event)
    discarded, built = Decision.DISCARDED, Decision.BUILT
    assert told(outcomes) == [
        ("one", None, Stage.FILTER, Decision.FILTERED, Reason.FILTER_FAILED),
        ("two", "Fragile", Stage.MATCH, discarded, Reason.TRIGGER_FAILED),
        ("two", "Sturdy", Stage.BUILD, built, None),
        ("three", "Fragile", Stage.BUILD, discarded, Reason.INTERNAL),
        ("three", "Sturdy", Stage.BUILD, built, None),
    ]
    failed = [each for each in outcomes if each.fault]
    assert {each.detail for each in failed} == {"RuntimeError: out of order"}
    assert all(isinstance(each.fault, RuntimeError) for each in failed)


def test_the_same_program_is_fine_with_other_events() -> None:
    outcomes = workspace(FRAGILE, terms=FAILING).process(ORDER)
    assert [each.decision for each in outcomes] == [Decision.BUILT] * 5


class Refusing:
    """Stands for a mapping that has no payload for any event."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def __call__(self, event: object) -> object:
        raise self._fault


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        (
            MappingError("a list is needed", "products", "properties.products"),
            {
                "message": "a list is needed",
                "member": "products",
                "path": "properties.products",
            },
        ),
        (MappingError("no"), {"message": "no"}),
        (
            PayloadError([Problem("id", "required", None, "`id` is missing")]),
            {"message": "`id` is missing", "field": "id", "rule": "required"},
        ),
    ],
)
def test_an_invalid_payload_says_where(
    fault: Exception, problems: dict[str, Json]
) -> None:
    shop = workspace()
    log = shop.destinations[1]
    mapping = replace(log.mappings[0], build=Refusing(fault))  # type: ignore[arg-type]
    broken = replace(shop, destinations=(replace(log, mappings=(mapping,)),))
    (outcome,) = broken.process(ORDER)
    assert told([outcome]) == [
        (
            "log",
            "Everything",
            Stage.BUILD,
            Decision.DISCARDED,
            Reason.INVALID_PAYLOAD,
        )
    ]
    assert outcome.problems == (problems,)
    assert outcome.detail == str(fault)


# --- laws -------------------------------------------------------------------------

SHOP = replace(workspace(), window=None)
kinds = st.sampled_from(["track", "identify", "page", "screen", "group", "alias"])


def as_accepted(event: dict[str, Json], kind: str, off: Json) -> dict[str, Json]:
    """Return *event* as one that gets in, if its ``integrations`` are well-formed."""
    properties = event.get("properties")
    return {
        **event,
        "type": kind,
        "event": "Order Completed",
        "userId": "u1",
        "anonymousId": "a1",
        "groupId": "g1",
        "previousId": None,
        "name": None,
        "category": None,
        "messageId": "m1",
        "properties": properties if isinstance(properties, dict) else {},
        "traits": None,
        "integrations": off,
    }


accepted = st.builds(
    as_accepted, events(), kinds, json_values() | st.just({"crm": False})
)


@given(events() | accepted | json_values())
def test_no_event_raises_and_each_has_an_outcome(event: Any) -> None:
    before = deepcopy(event)
    outcomes = SHOP.process(event)
    assert outcomes
    assert repr(event) == repr(before)
    assert all(each.fault is None for each in outcomes)
    assert all(each.to_dict()["decision"] for each in outcomes)


@given(accepted)
def test_every_enabled_destination_has_its_say(event: dict[str, Json]) -> None:
    names = {each.destination for each in SHOP.process(event)}
    assert names == {"crm", "log"}


def test_a_deep_event_goes_its_way() -> None:
    deep: Json = 1
    for _ in range(100_000):
        deep = {"a": deep}
    event: dict[str, Json] = {**ORDER, "properties": {"order_id": deep}}
    outcomes = SHOP.process(event)
    assert [each.decision for each in outcomes] == [Decision.BUILT] * 2
