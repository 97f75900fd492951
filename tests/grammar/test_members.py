"""Objects and what programs declare: keys, separators, names, missing pieces."""

from __future__ import annotations

import pytest

from fql.grammar import nodes
from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_mapping, parse_program
from fql.grammar.source import Source
from tests.grammar.reading import Finding, check_mended, findings

SYNTAX = Code.SYNTAX
MISSING = Code.MISSING_OPERAND
SEPARATOR = Code.MISSING_SEPARATOR


def in_destination(text: str) -> str:
    return f"destination a: b {{ {text} }}"


def in_filter(text: str) -> str:
    return in_destination(f'filter "c" when d {{ {text} }}')


# --- objects -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "meant"),
    [
        ("{ a: b c: d }", [(SEPARATOR, "c")], "{ a: b, c: d }"),
        ('{ a: b "c": d }', [(SEPARATOR, '"c"')], '{ a: b, "c": d }'),
        ("{ a b, c d }", [(SEPARATOR, "b"), (SEPARATOR, "d")], "{ a, b, c, d }"),
        ("{ a: {b: c} d }", [(SEPARATOR, "d")], "{ a: {b: c}, d }"),
        ("{ a: $ b }", [(SEPARATOR, "b")], "{ a: $, b }"),
        ("{ a: b,, c: d }", [(MISSING, ",")], "{ a: b,c: d }"),
        ("{ a = b }", [(SYNTAX, "=")], "{ a : b }"),
        (
            "{ a == b\n 'c' => d }",
            [(SYNTAX, "=="), (SYNTAX, "=>")],
            "{ a : b\n 'c' : d }",
        ),
        (
            "{ 1: a, -2.5: b }",
            [(SYNTAX, "1"), (SYNTAX, "-2.5")],
            '{ "1": a, "-2.5": b }',
        ),
        ("{ 12px: a }", [(SYNTAX, "12px")], '{ "12px": a }'),
        ("{ a.b: c }", [(Code.BAD_PATH, "a.b")], '{ "a.b": c }'),
        ("{ a[0].b: c }", [(Code.BAD_PATH, "a[0].b")], '{ "a[0].b": c }'),
        ("{ a: if b then c els d }", [(SYNTAX, "els")], "{ a: if b then c else d }"),
        ("{ a: if b THEN c }", [(SYNTAX, "THEN")], "{ a: if b then c }"),
        ("{ a: iff b then c, d }", [(SYNTAX, "iff")], "{ a: if b then c, d }"),
        ("{ a: for b { c: d } e }", [(SYNTAX, "for")], None),
    ],
)
def test_a_member_that_is_almost_right_is_mended(
    text: str, expected: list[Finding], meant: str | None
) -> None:
    if meant is None:
        assert findings(text, "mapping") == expected
    else:
        check_mended(text, expected, meant, "mapping")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a: }", [(MISSING, ":")]),
        ("{ a: , b: c }", [(MISSING, ":")]),
        ("{ a:\n b: c }", [(MISSING, ":")]),
        ("{ a:\n 'b': c }", [(MISSING, ":")]),
        ("{ a: b =\n c: d }", [(MISSING, "=")]),
        ("{ a: b ??\n c: d }", [(MISSING, "??")]),
        ("{ a: : b }", [(MISSING, ":")]),
        ("{ a: f(b:), c: d }", [(MISSING, ":")]),
        ("{ a: if then b }", [(MISSING, "if")]),
        ("{ a: if b then else c }", [(MISSING, "then")]),
        ("{ a: if b then c else }", [(MISSING, "else")]),
        ("{ a: each { b: c } }", [(MISSING, "each")]),
        ("{ : a }", [(SYNTAX, ":")]),
        ('{ "a" "b" }', [(SYNTAX, '"b"')]),
        ('{ "a" }', [(SYNTAX, "}")]),
        ("{ a b.c }", [(SYNTAX, "b")]),
        ("{ a f(b) }", [(SYNTAX, "f")]),
        ("{ a: if b c else d }", [(SYNTAX, "c")]),
        ("{ a: if b else c }", [(SYNTAX, "else")]),
        ("{ a: each b c: d }", [(SYNTAX, "c")]),
        ("{ a: each b }", [(SYNTAX, "}")]),
        ("{ a: f(b c: d) }", [(Code.MISSING_OPERATOR, "c")]),
        ("{ a: f(b == c) }", [(Code.DOUBLE_EQUALS, "==")]),
        ('{ a["b"]: c }', [(Code.BAD_PATH, 'a["b"]')]),
        ("{ a: f(b, c: d e: f) }", [(Code.MISSING_OPERATOR, "e")]),
        ("{ a: f(b e.f) }", [(Code.MISSING_OPERATOR, "e.f")]),
        ("{ a: then b }", [(MISSING, ":")]),
        ("{ true, a }", [(SYNTAX, "true")]),
        ("{ and }", [(SYNTAX, "and")]),
        ("{ a, not, then }", [(SYNTAX, "not"), (SYNTAX, "then")]),
        ("a: b", [(SYNTAX, "a:")]),
        ('"a": b, c: d', [(SYNTAX, '"a":')]),
        ("{ a: b } { c: d }", [(Code.MISSING_OPERATOR, "{")]),
    ],
)
def test_a_member_that_lacks_something_is_marked_there(
    text: str, expected: list[Finding]
) -> None:
    assert findings(text, "mapping") == expected


