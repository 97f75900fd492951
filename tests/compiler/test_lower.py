"""Lowering: each spelling becomes the one node that it means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fql.compiler import ir
from fql.compiler.check import check_condition, check_value
from fql.compiler.closures import compile_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import read_glob
from fql.compiler.lower import (
    OTHER_SPELLING,
    as_condition,
    lower_condition,
    lower_plain,
    lower_value,
)
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type
from fql.grammar import limits, nodes
from fql.grammar.diagnostics import has_errors
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json


def condition(text: str) -> Ir:
    checked = check_condition(parse_expression(Source(text)))
    return lower_condition(checked.root, checked.types)


def value(text: str) -> Ir:
    checked = check_value(parse_mapping(Source(text)))
    assert not has_errors(checked.diagnostics), text
    return lower_value(checked.root, checked.types)


def load(path: str, slot: int = ir.EVENT, **settings: bool) -> ir.Load:
    segments = tuple(path.split(".")) if path else ()
    fallback = OTHER_SPELLING.get(segments[0]) if segments and slot == 0 else None
    return ir.Load(slot, segments, fallback, **settings)


def kept(path: str, slot: int = ir.EVENT) -> ir.Load:
    return load(path, slot, keeps_missing=True)


TRUE, FALSE, NULL = ir.Constant(value=True), ir.Constant(value=False), ir.Constant(None)
ONE = ir.Constant(1)


# --- conditions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", TRUE),
        ("true", TRUE),
        ("null", FALSE),
        ("'true'", FALSE),
        ("flag", ir.IsTrue(load("flag"))),
        ("(flag)", ir.IsTrue(load("flag"))),
        ("!flag", ir.Not(ir.IsTrue(load("flag")))),
        ("a and (b or c) and d",
         ir.And((ir.IsTrue(load("a")),
                 ir.Or((ir.IsTrue(load("b")), ir.IsTrue(load("c")))),
                 ir.IsTrue(load("d"))))),
        ("(all) and a", ir.And((ir.IsTrue(load("all")), ir.IsTrue(load("a"))))),
        ("a.b.0 = 1", ir.Equal(load("a.b.0"), ONE)),
        ("a[0] = 1", ir.Equal(load("a.0"), ONE)),
        ("a != 1", ir.Not(ir.Equal(load("a"), ONE))),
        ("a = (b = 1)", ir.Equal(load("a"), ir.Equal(load("b"), ONE))),
        ("a < 1", ir.Order("<", load("a"), ONE)),
        ("a <= 1", ir.Order("<=", load("a"), ONE)),
        ("a > 1", ir.Order(">", load("a"), ONE)),
        ("1 >= a", ir.Order(">=", ONE, load("a"))),
        ("a in b", ir.Element(load("a"), load("b"))),
        ("a in [1, 'x']", ir.Element(load("a"), ir.Constant([1, "x"]))),
        ("a in []", ir.Element(load("a"), ir.Constant([]))),
        ("a in [1, b]", ir.Element(load("a"), ir.MakeList((ONE, load("b"))))),
        ("[[1], [a]] = b",
         ir.Equal(
             ir.MakeList((ir.Constant([1]), ir.MakeList((load("a"),)))), load("b"))),
        ("match(a, 'x*')", ir.GlobTest(load("a"), read_glob("x*"))),
        ("match(a, 1)", FALSE),
        ("match(a, b)",
         ir.Apply(FUNCTIONS["match"], (load("a"), load("b")))),
        ("contains(a, 'x')",
         ir.Apply(FUNCTIONS["contains"], (load("a"), ir.Constant("x")))),
        ("lowercase(a)", ir.IsTrue(ir.Apply(FUNCTIONS["lowercase"], (load("a"),)))),
    ],
)  # fmt: skip
def test_a_condition_becomes_what_it_means(text: str, expected: Ir) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("a < '2023-04-21'", load("a"), ir.Constant("2023-04-21")),
        ("a < ('2023-04-21T00:00:00')", load("a"), ir.Constant("2023-04-21T00:00:00")),
        ("'2023-04-21' < a", ir.Constant("2023-04-21"), load("a")),
        ("receivedAt < a", load("receivedAt"), load("a")),
        ("a < (received_at)", load("a"), load("received_at")),
        ("timestamp(a) < b",
         ir.Apply(FUNCTIONS["timestamp"], (load("a"),)), load("b")),
    ],
)  # fmt: skip
def test_a_timestamp_on_a_side_makes_an_order_of_instants(
    text: str, left: Ir, right: Ir
) -> None:
    assert condition(text) == ir.InstantOrder("<", left, right)


@pytest.mark.parametrize(
    "text",
    ["a < '2023-02-29'", "a < b", "a.receivedAt < b", "a < lowercase('2023-04-21')"],
)
def test_without_a_timestamp_an_order_is_one_of_values(text: str) -> None:
    assert isinstance(condition(text), ir.Order)


@pytest.mark.parametrize("operator", ["=", "!=", "in"])
def test_only_orders_are_of_instants(operator: str) -> None:
    node = condition(f"receivedAt {operator} '2023-04-21'")
    assert isinstance(node.term if isinstance(node, ir.Not) else node,
                      ir.Equal | ir.Element)  # fmt: skip


def test_types_alone_decide_what_is_an_instant() -> None:
    root = parse_expression(Source("a < b")).root
    assert isinstance(root, nodes.Compare)
    for kinds in (Type.TIMESTAMP, Type.TIMESTAMP | Type.NULL):
        types = {root.right.span: kinds}
        assert isinstance(lower_condition(root, types), ir.InstantOrder)
    for kinds in (Type.ANY, Type.NULL, Type.STRING, Type.TIMESTAMP | Type.STRING):
        types = {root.right.span: kinds}
        assert isinstance(lower_condition(root, types), ir.Order)


@pytest.mark.parametrize(("name", "other"), OTHER_SPELLING.items())
def test_fields_by_two_names_have_a_fallback(name: str, other: str) -> None:
    for text in (name, f"(${'.' + name})"):
        node = value(text)
        assert node == ir.Load(ir.EVENT, (name,), other, keeps_missing=True)
    assert value(f"{name}.a") == ir.Load(ir.EVENT, (name, "a"), other, True)
    assert value(f"context.{name}") == kept(f"context.{name}")
    assert value(other) == ir.Load(ir.EVENT, (other,), keeps_missing=True)


# --- loops ------------------------------------------------------------------------


def test_item_is_the_element_inside_a_condition_only() -> None:
    node = condition("any(item, item.a = item and b)")
    inside = ir.And((ir.Equal(load("a", 1), load("", 1)), ir.IsTrue(load("b"))))
    assert node == ir.Quantify(FUNCTIONS["any"], load("item"), 1, inside)


def test_item_is_the_element_of_the_nearest_loop() -> None:
    node = condition("any(a, all(item.b, item) and item)")
    inner = ir.Quantify(FUNCTIONS["all"], load("b", 1), 2, ir.IsTrue(load("", 2)))
    outer = ir.And((inner, ir.IsTrue(load("", 1))))
    assert node == ir.Quantify(FUNCTIONS["any"], load("a"), 1, outer)


def test_loops_side_by_side_share_a_slot() -> None:
    node = condition("any(a, item) and any(b, item)")
    assert isinstance(node, ir.And)
    assert [each.slot for each in node.terms if isinstance(each, ir.Quantify)] == [1, 1]


def test_fields_by_two_names_keep_them_inside_a_condition() -> None:
    node = condition("any(a, received_at = item.received_at)")
    assert isinstance(node, ir.Quantify)
    assert node.condition == ir.Equal(load("received_at"), load("received_at", 1))


# --- mappings ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", kept("")),
        ("$.a", kept("a")),
        ("a", kept("a")),
        ("{ a, b: 1 }", ir.MakeObject((("a", kept("a")), ("b", ONE)))),
        ("[a, 1]", ir.MakeList((kept("a"), ONE))),
        ("[1, 'x']", ir.MakeList((ONE, ir.Constant("x")))),
        ("a ?? b", ir.FirstOf((kept("a"), kept("b")))),
        ("'a {{b}}'", ir.Constant("a {{b}}")),
        ('"a {{b}}"', ir.Join(("a ", kept("b")))),
        ('"{{$.b}}!"', ir.Join((kept("b"), "!"))),
        ("if a then b else 1", ir.Choose(ir.IsTrue(load("a")), kept("b"), ONE)),
        ("if a = 1 then b", ir.Choose(ir.Equal(load("a"), ONE), kept("b"), None)),
        ("a = b", ir.Equal(load("a"), load("b"))),
        ("(a)", kept("a")),
        ("length(a)", ir.Apply(FUNCTIONS["length"], (load("a"),))),
        ("number(a)",
         ir.Apply(FUNCTIONS["number"], (kept("a"),), passes_missing=True)),
        ("contains(a, b)",
         ir.Apply(FUNCTIONS["contains"], (load("a"), load("b")))),
        ("each a { b, c: $.d }",
         ir.ForEach(kept("a"), 1,
                    ir.MakeObject((("b", kept("b", 1)), ("c", kept("d")))))),
        ("each a { item }",
         ir.ForEach(kept("a"), 1, ir.MakeObject((("item", kept("item", 1)),)))),
        ("each a { b: each c { received_at } }",
         ir.ForEach(kept("a"), 1, ir.MakeObject((
             ("b", ir.ForEach(kept("c", 1), 2, ir.MakeObject((
                 ("received_at", ir.Load(2, ("received_at",), None, True)),)))),)))),
        ("each a { b: any(c, item = d) }",
         ir.ForEach(kept("a"), 1, ir.MakeObject((
             ("b", ir.Quantify(FUNCTIONS["any"], load("c", 1), 2,
                               ir.Equal(load("", 2), load("d", 1)))),)))),
        ("transform({ a }, { b: a, c: $.a })",
         ir.Let(1, ir.MakeObject((("a", kept("a")),)),
                ir.MakeObject((("b", kept("a", 1)), ("c", kept("a")))))),
        ("length(a ?? b) > 1",
         ir.Order(">", ir.Apply(FUNCTIONS["length"], (
             ir.FirstOf((ir.FirstOf((kept("a"), kept("b"))), NULL)),)), ONE)),
    ],
)  # fmt: skip
def test_a_mapping_becomes_what_it_means(text: str, expected: Ir) -> None:
    assert value(text) == expected


def test_options_are_bound_when_a_mapping_is_lowered() -> None:
    node = value("flatten(a, separator: ('-'), omit_arrays: true)")
    assert isinstance(node, ir.Invoke)
    assert node.arguments == (kept("a"),)
    assert node.implementation({"b": {"c": 1, "d": [2]}}) == {"b-c": 1, "b-d": [2]}


def test_a_payload_function_in_a_condition_gives_null_for_missing() -> None:
    node = value("lower(a) = null")
    assert isinstance(node, ir.Equal)
    assert isinstance(node.left, ir.FirstOf)
    assert node.left.operands[1] == NULL


def test_parts_that_did_not_parse_are_null() -> None:
    hole = nodes.Invalid(span=Span(0, 0))
    assert lower_value(hole, {}) == NULL
    assert lower_condition(hole, {}) == FALSE


# --- embedders' functions ---------------------------------------------------------


def embedded(implementation: Callable[..., Json], result: Type) -> Function:
    return Function(
        "own",
        (Parameter("value", Type.ANY),),
        result,
        "What an embedder adds.",
        "null",
        implementation,
        (Example("own(null)", None),),
    )


def itself(value: Json) -> Json:
    return value


def is_text(value: Json) -> bool:
    return isinstance(value, str)


def is_either(one: Json, other: Json) -> bool:
    return one is True or other is True


def test_what_a_function_gives_counts_as_true_only_if_it_is() -> None:
    table = FUNCTIONS.extended(embedded(itself, Type.ANY))
    root = parse_expression(Source("own(a)")).root
    node = lower_condition(root, {}, table)
    assert isinstance(node, ir.IsTrue)
    assert compile_condition(node)({"a": [True]}) is False


def test_a_function_that_gives_bools_is_a_condition_as_it_is() -> None:
    table = FUNCTIONS.extended(embedded(is_text, Type.BOOL))
    root = parse_expression(Source("own(a)")).root
    node = lower_condition(root, {}, table)
    assert node == ir.Apply(table["own"], (load("a"),))
    assert lower_plain(root, {}, table) == node


def test_an_embedders_match_is_not_taken_for_the_languages() -> None:
    entry = replace(FUNCTIONS["match"], implementation=is_either)
    root = parse_expression(Source("match(a, 'x')")).root
    node = lower_condition(root, {}, {**FUNCTIONS, "match": entry})
    assert node == ir.Apply(entry, (load("a"), ir.Constant("x")))


# --- conditions as such -----------------------------------------------------------


def test_what_is_no_condition_is_asked_for_true() -> None:
    assert as_condition(load("a")) == ir.IsTrue(load("a"))
    assert as_condition(ONE) == FALSE
    assert as_condition(TRUE) == TRUE
    assert as_condition(ir.Not(FALSE)) == ir.Not(FALSE)


# --- depth and length -------------------------------------------------------------

DEPTH = limits.MAX_NESTING - 2
JOINED = limits.MAX_HEIGHT // 2 - 2
NESTED = [
    "(" * DEPTH + "a" + ")" * DEPTH,
    "!" * DEPTH + "a",
    "(a = " * JOINED + "b" + ")" * JOINED,
    "(a and (b or " * (JOINED // 2) + "c" + "))" * (JOINED // 2),
    "b in " + "[" * DEPTH + "a" + "]" * DEPTH,
    "b = " + "length([" * (DEPTH // 2) + "a" + "])" * (DEPTH // 2),
    "string(" * DEPTH + "a" + ")" * DEPTH + " = b",
    "any(a, " * DEPTH + "item" + ")" * DEPTH,
    "!any([a], " * (DEPTH // 3) + "b = item" + ")" * (DEPTH // 3),
]


@pytest.mark.parametrize("text", NESTED, ids=lambda text: text[:14])
def test_the_deepest_text_can_be_evaluated(text: str) -> None:
    parsed = parse_expression(Source(text))
    assert not has_errors(parsed.diagnostics)
    evaluate = compile_condition(condition(text))
    assert isinstance(evaluate({"a": [True], "b": 1}), bool)


@pytest.mark.parametrize("connective", ["and", "or"])
def test_a_row_of_thousands_of_conditions_can_be_evaluated(connective: str) -> None:
    count = limits.MAX_NODES // 3 - 1
    text = f" {connective} ".join(f"a = {n}" for n in range(count))
    evaluate = compile_condition(condition(text))
    assert evaluate({"a": count - 1}) is (connective == "or")
    assert evaluate({"a": -1}) is False
