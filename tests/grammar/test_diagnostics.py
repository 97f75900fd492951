"""Findings as data, and how they are arranged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import (
    Code,
    Diagnostic,
    FqlError,
    Severity,
    arrange,
    has_errors,
)
from fql.grammar.limits import MAX_DIAGNOSTICS
from fql.grammar.source import Source, Span

SOURCE = Source("one\ntwo three", "a.fql")


def finding(
    start: int = 0,
    end: int = 1,
    code: Code = Code.SYNTAX,
    severity: Severity = Severity.ERROR,
    source: Source = SOURCE,
) -> Diagnostic:
    return Diagnostic(code, "something", Span(start, end), source, severity)


def test_codes_have_the_form_and_the_family_of_their_number() -> None:
    assert all(code.startswith("FQL") and len(code) == 6 for code in Code)
    assert all(code[3:].isdecimal() for code in Code)
    assert (Code.SYNTAX, Code.UNKNOWN_FUNCTION) == ("FQL100", "FQL204")


def test_a_finding_knows_its_line_and_column() -> None:
    each = finding(8, 13)
    assert (each.line, each.column) == (2, 5)
    assert str(each) == "a.fql:2:5: error[FQL100]: something"


def test_a_finding_at_the_end_of_the_text_has_a_place() -> None:
    each = finding(13, 13)
    assert (each.line, each.column) == (2, 10)


@pytest.mark.parametrize(
    ("severity", "is_error"),
    [(Severity.ERROR, True), (Severity.WARNING, False), (Severity.NOTE, False)],
)
def test_only_an_error_stops_compilation(severity: Severity, is_error: bool) -> None:
    each = finding(severity=severity)
    assert each.is_error is is_error
    assert has_errors([each]) is is_error
    assert not has_errors([])


def test_the_text_of_a_source_does_not_show_in_a_finding() -> None:
    assert "two three" not in repr(finding())


def test_findings_stand_in_the_order_of_the_text_without_repeats() -> None:
    found = [finding(5), finding(2, 9), finding(5), finding(2, 4)]
    assert arrange(found) == [finding(2, 4), finding(2, 9), finding(5)]


def test_findings_at_one_place_stand_in_the_order_of_their_codes() -> None:
    found = [finding(code=Code.BARE_WORD), finding(code=Code.SYNTAX)]
    assert [each.code for each in arrange(found)] == [Code.SYNTAX, Code.BARE_WORD]


def test_findings_of_several_sources_stand_by_their_names() -> None:
    other = Source("x", "B.fql")
    found = [finding(0), finding(0, source=other)]
    assert [each.source.name for each in arrange(found)] == ["B.fql", "a.fql"]


def test_a_hundred_findings_are_shown_whole() -> None:
    found = [finding(start, start) for start in range(MAX_DIAGNOSTICS)]
    assert arrange(found) == found


def test_more_findings_are_counted_in_a_note() -> None:
    found = [finding(start, start) for start in range(MAX_DIAGNOSTICS + 23)]
    *shown, note = arrange(found)
    assert shown == found[:MAX_DIAGNOSTICS]
    assert (note.code, note.severity) == (Code.TOO_MANY_DIAGNOSTICS, Severity.NOTE)
    assert note.message == "and 23 more"
    assert note.span == shown[-1].span


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=250))
def test_no_error_is_left_out_in_favour_of_a_warning(
    places: list[tuple[int, bool]],
) -> None:
    """What is shown is in order, and is all, or a hundred with errors first."""
    found = [
        finding(start, start, severity=Severity.ERROR if bad else Severity.WARNING)
        for start, bad in places
    ]
    shown = arrange(found)
    if len(set(found)) > MAX_DIAGNOSTICS:
        *shown, note = shown
        assert len(shown) == MAX_DIAGNOSTICS
        assert note.message == f"and {len(set(found)) - MAX_DIAGNOSTICS} more"
        errors = {each for each in found if each.is_error}
        assert len(errors.intersection(shown)) == min(len(errors), MAX_DIAGNOSTICS)
    else:
        assert set(shown) == set(found)
    assert shown == sorted(shown, key=lambda each: each.span)


def test_an_error_tells_all_findings_line_by_line() -> None:
    error = FqlError([finding(0), finding(4, severity=Severity.WARNING)])
    assert error.diagnostics == (finding(0), finding(4, severity=Severity.WARNING))
    assert str(error).splitlines() == [
        "a.fql:1:1: error[FQL100]: something",
        "a.fql:2:1: warning[FQL100]: something",
    ]
