"""What the functions answer, also to arguments of the wrong type."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler import library
from fql.compiler.values import equals, less

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

NO_TEXTS: list[Json] = [None, True, 1, 1.5, ["a"], {"a": "a"}]


def is_greater_than_one(value: Json) -> bool:
    return less(1, value)


@pytest.mark.parametrize("value", NO_TEXTS)
@pytest.mark.parametrize(
    "function",
    [
        library.lowercase,
        library.uppercase,
        library.snakecase,
        library.kebabcase,
        library.titlecase,
        library.timestamp,
    ],
)
def test_text_functions_give_null_for_other_types(
    function: Callable[[Json], Json], value: Json
) -> None:
    assert function(value) is None


@pytest.mark.parametrize("value", NO_TEXTS)
def test_text_tests_are_false_of_other_types(value: Json) -> None:
    assert library.contains(value, "a") is False
    assert library.contains("a", value) is False
    assert library.match(value, "*") is False
    assert library.match("a", value) is False


def test_contains() -> None:
    assert library.contains("Order Completed", "Comp")
    assert library.contains("", "")
    assert not library.contains("Order", "order")


def test_match() -> None:
    assert library.match("Order Completed", "Order*")
    assert not library.match("Order*", "Order Completed")


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 2),
        ("ア", 3),
        ("😀", 4),
        ("\ud800", 3),
        ("\ud83d\ude00", 6),
        ([], 0),
        ([None, [1, 2]], 2),
        (None, 0),
        (True, None),
        (12, None),
        ({"a": 1}, None),
    ],
)
def test_length(value: Json, length: int | None) -> None:
    assert library.length(value) == length


@given(st.text())
def test_the_length_of_a_text_is_its_utf8_size(text: str) -> None:
    assert library.length(text) == len(text.encode())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("order completed", "Order Completed"),
        ("  two  blanks ", "  Two  Blanks "),
        ("iPhone OS", "IPhone OS"),
        ("a-b\tc", "A-b\tc"),
        ("élan", "Élan"),
        ("1st (x)", "1st (x)"),
    ],
)
def test_titlecase(text: str, title: str) -> None:
    assert library.titlecase(text) == title


def test_letter_case_and_spaces() -> None:
    assert library.lowercase("ÀB") == "àb"
    assert library.uppercase("straße") == "STRASSE"
    assert library.snakecase(" A  b-C\t") == "_A__b-C\t"
    assert library.kebabcase(" A  b_C\t") == "-A--b_C\t"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", "string"),
        (1, "number"),
        (1.5, "number"),
        (False, "bool"),
        ([], "list"),
        ({}, "object"),
        (None, "null"),
    ],
)
def test_type_names(value: Json, name: str) -> None:
    assert library.type_name(value) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (0, False),
        (-0.0, False),
        (0.1, True),
        (-1, True),
        ("", False),
        ("false", False),
        ("FALSE", False),
        (" false", True),
        ("0", True),
        ("no", True),
        (None, False),
        ([], False),
        ([None], True),
        ({}, False),
        ({"a": None}, True),
    ],
)
def test_to_bool(value: Json, *, expected: bool) -> None:
    assert library.to_bool(value) is expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ('"', '"'),
        (True, "true"),
        (False, "false"),
        (1.0, "1"),
        (10**25, "1" + "0" * 25),
        (math.inf, "null"),
        (None, None),
        ([], "[]"),
        ({"a": ["é", 1.50, None]}, '{"a":["é",1.5,null]}'),
    ],
)
def test_to_string(value: Json, text: str | None) -> None:
    assert library.to_string(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1),
        (1.5, 1.5),
        (" 12.50\n", 12.5),
        ("1e2", 100),
        ("", None),
        ("1,000", None),
        ("12 pieces", None),
        ("0x10", None),
        (True, None),
        (None, None),
        ([1], None),
        ({}, None),
    ],
)
def test_to_number(value: Json, number: float | None) -> None:
    assert library.to_number(value) == number


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_a_string(number: float) -> None:
    back = library.to_number(library.to_string(number))

    assert back == json.loads(str(library.to_string(number)))
    assert float(str(back)) == float(number)


def test_a_timestamp_stays_the_text() -> None:
    text = "2023-04-21 19:55:00+02:00"

    assert library.timestamp(text) == text
    assert library.timestamp("2023-04-31") is None


def test_exists() -> None:
    there: list[Json] = ["", 0, False, [], {}]

    assert all(library.exists(value) for value in there)
    assert not library.exists(None)


@pytest.mark.parametrize(
    ("elements", "any_expected", "all_expected"),
    [
        ([1, 2], True, False),
        ([2, 3], True, True),
        ([0, "2"], False, False),
        ([], False, True),
        (None, False, True),
        ("22", False, True),
        ({"a": 2}, False, True),
    ],
)
def test_any_and_all(elements: Json, *, any_expected: bool, all_expected: bool) -> None:
    assert library.any_element(elements, is_greater_than_one) is any_expected
    assert library.all_elements(elements, is_greater_than_one) is all_expected


def test_only_true_counts_inside_any_and_all() -> None:
    assert library.any_element([1], lambda item: item) is False
    assert library.all_elements([1], lambda item: item) is False
    assert library.all_elements([True], lambda item: item) is True


@given(st.lists(st.integers(0, 3)))
def test_all_is_not_any_not(elements: list[Json]) -> None:
    found = library.any_element(elements, lambda item: not equals(item, 1))

    assert library.all_elements(elements, lambda item: equals(item, 1)) is not found
