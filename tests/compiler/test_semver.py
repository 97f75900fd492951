"""Versions, as far as ``semver`` reads them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.semver import OPERATORS, compare_semver, parse_version

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARISONS: dict[str, Callable[[list[int], list[int]], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

versions = st.lists(st.integers(-99, 99), min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.3", (1, 2, 3)),
        ("2", (2, 0, 0)),
        ("1.10", (1, 10, 0)),
        (" 1 . 2\t.\n3 ", (1, 2, 3)),
        ("\ufeff\u20281", (1, 0, 0)),
        ("1.2.3-beta", (1, 2, 3)),
        ("1.2.3abc", (1, 2, 3)),
        ("1e3", (1, 0, 0)),
        ("0x10", (0, 0, 0)),
        ("-1.+2", (-1, 2, 0)),
        ("007", (7, 0, 0)),
        ("1.9007199254740993", (1, 9007199254740993, 0)),
        ("0" * 5000 + "1", (1, 0, 0)),
    ],
)
def test_each_part_counts_by_its_leading_integer(text: str, version: object) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "1.",
        ".1",
        "1..2",
        "v1.2",
        "1.x",
        "1.2.3.4",
        "1.2.3.",
        "- 1",
        "--1",
        "\u0661",
        "\x1c1",
        "\ud800",
        None,
        1,
        1.2,
        True,
        ["1"],
        {},
    ],
)
def test_what_is_no_version(value: object) -> None:
    assert parse_version(value) is None  # type: ignore[arg-type]  # tables mix types


@pytest.mark.parametrize(
    ("version", "op", "other", "expected"),
    [
        ("1.10.0", ">", "1.9.9", True),
        ("1.10", "=", "1.10.0", True),
        ("1.2.3-beta", "=", "1.2.3", True),
        ("1.2.3-beta", "<", "1.2.3", False),
        ("1.2", "!=", "1.3", True),
        ("2", "<=", "2.0.1", True),
        ("2", ">=", "2.0.1", False),
        ("v1", "!=", "1", False),
        (None, "!=", "1", False),
        ("1", "!=", None, False),
        (1, "=", "1", False),
        ("1", "==", "1", False),
        ("1", "", "1", False),
        ("1", None, "1", False),
        ("1", ["="], "1", False),
        ("9" * 5000, "=", "8" * 5000, True),
        ("9" * 5000, ">", "9" * 400, True),
        ("-" + "9" * 5000, "<", "-" + "9" * 400, True),
    ],
)
def test_compare(version: object, op: object, other: object, *, expected: bool) -> None:
    answer = compare_semver(version, op, other)  # type: ignore[arg-type]  # as above

    assert answer is expected


@given(versions, st.sampled_from(list(COMPARISONS)), versions)
def test_versions_compare_part_by_part(
    left: list[int], name: str, right: list[int]
) -> None:
    padded = [[*each, 0, 0][:3] for each in (left, right)]

    answer = compare_semver(".".join(map(str, left)), name, ".".join(map(str, right)))

    assert answer is COMPARISONS[name](*padded)


@given(st.text(), st.text(), st.text())
def test_any_texts_have_an_answer(version: str, op: str, other: str) -> None:
    assert compare_semver(version, op, other) in {True, False}


def test_the_operators_are_the_six_comparisons() -> None:
    assert list(OPERATORS) == list(COMPARISONS)
