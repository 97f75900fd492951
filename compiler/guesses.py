"""Which expressions reading had to guess at, so that checking leaves them alone.

Where a text did not parse, the tree holds what was probably meant. A finding about such
a part would be about the guess: the author has a finding about the place already.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from fql.grammar import nodes
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fql.compiler.scopes import Visit
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr


def guessed_nodes(
    visits: Iterable[Visit], findings: Iterable[Diagnostic]
) -> frozenset[int]:
    """Return the identities of the visited nodes that were guessed at.

    That is, for each error of reading which has no sure fix, the innermost node around
    its place; and, where that node is the very place, the one around it. Of an `and` or
    `or` that was guessed at, the operands count as well: they may not be operands.
    """
    places = sorted(
        {each.span for each in findings if each.is_error and not each.edits}
    )
    if not places:
        return frozenset()
    around: dict[Span, list[Expr]] = {}
    for visit in visits:  # what is around stands before what is inside
        for place in _inside(visit.node.span, places):
            around[place] = [*around.get(place, [])[-1:], visit.node]
    found: set[int] = set()
    for place, holders in around.items():
        count = 2 if holders[-1].span == place else 1
        for node in holders[-count:]:
            found.add(id(node))
            if isinstance(node, nodes.And | nodes.Or):
                found.update(map(id, node.operands))
    return frozenset(found)


def _inside(span: Span, places: Sequence[Span]) -> Iterator[Span]:
    """Yield those of the sorted *places* that lie inside *span*."""
    for index in range(bisect_left(places, Span(span.start, 0)), len(places)):
        if places[index].start > span.end:
            return
        if places[index].end <= span.end:
            yield places[index]
