"""From text to tokens: the same that Lark's own lexer finds, and all of the text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from fql.grammar.automaton import Automaton
from fql.grammar.languages import parser, table, vocabulary
from fql.grammar.source import Span
from fql.grammar.tokens import END, JUNK, Scanner, Token
from tests.grammar.reading import LANGUAGES, broken_texts
from tests.grammar.strategies import texts

if TYPE_CHECKING:
    from fql.grammar.languages import Language


def scanned(text: str, language: Language = "fql") -> list[Token]:
    """Return the tokens of *text* as far as the automaton takes them."""
    scanner, automaton = Scanner(vocabulary(language), text), Automaton(table(language))
    found: list[Token] = []
    while True:
        token = scanner.next(automaton.position)
        found.append(token)
        if token.type == END:
            return found
        if token.type != "COMMENT" and not automaton.feed(token):
            return found


@cache
def contextual(language: Language) -> Lark:
    """Return the grammar with Lark's own lexer, which knows places too."""
    return Lark.open_from_package(
        "fql.grammar",
        f"{language}.lark",
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=True,
        postlex=parser(language).options.postlex,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60)
@given(data=st.data())
def test_a_right_text_is_cut_as_lark_cuts_it(
    language: Language, data: st.DataObject
) -> None:
    """The same kinds in the same places, whatever is a name here and a word there."""
    text = data.draw(texts(language))
    lark = contextual(language).parse_interactive(text)
    expected: list[tuple[str, int | None, int | None]] = []
    for each in lark.lexer_thread.lex(lark.parser_state):  # type: ignore[no-untyped-call]
        expected.append((each.type, each.start_pos, each.end_pos))
        if each.type != "COMMENT":
            lark.feed_token(each)
    *tokens, end = scanned(text, language)
    assert [(each.type, *each.span) for each in tokens] == expected
    assert (end.type, end.span) == (END, (len(text), len(text)))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=100)
@given(data=st.data())
def test_every_character_of_any_text_is_in_a_token_or_blank(
    language: Language, data: st.DataObject
) -> None:
    """Scanning in the first state only: nothing is lost and there is an end."""
    text = data.draw(broken_texts(language))
    scanner = Scanner(vocabulary(language), text)
    at = 0
    while (token := scanner.next(table(language).start)).type != END:
        assert text[at : token.span.start].strip() == ""
        assert text[slice(*token.span)] == token
        assert at <= token.span.start < token.span.end == scanner.at
        at = token.span.end
    assert text[at:].strip() == ""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a = 1", ["PATH", "EQ", "NUMBER"]),
        ("a!=b<=c", ["PATH", "NE", "PATH", "LE"]),
        ("!a", ["BANG", "PATH"]),
        ("android or inn", ["PATH", "_OR", "PATH"]),
        ("a.and", ["PATH"]),
        ("a == 1", ["PATH", "DOUBLE_EQUALS"]),
        ("a @ b", ["PATH", JUNK]),
        ("", []),
        (" \n", []),
        ("# a", ["COMMENT"]),
    ],
)
def test_tokens_are_of_the_longest_and_most_telling_kind(
    text: str, kinds: list[str]
) -> None:
    assert [token.type for token in scanned(text) if token.type != END] == kinds


def test_what_a_word_is_depends_on_its_place() -> None:
    text = "source source { source: source }"
    assert [token.type for token in scanned(text, "program")] == [
        *("SOURCE", "NAME", "LBRACE", "NAME", "COLON", "PATH", "RBRACE"),
        END,
    ]


def test_a_token_out_of_place_is_named_by_what_it_looks_like() -> None:
    *_, last = scanned("a ]")
    assert (last.type, last, last.span) == ("RSQB", "]", (2, 3))


def test_a_scanner_may_be_sent_back() -> None:
    scanner, start = Scanner(vocabulary("fql"), "ab c"), table("fql").start
    assert scanner.next(start) == "ab"
    scanner.at = 1
    again = scanner.next(start)
    assert (again, again.span) == ("b", Span(1, 2))


def test_a_token_is_a_text_with_a_kind_and_a_place() -> None:
    made = Token("PATH", "Event", Span(3, 8))
    assert made == "Event"
    assert made.lower() == "event"
    assert (made.type, made.span) == ("PATH", (3, 8))


def test_patterns_are_compiled_once() -> None:
    words = vocabulary("mapping")
    states = list(table("mapping").actions)
    patterns = {id(words.pattern(state)) for state in states}
    assert len(patterns) < len(states)
    assert {id(words.pattern(state)) for state in states} == patterns
