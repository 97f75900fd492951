"""Tests of where a segment of a path stands."""

from __future__ import annotations

import pytest
from hypothesis import given

from fql.compiler.check_names import segment_span
from fql.grammar import nodes
from fql.grammar.format import write
from fql.grammar.parse import parse_mapping
from fql.grammar.source import Source, Span
from tests.grammar.strategies import keys


def segment(text: str, index: int) -> str:
    source = Source(text)
    path = parse_mapping(source).root
    assert isinstance(path, nodes.Path | nodes.EventPath)
    return source.slice(segment_span(source, path, index))


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("userId", 0, "userId"),
        ("  properties.total", 1, "total"),
        ("a.b.c", 0, "a"),
        ("$.context.ip", 1, "ip"),
        ("$.context.ip", 0, "context"),
        ("a\\ b.c", 1, "a\\ b.c"),
        ("items[0].sku", 2, "items[0].sku"),
        ("$[0].a", 1, "$[0].a"),
    ],
)
def test_a_segment_is_found_where_it_stands_plainly(
    text: str, index: int, expected: str
) -> None:
    assert segment(text, index) == expected


@given(keys())
def test_the_span_of_any_segment_lies_in_its_path(key: str) -> None:
    """Whatever a key holds, its place is found or is the whole path."""
    path = nodes.Path(("a", key, "b"), span=Span(0, 0))
    text = write(path)
    assert segment(text, 2) in {"b", text}
