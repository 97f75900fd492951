"""The way of one event through a workspace.

1. Accept: the rules for events, and each message once (`accept.py`).
2. Route: the destinations of its source, less those that it switches off itself.
3. Filter: the destination's filters (`filters.py`).
4. Match: all enabled mappings of the destination.
5. Build: a payload for each mapping that matches.
6. Record: whatever happened, at least one thing for every event. Who keeps the record
   makes outcomes of it, or lines of text (`endings.py`).

What is wrong with one event, one destination or one mapping stays there: the others go
on. No event makes any of it raise. Nothing is sent from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from fql.compiler.field_errors import PayloadError
from fql.compiler.payload_errors import MappingError
from fql.runtime import endings
from fql.runtime.accept import Rejection, find_rejection
from fql.runtime.endings import OutcomeList
from fql.runtime.enrichments import joined
from fql.runtime.filters import FilterChain, Screen
from fql.runtime.matching import MappingSet, MappingSets
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.accept import DuplicateWindow
    from fql.runtime.endings import Ending, Recorder
    from fql.runtime.filter_actions import Event
    from fql.runtime.filters import Order, Verdict
    from fql.runtime.matching import Asked, Match
    from fql.runtime.workspace_parts import Destination, DestinationMapping, Source

ALL_INTEGRATIONS = "All"
"""The key of an event's ``integrations`` that speaks for those it does not name."""


