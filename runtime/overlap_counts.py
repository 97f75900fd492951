"""How often the mappings of a program took the same event of a sample.

Each event goes past the filters and the triggers of every destination, as if it came
from no source in particular; nothing is built.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from fql.runtime.accept import find_rejection
from fql.runtime.filters import FilterChain

if TYPE_CHECKING:
    from fql.runtime.filter_actions import Event
    from fql.runtime.workspace import Workspace


MAX_NAMES = 10_000
"""Names of tracks that are remembered; others are not looked at."""


class PairKey(NamedTuple):
    """Two mappings of a destination, by their places in its list, from 0."""

    destination: int
    first: int
    second: int


class OverlapCounts:
    """Takes events and counts; memory is bounded by the mappings and by names.

    Args:
        workspace: The program.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._lanes = [
            (
                index,
                FilterChain(
                    (each for each in destination.filters if each.is_enabled),
                    order=workspace.order,
                ),
                [
                    (place, mapping.trigger)
                    for place, mapping in enumerate(destination.mappings)
                    if mapping.is_enabled
                ],
            )
            for index, destination in enumerate(workspace.destinations)
            if destination.is_enabled
        ]
        self._names: dict[str, bool] = {}
        self.pairs: Counter[PairKey] = Counter()
        """How many events both mappings of a pair took."""
        self.examples: dict[PairKey, Event] = {}
        """The first of these events."""

    def add(self, event: Event) -> None:
        """Take one more event; one that does not get in counts for nothing."""
        if find_rejection(event) is not None:
            return
        is_taken = False
        for index, chain, triggers in self._lanes:
            left = chain(event).event
            given = event if left is None else left
            taking = [place for place, trigger in triggers if trigger(given)]
            is_taken = is_taken or bool(taking)
            if left is not None:
                self._count(event, index, taking)
        if event["type"] == "track":
            self._note(str(event["event"]), is_taken=is_taken)

    def _count(self, event: Event, destination: int, taking: list[int]) -> None:
        for first, second in combinations(taking, 2):
            key = PairKey(destination, first, second)
            self.pairs[key] += 1
            self.examples.setdefault(key, event)

    def _note(self, name: str, *, is_taken: bool) -> None:
        if name in self._names or len(self._names) < MAX_NAMES:
            self._names[name] = self._names.get(name, False) or is_taken

    @property
    def unhandled(self) -> list[str]:
        """The names of tracks that no mapping took, sorted."""
        return sorted(name for name, is_taken in self._names.items() if not is_taken)
