"""Sets of kinds, and their names in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.types import Type, describe, includes, overlaps, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json


def union(kinds: Iterable[Type]) -> Type:
    whole = Type(0)
    for kind in kinds:
        whole |= kind
    return whole


types = st.lists(st.sampled_from(list(Type))).map(union)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, Type.NULL),
        (True, Type.BOOL),
        (0, Type.NUMBER),
        (1.5, Type.NUMBER),
        ("", Type.STRING),
        ("2023-04-31", Type.STRING),
        ("2023-04-30", Type.TIMESTAMP),
        ([], Type.LIST),
        ({}, Type.OBJECT),
    ],
)
def test_every_value_is_of_one_kind(value: Json, kind: Type) -> None:
    assert type_of(value) is kind


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (Type.NULL, "null"),
        (Type.STRING, "a string"),
        (Type.NUMBER | Type.NULL, "a number or null"),
        (Type.NULL | Type.LIST | Type.BOOL, "a bool, a list or null"),
        (Type.TIMESTAMP | Type.OBJECT, "a timestamp or an object"),
        (Type.ANY, "any value"),
        (Type(0), "nothing"),
    ],
)
def test_describe(kinds: Type, words: str) -> None:
    assert describe(kinds) == words


@given(types)
def test_each_kind_of_a_type_is_named_once(kinds: Type) -> None:
    words = describe(kinds).replace(" or ", ", ").split(", ")

    assert len(words) == (1 if kinds in {Type.ANY, Type(0)} else len(kinds))


def test_any_is_all_kinds() -> None:
    assert union(Type) is Type.ANY


@given(types, types)
def test_overlap_is_symmetric_and_includes_a_common_kind(
    left: Type, right: Type
) -> None:
    assert overlaps(left, right) is overlaps(right, left)
    if left & right:
        assert overlaps(left, right)


@given(types, types)
def test_a_type_that_includes_another_overlaps_it(wide: Type, narrow: Type) -> None:
    if includes(wide, narrow) and narrow:
        assert overlaps(wide, narrow)


@given(types)
def test_any_includes_every_type(kinds: Type) -> None:
    assert includes(Type.ANY, kinds)
    assert includes(kinds, kinds)
    assert includes(kinds, Type(0))
    assert not overlaps(kinds, Type(0))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Type.STRING, Type.TIMESTAMP, True),
        (Type.STRING | Type.NULL, Type.TIMESTAMP | Type.NUMBER, True),
        (Type.STRING, Type.NUMBER, False),
        (Type.NULL, Type.ANY, True),
    ],
)
def test_overlaps(left: Type, right: Type, *, expected: bool) -> None:
    assert overlaps(left, right) is expected


def test_a_timestamp_is_a_string_but_not_the_reverse() -> None:
    assert includes(Type.STRING, Type.TIMESTAMP)
    assert not includes(Type.TIMESTAMP, Type.STRING)
    assert not includes(Type.STRING, Type.TIMESTAMP | Type.NULL)
