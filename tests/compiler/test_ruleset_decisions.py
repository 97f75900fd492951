"""Which conditions of a bucket are asked first, and for whom."""

from __future__ import annotations

import pytest

from fql.compiler import ir
from fql.compiler.ruleset_decisions import (
    MAX_BLOCKS,
    Answer,
    Bounds,
    Decide,
    arrange,
    condition_key,
)
from fql.compiler.ruleset_entries import Entry
from fql.compiler.ruleset_terms import settled_terms
from fql.compiler.trigger import compile_trigger
from fql.compiler.types import Type


def node(text: str) -> ir.Ir:
    terms = settled_terms((compile_trigger(text).node,))
    assert terms is not None
    (term,) = terms
    return term


def entry(number: int, *texts: str, is_plain: bool = True) -> Entry:
    return Entry(number, tuple(map(node, texts)), is_plain)


def test_rules_without_conditions_are_answered_at_once() -> None:
    assert arrange([entry(1), entry(2, is_plain=False)]) == [
        Decide((), (Answer(1, is_plain=True), Answer(2, is_plain=False)))
    ]


def test_a_shared_condition_is_asked_once() -> None:
    steps = arrange([entry(1, "a", "b"), entry(2, "c"), entry(3, "a")])
    assert steps == [
        Decide(
            (node("a"),),
            (Answer(3, is_plain=True),),
            (Decide((node("b"),), (Answer(1, is_plain=True),)),),
        ),
        Decide((node("c"),), (Answer(2, is_plain=True),)),
    ]


def test_tests_of_one_kind_stand_behind_one_test_of_the_type() -> None:
    steps = arrange([entry(1, "a > 1"), entry(2, "a < 5")])
    load = ir.Load(ir.EVENT, ("a",))
    (step,) = steps
    assert isinstance(step, Decide)
    assert step.conditions == (ir.HasType(load, Type.NUMBER),)
    assert len(step.steps) == 2


def test_many_bounds_are_one_search() -> None:
    rules = [entry(number, f"a >= {30 - number}") for number in range(7)]
    (step,) = arrange([*rules, entry(9, "a >= 5", is_plain=False)])
    assert isinstance(step, Decide)
    bounds, apart = step.steps
    load = ir.Load(ir.EVENT, ("a",))
    assert bounds == Bounds(load, ">=", (*range(24, 31),), (*range(6, -1, -1),))
    assert isinstance(apart, Decide)
    assert apart.answers == (Answer(9, is_plain=False),)


def test_blocks_nest_only_so_deep() -> None:
    count = 3 * MAX_BLOCKS
    rules = [
        entry(number, *[f"a{each}" for each in range(number)])
        for number in range(count)
    ]
    depth = 0
    steps = tuple(arrange(rules))
    while steps:
        depth += 1
        steps = tuple(
            inner for step in steps if isinstance(step, Decide) for inner in step.steps
        )
    assert depth <= MAX_BLOCKS + 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = 1", "a = true"),
        ("a = 1", "a = '1'"),
        ("a = 1", "b = 1"),
        ("a > 1", "a >= 1"),
        ("match(a, 'x*')", "match(a, 'y*')"),
        ("typeof(a) = 'number'", "typeof(a) = 'string'"),
        ("lowercase(a) = 'x'", "uppercase(a) = 'x'"),
        ("any(a, item = 1)", "all(a, item = 1)"),
        ("a in ['x', 'y']", "a in ['x', 'z']"),
        ("a > '2023-04-21'", "a > '2023-04-22'"),
    ],
)
def test_other_conditions_have_other_keys(one: str, other: str) -> None:
    assert condition_key(node(one)) == condition_key(node(one))
    assert condition_key(node(one)) != condition_key(node(other))


def test_deep_conditions_are_not_compared() -> None:
    deep: ir.Ir = ir.IsTrue(ir.Load(ir.EVENT, ("a",)))
    for _ in range(10):
        deep = ir.Not(ir.And((deep, deep)))
    assert condition_key(deep) == condition_key(deep)
    copy = ir.Not(ir.And((deep, deep)))
    assert condition_key(copy) != condition_key(deep)


def test_equal_calls_of_the_engine_share_a_key() -> None:
    load = ir.ScriptLoad(("properties", "a"))
    call = ir.Invoke("units", len, (load,))
    other = ir.Invoke("units", repr, (load,))
    assert condition_key(ir.IsTrue(call)) == condition_key(ir.IsTrue(call))
    assert condition_key(ir.IsTrue(call)) != condition_key(ir.IsTrue(other))
