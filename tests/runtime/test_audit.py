"""Audits: what is found in files, and that what is said of it is true."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

import fql
from fql.compiler.portability import check_portability
from fql.grammar.conditions import read
from fql.grammar.diagnostics import Severity
from fql.grammar.report import to_json
from fql.grammar.source import Source
from fql.runtime.audit import Audit, Status, Verdict, audit_sources
from fql.runtime.audit_entries import EntryKind, read_entries
from fql.runtime.audit_report import (
    audit_diagnostics,
    audit_json,
    audit_summary,
    audit_text,
)
from tests.compiler.reference_conditions import evaluate
from tests.compiler.trigger_strategies import trigger_texts
from tests.conformance.cases import SAMPLE, SHARED

if TYPE_CHECKING:
    from pathlib import Path

    from fql.runtime.audit_entries import Entry

SHIPPED_MISREAD = {
    'type = "track" and event == "Cart Updated"',
    'type = "track" and event == "Order Completed"',
}
"""The triggers among the shipped ones that never did what they say."""


def audited(value: Any) -> Audit:
    return audit_sources([Source(json.dumps(value), "some.json")])


def verdict(text: str, key: str = "trigger") -> Verdict:
    (only,) = audited({key: text}).verdicts
    return only


def entries(text: str) -> tuple[Entry, ...]:
    found = read_entries(Source(text, "some.json"))
    assert found.diagnostics == ()
    return found.entries


# --- the shipped triggers -----------------------------------------------------------


@pytest.mark.parametrize("folder", [SAMPLE, SHARED], ids=["sample", "all"])
def test_exactly_the_shipped_triggers_that_misread_are_reported(folder: Path) -> None:
    file = folder / "preset_triggers.jsonl"
    if not file.exists():
        pytest.skip(f"no conformance cases at {file}")
    audit = audit_sources([Source(file.read_text(encoding="utf-8"), file.name)])
    reported = [each for each in audit.verdicts if each.status is not Status.FINE]
    assert {each.entry.text for each in reported} == SHIPPED_MISREAD
    assert {each.status for each in reported} == {Status.MISREAD}
    for each in reported:
        assert each.edited == each.entry.text.replace("==", "=")


# --- verdicts -----------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(trigger_texts())
def test_an_event_shows_the_difference_to_the_oracle_too(text: str) -> None:
    found = verdict(text)
    if found.status is Status.MISREAD:
        assert found.difference is not None
        assert found.says is not None
        event, original = found.difference.event, found.difference.second
        assert evaluate(read(text), event) is original
        assert fql.compile(found.says)(event) is not original
    if found.edited is not None:
        assert not {each.severity for each in check_portability(found.edited)} - {
            Severity.NOTE
        }


@pytest.mark.parametrize(
    ("text", "status", "event", "edited"),
    [
        ('type = "track"', Status.FINE, None, None),
        ("properties.a.b != null", Status.FINE, None, None),
        (
            'type = "a" AND event = "b"',
            Status.LUCK,
            None,
            'type = "a" and event = "b"',
        ),
        (
            'type = "a", event = "b"',
            Status.LUCK,
            None,
            'type = "a" and event = "b"',
        ),
        (
            'type = "a" OR event = "b"',
            Status.MISREAD,
            {"type": "a"},
            'type = "a" or event = "b"',
        ),
        ("type = a", Status.MISREAD, {"type": "a"}, 'type = "a"'),
        ('!(type = "a")', Status.MISREAD, {"type": "a"}, 'type != "a"'),
        ("type = 'a'", Status.MISREAD, {"type": "a"}, 'type = "a"'),
        (
            'type = "a" and messageId = "b"',
            Status.MISREAD,
            {"type": "a"},
            None,
        ),
        ("properties.a != true", Status.MISREAD, {"properties": {"a": True}}, None),
        ('receivedAt > "2020"', Status.DOUBTFUL, None, None),
        ('type = "a" and', Status.BROKEN, None, None),
        ("", Status.BROKEN, None, None),
    ],
)
def test_a_verdict_on_a_trigger(
    text: str, status: Status, event: Any, edited: str | None
) -> None:
    found = verdict(text)
    assert found.status is status
    assert (found.difference and found.difference.event) == event
    assert found.edited == edited


@pytest.mark.parametrize(
    ("text", "status", "event", "edited"),
    [
        ("type = 'a' and !(event = 'b')", Status.FINE, None, None),
        ("properties.total > 5", Status.FINE, None, None),
        ("length(userId) < 1", Status.FINE, None, None),
        (
            "received_at >= '2023-04-21T19:55:00.933Z'",
            Status.MISREAD,
            {"receivedAt": "2023-04-21T19:55:00.933Z"},
            None,
        ),
        ("type == 'a'", Status.BROKEN, None, "type = 'a'"),
        ("type = ", Status.BROKEN, None, None),
    ],
)
def test_a_verdict_on_a_filter(
    text: str, status: Status, event: Any, edited: str | None
) -> None:
    found = verdict(text, "if")
    assert found.status is status
    assert (found.difference and found.difference.event) == event
    assert found.edited == edited


def test_what_a_text_says_is_repaired_first() -> None:
    found = verdict('type == "a", event = "b"')
    assert found.says == 'type = "a" and event = "b"'
    assert found.reads == 'type = "=" and event = "b"'


def test_what_cannot_be_read_says_why() -> None:
    assert verdict('messageId = "a"').reads.startswith("nothing: no condition here")


# --- files --------------------------------------------------------------------------

SUBSCRIPTION = {
    "id": "s1",
    "name": "Orders",
    "actionSlug": "order",
    "trigger": 'event = "a"',
    "settings": {"trigger": "not one", "if": "not one"},
}
FILTER = {
    "title": "Staff",
    "if": "userId = 'staff'",
    "actions": [{"type": "DROP", "if": "not one"}],
}


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        (SUBSCRIPTION, ["/trigger"]),
        (FILTER, ["/if"]),
        ([SUBSCRIPTION, FILTER], ["/0/trigger", "/1/if"]),
        ({"data": {"filters": [FILTER]}}, ["/data/filters/0/if"]),
        ({"filter": FILTER, "payload": {"if": "not one"}}, ["/filter/if"]),
        ({"subscribe": "type = 'a'", "mapping": {"fql": "not one"}}, ["/subscribe"]),
        (["type = 'a'", "type = 'b'"], ["/0", "/1"]),
        ("type = 'a'", [""]),
        (
            {"destinations": [{"filters": [FILTER], "subscriptions": [SUBSCRIPTION]}]},
            ["/destinations/0/filters/0/if", "/destinations/0/subscriptions/0/trigger"],
        ),
        ({"name": "nothing", "trigger": None, "if": 5}, []),
        ([], []),
        (5, []),
    ],
)
def test_texts_are_found_in_every_shape(value: Any, pointers: list[str]) -> None:
    assert [each.pointer for each in entries(json.dumps(value))] == pointers


def test_entries_know_their_name_kind_and_place() -> None:
    text = json.dumps([SUBSCRIPTION, FILTER], indent=1)
    one, other = entries(text)
    assert (one.name, one.kind) == ("Orders", EntryKind.TRIGGER)
    assert (other.name, other.kind) == ("Staff", EntryKind.FILTER)
    assert json.loads(text[slice(*one.span)]) == one.text
    assert text.splitlines()[one.line - 1].strip().startswith('"trigger"')


def test_lines_are_read_one_by_one() -> None:
    text = '"type = \'a\'"\n\n{"fql": "type = \'é\'"}\n{"subscribe": "event = 1"}\n'
    found = entries(text)
    assert [each.line for each in found] == [1, 3, 4]
    assert [json.loads(text[slice(*each.span)]) for each in found] == [
        each.text for each in found
    ]


def test_a_bad_line_is_a_finding_at_its_place() -> None:
    source = Source('"type = \'a\'"\nnope\n"event = 1"\n', "lines")
    found = read_entries(source)
    assert [each.line for each in found.entries] == [1, 3]
    (wrong,) = found.diagnostics
    assert (wrong.line, wrong.column, wrong.source) == (2, 1, source)


def test_a_bad_first_line_does_not_stop_the_others() -> None:
    found = read_entries(Source('no\n"a"\n"b"\n', "lines"))
    assert [each.text for each in found.entries] == ["a", "b"]
    assert [each.line for each in found.diagnostics] == [1]


def test_a_file_that_is_no_json_has_findings_only() -> None:
    found = read_entries(Source("type = 'a'\nevent = 'b'\n", "x"))
    assert found.entries == ()
    assert found.diagnostics


# --- reports ------------------------------------------------------------------------

MIXED = [
    {"name": "fine", "trigger": 'type = "a"'},
    {"name": "or", "trigger": 'type = "a" OR event = "b"'},
    {"name": "comma", "trigger": 'type = "a", event = "b"'},
    {"title": "cut", "if": "received_at > '2023-04-21'"},
    {"trigger": "type ="},
]


def test_the_report_for_people() -> None:
    audit = audited(MIXED)
    text = audit_text(audit)
    assert text.splitlines()[:7] == [
        'some.json:1: trigger "or" does not do what it says',
        '  text:  type = "a" OR event = "b"',
        '  reads: type = "a" and event = "b"',
        '  event: {"type": "a"}',
        "         the text matches it, the original does not",
        '  write: type = "a" or event = "b"',
        "  why:   [FQL707] the trigger engine passes over `OR`, "
        "so that it does not mean `or`",
    ]
    assert text.endswith("5 texts: 2 misread, 1 broken, 1 right by luck, 1 fine")
    assert '"fine"' not in text
    assert 'trigger "fine" does what it says' in audit_text(audit, shows_fine=True)


def test_the_summary_of_few() -> None:
    assert audit_summary(audited([])) == "0 texts"
    assert audit_summary(audited("type = 'a'")) == "1 text: 1 misread"


def test_the_report_as_json() -> None:
    shown: Any = json.loads(json.dumps(audit_json(audited(MIXED))))
    assert shown["summary"] == {
        "fine": 1,
        "luck": 1,
        "doubtful": 0,
        "broken": 1,
        "misread": 2,
    }
    entry = shown["entries"][1]
    assert (entry["file"], entry["line"], entry["pointer"]) == (
        "some.json",
        1,
        "/1/trigger",
    )
    assert entry["difference"] == {
        "event": {"type": "a"},
        "text": True,
        "original": False,
    }
    assert [each["code"] for each in entry["findings"]] == ["FQL707"]


def test_findings_stand_at_the_texts_in_the_file() -> None:
    found = audit_diagnostics(audited(MIXED))
    assert [(each.code.value, each.severity.value) for each in found] == [
        ("FQL707", "error"),
        ("FQL719", "note"),
        ("FQL725", "error"),
        ("FQL702", "error"),
    ]
    assert json.loads(found[0].source.slice(found[0].span)) == MIXED[1]["trigger"]
    assert to_json(found[0])["pointer"] == "/1/trigger"
    assert found[0].help == 'write type = "a" or event = "b"'


def test_what_makes_an_audit_fail() -> None:
    assert audited(MIXED).has_failed
    assert not audited(MIXED[:1]).has_failed
    assert not audited(MIXED[2:3]).has_failed
    assert audit_sources([Source("no", "x")]).has_failed
