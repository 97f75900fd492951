"""Explanations of programs, for one event and for many."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.field_errors import PayloadError, Problem
from fql.grammar.source import Source
from fql.runtime.load import load
from fql.runtime.program_stops import ProgramStops
from tests.compiler.strategies import events
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.explain_program import DestinationExplanation, ProgramExplanation

PROGRAM = """
source web { }
source app { }

destination crm: webhook from web {
  filter "tests" when contains(event, "Test") { drop }
  filter "no totals" when event = "Secret" { drop_properties properties [total] }
  mapping "Refund" when type = "track" and event = "Refunded" and properties.total > 1
    send order { id: properties.order_id }
  mapping "Order" when event = "Order Completed" and properties.total >= 100
    send order { id: properties.order_id }
  mapping "Every order" when event = "Order Completed" send order {
    id: properties.order_id
  }
  disabled mapping "All" when all send order { whole: $ }
}

destination log: file {
  mapping "Page" when type = "page" send line { type }
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
    "properties": {"order_id": "o1", "total": "120"},
}

WORKSPACE = load(Source(PROGRAM))


def explained(
    event: dict[str, Json], source: str | None = None
) -> dict[str, DestinationExplanation]:
    told = WORKSPACE.explain(event, source=source)
    json.dumps(told.to_dict())
    return {each.destination: each for each in told.destinations}


def text_of(event: dict[str, Json], source: str | None = None) -> str:
    return str(WORKSPACE.explain(event, source=source))


def test_what_was_built_is_shown_and_what_kept_the_other_mappings() -> None:
    assert text_of(ORDER) == (
        'crm: "Every order" sends order\n'
        "  {\n"
        '    "id": "o1"\n'
        "  }\n"
        '  "Order" does not take it: properties.total >= 100 is false '
        '(properties.total is the string "120"; `>=` needs a number here: '
        "this is a string)\n"
        '  "Refund" does not take it: event = "Refunded" is false (event is the string '
        '"Order Completed")\n'
        "\n"
        "log: no mapping takes the event (NO_MATCHING_MAPPING)\n"
        '  the nearest is "Page" (line):\n'
        "    the event does not match\n"
        "\n"
        '    1 | type = "page"\n'
        '      | ^^^^^^^^^^^^^ false: type is the string "track"\n'
        "\n"
        "    it would match if:\n"
        '      type were the string "page"\n'
        "\n"
        "old: it is disabled"
    )


def test_the_filter_that_dropped_it_is_named_with_its_condition() -> None:
    crm = explained(ORDER | {"event": "Test Order"})["crm"]
    assert crm.untaken == ()
    assert "\n".join(crm.lines(ORDER)) == (
        "crm: filtered (FILTERED_BY_RULES)\n"
        '  dropped by "tests" (DROP), which matches because\n'
        '    true   contains(event, "Test")   (event is the string "Test Order")'
    )


def test_the_nearest_mapping_has_the_fewest_parts_to_change() -> None:
    event = ORDER | {"event": "order completed", "type": "identify"}
    crm = explained(event)["crm"]
    assert [each.mapping for each in crm.untaken] == ["Every order", "Order", "Refund"]


def test_mappings_are_asked_about_what_the_filters_left() -> None:
    event = ORDER | {"event": "Secret"}
    crm = explained(event)["crm"]
    refund = next(each for each in crm.untaken if each.mapping == "Refund")
    assert refund.explanation is not None
    assert refund.explanation.root.parts[2].found == "properties.total is missing"
    assert event["properties"] == ORDER["properties"]


def test_filters_in_the_listed_order_are_asked_about_what_is_left() -> None:
    listed = load(Source("workspace { filter_order: listed }\n" + PROGRAM))
    event = ORDER | {"event": "Secret"}
    (crm, _, _) = listed.explain(event).destinations
    assert crm.preview is not None
    answers = [
        each.explanation is not None and each.explanation.matches
        for each in crm.preview.judgements
    ]
    assert answers == [False, True]
    assert crm.preview.result == {**event, "properties": {"order_id": "o1"}}


def test_an_event_that_does_not_get_in_is_told_why() -> None:
    told = WORKSPACE.explain({"type": "track"})
    assert told.destinations == ()
    assert str(told) == "the event is rejected (no_user_anon_id)"
    assert told.to_dict()["refusal"] is not None


def test_a_source_decides_who_gets_the_event() -> None:
    found = explained(ORDER, "app")
    assert found["crm"].passed_over == "it gets no events from app"
    assert found["old"].passed_over == "it is disabled"
    assert found["log"].outcomes
    with pytest.raises(ValueError, match="no source 'tv'"):
        WORKSPACE.explain(ORDER, source="tv")


def test_an_event_that_goes_nowhere_is_told_so() -> None:
    lonely = load(Source("source web { }\ndisabled destination a: webhook { }"))
    assert str(lonely.explain(ORDER)) == (
        "the event is discarded (NO_DESTINATION)\n\na: it is disabled"
    )


def test_an_event_may_switch_a_destination_off() -> None:
    event: dict[str, Json] = {**ORDER, "integrations": {"crm": False}}
    assert "\n".join(explained(event)["crm"].lines(event)) == (
        "crm: the event switches it off (FILTERED_BY_INTEGRATIONS_OBJECT)\n"
        '  integrations is the object {"crm":false}'
    )


def test_a_message_is_explained_again_and_again() -> None:
    assert text_of(ORDER) == text_of(ORDER)
    assert WORKSPACE.explain(ORDER) == WORKSPACE.explain(ORDER)


def refuse(event: Json) -> Json:
    """Fail as a mapping does whose payload is not what the action takes."""
    raise PayloadError([Problem("id", "required", None, "`id` is missing")])


