"""What an action says about its fields, as plain data.

A `FieldSpec` holds what decides whether a payload is sent and what a static proof of
a mapping asks for: type, requirement, choices, properties. Labels, defaults and what
only a form shows are not here; they stay with the declaration as it was loaded
(``fql.runtime.fields``). This module does not validate anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json

MAX_FIELD_DEPTH = 32
"""Levels of objects in objects that a declaration may have."""

SYNC_MODE_FIELD = "__segment_internal_sync_mode"
"""The payload key that a condition on the sync mode reads."""


@unique
class FieldType(StrEnum):
    """What a field holds, by the name that declarations use."""

    STRING = "string"
    TEXT = "text"
    PASSWORD = "password"  # noqa: S105 - a type's name, not a secret
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    OBJECT = "object"


TEXT_TYPES = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.PASSWORD})
"""The types whose values are sent as strings, and always."""


@unique
class Format(StrEnum):
    """The shape that a ``string`` field's text must have."""

    DATE = "date"
    TIME = "time"
    DATE_TIME = "date-time"
    URI = "uri"
    URI_REFERENCE = "uri-reference"
    URI_TEMPLATE = "uri-template"
    EMAIL = "email"
    HOSTNAME = "hostname"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    REGEX = "regex"
    UUID = "uuid"
    PASSWORD = "password"  # noqa: S105 - a format's name, not a secret
    TEXT = "text"


@unique
class Match(StrEnum):
    """How many conditions of a requirement must hold."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class PresenceCondition:
    """Another field is filled, or is not.

    Attributes:
        field: Its name, or ``object.property`` for one level of a sub-field.
        is_present: Whether it must be filled.
    """

    field: str
    is_present: bool


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """Another field is filled and equals a value, or does not equal it.

    Attributes:
        field: Its name, or ``object.property`` for one level of a sub-field.
        value: What it is compared with; a list means any of its elements.
        is_equal: Whether it must be equal.
    """

    field: str
    value: Json
    is_equal: bool = True


FieldCondition: TypeAlias = PresenceCondition | ValueCondition


@dataclass(frozen=True, slots=True)
class Requirement:
    """When a field is required: if all (or any) of the conditions hold.

    The conditions name fields of the object that holds the field; for a property of
    an object field, those beside that object field.
    """

    conditions: tuple[FieldCondition, ...]
    match: Match = Match.ALL


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an action, or one property of an object field.

    Attributes:
        type: What it holds, or what each element holds where ``is_multiple``.
        required: Always, never, or under conditions.
        is_multiple: Whether it is a list.
        is_nullable: Whether ``null`` is sent; otherwise a null counts as missing.
            Has no effect on lists and on objects with properties.
        choices: The only values allowed, or None for any.
        properties: What is known of an object's members; None where nothing is, and
            the object is then passed on as it is.
        allows_additional: Whether members that ``properties`` does not name are kept.
        format: The shape of the text. Only for one value of type ``string``.
        minimum: The least number, or the least length in code points. Inclusive. Only
            for one value of type ``number`` or ``string``; 0 is no bound.
        maximum: The greatest, likewise.
    """

    type: FieldType
    required: bool | Requirement = False
    is_multiple: bool = False
    is_nullable: bool = False
    choices: tuple[Json, ...] | None = None
    properties: Mapping[str, FieldSpec] | None = None
    allows_additional: bool = False
    format: Format | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def has_members(self) -> bool:
        """Whether it is an object (or a list of them) whose members are known."""
        return self.type is FieldType.OBJECT and self.properties is not None

    @property
    def is_secret(self) -> bool:
        """Whether its value, or a part of it, must never be shown."""
        if self.type is FieldType.PASSWORD or self.format is Format.PASSWORD:
            return True
        members = (self.properties or {}).values()
        return any(member.is_secret for member in members)
