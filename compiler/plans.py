"""From JSON Schema to shapes.

Read are ``type``, ``properties``, ``required``, ``additionalProperties: false``,
``items``, ``enum``, ``const``, ``minimum``, ``maximum``, the formats ``date-time`` and
``date``, ``anyOf`` and ``oneOf``. Everything else that a schema may say is passed over,
which leaves the shape wider than it could be, never narrower.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from fql.compiler.shapes import ANYTHING, Shape, either
from fql.compiler.types import Type, type_of

if TYPE_CHECKING:
    from fql.compiler.values import Json

MAX_SCHEMA_NESTING = 100
"""Levels of schemas inside schemas."""

_TYPES = MappingProxyType(
    {
        "array": Type.LIST,
        "boolean": Type.BOOL,
        "integer": Type.NUMBER,
        "null": Type.NULL,
        "number": Type.NUMBER,
        "object": Type.OBJECT,
        "string": Type.STRING,
    }
)
_TIMESTAMP_FORMATS = ("date-time", "date")
_ELSEWHERE = "$ref"
"""The keyword that stands for a schema which is not at hand."""


def shape_of_schema(schema: Json, pointer: str = "", depth: int = 0) -> Shape:
    """Return what the JSON Schema *schema* says of a value.

    *pointer* is where it stands, for messages, and *depth* how deep.

    Raises:
        ValueError: It is not well-formed, or nested too deep.
    """
    if depth > MAX_SCHEMA_NESTING:
        _refuse(pointer, f"nested more than {MAX_SCHEMA_NESTING} levels deep")
    if isinstance(schema, bool):
        return ANYTHING
    if not isinstance(schema, dict):
        _refuse(pointer, "a schema is an object")
    if _ELSEWHERE in schema:
        return ANYTHING
    alternatives = schema.get("anyOf", schema.get("oneOf"))
    if alternatives is not None:
        return _alternatives(alternatives, pointer, depth)
    return _object_of(schema, pointer, depth)


def _alternatives(schemas: Json, pointer: str, depth: int) -> Shape:
    if not isinstance(schemas, list) or not schemas:
        _refuse(pointer, "anyOf and oneOf are lists of schemas")
    shapes = [
        shape_of_schema(schema, f"{pointer}/{index}", depth + 1)
        for index, schema in enumerate(schemas)
    ]
    return reduce(either, shapes)


def _object_of(schema: dict[str, Json], pointer: str, depth: int) -> Shape:
    choices = _choices(schema, pointer)
    members = schema.get("properties", {})
    if not isinstance(members, dict):
        _refuse(pointer, "properties is an object of schemas")
    items = schema.get("items")
    return Shape(
        _type(schema, choices, pointer),
        {
            name: shape_of_schema(member, f"{pointer}/{name}", depth + 1)
            for name, member in members.items()
        },
        shape_of_schema(items, f"{pointer}/items", depth + 1)
        if isinstance(items, dict)
        else None,
        choices,
        _required(schema, pointer),
        _bound(schema, "minimum", pointer),
        _bound(schema, "maximum", pointer),
        is_closed=schema.get("additionalProperties") is False
        and "patternProperties" not in schema,
        is_guide=bool(members),
    )


def _type(schema: dict[str, Json], choices: tuple[Json, ...], pointer: str) -> Type:
    """Return the kinds that *schema* allows; only a format makes a timestamp."""
    written = schema.get("type")
    if written is None:
        return reduce(or_, map(_kind, choices)) if choices else Type.ANY
    names = written if isinstance(written, list) else [written]
    kind = Type(0)
    for name in names:
        if not isinstance(name, str) or name not in _TYPES:
            known = ", ".join(_TYPES)
            _refuse(pointer, f"type {name!r} is none of {known}")
        kind |= _TYPES[name]
    if Type.STRING in kind and schema.get("format") in _TIMESTAMP_FORMATS:
        kind = kind & ~Type.STRING | Type.TIMESTAMP
    return kind


def _kind(choice: Json) -> Type:
    return Type.STRING if isinstance(choice, str) else type_of(choice)


def _choices(schema: dict[str, Json], pointer: str) -> tuple[Json, ...]:
    if "const" in schema:
        return (schema["const"],)
    written = schema.get("enum", [])
    if not isinstance(written, list):
        _refuse(pointer, "enum is a list of values")
    return tuple(written)


def _required(schema: dict[str, Json], pointer: str) -> frozenset[str]:
    written = schema.get("required", [])
    if isinstance(written, bool):  # as the third draft of JSON Schema had it
        return frozenset()
    if not isinstance(written, list):
        _refuse(pointer, "required is a list of names")
    return frozenset(name for name in written if isinstance(name, str))


def _bound(schema: dict[str, Json], name: str, pointer: str) -> float | None:
    bound = schema.get(name)
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        _refuse(pointer, f"{name} is a number")
    return bound


def _refuse(pointer: str, problem: str) -> NoReturn:
    raise ValueError(f"tracking plan, at {pointer or '/'}: {problem}")
