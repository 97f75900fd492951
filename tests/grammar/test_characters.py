"""Characters that begin no token, and the spellings that they belong to."""

from __future__ import annotations

import pytest

from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source
from tests.grammar.reading import Finding, check_mended, findings

BAD = Code.BAD_CHARACTER


@pytest.mark.parametrize(
    ("text", "marked", "meant"),
    [
        ("a = 1;", ";", "a = 1"),
        ("a = 1 ;  # end\n# of it", ";", "a = 1   # end\n# of it"),
        ("a = 1; b", ";", "a = 1 and b"),
        ("a;b", ";", "a and b"),
        ("a = 1 // why", "//", "a = 1 # why"),
        ("// why, = so\na = 1", "//", "# why, = so\na = 1"),
        ("a = 1 -- why", "--", "a = 1 # why"),
        ("a = 1\n-- why\nand b", "--", "a = 1\n# why\nand b"),
    ],
)
def test_separators_and_comments_of_other_languages_are_mended(
    text: str, marked: str, meant: str
) -> None:
    check_mended(text, [(BAD, marked)], meant)


def test_semicolons_between_members_become_commas() -> None:
    check_mended(
        "{ a: b; c: d;\n e: f }", [(BAD, ";")] * 2, "{ a: b, c: d,\n e: f }", "mapping"
    )


def test_a_semicolon_between_actions_is_removed() -> None:
    check_mended(
        'destination a: b { filter "c" when d { drop; sample 0.5 } }',
        [(BAD, ";")],
        'destination a: b { filter "c" when d { drop sample 0.5 } }',
        "program",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 /* why = so */ and b == 1", [(BAD, "/*"), (Code.DOUBLE_EQUALS, "==")]),
        ("a /* and so on", [(BAD, "/*")]),
        ("a + b = 1", [(BAD, "+")]),
        ("a * (2 + 3) > b and c", [(BAD, "*")]),
        ("a - b.c / 2 = 1", [(BAD, "-")]),
        ("a % 2 = 1", [(BAD, "%")]),
        ("1 % 2 = a", [(BAD, "%")]),
        ("a ? b : c", [(BAD, "?")]),
        ("(a ? b : c) and d == 1", [(BAD, "?"), (Code.DOUBLE_EQUALS, "==")]),
        ('a ~ "x" and b', [(BAD, "~")]),
        ('a =~ "x" and b', [(BAD, "=~")]),
        ("a @ b", [(BAD, "@")]),
        ("@a = 1", [(BAD, "@")]),
        ("a = -b", [(BAD, "-")]),
        ("a: b", [(BAD, ":")]),
        ("a\\", [(BAD, "\\")]),
        ("a\x00= 1", [(BAD, "\x00")]),
        ("\u200ba = 1", [(BAD, "\u200b")]),
        ("a = \u0663", [(BAD, "\u0663")]),
        ("a = \U0001f600", [(BAD, "\U0001f600")]),
        ("a = '\ud800' and \ud800", [(BAD, "\ud800")]),
    ],
)
def test_a_character_that_means_nothing_is_marked(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text) == expected


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("a + 1", "compare values as they are; nothing is calculated"),
        ("a ? b : c", "write `(a and b) or (!a and c)` for `a ? b : c`"),
        ('a ~ "x"', 'write `match(field, "pattern*")`'),
        ("a: b", "write `=` between a field and a value"),
        ("a @ b", "remove it; in the name of a field, write a backslash before it"),
        ("a\\", "remove it; a backslash stands before the character that it escapes"),
        ("\ufeffa", "remove it, or type the text around it anew"),
        ("a; b", "write `and`, or `or` if one of them is enough"),
        ("a // b", "write `#` before a comment, on each of its lines"),
    ],
)
def test_help_says_what_to_type_instead(text: str, help_: str) -> None:
    assert parse_expression(Source(text)).diagnostics[0].help == help_


def test_an_alternative_has_a_form_of_its_own_in_a_mapping() -> None:
    parsed = parse_mapping(Source("{ a: b ? c : d, e: f }"))
    (finding,) = parsed.diagnostics
    assert finding.help.startswith("write `if a then b else c`")