def test_a_payload_that_cannot_be_built_has_its_problems() -> None:
    log = WORKSPACE.destinations[1]
    mapping = replace(log.mappings[0], build=refuse)  # type: ignore[arg-type]
    broken = replace(WORKSPACE, destinations=(replace(log, mappings=(mapping,)),))
    assert str(broken.explain(ORDER | {"type": "page"})) == (
        'log: "Page" takes the event, and no payload (INVALID_PAYLOAD)\n'
        "  `id` is missing"
    )


FRAGILE = """
source web { }
destination one: webhook { filter "fragile" when failing(event) { drop } }
destination two: webhook {
  mapping "Fragile" when failing(event) send x { type }
  mapping "Other" when event = "calm" and failing(event) send x { type }
}
destination three: webhook {
  mapping "Builds" when all send x { type: if failing(event) then 1 else 2 }
}
"""


def test_functions_that_fail_are_named_and_spoil_nothing() -> None:
    workspace = load(Source(FRAGILE), terms=FAILING)
    boom = ORDER | {"event": "boom"}
    told = workspace.explain(boom)
    json.dumps(told.to_dict())
    text = str(told)
    assert "cannot be evaluated: out of order" in text
    assert '"Fragile" takes the event, and no payload (TRIGGER_FAILED)' in text
    assert '"Builds" takes the event, and no payload (INTERNAL)' in text
    stops = ProgramStops(workspace)
    stops.add(boom)
    assert "FILTER_FAILED" in str(stops)


def test_a_part_that_fails_though_the_trigger_does_not_is_told() -> None:
    workspace = load(Source(FRAGILE), terms=FAILING)
    told = workspace.explain(ORDER | {"event": "boom"})
    place = told.destinations[1]
    assert [(each.mapping, each.explanation) for each in place.untaken] == [
        ("Other", None)
    ]
    assert '"Other" does not take it: its trigger cannot be evaluated' in str(told)
    assert json.loads(json.dumps(told.to_dict()))


@settings(max_examples=50)
@given(events())
def test_any_event_is_explained_as_it_is_processed(event: dict[str, Json]) -> None:
    """Law: the outcomes are those of the pipeline; the event stays as it was."""
    before = repr(event)
    told: ProgramExplanation = WORKSPACE.explain(event)
    outcomes = [each for place in told.destinations for each in place.outcomes]
    assert str(told)
    assert repr(event) == before
    fresh = load(Source(PROGRAM))
    processed = fresh.process(event)
    refused = [] if told.refusal is None else [told.refusal]
    assert [*refused, *outcomes] == processed


# --- many -----------------------------------------------------------------------------


def counted(
    *given_events: dict[str, Json], source: str | None = None, only: str | None = None
) -> ProgramStops:
    stops = ProgramStops(WORKSPACE, source, only=only)
    for event in given_events:
        stops.add(event)
    json.dumps(stops.to_dict())
    return stops


def test_outcomes_are_counted_by_stage_and_reason() -> None:
    stops = counted(
        ORDER,
        ORDER,
        {"type": "track"},
        ORDER | {"messageId": "m2", "event": "Test"},
        ORDER | {"messageId": "m3", "event": "Other"},
        {**ORDER, "messageId": "m4", "integrations": {"crm": False}},
        only="crm",
    )
    assert str(stops) == (
        "6 events\n"
        "  1  accept  DUPLICATE_MESSAGE\n"
        "  1  accept  no_user_anon_id\n"
        "\n"
        "crm\n"
        "  1  route   FILTERED_BY_INTEGRATIONS_OBJECT\n"
        '  1  filter  FILTERED_BY_RULES "tests"\n'
        "  1  match   NO_MATCHING_MAPPING\n"
        '  1  build   built by "Every order"\n'
        '  "Refund" takes 0 of 2\n'
        '    2 stop at event = "Refunded"\n'
        '  "Order" takes 0 of 2\n'
        '    1 stops at event = "Order Completed"\n'
        "    1 stops at properties.total >= 100\n"
        "      hint: 1 of 1 had properties.total as a string: "
        "`>=` needs a number here\n"
        "      hint: 1 of these would do as a number\n"
        '  "Every order" takes 1 of 2\n'
        '    1 stops at event = "Order Completed"'
    )


def test_mappings_that_no_event_came_to_are_left_out() -> None:
    told = str(counted(ORDER | {"event": "Test"}, source="web", only="crm"))
    assert told.endswith('crm\n  1  filter  FILTERED_BY_RULES "tests"')


def test_the_counts_are_json() -> None:
    told = counted(ORDER, source="web").to_dict()
    assert told["events"] == 1
    destinations = told["destinations"]
    assert isinstance(destinations, list)
    assert [each["destination"] for each in destinations] == ["crm", "log"]
    assert destinations[0]["outcomes"] == [
        {"stage": "build", "decision": "built", "mapping": "Every order", "count": 1}
    ]
    assert [each["mapping"] for each in destinations[0]["mappings"]] == [
        "Refund",
        "Order",
        "Every order",
    ]


def test_one_event_is_one_event() -> None:
    assert str(counted(ORDER)).startswith("1 event\n\ncrm\n")


@settings(max_examples=40)
@given(st.lists(events(), max_size=4))
def test_every_event_is_counted(given_events: list[dict[str, Json]]) -> None:
    """Law: each event is refused, or has an outcome at each destination."""
    stops = counted(*given_events)
    refused = sum(stops.refused.values())
    for place in stops.destinations.values():
        assert sum(place.ways.values()) >= stops.events - refused
        for each in place.mappings.values():
            assert each.events <= stops.events
