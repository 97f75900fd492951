"""What ``fql explain`` explains: a condition or a program, for one event or many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fql.compiler.trigger import Trigger
    from fql.runtime.filter_actions import Event
    from fql.runtime.workspace import Workspace


class Told(Protocol):
    """An explanation that can be shown."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        ...

    def to_text(self, *, color: bool = False) -> str:
        """Return it for people."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained.

    Attributes:
        one: Explains one event.
        many: Counts over many, which it takes one by one.
    """

    one: Callable[[Event], Told]
    many: Callable[[Iterable[Event]], Told]


def condition_subject(trigger: Trigger) -> Subject:
    """Return *trigger* as what is explained."""

    def many(events: Iterable[Event]) -> Told:
        from fql.compiler.stops import Stops

        stops = Stops(trigger)
        for event in events:
            stops.add(event)
        return stops

    return Subject(trigger.explain, many)


def program_subject(
    workspace: Workspace, source: str | None, destination: str | None
) -> Subject:
    """Return *workspace* as what is explained.

    *destination*: the name of the only one that is wanted, or None.
    """

    def one(event: Event) -> Told:
        told = workspace.explain(event, source=source)
        if destination is None:
            return told
        kept = [each for each in told.destinations if each.destination == destination]
        return replace(told, destinations=tuple(kept))

    def many(events: Iterable[Event]) -> Told:
        from fql.runtime.program_stops import ProgramStops

        stops = ProgramStops(workspace, source, only=destination)
        for event in events:
            stops.add(event)
        return stops

    return Subject(one, many)
