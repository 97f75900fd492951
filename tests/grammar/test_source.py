"""Texts and places in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.source import Position, Source, Span

TEXTS = st.text(st.sampled_from("ab \r\n\u2028\U0001f600"), max_size=20)


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("", 0, 1, 1),
        ("a", 1, 1, 2),
        ("a\nb", 1, 1, 2),
        ("a\nb", 2, 2, 1),
        ("a\r\nb", 3, 2, 1),
        ("a\rb", 2, 1, 3),
        ("a\u2028b\x0bc\x85d", 6, 1, 7),
        ("\n\n", 2, 3, 1),
        ("\U0001f600x", 1, 1, 2),
        ("e\u0301x", 2, 1, 3),
    ],
)
def test_a_position_counts_lines_and_code_points_from_one(
    text: str, offset: int, line: int, column: int
) -> None:
    assert Source(text).position(offset) == Position(line, column)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\n\nd", ["a", "b\rc", "", "d"]),
        ("\r\n\r", ["", ""]),
    ],
)
def test_a_line_is_shown_without_its_end(text: str, lines: list[str]) -> None:
    source = Source(text)
    assert source.line_count == len(lines)
    assert [source.line_text(each + 1) for each in range(len(lines))] == lines


@given(TEXTS)
def test_lines_and_positions_agree(text: str) -> None:
    """Every offset lies in its line, or in the end of that line."""
    source = Source(text)
    for offset in range(len(text) + 1):
        position = source.position(offset)
        line = source.line_span(position.line)
        assert source.slice(line) == source.line_text(position.line)
        assert line.start + position.column - 1 == offset
        assert offset <= line.end or text[line.end : offset].strip("\r\n") == ""


@given(TEXTS)
def test_lines_with_their_ends_are_the_text(text: str) -> None:
    """Only LF ends a line."""
    source = Source(text)
    starts = [source.line_span(each + 1).start for each in range(source.line_count)]
    ends = [*starts[1:], len(text)]
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    assert "".join(pieces) == text
    assert text.count("\n") == source.line_count - 1


def test_a_span_covers_others() -> None:
    assert Span(5, 7).to(Span(1, 3)) == Span(1, 7)
    assert Span(1, 7).to(Span(2, 3)) == Span(1, 7)
    assert Span(1, 7).contains(Span(1, 7))
    assert Span(1, 7).contains(Span(7, 7))
    assert not Span(1, 7).contains(Span(0, 2))
    assert not Span(1, 7).contains(Span(6, 8))


def test_sources_compare_by_text_and_name_and_show_the_name() -> None:
    assert Source("a") == Source("a", "<fql>")
    assert Source("a") != Source("a", "b.fql")
    assert hash(Source("a")) == hash(Source("a"))
    assert repr(Source("secret", "b.fql")) == "Source(name='b.fql')"
