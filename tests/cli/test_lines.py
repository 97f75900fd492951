"""Events out of lines; what is no event is reported with its line and passed over."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from fql.cli import blocks, lines
from fql.cli.inputs import Input
from fql.cli.lines import EventLine, read_events
from fql.grammar.diagnostics import Code
from fql.grammar.report import render
from fql.grammar.source import Position, Span

if TYPE_CHECKING:
    from fql.cli.lines import Event
    from fql.grammar.diagnostics import Diagnostic


def read(content: bytes) -> tuple[list[Event], list[Diagnostic]]:
    """Return the events in *content* and what is reported."""
    source = Input("e.ndjson", io.BytesIO(content), None, is_live=True, position=int)
    reported: list[Diagnostic] = []
    return list(read_events(source, reported.append)), reported


def places(reported: list[Diagnostic]) -> list[tuple[Code, int, int]]:
    """Return codes, lines and columns."""
    return [(each.code, each.line, each.column) for each in reported]


def test_an_event_knows_its_line_and_its_number() -> None:
    events, reported = read(b'{"a": 1}\r\n\n  \t\n {"b": 2} ')
    assert reported == []
    assert [tuple(each) for each in events] == [
        ({"a": 1}, 1),
        ({"b": 2}, 4),
    ]


def test_a_byte_order_mark_may_start_the_first_line_alone() -> None:
    events, reported = read(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    assert events == [({}, 1)]
    assert places(reported) == [(Code.BAD_EVENT_LINE, 2, 1)]


@pytest.mark.parametrize("line", [b"\xef\xbb\xbfx", b"\xef\xbb\xbf[]"])
def test_what_follows_a_byte_order_mark_may_be_no_event(line: bytes) -> None:
    events, reported = read(line)
    assert events == []
    assert [(each.line, each.column) for each in reported] == [(1, 1)]


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (b'{"type": "track"', Code.BAD_EVENT_LINE, 17),
        (b'{"n": NaN}', Code.BAD_EVENT_LINE, 7),
        (b'{"n": -Infinity}', Code.BAD_EVENT_LINE, 7),
        (b'{"n": 1e400}', Code.BAD_EVENT_LINE, 7),
        (b'{"t": "\xff"}', Code.BAD_EVENT_LINE, 8),
        (b'{"a":' * 2_000, Code.BAD_EVENT_LINE, 1),
        (b"type: track", Code.BAD_EVENT_LINE, 1),
        (b"[{}]", Code.EVENT_NOT_OBJECT, 1),
        (b'"track"', Code.EVENT_NOT_OBJECT, 1),
        (b"1.5", Code.EVENT_NOT_OBJECT, 1),
        (b"7", Code.EVENT_NOT_OBJECT, 1),
        (b"true", Code.EVENT_NOT_OBJECT, 1),
        (b"null", Code.EVENT_NOT_OBJECT, 1),
    ],
)
def test_a_bad_line_is_reported_and_passed_over(
    line: bytes, code: Code, column: int
) -> None:
    events, reported = read(b'{"a": 1}\n' + line + b'\r\n{"b": 2}\n')
    assert [each.number for each in events] == [1, 3]
    assert places(reported) == [(code, 2, column)]


def test_of_two_members_of_one_name_the_last_counts() -> None:
    events, reported = read(b'{"a": 1, "a": 2}')
    assert ([each.value for each in events], reported) == ([{"a": 2}], [])


def test_a_line_may_nest_a_thousand_levels() -> None:
    depth = 1_000
    events, reported = read(b'{"a":' * depth + b"1" + b"}" * depth)
    assert (len(events), reported) == (1, [])


def test_a_line_that_is_too_long_is_passed_over_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (blocks, lines):
        monkeypatch.setattr(module, "MAX_LINE", 1 << 20)
    fits = b'{"a": "%b"}' % (b"x" * ((1 << 20) - 9))
    longer = b'{"a": "%b"}' % (b"x" * ((1 << 20) - 8))
    much_longer = b"y" * (3 << 20)
    content = b"\n".join([fits, longer, b"{}", much_longer, b"{}", longer])
    events, reported = read(content)
    assert [each.number for each in events] == [1, 3, 5]
    assert [(each.line, each.message) for each in reported] == [
        (number, "the line is longer than 1 MiB") for number in (2, 4, 6)
    ]


def test_a_report_shows_the_line_with_its_number() -> None:
    _, reported = read(b'{}\n{}\n{"a": x}\n')
    assert render(reported).splitlines() == [
        "error[FQL502]: this is not JSON: expecting value",
        " --> e.ndjson:3:7",
        "  |",
        '3 | {"a": x}',
        "  |       ^",
        "  |",
        "  help: the line is passed over; each line holds one event, a JSON object",
    ]


def test_a_line_keeps_its_place_in_the_whole() -> None:
    line = EventLine("{}", "e.ndjson", 7)
    assert line.position(1) == Position(7, 2)
    assert (line.line_text(7), line.line_span(7)) == ("{}", Span(0, 2))
    assert line.line_count == 7
