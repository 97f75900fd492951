"""Declarations that begin in the middle of others."""

from __future__ import annotations

import pytest

from fql.grammar import nodes
from fql.grammar.diagnostics import Code
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from tests.grammar.reading import Finding, findings, is_whole

UNCLOSED = Code.UNCLOSED_BRACKET

NEXT = 'mapping "next" when a == 1 send b { }'
"""A declaration with a mistake of its own, which must be found."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('filter "c" when d { drop', (UNCLOSED, "{")),
        ('filter "c" when d { sample 0.5 by e', (UNCLOSED, "{")),
        ('filter "c" when d { drop_properties e [f, g', (UNCLOSED, "[")),
        ('filter "c" when d', (Code.SYNTAX, "mapping")),
        ('filter "c" when d = 1 and', (Code.MISSING_OPERAND, "and")),
        ('filter "c" when (d = 1', (UNCLOSED, "(")),
        ('filter "c" when f(d, [1', (UNCLOSED, "[")),
        ('filter "c" when', (Code.MISSING_OPERAND, "when")),
        ('filter "c"', (Code.SYNTAX, "mapping")),
        ('mapping "c" when d send e { f: g', (UNCLOSED, "{")),
        ('mapping "c" when d send e { f: { g: h', (UNCLOSED, "{")),
        ('mapping "c" when d send e { f: [g, h', (UNCLOSED, "[")),
        ('mapping "c" when d send e { f:', (Code.MISSING_OPERAND, ":")),
        ('mapping "c" when d send e { f: g and', (Code.MISSING_OPERAND, "and")),
        ('mapping "c" when d send e { f: (g', (UNCLOSED, "(")),
        ('mapping "c" when d send e { f: each g', (Code.SYNTAX, "mapping")),
        ('mapping "c" when d send e {', (UNCLOSED, "{")),
        ('mapping "c" when d send e', (Code.SYNTAX, "mapping")),
        ('mapping "c" when d send', (Code.SYNTAX, "mapping")),
        ('mapping "c" when d', (Code.SYNTAX, "mapping")),
        ("settings { c: d", (UNCLOSED, "{")),
        ("settings {", (UNCLOSED, "{")),
        ("delivery {", (UNCLOSED, "{")),
        ('filter "c" when d = "e { drop }', (Code.UNTERMINATED_STRING, '"')),
        ('filter "c when d { drop }', (Code.UNTERMINATED_STRING, '"')),
        ('mapping "c" when d send e { f: "g }', (Code.UNTERMINATED_STRING, '"')),
    ],
)
def test_what_is_cut_short_ends_where_the_next_declaration_begins(
    text: str, expected: Finding
) -> None:
    whole = f"destination a: b {{\n  {text}\n  {NEXT}\n}}\nsource c {{ }}"
    assert findings(whole, "program") == [expected, (Code.DOUBLE_EQUALS, "==")]
    destination, source = parse_program(Source(whole)).root.declarations
    assert isinstance(destination, nodes.DestinationDeclaration)
    assert destination.mappings[-1].title.text == "next"
    assert is_whole(destination.mappings[-1])
    assert isinstance(source, nodes.SourceDeclaration)


@pytest.mark.parametrize(
    "text",
    [
        "source a { b: c",
        "source a {",
        "source a",
        "workspace { plan: self_service",
        'destination a: b { settings { c: env("D") ',
        'destination a: b { filter "c" when d { drop',
        'destination a: b { filter "c" when d ',
        'destination a: b { mapping "c" when d send e { f: { g: h ',
        "destination a: b",
        "destination a",
    ],
)
@pytest.mark.parametrize(
    "following",
    ["source x { }", "destination x: y { }", "disabled destination x: y { }"],
)
def test_what_is_cut_short_ends_before_the_next_source_or_destination(
    text: str, following: str
) -> None:
    parsed = parse_program(Source(f"{text}\n{following}"))
    assert len(parsed.diagnostics) == 1
    assert len(parsed.root.declarations) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{ filter, mapping: source, settings\n workspace\n disabled }",
        "{ a: each settings { b: c }, d: each workspace { e } }",
        "{ a: source\n source: b\n destination: c\n 'filter': d }",
    ],
)
def test_the_words_of_declarations_are_names_in_bodies(text: str) -> None:
    program = (
        f'destination a: b {{ mapping "c" when mapping = filter send send {text} }}'
    )
    assert findings(program, "program") == []


@pytest.mark.parametrize(
    "word", ["settings", "delivery", "workspace", "filter", "mapping"]
)
def test_the_words_of_declarations_are_names_everywhere(word: str) -> None:
    program = (
        f"destination {word}: {word} from {word} {{ settings {{ {word}: {word} }} "
        f'filter "{word}" when {word} {{ drop_properties {word} [{word}] }} '
        f'mapping "{word}" when {word} send {word} {{ {word}, a: {word} }} }}'
    )
    assert findings(program, "program") == []


def test_the_words_of_enrichments_are_names_everywhere() -> None:
    text = (
        'enrich enrich from table "table" in env("on") on on = every every 1 every '
        "destination table: on from every { settings { enrich: every, on, table } }"
    )
    assert findings(text, "program") == []


def test_an_enrichment_in_a_destination_is_told_once() -> None:
    text = 'destination a: b { enrich c from "d.csv" on e = f }'
    assert findings(text, "program") == [(UNCLOSED, "{")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('enrich a "b.csv" on c = d', (Code.SYNTAX, '"b.csv"')),
        ('enrich a from "b.csv" c = d', (Code.SYNTAX, "c")),
        ('enrich a from "b.csv" on c == d', (Code.DOUBLE_EQUALS, "==")),
        ('enrich a from "b.csv" on c = d every 2', (Code.SYNTAX, "")),
        ('enrich a from table "b" in', (Code.MISSING_OPERAND, "in")),
    ],
)
def test_an_enrichment_that_lacks_a_piece_is_told(text: str, expected: Finding) -> None:
    assert findings(text, "program")[0] == expected


def test_a_declaration_in_another_is_told_once() -> None:
    text = (
        'destination a: b { mapping "c" when d send e { filter "f" when g { drop } } }'
    )
    assert findings(text, "program") == [(UNCLOSED, "{")]
