"""Samples: the published vectors, the rate, and the laws."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.values import equals
from fql.runtime.sampling import bound, canonical_json, position
from tests.compiler.strategies import json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json

PAGE = Path(__file__).parents[2] / "docs" / "sampling.md"
VECTOR = re.compile(r"\| `(.+)` \| `(.+)` \| `([0-9a-f]{16})` \| ([0-9.]+) \|")

fractions = st.floats(0, 1)


def test_the_published_vectors_hold() -> None:
    vectors = VECTOR.findall(PAGE.read_text(encoding="utf-8"))
    assert len(vectors) >= 10
    for written, canonical, place, fraction in vectors:
        value = json.loads(written)
        assert canonical_json(value) == canonical
        assert f"{position(value):016x}" == place
        assert f"{position(value) / 2**64:.6f}" == fraction


def test_the_rate_is_the_asked_one() -> None:
    places = [position(f"user-{number}") for number in range(100_000)]
    for percent in (0.001, 0.01, 0.05, 0.3, 0.5, 0.9, 0.999):
        kept = sum(place < bound(percent) for place in places)
        assert abs(kept / len(places) - percent) < 0.01


@pytest.mark.parametrize(
    ("percent", "places"),
    [
        (-1, 0),
        (0, 0),
        (0.0, 0),
        (1, 2**64),
        (1.0, 2**64),
        (50, 2**64),
        (0.5, 2**63),
        (0.25, 2**62),
        (5e-324, 1),
        (1 - 2**-53, 2**64 - 2**11),
    ],
)
def test_a_bound_is_exact(percent: float, places: int) -> None:
    assert bound(percent) == places


@given(fractions, fractions)
def test_samples_are_nested(one: float, other: float) -> None:
    assert bound(min(one, other)) <= bound(max(one, other))


@given(json_values())
def test_every_value_has_a_place(value: Json) -> None:
    assert 0 <= position(value) < 2**64


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0, -0.0),
        (10**22, 1e22),
        (2**60, 2.0**60),
        ({"a": 1, "b": [2**60]}, {"b": [2.0**60], "a": 1.0}),
    ],
)
def test_equal_values_have_one_text(one: Json, other: Json) -> None:
    assert equals(one, other)
    assert canonical_json(one) == canonical_json(other)


@given(json_values(), json_values())
def test_values_with_different_texts_differ(one: Json, other: Json) -> None:
    if canonical_json(one) != canonical_json(other):
        assert not equals(one, other)


def test_keys_are_ordered_by_their_utf16_units() -> None:
    keys = ["\ufb33", "\U0001f600", "\xe9", "a"]
    ordered = json.loads(canonical_json(dict.fromkeys(keys)))
    assert list(ordered) == ["a", "\xe9", "\U0001f600", "\ufb33"]


def test_the_value_is_left_as_it_is() -> None:
    value: Json = {"b": [{"d": 2**60, "c": None}], "a": 1}
    before = json.dumps(value)
    canonical_json(value)
    assert json.dumps(value) == before


def test_depth_does_not_matter() -> None:
    deep: list[Json] = []
    for _ in range(100_000):
        deep = [deep]
    assert canonical_json(deep).count("[") == 100_001