@final
class Pipeline:
    """The compiled way of events through a workspace; call it with an event.

    Args:
        sources: What the workspace declares.
        destinations: What the workspace declares.
        order: How the filters of a destination act.
        window: Remembers messages, or None to let repeats pass.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        destinations: Sequence[Destination],
        *,
        order: Order,
        window: DuplicateWindow | None,
    ) -> None:
        names = [None, *(source.name for source in sources)]
        disabled = {each.name for each in sources if not each.is_enabled}
        self._ways = {
            name: Way(
                name,
                tuple(_lanes(destinations, name, order)),
                window=window,
                is_disabled=name in disabled,
            )
            for name in names
        }

    def __call__(self, event: Event, source: str | None) -> list[Outcome]:
        """Return what becomes of *event*, which came from *source*.

        Raises:
            ValueError: There is no source of that name.
        """
        told = OutcomeList()
        self.way(source)(event, told)
        return told.outcomes

    def way(self, source: str | None) -> Way:
        """Return the way of the events of *source*.

        Raises:
            ValueError: There is no source of that name.
        """
        way = self._ways.get(source)
        if way is None:
            raise ValueError(f"the workspace has no source {source!r}")
        return way

    def chains(self, source: str | None) -> Mapping[str, FilterChain]:
        """Return the filters in use of each destination that *source* feeds.

        Raises:
            ValueError: There is no source of that name.
        """
        return {lane.name: lane.chain for lane in self.way(source).lanes}


@final
class Way:
    """The way of one source's events; call it with an event and who keeps the record.

    Attributes:
        lanes: The ways to the destinations.
    """

    def __init__(
        self,
        source: str | None,
        lanes: tuple[_Lane, ...],
        *,
        window: DuplicateWindow | None,
        is_disabled: bool,
    ) -> None:
        self.lanes = lanes
        self._source = source
        self._window = window
        self._is_disabled = is_disabled
        own = [lane.mappings for lane in lanes]
        self._sets = MappingSets(own) if len(own) > 1 else None

    def __call__(self, event: Event, recorder: Recorder) -> str | None:
        """Tell *recorder* what becomes of *event*, at least one thing.

        Returns the message id of an event that got in, or None where it has none.
        """
        rejection = find_rejection(event)
        if rejection is None and self._is_disabled:
            rejection = Rejection.SOURCE_DISABLED
        if rejection is not None:
            recorder.end(endings.rejected(rejection), _message_id(event))
            return None
        message_id = _message_id(event)
        if message_id and self._is_repeated(message_id):
            recorder.end(endings.REPEATED, message_id)
            return None
        asked = None if self._sets is None else self._sets.ask(event)
        for lane in self.lanes:
            lane.process(event, message_id, asked, recorder)
        if not self.lanes:
            recorder.end(endings.NOWHERE, message_id)
        return message_id

    def _is_repeated(self, message_id: str) -> bool:
        window = self._window
        return window is not None and window.is_repeated((self._source, message_id))


def _lanes(
    destinations: Iterable[Destination], source: str | None, order: Order
) -> Iterable[_Lane]:
    """Yield the way to each destination that gets the events of *source*."""
    for destination in destinations:
        if destination.is_enabled and destination.takes_from(source):
            filters = [
                each
                for each in destination.filters
                if each.is_enabled and (source is None or each.source in (None, source))
            ]
            yield _Lane(destination, FilterChain(filters, order=order))


@final
class _Lane:
    """The way to one destination: route, filter, match, build."""

    __slots__ = (
        *("_built", "_names", "_screen", "_stopped", "_switched_off", "_unmatched"),
        *("chain", "mappings", "name"),
    )

    def __init__(self, destination: Destination, chain: FilterChain) -> None:
        self.name = destination.name
        self._names = (destination.name, destination.kind, *destination.aliases)
        self.chain = chain
        self._screen = Screen(chain.filters) if chain.filters else None
        self.mappings = MappingSet(destination.mappings)
        self._switched_off = endings.switched_off(self.name)
        self._unmatched = endings.unmatched(self.name)
        self._stopped: dict[object, Ending] = {}
        self._built: dict[object, Ending] = {}

    def process(
        self,
        event: Event,
        message_id: str | None,
        asked: Asked | None,
        recorder: Recorder,
    ) -> None:
        """Tell *recorder* what becomes of *event* on this way, at least one thing.

        *asked* says which mappings take what the filters left of it, for all ways; None
        where there is but this one.
        """
        integrations = event.get("integrations")
        if integrations and is_switched_off(integrations, self._names):
            recorder.end(self._switched_off, message_id)
            return
        left = event
        if self._may_filter(event):
            verdict = self.chain(event)
            if verdict.event is None:
                self._stop(verdict, message_id, recorder)
                return
            left = verdict.event
        own = self.mappings
        matches = own.match(left) if asked is None else asked.matches(own, left)
        for match in matches:
            self._build(left, message_id, match, recorder)
        if not matches:
            recorder.end(self._unmatched, message_id)

    def _may_filter(self, event: Event) -> bool:
        """Return whether a filter may do something to *event*, or fail on it."""
        if self._screen is None:
            return False
        try:
            return self._screen.is_met(event)
        except Exception:
            return True

    def _stop(
        self, verdict: Verdict, message_id: str | None, recorder: Recorder
    ) -> None:
        """Tell of an event that the filters stopped."""
        fault = verdict.fault
        if fault is not None:
            recorder.tell(_unfiltered(message_id, self.name, verdict, fault))
            return
        alike = (verdict.filter and verdict.filter.title, verdict.action)
        ending = self._stopped.get(alike)
        if ending is None:
            ending = self._stopped[alike] = endings.filtered(self.name, verdict)
        recorder.end(ending, message_id)

    def _build(
        self, event: Event, message_id: str | None, match: Match, recorder: Recorder
    ) -> None:
        """Tell of the payload of a mapping that takes *event*, or of its failure."""
        mapping, fault = match
        if fault is not None:
            recorder.tell(self._failed(message_id, mapping, Stage.MATCH, fault))
            return
        missing: tuple[str, ...] = ()
        try:
            if mapping.enrichments:
                event, missing = joined(event, mapping.enrichments)
            payload = mapping.build(event)
        except Exception as raised:
            recorder.tell(self._failed(message_id, mapping, Stage.BUILD, raised))
            return
        alike = (mapping.name, mapping.action, missing)
        ending = self._built.get(alike)
        if ending is None:
            ending = self._built[alike] = endings.built(self.name, mapping, missing)
        recorder.build(ending, message_id, payload)

    def _failed(
        self,
        message_id: str | None,
        mapping: DestinationMapping,
        stage: Stage,
        fault: Exception,
    ) -> Outcome:
        """Return the outcome of a mapping that failed on one event."""
        problems = problems_of(fault)
        reason = Reason.TRIGGER_FAILED if stage is Stage.MATCH else Reason.INTERNAL
        return Outcome(
            message_id,
            stage,
            Decision.DISCARDED,
            self.name,
            mapping=mapping.name,
            action=mapping.action,
            reason=Reason.INVALID_PAYLOAD if problems else reason,
            detail=str(fault) if problems else _described(fault),
            problems=problems,
            fault=fault,
        )


def is_switched_off(integrations: Json, names: Iterable[str]) -> bool:
    """Return whether an event's *integrations* keep it from a destination.

    The first of the destination's *names* that is there decides, else ``All`` does.
    Only ``false`` switches off; names are case-sensitive.
    """
    if not isinstance(integrations, dict):
        return False
    for key in (*names, ALL_INTEGRATIONS):
        if key in integrations:
            return integrations[key] is False
    return False


# --- outcomes ---------------------------------------------------------------------


def _message_id(event: object) -> str | None:
    """Return the id of *event*, which need not be one that was accepted."""
    message_id = event.get("messageId") if isinstance(event, dict) else None
    return message_id if isinstance(message_id, str) else None


def _unfiltered(
    message_id: str | None, destination: str, verdict: Verdict, fault: Exception
) -> Outcome:
    return Outcome(
        message_id,
        Stage.FILTER,
        Decision.FILTERED,
        destination,
        reason=Reason.FILTER_FAILED,
        filter=verdict.filter.title if verdict.filter else None,
        detail=_described(fault),
        fault=fault,
    )


def _described(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def problems_of(fault: Exception) -> tuple[Mapping[str, Json], ...]:
    """Return what a fault says of a payload, part by part; empty for other faults."""
    if isinstance(fault, MappingError):
        told = {"message": fault.message, "member": fault.member, "path": fault.path}
        return ({key: value for key, value in told.items() if value},)
    if isinstance(fault, PayloadError):
        return tuple(
            {"message": each.message, "field": each.field, "rule": each.rule}
            for each in fault.problems
        )
    return ()
