"""What becomes of many events at every destination of a program, and where they stop.

Outcomes are counted by stage and reason; at each mapping, the events that its trigger
does not take are counted by the condition at which they stop. Memory does not grow with
the number of events.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler.shown import counted, on_one_line
from fql.compiler.stops import Stops
from fql.grammar.cells import visible
from fql.grammar.report import WIDTH
from fql.runtime.accept import DuplicateWindow
from fql.runtime.outcomes import Decision, Stage
from fql.runtime.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.runtime.filter_actions import Event
    from fql.runtime.filters import FilterChain
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace


class Way(NamedTuple):
    """Where events ended, and why.

    Attributes:
        stage: The last step that they reached.
        decision: What was decided there.
        reason: The reason code; empty where there is a payload.
        name: The filter or the mapping that is concerned, or empty.
    """

    stage: Stage
    decision: Decision
    reason: str
    name: str

    def __str__(self) -> str:
        name = f'"{self.name}"' if self.name else ""
        return " ".join(each for each in (self.reason or "built by", name) if each)


class DestinationStops:
    """Counts what becomes of events at one destination.

    Args:
        name: The destination.
        mappings: Where events stop at each of its enabled mappings, by its name.
    """

    def __init__(self, name: str, mappings: dict[str, Stops]) -> None:
        self.name = name
        self.mappings = mappings
        self.ways: Counter[Way] = Counter()
        """How many outcomes there were of each kind."""

    def sorted_ways(self) -> list[tuple[Way, int]]:
        """Return the outcomes with their counts, stage by stage, the most first."""
        stages = tuple(Stage)
        return sorted(
            self.ways.items(), key=lambda each: (stages.index(each[0].stage), -each[1])
        )

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        return {
            "destination": self.name,
            "outcomes": [_way_json(*each) for each in self.sorted_ways()],
            "mappings": [
                {"mapping": name, **stops.to_dict()}
                for name, stops in self.mappings.items()
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield the counts as lines of text."""
        yield self.name
        yield from _way_lines(self.sorted_ways())
        for name, stops in self.mappings.items():
            if stops.events:
                yield f'  "{name}" takes {stops.matching:,} of {stops.events:,}'
                yield from _stop_lines(stops)


class ProgramStops:
    """Counts what becomes of events, and where they stop.

    Args:
        workspace: The program.
        source: The name of the source that the events come from, or None.
        only: The name of the only destination that is wanted, or None for all.
    """

    def __init__(
        self,
        workspace: Workspace,
        source: str | None = None,
        *,
        only: str | None = None,
    ) -> None:
        self._pipeline = Pipeline(
            workspace.sources,
            workspace.destinations,
            order=workspace.order,
            window=DuplicateWindow(),
        )
        self._source = source
        self._chains = self._pipeline.chains(source)
        self.events = 0
        """How many events there were."""
        self.refused: Counter[Way] = Counter()
        """Those that reached no destination."""
        self.destinations = {
            each.name: DestinationStops(
                each.name,
                {
                    mapping.name: Stops(mapping.trigger)
                    for mapping in each.mappings
                    if mapping.is_enabled
                },
            )
            for each in workspace.destinations
            if each.name in self._chains and only in {None, each.name}
        }
        """What becomes of them at each destination that gets them, by its name."""

    def add(self, event: Event) -> None:
        """Count one more event."""
        self.events += 1
        asked = set[str]()
        for outcome in self._pipeline(event, self._source):
            destination = outcome.destination
            if destination is None:
                self.refused[_way(outcome)] += 1
                continue
            if destination not in self.destinations:
                continue
            self.destinations[destination].ways[_way(outcome)] += 1
            is_asked = outcome.stage in {Stage.MATCH, Stage.BUILD}
            if is_asked and destination not in asked:
                asked.add(destination)
                self._ask(destination, self._chains[destination], event)

    def _ask(self, destination: str, chain: FilterChain, event: Event) -> None:
        """Count where *event* stops at the mappings of a destination."""
        left = chain(event).event
        assert left is not None, "it passed the filters"  # noqa: S101
        for stops in self.destinations[destination].mappings.values():
            with suppress(Exception):  # an embedder's function; the outcome tells of it
                stops.add(left)

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        return {
            "events": self.events,
            "refused": [_way_json(*each) for each in self.refused.most_common()],
            "destinations": [each.to_dict() for each in self.destinations.values()],
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return the counts for people; there is nothing to colour or to cut."""
        del color, width
        refused = _way_lines(self.refused.most_common())
        blocks = [
            [counted(self.events, "event"), *refused],
            *(each.lines() for each in self.destinations.values()),
        ]
        return "\n\n".join("\n".join(map(visible, each)) for each in blocks)


def _way(outcome: Outcome) -> Way:
    reason = "" if outcome.reason is None else str(outcome.reason)
    name = outcome.filter or outcome.mapping or ""
    return Way(outcome.stage, outcome.decision, reason, name)


def _way_json(way: Way, count: int) -> dict[str, object]:
    told: dict[str, object] = {
        "stage": way.stage.value,
        "decision": way.decision.value,
        "reason": way.reason or None,
        "filter" if way.stage is Stage.FILTER else "mapping": way.name or None,
    }
    return {key: value for key, value in told.items() if value} | {"count": count}


def _way_lines(ways: list[tuple[Way, int]]) -> Iterator[str]:
    digits = max((len(f"{count:,}") for _, count in ways), default=0)
    width = max((len(way.stage) for way, _ in ways), default=0)
    for way, count in ways:
        yield f"  {count:>{digits},}  {way.stage:<{width}}  {way}"


def _stop_lines(stops: Stops) -> Iterator[str]:
    digits = len(f"{stops.events:,}")
    for stop in stops.places:
        if stop.count:
            text = on_one_line(stop.reason.text)
            verb = "stops" if stop.count == 1 else "stop"
            yield f"    {stop.count:>{digits},} {verb} at {text}"
            for field in stop.fields.values():
                yield from (
                    f"    {'':>{digits}} hint: {each}" for each in field.hints()
                )
