"""Which values of a payload count as empty, and payloads without them.

Null is empty where it is not allowed. An empty text is empty in every field of the
action itself, and elsewhere where no text is wanted. Nothing in an object in a list is
empty. All of this is as in the original, for single events.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.field_specs import TEXT_TYPES, FieldType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.field_specs import FieldSpec
    from fql.compiler.values import Json

Members: TypeAlias = "dict[str, Json]"

_HOLDS_TEXT = TEXT_TYPES | {FieldType.DATETIME}


class Scope(Enum):
    """Where a value stands."""

    FIELD = "a field of the action"
    PROPERTY = "a member of an object, no list around it"
    ELEMENT = "somewhere in a list"


def drops_null(spec: FieldSpec, scope: Scope) -> bool:
    """Return whether a null counts as a missing value."""
    if scope is Scope.ELEMENT:
        return False
    return not spec.is_nullable or spec.is_multiple or spec.has_members


def drops_blank(spec: FieldSpec, scope: Scope) -> bool:
    """Return whether an empty text counts as a missing value."""
    if scope is Scope.PROPERTY:
        return spec.is_multiple or spec.type not in _HOLDS_TEXT
    return scope is Scope.FIELD


def drops_blank_element(spec: FieldSpec, scope: Scope) -> bool:
    """Return whether the list *spec* loses its empty texts."""
    return scope is not Scope.ELEMENT and spec.type not in _HOLDS_TEXT


def compile_emptying(
    specs: Mapping[str, FieldSpec], scope: Scope
) -> Callable[[Members], Members]:
    """Return the function that copies members as conditions see them.

    These are without empty values, and in fields of the action itself that are lists
    one value is a list of one.
    """
    if scope is Scope.ELEMENT:
        return dict
    drops = {
        name: (drops_null(spec, scope), drops_blank(spec, scope))
        for name, spec in specs.items()
    }
    inner = {
        name: found
        for name, spec in specs.items()
        if (found := _inner_emptying(spec, scope)) is not None
    }
    unknown = (False, scope is Scope.FIELD)

    def empty(members: Members) -> Members:
        kept: Members = {}
        for name, value in members.items():
            is_null_dropped, is_blank_dropped = drops.get(name, unknown)
            if (value is None and is_null_dropped) or (
                is_blank_dropped and value == ""
            ):
                continue
            empty_inner = inner.get(name)
            kept[name] = value if empty_inner is None else empty_inner(value)
        return kept

    return empty


def _inner_emptying(spec: FieldSpec, scope: Scope) -> Callable[[Json], Json] | None:
    if spec.is_multiple:
        return _list_emptying(spec) if scope is Scope.FIELD else None
    if not spec.has_members:
        return None
    empty_members = compile_emptying(spec.properties or {}, Scope.PROPERTY)
    return lambda value: empty_members(value) if isinstance(value, dict) else value


def _list_emptying(spec: FieldSpec) -> Callable[[Json], Json]:
    is_blank_dropped = drops_blank_element(spec, Scope.FIELD)

    def empty(value: Json) -> Json:
        if not isinstance(value, list):
            return [value]
        return [
            each
            for each in value
            if each is not None and not (is_blank_dropped and each == "")
        ]

    return empty
