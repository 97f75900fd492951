"""Texts and trees of the visual builder, both ways and exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

import fql
from fql.compiler.builder import builder_tree
from fql.compiler.builder_text import builder_text, glob_text
from fql.compiler.globs import glob_match
from fql.grammar.condition_tree import (
    Condition,
    Group,
    GroupOperator,
    Kind,
    TreeError,
    from_json,
    to_json,
)
from fql.grammar.diagnostics import Code, FqlError
from tests.compiler.tree_strategies import TEXTS, flat_trees, nested_trees

if TYPE_CHECKING:
    from fql.compiler.values import Json


def group(*children: dict[str, Any] | None, operator: str = "and") -> dict[str, Any]:
    return {"type": "group", "operator": operator, "children": list(children)}


def of_property(operator: str, value: object = None, name: str = "a") -> dict[str, Any]:
    given = {} if value is None else {"value": value}
    return {"type": "event-property", "name": name, "operator": operator, **given}


@settings(max_examples=150, deadline=None)
@given(flat_trees())
def test_tree_to_text_to_tree_is_the_identity(tree: Group) -> None:
    text = builder_text(tree)
    assert builder_tree(text) == tree
    assert builder_text(builder_tree(text)) == text


@settings(max_examples=40, deadline=None)
@given(flat_trees())
def test_the_json_of_a_tree_survives_too(tree: Group) -> None:
    shape = to_json(tree)
    assert repr(fql.conditions.from_fql(fql.conditions.to_fql(shape))) == repr(shape)


@settings(max_examples=40, deadline=None)
@given(nested_trees())
def test_groups_in_groups_survive_as_parentheses(tree: Group) -> None:
    assert builder_tree(builder_text(tree), is_nested=True) == tree


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('properties.a = "x"', of_property("=", "x")),
        ("'x' != properties.a", of_property("!=", "x")),
        ("properties.a = 5", of_property("number_equals", 5)),
        ("properties.a != 5.5", of_property("number_not_equals", 5.5)),
        ("5 < properties.a", of_property(">", 5)),
        ("properties.a <= -5", of_property("<=", -5)),
        ("properties.a = true", of_property("is_true")),
        ("(properties.a = FALSE)", of_property("is_false")),
        ("properties.a = null", of_property("not_exists")),
        ("properties.a != null", of_property("exists")),
        ('contains(properties.a, "x")', of_property("contains", "x")),
        ('!contains(properties.a, "x")', of_property("not_contains", "x")),
        ('match(properties.a, "x*")', of_property("starts_with", "x")),
        (r'!match(properties.a, "\**")', of_property("not_starts_with", "*")),
        ('match(properties.a, "*x")', of_property("ends_with", "x")),
        ('!(match(properties.a, "*x"))', of_property("not_ends_with", "x")),
        ('match(properties.a, "*x*")', of_property("contains", "x")),
        ('match(properties.a, "x")', of_property("=", "x")),
        ('!match(properties.a, "x")', of_property("!=", "x")),
        ('match(properties.a, "*")', of_property("contains", "")),
        (r'properties.a\ b.c = "x"', of_property("=", "x", "a b.c")),
    ],
)
def test_a_condition_of_a_text(text: str, condition: dict[str, Any]) -> None:
    assert fql.conditions.from_fql(text) == group(condition)


def test_all_is_the_group_of_no_conditions() -> None:
    assert fql.conditions.from_fql("all") == group()
    assert fql.conditions.to_fql(group()) == "all"


def test_parentheses_around_a_list_of_the_same_kind_are_passed_over() -> None:
    text = 'type = "a" and (event = "b" and (name = "c"))'
    tree = builder_tree(text)
    assert [child.kind for child in tree.children if isinstance(child, Condition)] == [
        Kind.EVENT_TYPE,
        Kind.EVENT,
        Kind.NAME,
    ]


def test_parts_know_their_place() -> None:
    text = '(type = "a")  or !contains(event, "b")'
    children = builder_tree(text).children
    assert [child.span and text[slice(*child.span)] for child in children if child] == [
        'type = "a"',
        '!contains(event, "b")',
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('type = "a" and (event = "b" or name = "c")', 'event = "b" or name = "c"'),
        ('type = "a" and event = "b" or name = "c"', 'type = "a" and event = "b"'),
        ('!(type = "a") and event = "b"', '!(type = "a")'),
        ("type = 'a' and properties.a", "properties.a"),
        ("anonymousId = 'a' and event = 'b'", "anonymousId = 'a'"),
        ("properties = null", "properties = null"),
        ("type.a = 'b'", "type.a = 'b'"),
        (r"properties.a\.b = 'b'", r"properties.a\.b = 'b'"),
        ("properties.a != true", "properties.a != true"),
        ("properties.a < 'b'", "properties.a < 'b'"),
        ("5 in properties.a", "5 in properties.a"),
        ("properties.a in properties.b", "properties.a in properties.b"),
        ("properties.a = properties.b", "properties.a = properties.b"),
        ("properties.a in ['x']", "properties.a in ['x']"),
        ("event = null", "event = null"),
        ("userId = 5", "userId = 5"),
        ("contains(type, 'a')", "contains(type, 'a')"),
        ("length(event) > 3", "length(event) > 3"),
        ("exists(event)", "exists(event)"),
        ("match(event, 'a*b')", "match(event, 'a*b')"),
        ("contains(event, name)", "contains(event, name)"),
        ("event = 'a' and true", "true"),
    ],
)
def test_a_part_that_fits_no_tree_is_named(text: str, part: str) -> None:
    with pytest.raises(FqlError) as caught:
        builder_tree(text)
    (finding,) = caught.value.diagnostics
    assert finding.code is Code.NO_BUILDER_FORM
    assert finding.source.slice(finding.span) == part
    assert finding.help


def test_all_parts_that_do_not_fit_are_named() -> None:
    with pytest.raises(FqlError) as caught:
        builder_tree("a = 1 and !(event = 'b') and type = 'c' and properties.d")
    assert len(caught.value.diagnostics) == 3


def test_errors_of_the_text_come_first() -> None:
    with pytest.raises(FqlError) as caught:
        builder_tree("contians(event, 'a')")
    assert [each.code for each in caught.value.diagnostics] == [Code.UNKNOWN_FUNCTION]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (of_property("=", 5), 'properties.a = "5"'),
        (of_property("!=", True), 'properties.a != "true"'),
        (of_property("<", " 0x10 "), "properties.a < 16"),
        (of_property("number_equals", True), "properties.a = 1"),
        (of_property("=", "x", "items[0].id"), 'properties.items.0.id = "x"'),
        (
            {"type": "event-type", "operator": "contains", "value": "a"},
            'contains(type, "a")',
        ),
        ({"type": "event", "operator": "not_exists"}, "event = null"),
        (group(of_property("is_true"), operator="or"), "properties.a = true"),
    ],
)
def test_other_trees_are_written_by_what_they_mean(
    condition: dict[str, Any], text: str
) -> None:
    assert fql.conditions.to_fql(group(condition)) == text


@pytest.mark.parametrize(
    ("tree", "pointer"),
    [
        ({"error": "no"}, "/error"),
        (group(operator="or"), ""),
        (group(None), "/children/0"),
        (group(of_property("is_true"), group()), "/children/1"),
        (group(of_property("like", "x")), "/children/0/operator"),
        (group(of_property("=", "x", "")), "/children/0/name"),
        (group(of_property("=", "x", ".")), "/children/0/name"),
        (group(of_property("=")), "/children/0/value"),
        (group(of_property("<")), "/children/0/value"),
        (group(of_property("<", "x")), "/children/0/value"),
        (group(of_property("number_equals", 10**400)), "/children/0/value"),
    ],
)
def test_a_tree_that_no_text_means_is_refused(
    tree: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(TreeError) as caught:
        fql.conditions.to_fql(tree)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize("text", TEXTS)
def test_a_glob_of_a_text_matches_it_and_nothing_else(text: str) -> None:
    assert glob_match(glob_text(text), text)
    assert not glob_match(glob_text(text), f"{text}x")
    assert not glob_match(glob_text(text), "x")


def test_both_ways_answer_alike_where_no_corner_is_met() -> None:
    text = (
        """event = 'say "hi"' or match(properties.a\\ b, 'x\\**')"""
        " or properties.n >= 5"
    )
    events: list[dict[str, Json]] = [
        {"event": 'say "hi"'},
        {"properties": {"a b": "x*y", "n": 1}},
        {"properties": {"a b": "xy", "n": 5}},
        {"properties": {"a b": "xy", "n": 4}},
        {},
    ]
    tree = fql.conditions.compile(fql.conditions.from_fql(text))
    trigger = fql.compile(text)
    assert [trigger(event) for event in events] == [True, True, True, False, False]
    assert [tree(event) for event in events] == [trigger(event) for event in events]


def test_json_of_a_made_tree_is_read() -> None:
    tree = Group(GroupOperator.AND, (Condition(Kind.EVENT, "=", value="a"),))
    assert from_json(fql.conditions.from_fql(builder_text(tree))) == tree
