"""Proofs that two conditions agree on every event, or do not."""

from __future__ import annotations

import pytest

import fql
from fql.compiler import equivalence
from fql.compiler.equivalence import is_equal
from fql.compiler.solve import Unknown

EQUAL = [
    ("a", "a"),
    ("!!a", "a"),
    ("a = 1 or a = 2", "a in [1, 2]"),
    ("a and (b or c)", "(a and b) or (a and c)"),
]
DIFFERENT = [
    ("a", "b"),
    ("!(a < 5)", "a >= 5"),
    ("a > 5", "a >= 5"),
    ('event = "A"', 'event = "a"'),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_what_agrees_is_proved_equal(left: str, right: str) -> None:
    one, other = fql.compile(left).node, fql.compile(right).node
    assert is_equal(one, other) is True


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_what_differs_is_proved_different(left: str, right: str) -> None:
    one, other = fql.compile(left).node, fql.compile(right).node
    assert is_equal(one, other) is False


def test_what_is_out_of_reach_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Unknown:
        return Unknown()

    monkeypatch.setattr(equivalence, "solve", unknown)
    assert is_equal(fql.compile("a").node, fql.compile("b").node) is None
