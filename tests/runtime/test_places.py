"""Findings in a text inside a JSON string, moved to where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label
from fql.grammar.edits import apply_edits
from fql.grammar.json_places import read_json
from fql.grammar.source import Source, Span
from fql.runtime.places import JsonString


def located(literal: str, span: Span, new: str = "") -> Diagnostic:
    """Return a finding at *span* of the text in a JSON string, as located."""
    document = read_json(Source(f'{{"if": {literal}}}', "a.json"))
    inner = Source(json.loads(literal))
    finding = Diagnostic(
        Code.SYNTAX,
        "no",
        span,
        inner,
        labels=(Label(span, "here"),),
        edits=(Edit(span, new),),
    )
    return JsonString(document, "/if").locate(finding)


@pytest.mark.parametrize(
    ("literal", "span", "at"),
    [
        ('"a = b"', Span(4, 5), "b"),
        (r'"\"a\" = b"', Span(0, 3), r"\"a\""),
        (r'"\u00e9 = b"', Span(0, 1), r"\u00e9"),
        (r'"\ud83d\ude00 = b"', Span(0, 1), r"\ud83d\ude00"),
        (r'"\ud83d = b"', Span(0, 1), r"\ud83d"),
        (r'"\ud83d\u0041 = b"', Span(1, 2), r"\u0041"),
        (r'"a\\\n = b"', Span(1, 3), r"\\\n"),
        ('"a =   "', Span(7, 7), ""),
    ],
)
def test_a_place_in_the_text_is_one_in_the_document(
    literal: str, span: Span, at: str
) -> None:
    found = located(literal, span)
    assert found.source.name == "a.json"
    assert found.source.slice(found.span) == at
    assert found.pointer == "/if"
    assert [found.source.slice(each.span) for each in found.labels] == [at]


@given(st.text(), st.booleans(), st.data())
def test_every_place_comes_back(text: str, escapes: bool, data: st.DataObject) -> None:
    literal = json.dumps(text, ensure_ascii=escapes)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = located(literal, Span(start, end))
    assert json.loads(f'"{found.source.slice(found.span)}"') == text[start:end]


@given(st.text(), st.text(), st.data())
def test_fixing_the_document_fixes_the_text(
    text: str, new: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = located(json.dumps(text), Span(start, end), new)
    fixed = json.loads(apply_edits(found.source.text, [found]))
    assert fixed["if"] == text[:start] + new + text[end:]
