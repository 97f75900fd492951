"""Which events the mappings of a destination share, never get, or take for nothing.

Triggers and filters are looked at together, by proof: what is said to be impossible is
so for every event, and each example event has been run through the filters and the
triggers. What can neither be proved nor shown is left out. Nothing here words findings
(`overlap_errors.py`) or knows how a program is written (`analyze_program.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from fql.compiler import ir, spec
from fql.compiler.loads import event_paths
from fql.compiler.solve import Found, Impossible, solve
from fql.compiler.trigger import compile_trigger
from fql.compiler.values import quoted
from fql.runtime.accept import find_rejection
from fql.runtime.filter_actions import AllowProperties, Drop, DropProperties, Sample
from fql.runtime.filters import Filter, FilterChain, Order
from fql.runtime.trigger_names import are_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.schema import Schema
    from fql.runtime.filter_actions import Action, Event
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination, DestinationMapping

MAX_PAIRS = 2_000
"""Pairs of mappings of one destination that are looked at."""

_BUDGET = 300
"""Combinations of alternatives that one question may take."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two mappings of one destination that take the same event.

    Attributes:
        destination: Whose mappings they are.
        first: The one that stands first.
        second: The other one.
        event: An event that gets in, passes the filters and fulfils both triggers.
    """

    destination: Destination
    first: DestinationMapping
    second: DestinationMapping
    event: Event

    @property
    def is_double(self) -> bool:
        """Whether both send the same action, so that such events are sent twice."""
        return self.first.action == self.second.action

    @property
    def is_same(self) -> bool:
        """Whether both send the same action with the same payload."""
        return self.is_double and self.first.build == self.second.build

    @property
    def is_covered(self) -> bool:
        """Whether it is proved that the first takes all that the second takes."""
        return _implies(self.second, self.first)

    @property
    def is_covering(self) -> bool:
        """Whether it is proved that the second takes all that the first takes."""
        return _implies(self.first, self.second)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A mapping that gets no event.

    Attributes:
        mapping: The mapping.
        filters: Filters that together drop every event that it would take.
    """

    mapping: DestinationMapping
    filters: tuple[Filter, ...]


def overlaps_of(
    destination: Destination,
    *,
    order: Order = Order.STAGES,
    schema: Schema | None = None,
    doubles_only: bool = False,
) -> Iterator[Overlap]:
    """Yield the pairs of enabled mappings that take the same event, in file order.

    Args:
        destination: Whose mappings to look at.
        order: How its filters act.
        schema: With a tracking plan, only events that conform to it count.
        doubles_only: Whether only pairs with the same action are wanted.
    """
    way = _Way(destination, order, schema)
    enabled = [each for each in destination.mappings if each.is_enabled]
    pairs = [
        (first, second)
        for first, second in combinations(enabled, 2)
        if (first.action == second.action or not doubles_only)
        and not are_apart(first.trigger.node, second.trigger.node)
    ]
    for first, second in pairs[:MAX_PAIRS]:
        event = way.shared(first, second)
        if event is not None:
            yield Overlap(destination, first, second, event)


def unreachable_in(
    destination: Destination, *, order: Order = Order.STAGES
) -> Iterator[Unreachable]:
    """Yield the enabled mappings to which the filters let no event pass."""
    way = _Way(destination, order, None)
    for mapping in destination.mappings:
        filters = way.barred(mapping) if mapping.is_enabled else ()
        if filters:
            yield Unreachable(mapping, filters)


def unhandled(workspace: Workspace, events: Iterable[str]) -> list[str]:
    """Return those of the names *events* of tracks that no enabled mapping takes.

    That is, whatever else such events hold; filters are not looked at.
    """
    triggers = [
        mapping.trigger.node
        for destination in workspace.destinations
        if destination.is_enabled
        for mapping in destination.mappings
        if mapping.is_enabled
    ]
    return [name for name in events if not _is_taken(name, triggers)]


def _is_taken(name: str, triggers: Iterable[Ir]) -> bool:
    event = ir.And(
        (
            ir.Equal(ir.Load(ir.EVENT, ("type",)), ir.Constant(spec.TRACK)),
            ir.Equal(ir.Load(ir.EVENT, ("event",)), ir.Constant(name)),
        )
    )
    return not all(_is_impossible(event, trigger) for trigger in triggers)


def _implies(one: DestinationMapping, other: DestinationMapping) -> bool:
    """Return whether it is proved that *other* takes every event that *one* takes."""
    return _is_impossible(one.trigger.node, ir.Not(other.trigger.node))


def _is_impossible(*conditions: Ir) -> bool:
    return isinstance(solve(ir.And(conditions), budget=_BUDGET), Impossible)


# --- the filters ------------------------------------------------------------------


