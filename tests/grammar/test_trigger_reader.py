"""Odd texts, read as the original engine reads them."""

from __future__ import annotations

from typing import Any

import pytest

from fql.grammar.condition_tree import Condition, Group, Unreadable
from fql.grammar.conditions import read, read_tree

TRACK = {"type": "event-type", "operator": "=", "value": "track"}
A = {"type": "event", "operator": "=", "value": "A"}


def group(operator: str, *children: object) -> dict[str, object]:
    return {"type": "group", "operator": operator, "children": list(children)}


def event(operator: str, value: str) -> dict[str, Any]:
    return {"type": "event", "operator": operator, "value": value}


def prop(name: str, operator: str, *value: object) -> dict[str, Any]:
    shape = {"type": "event-property", "name": name, "operator": operator}
    return {**shape, "value": value[0]} if value else {**shape}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('type = "track"', group("and", TRACK)),
        ('type = "track" and event = "A"', group("and", TRACK, A)),
        ('type = "track" or event = "A" and', group("and", TRACK, A)),
        ('type = "track" or event = "A"', group("or", TRACK, A)),
        ('type = "track" or(event = "A")', group("and", TRACK, A)),
        ('(event = "A" or type = "track")', group("or", A, TRACK)),
        ('(event = "A") or type = "track"', group("or", A, TRACK)),
        (
            'type = "track" and (event = "A" or type = "track")',
            group("and", TRACK, group("or", A, TRACK)),
        ),
        ('event = "A" type = "track"', group("and", A, TRACK)),
        ('foo = "x" event = "A"', group("and", A)),
        ('event.b.c = "A"', group("and", A)),
        ("event = A", group("and", A)),
        ("event =", group("and", event("=", "eos"))),
        ("event", None),
        ('event = "A" )))', group("and", A)),
        ("event =)", group("and", event("=", ")"))),
        ("event A foo", group("and", event("A", "foo"))),
        ("event (=", group("and", event("(", "="))),
        ("event and or", group("and", event("and", "or"))),
        ("event <=5", group("and", event("<", "="))),
        ("event = -", group("and", event("=", "NaN"))),
        ("event = 1.50", group("and", event("=", "1.5"))),
        ("event = true", group("and", event("=", "true"))),
        ("event != null", group("and", event("!=", "null"))),
        ("event = 'A'", group("and", event("=", "'A'"))),
        ("event in [", group("and", event("in", "["))),
        ("toString = x event = A", group("and", A)),
        ("event = A and toString", None),
        ("event = A and toStrings", group("and", A)),
        (r"event \= A", group("and", A)),
    ],
)
def test_what_is_read(text: str, tree: dict[str, object] | None) -> None:
    got = read(text)
    assert (None if "error" in got else got) == tree


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("properties.a = null", prop("a", "not_exists")),
        ("properties.a != null", prop("a", "exists")),
        ("properties.a = true", prop("a", "is_true")),
        ("properties.a = false", prop("a", "is_false")),
        ("properties.a != true", prop("a", "!=", True)),
        ('properties.a = "true"', prop("a", "=", "true")),
        ("properties.a = 5", prop("a", "number_equals", 5)),
        ("properties.a != 5.5", prop("a", "number_not_equals", 5.5)),
        ("properties.a < 5", prop("a", "<", 5)),
        ("properties.a < null", prop("a", "<", "null")),
        ("properties.a = -", prop("a", "number_equals", None)),
        ("properties.a = -0", prop("a", "number_equals", 0)),
        (
            "properties.a = 9223372036854775808",
            prop("a", "number_equals", 9223372036854776000),
        ),
        ("properties.a = 9" + "0" * 21, prop("a", "number_equals", 9e21)),
        ("properties = 5", prop("properties", "number_equals", 5)),
        ("properties .a . b = 5", prop("a.b", "number_equals", 5)),
        (r"properties\.a = 5", prop("a", "number_equals", 5)),
        (r"properties.a\ b\.c = 5", prop("a b.c", "number_equals", 5)),
        ("properties.0 = 5", prop("properties", ".", 0)),
        ("properties.properties.a = 5", prop("properties.a", "number_equals", 5)),
        ("propertiesX = 5", None),
        ("contains(propertiesX, 5)", prop("propertiesX", "contains", "5")),
        ("contains(properties.a, true)", prop("a", "contains", "true")),
        ("contains(type, 5)", None),
        ("contains(event.a, 5)", None),
        ("contains(event)", event("contains", "eos")),
        ("contains(event", None),
        ("contains(event,", event("contains", "eos")),
        ("contains event foo", None),
        ("contains x event y A", event("contains", "A")),
        ("!contains(event, 5)", event("not_contains", "5")),
        ("!match(event, 5)", event("not_ends_with", "")),
        ("match(event, true)", event("ends_with", "rue")),
        ("match(event, null)", event("ends_with", "ull")),
        ('match(event, "")', event("ends_with", "")),
        ('match(event, "*")', event("starts_with", "")),
        ('match(event, "**")', event("starts_with", "*")),
        ('match(event, "a?b*")', event("starts_with", "a?b")),
        ('match(event, "abc")', event("ends_with", "bc")),
        ("match(event, 'a*')", event("ends_with", "a*'")),
        (r"match(event, a\*\")", event("starts_with", "a*")),
        ('match(event, "😀x")', event("ends_with", "\ude00x")),
        ('!(event = "A")', A),
        ("!event = A", A),
        (
            "context.a = null",
            {"type": "event-context", "name": "a", "operator": "not_exists"},
        ),
        ("name = null", {"type": "name", "operator": "not_exists"}),
        ("name = true", {"type": "name", "operator": "=", "value": "true"}),
        ("userId = true", {"type": "userId", "operator": "is_true"}),
        ("userId = 5", {"type": "userId", "operator": "=", "value": "5"}),
    ],
)
def test_one_condition(text: str, condition: dict[str, object] | None) -> None:
    got = read(text)
    assert got.get("children") == (None if condition is None else [condition])


