"""Changes of an event that turn a test around, and the fields that it has instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.functions import FUNCTIONS
from fql.compiler.missing import MISSING
from fql.compiler.near import Remedy, Turn, remedies
from fql.compiler.near_fields import near_field
from fql.compiler.near_solved import solved
from fql.compiler.near_values import conversions, proposals
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.trigger import compile_trigger
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.loads import Keys
    from fql.compiler.values import Json

Event = "dict[str, Json]"


def words(text: str, value: Json) -> list[str]:
    """Return what would turn *text* where ``x`` is *value*; {} where it is missing."""
    event: dict[str, Json] = {} if value == {} else {"x": value}
    explanation = compile_trigger(text).explain(event)
    return [remedy.text for remedy in explanation.remedies]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("x >= 10", "25", "x were the number 25"),
        ("x >= 10", " 25 ", "x were the number 25"),
        ("x >= 10", "9", "x were the number 10 or more"),
        ("x > 10", {}, "x were a number greater than 10"),
        ("10 > x", {}, "x were a number less than 10"),
        ("10 <= x", 5, "x were the number 10 or more"),
        ("x = '25'", 25, 'x were the string "25"'),
        ("x = 'Order'", "order", 'x were the string "Order"'),
        ("x = 'Order'", " Order", 'x were the string "Order"'),
        ("x = true", "TRUE", "x were true"),
        ("x = true", "yes", "x were true"),
        ("x", 1, "x were true"),
        ("'a' in x", "a", None),
        ("1 in x", 1, "x were the list [1]"),
        ("x = 1", [1], "x were the number 1"),
        ("x in ['alpha', 'beta']", "Alpah", 'x were the string "alpha"'),
        ("x in ['alpha', 'beta']", 5, 'x were one of ["alpha","beta"]'),
        ("match(x, 'Order *')", "Page", 'x matched "Order *"'),
        ("match(x, 'a?')", 5, 'x matched "a?"'),
        ("contains(x, 'b')", "a", 'x contained the string "b"'),
        ("exists(x)", {}, "x were there"),
        ("x > '2023-01-01'", {}, "x were later than 2023-01-01"),
        ("'2023-01-01' >= x", {}, "x were 2023-01-01 or earlier"),
        ("x < 'b'", {}, 'x were the string ""'),
        ("x > 'b'", {}, 'x were the string "ba"'),
        ("length(x) > 3", "ab", 'x were the string "xxxx"'),
        ("number(x) >= 3", "2", "x were the number 3"),
        ("uppercase(x) = 'AB'", "c", 'x were the string "AB"'),
        ("any(x, item = 2)", [1], "x.0 were the number 2"),
        ("any(x, item = 2)", {}, "x were the list [2]"),
        ("any(x, item.a > 2 and item.b = 1)", [{"a": 1}], None),
        ("any(x, item.a > 2)", [{"a": 1}, {"a": 2}], "x.0.a were the number 3"),
        ("all(x, item.a > 2)", [{"a": 3}, {"a": 2}], "x.1.a were the number 3"),
        ("!any(x, item.a > 2)", [{"a": 3, "b": 1}], 'x.0 were the object {"b":1}'),
        ("!all(x, item.a > 2)", {}, "x were the list [null]"),
        ("x.0.a > 2", [], "x.0.a were a number greater than 2"),
        ("match(x, '[A-Z]?[0-9]')", "a", 'x were the string "Ee1"'),
        ("semver(x, '<', '2.0')", "2.3", "x were a version before 2.0"),
        ("semver(x, '<=', '2.0')", "2.3", "x were a version up to 2.0"),
        ("semver(x, '=', '2.0')", "2.3", "x were the version 2.0"),
        ("semver(x, '!=', '2.0')", "2", "x were a version other than 2.0"),
        ("semver(x, '>', '2.0')", {}, "x were a version after 2.0"),
        ("semver(x, '>=', '2.0')", {}, "x were a version from 2.0"),
        ("typeof(x) = 'list'", 1, "x were the list [1]"),
        ("x != 5", 5, "x were not the number 5"),
    ],
)
def test_a_test_that_fails_is_told_what_it_wants(
    text: str, value: Json, expected: str | None
) -> None:
    found = words(text, value)
    if expected is None:
        assert len(found) == 1
    else:
        assert found == [expected]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("x = 'a'", "a", 'x were not the string "a"'),
        ("x != 'a'", "b", 'x were the string "a"'),
        ("x >= 10", 12, "x were a number less than 10"),
        ("x <= 10", 2, "x were a number greater than 10"),
        ("x > '2023-01-01'", "2024-01-01", "x were 2023-01-01 or earlier"),
        ("x in [1, 2]", 2, "x were not in the list [1,2]"),
        ("match(x, 'a*')", "ab", 'x did not match "a*"'),
        ("contains(x, 'a')", "ab", 'x did not contain the string "a"'),
        ("exists(x)", 1, "x were missing"),
        ("x", True, "x were false"),
        ("any(x, item = 2)", [2], "x.0 were null"),
    ],
)
def test_a_test_that_holds_is_told_what_would_end_that(
    text: str, value: Json, expected: str
) -> None:
    assert words(text, value) == [expected]


def test_a_field_that_goes_by_another_name_is_the_nearest_change() -> None:
    event: dict[str, Json] = {"properties": {"Total": 25}}
    explanation = compile_trigger("properties.total >= 10").explain(event)
    assert explanation.root.note == "the event has properties.Total"
    assert [each.text for each in explanation.remedies] == [
        "properties.Total, the number 25, were named properties.total"
    ]


def test_a_field_may_have_another_name_and_another_type() -> None:
    explanation = compile_trigger("properties.total >= 10").explain(
        {"properties": {"totl": "25"}}
    )
    assert [each.text for each in explanation.remedies] == [
        "properties.totl were named properties.total, and were the number 25"
    ]


def test_a_field_is_compared_with_the_value_of_another() -> None:
    explanation = compile_trigger("a.b = c").explain({"c": {"d": 1}})
    assert [each.text for each in explanation.remedies] == [
        'a.b were the object {"d":1}'
    ]


def test_a_function_that_fails_on_what_is_tried_spoils_nothing() -> None:
    def picky(value: Json) -> bool:
        if value not in (1, 2):
            raise ValueError
        return value == 2

    function = Function(
        "picky",
        (Parameter("value", Type.ANY),),
        Type.BOOL,
        "Whether it is two.",
        "false",
        picky,
        (Example("picky(2)", True),),
    )
    trigger = compile_trigger("picky(x)", functions=FUNCTIONS.extended(function))
    assert [each.value for each in trigger.explain({"x": 1}).remedies] == []


def test_an_order_with_no_bound_has_no_value_in_it() -> None:
    order = ir.Order(">", ir.Load(ir.EVENT, ("x",)), ir.Constant(None))
    assert proposed(order, wanted=True) == proposed(ir.Constant(None), wanted=True)
    instants = ir.InstantOrder(">", order.left, order.left)
    assert proposed(instants, wanted=True) == proposed(ir.Not(order.left), wanted=False)


def proposed(node: ir.Ir, *, wanted: bool) -> list[object]:
    return [each.value for each in proposals(node, MISSING, wanted=wanted)]


# --- applying -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "keys", "value", "expected"),
    [
        ({}, ("a",), 1, {"a": 1}),
        ({"a": 1, "b": 2}, ("a",), MISSING, {"b": 2}),
        ({}, ("a", "b"), 1, {"a": {"b": 1}}),
        ({"a": "text"}, ("a", "b"), 1, {"a": {"b": 1}}),
        ({"a": [1, 2]}, ("a", "1"), 3, {"a": [1, 3]}),
        ({"a": [{"b": 1}]}, ("a", "0", "b"), 2, {"a": [{"b": 2}]}),
        ({"a": [1]}, ("a", "5"), 3, None),
        ({"a": [1]}, ("a", "b"), 3, None),
        ({"a": [1]}, ("a", "0"), MISSING, None),
        ({"a": [[1]]}, ("a", "0", "9"), 3, None),
    ],
)
def test_a_change_is_made_in_a_copy(
    event: dict[str, Json], keys: Keys, value: Json, expected: Json
) -> None:
    before = repr(event)
    assert Remedy(keys, value, "").applied(event) == expected
    assert repr(event) == before


def test_a_change_to_nothing_has_no_value_as_json() -> None:
    assert Remedy(("a", "b c"), MISSING, "gone").to_dict() == {
        "field": "a.b\\ c",
        "text": "gone",
    }


@settings(max_examples=60)
@given(st.sampled_from(["x > 3", "x = 'a'", "x in [1, 'b']", "!exists(x)"]), st.data())
def test_each_change_turns_the_test(text: str, data: st.DataObject) -> None:
    """Law: what is proposed was tried, and is sorted by how near it is."""
    value = data.draw(st.none() | st.booleans() | st.integers() | st.text(max_size=2))
    trigger = compile_trigger(text)
    event: dict[str, Json] = {"x": value}
    turn = Turn(trigger.node, trigger, [("x",)], not trigger(event))
    found = remedies(turn, event)
    assume(found)
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    for remedy in found:
        changed = remedy.applied(event)
        assert changed is not None
        assert trigger(changed) is turn.wanted


# --- conversions and fields -----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("25", [25]),
        (" x ", ["x"]),
        ("False", [False]),
        (5, ["5", [5]]),
        ([3], [3]),
        ([3, 4], []),
        (None, []),
        (MISSING, []),
    ],
)
def test_a_value_is_tried_as_other_types(value: Json, expected: list[Json]) -> None:
    assert [each.value for each in conversions(value)] == expected


@pytest.mark.parametrize(
    ("event", "keys", "expected"),
    [
        ({"properties": {"totl": 1}}, ("properties", "total"), ("properties", "totl")),
        ({"Properties": {"a": 1}}, ("properties", "a"), ("Properties", "a")),
        ({"Properties": {"b": 1}}, ("properties", "a"), None),
        ({"properties": {"total": 1}}, ("total",), ("properties", "total")),
        ({"total": 1}, ("properties", "total"), ("total",)),
        (
            {"context": {"traits": {"email": "x"}}},
            ("traits", "email"),
            ("context", "traits", "email"),
        ),
        (
            {"traits": {"email": "x"}},
            ("context", "traits", "email"),
            ("traits", "email"),
        ),
        ({"properties": {"total": None}}, ("total",), None),
        ({"a": {str(n): n for n in range(2_000)}}, ("a", "1x"), None),
        ({"a": 5}, ("a", "b"), None),
        ({"a": {"b": None}}, ("a", "b"), None),
        ({}, ("properties",), None),
    ],
)
def test_a_field_may_go_by_another_name(
    event: dict[str, Json], keys: Keys, expected: Keys | None
) -> None:
    assert near_field(event, keys) == expected


def test_what_cannot_be_asked_is_not_solved() -> None:
    """A function of an embedder's may fail on values that no event has."""

    def fails(_: object) -> bool:
        raise ValueError

    function = Function(
        "picky", (Parameter("x", Type.ANY),), Type.BOOL, "Fail.", "false", fails, ()
    )
    goal = ir.IsTrue(ir.Apply(function, (ir.Load(ir.EVENT, ("x",)),)))
    assert list(solved(goal, [("x",)], {"x": 1})) == []


def test_no_change_is_solved_for_what_never_holds() -> None:
    goal = compile_trigger("x < 1 and x > 2").node
    assert list(solved(goal, [("x",)], {"x": 1})) == []


def test_only_what_differs_is_a_change() -> None:
    goal = compile_trigger("x > 1 and y = 1").node
    assert list(solved(goal, [("x",), ("y",)], {"x": 5})) == [(("y",), 1)]
