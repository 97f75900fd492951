"""Scalars as JavaScript treats them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.javascript import (
    NOT_A_NUMBER,
    from_units,
    json_number,
    number_text,
    to_number,
    to_text,
    to_units,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (100, "100"),
        (9007199254740993, "9007199254740992"),
        (2**63, "9223372036854776000"),
        (123456789012345680000, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.25e21, "1.25e+21"),
        (0.000001, "0.000001"),
        (0.00001234, "0.00001234"),
        (1e-7, "1e-7"),
        (-1.5e-9, "-1.5e-9"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (10**400, "Infinity"),
        (-(10**400), "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_print_as_there(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0.0),
        (" \t\n\u00a0\ufeff\u2028", 0.0),
        ("5", 5.0),
        (" 5\n", 5.0),
        ("5.", 5.0),
        (".5", 0.5),
        ("+.5", 0.5),
        ("-0.25", -0.25),
        ("007", 7.0),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("1e400", math.inf),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("0x1F", 31.0),
        ("0o17", 15.0),
        ("0B101", 5.0),
        ("0x" + "f" * 400, math.inf),
    ],
)
def test_texts_that_are_numbers(text: str, number: float) -> None:
    assert to_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("-", "+", ".", "-.", "1.2.3", "--1", "1 2", "1e", "1_000", "abc"),
        *(
            "0x",
            "-0x1",
            "0b2",
            "infinity",
            "inf",
            "nan",
            "NaN",
            "٣",
            "\u180e5",
            "\x1c5",
        ),
    ],
)
def test_texts_that_are_no_numbers(text: str) -> None:
    assert math.isnan(to_number(text))


def test_other_scalars_become_numbers() -> None:
    assert [to_number(True), to_number(False), to_number(3), to_number(10**400)] == [
        *(1.0, 0.0, 3.0),
        math.inf,
    ]


def test_scalars_become_texts() -> None:
    assert [to_text(each) for each in (True, False, "a", 2.50, None)] == [
        *("true", "false", "a", "2.5", "undefined"),
    ]


@given(st.floats(allow_nan=False))
def test_a_printed_number_reads_back(number: float) -> None:
    assert to_number(number_text(number)) == number


@given(st.floats())
def test_a_json_number_is_the_same_double(number: float) -> None:
    given_back = json_number(number)
    if math.isnan(number):
        assert given_back is NOT_A_NUMBER
    else:
        assert float(given_back) == number
        assert isinstance(given_back, float) or abs(number) < 1e21


@given(st.text(st.characters(codec="utf-8")))
def test_units_join_to_the_text(text: str) -> None:
    units = to_units(text)
    assert len(units) * 2 == len(text.encode("utf-16-le"))
    assert from_units(units) == text


def test_a_lone_surrogate_stays() -> None:
    assert from_units("a\ude00b") == "a\ude00b"
    assert to_units("a\ude00b") == "a\ude00b"
