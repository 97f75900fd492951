"""JSON texts with places: values, pointers, and what is said of mistakes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code
from fql.grammar.edits import apply_edits
from fql.grammar.json_places import JsonDocument, inside, read_json, without_text
from fql.grammar.limits import MAX_DIGITS, MAX_NESTING, MAX_PROGRAM
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic

TEXT = '{"a": [1, {"b/~": "é"}],\n "c": null}'

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def read(text: str) -> JsonDocument:
    return read_json(Source(text))


def only(text: str) -> Diagnostic:
    (diagnostic,) = read(text).diagnostics
    return diagnostic


# --- values and places ------------------------------------------------------------


def test_a_value_has_a_place() -> None:
    document = read(TEXT)
    assert document.value == {"a": [1, {"b/~": "é"}], "c": None}
    assert document.source.slice(document.span("/a/1/b~1~0")) == '"é"'
    assert document.source.slice(document.key_span("/a/1/b~1~0")) == '"b/~"'
    assert document.source.slice(document.span("/a")) == '[1, {"b/~": "é"}]'
    assert document.span("") == Span(0, len(TEXT))


def test_a_value_without_a_key_is_its_own_key() -> None:
    document = read(TEXT)
    assert document.key_span("/a/0") == document.span("/a/0")


def test_an_unknown_place_is_the_nearest_around_it() -> None:
    document = read(TEXT)
    assert document.span("/a/7/x") == document.span("/a")
    assert document.span("/x") == document.span("")


def test_a_document_without_text_has_no_places() -> None:
    document = without_text({"a": 1}, "<mapping>")
    assert document.span("/a") == Span(0, 0)
    assert document.source == Source("", "<mapping>")


def test_pointers_escape_what_they_have_to() -> None:
    assert inside(inside("", "a/b~c"), 0) == "/a~1b~0c/0"


@given(json_values, st.sampled_from([None, 1]))
def test_what_is_written_is_read(value: object, indent: int | None) -> None:
    """Reading agrees with the standard library's on every JSON text."""
    text = json.dumps(value, indent=indent)
    document = read(text)
    assert document.diagnostics == ()
    assert document.value == json.loads(text)


@given(json_values)
def test_every_place_holds_its_value(value: object) -> None:
    """The text under a place is the JSON of the value that its pointer leads to."""
    text = json.dumps(value)
    document = read(text)
    for pointer in document.places:
        found: object = value
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]  # type: ignore[index]  # a place leads somewhere
        assert json.loads(document.source.slice(document.span(pointer))) == found


@given(st.text(st.sampled_from('{}[]:,"\\ \n1e.-+atrue/\x00é'), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the standard library refuses has a finding, and nothing raises."""
    document = read(text)
    try:
        expected = json.loads(text, parse_constant=float.fromhex)
    except ValueError:
        assert document.diagnostics
    else:
        assert document.diagnostics or document.value == expected
    for diagnostic in document.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


# --- mistakes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ("", "", "a value is missing before the end of the text"),
        ("{", "{", "this object is not closed"),
        ("[1, 2", "[", "this list is not closed"),
        ("[1 2]", "2", "`,` or `]` is missing before `2`"),
        ('{"a": 1 "b": 2}', '"b"', '`,` or `}` is missing before `"b"`'),
        ("{a: 1}", "a", "a key in double quotes is missing before `a`"),
        ('{"a" 1}', "1", "`:` is missing before `1`"),
        ('{"a": }', "}", "a value is missing before `}`"),
        ("{'a': 1}", "'", "JSON has no single quotes"),
        ("[1] // one", "/", "JSON has no comments"),
        ("# one\n[1]", "#", "JSON has no comments"),
        ('["a', '"', "this string does not end, or a line ends in it"),
        ('["a\nb"]', '"', "this string does not end, or a line ends in it"),
        ('["\\x"]', '"\\x"', "JSON does not know an escape in this string"),
        ("[01]", "0", "this is not how JSON writes a number"),
        ("[.5]", ".", "this is not how JSON writes a number"),
        ("[1] [2]", "[", "`[` stands after the end of the value"),
        ("[;]", ";", "JSON has no place for `;` here"),
        ("[NaN]", "NaN", "`NaN` is not JSON"),
        ("[-Infinity]", "-Infinity", "`-Infinity` is not JSON"),
        ("[undefined]", "undefined", "`undefined` is not JSON"),
    ],
)
def test_a_mistake_is_named_and_marked(text: str, marked: str, message: str) -> None:
    diagnostic = only(text)
    assert diagnostic.code is Code.BAD_JSON
    assert (diagnostic.source.slice(diagnostic.span), diagnostic.message) == (
        marked,
        message,
    )


@pytest.mark.parametrize(
    ("text", "fixed"),
    [("[1, 2,]", "[1, 2]"), ('{"a": 1,}', '{"a": 1}'), ("[True]", "[true]")],
)
def test_a_sure_fix_is_offered(text: str, fixed: str) -> None:
    assert apply_edits(text, read(text).diagnostics) == fixed


def test_a_key_that_occurs_twice_is_reported() -> None:
    document = read('{"a": 1, "b": {"a": 2, "a": 3}}')
    (diagnostic,) = document.diagnostics
    assert diagnostic.code is Code.DUPLICATE_MEMBER
    assert diagnostic.pointer == "/b/a"
    assert [document.source.slice(label.span) for label in diagnostic.labels] == ['"a"']


def test_several_mistakes_are_reported_at_once() -> None:
    document = read('{"a": NaN, "a": [1,], "b": True}')
    assert [each.code for each in document.diagnostics] == [
        Code.BAD_JSON,
        Code.DUPLICATE_MEMBER,
        Code.BAD_JSON,
        Code.BAD_JSON,
    ]
    assert document.value == {"a": [1], "b": None}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    def nested(levels: int) -> str:
        return opening * levels + "1" + closing * levels

    assert read(nested(MAX_NESTING)).diagnostics == ()
    assert only(nested(MAX_NESTING + 1)).code is Code.TOO_DEEP
    assert only("[" * 100_000).code is Code.TOO_DEEP


def test_size_is_bounded() -> None:
    assert only(" " * MAX_PROGRAM + "1").code is Code.TEXT_TOO_LONG
    assert read("1" * MAX_DIGITS).value == int("1" * MAX_DIGITS)
    assert only("-" + "1" * (MAX_DIGITS + 1)).code is Code.NUMBER_TOO_LONG
    assert only("[1e999]").code is Code.BAD_NUMBER
