"""What expressions in a declared destination may read, as the checker sees it.

The checker knows events by a `Schema`. Here there are no events: what is read are
settings, payloads and answers, and all that they hold is declared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.compiler.field_specs import TEXT_TYPES, FieldType
from fql.compiler.schema import ANY_EVENT, Schema
from fql.compiler.shapes import ANYTHING, Shape
from fql.compiler.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.field_specs import FieldSpec
    from fql.compiler.schema import Narrowing
    from fql.runtime.fields import FieldDeclaration

KEY = Shape(Type.STRING)
"""The idempotency key of a payload."""

ANSWER: Mapping[str, Shape] = {"status": Shape(Type.NUMBER), "response": ANYTHING}
"""What expressions about answers read."""


@dataclass(frozen=True, slots=True)
class Reading(Schema):
    """A schema that is not of events: nothing but *readable* is there."""

    readable: Mapping[str, Shape] = field(default_factory=dict)

    def event(self, narrowing: Narrowing = ANY_EVENT) -> Shape:
        """Return the shape of what is read, whatever a condition said of it."""
        names = frozenset(self.readable)
        return Shape(Type.OBJECT, self.readable, required=names, is_closed=True)


def shape_of(fields: Mapping[str, FieldDeclaration]) -> Shape:
    """Return the shape of objects that went through *fields*."""
    return _object({name: each.spec() for name, each in fields.items()}, is_open=False)


def _object(specs: Mapping[str, FieldSpec], *, is_open: bool) -> Shape:
    members = {name: _shape(spec) for name, spec in specs.items()}
    required = frozenset(name for name, spec in specs.items() if spec.required is True)
    return Shape(
        Type.OBJECT, members, required=required, is_closed=not is_open, is_open=is_open
    )


def _shape(spec: FieldSpec) -> Shape:
    one = _single(spec)
    return Shape(Type.LIST, items=one) if spec.is_multiple else one


def _single(spec: FieldSpec) -> Shape:
    if spec.type in TEXT_TYPES:
        return Shape(Type.STRING, choices=spec.choices or ())
    match spec.type:
        case FieldType.NUMBER | FieldType.INTEGER:
            return Shape(Type.NUMBER)
        case FieldType.BOOLEAN:
            return Shape(Type.BOOL)
        case FieldType.OBJECT if spec.properties is not None:
            return _object(spec.properties, is_open=spec.allows_additional)
        case FieldType.OBJECT:
            return Shape(Type.OBJECT)
        case _:
            return Shape(Type.STRING | Type.NUMBER)
