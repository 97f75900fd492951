"""How one value is read as what its field holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.field_specs import FieldSpec, FieldType
from fql.compiler.field_values import compile_value, number_of_text, unchecked_type
from fql.compiler.values import number_text

if TYPE_CHECKING:
    from fql.compiler.field_errors import Finding
    from fql.compiler.values import Json

REFUSED = "refused"
"""Stands for a value that is not read at all; no value here is this text."""


def read(spec: FieldSpec, value: Json) -> tuple[str, Json]:
    """Return how *value* is read, with the name of its type: 1 is not true."""
    findings: list[Finding] = []
    found = compile_value(spec)(value, findings)
    return typed(REFUSED if findings else found)


def typed(value: Json) -> tuple[str, Json]:
    return type(value).__name__, value


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.STRING, "x", "x"),
        (FieldType.STRING, 5, "5"),
        (FieldType.STRING, 5.0, "5"),
        (FieldType.STRING, 1e21, "1e+21"),
        (FieldType.STRING, 1.5e-7, "1.5e-7"),
        (FieldType.STRING, 12345678901234567890, "12345678901234567890"),
        (FieldType.STRING, True, "true"),
        (FieldType.STRING, False, "false"),
        (FieldType.STRING, None, ""),
        (FieldType.STRING, ["x"], "x"),
        (FieldType.STRING, [None], ""),
        (FieldType.STRING, [["x"]], REFUSED),
        (FieldType.STRING, [], REFUSED),
        (FieldType.STRING, ["x", "y"], REFUSED),
        (FieldType.STRING, {}, REFUSED),
        (FieldType.STRING, float("inf"), REFUSED),
        (FieldType.TEXT, 5, "5"),
        (FieldType.PASSWORD, 5, "5"),
        (FieldType.NUMBER, 5, 5),
        (FieldType.NUMBER, 2.5, 2.5),
        (FieldType.NUMBER, 2.0, 2.0),
        (FieldType.NUMBER, "5", 5),
        (FieldType.NUMBER, " 5.50\n", 5.5),
        (FieldType.NUMBER, "1e3", 1000),
        (FieldType.NUMBER, "0x1f", 31),
        (FieldType.NUMBER, "  ", 0),
        (FieldType.NUMBER, "", REFUSED),
        (FieldType.NUMBER, "5 apples", REFUSED),
        (FieldType.NUMBER, "Infinity", REFUSED),
        (FieldType.NUMBER, "1e999", REFUSED),
        (FieldType.NUMBER, "9007199254740993", 9007199254740993),
        (FieldType.NUMBER, True, 1),
        (FieldType.NUMBER, False, 0),
        (FieldType.NUMBER, None, 0),
        (FieldType.NUMBER, ["5"], 5),
        (FieldType.NUMBER, float("nan"), REFUSED),
        (FieldType.INTEGER, 5.0, 5),
        (FieldType.INTEGER, 5.5, REFUSED),
        (FieldType.INTEGER, "5.0", 5),
        (FieldType.INTEGER, "5.5", REFUSED),
        (FieldType.INTEGER, 1e300, 1e300),
        (FieldType.INTEGER, True, 1),
        (FieldType.BOOLEAN, True, True),
        (FieldType.BOOLEAN, "true", True),
        (FieldType.BOOLEAN, "false", False),
        (FieldType.BOOLEAN, 1, True),
        (FieldType.BOOLEAN, 1.0, True),
        (FieldType.BOOLEAN, 0, False),
        (FieldType.BOOLEAN, None, False),
        (FieldType.BOOLEAN, "yes", REFUSED),
        (FieldType.BOOLEAN, "", REFUSED),
        (FieldType.BOOLEAN, 2, REFUSED),
        (FieldType.BOOLEAN, ["true"], True),
        (FieldType.BOOLEAN, [True], True),
        (FieldType.DATETIME, "2023-04-21", "2023-04-21"),
        (FieldType.DATETIME, 1682106900, 1682106900),
        (FieldType.DATETIME, "soon", REFUSED),
        (FieldType.DATETIME, True, REFUSED),
        (FieldType.DATETIME, None, REFUSED),
        (FieldType.DATETIME, ["2023-04-21"], REFUSED),
        (FieldType.DATETIME, ["1682106900"], 1682106900),
        (FieldType.DATETIME, [1682106900], "1682106900"),
        (FieldType.OBJECT, {"a": 1}, {"a": 1}),
        (FieldType.OBJECT, [{"a": 1}], REFUSED),
        (FieldType.OBJECT, "x", REFUSED),
        (FieldType.OBJECT, None, REFUSED),
    ],
)
def test_a_value_is_coerced_or_refused(
    kind: FieldType, value: Json, expected: Json
) -> None:
    assert read(FieldSpec(kind), value) == typed(expected)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.STRING, None, None),
        (FieldType.STRING, "", ""),
        (FieldType.STRING, 0, "0"),
        (FieldType.STRING, ["x"], REFUSED),
        (FieldType.STRING, [5], "5"),
        (FieldType.STRING, [None], ""),
        (FieldType.STRING, [[False]], REFUSED),
        (FieldType.NUMBER, "", None),
        (FieldType.NUMBER, [""], None),
        (FieldType.NUMBER, [0], None),
        (FieldType.NUMBER, [5], REFUSED),
        (FieldType.NUMBER, ["5"], 5),
        (FieldType.NUMBER, "x", REFUSED),
        (FieldType.BOOLEAN, "", None),
        (FieldType.BOOLEAN, 0, False),
        (FieldType.BOOLEAN, [False], None),
        (FieldType.BOOLEAN, [True], REFUSED),
        (FieldType.OBJECT, 0, None),
        (FieldType.OBJECT, "", None),
        (FieldType.OBJECT, [None], REFUSED),
        (FieldType.OBJECT, [{}], REFUSED),
        (FieldType.OBJECT, "x", REFUSED),
        (FieldType.DATETIME, None, None),
        (FieldType.DATETIME, [""], None),
    ],
)
def test_a_value_that_may_be_null_is_read_so_where_nothing_else_fits(
    kind: FieldType, value: Json, expected: Json
) -> None:
    assert read(FieldSpec(kind, is_nullable=True), value) == typed(expected)


def test_only_plain_values_are_sent_unseen() -> None:
    assert unchecked_type(FieldSpec(FieldType.STRING)) is str
    assert unchecked_type(FieldSpec(FieldType.DATETIME)) is None
    assert unchecked_type(FieldSpec(FieldType.STRING, is_multiple=True)) is None
    assert unchecked_type(FieldSpec(FieldType.OBJECT, properties={})) is None


@given(st.integers())
def test_a_whole_number_survives_its_text(number: int) -> None:
    """number_of_text(number_text(n)) == n, to the last digit."""
    assert number_of_text(number_text(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_survives_its_text(number: float) -> None:
    """number_of_text(number_text(x)) is x to a reader of doubles."""
    found = number_of_text(number_text(number))
    assert found is not None
    assert float(found) == number


@given(
    st.sampled_from(["", "+", "-"]),
    st.text("0123456789", min_size=1, max_size=400),
    st.text(" \t\n\ufeff", max_size=3),
)
def test_a_row_of_digits_is_a_whole_number(sign: str, digits: str, blanks: str) -> None:
    """Exactly, with a sign and between blanks, as far as there are such doubles."""
    is_double = len(digits.lstrip("0")) <= 308
    expected = int(sign + digits) if is_double else None
    found = number_of_text(f"{blanks}{sign}{digits}{blanks}")
    assert found == expected or not is_double
