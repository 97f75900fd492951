"""Reading on behind mistakes: values and operators, several mistakes, a great many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import Code, arrange
from fql.grammar.limits import MAX_DIAGNOSTICS, MAX_TEXT
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source
from tests.grammar.reading import (
    LANGUAGES,
    Finding,
    check_mended,
    check_places,
    check_wording,
    findings,
    is_whole,
)
from tests.grammar.strategies import parse

if TYPE_CHECKING:
    from fql.grammar.languages import Language

# --- values ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a =", [(Code.MISSING_OPERAND, "=")]),
        ("a = # soon", [(Code.MISSING_OPERAND, "=")]),
        ("= 1", [(Code.MISSING_OPERAND, "=")]),
        ("a and", [(Code.MISSING_OPERAND, "and")]),
        ("and a", [(Code.MISSING_OPERAND, "and")]),
        ("a = and b", [(Code.MISSING_OPERAND, "=")]),
        ("a = and b = or c", [(Code.MISSING_OPERAND, "=")] * 2),
        ("a and or b", [(Code.MISSING_OPERAND, "and")]),
        ("!", [(Code.MISSING_OPERAND, "!")]),
        ("! = a", [(Code.MISSING_OPERAND, "!")]),
        ("()", [(Code.MISSING_OPERAND, "(")]),
        ("(a or) and b", [(Code.MISSING_OPERAND, "or")]),
        ("f(,1)", [(Code.MISSING_OPERAND, "(")]),
        ("f(1,)", [(Code.MISSING_OPERAND, ",")]),
        ("a in", [(Code.MISSING_OPERAND, "in")]),
        (
            "a in [1, ] and ]",
            [(Code.MISSING_OPERAND, ","), (Code.UNEXPECTED_CLOSING, "]")],
        ),
        ("and", [(Code.MISSING_OPERAND, "and")] * 2),
    ],
)
def test_a_missing_value_is_marked_at_what_it_belongs_to(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = and b", "a value is missing between `=` and `and`"),
        ("a =", "a value is missing between `=` and the end of the text"),
        ("= 1", "a value is missing before `=`"),
        ("f(a,)", "a value is missing after this comma"),
        ("a and and b", "`and` stands here twice"),
        ("a b", "an operator is missing between `a` and `b`"),
        ("f(a b)", "a comma or an operator is missing between `a` and `b`"),
        ("a < b < c", "a second comparison `<` follows the first"),
        ("(a", "this `(` is not closed before the end of the text"),
        ("(a]", "`]` cannot close `(`"),
        ("a)", "nothing was opened that this `)` could close"),
        ("a, b", "a comma does not join conditions"),
        ("", "there is no expression in this text"),
        ("\ufeffa", "the invisible character U+FEFF means nothing here"),
        ("a ^ b", "`^` is not an operator here"),
    ],
)
def test_messages_speak_of_what_was_written(text: str, message: str) -> None:
    (finding,) = parse_expression(Source(text)).diagnostics
    assert finding.message == message
    check_wording(finding)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "# nothing yet", "#\r\n\t#"])
def test_a_text_without_an_expression_says_so_over_its_whole_length(text: str) -> None:
    assert findings(text) == [(Code.EMPTY_TEXT, text)]


def test_a_text_without_a_mapping_is_asked_for_one() -> None:
    (finding,) = parse_mapping(Source("# nothing yet")).diagnostics
    assert finding.message == "there is no mapping in this text"
    assert "{ id: userId }" in finding.help


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("a and and b", (Code.MISSING_OPERAND, "and"), "a and b"),
        ("a or  or\nb", (Code.MISSING_OPERAND, "or"), "a or  \nb"),
        ("a = = 1", (Code.MISSING_OPERAND, "="), "a = 1"),
        ("a in [1,, 2]", (Code.MISSING_OPERAND, ","), "a in [1,2]"),
        ("f(a,,b)", (Code.MISSING_OPERAND, ","), "f(a,b)"),
        ("[1, 2,]", (Code.MISSING_OPERAND, ","), "[1, 2]"),
        ("a in [1 ,\n] and b", (Code.MISSING_OPERAND, ","), "a in [1 \n] and b"),
    ],
)
def test_what_stands_twice_or_too_often_is_removed(
    text: str, found: Finding, meant: str
) -> None:
    check_mended(text, [found], meant)


# --- operators ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("a > = 1", (Code.SYNTAX, "> ="), "a >= 1"),
        ("a <\n= 1", (Code.SYNTAX, "<\n="), "a <= 1"),
        ("a = > 1", (Code.SYNTAX, "= >"), "a >= 1"),
        ("a = < 1", (Code.SYNTAX, "= <"), "a <= 1"),
        ("a ! = 1", (Code.SYNTAX, "! ="), "a != 1"),
        ("a < > 1", (Code.ANGLE_BRACKETS, "< >"), "a != 1"),
        ("a, b", (Code.COMMA_FOR_AND, ","), "a and b"),
        ("a,b", (Code.COMMA_FOR_AND, ","), "a and b"),
        ("a ,b", (Code.COMMA_FOR_AND, ","), "a and b"),
        ("a = 1 , b", (Code.COMMA_FOR_AND, ","), "a = 1 and b"),
        ("(a, b) or c", (Code.COMMA_FOR_AND, ","), "(a and b) or c"),
        ("a in (1, 2)", (Code.SYNTAX, "(1, 2)"), "a in [1, 2]"),
        (
            'a in ( "x,)" ,b.c,true)',
            (Code.SYNTAX, '( "x,)" ,b.c,true)'),
            'a in [ "x,)" ,b.c,true]',
        ),
        ("1 < x < 5", (Code.CHAINED_COMPARISON, "<"), "1 < x and x < 5"),
        ("f(a) < b < c", (Code.CHAINED_COMPARISON, "<"), "f(a) < b and b < c"),
        ("1 <= a.b < c", (Code.CHAINED_COMPARISON, "<"), "1 <= a.b and a.b < c"),
    ],
)
def test_operators_that_are_almost_right_are_mended(
    text: str, found: Finding, meant: str
) -> None:
    check_mended(text, [found], meant)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", [(Code.MISSING_OPERATOR, "b")]),
        ('a "x" and b', [(Code.MISSING_OPERATOR, '"x"')]),
        ("a = 1 b = 2", [(Code.MISSING_OPERATOR, "b")]),
        ("a = b c", [(Code.MISSING_OPERATOR, "c")]),
        ("(a) (b)", [(Code.MISSING_OPERATOR, "(")]),
        ("f(a)(b)", [(Code.MISSING_OPERATOR, "(")]),
        ("f(a b)", [(Code.MISSING_OPERATOR, "b")]),
        ("a in [1 2]", [(Code.MISSING_OPERATOR, "2")]),
        ("a !b", [(Code.MISSING_OPERATOR, "!")]),
        ("a b c", [(Code.MISSING_OPERATOR, "b"), (Code.MISSING_OPERATOR, "c")]),
        ("a = b = c", [(Code.CHAINED_COMPARISON, "=")]),
        ("a != = 1", [(Code.MISSING_OPERAND, "!=")]),
        (
            "a in (f(1), 2, 3) and b == 1",
            [(Code.SYNTAX, "("), (Code.DOUBLE_EQUALS, "==")],
        ),
    ],
)
def test_what_could_be_meant_in_several_ways_has_no_fix(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected
    assert parse_expression(Source(text)).diagnostics[0].edits == ()


def test_a_name_with_a_blank_is_shown_with_its_backslash() -> None:
    (finding,) = parse_expression(Source("properties.product name")).diagnostics
    assert finding.help.endswith(r"written `properties.product\ name`")


# --- several mistakes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a == 1 && b <> 2",
            [
                (Code.DOUBLE_EQUALS, "=="),
                (Code.AMPERSANDS, "&&"),
                (Code.ANGLE_BRACKETS, "<>"),
            ],
        ),
        (
            "(a = 1] and b = \u201cx\u201d or not c",
            [
                (Code.UNCLOSED_BRACKET, "]"),
                (Code.SMART_QUOTES, "\u201cx\u201d"),
                (Code.NOT_WORD, "not"),
            ],
        ),
        (
            "a = 1.2.3 and b..c = and d in [1, .5] or e[x]",
            [
                (Code.BAD_NUMBER, "1.2.3"),
                (Code.BAD_PATH, "b..c"),
                (Code.MISSING_OPERAND, "="),
                (Code.BAD_NUMBER, ".5"),
                (Code.BAD_PATH, "e[x]"),
            ],
        ),
        (
            "f(a, (b = 1) and c d == 2",
            [
                (Code.UNCLOSED_BRACKET, "("),
                (Code.MISSING_OPERATOR, "d"),
                (Code.DOUBLE_EQUALS, "=="),
            ],
        ),
        ("a = ) b", [(Code.UNEXPECTED_CLOSING, ")")]),
        ("@ # $ %", [(Code.BAD_CHARACTER, "@")]),
        ("a = @@@@ and b", [(Code.BAD_CHARACTER, "@")]),
        ("((((", [(Code.MISSING_OPERAND, "(")]),
        ("))))", [(Code.UNEXPECTED_CLOSING, ")")]),
    ],
)
def test_each_mistake_is_reported_once_and_none_for_another(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


TWELVE_IN_A_CONDITION = """\
a == 1
&& b <> 2
|| not c
and d = \u201cx\u201d
and e = .5
and f..g
and h = and i
and j k
and 1 < l < 2
and m, n
and (o = "p" and q = 1
and r = "s
"""
TWELVE_IN_A_MAPPING = """\
{
  a: b == c
  d: e && f,
  g = h
  i: j k: l
  m.n: o
  p: \u2018q\u2019
  r: "{{s + t}}"
  u: v ? w : x
  y: [1, 2
  z:
  yes: not a
  1: b
  c: $c, d: "e
}
"""
TWELVE_IN_A_PROGRAM = """\
sorce website { write_key: env("KEY") }}
destination crm webhook from website app {
  settings { a = 1 }
  filter internal when a { drop }
  filter "b" when c == 1 { drp }
  filter "d" when e and { drop, sample 0.5 }
  filter "f" when g { sample half by userId }
  filter "h" when i { drop_properties j [k l] }
  mapping "m" when n snd send { o: p }
  mapping "q" when type = "track" send send { r: (s
  mapping "t" when u send { v: w }
}
"""


def test_twelve_different_mistakes_in_a_condition_are_all_reported() -> None:
    assert findings(TWELVE_IN_A_CONDITION) == [
        (Code.DOUBLE_EQUALS, "=="),
        (Code.AMPERSANDS, "&&"),
        (Code.ANGLE_BRACKETS, "<>"),
        (Code.PIPES, "||"),
        (Code.NOT_WORD, "not"),
        (Code.SMART_QUOTES, "\u201cx\u201d"),
        (Code.BAD_NUMBER, ".5"),
        (Code.BAD_PATH, "f..g"),
        (Code.MISSING_OPERAND, "="),
        (Code.MISSING_OPERATOR, "k"),
        (Code.CHAINED_COMPARISON, "<"),
        (Code.COMMA_FOR_AND, ","),
        (Code.UNCLOSED_BRACKET, "("),
        (Code.UNTERMINATED_STRING, '"'),
    ]


def test_twelve_different_mistakes_in_a_mapping_are_all_reported() -> None:
    assert findings(TWELVE_IN_A_MAPPING, "mapping") == [
        (Code.DOUBLE_EQUALS, "=="),
        (Code.AMPERSANDS, "&&"),
        (Code.SYNTAX, "="),
        (Code.MISSING_SEPARATOR, "k"),
        (Code.BAD_PATH, "m.n"),
        (Code.SMART_QUOTES, "\u2018q\u2019"),
        (Code.BAD_TEMPLATE, "{{s + t}}"),
        (Code.BAD_CHARACTER, "?"),
        (Code.UNCLOSED_BRACKET, "["),
        (Code.MISSING_OPERAND, ":"),
        (Code.NOT_WORD, "not"),
        (Code.SYNTAX, "1"),
        (Code.BAD_PATH, "$c"),
        (Code.UNTERMINATED_STRING, '"'),
    ]


def test_twelve_different_mistakes_in_a_program_are_all_reported() -> None:
    assert findings(TWELVE_IN_A_PROGRAM, "program") == [
        (Code.SYNTAX, "sorce"),
        (Code.UNEXPECTED_CLOSING, "}"),
        (Code.SYNTAX, "webhook"),
        (Code.MISSING_SEPARATOR, "app"),
        (Code.SYNTAX, "="),
        (Code.SYNTAX, "internal"),
        (Code.DOUBLE_EQUALS, "=="),
        (Code.SYNTAX, "drp"),
        (Code.MISSING_OPERAND, "and"),
        (Code.SYNTAX, ","),
        (Code.BAD_NUMBER, "half"),
        (Code.MISSING_SEPARATOR, "l"),
        (Code.SYNTAX, "snd"),
        (Code.UNCLOSED_BRACKET, "("),
        (Code.SYNTAX, "{"),
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TWELVE_IN_A_CONDITION, "fql"),
        (TWELVE_IN_A_MAPPING, "mapping"),
        (TWELVE_IN_A_PROGRAM, "program"),
    ],
)
def test_many_mistakes_have_their_places_and_words(
    text: str, language: Language
) -> None:
    parsed = parse(language, text)
    check_places(parsed)
    for finding in parsed.diagnostics:
        check_wording(finding)


# --- a great many mistakes ---------------------------------------------------------

JUNK = [
    *("@", "(", "[", "{", "}", "!", '"', "'", "#", ".", ",", ";", "&", "=", "-", "`"),
    *("a b ", "1 2 ", "a, ", "a; ", "not ", "and ", "a.. ", "a[ ", "a( ", "\u201c"),
    *('"x"y\n', "'\\'\n", "a == b\n", "in (1, ", "{{", "a: b c ", "{ a: ", "}{"),
    *("if then else each ", 'filter "x" when ', "source a { ", "1,000 ", "a . "),
    *("\x00", "\r", "and" + " " * 400, '"{{ ', "$a ", "-- "),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", JUNK, ids=repr)
def test_64_kib_of_junk_are_read_to_an_end(piece: str, language: Language) -> None:
    """Reading gives up on a text in some other language, and always says something."""
    text = (piece * (MAX_TEXT // len(piece) + 1))[:MAX_TEXT]
    parsed = parse(language, text)
    found = parsed.diagnostics
    assert len(found) <= 1_002
    assert found or is_whole(parsed.root)
    assert len(arrange(found)) <= MAX_DIAGNOSTICS + 1
