"""Words that other languages use as operators."""

from __future__ import annotations

import pytest

from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.grammar.reading import check_mended, findings


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("a is null", "is", "a = null"),
        ("a IS NOT null and b", "IS NOT", "a != null and b"),
        ("a is\nnot 1", "is\nnot", "a != 1"),
        ("a equals 1", "equals", "a = 1"),
        ("a eq 1", "eq", "a = 1"),
        ("a ne b.c", "ne", "a != b.c"),
        ("a gt 1 and b", "gt", "a > 1 and b"),
        ("a gte 1", "gte", "a >= 1"),
        ("a lt -1", "lt", "a < -1"),
        ("a le (b)", "le", "a <= (b)"),
        ('a contains "x" and b', "contains", 'contains(a, "x") and b'),
        ("a.b Contains 'x,'", "Contains", "contains(a.b, 'x,')"),
        ('a startsWith "x"', "startsWith", 'match(a, "x*")'),
        ("a ends_with 'x' or b", "ends_with", "match(a, '*x') or b"),
        ("(a exists)", "exists", "(exists(a))"),
        ("a.b exists and c", "exists", "exists(a.b) and c"),
        ("a between 1 and 2 or b", "between", "a >= 1 and a <= 2 or b"),
        ("a between 'x' and b.c", "between", "a >= 'x' and a <= b.c"),
    ],
)
def test_a_word_is_replaced_by_what_says_the_same(
    text: str, word: str, meant: str
) -> None:
    check_mended(text, [(Code.MISSING_OPERATOR, word)], meant)


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("a contains b", "contains", "`contains(field"),
        ('f(a) contains "x"', "contains", "`contains(field"),
        ('a includes "x"', "includes", "in list"),
        ('a like "x%"', "like", "`match(field"),
        ('a matches "^x"', "matches", "`match(field"),
        ('a startsWith "50*"', "startsWith", "`match(field"),
        ('a endsWith "[x]"', "endsWith", "`match(field"),
        ("a between 1", "between", "`low <= field"),
        ("f(a) between 1 and 2", "between", "`low <= field"),
    ],
)
def test_a_word_is_explained_where_its_operands_are_not_plain(
    text: str, word: str, says: str
) -> None:
    first, *_ = parse_expression(Source(text)).diagnostics
    assert (first.code, first.source.slice(first.span)) == (Code.MISSING_OPERATOR, word)
    assert says in first.help
    assert first.edits == ()


@pytest.mark.parametrize(
    "text",
    [
        "contains = 1 and is = 2",
        "exists(exists) or like",
        'contains(between, "x")',
    ],
)
def test_the_words_are_names_like_others(text: str) -> None:
    assert findings(text) == []


def test_in_an_object_a_word_before_a_colon_is_a_key() -> None:
    assert findings("{ a: b is: c }", "mapping") == [(Code.MISSING_SEPARATOR, "is")]
    assert findings("{ a: b, contains }", "mapping") == []
    check_mended(
        '{ a: b contains "x", c: d }',
        [(Code.MISSING_OPERATOR, "contains")],
        '{ a: contains(b, "x"), c: d }',
        "mapping",
    )