@pytest.mark.parametrize(
    "text",
    [
        "{ true: 1, FALSE: 2, null: 3, and: 4, or : 5, In: 6, not: 7 }",
        "{ if: 1, then: 2, else: 3, each: 4, source: 5, filter: 6, when: 7 }",
        "{ if, each, source, when }",
        "{\n a\n b: c\n 'd': e,\n f\n}",
        "{ a: if b then c\n d: e }",
        "{ a: each b { c }\n d: each each e { f } { g } }",
        "{ a: each { b: c } { d } }",
        "{ 'a': 1, \"\": 2, a\\ b: 3, a-b: 4, }",
        "{ workspace\n settings\n mapping\n 'x': y }",
        "{ a: f(b, c: d, and: e) }",
    ],
)
def test_unusual_members_are_right(text: str) -> None:
    assert findings(text, "mapping") == []


def test_a_key_may_be_any_word_and_a_shorthand_any_field() -> None:
    tree = parse_mapping(Source(r"{ true: a, \and, b }")).root
    assert isinstance(tree, nodes.Object)
    assert [(each.key, each.value) for each in tree.members] == [
        ("true", nodes.Path(("a",), span=tree.span)),
        ("and", nodes.Path(("and",), span=tree.span)),
        ("b", nodes.Path(("b",), span=tree.span)),
    ]


