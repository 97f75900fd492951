"""From sample events to a tracking plan.

`infer_schema` looks at events one after the other and gives a plan in the public API's
shape, which `plan_rules.py` reads: a rule for the tracks of each name, one for each
other type, and one for what events of all types have. A plan says what was seen, not
what is allowed: people look it over before it rules anything out.

Memory is bounded by the limits here and in `infer_values.py`, however many events there
are. The same events in the same order always give the same plan; in another order they
give the same as long as no limit is reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import spec
from fql.compiler.infer_values import COUNT, Room, Seen
from fql.compiler.plan_rules import COMMON, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.values import Json

MAX_EVENTS = 2_000
"""Names of tracks that get a rule of their own; others are only counted."""

MAX_NAME = 500
"""Characters of the name of a track that gets a rule of its own."""

UNLISTED = "x-unlisted"
"""The keyword for how many tracks have no rule, because there are too many names."""

SHORTENED = "x-shortened"
"""The keyword that says that fields are missing, because there are too many."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_TYPE = "type"
"""The field that says whose rules hold; no rule is about itself."""

_NOT_COMMON = frozenset(
    {_TYPE, "event", PROPERTIES}.union(*(fields for fields in spec.OWN.values()))
)
"""The fields that mean something else with each type."""

_SAYS_WHICH = frozenset({_TYPE, "event"})
"""The fields that say which rule an event has."""


class Inference:
    """A plan in the making: takes events, and tells the plan at any time."""

    def __init__(self) -> None:
        self._room = Room()
        self._common = Seen(self._room)
        self._types: dict[str, Seen] = {}
        self._tracks: dict[str, Seen] = {}
        self._unlisted = 0

    def add(self, event: Mapping[str, Json]) -> None:
        """Take one more event, an object as a JSON reader makes it."""
        common = {
            name: value for name, value in event.items() if name not in _NOT_COMMON
        }
        self._common.add(common)
        seen = self._seen(event)
        if seen is not None:
            own = _NOT_COMMON.intersection(event) - _SAYS_WHICH
            seen.add({name: event[name] for name in own})

    def _seen(self, event: Mapping[str, Json]) -> Seen | None:
        """Return what was seen of events like *event*; None where no rule is theirs."""
        kind, name = event.get(_TYPE), event.get("event")
        if kind == spec.TRACK:
            return self._track(name) if isinstance(name, str) and name else None
        if isinstance(kind, str) and kind in spec.EVENT_TYPES:
            return self._types.setdefault(kind, Seen(self._room))
        return None

    def _track(self, name: str) -> Seen | None:
        seen = self._tracks.get(name)
        if seen is not None:
            return seen
        if len(self._tracks) >= MAX_EVENTS or len(name) > MAX_NAME:
            self._unlisted += 1
            return None
        return self._tracks.setdefault(name, Seen(self._room))

    def plan(self) -> dict[str, Json]:
        """Return the plan of the events so far; rules are sorted by type and name."""
        rules: list[Json] = []
        if self._common.count:
            rules.append(_rule(COMMON, self._common))
        rules += [_rule(spec.TRACK, seen, name) for name, seen in _sorted(self._tracks)]
        rules += [_rule(name, seen) for name, seen in _sorted(self._types)]
        plan: dict[str, Json] = {"rules": rules, COUNT: self._common.count}
        if self._unlisted:
            plan[UNLISTED] = self._unlisted
        if self._room.is_short:
            plan[SHORTENED] = True
        return plan


def infer_schema(events: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Return a tracking plan that describes *events*, as JSON.

    ``fql.Schema.from_tracking_plan`` reads it. Beside what JSON Schema says, it tells
    how often each thing was seen (``x-count``) and which share of the objects have a
    member (``x-presence``). Takes time linear in the events and bounded memory.

    >>> events = [{"type": "track", "event": "Rated", "properties": {"stars": 4}}]
    >>> plan = infer_schema(events)
    >>> properties = plan["rules"][1]["jsonSchema"]["properties"]["properties"]
    >>> properties["required"], properties["properties"]["stars"]["maximum"]
    (['stars'], 4)

    Args:
        events: Objects as a JSON reader makes them; none of them is changed.
    """
    inference = Inference()
    for event in events:
        inference.add(event)
    return inference.plan()


def _sorted(seen: dict[str, Seen]) -> list[tuple[str, Seen]]:
    return sorted(seen.items())


def _rule(kind: str, seen: Seen, key: str | None = None) -> dict[str, Json]:
    named: dict[str, Json] = {} if key is None else {"key": key}
    return {
        "type": kind.upper(),
        **named,
        "version": 1,
        "jsonSchema": {"$schema": _DRAFT, **seen.schema()},
    }
