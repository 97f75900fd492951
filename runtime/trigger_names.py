"""Which types and names of events a condition is about, as far as it says so plainly.

Most triggers name the events that they are for. Two that name different ones share
none, which needs no proof.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from fql.compiler import ir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.ir import Ir

_SAYING = ("type", "event")
"""The fields that are looked at."""


def are_apart(one: Ir, other: Ir) -> bool:
    """Return whether two conditions plainly name different types or events.

    Takes time linear in the conditions.
    """
    for field in _SAYING:
        left, right = _named(one, field), _named(other, field)
        if left is not None and right is not None and left.isdisjoint(right):
            return True
    return False


def _named(node: Ir, field: str) -> frozenset[str] | None:
    """Return the texts that *field* may be where *node* holds; None for any value."""
    match node:
        case ir.Equal(ir.Load(ir.EVENT, (key,)), ir.Constant(str() as text)) | ir.Equal(
            ir.Constant(str() as text), ir.Load(ir.EVENT, (key,))
        ) if key == field:
            return frozenset({text})
        case ir.Element(ir.Load(ir.EVENT, (key,)), ir.Constant(list() as texts)) if (
            key == field
        ):
            named = [text for text in texts if isinstance(text, str)]
            return frozenset(named) if len(named) == len(texts) else None
        case ir.And(terms):
            known = _known(terms, field)
            return reduce(frozenset.intersection, known) if known else None
        case ir.Or(terms):
            known = _known(terms, field)
            is_all = len(known) == len(terms)
            return frozenset[str]().union(*known) if is_all else None
        case _:
            return None


def _known(terms: Sequence[Ir], field: str) -> list[frozenset[str]]:
    found = (_named(term, field) for term in terms)
    return [names for names in found if names is not None]
