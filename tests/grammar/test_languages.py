"""What is made of the three grammars."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fql.grammar.languages import SLIPS, Language, parser, table, vocabulary, words
from fql.grammar.parse import parse_mapping
from fql.grammar.source import Source
from tests.grammar.reading import LANGUAGES

CONDITION_WORDS = {"and", "or", "in", "true", "false", "null"}
MAPPING_WORDS = {"if", "then", "else", "each"}
PROGRAM_WORDS = {
    *("workspace", "source", "destination", "disabled", "from", "settings", "filter"),
    *("mapping", "when", "send", "drop", "sample", "by"),
    *("drop_properties", "allow_properties", "delivery"),
    *("enrich", "table", "on", "every"),
}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fql", CONDITION_WORDS),
        ("mapping", CONDITION_WORDS | MAPPING_WORDS),
        ("program", CONDITION_WORDS | MAPPING_WORDS | PROGRAM_WORDS),
    ],
)
def test_the_words_of_a_language_are_its_keywords(
    language: Language, expected: set[str]
) -> None:
    assert set(words(language).values()) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_parsers_are_made_once_and_know_every_slip(language: Language) -> None:
    assert parser(language) is parser(language)
    assert table(language) is table(language)
    assert vocabulary(language) is vocabulary(language)
    assert {str(each.name) for each in parser(language).terminals} >= SLIPS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_state_takes_a_slip(language: Language) -> None:
    taken = {kind for row in table(language).actions.values() for kind in row}
    assert not taken & SLIPS
    assert taken.isdisjoint({"COMMENT", "WS"})


def test_threads_may_share_the_parsers() -> None:
    text = '{ a: [1, "{{b}}"], c: if d then e }'
    expected = parse_mapping(Source(text)).root
    with ThreadPoolExecutor(8) as pool:
        parsed = pool.map(parse_mapping, [Source(text)] * 64)
    assert all(each.root == expected for each in parsed)
