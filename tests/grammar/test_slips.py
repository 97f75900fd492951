"""Slips: what other languages write, quotes, numbers and paths that do not end well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code
from fql.grammar.edits import apply_edits
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source
from tests.grammar.reading import Finding, check_mended, findings, is_whole

if TYPE_CHECKING:
    from collections.abc import Callable

# --- operators ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("a == 1", (Code.DOUBLE_EQUALS, "=="), "a = 1"),
        ("a==1", (Code.DOUBLE_EQUALS, "=="), "a=1"),
        ("a === 1", (Code.DOUBLE_EQUALS, "==="), "a = 1"),
        ("a !== 1", (Code.DOUBLE_EQUALS, "!=="), "a != 1"),
        ("a <> 1", (Code.ANGLE_BRACKETS, "<>"), "a != 1"),
        ("a && b", (Code.AMPERSANDS, "&&"), "a and b"),
        ("a&&b", (Code.AMPERSANDS, "&&"), "a and b"),
        ("(a)&&(b)", (Code.AMPERSANDS, "&&"), "(a) and (b)"),
        ("a & b", (Code.AMPERSANDS, "&"), "a and b"),
        ("a || b", (Code.PIPES, "||"), "a or b"),
        ("a |b", (Code.PIPES, "|"), "a or b"),
        ("a => 1", (Code.SYNTAX, "=>"), "a >= 1"),
        ("a =< 1", (Code.SYNTAX, "=<"), "a <= 1"),
    ],
)
def test_operators_of_other_languages_have_their_own_here(
    text: str, found: Finding, meant: str
) -> None:
    check_mended(text, [found], meant)


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("not a", "not", "!a"),
        ("NOT a and b", "NOT", "!a and b"),
        ("not (a = 1)", "not", "!(a = 1)"),
        ('not contains(a, ")")', "not", '!contains(a, ")")'),
        ("not(a or b) and c", "not", "!(a or b) and c"),
        ("a = not b", "not", "a = !b"),
        ("not a = 1", "not", "!(a = 1)"),
        ("a and not b.c in [1, 2] or d", "not", "a and !(b.c in [1, 2]) or d"),
        ('not lowercase(a) = "x" and b', "not", '!(lowercase(a) = "x") and b'),
        ("not (a = 1) != true", "not", "!((a = 1) != true)"),
        ("not a >= -2.5", "not", "!(a >= -2.5)"),
        ("(not a)", "not", "(!a)"),
        ("a not in [1, 2]", "not", "!(a in [1, 2])"),
        ('b and a.c not in ["x"] or d', "not", 'b and !(a.c in ["x"]) or d'),
    ],
)
def test_not_is_an_exclamation_mark_around_what_it_negates(
    text: str, word: str, meant: str
) -> None:
    check_mended(text, [(Code.NOT_WORD, word)], meant)


@pytest.mark.parametrize(
    "text", ["not", "a not", "not a b", "a not (b)", "not (a", "not a < b < c"]
)
def test_not_is_reported_without_a_fix_where_its_reach_is_not_plain(text: str) -> None:
    first, *_ = parse_expression(Source(text)).diagnostics
    assert first.code is Code.NOT_WORD
    assert first.edits == ()
    assert "!( ... )" in first.help


def test_a_name_may_begin_with_not() -> None:
    assert findings("notes = 1 and not_a and not.b and a.not") == []


# --- strings -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quoted", "meant"),
    [
        ("a = \u201cx\u201d", "\u201cx\u201d", 'a = "x"'),
        ("a = \u201ex\u201c", "\u201ex\u201c", 'a = "x"'),
        ("a = \u201dx\u201d and b", "\u201dx\u201d", 'a = "x" and b'),
        ("a = \u00abx\u00bb", "\u00abx\u00bb", 'a = "x"'),
        ("a = \u00bbx\u00ab", "\u00bbx\u00ab", 'a = "x"'),
        ("a = \u2018x\u2019", "\u2018x\u2019", 'a = "x"'),
        ("a = \u201ax\u2018", "\u201ax\u2018", 'a = "x"'),
        ("a = `x y`", "`x y`", 'a = "x y"'),
        ("a = \u00b4x\u00b4", "\u00b4x\u00b4", 'a = "x"'),
        ('a = \u201cx"', '\u201cx"', 'a = "x"'),
        ('a = "x\u201d', '"x\u201d', 'a = "x"'),
        ("a = 'x\u2019 and b", "'x\u2019", "a = 'x' and b"),
        ("a = \u2018x'", "\u2018x'", 'a = "x"'),
        (
            "a = \u2018it\u2019s\u2019 and b",
            "\u2018it\u2019s\u2019",
            'a = "it\u2019s" and b',
        ),
        ("a = \u2018it's\u2019", "\u2018it's\u2019", 'a = "it\'s"'),
        ('a = \u201csay "hi"\u201d', '\u201csay "hi"\u201d', r'a = "say \"hi\""'),
        ("a = \u201cx\\*\u201d", "\u201cx\\*\u201d", r'a = "x\*"'),
        ("a = \u201cx\\\u201d", "\u201cx\\\u201d", r'a = "x\\"'),
        ('a = \u201c\\"\u201d', '\u201c\\"\u201d', r'a = "\""'),
        ("a = \u201c\u201d", "\u201c\u201d", 'a = ""'),
    ],
)
def test_other_quotes_become_straight_ones_and_escapes_stay(
    text: str, quoted: str, meant: str
) -> None:
    check_mended(text, [(Code.SMART_QUOTES, quoted)], meant)


def test_quotes_that_keep_braces_plain_stay_single() -> None:
    check_mended(
        "{ a: \u2018{{b}}\u2019 }",
        [(Code.SMART_QUOTES, "\u2018{{b}}\u2019")],
        "{ a: '{{b}}' }",
        "mapping",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = \u201cx", [(Code.SMART_QUOTES, "\u201c")]),
        ("a = x\u201d", [(Code.SMART_QUOTES, "\u201d")]),
        (
            "a = x\u201d and b == 1",
            [(Code.SMART_QUOTES, "\u201d"), (Code.DOUBLE_EQUALS, "==")],
        ),
        ("(a = \u201cx)", [(Code.SMART_QUOTES, "\u201c")]),
        ("a = x\u2019s", [(Code.SMART_QUOTES, "\u2019")]),
    ],
)
def test_a_typographic_quote_without_a_partner_is_reported_alone(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


def test_typographic_quotes_in_a_string_are_text() -> None:
    assert findings("a = 'it\u2019s \u201cx\u201d'") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = "x', [(Code.UNTERMINATED_STRING, '"')]),
        ("a = 'x", [(Code.UNTERMINATED_STRING, "'")]),
        ('"', [(Code.UNTERMINATED_STRING, '"')]),
        ('a = "x\\"', [(Code.UNTERMINATED_STRING, '"')]),
        ('(a = "x) and f(b', [(Code.UNTERMINATED_STRING, '"')]),
        ('a in ["x, 1]', [(Code.UNTERMINATED_STRING, '"')]),
        (
            'a = "x\nand b == 1',
            [(Code.UNTERMINATED_STRING, '"'), (Code.DOUBLE_EQUALS, "==")],
        ),
        (
            'f(a, "x)\nand (b',
            [(Code.UNTERMINATED_STRING, '"'), (Code.UNCLOSED_BRACKET, "(")],
        ),
    ],
)
def test_an_open_string_ends_with_its_line_and_hides_its_brackets(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = "x and b = "y"', [(Code.UNTERMINATED_STRING, '"')]),
        ('a = "it"s" and b', [(Code.UNTERMINATED_STRING, '"')]),
        ("a = 'don't'", [(Code.UNTERMINATED_STRING, "'")]),
        ('a = "x""y"', [(Code.UNTERMINATED_STRING, '"')]),
        ('a = ""x"" and b', [(Code.UNTERMINATED_STRING, '"')]),
        ('f("a"b, "c")', [(Code.UNTERMINATED_STRING, '"')]),
        (
            'a = "x"y" and b == 1',
            [(Code.UNTERMINATED_STRING, '"'), (Code.DOUBLE_EQUALS, "==")],
        ),
        (
            'a = "x\nand b = "y"\nand c == 1',
            [(Code.UNTERMINATED_STRING, '"'), (Code.DOUBLE_EQUALS, "==")],
        ),
    ],
)
def test_a_quote_inside_a_string_is_found_at_the_word_behind_it(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


def test_a_string_that_swallows_lines_is_marked_where_it_begins() -> None:
    (finding,) = parse_expression(Source('a = "x\nand b = "y"')).diagnostics
    (label,) = finding.labels
    assert finding.span == (4, 5)
    assert label.span == (15, 16)
    assert label.text == "it ends here, right before `y`"


# --- numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "meant"),
    [
        ("a > .5", ".5", "a > 0.5"),
        ("a > -.5", "-.5", "a > -0.5"),
        ("a > 5. and b", "5.", "a > 5 and b"),
        ("a > 1,000", "1,000", "a > 1000"),
        ("a > -1,000,000 and b", "-1,000,000", "a > -1000000 and b"),
        ("a > - 5", "- 5", "a > -5"),
        ("a > $10", "$10", "a > 10"),
        ("a > $ 10", "$", None),
    ],
)
def test_a_number_that_is_almost_one_is_mended(
    text: str, number: str, meant: str | None
) -> None:
    if meant is None:
        assert findings(text)[0] == (Code.MAPPING_SYNTAX, number)
    else:
        check_mended(text, [(Code.BAD_NUMBER, number)], meant)


@pytest.mark.parametrize(
    ("text", "number", "says"),
    [
        ("a = 1.2.3", "1.2.3", 'write `"1.2.3"`'),
        ("a = 1e", "1e", "`1e6`"),
        ("a = 12px", "12px", "digits"),
        ("a = 1_000", "1_000", "digits"),
        ("a = 0x1F", "0x1F", "digits"),
        ("a = 1.e5", "1.e5", "digits"),
        ("a = 1e5.5", "1e5.5", "digits"),
        ("a = 9" + "\u0663", "9\u0663", "digits"),
        ("a < 50%", "50%", "`0.5`"),
        ("a < 1e3%", "1e3%", "`10`"),
        ("a < 12.5% and b", "12.5%", "`0.125`"),
    ],
)
def test_what_only_begins_like_a_number_is_none(
    text: str, number: str, says: str
) -> None:
    assert findings(text) == [(Code.BAD_NUMBER, number)]
    (finding,) = parse_expression(Source(text)).diagnostics
    assert says in finding.help
    assert finding.edits == ()


def test_a_comma_in_a_list_separates_numbers() -> None:
    assert findings("a in [1,000] or f(1,000)") == []


def test_a_comma_in_a_number_of_an_object_is_found() -> None:
    check_mended("{ a: 1,000, b: 2 }", [(Code.BAD_NUMBER, "1,000")], None, "mapping")


# --- paths -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        ("a..b = 1", "a..b", "a.b = 1"),
        ("a.b...c.d = 1", "a.b...c.d", "a.b.c.d = 1"),
        ('a["x"] = 1', 'a["x"]', "a.x = 1"),
        ("a['0'].b = 1", "a['0'].b", "a.0.b = 1"),
        ('a.["x y"][0] = 1', 'a.["x y"][0]', r"a.x\ y[0] = 1"),
        ('a["-b"] = 1', 'a["-b"]', r"a.\-b = 1"),
        ("a.[0] = 1", "a.[0]", "a[0] = 1"),
        ("a[ 0 ] = 1", "a[ 0 ]", "a[0] = 1"),
        ("a[0]b = 1", "a[0]b", "a[0].b = 1"),
        ("a . b = 1", "a . b", "a.b = 1"),
        ("a. b.c = 1", "a. b.c", "a.b.c = 1"),
        ("x and a .b = 1", "a .b", "x and a.b = 1"),
        (".a = 1", ".", "a = 1"),
        ("f(.a, b)", ".", "f(a, b)"),
    ],
)
def test_a_path_that_is_almost_one_is_mended(
    text: str, written: str, meant: str
) -> None:
    check_mended(text, [(Code.BAD_PATH, written)], meant)


@pytest.mark.parametrize(
    ("text", "written", "says"),
    [
        ("a.b. = 1", "a.b.", "remove the dot"),
        ("a. and b", "a.", "remove the dot"),
        ("a.", "a.", "remove the dot"),
        ("a.b.(c)", "a.b.", "remove the dot"),
        ("a.-b = 1", "a.-b", "after a dot"),
        ("a[b] = 1", "a[b]", "an index is a number"),
        ("a[0 = 1", "a[0", "an index is a number"),
        ("a[-1] = 1", "a[-1]", "from the start"),
        ("a[*].b = 1", "a[*].b", "any(a"),
        ("a[].b = 1", "a[].b", "any(a"),
        ("a[0]b[x] = 1", "a[0]b[x]", "put a dot"),
    ],
)
def test_what_only_begins_like_a_path_is_none(
    text: str, written: str, says: str
) -> None:
    assert findings(text) == [(Code.BAD_PATH, written)]
    (finding,) = parse_expression(Source(text)).diagnostics
    assert says in finding.help
    assert finding.edits == ()


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        ("{ a: $b }", "$b", "{ a: $.b }"),
        ("{ a: $..b }", "$..b", "{ a: $.b }"),
        ("{ a: $[0]b }", "$[0]b", "{ a: $[0].b }"),
        ("{ a: $.b[ 1 ] }", "$.b[ 1 ]", "{ a: $.b[1] }"),
    ],
)
def test_a_path_from_the_event_is_mended(text: str, written: str, meant: str) -> None:
    check_mended(text, [(Code.BAD_PATH, written)], meant, "mapping")


@pytest.mark.parametrize("text", ["{ a: $.b. }", "{ a: $.b.(c) }", "{ a: b.(c) }"])
def test_what_is_no_path_leaves_a_part_invalid(text: str) -> None:
    parsed = parse_mapping(Source(text))
    assert [finding.code for finding in parsed.diagnostics][:1] == [Code.BAD_PATH]
    assert not is_whole(parsed.root)


# --- mappings in conditions --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("a ?? b = 1", "??"),
        ("$ = 1", "$"),
        ("{a: {b: 1}, c: 2} = 1", "{a: {b: 1}, c: 2}"),
        ("{a: 1", "{a: 1"),
        ("if a then b == c", "if"),
        ("each a { b }", "each"),
    ],
)
def test_what_only_mappings_hold_is_named_as_that(text: str, marked: str) -> None:
    assert findings(text) == [(Code.MAPPING_SYNTAX, marked)]


def test_a_path_from_the_event_is_a_plain_path_in_a_condition() -> None:
    check_mended("$.a.b = 1", [(Code.MAPPING_SYNTAX, "$.")], "a.b = 1")


# --- a slip anywhere ---------------------------------------------------------------

RIGHT = 'type = "track" and (a.b >= 10 or !contains(event, "x")) and c in [1, 2]'
SLIPS: dict[str, Callable[[str], str]] = {
    "==": lambda text: text.replace(" = ", " == "),
    "&&": lambda text: text.replace(" and (", " && ("),
    "||": lambda text: text.replace(" or ", "||"),
    "not": lambda text: text.replace("!", "not "),
    "curved": lambda text: text.replace('"track"', "\u201ctrack\u201d"),
    "dots": lambda text: text.replace("a.b", "a..b"),
    "split": lambda text: text.replace(">=", "> ="),
    "fraction": lambda text: text.replace("10", "10."),
    "parentheses": lambda text: text.replace("[1, 2]", "(1, 2)"),
    "case": lambda text: text.replace(" in ", " IN "),
    "comma": lambda text: text.replace(" and c", ", c"),
    "bracket": lambda text: text.replace("))", ")]"),
    "closing": lambda text: text.replace("2]", "2])"),
}


@settings(max_examples=100)
@given(st.sets(st.sampled_from(sorted(SLIPS)), min_size=1, max_size=6))
def test_every_slip_of_several_is_found_and_mended(names: set[str]) -> None:
    """Independent slips: each is found, and all fixes together give what was meant."""
    text = RIGHT
    for name in sorted(names):
        text = SLIPS[name](text)
    found = parse_expression(Source(text)).diagnostics
    assert len(found) == len(names)
    mended = parse_expression(Source(apply_edits(text, found)))
    assert mended.diagnostics == ()
    assert mended.root == parse_expression(Source(RIGHT)).root
