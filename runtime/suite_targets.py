"""What files of tests test: a whole program, one part of it, or a text of its own.

A target observes what the shipped functions do with an event: `Workspace.process`,
`Filter`, `Trigger` and `Mapping`. Each condition in it is a `Unit`; a target can be had
with another trigger in a unit's place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, assert_never

from fql.compiler.field_errors import PayloadError
from fql.compiler.payload_errors import MappingError
from fql.runtime.accept import DUPLICATE_WINDOW, DuplicateWindow
from fql.runtime.filters import FilterChain, Order
from fql.runtime.outcomes import Stage
from fql.runtime.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event
    from fql.runtime.filters import Filter
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination


class Key(NamedTuple):
    """Which condition: the file, and the place in it.

    Attributes:
        file: The file that holds it.
        destination: The destination in a program; empty for what stands alone.
        kind: ``trigger`` or ``filter``.
        place: Its place among those of the destination.
    """

    file: str
    destination: str
    kind: str
    place: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A condition under test.

    Attributes:
        key: Which one.
        title: What reports call it.
        trigger: What answers it.
    """

    key: Key
    title: str
    trigger: Trigger


Exchange: TypeAlias = "Callable[[Unit], Trigger]"
"""Gives the trigger that takes the place of a unit's."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of an event.

    Attributes:
        outcomes: What a program said; None where no program was asked.
        matches: Whether the condition held; None where none was asked.
        left: What a filter left of the event; None where it dropped it.
        payload: What a mapping built.
        problem: What kept a mapping from building, or None.
    """

    outcomes: tuple[Outcome, ...] | None = None
    matches: bool | None = None
    left: Event | None = None
    payload: Json = None
    problem: Exception | None = None


class _Days:
    """A clock on which each test is a new day, so that it knows no earlier message."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def turn(self) -> None:
        """Go on until nothing is remembered any more."""
        self.now += 2 * DUPLICATE_WINDOW


@dataclass(frozen=True)
class ProgramTarget:
    """A whole program.

    Attributes:
        file: The program's file.
        workspace: The program, ready for events.
    """

    file: str
    workspace: Workspace
    _days: _Days = field(default_factory=_Days, compare=False, repr=False)

    @classmethod
    def of(cls, file: str, workspace: Workspace) -> ProgramTarget:
        """Return the target of a program, with a window of duplicates of its own."""
        days = _Days()
        window = DuplicateWindow(clock=days)
        return cls(file, replace(workspace, window=window), days)

    def units(self) -> Iterator[Unit]:
        """Yield the conditions that can be asked, in the order of the file."""
        for destination in self.workspace.destinations:
            if destination.is_enabled:
                yield from filter_units(self.file, destination)
                yield from mapping_units(self.file, destination)

    def exchanged(self, exchange: Exchange) -> ProgramTarget:
        """Return the program with other triggers."""
        destinations = tuple(
            _exchanged(self.file, each, exchange)
            for each in self.workspace.destinations
        )
        return ProgramTarget.of(
            self.file, replace(self.workspace, destinations=destinations)
        )

    def narrowed(self, destination: str) -> ProgramTarget:
        """Return the program with one destination only."""
        kept = tuple(
            each for each in self.workspace.destinations if each.name == destination
        )
        return ProgramTarget.of(self.file, replace(self.workspace, destinations=kept))

    def chains(self, source: str | None) -> Mapping[str, FilterChain]:
        """Return the filters in use of each destination that *source* feeds."""
        return self._pipeline.chains(source)

    @cached_property
    def _pipeline(self) -> Pipeline:
        workspace = self.workspace
        return Pipeline(
            workspace.sources,
            workspace.destinations,
            order=workspace.order,
            window=None,
        )

    def observe(
        self, event: Event, *, source: str | None, before: Sequence[Event]
    ) -> Observed:
        """Return what becomes of *event* after the events *before* it."""
        self._days.turn()
        process = self.workspace.process
        for each in before:
            process(each, source=source)
        return Observed(outcomes=tuple(process(event, source=source)))


@dataclass(frozen=True, slots=True)
class TriggerTarget:
    """A trigger on its own."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class FilterTarget:
    """A filter on its own."""

    unit: Unit
    filter: Filter


@dataclass(frozen=True, slots=True)
class MappingTarget:
    """A mapping on its own; with the trigger that it has in a program."""

    unit: Unit | None
    build: Callable[[Event], Json]


Target: TypeAlias = ProgramTarget | TriggerTarget | FilterTarget | MappingTarget


def filter_units(file: str, destination: Destination) -> Iterator[Unit]:
    """Yield the conditions of the enabled filters of a destination."""
    for index, each in enumerate(destination.filters):
        if each.is_enabled:
            key = Key(file, destination.name, "filter", index)
            yield Unit(key, f"{destination.name}/{each.title}", each.condition)


