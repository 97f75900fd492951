"""Condition trees and their JSON."""

from __future__ import annotations

import json
import math

import pytest

from fql.grammar.condition_tree import (
    Condition,
    Group,
    GroupOperator,
    Kind,
    TreeError,
    Unreadable,
    from_json,
    path_keys,
    to_json,
)
from fql.grammar.javascript import NOT_A_NUMBER
from fql.grammar.limits import MAX_NESTING


def nested(depth: int) -> dict[str, object]:
    tree: dict[str, object] = {"type": "group", "operator": "and", "children": []}
    for _ in range(depth - 1):
        tree = {"type": "group", "operator": "or", "children": [tree]}
    return tree


TREE = """{"type": "group", "operator": "or", "children": [
{"type": "event-type", "operator": "=", "value": "track"},
{"type": "event", "operator": "=", "value": "null"},
{"type": "name", "operator": "not_exists"},
{"type": "userId", "operator": "is_true"}, null,
{"type": "group", "operator": "and", "children": [
{"type": "event-property", "name": "a", "operator": "!=", "value": true},
{"type": "event-trait", "name": "b.c", "operator": ">", "value": 1.5},
{"type": "event-context", "name": "", "operator": ".", "value": 0},
{"type": "event-context", "name": "x", "operator": "=", "value": null}]}]}"""


def test_json_goes_through_unchanged_with_its_key_order() -> None:
    shape = json.loads(TREE)
    assert json.dumps(to_json(from_json(shape))) == json.dumps(shape)


def test_a_tree_holds_types_and_tells_absent_from_null() -> None:
    tree = from_json(json.loads(TREE))
    assert isinstance(tree, Group)
    inner = tree.children[5]
    assert isinstance(inner, Group)
    assert tree.children[2] == Condition(Kind.NAME, "not_exists")
    assert inner.children == (
        Condition(Kind.PROPERTY, "!=", "a", True),
        Condition(Kind.TRAIT, ">", "b.c", 1.5),
        Condition(Kind.CONTEXT, ".", "", 0),
        Condition(Kind.CONTEXT, "=", "x", NOT_A_NUMBER),
    )
    values = [each.value for each in inner.children if isinstance(each, Condition)]
    assert [type(value) for value in values] == [bool, float, int, float]


def test_not_a_number_is_null_in_json() -> None:
    group = Group(GroupOperator.AND, (Condition(Kind.TRAIT, "<", "a", math.nan),))
    assert to_json(group)["children"] == [
        {"type": "event-trait", "name": "a", "operator": "<", "value": None}
    ]


def test_an_error_goes_through() -> None:
    assert from_json({"error": "no end"}) == Unreadable("no end")
    assert to_json(Unreadable("no end")) == {"error": "no end"}
    assert from_json({"error": {}}) == Unreadable("the text could not be read")


@pytest.mark.parametrize(
    ("tree", "pointer"),
    [
        (None, ""),
        ([], ""),
        ({}, "/type"),
        ({"type": "event", "operator": "=", "value": "a"}, "/type"),
        ({"type": "group", "children": []}, "/operator"),
        ({"type": "group", "operator": "xor", "children": []}, "/operator"),
        ({"type": "group", "operator": "and"}, "/children"),
        ({"type": "group", "operator": "and", "children": {}}, "/children"),
        ({"type": "group", "operator": "and", "children": ["a"]}, "/children/0"),
        (
            {"type": "group", "operator": "and", "children": [None, {"type": "x"}]},
            "/children/1/type",
        ),
    ],
)
def test_what_is_no_tree(tree: object, pointer: str) -> None:
    with pytest.raises(TreeError) as caught:
        from_json(tree)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ({"type": "event"}, "operator"),
        ({"type": "event", "operator": 1}, "operator"),
        ({"type": "event-trait", "operator": "="}, "name"),
        ({"type": "event-trait", "operator": "=", "name": None}, "name"),
        ({"type": "event", "operator": "=", "value": []}, "value"),
        ({"type": "event", "operator": "=", "value": {}}, "value"),
    ],
)
def test_what_is_no_condition(condition: object, key: str) -> None:
    inner = {"type": "group", "operator": "or", "children": [condition]}
    with pytest.raises(TreeError) as caught:
        from_json({"type": "group", "operator": "and", "children": [inner]})
    assert caught.value.pointer == f"/children/0/children/0/{key}"


def test_trees_nest_to_a_bound() -> None:
    assert to_json(from_json(nested(MAX_NESTING))) == nested(MAX_NESTING)
    with pytest.raises(TreeError, match="groups nest deeper than 200"):
        from_json(nested(MAX_NESTING + 1))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("items[0].id", ("items", "0", "id")),
        ("a['b']", ("a", "'b'")),
        ("..a.[]b ", ("a", "b ")),
        (".", ()),
        ("", ()),
    ],
)
def test_paths_split_at_dots_and_brackets(name: str, keys: tuple[str, ...]) -> None:
    assert path_keys(name) == keys
