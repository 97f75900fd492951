"""What ``fql explain`` explains: a condition or a program, for one event or many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from fql.grammar.report import WIDTH

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

    def to_text(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return it for people. *width*: cells of a line of a condition."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained.

    Attributes:
        one: Explains one event.
        counting: Returns what counts over many, and what takes one more.
    """

    one: Callable[[Event], Told]
    counting: Callable[[], tuple[Told, Callable[[Event], object]]]

    def many(self, events: Iterable[Event]) -> tuple[Told, bool]:
        """Return what there is to tell of *events*, and whether it is of all of them.

        An interruption, as with Ctrl-C, ends the counting.
        """
        told, add = self.counting()
        try:
            for event in events:
                add(event)
        except KeyboardInterrupt:
            return told, False
        return told, True


def condition_subject(trigger: Trigger) -> Subject:
    """Return *trigger* as what is explained."""

    def counting() -> tuple[Told, Callable[[Event], object]]:
        from fql.compiler.stops import Stops

        stops = Stops(trigger)
        return stops, stops.add

    return Subject(trigger.explain, counting)


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

    def counting() -> tuple[Told, Callable[[Event], object]]:
        from fql.runtime.program_stops import ProgramStops

        stops = ProgramStops(workspace, source, only=destination)
        return stops, stops.add

    return Subject(one, counting)
