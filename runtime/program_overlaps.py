"""All pairs of mappings of a program that take the same event, as a report.

Pairs come from proofs (`overlaps.py`) and, where there are sample events, from these
(`overlap_counts.py`): what one misses, the other may show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.runtime.overlap_counts import OverlapCounts, PairKey
from fql.runtime.overlaps import Overlap, overlaps_of, unhandled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.schema import Schema
    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event
    from fql.runtime.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Report:
    """What the mappings of a program share.

    Attributes:
        overlaps: The pairs, in the order of the program.
        counts: How many sample events each pair took; None where there are none.
        unhandled: The names of tracks, of the plan or the samples, that none takes.
    """

    overlaps: tuple[Overlap, ...]
    counts: tuple[int, ...] | None
    unhandled: tuple[str, ...]

    @property
    def doubles(self) -> int:
        """How many pairs send the same action."""
        return sum(each.is_double for each in self.overlaps)

    def to_dict(self) -> dict[str, Json]:
        """Return the report as JSON."""
        counts = self.counts or (None,) * len(self.overlaps)
        return {
            "overlaps": [
                _to_dict(overlap, count)
                for overlap, count in zip(self.overlaps, counts, strict=True)
            ],
            "unhandled": [*self.unhandled],
        }


def _to_dict(overlap: Overlap, count: int | None) -> dict[str, Json]:
    counted: dict[str, Json] = {} if count is None else {"events": count}
    return {
        "destination": overlap.destination.name,
        "mappings": [overlap.first.name, overlap.second.name],
        "actions": [overlap.first.action, overlap.second.action],
        "sentTwice": overlap.is_double,
        "samePayload": overlap.is_same,
        "example": overlap.event,
        **counted,
    }


def report_overlaps(
    workspace: Workspace,
    *,
    schema: Schema | None = None,
    events: Iterable[Event] | None = None,
) -> Report:
    """Return which mappings of each destination take the same event.

    Args:
        workspace: The program.
        schema: With a tracking plan, examples conform to it, and its events that no
            mapping takes are told.
        events: Samples; None where there are none.
    """
    found = _proved(workspace, schema)
    names = unhandled(workspace, schema.events) if schema is not None else []
    if events is None:
        return Report(tuple(found.values()), None, tuple(names))
    tally = OverlapCounts(workspace)
    for event in events:
        tally.add(event)
    for key in tally.pairs.keys() - found.keys():
        found[key] = _seen(workspace, key, tally.examples[key])
    ordered = sorted(found)
    return Report(
        tuple(found[key] for key in ordered),
        tuple(tally.pairs[key] for key in ordered),
        tuple(dict.fromkeys([*names, *tally.unhandled])),
    )


def _proved(workspace: Workspace, schema: Schema | None) -> dict[PairKey, Overlap]:
    found: dict[PairKey, Overlap] = {}
    for index, destination in enumerate(workspace.destinations):
        if destination.is_enabled:
            places = {id(each): at for at, each in enumerate(destination.mappings)}
            for each in overlaps_of(destination, order=workspace.order, schema=schema):
                key = PairKey(index, places[id(each.first)], places[id(each.second)])
                found[key] = each
    return found


def _seen(workspace: Workspace, key: PairKey, event: Event) -> Overlap:
    destination = workspace.destinations[key.destination]
    mappings = destination.mappings
    return Overlap(destination, mappings[key.first], mappings[key.second], event)
