"""Analysis of a whole program: what its conditions, mappings and filters come to.

What is proved of each condition alone is `fql.compiler.analyze`'s to say, what mappings
share is `overlaps.py`'s. Here both become findings at their places in the program.

An overlap is a finding only where two mappings of one destination send the same action:
other pairs are how programs are meant to be. Where they build the same payload, it is a
warning; else it is a note, since a webhook that tells two places of one event is no
mistake.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from fql.runtime import overlap_errors
from fql.runtime.check_filters import check_together
from fql.runtime.overlaps import overlaps_of, unhandled, unreachable_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.schema import Schema
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.drafts import DestinationDraft, Word, WorkspaceDraft
    from fql.runtime.filters import Order
    from fql.runtime.overlaps import Overlap
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination

MAX_OVERLAPS = 10
"""Overlaps of one destination that are findings of their own."""


def analyze_program(
    draft: WorkspaceDraft, workspace: Workspace, *, schema: Schema | None = None
) -> Iterator[Diagnostic]:
    """Yield what mappings and filters come to together, as warnings and notes.

    Args:
        draft: The program as it is written.
        workspace: What was made of all of it: it has no errors.
        schema: With a tracking plan, its events are looked for among the triggers.
    """
    pairs = list(zip(draft.destinations, workspace.destinations, strict=True))
    for written, destination in pairs:
        if destination.is_enabled:
            if not any(check_together(written.filters)):
                yield from _unreachable(written, destination, workspace.order)
            yield from _overlaps(written, destination, workspace.order, schema)
    if schema is not None and pairs:
        names = unhandled(workspace, schema.events)
        if names:
            yield overlap_errors.unhandled(draft.destinations[0].name, names)


def _unreachable(
    draft: DestinationDraft, destination: Destination, order: Order
) -> Iterator[Diagnostic]:
    titles = _titles(draft, destination)
    for found in unreachable_in(destination, order=order):
        filters = [titles[id(each)] for each in found.filters]
        yield overlap_errors.unreachable(titles[id(found.mapping)], filters)


def _overlaps(
    draft: DestinationDraft,
    destination: Destination,
    order: Order,
    schema: Schema | None,
) -> Iterator[Diagnostic]:
    titles = _titles(draft, destination)
    found = overlaps_of(destination, order=order, schema=schema, doubles_only=True)
    pairs = _once(found)
    for pair in islice(pairs, MAX_OVERLAPS):
        yield _finding(pair, titles[id(pair.first)], titles[id(pair.second)])
    if next(pairs, None) is not None:
        yield overlap_errors.more_overlaps(draft.name)


def _once(pairs: Iterator[Overlap]) -> Iterator[Overlap]:
    """Yield the *pairs*, of a mapping that is redundant only the first."""
    redundant: set[int] = set()
    for pair in pairs:
        if not redundant.isdisjoint((id(pair.first), id(pair.second))):
            continue
        if pair.is_same and pair.is_covered:
            redundant.add(id(pair.second))
        elif pair.is_same and pair.is_covering:
            redundant.add(id(pair.first))
        yield pair


def _finding(pair: Overlap, first: Word, second: Word) -> Diagnostic:
    if pair.is_same and pair.is_covered:
        return overlap_errors.redundant(second, first)
    if pair.is_same and pair.is_covering:
        return overlap_errors.redundant(first, second)
    return overlap_errors.overlap(
        second, first, pair.first.action, pair.event, is_same=pair.is_same
    )


def _titles(draft: DestinationDraft, destination: Destination) -> dict[int, Word]:
    """Return where the title of each filter and mapping stands, by its identity."""
    filters = zip(destination.filters, draft.filters, strict=True)
    mappings = zip(destination.mappings, draft.mappings, strict=True)
    return {
        **{id(part): written.title for part, written in filters},
        **{id(part): written.title for part, written in mappings},
    }
