"""Fixes applied to texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Diagnostic, Edit
from fql.grammar.edits import apply_edits, fixed_lines
from fql.grammar.source import Source, Span

Fix = tuple[int, int, str]


def finding(text: str, *edits: Fix) -> Diagnostic:
    return Diagnostic(
        Code.SYNTAX,
        "wrong",
        Span(0, 0),
        Source(text),
        edits=tuple(Edit(Span(start, end), new) for start, end, new in edits),
    )


def applied(text: str, *fixes: tuple[Fix, ...]) -> str:
    return apply_edits(text, [finding(text, *fix) for fix in fixes])


def test_fixes_are_applied_at_their_places() -> None:
    text = 'type == "a" && b <> 1'
    fixed = applied(text, ((5, 7, "="),), ((17, 19, "!="),), ((12, 14, "and"),))
    assert fixed == 'type = "a" and b != 1'


def test_of_two_fixes_that_overlap_the_first_wins() -> None:
    assert applied("abcdef", ((1, 4, "X"),), ((3, 5, "Y"),)) == "aXef"


def test_fixes_that_touch_are_both_applied() -> None:
    assert applied("abcd", ((0, 2, "X"),), ((2, 4, "Y"),)) == "XY"


def test_an_insertion_beside_a_replacement_is_applied() -> None:
    assert applied("abcd", ((1, 3, "X"),), ((1, 1, "<"),), ((3, 3, ">"),)) == "a<X>d"


def test_of_two_insertions_at_one_place_the_first_wins() -> None:
    assert applied("ab", ((1, 1, "X"),), ((1, 1, "Y"),)) == "aXb"


def test_an_insertion_inside_a_replacement_loses() -> None:
    assert applied("abcd", ((0, 4, "X"),), ((2, 2, "Y"),)) == "X"


def test_a_fix_is_applied_as_a_whole_or_not_at_all() -> None:
    assert applied("(ab)", ((0, 1, "["),), ((0, 1, ""), (3, 4, ""))) == "[ab)"


def test_a_fix_whose_own_edits_overlap_is_passed_over() -> None:
    assert applied("abc", ((0, 2, "X"), (1, 3, "Y"))) == "abc"
    assert fixed_lines(finding("abc", (0, 2, "X"), (1, 3, "Y"))) == []


def test_findings_of_another_text_are_passed_over() -> None:
    assert apply_edits("ab", [finding("abcdef", (4, 5, "X"))]) == "ab"


@pytest.mark.parametrize(
    ("text", "edits", "lines"),
    [
        ("a == b", (), []),
        ("a == b", ((2, 4, "="),), ["a = b"]),
        ("1\na == b\n3", ((4, 6, "="),), ["a = b"]),
        ("1\r\na == b\r\n3", ((5, 7, "="),), ["a = b"]),
        ("ab\ncd\nef", ((0, 1, ""), (4, 5, "X\nY")), ["b", "cX", "Y"]),
        ("ab\ncd", ((2, 3, " "),), ["ab cd"]),
        ("ab", ((0, 2, ""),), [""]),
    ],
)
def test_the_lines_that_a_fix_touches(
    text: str, edits: tuple[Fix, ...], lines: list[str]
) -> None:
    assert fixed_lines(finding(text, *edits)) == lines


@st.composite
def text_and_fixes(draw: st.DrawFn) -> tuple[str, list[Fix]]:
    text = draw(st.text("ab\n", max_size=12))
    place = st.integers(0, len(text))
    fix = st.tuples(place, place, st.text("XY", max_size=2))
    fixes = draw(st.lists(fix, max_size=6))
    return text, [(min(a, b), max(a, b), new) for a, b, new in fixes]


@given(text_and_fixes())
def test_applying_agrees_with_a_plain_model(case: tuple[str, list[Fix]]) -> None:
    """Law: the result is that of the accepted edits done one by one from the end."""
    text, fixes = case
    accepted: list[Fix] = []
    for start, end, new in fixes:
        if not any(
            (start, end) == (a, b) or (start < b and a < end) for a, b, _ in accepted
        ):
            accepted.append((start, end, new))
    expected = text
    for start, end, new in sorted(accepted, reverse=True):
        expected = expected[:start] + new + expected[end:]
    assert applied(text, *((fix,) for fix in fixes)) == expected
