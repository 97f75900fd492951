"""Rules as conjunctions."""

from __future__ import annotations

import pytest

from fql.compiler import ir
from fql.compiler.ruleset_terms import (
    MAX_ALTERNATIVES,
    alternatives,
    entries_of,
    flat_terms,
    settled_terms,
)
from fql.compiler.trigger import compile_engine_text, compile_trigger


def load(name: str) -> ir.Load:
    return ir.Load(ir.EVENT, (name,))


A, B, C = (ir.IsTrue(load(name)) for name in "abc")


def entries(text: str) -> list[tuple[int, int, bool]]:
    """Return answer, count of terms and plainness of the entries of a text."""
    found = entries_of(7, compile_trigger(text), {})
    return [(each.answer, len(each.terms), each.is_plain) for each in found]


def test_terms_are_flat_and_negations_stand_inside() -> None:
    nested = ir.And((A, ir.And((B, ir.Not(ir.Or((C, ir.Not(A))))))))
    assert flat_terms((nested,)) == (A, B, ir.Not(C), A)
    assert flat_terms((ir.Not(ir.Not(ir.And((A, B)))),)) == (A, B)
    assert flat_terms((A, ir.Not(B))) == (A, ir.Not(B))


def test_what_is_flat_is_not_copied() -> None:
    terms = (A, B)
    assert flat_terms((ir.And(terms),)) is terms


def test_settled_terms_are_folded() -> None:
    always = ir.Not(ir.Constant(value=False))
    assert settled_terms((A, always)) == (A,)
    assert settled_terms((A, ir.Not(always))) is None
    nan = ir.Equal(load("a"), ir.Constant(float("nan")))
    assert settled_terms((nan,)) is None
    assert settled_terms((ir.Order("<", load("a"), ir.Constant(float("nan"))),)) is None
    assert settled_terms((ir.Order("<", load("a"), ir.Constant(value=True)),)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type = 'a' and b > 1", [(7, 2, True)]),
        ("type = 'a' or event = 'b'", [(7, 1, False), (7, 1, False)]),
        ("(type = 'a' or event = 'b') and c > 1", [(7, 2, False), (7, 2, False)]),
        ("!(type != 'a' and event != 'b')", [(7, 1, False), (7, 1, False)]),
        ("type = 'a' or type = 'b'", [(7, 1, True)]),
        ("type = 'a' or b != 1", [(7, 1, True)]),
        ("b > 1 or match(c, 'x*')", [(7, 1, False), (7, 1, False)]),
        ("a and 1 = 2", []),
        ("all", [(7, 0, True)]),
    ],
)
def test_a_choice_is_split_where_all_of_it_can_be_found(
    text: str, expected: list[tuple[int, int, bool]]
) -> None:
    assert entries(text) == expected


def test_an_alternative_that_cannot_hold_is_dropped() -> None:
    choice = ir.Or((ir.Equal(load("a"), ir.Constant("x")), ir.Constant(value=False)))
    assert alternatives((choice, B)) == [
        (ir.Equal(load("a"), ir.Constant("x")), B),
    ]


def test_a_long_choice_is_tried_as_a_whole() -> None:
    texts = [f"a{number} = 1" for number in range(MAX_ALTERNATIVES + 1)]
    assert entries(" or ".join(texts)) == [(7, 1, True)]
    assert len(entries(" or ".join(texts[1:]))) == MAX_ALTERNATIVES


def test_both_dialects_are_pure() -> None:
    trigger = compile_engine_text('contains(event, "😀") and properties.a > 1')
    (entry,) = entries_of(3, trigger, {})
    assert (entry.answer, entry.number) == (3, 3)
