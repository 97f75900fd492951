"""Changes of an event that turn a test around, where guessing found none.

The solver makes an event that is like the given one and gives the test the other
answer. Where the two differ in one place only, that place is the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.missing import MISSING, fetch
from fql.compiler.solve import Found, solve
from fql.compiler.text_witness import Effort
from fql.compiler.values import equals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

_BUDGET = 100
"""Combinations of alternatives that are looked at for one test."""

_EFFORT = 20_000
"""What searches for texts may cost for one test."""


def solved(
    goal: Ir, fields: Sequence[Keys], event: dict[str, Json]
) -> Iterator[tuple[Keys, Json | Missing]]:
    """Yield changes of one place each after which *goal* may hold, *fields* read.

    Args:
        goal: A condition that does not hold for *event*.
        fields: What it reads.
        event: Stays as it is.
    """
    try:
        answer = solve(goal, base=event, budget=_BUDGET, effort=Effort(_EFFORT))
    except Exception:  # an embedder's function, on a value that no event had
        return
    if not isinstance(answer, Found):
        return
    for keys in fields:
        before, after = fetch(event, keys), fetch(answer.event, keys)
        if not _is_same(before, after):
            yield _narrowed(keys, before, after)


def changes_elements(node: Ir) -> bool:
    """Return whether a test is about the elements of a list, one by one."""
    while isinstance(node, ir.Not):
        node = node.term
    return isinstance(node, ir.Quantify)


def _narrowed(
    keys: Keys, before: Json | Missing, after: Json | Missing
) -> tuple[Keys, Json | Missing]:
    """Return the innermost place in which two values at *keys* differ, and its value.

    A member that is gone is a change of what held it.
    """
    while True:
        places = _places(before, after)
        different = [key for key, pair in places.items() if not _is_same(*pair)]
        if len(different) != 1 or not different[0]:
            return keys, after
        keys = (*keys, different[0])
        before, after = places[different[0]]


def _places(
    before: Json | Missing, after: Json | Missing
) -> dict[str, tuple[Json | Missing, Json]]:
    """Return the members of both where *after* is *before* with others, or more."""
    match before, after:
        case dict(), dict() if before.keys() <= after.keys():
            return {key: (before.get(key, MISSING), after[key]) for key in after}
        case list(), list() if len(before) == len(after):
            pairs = zip(before, after, strict=True)
            return {str(index): pair for index, pair in enumerate(pairs)}
        case _:
            return {}


def _is_same(one: Json | Missing, other: Json | Missing) -> bool:
    if one is MISSING or other is MISSING:
        return one is other
    return equals(one, other)
