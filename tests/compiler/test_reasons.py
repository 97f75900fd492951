"""What triggers are made of, and why their tests may surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.compiler import ir
from fql.compiler.closures import compile_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.reasons import (
    Field,
    Reason,
    note,
    reason_of_checked,
    reason_of_tree,
)
from fql.compiler.trigger import check_trigger, compile_trigger
from fql.grammar.condition_tree import from_json
from fql.grammar.conditions import read_tree

if TYPE_CHECKING:
    from fql.compiler.values import Json


def reason(text: str) -> Reason:
    return reason_of_checked(check_trigger(text), FUNCTIONS)


def outline(given: Reason) -> object:
    """Return *given* as nested pairs of joints and parts; tests as their texts."""
    if given.joint == "one":
        return given.text
    return given.joint, *map(outline, given.parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", "a = 1"),
        ("(((a = 1)))", "a = 1"),
        ("a = 1 and b and !c", ("all", "a = 1", "b", ("not", "c"))),
        ("a and (b or (c and d))", ("all", "a", ("any", "b", ("all", "c", "d")))),
        ("a or b and c", ("any", "a", ("all", "b", "c"))),
        ("!(a or !b)", ("not", ("any", "a", ("not", "b")))),
        ("any(a, item = 1 and item.b)", "any(a, item = 1 and item.b)"),
        ("all", "all"),
    ],
)
def test_a_condition_is_taken_apart_where_it_joins_others(
    text: str, expected: object
) -> None:
    assert outline(reason(text)) == expected


def test_a_part_is_answered_on_its_own() -> None:
    first, second = reason("a = 1 and !(b > 2)").parts
    assert compile_condition(first.node)({"a": 1, "b": 3})
    assert not compile_condition(second.node)({"a": 1, "b": 3})


def test_a_bare_field_is_answered_as_in_a_condition() -> None:
    first, _ = reason("a and b").parts
    assert [
        compile_condition(first.node)({"a": each}) for each in (True, 1, "yes")
    ] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a.b = a.c", (Field(("a", "b"), None), Field(("a", "c"), None))),
        ("a = 1 or a = 2", ()),
        ("a in [1, 2]", (Field(("a",), None),)),
        ("received_at > '2023-01-01'", (Field(("received_at",), ("receivedAt",)),)),
        ("1 = 1", ()),
        (r"a\.b.c = 1", (Field(("a.b", "c"), None),)),
    ],
)
def test_a_test_knows_the_fields_that_it_reads(
    text: str, fields: tuple[Field, ...]
) -> None:
    assert reason(text).fields == fields


def test_a_field_of_two_names_is_read_by_the_one_that_is_there() -> None:
    field = Field(("sent_at", "x"), ("sentAt", "x"))
    assert field.keys_in({"sentAt": 1}) == ("sentAt", "x")
    assert field.keys_in({}) == ("sentAt", "x")
    assert field.keys_in({"sent_at": None, "sentAt": 1}) == ("sent_at", "x")


# --- condition trees --------------------------------------------------------------


def test_a_condition_tree_is_shown_as_the_engine_writes_it() -> None:
    tree = read_tree('type = "track" and (event = "A" or !contains(event, "B"))')
    assert outline(reason_of_tree(tree)) == (
        "all",
        'type = "track"',
        ("any", 'event = "A"', '!contains(event, "B")'),
    )


def test_a_group_of_one_is_its_condition() -> None:
    assert outline(reason_of_tree(read_tree('type = "track"'))) == 'type = "track"'


@pytest.mark.parametrize("operator", ["and", "or"])
def test_an_empty_group_is_a_test_of_nothing(operator: str) -> None:
    tree = from_json({"type": "group", "operator": operator, "children": []})
    found = reason_of_tree(tree)
    assert outline(found) == "( )"
    assert found.fields == ()
    assert compile_condition(found.node)({}) is (operator == "and")


def test_groups_inside_groups_keep_their_parentheses() -> None:
    names = [{"type": "event", "operator": "=", "value": name} for name in "AB"]
    inner = {"type": "group", "operator": "or", "children": names}
    single = {"type": "group", "operator": "and", "children": [inner]}
    tree = {"type": "group", "operator": "and", "children": [single, names[0]]}
    found = reason_of_tree(from_json(tree))
    assert found.text == '(event = "A" or event = "B") and event = "A"'
    assert [each.start for each in found.parts] == [1, 33]
    assert [each.start for each in found.parts[0].parts] == [1, 16]


def test_a_child_that_is_nothing_is_a_test_that_fails() -> None:
    found = reason_of_tree(read_tree('type = "track" or ()'))
    assert outline(found) == ("any", 'type = "track"', "( )")
    assert not compile_condition(found.parts[1].node)({"type": "track"})


def test_an_unreadable_text_is_a_test_that_fails() -> None:
    found = reason_of_tree(read_tree("type ="))
    assert found.joint == "one"
    assert found.text
    assert not compile_condition(found.node)({"type": "track"})


# --- notes ------------------------------------------------------------------------


def noted(text: str, value: Json) -> str:
    """Return the note on *text*, of which *value*, the value of ``x``, fails."""
    trigger = compile_trigger(text)
    assert not trigger({"x": value})
    return note(reason(text).node, value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("x = 'Order'", "order", "only the letter case differs"),
        ("x = 'Order'", " Order\n", "only blanks around it differ"),
        ("x = 1", "1", "`=` needs the same type: this is a string"),
        ("'1' = x", 1, "`=` needs the same type: this is a number"),
        ("x = true", 1, "`=` needs the same type: this is a number"),
        ("x > 10", "25", "`>` needs a number here: this is a string"),
        ("10 <= x", ["25"], "`<=` needs a number here: this is a list"),
        ("x < 'b'", 3, "`<` needs a string here: this is a number"),
        ("x < '2023-04-21'", 3, "`<` needs a timestamp here: this is a number"),
        ("x < '2023-04-21'", "soon", "`<` needs a timestamp here: this is a string"),
        ("contains(x, 'a')", 5, "`contains` needs a string here: this is a number"),
        ("contains('a', x)", {}, "`contains` needs a string here: this is an object"),
        ("match(x, 'a*')", True, "`match` needs a string here: this is a bool"),
        ("match(x, 'a*b?')", 1, "`match` needs a string here: this is a number"),
        (
            "number(x) > 3",
            [1],
            "`number` needs a number or a string here: this is a list",
        ),
        ("lowercase(x) = 'a'", 5, "`lowercase` needs a string here: this is a number"),
        ("x = lowercase(x)", 5, "`lowercase` needs a string here: this is a number"),
        ("'a' in x", "abc", "`in` needs a list here: this is a string"),
        ("any(x, item = 1)", {}, "`any` needs a list here: this is an object"),
        ("x", "yes", "only true counts as true: this is a string"),
    ],
)
def test_a_failure_that_may_surprise_is_explained(
    text: str, value: Json, expected: str
) -> None:
    assert noted(text, value) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x = 'Order'", "Page"),
        ("x = 'Order'", None),
        ("x = 1", 2),
        ("x > 10", 5),
        ("x < '2023-04-21'", "2023-04-22"),
        ("x < 'b'", "c"),
        ("x < 'b'", None),
        ("length(x) > 3", "ab"),
        ("length(x) = 3", "ab"),
        ("lowercase(x) = 'Ab'", "Ab"),
        ("number(x) > 3", "2"),
        ("exists(x)", None),
        ("contains(x, 'a')", "b"),
        ("x in [1, 2]", "1"),
        ("any(x, item = 1)", [2]),
        ("x", False),
        ("typeof(x) = 'number'", "1"),
    ],
)
def test_a_failure_that_needs_no_word_has_none(text: str, value: Json) -> None:
    assert noted(text, value) == ""


def test_a_note_needs_a_constant_to_compare_with() -> None:
    one, other = ir.Load(ir.EVENT, ("x",)), ir.Load(ir.EVENT, ("y",))
    assert note(ir.Equal(one, other), "a") == ""
    assert note(ir.Order("<", one, other), "a") == ""
    assert note(ir.InstantOrder("<", one, other), "a") == ""
