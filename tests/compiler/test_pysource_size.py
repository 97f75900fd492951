"""Large and deep trees become Python that Python itself can compile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.compiler import ir
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.functions import FUNCTIONS
from fql.compiler.pysource import compile_condition_source, compile_value_source
from tests.compiler.generating import condition, load

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json


@pytest.mark.parametrize("levels", [15, 16, 17, 18, 50, 200])
def test_a_deeply_nested_condition_compiles(levels: int) -> None:
    node: Ir = ir.Equal(load("a"), ir.Constant(0))
    for number in range(levels):
        a, b = ir.Equal(load("a"), ir.Constant(number)), ir.IsTrue(load("b.c"))
        node = ir.And((a, ir.Not(node))) if number % 2 else ir.Or((a, b, ir.Not(node)))
    slow, fast = compile_condition(node), compile_condition_source(node, "deep")
    sample: list[Json] = [
        {"a": a, "b": {"c": b}} for a in range(levels + 1) for b in (True, False)
    ]
    assert [fast(each) for each in sample] == [slow(each) for each in sample]
    assert fast([]) == slow([])


def test_a_condition_as_deep_as_a_text_may_be_compiles() -> None:
    text = "a = 0"
    for number in range(1, 33):
        text = f"!(a = {number} and (b = {number} or {text}))"
    node = condition(text)
    slow, fast = compile_condition(node), compile_condition_source(node, "deep")
    sample: list[Json] = [{"a": a, "b": b} for a in range(9) for b in range(9)]
    assert [fast(each) for each in sample] == [slow(each) for each in sample]


def test_a_deeply_nested_call_compiles() -> None:
    node: Ir = load("a")
    for number in range(200):
        name = "lowercase" if number % 2 else "titlecase"
        node = ir.Apply(FUNCTIONS[name], (node,))
    test = compile_condition_source(ir.Equal(node, ir.Constant("x")), "deep")
    assert test({"a": "X"}) is True
    assert test({"a": 1}) is False


def test_a_condition_of_3000_terms_compiles() -> None:
    terms = [
        ir.And(
            (
                ir.Equal(load(f"properties.p{number}"), ir.Constant(number)),
                ir.Order(">", load("properties.q"), ir.Constant(number)),
            )
        )
        for number in range(3_000)
    ]
    test = compile_condition_source(ir.Or(tuple(terms)), "wide")
    assert test({"properties": {"p2999": 2_999, "q": 3_000}}) is True
    assert test({"properties": {"p2999": 2_999, "q": 2_999}}) is False
    assert test({"properties": "none"}) is False


def test_a_list_of_10000_constants_compiles() -> None:
    wanted: list[Json] = [f"t{number}" for number in range(10_000)]
    test = compile_condition_source(
        ir.Element(load("type"), ir.Constant(wanted)), "long"
    )
    assert test({"type": "t9999"}) is True
    assert test({"type": ["t9999"]}) is False
    equal = compile_condition_source(ir.Equal(load("type"), ir.Constant(wanted)), "is")
    assert equal({"type": list(wanted)}) is True


def test_a_path_of_5000_keys_compiles() -> None:
    node = ir.IsTrue(ir.Load(ir.EVENT, ("a",) * 5_000))
    assert compile_condition_source(node, "far")({"a": {"a": True}}) is False


def test_deeply_nested_payloads_compile() -> None:
    node: Ir = load("a", kept=True)
    for number in range(200):
        test = ir.Equal(load("a"), ir.Constant(number))
        node = ir.MakeObject((("in", ir.Choose(test, ir.Constant(number), node)),))
    fast, slow = compile_value_source(node, "deep"), compile_value(node)
    events: list[Json] = [{"a": 1}, {"a": 199}, {"a": "x"}, {}]
    assert [fast(event) for event in events] == [slow(event) for event in events]


def test_loops_in_loops_compile() -> None:
    node: Ir = load("n", 40, kept=True)
    for slot in range(40, 0, -1):
        items = load("items", slot - 1, kept=True)
        node = ir.ForEach(
            items, slot, ir.MakeObject((("n", load("n", slot)), ("i", node)))
        )
    event: Json = {"n": 0}
    for number in range(42):
        event = {"n": number, "items": [event, number]}
    assert compile_value_source(node, "loops")(event) == compile_value(node)(event)


def test_wide_payloads_compile() -> None:
    parts: list[str | Ir] = ["<"]
    for number in range(2_000):
        parts += [load(f"k{number}"), f"'{number}'\n"]
    operands = tuple(load(f"k{number}", kept=True) for number in range(2_000))
    node = ir.MakeObject(
        (("text", ir.Join(tuple(parts))), ("first", ir.FirstOf(operands)))
    )
    event: Json = {"k1999": "x"}
    assert compile_value_source(node, "wide")(event) == compile_value(node)(event)
