"""How text looks in cells of a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fql.grammar.cells import cell_count, excerpt, visible

LINES = st.text(st.characters(exclude_characters="\n"), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('type = "track"', 'type = "track"'),
        ("\x1b[31m", "<U+001B>[31m"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u00a0b", "a<U+00A0>b"),
        ("a\u200bb", "a<U+200B>b"),
        ("\ud800", "<U+D800>"),
        ("\U000e0001", "<U+E0001>"),
        ("a\tb", "a    b"),
        ("価格\u3000価格", "価格\u3000価格"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("価格", 4), ("e\u0301", 1), ("\u1112\u1161\u11ab", 2)],
)
def test_cells_of_wide_characters_and_marks(text: str, cells: int) -> None:
    assert cell_count(text) == cells


def test_a_short_line_is_shown_whole() -> None:
    shown = excerpt("a\tb  ", 2, 3, 20)
    assert (shown.text, shown.first) == ("a    b", 0)
    assert shown.cells(2, 3) == (5, 6)


def test_a_long_line_is_cut_on_both_sides_of_the_place() -> None:
    line = "a" * 500_000 + "==" + "b" * 500_000
    shown = excerpt(line, 500_000, 500_002, 20)
    assert shown.text == "…aaaaaaaaa==bbbbbbbbb…"
    assert shown.cells(500_000, 500_002) == (10, 12)


def test_the_end_of_a_long_line_fills_the_room() -> None:
    shown = excerpt("a" * 100 + "bc", 101, 102, 20)
    assert shown.text == "…" + "a" * 18 + "bc"


def test_a_place_longer_than_the_room_loses_its_end() -> None:
    shown = excerpt("x" * 10 + "y" * 100, 10, 110, 20)
    assert shown.text == "…" + "y" * 20 + "…"
    assert shown.cells(10, 110) == (1, 22)


def test_places_that_are_cut_off_stand_at_the_cut() -> None:
    shown = excerpt("x" * 1000, 500, 501, 20)
    assert shown.cells(3, 9) == (0, 1)
    assert shown.cells(900, 950) == (21, 22)


def test_a_mark_counts_as_its_letter() -> None:
    shown = excerpt("価\u0301 x", 1, 2, 20)
    assert shown.cells(1, 2) == (0, 2)


def test_a_mark_without_a_letter_gets_a_carrier() -> None:
    shown = excerpt("\u0301a", 0, 1, 20)
    assert shown.text == "\N{DOTTED CIRCLE}\u0301a"
    assert shown.cells(0, 1) == (0, 1)


@given(LINES, st.data(), st.integers(20, 40))
def test_excerpts_fit_and_hold_the_place(
    line: str, data: st.DataObject, limit: int
) -> None:
    """Law: an excerpt fits the limit, and marks stand under what it shows."""
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    shown = excerpt(line, start, end, limit)
    left, right = shown.cells(start, end)
    assert cell_count(shown.text) <= limit + 2
    assert 0 <= left < right <= limit + 2
    assert shown.first <= start


@given(LINES)
@example("\x85\u2028\u2066\ufeff\ud800")
def test_nothing_that_a_terminal_obeys_is_shown(line: str) -> None:
    """Law: no control, format or surrogate character is left."""
    shown = excerpt(line, 0, 0, 80).text
    assert {unicodedata.category(each) for each in shown}.isdisjoint(
        {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    assert shown == shown.rstrip()


@given(LINES)
def test_cells_are_those_of_the_visible_text(line: str) -> None:
    """Law: the last edge of a whole line is the width of its visible text."""
    shown = excerpt(line, 0, 0, 1000)
    assert shown.edges[-1] - bool(line and not cell_count(visible(line[0]))) == (
        cell_count(visible(line))
    )