def mapping_units(file: str, destination: Destination) -> Iterator[Unit]:
    """Yield the triggers of the enabled mappings of a destination."""
    for index, each in enumerate(destination.mappings):
        if each.is_enabled:
            key = Key(file, destination.name, "trigger", index)
            yield Unit(key, f"{destination.name}/{each.name}", each.trigger)


def units_of(target: Target) -> tuple[Unit, ...]:
    """Return the conditions of *target*, in the order of its file."""
    match target:
        case ProgramTarget():
            return tuple(target.units())
        case TriggerTarget(unit) | FilterTarget(unit):
            return (unit,)
        case MappingTarget(unit):
            return () if unit is None else (unit,)
        case _:
            assert_never(target)


def observe(
    target: Target, event: Event, *, source: str | None, before: Sequence[Event] = ()
) -> Observed:
    """Return what *target* does with *event*.

    Args:
        target: What is tested.
        event: An event; it is not changed.
        source: The source that it comes from; only a program asks.
        before: The events that came before it; likewise.
    """
    match target:
        case ProgramTarget():
            return target.observe(event, source=source, before=before)
        case TriggerTarget(unit):
            return Observed(matches=unit.trigger(event))
        case FilterTarget(unit, filter):
            return Observed(matches=unit.trigger(event), left=filter(event))
        case MappingTarget(unit, build):
            matches = None if unit is None else unit.trigger(event)
            return _built(build, event, matches)
        case _:
            assert_never(target)


def _built(
    build: Callable[[Event], Json], event: Event, matches: bool | None
) -> Observed:
    try:
        return Observed(matches=matches, payload=build(event))
    except (MappingError, PayloadError) as problem:
        return Observed(matches=matches, problem=problem)


def exchanged(target: Target, exchange: Exchange) -> Target:
    """Return *target* with other triggers in the places of its units."""
    match target:
        case ProgramTarget():
            return target.exchanged(exchange)
        case TriggerTarget(unit):
            return TriggerTarget(replace(unit, trigger=exchange(unit)))
        case FilterTarget(unit, filter):
            trigger = exchange(unit)
            return FilterTarget(
                replace(unit, trigger=trigger), replace(filter, condition=trigger)
            )
        case MappingTarget(unit, build):
            changed = unit and replace(unit, trigger=exchange(unit))
            return MappingTarget(changed, build)
        case _:
            assert_never(target)


def _exchanged(file: str, destination: Destination, exchange: Exchange) -> Destination:
    filters, mappings = list(destination.filters), list(destination.mappings)
    for unit in filter_units(file, destination):
        at = unit.key.place
        filters[at] = replace(filters[at], condition=exchange(unit))
    for unit in mapping_units(file, destination):
        at = unit.key.place
        mappings[at] = replace(mappings[at], trigger=exchange(unit))
    return replace(destination, filters=tuple(filters), mappings=tuple(mappings))


# --- what is asked ------------------------------------------------------------------


def asked_of(
    target: Target, event: Event, observed: Observed, *, source: str | None
) -> dict[Key, Event]:
    """Return the event that each condition of *target* is asked about.

    A condition is asked about what reaches it: the trigger of a mapping about what the
    filters left. That is told from the filters themselves, so that it does not depend
    on the order in which the pipeline asks.

    Args:
        target: What was tested.
        event: The event that it was tested with.
        observed: What became of it.
        source: The source that it came from.
    """
    if not isinstance(target, ProgramTarget):
        return {unit.key: event for unit in units_of(target)}
    asked: dict[Key, Event] = {}
    chains = target.chains(source)
    reached = {
        each.destination
        for each in observed.outcomes or ()
        if each.stage not in (Stage.ACCEPT, Stage.ROUTE)
    }
    for destination in target.workspace.destinations:
        if destination.name in reached:
            chain = chains[destination.name]
            asked |= _asked_filters(target.file, destination, chain, event)
            left = chain(event).event
            if left is not None:
                units = mapping_units(target.file, destination)
                asked |= {unit.key: left for unit in units}
    return asked


def _asked_filters(
    file: str, destination: Destination, chain: FilterChain, event: Event
) -> Iterator[tuple[Key, Event]]:
    """Yield the filters of a way and the event that each is asked about."""
    places = {id(each): at for at, each in enumerate(destination.filters)}
    for at, each in enumerate(chain.filters):
        left: Event | None = event
        if chain.order is Order.LISTED:
            left = FilterChain(chain.filters[:at], order=chain.order)(event).event
        if left is not None:
            yield Key(file, destination.name, "filter", places[id(each)]), left
