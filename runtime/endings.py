"""How events end on their ways, told as it happens to whoever keeps a record.

Most outcomes differ in the message alone. What they have in common is known before the
events come, and is one object then, an `Ending`: who writes outcomes down writes that
once, and who counts them counts objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, final

from fql.runtime.outcomes import Outcome

if TYPE_CHECKING:
    from fql.compiler.values import Json


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
