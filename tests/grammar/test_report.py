"""Findings as text and as JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity, arrange
from fql.grammar.report import render, summary, to_json
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"

PROGRAM = """\
destination crm: webhook {
  filter "tests" when contains(event, "Test") { drop }
  filter "pages" when type = "page" { drop }

  filter "tests" when (type = "track"
      and event = "Debug"
      or event = "Ping") { drop }
}
"""


def span(text: str, part: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return Span(start, start + len(part))


def replaced(text: str, part: str, new: str, code: Code, message: str) -> Diagnostic:
    place = span(text, part)
    source = Source(text, "shop.fql")
    return Diagnostic(code, message, place, source, edits=(Edit(place, new),))


def unknown_function() -> Diagnostic:
    text = 'type = "track" and contians(event, "Order")'
    place = span(text, "contians")
    return Diagnostic(
        Code.UNKNOWN_FUNCTION,
        "unknown function `contians`",
        place,
        Source(text, "orders.fql"),
        help="did you mean `contains`?",
        edits=(Edit(place, "contains"),),
    )


def duplicate_name() -> Diagnostic:
    return Diagnostic(
        Code.DUPLICATE_NAME,
        'the filter name "tests" occurs twice',
        span(PROGRAM, '"tests"', 1),
        Source(PROGRAM, "shop.fql"),
        Severity.WARNING,
        help="give each filter of a destination a name of its own",
        labels=(Label(span(PROGRAM, '"tests"'), "first used here"),),
    )


def several_lines() -> Diagnostic:
    start = span(PROGRAM, "(type").start
    return Diagnostic(
        Code.NEVER_TRUE,
        "this is never true",
        Span(start, span(PROGRAM, '"Ping")').end),
        Source(PROGRAM, "shop.fql"),
        Severity.WARNING,
        help="the event has one name\nuse `in` for several",
        labels=(
            Label(span(PROGRAM, 'event = "Debug"'), "needs `Debug`"),
            Label(span(PROGRAM, 'event = "Ping"'), "needs `Ping`"),
        ),
    )


def neighbouring_lines() -> Diagnostic:
    text = "a = 1\nb = 2\nc = 3\n"
    source = Source(text)
    labels = (Label(span(text, "a = 1"), "one"), Label(span(text, "c = 3"), "three"))
    place = span(text, "a = 1")
    return Diagnostic(Code.NEVER_TRUE, "never true", place, source, labels=labels)


def labels_on_one_line() -> Diagnostic:
    text = "a = 1 and b = 2 and c = 3 and d = 4"
    parts = (("a = 1", "first"), ("b = 2", "second"), ("d = 4", "last"))
    return Diagnostic(
        Code.TYPE_MISMATCH,
        "these do not fit",
        span(text, "c = 3"),
        Source(text),
        labels=tuple(Label(span(text, part), said) for part, said in parts),
    )


def wide_and_hidden() -> Diagnostic:
    text = '価格 = "café\u0301"\tand url = "\u202ex\x1b[31m"'
    return Diagnostic(
        Code.BAD_CHARACTER,
        "U+202E means nothing here: \u202e",
        span(text, "\u202e"),
        Source(text, "odd\x07name.fql"),
        labels=(
            Label(span(text, "価格"), "wide"),
            Label(span(text, "\t"), "a tab"),
            Label(span(text, "é"), "a mark"),
        ),
    )


def long_line() -> Diagnostic:
    text = "x" * 500_000 + ' == "a" ' + "y" * 500_000
    place = span(text, "==")
    return Diagnostic(
        Code.DOUBLE_EQUALS,
        "`==` is not an operator here",
        place,
        Source(text),
        help="write `=`",
        labels=(Label(Span(3, 9), "far left"), Label(Span(900_000, 900_009), "right")),
        edits=(Edit(place, "="),),
    )


def end_of_text() -> Diagnostic:
    text = 'type = "track" and\n'
    return Diagnostic(
        Code.MISSING_OPERAND,
        "a value is missing at the end",
        Span(len(text), len(text)),
        Source(text),
        help="add a condition",
    )


def in_json() -> Diagnostic:
    text = '{\r\n  "destinations": "crm"\r\n}\r\n'
    return Diagnostic(
        Code.BAD_MODEL,
        "a list of destinations is wanted, not a string",
        span(text, '"crm"'),
        Source(text, "shop.json"),
        pointer="/destinations",
    )


def without_text() -> Diagnostic:
    source = Source("", "gone.fql")
    message = "the file cannot be read"
    place = Span(0, 0)
    return Diagnostic(
        Code.FILE_UNREADABLE, message, place, source, help="check the path"
    )


def fix_of_several_lines() -> Diagnostic:
    text = "{\n    a: 1\n      b: 2\n}"
    source = Source(text)
    edits = (
        Edit(Span(span(text, "1").end, span(text, "1").end), ","),
        Edit(span(text, "      b"), "    b"),
    )
    place = span(text, "b")
    message = "a comma is missing before `b`"
    return Diagnostic(Code.MISSING_SEPARATOR, message, place, source, edits=edits)


def fix_of_many_lines() -> Diagnostic:
    text = "a\nb\nc\nd\ne\nf\n"
    place = Span(0, len(text) - 1)
    message = "these lines are no conditions"
    return Diagnostic(
        Code.SYNTAX,
        message,
        place,
        Source(text),
        edits=(Edit(place, "1\n2\n3\n4\n5\n6"),),
    )


def place_with_its_line_end() -> Diagnostic:
    text = "a = 1 $\r\nb = 2\n"
    return Diagnostic(
        Code.BAD_CHARACTER, "the rest means nothing", Span(6, 9), Source(text)
    )


def fix_that_removes() -> Diagnostic:
    text = "a = 1\n;\n"
    return replaced(text, ";", "", Code.BAD_CHARACTER, "`;` means nothing here")


CASES = [
    unknown_function,
    duplicate_name,
    several_lines,
    neighbouring_lines,
    labels_on_one_line,
    wide_and_hidden,
    long_line,
    end_of_text,
    in_json,
    place_with_its_line_end,
    without_text,
    fix_of_many_lines,
    fix_of_several_lines,
    fix_that_removes,
]


def check_golden(name: str, actual: str, request: pytest.FixtureRequest) -> None:
    """Compare with the file *name*, or write it under ``--update-golden``."""
    path = GOLDEN / name
    if request.config.getoption("--update-golden", default=False):
        path.write_text(actual + "\n", encoding="utf-8", newline="\n")
    assert actual + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_text_of_a_finding(
    case: Callable[[], Diagnostic], request: pytest.FixtureRequest
) -> None:
    check_golden(f"{case.__name__}.txt", render([case()]), request)


def test_the_colours_of_a_finding(request: pytest.FixtureRequest) -> None:
    findings = [unknown_function(), duplicate_name()]
    check_golden("colours.txt", render(findings, color=True), request)


def test_findings_are_parted_by_a_blank_line() -> None:
    one, two = unknown_function(), end_of_text()
    assert render([one, two]) == render([one]) + "\n\n" + render([two])


def test_no_finding_gives_no_text() -> None:
    assert render([]) == ""


def test_a_narrow_screen_cuts_the_line_around_the_place() -> None:
    rows = render([unknown_function()], width=24).splitlines()
    assert rows[3:5] == ['1 | …ck" and contians(event, …', "  |          ^^^^^^^^"]


def test_places_beyond_the_bound_are_counted() -> None:
    text = "a " * 30
    labels = tuple(Label(Span(2 * at, 2 * at + 1), "here") for at in range(30))
    finding = Diagnostic(Code.SYNTAX, "wrong", Span(0, 1), Source(text), labels=labels)
    shown = render([finding])
    assert shown.count("here") == 20
    assert shown.endswith("   and: 10 more places")


def test_the_note_about_more_findings_shows_no_place() -> None:
    text = "; " * 101
    source = Source(text)
    found = [
        Diagnostic(Code.BAD_CHARACTER, "wrong", Span(at, at + 1), source)
        for at in range(0, 202, 2)
    ]
    last = render(arrange(found)).split("\n\n")[-1]
    assert last == "note[FQL407]: and 1 more\n  help: fix the ones above first"


def test_a_hundred_findings_on_a_line_of_a_megabyte_stay_short() -> None:
    source = Source("== " * 350_000)
    found = [
        Diagnostic(Code.DOUBLE_EQUALS, "wrong", Span(at, at + 2), source)
        for at in range(0, 300, 3)
    ]
    assert len(render(found)) < 100 * 500


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("", "no problems"),
        ("e", "1 error"),
        ("eew", "2 errors, 1 warning"),
        ("wn", "1 warning, 1 note"),
        ("wwnn", "2 warnings, 2 notes"),
    ],
)
def test_the_summary_counts_each_kind(kinds: str, expected: str) -> None:
    severities = {
        "e": Severity.ERROR,
        "w": Severity.WARNING,
        "n": Severity.NOTE,
    }
    found = [
        Diagnostic(Code.SYNTAX, "wrong", Span(0, 0), Source("a"), severities[kind])
        for kind in kinds
    ]
    assert summary(found) == expected


def test_the_summary_leaves_out_the_note_about_more_findings() -> None:
    source = Source("a")
    rest = Diagnostic(
        Code.TOO_MANY_DIAGNOSTICS, "and 9 more", Span(0, 0), source, Severity.NOTE
    )
    assert summary([end_of_text(), rest]) == "1 error"


def test_a_finding_as_json() -> None:
    text = "a = 1\nusrId = 2"
    place = span(text, "usrId")
    finding = Diagnostic(
        Code.UNKNOWN_FIELD,
        "unknown field `usrId`",
        place,
        Source(text, "x.fql"),
        Severity.WARNING,
        help="did you mean `userId`?",
        labels=(Label(Span(0, 1), "as here"),),
        edits=(Edit(place, "userId"),),
        pointer="/filters/0/if",
    )
    on_line_2 = {
        "span": {"start": 6, "end": 11},
        "start": {"line": 2, "column": 1},
        "end": {"line": 2, "column": 6},
    }
    on_line_1 = {
        "span": {"start": 0, "end": 1},
        "start": {"line": 1, "column": 1},
        "end": {"line": 1, "column": 2},
    }
    assert json.loads(json.dumps(to_json(finding))) == {
        "code": "FQL201",
        "severity": "warning",
        "message": "unknown field `usrId`",
        "file": "x.fql",
        **on_line_2,
        "help": "did you mean `userId`?",
        "labels": [{"text": "as here", **on_line_1}],
        "edits": [{"text": "userId", **on_line_2}],
        "pointer": "/filters/0/if",
        "docs": "docs/codes/FQL201.md",
    }


# --- laws -------------------------------------------------------------------------


@st.composite
def findings(draw: st.DrawFn) -> Diagnostic:
    """Any finding with places anywhere in any text."""
    text = draw(
        st.text(st.characters() | st.sampled_from("\n\r\t ab価\u0301"), max_size=80)
    )
    place = st.integers(0, len(text))
    spans = st.tuples(place, place).map(lambda ends: Span(min(ends), max(ends)))
    words = st.text(max_size=8)
    return Diagnostic(
        draw(st.sampled_from(Code)),
        draw(words),
        draw(spans),
        Source(text, draw(words)),
        draw(st.sampled_from(Severity)),
        help=draw(words),
        labels=tuple(draw(st.lists(st.builds(Label, spans, words), max_size=5))),
        edits=tuple(draw(st.lists(st.builds(Edit, spans, words), max_size=3))),
        pointer=draw(st.none() | words),
    )


@given(findings(), st.integers(0, 60))
def test_any_finding_is_shown_cleanly(finding: Diagnostic, width: int) -> None:
    """Law: no finding fails to show, leaves trailing blanks or reaches the terminal."""
    shown = render([finding], width=width)
    lines = shown.split("\n")
    assert [line.rstrip() for line in lines] == lines
    categories = {unicodedata.category(each) for line in lines for each in line}
    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(findings())
def test_colours_change_no_text(finding: Diagnostic) -> None:
    """Law: without its escapes, the coloured text is the plain one."""
    coloured = render([finding], color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render([finding])


@given(st.text("ab =", min_size=1, max_size=50), st.data())
def test_carets_stand_exactly_under_the_span(text: str, data: st.DataObject) -> None:
    """Law: on a short line, carets and span agree, column by column."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    finding = Diagnostic(Code.SYNTAX, "wrong", Span(start, end), Source(text))
    row = render([finding]).split("\n")[4]
    assert row == "  | " + " " * start + "^" * (end - start)


@given(findings())
def test_json_places_agree_with_the_text(finding: Diagnostic) -> None:
    """Law: lines and columns lead back to the offsets."""
    shown = json.loads(json.dumps(to_json(finding)))
    starts = [0]
    for line in finding.source.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for place in (shown, *shown["labels"], *shown["edits"]):
        for end in ("start", "end"):
            at = place[end]
            assert starts[at["line"] - 1] + at["column"] - 1 == place["span"][end]