def test_parentheses_around_nothing_leave_a_hole() -> None:
    assert read("() or event = A") == group("or", None, A)
    assert read("event = A and (foo)") == group("and", A, None)


@pytest.mark.parametrize("text", ["()", "(foo)", "foo", "", " ", ",", "and", "é"])
def test_where_nothing_is_read(text: str) -> None:
    assert list(read(text)) == ["error"]


@pytest.mark.parametrize("text", ["((event = A))", "(event = A", "event = A and (("])
def test_parentheses_do_not_nest(text: str) -> None:
    assert read(text)["error"] == (
        "these parentheses do not end; the trigger engine nests none"
    )


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "the text is empty", ""),
        ("a = 1", "no condition here: the trigger engine knows type, event, name, "
         "userId, properties, traits, context", "a = 1"),
        ("a, event", "`event` needs an operator and a value", "event"),
        ("a, contains(event", "`contains` needs a field and a value",
         "contains(event"),
        ("a, !match(event", "`match` needs a field and a value", "!match(event"),
        ('event = "😀" and (b', "these parentheses do not end; the trigger engine "
         "nests none", "(b"),
    ],
)  # fmt: skip
def test_failures_say_why_and_where(text: str, message: str, place: str) -> None:
    tree = read_tree(text)
    assert isinstance(tree, Unreadable)
    assert tree.span is not None
    assert (tree.message, text[tree.span.start : tree.span.end]) == (message, place)


def test_conditions_know_their_places() -> None:
    text = '"😀" foo = !contains(event, "😀") and (name = a or properties . b < 5) x'
    tree = read_tree(text)
    assert isinstance(tree, Group)
    places: list[str] = []

    def collect(child: Condition | Group | None) -> None:
        assert child is not None
        assert child.span is not None
        places.append(text[child.span.start : child.span.end])
        if isinstance(child, Group):
            for each in child.children:
                collect(each)

    collect(tree)
    assert places == [
        text,
        '!contains(event, "😀")',
        "name = a or properties . b < 5",
        "name = a",
        "properties . b < 5",
    ]
