"""The way of one event through a workspace.

1. Accept: the rules for events, and each message once (`accept.py`).
2. Route: the destinations of its source, less those that it switches off itself.
3. Filter: the destination's filters (`filters.py`).
4. Match: all enabled mappings of the destination.
5. Build: a payload for each mapping that matches.
6. Record: an `Outcome` for whatever happened, at least one for every event.

What is wrong with one event, one destination or one mapping stays there: the others go
on. No event makes any of it raise. Nothing is sent from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from fql.compiler.field_errors import PayloadError
from fql.compiler.payload_errors import MappingError
from fql.runtime.accept import Rejection, find_rejection
from fql.runtime.enrichments import joined
from fql.runtime.filter_actions import ActionKind
from fql.runtime.filters import FilterChain
from fql.runtime.matching import MappingSet, MappingSets
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.accept import DuplicateWindow
    from fql.runtime.filter_actions import Event
    from fql.runtime.filters import Order, Verdict
    from fql.runtime.matching import Asked, Match
    from fql.runtime.workspace_parts import Destination, DestinationMapping, Source

ALL_INTEGRATIONS = "All"
"""The key of an event's ``integrations`` that speaks for those it does not name."""

_STOPPED_BY: Mapping[ActionKind | None, str] = {
    ActionKind.DROP: "dropped",
    ActionKind.SAMPLE: "not in the sample",
}


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
        self._lanes = {name: tuple(_lanes(destinations, name, order)) for name in names}
        self._mappings = {
            name: MappingSets([lane.mappings for lane in lanes])
            for name, lanes in self._lanes.items()
        }
        self._disabled = {each.name for each in sources if not each.is_enabled}
        self._window = window

    def __call__(self, event: Event, source: str | None) -> list[Outcome]:
        """Return what becomes of *event*, which came from *source*.

        Raises:
            ValueError: There is no source of that name.
        """
        lanes = self._lanes_of(source)
        refusal = self._refuse(event, source)
        if refusal is not None:
            return [refusal]
        message_id = _message_id(event)
        asked = self._mappings[source].ask(event)
        outcomes = [
            outcome
            for lane in lanes
            for outcome in lane.process(event, message_id, asked)
        ]
        return outcomes or [_nowhere(message_id)]

    def chains(self, source: str | None) -> Mapping[str, FilterChain]:
        """Return the filters in use of each destination that *source* feeds.

        Raises:
            ValueError: There is no source of that name.
        """
        return {lane.name: lane.chain for lane in self._lanes_of(source)}

    def _lanes_of(self, source: str | None) -> tuple[_Lane, ...]:
        lanes = self._lanes.get(source)
        if lanes is None:
            raise ValueError(f"the workspace has no source {source!r}")
        return lanes

    def _refuse(self, event: Event, source: str | None) -> Outcome | None:
        """Return the outcome of an event that does not get in, or None."""
        rejection = find_rejection(event)
        if rejection is None and source in self._disabled:
            rejection = Rejection.SOURCE_DISABLED
        if rejection is not None:
            return _rejected(event, rejection)
        message_id = _message_id(event)
        if not message_id or self._window is None:
            return None
        is_repeated = self._window.is_repeated((source, message_id))
        return repeated(message_id) if is_repeated else None


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

    __slots__ = ("_names", "chain", "mappings", "name")

    def __init__(self, destination: Destination, chain: FilterChain) -> None:
        self.name = destination.name
        self._names = (destination.name, destination.kind, *destination.aliases)
        self.chain = chain
        self.mappings = MappingSet(destination.mappings)

    def process(
        self, event: Event, message_id: str | None, asked: Asked
    ) -> list[Outcome]:
        """Return what becomes of *event* on this way, at least one outcome.

        *asked* says which mappings take what the filters left of it.
        """
        integrations = event.get("integrations")
        if integrations and is_switched_off(integrations, self._names):
            return [_switched_off(message_id, self.name)]
        verdict = self.chain(event)
        if verdict.event is None:
            return [_filtered(message_id, self.name, verdict)]
        matches = asked.matches(self.mappings, verdict.event)
        if not matches:
            return [_unmatched(message_id, self.name)]
        return [self._outcome(verdict.event, message_id, each) for each in matches]

    def _outcome(self, event: Event, message_id: str | None, match: Match) -> Outcome:
        mapping, fault = match
        if fault is not None:
            return self._failed(message_id, mapping, Stage.MATCH, fault)
        missing: tuple[str, ...] = ()
        try:
            if mapping.enrichments:
                event, missing = joined(event, mapping.enrichments)
            payload = mapping.build(event)
        except Exception as raised:
            return self._failed(message_id, mapping, Stage.BUILD, raised)
        return Outcome(
            message_id,
            Stage.BUILD,
            Decision.BUILT,
            self.name,
            mapping=mapping.name,
            action=mapping.action,
            payload=payload,
            missing_rows=missing,
        )

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


def _rejected(event: object, rejection: Rejection) -> Outcome:
    return Outcome(
        _message_id(event), Stage.ACCEPT, Decision.REJECTED, reason=rejection
    )


def repeated(message_id: str | None) -> Outcome:
    """Return the outcome of a message that came before."""
    return Outcome(
        message_id,
        Stage.ACCEPT,
        Decision.DISCARDED,
        reason=Reason.DUPLICATE_MESSAGE,
    )


def _nowhere(message_id: str | None) -> Outcome:
    return Outcome(
        message_id, Stage.ROUTE, Decision.DISCARDED, reason=Reason.NO_DESTINATION
    )


def _switched_off(message_id: str | None, destination: str) -> Outcome:
    return Outcome(
        message_id,
        Stage.ROUTE,
        Decision.FILTERED,
        destination,
        reason=Reason.FILTERED_BY_INTEGRATIONS_OBJECT,
    )


def _filtered(message_id: str | None, destination: str, verdict: Verdict) -> Outcome:
    fault = verdict.fault
    return Outcome(
        message_id,
        Stage.FILTER,
        Decision.FILTERED,
        destination,
        reason=Reason.FILTER_FAILED if fault else Reason.FILTERED_BY_RULES,
        filter=verdict.filter.title if verdict.filter else None,
        detail=_described(fault) if fault else _STOPPED_BY.get(verdict.action, ""),
        fault=fault,
    )


def _unmatched(message_id: str | None, destination: str) -> Outcome:
    return Outcome(
        message_id,
        Stage.MATCH,
        Decision.DISCARDED,
        destination,
        reason=Reason.NO_MATCHING_MAPPING,
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
