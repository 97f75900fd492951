"""Events of tests, changed by path."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from fql.runtime.suite_events import PathError, with_value, without

if TYPE_CHECKING:
    from fql.compiler.values import Json

EVENT: dict[str, Json] = {
    "userId": "u1",
    "properties": {"items": [{"sku": "a"}, {"sku": "b"}], "a.b": 1, "none": None},
}

SET = [
    ("userId", 1, {"userId": 1}),
    ("traits.x.y", 1, {"traits": {"x": {"y": 1}}}),
    ("properties.none.x", 1, {"properties": {"none": {"x": 1}}}),
    (r"properties.a\.b", 2, {"properties": {"a.b": 2}}),
]


def merged(event: dict[str, Json], part: dict[str, Json]) -> dict[str, Json]:
    result = dict(event)
    for key, value in part.items():
        inner = result.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            value = merged(inner, value)
        result[key] = value
    return result


@pytest.mark.parametrize(("path", "value", "part"), SET)
def test_a_path_is_set(path: str, value: Json, part: dict[str, Json]) -> None:
    before = deepcopy(EVENT)
    assert with_value(EVENT, path, value) == merged(EVENT, part)
    assert before == EVENT


def test_a_list_takes_an_index_that_it_has_or_the_next() -> None:
    def skus(path: str) -> Json:
        properties = with_value(EVENT, path, "x")["properties"]
        assert isinstance(properties, dict)
        return properties["items"]

    assert skus("properties.items.1.sku") == [{"sku": "a"}, {"sku": "x"}]
    assert skus("properties.items.2.sku") == [*_items(), {"sku": "x"}]
    assert skus("properties.items.0") == ["x", {"sku": "b"}]


def _items() -> list[Json]:
    return [{"sku": "a"}, {"sku": "b"}]


def test_paths_are_removed() -> None:
    assert without(EVENT, "userId") == {"properties": EVENT["properties"]}
    fewer = without(without(EVENT, "properties.items.0"), r"properties.a\.b")
    assert fewer["properties"] == {"items": [{"sku": "b"}], "none": None}
    assert without({"a": [{"b": 1, "c": 2}]}, "a.0.b") == {"a": [{"c": 2}]}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("userId.x", "leads through a value without parts"),
        ("properties.items.3", "needs an index up to 2"),
        ("properties.items.x", "needs an index up to 2"),
        ("a..b", "is no path"),
        ("", "is no path"),
    ],
)
def test_a_path_that_leads_nowhere_is_not_set(path: str, why: str) -> None:
    with pytest.raises(PathError, match=why):
        with_value(EVENT, path, 1)


@pytest.mark.parametrize("path", ["gone", "userId.x", "properties.items.2", "a.b"])
def test_what_is_not_there_is_not_removed(path: str) -> None:
    with pytest.raises(PathError, match="is not in the event"):
        without(EVENT, path)
