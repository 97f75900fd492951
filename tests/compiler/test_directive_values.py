"""JavaScript's rules for values, as directives show them."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.directive_values import (
    entries,
    index_of,
    inserted,
    is_falsy,
    is_filled,
    is_there,
    json_text,
    kind_of,
    ordered,
    text_of,
    trimmed,
    walk,
    without_missing,
)
from fql.compiler.missing import MISSING
from fql.compiler.values import compact_json


@pytest.mark.parametrize("value", [None, MISSING, False, 0, 0.0, -0.0, "", nan])
def test_falsy(value: Any) -> None:
    assert is_falsy(value)
    assert walk(value, ("a", "b")) is value


@pytest.mark.parametrize("value", [True, 1, -0.5, "0", " ", [], {}, inf])
def test_truthy(value: Any) -> None:
    assert not is_falsy(value)
    assert is_there(value)


@pytest.mark.parametrize(
    "value", [None, MISSING, False, 0, -0.0, "", [], [[]], [None], [""], [MISSING]]
)
def test_blank(value: Any) -> None:
    assert not is_filled(value)


@pytest.mark.parametrize("value", [True, 1, nan, " ", "0", [0], [[], []], {}, [{}]])
def test_filled(value: Any) -> None:
    assert is_filled(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (MISSING, "undefined"),
        (True, "true"),
        (2.0, "2"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (2**53 + 1, "9007199254740992"),
        (inf, "Infinity"),
        ({"a": 1}, "[object Object]"),
        ([], ""),
        ([1, [None, [2]], [], {}], "1,,2,,[object Object]"),
    ],
)
def test_texts(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_null_and_nothing_leave_no_text() -> None:
    assert (inserted(None), inserted(MISSING), inserted(0)) == ("", "", "0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MISSING, MISSING),
        (None, "null"),
        (False, "false"),
        ("é\n\ud800", '"é\\n\\ud800"'),
        (nan, "null"),
        (2**60, "1152921504606847000"),
        ([MISSING, 1.0, []], "[null,1,[]]"),
        ({"b": MISSING, "a": {}, "1": 2}, '{"1":2,"a":{}}'),
    ],
)
def test_json(value: Any, text: Any) -> None:
    assert json_text(value) == text


@pytest.mark.parametrize(
    ("key", "index"),
    [
        ("0", 0),
        ("10", 10),
        ("4294967294", 2**32 - 2),
        ("4294967295", None),
        ("01", None),
        ("-1", None),
        ("1.0", None),
        ("", None),
        ("\u0663", None),
    ],
)
def test_indexes(key: str, index: int | None) -> None:
    assert index_of(key) == index


def test_indexes_come_first_in_objects() -> None:
    assert list(ordered({"b": 0, "01": 0, "2": 0, "a": 0, "1": 0})) == [
        *("1", "2", "b", "01", "a")
    ]
    assert entries(["x", "y"]) == [("0", "x"), ("1", "y")]


def test_halves_of_characters_are_found() -> None:
    assert walk("😀", ("length",)) == 2
    assert walk("😀", ("1",)) == "\ude00"
    assert walk(5, ("a",)) is MISSING


def test_blanks_are_javascripts() -> None:
    assert trimmed("\ufeff\u00a0 a\u2028\x1c") == "a\u2028\x1c"


def test_kinds_are_named() -> None:
    values: list[Any] = [None, MISSING, True, False, 1, "", [], {}]
    assert [kind_of(value) for value in values] == [
        *("null", "nothing", "true", "false", "a number", "a text"),
        *("a list", "an object"),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(json_values)
def test_plain_json_is_written_as_everywhere(value: Any) -> None:
    """Without large numbers, index keys and what is missing, there is one JSON text."""
    assert json_text(value) == compact_json(value)


@given(json_values)
def test_what_has_nothing_missing_is_copied(value: Any) -> None:
    """Cleaning gives an equal value, and no container of the given one."""
    cleaned = without_missing(value)
    assert cleaned == value
    if isinstance(value, list | dict):
        assert cleaned is not value


def test_what_is_missing_goes_or_becomes_null() -> None:
    value: Any = {"a": MISSING, "b": [MISSING, {"c": MISSING}]}
    assert without_missing(value) == {"b": [None, {}]}
    assert without_missing(value, keeps_elements=True) == {"b": [MISSING, {}]}
    assert without_missing(MISSING) is MISSING