class _Way:
    """What the filters of one destination let pass."""

    def __init__(
        self, destination: Destination, order: Order, schema: Schema | None
    ) -> None:
        filters = [each for each in destination.filters if _acts(each, destination)]
        self._chain = FilterChain(map(_without_samples, filters), order=order)
        self._changes = [
            change for each in filters for change in _changes(each.actions)
        ]
        self._drops = [
            each
            for each in filters
            if _drops(each)
            and not (order is Order.LISTED and self._alters(each.condition.node))
        ]
        self._schema = schema if schema is not None and schema.has_plan else None

    def _alters(self, condition: Ir) -> bool:
        """Return whether the filters change what *condition* reads."""
        return any(
            keys is not None and _touches(keys, change)
            for pair in event_paths(condition)
            for keys in pair
            for change in self._changes
        )

    def shared(
        self, first: DestinationMapping, second: DestinationMapping
    ) -> Event | None:
        """Return an event that both take, or None where none is found."""
        both = (first.trigger.node, second.trigger.node)
        if _is_impossible(*both):
            return None
        passed = [ir.Not(each.condition.node) for each in self._drops]
        for more in ([_usual()], [_usual(), *passed], passed):
            condition = ir.And((*both, _accepted(), *more))
            answer = solve(condition, schema=self._schema, budget=_BUDGET)
            if isinstance(answer, Found) and self._is_taken(
                answer.event, (first, second)
            ):
                return _arranged(answer.event)
        return None

    def _is_taken(self, event: Event, mappings: Iterable[DestinationMapping]) -> bool:
        """Return whether *event* gets in and all *mappings* take it."""
        if find_rejection(event) is not None:
            return False
        left = self._chain(event).event
        return left is not None and all(each.trigger(left) for each in mappings)

    def barred(self, mapping: DestinationMapping) -> tuple[Filter, ...]:
        """Return filters that drop all that *mapping* takes; none if none do so."""
        taken = (mapping.trigger.node, _accepted())
        if not self._drops or self._alters(mapping.trigger.node):
            return ()
        if _is_impossible(*taken) or not _is_barred(taken, self._drops):
            return ()
        needed = list(self._drops)
        for each in self._drops:
            fewer = [other for other in needed if other is not each]
            if fewer and _is_barred(taken, fewer):
                needed = fewer
        return tuple(needed)


def _is_barred(taken: tuple[Ir, ...], filters: Sequence[Filter]) -> bool:
    """Return whether *filters* are proved to drop all that is *taken*."""
    passed = (ir.Not(each.condition.node) for each in filters)
    return _is_impossible(*taken, *passed)


def _acts(each: Filter, destination: Destination) -> bool:
    """Return whether a filter acts on all events of *destination*."""
    is_for_all = each.source is None or destination.sources == (each.source,)
    return each.is_enabled and is_for_all


def _drops(each: Filter) -> bool:
    return any(
        isinstance(action, Drop) or (isinstance(action, Sample) and action.percent <= 0)
        for action in each.actions
    )


def _without_samples(each: Filter) -> Filter:
    """Return the filter as it acts on an event that its samples keep."""
    kept = [
        action
        for action in each.actions
        if not (isinstance(action, Sample) and action.percent > 0)
    ]
    return replace(each, actions=tuple(kept))


def _changes(actions: Iterable[Action]) -> Iterator[Keys]:
    """Yield the keys below which *actions* may take something away."""
    for action in actions:
        match action:
            case DropProperties(target, names):
                yield from ((*target, name) for name in sorted(names))
            case AllowProperties(target):
                yield target
            case _:
                pass


def _touches(keys: Keys, change: Keys) -> bool:
    shared = min(len(keys), len(change))
    return keys[:shared] == change[:shared]


def _arranged(event: Event) -> Event:
    """Return *event* with what it is first."""
    first = [key for key in ("type", "event") if key in event]
    return {key: event[key] for key in [*first, *event]}


@cache
def _usual() -> Ir:
    """Return what holds of most events: they have what belongs to their type."""
    return compile_trigger(
        '(type = "track" or !exists(event))'
        ' and (type in ["track", "page", "screen"] or !exists(properties))'
        ' and (type in ["identify", "group"] or !exists(traits))'
    ).node


@cache
def _accepted() -> Ir:
    """Return what holds of the events that get in, as far as conditions can say it."""
    types = ", ".join(map(quoted, spec.EVENT_TYPES))
    ids = ("userId", "anonymousId", "groupId", "previousId")
    texts = " and ".join(f'typeof({name}) in ["string", "null"]' for name in ids)
    return compile_trigger(
        f"type in [{types}] and {texts}"
        " and (length(userId) > 0 or length(anonymousId) > 0)"
        ' and (type != "track" or typeof(event) = "string")'
        ' and (type != "group" or length(groupId) > 0)'
        ' and (type != "alias" or length(userId) > 0)'
        ' and (!(type in ["page", "screen"])'
        ' or (!(typeof(name) in ["bool", "number", "list", "object"])'
        ' and !(typeof(category) in ["bool", "number", "list", "object"])))'
    ).node
