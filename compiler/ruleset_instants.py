"""Timestamps that many rules compare: read once, compared as numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.signatures import Function, Parameter
from fql.compiler.timestamps import instant
from fql.compiler.types import Type
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.walk import Key

_OFTEN = 3
"""A timestamp that is compared so often is read before it is compared."""

_INSTANT = Function(
    "instant",
    (Parameter("text", Type.ANY),),
    Type.NUMBER | Type.NULL,
    "The nanoseconds from 1970 to a timestamp.",
    "null",
    instant,
    (),
)
"""No text can call it."""


def instant_of(timestamp: Ir) -> Ir:
    """Return the node of the nanoseconds from 1970 to *timestamp*."""
    return ir.Apply(_INSTANT, (timestamp,))


def with_instants(
    entries: Sequence[Entry], given: Collection[Key] = ()
) -> Sequence[Entry]:
    """Return *entries* with orders of numbers for those of an often read timestamp.

    Args:
        entries: Rules whose terms are settled.
        given: The keys of values that are read beforehand, instants among them.
    """
    orders = [
        term.left
        for entry in entries
        for term in entry.terms
        if isinstance(term, ir.InstantOrder) and isinstance(term.right, ir.Constant)
    ]
    counts = Counter(map(value_key, orders))
    often = {key for key, count in counts.items() if key and count >= _OFTEN}
    often |= {
        key
        for each in orders
        if (key := value_key(each)) and value_key(instant_of(each)) in given
    }
    if not often:
        return entries

    def numbered(term: Ir) -> Ir:
        match term:
            case ir.InstantOrder(op, left, ir.Constant(text)):
                if value_key(left) in often:
                    limit = ir.Constant(instant(text))
                    return ir.Order(op, instant_of(left), limit)
            case _:
                pass
        return term

    return [
        entry._replace(terms=tuple(map(numbered, entry.terms))) for entry in entries
    ]
