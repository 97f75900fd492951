"""Optimizing: less work, the same answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import GlobKind, read_glob
from fql.compiler.missing import MISSING
from fql.compiler.optimize import optimize
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.settle import may_be_missing, share_loads, without_missing
from fql.compiler.types import Type
from fql.compiler.walk import children, free_slots, nodes_of, rewrite, with_children
from tests.compiler.generating import condition, load, mapping
from tests.compiler.ir_strategies import Refusal, ir_conditions, payload_values
from tests.compiler.strategies import events, json_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

any_event = st.one_of(events(), events(), json_values())
A, B = load("a"), load("b")
TRUE, FALSE, NULL = ir.Constant(value=True), ir.Constant(value=False), ir.Constant(None)


def outcome(function: Callable[[Json], object], event: Json) -> str:
    try:
        return repr(function(event))
    except Refusal as refusal:
        return f"refused: {refusal!r}"


# --- laws -------------------------------------------------------------------------


@settings(max_examples=200)
@given(ir_conditions(), any_event)
def test_an_optimized_condition_answers_as_before(node: Ir, event: Json) -> None:
    before, after = compile_condition(node), compile_condition(optimize(node))
    assert outcome(after, event) == outcome(before, event)


@settings(max_examples=200)
@given(payload_values(), any_event)
def test_an_optimized_payload_is_as_before(node: Ir, event: Json) -> None:
    before = compile_value(node)
    after = compile_value(share_loads(optimize(node)))
    assert outcome(after, event) == outcome(before, event)


@given(payload_values(), any_event)
def test_only_what_may_be_missing_is(node: Ir, event: Json) -> None:
    found = outcome(compile_value(node), event)
    assert found != repr(MISSING) or may_be_missing(node)


@given(payload_values(), any_event)
def test_without_missing_gives_null_for_it(node: Ir, event: Json) -> None:
    settled = without_missing(node)
    assert not may_be_missing(settled)
    found = outcome(compile_value(node), event)
    wanted = repr(None) if found == repr(MISSING) else found
    assert outcome(compile_value(settled), event) == wanted


@given(payload_values())
def test_a_tree_over_its_own_children_is_itself(node: Ir) -> None:
    for each in nodes_of(node):
        assert with_children(each, children(each)) == each
    assert rewrite(node, lambda each: each) is node


def test_every_node_has_children_and_can_be_rebuilt() -> None:
    for kind in get_args(ir.Ir):
        assert any(isinstance(each, kind) for each in ONE_OF_EACH), kind
    for each in ONE_OF_EACH:
        assert with_children(each, children(each)) == each


ONE_OF_EACH: tuple[Ir, ...] = (
    NULL,
    A,
    ir.ScriptLoad(("a",)),
    ir.Apply(FUNCTIONS["lowercase"], (A,), passes_missing=True),
    ir.Quantify(FUNCTIONS["any"], A, 1, ir.IsTrue(load("", 1))),
    ir.IsTrue(A),
    ir.Equal(A, B),
    ir.Order("<", A, B),
    ir.InstantOrder(">", A, B),
    ir.Element(A, B),
    ir.GlobTest(A, read_glob("a*")),
    ir.HasType(A, Type.BOOL),
    ir.Not(ir.IsTrue(A)),
    ir.And((ir.IsTrue(A), ir.IsTrue(B))),
    ir.Or((ir.IsTrue(A), ir.IsTrue(B))),
    ir.Invoke("upper", PAYLOAD_FUNCTIONS["upper"].bind({}), (A,)),
    ir.MakeObject((("a", A), ("b", B))),
    ir.MakeList((A, B)),
    ir.Join(("a", A, "b", B)),
    ir.FirstOf((A, B)),
    ir.Choose(ir.IsTrue(A), A, B),
    ir.Choose(ir.IsTrue(A), A, None),
    ir.ForEach(A, 1, ir.MakeObject((("a", load("b", 1)),))),
    ir.Let(1, A, load("b", 1)),
)


# --- conditions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", TRUE),
        ("true = 1", FALSE),
        ("'a' < 'b' and lowercase('A') = 'a'", TRUE),
        ("a = 1 and 1 = 2", FALSE),
        ("a = 1 or 1 = 1", TRUE),
        ("!(!(a = 1))", ir.Equal(A, ir.Constant(1))),
        ("1 = a", ir.Equal(A, ir.Constant(1))),
        ("1 < a", ir.Order(">", A, ir.Constant(1))),
        ("a > null", FALSE),
        ("a > true", FALSE),
        ("a in []", FALSE),
        ("a in 'text'", FALSE),
        ("a in ['x']", ir.Equal(A, ir.Constant("x"))),
        ("2 in [1, 2.0]", TRUE),
        ("exists(a)", ir.Not(ir.Equal(A, NULL))),
        ("!exists(a)", ir.Equal(A, NULL)),
        ("typeof(a) = 'number'", ir.HasType(A, Type.NUMBER)),
        ("typeof(a) = 'numbers'", FALSE),
        ("match(a, '*')", ir.HasType(A, Type.STRING)),
        ("match(a, '[')", FALSE),
        ("match(a, 'x')", ir.Equal(A, ir.Constant("x"))),
        ("contains(a, '')", ir.HasType(A, Type.STRING)),
        ("contains(a, 5)", FALSE),
        (
            "timestamp(a) > '2020-01-01'",
            ir.InstantOrder(">", A, ir.Constant("2020-01-01")),
        ),
        ("timestamp('2021-01-01') > '2020-01-01'", TRUE),
        ("a in [b, 'x']", ir.Or((ir.Equal(A, ir.Constant("x")), ir.Equal(A, B)))),
    ],
)
def test_what_can_be_decided_is(text: str, expected: Ir) -> None:
    assert sorted_terms(optimize(condition(text))) == sorted_terms(expected)


def sorted_terms(node: Ir) -> Ir:
    """Return *node* with the terms of an `Or` in an order that says nothing."""
    if isinstance(node, ir.Or):
        return ir.Or(tuple(sorted(node.terms, key=repr)))
    return node


def test_not_a_number_equals_nothing() -> None:
    nan = ir.Constant(float("nan"))
    assert optimize(ir.Equal(A, nan)) == FALSE
    assert optimize(ir.Order("<", A, nan)) == FALSE
    assert optimize(ir.Element(A, ir.Constant([float("nan")]))) == FALSE


def test_groups_in_their_like_are_flattened() -> None:
    node = optimize(condition("a = 1 and (b = 2 and (c = 3 and d = 4))"))
    assert isinstance(node, ir.And)
    assert len(node.terms) == len("abcd")


def test_equalities_of_one_value_become_a_membership() -> None:
    node = optimize(condition("a = 'x' or a in ['y', 'z'] or a = null"))
    assert node == ir.Element(A, ir.Constant(["x", "y", "z", None]))


def test_unequal_values_become_no_member() -> None:
    node = optimize(condition("a != 'x' and a != 'y'"))
    assert node == ir.Not(ir.Element(A, ir.Constant(["x", "y"])))


def test_numbers_and_bools_are_not_mixed_up() -> None:
    test = compile_condition(optimize(condition("a = 1 or a = true")))
    assert [test({"a": each}) for each in (1, 1.0, True, 0, False)] == [
        *(True, True, True),
        *(False, False),
    ]
    only = compile_condition(optimize(condition("a = 1 or a = 2")))
    assert not only({"a": True})


def test_string_tests_of_one_value_stand_behind_one_guard() -> None:
    node = optimize(condition("contains(a, 'x') or match(a, 'y*') or match(a, '*z')"))
    assert isinstance(node, ir.And)
    guard, tests = node.terms
    assert guard == ir.HasType(A, Type.STRING)
    assert isinstance(tests, ir.Or)
    assert {
        test.glob.kind for test in tests.terms if isinstance(test, ir.GlobTest)
    } == {
        *(GlobKind.SUBSTRING, GlobKind.PREFIX, GlobKind.SUFFIX),
    }


def test_what_decides_most_for_least_comes_first() -> None:
    text = "received_at > '2020-01-01' and match(a, '*[bB]ot*') and event = 'x'"
    node = optimize(condition(text))
    assert isinstance(node, ir.And)
    assert [type(term) for term in node.terms] == [
        ir.Equal,
        ir.GlobTest,
        ir.InstantOrder,
    ]


def test_an_event_name_comes_before_a_type() -> None:
    node = optimize(condition("type = 'track' and event = 'x'"))
    assert isinstance(node, ir.And)
    assert node.terms[0] == ir.Equal(load("event"), ir.Constant("x"))


def test_terms_of_one_rank_keep_their_order() -> None:
    node = optimize(condition("a = 'x' and b = 'y' and c = 'z'"))
    assert isinstance(node, ir.And)
    firsts = [term.left for term in node.terms if isinstance(term, ir.Equal)]
    assert firsts == [A, B, load("c")]


def test_a_stranger_is_not_asked_beforehand() -> None:
    calls: list[Json] = []

    def ask(value: Json) -> Json:
        calls.append(value)
        return True

    own = replace(FUNCTIONS["exists"], name="ask", implementation=ask)
    optimize(ir.Apply(own, (ir.Constant(1),)))
    assert calls == []


# --- payloads ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a: 1, b: [2, { c: 'x' }] }", ir.Constant({"a": 1, "b": [2, {"c": "x"}]})),
        ("literal('x')", ir.Constant("x")),
        ("lower('X')", ir.Constant("x")),
        ("null ?? a ?? null", A),
        ("'x' ?? a", ir.Constant("x")),
        ("a ?? 'x' ?? b", ir.FirstOf((A, ir.Constant("x")))),
        ("if 1 = 1 then 'x' else a", ir.Constant("x")),
        ("if exists(a) then true else false", ir.Not(ir.Equal(A, NULL))),
        ("if exists(a) then false else true", ir.Equal(A, NULL)),
        ("[a, b]", ir.MakeList((A, B))),
        ('"{{a}}"', ir.Join((A,))),
        ("filled(a)", ir.Not(ir.Element(A, ir.Constant([None, ""])))),
    ],
)
def test_a_payload_is_folded(text: str, expected: Ir) -> None:
    assert optimize(mapping(text)) == expected


def test_constant_parts_of_a_text_are_joined() -> None:
    node = ir.Join(("a", ir.Constant(1.0), ir.Constant(None), "b", A, "", "c"))
    assert optimize(node) == ir.Join(("a1b", A, "c"))
    assert optimize(ir.Join((ir.Constant([1]), "!"))) == ir.Constant("[1]!")


def test_a_payload_function_that_may_fail_is_left_to_the_event() -> None:
    node = optimize(mapping("replace('a', 'a', 'b')"))
    assert isinstance(node, ir.Invoke)


def test_one_load_serves_a_member_and_a_test() -> None:
    node = mapping("{ a, is_x: contains(a, 'x') }")
    shared = share_loads(optimize(node))
    found = {each for each in nodes_of(shared) if isinstance(each, ir.Load)}
    assert found == {load("a", kept=True)}


def test_null_and_missing_are_told_apart_where_it_shows() -> None:
    node = share_loads(optimize(mapping("{ a, is_null: a = null }")))
    assert compile_value(node)({}) == {"is_null": True}
    assert compile_value(node)({"a": None}) == {"a": None, "is_null": True}


def test_free_slots_are_those_that_come_from_outside() -> None:
    node = ir.ForEach(load("rows", 1), 2, ir.MakeList((load("a", 2), load("b"))))
    assert free_slots(node) == (0, 1)
    assert free_slots(ir.ScriptLoad(("a",))) == (ir.EVENT,)
