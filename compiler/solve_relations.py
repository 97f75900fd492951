"""How two values stand to each other, by the tests that compare them.

Of two values, exactly one of these holds: the first is less, equal, or greater where
they have an order, or they are the same, or different, where they have none. Each test
leaves some of the five, and tests of one pair that leave none together contradict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir
from fql.compiler.solve_store import term_of

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

Pair: TypeAlias = tuple[str, str, str]
"""Which order is meant, and the terms that stand in it."""

Relation: TypeAlias = frozenset[str]

ANY_RELATION: Relation = frozenset({"less", "equal", "greater", "same", "different"})

_EQUAL: Relation = frozenset({"equal", "same"})
_STANDS: dict[ir.OrderOp, Relation] = {
    "<": frozenset({"less"}),
    "<=": frozenset({"less", "equal"}),
    ">": frozenset({"greater"}),
    ">=": frozenset({"greater", "equal"}),
}
_MIRROR = {"less": "greater", "greater": "less"}


def relation_of(test: Ir, *, wanted: bool) -> tuple[Pair, Relation] | None:
    """Return how two values stand if *test* is as wanted; None if it compares none."""
    match test:
        case ir.Equal(left, right):
            return _relation("", (left, right), _EQUAL, wanted=wanted)
        case ir.Order(op, left, right):
            return _relation("", (left, right), _STANDS[op], wanted=wanted)
        case ir.InstantOrder(op, left, right):
            return _relation("instant", (left, right), _STANDS[op], wanted=wanted)
        case _:
            return None


def _relation(
    order: str, sides: tuple[Ir, Ir], holding: Relation, *, wanted: bool
) -> tuple[Pair, Relation] | None:
    left, right = term_of(sides[0]), term_of(sides[1])
    if left is None or right is None:
        return None
    left_key, right_key = repr(left), repr(right)
    relation = holding if wanted else ANY_RELATION - holding
    if right_key < left_key:
        relation = frozenset(_MIRROR.get(each, each) for each in relation)
        left_key, right_key = right_key, left_key
    if left_key == right_key:
        relation &= _EQUAL if not order else {"equal", "different"}
    return (order, left_key, right_key), relation
