"""The operators' answers, pair by pair, and the laws that they keep."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.values import (
    compact_json,
    contains_element,
    equals,
    greater,
    greater_equal,
    is_true,
    less,
    less_equal,
    list_index,
    number_text,
    parse_json_number,
    quoted,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.values import Json

DEPTH = 100_000

surrogates = st.text("\ud800\udbff\udfff", min_size=1, max_size=2)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from([0.0, -0.0, 1.0, 2.0**53, math.inf])
    | st.text(max_size=4)
    | surrogates
)
jsons = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner)
    ),
    max_leaves=12,
)
finite_jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
numbers = st.integers() | st.floats(allow_nan=False)
comparable_pairs = st.tuples(numbers, numbers) | st.tuples(
    st.text() | surrogates, st.text()
)


def nested(depth: int, core: Json, *, in_objects: bool = False) -> Json:
    for _ in range(depth):
        core = wrapped(core, in_object=in_objects)
    return core


def wrapped(value: Json, *, in_object: bool) -> Json:
    return {"a": value} if in_object else [value]


# --- equality ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, None),
        (True, True),
        (1, 1.0),
        (0.0, -0.0),
        (10**22, 1e22),
        ("é", "é"),
        ([1, [2.0]], [1.0, [2]]),
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1}),
        ([], []),
        ({}, {}),
        (math.inf, math.inf),
    ],
)
def test_equal_values(left: Json, right: Json) -> None:
    assert equals(left, right)
    assert equals(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (False, 0),
        (False, None),
        (1, "1"),
        (0, None),
        ("", None),
        ("e\u0301", "é"),
        (2**53 + 1, float(2**53)),
        (10**400, math.inf),
        (math.nan, math.nan),
        ([1], [True]),
        ([1], [1, 1]),
        ([1], 1),
        (["a"], "a"),
        ([1, 2], [2, 1]),
        ([], {}),
        ([], None),
        ({"a": None}, {}),
        ({"a": None}, {"b": None}),
        ({"a": 1}, {"a": True}),
        ({"0": 1}, [1]),
        ({"a": [[1]]}, {"a": [{"0": 1}]}),
        ("\ud800", "\ud801"),
    ],
)
def test_unequal_values(left: Json, right: Json) -> None:
    assert not equals(left, right)
    assert not equals(right, left)


def test_not_a_number_equals_nothing_even_inside_one_and_the_same_list() -> None:
    one: Json = [math.nan]

    assert not equals(one, one)


@pytest.mark.parametrize("in_objects", [False, True])
def test_equality_of_deep_values_does_not_recurse(*, in_objects: bool) -> None:
    value = nested(DEPTH, 1, in_objects=in_objects)

    assert equals(value, nested(DEPTH, 1.0, in_objects=in_objects))
    assert not equals(value, nested(DEPTH, 2, in_objects=in_objects))
    assert not equals(value, nested(DEPTH - 1, 1, in_objects=in_objects))


@given(jsons)
def test_equality_is_reflexive(value: Json) -> None:
    assert equals(value, json_copy(value))


@given(jsons, jsons)
def test_equality_is_symmetric(left: Json, right: Json) -> None:
    assert equals(left, right) is equals(right, left)


@given(jsons, jsons)
def test_equal_values_are_interchangeable(left: Json, right: Json) -> None:
    """Transitivity: what equals one of two equal values equals the other."""
    third = as_float(left)
    if equals(left, right):
        assert equals(left, third) is equals(right, third)


def json_copy(value: Json) -> Json:
    """Return an equal value that shares no list and no object."""
    if isinstance(value, list):
        return [json_copy(element) for element in value]
    if isinstance(value, dict):
        return {key: json_copy(value[key]) for key in reversed(value)}
    return value


def as_float(value: Json) -> Json:
    """Return *value* with its small ints written as floats."""
    if isinstance(value, list):
        return [as_float(element) for element in value]
    if isinstance(value, dict):
        return {key: as_float(element) for key, element in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return value


@given(jsons)
def test_small_ints_equal_their_floats_at_any_depth(value: Json) -> None:
    assert equals(value, as_float(value))


# --- order ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.5),
        (2**53, 2**53 + 1),
        (float(2**53), 2**53 + 1),
        (10**400, math.inf),
        ("", "a"),
        ("Z", "a"),
        ("10", "9"),
        ("a", "aa"),
        ("\uffff", "\U0001f600"),
    ],
)
def test_ordered_values(left: Json, right: Json) -> None:
    assert less(left, right)
    assert less_equal(left, right)
    assert greater(right, left)
    assert greater_equal(right, left)
    assert not less(right, left)
    assert not less_equal(right, left)
    assert not greater(left, right)
    assert not greater_equal(left, right)


@pytest.mark.parametrize("compare", [less, less_equal, greater, greater_equal])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, None),
        (None, 1),
        (False, True),
        (True, 1),
        (0, True),
        (1, "2"),
        ("1", 2),
        ([], [1]),
        ({}, {}),
        (math.nan, math.nan),
        (1, math.nan),
    ],
)
def test_pairs_that_have_no_order(compare: object, left: Json, right: Json) -> None:
    assert callable(compare)
    assert compare(left, right) is False


@given(comparable_pairs)
def test_less_and_greater_equal_are_complements(pair: Sequence[Json]) -> None:
    left, right = pair

    assert less(left, right) is not greater_equal(left, right)
    assert greater(left, right) is not less_equal(left, right)


@given(comparable_pairs)
def test_less_equal_is_less_or_equal(pair: Sequence[Json]) -> None:
    left, right = pair

    assert less_equal(left, right) is (less(left, right) or equals(left, right))


@given(jsons, jsons)
def test_order_has_an_answer_for_every_pair(left: Json, right: Json) -> None:
    assert less(left, right) is greater(right, left)
    assert less_equal(left, right) is greater_equal(right, left)
    assert not (less(left, right) and less(right, left))


# --- membership, truth ------------------------------------------------------------


@given(st.lists(jsons, max_size=5), jsons)
def test_in_is_equality_with_some_element(elements: list[Json], value: Json) -> None:
    expected = any(equals(value, element) for element in elements)

    assert contains_element(elements, value) is expected


@pytest.mark.parametrize(
    ("elements", "value", "expected"),
    [
        ([1], True, False),
        ([True], 1, False),
        ([False], 0, False),
        ([0], None, False),
        ([1.0], 1, True),
        ([None], None, True),
        ([[1]], [1.0], True),
        ([], None, False),
        ("abc", "a", False),
        ({"a": 1}, "a", False),
        (None, None, False),
    ],
)
def test_in_goes_by_type(elements: Json, value: Json, *, expected: bool) -> None:
    assert contains_element(elements, value) is expected


def test_not_a_number_is_in_no_list() -> None:
    assert not contains_element([math.nan], math.nan)


@given(jsons)
def test_only_true_counts_as_true(value: Json) -> None:
    assert is_true(value) is equals(value, right=True)


# --- paths ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "segments", "expected"),
    [
        ({"a": {"b": 1}}, ("a", "b"), 1),
        ({"a": 1}, (), {"a": 1}),
        ({"a": 1}, ("b",), None),
        ({"a": 1}, ("a", "b"), None),
        ({"a": None}, ("a", "b"), None),
        ({"a": "text"}, ("a", "0"), None),
        ({"a": ["x", "y"]}, ("a", "1"), "y"),
        ({"a": ["x", "y"]}, ("a", "01"), "y"),
        ({"a": ["x"]}, ("a", "1"), None),
        ({"a": ["x"]}, ("a", "-1"), None),
        ({"a": ["x"]}, ("a", ""), None),
        ({"a": ["x"]}, ("a", "length"), None),
        ({"a": ["x"]}, ("a", "\u0660"), None),
        ({"a": ["x"]}, ("a", "\u00b9"), None),
        ({"a": {"0": "key"}}, ("a", "0"), "key"),
        ({"a.b": 1}, ("a.b",), 1),
        ([[1, 2]], ("0", "1"), 2),
        (None, ("a",), None),
        (7, (), 7),
    ],
)
def test_read(value: Json, segments: Sequence[str], expected: Json) -> None:
    assert read(value, segments) == expected


def test_an_index_of_many_digits_is_beyond_every_list() -> None:
    assert read(["x"], ("9" * 10_000,)) is None
    assert list_index("0" * 10_000 + "1") == 1


# --- text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e16, "10000000000000000"),
        (-9525197209040170.0, "-9525197209040170"),
        (2.0**60, "1152921504606847000"),
        (-1.2345e20, "-123450000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (0.0001, "0.0001"),
        (0.000012, "0.000012"),
        (1e-6, "0.000001"),
        (-1.5e-6, "-0.0000015"),
        (1e-7, "1e-7"),
        (-1.5e-10, "-1.5e-10"),
        (5e-324, "5e-324"),
        (10**21, "1000000000000000000000"),
        (-(2**70), "-1180591620717411303424"),
        (math.inf, "null"),
        (-math.inf, "null"),
        (math.nan, "null"),
    ],
)
def test_numbers_print_as_json_does(number: float, text: str) -> None:
    assert number_text(number) == text


def test_an_int_prints_in_full_whatever_the_interpreter_limits() -> None:
    assert number_text(10**10_000) == "1" + "0" * 10_000
    assert number_text(-(10**10_000)) == "-1" + "0" * 10_000


@given(st.integers())
def test_a_printed_int_reads_back(number: int) -> None:
    assert parse_json_number(number_text(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_float_reads_back_as_a_float(number: float) -> None:
    """JavaScript fills up with zeros: 2.0**60 prints as another int, the same float."""
    assert float(number_text(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" \t\r\n-0.5 \n", -0.5),
        ("1e3", 1000.0),
        ("1E+2", 100.0),
        ("9007199254740993", 9007199254740993),
        ("-0", 0),
        ("1" * 400, int("1" * 400)),
        ("1e-400", 0.0),
    ],
)
def test_texts_that_are_one_json_number(text: str, number: float) -> None:
    assert parse_json_number(text) == number
    assert type(parse_json_number(text)) is type(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+1",
        "01",
        ".5",
        "5.",
        "1e",
        "1 2",
        "1_000",
        "0x10",
        "Infinity",
        "NaN",
        "true",
        '"1"',
        "\xa01",
        "\u0661",
        "1\x00",
        "1e400",
        "-1e400",
        "1" * 401,
        "-" + "1" * 401,
        "\ud800",
    ],
)
def test_texts_that_are_no_json_number(text: str) -> None:
    assert parse_json_number(text) is None


@given(st.text(" 0123456789+-.eE", max_size=8))
def test_number_texts_are_those_of_json(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    if expected is not None and math.isinf(expected):
        expected = None

    assert parse_json_number(text) == expected


@given(finite_jsons)
def test_compact_json_reads_back(value: Json) -> None:
    assert equals(json.loads(compact_json(value)), value)


@given(jsons)
def test_compact_json_is_text_that_utf8_can_hold(value: Json) -> None:
    assert compact_json(value).encode()


def test_compact_json_of_everything() -> None:
    value: Json = {"a": [1.0, None, True, {}], "é\n": [[], "\x01\u2028"], "": False}

    assert compact_json(value) == (
        '{"a":[1,null,true,{}],"é\\n":[[],"\\u0001\u2028"],"":false}'
    )


@pytest.mark.parametrize("in_objects", [False, True])
def test_compact_json_of_deep_values_does_not_recurse(*, in_objects: bool) -> None:
    text = compact_json(nested(DEPTH, 1, in_objects=in_objects))

    lead, close = ('{"a":', "}") if in_objects else ("[", "]")
    assert text == lead * DEPTH + "1" + close * DEPTH


def test_lone_surrogates_are_escaped() -> None:
    assert quoted("é\ud800\udfff") == '"é\\ud800\\udfff"'
    assert quoted("😀") == '"😀"'
