"""How events end on their ways, told as it happens to whoever keeps a record.

Most outcomes differ in the message alone. What they have in common is known before the
events come, and is one object then, an `Ending`: who writes outcomes down writes that
once, and who counts them counts objects.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol, final

from fql.runtime.filter_actions import ActionKind
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json
    from fql.runtime.accept import Rejection
    from fql.runtime.filters import Verdict
    from fql.runtime.workspace_parts import DestinationMapping


@final
class Ending:
    """What outcomes have in common that differ in message and payload alone.

    There are few, however many events there are; each is equal to itself only.

    Attributes:
        outcome: Such an outcome, of no message and without its payload.
    """

    __slots__ = ("outcome",)

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def of(self, message_id: str | None, payload: Json = None) -> Outcome:
        """Return the outcome of one message."""
        common = self.outcome
        return Outcome(
            message_id,
            common.stage,
            common.decision,
            common.destination,
            mapping=common.mapping,
            action=common.action,
            reason=common.reason,
            filter=common.filter,
            payload=payload,
            detail=common.detail,
            missing_rows=common.missing_rows,
        )


class Recorder(Protocol):
    """Is told how events end, in the order of destinations and mappings."""

    def end(self, ending: Ending, message_id: str | None) -> None:
        """Take note that a message ended without a payload."""
        ...

    def build(self, ending: Ending, message_id: str | None, payload: Json) -> None:
        """Take note of a payload."""
        ...

    def tell(self, outcome: Outcome) -> None:
        """Take note of an outcome that has little in common with others: a failure."""
        ...


@final
class OutcomeList:
    """Makes outcomes of what it is told.

    Attributes:
        outcomes: Those so far.
    """

    __slots__ = ("outcomes",)

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def end(self, ending: Ending, message_id: str | None) -> None:
        """Add the outcome of a message that ended without a payload."""
        self.outcomes.append(ending.of(message_id))

    def build(self, ending: Ending, message_id: str | None, payload: Json) -> None:
        """Add the outcome of a message that became a payload."""
        self.outcomes.append(ending.of(message_id, payload))

    def tell(self, outcome: Outcome) -> None:
        """Add an outcome."""
        self.outcomes.append(outcome)


# --- the endings ------------------------------------------------------------------

_STOPPED_BY: Mapping[ActionKind | None, str] = {
    ActionKind.DROP: "dropped",
    ActionKind.SAMPLE: "not in the sample",
}


@cache
def rejected(rejection: Rejection) -> Ending:
    """Return how events end that break a rule."""
    return Ending(Outcome(None, Stage.ACCEPT, Decision.REJECTED, reason=rejection))


REPEATED = Ending(
    Outcome(None, Stage.ACCEPT, Decision.DISCARDED, reason=Reason.DUPLICATE_MESSAGE)
)
"""How messages end that came before."""

NOWHERE = Ending(
    Outcome(None, Stage.ROUTE, Decision.DISCARDED, reason=Reason.NO_DESTINATION)
)
"""How events end that no destination gets."""


def repeated(message_id: str | None) -> Outcome:
    """Return the outcome of a message that came before."""
    return REPEATED.of(message_id)


def switched_off(destination: str) -> Ending:
    """Return how events end that keep themselves from a destination."""
    return Ending(
        Outcome(
            None,
            Stage.ROUTE,
            Decision.FILTERED,
            destination,
            reason=Reason.FILTERED_BY_INTEGRATIONS_OBJECT,
        )
    )


def filtered(destination: str, verdict: Verdict) -> Ending:
    """Return how events end that a filter stops."""
    return Ending(
        Outcome(
            None,
            Stage.FILTER,
            Decision.FILTERED,
            destination,
            reason=Reason.FILTERED_BY_RULES,
            filter=verdict.filter.title if verdict.filter else None,
            detail=_STOPPED_BY.get(verdict.action, ""),
        )
    )


def unmatched(destination: str) -> Ending:
    """Return how events end that no mapping of a destination takes."""
    return Ending(
        Outcome(
            None,
            Stage.MATCH,
            Decision.DISCARDED,
            destination,
            reason=Reason.NO_MATCHING_MAPPING,
        )
    )


def built(
    destination: str, mapping: DestinationMapping, missing: tuple[str, ...]
) -> Ending:
    """Return how events end that a mapping takes; *missing* names rows not found."""
    return Ending(
        Outcome(
            None,
            Stage.BUILD,
            Decision.BUILT,
            destination,
            mapping=mapping.name,
            action=mapping.action,
            missing_rows=missing,
        )
    )
