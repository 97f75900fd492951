"""What became of an event: one outcome for each way that it went, or did not go.

Nothing is lost without one: an event that is refused at the door, or that no
destination wants, has an outcome too. Outcomes only tell; nothing here decides.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Exchange


class Stage(StrEnum):
    """The steps of an event's way, in order."""

    ACCEPT = "accept"
    ROUTE = "route"
    FILTER = "filter"
    MATCH = "match"
    BUILD = "build"
    DELIVER = "deliver"


class Decision(StrEnum):
    """What was decided, in one word.

    ``rejected``: the event did not get in. ``filtered``: a filter, or the event itself,
    keeps it from the destination. ``discarded``: it was to go on and could not.
    ``built``: there is a payload. ``delivered``: the destination took it. ``failed``:
    it did not, and is not asked again.
    """

    REJECTED = "rejected"
    FILTERED = "filtered"
    DISCARDED = "discarded"
    BUILT = "built"
    DELIVERED = "delivered"
    FAILED = "failed"


class Reason(StrEnum):
    """Why an event went no further; `accept.Rejection` has those of the first step."""

    DUPLICATE_MESSAGE = "DUPLICATE_MESSAGE"
    """Its message id came before."""
    NO_DESTINATION = "NO_DESTINATION"
    """Its source has no destination that is enabled."""
    FILTERED_BY_INTEGRATIONS_OBJECT = "FILTERED_BY_INTEGRATIONS_OBJECT"
    """Its own ``integrations`` switch the destination off."""
    FILTERED_BY_RULES = "FILTERED_BY_RULES"
    """A filter dropped it, or did not choose it for its sample."""
    FILTER_FAILED = "FILTER_FAILED"
    """A filter could not be evaluated, so the event was dropped."""
    NO_MATCHING_MAPPING = "NO_MATCHING_MAPPING"
    """No enabled mapping's trigger matches it."""
    TRIGGER_FAILED = "TRIGGER_FAILED"
    """A mapping's trigger could not be evaluated."""
    INVALID_PAYLOAD = "INVALID_PAYLOAD"
    """Its payload could not be built, or is not what the action takes."""
    INTERNAL = "INTERNAL"
    """A mistake of ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event at one destination, by one mapping.

    Attributes:
        message_id: The event's message id, or None where it has none.
        stage: The last step that it reached.
        decision: What was decided there.
        destination: The destination's name; None where it reached none.
        mapping: The mapping's name; None where none is concerned.
        action: The action that the mapping sends.
        reason: Why it went no further: a `Reason`, or a code of `accept.Rejection`;
            None where it did go on.
        filter: The name of the filter that decided, or None.
        payload: What was built, where something was.
        detail: The reason in a sentence; may be empty.
        problems: What is wrong with the payload, part by part: objects with
            ``message`` and, where known, ``member``, ``path``, ``field``, ``rule``.
        fault: The exception behind a failure, or None. Not part of `to_dict`.
        missing_rows: The enrichments that had no row for the event, where the payload
            was to be made with one.
        attempt: Which attempt to deliver it was the last one, from 1; 0 for none.
        exchanges: What went over the wire in that attempt, with secrets masked.
    """

    message_id: str | None
    stage: Stage
    decision: Decision
    destination: str | None = None
    mapping: str | None = field(default=None, kw_only=True)
    action: str | None = field(default=None, kw_only=True)
    reason: str | None = field(default=None, kw_only=True)
    filter: str | None = field(default=None, kw_only=True)
    payload: Json = field(default=None, kw_only=True)
    detail: str = field(default="", kw_only=True)
    problems: tuple[Mapping[str, Json], ...] = field(default=(), kw_only=True)
    fault: Exception | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )
    missing_rows: tuple[str, ...] = field(default=(), kw_only=True)
    attempt: int = field(default=0, kw_only=True)
    exchanges: tuple[Exchange, ...] = field(default=(), kw_only=True, repr=False)

    @property
    def is_built(self) -> bool:
        """Whether there is a payload."""
        return self.decision is Decision.BUILT

    def to_dict(self) -> dict[str, Json]:
        """Return the outcome as JSON; what does not apply is left out.

        >>> Outcome("m1", Stage.MATCH, Decision.DISCARDED, "crm").to_dict()
        {'messageId': 'm1', 'stage': 'match', 'decision': 'discarded', \
'destination': 'crm'}
        """
        told: dict[str, Json] = {
            "messageId": self.message_id,
            "stage": self.stage.value,
            "decision": self.decision.value,
            "destination": self.destination,
            "mapping": self.mapping,
            "action": self.action,
            "reason": None if self.reason is None else str(self.reason),
            "filter": self.filter,
            "detail": self.detail or None,
            "problems": [dict(each) for each in self.problems] or None,
            "missingRows": list(self.missing_rows) or None,
            "attempt": self.attempt or None,
            "exchanges": [asdict(each) for each in self.exchanges] or None,
        }
        outcome: dict[str, Json] = {
            key: value for key, value in told.items() if value is not None
        }
        if self.is_built:
            outcome["payload"] = self.payload
        return outcome