# --- declarations ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "meant"),
    [
        ("sorce a { }", [(SYNTAX, "sorce")], "source a { }"),
        ("SOURCE a { }", [(SYNTAX, "SOURCE")], "source a { }"),
        ("disabled source a { }", [(SYNTAX, "disabled")], "source a { }"),
        (
            in_destination("disabled settings { }"),
            [(SYNTAX, "disabled")],
            in_destination("settings { }"),
        ),
        (
            in_destination("disabled delivery { }"),
            [(SYNTAX, "disabled")],
            in_destination("delivery { }"),
        ),
        ('source "a-b" { }', [(SYNTAX, '"a-b"')], "source a-b { }"),
        ("destination a = b { }", [(SYNTAX, "=")], "destination a : b { }"),
        ("destination a: 'b' { }", [(SYNTAX, "'b'")], "destination a: b { }"),
        (
            "destination a: b from c d { }",
            [(SEPARATOR, "d")],
            "destination a: b from c, d { }",
        ),
        ("source a { } , source b { }", [(SYNTAX, ",")], "source a { }  source b { }"),
        (
            in_destination("mappin 'c' when d send e { }"),
            [(SYNTAX, "mappin")],
            in_destination("mapping 'c' when d send e { }"),
        ),
        (
            in_destination("filter c when d { drop }"),
            [(SYNTAX, "c")],
            in_destination('filter "c" when d { drop }'),
        ),
        (
            in_destination("filter no more PII when d { drop }"),
            [(SYNTAX, "no more PII")],
            in_destination('filter "no more PII" when d { drop }'),
        ),
        (
            in_destination('mapping "c" when d snd e { }'),
            [(SYNTAX, "snd")],
            in_destination('mapping "c" when d send e { }'),
        ),
        (in_filter("drp"), [(SYNTAX, "drp")], in_filter("drop")),
        (in_filter("sample .5"), [(Code.BAD_NUMBER, ".5")], in_filter("sample 0.5")),
        (
            in_filter("sample 1 by e..f drop"),
            [(Code.BAD_PATH, "e..f")],
            in_filter("sample 1 by e.f drop"),
        ),
        (
            in_filter("drop, drop_properties e [f g,, h]"),
            [(SYNTAX, ","), (SEPARATOR, "g"), (MISSING, ",")],
            in_filter("drop drop_properties e [f, g,h]"),
        ),
    ],
)
def test_a_declaration_that_is_almost_right_is_mended(
    text: str, expected: list[Finding], meant: str
) -> None:
    check_mended(text, expected, meant, "program")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source", "a name is missing before the end of the text"),
        ("source { }", "a name is missing before `{`"),
        ("source a", "`{` is missing before the end of the text"),
        ("source a.b { }", "`a.b` cannot be a name"),
        ("foo { a: b }", "`foo` cannot stand here"),
        ("destination a b { }", "`:` is missing before `b`"),
        ("destination a: b", "`{` is missing before the end of the text"),
        ("destination a: b from { }", "a name is missing before `{`"),
        ("destination a: b from c, { }", "a name is missing before `{`"),
        ("destination 'a b': c { }", "a name is missing before `'a b'`"),
        (in_destination("a: 1"), "`a` cannot stand here"),
        (in_destination("settings a: 1"), "`{` is missing before `a`"),
        (
            in_destination("filter when c { drop }"),
            "a title in quotes is missing before `when`",
        ),
        (in_destination('filter "c" { drop }'), "`when` is missing before `{`"),
        (in_destination('filter "c" d = 1 { drop }'), "`when` is missing before `d`"),
        (
            in_destination('filter "c" when { drop }'),
            "a value is missing between `when` and `{`",
        ),
        (
            in_destination('filter "c" when d = { drop }'),
            "a value is missing between `=` and `{`",
        ),
        (in_destination('filter "c" when d drop'), "`{` is missing before `drop`"),
        (
            in_destination('filter "c" when d sample 1 }'),
            "`{` is missing before `sample`",
        ),
        (in_destination('mapping "c" when d e { }'), "`send` is missing before `e`"),
        (
            in_destination('mapping "c" when d { e: f }'),
            "`send` with an action is missing before `{`",
        ),
        (in_destination('mapping "c" when d send { }'), "a name is missing before `{`"),
        (in_destination('mapping "c" when d send e'), "`{` is missing before `}`"),
        (
            in_destination('mapping "c" when d and send e { }'),
            "a value is missing before `send`",
        ),
        (
            in_destination('mapping "c" when send e { }'),
            "a value is missing before `send`",
        ),
        (in_destination('disabled "c" when d { }'), '`"c"` cannot stand here'),
        (
            in_destination('enabled filter "c" when d { }'),
            "`enabled` cannot stand here",
        ),
        (in_destination("filter 'c when d { drop }"), "this string is never closed"),
        (in_filter("sample"), "a number is missing before `}`"),
        (in_filter("sample by e"), "a number is missing before `by`"),
        (in_filter("sample half by e"), "`half` is not a number"),
        (in_filter('sample "1"'), '`"1"` is not a number'),
        (in_filter("sample 50% by e"), "`50%` is not a number"),
        (in_filter("sample 1 e"), "`by` is missing before `e`"),
        (in_filter("sample 1 by"), "a field is missing before `}`"),
        (in_filter("drop_properties"), "a field is missing before `}`"),
        (in_filter("drop_properties [e]"), "a field is missing before `[`"),
        (in_filter("drop_properties e"), "`[` is missing before `}`"),
        (in_filter("drop_properties e f"), "`[` is missing before `f`"),
        (in_filter("drop_properties e (f)"), "`[` is missing before `(`"),
        (in_filter("drop_properties e []"), "a field is missing before `]`"),
        (in_filter("drop_properties e [f"), "this `[` is not closed before `}`"),
        (in_filter("drop_properties e. [f]"), "`e.` is not a path"),
    ],
)
def test_a_declaration_that_lacks_something_says_what(text: str, message: str) -> None:
    (finding,) = parse_program(Source(text)).diagnostics
    assert finding.message == message
    assert finding.edits == ()


PROGRAM = """\
destination crm : hook from web { settings { x : y } filter "x" when ( a = [ 1 ] )
{ drop_properties b [ c ] sample 0.5 by d } mapping "y" when a and b send s
{ e : f ( g ) , h : each i { j : k } , l : if m then n else o } } source p { q }
"""


@pytest.mark.parametrize("count", range(1, len(PROGRAM.split())))
def test_a_program_may_break_off_anywhere(count: int) -> None:
    """The end is complained of at most once, and what was read before it is kept."""
    text = " ".join(PROGRAM.split()[:count])
    parsed = parse_program(Source(text))
    assert len(parsed.diagnostics) <= 1
    assert parsed.root.declarations
    assert text.rstrip().endswith("}") or parsed.diagnostics


def test_names_of_properties_may_be_keywords() -> None:
    assert (
        findings(in_filter("drop_properties e [in, not, drop, by, 'x y',]"), "program")
        == []
    )
