"""YAML to JSON values with their places; everything else is a finding."""

from __future__ import annotations

import builtins
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.limits import MAX_NESTING, MAX_PROGRAM
from fql.grammar.source import Source
from fql.runtime.suite_yaml import read_yaml

if TYPE_CHECKING:
    from fql.compiler.values import Json

VALUES: list[tuple[str, object]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("true", True),
    ("false", False),
    ("12", 12),
    ("-1.5e3", -1500.0),
    ("007", "007"),
    ("+1", "+1"),
    ("1_000", "1_000"),
    ("no", "no"),
    ("on", "on"),
    ("Null", "Null"),
    (".inf", ".inf"),
    ("2026-03-02", "2026-03-02"),
    ("12:30", "12:30"),
    ('"12"', "12"),
    ("'true'", "true"),
    ("! 12", "12"),
    ("|\n  a\n  b\n", "a\nb\n"),
    ("[1, [a], {}]", [1, ["a"], {}]),
    ("- 1\n-\n- x: 1\n", [1, None, {"x": 1}]),
    ("a: 1\nb: {c: d}\n", {"a": 1, "b": {"c": "d"}}),
    ("true: 1\n2: 3\n", {"true": 1, "2": 3}),
    ("a:\nb:\n", {"a": None, "b": None}),
    ('{"a": "\\u00e9"}', {"a": "é"}),
]

REFUSED = [
    ("[1, 2", "1:6"),
    ("a: b: c", "1:5"),
    ("a: &x 1\nb: *x", "1:4"),
    ("a: &x [1]", "1:4"),
    ("a: *x", "1:4"),
    ("a: !!python/object 1", "1:4"),
    ("a: !x {}", "1:4"),
    ("a: 1\n---\nb: 2", "2:1"),
    ("{a: 1}: 2", "1:1"),
    ("a: \x01", "1:4"),
    ("'a", "1:3"),
    ("\tb: 1", "1:1"),
]


def document(text: str) -> Any:
    return read_yaml(Source(text, "a.yaml"))


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_value_is_read_as_in_json(text: str, value: object) -> None:
    found = document(text)
    assert found.diagnostics == ()
    assert (found.value, type(found.value)) == (value, type(value))


@pytest.mark.parametrize(("text", "place"), REFUSED)
def test_what_json_cannot_say_is_refused_at_its_place(text: str, place: str) -> None:
    (found,) = document(text).diagnostics
    assert found.code is Code.BAD_YAML
    assert f"{found.line}:{found.column}" == place
    assert document(text).value is None


def test_a_key_that_occurs_twice_is_refused() -> None:
    (found,) = document("a: 1\nb: 2\na: 3\n").diagnostics
    assert (found.code, found.line, found.labels[0].span.start) == (
        Code.DUPLICATE_MEMBER,
        3,
        0,
    )


def test_depth_is_bounded() -> None:
    (found,) = document("[" * (MAX_NESTING + 1)).diagnostics
    assert found.code is Code.TOO_DEEP
    assert document("[" * MAX_NESTING + "]" * MAX_NESTING).diagnostics == ()


def test_length_is_bounded() -> None:
    (found,) = document(" " * (MAX_PROGRAM + 1)).diagnostics
    assert found.code is Code.TEXT_TOO_LONG


def test_places_are_those_of_values_and_keys() -> None:
    text = "a:\n  b: [1, 'x']\n  c: {d: e}\nf:\n"
    found = document(text)

    def at(pointer: str) -> str:
        return Source(text).slice(found.span(pointer))

    assert at("/a") == "b: [1, 'x']\n  c: {d: e}"
    assert at("/a/b") == "[1, 'x']"
    assert at("/a/b/1") == "'x'"
    assert at("/a/c/d") == "e"
    assert Source(text).slice(found.key_span("/a/c/d")) == "d"
    assert at("/f") == ""


def test_without_the_package_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "yaml":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FqlError) as caught:
        document("a: 1")
    (found,) = caught.value.diagnostics
    assert found.code is Code.MISSING_EXTRA
    assert 'pip install "fql[testing]"' in found.help


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab é:#-", max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(json_values)
def test_json_is_read_as_what_it_is(value: Json) -> None:
    assert document(json.dumps(value)).value == value


@settings(max_examples=150)
@given(st.text("ab:-[]{}&*!|> \n\t'\"#,1", max_size=20))
def test_any_text_gives_a_value_or_findings_inside_it(text: str) -> None:
    found = document(text)
    assert found.value is None or not found.diagnostics
    for each in found.diagnostics:
        assert 0 <= each.span.start <= each.span.end <= len(text)
    for place in found.places.values():
        assert 0 <= place.span.start <= place.span.end <= len(text)
