"""Schemas: what is known of events before any comes.

A `Schema` holds the event spec (`spec.py`) and, if there is one, a tracking plan
(`plan_rules.py`). Asked with a `Narrowing`, that is, with what a condition has already
said of the event, it answers with the event's `Shape`. Without any it tells what holds
for events of every type.

Schemas only warn: nothing that runs relies on them, but for one thing that the language
says, that fields known as timestamps order as instants.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, reduce
from typing import TYPE_CHECKING

from fql.compiler import spec
from fql.compiler.plan_rules import COMMON, PROPERTIES, read_plan
from fql.compiler.shapes import ANYTHING, Shape, either
from fql.compiler.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a condition has already said of the event.

    Attributes:
        types: The values that ``type`` may still have, or None for any.
        events: The values that ``event`` may still have, or None for any.
    """

    types: frozenset[str] | None = None
    events: frozenset[str] | None = None

    def by_types(self, names: Collection[str]) -> Narrowing:
        """Return this, and that ``type`` is one of *names*.

        Names that the spec does not know, and contradictions, tell nothing.
        """
        if not all(name in spec.EVENT_TYPES for name in names):
            return self
        known = (
            frozenset(names) if self.types is None else self.types.intersection(names)
        )
        return Narrowing(known, self.events) if known else self

    def by_events(self, names: Collection[str]) -> Narrowing:
        """Return this, and that ``event`` is one of *names*, which only tracks have.

        Where that contradicts what was said before, the later word counts.
        """
        left = frozenset(names) & (self.events or frozenset(names))
        types = self.by_types((spec.TRACK,)).types
        return Narrowing(types, left or frozenset(names))


ANY_EVENT = Narrowing()
"""Nothing has been said of the event."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What events look like.

    Attributes:
        events: The shape of ``properties`` by the event name of a track; empty where
            there is no tracking plan.
        types: The shape of whole events by their type, as far as the plan says more
            than the spec; ``common`` is for events of every type.
        name: What findings call the tracking plan.
    """

    events: Mapping[str, Shape] = field(default_factory=dict)
    types: Mapping[str, Shape] = field(default_factory=dict)
    name: str = "the tracking plan"

    @staticmethod
    def from_tracking_plan(
        plan: Mapping[str, object], *, name: str = "the tracking plan"
    ) -> Schema:
        """Return the event spec with a tracking plan, which has one of two forms.

        Either it is JSON Schema by event name, and each schema describes the
        ``properties`` of the tracks of that name; or it has the public API's ``rules``,
        with a type, for tracks a key, and the ``jsonSchema`` of the whole event. What
        JSON Schema can say beyond types, members, elements, choices, bounds, lengths
        and formats is not used.

        Args:
            plan: The JSON of the plan.
            name: What findings call it, such as the name of its file.

        Raises:
            ValueError: A schema is not well-formed; the message names the place.
        """
        read = read_plan(plan)
        return Schema(read.events, read.types, name)

    @property
    def has_plan(self) -> bool:
        """Whether there is a tracking plan."""
        return bool(self.events or self.types)

    def event(self, narrowing: Narrowing = ANY_EVENT) -> Shape:
        """Return the shape of the events that *narrowing* leaves."""
        shape = _spec_event(narrowing.types)
        if self.types:
            shape = self._typed(shape, narrowing.types)
        planned = self._planned(narrowing.events) if narrowing.events else None
        if planned is None:
            return shape
        properties = _overlay(shape.members.get(PROPERTIES, ANYTHING), planned)
        required = shape.required | ({PROPERTIES} if planned.required else set())
        return replace(
            shape,
            members={**shape.members, PROPERTIES: properties},
            required=frozenset(required),
        )

    def _typed(self, event: Shape, types: frozenset[str] | None) -> Shape:
        """Return *event* with what the plan says of whole events of its *types*."""
        if COMMON in self.types:
            event = _with_members(event, self.types[COMMON])
        if types and all(name in self.types for name in types):
            planned = reduce(either, [self.types[name] for name in sorted(types)])
            event = _with_members(event, planned)
        return event

    def _planned(self, names: frozenset[str]) -> Shape | None:
        """Return what the plan says of ``properties`` where it knows all *names*."""
        if not all(name in self.events for name in names):
            return None
        return reduce(either, [self.events[name] for name in sorted(names)])


EVENT_SPEC = Schema()
"""The event spec alone."""


@cache
def _spec_event(types: frozenset[str] | None) -> Shape:
    """Return the shape of an event of one of *types*, by the spec.

    There are at most as many answers as sets of types.
    """
    members = dict.fromkeys(_own_names(), ANYTHING)
    members.update(_members(spec.COMMON))
    members["type"] = Shape(Type.STRING, choices=spec.EVENT_TYPES)
    own: dict[str, Shape] = {}
    for name in spec.EVENT_TYPES:
        if types is None or name in types:
            for key, shape in _members(spec.OWN[name]).items():
                own[key] = either(own[key], shape) if key in own else shape
    members.update(own)
    return Shape(Type.OBJECT, members, is_guide=True)


def _own_names() -> list[str]:
    return [name for fields in spec.OWN.values() for name in fields]


def _members(fields: spec.Fields) -> dict[str, Shape]:
    return {name: _shape(kind) for name, kind in fields.items()}


def _shape(kind: Type | spec.Fields) -> Shape:
    if not isinstance(kind, Type):
        return Shape(Type.OBJECT, _members(kind))
    return ANYTHING if kind == Type.ANY else Shape(kind)


def _with_members(event: Shape, planned: Shape) -> Shape:
    """Return *event* with what *planned* says of its members; others it may have."""
    members = {
        name: _overlay(event.members.get(name, ANYTHING), shape)
        for name, shape in planned.members.items()
    }
    return replace(
        event,
        members={**event.members, **members},
        required=event.required | planned.required,
    )


def _overlay(base: Shape, planned: Shape) -> Shape:
    """Return *planned*, with what only *base* knows where it may have more members.

    That a field is a timestamp is never taken back: orderings rest on it.
    """
    if base is ANYTHING:
        return planned
    is_kept = planned.type == Type.ANY or base.type == Type.TIMESTAMP
    members = {
        name: _overlay(base.members.get(name, ANYTHING), shape)
        for name, shape in planned.members.items()
    }
    others = {} if planned.is_closed else base.members
    return replace(
        planned,
        type=base.type if is_kept else planned.type,
        members={**others, **members},
    )
