"""Brackets that are not closed, not opened, or of the wrong kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.grammar.reading import Finding, check_mended, findings

if TYPE_CHECKING:
    from fql.grammar.languages import Language

UNCLOSED = Code.UNCLOSED_BRACKET
UNEXPECTED = Code.UNEXPECTED_CLOSING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a", [(UNCLOSED, "(")]),
        ("f(a, b", [(UNCLOSED, "(")]),
        ("a in [1, 2", [(UNCLOSED, "[")]),
        ("[", [(UNCLOSED, "[")]),
        ("f(", [(UNCLOSED, "(")]),
        ("((a)", [(UNCLOSED, "(")]),
        ("(a and (b or c)", [(UNCLOSED, "(")]),
        ("(a = [1, 2) and b", [(UNCLOSED, "[")]),
        ("f(a, [1, 2) and b == 1", [(UNCLOSED, "["), (Code.DOUBLE_EQUALS, "==")]),
        ("f(a, (b) and c", [(UNCLOSED, "(")]),
    ],
)
def test_an_open_bracket_is_marked_where_it_opens(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


def test_open_brackets_at_the_end_are_one_finding_with_a_label_each() -> None:
    (finding,) = parse_expression(Source("(a or f(b, [c")).diagnostics
    assert finding.span == (11, 12)
    assert [label.span for label in finding.labels] == [(0, 1), (7, 8)]
    assert finding.labels[0].text == "nor is this one"


@pytest.mark.parametrize(
    ("text", "closings", "meant"),
    [
        ("(a = 1]", "]", "(a = 1)"),
        ("a in [1, 2) and b", ")", "a in [1, 2] and b"),
        ("f(a] or (b]", "]]", "f(a) or (b)"),
        ("(f(a] and b)", "]", "(f(a) and b)"),
    ],
)
def test_a_closing_bracket_of_the_wrong_kind_is_replaced(
    text: str, closings: str, meant: str
) -> None:
    check_mended(text, [(UNCLOSED, closing) for closing in closings], meant)


def test_a_closing_bracket_of_the_wrong_kind_shows_what_it_was_to_close() -> None:
    (finding,) = parse_expression(Source("a and (b = 1]")).diagnostics
    (label,) = finding.labels
    assert (label.span, label.text) == ((6, 7), "opened here")


@pytest.mark.parametrize(
    ("text", "closing", "meant"),
    [
        ("a)", ")", "a"),
        ("a = 1) and b", ")", "a = 1 and b"),
        ("a and b] or c", "]", "a and b or c"),
        ("(a or b)) and c", ")", "(a or b) and c"),
        ("a}", "}", "a"),
        ("x)= 1", ")", "x = 1"),
        ("a = )b", ")", "a = b"),
    ],
)
def test_a_closing_bracket_too_many_is_removed(
    text: str, closing: str, meant: str
) -> None:
    check_mended(text, [(UNEXPECTED, closing)], meant)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("{ a: b", "mapping", [(UNCLOSED, "{")]),
        ("{ a: { b: c }", "mapping", [(UNCLOSED, "{")]),
        ("{ a: [b, c }", "mapping", [(UNCLOSED, "[")]),
        ("{ a: f(b, c }", "mapping", [(UNCLOSED, "(")]),
        ("{ a: (b\n c: d }", "mapping", [(UNCLOSED, "(")]),
        ("{ a: f(b\n c: d }", "mapping", [(UNCLOSED, "(")]),
        ("{ a: [b,\n c\n d: e }", "mapping", [(UNCLOSED, "[")]),
        ("{ a: if (b then c }", "mapping", [(UNCLOSED, "(")]),
        ("{ a: if f(b, [c then d else e }", "mapping", [(UNCLOSED, "[")]),
        ("{ a: b ]", "mapping", [(UNEXPECTED, "]")]),
        ("{ a: f(b]) }", "mapping", [(UNCLOSED, "]"), (UNEXPECTED, ")")]),
        ('{ a: f("b) }', "mapping", [(Code.UNTERMINATED_STRING, '"')]),
        ("source a { b: c", "program", [(UNCLOSED, "{")]),
        ("source a { } }", "program", [(UNEXPECTED, "}")]),
        (
            'destination a: b { filter "x" when (c = 1 { drop } }',
            "program",
            [(UNCLOSED, "(")],
        ),
        (
            'destination a: b { filter "x" when f(c, [1 { drop } }',
            "program",
            [(UNCLOSED, "[")],
        ),
        (
            'destination a: b { mapping "x" when (c send d { e: f } }',
            "program",
            [(UNCLOSED, "(")],
        ),
    ],
)
def test_brackets_in_mappings_and_programs_close_before_what_cannot_be_inside(
    text: str, language: Language, expected: list[Finding]
) -> None:
    assert findings(text, language) == expected
