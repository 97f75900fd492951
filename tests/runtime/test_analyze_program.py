"""Tests of what mappings and filters of a program come to together, as findings."""

from __future__ import annotations

import json

import pytest

from fql.compiler.schema import Schema
from fql.grammar.diagnostics import Diagnostic, Severity
from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.load import check_program, load


def mapping(name: str, trigger: str, url: str = "u", action: str = "send") -> str:
    return f'mapping "{name}" when {trigger} send {action} {{ url: "{url}" }}'


def found(*parts: str, schema: Schema | None = None) -> list[Diagnostic]:
    text = f"destination d: webhook {{\n{chr(10).join(parts)}\n}}"
    return check_program(Source(text, "a.fql"), terms=Terms(schema=schema))


def told(*parts: str, schema: Schema | None = None) -> list[tuple[str, str, str]]:
    return [
        (each.code.value, str(each.severity), each.source.slice(each.span))
        for each in found(*parts, schema=schema)
    ]


A = mapping("a", 'event = "A"')


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (mapping("b", 'event = "B"'), []),
        (mapping("b", "properties.x = 1", action="other"), []),
        (mapping("b", "properties.x = 1", url="v"), [("FQL350", "note", '"b"')]),
        (mapping("b", "properties.x = 1"), [("FQL350", "warning", '"b"')]),
        (
            mapping("b", 'type = "track" and event = "A"'),
            [("FQL351", "warning", '"b"')],
        ),
        (mapping("b", "exists(event)"), [("FQL351", "warning", '"a"')]),
        (mapping("b", 'event = "A"'), [("FQL351", "warning", '"b"')]),
        (mapping("b", 'event = "A"', url="v"), [("FQL350", "note", '"b"')]),
        (
            mapping("b", 'event = "A" and event = "B"'),
            [("FQL303", "warning", 'event = "B"')],
        ),
        ("disabled " + mapping("b", 'event = "A"'), []),
    ],
)
def test_two_mappings(other: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(A, other) == expected


def test_an_overlap_shows_an_event() -> None:
    (overlap,) = found(A, mapping("b", "properties.x = 1", url="v"))
    assert overlap.message == "`b` and `a` send the action `send` for the same event"
    event = json.loads(overlap.help.removeprefix("as for "))
    assert (event["event"], event["properties"]) == ("A", {"x": 1})
    (same,) = found(A, mapping("b", "properties.x = 1"))
    assert same.message == "`b` and `a` send the same request for the same event"


def test_a_mapping_that_is_redundant_is_reported_once() -> None:
    mappings = [mapping(name, 'event = "A"') for name in "bcd"]
    assert [each[2] for each in told(A, *mappings)] == ['"b"', '"c"', '"d"']
    narrow = [mapping(name, f'event = "{name}"') for name in "bc"]
    wide = mapping("z", "exists(event)")
    assert [each[2] for each in told(*narrow, wide)] == ['"b"', '"c"']


def test_many_overlaps_are_counted() -> None:
    mappings = [
        mapping(f"m{number}", f"properties.x{number} = 1", url=f"u{number}")
        for number in range(6)
    ]
    findings = found(*mappings)
    assert len(findings) == 11
    (more,) = (each for each in findings if "more" in each.message)
    assert (more.severity, more.source.slice(more.span)) == (Severity.NOTE, "d")
    assert "more" not in " ".join(each.message for each in found(*mappings[:5]))


# --- filters ----------------------------------------------------------------------

NO_A = 'filter "no a" when event = "A" { drop }'


def test_a_mapping_behind_filters_that_drop_it_is_reported() -> None:
    (barred,) = found(NO_A, A, mapping("b", 'event = "B"'))
    assert barred.code.value == "FQL352"
    assert barred.message == "the filter `no a` drops every event that `a` takes"
    assert [barred.source.slice(each.span) for each in barred.labels] == ['"no a"']
    big = 'filter "big" when properties.x > 1 { drop }'
    small = 'filter "small" when !(properties.x > 1) { drop }'
    findings = found(big, small, mapping("c", 'event = "C"'))
    assert [each.code.value for each in findings] == ["FQL319"]


def test_several_filters_are_named() -> None:
    big = 'filter "big" when properties.x > 1 { drop }'
    small = 'filter "small" when properties.x < 3 { drop }'
    (barred,) = found(big, small, mapping("c", "properties.x >= 0"))
    assert barred.message == "`big`, `small` drop every event that `c` takes"


# --- what is not analyzed ---------------------------------------------------------


def test_loading_is_spared_the_analysis() -> None:
    never = mapping("b", "properties.x > 3 and properties.x < 2")
    text = f"destination d: webhook {{ {A} {never} {mapping('c', 'all')} }}"
    assert load(Source(text, "a.fql"), environment={}).diagnostics == ()
    codes = {each.code.value for each in check_program(Source(text, "a.fql"))}
    assert codes == {"FQL340", "FQL351"}


def test_a_program_with_errors_is_not_looked_at_as_a_whole() -> None:
    findings = told(A, mapping("b", 'event = "A"'), mapping("c", "event == 1"))
    assert "FQL351" not in {each[0] for each in findings}


def test_conditions_of_filters_and_of_json_are_analyzed_in_place() -> None:
    trigger = "properties.x > 3 and properties.x < 2"
    mappings = [{"name": name, "trigger": "all", "actionSlug": "send"} for name in "mn"]
    drop = {"title": "f", "if": trigger, "actions": [{"type": "DROP"}]}
    destination = {"name": "d", "kind": "webhook", "filters": [drop]}
    findings = check_program(
        {"destinations": [{**destination, "subscriptions": mappings}]}
    )
    assert [(each.code.value, each.pointer) for each in findings] == [
        ("FQL340", "/destinations/0/filters/0/if"),
        ("FQL351", "/destinations/0/subscriptions/1/name"),
    ]


def test_disabled_destinations_are_left_alone() -> None:
    text = f"disabled destination d: webhook {{ {A} {mapping('b', 'all')} }}"
    assert check_program(Source(text, "a.fql")) == []


# --- a tracking plan --------------------------------------------------------------


def test_events_of_the_plan_that_nobody_takes_are_noted() -> None:
    schema = Schema.from_tracking_plan({"A": {}, "B": {}, "C": {}})
    (noted,) = found(A, schema=schema)
    assert (noted.code.value, noted.severity) == ("FQL353", Severity.NOTE)
    assert noted.message == "no mapping takes the events `B`, `C`"
    (one,) = found(A, mapping("b", 'event = "B"'), schema=schema)
    assert one.message == "no mapping takes the event `C`"
    assert told(mapping("all", "all"), schema=schema) == []
    assert (
        check_program(Source("source s {}", "a.fql"), terms=Terms(schema=schema)) == []
    )
