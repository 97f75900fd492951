"""Schemas: what is known of events before any comes.

A `Schema` holds the event spec (`spec.py`) and, if there is one, a tracking plan
(`plans.py`). Asked with a `Narrowing`, that is, with what a condition has already said
of the event, it answers with the event's `Shape`. Without any it tells what holds for
events of every type.

Schemas only warn: nothing that runs relies on them, but for one thing that the language
says, that fields known as timestamps order as instants.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, cast

from fql.compiler import spec
from fql.compiler.plans import shape_of_schema
from fql.compiler.shapes import ANYTHING, Shape, either
from fql.compiler.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fql.compiler.values import Json

_PROPERTIES = "properties"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a condition has already said of the event.

    Attributes:
        types: The values that ``type`` may still have, or None for any.
        event: The value of ``event``, or None for any.
    """

    types: frozenset[str] | None = None
    event: str | None = None

    def by_types(self, names: Collection[str]) -> Narrowing:
        """Return this, and that ``type`` is one of *names*.

        Names that the spec does not know, and contradictions, tell nothing.
        """
        if not all(name in spec.EVENT_TYPES for name in names):
            return self
        known = (
            frozenset(names) if self.types is None else self.types.intersection(names)
        )
        return Narrowing(known, self.event) if known else self

    def by_event(self, name: str) -> Narrowing:
        """Return this, and that ``event`` is *name*, which only tracks have."""
        return Narrowing(self.by_types((spec.TRACK,)).types, name)


ANY_EVENT = Narrowing()
"""Nothing has been said of the event."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What events look like.

    Attributes:
        events: The shape of ``properties`` by the event name of a track; empty where
            there is no tracking plan.
    """

    events: Mapping[str, Shape] = field(default_factory=dict)

    @staticmethod
    def from_tracking_plan(plan: Mapping[str, object]) -> Schema:
        """Return the event spec with a tracking plan: JSON Schema by event name.

        Each schema describes the ``properties`` of the tracks of that name. What JSON
        Schema can say beyond types, members, elements, choices and bounds is not used.

        Raises:
            ValueError: A schema is not well-formed; the message names the place.
        """
        return Schema(
            {
                name: replace(
                    shape_of_schema(cast("Json", schema), f"/{name}"), is_guide=True
                )
                for name, schema in plan.items()
            }
        )

    def event(self, narrowing: Narrowing = ANY_EVENT) -> Shape:
        """Return the shape of the events that *narrowing* leaves."""
        shape = _spec_event(narrowing.types)
        planned = self.events.get(narrowing.event) if narrowing.event else None
        if planned is None:
            return shape
        properties = _overlay(shape.members.get(_PROPERTIES, ANYTHING), planned)
        required = shape.required | {_PROPERTIES} if planned.required else set()
        return replace(
            shape,
            members={**shape.members, _PROPERTIES: properties},
            required=frozenset(required),
        )


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


def _overlay(base: Shape, planned: Shape) -> Shape:
    """Return *planned*, with what only *base* knows where it may have more members."""
    kind = base.type if planned.type == Type.ANY else planned.type
    members = {} if planned.is_closed else base.members
    return replace(planned, type=kind, members={**members, **planned.members})
