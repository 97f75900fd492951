"""Where two JSON values differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from fql.compiler.values import equals
from fql.runtime.payload_diff import MAX_DIFFERENCES, differences
from tests.compiler.strategies import json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json

CASES: list[tuple[Json, Json, list[str]]] = [
    (1, 1.0, []),
    (1, True, ["it: expected 1, got true"]),
    ({"a": 1}, {"a": "1"}, ['a: expected 1, got the string "1"']),
    ({"a": None}, {}, ["a: expected null, got missing"]),
    ({}, {"a b": 1}, ["a\\ b: not expected, got 1"]),
    ({"": 1}, {"": 2}, ['[""]: expected 1, got 2']),
    ([1, {"x": 2}], [1, {"x": 3}], ["\\1.x: expected 2, got 3"]),
    ([1], [1, 2], ["it: expected the list [1], got the list [1,2]"]),
]


@pytest.mark.parametrize(("expected", "actual", "lines"), CASES)
def test_differences_are_told_by_path(
    expected: Json, actual: Json, lines: list[str]
) -> None:
    assert differences(expected, actual) == tuple(lines)


def test_a_part_may_have_other_keys_at_any_depth() -> None:
    whole: Json = {"a": {"b": 1, "c": 2}, "d": [{"e": 1, "f": 2}]}
    assert differences({"a": {"c": 2}, "d": [{"f": 2}]}, whole, is_part=True) == ()
    assert differences({"a": {"c": 3}}, whole, is_part=True) == (
        "a.c: expected 3, got 2",
    )
    assert differences({"d": []}, whole, is_part=True) != ()


def test_many_differences_are_counted() -> None:
    wanted: Json = {f"k{number}": number for number in range(MAX_DIFFERENCES + 5)}
    lines = differences(wanted, {})
    assert (len(lines), lines[-1]) == (MAX_DIFFERENCES + 1, "and 5 more")


@given(json_values(), json_values())
def test_values_differ_where_they_are_not_equal(one: Json, other: Json) -> None:
    assert (differences(one, other) == ()) is equals(one, other)
