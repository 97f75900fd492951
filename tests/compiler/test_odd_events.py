"""No event makes a condition raise, and none is changed by one."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from copy import deepcopy
from itertools import product
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from tests.compiler import reference
from tests.compiler.compiling import compiled, exactly, tree
from tests.compiler.strategies import ONE_VALUE, conditions, events

if TYPE_CHECKING:
    from fql.compiler.values import Json

READING_ALL = (
    "properties.a = properties.b",
    "properties.a != 5",
    "properties.a in properties.b",
    "properties.a in ['a', 1, [2]]",
    "[properties.a] = [properties.b]",
    "properties.a < properties.b or received_at > properties.a",
    "match(properties.a, 'a*') or match(properties.a, properties.b)",
    "contains(properties.a, properties.b)",
    "any(properties.a, item = properties.b) or all(properties.a, item.a.b != null)",
    "semver(properties.a, '<', properties.b)",
    *(f"{name}(properties.a) = {name}(properties.b)" for name in ONE_VALUE),
)


def nested(depth: int, *, is_list: bool) -> Json:
    """Return a value of *depth* levels, made without recursion."""
    value: Json = 1
    for _ in range(depth):
        value = [value] if is_list else {"a": value}
    return value


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize("is_list", [False, True])
def test_no_depth_of_an_event_is_too_much(depth: int, *, is_list: bool) -> None:
    deep, again = nested(depth, is_list=is_list), nested(depth, is_list=is_list)
    for text, other in product(READING_ALL, (again, None)):
        event: Json = {"properties": {"a": deep, "b": other}, "receivedAt": deep}
        assert isinstance(compiled(text)(event), bool), text


def test_deep_values_are_equal_only_when_they_are() -> None:
    deep, again = (nested(100_000, is_list=False) for _ in range(2))
    longer = nested(100_001, is_list=False)
    assert compiled("a = b")({"a": deep, "b": again})
    assert not compiled("a = b")({"a": deep, "b": longer})
    assert compiled("a in b")({"a": deep, "b": [longer, again]})


def test_a_deep_path_is_walked_to_its_end() -> None:
    path = ".".join(["a"] * 20_000)
    event = nested(20_000, is_list=False)
    assert compiled(f"{path} = 1")(event)
    assert not compiled(f"{path}.a = 1")(event)


_LIST: list[Json] = [nan, 10**5000]
_OBJECT: dict[str, Json] = {"\ud800": nan}
ODD: tuple[Json, ...] = (
    *(nan, inf, -inf, 10**5000, -(10**5000), "\ud800", "\udfff\ud800"),
    *("9" * 5000, "1e999999", "-" * 5000, "[" * 5000, "1." * 5000, "\\", " " * 5000),
    _LIST,
    _OBJECT,
)


@pytest.mark.parametrize("text", READING_ALL)
def test_values_that_no_json_text_holds_have_an_answer(text: str) -> None:
    condition = compiled(text)
    for left, right in product(ODD, repeat=2):
        event: Json = {"properties": {"a": left, "b": right}, "receivedAt": left}
        assert isinstance(condition(event), bool)


class Text(str):
    __slots__ = ()


class Elements(list["Json"]):
    pass


def disguised(value: Json) -> Json:
    """Return *value* in subclasses of what a JSON reader makes."""
    if isinstance(value, dict):
        members = {key: disguised(each) for key, each in value.items()}
        return defaultdict(list, members) if "a" in value else OrderedDict(members)
    if isinstance(value, list):
        return Elements(map(disguised, value))
    return Text(value) if isinstance(value, str) else value


@settings(max_examples=60)
@given(conditions(), events())
def test_subclasses_count_as_what_they_are(text: str, event: Json) -> None:
    odd = disguised(event)
    before = deepcopy(odd)
    assert compiled(text)(odd) is reference.holds(tree(text), event)
    assert exactly(odd) == exactly(before)


@settings(max_examples=60)
@given(conditions(), events())
def test_events_are_never_changed(text: str, event: Json) -> None:
    before = deepcopy(event)
    condition = compiled(text)
    answers = [condition(event), condition(event)]
    assert exactly(event) == exactly(before)
    assert answers[0] is answers[1]


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5000, "0" * 5000])
def test_positions_of_any_length_have_an_answer(digits: str) -> None:
    first = compiled(f"properties.items.{digits} = 1")({"properties": {"items": [1]}})
    assert first is (set(digits) == {"0"})
