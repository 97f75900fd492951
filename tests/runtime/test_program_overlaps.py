"""Tests of the report of all mappings that take the same event, and of its counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fql.compiler.schema import Schema
from fql.grammar.source import Source
from fql.runtime import overlap_counts, program_overlaps
from fql.runtime.load import load
from fql.runtime.overlap_counts import OverlapCounts, PairKey
from fql.runtime.program_overlaps import report_overlaps

if TYPE_CHECKING:
    import pytest

    from fql.runtime.filter_actions import Event
    from fql.runtime.overlaps import Overlap

PROGRAM = load(
    Source(
        """
destination crm: webhook {
  filter "tests" when contains(event, "Test") { drop }
  mapping "orders" when event = "Order" send send { url: "a" }
  disabled mapping "off" when all send send { url: "a" }
  mapping "big" when properties.total > 9 send send { url: "b" }
}
disabled destination off: webhook { mapping "m" when all send send { url: "a" } }
destination stats: amplitude {
  mapping "pages" when type = "page" send log { a: 1 }
  mapping "home" when type = "page" and name = "Home" send view { a: 1 }
}
""",
        "a.fql",
    ),
    environment={},
)


def track(name: str, total: int = 0) -> Event:
    properties: Event = {"total": total}
    return {"type": "track", "event": name, "userId": "u", "properties": properties}


HOME: Event = {"type": "page", "name": "Home", "userId": "u"}


def test_all_pairs_are_reported_without_events() -> None:
    report = report_overlaps(PROGRAM)
    told = [(each.destination.name, each.first.name) for each in report.overlaps]
    assert told == [("crm", "orders"), ("stats", "pages")]
    assert (report.counts, report.unhandled, report.doubles) == (None, (), 1)


def test_events_are_counted_as_they_go() -> None:
    counts = OverlapCounts(PROGRAM)
    events = [track("Order", 10), track("Order", 1), track("Order", 20), HOME]
    nobody: Event = {"type": "page"}
    for event in [*events, track("Test Order", 10), nobody]:
        counts.add(event)
    crm, stats = PairKey(0, 0, 2), PairKey(2, 0, 1)
    assert counts.pairs == {crm: 2, stats: 1}
    assert counts.examples == {crm: events[0], stats: HOME}


def test_names_that_nobody_takes_are_told() -> None:
    events = [track("Order"), track("Song"), track("Cart"), track("Cart", 10)]
    report = report_overlaps(PROGRAM, events=[*events, track("Test Song", 1)])
    assert report.unhandled == ("Song", "Test Song")
    schema = Schema.from_tracking_plan({"Song": {}, "Order": {}})
    report = report_overlaps(PROGRAM, schema=schema)
    assert report.unhandled == ()  # with a large total, `big` takes it
    typed = {"properties": {"total": {"type": "string"}}}
    report = report_overlaps(
        PROGRAM, schema=Schema.from_tracking_plan({"Song": typed}), events=events
    )
    assert report.unhandled == ("Song",)


def test_an_event_that_a_filter_drops_is_taken_all_the_same() -> None:
    counts = OverlapCounts(PROGRAM)
    counts.add(track("Test Order", 10))
    assert (counts.unhandled, counts.pairs) == ([], {})


def test_only_so_many_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap_counts, "MAX_NAMES", 2)
    counts = OverlapCounts(PROGRAM)
    for event in [track("A"), track("B"), track("C"), track("B", 10)]:
        counts.add(event)
    assert counts.unhandled == ["A"]


def nothing(*_: object, **__: object) -> list[Overlap]:
    return []


def test_samples_show_what_proofs_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_overlaps, "overlaps_of", nothing)
    event = track("Order", 10)
    report = report_overlaps(PROGRAM, events=[event, HOME, HOME])
    assert [each.event for each in report.overlaps] == [event, HOME]
    assert report.counts == (1, 2)


def test_the_report_is_json() -> None:
    report = report_overlaps(PROGRAM, events=[track("Order", 10)])
    told = json.loads(json.dumps(report.to_dict()))
    first, second = told["overlaps"]
    assert first["mappings"] == ["orders", "big"]
    assert (first["sentTwice"], first["samePayload"], first["events"]) == (
        True,
        False,
        1,
    )
    assert (second["actions"], second["events"]) == (["log", "view"], 0)
    (pair, _) = json.loads(json.dumps(report_overlaps(PROGRAM).to_dict()))["overlaps"]
    assert "events" not in pair
