"""Events replayed through the filters of two destinations that share them.

While a cut-over lasts, each event is to go to exactly one of the two. An event that
both drop is lost; one that both let pass is sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from fql.runtime.filter_actions import Event
    from fql.runtime.filters import FilterChain


class Fate(StrEnum):
    """Where an event goes."""

    CLASSIC = "classic"
    ACTIONS = "actions"
    LOST = "lost"
    DOUBLED = "doubled"

    @property
    def is_right(self) -> bool:
        """Whether exactly one destination gets the event."""
        return self in {Fate.CLASSIC, Fate.ACTIONS}


@dataclass(frozen=True, slots=True)
class Finding:
    """An event that does not go to exactly one destination.

    Attributes:
        fate: What happens to it: ``LOST`` or ``DOUBLED``.
        message_id: Its id, or None where it has none.
        line: The number of its line.
    """

    fate: Fate
    message_id: str | None
    line: int

    def to_dict(self) -> dict[str, object]:
        """Return the finding as JSON."""
        return {
            "line": self.line,
            "messageId": self.message_id,
            "fate": self.fate.value,
        }


@final
class Verification:
    """Counts the fates of events, which it is given one by one.

    Args:
        classic: The filters of the old destination.
        actions: The filters of the new one.
    """

    def __init__(self, classic: FilterChain, actions: FilterChain) -> None:
        self._classic = classic
        self._actions = actions
        self.counts = dict.fromkeys(Fate, 0)
        """How many events had each fate."""

    def fate_of(self, event: Event) -> Fate:
        """Return where *event* goes, without counting it."""
        to_classic = self._classic(event).event is not None
        to_actions = self._actions(event).event is not None
        if to_classic and to_actions:
            return Fate.DOUBLED
        if to_classic:
            return Fate.CLASSIC
        return Fate.ACTIONS if to_actions else Fate.LOST

    def add(self, event: Event, line: int) -> Finding | None:
        """Count *event*; return what is wrong with its fate, if anything is."""
        fate = self.fate_of(event)
        self.counts[fate] += 1
        if fate.is_right:
            return None
        given = event.get("messageId")
        return Finding(fate, given if isinstance(given, str) else None, line)

    @property
    def is_right(self) -> bool:
        """Whether every event so far goes to exactly one destination."""
        return all(fate.is_right or not count for fate, count in self.counts.items())
