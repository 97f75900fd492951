"""The laws that conditions obey, whatever the values and the event."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiler.compiling import compiled
from tests.compiler.strategies import (
    TEXTS,
    conditions,
    events,
    json_values,
    literals,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

pairs = st.tuples(json_values(), json_values())


@cache
def comparison(text: str) -> Callable[[Json], bool]:
    return compiled(text)


def answer(text: str, left: Json, right: Json) -> bool:
    return comparison(text)({"a": left, "b": right})


@given(pairs)
def test_equal_and_unequal_are_complements(pair: tuple[Json, Json]) -> None:
    assert answer("a = b", *pair) is not answer("a != b", *pair)


@given(pairs)
def test_equality_is_symmetric(pair: tuple[Json, Json]) -> None:
    assert answer("a = b", *pair) is answer("b = a", *pair)


@given(json_values())
def test_equality_holds_for_copies_except_of_no_number(value: Json) -> None:
    is_whole = "nan" not in repr(value)
    assert answer("a = b", value, deepcopy(value)) is is_whole


comparable = st.tuples(
    st.integers() | st.floats(allow_nan=False),
    st.integers() | st.floats(allow_nan=False),
) | st.tuples(st.sampled_from(TEXTS) | st.text(), st.sampled_from(TEXTS) | st.text())


@given(comparable)
def test_orders_of_comparable_values_are_complements(
    pair: tuple[int | float | str, int | float | str],
) -> None:
    assert answer("a < b", *pair) is not answer("a >= b", *pair)
    assert answer("a > b", *pair) is not answer("a <= b", *pair)


@given(pairs)
def test_of_two_values_at_most_one_order_holds(pair: tuple[Json, Json]) -> None:
    held = [answer(f"a {op} b", *pair) for op in ("<", "=", ">")]
    assert sum(held) <= 1
    assert answer("a < b", *pair) is answer("b > a", *pair)
    assert answer("a <= b", *pair) is answer("b >= a", *pair)


@given(json_values(), st.lists(json_values(), max_size=4))
def test_membership_is_equality_with_an_element(
    value: Json, elements: list[Json]
) -> None:
    expected = any(answer("a = b", value, element) for element in elements)
    assert answer("a in b", value, elements) is expected


@given(literals(), st.lists(literals(), max_size=4), events())
def test_membership_of_a_listed_field_is_a_row_of_equalities(
    literal: str, elements: list[str], event: Json
) -> None:
    listed = ", ".join([literal, *elements])
    row = " or ".join(f"properties.a = {each}" for each in [literal, *elements])
    assert compiled(f"properties.a in [{listed}]")(event) is compiled(row)(event)


@settings(max_examples=60)
@given(conditions(1), conditions(1), events())
def test_de_morgan(one: str, other: str, event: Json) -> None:
    neither = compiled(f"!(({one}) or ({other}))")(event)
    assert neither is compiled(f"!({one}) and !({other})")(event)
    not_both = compiled(f"!(({one}) and ({other}))")(event)
    assert not_both is compiled(f"!({one}) or !({other})")(event)


@settings(max_examples=60)
@given(conditions(1), events())
def test_negation_is_the_other_answer(text: str, event: Json) -> None:
    assert compiled(f"!({text})")(event) is not compiled(f"({text})")(event)


@settings(max_examples=60)
@given(conditions(1), events())
def test_all_is_not_any_not(text: str, event: Json) -> None:
    every = compiled(f"all(properties.items, ({text}))")
    some_not = compiled(f"any(properties.items, !({text}))")
    assert every(event) is not some_not(event)
